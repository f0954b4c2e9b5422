#include "core/exec/functions/comparison.h"

#include "core/types/collation.h"
#include "core/types/convert.h"

namespace sixfold::exec {

using types::CompareKind;
using types::DataType;
using types::TypeId;
using types::Value;

namespace {

// The year a constant means beside a YEAR; nothing where it means none.
std::optional<int64_t> ConstantYear(const Expression& expression) {
  Arena arena;
  const Value value = KnownValue(expression, &arena);
  const DataType& type = expression.type();
  if (value.is_null() || type.IsTemporal() || type.IsHexLiteral()) return std::nullopt;
  const types::ConversionContext conversion{.arena = &arena};
  if (value.is_string()) {
    size_t consumed;
    bool overflow;
    const types::Integer number = types::ParseInteger(value.bytes(), &consumed, &overflow);
    const bool is_year = consumed > 0 && consumed == value.bytes().size() && !overflow;
    if (!is_year || number.bits < 0 || number.bits > 99) return std::nullopt;
    return number.bits + (number.bits < 70 ? 2000 : 1900);
  }
  const int64_t number = types::ToInteger(value, type, conversion).bits;
  if (number < 0 || number > 2155 || (number > 99 && number < 1901)) return std::nullopt;
  if (number == 0 || number > 99) return number;
  return number + (number < 70 ? 2000 : 1900);
}

}  // namespace

Comparison::Comparison(const FunctionCall& call, size_t a, size_t b, BindContext& context)
    : x_type_(&call.arg(a).type()), y_type_(&call.arg(b).type()) {
  kind_ = types::CompareKindOf(*x_type_, *y_type_);
  if (kind_ == CompareKind::kDatetime || kind_ == CompareKind::kTime) {
    const Expression& text = x_type_->IsString() ? call.arg(a) : call.arg(b);
    strict_dates_ = text.type().IsString() && text.IsConstant();
  }
  // A TIME that is computed meets a text as a text, and so does a column's unless the text is a
  // constant.
  auto is_computed_time = [](const Expression& e) {
    return e.type().id == TypeId::kTime && dynamic_cast<const FunctionCall*>(&e) != nullptr;
  };
  auto is_varying_text = [](const Expression& e) { return e.type().IsString() && !e.IsConstant(); };
  if (kind_ == CompareKind::kTime &&
      (is_varying_text(call.arg(a)) || is_varying_text(call.arg(b)))) {
    kind_ = CompareKind::kString;
  }
  if (kind_ == CompareKind::kTime && ((is_computed_time(call.arg(a)) && y_type_->IsString()) ||
                                      (is_computed_time(call.arg(b)) && x_type_->IsString()))) {
    kind_ = CompareKind::kString;
  }
  // A constant number is taken as the date it writes.
  auto is_constant_number = [](const Expression& e) {
    return e.type().IsNumeric() && e.IsConstant();
  };
  if (kind_ == CompareKind::kDouble) {
    const bool left = x_type_->IsTemporal() && is_constant_number(call.arg(b));
    const bool right = y_type_->IsTemporal() && is_constant_number(call.arg(a));
    const DataType& temporal = left ? *x_type_ : *y_type_;
    if (left || right)
      kind_ = temporal.id == TypeId::kTime ? CompareKind::kTime : CompareKind::kDatetime;
  }
  if (x_type_->id == TypeId::kYear) y_year_ = ConstantYear(call.arg(b));
  if (y_type_->id == TypeId::kYear) x_year_ = ConstantYear(call.arg(a));
  if (x_year_ || y_year_) kind_ = CompareKind::kInteger;
  auto is_integer = [](const DataType& type) {
    return type.IsInteger() || type.id == TypeId::kYear;
  };
  text_with_integer_ =
      kind_ == CompareKind::kDouble && ((is_integer(*x_type_) && y_type_->IsString()) ||
                                        (is_integer(*y_type_) && x_type_->IsString()));
  if (kind_ != CompareKind::kString) return;
  uint8_t coercibility;
  collation_ = AgreeOnCollation(call, a, b + 1, context, &coercibility);
  auto is_native = [&](const DataType& type) {
    const bool is_text = type.IsString() || type.id == TypeId::kEnum || type.id == TypeId::kSet;
    if (!is_text || type.collation == nullptr) return false;
    return type.collation->charset == collation_->charset || collation_->IsBinary();
  };
  same_charset_ = is_native(*x_type_) && is_native(*y_type_);
}

int Comparison::CompareMixed(const Value& x, const Value& y, EvalContext& context) const {
  if (x_year_) return types::CompareIntegers({*x_year_, false}, {y.int_value(), false});
  if (y_year_) return types::CompareIntegers({x.int_value(), false}, {*y_year_, false});
  const types::ConversionContext conversion = ConversionOf(context);
  if (text_with_integer_) {
    // A text that is a whole number compares exactly, beyond what a double can tell apart.
    const Value& text = x.is_string() ? x : y;
    size_t consumed;
    bool overflow;
    const types::Integer number = types::ParseInteger(text.bytes(), &consumed, &overflow);
    if (consumed == text.bytes().size() && consumed > 0 && !overflow) {
      const types::Integer other =
          types::ToInteger(x.is_string() ? y : x, x.is_string() ? *y_type_ : *x_type_, conversion);
      return x.is_string() ? types::CompareIntegers(number, other)
                           : types::CompareIntegers(other, number);
    }
  }
  return types::CompareAs(kind_, x, *x_type_, y, *y_type_, collation_, conversion, strict_dates_);
}

}  // namespace sixfold::exec
