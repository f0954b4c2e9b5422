#!/usr/bin/python3
"""Starts a cluster and runs test/sql against its writer; its last line has the totals."""
import argparse
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from cluster import ROOT, Cluster


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--filter", default="")
    options = parser.parse_args()
    files = sorted(path for path in (ROOT / "test/sql").rglob("*.test") if options.filter in str(path))
    if not files:
        print("0 passed, 0 failed, 0 skipped")
        return 0
    with Cluster(options.build.resolve()) as cluster:
        done = subprocess.run([sys.executable, ROOT / "test/sql/run_sql_tests.py", "--host", "127.0.0.1", "--port",
                               str(cluster.port()), "--user", "admin", "--password", "secret", *files],
                              capture_output=True, text=True)
        print(done.stdout + done.stderr)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
