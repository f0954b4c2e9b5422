#include "core/sql/parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "core/sql/ast.h"
#include "core/types/error_codes.h"
#include "core/types/sql_error.h"

namespace sixfold::sql {
namespace {

class ParserTest : public ::testing::Test {
 protected:
  template <typename T>
  const T& ParseAs(std::string_view text) {
    const ParseResult result = Parse(text, options_, &arena_);
    EXPECT_EQ(result.statement->kind, T::kKind) << text;
    return static_cast<const T&>(*result.statement);
  }
  const QuerySpecification& Select(std::string_view text) {
    return As<QuerySpecification>(*ParseAs<SelectStatement>(text).query->body);
  }
  std::string ErrorOf(std::string_view text) {
    try {
      Parse(text, options_, &arena_);
    } catch (const SqlError& error) {
      return std::to_string(error.number()) + " " + error.message();
    }
    return "no error";
  }
  std::string NearOf(std::string_view text) {
    const std::string error = ErrorOf(text);
    const size_t at = error.find("near '");
    return at == std::string::npos ? error : error.substr(at);
  }

  Arena arena_;
  ParseOptions options_;
};

TEST_F(ParserTest, NamesColumnsAsMysqlDoes) {
  const auto& select = Select("SELECT t.a, 1+1, 'x' 'y', null, a  + /* c */ 1, b AS q, (2), b r");
  ASSERT_EQ(select.items.size(), 8u);
  EXPECT_EQ(select.items[0].name, "a");
  EXPECT_EQ(select.items[1].name, "1+1");
  EXPECT_EQ(select.items[2].name, "xy");
  EXPECT_EQ(select.items[3].name, "NULL");
  EXPECT_EQ(select.items[4].name, "a  +  1");
  EXPECT_EQ(select.items[5].name, "q");
  EXPECT_EQ(select.items[6].name, "(2)");
  EXPECT_EQ(select.items[7].name, "r");
}

TEST_F(ParserTest, QuotesTheTextNearAnError) {
  EXPECT_EQ(ErrorOf("SELECT 1 FROM"),
            "1064 You have an error in your SQL syntax; check the manual that corresponds to your "
            "MySQL server version for the right syntax to use near '' at line 1");
  EXPECT_EQ(NearOf("selec 1"), "near 'selec 1' at line 1");
  EXPECT_EQ(NearOf("select\n1\nfrom t where and b"), "near 'and b' at line 3");
  EXPECT_EQ(NearOf("select 'abc"), "near ''abc' at line 1");
  EXPECT_EQ(NearOf("select a from t; select 2 from from"), "no error");
  EXPECT_EQ(NearOf("create table t (a int,)"), "near ')' at line 1");
  EXPECT_EQ(NearOf("create table t (a int character)"), "near 'character)' at line 1");
  EXPECT_EQ(NearOf("select " + std::string(100, ')')),
            "near '" + std::string(80, ')') + "' at line 1");
}

TEST_F(ParserTest, RefusesEmptyQueries) {
  EXPECT_EQ(ErrorOf(""), "1065 Query was empty");
  EXPECT_EQ(ErrorOf("  "), "1065 Query was empty");
  EXPECT_EQ(ErrorOf("  /* c */ -- d"), "no error");
  EXPECT_EQ(ErrorOf(std::string_view("DO 1\0\0", 6)), "no error");
  EXPECT_NE(ErrorOf(std::string_view("DO 1\0 1", 7)), "no error");
  EXPECT_EQ(ErrorOf(";"), "1065 Query was empty");
}

TEST_F(ParserTest, TakesOneStatementAtATime) {
  const std::string_view text = "select 1; select 2 ; ";
  ParseResult first = Parse(text, options_, &arena_);
  EXPECT_EQ(first.consumed, 9u);
  EXPECT_FALSE(first.is_last);
  ParseResult second = Parse(text.substr(first.consumed), options_, &arena_);
  EXPECT_TRUE(second.is_last);
}

TEST_F(ParserTest, SurvivesHostileNesting) {
  const size_t deep = 1 << 20;
  const auto number = [&](const std::string& text) { return ErrorOf(text).substr(0, 4); };
  EXPECT_EQ(number("select " + std::string(deep, '(')), "1436");
  EXPECT_EQ(number(std::string(deep, '(')), "1436");
  EXPECT_EQ(number("select * from " + std::string(deep, '(')), "1436");
  EXPECT_EQ(number("select " + std::string(deep, '~') + "1"), "1436");
  // A plus leaves no node behind: the optimizer may turn its recursion into a loop.
  EXPECT_THAT(number("select " + std::string(deep, '+') + "1"), testing::AnyOf("1436", "no e"));
  std::string negations = "select ";
  std::string cases = "select ";
  std::string joins = "select * from t";
  for (int i = 0; i < 1000000; ++i) {
    negations += "not ";
    cases += "case when ";
    joins += " join t";
  }
  EXPECT_EQ(number(negations + "1"), "1436");
  EXPECT_EQ(number(cases + "1"), "1436");
  EXPECT_EQ(number(joins), "1436");
}

TEST_F(ParserTest, RunsVersionComments) {
  EXPECT_EQ(Select("select /*!50001 1, */ 2").items.size(), 2u);
  EXPECT_EQ(Select("select /*!99999 1, */ 2").items.size(), 1u);
  EXPECT_EQ(Select("select /*! 1, */ 2 /*+ hint */").items.size(), 2u);
}

TEST_F(ParserTest, TellsQueriesFromExpressionsInParentheses) {
  EXPECT_EQ(Select("select ((select 1) + 1)").items[0].expression->kind, Expression::Kind::kBinary);
  EXPECT_EQ(Select("select ((select 1) union (select 2))").items[0].expression->kind,
            Expression::Kind::kSubquery);
  EXPECT_EQ(Select("select a in ((select 1))").items[0].expression->kind,
            Expression::Kind::kInSubquery);
  EXPECT_EQ(Select("select a in ((select 1), 2)").items[0].expression->kind,
            Expression::Kind::kInList);
  EXPECT_EQ(Select("select ((1, 2)) = (3, 4)").items[0].expression->kind,
            Expression::Kind::kBinary);
  EXPECT_EQ(Select("select * from ((select 1) union (select 2)) as d").from->kind,
            TableReference::Kind::kDerived);
  EXPECT_EQ(Select("select * from ((select 1) as d join t)").from->kind,
            TableReference::Kind::kJoin);
}

TEST_F(ParserTest, HangsJoinsWithoutConditionsToTheLeft) {
  const auto& join = As<JoinTable>(*Select("select * from a join b left join c on 1").from);
  EXPECT_EQ(join.type, JoinType::kLeft);
  EXPECT_EQ(join.left->kind, TableReference::Kind::kJoin);
  const auto& nested = As<JoinTable>(*Select("select * from a join b join c on 1 on 2").from);
  EXPECT_EQ(nested.right->kind, TableReference::Kind::kJoin);
}

TEST_F(ParserTest, KeepsRoutineBodiesWhole) {
  const std::string_view text =
      "create procedure p(in a int) begin if a then select 1; else select case a when 1 then 2 "
      "end; "
      "end if; while a do set a = a - 1; end while; end; select 2";
  const auto& routine = ParseAs<CreateRoutineStatement>(text);
  EXPECT_EQ(routine.text, text.substr(0, text.find("; select 2")));
  ParseAs<CreateRoutineStatement>("create trigger x before insert on t for each row set new.a = 1");
  ParseAs<CreateRoutineStatement>("create definer=`a`@`b` function f() returns int return 1");
}

TEST_F(ParserTest, TreatsWordsBehindDotsAsNames) {
  const auto& select = Select("select t.select, `from`.`where` from db.table t");
  EXPECT_EQ(select.items[0].name, "select");
  EXPECT_EQ(As<BaseTable>(*select.from).name.table, "table");
}

TEST_F(ParserTest, DecodesLiterals) {
  const auto& select = Select(R"(select 'a\'b\n\%', "q""q", x'4142', 0x414, b'101', 1e3, .5,
                              18446744073709551615, 18446744073709551616, N'n', _latin1'l')");
  const auto literal = [&](size_t i) -> const Literal& {
    return As<Literal>(*select.items[i].expression);
  };
  EXPECT_EQ(literal(0).text, "a'b\n\\%");
  EXPECT_EQ(literal(1).text, "q\"q");
  EXPECT_EQ(literal(2).text, "AB");
  EXPECT_EQ(literal(3).text, "\x04\x14");
  EXPECT_EQ(literal(4).text, "\x05");
  EXPECT_EQ(literal(5).type, LiteralType::kFloat);
  EXPECT_EQ(literal(6).type, LiteralType::kDecimal);
  EXPECT_EQ(literal(7).integer, 18446744073709551615ull);
  EXPECT_EQ(literal(8).type, LiteralType::kDecimal);
  EXPECT_EQ(literal(9).introducer, "utf8mb3");
  EXPECT_EQ(literal(10).introducer, "latin1");
}

TEST_F(ParserTest, FollowsSqlMode) {
  options_.sql_mode = kModeAnsiQuotes | kModePipesAsConcat | kModeNoBackslashEscapes;
  const auto& select = Select(R"(select "a", 'x\', 'p' || 'q')");
  EXPECT_EQ(select.items[0].expression->kind, Expression::Kind::kColumnReference);
  EXPECT_EQ(As<Literal>(*select.items[1].expression).text, "x\\");
  EXPECT_EQ(As<FunctionCall>(*select.items[2].expression).name, "concat");
}

TEST_F(ParserTest, CarriesTheScopeOfSetToTheNextNames) {
  const auto& set =
      ParseAs<SetVariablesStatement>("set global a = 1, b = 2, @@c = 3, session d = 4, e = 5");
  EXPECT_EQ(set.items[1].scope, VariableScope::kGlobal);
  EXPECT_EQ(set.items[2].scope, VariableScope::kDefault);
  EXPECT_EQ(set.items[4].scope, VariableScope::kSession);
}

TEST_F(ParserTest, TakesQuotedWordsForStoredFunctions) {
  const auto& select = Select("select `get_format`(1), count (a), `concat`(b), `if`()");
  const auto name = [&](size_t i) { return As<FunctionCall>(*select.items[i].expression).name; };
  EXPECT_EQ(name(0), "`get_format`");
  EXPECT_EQ(name(1), "`count`");
  EXPECT_EQ(name(2), "concat");
  EXPECT_EQ(name(3), "`if`");
}

TEST_F(ParserTest, CountsParameters) {
  EXPECT_EQ(NearOf("select ?"), "near '?' at line 1");
  options_.allow_parameters = true;
  EXPECT_EQ(Parse("select ?, ? from t limit ?", options_, &arena_).parameter_count, 3u);
}

}  // namespace
}  // namespace sixfold::sql
