#include "core/types/decimal.h"

#include <gtest/gtest.h>

#include <random>

namespace sixfold::types {
namespace {

Decimal D(std::string_view text) {
  Decimal value;
  size_t consumed;
  Decimal::FromString(text, &value, &consumed);
  EXPECT_EQ(consumed, text.size()) << text;
  return value;
}

std::string RandomNumber(std::mt19937& random, int max_digits) {
  std::string text = random() % 2 ? "-" : "";
  for (int n = 1 + random() % max_digits; n > 0; --n)
    text += static_cast<char>('0' + random() % 10);
  return text;
}

TEST(DecimalTest, ReadsAndPrints) {
  const char* const same[] = {"0",
                              "1",
                              "-1",
                              "123456789012345678901234567890",
                              "0.1",
                              "-0.000000000000000000000000000001",
                              "99999999999999999999999999999999999.999999999999999999999999999999",
                              "1.50"};
  for (const char* text : same) EXPECT_EQ(D(text).ToString(), text);
  EXPECT_EQ(D("1e3").ToString(), "1000");
  EXPECT_EQ(D("1.5e-3").ToString(), "0.0015");
  EXPECT_EQ(D(".5").ToString(), "0.5");
  EXPECT_EQ(D("5.").ToString(), "5");
  EXPECT_EQ(D("-0.0").ToString(), "0.0");
  Decimal value;
  size_t consumed;
  EXPECT_EQ(Decimal::FromString("12abc", &value, &consumed), DecimalStatus::kOk);
  EXPECT_EQ(consumed, 2u);
  EXPECT_EQ(Decimal::FromString("1e", &value, &consumed), DecimalStatus::kOk);
  EXPECT_EQ(consumed, 1u);
  Decimal::FromString("abc", &value, &consumed);
  EXPECT_EQ(consumed, 0u);
  EXPECT_EQ(Decimal::FromString("1e100", &value, &consumed), DecimalStatus::kOverflow);
  EXPECT_EQ(value, Decimal::Max(65, 0, false));
  EXPECT_EQ(Decimal::FromString("0.12345678901234567890123456789012345", &value, &consumed),
            DecimalStatus::kTruncated);
  EXPECT_EQ(value.ToString(), "0.123456789012345678901234567890");
}

TEST(DecimalTest, Arithmetic) {
  Decimal out;
  Decimal::Add(D("1.25"), D("-0.250"), &out);
  EXPECT_EQ(out.ToString(), "1.000");
  Decimal::Subtract(D("0"), D("0.001"), &out);
  EXPECT_EQ(out.ToString(), "-0.001");
  Decimal::Multiply(D("-12345678901234567890.5"), D("2.00"), &out);
  EXPECT_EQ(out.ToString(), "-24691357802469135781.000");
  EXPECT_EQ(Decimal::Divide(D("1"), D("3"), 4, &out), DecimalStatus::kOk);
  EXPECT_EQ(out.ToString(), "0.3333");
  Decimal back;
  Decimal::Multiply(out, D("3"), &back);
  EXPECT_EQ(back.ToString(), "1.0000");
  Decimal::Divide(D("22.50"), D("0.0007"), 4, &out);
  EXPECT_EQ(out.ToString(), "32142.857143");
  EXPECT_EQ(Decimal::Divide(D("1"), D("0.00"), 4, &out), DecimalStatus::kDivisionByZero);
  Decimal::Modulo(D("-10.5"), D("3"), &out);
  EXPECT_EQ(out.ToString(), "-1.5");
  const Decimal max = Decimal::Max(65, 0, false);
  EXPECT_EQ(Decimal::Multiply(max, max, &out), DecimalStatus::kOverflow);
}

TEST(DecimalTest, DivisionUndoesMultiplication) {
  std::mt19937 random(11);
  for (int i = 0; i < 20000; ++i) {
    const Decimal a = D(RandomNumber(random, 60));
    const Decimal b = D(RandomNumber(random, 45));
    if (b.is_zero()) continue;
    Decimal quotient;
    Decimal rest;
    Decimal back;
    ASSERT_EQ(Decimal::Divide(a, b, 0, &quotient), DecimalStatus::kOk);
    ASSERT_EQ(Decimal::Modulo(a, b, &rest), DecimalStatus::kOk);
    ASSERT_EQ(Decimal::Multiply(quotient, b, &back), DecimalStatus::kOk);
    Decimal::Add(back, rest, &back);
    ASSERT_EQ(back, a) << a.ToString() << " / " << b.ToString();
    ASSERT_LT(rest.Abs(), b.Abs());
  }
}

TEST(DecimalTest, Rounds) {
  EXPECT_EQ(D("2.5").Rounded(0).ToString(), "3");
  EXPECT_EQ(D("-2.5").Rounded(0).ToString(), "-3");
  EXPECT_EQ(D("2.449").Rounded(1).ToString(), "2.4");
  EXPECT_EQ(D("999.99").Rounded(1).ToString(), "1000.0");
  EXPECT_EQ(D("1250").Rounded(-2).ToString(), "1300");
  EXPECT_EQ(D("1.5").Rounded(3).ToString(), "1.500");
  EXPECT_EQ(D("1").Rounded(-100).ToString(), "0");
  Decimal out;
  Decimal::Round(D("-1.1"), 0, DecimalRounding::kFloor, &out);
  EXPECT_EQ(out.ToString(), "-2");
  Decimal::Round(D("-1.9"), 0, DecimalRounding::kCeiling, &out);
  EXPECT_EQ(out.ToString(), "-1");
  Decimal::Round(D("1.99"), 1, DecimalRounding::kTruncate, &out);
  EXPECT_EQ(out.ToString(), "1.9");
}

TEST(DecimalTest, Converts) {
  int64_t i;
  uint64_t u;
  EXPECT_EQ(D("-9223372036854775808").ToInt64(&i), DecimalStatus::kOk);
  EXPECT_EQ(i, INT64_MIN);
  EXPECT_EQ(D("9223372036854775807.5").ToInt64(&i), DecimalStatus::kOverflow);
  EXPECT_EQ(D("18446744073709551615").ToUint64(&u), DecimalStatus::kOk);
  EXPECT_EQ(u, UINT64_MAX);
  EXPECT_EQ(D("-1").ToUint64(&u), DecimalStatus::kOverflow);
  EXPECT_EQ(Decimal::FromInt(INT64_MIN).ToString(), "-9223372036854775808");
  Decimal d;
  Decimal::FromDouble(0.1, &d);
  EXPECT_EQ(d.ToString(), "0.1");
  EXPECT_EQ(D("1.1").ToDouble(), 1.1);
  EXPECT_EQ(D("1.10"), D("1.1"));
  EXPECT_EQ(D("1.10").Hash(), D("1.1").Hash());
}

TEST(DecimalTest, EncodedFormKeepsOrder) {
  std::mt19937 random(3);
  for (const auto& [precision, scale] :
       {std::pair{10, 2}, {65, 30}, {18, 9}, {5, 5}, {30, 0}, {7, 3}}) {
    std::vector<Decimal> values;
    for (int i = 0; i < 200; ++i) {
      const Decimal number = D(RandomNumber(random, precision));
      Decimal power;
      values.push_back(D(number.ToString() + "e-" + std::to_string(scale)));
    }
    for (const Decimal& a : values) {
      std::string key_a;
      a.AppendEncoded(precision, scale, &key_a);
      ASSERT_EQ(key_a.size(), static_cast<size_t>(Decimal::EncodedBytes(precision, scale)));
      ASSERT_EQ(Decimal::Decode(key_a.data(), precision, scale), a) << a.ToString();
      for (const Decimal& b : values) {
        std::string key_b;
        b.AppendEncoded(precision, scale, &key_b);
        ASSERT_EQ(key_a < key_b, a < b);
      }
    }
  }
}

}  // namespace
}  // namespace sixfold::types
