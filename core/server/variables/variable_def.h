// System variables: their definitions, and values as plain data. What setting one does is
// core/server/session_variables.h's; this knows names, types, scopes, limits and spellings only.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sixfold::server {

enum class VariableType : uint8_t {
  kBool,  // ON, OFF; integer 0 or 1
  kInt,   // signed
  kUint,
  kDouble,
  kEnum,  // integer: index into `values`
  kSet,   // integer: bits of `values`
  kString,
};

enum class VariableReach : uint8_t { kGlobal, kSession, kBoth };

struct VariableDef {
  std::string_view name;
  VariableType type;
  VariableReach reach;
  bool read_only;
  /// Text as SHOW VARIABLES gives it; NULL is "\0".
  std::string_view fallback;
  int64_t least = 0;
  uint64_t most = UINT64_MAX;
  std::string_view values = {};  // kEnum, kSet: "OFF,ON,AUTO"

  bool has_global() const { return reach != VariableReach::kSession; }
  bool has_session() const { return reach != VariableReach::kGlobal; }
};

struct VariableValue {
  int64_t integer = 0;  // kBool, kInt, kUint (bits), kEnum, kSet
  double real = 0;
  std::string text;  // kString
  bool null = false;

  bool operator==(const VariableValue&) const = default;
};

using VariableIndex = uint32_t;
inline constexpr VariableIndex kNoVariable = UINT32_MAX;

std::span<const VariableDef> AllVariables();
/// Case-insensitive; '-' counts as '_' nowhere. kNoVariable: none.
VariableIndex FindVariable(std::string_view name);

/// The value's text as SHOW VARIABLES prints it.
std::string VariableText(const VariableDef& def, const VariableValue& value);
VariableValue VariableDefault(const VariableDef& def);

/// From text (an enum's or set's name, ON or OFF, a number). False: not a value of this variable.
bool ParseVariable(const VariableDef& def, std::string_view text, VariableValue* value);
/// From an integer. Out of range: clamped, *clamped set, for numbers; false for the others.
bool VariableFromInteger(const VariableDef& def, bool is_unsigned, int64_t integer,
                         VariableValue* value, bool* clamped);

}  // namespace sixfold::server
