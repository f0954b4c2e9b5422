// The tree of a JSON document: access, printing, order, and its making from SQL values.
#include "core/types/json.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "core/base/check.h"
#include "core/types/charset.h"
#include "core/types/collation.h"
#include "core/types/decimal.h"
#include "core/types/format.h"
#include "core/types/metadata.h"

namespace sixfold::types {
namespace {

// Shorter keys first, then by bytes.
bool KeyLess(std::string_view a, std::string_view b) {
  return a.size() != b.size() ? a.size() < b.size() : a < b;
}

auto LowerMember(auto& members, std::string_view key) {
  return std::lower_bound(
      members.begin(), members.end(), key,
      [](const auto& member, std::string_view wanted) { return KeyLess(member.first, wanted); });
}

void AppendJsonNumber(const Json& json, std::string* out) {
  switch (json.type) {
    case Json::Type::kInt:
      out->append(std::to_string(json.integer));
      return;
    case Json::Type::kUint:
      out->append(std::to_string(static_cast<uint64_t>(json.integer)));
      return;
    case Json::Type::kDecimal:
      out->append(json.text);
      return;
    default:
      break;
  }
  const size_t start = out->size();
  AppendDouble(json.real, kNotFixedScale, out);
  if (out->find_first_of(".e", start) == std::string::npos) out->append(".0");
}

void PrintPretty(const Json& json, int depth, std::string* out) {
  auto line = [&](int indent) { out->append("\n").append(2 * indent, ' '); };
  if (json.IsScalar() || (json.items.empty() && json.members.empty())) return AppendJson(json, out);
  bool first = true;
  out->push_back(json.type == Json::Type::kArray ? '[' : '{');
  for (const Json& item : json.items) {
    if (!first) out->push_back(',');
    first = false;
    line(depth + 1);
    PrintPretty(item, depth + 1, out);
  }
  for (const auto& [key, member] : json.members) {
    if (!first) out->push_back(',');
    first = false;
    line(depth + 1);
    AppendJsonString(key, out);
    out->append(": ");
    PrintPretty(member, depth + 1, out);
  }
  line(depth);
  out->push_back(json.type == Json::Type::kArray ? ']' : '}');
}

// Higher sorts later: NULL, numbers, strings, objects, arrays, booleans.
int Precedence(Json::Type type) {
  switch (type) {
    case Json::Type::kNull:
      return 0;
    case Json::Type::kInt:
    case Json::Type::kUint:
    case Json::Type::kDouble:
    case Json::Type::kDecimal:
      return 1;
    case Json::Type::kString:
      return 2;
    case Json::Type::kObject:
      return 3;
    case Json::Type::kArray:
      return 4;
    case Json::Type::kBool:
      return 5;
  }
  return 0;
}

Decimal DecimalOf(const Json& json) {
  Decimal result;
  size_t consumed;
  switch (json.type) {
    case Json::Type::kInt:
      return Decimal::FromInt(json.integer);
    case Json::Type::kUint:
      return Decimal::FromUint(static_cast<uint64_t>(json.integer));
    case Json::Type::kDouble:
      Decimal::FromDouble(json.real, &result);
      return result;
    default:
      Decimal::FromString(json.text, &result, &consumed);
      return result;
  }
}

int CompareNumbers(const Json& a, const Json& b) {
  if (a.type == Json::Type::kDouble || b.type == Json::Type::kDouble) {
    const double x = a.AsDouble();
    const double y = b.AsDouble();
    return x < y ? -1 : x > y;
  }
  const auto order = DecimalOf(a) <=> DecimalOf(b);
  return order < 0 ? -1 : order > 0;
}

int CompareTexts(std::string_view a, std::string_view b) {
  const int order = a.compare(b);
  return order < 0 ? -1 : order > 0;
}

int CompareObjects(const Json& a, const Json& b) {
  if (a.members.size() != b.members.size()) return a.members.size() < b.members.size() ? -1 : 1;
  for (size_t i = 0; i < a.members.size(); ++i) {
    if (const int order = CompareTexts(a.members[i].first, b.members[i].first); order != 0)
      return order;
    if (const int order = CompareJson(a.members[i].second, b.members[i].second); order != 0)
      return order;
  }
  return 0;
}

// Bytes, which JSON has no type for: "base64:type253:…" with the wire's type number.
std::string OpaqueText(std::string_view bytes, const DataType& type) {
  constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text = fmt::format("base64:type{}:", WireMetadataOf(type, nullptr, true).type);
  for (size_t i = 0; i < bytes.size(); i += 3) {
    const size_t count = std::min<size_t>(3, bytes.size() - i);
    uint32_t group = 0;
    for (size_t j = 0; j < 3; ++j) {
      group = group << 8 | (j < count ? static_cast<unsigned char>(bytes[i + j]) : 0);
    }
    for (size_t j = 0; j < 4; ++j) text += j <= count ? kDigits[group >> (18 - 6 * j) & 63] : '=';
  }
  return text;
}

}  // namespace

Json Json::Typed(Type type) {
  Json json;
  json.type = type;
  return json;
}

Json::Json() = default;
Json::Json(const Json& other) = default;
Json::Json(Json&& other) noexcept = default;
Json& Json::operator=(const Json& other) = default;
Json& Json::operator=(Json&& other) noexcept = default;
Json::~Json() = default;

Json Json::Bool(bool value) {
  Json json = Typed(Type::kBool);
  json.integer = value;
  return json;
}

Json Json::String(std::string_view value) {
  Json json = Typed(Type::kString);
  json.text = value;
  return json;
}

Json Json::Int(int64_t value) {
  Json json = Typed(Type::kInt);
  json.integer = value;
  return json;
}

double Json::AsDouble() const {
  switch (type) {
    case Type::kBool:
    case Type::kInt:
      return static_cast<double>(integer);
    case Type::kUint:
      return static_cast<double>(static_cast<uint64_t>(integer));
    case Type::kDouble:
      return real;
    default:
      return std::strtod(text.c_str(), nullptr);
  }
}

const Json* Json::Member(std::string_view key) const {
  const auto found = LowerMember(members, key);
  return found != members.end() && found->first == key ? &found->second : nullptr;
}

Json* Json::Member(std::string_view key) {
  return const_cast<Json*>(std::as_const(*this).Member(key));
}

void Json::SetMember(std::string_view key, Json value) {
  const auto found = LowerMember(members, key);
  if (found != members.end() && found->first == key) {
    found->second = std::move(value);
  } else {
    members.emplace(found, std::string(key), std::move(value));
  }
}

bool Json::RemoveMember(std::string_view key) {
  const auto found = LowerMember(members, key);
  if (found == members.end() || found->first != key) return false;
  members.erase(found);
  return true;
}

void AppendJsonString(std::string_view text, std::string* out) {
  out->push_back('"');
  for (const char c : text) {
    switch (c) {
      case '"':
        out->append("\\\"");
        break;
      case '\\':
        out->append("\\\\");
        break;
      case '\b':
        out->append("\\b");
        break;
      case '\f':
        out->append("\\f");
        break;
      case '\n':
        out->append("\\n");
        break;
      case '\r':
        out->append("\\r");
        break;
      case '\t':
        out->append("\\t");
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          out->append(fmt::format("\\u{:04x}", static_cast<int>(c)));
        } else {
          out->push_back(c);
        }
    }
  }
  out->push_back('"');
}

void AppendJson(const Json& json, std::string* out) {
  bool first = true;
  auto separate = [&] {
    if (!first) out->append(", ");
    first = false;
  };
  switch (json.type) {
    case Json::Type::kNull:
      out->append("null");
      return;
    case Json::Type::kBool:
      out->append(json.integer != 0 ? "true" : "false");
      return;
    case Json::Type::kString:
      return AppendJsonString(json.text, out);
    case Json::Type::kArray:
      out->push_back('[');
      for (const Json& item : json.items) {
        separate();
        AppendJson(item, out);
      }
      out->push_back(']');
      return;
    case Json::Type::kObject:
      out->push_back('{');
      for (const auto& [key, member] : json.members) {
        separate();
        AppendJsonString(key, out);
        out->append(": ");
        AppendJson(member, out);
      }
      out->push_back('}');
      return;
    default:
      return AppendJsonNumber(json, out);
  }
}

std::string PrintJson(const Json& json) {
  std::string text;
  AppendJson(json, &text);
  return text;
}

std::string PrintJsonPretty(const Json& json) {
  std::string text;
  PrintPretty(json, 0, &text);
  return text;
}

int CompareJson(const Json& a, const Json& b) {
  const int rank_a = Precedence(a.type);
  const int rank_b = Precedence(b.type);
  if (rank_a != rank_b) return rank_a < rank_b ? -1 : 1;
  switch (a.type) {
    case Json::Type::kNull:
      return 0;
    case Json::Type::kBool:
      return a.integer < b.integer ? -1 : a.integer > b.integer;
    case Json::Type::kString:
      return CompareTexts(a.text, b.text);
    case Json::Type::kObject:
      return CompareObjects(a, b);
    case Json::Type::kArray:
      for (size_t i = 0; i < a.items.size() && i < b.items.size(); ++i) {
        if (const int order = CompareJson(a.items[i], b.items[i]); order != 0) return order;
      }
      return a.items.size() < b.items.size() ? -1 : a.items.size() > b.items.size();
    default:
      return CompareNumbers(a, b);
  }
}

int CompareJson(std::string_view a, std::string_view b) {
  return a == b ? 0 : CompareJson(JsonOfCanonical(a), JsonOfCanonical(b));
}

std::string_view JsonTypeName(const Json& json) {
  switch (json.type) {
    case Json::Type::kNull:
      return "NULL";
    case Json::Type::kBool:
      return "BOOLEAN";
    case Json::Type::kInt:
      return "INTEGER";
    case Json::Type::kUint:
      return "UNSIGNED INTEGER";
    case Json::Type::kDouble:
      return "DOUBLE";
    case Json::Type::kDecimal:
      return "DECIMAL";
    case Json::Type::kString:
      return "STRING";
    case Json::Type::kArray:
      return "ARRAY";
    case Json::Type::kObject:
      return "OBJECT";
  }
  return "NULL";
}

Json JsonOfCanonical(std::string_view canonical) {
  Json json;
  std::string error;
  size_t error_at;
  // Stored text was canonical once; damage shows as JSON null rather than as an end of the server.
  if (!ParseJson(canonical, &json, &error, &error_at)) return Json();
  return json;
}

Json ToJson(const Value& value, const DataType& type, const ConversionContext& context) {
  switch (value.kind()) {
    case ValueKind::kNull:
      return Json();
    case ValueKind::kInt:
      return type.is_boolean ? Json::Bool(value.int_value() != 0) : Json::Int(value.int_value());
    case ValueKind::kUint: {
      if (type.id == TypeId::kBit) break;
      Json json = Json::Typed(Json::Type::kUint);
      json.integer = value.int_value();
      return json;
    }
    case ValueKind::kDouble: {
      Json json = Json::Typed(Json::Type::kDouble);
      json.real = value.double_value();
      return json;
    }
    case ValueKind::kDecimal: {
      Json json = Json::Typed(Json::Type::kDecimal);
      json.text = ToText(value, type, context);
      return json;
    }
    case ValueKind::kJson:
      return JsonOfCanonical(value.bytes());
    case ValueKind::kDatetime: {  // always with microseconds
      DataType precise = type;
      precise.scale = 6;
      return Json::String(ToText(value, precise, context));
    }
    case ValueKind::kTime: {
      DataType precise = type;
      precise.id = TypeId::kTime;
      precise.scale = 6;
      return Json::String(ToText(value, precise, context));
    }
    default:
      break;
  }
  const bool has_bytes =
      value.is_string() && type.collation != nullptr && type.collation->IsBinary();
  if (has_bytes || type.id == TypeId::kBit)
    return Json::String(OpaqueText(ToText(value, type, context), type));
  return Json::String(ToTextIn(value, type, kUtf8mb4Charset, context));
}

std::string ToJsonText(const Value& value, const DataType& type, const ConversionContext& context) {
  if (value.kind() == ValueKind::kJson) return std::string(value.bytes());
  return PrintJson(ToJson(value, type, context));
}

}  // namespace sixfold::types
