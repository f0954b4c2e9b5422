// INTERVAL arithmetic: reading '1 2:30' HOUR_MINUTE and adding it to a date.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/types/temporal.h"

namespace sixfold::types {

/// In the order of the parser's units.
enum class IntervalUnit : uint8_t {
  kMicrosecond,
  kSecond,
  kMinute,
  kHour,
  kDay,
  kWeek,
  kMonth,
  kQuarter,
  kYear,
  kSecondMicrosecond,
  kMinuteMicrosecond,
  kMinuteSecond,
  kHourMicrosecond,
  kHourSecond,
  kHourMinute,
  kDayMicrosecond,
  kDaySecond,
  kDayMinute,
  kDayHour,
  kYearMonth,
};

/// An amount of time; every field counts in the direction of `negative`.
struct Interval {
  bool negative = false;
  uint64_t year = 0;
  uint64_t month = 0;
  uint64_t day = 0;
  uint64_t hour = 0;
  uint64_t minute = 0;
  uint64_t second = 0;
  uint64_t microsecond = 0;
};

/// Whether the unit is made of two, and so written as text.
bool IsCompositeUnit(IntervalUnit unit);
/// Whether the unit reaches below the day, so that adding it to a date gives a datetime.
bool UnitHasTime(IntervalUnit unit);
/// Whether the unit has a date part, so that it cannot be added to a TIME alone.
bool UnitHasDate(IntervalUnit unit);
bool UnitHasMicroseconds(IntervalUnit unit);

/// From a whole number of a simple unit.
Interval IntervalOf(int64_t amount, IntervalUnit unit);
/// From the text of a composite unit: the numbers in it, whatever stands between them; fewer
/// numbers than the unit has are its last ones. False: more numbers than that.
bool ParseInterval(std::string_view text, IntervalUnit unit, Interval* out);

/// Adds to a date or datetime; the kind becomes kDatetime where the unit has time. False: the
/// result leaves 0000 to 9999 ("Datetime function: datetime field overflow"), or the date has zero
/// parts.
bool AddInterval(DateTime* t, const Interval& interval, IntervalUnit unit);
/// Adds to a TIME. False: out of TIME's range.
bool AddIntervalToTime(int64_t* micros, const Interval& interval);

/// TIMESTAMPDIFF(unit, from, to) of a simple unit.
int64_t DifferenceIn(IntervalUnit unit, const DateTime& from, const DateTime& to);

}  // namespace sixfold::types
