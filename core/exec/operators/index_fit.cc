// ConvertForIndex: a constant brought into a column's type without changing what the comparison
// says.
#include <cmath>

#include "core/exec/operators/key_ranges.h"
#include "core/types/collation.h"
#include "core/types/compare_values.h"
#include "core/types/decimal.h"
#include "core/types/time_zone.h"

namespace sixfold::exec {

namespace {

using types::DataType;
using types::Decimal;
using types::TypeId;
using types::Value;
using types::ValueKind;

struct IntegerRange {
  __int128 low, high;
};

IntegerRange RangeOf(const DataType& type) {
  int bits = 64;
  switch (type.id) {
    case TypeId::kTinyInt:
      bits = 8;
      break;
    case TypeId::kSmallInt:
      bits = 16;
      break;
    case TypeId::kMediumInt:
      bits = 24;
      break;
    case TypeId::kInt:
      bits = 32;
      break;
    default:
      break;
  }
  const __int128 one = 1;
  if (type.is_unsigned) return {0, (one << bits) - 1};
  return {-(one << (bits - 1)), (one << (bits - 1)) - 1};
}

IndexFit ToIntegerColumn(__int128 wanted, IndexFit fit, const DataType& column, Value* out) {
  const IntegerRange range = RangeOf(column);
  if (wanted < range.low) {
    wanted = range.low;
    fit = IndexFit::kAbove;
  } else if (wanted > range.high) {
    wanted = range.high;
    fit = IndexFit::kBelow;
  }
  *out = column.is_unsigned ? Value::Uint(static_cast<uint64_t>(wanted))
                            : Value::Int(static_cast<int64_t>(wanted));
  return fit;
}

IndexFit DoubleToInteger(double wanted, const DataType& column, Value* out) {
  if (std::isnan(wanted)) return IndexFit::kUnusable;
  if (std::fabs(wanted) > 9e15 && std::fabs(wanted) < 4e19)
    return IndexFit::kUnusable;  // doubles skip integers there
  if (wanted <= -4e19)
    return ToIntegerColumn(-(static_cast<__int128>(1) << 100), IndexFit::kExact, column, out);
  if (wanted >= 4e19)
    return ToIntegerColumn(static_cast<__int128>(1) << 100, IndexFit::kExact, column, out);
  const double floor = std::floor(wanted);
  return ToIntegerColumn(static_cast<__int128>(floor),
                         floor == wanted ? IndexFit::kExact : IndexFit::kBelow, column, out);
}

IndexFit IntegerFit(const Value& value, const DataType& from, const DataType& column,
                    const types::ConversionContext& context, Value* out) {
  switch (value.kind()) {
    case ValueKind::kInt:
      return ToIntegerColumn(value.int_value(), IndexFit::kExact, column, out);
    case ValueKind::kUint:
      return ToIntegerColumn(value.uint_value(), IndexFit::kExact, column, out);
    case ValueKind::kDecimal: {
      Decimal floor;
      Decimal::Round(value.decimal(), 0, types::DecimalRounding::kFloor, &floor);
      int64_t integer = 0;
      if (floor.ToInt64(&integer) == types::DecimalStatus::kOk) {
        return ToIntegerColumn(
            integer, floor == value.decimal() ? IndexFit::kExact : IndexFit::kBelow, column, out);
      }
      uint64_t large = 0;
      if (!floor.is_negative() && floor.ToUint64(&large) == types::DecimalStatus::kOk) {
        return ToIntegerColumn(
            large, floor == value.decimal() ? IndexFit::kExact : IndexFit::kBelow, column, out);
      }
      const __int128 far = static_cast<__int128>(1) << 100;
      return ToIntegerColumn(floor.is_negative() ? -far : far, IndexFit::kExact, column, out);
    }
    case ValueKind::kDouble:
      return DoubleToInteger(value.double_value(), column, out);
    case ValueKind::kString:
      if (from.id == TypeId::kEnum || from.id == TypeId::kSet) return IndexFit::kUnusable;
      return DoubleToInteger(types::ToDouble(value, from, context), column, out);
    default:
      return IndexFit::kUnusable;
  }
}

IndexFit DecimalFit(const Value& value, const DataType& column,
                    const types::ConversionContext& context, Value* out) {
  Decimal wanted;
  if (value.kind() == ValueKind::kInt) {
    wanted = Decimal::FromInt(value.int_value());
  } else if (value.kind() == ValueKind::kUint) {
    wanted = Decimal::FromUint(value.uint_value());
  } else if (value.kind() == ValueKind::kDecimal) {
    wanted = value.decimal();
  } else {
    return IndexFit::kUnusable;
  }
  Decimal floor;
  Decimal::Round(wanted, column.scale, types::DecimalRounding::kFloor, &floor);
  IndexFit fit = floor == wanted ? IndexFit::kExact : IndexFit::kBelow;
  const Decimal highest = Decimal::Max(column.precision, column.scale, false);
  const Decimal lowest = Decimal::Max(column.precision, column.scale, true);
  if (floor > highest) {
    floor = highest;
    fit = IndexFit::kBelow;
  } else if (floor < lowest) {
    floor = lowest;
    fit = IndexFit::kAbove;
  }
  floor.set_scale(column.scale);
  *out = Value::DecimalRef(context.arena->New<Decimal>(floor));
  return fit;
}

IndexFit TemporalFit(const Value& value, const DataType& from, const DataType& column,
                     const types::ConversionContext& context, Value* out) {
  if (from.id == column.id && from.scale <= column.scale) {
    *out = value;
    return IndexFit::kExact;
  }
  types::ConversionContext quiet = context;
  quiet.diagnostics = nullptr;
  if (column.id == TypeId::kTime) {
    if (from.id != TypeId::kTime && !from.IsString()) return IndexFit::kUnusable;
    int64_t micros = 0;
    if (!types::ToTime(value, from, quiet, &micros)) return IndexFit::kUnusable;
    int64_t unit = 1;
    for (int i = column.scale; i < 6; i++) unit *= 10;
    int64_t floor = micros / unit * unit;
    if (floor > micros) floor -= unit;
    *out = Value::Time(floor);
    return floor == micros ? IndexFit::kExact : IndexFit::kBelow;
  }
  types::DateTime t;
  if (from.id == TypeId::kTime) return IndexFit::kUnusable;
  if (!types::ToDatetime(value, from, {}, quiet, &t)) return IndexFit::kUnusable;
  if (column.id == TypeId::kDate) {
    *out = Value::Date(types::PackDate(t));
    const bool midnight = t.hour == 0 && t.minute == 0 && t.second == 0 && t.microsecond == 0;
    return midnight ? IndexFit::kExact : IndexFit::kBelow;
  }
  int unit = 1;
  for (int i = column.scale; i < 6; i++) unit *= 10;
  const bool exact = t.microsecond % unit == 0;
  t.microsecond -= t.microsecond % unit;
  int64_t packed = types::PackDatetime(t);
  if (column.id == TypeId::kTimestamp) {
    int64_t utc = 0;
    if (t.HasZeroInDate() || !context.time_zone->LocalToTimestamp(packed, &utc))
      return IndexFit::kUnusable;
    packed = utc;
  }
  *out = Value::Datetime(packed);
  return exact ? IndexFit::kExact : IndexFit::kBelow;
}

IndexFit StringFit(const Value& value, const DataType& from, const DataType& column,
                   const types::ConversionContext& context, Value* out) {
  if (!value.is_string()) return IndexFit::kUnusable;
  const bool same = from.collation == nullptr || column.collation == nullptr ||
                    from.collation->charset == column.collation->charset ||
                    column.collation->IsBinary();
  *out = same ? value
              : Value::String(types::ToTextIn(value, from, *column.collation->charset, context));
  return IndexFit::kExact;
}

}  // namespace

IndexFit ConvertForIndex(const Value& value, const DataType& from, const DataType& column,
                         const types::ConversionContext& context, Value* converted) {
  if (value.is_null()) return IndexFit::kNone;
  if (column.IsInteger()) return IntegerFit(value, from, column, context, converted);
  if (column.IsString()) return StringFit(value, from, column, context, converted);
  if (column.IsTemporal()) return TemporalFit(value, from, column, context, converted);
  switch (column.id) {
    case TypeId::kDecimal:
      return DecimalFit(value, column, context, converted);
    case TypeId::kDouble:
      if (!from.IsNumeric()) return IndexFit::kUnusable;
      *converted = Value::Double(types::ToDouble(value, from, context));
      return IndexFit::kExact;
    case TypeId::kBit:
      if (value.kind() != ValueKind::kUint &&
          !(value.kind() == ValueKind::kInt && value.int_value() >= 0))
        return IndexFit::kUnusable;
      *converted = Value::Uint(value.uint_value());
      return IndexFit::kExact;
    case TypeId::kYear:
      if (value.kind() != ValueKind::kInt && value.kind() != ValueKind::kUint)
        return IndexFit::kUnusable;
      if (value.int_value() < 1901 || value.int_value() > 2155) return IndexFit::kUnusable;
      *converted = Value::Int(value.int_value());
      return IndexFit::kExact;
    default:
      return IndexFit::kUnusable;
  }
}

}  // namespace sixfold::exec
