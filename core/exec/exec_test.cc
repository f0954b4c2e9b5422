// Statements end to end: parser, binder, operators, transactions, over a volume in memory.
#include "core/exec/exec_test_support.h"

namespace sixfold::exec {
namespace {

class StatementsTest : public ExecTest {
 protected:
  void MakeTables() {
    ASSERT_EQ(
        Run("CREATE TABLE t (id INT PRIMARY KEY AUTO_INCREMENT, k INT, c VARCHAR(20), KEY (k))"),
        "");
    ASSERT_EQ(Run("INSERT INTO t VALUES (1, 10, 'a'), (2, 20, 'b'), (3, 20, 'c'), (4, NULL, 'd')"),
              "");
    ASSERT_EQ(Run("CREATE TABLE u (id INT PRIMARY KEY, t_id INT, v DECIMAL(10,2))"), "");
    ASSERT_EQ(Run("INSERT INTO u VALUES (1, 1, 1.50), (2, 1, 2.25), (3, 3, 4), (4, 9, 5)"), "");
  }
};

TEST_F(StatementsTest, SelectWithoutTables) {
  EXPECT_EQ(Run("SELECT 1, 'x', NULL, 1.50"), "1|x|NULL|1.50\n");
  EXPECT_EQ(Run("SELECT 1 WHERE 0"), "");
}

TEST_F(StatementsTest, PointReadIsOneRow) {
  MakeTables();
  EXPECT_EQ(Run("SELECT c FROM t WHERE id = 2"), "b\n");
  EXPECT_EQ(Run("SELECT c, k FROM t WHERE id = 9"), "");
  types::DataType type;
  type.id = types::TypeId::kBigInt;
  EXPECT_EQ(Run("SELECT id, c FROM t WHERE id = ?", {{types::Value::Int(3), type}}), "3|c\n");
}

TEST_F(StatementsTest, RangesOrderAndLimit) {
  MakeTables();
  EXPECT_EQ(Run("SELECT id FROM t WHERE id BETWEEN 2 AND 3"), "2\n3\n");
  EXPECT_EQ(Run("SELECT id FROM t ORDER BY id DESC LIMIT 2"), "4\n3\n");
  EXPECT_EQ(Run("SELECT id FROM t ORDER BY id DESC LIMIT 1, 2"), "3\n2\n");
  EXPECT_EQ(Run("SELECT id FROM t WHERE id IN (4, 1, 7)"), "1\n4\n");
  EXPECT_EQ(Run("SELECT id FROM t WHERE k = 20 ORDER BY c DESC"), "3\n2\n");
  EXPECT_EQ(Run("SELECT id FROM t WHERE k IS NULL"), "4\n");
  EXPECT_EQ(Run("SELECT id, k + 1 AS x FROM t WHERE k > 10 ORDER BY x, id"), "2|21\n3|21\n");
}

TEST_F(StatementsTest, InsertReportsWhatItDid) {
  MakeTables();
  EXPECT_EQ(Run("INSERT INTO t (k, c) VALUES (1, 'n')"), "");
  EXPECT_EQ(last_.insert_id, 5u);
  EXPECT_EQ(last_.affected_rows, 1u);
  EXPECT_EQ(Run("INSERT INTO t (k, c) VALUES (1, 'n'), (2, 'm')"), "");
  EXPECT_EQ(last_.info, "Records: 2  Duplicates: 0  Warnings: 0");
  EXPECT_EQ(Run("INSERT INTO t (id) VALUES (1)"),
            "ERROR 1062: Duplicate entry '1' for key 't.PRIMARY'");
  EXPECT_EQ(Run("INSERT IGNORE INTO t (id) VALUES (1)"), "");
  EXPECT_EQ(last_.affected_rows, 0u);
  EXPECT_EQ(Run("INSERT INTO t (id, k) VALUES (1, 5) ON DUPLICATE KEY UPDATE k = VALUES(k) + k"),
            "");
  EXPECT_EQ(last_.affected_rows, 2u);
  EXPECT_EQ(Run("SELECT k FROM t WHERE id = 1"), "15\n");
  EXPECT_EQ(Run("REPLACE INTO t (id, k) VALUES (1, 7)"), "");
  EXPECT_EQ(last_.affected_rows, 2u);
  EXPECT_EQ(Run("SELECT k, c FROM t WHERE id = 1"), "7|NULL\n");
  EXPECT_EQ(Run("INSERT INTO u SELECT id + 10, id, 1 FROM t WHERE id < 3"), "");
  EXPECT_EQ(last_.affected_rows, 2u);
}

TEST_F(StatementsTest, UpdateAndDelete) {
  MakeTables();
  EXPECT_EQ(Run("UPDATE t SET k = k + 1 WHERE id = 1"), "");
  EXPECT_EQ(last_.info, "Rows matched: 1  Changed: 1  Warnings: 0");
  EXPECT_EQ(Run("SELECT k FROM t WHERE id = 1"), "11\n");
  EXPECT_EQ(Run("UPDATE t SET k = 20 WHERE k = 20"), "");
  EXPECT_EQ(last_.affected_rows, 0u);
  EXPECT_EQ(last_.matched_rows, 2u);
  EXPECT_EQ(Run("UPDATE t SET id = id + 10 ORDER BY id DESC"), "");
  EXPECT_EQ(Run("SELECT id FROM t ORDER BY id"), "11\n12\n13\n14\n");
  EXPECT_EQ(Run("DELETE FROM t WHERE k = 20 ORDER BY id LIMIT 1"), "");
  EXPECT_EQ(Run("SELECT id FROM t ORDER BY id"), "11\n13\n14\n");
  EXPECT_EQ(Run("DELETE FROM t"), "");
  EXPECT_EQ(last_.affected_rows, 3u);
}

TEST_F(StatementsTest, JoinsOfAllKinds) {
  MakeTables();
  EXPECT_EQ(Run("SELECT t.id, u.v FROM t JOIN u ON u.t_id = t.id ORDER BY u.id"),
            "1|1.50\n1|2.25\n3|4.00\n");
  EXPECT_EQ(Run("SELECT t.id, u.id FROM t LEFT JOIN u ON u.t_id = t.id ORDER BY t.id, u.id"),
            "1|1\n1|2\n2|NULL\n3|3\n4|NULL\n");
  EXPECT_EQ(Run("SELECT t.id, u.id FROM t RIGHT JOIN u ON u.t_id = t.id ORDER BY u.id"),
            "1|1\n1|2\n3|3\nNULL|4\n");
  EXPECT_EQ(Run("SELECT COUNT(*) FROM t, u"), "16\n");
  EXPECT_EQ(Run("SELECT id FROM t JOIN u USING (id) WHERE u.v > 3 ORDER BY id"), "3\n4\n");
  EXPECT_EQ(Run("SELECT t.id FROM t LEFT JOIN u ON u.t_id = t.id WHERE u.id IS NULL ORDER BY 1"),
            "2\n4\n");
  EXPECT_EQ(Run("SELECT a.id, b.id FROM t a LEFT JOIN (t b JOIN u ON u.id = b.id AND u.v > 2) ON "
                "b.id = a.id ORDER BY 1"),
            "1|NULL\n2|2\n3|3\n4|4\n");
}

TEST_F(StatementsTest, Aggregates) {
  MakeTables();
  EXPECT_EQ(Run("SELECT COUNT(*), COUNT(k), SUM(k), AVG(k), MIN(c), MAX(id) FROM t"),
            "4|3|50|16.6667|a|4\n");
  EXPECT_EQ(Run("SELECT k, COUNT(*) n FROM t GROUP BY k HAVING n > 1"), "20|2\n");
  EXPECT_EQ(Run("SELECT SUM(v) FROM u WHERE id > 100"), "NULL\n");
  EXPECT_EQ(Run("SELECT COUNT(DISTINCT k) FROM t"), "2\n");
  EXPECT_EQ(Run("SELECT GROUP_CONCAT(c ORDER BY id DESC SEPARATOR '-') FROM t"), "d-c-b-a\n");
  EXPECT_EQ(Run("SELECT k, SUM(id) FROM t WHERE k > 0 GROUP BY k WITH ROLLUP"),
            "10|1\n20|5\nNULL|6\n");
  EXPECT_EQ(Run("SELECT DISTINCT k FROM t ORDER BY k"), "NULL\n10\n20\n");
}

TEST_F(StatementsTest, Subqueries) {
  MakeTables();
  EXPECT_EQ(Run("SELECT id FROM t WHERE id IN (SELECT t_id FROM u) ORDER BY id"), "1\n3\n");
  EXPECT_EQ(
      Run("SELECT id FROM t WHERE NOT EXISTS (SELECT 1 FROM u WHERE u.t_id = t.id) ORDER BY id"),
      "2\n4\n");
  EXPECT_EQ(Run("SELECT id, (SELECT SUM(v) FROM u WHERE u.t_id = t.id) FROM t ORDER BY id"),
            "1|3.75\n2|NULL\n3|4.00\n4|NULL\n");
  EXPECT_EQ(Run("SELECT id FROM t WHERE k > ALL (SELECT 10)"), "2\n3\n");
  EXPECT_EQ(Run("SELECT (SELECT id FROM t)"), "ERROR 1242: Subquery returns more than 1 row");
  EXPECT_EQ(Run("SELECT x.n FROM (SELECT k, COUNT(*) n FROM t GROUP BY k) x WHERE x.k = 20"),
            "2\n");
  EXPECT_EQ(Run("SELECT id FROM t WHERE (id, k) IN (SELECT 2, 20 UNION SELECT 3, 21)"), "2\n");
}

TEST_F(StatementsTest, SetOperationsAndCtes) {
  MakeTables();
  EXPECT_EQ(Run("SELECT 1 UNION SELECT 1 UNION ALL SELECT 2"), "1\n2\n");
  EXPECT_EQ(Run("SELECT id FROM t UNION SELECT 9 ORDER BY id DESC LIMIT 2"), "9\n4\n");
  EXPECT_EQ(Run("WITH a AS (SELECT id FROM t WHERE id < 3) SELECT x.id, y.id FROM a x, a y WHERE "
                "x.id = y.id ORDER BY 1"),
            "1|1\n2|2\n");
  EXPECT_EQ(Run("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4) "
                "SELECT SUM(i) FROM n"),
            "10\n");
}

TEST_F(StatementsTest, ManyTablesChange) {
  MakeTables();
  EXPECT_EQ(Run("UPDATE t JOIN u ON u.t_id = t.id SET t.c = 'hit', u.v = u.v + 1"), "");
  EXPECT_EQ(last_.affected_rows, 5u);
  EXPECT_EQ(Run("SELECT id, c FROM t ORDER BY id"), "1|hit\n2|b\n3|hit\n4|d\n");
  EXPECT_EQ(Run("DELETE t, u FROM t JOIN u ON u.t_id = t.id WHERE t.id = 1"), "");
  EXPECT_EQ(last_.affected_rows, 3u);
  EXPECT_EQ(Run("SELECT COUNT(*) FROM u"), "2\n");
}

TEST_F(StatementsTest, Windows) {
  MakeTables();
  EXPECT_EQ(Run("SELECT id, ROW_NUMBER() OVER (PARTITION BY k ORDER BY id) r FROM t ORDER BY id"),
            "1|1\n2|1\n3|2\n4|1\n");
  EXPECT_EQ(Run("SELECT id, SUM(id) OVER (ORDER BY id) s FROM t ORDER BY id"),
            "1|1\n2|3\n3|6\n4|10\n");
}

TEST_F(StatementsTest, ExplainNamesTheAccess) {
  MakeTables();
  EXPECT_EQ(Run("EXPLAIN SELECT c FROM t WHERE id = 1"),
            "1|SIMPLE|t|NULL|const|PRIMARY|PRIMARY|4|const|1|100.00|NULL\n");
  EXPECT_THAT(Run("EXPLAIN SELECT t.c FROM u JOIN t ON t.id = u.t_id WHERE u.id < 3"),
              testing::HasSubstr("|t|NULL|eq_ref|PRIMARY|PRIMARY|4|test.u.t_id|1|"));
  EXPECT_THAT(Run("EXPLAIN FORMAT=TREE SELECT k FROM t ORDER BY c"), testing::HasSubstr("-> Sort"));
}

TEST_F(StatementsTest, ViewsTakeInserts) {
  MakeTables();
  ASSERT_EQ(Run("CREATE VIEW v AS SELECT id AS i, k AS kk FROM t WHERE k > 5 WITH CHECK OPTION"),
            "");
  EXPECT_EQ(Run("INSERT INTO v (i, kk) VALUES (50, 6)"), "");
  EXPECT_EQ(Run("INSERT INTO v VALUES (51, 1)"), "ERROR 1369: CHECK OPTION failed 'test.v'");
  EXPECT_EQ(Run("SELECT id, k FROM t WHERE id >= 50"), "50|6\n");
}

TEST_F(StatementsTest, LoadDataReadsTheClientsFile) {
  MakeTables();
  session_.infile = "7,70,\"x,y\"\n8,\\N,z\n";
  EXPECT_EQ(Run("LOAD DATA LOCAL INFILE 'f' INTO TABLE t FIELDS TERMINATED BY ',' OPTIONALLY "
                "ENCLOSED BY '\"'"),
            "");
  EXPECT_EQ(last_.info, "Records: 2  Deleted: 0  Skipped: 0  Warnings: 0");
  EXPECT_EQ(Run("SELECT * FROM t WHERE id > 4"), "7|70|x,y\n8|NULL|z\n");
}

TEST_F(StatementsTest, IndexesAnswerExtremesAndSubqueries) {
  MakeTables();
  EXPECT_EQ(Run("SELECT MIN(k), 1 FROM t"), "10|1\n");
  EXPECT_EQ(Run("SELECT MAX(id) FROM t WHERE id < 3"), "2\n");
  EXPECT_EQ(Run("SELECT MAX(id) FROM t WHERE id < 3 AND k = 77"), "NULL\n");
  EXPECT_EQ(Run("SELECT id FROM t WHERE id IN (SELECT t_id FROM u WHERE v > 2) ORDER BY id"),
            "1\n3\n");
  EXPECT_EQ(Run("SELECT JSON_ARRAYAGG(id) FROM t WHERE id < 3"), "[1, 2]\n");
}

TEST_F(StatementsTest, OnlyFullGroupBy) {
  MakeTables();
  session_.mode |= types::kSqlModeOnlyFullGroupBy;
  EXPECT_THAT(Run("SELECT k, c FROM t GROUP BY k"),
              testing::StartsWith("ERROR 1055: Expression #2 of SELECT list"));
  EXPECT_THAT(Run("SELECT c, COUNT(*) FROM t"), testing::StartsWith("ERROR 1140"));
  EXPECT_EQ(Run("SELECT t.c, u.v FROM t JOIN u ON u.id = t.id GROUP BY t.id ORDER BY t.k LIMIT 1"),
            "d|5.00\n");
  EXPECT_EQ(Run("SELECT k, ANY_VALUE(c) FROM t WHERE k = 10 GROUP BY k"), "10|a\n");
  EXPECT_EQ(Run("SELECT k + 1, COUNT(*) FROM t WHERE k > 0 GROUP BY k + 1 ORDER BY k + 1"),
            "11|1\n21|2\n");
}

TEST_F(StatementsTest, OnDuplicateReadsTheSource) {
  MakeTables();
  EXPECT_EQ(Run("INSERT INTO t (id, c) SELECT id, 'x' FROM u WHERE id < 3 ON DUPLICATE KEY UPDATE "
                "k = u.t_id + 100"),
            "");
  EXPECT_EQ(Run("SELECT id, k FROM t WHERE id < 3"), "1|101\n2|101\n");
}

TEST_F(StatementsTest, LateralsSeeTheTablesBefore) {
  MakeTables();
  EXPECT_EQ(Run("SELECT t.id, d.n FROM t JOIN LATERAL (SELECT COUNT(*) n FROM u WHERE t_id = t.id) "
                "d ON TRUE ORDER BY 1"),
            "1|2\n2|0\n3|1\n4|0\n");
  EXPECT_EQ(Run("SELECT (1) a, (SELECT a) b"), "1|1\n");
}

TEST_F(StatementsTest, QuotientsThatPrintAlikeAreOneGroup) {
  Run("CREATE TABLE q (a DECIMAL(6,2), b DECIMAL(20,0))");
  Run("INSERT INTO q VALUES (1.00, 9007199254740992), (2.00, 9007199254740992)");
  EXPECT_EQ(Run("SELECT DISTINCT a / b FROM q"), "0.000000\n");
}

TEST_F(StatementsTest, ZeroDatesAreNullWhereNullCannotBe) {
  session_.mode = 0;
  Run("CREATE TABLE d (id INT PRIMARY KEY, day DATE NOT NULL)");
  Run("INSERT INTO d VALUES (1, '0000-00-00'), (2, '2020-01-02')");
  EXPECT_EQ(Run("SELECT id FROM d WHERE day IS NULL"), "1\n");
}

TEST_F(StatementsTest, Views) {
  MakeTables();
  ASSERT_EQ(Run("CREATE VIEW v AS SELECT id, k * 2 AS d FROM t WHERE k IS NOT NULL"), "");
  EXPECT_EQ(Run("SELECT d FROM v WHERE id = 2"), "40\n");
  ASSERT_EQ(Run("CREATE VIEW w AS SELECT k, COUNT(*) n FROM t GROUP BY k"), "");
  EXPECT_EQ(Run("SELECT n FROM w WHERE k = 20"), "2\n");
}

}  // namespace
}  // namespace sixfold::exec
