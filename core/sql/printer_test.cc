#include "core/sql/printer.h"

#include <gtest/gtest.h>

#include <string>

#include "core/sql/ast.h"
#include "core/sql/parser.h"
#include "core/sql/test_corpus.h"

namespace sixfold::sql {
namespace {

class PrinterTest : public ::testing::Test {
 protected:
  std::string Expr(std::string_view text, uint64_t sql_mode = 0) {
    ParseOptions options;
    options.sql_mode = sql_mode;
    options.allow_parameters = true;
    return PrintExpression(*ParseExpression(text, options, &arena_));
  }
  std::string Statement(std::string_view text) {
    ParseOptions options;
    options.allow_parameters = true;
    return PrintStatement(*Parse(text, options, &arena_).statement);
  }

  Arena arena_;
};

TEST_F(PrinterTest, ShowsPrecedence) {
  EXPECT_EQ(Expr("a or b and not c = d"), "(`a` or (`b` and (not((`c` = `d`)))))");
  EXPECT_EQ(Expr("a || b && c xor d"), "(`a` or ((`b` and `c`) xor `d`))");
  EXPECT_EQ(Expr("1 + 2 * 3 - 4 DIV 5"), "((1 + (2 * 3)) - (4 DIV 5))");
  EXPECT_EQ(Expr("1 | 2 & 3 << 4 + 5 ^ 6"), "(1 | (2 & (3 << (4 + (5 ^ 6)))))");
  EXPECT_EQ(Expr("-a ^ 2"), "(-(`a`) ^ 2)");
  EXPECT_EQ(Expr("-a collate utf8mb4_bin"), "-((`a` collate utf8mb4_bin))");
  EXPECT_EQ(Expr("!a = b"), "((not(`a`)) = `b`)");
  EXPECT_EQ(Expr("not a = b", kModeHighNotPrecedence), "((not(`a`)) = `b`)");
  EXPECT_EQ(Expr("a = b = c"), "((`a` = `b`) = `c`)");
  EXPECT_EQ(Expr("a = b is null"), "((`a` = `b`) is null)");
  EXPECT_EQ(Expr("a = b is true"), "((`a` = `b`) is true)");
  EXPECT_EQ(Expr("a between 1 and 2 and c"), "((`a` between 1 and 2) and `c`)");
  EXPECT_EQ(Expr("a like 'x' escape '|' = 1"), "((`a` like 'x' escape '|') = 1)");
  EXPECT_EQ(Expr("a || b", kModePipesAsConcat), "concat(`a`,`b`)");
  EXPECT_EQ(Expr("@a := @b := 1 + 2"), "(@`a`:=(@`b`:=(1 + 2)))");
}

TEST_F(PrinterTest, UnifiesSpellings) {
  EXPECT_EQ(Expr("date_add(a, interval 1 day)"), "(`a` + interval 1 day)");
  EXPECT_EQ(Expr("adddate(a, 2)"), "(`a` + interval 2 day)");
  EXPECT_EQ(Expr("interval 1 hour + a"), "(`a` + interval 1 hour)");
  EXPECT_EQ(Expr("timestampadd(minute, 5, a)"), "(`a` + interval 5 minute)");
  EXPECT_EQ(Expr("a - interval (1+1) day_second"), "(`a` - interval (1 + 1) day_second)");
  EXPECT_EQ(Expr("interval(1, 2, 3)"), "interval(1,2,3)");
  EXPECT_EQ(Expr("a->'$.b'"), "json_extract(`a`,'$.b')");
  EXPECT_EQ(Expr("a->>'$.b'"), "json_unquote(json_extract(`a`,'$.b'))");
  EXPECT_EQ(Expr("a not regexp 'x'"), "(not(regexp_like(`a`,'x')))");
  EXPECT_EQ(Expr("current_timestamp(3)"), "now(3)");
  EXPECT_EQ(Expr("substring(a from 2 for 3)"), "substr(`a`,2,3)");
  EXPECT_EQ(Expr("position('x' in a)"), "locate('x',`a`)");
  EXPECT_EQ(Expr("binary a"), "cast(`a` as char charset binary)");
  EXPECT_EQ(Expr("count(*)"), "count(0)");
  EXPECT_EQ(Expr("{ts '2020-01-01 00:00:00'}"), "TIMESTAMP'2020-01-01 00:00:00'");
}

TEST_F(PrinterTest, ShowsQueriesAsMysqlDoes) {
  EXPECT_EQ(Statement("select a, b+1 from t1 where a=1 order by 1 desc limit 2 offset 3"),
            "select `a` AS `a`,(`b` + 1) AS `b+1` from `t1` where (`a` = 1) order by 1 desc "
            "limit 3,2");
  EXPECT_EQ(Statement("select 1 from a join b on a.x=b.x left join c using (y), d"),
            "select 1 AS `1` from (((`a` join `b` on((`a`.`x` = `b`.`x`))) left join `c` using "
            "(`y`)) join `d`)");
  EXPECT_EQ(Statement("select a from t where b in (select c from u)"),
            "select `a` AS `a` from `t` where (`b` in (select `c` from `u`))");
  EXPECT_EQ(Statement("(select 1) union all (select 2 limit 1) order by 1"),
            "select 1 AS `1` union all (select 2 AS `2` limit 1) order by 1");
  EXPECT_EQ(Statement("select 1 union (select 2 union all select 3)"),
            "select 1 AS `1` union (select 2 AS `2` union all select 3 AS `3`)");
  EXPECT_EQ(Statement("select 1 union select 2 intersect select 3"),
            "select 1 AS `1` union (select 2 AS `2` intersect select 3 AS `3`)");
  EXPECT_EQ(Statement("select group_concat(distinct a order by b separator '-') g, "
                      "row_number() over w from t window w as (partition by c order by d)"),
            "select group_concat(distinct `a` order by `b` ASC separator '-') AS `g`,"
            "row_number() OVER `w` AS `row_number() over w` from `t` window `w` AS "
            "(PARTITION BY `c` ORDER BY `d` )");
}

TEST_F(PrinterTest, AddsIntroducersForStoredExpressions) {
  PrintOptions options;
  options.string_introducer = "utf8mb4";
  const Expression* expression = ParseExpression("concat(a, 'x\\'y', _latin1'z')", {}, &arena_);
  EXPECT_EQ(PrintExpression(*expression, options), R"(concat(`a`,_utf8mb4'x\'y',_latin1'z'))");
}

class ViewNames : public PrintNames {
 public:
  PrintedColumn Column(const ColumnReference& column) const override {
    return {"", "t", column.column};
  }
  TableName Table(const BaseTable& table) const override { return {"db", table.name.table}; }
  std::vector<PrintedColumn> Expand(const QuerySpecification&, const Wildcard&) const override {
    return {{"", "t", "a"}, {"", "t", "b"}};
  }
};

TEST_F(PrinterTest, TakesResolvedNames) {
  const ViewNames names;
  PrintOptions options;
  options.names = &names;
  EXPECT_EQ(PrintQuery(*ParseQuery("select *, a c from t", {}, &arena_), options),
            "select `t`.`a` AS `a`,`t`.`b` AS `b`,`t`.`a` AS `c` from `db`.`t`");
}

TEST_F(PrinterTest, PrintsWhatParsesToTheSame) {
  ParseOptions options;
  options.allow_parameters = true;
  for (const std::string_view text : kTestCorpus) {
    const std::string once = Statement(text);
    EXPECT_EQ(Statement(once), once) << text;
  }
}

}  // namespace
}  // namespace sixfold::sql
