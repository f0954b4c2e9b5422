// Values of expressions that stand outside queries: SET, KILL, SHOW … LIKE. Literals and bare words
// are taken as they are; everything else is handed to the executor as SELECT expression.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "core/base/arena.h"
#include "core/types/data_type.h"
#include "core/types/value.h"

namespace sixfold::plan {
struct Parameter;
}
namespace sixfold::sql {
struct Expression;
}

namespace sixfold::server {

class StatementRunner;

/// A value that owns its memory.
struct ConstantValue {
  types::Value value;
  types::DataType type;
  bool is_word = false;  // ON, utf8mb4: an identifier used as a value
  std::shared_ptr<Arena> arena;

  bool is_null() const { return value.is_null(); }
  /// As text: numbers are printed.
  std::string AsText() const;
  /// Strings are read as numbers; what is none gives 0.
  uint64_t AsUint() const;
};

ConstantValue EvaluateConstant(StatementRunner& runner, const sql::Expression& expression,
                               std::string_view source);

}  // namespace sixfold::server
