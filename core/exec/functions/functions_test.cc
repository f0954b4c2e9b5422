// Tables of SQL-visible behaviour of the scalar functions: calls over literals.
#include <gtest/gtest.h>

#include <deque>

#include "core/base/arena.h"
#include "core/base/clock.h"
#include "core/base/random.h"
#include "core/exec/functions/registry.h"
#include "core/exec/plan_names.h"
#include "core/plan/expression/function.h"
#include "core/plan/expression/nodes.h"
#include "core/plan/session_context.h"
#include "core/types/collation.h"
#include "core/types/decimal.h"
#include "core/types/diagnostics.h"
#include "core/types/error_codes.h"
#include "core/types/format.h"
#include "core/types/metadata.h"
#include "core/types/sql_error.h"
#include "core/types/sql_mode.h"
#include "core/types/time_zone.h"

namespace sixfold::exec {
namespace {

using types::DataType;
using types::Decimal;
using types::TypeId;
using types::Value;

class FakeSession final : public SessionContext {
 public:
  ConnectionId connection_id() const override { return ConnectionId(7); }
  const std::string& user() const override { return name_; }
  const std::string& host() const override { return name_; }
  const std::string& account() const override { return name_; }
  const std::string& current_schema() const override { return name_; }
  uint64_t sql_mode() const override { return types::kSqlModeDefault; }
  const types::Collation* connection_collation() const override {
    return &types::kUtf8mb4Collation;
  }
  const types::Collation* results_collation() const override { return nullptr; }
  const std::string& time_zone() const override { return zone_; }
  int64_t statement_time_us() const override { return 1709208672000000; }  // 2024-02-29 12:11:12
  Clock& clock() override { std::abort(); }
  Random& random() override { return random_; }
  txn::Transaction& transaction() override { std::abort(); }
  types::Diagnostics& diagnostics() override { return diagnostics_; }
  void CheckInterrupted() override {}
  Value SystemVariable(std::string_view, plan::VariableScope, DataType*, Arena*) override {
    return Value::Null();
  }
  uint64_t UnsignedVariable(std::string_view name) override {
    return name == "div_precision_increment" ? 4 : 67108864;
  }
  Value UserVariable(std::string_view, DataType*) override { return Value::Null(); }
  void SetUserVariable(std::string_view, const Value&, const DataType&) override {}
  uint64_t last_insert_id() const override { return 0; }
  void set_last_insert_id(uint64_t) override {}
  int64_t row_count() const override { return 0; }
  uint64_t found_rows() const override { return 0; }
  void set_found_rows(uint64_t) override {}
  void RequirePrivilege(std::string_view, std::string_view, std::string_view,
                        std::string_view) override {}
  plan::VirtualTables& virtual_tables() override { std::abort(); }
  std::string ReadLocalInfile(std::string_view, bool) override { return {}; }
  bool WaitFor(const std::function<bool()>& condition, uint64_t) override { return condition(); }

 private:
  std::string name_ = "test";
  std::string zone_ = "+01:00";
  SeededRandom random_{1};
  types::Diagnostics diagnostics_;
};

class FunctionsTest : public ::testing::Test {
 protected:
  FunctionsTest() {
    context_ = {.session = &session_, .diagnostics = &session_.diagnostics(), .arena = &arena_};
  }

  Expression* Add(DataType type, Value value) {
    auto* literal = arena_.New<LiteralExpr>(value, std::move(type));
    literal->set_coercibility(5);
    return literal;
  }
  Expression* Null() { return Add({}, Value::Null()); }
  Expression* Int(int64_t v) {
    return Add({.id = TypeId::kBigInt, .nullable = false, .length = 21}, Value::Int(v));
  }
  Expression* Uint(uint64_t v) {
    return Add({.id = TypeId::kBigInt, .is_unsigned = true, .nullable = false}, Value::Uint(v));
  }
  Expression* Real(double v) {
    return Add({.id = TypeId::kDouble, .nullable = false, .scale = 31}, Value::Double(v));
  }
  Expression* Text(std::string_view v,
                   const types::Collation* collation = &types::kUtf8mb4Collation) {
    Expression* text = Add({.id = TypeId::kVarchar,
                            .nullable = false,
                            .length = static_cast<uint32_t>(v.size()),
                            .collation = collation},
                           Value::String(arena_.Copy(v)));
    text->set_coercibility(4);
    return text;
  }
  Expression* Dec(std::string_view v) {
    auto* decimal = arena_.New<Decimal>();
    size_t consumed;
    Decimal::FromString(v, decimal, &consumed);
    return Add({.id = TypeId::kDecimal,
                .nullable = false,
                .precision = static_cast<uint8_t>(decimal->Precision()),
                .scale = static_cast<uint8_t>(decimal->scale())},
               Value::DecimalRef(decimal));
  }
  Expression* Date(std::string_view v) {
    types::ParsedTemporal parsed;
    EXPECT_TRUE(types::ParseDatetime(v, {}, &parsed));
    return Add({.id = TypeId::kDate}, Value::Date(types::PackDate(parsed.value)));
  }

  FunctionCall* Bind(std::string_view name, std::vector<Expression*> args,
                     const DataType& preset = {}) {
    const FunctionDef* def = BuiltinFunctions().Find(name);
    if (def == nullptr) throw std::runtime_error("no function " + std::string(name));
    auto* call = arena_.New<FunctionCall>(def, std::move(args));
    call->set_type(preset);
    BindContext bind{&session_, &session_.diagnostics()};
    def->bind(*call, bind);
    return call;
  }
  std::string Show(const Value& value, const DataType& type) {
    if (value.is_null()) return "NULL";
    std::string text;
    types::AppendText(value, type, *types::TimeZone::Find("+01:00"), &text);
    return text;
  }
  // The result as text, " !number" for each warning, "error number" for an error.
  std::string Call(std::string_view name, std::vector<Expression*> args,
                   const DataType& preset = {}) {
    session_.diagnostics().Clear();
    std::string text;
    try {
      const FunctionCall* call = Bind(name, std::move(args), preset);
      text = Show(call->Eval(context_), call->type());
    } catch (const SqlError& error) {
      message_ = error.message();
      return "error " + std::to_string(error.number());
    }
    for (const types::Condition& condition : session_.diagnostics().conditions()) {
      text += " !" + std::to_string(static_cast<int>(condition.code));
      message_ = condition.message;
    }
    return text;
  }
  std::string TypeOf(std::string_view name, std::vector<Expression*> args) {
    return types::ColumnTypeText(Bind(name, std::move(args))->type());
  }

  Arena arena_;
  FakeSession session_;
  EvalContext context_;
  std::string message_;
};

TEST_F(FunctionsTest, Arithmetic) {
  EXPECT_EQ(Call("+", {Int(1), Int(2)}), "3");
  EXPECT_EQ(Call("+", {Int(INT64_MAX), Int(1)}), "error 1690");
  EXPECT_EQ(message_, "BIGINT value is out of range in '(9223372036854775807 + 1)'");
  EXPECT_EQ(Call("+", {Uint(UINT64_MAX), Int(-1)}), "18446744073709551614");
  EXPECT_EQ(Call("-", {Uint(1), Int(2)}), "error 1690");
  EXPECT_EQ(Call("*", {Int(-3), Int(4)}), "-12");
  EXPECT_EQ(Call("+", {Dec("1.10"), Int(2)}), "3.10");
  EXPECT_EQ(Call("+", {Text("1.5"), Int(2)}), "3.5");
  EXPECT_EQ(Call("+", {Text("x"), Int(2)}), "2 !1292");
  EXPECT_EQ(Call("+", {Null(), Int(2)}), "NULL");
  EXPECT_EQ(Call("/", {Int(1), Int(3)}), "0.3333");
  EXPECT_EQ(Call("/", {Dec("1.00"), Int(3)}), "0.333333");
  EXPECT_EQ(Call("/", {Int(1), Int(0)}), "NULL !1365");
  EXPECT_EQ(Call("*", {Bind("/", {Int(1), Int(3)}), Int(3)}), "1.0000");
  EXPECT_EQ(Call("div", {Int(7), Int(-2)}), "-3");
  EXPECT_EQ(Call("div", {Dec("7.9"), Int(2)}), "3");
  EXPECT_EQ(Call("%", {Int(-7), Int(3)}), "-1");
  EXPECT_EQ(Call("mod", {Dec("10.5"), Int(3)}), "1.5");
  EXPECT_EQ(Call("%", {Int(1), Int(0)}), "NULL !1365");
  EXPECT_EQ(Call("neg", {Uint(9223372036854775808u)}), "-9223372036854775808");
  EXPECT_EQ(Call("neg", {Uint(9223372036854775809u)}), "-9223372036854775809");
  EXPECT_EQ(Call("+", {Date("2024-02-29"), Int(1)}), "20240230");
  EXPECT_EQ(TypeOf("/", {Int(1), Int(3)}), "decimal(23,4)");
  EXPECT_EQ(TypeOf("*", {Dec("1.25"), Dec("2.5")}), "decimal(5,3)");
}

TEST_F(FunctionsTest, Comparison) {
  EXPECT_EQ(Call("=", {Int(1), Text("1")}), "1");
  EXPECT_EQ(Call("=", {Text("a"), Text("A")}), "1");
  EXPECT_EQ(Call("<", {Int(-1), Uint(UINT64_MAX)}), "1");
  EXPECT_EQ(Call("=", {Null(), Int(1)}), "NULL");
  EXPECT_EQ(Call("<=>", {Null(), Null()}), "1");
  EXPECT_EQ(Call("<=>", {Null(), Int(1)}), "0");
  EXPECT_EQ(Call("=", {Int(9007199254740993), Text("9007199254740992")}), "0");
  EXPECT_EQ(Call("=", {Date("2024-02-29"), Text("2024-2-29")}), "1");
  EXPECT_EQ(Call("=", {Date("2024-02-29"), Text("abc")}), "error 1525");
  EXPECT_EQ(Call("between", {Int(2), Int(1), Int(3)}), "1");
  EXPECT_EQ(Call("between", {Int(2), Int(3), Null()}), "0");
  EXPECT_EQ(Call("between", {Int(2), Int(1), Null()}), "NULL");
  EXPECT_EQ(Call("in", {Int(2), Int(1), Int(2)}), "1");
  EXPECT_EQ(Call("in", {Int(2), Int(1), Null()}), "NULL");
  EXPECT_EQ(Call("is null", {Null()}), "1");
  EXPECT_EQ(Call("is not true", {Null()}), "1");
  EXPECT_EQ(Call("is false", {Int(0)}), "1");
  EXPECT_EQ(Call("greatest", {Int(2), Dec("2.5")}), "2.5");
  EXPECT_EQ(Call("least", {Text("b"), Text("A")}), "A");
  EXPECT_EQ(Call("greatest", {Int(2), Null()}), "NULL");
  EXPECT_EQ(Call("interval", {Int(23), Int(1), Int(15), Int(17), Int(30)}), "3");
  EXPECT_EQ(Call("like", {Text("David!"), Text("D%v%")}), "1");
  EXPECT_EQ(Call("like", {Text("10%"), Text("10|%"), Text("|")}), "1");
  EXPECT_EQ(Call("like", {Int(10), Text("1%")}), "1");
  EXPECT_EQ(Call("=", {Text("a", types::FindCollation("utf8mb4_bin")), Text("A")}), "0");
}

TEST_F(FunctionsTest, LogicAndControl) {
  EXPECT_EQ(Call("and", {Int(1), Null()}), "NULL");
  EXPECT_EQ(Call("and", {Null(), Int(0)}), "0");
  EXPECT_EQ(Call("or", {Null(), Int(5)}), "1");
  EXPECT_EQ(Call("xor", {Int(1), Int(1)}), "0");
  EXPECT_EQ(Call("not", {Text("0.0")}), "1");
  EXPECT_EQ(Call("if", {Int(1), Int(2), Text("x")}), "2");
  EXPECT_EQ(Call("if", {Null(), Int(2), Text("x")}), "x");
  EXPECT_EQ(Call("ifnull", {Null(), Dec("1.5")}), "1.5");
  EXPECT_EQ(Call("coalesce", {Null(), Null(), Int(3)}), "3");
  EXPECT_EQ(Call("nullif", {Int(1), Int(1)}), "NULL");
  EXPECT_EQ(Call("case", {Int(0), Int(1), Int(1), Dec("2.50")}), "2.50");
  EXPECT_EQ(Call("case", {Int(0), Int(1)}), "NULL");
  EXPECT_EQ(TypeOf("if", {Int(1), Int(2), Dec("2.50")}), "decimal(21,2)");
  EXPECT_EQ(TypeOf("coalesce", {Int(1), Text("abc")}), "varchar(21)");
}

TEST_F(FunctionsTest, Casts) {
  const DataType whole{.id = TypeId::kBigInt};
  const DataType natural{.id = TypeId::kBigInt, .is_unsigned = true};
  const DataType chars{.id = TypeId::kVarchar, .length = 2, .collation = &types::kUtf8mb4Collation};
  const DataType money{.id = TypeId::kDecimal, .precision = 5, .scale = 2};
  EXPECT_EQ(Call("cast", {Text("12.9")}, whole), "12 !1292");
  EXPECT_EQ(Call("cast", {Dec("12.9")}, whole), "13");
  EXPECT_EQ(Call("cast", {Int(-1)}, natural), "18446744073709551615");
  EXPECT_EQ(Call("cast", {Dec("-1.5")}, natural), "18446744073709551614");
  EXPECT_EQ(Call("cast", {Text("abc")}, chars), "ab !1292");
  EXPECT_EQ(message_, "Truncated incorrect CHAR(2) value: 'abc'");
  EXPECT_EQ(Call("cast", {Text("1234.567")}, money), "999.99 !1264");
  EXPECT_EQ(Call("cast", {Text("2024-02-29 10:11:12.6")}, {.id = TypeId::kDatetime}),
            "2024-02-29 10:11:13");
  EXPECT_EQ(Call("cast", {Text("2024-02-30")}, {.id = TypeId::kDate}), "NULL !1292");
  EXPECT_EQ(Call("cast", {Int(101112)}, {.id = TypeId::kTime}), "10:11:12");
  EXPECT_EQ(Call("cast", {Text("[1,2]")}, {.id = TypeId::kJson}), "[1, 2]");
  EXPECT_EQ(Call("cast", {Text("[1,")}, {.id = TypeId::kJson}), "error 3141");
  EXPECT_EQ(Call("convert_using", {Text("é")},
                 {.id = TypeId::kVarchar, .collation = types::FindCollation("latin1_swedish_ci")}),
            "\xE9");
  EXPECT_EQ(Call("collate", {Text("é")},
                 {.id = TypeId::kVarchar, .collation = types::FindCollation("latin1_swedish_ci")}),
            "error 1253");
}

TEST_F(FunctionsTest, Numeric) {
  EXPECT_EQ(Call("round", {Dec("2.5")}), "3");
  EXPECT_EQ(Call("round", {Real(2.5)}), "2");
  EXPECT_EQ(Call("round", {Dec("1.298"), Int(1)}), "1.3");
  EXPECT_EQ(Call("round", {Int(125), Int(-1)}), "130");
  EXPECT_EQ(Call("truncate", {Dec("-1.999"), Int(1)}), "-1.9");
  EXPECT_EQ(Call("ceiling", {Dec("-1.5")}), "-1");
  EXPECT_EQ(Call("floor", {Dec("-1.5")}), "-2");
  EXPECT_EQ(Call("abs", {Int(INT64_MIN)}), "error 1690");
  EXPECT_EQ(Call("sign", {Dec("-0.5")}), "-1");
  EXPECT_EQ(Call("sqrt", {Int(-1)}), "NULL");
  EXPECT_EQ(Call("sqrt", {Int(16)}), "4");
  EXPECT_EQ(Call("pow", {Int(2), Int(10)}), "1024");
  EXPECT_EQ(Call("pow", {Int(10), Int(400)}), "error 1690");
  EXPECT_EQ(Call("ln", {Int(0)}), "NULL !3020");
  EXPECT_EQ(Call("log", {Int(2), Int(8)}), "3");
  EXPECT_EQ(Call("pi", {}), "3.141593");
  EXPECT_EQ(Call("format", {Dec("12332.123456"), Int(4)}), "12,332.1235");
  EXPECT_EQ(Call("format", {Real(-1234567.5), Int(0)}), "-1,234,568");
  EXPECT_EQ(Call("format", {Dec("12332.2"), Int(2), Text("de_DE")}), "12.332,20");
  EXPECT_EQ(Call("rand", {Int(3)}), "0.9057697559760601");
}

TEST_F(FunctionsTest, Bits) {
  EXPECT_EQ(Call("&", {Int(29), Int(15)}), "13");
  EXPECT_EQ(Call("|", {Int(29), Null()}), "NULL");
  EXPECT_EQ(Call("^", {Int(11), Int(3)}), "8");
  EXPECT_EQ(Call("<<", {Int(1), Int(64)}), "0");
  EXPECT_EQ(Call("~", {Int(0)}), "18446744073709551615");
  EXPECT_EQ(Call("bit_count", {Int(29)}), "4");
  EXPECT_EQ(
      Call("&", {Text("\xF0", &types::kBinaryCollation), Text("\x3C", &types::kBinaryCollation)}),
      "0");
}

TEST_F(FunctionsTest, JsonLooking) {
  const char* const document = R"({"a": 1, "b": [10, {"c": "x"}], "d": null})";
  auto doc = [&] { return Text(document); };
  EXPECT_EQ(Call("json_extract", {doc(), Text("$.a")}), "1");
  EXPECT_EQ(Call("json_extract", {doc(), Text("$.b[1].c")}), "\"x\"");
  EXPECT_EQ(Call("json_extract", {doc(), Text("$.b[last-1]")}), "10");
  EXPECT_EQ(Call("json_extract", {doc(), Text("$.nope")}), "NULL");
  EXPECT_EQ(Call("json_extract", {doc(), Text("$.a"), Text("$.d")}), "[1, null]");
  EXPECT_EQ(Call("json_extract", {doc(), Text("$**.c")}), "[\"x\"]");
  EXPECT_EQ(Call("json_extract", {doc(), Text("$.b[*]")}), "[10, {\"c\": \"x\"}]");
  EXPECT_EQ(Call("json_extract", {doc(), Text("a")}), "error 3143");
  EXPECT_EQ(Call("json_extract", {Text("{"), Text("$")}), "error 3141");
  EXPECT_EQ(Call("json_unquote", {Bind("json_extract", {doc(), Text("$.b[1].c")})}), "x");
  EXPECT_EQ(Call("json_unquote", {Text("\"a\\tb\"")}), "a\tb");
  EXPECT_EQ(Call("json_length", {doc()}), "3");
  EXPECT_EQ(Call("json_length", {doc(), Text("$.b")}), "2");
  EXPECT_EQ(Call("json_depth", {doc()}), "4");
  EXPECT_EQ(Call("json_type", {doc()}), "OBJECT");
  EXPECT_EQ(Call("json_valid", {Text("[1")}), "0");
  EXPECT_EQ(Call("json_keys", {doc()}), "[\"a\", \"b\", \"d\"]");
  EXPECT_EQ(Call("json_contains", {Text("[1, [2, 3]]"), Text("[3]")}), "1");
  EXPECT_EQ(Call("json_contains", {doc(), Text("{\"a\": 2}")}), "0");
  EXPECT_EQ(Call("json_contains_path", {doc(), Text("one"), Text("$.x"), Text("$.a")}), "1");
  EXPECT_EQ(Call("json_search", {doc(), Text("one"), Text("x%")}), "\"$.b[1].c\"");
  EXPECT_EQ(Call("json_overlaps", {Text("[1,3]"), Text("[3,4]")}), "1");
  EXPECT_EQ(Call("member of", {Int(3), Text("[1,3]")}), "1");
  EXPECT_EQ(Call("json_value", {doc(), Text("$.b[1].c")}), "x");
}

TEST_F(FunctionsTest, JsonMakingAndChanging) {
  EXPECT_EQ(Call("json_array", {Int(1), Text("a"), Null(), Dec("1.50")}), "[1, \"a\", null, 1.50]");
  EXPECT_EQ(Call("json_object", {Text("b"), Int(1), Text("a"), Real(2)}), "{\"a\": 2.0, \"b\": 1}");
  EXPECT_EQ(Call("json_object", {Null(), Int(1)}), "error 3158");
  EXPECT_EQ(Call("json_array", {Text("\xCA\xFE", &types::kBinaryCollation)}),
            "[\"base64:type253:yv4=\"]");
  EXPECT_EQ(Call("json_quote", {Text("a\"b")}), "\"a\\\"b\"");
  auto doc = [&] { return Text(R"({"a": 1, "b": [2, 3]})"); };
  EXPECT_EQ(Call("json_set", {doc(), Text("$.a"), Int(10), Text("$.c"), Text("x")}),
            R"({"a": 10, "b": [2, 3], "c": "x"})");
  EXPECT_EQ(Call("json_insert", {doc(), Text("$.a"), Int(10), Text("$.c"), Int(4)}),
            R"({"a": 1, "b": [2, 3], "c": 4})");
  EXPECT_EQ(Call("json_replace", {doc(), Text("$.a"), Int(10), Text("$.c"), Int(4)}),
            R"({"a": 10, "b": [2, 3]})");
  EXPECT_EQ(Call("json_set", {doc(), Text("$.b[5]"), Int(4)}), R"({"a": 1, "b": [2, 3, 4]})");
  EXPECT_EQ(Call("json_set", {doc(), Text("$.a[1]"), Int(4)}), R"({"a": [1, 4], "b": [2, 3]})");
  EXPECT_EQ(Call("json_remove", {doc(), Text("$.b[0]")}), R"({"a": 1, "b": [3]})");
  EXPECT_EQ(Call("json_remove", {doc(), Text("$")}), "error 3153");
  EXPECT_EQ(Call("json_array_append", {doc(), Text("$.a"), Int(5)}),
            R"({"a": [1, 5], "b": [2, 3]})");
  EXPECT_EQ(Call("json_array_insert", {doc(), Text("$.b[0]"), Int(5)}),
            R"({"a": 1, "b": [5, 2, 3]})");
  EXPECT_EQ(Call("json_merge_preserve", {doc(), Text(R"({"a": 2})")}),
            R"({"a": [1, 2], "b": [2, 3]})");
  EXPECT_EQ(Call("json_merge_patch", {doc(), Text(R"({"a": null, "c": {"d": null}})")}),
            R"({"b": [2, 3], "c": {}})");
  EXPECT_EQ(Call("json_pretty", {Text("[1,{}]")}), "[\n  1,\n  {}\n]");
}

TEST_F(FunctionsTest, HexLiteralsAreNumbersWhereOneIsWanted) {
  auto hex = [&](std::string_view bytes) {
    return Add({.id = TypeId::kVarbinary,
                .is_unsigned = true,
                .nullable = false,
                .length = static_cast<uint32_t>(bytes.size()),
                .collation = &types::kBinaryCollation},
               Value::String(bytes));
  };
  EXPECT_EQ(Call("+", {hex("\x01"), Int(0)}), "1");
  EXPECT_EQ(Call("=", {hex("A"), Int(65)}), "1");
  EXPECT_EQ(Call("=", {hex("A"), Text("A")}), "1");
  EXPECT_EQ(Call("&", {hex("\x0F"), hex("\x05")}), "5");
  EXPECT_EQ(Call("cast", {hex("A")}, {.id = TypeId::kBigInt}), "65");
}

TEST_F(FunctionsTest, DatesMeetOtherTypes) {
  EXPECT_EQ(Call("greatest", {Date("1995-05-05"), Text("10-10-10")}), "2010-10-10");
  EXPECT_EQ(Call("greatest", {Text("11"), Int(5), Int(2)}), "5");
  EXPECT_EQ(Call("=", {Date("2024-02-29"), Int(20240229)}), "1");
  EXPECT_EQ(Call("between", {Text("2001-04-10"), Date("2001-01-01"), Text("01-05-01")}), "1");
  EXPECT_EQ(Call("neg", {Bind("neg", {Uint(9223372036854775808u)})}), "9223372036854775808");
}

TEST_F(FunctionsTest, StrToDate) {
  EXPECT_EQ(Call("str_to_date", {Text("15 SEPTEMB 2001"), Text("%d %M %Y")}), "2001-09-15");
  EXPECT_EQ(Call("str_to_date", {Text("Sund 15 MAY 2001"), Text("%W %d %b %Y")}), "2001-05-15");
  EXPECT_EQ(Call("str_to_date", {Text("10:20:10"), Text("%H:%i:%s")}), "10:20:10");
  EXPECT_EQ(Call("str_to_date", {Text("nonsense"), Text("%Y")}), "NULL !1411");
}

}  // namespace
}  // namespace sixfold::exec
