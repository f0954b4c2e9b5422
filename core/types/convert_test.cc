#include "core/types/convert.h"

#include <gtest/gtest.h>

#include "core/base/arena.h"
#include "core/types/collation.h"
#include "core/types/compare.h"
#include "core/types/decimal.h"
#include "core/types/diagnostics.h"
#include "core/types/error_codes.h"
#include "core/types/format.h"
#include "core/types/json.h"
#include "core/types/sql_mode.h"
#include "core/types/time_zone.h"

namespace sixfold::types {
namespace {

const DataType kInt{.id = TypeId::kBigInt};
const DataType kReal{.id = TypeId::kDouble, .scale = 31};
const DataType kText{.id = TypeId::kVarchar, .length = 100, .collation = &kUtf8mb4Collation};
const DataType kDay{.id = TypeId::kDate};
const DataType kMoment{.id = TypeId::kDatetime, .scale = 6};
const DataType kClock{.id = TypeId::kTime};

class ConvertTest : public ::testing::Test {
 protected:
  ConversionContext Context() {
    return {.sql_mode = 0,
            .time_zone = &TimeZone::Utc(),
            .diagnostics = &diagnostics_,
            .arena = &arena_};
  }
  std::string Warnings() {
    std::string all;
    for (const Condition& condition : diagnostics_.conditions()) {
      all += fmt::format("{} {};", static_cast<int>(condition.code), condition.message);
    }
    diagnostics_.Clear();
    return all;
  }
  Arena arena_;
  Diagnostics diagnostics_;
};

std::string Double(double value, int scale = kNotFixedScale) {
  std::string text;
  AppendDouble(value, scale, &text);
  return text;
}

TEST(FormatTest, Doubles) {
  EXPECT_EQ(Double(1), "1");
  EXPECT_EQ(Double(-0.0), "0");
  EXPECT_EQ(Double(0.1), "0.1");
  EXPECT_EQ(Double(1e14), "100000000000000");
  EXPECT_EQ(Double(1e15), "1e15");
  EXPECT_EQ(Double(123456789012345680.0), "1.2345678901234568e17");
  EXPECT_EQ(Double(0.00001), "0.00001");
  EXPECT_EQ(Double(1e-16), "1e-16");
  EXPECT_EQ(Double(1.5e300), "1.5e300");
  EXPECT_EQ(Double(2.5, 0), "2");
  EXPECT_EQ(Double(2.345, 2), "2.35");
  EXPECT_EQ(Double(100.0 / 3), "33.333333333333336");
  std::string text;
  AppendFloat(static_cast<float>(0.1), kNotFixedScale, &text);
  text += ' ';
  AppendFloat(16777216, kNotFixedScale, &text);
  EXPECT_EQ(text, "0.1 16777200");
}

TEST(FormatTest, Others) {
  auto text = [](const Value& value, const DataType& type) {
    std::string out;
    AppendText(value, type, *TimeZone::Find("+02:00"), &out);
    return out;
  };
  EXPECT_EQ(text(Value::Int(7), {.id = TypeId::kInt, .zerofill = true, .length = 5}), "00007");
  EXPECT_EQ(text(Value::Uint(UINT64_MAX), {.id = TypeId::kBigInt, .is_unsigned = true}),
            "18446744073709551615");
  EXPECT_EQ(text(Value::Int(0), {.id = TypeId::kYear}), "0000");
  EXPECT_EQ(text(Value::Uint(0x141), {.id = TypeId::kBit, .length = 9}), "\x01\x41");
  const Decimal third = [] {
    Decimal d;
    Decimal::Divide(Decimal::FromInt(1), Decimal::FromInt(3), 4, &d);
    return d;
  }();
  EXPECT_EQ(text(Value::DecimalRef(&third), {.id = TypeId::kDecimal, .precision = 5, .scale = 4}),
            "0.3333");
  const int64_t noon = DatetimeFromDate(PackDate(2024, 2, 29)) | int64_t{12} << 36;
  EXPECT_EQ(text(Value::Datetime(noon), {.id = TypeId::kTimestamp, .scale = 2}),
            "2024-02-29 14:00:00.00");
  EXPECT_EQ(text(Value::Datetime(noon), {.id = TypeId::kDatetime}), "2024-02-29 12:00:00");
}

TEST_F(ConvertTest, TextToNumbers) {
  EXPECT_EQ(ToInteger(Value::String(" 12"), kText, Context()).bits, 12);
  EXPECT_EQ(Warnings(), "");
  EXPECT_EQ(ToInteger(Value::String("12abc"), kText, Context()).bits, 12);
  EXPECT_EQ(Warnings(), "1292 Truncated incorrect INTEGER value: '12abc';");
  EXPECT_EQ(ToDouble(Value::String("1.5e2x"), kText, Context()), 150);
  EXPECT_EQ(Warnings(), "1292 Truncated incorrect DOUBLE value: '1.5e2x';");
  EXPECT_EQ(ToDouble(Value::String("-.5 "), kText, Context()), -0.5);
  EXPECT_EQ(ToDouble(Value::String("inf"), kText, Context()), 0);
  EXPECT_NE(Warnings(), "");
  EXPECT_EQ(ToDecimal(Value::String("abc"), kText, Context()).ToString(), "0");
  EXPECT_EQ(Warnings(), "1292 Truncated incorrect DECIMAL value: 'abc';");
  EXPECT_EQ(ToInteger(Value::Double(2.5), kReal, Context()).bits, 2);
  EXPECT_EQ(ToInteger(Value::Double(1e30), kReal, Context()).bits, -1);
}

TEST_F(ConvertTest, Temporals) {
  DateTime t;
  ASSERT_TRUE(ToDatetime(Value::String("2024-02-29 10:11:12.5"), kText, {}, Context(), &t));
  EXPECT_EQ(ToDouble(Value::Datetime(PackDatetime(t)), kMoment, Context()), 20240229101112.5);
  EXPECT_EQ(ToInteger(Value::Date(PackDate(t)), kDay, Context()).bits, 20240229);
  EXPECT_FALSE(ToDatetime(Value::String("no"), kText, {}, Context(), &t));
  EXPECT_EQ(Warnings(), "1292 Incorrect datetime value: 'no';");
  ASSERT_TRUE(ToDatetime(Value::Int(20240229), kInt, {}, Context(), &t));
  EXPECT_EQ(t.kind, TemporalKind::kDate);
  int64_t micros;
  ASSERT_TRUE(ToTime(Value::String("10:11:12"), kText, Context(), &micros));
  EXPECT_EQ(ToText(Value::Time(micros), kClock, Context()), "10:11:12");
  ASSERT_TRUE(ToTime(Value::Int(101112), kInt, Context(), &micros));
  EXPECT_EQ(ToInteger(Value::Time(micros), kClock, Context()).bits, 101112);
}

TEST_F(ConvertTest, Compares) {
  auto compare = [&](const Value& a, const DataType& a_type, const Value& b,
                     const DataType& b_type) {
    return CompareAs(CompareKindOf(a_type, b_type), a, a_type, b, b_type, &kUtf8mb4Collation,
                     Context());
  };
  const DataType big_unsigned{.id = TypeId::kBigInt, .is_unsigned = true};
  EXPECT_EQ(compare(Value::Int(-1), kInt, Value::Uint(UINT64_MAX), big_unsigned), -1);
  EXPECT_EQ(compare(Value::String("10"), kText, Value::Int(9), kInt), 1);
  EXPECT_EQ(compare(Value::String("10"), kText, Value::String("9"), kText), -1);
  EXPECT_EQ(compare(Value::String("1e1"), kText, Value::Int(10), kInt), 0);
  EXPECT_EQ(compare(Value::Date(PackDate(2024, 2, 29)), kDay, Value::String("2024-2-29"), kText),
            0);
  EXPECT_EQ(compare(Value::Date(PackDate(2024, 2, 29)), kDay, Value::Int(20240301), kInt), -1);
  EXPECT_EQ(compare(Value::Time(3600000000), kClock, Value::String("01:00:00"), kText), 0);
  EXPECT_EQ(compare(Value::Double(0.5), kReal, Value::Int(0), kInt), 1);
  EXPECT_THROW(CompareAs(CompareKind::kDatetime, Value::Date(0), kDay, Value::String("abc"), kText,
                         nullptr, Context(), true),
               SqlError);
}

TEST(JsonTest, ParsesPrintsAndCompares) {
  auto canonical = [](std::string_view text) {
    Json json;
    std::string error;
    size_t at;
    return ParseJson(text, &json, &error, &at) ? PrintJson(json) : fmt::format("{} @{}", error, at);
  };
  EXPECT_EQ(canonical(R"( {"bb":1,"a":[1,2.50,true,null],"a":"x\u00e9\n"} )"),
            R"({"a": "xé\n", "bb": 1})");
  EXPECT_EQ(canonical("[1.0, 1e2, -0, 18446744073709551615, 1e-7]"),
            "[1.0, 100.0, 0, 18446744073709551615, 0.0000001]");
  EXPECT_EQ(canonical("[1,"), "The document is empty. @3");
  EXPECT_EQ(canonical("{\"a\" 1}"), "Missing a colon after a name of object member. @5");
  EXPECT_EQ(canonical("abc"), "Invalid value. @0");
  EXPECT_EQ(canonical("\"\\ud83d\\ude00\""), "\"😀\"");
  EXPECT_EQ(CompareJson("1", "1.0"), 0);
  EXPECT_EQ(CompareJson("1", "\"a\""), -1);
  EXPECT_EQ(CompareJson("[1, 2]", "[1, 3]"), -1);
  EXPECT_THROW(canonical(std::string(200, '[')), SqlError);
}

}  // namespace
}  // namespace sixfold::types
