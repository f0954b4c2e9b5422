#include "core/types/sql_mode.h"

#include "core/types/charset.h"

namespace sixfold::types {
namespace {

struct ModeName {
  uint64_t bit;
  std::string_view name;
};

constexpr ModeName kModeNames[] = {
    {kSqlModeRealAsFloat, "REAL_AS_FLOAT"},
    {kSqlModePipesAsConcat, "PIPES_AS_CONCAT"},
    {kSqlModeAnsiQuotes, "ANSI_QUOTES"},
    {kSqlModeIgnoreSpace, "IGNORE_SPACE"},
    {kSqlModeOnlyFullGroupBy, "ONLY_FULL_GROUP_BY"},
    {kSqlModeNoUnsignedSubtraction, "NO_UNSIGNED_SUBTRACTION"},
    {kSqlModeNoDirInCreate, "NO_DIR_IN_CREATE"},
    {kSqlModeAnsi, "ANSI"},
    {kSqlModeNoAutoValueOnZero, "NO_AUTO_VALUE_ON_ZERO"},
    {kSqlModeNoBackslashEscapes, "NO_BACKSLASH_ESCAPES"},
    {kSqlModeStrictTransTables, "STRICT_TRANS_TABLES"},
    {kSqlModeStrictAllTables, "STRICT_ALL_TABLES"},
    {kSqlModeNoZeroInDate, "NO_ZERO_IN_DATE"},
    {kSqlModeNoZeroDate, "NO_ZERO_DATE"},
    {kSqlModeAllowInvalidDates, "ALLOW_INVALID_DATES"},
    {kSqlModeErrorForDivisionByZero, "ERROR_FOR_DIVISION_BY_ZERO"},
    {kSqlModeTraditional, "TRADITIONAL"},
    {kSqlModeHighNotPrecedence, "HIGH_NOT_PRECEDENCE"},
    {kSqlModeNoEngineSubstitution, "NO_ENGINE_SUBSTITUTION"},
    {kSqlModePadCharToFullLength, "PAD_CHAR_TO_FULL_LENGTH"},
    {kSqlModeTimeTruncateFractional, "TIME_TRUNCATE_FRACTIONAL"},
};

uint64_t Expand(uint64_t mode) {
  if (mode & kSqlModeAnsi) {
    mode |= kSqlModeRealAsFloat | kSqlModePipesAsConcat | kSqlModeAnsiQuotes | kSqlModeIgnoreSpace |
            kSqlModeOnlyFullGroupBy;
  }
  if (mode & kSqlModeTraditional) {
    mode |= kSqlModeStrict | kSqlModeNoZeroInDate | kSqlModeNoZeroDate |
            kSqlModeErrorForDivisionByZero | kSqlModeNoEngineSubstitution;
  }
  return mode;
}

}  // namespace

std::optional<uint64_t> ParseSqlMode(std::string_view text, std::string* bad) {
  uint64_t mode = 0;
  while (!text.empty()) {
    const std::string_view name = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), name.size() + 1));
    if (name.empty()) continue;
    uint64_t bit = 0;
    for (const ModeName& known : kModeNames) {
      if (EqualsIgnoreAsciiCase(name, known.name)) bit = known.bit;
    }
    if (bit == 0) {
      if (bad != nullptr) *bad = name;
      return std::nullopt;
    }
    mode |= bit;
  }
  return Expand(mode);
}

std::optional<uint64_t> SqlModeFromNumber(uint64_t bits) {
  uint64_t known_bits = 0;
  for (const ModeName& known : kModeNames) known_bits |= known.bit;
  if (bits & ~known_bits) return std::nullopt;
  return Expand(bits);
}

std::string PrintSqlMode(uint64_t mode) {
  std::string text;
  for (const ModeName& known : kModeNames) {
    if ((mode & known.bit) == 0) continue;
    if (!text.empty()) text += ',';
    text += known.name;
  }
  return text;
}

}  // namespace sixfold::types
