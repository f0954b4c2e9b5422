"""A write load whose every transaction is accounted for.

Each transaction inserts a pair of rows that carry one client-made unique id, then commits. What the
client learns of it decides its class:

    acknowledged  COMMIT was answered with OK: both rows must be there for ever
    refused       the server answered with an error, or COMMIT was never sent: no row may ever be there
    unknown       the connection ended between sending COMMIT and its answer: both rows or none

check() compares that with the table and returns what is wrong as a list of sentences.
"""
import itertools
import threading
import time
import uuid

import pymysql

TABLE = "CREATE TABLE IF NOT EXISTS pairs (id VARCHAR(40) NOT NULL, half INT NOT NULL, PRIMARY KEY (id, half))"


class WriteLoad:
    def __init__(self, connect, threads=4):
        """connect: returns a new PyMySQL connection to the database of the load; may raise."""
        self.connect = connect
        self.acknowledged, self.refused, self.unknown = set(), set(), set()
        self.acknowledged_at = []  # (time.monotonic() of the acknowledgement, of its connection's opening)
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._counter = itertools.count()
        self._run = uuid.uuid4().hex[:12]
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(threads)]

    def prepare(self):
        connection = self.connect()
        connection.cursor().execute(TABLE)
        connection.commit()
        connection.close()

    def start(self):
        for thread in self._threads:
            thread.start()
        return self

    def stop(self):
        self._stopping.set()
        for thread in self._threads:
            thread.join(120)
            if thread.is_alive():
                raise AssertionError("a client of the load hangs")

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def wait_for_acknowledgement(self, since, seconds=60):
        """Seconds from `since` to the first acknowledgement on a connection opened after it: one that was
        on its way before does not count."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with self._lock:
                for at, opened in self.acknowledged_at[-200:]:
                    if opened > since:
                        return at - since
            self._stopping.wait(0.002)
        raise AssertionError(f"no commit was acknowledged within {seconds} s")

    def wait_for_progress(self, commits, seconds=60):
        """Until so many more commits were acknowledged."""
        goal = len(self.acknowledged_at) + commits
        deadline = time.monotonic() + seconds
        while len(self.acknowledged_at) < goal:
            if time.monotonic() > deadline:
                raise AssertionError(f"fewer than {commits} commits were acknowledged within {seconds} s")
            self._stopping.wait(0.005)

    def _work(self):
        connection, opened = None, 0.0
        while not self._stopping.is_set():
            if connection is None:
                try:
                    opened = time.monotonic()
                    connection = self.connect()
                except pymysql.MySQLError:
                    self._stopping.wait(0.01)
                    continue
            if not self._transaction(connection, opened):
                try:
                    connection.close()
                except pymysql.MySQLError:
                    pass
                connection = None
        if connection is not None:
            connection.close()

    def _transaction(self, connection, opened):
        """Runs one transaction and classes it; False: the connection is of no more use."""
        row = f"{self._run}-{next(self._counter)}"
        sent_commit = False
        try:
            with connection.cursor() as cursor:
                cursor.execute("BEGIN")
                cursor.execute("INSERT INTO pairs VALUES (%s, 0)", (row,))
                cursor.execute("INSERT INTO pairs VALUES (%s, 1)", (row,))
                sent_commit = True
                cursor.execute("COMMIT")
            with self._lock:
                self.acknowledged.add(row)
                self.acknowledged_at.append((time.monotonic(), opened))
            return True
        except (pymysql.MySQLError, OSError) as error:
            lost = not isinstance(error, pymysql.MySQLError) or error.args[0] in (0, 2006, 2013, 2055)
            with self._lock:
                (self.unknown if sent_commit and lost else self.refused).add(row)
            return False

    def check(self, connection):
        with connection.cursor() as cursor:
            cursor.execute("SELECT id, half FROM pairs")
            halves = {}
            for row, half in cursor.fetchall():
                halves.setdefault(row, set()).add(int(half))
        wrong = [f"{row} was acknowledged and is not there" for row in self.acknowledged - halves.keys()]
        wrong += [f"{row} was refused and is there" for row in self.refused & halves.keys()]
        wrong += [f"{row} is there by half" for row, parts in halves.items() if parts != {0, 1}]
        strangers = halves.keys() - self.acknowledged - self.refused - self.unknown
        wrong += [f"{row} was never written by this load" for row in strangers if row.startswith(self._run)]
        return wrong

    def summary(self):
        return f"{len(self.acknowledged)} acknowledged, {len(self.refused)} refused, {len(self.unknown)} unknown"
