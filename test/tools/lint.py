#!/usr/bin/python3
"""make lint: format, include direction, house rules. Prints each offence; exit status 1 if there is one."""
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import check_includes

ROOT = pathlib.Path(__file__).resolve().parents[2]
MARKERS = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
USING_NAMESPACE = re.compile(r"^using namespace ", re.M)


def sources():
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "*.cc", "*.h", "*.py", "*.sh"], cwd=ROOT,
                            capture_output=True, text=True, check=True)
    return [name for name in listed.stdout.split() if (ROOT / name).exists()]


def badly_formatted(names):
    if not names:
        return []
    done = subprocess.run(["clang-format", "--dry-run", "--Werror", *names], cwd=ROOT, capture_output=True, text=True)
    files = sorted(set(re.findall(r"^(\S+?):\d+:\d+: error: code should be clang-formatted", done.stderr, re.M)))
    return [f"{name}: not formatted (make format)" for name in files]


def house_rules(name):
    text = (ROOT / name).read_text(errors="replace")
    own = name.endswith("test/tools/lint.py")
    for number, line in enumerate(text.split("\n"), 1):
        if MARKERS.search(line) and not own:
            yield f"{name}:{number}: unfinished work is kept in the tracker, not in the code"
        if len(line) > 160 and not name.endswith((".cc", ".h")):  # clang-format sees to those
            yield f"{name}:{number}: {len(line)} columns"
    if name.endswith(".h"):
        if "#pragma once" not in text:
            yield f"{name}: no #pragma once"
        if USING_NAMESPACE.search(text):
            yield f"{name}: using namespace in a header"
        if text.count("\n#include") > 16 and not name.endswith(("precompiled.h", "_test_support.h")) and not name.startswith("test/"):
            yield f"{name}: {text.count(chr(10) + '#include')} includes; forward-declare the rest"
    if name.endswith((".cc", ".h")) and name.startswith(("core/", "storage/", "proxy/")):
        if len(text.split("\n")) > 1500:
            yield f"{name}: {len(text.split(chr(10)))} lines; split it"


def main():
    names = sources()
    found = badly_formatted([name for name in names if name.endswith((".cc", ".h"))])
    found += list(check_includes.offences())
    for name in names:
        found += house_rules(name)
    print("\n".join(found) if found else "lint: fine")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
