#include "core/types/store.h"

#include <gtest/gtest.h>

#include "core/base/arena.h"
#include "core/types/collation.h"
#include "core/types/decimal.h"
#include "core/types/diagnostics.h"
#include "core/types/error_codes.h"
#include "core/types/format.h"
#include "core/types/sql_error.h"
#include "core/types/sql_mode.h"
#include "core/types/time_zone.h"

namespace sixfold::types {
namespace {

const DataType kLiteral{.id = TypeId::kVarchar, .length = 100, .collation = &kUtf8mb4Collation};
const DataType kWhole{.id = TypeId::kBigInt};

class StoreTest : public ::testing::Test {
 protected:
  // What the column then shows, and the condition's number when there was one ("12 !1264").
  std::string Store(const Value& value, const DataType& from, const DataType& to,
                    uint64_t sql_mode = kSqlModeDefault) {
    diagnostics_.Clear();
    StoreContext context{{.sql_mode = sql_mode,
                          .time_zone = TimeZone::Find("+02:00"),
                          .diagnostics = &diagnostics_,
                          .arena = &arena_}};
    std::string text;
    try {
      AppendText(StoreValue(value, from, to, "a", context), to, *TimeZone::Find("+02:00"), &text);
    } catch (const SqlError& error) {
      message_ = error.message();
      return "error " + std::to_string(error.number());
    }
    for (const Condition& condition : diagnostics_.conditions()) {
      text += " !" + std::to_string(static_cast<int>(condition.code));
      message_ = condition.message;
    }
    return text;
  }
  std::string StoreText(std::string_view text, const DataType& to,
                        uint64_t sql_mode = kSqlModeDefault) {
    return Store(Value::String(text), kLiteral, to, sql_mode);
  }

  Arena arena_;
  Diagnostics diagnostics_;
  std::string message_;
};

TEST_F(StoreTest, Integers) {
  const DataType tiny{.id = TypeId::kTinyInt};
  const DataType tiny_unsigned{.id = TypeId::kTinyInt, .is_unsigned = true};
  EXPECT_EQ(Store(Value::Int(127), kWhole, tiny), "127");
  EXPECT_EQ(Store(Value::Int(128), kWhole, tiny), "error 1264");
  EXPECT_EQ(message_, "Out of range value for column 'a' at row 1");
  EXPECT_EQ(Store(Value::Int(128), kWhole, tiny, 0), "127 !1264");
  EXPECT_EQ(Store(Value::Int(-1), kWhole, tiny_unsigned, 0), "0 !1264");
  EXPECT_EQ(Store(Value::Double(2.5), {.id = TypeId::kDouble}, tiny), "2");
  EXPECT_EQ(Store(Value::Double(-1e30), {.id = TypeId::kDouble}, tiny, 0), "-128 !1264");
  EXPECT_EQ(StoreText("12", tiny), "12");
  EXPECT_EQ(StoreText("12.5", tiny), "13");
  EXPECT_EQ(StoreText("1e1", tiny), "10");
  EXPECT_EQ(StoreText("abc", tiny), "error 1366");
  EXPECT_EQ(message_, "Incorrect integer value: 'abc' for column 'a' at row 1");
  EXPECT_EQ(StoreText("12abc", tiny), "error 1265");
  EXPECT_EQ(message_, "Data truncated for column 'a' at row 1");
  EXPECT_EQ(StoreText("12abc", tiny, 0), "12 !1265");
  EXPECT_EQ(StoreText("", tiny, 0), "0 !1366");
}

TEST_F(StoreTest, OtherNumbers) {
  const DataType money{.id = TypeId::kDecimal, .precision = 5, .scale = 2};
  EXPECT_EQ(StoreText("1.5", money), "1.50");
  EXPECT_EQ(StoreText("1.555", money), "1.56 !1265");
  EXPECT_EQ(StoreText("1000", money), "error 1264");
  EXPECT_EQ(StoreText("1000", money, 0), "999.99 !1264");
  EXPECT_EQ(StoreText("x", money), "error 1366");
  EXPECT_EQ(StoreText("1e400", {.id = TypeId::kDouble, .scale = 31}, 0).substr(0, 6), "1.7976");
  EXPECT_EQ(StoreText("x", {.id = TypeId::kDouble, .scale = 31}), "error 1265");
  EXPECT_EQ(StoreText("0.1", {.id = TypeId::kFloat, .scale = 31}), "0.1");
  EXPECT_EQ(StoreText("123.456", {.id = TypeId::kDouble, .scale = 2, .length = 5}), "123.46");
  EXPECT_EQ(StoreText("1234", {.id = TypeId::kDouble, .scale = 2, .length = 5}, 0), "999.99 !1264");
  const DataType year{.id = TypeId::kYear};
  EXPECT_EQ(Store(Value::Int(0), kWhole, year), "0000");
  EXPECT_EQ(StoreText("0", year), "2000");
  EXPECT_EQ(StoreText("69", year), "2069");
  EXPECT_EQ(StoreText("70", year), "1970");
  EXPECT_EQ(StoreText("1900", year), "error 1264");
  EXPECT_EQ(Store(Value::Int(5), kWhole, {.id = TypeId::kBit, .length = 3}), "\x05");
  EXPECT_EQ(Store(Value::Int(8), kWhole, {.id = TypeId::kBit, .length = 3}), "error 1406");
}

TEST_F(StoreTest, Temporals) {
  const DataType date{.id = TypeId::kDate};
  const DataType moment{.id = TypeId::kDatetime};
  const DataType stamp{.id = TypeId::kTimestamp};
  const DataType clock{.id = TypeId::kTime, .scale = 1};
  EXPECT_EQ(StoreText("2024-02-29", date), "2024-02-29");
  EXPECT_EQ(StoreText("2024-02-29 10:00:00", date), "2024-02-29 !1265");
  EXPECT_EQ(StoreText("2024-02-30", date), "error 1292");
  EXPECT_EQ(message_, "Incorrect date value: '2024-02-30' for column 'a' at row 1");
  EXPECT_EQ(StoreText("2024-02-30", date, 0), "0000-00-00 !1264");
  EXPECT_EQ(StoreText("abc", date, 0), "0000-00-00 !1265");
  EXPECT_EQ(StoreText("0000-00-00", date), "error 1292");
  EXPECT_EQ(StoreText("0000-00-00", date, 0), "0000-00-00");
  EXPECT_EQ(StoreText("2024-02-29 23:59:59.5", moment), "2024-03-01 00:00:00");
  EXPECT_EQ(StoreText("2024-02-29 23:59:59.5", moment, kSqlModeTimeTruncateFractional),
            "2024-02-29 23:59:59");
  EXPECT_EQ(StoreText("2024-02-29 10:00:00", stamp), "2024-02-29 10:00:00");
  EXPECT_EQ(StoreText("2040-01-01", stamp), "error 1292");
  EXPECT_EQ(StoreText("10:11:12.26", clock), "10:11:12.3");
  EXPECT_EQ(StoreText("900:00:00", clock, 0), "838:59:59.0 !1264");
  EXPECT_EQ(StoreText("nope", clock), "error 1292");
  EXPECT_EQ(Store(Value::Int(20240229101112), kWhole, moment), "2024-02-29 10:11:12");
}

TEST_F(StoreTest, Strings) {
  const DataType three{.id = TypeId::kVarchar, .length = 3, .collation = &kUtf8mb4Collation};
  const DataType fixed{.id = TypeId::kChar, .length = 3, .collation = &kUtf8mb4Collation};
  EXPECT_EQ(StoreText("abc", three), "abc");
  EXPECT_EQ(StoreText("äöü", three), "äöü");
  EXPECT_EQ(StoreText("abcd", three), "error 1406");
  EXPECT_EQ(message_, "Data too long for column 'a' at row 1");
  EXPECT_EQ(StoreText("abcd", three, 0), "abc !1265");
  EXPECT_EQ(StoreText("abc ", three), "abc !1265");
  EXPECT_EQ(StoreText("ab    ", fixed), "ab");
  EXPECT_EQ(StoreText("\xFF", three), "error 1366");
  EXPECT_EQ(message_, "Incorrect string value: '\\xFF' for column 'a' at row 1");
  EXPECT_EQ(
      StoreText(
          "中",
          {.id = TypeId::kVarchar, .length = 3, .collation = FindCollation("latin1_swedish_ci")},
          0),
      "? !1366");
  EXPECT_EQ(Store(Value::Int(42), kWhole, three), "42");
  EXPECT_EQ(StoreText("a", {.id = TypeId::kBinary, .length = 3, .collation = &kBinaryCollation}),
            std::string("a\0\0", 3));
}

TEST_F(StoreTest, LabelsAndJson) {
  auto labels =
      std::make_shared<const std::vector<std::string>>(std::vector<std::string>{"red", "green"});
  const DataType an_enum{.id = TypeId::kEnum, .collation = &kUtf8mb4Collation, .labels = labels};
  const DataType a_set{.id = TypeId::kSet, .collation = &kUtf8mb4Collation, .labels = labels};
  EXPECT_EQ(StoreText("GREEN", an_enum), "green");
  EXPECT_EQ(Store(Value::Int(1), kWhole, an_enum), "red");
  EXPECT_EQ(StoreText("2", an_enum), "green");
  EXPECT_EQ(StoreText("blue", an_enum), "error 1265");
  EXPECT_EQ(StoreText("blue", an_enum, 0), " !1265");
  EXPECT_EQ(StoreText("green,red", a_set), "red,green");
  EXPECT_EQ(Store(Value::Int(3), kWhole, a_set), "red,green");
  EXPECT_EQ(StoreText("red,blue", a_set, 0), "red !1265");
  EXPECT_EQ(StoreText("{\"b\":1, \"a\":2}", {.id = TypeId::kJson}), "{\"a\": 2, \"b\": 1}");
  EXPECT_EQ(StoreText("{", {.id = TypeId::kJson}), "error 3140");
}

}  // namespace
}  // namespace sixfold::types
