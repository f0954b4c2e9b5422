"""A cluster of real processes for a test: written YAML, started, looked at, hurt, stopped, cleaned up.

Everything listens on port 0 or in a temporary folder. Waiting is always for a condition, with a limit.
A cluster that is stopped must stop in order, leave no process, and have logged no ERROR line that the
test did not list with allow_error().
"""
import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import time

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAMS = ("sixfoldd", "sixfoldctl", "sixfold-proxy", "sixfold-storage", "sixfold-compute")


class Failure(AssertionError):
    pass


def eventually(condition, timeout_s=20, what="the condition"):
    """The first true value of condition(); exceptions count as false until the time is over."""
    deadline, last = time.monotonic() + timeout_s, None
    while True:
        try:
            value = condition()
            if value:
                return value
        except Exception as error:  # the last one is reported
            last = error
        if time.monotonic() > deadline:
            raise Failure(f"{what}: not within {timeout_s} s" + (f" (last: {last!r})" if last else ""))
        time.sleep(0.01)


def alive(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    except OSError:
        return False


class Cluster:
    """`fakes` takes storage and compute from test/integration/fakes (supervision only)."""

    def __init__(self, build, settings=None, mounts=2, fakes=False, change=None):
        self.build = pathlib.Path(build)
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="sixfold-t-"))
        self.id = "t" + self.folder.name.rsplit("-", 1)[1]
        self.slow = 4 if any(word in self.build.name for word in ("asan", "tsan")) else 1
        self.daemon, self.daemons, self.allowed = None, 0, []
        self.programs = self.build / "bin"
        if fakes:
            self.programs = self.folder / "bin"
            self.programs.mkdir()
            for name in PROGRAMS:
                fake = ROOT / "test/integration/fakes" / name
                shutil.copy2(fake if fake.exists() else self.build / "bin" / name, self.programs / name)
        base = {"hang_after_ms": 1000 * self.slow, "segment_bytes": 4 << 20, "recent_bytes": 64 << 20}
        self.config = {"clusters": [{
            "id": self.id, "master_user": "admin", "master_password": "secret", "data_dir": str(self.folder / "var"),
            "azs": [{"name": f"az-{az}", "mounts": [str(self.folder / f"az-{az}/disk{n + 1}") for n in range(mounts)]}
                    for az in "abc"],
            "instances": [{"id": "db-1", "az": "az-a", "tier": 0}, {"id": "db-2", "az": "az-b", "tier": 1},
                          {"id": "db-3", "az": "az-c", "tier": 1}],
            "endpoints": [
                {"name": "main", "type": "cluster", "listen": "127.0.0.1:0"},
                {"name": "main-ro", "type": "reader", "listen": "127.0.0.1:0"},
                {"name": "custom", "type": "custom", "listen": "127.0.0.1:0", "members": ["db-3"]},
                {"name": "relay", "type": "cluster", "listen": "127.0.0.1:0", "handoff": False},
                {"name": "relay-ro", "type": "reader", "listen": "127.0.0.1:0", "handoff": False},
            ] + [{"name": f"db-{n}", "type": "instance", "listen": "127.0.0.1:0", "instance": f"db-{n}"} for n in (1, 2, 3)],
            "settings": {**base, **(settings or {})},
        }]}
        if change:
            change(self.config["clusters"][0])
        self.config_path = self.folder / "sixfold.yaml"
        self.config_path.write_text(yaml.safe_dump(self.config))
        self.run = self.folder / "var/run"

    def __enter__(self):
        return self.start()

    def __exit__(self, kind, error, trace):
        if kind is None:
            with contextlib.ExitStack() as last:
                last.callback(self.clean_up)
                self.stop()
        else:
            print(f"--- logs of {self.folder}")
            self.show_logs()
            self.clean_up()

    # -- starting and stopping

    def start_daemon(self):
        self.daemons += 1
        with open(self.folder / f"sixfoldd-{self.daemons}.log", "wb") as log:
            self.daemon = subprocess.Popen([self.programs / "sixfoldd", "--config", self.config_path], cwd=self.folder,
                                           stdout=log, stderr=log)
        return self.daemon

    def start(self, timeout_s=30):
        self.start_daemon()
        self.wait(timeout_s)
        return self

    def wait(self, timeout_s=30):
        """Until everything is up."""
        timeout_s *= self.slow
        done = subprocess.run([self.programs / "sixfoldctl", "--config", self.config_path, "wait", "--timeout", str(timeout_s)],
                              capture_output=True, text=True)
        if done.returncode != 0:
            raise Failure(f"the cluster did not come up: {done.stderr.strip()}")

    def stop(self):
        if self.daemon is None:
            return
        pids = self.pids()
        self.daemon.terminate()
        status = self.daemon.wait(60 * self.slow)
        self.daemon = None
        if status != 0:
            raise Failure(f"sixfoldd stopped with exit status {status}")
        left = {name: pid for name, pid in pids.items() if alive(pid)}
        if left:
            raise Failure(f"left running: {left}")
        self.check_logs()

    def clean_up(self):
        """Ends what is left, whatever happened."""
        pids = {}
        with contextlib.suppress(Exception):
            pids = self.pids()
        if self.daemon is not None and self.daemon.poll() is None:
            self.daemon.kill()
            self.daemon.wait()
        # What a killed sixfoldd left running has this cluster's YAML in its command line.
        for entry in pathlib.Path("/proc").iterdir():
            with contextlib.suppress(OSError, ValueError):
                words = (entry / "cmdline").read_bytes().split(b"\0") if entry.name.isdigit() else []
                if str(self.config_path).encode() in words and int(entry.name) != os.getpid():
                    pids[entry.name] = int(entry.name)
        for pid in pids.values():
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(Failure):
            eventually(lambda: not any(alive(pid) for pid in pids.values()), 10)
        for shared in pathlib.Path("/dev/shm").glob(f"sixfold-{self.id}-*"):
            shutil.rmtree(shared, ignore_errors=True)
        if os.environ.get("SIXFOLD_KEEP"):
            print(f"kept: {self.folder}")
        else:
            shutil.rmtree(self.folder, ignore_errors=True)

    # -- looking

    def ctl(self, *arguments, check=True, timeout_s=90):
        done = subprocess.run([self.programs / "sixfoldctl", "--config", self.config_path, *arguments], capture_output=True,
                              text=True, timeout=timeout_s)
        if check and done.returncode != 0:
            raise Failure(f"sixfoldctl {' '.join(arguments)}: {done.stderr.strip()}")
        return done

    def status(self):
        return json.loads(self.ctl("status", "--json").stdout)

    def instance(self, name):
        return next(entry for entry in self.status()["instances"] if entry["id"] == name)

    def writer(self):
        """The writer's id, or None."""
        return next((entry["id"] for entry in self.status()["instances"] if entry["role"] == "writer"), None)

    def pids(self):
        """Of every child, by name: "db-1", "az-a", "proxy"."""
        status = self.status()
        pids = {entry["id"]: entry["pid"] for entry in status["instances"]}
        pids.update({entry["az"]: entry["pid"] for entry in status["storage"]})
        pids["proxy"] = status["proxy"]["pid"]
        return {name: pid for name, pid in pids.items() if pid}

    def targets(self, endpoint):
        return next(entry["targets"] for entry in self.status()["endpoints"] if entry["name"] == endpoint)

    def port(self, endpoint="main"):
        return int(next(entry["address"] for entry in self.status()["endpoints"] if entry["name"] == endpoint).rsplit(":", 1)[1])

    def connect(self, endpoint="main", port=None, timeout_s=10, **options):
        import pymysql
        return pymysql.connect(host="127.0.0.1", port=port or self.port(endpoint), user="admin", password="secret",
                               connect_timeout=timeout_s * self.slow, read_timeout=timeout_s * self.slow,
                               write_timeout=timeout_s * self.slow, autocommit=True, **options)

    def query(self, sql, endpoint="main", port=None, timeout_s=10):
        """Rows of one statement on a connection of its own."""
        with contextlib.closing(self.connect(endpoint, port, timeout_s)) as connection, connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall()

    # -- hurting

    def kill(self, name, number=signal.SIGKILL):
        """Signals a child by name; gives its pid."""
        pid = self.pids()[name]
        os.kill(pid, number)
        return pid

    def kill_daemon(self):
        self.daemon.kill()
        self.daemon.wait()

    # -- logs

    def allow_error(self, pattern):
        self.allowed.append(re.compile(pattern))

    def logs(self):
        return sorted((self.folder / "var/log").glob("*.log")) + sorted(self.folder.glob("sixfoldd-*.log"))

    def check_logs(self):
        found = []
        for log in self.logs():
            for line in log.read_text(errors="replace").split("\n"):
                marked = " error [" in line or "CHECK failed" in line or "AddressSanitizer" in line or \
                    "runtime error:" in line or "LeakSanitizer" in line
                if marked and not any(pattern.search(line) for pattern in self.allowed):
                    found.append(f"{log.name}: {line}")
        if found:
            raise Failure("unlisted ERROR lines:\n" + "\n".join(found[:20]))

    def show_logs(self, lines=60):
        for log in self.logs():
            text = log.read_text(errors="replace").rstrip().split("\n")
            print(f"--- {log.name}")
            print("\n".join(text[-lines:]))
