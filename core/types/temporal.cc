// Packed forms, the calendar, rounding and printing.
#include "core/types/temporal.h"

#include <algorithm>
#include <cstdlib>

namespace sixfold::types {
namespace {

constexpr int kMonthDays[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
constexpr int64_t kMicrosPerDay = 86400 * kMicrosPerSecond;
constexpr int64_t kFractionSteps[7] = {1000000, 100000, 10000, 1000, 100, 10, 1};

int DaysInYear(int year) { return IsLeapYear(year) ? 366 : 365; }

// Bits of WEEK's mode as MySQL names them.
constexpr int kWeekMondayFirst = 1;
constexpr int kWeekYear = 2;
constexpr int kWeekFirstWeekday = 4;

void AppendTwoDigits(int value, std::string* out) {
  out->push_back(static_cast<char>('0' + value / 10 % 10));
  out->push_back(static_cast<char>('0' + value % 10));
}

void AppendFraction(int microsecond, int fsp, std::string* out) {
  if (fsp <= 0) return;
  out->push_back('.');
  int rest = microsecond;
  for (int i = 0, step = 100000; i < fsp; ++i, step /= 10) {
    out->push_back(static_cast<char>('0' + rest / step));
    rest %= step;
  }
}

void AppendClock(int hour, int minute, int second, std::string* out) {
  if (hour >= 100) out->push_back(static_cast<char>('0' + hour / 100));
  AppendTwoDigits(hour % 100, out);
  out->push_back(':');
  AppendTwoDigits(minute, out);
  out->push_back(':');
  AppendTwoDigits(second, out);
}

}  // namespace

DateTime UnpackDate(int64_t packed) {
  DateTime t;
  t.kind = TemporalKind::kDate;
  t.day = packed & 31;
  t.month = (packed >> 5) % 13;
  t.year = static_cast<int32_t>((packed >> 5) / 13);
  return t;
}

DateTime UnpackDatetime(int64_t packed) {
  DateTime t = UnpackDate(DateOfDatetime(packed));
  t.kind = TemporalKind::kDatetime;
  const int64_t seconds = packed >> kDatetimeMicrosecondBits;
  t.second = seconds & 63;
  t.minute = seconds >> 6 & 63;
  t.hour = seconds >> 12 & 31;
  t.microsecond = packed & ((1 << kDatetimeMicrosecondBits) - 1);
  return t;
}

DateTime UnpackTime(int64_t micros) {
  DateTime t;
  t.kind = TemporalKind::kTime;
  t.negative = micros < 0;
  const int64_t magnitude = std::abs(micros);
  t.microsecond = static_cast<int32_t>(magnitude % kMicrosPerSecond);
  const int64_t seconds = magnitude / kMicrosPerSecond;
  t.second = static_cast<int32_t>(seconds % 60);
  t.minute = static_cast<int32_t>(seconds / 60 % 60);
  t.hour = static_cast<int32_t>(seconds / 3600);
  return t;
}

int64_t TimeMicros(const DateTime& t) {
  const int64_t seconds = (int64_t{t.hour} * 60 + t.minute) * 60 + t.second;
  const int64_t micros = seconds * kMicrosPerSecond + t.microsecond;
  return t.negative ? -micros : micros;
}

bool IsLeapYear(int year) {
  return (year & 3) == 0 && (year % 100 != 0 || (year % 400 == 0 && year != 0));
}

int DaysInMonth(int year, int month) {
  return month == 2 && IsLeapYear(year) ? 29 : kMonthDays[month - 1];
}

int64_t DayNumber(int year, int month, int day) {
  if (year == 0 && month == 0) return 0;
  int64_t days = int64_t{365} * year + 31 * (month - 1) + day;
  if (month <= 2) {
    --year;
  } else {
    days -= (month * 4 + 23) / 10;
  }
  return days + year / 4 - (year / 100 + 1) * 3 / 4;
}

void DateFromDayNumber(int64_t number, DateTime* out) {
  out->year = out->month = out->day = 0;
  if (number <= 365 || number > kMaxDayNumber) return;
  int year = static_cast<int>(number * 100 / 36525);
  int day_of_year = static_cast<int>(number - 365 * int64_t{year}) - (year - 1) / 4 +
                    ((year - 1) / 100 + 1) * 3 / 4;
  while (day_of_year > DaysInYear(year)) day_of_year -= DaysInYear(year++);
  int month = 1;
  while (day_of_year > DaysInMonth(year, month)) day_of_year -= DaysInMonth(year, month++);
  out->year = year;
  out->month = month;
  out->day = day_of_year;
}

int Weekday(int64_t day_number) { return static_cast<int>((day_number + 5) % 7); }

int WeekOfYear(const DateTime& date, int mode, int* year) {
  // Modes without "Monday first" count weeks with the first Sunday the other way round.
  if ((mode & kWeekMondayFirst) == 0) mode ^= kWeekFirstWeekday;
  const bool monday_first = mode & kWeekMondayFirst;
  const bool first_weekday = mode & kWeekFirstWeekday;
  bool week_year = mode & kWeekYear;
  const int64_t day_number = DayNumber(date.year, date.month, date.day);
  int64_t first_day = DayNumber(date.year, 1, 1);
  auto weekday_of = [&](int64_t number) {
    return static_cast<int>((number + 5 + (monday_first ? 0 : 1)) % 7);
  };
  int weekday = weekday_of(first_day);
  *year = date.year;
  if (date.month == 1 && date.day <= 7 - weekday) {
    if (!week_year && ((first_weekday && weekday != 0) || (!first_weekday && weekday >= 4)))
      return 0;
    week_year = true;
    --*year;
    const int days = DaysInYear(*year);
    first_day -= days;
    weekday = (weekday + 53 * 7 - days) % 7;
  }
  const bool skips_first = (first_weekday && weekday != 0) || (!first_weekday && weekday >= 4);
  const int64_t days = day_number - (skips_first ? first_day + (7 - weekday) : first_day - weekday);
  if (week_year && days >= 52 * 7) {
    weekday = (weekday + DaysInYear(*year)) % 7;
    if ((!first_weekday && weekday < 4) || (first_weekday && weekday == 0)) {
      ++*year;
      return 1;
    }
  }
  return static_cast<int>(days / 7) + 1;
}

int64_t DatetimeMicros(const DateTime& t) {
  return DayNumber(t.year, t.month, t.day) * kMicrosPerDay +
         ((t.hour * 60 + t.minute) * int64_t{60} + t.second) * kMicrosPerSecond + t.microsecond;
}

bool DatetimeFromMicros(int64_t micros, DateTime* out) {
  if (micros < 0) return false;
  const int64_t days = micros / kMicrosPerDay;
  if (days > kMaxDayNumber) return false;
  DateTime t = UnpackTime(micros % kMicrosPerDay);
  t.kind = TemporalKind::kDatetime;
  DateFromDayNumber(days, &t);
  *out = t;
  return true;
}

bool CheckDate(const DateTime& date, const DateRules& rules, TemporalWarnings* warnings) {
  if (date.IsZeroDate() && date.hour == 0 && date.minute == 0 && date.second == 0 &&
      date.microsecond == 0) {
    if (rules.allow_zero_date) return true;
    warnings->zero_date = true;
    return false;
  }
  if (date.HasZeroInDate()) {
    if (rules.allow_zero_in_date) return true;
    warnings->zero_in_date = true;
    return false;
  }
  if (!rules.allow_invalid_dates && date.day > DaysInMonth(date.year, date.month)) {
    warnings->out_of_range = true;
    return false;
  }
  return true;
}

bool RoundDatetime(DateTime* t, int nanoseconds, int fsp, bool truncate) {
  const int64_t step = kFractionSteps[fsp];
  int64_t micros = t->microsecond;
  if (truncate) {
    t->microsecond = static_cast<int32_t>(micros - micros % step);
    return true;
  }
  const bool up = fsp == 6 ? nanoseconds >= 500 : (micros % step) * 2 >= step;
  micros -= micros % step;
  if (up) micros += step;
  if (micros < kMicrosPerSecond) {
    t->microsecond = static_cast<int32_t>(micros);
    return true;
  }
  t->microsecond = 0;
  if (t->HasZeroInDate() || t->day > DaysInMonth(t->year, t->month))
    return true;  // cannot carry into the date
  const TemporalKind kind = t->kind;
  if (!DatetimeFromMicros(DatetimeMicros(*t) + kMicrosPerSecond, t)) return false;
  t->kind = kind;
  return true;
}

int64_t RoundTimeMicros(int64_t micros, int nanoseconds, int fsp, bool truncate) {
  const int64_t step = kFractionSteps[fsp];
  const bool negative = micros < 0;
  int64_t magnitude = std::abs(micros);
  const bool up = !truncate && (fsp == 6 ? nanoseconds >= 500 : (magnitude % step) * 2 >= step);
  magnitude -= magnitude % step;
  if (up) magnitude += step;
  magnitude = std::min(magnitude, kMaxTimeMicros);
  return negative ? -magnitude : magnitude;
}

void AppendDate(int64_t packed, std::string* out) {
  const DateTime t = UnpackDate(packed);
  AppendTwoDigits(t.year / 100, out);
  AppendTwoDigits(t.year % 100, out);
  out->push_back('-');
  AppendTwoDigits(t.month, out);
  out->push_back('-');
  AppendTwoDigits(t.day, out);
}

void AppendDatetime(int64_t packed, int fsp, std::string* out) {
  AppendDate(DateOfDatetime(packed), out);
  const DateTime t = UnpackDatetime(packed);
  out->push_back(' ');
  AppendClock(t.hour, t.minute, t.second, out);
  AppendFraction(t.microsecond, fsp, out);
}

void AppendTime(int64_t micros, int fsp, std::string* out) {
  const DateTime t = UnpackTime(micros);
  if (t.negative) out->push_back('-');
  AppendClock(t.hour, t.minute, t.second, out);
  AppendFraction(t.microsecond, fsp, out);
}

int64_t DateNumber(int64_t packed) {
  const DateTime t = UnpackDate(packed);
  return t.year * int64_t{10000} + t.month * 100 + t.day;
}

int64_t DatetimeNumber(int64_t packed) {
  const DateTime t = UnpackDatetime(packed);
  return DateNumber(DateOfDatetime(packed)) * 1000000 + t.hour * 10000 + t.minute * 100 + t.second;
}

int64_t TimeNumber(int64_t micros) {
  const DateTime t = UnpackTime(micros);
  const int64_t number = t.hour * int64_t{10000} + t.minute * 100 + t.second;
  return t.negative ? -number : number;
}

}  // namespace sixfold::types
