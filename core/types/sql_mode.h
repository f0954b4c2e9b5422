// sql_mode: MySQL's bits, names and combinations.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sixfold::types {

inline constexpr uint64_t kSqlModeRealAsFloat = 1;
inline constexpr uint64_t kSqlModePipesAsConcat = 1 << 1;
inline constexpr uint64_t kSqlModeAnsiQuotes = 1 << 2;
inline constexpr uint64_t kSqlModeIgnoreSpace = 1 << 3;
inline constexpr uint64_t kSqlModeOnlyFullGroupBy = 1 << 5;
inline constexpr uint64_t kSqlModeNoUnsignedSubtraction = 1 << 6;
inline constexpr uint64_t kSqlModeNoDirInCreate = 1 << 7;
inline constexpr uint64_t kSqlModeAnsi = 1 << 18;
inline constexpr uint64_t kSqlModeNoAutoValueOnZero = 1 << 19;
inline constexpr uint64_t kSqlModeNoBackslashEscapes = 1 << 20;
inline constexpr uint64_t kSqlModeStrictTransTables = 1 << 21;
inline constexpr uint64_t kSqlModeStrictAllTables = 1 << 22;
inline constexpr uint64_t kSqlModeNoZeroInDate = 1 << 23;
inline constexpr uint64_t kSqlModeNoZeroDate = 1 << 24;
inline constexpr uint64_t kSqlModeAllowInvalidDates = 1 << 25;
inline constexpr uint64_t kSqlModeErrorForDivisionByZero = 1 << 26;
inline constexpr uint64_t kSqlModeTraditional = 1 << 27;
inline constexpr uint64_t kSqlModeHighNotPrecedence = 1 << 29;
inline constexpr uint64_t kSqlModeNoEngineSubstitution = 1 << 30;
inline constexpr uint64_t kSqlModePadCharToFullLength = uint64_t{1} << 31;
inline constexpr uint64_t kSqlModeTimeTruncateFractional = uint64_t{1} << 32;

/// Either of them: all tables here are transactional.
inline constexpr uint64_t kSqlModeStrict = kSqlModeStrictTransTables | kSqlModeStrictAllTables;
inline constexpr uint64_t kSqlModeDefault =
    kSqlModeOnlyFullGroupBy | kSqlModeStrictTransTables | kSqlModeNoZeroInDate |
    kSqlModeNoZeroDate | kSqlModeErrorForDivisionByZero | kSqlModeNoEngineSubstitution;

/// A comma-separated list of names; ANSI and TRADITIONAL bring what they stand for. Nothing: *bad
/// (which may be null) names the element that is no mode.
std::optional<uint64_t> ParseSqlMode(std::string_view text, std::string* bad);
/// The bits and what their combinations stand for; nothing when there are unknown ones.
std::optional<uint64_t> SqlModeFromNumber(uint64_t bits);
std::string PrintSqlMode(uint64_t mode);

}  // namespace sixfold::types
