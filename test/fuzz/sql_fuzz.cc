// The lexer, the parser, the plan cache's scan and the printer. Input: a mode, the statement. What
// parses prints, and what is printed parses to the same.
#include "core/base/arena.h"
#include "core/base/check.h"
#include "core/sql/ast.h"
#include "core/sql/parameterize.h"
#include "core/sql/parser.h"
#include "core/sql/printer.h"
#include "core/types/sql_error.h"
#include "test/fuzz/input.h"

namespace sixfold::sql {
namespace {

constexpr uint64_t kFuzzModes[] = {
    0, kModeAnsiQuotes | kModePipesAsConcat,
    kModeIgnoreSpace | kModeNoBackslashEscapes | kModeHighNotPrecedence};

void Try(const std::string& text, uint64_t sql_mode) {
  Arena arena;
  ParseOptions options;
  options.sql_mode = sql_mode;
  options.allow_parameters = true;
  ParameterizedText parameterized;
  Parameterize(text, sql_mode, &arena, &parameterized);
  const ParseResult result = Parse(text, options, &arena);
  // Those two are kept as text.
  const Statement::Kind kind = result.statement->kind;
  if (kind == Statement::Kind::kUnsupported || kind == Statement::Kind::kHandler) return;
  if (sql_mode != 0) return;
  const std::string printed = PrintStatement(*result.statement);
  CHECK(PrintStatement(*Parse(printed, options, &arena).statement) == printed, "{}", printed);
}

}  // namespace
}  // namespace sixfold::sql

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  sixfold::fuzz::Input input(data, size);
  const auto mode = input.Take<uint8_t>();
  try {
    sixfold::sql::Try(std::string(input.rest()), sixfold::sql::kFuzzModes[mode % 3]);
  } catch (const sixfold::SqlError&) {
  }
  return 0;
}
