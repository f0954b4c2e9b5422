#!/usr/bin/python3
"""Runs the test cases of one story (a unittest module in this folder).

    run_story.py STORY.py --build build/release [--tier check|all|sanitize] [--filter TEXT] [--report FILE]

A case gets the build as self.build and may tell figures with self.figure("…"). Marks: @check (part of
the fast tier), @sanitize (also runs in sanitizer builds).
"""
import argparse
import importlib.util
import json
import pathlib
import sys
import time
import traceback
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))


class Report(unittest.TestResult):
    def __init__(self):
        super().__init__()
        self.cases = []

    def startTest(self, test):
        super().startTest(test)
        self.started = time.monotonic()
        print(f"=== {test.id()}", flush=True)

    def note(self, test, result, reason=""):
        seconds = time.monotonic() - getattr(self, "started", time.monotonic())
        print(f"=== {test.id()}: {result} ({seconds:.1f} s) {reason}", flush=True)
        self.cases.append({"name": test.id(), "result": result, "reason": reason, "seconds": seconds,
                           "figures": getattr(test, "figures", [])})

    def addSuccess(self, test):
        self.note(test, "passed")

    def addSkip(self, test, reason):
        self.note(test, "skipped", reason)

    def addFailure(self, test, error):
        traceback.print_exception(*error)
        super().addFailure(test, error)
        self.note(test, "failed", str(error[1]))

    def addError(self, test, error):
        traceback.print_exception(*error)
        super().addError(test, error)
        self.note(test, "failed", str(error[1]))

    def addSubTest(self, test, subtest, error):
        super().addSubTest(test, subtest, error)
        if error is None:
            return
        traceback.print_exception(*error)
        self.note(test, "failed", f"{subtest._subDescription()}: {error[1]}")


def cases_of(suite):
    for entry in suite:
        if isinstance(entry, unittest.TestSuite):
            yield from cases_of(entry)
        else:
            yield entry


def wanted(case, options):
    method = getattr(case, case._testMethodName, None)
    marks = getattr(method, "marks", set()) | getattr(type(case), "marks", set())
    if options.filter and options.filter not in case.id():
        return False
    return options.tier == "all" or options.tier in marks


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("story", type=pathlib.Path)
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--tier", choices=("check", "all", "sanitize"), default="all")
    parser.add_argument("--filter")
    parser.add_argument("--report", type=pathlib.Path)
    options = parser.parse_args()
    spec = importlib.util.spec_from_file_location(options.story.stem, options.story)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    suite = unittest.TestSuite()
    for case in cases_of(unittest.defaultTestLoader.loadTestsFromModule(module)):
        case.build = options.build.resolve()
        if wanted(case, options):
            suite.addTest(case)
    report = Report()
    suite.run(report)
    if options.report:
        options.report.write_text(json.dumps(report.cases))
    return 0 if report.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
