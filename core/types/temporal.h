// Dates and times: their packed forms, the calendar, reading, printing and arithmetic.
//
// Packed forms, all plain int64 whose order is the SQL order:
//   DATE               (year * 13 + month) << 5 | day                                  zero date: 0
//   DATETIME           (date << 17 | hour << 12 | minute << 6 | second) << 24 | microsecond
//   TIMESTAMP          as DATETIME, in UTC: in rows, in keys and in Values of that DataType.
//   Whoever
//                      shows or computes with one converts it by the session's zone first
//                      (convert.h)
//   TIME               signed microseconds, within +-838:59:59.000000
// Months and days may be zero where the SQL mode allowed them in.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sixfold::types {

enum class TemporalKind : uint8_t { kNone, kDate, kDatetime, kTime };

/// A date, time of day or both, in fields.
struct DateTime {
  int32_t year = 0;
  int32_t month = 0;
  int32_t day = 0;
  int32_t hour = 0;  // of a TIME up to 838
  int32_t minute = 0;
  int32_t second = 0;
  int32_t microsecond = 0;
  bool negative = false;  // only a TIME
  TemporalKind kind = TemporalKind::kDatetime;

  bool IsZeroDate() const { return year == 0 && month == 0 && day == 0; }
  bool HasZeroInDate() const { return month == 0 || day == 0; }
};

inline constexpr int64_t kMicrosPerSecond = 1000000;
inline constexpr int64_t kMaxTimeMicros = ((838 * 60 + 59) * 60 + 59) * kMicrosPerSecond;
inline constexpr int kDatetimeMicrosecondBits = 24;
inline constexpr int kDatetimeDayShift = 41;

inline int64_t PackDate(int year, int month, int day) {
  return (int64_t{year} * 13 + month) << 5 | day;
}
inline int64_t PackDate(const DateTime& t) { return PackDate(t.year, t.month, t.day); }
inline int64_t PackDatetime(const DateTime& t) {
  const int64_t seconds =
      PackDate(t) << 17 | int64_t{t.hour} << 12 | int64_t{t.minute} << 6 | t.second;
  return seconds << kDatetimeMicrosecondBits | t.microsecond;
}
inline int64_t DatetimeFromDate(int64_t packed_date) { return packed_date << kDatetimeDayShift; }
inline int64_t DateOfDatetime(int64_t packed) { return packed >> kDatetimeDayShift; }
DateTime UnpackDate(int64_t packed);
DateTime UnpackDatetime(int64_t packed);
DateTime UnpackTime(int64_t micros);
/// Microseconds of the hour, minute, second and microsecond fields, with the sign.
int64_t TimeMicros(const DateTime& t);

// The calendar.

int DaysInMonth(int year, int month);  // month from 1 to 12
bool IsLeapYear(int year);
/// TO_DAYS: days since year 0; 0 for a zero date.
int64_t DayNumber(int year, int month, int day);
/// FROM_DAYS; all zero for numbers up to 365 and beyond 3652424.
void DateFromDayNumber(int64_t number, DateTime* out);
inline constexpr int64_t kMaxDayNumber = 3652424;  // 9999-12-31
inline constexpr int64_t kUnixEpochDay = 719528;
/// 0: Monday … 6: Sunday.
int Weekday(int64_t day_number);
/// WEEK(date, mode); *year receives the year the week belongs to.
int WeekOfYear(const DateTime& date, int mode, int* year);

/// Days from year 0 in microseconds, and back. False where the year leaves 0 to 9999.
int64_t DatetimeMicros(const DateTime& t);
bool DatetimeFromMicros(int64_t micros, DateTime* out);

// Rules of validity, out of sql_mode.

struct DateRules {
  bool allow_zero_in_date = true;    // not NO_ZERO_IN_DATE
  bool allow_zero_date = true;       // not NO_ZERO_DATE
  bool allow_invalid_dates = false;  // ALLOW_INVALID_DATES
};

/// What was wrong with a text or number.
struct TemporalWarnings {
  bool truncated = false;  // something behind the value, or no value
  bool out_of_range = false;
  bool zero_date = false;  // a zero date where none is allowed
  bool zero_in_date = false;
  bool any() const { return truncated || out_of_range || zero_date || zero_in_date; }
};

/// Whether the fields form a date the rules allow (the ranges of the fields are right already).
bool CheckDate(const DateTime& date, const DateRules& rules, TemporalWarnings* warnings);

// Reading. False: no value (out is zero). A true result may carry warnings.

struct ParsedTemporal {
  DateTime value;
  int nanoseconds = 0;      // the seventh decimal, times 100: for rounding
  int fraction_digits = 0;  // 0 to 6, as written
  bool has_offset = false;  // '…+02:00'
  int offset_seconds = 0;
  TemporalWarnings warnings;
};

/// Date or datetime text in all of MySQL's spellings.
bool ParseDatetime(std::string_view text, const DateRules& rules, ParsedTemporal* out);
/// Time text; a full datetime gives kind kDatetime.
bool ParseTime(std::string_view text, ParsedTemporal* out);
/// 20240229, 240229123456 …
bool NumberToDatetime(int64_t number, const DateRules& rules, DateTime* out,
                      TemporalWarnings* warnings);
/// 1234 is 00:12:34; too large a number is clamped and warned about.
bool NumberToTime(int64_t number, DateTime* out, TemporalWarnings* warnings);

/// Rounds to fsp digits half up, or cuts. False: the year left 9999.
bool RoundDatetime(DateTime* t, int nanoseconds, int fsp, bool truncate);
int64_t RoundTimeMicros(int64_t micros, int nanoseconds, int fsp, bool truncate);

// Printing, as the text protocol sends it.

void AppendDate(int64_t packed, std::string* out);
void AppendDatetime(int64_t packed, int fsp, std::string* out);
void AppendTime(int64_t micros, int fsp, std::string* out);
/// YYYYMMDD, YYYYMMDDhhmmss, [-]hhmmss: a temporal as a number, its whole part.
int64_t DateNumber(int64_t packed);
int64_t DatetimeNumber(int64_t packed);
int64_t TimeNumber(int64_t micros);

}  // namespace sixfold::types
