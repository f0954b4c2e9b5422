#!/usr/bin/python3
"""Runs the text SQL tests (test/sql/<area>/*.test) against a server.

    run_sql_tests.py --port P [--host H] [--user U] [--password W] [--record] [FILE …]

A file is a list of steps. A step is one statement ending in ';' at a line's end, then what is
expected of it:

    INSERT INTO t VALUES (1, 'x');
    --> ok 1                       affected rows; the number may be left out
    --> ok 1 warnings 1265         and the numbers of the warnings it leaves, in order

    INSERT INTO t VALUES (1, 'y');
    --> error 1062 23000           number and, if given, SQLSTATE and text

    SELECT * FROM t;
    --> rows a, b                  column names may be left out; `rows sorted` compares as a multiset
    1 | x
    2 | NULL

Lines that begin with '#' are comments. `@name` before a statement runs it on the connection of that
name (opened on first use). `@name send STATEMENT;` does not wait for the answer (`--> sent`); `@name reap;` then
takes it. `@name wait lock;` waits until the statement sent on that connection shows up as waiting.
Each file runs in a database of its own, `t_<area>_<file>`, which is dropped afterwards; accounts and
global variables are a file's own business to put back. NULL prints as NULL, bytes that are not UTF-8 as
0x…, the empty string as '', a '|' or newline inside a value with a backslash. A blank line
ends a list of rows.

--record rewrites the expectations with what the server answered; read the difference before you
commit it. The same files run against a stock MySQL or MariaDB, but for those whose first line is
`# sixfold only`.

Exit status 0 if all passed. The last line is `N passed, N failed, N skipped`.
"""
import argparse
import concurrent.futures
import pathlib
import re
import sys
import threading
import time
import warnings

import pymysql
from pymysql.constants import CLIENT, FIELD_TYPE

ROOT = pathlib.Path(__file__).resolve().parent
STEP = re.compile(r"^@(\w+)\s+(.*)$", re.S)


class Step:
    def __init__(self, line, connection, statement, expected):
        self.line, self.connection, self.statement, self.expected = line, connection, statement, expected
        self.comments = []


def parse(path):
    """The steps of a file, each with the comment lines before it (for --record)."""
    steps, comments, statement, start = [], [], [], 0
    lines = path.read_text().split("\n")
    i = 0
    while i < len(lines):
        line = lines[i]
        i += 1
        if not statement and (not line.strip() or line.startswith("#")):
            comments.append(line)
            continue
        if not statement:
            start = i
        statement.append(line)
        if not line.rstrip().endswith(";"):
            continue
        text = "\n".join(statement).rstrip()[:-1]
        statement, expected = [], []
        if i < len(lines) and lines[i].startswith("-->"):
            expected.append(lines[i])
            i += 1
            while expected[0].startswith("--> rows") and i < len(lines) and lines[i].strip():
                expected.append(lines[i])
                i += 1
        match = STEP.match(text)
        step = Step(start, match.group(1) if match else "", match.group(2) if match else text, expected)
        step.comments, comments = comments, []
        steps.append(step)
    if statement:
        raise ValueError(f"{path}:{start}: statement without ';'")
    return steps, comments


def show(value):
    if value is None:
        return "NULL"
    if value == b"":
        return "''"
    if isinstance(value, bytes):
        try:
            text = value.decode()
        except UnicodeDecodeError:
            return "0x" + value.hex().upper()
        return text.replace("\\", "\\\\").replace("|", "\\|").replace("\n", "\\n").replace("\0", "\\0")
    return str(value)


class Connection:
    """One client connection, with at most one statement sent and not yet reaped."""

    def __init__(self, options, database):
        # Values stay bytes as the text protocol sends them: no client-side conversion to hide behind.
        self.raw = pymysql.connect(host=options.host, port=options.port, user=options.user,
                                   password=options.password, database=database, charset="utf8mb4",
                                   client_flag=CLIENT.MULTI_STATEMENTS, autocommit=None,
                                   conv={}, use_unicode=False, read_timeout=60, local_infile=True)
        self.id = self.raw.thread_id()
        self.thread = None
        self.answer = None

    def run(self, statement):
        """The outcome as expectation lines: the first '--> …', then the rows."""
        try:
            with self.raw.cursor() as cursor:
                affected = cursor.execute(statement)
                if cursor.description is not None:
                    rows = cursor.fetchall()
                    # A NULL and an empty string differ; nothing else is converted.
                    names = [d[0] for d in cursor.description]
                    return ["--> rows " + ", ".join(names)] + [" | ".join(show(v) for v in row) for row in rows]
                result = cursor._result
                numbers = ""
                if result is not None and result.warning_count:
                    with self.raw.cursor() as again:
                        again.execute("SHOW WARNINGS")
                        numbers = " warnings " + " ".join(show(w[1]) for w in again.fetchall())
                return [f"--> ok {affected}{numbers}"]
        except pymysql.MySQLError as error:
            number, text = error.args[0], error.args[1] if len(error.args) > 1 else ""
            state = getattr(error, "sqlstate", None)
            return [f"--> error {number}" + (f" {state}" if state else "") + f" {text}"]

    def send(self, statement):
        self.thread = threading.Thread(target=lambda: setattr(self, "answer", self.run(statement)))
        self.thread.start()

    def reap(self):
        self.thread.join(60)
        if self.thread.is_alive():
            return ["--> error 0 no answer within 60 s"]
        return self.answer

    def waiting(self):
        return self.thread is not None and self.thread.is_alive()


def matches(expected, actual):
    if not expected:
        return True
    want, got = expected[0], actual[0]
    if want.startswith("--> rows"):
        if not got.startswith("--> rows"):
            return False
        words = want[len("--> rows"):].strip()
        is_sorted = words == "sorted" or words.startswith("sorted ")
        names = words[6:].strip() if is_sorted else words
        if names and "--> rows " + names != got:
            return False
        want_rows, got_rows = expected[1:], actual[1:]
        if is_sorted:
            want_rows, got_rows = sorted(want_rows), sorted(got_rows)
        return [r.rstrip() for r in want_rows] == [r.rstrip() for r in got_rows]
    if want.startswith("--> error"):
        return got == want or (got + " ").startswith(want + " ")
    if want == "--> ok":
        return got.startswith("--> ok") and "warnings" not in got
    return want == got


class FileRun:
    def __init__(self, path, options):
        self.path, self.options = path, options
        self.database = re.sub(r"\W", "_", f"t_{path.parent.name}_{path.stem}")
        self.connections = {}
        self.failures = []

    def connection(self, name):
        if name not in self.connections:
            self.connections[name] = Connection(self.options, self.database)
        return self.connections[name]

    def wait_for_lock(self, connection):
        """Until the connection's sent statement no longer makes progress (its state says it waits)."""
        watcher = self.connection("_watcher")
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            if not connection.waiting():
                return ["--> error 0 the statement did not wait"]
            rows = watcher.run("SHOW FULL PROCESSLIST")[1:]
            mine = [r for r in rows if r.startswith(f"{connection.id} |")]
            if mine and re.search(r"\| (Query|Execute) \|", mine[0]):
                return ["--> ok"]
        return ["--> error 0 never waited"]

    def step(self, step):
        connection = self.connection(step.connection)
        if step.statement == "reap":
            return connection.reap()
        if step.statement == "wait lock":
            return self.wait_for_lock(connection)
        if step.statement.startswith("send "):
            connection.send(step.statement[5:])
            return ["--> sent"]
        return connection.run(step.statement)

    def run(self):
        steps, trailing = parse(self.path)
        admin = Connection(self.options, None)
        admin.run(f"DROP DATABASE IF EXISTS `{self.database}`")
        made = admin.run(f"CREATE DATABASE `{self.database}`")
        if not made[0].startswith("--> ok"):
            self.failures.append(f"{self.path}: CREATE DATABASE: {made[0]}")
            return
        recorded = []
        for step in steps:
            actual = self.step(step)
            if self.options.record:
                recorded.append((step, actual))
            elif not matches(step.expected, actual):
                self.failures.append(f"{self.path}:{step.line}: {step.statement}\n  expected:\n    "
                                     + "\n    ".join(step.expected) + "\n  got:\n    " + "\n    ".join(actual))
        if self.options.record:
            self.write(recorded, trailing)
        for connection in self.connections.values():
            connection.raw.close() if connection.raw.open else None
        admin.run(f"DROP DATABASE IF EXISTS `{self.database}`")

    def write(self, recorded, trailing):
        out = []
        for step, actual in recorded:
            comments = step.comments
            if out and not out[-1] and comments and not comments[0]:
                comments = comments[1:]  # the blank line that ends a list of rows is there already
            out += comments
            prefix = f"@{step.connection} " if step.connection else ""
            out.append(prefix + step.statement + ";")
            keep_sorted = step.expected and step.expected[0].startswith("--> rows sorted")
            if keep_sorted and actual[0].startswith("--> rows"):
                actual = [actual[0].replace("--> rows", "--> rows sorted")] + sorted(actual[1:])
            out += actual
            if actual[0].startswith("--> rows"):
                out.append("")
        self.path.write_text("\n".join(out + trailing))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--user", default="admin")
    parser.add_argument("--password", default="sixfold")
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--stock", action="store_true", help="the server is a stock MySQL or MariaDB")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("files", nargs="*", type=pathlib.Path)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    files = [f.resolve() for f in options.files] or sorted(ROOT.glob("*/*.test"))
    passed = failed = skipped = 0

    def one(path):
        if options.stock and path.read_text().startswith("# sixfold only"):
            return None
        run = FileRun(path, options)
        try:
            run.run()
        except Exception as error:  # a broken file or a dead server fails this file, not the run
            run.failures.append(f"{path}: {type(error).__name__}: {error}")
        return run

    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for path, run in zip(files, pool.map(one, files)):
            if run is None:
                skipped += 1
            elif run.failures:
                failed += 1
                print(f"FAIL {path.relative_to(ROOT) if path.is_relative_to(ROOT) else path}")
                print("\n".join(run.failures[:5]))
                if len(run.failures) > 5:
                    print(f"  … {len(run.failures) - 5} more")
            else:
                passed += 1
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or passed == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
