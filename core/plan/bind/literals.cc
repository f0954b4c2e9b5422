// Literals become values and types as MySQL gives them.
#include <cmath>
#include <cstdlib>

#include "core/plan/bind/binder.h"
#include "core/plan/expression/nodes.h"
#include "core/plan/session_context.h"
#include "core/types/collation.h"
#include "core/types/convert.h"
#include "core/types/decimal.h"
#include "core/types/raise.h"
#include "core/types/temporal.h"
#include "core/types/time_zone.h"

namespace sixfold::plan {

namespace {

using types::DataType;
using types::Decimal;
using types::TypeId;
using types::Value;

DataType LiteralInteger(size_t digits, bool is_unsigned) {
  DataType type;
  type.id = TypeId::kBigInt;
  type.is_unsigned = is_unsigned;
  type.nullable = false;
  type.length = static_cast<uint32_t>(digits);
  return type;
}

DataType LiteralDecimal(const Decimal& value) {
  DataType type;
  type.id = TypeId::kDecimal;
  type.scale = static_cast<uint8_t>(value.scale());
  type.precision = static_cast<uint8_t>(std::min(65, std::max(value.Precision(), 1)));
  type.length = type.precision + (type.scale > 0 ? 1u : 0u) + (value.is_negative() ? 1u : 0u);
  type.nullable = false;
  return type;
}

DataType LiteralText(const types::Collation* collation, std::string_view text) {
  DataType type;
  type.id = TypeId::kVarchar;
  type.collation = collation;
  type.length = static_cast<uint32_t>(types::CharLength(*collation->charset, text));
  type.nullable = false;
  return type;
}

int FractionDigits(const types::ParsedTemporal& parsed) { return parsed.fraction_digits; }

}  // namespace

Expression* Binder::IntLiteral(int64_t value) {
  auto* literal = arena()->New<LiteralExpr>(Value::Int(value),
                                            LiteralInteger(std::to_string(value).size(), false));
  literal->set_coercibility(5);
  return literal;
}

Expression* Binder::BoolLiteral(bool value) {
  Expression* literal = IntLiteral(value);
  DataType type = literal->type();
  type.is_boolean = true;
  literal->set_type(std::move(type));
  return literal;
}

Expression* Binder::NullLiteral() {
  auto* literal = arena()->New<LiteralExpr>(Value::Null(), DataType());
  literal->set_coercibility(6);
  return literal;
}

Expression* Binder::StringLiteral(std::string_view text) {
  return arena()->New<LiteralExpr>(Value::String(arena()->Copy(text)),
                                   LiteralText(session_.connection_collation(), text));
}

Expression* Binder::NumberLiteral(const sql::Literal& literal, bool negative) {
  Expression* made = nullptr;
  switch (literal.type) {
    case sql::LiteralType::kInteger: {
      const size_t digits = std::to_string(literal.integer).size();
      if (negative) {
        if (literal.integer > uint64_t{1} << 63) {
          auto* decimal = arena()->New<Decimal>(Decimal::FromUint(literal.integer).Negated());
          made = arena()->New<LiteralExpr>(Value::DecimalRef(decimal), LiteralDecimal(*decimal));
        } else {
          made = arena()->New<LiteralExpr>(Value::Int(static_cast<int64_t>(0 - literal.integer)),
                                           LiteralInteger(digits + 1, false));
        }
      } else {
        const bool is_unsigned = literal.integer > INT64_MAX;
        made = arena()->New<LiteralExpr>(is_unsigned
                                             ? Value::Uint(literal.integer)
                                             : Value::Int(static_cast<int64_t>(literal.integer)),
                                         LiteralInteger(digits, is_unsigned));
      }
      break;
    }
    case sql::LiteralType::kDecimal: {
      Decimal value;
      size_t consumed = 0;
      Decimal::FromString(literal.text, &value, &consumed);
      auto* kept = arena()->New<Decimal>(negative ? value.Negated() : value);
      made = arena()->New<LiteralExpr>(Value::DecimalRef(kept), LiteralDecimal(*kept));
      break;
    }
    case sql::LiteralType::kFloat: {
      DataType type;
      type.id = TypeId::kDouble;
      type.scale = 31;
      type.length = static_cast<uint32_t>(literal.text.size());
      type.nullable = false;
      const double value = std::strtod(std::string(literal.text).c_str(), nullptr);
      if (!std::isfinite(value)) Raise(1367, "double", std::string(literal.text));
      made = arena()->New<LiteralExpr>(Value::Double(negative ? -value : value), type);
      break;
    }
    default:
      return nullptr;
  }
  made->set_coercibility(5);
  return made;
}

Expression* Binder::BindNegatedLiteral(const sql::Literal& literal) {
  return NumberLiteral(literal, true);
}

Expression* Binder::BindLiteral(const sql::Literal& literal) {
  switch (literal.type) {
    case sql::LiteralType::kNull:
      return NullLiteral();
    case sql::LiteralType::kTrue:
      return BoolLiteral(true);
    case sql::LiteralType::kFalse:
      return BoolLiteral(false);
    case sql::LiteralType::kInteger:
    case sql::LiteralType::kDecimal:
    case sql::LiteralType::kFloat:
      return NumberLiteral(literal, false);
    case sql::LiteralType::kString:
    case sql::LiteralType::kHex:
    case sql::LiteralType::kBit:
      return TextLiteral(literal);
    case sql::LiteralType::kDate:
    case sql::LiteralType::kTime:
    case sql::LiteralType::kTimestamp:
      return TemporalLiteral(literal);
  }
  return NullLiteral();
}

Expression* Binder::HexToNumber(Expression* expression) {
  const auto* literal = dynamic_cast<LiteralExpr*>(expression);
  if (literal == nullptr || !literal->is_hex()) return expression;
  uint64_t number = 0;
  for (const char c : literal->value().bytes()) number = number << 8 | static_cast<uint8_t>(c);
  auto* made = arena()->New<LiteralExpr>(Value::Uint(number), LiteralInteger(20, true));
  made->set_coercibility(5);
  return made;
}

Expression* Binder::TextLiteral(const sql::Literal& literal) {
  const types::Collation* collation = session_.connection_collation();
  if (!literal.introducer.empty()) {
    const types::Charset* charset = types::FindCharset(literal.introducer);
    if (charset == nullptr) Raise(kErUnknownCharset, std::string(literal.introducer));
    collation = &types::DefaultCollation(*charset);
  } else if (literal.type != sql::LiteralType::kString) {
    collation = &types::kBinaryCollation;
  }
  std::string_view text = arena()->Copy(literal.text);
  if (literal.type == sql::LiteralType::kString && literal.introducer.empty() &&
      collation->charset != &types::kUtf8mb4Charset && !collation->IsBinary()) {
    std::string converted;
    types::ConvertCharset(text, types::kUtf8mb4Charset, *collation->charset, &converted);
    text = arena()->Copy(converted);
  }
  DataType type = LiteralText(collation, text);
  if (collation->IsBinary() && literal.type != sql::LiteralType::kString) {
    type.id = TypeId::kVarbinary;
    type.is_unsigned = true;  // a number where one is wanted
    auto* made = arena()->New<LiteralExpr>(Value::String(text), type);
    made->set_hex(literal.introducer.empty());
    return made;
  }
  return arena()->New<LiteralExpr>(Value::String(text), type);
}

Expression* Binder::TemporalLiteral(const sql::Literal& literal) {
  types::ParsedTemporal parsed;
  DataType type;
  type.nullable = false;
  Value value;
  const types::DateRules rules = types::DateRulesOf(session_.sql_mode());
  if (literal.type == sql::LiteralType::kTime) {
    const bool ok = types::ParseTime(literal.text, &parsed) && !parsed.warnings.any() &&
                    parsed.value.kind == types::TemporalKind::kTime;
    if (!ok) Raise(1525, "TIME", std::string(literal.text));
    type.id = TypeId::kTime;
    type.scale = static_cast<uint8_t>(FractionDigits(parsed));
    value = Value::Time(types::TimeMicros(parsed.value));
  } else {
    const bool date = literal.type == sql::LiteralType::kDate;
    const bool ok = types::ParseDatetime(literal.text, rules, &parsed) && !parsed.warnings.any() &&
                    (parsed.value.kind == types::TemporalKind::kDate) == date;
    if (!ok) Raise(1525, date ? "DATE" : "DATETIME", std::string(literal.text));
    type.id = date ? TypeId::kDate : TypeId::kDatetime;
    type.scale = date ? uint8_t{0} : static_cast<uint8_t>(FractionDigits(parsed));
    if (parsed.has_offset) {  // to the session's zone
      const types::TimeZone* zone = types::TimeZone::Find(session_.time_zone());
      const types::ConversionContext conversion{.time_zone = zone, .arena = arena()};
      const DataType text{.id = TypeId::kVarchar, .collation = &types::kUtf8mb4Collation};
      types::ToDatetime(Value::String(literal.text), text, rules, conversion, &parsed.value);
    }
    value = date ? Value::Date(types::PackDate(parsed.value))
                 : Value::Datetime(types::PackDatetime(parsed.value));
  }
  auto* made = arena()->New<LiteralExpr>(value, type);
  made->set_coercibility(5);
  return made;
}

}  // namespace sixfold::plan
