// From SQL text to a syntax tree (ast.h), one statement at a time.
//
// Text is utf8mb4. Throws SqlError: kParseError 1064 with MySQL's text, kEmptyQuery 1065,
// kStackOverrun 1436 for nesting deeper than the stack, and others where MySQL's grammar raises
// them. Nothing is executed and no name is looked up here.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/sql/ast_node.h"

namespace sixfold::sql {

struct Expression;
struct ParameterizedText;
struct QueryExpression;
struct Statement;

/// The sql_mode bits that change the grammar; values are MySQL's own.
inline constexpr uint64_t kModeRealAsFloat = 1ull << 0;
inline constexpr uint64_t kModePipesAsConcat = 1ull << 1;
inline constexpr uint64_t kModeAnsiQuotes = 1ull << 2;
inline constexpr uint64_t kModeIgnoreSpace = 1ull << 3;
inline constexpr uint64_t kModeNoBackslashEscapes = 1ull << 20;
inline constexpr uint64_t kModeHighNotPrecedence = 1ull << 29;

struct ParseOptions {
  uint64_t sql_mode = 0;
  /// `?` is a parameter; otherwise it is a syntax error.
  bool allow_parameters = false;
  /// Its literals come out as Parameters; made from the same text. See parameterize.h.
  const ParameterizedText* parameterized = nullptr;
};

struct ParseResult {
  Statement* statement = nullptr;
  /// Bytes of the text taken, with the statement's ';' where there was one.
  size_t consumed = 0;
  uint32_t parameter_count = 0;
  /// After `consumed` only blanks and comments are left.
  bool is_last = true;
};

/// Parses the first statement of `text`, which must outlive the tree.
ParseResult Parse(std::string_view text, const ParseOptions& options, Arena* arena);

/// Parses one expression, the whole text: defaults, CHECK and generated columns of the catalog.
Expression* ParseExpression(std::string_view text, const ParseOptions& options, Arena* arena);

/// Parses one query, the whole text: bodies of views.
QueryExpression* ParseQuery(std::string_view text, const ParseOptions& options, Arena* arena);

}  // namespace sixfold::sql
