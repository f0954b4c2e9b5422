#include <charconv>
#include <cmath>

#include "core/base/check.h"
#include "core/server/variables/variable_def.h"

namespace sixfold::server {
namespace {

char LowerAscii(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool SameName(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return LowerAscii(x) == LowerAscii(y); });
}

std::vector<std::string_view> SplitNames(std::string_view list) {
  std::vector<std::string_view> names;
  while (!list.empty()) {
    const size_t comma = list.find(',');
    names.push_back(list.substr(0, comma));
    if (comma == std::string_view::npos) break;
    list.remove_prefix(comma + 1);
  }
  return names;
}

int NameIndex(std::string_view list, std::string_view name) {
  const auto names = SplitNames(list);
  for (size_t i = 0; i < names.size(); ++i) {
    if (SameName(names[i], name)) return static_cast<int>(i);
  }
  return -1;
}

template <typename T>
bool ParseNumber(std::string_view text, T* number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *number);
  return error == std::errc() && end == text.data() + text.size();
}

std::string_view TrimBlanks(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

bool ParseSet(const VariableDef& def, std::string_view text, VariableValue* value) {
  uint64_t bits = 0;
  if (ParseNumber(text, &bits)) {
    value->integer = static_cast<int64_t>(bits);
    return SplitNames(def.values).size() >= 64 || (bits >> SplitNames(def.values).size()) == 0;
  }
  for (std::string_view name : SplitNames(text)) {
    name = TrimBlanks(name);
    if (name.empty()) continue;
    const int index = NameIndex(def.values, name);
    if (index < 0) return false;
    bits |= uint64_t{1} << index;
  }
  value->integer = static_cast<int64_t>(bits);
  return true;
}

std::string SetText(const VariableDef& def, uint64_t bits) {
  std::string text;
  const auto names = SplitNames(def.values);
  for (size_t i = 0; i < names.size(); ++i) {
    if (!(bits >> i & 1)) continue;
    if (!text.empty()) text += ',';
    text += names[i];
  }
  return text;
}

}  // namespace

VariableIndex FindVariable(std::string_view name) {
  const auto all = AllVariables();
  std::string lower(name);
  for (char& c : lower) c = LowerAscii(c);
  const auto found = std::lower_bound(
      all.begin(), all.end(), lower,
      [](const VariableDef& def, const std::string& wanted) { return def.name < wanted; });
  if (found == all.end() || found->name != lower) return kNoVariable;
  return static_cast<VariableIndex>(found - all.begin());
}

std::string VariableText(const VariableDef& def, const VariableValue& value) {
  switch (def.type) {
    case VariableType::kBool:
      return value.integer != 0 ? "ON" : "OFF";
    case VariableType::kInt:
      return fmt::format("{}", value.integer);
    case VariableType::kUint:
      return fmt::format("{}", static_cast<uint64_t>(value.integer));
    case VariableType::kDouble:
      return fmt::format("{:.6f}", value.real);
    case VariableType::kEnum: {
      const auto names = SplitNames(def.values);
      CHECK(static_cast<size_t>(value.integer) < names.size(), "{}", def.name);
      return std::string(names[static_cast<size_t>(value.integer)]);
    }
    case VariableType::kSet:
      return SetText(def, static_cast<uint64_t>(value.integer));
    case VariableType::kString:
      return value.text;
  }
  return {};
}

VariableValue VariableDefault(const VariableDef& def) {
  VariableValue value;
  if (def.fallback == std::string_view("\0", 1)) {
    value.null = true;
    return value;
  }
  const bool ok = ParseVariable(def, def.fallback, &value);
  CHECK(ok, "default of {}", def.name);
  return value;
}

bool ParseVariable(const VariableDef& def, std::string_view text, VariableValue* value) {
  *value = {};
  switch (def.type) {
    case VariableType::kBool:
      value->integer = SameName(text, "ON") || SameName(text, "TRUE") || text == "1";
      return value->integer != 0 || SameName(text, "OFF") || SameName(text, "FALSE") || text == "0";
    case VariableType::kInt:
      return ParseNumber(text, &value->integer);
    case VariableType::kUint: {
      uint64_t number = 0;
      if (!ParseNumber(text, &number)) return false;
      value->integer = static_cast<int64_t>(number);
      return true;
    }
    case VariableType::kDouble:
      return ParseNumber(text, &value->real);
    case VariableType::kEnum: {
      const int index = NameIndex(def.values, text);
      value->integer = index;
      return index >= 0;
    }
    case VariableType::kSet:
      return ParseSet(def, text, value);
    case VariableType::kString:
      value->text = text;
      return true;
  }
  return false;
}

bool VariableFromInteger(const VariableDef& def, bool is_unsigned, int64_t integer,
                         VariableValue* value, bool* clamped) {
  *value = {};
  *clamped = false;
  const bool negative = !is_unsigned && integer < 0;
  const auto bits = static_cast<uint64_t>(integer);
  switch (def.type) {
    case VariableType::kBool:
      value->integer = integer;
      return bits <= 1;
    case VariableType::kInt: {
      const auto most = static_cast<int64_t>(std::min<uint64_t>(def.most, INT64_MAX));
      value->integer = is_unsigned && integer < 0 ? most : std::clamp(integer, def.least, most);
      *clamped = value->integer != integer;
      return true;
    }
    case VariableType::kUint: {
      const uint64_t wanted = negative ? 0 : bits;
      const uint64_t number = std::clamp(wanted, static_cast<uint64_t>(def.least), def.most);
      value->integer = static_cast<int64_t>(number);
      *clamped = negative || number != wanted;
      return true;
    }
    case VariableType::kDouble:
      value->real = is_unsigned ? static_cast<double>(bits) : static_cast<double>(integer);
      return true;
    case VariableType::kEnum:
      value->integer = integer;
      return !negative && bits < SplitNames(def.values).size();
    case VariableType::kSet: {
      value->integer = integer;
      const size_t count = SplitNames(def.values).size();
      return !negative && (count >= 64 || (bits >> count) == 0);
    }
    case VariableType::kString:
      return false;
  }
  return false;
}

}  // namespace sixfold::server
