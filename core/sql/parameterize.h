// The plan cache's view of a text statement: the same text with different literals should find
// the same plan.
//
// A literal becomes a parameter only where it can change neither a name, a type, an ordinal nor
// the shape of a plan:
//   - the whole right side of a comparison with a name or a call:  a = 5, f(a) < 'x'
//   - the bounds of BETWEEN and the items of an IN list behind a name or a call
//   - the values of INSERT and REPLACE rows and of SET a = 5
// and never in a select list (it names columns), GROUP BY, ORDER BY, LIMIT, or inside the
// arguments of a function. The key is the text, blanks and all (they are part of column names),
// with each such literal replaced by a mark that tells its type; a decimal's mark also tells its
// precision and scale.
//
// How to use it: Parameterize(text); if cacheable, look up (key, database, sql_mode, …). On a hit
// bind `literals` in order. On a miss Parse() the same text with ParseOptions::literals set to the
// result's `literals`: each comes out as a Parameter whose `literal` holds the value at hand.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/sql/ast_expression.h"

namespace sixfold::sql {

struct TextLiteral {
  SourceSpan span;
  LiteralType type = LiteralType::kInteger;  // kInteger, kDecimal, kFloat or kString
  uint64_t integer = 0;
  std::string_view text;  // numbers as written, strings decoded
};

struct ParameterizedText {
  /// False: parse and plan the text as it is; the other members mean nothing.
  bool cacheable = false;
  std::string key;
  std::vector<TextLiteral> literals;
};

/// `result` may be reused from call to call. `arena` takes strings with escapes.
void Parameterize(std::string_view text, uint64_t sql_mode, Arena* arena,
                  ParameterizedText* result);

}  // namespace sixfold::sql
