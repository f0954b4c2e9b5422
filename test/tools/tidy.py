#!/usr/bin/python3
"""clang-tidy over what ships, by the rules of .clang-tidy.

    tidy.py BUILD

BUILD is a configured unity build (cmake has run; nothing need be compiled). Whole folders are checked at a time, as
the unity build joins them, without GCC's precompiled header, which clang cannot read. Prints each offence once; exit
status 1 if there is one.
"""
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
PRECOMPILED = re.compile(r"-include \S*cmake_pch\S*|-Winvalid-pch|-fpch-\S+")
SHIPPED = re.compile(r"/CMakeFiles/(core|storage|proxy)_\w+\.dir/Unity/|/CMakeFiles/proxy\.dir/Unity/|/cmd/")
OFFENCE = re.compile(r"^(/\S+?:\d+:\d+: (?:error|warning): .*)$", re.M)


def commands_without_precompiled_headers(build, folder):
    entries = json.loads((build / "compile_commands.json").read_text())
    shipped = [entry for entry in entries if SHIPPED.search(entry["file"])]
    for entry in shipped:
        entry["command"] = PRECOMPILED.sub("", entry["command"])
    (folder / "compile_commands.json").write_text(json.dumps(shipped))
    return [entry["file"] for entry in shipped]


def offences_in(file, folder):
    done = subprocess.run(["clang-tidy", "-quiet", "-p", str(folder), file], cwd=ROOT, capture_output=True, text=True)
    found = set(OFFENCE.findall(done.stdout))
    if done.returncode != 0 and not found:
        found.add(f"{file}: clang-tidy failed: {done.stderr.strip()[-400:]}")
    return found


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    found = set()
    with tempfile.TemporaryDirectory() as name, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        folder = pathlib.Path(name)
        files = commands_without_precompiled_headers(build, folder)
        if not files:
            print(f"tidy: {build} is not a configured unity build")
            return 1
        for some in pool.map(lambda file: offences_in(file, folder), files):
            found |= some
    print("\n".join(sorted(line.replace(f"{ROOT}/", "") for line in found)) or f"tidy: {len(files)} files fine")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
