#include "core/types/interval.h"

#include <algorithm>
#include <cstdlib>

namespace sixfold::types {
namespace {

constexpr int64_t kDayMicros = 86400 * kMicrosPerSecond;
constexpr uint64_t kHugeAmount = uint64_t{1} << 40;

// The fields of a composite unit, largest first.
struct UnitFields {
  uint64_t Interval::*fields[5];
  int count;
  bool ends_in_microsecond;
};

UnitFields FieldsOf(IntervalUnit unit) {
  using I = Interval;
  switch (unit) {
    case IntervalUnit::kSecondMicrosecond:
      return {{&I::second, &I::microsecond}, 2, true};
    case IntervalUnit::kMinuteMicrosecond:
      return {{&I::minute, &I::second, &I::microsecond}, 3, true};
    case IntervalUnit::kMinuteSecond:
      return {{&I::minute, &I::second}, 2, false};
    case IntervalUnit::kHourMicrosecond:
      return {{&I::hour, &I::minute, &I::second, &I::microsecond}, 4, true};
    case IntervalUnit::kHourSecond:
      return {{&I::hour, &I::minute, &I::second}, 3, false};
    case IntervalUnit::kHourMinute:
      return {{&I::hour, &I::minute}, 2, false};
    case IntervalUnit::kDayMicrosecond:
      return {{&I::day, &I::hour, &I::minute, &I::second, &I::microsecond}, 5, true};
    case IntervalUnit::kDaySecond:
      return {{&I::day, &I::hour, &I::minute, &I::second}, 4, false};
    case IntervalUnit::kDayMinute:
      return {{&I::day, &I::hour, &I::minute}, 3, false};
    case IntervalUnit::kDayHour:
      return {{&I::day, &I::hour}, 2, false};
    case IntervalUnit::kYearMonth:
      return {{&I::year, &I::month}, 2, false};
    default:
      return {{}, 0, false};
  }
}

bool IsAsciiDigit(char c) { return c >= '0' && c <= '9'; }

// False when the sum does not fit.
bool SumMicros(const Interval& i, int64_t* micros) {
  const unsigned __int128 seconds = static_cast<unsigned __int128>(i.day) * 86400 +
                                    static_cast<unsigned __int128>(i.hour) * 3600 +
                                    static_cast<unsigned __int128>(i.minute) * 60 + i.second;
  const unsigned __int128 sum = seconds * kMicrosPerSecond + i.microsecond;
  if (sum > static_cast<unsigned __int128>(kMaxDayNumber) * kDayMicros * 2) return false;
  *micros = i.negative ? -static_cast<int64_t>(sum) : static_cast<int64_t>(sum);
  return true;
}

bool AddMonths(DateTime* t, const Interval& interval) {
  if (interval.year > kHugeAmount || interval.month > kHugeAmount) return false;
  const auto months = static_cast<int64_t>(interval.year * 12 + interval.month);
  const int64_t period =
      t->year * int64_t{12} + t->month - 1 + (interval.negative ? -months : months);
  if (period < 0 || period >= 120000) return false;
  t->year = static_cast<int32_t>(period / 12);
  t->month = static_cast<int32_t>(period % 12 + 1);
  t->day = std::min(t->day, DaysInMonth(t->year, t->month));
  return true;
}

// Whole months from `from` to `to`, from being the earlier one.
int64_t MonthsBetween(const DateTime& from, const DateTime& to) {
  int64_t months = (to.year - from.year) * int64_t{12} + to.month - from.month;
  auto in_month = [](const DateTime& t) { return t.day * kDayMicros + TimeMicros(t); };
  if (in_month(to) < in_month(from)) --months;
  return months;
}

}  // namespace

bool IsCompositeUnit(IntervalUnit unit) { return FieldsOf(unit).count > 0; }

bool UnitHasTime(IntervalUnit unit) {
  switch (unit) {
    case IntervalUnit::kDay:
    case IntervalUnit::kWeek:
    case IntervalUnit::kMonth:
    case IntervalUnit::kQuarter:
    case IntervalUnit::kYear:
    case IntervalUnit::kYearMonth:
      return false;
    default:
      return true;
  }
}

bool UnitHasDate(IntervalUnit unit) {
  switch (unit) {
    case IntervalUnit::kDayMicrosecond:
    case IntervalUnit::kDaySecond:
    case IntervalUnit::kDayMinute:
    case IntervalUnit::kDayHour:
      return true;
    default:
      return !UnitHasTime(unit);
  }
}

bool UnitHasMicroseconds(IntervalUnit unit) {
  return unit == IntervalUnit::kMicrosecond || FieldsOf(unit).ends_in_microsecond;
}

Interval IntervalOf(int64_t amount, IntervalUnit unit) {
  Interval result;
  result.negative = amount < 0;
  const uint64_t magnitude =
      amount < 0 ? 0 - static_cast<uint64_t>(amount) : static_cast<uint64_t>(amount);
  switch (unit) {
    case IntervalUnit::kMicrosecond:
      result.microsecond = magnitude;
      break;
    case IntervalUnit::kSecond:
      result.second = magnitude;
      break;
    case IntervalUnit::kMinute:
      result.minute = magnitude;
      break;
    case IntervalUnit::kHour:
      result.hour = magnitude;
      break;
    case IntervalUnit::kDay:
      result.day = magnitude;
      break;
    case IntervalUnit::kWeek:
      result.day = std::min(magnitude, kHugeAmount) * 7;
      break;
    case IntervalUnit::kMonth:
      result.month = magnitude;
      break;
    case IntervalUnit::kQuarter:
      result.month = std::min(magnitude, kHugeAmount) * 3;
      break;
    case IntervalUnit::kYear:
      result.year = magnitude;
      break;
    default:
      break;
  }
  return result;
}

bool ParseInterval(std::string_view text, IntervalUnit unit, Interval* out) {
  constexpr int kMaxFields = 5;
  constexpr uint64_t kPowers[7] = {1, 10, 100, 1000, 10000, 100000, 1000000};
  *out = Interval();
  const UnitFields fields = FieldsOf(unit);
  size_t at = 0;
  while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) ++at;
  if (at < text.size() && text[at] == '-') {
    out->negative = true;
    ++at;
  }
  uint64_t numbers[kMaxFields] = {};
  int count = 0;
  while (at < text.size() && !IsAsciiDigit(text[at])) ++at;
  while (at < text.size()) {
    if (count == fields.count) return false;
    const size_t start = at;
    uint64_t value = 0;
    for (; at < text.size() && IsAsciiDigit(text[at]); ++at)
      value = std::min(value * 10 + (text[at] - '0'), uint64_t{1} << 60);
    const size_t digits = at - start;
    const bool is_last = count + 1 == fields.count;
    if (is_last && fields.ends_in_microsecond && digits < 6) value *= kPowers[6 - digits];
    numbers[count++] = value;
    while (at < text.size() && !IsAsciiDigit(text[at])) ++at;
  }
  // '10' DAY_HOUR is ten hours, but '1.5' SECOND_MICROSECOND's fraction needs its place.
  for (int i = 0; i < count; ++i) out->*fields.fields[fields.count - count + i] = numbers[i];
  return true;
}

bool AddInterval(DateTime* t, const Interval& interval, IntervalUnit unit) {
  switch (unit) {
    case IntervalUnit::kMonth:
    case IntervalUnit::kQuarter:
    case IntervalUnit::kYear:
    case IntervalUnit::kYearMonth:
      return AddMonths(t, interval);
    default:
      break;
  }
  int64_t delta;
  if (!SumMicros(interval, &delta)) return false;
  const bool date_only = t->kind == TemporalKind::kDate && !UnitHasTime(unit);
  const int64_t base = DatetimeMicros(*t);
  DateTime result;
  if (!DatetimeFromMicros(base + delta, &result)) return false;
  if (result.year == 0 && result.month == 0 && base + delta >= kDayMicros * 366) return false;
  result.kind = date_only ? TemporalKind::kDate : TemporalKind::kDatetime;
  *t = result;
  return true;
}

bool AddIntervalToTime(int64_t* micros, const Interval& interval) {
  int64_t delta;
  if (!SumMicros(interval, &delta)) return false;
  const int64_t sum = *micros + delta;
  if (std::abs(sum) > kMaxTimeMicros) return false;
  *micros = sum;
  return true;
}

int64_t DifferenceIn(IntervalUnit unit, const DateTime& from, const DateTime& to) {
  const int64_t micros = DatetimeMicros(to) - DatetimeMicros(from);
  switch (unit) {
    case IntervalUnit::kYear:
    case IntervalUnit::kQuarter:
    case IntervalUnit::kMonth: {
      const int64_t months = micros < 0 ? -MonthsBetween(to, from) : MonthsBetween(from, to);
      return unit == IntervalUnit::kYear      ? months / 12
             : unit == IntervalUnit::kQuarter ? months / 3
                                              : months;
    }
    case IntervalUnit::kWeek:
      return micros / (7 * kDayMicros);
    case IntervalUnit::kDay:
      return micros / kDayMicros;
    case IntervalUnit::kHour:
      return micros / (3600 * kMicrosPerSecond);
    case IntervalUnit::kMinute:
      return micros / (60 * kMicrosPerSecond);
    case IntervalUnit::kSecond:
      return micros / kMicrosPerSecond;
    default:
      return micros;
  }
}

}  // namespace sixfold::types
