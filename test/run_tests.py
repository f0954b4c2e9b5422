#!/usr/bin/python3
"""Runs the tests of a build and closes with `N passed, N failed, N skipped`.

    run_tests.py --build build/release [--tier check|all|sanitize] [--only unit|sim|sql|integration|model]
                 [--filter TEXT] [--jobs 2]

unit         every bin/*_test (GoogleTest)
sim          bin/sim: histories of the simulated cluster, one a seed (docs/testing.md)
sql          test/sql/**/*.test against a cluster started for it
integration  every story in test/integration/*.py that defines test cases (unittest)
model        the models of the quorum, searched by SPIN (test/model)

Tiers: `check` leaves out unit tests whose name has "Slow" in it, integration tests not marked @check and the models;
`sanitize` runs the other unit and SQL tests and the integration tests marked @sanitize; `all` runs everything.
Logs of what failed are kept under <build>/test-logs. Exit status 0 if nothing failed.
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
UNIT_TIMEOUT_S = 600
SQL_TIMEOUT_S = 1200
INTEGRATION_TIMEOUT_S = 1800
MODEL_TIMEOUT_S = 1800
SIM_TIMEOUT_S = 600
SIM_SEEDS = {"check": 60, "sanitize": 20, "all": 1000}
SIM_SEEDS_AT_ONCE = 50
FAILURE = re.compile(r": Failure|ThreadSanitizer:|AddressSanitizer:|LeakSanitizer:|runtime error:|^(FAIL|ERROR|FAILED)\b")
TOTALS = re.compile(r"(\d+) passed, (\d+) failed, (\d+) skipped")


class Outcome:
    def __init__(self, name):
        self.name, self.passed, self.failed, self.skipped, self.notes, self.seconds = name, 0, 0, 0, [], 0.0

    def fail(self, text, log):
        if self.failed == 0:
            self.notes += excerpt(log)
        self.failed += 1
        self.notes.append(f"FAILED  {text} ({log})")

    def skip(self, text):
        self.skipped += 1
        self.notes.append("skipped " + text)


def run(command, log, timeout, environment=None):
    """Exit status, or None after the timeout (then the whole process group is gone)."""
    with open(log, "wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
                                   env={**os.environ, **(environment or {})})
        try:
            return process.wait(timeout)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGABRT)
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
            return None


def excerpt(log):
    """What a log says of its first failure, else its end: at most 60 lines. The machine that has the log may be gone."""
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    first = next((number for number, line in enumerate(lines) if FAILURE.search(line)), None)
    chosen = lines[-40:] if first is None else lines[max(0, first - 2):first + 58]
    return ["    | " + line[:240] for line in chosen]


def describe_exit(status, timeout):
    if status is None:
        return f"no end after {timeout} s"
    return f"exit status {status}" if status >= 0 else f"ended by {signal.Signals(-status).name}"


def sanitizer_environment():
    """The sanitizers report errors through the exit status; leaks count."""
    return {"ASAN_OPTIONS": "detect_leaks=1:abort_on_error=0:strict_string_checks=1",
            "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1",
            "TSAN_OPTIONS": "halt_on_error=0:second_deadlock_stack=1"}


def run_unit(binary, options):
    outcome = Outcome(f"unit {binary.name}")
    log, report = options.logs / f"{binary.name}.log", options.logs / f"{binary.name}.json"
    command = [str(binary), f"--gtest_output=json:{report}", "--gtest_brief=0"]
    filters = f"*{options.filter}*" if options.filter else "*"
    if options.tier != "all":
        filters += "-*Slow*"
    command.append(f"--gtest_filter={filters}")
    status = run(command, log, UNIT_TIMEOUT_S, sanitizer_environment())
    if not report.exists():
        outcome.fail(f"{binary.name}: {describe_exit(status, UNIT_TIMEOUT_S)}", log)
        return outcome
    for suite in json.loads(report.read_text())["testsuites"]:
        for case in suite["testsuite"]:
            name = f"{suite['name']}.{case['name']}"
            if case.get("failures"):
                outcome.fail(f"{binary.name} {name}", log)
            elif case.get("result") == "SKIPPED":
                outcome.skip(f"{binary.name} {name}")
            elif case.get("status") == "RUN":
                outcome.passed += 1
    if status != 0 and outcome.failed == 0:
        outcome.fail(f"{binary.name}: {describe_exit(status, UNIT_TIMEOUT_S)}", log)
    return outcome


def run_sim(first, count, options):
    """Seeds from `first`; a failing one ends them and leaves its replay command in the log."""
    outcome = Outcome(f"sim {first}-{first + count - 1}")
    log = options.logs / f"sim-{first}.log"
    command = [str(options.build / "bin" / "sim"), "--seed", str(first), "--seeds", str(count)]
    status = run(command, log, SIM_TIMEOUT_S, sanitizer_environment())
    if status == 0:
        outcome.passed = count
    else:
        outcome.fail(f"sim from {first}: {describe_exit(status, SIM_TIMEOUT_S)}", log)
    return outcome


def run_sql(options):
    """All SQL tests against one cluster."""
    outcome = Outcome("sql")
    log = options.logs / "sql.log"
    command = [sys.executable, str(ROOT / "test/integration/run_sql_on_cluster.py"), "--build", str(options.build)]
    if options.filter:
        command += ["--filter", options.filter]
    status = run(command, log, SQL_TIMEOUT_S, sanitizer_environment())
    totals = TOTALS.findall(log.read_text(errors="replace"))
    if totals:
        outcome.passed, outcome.failed, outcome.skipped = (int(number) for number in totals[-1])
        if outcome.failed:
            outcome.notes += excerpt(log) + [f"FAILED  {outcome.failed} SQL tests ({log})"]
            outcome.notes += [f"        {line.strip()}" for line in log.read_text(errors="replace").split("\n")
                              if line.startswith("FAILED")][:50]
        if outcome.skipped:
            outcome.notes.append(f"skipped {outcome.skipped} SQL tests ({log})")
    if status != 0 and outcome.failed == 0:
        outcome.fail(f"sql: {describe_exit(status, SQL_TIMEOUT_S)}", log)
    return outcome


def run_integration(story, options):
    outcome = Outcome(f"integration {story.stem}")
    log, report = options.logs / f"integration-{story.stem}.log", options.logs / f"integration-{story.stem}.json"
    command = [sys.executable, str(ROOT / "test/integration/run_story.py"), str(story), "--build", str(options.build),
               "--tier", options.tier, "--report", str(report)]
    if options.filter:
        command += ["--filter", options.filter]
    status = run(command, log, INTEGRATION_TIMEOUT_S, sanitizer_environment())
    if not report.exists():
        outcome.fail(f"{story.name}: {describe_exit(status, INTEGRATION_TIMEOUT_S)}", log)
        return outcome
    for case in json.loads(report.read_text()):
        if case["result"] == "passed":
            outcome.passed += 1
            outcome.notes += [f"        {case['name']}: {line}" for line in case.get("figures", [])]
        elif case["result"] == "skipped":
            outcome.skip(f"{case['name']}: {case['reason']}")
        else:
            outcome.fail(case["name"], log)
    if status != 0 and outcome.failed == 0:
        outcome.fail(f"{story.name}: {describe_exit(status, INTEGRATION_TIMEOUT_S)}", log)
    return outcome


def run_models(options):
    outcome = Outcome("model")
    log = options.logs / "model.log"
    status = run([sys.executable, str(ROOT / "test/model/run_models.py"), "--jobs", "1"], log, MODEL_TIMEOUT_S)
    text = log.read_text(errors="replace")
    totals = TOTALS.findall(text)
    if totals:
        outcome.passed = int(totals[-1][0])
        outcome.notes += [f"        {line}" for line in text.split("\n") if " states, " in line and "    |" not in line]
    if status != 0:
        outcome.fail(f"model: {describe_exit(status, MODEL_TIMEOUT_S)}", log)
    return outcome


def has_cases(story):
    text = story.read_text()
    return "def test_" in text and ("unittest" in text or "(Story)" in text)


def work_list(options):
    work = []
    if options.only == "model" or options.only is None and options.tier == "all":
        work.append(lambda: run_models(options))
    if options.only in (None, "unit"):
        for binary in sorted((options.build / "bin").glob("*_test")):
            work.append(lambda binary=binary: run_unit(binary, options))
    if options.only in (None, "sim") and (options.build / "bin" / "sim").exists() and not options.filter:
        for first in range(1, SIM_SEEDS[options.tier] + 1, SIM_SEEDS_AT_ONCE):
            count = min(SIM_SEEDS_AT_ONCE, SIM_SEEDS[options.tier] + 1 - first)
            work.append(lambda first=first, count=count: run_sim(first, count, options))
    whole = all((options.build / "bin" / name).exists()
                for name in ("sixfoldd", "sixfold-storage", "sixfold-compute", "sixfold-proxy", "sixfoldctl"))
    for kind in ("sql", "integration"):
        if options.only not in (None, kind):
            continue
        if not whole:
            work.append(lambda kind=kind: missing_programs(kind))
        elif kind == "sql":
            work.append(lambda: run_sql(options))
        elif kind == "integration":
            for story in sorted((ROOT / "test/integration").glob("*.py")):
                if has_cases(story):
                    work.append(lambda story=story: run_integration(story, options))
    return work


def missing_programs(kind):
    outcome = Outcome(kind)
    outcome.skip(f"{kind}: this build has not all five programs")
    return outcome


def timed(function):
    start = time.monotonic()
    outcome = function()
    outcome.seconds = time.monotonic() - start
    return outcome


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--tier", choices=("check", "all", "sanitize"), default="all")
    parser.add_argument("--only", choices=("unit", "sim", "sql", "integration", "model"))
    parser.add_argument("--filter")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    options.build = options.build.resolve()
    options.logs = options.build / "test-logs"
    shutil.rmtree(options.logs, ignore_errors=True)
    options.logs.mkdir(parents=True)

    passed = failed = skipped = 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for done in concurrent.futures.as_completed([pool.submit(timed, work) for work in work_list(options)]):
            outcome = done.result()
            passed, failed, skipped = passed + outcome.passed, failed + outcome.failed, skipped + outcome.skipped
            print(f"{outcome.name}: {outcome.passed} passed, {outcome.failed} failed, {outcome.skipped} skipped "
                  f"({outcome.seconds:.1f} s)", flush=True)
            for note in outcome.notes:
                print("    " + note, flush=True)
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or passed == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
