// JSON documents. A JSON value is kept as its canonical text (utf8mb4): members sorted by key
// length, then by bytes, the last of equal keys kept, ", " and ": " between, numbers and strings in
// one spelling. Equal documents so have (numbers like 1 and 1.0 apart) equal bytes, and showing one
// is no work. Whoever looks inside parses it into a Json tree.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/types/convert.h"

namespace sixfold::types {

struct Json {
  enum class Type : uint8_t {
    kNull,
    kBool,
    kInt,
    kUint,
    kDouble,
    kDecimal,
    kString,
    kArray,
    kObject
  };

  Type type = Type::kNull;
  int64_t integer = 0;                                // kBool, kInt, kUint
  double real = 0;                                    // kDouble
  std::string text;                                   // kString: unescaped; kDecimal: its digits
  std::vector<Json> items;                            // kArray
  std::vector<std::pair<std::string, Json>> members;  // kObject, sorted

  // Out of line: here the pair is not complete yet.
  Json();
  Json(const Json& other);
  Json(Json&& other) noexcept;
  Json& operator=(const Json& other);
  Json& operator=(Json&& other) noexcept;
  ~Json();

  static Json Bool(bool value);
  static Json String(std::string_view value);
  static Json Int(int64_t value);
  static Json Array() { return Typed(Type::kArray); }
  static Json Object() { return Typed(Type::kObject); }
  static Json Typed(Type type);

  bool IsScalar() const { return type != Type::kArray && type != Type::kObject; }
  bool IsNumber() const { return type >= Type::kInt && type <= Type::kDecimal; }
  double AsDouble() const;
  const Json* Member(std::string_view key) const;
  Json* Member(std::string_view key);
  /// Adds or replaces.
  void SetMember(std::string_view key, Json value);
  bool RemoveMember(std::string_view key);
};

inline constexpr int kMaxJsonDepth = 100;

/// False: no JSON; *error_at and *error say where and why (MySQL's wording). Deeper than
/// kMaxJsonDepth: throws 3157.
bool ParseJson(std::string_view text, Json* out, std::string* error, size_t* error_at);
/// The tree of canonical text.
Json JsonOfCanonical(std::string_view canonical);

void AppendJson(const Json& json, std::string* out);
std::string PrintJson(const Json& json);
/// JSON_PRETTY.
std::string PrintJsonPretty(const Json& json);
/// With quotes and escapes.
void AppendJsonString(std::string_view text, std::string* out);

/// MySQL's order: by type precedence, then by value.
int CompareJson(const Json& a, const Json& b);
int CompareJson(std::string_view a, std::string_view b);

/// "OBJECT", "INTEGER", …: JSON_TYPE.
std::string_view JsonTypeName(const Json& json);

/// The JSON value of any SQL value as comparisons and JSON_ARRAY take it: strings become JSON
/// strings, numbers numbers, NULL null, JSON itself.
Json ToJson(const Value& value, const DataType& type, const ConversionContext& context);
std::string ToJsonText(const Value& value, const DataType& type, const ConversionContext& context);

}  // namespace sixfold::types
