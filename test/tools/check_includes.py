#!/usr/bin/python3
"""Checks the direction of includes (design: who may include whom) and where heavy headers may stand.

Each folder is listed with the folders it may include beside itself. Printed: one line per offence.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
BASE = ["core/base"]
PIPELINE = ["core/base", "core/protocol", "core/types", "core/sql", "core/catalog", "core/txn", "core/plan",
            "core/exec", "core/server"]
STORAGE = ["storage/log", "storage/quorum", "storage/recent", "storage/copy", "storage/node", "storage/client"]

ALLOWED = {folder: PIPELINE[:PIPELINE.index(folder)] for folder in PIPELINE}
ALLOWED["core/txn"] += ["storage/client"]
ALLOWED["core/server"] += ["storage/client", "core/topology"]
ALLOWED["core/topology"] = BASE
ALLOWED["core/control"] = BASE + ["core/topology"]
ALLOWED["proxy"] = BASE + ["core/protocol", "core/topology"]
ALLOWED.update({folder: BASE + ["core/topology"] + [other for other in STORAGE if other != folder]
                for folder in STORAGE})
for lower in ("storage/log", "storage/quorum", "storage/recent", "storage/copy"):
    ALLOWED[lower] = [folder for folder in ALLOWED[lower] if folder not in ("storage/node", "storage/client")]
# The quorum's state machines are pure: no clock, disk, socket or loop.
QUORUM_BANNED = ("core/base/clock.h", "core/base/disk.h", "core/base/network.h", "core/base/event_loop.h",
                 "core/base/task_loop.h")

HEADER_BANNED = re.compile(r"<(iostream|sstream|regex|future|filesystem|thread|chrono|lmdb\.h|yaml-cpp/.*|event2/.*|"
                           r"nlohmann/.*)>")
INCLUDE = re.compile(r'^\s*#\s*include\s+(["<][^">]+[">])', re.M)


def folder_of(path):
    for folder in sorted(ALLOWED, key=len, reverse=True):
        if path.startswith(folder + "/"):
            return folder
    return None


def offences():
    files = [path for top in ("core", "storage", "proxy", "cmd") for path in (ROOT / top).rglob("*")
             if path.suffix in (".cc", ".h")]
    for file in sorted(files):
        name = str(file.relative_to(ROOT))
        folder = folder_of(name)
        for include in INCLUDE.findall(file.read_text(errors="replace")):
            if include.startswith("<"):
                if name.endswith(".h") and HEADER_BANNED.match(include):
                    yield f"{name}: {include} is kept out of headers"
                continue
            target = include.strip('"')
            if target.startswith("cmd/") and not target.startswith(name.rsplit("/", 1)[0] + "/"):
                yield f"{name}: includes {target}; nothing may take cmd"
                continue
            if folder is None:
                continue
            if folder == "storage/quorum" and not name.endswith("_test.cc") and target in QUORUM_BANNED:
                yield f"{name}: includes {target}; the quorum's state machines are pure"
            other = folder_of(target)
            if other is not None and other != folder and other not in ALLOWED[folder]:
                yield f"{name}: includes {target}; {folder} may include {', '.join(ALLOWED[folder]) or 'nothing'}"


def main():
    found = list(offences())
    print("\n".join(found) if found else "includes: fine")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
