"""What is acknowledged stays: writers, zones, copies and disks are killed, stopped and wiped under a
write load, and every row is accounted for."""
import contextlib
import fcntl
import os
import pathlib
import shutil
import signal
import statistics
import time

import pymysql

from cluster import alive, eventually
from story import Story, check
from workload import WriteLoad


def load_on(cluster, endpoint="main", threads=4):
    """A load through the endpoint, its table made."""
    port = cluster.port(endpoint)
    load = WriteLoad(lambda: cluster.connect(port=port, database="load_test"), threads)
    cluster.query("CREATE DATABASE IF NOT EXISTS load_test")
    load.prepare()
    cluster.query("CREATE TABLE IF NOT EXISTS load_test.nobody (id INT)")
    return load


def all_copies_equal(cluster):
    """Every copy has applied everything and their rows have one digest."""
    status = cluster.status()
    copies = status["copies"]
    if len(copies) != 6 or any(copy["state"] != "ok" for copy in copies):
        return False
    compared = cluster.ctl("compare", "--json", check=False)
    return compared.returncode == 0


def copy_state(cluster, path):
    return next(copy["state"] for copy in cluster.status()["copies"] if copy["path"] == path)


def refused_with(cluster):
    """The error number of an INSERT; 0: it was acknowledged."""
    try:
        with contextlib.closing(cluster.connect(database="load_test", timeout_s=30)) as connection:
            with connection.cursor() as cursor:
                cursor.execute("INSERT INTO nobody VALUES (1)")
        return 0
    except pymysql.MySQLError as error:
        return error.args[0]


@contextlib.contextmanager
def held_lock(path, kill):
    """The daemon that holds this lock is killed and none can start in its place meanwhile."""
    with open(path) as lock:
        kill()
        eventually(lambda: fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB) is None, 10, f"{path} to be free")
        yield


class Durability(Story):
    def verify(self, cluster, load):
        with contextlib.closing(cluster.connect(database="load_test", timeout_s=60)) as connection:
            wrong = load.check(connection)
        self.assertEqual(wrong[:10], [], load.summary())
        self.assertGreater(len(load.acknowledged), 0)

    def test_writer_killed_twenty_times(self):
        with self.cluster() as cluster:
            load, gaps = load_on(cluster), []
            with load:
                load.wait_for_progress(50)
                for _ in range(20):
                    writer = cluster.writer()
                    killed = time.monotonic()
                    cluster.kill(writer)
                    gaps.append(load.wait_for_acknowledgement(killed))
                    load.wait_for_progress(20)
                    cluster.wait()
            self.verify(cluster, load)
            gaps_ms = sorted(gap * 1000 for gap in gaps)
            self.figure(f"kill to next acknowledged commit: p50 {statistics.median(gaps_ms):.0f} ms, max {gaps_ms[-1]:.0f} ms; "
                        f"{load.summary()}")
            self.assertLess(gaps_ms[-1], 2000 * cluster.slow)

    @check
    def test_writer_killed_under_load(self):
        with self.cluster() as cluster:
            load = load_on(cluster)
            with load:
                load.wait_for_progress(20)
                killed = time.monotonic()
                cluster.kill(cluster.writer())
                load.wait_for_acknowledgement(killed)
                load.wait_for_progress(20)
            self.verify(cluster, load)

    def test_each_zone_killed_in_turn(self):
        with self.cluster() as cluster:
            load = load_on(cluster)
            with load:
                for az in ("az-b", "az-c", "az-a"):
                    load.wait_for_progress(30)
                    cluster.kill(az)
                    load.wait_for_progress(30)
                    cluster.wait()
                    eventually(lambda: all(copy["state"] == "ok" for copy in cluster.status()["copies"]), 60, "six healthy copies")
            self.verify(cluster, load)
            eventually(lambda: all_copies_equal(cluster), 60, "six equal copies")

    def test_three_copies_left(self):
        """An AZ is killed and one copy of another leaves: writes wait, reads go on; both back: all catches up."""
        with self.cluster(settings={"refuse_after_ms": 2000, "restart_delay_ms_max": 300}) as cluster:
            cluster.allow_error("az-b.*(another sixfold-storage|ended|exit)")
            load = load_on(cluster)
            victim = next(copy for copy in cluster.status()["copies"] if copy["az"] == "az-c")
            with load:
                load.wait_for_progress(30)
                with held_lock(cluster.run / "storage-az-b.lock", lambda: cluster.kill("az-b")):
                    load.wait_for_progress(30)
                    cluster.ctl("copy", "detach", str(victim["id"]))
                    eventually(lambda: refused_with(cluster) == 1836, 60, "a commit refused for want of a quorum")
                    before = len(load.acknowledged)
                    self.assertEqual(refused_with(cluster), 1836)
                    self.assertEqual(len(load.acknowledged), before)
                    for reader in ("db-1", "db-2", "db-3"):
                        rows = cluster.query("SELECT COUNT(*) FROM load_test.pairs", endpoint=reader)[0][0]
                        self.assertGreaterEqual(rows, 2 * before, reader)
                    self.assertEqual({copy["state"] for copy in cluster.status()["copies"] if copy["id"] == victim["id"]},
                                     {"detached"})
                cluster.ctl("copy", "attach", str(victim["id"]))
                load.wait_for_progress(30)
            self.verify(cluster, load)
            eventually(lambda: all_copies_equal(cluster), 60, "six equal copies")

    def test_a_disk_that_vanishes_takes_out_one_copy(self):
        """The other copy of its AZ goes on; the disk is back, empty: a new copy is built there."""
        with self.cluster() as cluster:
            cluster.allow_error("copy .* takes no part any more")
            load = load_on(cluster)
            victim, sibling = [copy for copy in cluster.status()["copies"] if copy["az"] == "az-b"]
            with load:
                load.wait_for_progress(30)
                pids = cluster.pids()
                mount = pathlib.Path(victim["path"]).parents[1]
                mount.rename(mount.with_name("lost"))
                eventually(lambda: copy_state(cluster, victim["path"]) == "failed", 30, "the copy without a disk out")
                load.wait_for_progress(30)
                self.assertEqual(copy_state(cluster, sibling["path"]), "ok")
                rows = cluster.query("SELECT COUNT(*) FROM load_test.pairs", endpoint="db-2")[0][0]
                self.assertGreater(rows, 0)
                mount.mkdir()
                cluster.ctl("copy", "attach", str(victim["id"]))
                eventually(lambda: copy_state(cluster, victim["path"]) == "ok", 60, "a copy on the new disk")
                self.assertEqual(cluster.pids(), pids)
            self.verify(cluster, load)
            eventually(lambda: all_copies_equal(cluster), 60, "six equal copies")

    def test_a_base_file_cut_under_readers(self):
        """A statement may fail for it; the server and the daemon live, and reads go on elsewhere."""
        with self.cluster(settings={"drain_interval_ms": 100}) as cluster:
            cluster.allow_error("copy .* takes no part any more|drain")
            load = load_on(cluster)
            with load:
                load.wait_for_progress(2000)
            self.assertTrue(eventually(lambda: all_copies_equal(cluster), 60, "six drained copies"))
            pids, rows = cluster.pids(), 2 * len(load.acknowledged)
            reader = cluster.connect("db-2", database="load_test")
            for path in [copy["path"] for copy in cluster.status()["copies"] if copy["az"] == "az-b"]:
                for data in pathlib.Path(path).glob("base/**/data.mdb"):
                    os.truncate(data, 8192)

            def count():
                with reader.cursor() as cursor:
                    cursor.execute("SELECT COUNT(*) FROM pairs")
                    return cursor.fetchone()[0]

            def count_or_storage_error():
                try:
                    return count()
                except pymysql.MySQLError as error:
                    self.assertEqual(error.args[0], 1105, error)
                    self.assertIn("storage", error.args[1])
            seen = [count_or_storage_error() for _ in range(20)]
            self.assertTrue(set(seen) <= {None, rows}, seen)
            self.assertEqual(eventually(count, 30, "rows read elsewhere"), rows)
            again = load_on(cluster)
            with again:
                again.wait_for_progress(30)  # drains meet the damage
            self.assertEqual(cluster.pids(), pids)
            self.verify(cluster, again)

    def test_a_stopped_writer_is_fenced_by_epoch_alone(self):
        with self.cluster(settings={"kill_old_writer": False, "hang_after_ms": 500}) as cluster:
            load = load_on(cluster)
            old = cluster.writer()
            held = cluster.connect(old, database="load_test")
            with load:
                load.wait_for_progress(20)
                pid = cluster.kill(old, signal.SIGSTOP)
                eventually(lambda: cluster.writer() not in (None, old), 30, "another writer")
                load.wait_for_progress(20)
                os.kill(pid, signal.SIGCONT)
                # The old writer's clients are cut: nothing it was asked to write may be acknowledged.
                with self.assertRaises((pymysql.MySQLError, OSError)):
                    for number in range(100):
                        with held.cursor() as cursor:
                            cursor.execute("INSERT INTO pairs VALUES (%s, 0), (%s, 1)", (f"stale-{number}",) * 2)
                load.wait_for_progress(20)
            self.verify(cluster, load)
            rows = cluster.query("SELECT COUNT(*) FROM load_test.pairs WHERE id LIKE 'stale-%'")
            self.assertEqual(rows[0][0], 0)
            log = (cluster.folder / "var/log").glob(f"*{old}*.log")
            self.assertIn("fenced", "".join(path.read_text() for path in log))

    def test_a_stopped_writer_loses_its_clients_within_the_failover(self):
        with self.cluster(settings={"hang_after_ms": 500}) as cluster:
            load = load_on(cluster)
            with load:
                load.wait_for_progress(20)
                old = cluster.writer()
                held = cluster.connect(old)
                stopped = time.monotonic()
                pid = cluster.kill(old, signal.SIGSTOP)
                load.wait_for_acknowledgement(stopped + 0.2)
                eventually(lambda: not alive(pid), 10, "the end of the stopped writer")
                with self.assertRaises((pymysql.MySQLError, OSError)):
                    held.ping(reconnect=False)
            self.verify(cluster, load)

    def test_control_and_proxy_killed_under_load(self):
        with self.cluster() as cluster:
            load = load_on(cluster)
            session = cluster.connect()
            with load:
                load.wait_for_progress(20)
                pids = cluster.pids()
                cluster.kill_daemon()
                load.wait_for_progress(20)
                cluster.start()
                self.assertEqual(cluster.pids(), pids)
                cluster.kill("proxy")
                load.wait_for_progress(20)
                eventually(lambda: cluster.pids().get("proxy") not in (None, pids["proxy"]), 20, "another proxy")
                with session.cursor() as cursor:  # handed over before: nothing happened to it
                    cursor.execute("SELECT 1")
                    self.assertEqual(cursor.fetchone()[0], 1)
                self.assertEqual(load.refused | load.unknown, set())
                killed = time.monotonic()
                cluster.kill(cluster.writer())
                load.wait_for_acknowledgement(killed)
            self.verify(cluster, load)

    def test_a_wiped_disk_is_rebuilt(self):
        with self.cluster() as cluster:
            load = load_on(cluster)
            with load:
                load.wait_for_progress(200)
                victim = next(copy for copy in cluster.status()["copies"] if copy["az"] == "az-b")
                pid = cluster.kill("az-b", signal.SIGSTOP)
                shutil.rmtree(victim["path"])
                os.kill(pid, signal.SIGKILL)
                load.wait_for_progress(50)

                def rebuilt():
                    copies = cluster.status()["copies"]
                    return len(copies) == 6 and all(copy["state"] == "ok" for copy in copies) and \
                        victim["id"] not in {copy["id"] for copy in copies}
                eventually(rebuilt, 90, "a copy with a new id, rebuilt and admitted")
                load.wait_for_progress(20)
            self.verify(cluster, load)
            eventually(lambda: all_copies_equal(cluster), 60, "six equal copies")

    def test_everything_is_there_after_a_restart(self):
        with self.cluster() as cluster:
            load = load_on(cluster)
            with load:
                load.wait_for_progress(100)
            cluster.stop()
            cluster.start()
            self.verify(cluster, load)

    def test_a_new_volume_where_an_old_ones_shared_memory_is_left(self):
        with self.cluster() as cluster:
            load = load_on(cluster)
            with load:
                load.wait_for_progress(500)
            cluster.stop()
            for folder in ["var", *(f"az-{az}" for az in "abc")]:
                shutil.rmtree(cluster.folder / folder)
            cluster.start()
            self.assertEqual(cluster.query("SHOW DATABASES LIKE 'load_test'"), ())
            again = load_on(cluster)
            with again:
                again.wait_for_progress(50)
            self.verify(cluster, again)

    def test_everything_killed_at_once(self):
        with self.cluster() as cluster:
            load = load_on(cluster)
            load.start()
            load.wait_for_progress(100)
            pids = cluster.pids()
            cluster.kill_daemon()
            for pid in pids.values():
                os.kill(pid, signal.SIGKILL)
            eventually(lambda: not any(alive(pid) for pid in pids.values()), 10, "the end of all")
            cluster.start()
            load.wait_for_progress(20)
            load.stop()
            self.verify(cluster, load)
