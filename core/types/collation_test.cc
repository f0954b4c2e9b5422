#include "core/types/collation.h"

#include <gtest/gtest.h>

#include <random>

namespace sixfold::types {
namespace {

const Collation& Named(const char* name) {
  const Collation* collation = FindCollation(name);
  EXPECT_NE(collation, nullptr) << name;
  return *collation;
}

std::string Key(const Collation& collation, std::string_view text) {
  std::string key;
  collation.AppendSortKey(text, &key);
  return key;
}

TEST(CollationTest, LooksUpByNameAndId) {
  EXPECT_EQ(FindCollation("UTF8MB4_0900_AI_CI")->id, 255);
  EXPECT_EQ(FindCollation(45)->name, std::string("utf8mb4_general_ci"));
  EXPECT_EQ(FindCollation("utf8_bin")->id, 83);
  EXPECT_EQ(FindCollation("nonsense"), nullptr);
  EXPECT_EQ(FindCollation(9999), nullptr);
  EXPECT_EQ(FindCharset("utf8")->name, std::string("utf8mb3"));
  EXPECT_EQ(DefaultCollation(kUtf8mb4Charset).id, 255);
  EXPECT_EQ(BinCollation(kUtf8mb4Charset).id, 46);
  size_t count;
  const Charset* charsets = AllCharsets(&count);
  for (size_t i = 0; i < count; ++i) {
    EXPECT_STREQ(DefaultCollation(charsets[i]).name, charsets[i].default_collation);
  }
}

TEST(CollationTest, ComparesAsMySqlDoes) {
  struct Case {
    const char* collation;
    const char* a;
    const char* b;
    int order;
  };
  const Case cases[] = {
      {"utf8mb4_0900_ai_ci", "abc", "ABC", 0},
      {"utf8mb4_0900_ai_ci", "a", "a ", -1},
      {"utf8mb4_0900_ai_ci", "résumé", "RESUME", 0},
      {"utf8mb4_0900_ai_ci", "ß", "ss", 0},
      {"utf8mb4_0900_ai_ci", "a\x01", "a", 0},
      {"utf8mb4_0900_ai_ci", "_", "a", -1},
      {"utf8mb4_0900_ai_ci", "9", "a", -1},
      {"utf8mb4_0900_ai_ci", "😀", "😁", -1},
      {"utf8mb4_0900_ai_ci", "z", "é", 1},
      {"utf8mb4_0900_as_ci", "e", "é", -1},
      {"utf8mb4_0900_as_ci", "É", "é", 0},
      {"utf8mb4_0900_as_cs", "a", "A", -1},
      {"utf8mb4_0900_as_cs", "Ab", "aC", -1},
      {"utf8mb4_0900_bin", "a", "a ", -1},
      {"utf8mb4_general_ci", "a", "a  ", 0},
      {"utf8mb4_general_ci", "ß", "s", 0},
      {"utf8mb4_general_ci", "Ä", "a", 0},
      {"utf8mb4_general_ci", "a\t", "a", -1},
      {"utf8mb4_general_ci", "😀", "😁", 0},
      {"utf8mb4_unicode_ci", "a ", "A", 0},
      {"utf8mb4_bin", "a", "a ", 0},
      {"utf8mb4_bin", "a", "A", 1},
      {"latin1_swedish_ci", "\xE4", "z", 1},
      {"latin1_swedish_ci", "\xE9", "E", 0},
      {"latin1_general_ci", "\xE9", "e", 1},
      {"latin1_general_ci", "\xE9", "f", -1},
      {"latin1_general_cs", "a", "A", 1},
      {"ascii_general_ci", "Q", "q", 0},
      {"binary", "a", "a ", -1},
      {"utf8mb4_sv_0900_ai_ci", "ö", "z", 1},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(Named(c.collation).Compare(c.a, c.b), c.order)
        << c.collation << " " << c.a << " " << c.b;
    EXPECT_EQ(Named(c.collation).Compare(c.b, c.a), -c.order)
        << c.collation << " " << c.a << " " << c.b;
  }
}

// Keys order as Compare does, no key is a prefix of another, and equal strings hash alike.
TEST(CollationTest, KeysAndHashesAgreeWithCompare) {
  const char* const pieces[] = {" ", "  ", "a",    "A", "b", "\t", "é",  "E",
                                "ß", "s",  "\x01", "😀", "z", "~",  "中", "\xFF"};
  std::mt19937 random(7);
  size_t count;
  const Collation* all = AllCollations(&count);
  for (size_t c = 0; c < count; ++c) {
    const Collation& collation = all[c];
    if (collation.locale[0] != '\0') continue;
    std::vector<std::string> texts;
    for (int i = 0; i < 60; ++i) {
      std::string text;
      for (int n = random() % 5; n > 0; --n) text += pieces[random() % std::size(pieces)];
      std::string converted;
      ConvertCharset(text, kUtf8mb4Charset, *collation.charset, &converted);
      texts.push_back(converted);
    }
    for (const std::string& a : texts) {
      for (const std::string& b : texts) {
        const int order = collation.Compare(a, b);
        const std::string key_a = Key(collation, a);
        const std::string key_b = Key(collation, b);
        const int key_order = key_a < key_b ? -1 : key_a > key_b;
        ASSERT_EQ(order, key_order) << collation.name << " '" << a << "' '" << b << "'";
        if (order == 0) {
          ASSERT_EQ(collation.Hash(a), collation.Hash(b))
              << collation.name << " '" << a << "' '" << b << "'";
        }
        if (order != 0) {
          ASSERT_FALSE(key_a.starts_with(key_b))
              << collation.name << " '" << a << "' '" << b << "'";
        }
      }
    }
  }
}

TEST(CollationTest, Like) {
  const Collation& ci = kUtf8mb4Collation;
  EXPECT_TRUE(ci.Like("Hello", "h%o"));
  EXPECT_TRUE(ci.Like("Hello", "_ELL_"));
  EXPECT_FALSE(ci.Like("Hello", "ell"));
  EXPECT_TRUE(ci.Like("", "%"));
  EXPECT_FALSE(ci.Like("", "_"));
  EXPECT_TRUE(ci.Like("50%", "50\\%"));
  EXPECT_FALSE(ci.Like("505", "50\\%"));
  EXPECT_TRUE(ci.Like("50%", "50|%", '|'));
  EXPECT_TRUE(ci.Like("aXbXc", "a%b%c"));
  EXPECT_TRUE(ci.Like("mississippi", "%iss%ppi"));
  EXPECT_FALSE(ci.Like("mississippi", "%iss%ppx"));
  EXPECT_FALSE(ci.Like("a ", "a"));
  EXPECT_TRUE(ci.Like("çok", "Cok"));
  EXPECT_TRUE(ci.Like("日本", "日_"));
  EXPECT_FALSE(kUtf8mb4Bin.Like("Hello", "h%"));
}

TEST(CollationTest, Find) {
  size_t length;
  EXPECT_EQ(kUtf8mb4Collation.Find("foobar", "BAR", 0, &length), 3u);
  EXPECT_EQ(kUtf8mb4Bin.Find("foobar", "BAR", 0, &length), std::string_view::npos);
  EXPECT_EQ(kUtf8mb4Collation.Find("xÉx", "e", 0, &length), 1u);
  EXPECT_EQ(length, 2u);
  EXPECT_EQ(kUtf8mb4Collation.Find("abc", "", 3, &length), 3u);
}

TEST(CharsetTest, ConvertsAndMeasures) {
  std::string out;
  EXPECT_EQ(ConvertCharset("é€", kUtf8mb4Charset, *FindCharset("latin1"), &out), 0u);
  EXPECT_EQ(out, "\xE9\x80");
  out.clear();
  EXPECT_EQ(ConvertCharset("\xE9\x80", *FindCharset("latin1"), kUtf8mb4Charset, &out), 0u);
  EXPECT_EQ(out, "é€");
  out.clear();
  EXPECT_EQ(ConvertCharset("a中", kUtf8mb4Charset, *FindCharset("latin1"), &out), 1u);
  EXPECT_EQ(out, "a?");
  out.clear();
  ConvertCharset("😀", kUtf8mb4Charset, *FindCharset("utf16"), &out);
  EXPECT_EQ(out, std::string("\xD8\x3D\xDE\x00", 4));
  EXPECT_EQ(CharLength(kUtf8mb4Charset, "aé中😀"), 4u);
  EXPECT_EQ(PrefixBytes(kUtf8mb4Charset, "aé中😀", 3), 6u);
  EXPECT_EQ(WellFormedBytes(kUtf8mb4Charset, "ab\xFFz"), 2u);
  EXPECT_EQ(WellFormedBytes(*FindCharset("utf8mb3"), "a😀"), 1u);
  out.clear();
  MapCase(kUtf8mb4Charset, "aéß", CaseMapping::kUpper, &out);
  EXPECT_EQ(out, "AÉß");
  out.clear();
  ConvertCharset("Привет", kUtf8mb4Charset, *FindCharset("cp1251"), &out);
  EXPECT_EQ(out.size(), 6u);
}

}  // namespace
}  // namespace sixfold::types
