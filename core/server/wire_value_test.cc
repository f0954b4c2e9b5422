#include "core/server/wire_value.h"

#include <gtest/gtest.h>

#include "core/protocol/wire_reader.h"
#include "core/types/collation.h"
#include "core/types/decimal.h"
#include "core/types/temporal.h"
#include "core/types/time_zone.h"

namespace sixfold::server {
namespace {

using types::DataType;
using types::TypeId;
using types::Value;

DataType TypeOf(TypeId id, uint8_t scale = 0) {
  DataType type;
  type.id = id;
  type.scale = scale;
  return type;
}

std::string Text(const DataType& type, const Value& value, const types::TimeZone* zone = nullptr,
                 const types::Collation* results = nullptr) {
  protocol::OutputBuffer out;
  protocol::TextRow row(&out);
  std::string scratch;
  row.Begin();
  WriteTextValue(&row, MakeWireColumn(type, results, zone), value, &scratch);
  row.End();
  protocol::WireReader in(out.view().substr(4));
  if (out.view()[4] == '\xfb') return "NULL";
  return std::string(in.LenencString());
}

std::string Binary(const DataType& type, const Value& value) {
  protocol::OutputBuffer out;
  protocol::BinaryRow row(&out);
  std::string scratch;
  row.Begin(1);
  WriteBinaryValue(&row, MakeWireColumn(type, nullptr, nullptr), value, &scratch);
  row.End();
  return std::string(out.view().substr(4 + 2));
}

types::DateTime At(int year, int month, int day, int hour, int minute, int second, int micro) {
  types::DateTime t;
  t.year = year;
  t.month = month;
  t.day = day;
  t.hour = hour;
  t.minute = minute;
  t.second = second;
  t.microsecond = micro;
  return t;
}

TEST(WireText, Numbers) {
  EXPECT_EQ(Text(TypeOf(TypeId::kBigInt), Value::Int(-42)), "-42");
  EXPECT_EQ(Text(TypeOf(TypeId::kBigInt), Value::Uint(UINT64_MAX)), "18446744073709551615");
  EXPECT_EQ(Text(TypeOf(TypeId::kDouble, 31), Value::Double(0.1)), "0.1");
  EXPECT_EQ(Text(TypeOf(TypeId::kDouble, 31), Value::Double(1e20)), "1e20");
  EXPECT_EQ(Text(TypeOf(TypeId::kDouble, 2), Value::Double(1e300)).size(), 301u + 3);
  EXPECT_EQ(Text(TypeOf(TypeId::kFloat, 31), Value::Double(1.1f)), "1.1");
  types::Decimal decimal;
  size_t consumed = 0;
  types::Decimal::FromString("-12.50", &decimal, &consumed);
  EXPECT_EQ(Text(TypeOf(TypeId::kDecimal, 2), Value::DecimalRef(&decimal)), "-12.50");
  DataType filled = TypeOf(TypeId::kInt);
  filled.zerofill = filled.is_unsigned = true;
  filled.length = 6;
  EXPECT_EQ(Text(filled, Value::Uint(42)), "000042");
  EXPECT_EQ(Text(TypeOf(TypeId::kYear), Value::Int(0)), "0000");
  EXPECT_EQ(Text(TypeOf(TypeId::kBigInt), Value::Null()), "NULL");
}

TEST(WireText, Temporals) {
  EXPECT_EQ(Text(TypeOf(TypeId::kDate), Value::Date(types::PackDate(2024, 2, 29))), "2024-02-29");
  EXPECT_EQ(Text(TypeOf(TypeId::kDate), Value::Date(0)), "0000-00-00");
  const Value datetime = Value::Datetime(types::PackDatetime(At(2024, 2, 29, 23, 59, 58, 123400)));
  EXPECT_EQ(Text(TypeOf(TypeId::kDatetime, 0), datetime), "2024-02-29 23:59:58");
  EXPECT_EQ(Text(TypeOf(TypeId::kDatetime, 4), datetime), "2024-02-29 23:59:58.1234");
  EXPECT_EQ(Text(TypeOf(TypeId::kTime), Value::Time(-types::kMaxTimeMicros)), "-838:59:59");
  EXPECT_EQ(Text(TypeOf(TypeId::kTime, 1), Value::Time(1'500'000)), "00:00:01.5");
  // A TIMESTAMP is UTC inside and shown in the session's zone.
  const types::TimeZone* zone = types::TimeZone::Find("+02:00");
  EXPECT_EQ(Text(TypeOf(TypeId::kTimestamp), datetime, zone), "2024-03-01 01:59:58");
}

TEST(WireText, StringsAreConvertedToTheResultsCharset) {
  DataType type = TypeOf(TypeId::kVarchar);
  type.collation = &types::kUtf8mb4Collation;
  EXPECT_EQ(Text(type, Value::String("h\xc3\xa9")), "h\xc3\xa9");
  EXPECT_EQ(Text(type, Value::String("h\xc3\xa9"), nullptr,
                 &types::DefaultCollation(*types::FindCharset("latin1"))),
            "h\xe9");
  DataType bits = TypeOf(TypeId::kBit);
  bits.length = 10;
  EXPECT_EQ(Text(bits, Value::Uint(0x2aa)), std::string("\x02\xaa"));
}

TEST(WireBinary, HasTheColumnsWidth) {
  EXPECT_EQ(Binary(TypeOf(TypeId::kTinyInt), Value::Int(-1)), "\xff");
  EXPECT_EQ(Binary(TypeOf(TypeId::kSmallInt), Value::Int(2)), std::string("\x02\x00", 2));
  EXPECT_EQ(Binary(TypeOf(TypeId::kMediumInt), Value::Int(3)), std::string("\x03\x00\x00\x00", 4));
  EXPECT_EQ(Binary(TypeOf(TypeId::kBigInt), Value::Int(4)).size(), 8u);
  EXPECT_EQ(Binary(TypeOf(TypeId::kFloat, 31), Value::Double(1)).size(), 4u);
  // A value of another kind than its column goes out in the column's form all the same.
  EXPECT_EQ(Binary(TypeOf(TypeId::kDouble, 31), Value::Int(1)).size(), 8u);
  EXPECT_EQ(Binary(TypeOf(TypeId::kVarchar), Value::Int(17)), std::string("\x02"
                                                                          "17"));
  EXPECT_EQ(Binary(TypeOf(TypeId::kDate), Value::Date(0)), std::string(1, '\0'));
  EXPECT_EQ(Binary(TypeOf(TypeId::kDatetime),
                   Value::Datetime(types::PackDatetime(At(2024, 1, 2, 0, 0, 0, 0)))),
            std::string("\x04\xe8\x07\x01\x02"));
  const std::string time = Binary(TypeOf(TypeId::kTime), Value::Time(-90'000'000'000));
  EXPECT_EQ(time, std::string("\x08\x01\x01\x00\x00\x00\x01\x00\x00", 9));
}

}  // namespace
}  // namespace sixfold::server
