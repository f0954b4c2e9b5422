#!/usr/bin/python3
"""Runs the fuzzers of a build on their corpora and closes with `N passed, N failed, 0 skipped`.

    run_fuzzers.py --build build/fuzz [--seconds 3] [--only TEXT] [--jobs 2] [--keep] [--first-inputs]

Each fuzzer first meets all of test/fuzz/corpus/<fuzzer>, then changes of it for so many seconds. An input that
crashes one is left under <build>/crashes with the command that meets it again. --keep adds to the corpus what reached
new code; --first-inputs writes those that the real encoders make.
"""
import argparse
import concurrent.futures
import pathlib
import re
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
CORPUS = ROOT / "test/fuzz/corpus"
INPUT_BYTES_MAX = 4096
MEMORY_MB_MAX = 1024
PATIENCE_S = 600


def run(fuzzer, options):
    corpus = CORPUS / fuzzer.name
    corpus.mkdir(parents=True, exist_ok=True)
    crashes = options.build / "crashes"
    crashes.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="sixfold-fuzz-") as found:
        limits = [f"-max_len={INPUT_BYTES_MAX}", "-timeout=20", f"-rss_limit_mb={MEMORY_MB_MAX}"]
        command = [str(fuzzer), f"-max_total_time={options.seconds}", *limits,
                   f"-artifact_prefix={crashes}/{fuzzer.name}-", "-print_final_stats=1", found, str(corpus)]
        start = time.monotonic()
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                              timeout=options.seconds + PATIENCE_S)
        text = done.stdout.decode(errors="replace")
        if options.keep and done.returncode == 0:
            subprocess.run([str(fuzzer), "-merge=1", "-use_counters=0", *limits, str(corpus), found], check=False,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return fuzzer, done.returncode, text, time.monotonic() - start


def number(pattern, text):
    found = re.findall(pattern, text)
    return int(found[-1]) if found else 0


def report(fuzzer, status, text, seconds):
    if status == 0:
        inputs, edges = number(r"number_of_executed_units: (\d+)", text), number(r"cov: (\d+)", text)
        kept = len(list((CORPUS / fuzzer.name).iterdir()))
        print(f"{fuzzer.name}: {inputs:,} inputs, {edges:,} edges, {kept} kept, {seconds:.1f} s", flush=True)
        return
    print(f"FAILED  {fuzzer.name}: exit status {status}")
    lines = text.split("\n")
    first = next((i for i, line in enumerate(lines) if "ERROR:" in line or "CHECK" in line or "runtime error" in line),
                 max(0, len(lines) - 40))
    print("\n".join("    | " + line[:240] for line in lines[first:first + 40]))
    for path in re.findall(r"Test unit written to (\S+)", text):
        print(f"    again: {fuzzer} {path}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--only", default="")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--first-inputs", action="store_true")
    options = parser.parse_args()
    options.build = options.build.resolve()

    if options.first_inputs:
        subprocess.run([options.build / "bin/fuzz_first_inputs", CORPUS], check=True)
    fuzzers = [path for path in sorted((options.build / "bin").glob("*_fuzz")) if options.only in path.name]
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for outcome in pool.map(lambda fuzzer: run(fuzzer, options), fuzzers):
            report(*outcome)
            failed += outcome[1] != 0
    print(f"{len(fuzzers) - failed} passed, {failed} failed, 0 skipped")
    return 1 if failed or not fuzzers else 0


if __name__ == "__main__":
    sys.exit(main())
