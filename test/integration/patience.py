"""What takes long is not taken for a hang: sleeps, lock waits, heavy statements, commits without a quorum."""
import contextlib
import os
import signal
import threading
import time

from cluster import eventually
from story import Story, check


def in_background(cluster, statements, port):
    """Runs the statements, one after the other, on a connection of their own; gives the thread and its error."""
    result = {}

    def work():
        try:
            with contextlib.closing(cluster.connect(port=port, timeout_s=60)) as connection, connection.cursor() as cursor:
                for statement in statements:
                    cursor.execute(statement)
        except Exception as error:
            result["error"] = error
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread, result


class Patience(Story):
    def nothing_changes(self, cluster, work):
        writer, pids = cluster.writer(), cluster.pids()
        for thread, result in work(cluster.port("main")):
            thread.join(120)
            self.assertFalse(thread.is_alive())
            self.assertNotIn("error", result)
        self.assertEqual(cluster.writer(), writer)
        self.assertEqual(cluster.pids(), pids)

    @check
    def test_sleeps_and_lock_waits(self):
        with self.cluster(settings={"hang_after_ms": 500}) as cluster:
            cluster.query("CREATE DATABASE d")
            cluster.query("CREATE TABLE d.t (id INT PRIMARY KEY, n INT)")
            cluster.query("INSERT INTO d.t VALUES (1, 0)")

            def work(port):
                running = [in_background(cluster, ["SELECT SLEEP(2)"], port) for _ in range(6)]
                holder = cluster.connect(port=port, database="d")
                holder.begin()
                holder.cursor().execute("UPDATE t SET n = n + 1")
                running += [in_background(cluster, ["UPDATE d.t SET n = n + 1"], port) for _ in range(4)]
                time.sleep(2)  # the length of the wait is the point
                holder.commit()
                holder.close()
                return running
            self.nothing_changes(cluster, work)

    def test_a_heavy_statement(self):
        with self.cluster(settings={"hang_after_ms": 300}) as cluster:
            cluster.query("CREATE DATABASE d")
            cluster.query("CREATE TABLE d.t (id INT PRIMARY KEY AUTO_INCREMENT, n INT)")
            cluster.query("INSERT INTO d.t (n) VALUES " + ",".join(f"({n})" for n in range(1500)))
            heavy = "SELECT COUNT(DISTINCT (a.n * b.n) % 1009) FROM d.t a, d.t b WHERE (a.n + b.n) % 3 = 1"
            self.nothing_changes(cluster, lambda port: [in_background(cluster, [heavy], port) for _ in range(3)])

    def test_commits_without_a_quorum(self):
        with self.cluster(settings={"hang_after_ms": 500}) as cluster:
            cluster.query("CREATE DATABASE d")
            cluster.query("CREATE TABLE d.t (id INT PRIMARY KEY AUTO_INCREMENT, n INT)")
            daemons = [cluster.pids()[az] for az in ("az-b", "az-c")]

            def work(port):
                for pid in daemons:
                    os.kill(pid, signal.SIGSTOP)
                running = [in_background(cluster, ["INSERT INTO d.t (n) VALUES (1)"], port) for _ in range(6)]
                time.sleep(2)  # the length of the wait is the point
                for pid in daemons:
                    os.kill(pid, signal.SIGCONT)
                return running
            self.nothing_changes(cluster, work)
            eventually(lambda: cluster.query("SELECT COUNT(*) FROM d.t")[0][0] == 6, 20, "six rows")
