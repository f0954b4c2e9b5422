#include "core/types/key_codec.h"

#include <gtest/gtest.h>

#include "core/base/arena.h"
#include "core/types/collation.h"
#include "core/types/decimal.h"

namespace sixfold::types {
namespace {

std::string Key(const Value& value, const DataType& type, KeyPartFormat format = {}) {
  std::string key;
  AppendKeyPart(value, type, format, &key);
  return key;
}

// Ascending values: keys ascend, descending keys descend, and all but sort keys decode to the same.
void ExpectOrdered(const DataType& type, const std::vector<Value>& values) {
  Arena arena;
  for (const bool descending : {false, true}) {
    const KeyPartFormat format{.descending = descending};
    for (size_t i = 0; i < values.size(); ++i) {
      const std::string key = Key(values[i], type, format) + "tail";
      if (i > 0) {
        const std::string previous = Key(values[i - 1], type, format) + "tail";
        EXPECT_EQ(previous < key, !descending) << static_cast<int>(type.id) << " value " << i;
      }
      std::string_view rest = key;
      ASSERT_TRUE(SkipKeyPart(&rest, type, format));
      EXPECT_EQ(rest, "tail");
      if (!KeyPartIsInvertible(type, format)) continue;
      rest = key;
      Value value;
      ASSERT_TRUE(DecodeKeyPart(&rest, type, format, &arena, &value));
      EXPECT_EQ(rest, "tail");
      EXPECT_EQ(Key(value, type, format) + "tail", key);
      ASSERT_EQ(value.kind(), values[i].kind());
      if (value.is_string()) {
        EXPECT_EQ(value.bytes(), values[i].bytes());
      } else if (value.kind() != ValueKind::kDecimal) {
        EXPECT_EQ(value.int_value(), values[i].int_value());
      }
    }
  }
}

TEST(KeyCodecTest, IntegersOfEachSize) {
  for (const auto& [id, bits] : {std::pair{TypeId::kTinyInt, 8},
                                 {TypeId::kSmallInt, 16},
                                 {TypeId::kMediumInt, 24},
                                 {TypeId::kInt, 32},
                                 {TypeId::kBigInt, 64}}) {
    const int64_t low = INT64_MIN >> (64 - bits);
    ExpectOrdered({.id = id}, {Value::Null(), Value::Int(low), Value::Int(-1), Value::Int(0),
                               Value::Int(1), Value::Int(~low)});
    const uint64_t high = UINT64_MAX >> (64 - bits);
    ExpectOrdered({.id = id, .is_unsigned = true, .nullable = false},
                  {Value::Uint(0), Value::Uint(1), Value::Uint(high)});
  }
}

TEST(KeyCodecTest, OtherNumbers) {
  ExpectOrdered({.id = TypeId::kDouble},
                {Value::Null(), Value::Double(-1e300), Value::Double(-1.5), Value::Double(0),
                 Value::Double(1e-300), Value::Double(2)});
  ExpectOrdered({.id = TypeId::kFloat},
                {Value::Double(-2.5), Value::Double(0), Value::Double(0.5)});
  EXPECT_EQ(Key(Value::Double(-0.0), {.id = TypeId::kDouble}),
            Key(Value::Double(0.0), {.id = TypeId::kDouble}));
  const Decimal a = Decimal::FromInt(-5), b = Decimal::FromInt(7);
  ExpectOrdered({.id = TypeId::kDecimal, .precision = 10, .scale = 2},
                {Value::Null(), Value::DecimalRef(&a), Value::DecimalRef(&b)});
  ExpectOrdered({.id = TypeId::kYear},
                {Value::Null(), Value::Int(0), Value::Int(1901), Value::Int(2155)});
  ExpectOrdered({.id = TypeId::kBit, .length = 10},
                {Value::Null(), Value::Uint(0), Value::Uint(1023)});
}

TEST(KeyCodecTest, Temporals) {
  const int64_t day = (2024 * 13 + 2) << 5 | 29;
  ExpectOrdered({.id = TypeId::kDate},
                {Value::Null(), Value::Date(0), Value::Date(day), Value::Date(day + 1)});
  ExpectOrdered({.id = TypeId::kDatetime}, {Value::Datetime(0), Value::Datetime(day << 41),
                                            Value::Datetime(day << 41 | int64_t{1} << 24)});
  ExpectOrdered({.id = TypeId::kDatetime, .scale = 6},
                {Value::Datetime(day << 41), Value::Datetime((day << 41) + 1)});
  ExpectOrdered({.id = TypeId::kTime}, {Value::Time(-3020399000000), Value::Time(-1000000),
                                        Value::Time(0), Value::Time(3020399000000)});
  ExpectOrdered({.id = TypeId::kTime, .scale = 3}, {Value::Time(-1500000), Value::Time(-1000000),
                                                    Value::Time(-1000), Value::Time(1000)});
}

TEST(KeyCodecTest, EnumAndSetByNumber) {
  auto labels =
      std::make_shared<const std::vector<std::string>>(std::vector<std::string>{"z", "y", "x"});
  const DataType an_enum{.id = TypeId::kEnum, .collation = &kUtf8mb4Collation, .labels = labels};
  ExpectOrdered(an_enum, {Value::Null(), Value::String("", 0), Value::String("z", 1),
                          Value::String("y", 2), Value::String("x", 3)});
  const DataType set{.id = TypeId::kSet, .collation = &kUtf8mb4Collation, .labels = labels};
  ExpectOrdered(set, {Value::String(""), Value::String("z"), Value::String("y"),
                      Value::String("z,y"), Value::String("x")});
}

TEST(KeyCodecTest, Strings) {
  for (const char* name : {"utf8mb4_0900_ai_ci", "utf8mb4_0900_as_cs", "utf8mb4_general_ci",
                           "utf8mb4_bin", "latin1_swedish_ci", "utf8mb4_unicode_ci"}) {
    const DataType type{.id = TypeId::kVarchar, .length = 20, .collation = FindCollation(name)};
    ExpectOrdered(type, {Value::Null(), Value::String(""), Value::String("a"), Value::String("a b"),
                         Value::String("ab"), Value::String("b")});
  }
  const DataType char_bin{.id = TypeId::kChar, .length = 20, .collation = &kUtf8mb4Bin};
  ExpectOrdered(char_bin, {Value::String(""), Value::String("a\tb"), Value::String("a"),
                           Value::String("a  b"), Value::String("a b")});
  const DataType binary{.id = TypeId::kVarbinary, .length = 20, .collation = &kBinaryCollation};
  using namespace std::string_view_literals;
  ExpectOrdered(binary, {Value::String(""), Value::String("\0"sv), Value::String("\0\0"sv),
                         Value::String("\0\1"sv), Value::String("a"), Value::String("a\0"sv),
                         Value::String("a ")});
  EXPECT_EQ(Key(Value::String("éab"), char_bin, {.prefix_length = 2}),
            Key(Value::String("éac"), char_bin, {.prefix_length = 2}));
}

TEST(KeyCodecTest, DamagedKeysAreRefused) {
  const DataType type{.id = TypeId::kVarchar, .length = 20, .collation = &kUtf8mb4Collation};
  for (const bool descending : {false, true}) {
    const KeyPartFormat format{.descending = descending};
    const std::string key = Key(Value::String("hello"), type, format);
    for (size_t size = 0; size < key.size(); ++size) {
      std::string_view cut = std::string_view(key).substr(0, size);
      EXPECT_FALSE(SkipKeyPart(&cut, type, format));
    }
  }
}

}  // namespace
}  // namespace sixfold::types
