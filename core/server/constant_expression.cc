#include "core/server/constant_expression.h"

#include <charconv>
#include <cmath>

#include "core/exec/result_sink.h"
#include "core/server/result_rows.h"
#include "core/server/statement_runner.h"
#include "core/sql/ast.h"
#include "core/types/collation.h"
#include "core/types/decimal.h"
#include "core/types/error_codes.h"
#include "core/types/sql_error.h"

namespace sixfold::server {
namespace {

ConstantValue TextConstant(std::string_view text) {
  ConstantValue constant;
  constant.arena = std::make_shared<Arena>();
  constant.value = types::Value::String(constant.arena->Copy(text));
  constant.type.id = types::TypeId::kVarchar;
  constant.type.length = static_cast<uint32_t>(text.size());
  constant.type.collation = &types::kUtf8mb4Collation;
  return constant;
}

ConstantValue IntegerConstant(uint64_t number) {
  ConstantValue constant;
  constant.type.id = types::TypeId::kBigInt;
  constant.type.length = 21;
  if (number > static_cast<uint64_t>(INT64_MAX)) {
    constant.type.is_unsigned = true;
    constant.value = types::Value::Uint(number);
  } else {
    constant.value = types::Value::Int(static_cast<int64_t>(number));
  }
  return constant;
}

}  // namespace

std::string ConstantValue::AsText() const {
  switch (value.kind()) {
    case types::ValueKind::kInt:
      return fmt::format("{}", value.int_value());
    case types::ValueKind::kUint:
      return fmt::format("{}", value.uint_value());
    case types::ValueKind::kDouble:
      return fmt::format("{}", value.double_value());
    case types::ValueKind::kDecimal:
      return value.decimal().ToString();
    case types::ValueKind::kString:
    case types::ValueKind::kJson:
      return std::string(value.bytes());
    default:
      return {};
  }
}

uint64_t ConstantValue::AsUint() const {
  switch (value.kind()) {
    case types::ValueKind::kInt:
    case types::ValueKind::kUint:
      return value.uint_value();
    case types::ValueKind::kDouble:
      return static_cast<uint64_t>(std::llround(value.double_value()));
    default: {
      uint64_t number = 0;
      const std::string text = AsText();
      std::from_chars(text.data(), text.data() + text.size(), number);
      return number;
    }
  }
}

ConstantValue EvaluateConstant(StatementRunner& runner, const sql::Expression& expression,
                               std::string_view source) {
  if (const auto* literal = sql::TryAs<sql::Literal>(&expression)) {
    if (literal->type == sql::LiteralType::kInteger) return IntegerConstant(literal->integer);
    if (literal->type == sql::LiteralType::kString) return TextConstant(literal->text);
    if (literal->type == sql::LiteralType::kTrue) return IntegerConstant(1);
    if (literal->type == sql::LiteralType::kFalse) return IntegerConstant(0);
    if (literal->type == sql::LiteralType::kNull) return {};
  }
  if (const auto* word = sql::TryAs<sql::ColumnReference>(&expression);
      word != nullptr && word->table.empty()) {
    ConstantValue constant = TextConstant(word->column);
    constant.is_word = true;
    return constant;
  }
  CollectingSink rows;
  std::string query = "SELECT ";
  query += source.substr(expression.span.begin, expression.span.end - expression.span.begin);
  runner.RunInternal(std::move(query), rows);
  if (rows.columns().size() != 1) throw MakeError(ErrorCode::kOperandColumns, 1);
  ConstantValue constant;
  constant.type = rows.columns()[0].type;
  if (rows.rows().empty()) return constant;
  constant.arena = std::make_shared<Arena>();
  constant.value = types::CopyValue(rows.rows()[0][0], constant.arena.get());
  return constant;
}

}  // namespace sixfold::server
