#!/usr/bin/python3
"""Benchmarks Sixfold side by side with MariaDB, in one run on one machine.

    bench.py [--seconds 60] [--rounds 3] [--connections 1,8,32] [--workloads oltp_point_select,…]
             [--tables 4] [--rows 250000] [--bin build/release/bin] [--out build/bench]

Both servers keep their data below --out, on one file system. MariaDB runs with
innodb_flush_log_at_trx_commit=1 and a 4 GB buffer pool, its binary log off; Sixfold with one writer
and six copies over three AZs. TLS is off on both. Rounds are interleaved: each workload runs on
MariaDB, on Sixfold through the cluster endpoint and on the writer's own endpoint before the next
workload begins, and another target is first in each round. (Both endpoints hand the client's socket
to the writer: what differs is how it is chosen.)

Measured: transactions a second as sysbench reports them, and CPU seconds (user + system) of all
processes of the server under test over the measured time, per transaction. What Sixfold has left
to drain to its copies at the end is drained inside the CPU measurement. Reported: the median of
the rounds, the spread (smallest and largest), and ratios to MariaDB's medians.
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import time

WORKLOADS = ["oltp_point_select", "oltp_read_only", "oltp_write_only", "oltp_read_write", "oltp_update_index"]
TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pids):
    """User and system time of the processes so far, their finished children included."""
    total = 0
    for pid in pids:
        try:
            fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        total += sum(int(f) for f in fields[11:15])
    return total / TICKS


def descendants(pid):
    found = [pid]
    for task in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found += descendants(int(child))
    return found


def wait_until(what, condition, seconds=120):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            sys.exit(f"{what}: not within {seconds} s")
        time.sleep(0.05)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class MariaDb:
    def __init__(self, folder):
        self.data, self.socket = folder / "data", folder / "mariadb.sock"
        folder.mkdir(parents=True)
        subprocess.run(["mariadb-install-db", f"--datadir={self.data}", "--auth-root-authentication-method=normal",
                        "--skip-test-db", "--user=root"],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.port = free_port()
        self.process = subprocess.Popen(
            ["mariadbd", "--no-defaults", "--user=root", f"--datadir={self.data}", f"--socket={self.socket}",
             f"--port={self.port}", "--bind-address=127.0.0.1", "--innodb-buffer-pool-size=4G",
             "--innodb-flush-log-at-trx-commit=1", "--innodb-log-file-size=1G", "--skip-ssl", "--max-connections=200"],
            stdout=subprocess.DEVNULL, stderr=open(folder / "log", "w"))
        wait_until("MariaDB", lambda: self.query("SELECT 1").returncode == 0)
        self.query("CREATE USER admin@'127.0.0.1' IDENTIFIED BY 'sixfold'; GRANT ALL ON *.* TO admin@'127.0.0.1'; "
                   "CREATE USER admin@'localhost' IDENTIFIED BY 'sixfold'; GRANT ALL ON *.* TO admin@'localhost'; "
                   "CREATE DATABASE sbtest")

    def query(self, sql):
        return subprocess.run(["mariadb", "-uroot", f"-S{self.socket}", "-e", sql], capture_output=True, text=True)

    def pids(self):
        return [self.process.pid]

    def settle(self):
        pass

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()


class Sixfold:
    def __init__(self, folder, binaries):
        self.binaries, self.config, self.run = binaries, folder / "sixfold.yaml", folder / "var/run"
        for zone in "abc":
            for disk in (1, 2):
                (folder / f"az-{zone}/disk{disk}").mkdir(parents=True)
        mounts = "\n".join(f"      - {{name: az-{z}, mounts: [{folder}/az-{z}/disk1, {folder}/az-{z}/disk2]}}" for z in "abc")
        self.config.write_text(f"""clusters:
  - id: bench
    master_user: admin
    master_password: sixfold
    data_dir: {folder}/var
    azs:
{mounts}
    instances:
      - {{id: db-1, az: az-a, tier: 0}}
    endpoints:
      - {{name: bench, type: cluster, listen: "127.0.0.1:0"}}
      - {{name: db-1, type: instance, listen: "127.0.0.1:0", instance: db-1}}
""")
        before = set(pathlib.Path("/dev/shm").glob("sixfold-bench-*"))
        self.process = subprocess.Popen([binaries / "sixfoldd", "--config", self.config],
                                        stdout=subprocess.DEVNULL, stderr=open(folder / "log", "w"))
        subprocess.run([binaries / "sixfoldctl", "--config", self.config, "wait", "--timeout", "60"], check=True)
        self.recent = set(pathlib.Path("/dev/shm").glob("sixfold-bench-*")) - before
        self.ports = {e["name"]: int(e["address"].rsplit(":", 1)[1]) for e in self.status()["endpoints"]}
        subprocess.run(["mariadb", "-h127.0.0.1", f"-P{self.ports['bench']}", "-uadmin", "-psixfold", "--skip-ssl",
                        "-e", "CREATE DATABASE sbtest"], check=True)

    def status(self):
        return json.loads(subprocess.run([self.binaries / "sixfoldctl", "--config", self.config, "status", "--json"],
                                         check=True, capture_output=True, text=True).stdout)

    def pids(self):
        return descendants(self.process.pid)

    def ask_to_drain(self):
        """The copies drain what is durable now instead of within seconds."""
        for path in self.run.glob("storage-*.control.sock"):
            with socket.socket(socket.AF_UNIX) as control:
                control.connect(str(path))
                control.sendall(b'{"cmd":"drain"}\n')
                control.recv(4096)

    def settle(self):
        def drained():
            self.ask_to_drain()
            status = self.status()
            return all(c["applied_lsn"] >= status["volume"]["vdl"] for c in status["copies"])
        wait_until("drain", drained)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()
        for folder in self.recent:  # it survives its daemons, for a restart
            shutil.rmtree(folder, ignore_errors=True)


class Target:
    def __init__(self, name, server, port):
        self.name, self.server, self.port = name, server, port


def sysbench(options, target, workload, command, threads=1, seconds=0):
    arguments = ["sysbench", workload, "--db-driver=mysql", "--mysql-host=127.0.0.1", f"--mysql-port={target.port}",
                 "--mysql-user=admin", "--mysql-password=sixfold", "--mysql-db=sbtest", "--mysql-ssl=off",
                 f"--tables={options.tables}", f"--table-size={options.rows}", f"--threads={threads}"]
    if seconds:
        arguments += [f"--time={seconds}", "--rand-type=uniform"]
    run = subprocess.run(arguments + [command], capture_output=True, text=True)
    if run.returncode != 0:
        raise RuntimeError(f"{' '.join(arguments)} {command}: {(run.stdout + run.stderr)[-600:]}")
    return run.stdout


def measure(options, target, workload, threads):
    sysbench(options, target, workload, "run", threads, max(1, options.seconds // 10))  # warm-up
    target.server.settle()
    before = cpu_seconds(target.server.pids())
    output = sysbench(options, target, workload, "run", threads, options.seconds)
    target.server.settle()
    cpu = cpu_seconds(target.server.pids()) - before
    transactions = int(re.search(r"transactions:\s+(\d+)", output).group(1))
    return {"tps": float(re.search(r"transactions:\s+\d+\s+\(([\d.]+) per sec", output).group(1)),
            "cpu_us": cpu / max(1, transactions) * 1e6,
            "p95_ms": float(re.search(r"95th percentile:\s+([\d.]+)", output).group(1))}


def report(options, results, loads):
    lines = [f"{options.tables} tables of {options.rows} rows, {options.seconds} s each, {options.rounds} rounds, "
             f"{os.cpu_count()} cores, load average {loads[0]:.1f} before and {loads[1]:.1f} after; tps: median (min-max); cpu: µs a transaction", ""]
    header = f"{'workload':<20}{'conn':>5}  {'target':<18}{'tps':>28}{'ratio':>8}{'cpu':>9}{'ratio':>8}{'p95 ms':>9}"
    lines += [header, "-" * len(header)]
    for (workload, threads), by_target in results.items():
        base = None
        for name, rounds in by_target.items():
            tps = [r["tps"] for r in rounds]
            median, cpu = statistics.median(tps), statistics.median(r["cpu_us"] for r in rounds)
            p95 = statistics.median(r["p95_ms"] for r in rounds)
            base = base or (median, cpu)
            spread = f"{median:.0f} ({min(tps):.0f}-{max(tps):.0f})"
            lines.append(f"{workload:<20}{threads:>5}  {name:<18}{spread:>28}{median / base[0]:>8.2f}"
                         f"{cpu:>9.0f}{cpu / base[1] if base[1] else 0:>8.2f}{p95:>9.2f}")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", default="1,8,32")
    parser.add_argument("--workloads", default=",".join(WORKLOADS))
    parser.add_argument("--tables", type=int, default=4)
    parser.add_argument("--rows", type=int, default=250_000)
    parser.add_argument("--bin", type=pathlib.Path, default=pathlib.Path("build/release/bin"))
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("build/bench"))
    options = parser.parse_args()
    options.bin, options.out = options.bin.resolve(), options.out.resolve()
    shutil.rmtree(options.out, ignore_errors=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("terminated"))  # so that the servers are stopped
    servers = []
    try:
        maria = MariaDb(options.out / "mariadb")
        servers.append(maria)
        sixfold = Sixfold(options.out / "sixfold", options.bin)
        servers.append(sixfold)
        targets = [Target("mariadb", maria, maria.port), Target("sixfold cluster", sixfold, sixfold.ports["bench"]),
                   Target("sixfold direct", sixfold, sixfold.ports["db-1"])]
        for target in targets[:2]:
            sysbench(options, target, "oltp_read_write", "prepare")
            target.server.settle()
        results, loads = {}, [os.getloadavg()[0]]
        for round_number in range(options.rounds):
            for workload in options.workloads.split(","):
                for threads in map(int, options.connections.split(",")):
                    turn = round_number % len(targets)  # nobody is always the one behind somebody
                    for target in targets[turn:] + targets[:turn]:
                        figures = measure(options, target, workload, threads)
                        results.setdefault((workload, threads), {}).setdefault(target.name, []).append(figures)
                        print(f"round {round_number + 1} {workload} {threads} {target.name}: "
                              f"{figures['tps']:.0f} tps, {figures['cpu_us']:.0f} us cpu", flush=True)
        loads.append(os.getloadavg()[0])
        text = report(options, results, loads)
        (options.out / "report.txt").write_text(text + "\n")
        (options.out / "report.json").write_text(json.dumps(
            [{"workload": w, "connections": c, "targets": t} for (w, c), t in results.items()], indent=1))
        print("\n" + text)
    finally:
        for server in servers:
            server.stop()


if __name__ == "__main__":
    main()
