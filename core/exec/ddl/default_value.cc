#include "core/exec/ddl/default_value.h"

#include <algorithm>

#include "core/base/arena.h"
#include "core/plan/session_context.h"
#include "core/types/collation.h"
#include "core/types/decimal.h"
#include "core/types/diagnostics.h"
#include "core/types/error_codes.h"
#include "core/types/sql_error.h"
#include "core/types/sql_mode.h"
#include "core/types/store.h"
#include "core/types/time_zone.h"

namespace sixfold::exec {
namespace {

using catalog::ColumnDef;
using types::DataType;
using types::TypeId;
using types::Value;

struct TypedValue {
  Value value;
  DataType type;
};

DataType NumberType(TypeId id, bool is_unsigned) {
  DataType type;
  type.id = id;
  type.is_unsigned = is_unsigned;
  type.length = 20;
  return type;
}

DataType TextType(const types::Collation& collation, size_t bytes) {
  DataType type;
  type.id = collation.IsBinary() ? TypeId::kVarbinary : TypeId::kVarchar;
  type.collation = &collation;
  type.length = static_cast<uint32_t>(bytes);
  return type;
}

TypedValue DecimalLiteral(std::string_view text, bool negative, Arena* arena) {
  types::Decimal decimal;
  size_t consumed;
  types::Decimal::FromString(text, &decimal, &consumed);
  if (negative) decimal = decimal.Negated();
  DataType type = NumberType(TypeId::kDecimal, false);
  type.precision = static_cast<uint8_t>(decimal.Precision());
  type.scale = static_cast<uint8_t>(decimal.scale());
  return {Value::DecimalRef(arena->New<types::Decimal>(decimal)), type};
}

uint64_t BigEndian(std::string_view bytes) {
  uint64_t number = 0;
  for (const char c : bytes) number = number << 8 | static_cast<unsigned char>(c);
  return number;
}

/// The literal's value; `negative` where a minus stood before it.
TypedValue LiteralValue(const sql::Literal& literal, bool negative, const ColumnDef& column,
                        Arena* arena) {
  switch (literal.type) {
    case sql::LiteralType::kTrue:
      return {Value::Int(1), NumberType(TypeId::kBigInt, false)};
    case sql::LiteralType::kFalse:
      return {Value::Int(0), NumberType(TypeId::kBigInt, false)};
    case sql::LiteralType::kInteger:
      if (negative && literal.integer > uint64_t{1} << 63)
        return DecimalLiteral(arena->Copy(fmt::format("{}", literal.integer)), negative, arena);
      if (negative)
        return {Value::Int(static_cast<int64_t>(0 - literal.integer)),
                NumberType(TypeId::kBigInt, false)};
      return {Value::Uint(literal.integer), NumberType(TypeId::kBigInt, true)};
    case sql::LiteralType::kDecimal:
      return DecimalLiteral(literal.text, negative, arena);
    case sql::LiteralType::kFloat: {
      const double number = std::strtod(std::string(literal.text).c_str(), nullptr);
      return {Value::Double(negative ? -number : number), NumberType(TypeId::kDouble, false)};
    }
    case sql::LiteralType::kHex:
    case sql::LiteralType::kBit:
      if (column.type.IsNumeric() || column.type.id == TypeId::kBit) {
        return {Value::Uint(BigEndian(literal.text)), NumberType(TypeId::kBigInt, true)};
      }
      return {Value::String(literal.text), TextType(types::kBinaryCollation, literal.text.size())};
    default: {
      const std::string_view text =
          negative ? arena->Copy("-" + std::string(literal.text)) : literal.text;
      return {Value::String(text), TextType(types::kUtf8mb4Collation, text.size())};
    }
  }
}

types::StoreContext StoreInto(SessionContext& session, types::Diagnostics* diagnostics,
                              Arena* arena) {
  types::StoreContext store;
  store.conversion.sql_mode = session.sql_mode();
  store.conversion.time_zone = types::TimeZone::Find(session.time_zone());
  if (store.conversion.time_zone == nullptr)
    store.conversion.time_zone = &types::TimeZone::System();
  store.conversion.statement_time_us = session.statement_time_us();
  store.conversion.diagnostics = diagnostics;
  store.conversion.arena = arena;
  return store;
}

/// b'101'
std::string BitText(uint64_t bits) {
  std::string digits;
  do {
    digits.insert(digits.begin(), static_cast<char>('0' + (bits & 1)));
    bits >>= 1;
  } while (bits != 0);
  return "b'" + digits + "'";
}

}  // namespace

std::string CanonicalDefault(SessionContext& session, const sql::Expression& expression,
                             const ColumnDef& column) {
  const auto* unary = sql::TryAs<sql::Unary>(&expression);
  const bool negative = unary != nullptr && unary->op == sql::UnaryOperator::kNegate;
  const auto* literal = sql::TryAs<sql::Literal>(negative ? unary->operand : &expression);
  if (literal == nullptr) throw MakeError(ErrorCode::kInvalidDefault, column.name);
  Arena arena;
  types::Diagnostics warnings;
  const TypedValue typed = LiteralValue(*literal, negative, column, &arena);
  const types::StoreContext store = StoreInto(session, &warnings, &arena);
  Value stored;
  try {
    stored = types::StoreValue(typed.value, typed.type, column.type, column.name, store);
  } catch (const SqlError&) {
    throw MakeError(ErrorCode::kInvalidDefault, column.name);
  }
  // Rounding a number is fine; anything worse is not a default, whatever the SQL mode.
  for (const types::Condition& condition : warnings.conditions()) {
    if (condition.severity != types::Severity::kNote)
      throw MakeError(ErrorCode::kInvalidDefault, column.name);
  }
  if (column.type.id == TypeId::kBit) return BitText(stored.uint_value());
  // The catalog's texts are utf8mb4; the bytes of a binary default stay as they are.
  return std::string(
      types::ToTextIn(stored, column.type, types::kUtf8mb4Charset, store.conversion));
}

Value ValueForExistingRows(SessionContext& session, const ColumnDef& column, Arena* arena) {
  types::Diagnostics ignored;
  types::StoreContext store = StoreInto(session, &ignored, arena);
  store.ignore = true;
  if (column.default_literal) {
    const std::string_view text = arena->Copy(*column.default_literal);
    if (column.type.id == TypeId::kBit)
      return Value::Uint(std::strtoull(std::string(text.substr(2)).c_str(), nullptr, 2));
    return types::StoreValue(Value::String(text), TextType(types::kUtf8mb4Collation, text.size()),
                             column.type, column.name, store);
  }
  if (column.default_expression && column.default_expression->starts_with("CURRENT_TIMESTAMP")) {
    DataType now;
    now.id = TypeId::kDatetime;
    now.scale = 6;
    const int64_t utc = types::DatetimeFromUnixMicros(session.statement_time_us());
    return types::StoreValue(Value::Datetime(store.conversion.time_zone->TimestampToLocal(utc)),
                             now, column.type, column.name, store);
  }
  if (column.default_expression)
    throw MakeError(ErrorCode::kNotSupportedYet,
                    "adding a column with a DEFAULT expression to a table");
  return column.type.nullable ? Value::Null() : types::ImplicitDefault(column.type, arena);
}

}  // namespace sixfold::exec
