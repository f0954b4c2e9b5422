"""Stock clients against a cluster: mysql, mysqldump, mysqlshow, sysbench, and the questions that
Aurora-aware drivers ask."""
import contextlib
import re
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor, wait

import pymysql

from cluster import eventually
from story import Story, check

SYSBENCH = ["oltp_point_select", "oltp_read_only", "oltp_read_write", "oltp_write_only", "oltp_update_index",
            "oltp_update_non_index", "oltp_insert", "oltp_delete", "select_random_points", "select_random_ranges",
            "bulk_insert"]

SHOP = """
CREATE TABLE customer (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT, name VARCHAR(60) NOT NULL, email VARCHAR(80) DEFAULT NULL,
  born DATE DEFAULT NULL, balance DECIMAL(10,2) NOT NULL DEFAULT '0.00', level ENUM('new','known','gold') NOT NULL DEFAULT 'new',
  flags SET('a','b','c') DEFAULT NULL, photo BLOB, note TEXT, updated TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (id), UNIQUE KEY email (email), KEY by_name (name(10), born)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
CREATE TABLE purchase (
  id BIGINT NOT NULL AUTO_INCREMENT, customer_id INT UNSIGNED NOT NULL, at DATETIME(3) NOT NULL, total DOUBLE NOT NULL, bits BIT(10),
  PRIMARY KEY (id), KEY customer_id (customer_id),
  CONSTRAINT purchase_customer FOREIGN KEY (customer_id) REFERENCES customer (id) ON DELETE CASCADE);
INSERT INTO customer (name, email, born, balance, level, flags, photo, note) VALUES
  ('Ann ''Quote'' \\\\ Slash', 'ann@example.com', '1990-02-28', 12.50, 'gold', 'a,c', x'00FF1027', 'line one\\nline two'),
  ('Bjørn Ünïcode 漢字 😀', NULL, NULL, -3.25, 'known', '', '', ''), ('Cy', 'cy@example.com', '2000-01-01', 0, 'new', NULL, NULL, NULL);
INSERT INTO purchase (customer_id, at, total, bits) VALUES (1, '2024-05-06 07:08:09.123', 1e100, b'1000000001'), (2, '1999-12-31 23:59:59.999', -0.5, NULL);
CREATE VIEW rich AS SELECT id, name FROM customer WHERE balance > 0;
"""


class Clients(Story):
    def run_client(self, cluster, *arguments, endpoint="main", stdin=None, check=True):
        program, rest = arguments[0], arguments[1:]
        done = subprocess.run([program, "-h127.0.0.1", f"-P{cluster.port(endpoint)}", "-uadmin", "-psecret", *rest],
                              input=stdin, capture_output=True, encoding="utf-8", errors="surrogateescape",
                              timeout=120 * cluster.slow)
        if check:
            self.assertEqual(done.returncode, 0, f"{' '.join(arguments)}: {done.stderr}")
        return done

    @check
    def test_mysql_client(self):
        with self.cluster() as cluster:
            out = self.run_client(cluster, "mysql", "-N", "-e", "SELECT 1 + 1; SELECT @@version; SELECT CURRENT_USER()").stdout
            lines = out.split("\n")
            self.assertEqual(lines[0], "2")
            self.assertRegex(lines[1], r"^8\.0\.\d+-sixfold-")
            self.assertEqual(lines[2], "admin@%")
            self.assertIn("Uptime", self.run_client(cluster, "mysql", "-e", "status").stdout)
            tables = self.run_client(cluster, "mysqlshow", "mysql").stdout
            self.assertIn("user", tables)
            wrong = subprocess.run(["mysql", "-h127.0.0.1", f"-P{cluster.port()}", "-uadmin", "-pwrong", "-e", "SELECT 1"],
                                   capture_output=True, text=True)
            self.assertIn("1045", wrong.stderr)

    @check
    def test_both_password_plugins_with_and_without_tls(self):
        with self.cluster() as cluster:
            plugins = {"new": "caching_sha2_password", "old": "mysql_native_password"}
            for user, plugin in plugins.items():
                cluster.query(f"CREATE USER {user} IDENTIFIED WITH {plugin} BY 'pass-{user}'")
            cluster.query("CREATE USER plain IDENTIFIED BY 'pass-plain'")
            found = dict(cluster.query("SELECT user, plugin FROM mysql.user WHERE host = '%'"))
            self.assertEqual(found, {**plugins, "plain": "caching_sha2_password", "admin": "mysql_native_password"})
            for user in (*plugins, "plain"):
                for tls in ({}, {"ssl": {"verify_mode": "none", "check_hostname": False}}):
                    for _ in range(2):  # in full, then from the cache
                        with contextlib.closing(pymysql.connect(host="127.0.0.1", port=cluster.port(), user=user,
                                                                password=f"pass-{user}", **tls)) as connection:
                            with connection.cursor() as cursor:
                                cursor.execute("SELECT CURRENT_USER(), (SELECT VARIABLE_VALUE FROM performance_schema.session_status "
                                               "WHERE VARIABLE_NAME = 'Ssl_cipher')")
                                account, cipher = cursor.fetchone()
                                self.assertEqual((account, cipher != ""), (f"{user}@%", bool(tls)))
                    with self.assertRaises(pymysql.err.OperationalError) as refused:
                        pymysql.connect(host="127.0.0.1", port=cluster.port(), user=user, password="wrong", **tls)
                    self.assertEqual(refused.exception.args[0], 1045)

    @check
    def test_connector_cpp(self):
        with self.cluster() as cluster:
            program = cluster.build / "bin/connector_client"
            done = subprocess.run([program, str(cluster.port()), "admin", "secret"], capture_output=True, text=True,
                                  timeout=60 * cluster.slow)
            self.assertEqual((done.returncode, done.stdout), (0, "ok\n"), done.stderr)

    def test_dump_restores_to_equal_checksums(self):
        with self.cluster() as cluster:
            cluster.query("CREATE DATABASE shop")
            cluster.query("CREATE DATABASE copy_of_shop")
            self.run_client(cluster, "mysql", "shop", stdin=SHOP)
            dump = self.run_client(cluster, "mysqldump", "--single-transaction", "shop").stdout
            self.run_client(cluster, "mysql", "copy_of_shop", stdin=dump)
            again = self.run_client(cluster, "mysqldump", "--single-transaction", "copy_of_shop").stdout

            def statements(text):
                return [line for line in text.split("\n") if line and not line.startswith(("--", "/*!"))]
            self.assertEqual(statements(again), [line.replace("`shop`", "`copy_of_shop`") for line in statements(dump)])
            for table in ("customer", "purchase"):
                sums = [cluster.query(f"CHECKSUM TABLE {schema}.{table}")[0][1] for schema in ("shop", "copy_of_shop")]
                self.assertIsNotNone(sums[0])
                self.assertEqual(sums[0], sums[1])

    def test_every_sysbench_script(self):
        with self.cluster() as cluster:
            cluster.query("CREATE DATABASE sbtest")
            base = ["--db-driver=mysql", "--mysql-host=127.0.0.1", f"--mysql-port={cluster.port()}", "--mysql-user=admin",
                    "--mysql-password=secret", "--mysql-ssl=off", "--tables=2", "--table-size=500", "--threads=4", "--time=2"]
            for script in SYSBENCH:
                with self.subTest(script=script):
                    tables = ["--tables=1"] if script.startswith("select_random") else []
                    for command in ("prepare", "run", "cleanup"):
                        done = subprocess.run(["sysbench", script, *base, *tables, command], capture_output=True, text=True, timeout=120 * cluster.slow)
                        self.assertEqual(done.returncode, 0, f"{script} {command}: {done.stdout[-500:]}{done.stderr[-500:]}")
                        self.assertNotIn("FATAL", done.stdout + done.stderr)

    @check
    def test_aurora_aware_drivers_find_their_way(self):
        with self.cluster() as cluster:
            self.assertEqual(len(cluster.query("SHOW VARIABLES LIKE 'aurora_version'")), 1)
            topology = ("SELECT SERVER_ID, CASE WHEN SESSION_ID = 'MASTER_SESSION_ID' THEN TRUE ELSE FALSE END, CPU, "
                        "REPLICA_LAG_IN_MILLISECONDS, LAST_UPDATE_TIMESTAMP FROM information_schema.replica_host_status "
                        "WHERE time_to_sec(timediff(now(), LAST_UPDATE_TIMESTAMP)) <= 300 OR SESSION_ID = 'MASTER_SESSION_ID'")
            for endpoint in ("main", "main-ro"):
                rows = eventually(lambda: len(cluster.query(topology, endpoint)) == 3 and cluster.query(topology, endpoint), 20, "three instances")
                self.assertEqual(sorted(row[0] for row in rows), ["db-1", "db-2", "db-3"])
                self.assertEqual([row[0] for row in rows if int(row[1])], [cluster.writer()])
            self.assertEqual(cluster.query("SELECT @@aurora_server_id, @@innodb_read_only", "db-1"), (("db-1", 0),))
            self.assertEqual(cluster.query("SELECT @@aurora_server_id, @@innodb_read_only", "db-2"), (("db-2", 1),))

    @check
    def test_readers_refuse_writes_and_see_commits_soon(self):
        with self.cluster() as cluster:
            cluster.query("CREATE DATABASE d")
            cluster.query("CREATE TABLE d.t (id INT PRIMARY KEY, at DOUBLE)")
            with contextlib.closing(cluster.connect(database="d")) as writer, \
                    contextlib.closing(cluster.connect("db-3", database="d")) as reader:
                with reader.cursor() as cursor:
                    with self.assertRaises(pymysql.MySQLError) as refused:
                        cursor.execute("INSERT INTO t VALUES (1, 1)")
                    self.assertEqual(refused.exception.args[0], 1290)
                delays = []
                with writer.cursor() as write, reader.cursor() as read:
                    for number in range(200):
                        write.execute("INSERT INTO t VALUES (%s, 0)", (number,))
                        committed = time.monotonic()
                        deadline = committed + 5
                        while not read.execute("SELECT 1 FROM t WHERE id = %s", (number,)):
                            self.assertLess(time.monotonic(), deadline, "a commit stayed unseen for 5 s")
                        delays.append(time.monotonic() - committed)
                delays.sort()
                self.figure(f"commit to visible on a reader of another AZ: p50 {delays[100] * 1000:.2f} ms, p99 {delays[197] * 1000:.2f} ms")

    @check
    def test_sessions_share_plans_but_not_rights(self):
        with self.cluster() as cluster:
            for sql in ("CREATE DATABASE d", "CREATE TABLE d.t (id INT PRIMARY KEY, s VARCHAR(9))", "INSERT INTO d.t VALUES (1, 'x')",
                        "CREATE USER little IDENTIFIED BY 'pw'", "GRANT SELECT ON d.t TO little"):
                cluster.query(sql)
            adopted = lambda: int(cluster.query("SHOW GLOBAL STATUS LIKE 'Sixfold_plans_adopted'")[0][1])
            read, change = "SELECT s FROM d.t WHERE id = 1", "UPDATE d.t SET s = 'x' WHERE id = 1"
            before = adopted()
            with contextlib.closing(cluster.connect()) as mine, mine.cursor() as admin, \
                    contextlib.closing(pymysql.connect(host="127.0.0.1", port=cluster.port(), user="little", password="pw")) as theirs, \
                    theirs.cursor() as little:
                for _ in range(3):
                    admin.execute(read)
                    admin.execute(change)
                self.assertEqual(little.execute(read), 1)
                self.assertEqual(adopted(), before + 1)

                def refused(sql):
                    with self.assertRaises(pymysql.MySQLError) as error:
                        little.execute(sql)
                    self.assertEqual(error.exception.args[0], 1142)
                refused(change)
                admin.execute("REVOKE SELECT ON d.t FROM little")
                refused(read)
                admin.execute("GRANT SELECT, UPDATE ON d.t TO little")
                self.assertEqual(little.execute(read), 1)
                little.execute(change)
                self.assertEqual(admin.execute(read), 1)

    @check
    def test_table_locks_end_with_their_session(self):
        with self.cluster() as cluster:
            for sql in ("CREATE DATABASE d", "CREATE TABLE d.t (id INT PRIMARY KEY)", "CREATE TABLE d.u (id INT PRIMARY KEY)"):
                cluster.query(sql)

            def waits(sql, release):
                with contextlib.closing(cluster.connect(database="d")) as other, ThreadPoolExecutor() as pool, other.cursor() as cursor:
                    answer = pool.submit(cursor.execute, sql)
                    eventually(lambda: cluster.query(
                        f"SELECT 1 FROM information_schema.processlist WHERE id = {other.thread_id()} AND command = 'Query'"), 10)
                    self.assertFalse(wait([answer], timeout=0.2).done, sql)
                    release(other)
                    return answer.exception(timeout=10)

            holder = cluster.connect(database="d")
            holder.cursor().execute("LOCK TABLES t WRITE")
            killed = waits("SELECT * FROM t", lambda other: cluster.query(f"KILL QUERY {other.thread_id()}"))
            self.assertEqual(killed.args[0], 1317)
            self.assertIsNone(waits("SELECT * FROM t", lambda _: holder.close()))
            # The lock on everything keeps changes and definitions out, not reads.
            with contextlib.closing(cluster.connect(database="d")) as holder, holder.cursor() as cursor:
                cursor.execute("FLUSH TABLES WITH READ LOCK")
                self.assertEqual(cluster.query("SELECT COUNT(*) FROM d.u"), ((0,),))
                with self.assertRaises(pymysql.MySQLError) as refused:
                    cursor.execute("INSERT INTO t VALUES (2)")
                self.assertEqual(refused.exception.args[0], 1223)
                cursor.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT")
                self.assertIsNone(waits("INSERT INTO u VALUES (1)", lambda _: cursor.execute("UNLOCK TABLES")))
                cursor.execute("SELECT COUNT(*) FROM u")
                self.assertEqual(cursor.fetchone(), (0,))
                cursor.execute("INSERT INTO t VALUES (2)")
                cursor.execute("FLUSH TABLES WITH READ LOCK")
                self.assertIsNone(waits("CREATE TABLE w (id INT)", lambda _: cursor.execute("UNLOCK TABLES")))
            # A reader instance locks for its own sessions, and never for writing.
            with contextlib.closing(cluster.connect("db-2", database="d")) as reader, reader.cursor() as cursor:
                cursor.execute("LOCK TABLES t READ")
                cursor.execute("UNLOCK TABLES")
                with self.assertRaises(pymysql.MySQLError) as refused:
                    cursor.execute("LOCK TABLES t WRITE")
                self.assertEqual(refused.exception.args[0], 1290)

    @check
    def test_a_wait_ends_when_its_client_leaves(self):
        with self.cluster() as cluster:
            for sql in ("CREATE DATABASE d", "CREATE TABLE d.t (id INT PRIMARY KEY)", "INSERT INTO d.t VALUES (1)"):
                cluster.query(sql)
            with contextlib.closing(cluster.connect(database="d")) as holder, holder.cursor() as cursor:
                cursor.execute("SELECT GET_LOCK('mine', 0)")
                cursor.execute("BEGIN")
                cursor.execute("DELETE FROM t")
                for sql in ("SELECT SLEEP(1000)", "SELECT GET_LOCK('mine', 1000)", "SELECT * FROM t FOR UPDATE", "LOCK TABLES t WRITE"):
                    for endpoint in ("main", "relay"):
                        leaver = cluster.connect(endpoint, database="d")
                        leaver._execute_command(pymysql.constants.COMMAND.COM_QUERY, sql)
                        there = lambda: cluster.query(
                            f"SELECT state FROM information_schema.processlist WHERE id = {leaver.thread_id()} AND command = 'Query'")
                        eventually(there, 10)
                        leaver._force_close()
                        left = time.monotonic()
                        eventually(lambda: not there(), 20, f"{sql} ends")
                        self.figure(f"{sql} through {endpoint}: ended {time.monotonic() - left:.2f} s after its client")

    def test_persisted_variables_outlive_restarts_and_writers(self):
        with self.cluster() as cluster:
            cluster.query("SET PERSIST max_allowed_packet = 4194304, PERSIST collation_server = 'latin1_swedish_ci'")
            cluster.query("SET PERSIST_ONLY net_retry_count = 33")
            cluster.query("SET GLOBAL wait_timeout = 4711")
            asked = "SELECT @@GLOBAL.max_allowed_packet, @@GLOBAL.character_set_server, @@GLOBAL.net_retry_count, @@GLOBAL.wait_timeout"
            self.assertEqual(cluster.query(asked), ((4194304, "latin1", 10, 4711),))
            for instance in ("db-1", "db-2", "db-3"):
                if instance == cluster.writer():
                    continue
                with self.assertRaises(pymysql.MySQLError) as refused:
                    cluster.query("SET PERSIST max_allowed_packet = 1048576", instance)
                self.assertEqual(refused.exception.args[0], 1290)
            before = cluster.writer()
            cluster.ctl("failover")
            eventually(lambda: cluster.writer() not in (None, before), 30)
            self.assertEqual(cluster.query(asked), ((4194304, "latin1", 33, 28800),))
            cluster.query("RESET PERSIST collation_server")
            cluster.stop()
            cluster.start()
            for instance in ("db-1", "db-2", "db-3"):
                self.assertEqual(cluster.query(asked, instance), ((4194304, "utf8mb4", 33, 28800),))

    @check
    def test_expired_passwords_must_be_changed(self):
        with self.cluster() as cluster:
            def login(password, flag=0):
                return pymysql.connect(host="127.0.0.1", port=cluster.port(), user="old", password=password, client_flag=flag,
                                       autocommit=None)

            def number(call, *arguments):
                with self.assertRaises(pymysql.MySQLError) as refused:
                    call(*arguments)
                return refused.exception.args[0]

            copes = pymysql.constants.CLIENT.HANDLE_EXPIRED_PASSWORDS
            cluster.query("CREATE USER old IDENTIFIED WITH mysql_native_password BY 'one' PASSWORD EXPIRE")
            self.assertIn("PASSWORD EXPIRE ACCOUNT", cluster.query("SHOW CREATE USER old")[0][0])
            self.assertEqual(number(login, "wrong"), 1045)
            self.assertEqual(number(login, "one"), 1862)
            # Nothing but a new password of one's own.
            with contextlib.closing(login("one", copes)) as session, session.cursor() as cursor:
                session.ping(reconnect=False)
                for sql in ("SELECT 1", "SET @a = 1", "USE mysql", "ALTER USER admin IDENTIFIED BY 'x'", "ALTER USER old PASSWORD EXPIRE NEVER",
                            "PREPARE s FROM 'SELECT 1'", "SELECT 1"):
                    self.assertEqual(number(cursor.execute, sql), 1820, sql)
                self.assertEqual(number(session.select_db, "mysql"), 1820)
                cursor.execute("ALTER USER USER() IDENTIFIED BY 'two'")
                self.assertEqual(cursor.execute("SELECT 1"), 1)
            with contextlib.closing(login("two")) as session, session.cursor() as cursor:
                self.assertEqual(number(cursor.execute, "ALTER USER old PASSWORD EXPIRE NEVER"), 1227)
            # By age: the account's own, else the default.
            with contextlib.closing(cluster.connect()) as admin, admin.cursor() as cursor:
                cursor.execute("SET timestamp = UNIX_TIMESTAMP(NOW() - INTERVAL 10 DAY)")
                cursor.execute("ALTER USER old IDENTIFIED BY 'three'")
                for expire, default, expired in (("INTERVAL 9 DAY", 0, True), ("INTERVAL 11 DAY", 1, False), ("NEVER", 1, False),
                                                 ("DEFAULT", 9, True), ("DEFAULT", 11, False), ("DEFAULT", 0, False)):
                    cursor.execute(f"ALTER USER old PASSWORD EXPIRE {expire}")
                    cursor.execute(f"SET GLOBAL default_password_lifetime = {default}")
                    cursor.execute("SHOW CREATE USER old")
                    self.assertIn(f"PASSWORD EXPIRE {expire} ACCOUNT", cursor.fetchone()[0])
                    if expired:
                        self.assertEqual(number(login, "three"), 1862, expire)
                    else:
                        login("three").close()
                self.assertEqual(number(cursor.execute, "ALTER USER old PASSWORD EXPIRE INTERVAL 0 DAY"), 1525)
                cursor.execute("ALTER USER old PASSWORD EXPIRE")
                with contextlib.closing(login("three", copes)) as session, session.cursor() as mine:
                    self.assertEqual(number(mine.execute, "SELECT 1"), 1820)
                    mine.execute("SET PASSWORD = 'four'")
                    self.assertEqual(mine.execute("SELECT 1"), 1)
                cursor.execute("ALTER USER old ACCOUNT LOCK")
                self.assertEqual(number(login, "four"), 3118)

    @check
    def test_packets_as_large_as_allowed(self):
        # The largest is more than the recent layer shall hold: it goes through it all the same.
        with self.cluster(settings={"recent_bytes": 16 << 20}) as cluster:
            cluster.query("CREATE DATABASE d")
            cluster.query("CREATE TABLE d.t (id INT PRIMARY KEY, v LONGBLOB)")
            cluster.query("SET GLOBAL max_allowed_packet = 33554432")
            for size, allowed in ((33554432 - 1000, True), (33554432, False), (3 * 16777215, False), (100 << 20, False)):
                with contextlib.closing(cluster.connect(database="d")) as session, session.cursor() as cursor:
                    sql = "REPLACE INTO t VALUES (1, '" + "x" * size + "')"
                    if allowed:
                        cursor.execute(sql)
                        cursor.execute("SELECT LENGTH(v) FROM t")
                        self.assertEqual(cursor.fetchone(), (size,))
                    else:
                        with self.assertRaises(pymysql.MySQLError) as refused:
                            cursor.execute(sql)
                        self.assertEqual(refused.exception.args[0], 1153, size)
            cluster.stop()
            cluster.start()
            self.assertEqual(cluster.query("SELECT LENGTH(v) FROM d.t"), ((33554432 - 1000,),))
            # The stock client says the same.
            cluster.query("SET GLOBAL max_allowed_packet = 33554432")
            mysql = subprocess.run(["mysql", "-h127.0.0.1", f"-P{cluster.port()}", "-uadmin", "-psecret", "--max-allowed-packet=1G", "d"],
                                   input="REPLACE INTO t VALUES (1, '" + "x" * (40 << 20) + "')", capture_output=True, text=True)
            self.assertIn("1153", mysql.stderr)

    @check
    def test_relay_names_the_client(self):
        with self.cluster() as cluster:
            with contextlib.closing(cluster.connect("relay")) as connection, connection.cursor() as cursor:
                cursor.execute("SELECT host FROM information_schema.processlist WHERE id = CONNECTION_ID()")
                self.assertRegex(cursor.fetchone()[0], r"^(localhost|127\.0\.0\.1)")
                cursor.execute("SELECT @@aurora_server_id")
                self.assertEqual(cursor.fetchone()[0], cluster.writer())
