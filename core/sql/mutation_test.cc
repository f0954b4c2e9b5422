// Mutated statements never crash the parser, the printer or the plan cache's scan; what parses
// prints, and what is printed parses. The seed is fixed; a failure prints the text.
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "core/sql/ast.h"
#include "core/sql/lexer.h"
#include "core/sql/parameterize.h"
#include "core/sql/parser.h"
#include "core/sql/printer.h"
#include "core/sql/test_corpus.h"
#include "core/types/sql_error.h"

namespace sixfold::sql {
namespace {

constexpr uint64_t kModes[] = {0, kModeAnsiQuotes | kModePipesAsConcat,
                               kModeIgnoreSpace | kModeNoBackslashEscapes | kModeHighNotPrecedence};

std::vector<std::string> TokensOf(std::string_view text) {
  std::vector<std::string> tokens;
  Lexer lexer(text, 0);
  for (Token token = lexer.Next(); token.type != TokenType::kEnd; token = lexer.Next()) {
    tokens.emplace_back(lexer.TextOf(token));
    if (token.type == TokenType::kInvalid) break;
  }
  return tokens;
}

// Parses, and if that works, prints and parses again. True: it parsed.
bool Try(const std::string& text, uint64_t sql_mode) {
  Arena arena;
  ParseOptions options;
  options.sql_mode = sql_mode;
  options.allow_parameters = true;
  ParameterizedText parameterized;
  Parameterize(text, sql_mode, &arena, &parameterized);
  ParseResult result;
  try {
    result = Parse(text, options, &arena);
  } catch (const SqlError&) {
    return false;
  }
  if (parameterized.cacheable) {
    options.parameterized = &parameterized;
    EXPECT_EQ(Parse(text, options, &arena).parameter_count, parameterized.literals.size()) << text;
    options.parameterized = nullptr;
  }
  if (sql_mode != 0 || result.statement->kind == Statement::Kind::kUnsupported) return true;
  const std::string printed = PrintStatement(*result.statement);
  try {
    EXPECT_EQ(PrintStatement(*Parse(printed, options, &arena).statement), printed) << text;
  } catch (const SqlError& error) {
    ADD_FAILURE() << text << "\nprinted as: " << printed << "\n" << error.message();
  }
  return true;
}

TEST(ParserMutation, SurvivesMutatedStatements) {
  std::mt19937 random(20261120);
  std::vector<std::vector<std::string>> corpus;
  for (const std::string_view text : kTestCorpus) corpus.push_back(TokensOf(text));
  const auto pick = [&](size_t size) {
    return std::uniform_int_distribution<size_t>(0, size - 1)(random);
  };
  int parsed = 0;
  for (int round = 0; round < 12000; ++round) {
    std::vector<std::string> tokens = corpus[pick(corpus.size())];
    for (size_t change = 1 + pick(3); change > 0 && !tokens.empty(); --change) {
      const size_t at = pick(tokens.size());
      const auto& other = corpus[pick(corpus.size())];
      switch (pick(4)) {
        case 0:
          tokens.erase(tokens.begin() + at);
          break;
        case 1:
          tokens.insert(tokens.begin() + at, other[pick(other.size())]);
          break;
        case 2:
          tokens[at] = other[pick(other.size())];
          break;
        default:
          std::swap(tokens[at], tokens[pick(tokens.size())]);
      }
    }
    std::string text;
    for (const std::string& token : tokens) text += token + " ";
    if (round % 3 == 0 && !text.empty()) text.resize(pick(text.size()));
    if (Try(text, kModes[round % 5 < 3 ? 0 : round % 5 - 2])) ++parsed;
    if (HasFailure()) return;
  }
  EXPECT_GT(parsed, 500);
}

TEST(ParserMutation, SurvivesRandomBytes) {
  std::mt19937 random(7);
  constexpr std::string_view kBytes = "select'\"`@#-/*!50001.,()xX0b1eE\\\0\xff\x80;:=<>|&?{}nN_$ ";
  for (int round = 0; round < 20000; ++round) {
    std::string text = round % 2 == 0 ? "select " : "";
    for (size_t size = random() % 40; size > 0; --size) text += kBytes[random() % kBytes.size()];
    Try(text, kModes[round % 3]);
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace sixfold::sql
