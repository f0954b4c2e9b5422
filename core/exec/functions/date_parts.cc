// Functions that take a date or time apart or put one together: YEAR … MAKETIME, EXTRACT, TO_DAYS.
#include <algorithm>

#include "core/exec/functions/tables.h"
#include "core/exec/functions/temporal_arguments.h"
#include "core/plan/session_context.h"
#include "core/types/diagnostics.h"
#include "core/types/error_codes.h"
#include "core/types/sql_error.h"

namespace sixfold::exec {
namespace {

using types::DateTime;
using types::IntervalUnit;
using types::Value;

int64_t DayOf(const DateTime& t) { return types::DayNumber(t.year, t.month, t.day); }

template <int64_t (*part)(const DateTime&), bool needs_real_date>
Value EvalPart(const FunctionCall& call, EvalContext& context) {
  DateTime t;
  if (!DatetimeArg(call, 0, context, &t) || (needs_real_date && !HasRealDate(t)))
    return Value::Null();
  return Value::Int(part(t));
}

int64_t YearOf(const DateTime& t) { return t.year; }
int64_t MonthOf(const DateTime& t) { return t.month; }
int64_t DayOfMonth(const DateTime& t) { return t.day; }
int64_t QuarterOf(const DateTime& t) { return (t.month + 2) / 3; }
int64_t DayOfWeekOf(const DateTime& t) { return (types::Weekday(DayOf(t)) + 1) % 7 + 1; }
int64_t WeekdayOf(const DateTime& t) { return types::Weekday(DayOf(t)); }
int64_t DayOfYearOf(const DateTime& t) { return DayOf(t) - types::DayNumber(t.year, 1, 1) + 1; }
int64_t ToDays(const DateTime& t) { return DayOf(t); }
int64_t ToSeconds(const DateTime& t) {
  return ((DayOf(t) * 24 + t.hour) * 60 + t.minute) * 60 + t.second;
}
int64_t WeekOfYearIso(const DateTime& t) {
  int year;
  return types::WeekOfYear(t, 3, &year);
}

template <int64_t (*part)(const DateTime&)>
Value EvalTimePart(const FunctionCall& call, EvalContext& context) {
  int64_t micros;
  if (!TimeArg(call, 0, context, &micros)) return Value::Null();
  return Value::Int(part(types::UnpackTime(micros)));
}

int64_t HourOf(const DateTime& t) { return t.hour; }
int64_t MinuteOf(const DateTime& t) { return t.minute; }
int64_t SecondOf(const DateTime& t) { return t.second; }
int64_t MicrosecondOf(const DateTime& t) { return t.microsecond; }

template <bool with_year>
Value EvalWeek(const FunctionCall& call, EvalContext& context) {
  DateTime t;
  int64_t mode =
      with_year ? 0
                : static_cast<int64_t>(context.session->UnsignedVariable("default_week_format"));
  if (!DatetimeArg(call, 0, context, &t) || !HasRealDate(t)) return Value::Null();
  if (call.args().size() > 1 && !IntArg(call, 1, context, &mode)) mode = 0;
  int year;
  // YEARWEEK counts weeks from 1 always: week 0 belongs to the year before.
  const int week = types::WeekOfYear(t, static_cast<int>(mode & 7) | (with_year ? 2 : 0), &year);
  return Value::Int(with_year ? int64_t{year} * 100 + week : week);
}

constexpr const char* kDays[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                 "Friday", "Saturday", "Sunday"};
constexpr const char* kMonths[] = {"January",   "February", "March",    "April",
                                   "May",       "June",     "July",     "August",
                                   "September", "October",  "November", "December"};

Value EvalDayName(const FunctionCall& call, EvalContext& context) {
  DateTime t;
  if (!DatetimeArg(call, 0, context, &t) || !HasRealDate(t)) return Value::Null();
  return TextResult(context, kDays[WeekdayOf(t)]);
}

Value EvalMonthName(const FunctionCall& call, EvalContext& context) {
  DateTime t;
  if (!DatetimeArg(call, 0, context, &t) || t.month == 0) return Value::Null();
  return TextResult(context, kMonths[t.month - 1]);
}

Value EvalLastDay(const FunctionCall& call, EvalContext& context) {
  DateTime t;
  if (!DatetimeArg(call, 0, context, &t) || t.month == 0) return Value::Null();
  t.day = types::DaysInMonth(t.year, t.month);
  return DateResult(t);
}

Value EvalFromDays(const FunctionCall& call, EvalContext& context) {
  int64_t days;
  if (!IntArg(call, 0, context, &days)) return Value::Null();
  DateTime t;
  types::DateFromDayNumber(days, &t);
  return DateResult(t);
}

Value EvalMakeDate(const FunctionCall& call, EvalContext& context) {
  int64_t year, day;
  if (!IntArg(call, 0, context, &year) || !IntArg(call, 1, context, &day)) return Value::Null();
  if (day < 1 || year < 0 || year > 9999) return Value::Null();
  if (year < 100) year += year < 70 ? 2000 : 1900;
  const int64_t number = types::DayNumber(static_cast<int>(year), 1, 1) + day - 1;
  if (number > types::kMaxDayNumber) return Value::Null();
  DateTime t;
  types::DateFromDayNumber(number, &t);
  return DateResult(t);
}

Value EvalMakeTime(const FunctionCall& call, EvalContext& context) {
  int64_t hour, minute;
  double second;
  if (!IntArg(call, 0, context, &hour) || !IntArg(call, 1, context, &minute) ||
      !DoubleArg(call, 2, context, &second))
    return Value::Null();
  if (minute < 0 || minute > 59 || second < 0 || second >= 60) return Value::Null();
  const int64_t magnitude = hour < 0 ? -hour : hour;
  const int64_t rest = minute * 60'000'000 + static_cast<int64_t>(second * 1e6 + 0.5);
  if (magnitude > 838) {
    context.diagnostics->Warn(
        ErrorCode::kTruncatedWrongValue, "time",
        fmt::format("{}:{:02}:{:02}", hour, minute, static_cast<int>(second)));
    return Value::Time(hour < 0 ? -types::kMaxTimeMicros : types::kMaxTimeMicros);
  }
  const int64_t micros = magnitude * 3'600'000'000 + rest;
  return Value::Time(hour < 0 ? -micros : micros);
}

Value EvalSecToTime(const FunctionCall& call, EvalContext& context) {
  double seconds;
  if (!DoubleArg(call, 0, context, &seconds)) return Value::Null();
  const double limit = static_cast<double>(types::kMaxTimeMicros) / 1e6;
  if (seconds > limit || seconds < -limit) {
    context.diagnostics->Warn(ErrorCode::kTruncatedWrongValue, "time", fmt::format("{}", seconds));
    return Value::Time(seconds < 0 ? -types::kMaxTimeMicros : types::kMaxTimeMicros);
  }
  return Value::Time(static_cast<int64_t>(seconds * 1e6 + (seconds < 0 ? -0.5 : 0.5)));
}

Value EvalTimeToSec(const FunctionCall& call, EvalContext& context) {
  int64_t micros;
  if (!TimeArg(call, 0, context, &micros)) return Value::Null();
  return Value::Int(micros / types::kMicrosPerSecond);
}

Value EvalDateDiff(const FunctionCall& call, EvalContext& context) {
  DateTime a, b;
  if (!DatetimeArg(call, 0, context, &a) || !DatetimeArg(call, 1, context, &b))
    return Value::Null();
  if (!HasRealDate(a) || !HasRealDate(b)) return Value::Null();
  return Value::Int(DayOf(a) - DayOf(b));
}

/// YYMM or YYYYMM to months.
bool PeriodMonths(int64_t period, int64_t* months) {
  if (period < 0 || period % 100 == 0 || period % 100 > 12) return false;
  int64_t year = period / 100;
  if (year < 100) year += year < 70 ? 2000 : 1900;
  *months = year * 12 + period % 100 - 1;
  return true;
}

Value EvalPeriodAdd(const FunctionCall& call, EvalContext& context) {
  int64_t period, add, months;
  if (!IntArg(call, 0, context, &period) || !IntArg(call, 1, context, &add)) return Value::Null();
  if (!PeriodMonths(period, &months)) throw MakeError(ErrorCode::kWrongArguments, "period_add");
  months += add;
  return Value::Int(months / 12 * 100 + months % 12 + 1);
}

Value EvalPeriodDiff(const FunctionCall& call, EvalContext& context) {
  int64_t a, b, a_months, b_months;
  if (!IntArg(call, 0, context, &a) || !IntArg(call, 1, context, &b)) return Value::Null();
  if (!PeriodMonths(a, &a_months) || !PeriodMonths(b, &b_months))
    throw MakeError(ErrorCode::kWrongArguments, "period_diff");
  return Value::Int(a_months - b_months);
}

bool ExtractsTimeOnly(IntervalUnit unit) {
  switch (unit) {
    case IntervalUnit::kMicrosecond:
    case IntervalUnit::kSecond:
    case IntervalUnit::kMinute:
    case IntervalUnit::kHour:
    case IntervalUnit::kSecondMicrosecond:
    case IntervalUnit::kMinuteMicrosecond:
    case IntervalUnit::kMinuteSecond:
    case IntervalUnit::kHourMicrosecond:
    case IntervalUnit::kHourSecond:
    case IntervalUnit::kHourMinute:
      return true;
    default:
      return false;
  }
}

int64_t Extract(IntervalUnit unit, const DateTime& t) {
  const int64_t time = int64_t{t.hour} * 10000 + t.minute * 100 + t.second;
  int year;
  switch (unit) {
    case IntervalUnit::kMicrosecond:
      return t.microsecond;
    case IntervalUnit::kSecond:
      return t.second;
    case IntervalUnit::kMinute:
      return t.minute;
    case IntervalUnit::kHour:
      return t.hour;
    case IntervalUnit::kDay:
      return t.day;
    case IntervalUnit::kWeek:
      return types::WeekOfYear(t, 0, &year);
    case IntervalUnit::kMonth:
      return t.month;
    case IntervalUnit::kQuarter:
      return QuarterOf(t);
    case IntervalUnit::kYear:
      return t.year;
    case IntervalUnit::kSecondMicrosecond:
      return t.second * 1'000'000 + t.microsecond;
    case IntervalUnit::kMinuteMicrosecond:
      return (t.minute * 100 + t.second) * int64_t{1'000'000} + t.microsecond;
    case IntervalUnit::kMinuteSecond:
      return t.minute * 100 + t.second;
    case IntervalUnit::kHourMicrosecond:
      return time * 1'000'000 + t.microsecond;
    case IntervalUnit::kHourSecond:
      return time;
    case IntervalUnit::kHourMinute:
      return t.hour * 100 + t.minute;
    case IntervalUnit::kDayMicrosecond:
      return (int64_t{t.day} * 1'000'000 + time) * 1'000'000 + t.microsecond;
    case IntervalUnit::kDaySecond:
      return int64_t{t.day} * 1'000'000 + time;
    case IntervalUnit::kDayMinute:
      return int64_t{t.day} * 10000 + t.hour * 100 + t.minute;
    case IntervalUnit::kDayHour:
      return int64_t{t.day} * 100 + t.hour;
    case IntervalUnit::kYearMonth:
      return int64_t{t.year} * 100 + t.month;
  }
  return 0;
}

Value EvalExtract(const FunctionCall& call, EvalContext& context) {
  int64_t ordinal;
  if (!IntArg(call, 0, context, &ordinal)) return Value::Null();
  const auto unit = static_cast<IntervalUnit>(ordinal);
  DateTime t;
  if (ExtractsTimeOnly(unit)) {
    int64_t micros;
    if (!TimeArg(call, 1, context, &micros)) return Value::Null();
    const int64_t value = Extract(unit, types::UnpackTime(micros));
    return Value::Int(micros < 0 ? -value : value);
  }
  if (!DatetimeArg(call, 1, context, &t)) return Value::Null();
  if (unit == IntervalUnit::kWeek && !HasRealDate(t)) return Value::Null();
  return Value::Int(Extract(unit, t));
}

Value EvalDate(const FunctionCall& call, EvalContext& context) {
  DateTime t;
  return DatetimeArg(call, 0, context, &t) ? DateResult(t) : Value::Null();
}

Value EvalTime(const FunctionCall& call, EvalContext& context) {
  int64_t micros;
  return TimeArg(call, 0, context, &micros) ? Value::Time(micros) : Value::Null();
}

Value EvalTimestamp(const FunctionCall& call, EvalContext& context) {
  DateTime t;
  if (!DatetimeArg(call, 0, context, &t)) return Value::Null();
  if (call.args().size() > 1) {
    int64_t micros, sum = types::DatetimeMicros(t);
    if (!TimeArg(call, 1, context, &micros)) return Value::Null();
    sum += micros;
    if (!types::DatetimeFromMicros(sum, &t)) return Value::Null();
  }
  return DatetimeResult(t);
}

template <uint32_t length>
void BindNumber(FunctionCall& call, BindContext&) {
  BindInt(call, length);
}
void BindDateOnly(FunctionCall& call, BindContext&) { BindDate(call); }
void BindName(FunctionCall& call, BindContext& context) { BindPlainText(call, context, 9); }
void BindTimeLike(FunctionCall& call, BindContext&) {
  BindTime(call, FspOf(call, call.args().size() - 1));
}
void BindTimestamp(FunctionCall& call, BindContext&) {
  int fsp = FspOf(call, 0);
  if (call.args().size() > 1) fsp = std::max(fsp, FspOf(call, 1));
  BindDatetime(call, fsp);
}

constexpr FunctionDef kDatePartTable[] = {
    {"date", 1, 1, BindDateOnly, EvalDate},
    {"datediff", 2, 2, BindNumber<7>, EvalDateDiff},
    {"day", 1, 1, BindNumber<2>, EvalPart<DayOfMonth, false>},
    {"dayname", 1, 1, BindName, EvalDayName},
    {"dayofmonth", 1, 1, BindNumber<2>, EvalPart<DayOfMonth, false>},
    {"dayofweek", 1, 1, BindNumber<1>, EvalPart<DayOfWeekOf, true>},
    {"dayofyear", 1, 1, BindNumber<3>, EvalPart<DayOfYearOf, true>},
    {"extract", 2, 2, BindNumber<17>, EvalExtract},
    {"from_days", 1, 1, BindDateOnly, EvalFromDays},
    {"hour", 1, 1, BindNumber<3>, EvalTimePart<HourOf>},
    {"last_day", 1, 1, BindDateOnly, EvalLastDay},
    {"makedate", 2, 2, BindDateOnly, EvalMakeDate},
    {"maketime", 3, 3, BindTimeLike, EvalMakeTime},
    {"microsecond", 1, 1, BindNumber<6>, EvalTimePart<MicrosecondOf>},
    {"minute", 1, 1, BindNumber<2>, EvalTimePart<MinuteOf>},
    {"month", 1, 1, BindNumber<2>, EvalPart<MonthOf, false>},
    {"monthname", 1, 1, BindName, EvalMonthName},
    {"period_add", 2, 2, BindNumber<6>, EvalPeriodAdd},
    {"period_diff", 2, 2, BindNumber<6>, EvalPeriodDiff},
    {"quarter", 1, 1, BindNumber<1>, EvalPart<QuarterOf, false>},
    {"sec_to_time", 1, 1, BindTimeLike, EvalSecToTime},
    {"second", 1, 1, BindNumber<2>, EvalTimePart<SecondOf>},
    {"time", 1, 1, BindTimeLike, EvalTime},
    {"time_to_sec", 1, 1, BindNumber<10>, EvalTimeToSec},
    {"timestamp", 1, 2, BindTimestamp, EvalTimestamp},
    {"to_days", 1, 1, BindNumber<7>, EvalPart<ToDays, true>},
    {"to_seconds", 1, 1, BindNumber<12>, EvalPart<ToSeconds, true>},
    {"week", 1, 2, BindNumber<2>, EvalWeek<false>},
    {"weekday", 1, 1, BindNumber<1>, EvalPart<WeekdayOf, true>},
    {"weekofyear", 1, 1, BindNumber<2>, EvalPart<WeekOfYearIso, true>},
    {"year", 1, 1, BindNumber<4>, EvalPart<YearOf, false>},
    {"yearweek", 1, 2, BindNumber<6>, EvalWeek<true>},
};

}  // namespace

FunctionTable DatePartFunctions() { return kDatePartTable; }

}  // namespace sixfold::exec
