// Conversions of values between types, as expressions do them: never an error, at worst a warning.
// Storing into columns, which may fail, is in store.h.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/types/data_type.h"
#include "core/types/temporal.h"
#include "core/types/value.h"

namespace sixfold::types {

struct Charset;
class Decimal;
class Diagnostics;
class TimeZone;

/// What conversions need to know of the session.
struct ConversionContext {
  uint64_t sql_mode = 0;
  const TimeZone* time_zone = nullptr;  // never null when a TIMESTAMP is about
  int64_t statement_time_us = 0;        // UTC; TIME to DATETIME takes its date
  Diagnostics* diagnostics = nullptr;   // null: no warnings
  Arena* arena = nullptr;               // never null where a Value is made
};

DateRules DateRulesOf(uint64_t sql_mode);

/// An integer of either sign in 64 bits.
struct Integer {
  int64_t bits = 0;
  bool is_unsigned = false;  // bits are to be read as uint64_t

  Value ToValue() const {
    return is_unsigned ? Value::Uint(static_cast<uint64_t>(bits)) : Value::Int(bits);
  }
  double ToDouble() const {
    return is_unsigned ? static_cast<double>(static_cast<uint64_t>(bits))
                       : static_cast<double>(bits);
  }
  bool IsNegative() const { return !is_unsigned && bits < 0; }
};

// Values are not NULL.

/// Rounded half away from zero, clamped; texts up to their first strange character (warning 1292).
Integer ToInteger(const Value& value, const DataType& type, const ConversionContext& context);
double ToDouble(const Value& value, const DataType& type, const ConversionContext& context);
Decimal ToDecimal(const Value& value, const DataType& type, const ConversionContext& context);
/// IS TRUE.
bool ToBool(const Value& value, const DataType& type, const ConversionContext& context);

/// Its text; in the charset of the type for strings, ASCII for all else. May point into the value.
std::string_view ToText(const Value& value, const DataType& type, const ConversionContext& context);
/// Its text in a given charset; characters it does not have become '?'.
std::string_view ToTextIn(const Value& value, const DataType& type, const Charset& charset,
                          const ConversionContext& context);

/// False: no date (out is zero); a warning was given. A TIME is taken on the statement's day.
bool ToDatetime(const Value& value, const DataType& type, const DateRules& rules,
                const ConversionContext& context, DateTime* out);
/// Microseconds of the time (of day).
bool ToTime(const Value& value, const DataType& type, const ConversionContext& context,
            int64_t* micros);
/// The statement's date and time in the session's zone.
DateTime LocalNow(const ConversionContext& context);

/// Reads a number from the start of a text, spaces before it skipped. *consumed: up to where, 0:
/// none.
double ParseDouble(std::string_view text, size_t* consumed);
/// *overflow: clamped. Only the digits: "12.9" gives 12.
Integer ParseInteger(std::string_view text, size_t* consumed, bool* overflow);
/// Whether only spaces follow.
bool OnlySpaces(std::string_view text);

/// 1292 "Truncated incorrect {kind} value: '{text}'" and "Incorrect {kind} value: '{text}'".
void WarnTruncated(const ConversionContext& context, std::string_view kind, std::string_view text);
void WarnIncorrect(const ConversionContext& context, std::string_view kind, std::string_view text);

}  // namespace sixfold::types
