#include "core/sql/parameterize.h"

#include <gtest/gtest.h>

#include "core/sql/ast.h"
#include "core/sql/parser.h"

namespace sixfold::sql {
namespace {

class ParameterizeTest : public ::testing::Test {
 protected:
  std::string KeyOf(std::string_view text) {
    Parameterize(text, 0, &arena_, &result_);
    return result_.cacheable ? result_.key : "not cacheable";
  }

  Arena arena_;
  ParameterizedText result_;
};

TEST_F(ParameterizeTest, ReplacesComparedLiterals) {
  EXPECT_EQ(KeyOf("SELECT c FROM sbtest1 WHERE id=5"), "SELECT c FROM sbtest1 WHERE id=?i");
  ASSERT_EQ(result_.literals.size(), 1u);
  EXPECT_EQ(result_.literals[0].integer, 5u);
  EXPECT_EQ(KeyOf("SELECT c FROM t WHERE id BETWEEN 1 AND 'x' AND b = -2.50"),
            "SELECT c FROM t WHERE id BETWEEN ?i AND ?s AND b = -?d4.3");
  EXPECT_EQ(KeyOf("select a from t where f(a) < 1e3 and b in (1, 'a''b') and c not in (2)"),
            "select a from t where f(a) < ?f and b in (?i, ?s) and c not in (?i)");
  EXPECT_EQ(result_.literals[2].text, "a'b");
  EXPECT_EQ(KeyOf("select a from t where b = 18446744073709551615"),
            "select a from t where b = ?u");
}

TEST_F(ParameterizeTest, ReplacesWrittenValues) {
  EXPECT_EQ(KeyOf("INSERT INTO t (a, b) VALUES (1, 'x'), (-2, f(3))"),
            "INSERT INTO t (a, b) VALUES (?i, ?s), (-?i, f(3))");
  EXPECT_EQ(KeyOf("UPDATE t SET k=k+1, c='y' WHERE id=7"), "UPDATE t SET k=k+1, c=?s WHERE id=?i");
  EXPECT_EQ(KeyOf("REPLACE INTO t VALUES (1) "), "REPLACE INTO t VALUES (?i) ");
  EXPECT_EQ(KeyOf("INSERT INTO t SET a = 1 ON DUPLICATE KEY UPDATE b = 2"),
            "INSERT INTO t SET a = ?i ON DUPLICATE KEY UPDATE b = ?i");
}

TEST_F(ParameterizeTest, LeavesWhatGivesNamesTypesOrdinalsAndShapes) {
  for (const char* text : {
           "SELECT 1, a = 5 FROM t",
           "SELECT (SELECT b FROM t WHERE c = 5) FROM t",
           "SELECT a FROM t GROUP BY 1 ORDER BY 2, a = 3 LIMIT 4",
           "SELECT a FROM t WHERE round(b, 2) = c",
           "SELECT a FROM t WHERE 1 = 1",
           "SELECT a FROM t WHERE b LIKE 'x%'",
           "SELECT a FROM t WHERE b = _latin1'x' OR b = DATE'2020-01-01' OR b = x'41'",
           "SELECT a FROM t WHERE b = 'x' 'y' OR b = 'z' COLLATE utf8mb4_bin OR b = 1 + 1",
           "SELECT a FROM t WHERE cast(b as char(5)) = c",
           "SELECT a FROM t WHERE if(b = 1, 2, 3)",
       }) {
    EXPECT_EQ(KeyOf(text), text);
  }
}

TEST_F(ParameterizeTest, FindsLiteralsInSubqueriesAndUnions) {
  EXPECT_EQ(KeyOf("select a from (select 1 as a from t where b = 1) d where d.a = 2"),
            "select a from (select 1 as a from t where b = ?i) d where d.a = ?i");
  EXPECT_EQ(KeyOf("select a from t where b = 1 union select 2 from t where (c = 3 or (d > 4))"),
            "select a from t where b = ?i union select 2 from t where (c = ?i or (d > ?i))");
  EXPECT_EQ(KeyOf("select a from t where exists (select 1 from u where u.x = 1)"),
            "select a from t where exists (select 1 from u where u.x = ?i)");
}

TEST_F(ParameterizeTest, RefusesOtherStatements) {
  EXPECT_EQ(KeyOf("SET a = 1"), "not cacheable");
  EXPECT_EQ(KeyOf("SELECT a FROM t WHERE b = ?"), "not cacheable");
  EXPECT_EQ(KeyOf("SELECT 'open"), "not cacheable");
  EXPECT_EQ(KeyOf("SELECT 1; SELECT 2"), "not cacheable");
  EXPECT_EQ(KeyOf("SELECT ("), "not cacheable");
}

TEST_F(ParameterizeTest, GivesTheParserItsParameters) {
  const std::string_view text = "select 1 from t where a = 5 and b in ('x', 'y')";
  ASSERT_NE(KeyOf(text), "not cacheable");
  ParseOptions options;
  options.parameterized = &result_;
  const ParseResult parsed = Parse(text, options, &arena_);
  EXPECT_EQ(parsed.parameter_count, 3u);
  const auto& select =
      As<QuerySpecification>(*static_cast<SelectStatement*>(parsed.statement)->query->body);
  const auto& in = As<InList>(*As<Logical>(*select.where).operands[1]);
  EXPECT_EQ(As<Parameter>(*in.items[1]).literal->text, "y");
  EXPECT_EQ(As<Parameter>(*in.items[1]).ordinal, 2u);
}

}  // namespace
}  // namespace sixfold::sql
