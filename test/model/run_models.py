#!/usr/bin/python3
"""Checks the models of the quorum with SPIN (docs/quorum.md says what they are of) and closes with
`N passed, N failed, 0 skipped`.

    run_models.py [--soak] [--only TEXT] [--jobs 2]

Each model is searched to its end as it is, and again with one rule taken out at a time, when SPIN must find a history
that breaks an invariant. --soak adds larger sizes: many minutes, and up to 12 GB.
"""
import argparse
import concurrent.futures
import pathlib
import re
import subprocess
import sys
import tempfile
import time

FOLDER = pathlib.Path(__file__).resolve().parent
DEPTH_MAX = 1_000_000
TIMEOUT_S = {False: 900, True: 14_400}
MEMORY_MB = {False: 1_000, True: 12_000}

# (model, what is special about it, its size)
WHOLE = [
    ("quorum", "four candidates", "-DK=4"),
    ("quorum", "longer logs", "-DK=3 -DD=2 -DDATA=3"),
    ("quorum", "4 of 5 copies", "-DK=3 -DN=5 -DVW=4 -DVR=2"),
    ("quorum", "two candidates with one epoch", "-DK=4 -DTWINS"),
    ("quorum", "damaged last batches", "-DK=3 -DROTS=2"),
    ("membership", "a change its writer does not end", "-DK=3 -DFIRST=1 -DSECOND=1"),
    ("membership", "two changes", "-DK=2 -DFIRST=2 -DSECOND=2"),
]
LARGER = [
    ("quorum", "four candidates, longer logs", "-DK=4 -DD=2 -DDATA=2"),
    ("quorum", "4 of 5 copies, four candidates", "-DK=4 -DN=5 -DVW=4 -DVR=2"),
    ("quorum", "damaged last batches, four candidates", "-DK=4 -DROTS=2 -DDATA=1"),
    ("membership", "two changes of one number", "-DK=3 -DFIRST=1 -DSECOND=2"),
]
# (model, rule, the scenario in which it is missed, the size in which that exists, the invariant that breaks)
BROKEN = [
    ("quorum", "NEWEST_EPOCH", "the longest tail of an older epoch against a shorter one of a newer", "-DK=3",
     "acknowledged_is_lost"),
    ("quorum", "OPEN_BEFORE_BROUGHT_UP", "the epoch-opening record before the copies are brought up", "-DK=3",
     "copies_differ"),
    ("quorum", "ANNOUNCE_LATE", "a tail announced durable before the opening is at a write quorum", "-DK=4 -DDATA=1",
     "acknowledged_is_lost"),
    ("quorum", "PEERS", "a peer outside the epoch fills a gap with annulled batches", "-DK=3", "applied_is_not_durable"),
    ("quorum", "UNCERTAIN", "a rotten last batch taken for a torn one", "-DK=3 -DROTS=2", "acknowledged_is_lost"),
    ("quorum", "ONE_WRITER", "an equal epoch from two writers", "-DK=3 -DTWINS", "epoch_has_two_writers"),
    ("quorum", "ANNUL", "LSNs used twice", "-DK=3", "lsn_is_used_twice"),
    ("quorum", "CHAIN", "a batch taken over a gap", "-DK=3 -DD=2", "copies_differ"),
    ("quorum", "FENCE", "an append of an older epoch after a promise", "-DK=3", ""),
    ("quorum", "PROMISES", "a log chosen before a quorum promised", "-DK=3", "acknowledged_is_lost"),
    ("quorum", "VERIFIED", "a left-over tail taken for what the VDL is about", "-DK=3", "applied_is_not_durable"),
    ("membership", "MEMBERSHIP", "a candidate with an outdated membership list", "-DK=2 -DSECOND=0",
     "acknowledged_is_lost"),
    ("membership", "BOTH_SETS", "a change counted in the new set alone", "-DK=2 -DSECOND=0", "acknowledged_is_lost"),
    ("membership", "ONE_CHANGE", "two changes at a time", "-DK=2 -DSECOND=1", "acknowledged_is_lost"),
    ("membership", "TIES", "one number for two different changes", "-DK=3 -DFIRST=1 -DSECOND=2", "acknowledged_is_lost"),
    ("membership", "LOG_AGAIN", "a change settled that few know of", "-DK=3 -DFIRST=1 -DSECOND=1",
     "acknowledged_is_lost"),
]


def search(model, size, rule, soak):
    """What the search printed. The state vector is compared whole: nothing is left to hashing."""
    defines = size.split() + ([f"-DBREAK_{rule}", "-DBROKEN"] if rule else [])
    with tempfile.TemporaryDirectory(prefix="sixfold-model-") as folder:
        steps = [["spin", *defines, "-a", str(FOLDER / f"{model}.pml")],
                 ["gcc", "-O1" if rule else "-O2", "-w", "-DSAFETY", "-DNOREDUCE", "-DCOLLAPSE", "-DVECTORSZ=256",
                  f"-DMEMLIM={MEMORY_MB[soak]}", "-o", "pan", "pan.c"],
                 ["./pan", "-E", f"-m{DEPTH_MAX}"]]
        for step in steps:
            done = subprocess.run(step, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                  timeout=TIMEOUT_S[soak], check=False)
            if step is not steps[-1] and done.returncode != 0:
                break
        return done.stdout


def number(pattern, output):
    found = re.search(pattern, output)
    return int(found.group(1)) if found else -1


def judge(output, rule, invariant):
    """Empty if all is as it should be."""
    errors = number(r"errors: (\d+)", output)
    if not rule:
        truncated = re.search(r"max search depth too small|out of memory|not completed|reached -DMEMLIM", output)
        if errors == 0 and not truncated:
            return ""
        return truncated.group(0) if truncated else "it breaks an invariant, or did not run"
    if errors < 1:
        return "nothing breaks without the rule"
    broken = re.search(r"assertion violated.*", output)
    if broken is None or invariant not in broken.group(0):
        return f"not {invariant}, but {broken.group(0) if broken else 'something else'}"
    return ""


def run(case, soak):
    model, rule, title, size, invariant = case
    name = f"{model} {size.replace('-D', '')}: {title}" + (f" (without {rule})" if rule else "")
    start = time.monotonic()
    try:
        output = search(model, size, rule, soak)
    except subprocess.TimeoutExpired:
        return name, "took too long", "", "", 0
    trouble = judge(output, rule, invariant)
    states = number(r"(\d+) states, stored", output)
    found = re.search(r"assertion violated.*\|\|(\w+)\)", output)
    return name, trouble, output, found.group(1) if found else "", (states, time.monotonic() - start)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--soak", action="store_true")
    parser.add_argument("--only", default="")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()

    cases = [(model, "", title, size, "") for model, title, size in WHOLE] + BROKEN
    if options.soak:
        cases += [(model, "", title, size, "") for model, title, size in LARGER]
    cases = [case for case in cases if options.only in " ".join(case)]
    passed = failed = 0
    with concurrent.futures.ThreadPoolExecutor(1 if options.soak else options.jobs) as pool:
        for name, trouble, output, found, figures in pool.map(lambda case: run(case, options.soak), cases):
            if trouble:
                failed += 1
                print(f"FAILED  {name}: {trouble}\n" + "\n".join("    | " + line for line in output.split("\n")[:40]))
                continue
            passed += 1
            what = f"finds {found}" if found else "holds"
            print(f"{name}: {what}; {figures[0]:,} states, {figures[1]:.1f} s", flush=True)
    print(f"{passed} passed, {failed} failed, 0 skipped")
    return 1 if failed or passed == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
