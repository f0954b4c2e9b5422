#include "core/server/wire_value.h"

#include <cmath>

#include "core/base/check.h"
#include "core/types/charset.h"
#include "core/types/decimal.h"
#include "core/types/format.h"
#include "core/types/temporal.h"
#include "core/types/time_zone.h"

namespace sixfold::server {
namespace {

using types::Value;
using types::ValueKind;

char* PutTwo(char* to, int value) {
  *to++ = static_cast<char>('0' + value / 10 % 10);
  *to++ = static_cast<char>('0' + value % 10);
  return to;
}

char* PutDate(char* to, const types::DateTime& t) {
  to = PutTwo(to, t.year / 100);
  to = PutTwo(to, t.year % 100);
  *to++ = '-';
  to = PutTwo(to, t.month);
  *to++ = '-';
  return PutTwo(to, t.day);
}

char* PutFraction(char* to, int microsecond, int digits) {
  if (digits == 0) return to;
  *to++ = '.';
  int divisor = 100000;
  for (int i = 0; i < digits; ++i, divisor /= 10) {
    *to++ = static_cast<char>('0' + microsecond / divisor % 10);
  }
  return to;
}

char* PutClock(char* to, const types::DateTime& t, int digits) {
  if (t.hour >= 100) *to++ = static_cast<char>('0' + t.hour / 100);
  to = PutTwo(to, t.hour % 100);
  *to++ = ':';
  to = PutTwo(to, t.minute);
  *to++ = ':';
  to = PutTwo(to, t.second);
  return PutFraction(to, t.microsecond, digits);
}

int FractionDigits(const WireColumn& column) { return std::min<int>(column.scale, 6); }

int64_t ShownDatetime(const WireColumn& column, const Value& value) {
  if (column.zone == nullptr) return value.int_value();
  return column.zone->TimestampToLocal(value.int_value());
}

std::string_view Converted(const WireColumn& column, std::string_view bytes, std::string* scratch) {
  if (column.to == nullptr || (column.ascii_stays && types::IsAscii(bytes))) return bytes;
  scratch->clear();
  types::ConvertCharset(bytes, *column.from, *column.to, scratch);
  return *scratch;
}

std::string_view BitBytes(const WireColumn& column, uint64_t bits, char* buffer) {
  const size_t count = std::max<size_t>(column.bit_bytes, 1);
  for (size_t i = 0; i < count; ++i) {
    buffer[count - 1 - i] = static_cast<char>(bits >> (8 * i));
  }
  return {buffer, count};
}

void WriteZerofilled(protocol::TextRow* row, const WireColumn& column, uint64_t number) {
  row->Formatted([&](char* to, char* end) {
    char digits[24];
    const auto length =
        static_cast<size_t>(std::to_chars(digits, digits + sizeof(digits), number).ptr - digits);
    for (size_t pad = length; pad < column.zerofill; ++pad) *to++ = '0';
    std::memcpy(to, digits, length);
    return to + length;
  });
}

void WriteReal(protocol::TextRow* row, const WireColumn& column, double number,
               std::string* scratch) {
  scratch->clear();
  if (column.form == WireColumn::Form::kFloat) {
    types::AppendFloat(number, column.scale, scratch);
  } else {
    types::AppendDouble(number, column.scale, scratch);
  }
  row->Bytes(*scratch);
}

double AsDouble(const Value& value) {
  switch (value.kind()) {
    case ValueKind::kDouble:
      return value.double_value();
    case ValueKind::kUint:
      return static_cast<double>(value.uint_value());
    case ValueKind::kDecimal:
      return value.decimal().ToDouble();
    default:
      return static_cast<double>(value.int_value());
  }
}

int64_t AsInteger(const Value& value) {
  switch (value.kind()) {
    case ValueKind::kDouble:
      return static_cast<int64_t>(std::llround(value.double_value()));
    case ValueKind::kDecimal: {
      int64_t integer = 0;
      value.decimal().ToInt64(&integer);
      return integer;
    }
    case ValueKind::kString:
    case ValueKind::kJson: {
      int64_t integer = 0;
      const std::string_view text = value.bytes();
      std::from_chars(text.data(), text.data() + text.size(), integer);
      return integer;
    }
    default:
      return value.int_value();
  }
}

// Text of any value, for binary columns whose value is of another kind than the column.
std::string_view AsText(const WireColumn& column, const Value& value, std::string* scratch) {
  scratch->clear();
  char buffer[64];
  char* end = buffer + sizeof(buffer);
  switch (value.kind()) {
    case ValueKind::kInt:
      scratch->append(buffer, std::to_chars(buffer, end, value.int_value()).ptr);
      break;
    case ValueKind::kUint:
      scratch->append(buffer, std::to_chars(buffer, end, value.uint_value()).ptr);
      break;
    case ValueKind::kDouble:
      types::AppendDouble(value.double_value(), types::kNotFixedScale, scratch);
      break;
    case ValueKind::kDecimal:
      value.decimal().AppendTo(scratch);
      break;
    case ValueKind::kDate:
      types::AppendDate(value.int_value(), scratch);
      break;
    case ValueKind::kTime:
      types::AppendTime(value.int_value(), FractionDigits(column), scratch);
      break;
    case ValueKind::kDatetime:
      types::AppendDatetime(ShownDatetime(column, value), FractionDigits(column), scratch);
      break;
    default:
      break;
  }
  return *scratch;
}

protocol::BinaryTemporal ToBinary(const types::DateTime& t) {
  protocol::BinaryTemporal out;
  out.negative = t.negative;
  out.year = static_cast<uint32_t>(t.year);
  out.month = static_cast<uint8_t>(t.month);
  out.day = static_cast<uint8_t>(t.day);
  out.hour = static_cast<uint8_t>(t.hour);
  out.minute = static_cast<uint8_t>(t.minute);
  out.second = static_cast<uint8_t>(t.second);
  out.microsecond = static_cast<uint32_t>(t.microsecond);
  return out;
}

types::DateTime AsDateTime(const WireColumn& column, const Value& value) {
  switch (value.kind()) {
    case ValueKind::kDate:
      return types::UnpackDate(value.int_value());
    case ValueKind::kDatetime:
      return types::UnpackDatetime(ShownDatetime(column, value));
    case ValueKind::kString: {
      types::ParsedTemporal parsed;
      types::ParseDatetime(value.bytes(), {}, &parsed);
      return parsed.value;
    }
    default:
      return {};
  }
}

void WriteBinaryTime(protocol::BinaryRow* row, const Value& value) {
  types::DateTime t = types::UnpackTime(value.int_value());
  protocol::BinaryTemporal out = ToBinary(t);
  out.year = static_cast<uint32_t>(t.hour / 24);  // days
  out.month = out.day = 0;
  out.hour = static_cast<uint8_t>(t.hour % 24);
  row->Time(out);
}

}  // namespace

void WriteTextValue(protocol::TextRow* row, const WireColumn& column, const Value& value,
                    std::string* scratch) {
  switch (value.kind()) {
    case ValueKind::kNull:
      return row->Null();
    case ValueKind::kInt:
    case ValueKind::kUint: {
      if (column.form == WireColumn::Form::kBit) {
        char buffer[8];
        return row->Bytes(BitBytes(column, value.uint_value(), buffer));
      }
      if (column.zerofill != 0) return WriteZerofilled(row, column, value.uint_value());
      if (value.kind() == ValueKind::kUint) return row->Uint(value.uint_value());
      return row->Int(value.int_value());
    }
    case ValueKind::kDouble:
      return WriteReal(row, column, value.double_value(), scratch);
    case ValueKind::kDecimal:
      scratch->clear();
      value.decimal().AppendTo(scratch);
      return row->Bytes(*scratch);
    case ValueKind::kString:
    case ValueKind::kJson:
      return row->Bytes(Converted(column, value.bytes(), scratch));
    case ValueKind::kDate:
      return row->Formatted(
          [&](char* to, char*) { return PutDate(to, types::UnpackDate(value.int_value())); });
    case ValueKind::kTime:
      return row->Formatted([&](char* to, char*) {
        const types::DateTime t = types::UnpackTime(value.int_value());
        if (t.negative) *to++ = '-';
        return PutClock(to, t, FractionDigits(column));
      });
    case ValueKind::kDatetime:
      return row->Formatted([&](char* to, char*) {
        const types::DateTime t = types::UnpackDatetime(ShownDatetime(column, value));
        to = PutDate(to, t);
        *to++ = ' ';
        return PutClock(to, t, FractionDigits(column));
      });
  }
}

void WriteBinaryValue(protocol::BinaryRow* row, const WireColumn& column, const Value& value,
                      std::string* scratch) {
  using Form = WireColumn::Form;
  if (value.is_null()) return row->Null();
  switch (column.form) {
    case Form::kTiny:
      return row->Int8(static_cast<uint8_t>(AsInteger(value)));
    case Form::kShort:
      return row->Int16(static_cast<uint16_t>(AsInteger(value)));
    case Form::kLong:
      return row->Int32(static_cast<uint32_t>(AsInteger(value)));
    case Form::kLongLong:
      return row->Int64(static_cast<uint64_t>(AsInteger(value)));
    case Form::kFloat:
      return row->Float(static_cast<float>(AsDouble(value)));
    case Form::kDouble:
      return row->Double(AsDouble(value));
    case Form::kBit: {
      char buffer[8];
      if (value.is_string()) return row->Bytes(value.bytes());
      return row->Bytes(BitBytes(column, value.uint_value(), buffer));
    }
    case Form::kDate:
      return row->Date(ToBinary(AsDateTime(column, value)));
    case Form::kDatetime:
      return row->Datetime(ToBinary(AsDateTime(column, value)));
    case Form::kTime:
      return WriteBinaryTime(row, value);
    case Form::kDecimal:
    case Form::kBytes:
    case Form::kJson:
      if (value.is_string() || value.kind() == ValueKind::kJson) {
        return row->Bytes(Converted(column, value.bytes(), scratch));
      }
      return row->Bytes(AsText(column, value, scratch));
  }
}

}  // namespace sixfold::server
