"""sixfoldd, proxy and sixfoldctl with stand-ins for storage and compute: starting, adopting, replacing,
failing over, refusing."""
import os
import pathlib
import signal
import socket
import subprocess
import time
import unittest

from cluster import Failure, alive, eventually
from story import Story, check, sanitize


class Session:
    """A client of a fake instance: each line sent is answered "<instance> <role>"."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=20)
        self.stream = self.socket.makefile("r")
        self.instance = self.stream.readline().strip()

    def ask(self):
        self.socket.sendall(b"?\n")
        return self.stream.readline().strip()

    def ended(self):
        try:
            return self.socket.recv(1) == b""
        except ConnectionError:
            return True


@check
@sanitize
class Supervision(Story):
    def test_starts_leads_every_endpoint_and_stops_in_order(self):
        with self.cluster(fakes=True) as cluster:
            status = cluster.status()
            self.assertEqual(len(status["copies"]), 6)
            self.assertEqual({entry["role"] for entry in status["instances"]}, {"writer", "reader"})
            self.assertEqual(cluster.writer(), "db-1")
            self.assertEqual(Session(cluster.port("main")).instance, "db-1")
            self.assertEqual(Session(cluster.port("relay")).instance, "db-1")
            self.assertEqual({Session(cluster.port("main-ro")).instance for _ in range(4)}, {"db-2", "db-3"})
            self.assertEqual(Session(cluster.port("custom")).instance, "db-3")
            for name in ("db-1", "db-2", "db-3"):
                self.assertEqual(Session(cluster.port(name)).instance, name)

    def test_a_second_start_formats_nothing(self):
        with self.cluster(fakes=True) as cluster:
            volume = cluster.status()["volume"]["id"]
            cluster.stop()
            cluster.start()
            self.assertEqual(cluster.status()["volume"]["id"], volume)
            logs = "".join(log.read_text() for log in cluster.logs())
            self.assertEqual(logs.count("first start"), 1)

    def test_the_writer_dies_and_the_best_reader_takes_over(self):
        with self.cluster(fakes=True) as cluster:
            port = cluster.port("main")
            for round in range(6):
                before = Session(port)
                old = cluster.writer()
                killed = cluster.kill(old)
                start = time.monotonic()
                self.assertTrue(before.ended())
                session = Session(port)  # waits in the proxy for the next writer
                took = time.monotonic() - start
                self.assertNotEqual(session.instance, old)
                self.assertEqual(session.ask(), f"{session.instance} writer")
                self.assertLess(took, 2)
                cluster.wait()
                self.assertNotEqual(cluster.instance(old)["pid"], killed)

    def test_a_reader_that_cannot_be_promoted_is_passed_over(self):
        with self.cluster(fakes=True) as cluster:
            (cluster.run / "db-2.unfit").write_text("")
            refused = cluster.ctl("failover", "--to", "db-2", check=False)
            self.assertNotEqual(refused.returncode, 0)
            self.assertIn("unfit", refused.stderr)
            eventually(lambda: cluster.writer() in ("db-1", "db-3"), 20, "a writer")
            for _ in range(3):
                cluster.wait()
                cluster.kill(cluster.writer())
                self.assertIn(Session(cluster.port("main")).instance, ("db-1", "db-3"))

    def test_planned_failovers(self):
        with self.cluster(fakes=True) as cluster:
            relayed = Session(cluster.port("relay"))
            for target in ("db-3", "db-1", "db-2"):
                cluster.ctl("failover", "--to", target)
                self.assertEqual(cluster.writer(), target)
                self.assertEqual(Session(cluster.port("main")).ask(), f"{target} writer")
            self.assertTrue(relayed.ended())
            cluster.ctl("failover")
            self.assertNotEqual(cluster.writer(), "db-2")
            self.assertNotEqual(cluster.ctl("failover", "--to", "db-9", check=False).returncode, 0)
            self.assertIn("no instance db-9", cluster.ctl("failover", "--to", "db-9", check=False).stderr)

    def test_a_stopped_writer_is_replaced_and_killed(self):
        with self.cluster(fakes=True, settings={"hang_after_ms": 300}) as cluster:
            pid = cluster.kill("db-1", signal.SIGSTOP)
            eventually(lambda: cluster.writer() not in (None, "db-1"), 20, "a new writer")
            eventually(lambda: not alive(pid), 10, "the end of the old one")
            cluster.wait()

    def test_a_stopped_writer_may_be_left_alone(self):
        with self.cluster(fakes=True, settings={"hang_after_ms": 300, "kill_old_writer": False}) as cluster:
            pid = cluster.kill("db-1", signal.SIGSTOP)
            eventually(lambda: cluster.writer() not in (None, "db-1"), 20, "a new writer")
            writer = cluster.writer()
            os.kill(pid, signal.SIGCONT)
            eventually(lambda: cluster.instance("db-1")["state"] == "ready", 10, "the old one answering")
            # It still thinks it writes, but nothing leads there.
            self.assertEqual(cluster.writer(), writer)
            self.assertNotIn("db-1", cluster.targets("main-ro"))
            self.assertTrue(alive(pid))

    def test_sixfoldd_dies_and_a_new_one_adopts_what_runs(self):
        with self.cluster(fakes=True) as cluster:
            session, reader = Session(cluster.port("main")), Session(cluster.port("main-ro"))
            relayed = Session(cluster.port("relay"))
            pids, ports = cluster.pids(), {name: cluster.port(name) for name in ("main", "main-ro", "relay")}
            cluster.kill_daemon()
            self.assertEqual(session.ask(), "db-1 writer")
            self.assertEqual(Session(ports["main"]).instance, "db-1")  # the proxy goes on
            cluster.start()
            self.assertEqual(cluster.pids(), pids)
            self.assertEqual({name: cluster.port(name) for name in ports}, ports)
            self.assertEqual(session.ask(), "db-1 writer")
            self.assertTrue(reader.ask().endswith(" reader"))
            self.assertEqual(relayed.ask(), "db-1 writer")
            cluster.kill("db-1")
            self.assertNotEqual(Session(ports["main"]).instance, "db-1")

    def test_the_proxy_dies_and_no_handed_over_session_notices(self):
        with self.cluster(fakes=True) as cluster:
            session, port = Session(cluster.port("main")), cluster.port("main")
            old = cluster.kill("proxy")
            waiting = Session(port)  # the socket stays open: this one is served by the next proxy
            self.assertEqual(waiting.instance, "db-1")
            self.assertEqual(session.ask(), "db-1 writer")
            self.assertNotEqual(cluster.pids()["proxy"], old)

    def test_a_writer_that_stands_still_is_replaced(self):
        with self.cluster(fakes=True, settings={"hang_after_ms": 300}) as cluster:
            session = Session(cluster.port("main"))
            session.socket.sendall(b"stand\n")
            self.assertTrue(session.ended())
            self.assertNotEqual(Session(cluster.port("main")).instance, "db-1")
            cluster.wait()

    def test_a_writer_that_computes_is_left_to_it(self):
        with self.cluster(fakes=True, settings={"hang_after_ms": 300}) as cluster:
            session = Session(cluster.port("main"))
            session.socket.sendall(b"compute\n")
            self.assertEqual(session.stream.readline().strip(), "db-1 writer")
            self.assertEqual(cluster.writer(), "db-1")

    def test_a_stopped_proxy_is_replaced(self):
        with self.cluster(fakes=True, settings={"hang_after_ms": 200}) as cluster:
            port = cluster.port("main")
            pid = cluster.kill("proxy", signal.SIGSTOP)
            eventually(lambda: not alive(pid), 20, "the end of the stopped proxy")
            self.assertEqual(Session(port).instance, "db-1")

    def test_sixfoldd_and_the_writer_die_together(self):
        with self.cluster(fakes=True) as cluster:
            port, pids = cluster.port("main"), cluster.pids()
            cluster.kill_daemon()
            os.kill(pids["db-1"], signal.SIGKILL)
            cluster.start()
            self.assertIn(Session(port).instance, ("db-2", "db-3"))
            self.assertEqual({name: pid for name, pid in cluster.pids().items() if name != "db-1"},
                             {name: pid for name, pid in pids.items() if name != "db-1"})

    def test_a_reader_that_dies_leaves_the_endpoints_and_returns(self):
        with self.cluster(fakes=True) as cluster:
            os.kill(cluster.pids()["db-2"], signal.SIGSTOP)
            pid = cluster.kill("db-3")
            eventually(lambda: not alive(pid), 5)
            eventually(lambda: set(cluster.targets("main-ro")) == {"db-2", "db-3"}, 20, "both readers back")


@check
class Refusals(Story):
    def run_once(self, cluster):
        done = subprocess.run([cluster.programs / "sixfoldd", "--config", cluster.config_path], cwd=cluster.folder,
                              capture_output=True, text=True, timeout=20)
        return done.returncode, done.stderr

    def refused(self, cluster, *expected):
        try:
            status, text = self.run_once(cluster)
            self.assertEqual(status, 1, text)
            for words in expected:
                self.assertIn(words, text)
        finally:
            cluster.clean_up()

    def test_a_taken_port(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            cluster = self.cluster(fakes=True, change=lambda c: c["endpoints"][1].update(listen=f"127.0.0.1:{port}"))
            self.refused(cluster, f"endpoint main-ro: address 127.0.0.1:{port} is taken", "give the endpoint another")

    def test_a_volume_of_another_cluster(self):
        cluster = self.cluster(fakes=True)
        (cluster.folder / "az-b/disk1/sixfold-other").mkdir(parents=True)
        self.refused(cluster, "az-b", "volume of another cluster (other)", "nothing was touched")

    def test_a_mount_that_cannot_be_made(self):
        cluster = self.cluster(fakes=True)
        (cluster.folder / "az-c").mkdir()
        (cluster.folder / "az-c/disk1").write_text("a file")
        self.refused(cluster, "AZ az-c: mount", "disk1")

    def test_a_second_sixfoldd(self):
        with self.cluster(fakes=True) as cluster:
            status, text = self.run_once(cluster)
            self.assertEqual(status, 1)
            self.assertIn("another sixfoldd runs it", text)

    def test_a_misspelt_key(self):
        cluster = self.cluster(fakes=True, change=lambda c: c.update(instnaces=[]))
        self.refused(cluster, str(cluster.config_path), "instnaces: unknown key; expected one of")


if __name__ == "__main__":
    unittest.main()
