// NOW and its kin, arithmetic on dates and times, Unix time, time zones.
#include <algorithm>
#include <cmath>

#include "core/base/clock.h"
#include "core/exec/functions/tables.h"
#include "core/exec/functions/temporal_arguments.h"
#include "core/plan/session_context.h"
#include "core/types/diagnostics.h"
#include "core/types/error_codes.h"
#include "core/types/sql_error.h"

namespace sixfold::exec {
namespace {

using types::DateTime;
using types::Interval;
using types::IntervalUnit;
using types::TypeId;
using types::Value;

/// The literal fsp argument of NOW(3) and the like.
int FspArgument(const FunctionCall& call, BindContext& context) {
  if (call.args().empty()) return 0;
  Arena arena;
  const Value known = KnownValue(call.arg(0), &arena);
  const int64_t fsp = known.kind() == types::ValueKind::kInt ? known.int_value() : -1;
  if (fsp < 0) throw MakeError(ErrorCode::kWrongArguments, call.def().name);
  if (fsp > 6) throw MakeError(ErrorCode::kTooBigPrecision, fsp, call.def().name, 6);
  return static_cast<int>(fsp);
}

void BindNow(FunctionCall& call, BindContext& context) {
  BindDatetime(call, FspArgument(call, context));
}
void BindTimeNow(FunctionCall& call, BindContext& context) {
  BindTime(call, FspArgument(call, context));
}
void BindToday(FunctionCall& call, BindContext&) { BindDate(call); }

int64_t CutMicros(int64_t micros, int fsp) {
  static constexpr int64_t kUnits[] = {1'000'000, 100'000, 10'000, 1'000, 100, 10, 1};
  return micros - micros % kUnits[fsp];
}

Value EvalNow(const FunctionCall& call, EvalContext& context) {
  return DatetimeResult(LocalNow(context, call.type().scale));
}

Value EvalSysdate(const FunctionCall& call, EvalContext& context) {
  const int64_t utc = types::DatetimeFromUnixMicros(
      CutMicros(context.session->clock().WallMicros(), call.type().scale));
  return Value::Datetime(SessionZone(context).TimestampToLocal(utc));
}

Value EvalCurdate(const FunctionCall&, EvalContext& context) {
  return DateResult(LocalNow(context, 0));
}
Value EvalCurtime(const FunctionCall& call, EvalContext& context) {
  return Value::Time(types::TimeMicros(LocalNow(context, call.type().scale)));
}

DateTime UtcNow(const FunctionCall& call, EvalContext& context) {
  return types::UnpackDatetime(types::DatetimeFromUnixMicros(
      CutMicros(context.session->statement_time_us(), call.type().scale)));
}
Value EvalUtcTimestamp(const FunctionCall& call, EvalContext& context) {
  return DatetimeResult(UtcNow(call, context));
}
Value EvalUtcDate(const FunctionCall& call, EvalContext& context) {
  return DateResult(UtcNow(call, context));
}
Value EvalUtcTime(const FunctionCall& call, EvalContext& context) {
  return Value::Time(types::TimeMicros(UtcNow(call, context)));
}

/// The amount of an INTERVAL; false: NULL.
bool IntervalArg(const FunctionCall& call, size_t i, IntervalUnit unit, EvalContext& context,
                 Interval* interval) {
  if (types::IsCompositeUnit(unit)) {
    std::string_view text;
    if (!BytesArg(call, i, context, &text)) return false;
    return types::ParseInterval(text, unit, interval);
  }
  if (unit == IntervalUnit::kSecond && !call.arg(i).type().IsInteger()) {
    // SECOND alone takes fractions.
    double seconds;
    if (!DoubleArg(call, i, context, &seconds) || std::fabs(seconds) > 9e15) return false;
    interval->negative = seconds < 0;
    const double magnitude = std::fabs(seconds);
    interval->second = static_cast<uint64_t>(magnitude);
    interval->microsecond =
        static_cast<uint64_t>(std::llround((magnitude - std::floor(magnitude)) * 1e6));
    return true;
  }
  int64_t amount;
  bool is_unsigned;
  if (!IntArg(call, i, context, &amount, &is_unsigned)) return false;
  const bool is_text = call.arg(i).type().IsString();
  if (is_unsigned && amount < 0 && !is_text) amount = INT64_MAX;  // beyond every calendar
  *interval = types::IntervalOf(amount, unit);
  return true;
}

IntervalUnit UnitOf(const FunctionCall& call) {
  EvalContext none;
  return static_cast<IntervalUnit>(call.arg(2).Eval(none).int_value());
}

int IntervalFsp(const FunctionCall& call, IntervalUnit unit) {
  if (types::UnitHasMicroseconds(unit)) return 6;
  if (unit != IntervalUnit::kSecond) return 0;
  const types::DataType& amount = call.arg(1).type();
  if (amount.id == TypeId::kDecimal) return std::min<int>(amount.scale, 6);
  return amount.IsInteger() ? 0 : 6;
}

void BindDateAdd(FunctionCall& call, BindContext& context) {
  const IntervalUnit unit = UnitOf(call);
  const TypeId id = call.arg(0).type().id;
  const int fsp = std::max(FspOf(call, 0), IntervalFsp(call, unit));
  if (id == TypeId::kDate && !types::UnitHasTime(unit)) return BindDate(call);
  if (id == TypeId::kTime)
    return types::UnitHasDate(unit) ? BindDatetime(call, fsp) : BindTime(call, fsp);
  if (call.arg(0).type().IsTemporal()) return BindDatetime(call, fsp);
  // Of text nobody knows yet whether it is a date or a datetime: the result is text.
  BindPlainText(call, context, 29);
}

template <bool subtract>
Value EvalDateAdd(const FunctionCall& call, EvalContext& context) {
  const IntervalUnit unit = UnitOf(call);
  Interval interval;
  if (!IntervalArg(call, 1, unit, context, &interval)) return Value::Null();
  if (subtract) interval.negative = !interval.negative;
  const auto overflow = [&] {
    context.diagnostics->Warn(ErrorCode::kDatetimeFunctionOverflow, "datetime");
    return Value::Null();
  };
  if (call.type().id == TypeId::kTime) {
    int64_t micros;
    if (!TimeArg(call, 0, context, &micros)) return Value::Null();
    return types::AddIntervalToTime(&micros, interval) ? Value::Time(micros) : overflow();
  }
  DateTime t;
  if (!DatetimeArg(call, 0, context, &t) || !HasRealDate(t)) return Value::Null();
  if (!types::AddInterval(&t, interval, unit)) return overflow();
  if (call.type().id == TypeId::kDate) return DateResult(t);
  if (call.type().id == TypeId::kDatetime) return DatetimeResult(t);
  std::string text;
  if (t.kind == types::TemporalKind::kDate)
    types::AppendDate(types::PackDate(t), &text);
  else
    types::AppendDatetime(types::PackDatetime(t), t.microsecond != 0 ? 6 : 0, &text);
  return TextResult(context, text);
}

bool IsTimeType(const FunctionCall& call, size_t i) {
  return call.arg(i).type().id == TypeId::kTime;
}

void BindAddTime(FunctionCall& call, BindContext& context) {
  const int fsp = std::max(FspOf(call, 0), FspOf(call, 1));
  const TypeId id = call.arg(0).type().id;
  if (id == TypeId::kTime) return BindTime(call, fsp);
  if (id == TypeId::kDatetime || id == TypeId::kTimestamp || id == TypeId::kDate)
    return BindDatetime(call, fsp);
  BindPlainText(call, context, 29);
}

template <bool subtract>
Value EvalAddTime(const FunctionCall& call, EvalContext& context) {
  int64_t add;
  if (!TimeArg(call, 1, context, &add)) return Value::Null();
  if (subtract) add = -add;
  if (call.type().id == TypeId::kDatetime) {
    DateTime t;
    if (!DatetimeArg(call, 0, context, &t) ||
        !types::DatetimeFromMicros(types::DatetimeMicros(t) + add, &t))
      return Value::Null();
    return DatetimeResult(t);
  }
  std::string_view text;
  std::string result;
  if (call.type().id != TypeId::kTime) {
    // Text with a date in it is a datetime.
    if (!BytesArg(call, 0, context, &text)) return Value::Null();
    types::ParsedTemporal parsed;
    if (types::ParseTime(text, &parsed) && parsed.value.kind == types::TemporalKind::kDatetime) {
      DateTime t = parsed.value;
      if (!types::DatetimeFromMicros(types::DatetimeMicros(t) + add, &t)) return Value::Null();
      types::AppendDatetime(types::PackDatetime(t), t.microsecond != 0 ? 6 : 0, &result);
      return TextResult(context, result);
    }
  }
  int64_t micros;
  if (!TimeArg(call, 0, context, &micros)) return Value::Null();
  micros = std::clamp(micros + add, -types::kMaxTimeMicros, types::kMaxTimeMicros);
  if (call.type().id == TypeId::kTime) return Value::Time(micros);
  types::AppendTime(micros, micros % types::kMicrosPerSecond != 0 ? 6 : 0, &result);
  return TextResult(context, result);
}

void BindTimeDiff(FunctionCall& call, BindContext&) {
  BindTime(call, std::max(FspOf(call, 0), FspOf(call, 1)));
}

/// Whether the argument is a time alone; decides with its text where the type does not tell.
bool ReadsAsTime(const FunctionCall& call, size_t i, EvalContext& context) {
  if (call.arg(i).type().IsTemporal()) return IsTimeType(call, i);
  std::string_view text;
  types::ParsedTemporal parsed;
  if (!BytesArg(call, i, context, &text)) return true;
  return !types::ParseTime(text, &parsed) || parsed.value.kind == types::TemporalKind::kTime;
}

Value EvalTimeDiff(const FunctionCall& call, EvalContext& context) {
  const bool times = ReadsAsTime(call, 0, context);
  if (times != ReadsAsTime(call, 1, context)) return Value::Null();
  int64_t a, b;
  if (times) {
    if (!TimeArg(call, 0, context, &a) || !TimeArg(call, 1, context, &b)) return Value::Null();
  } else {
    DateTime from, to;
    if (!DatetimeArg(call, 0, context, &from) || !DatetimeArg(call, 1, context, &to))
      return Value::Null();
    a = types::DatetimeMicros(from);
    b = types::DatetimeMicros(to);
  }
  const int64_t difference = a - b;
  if (std::abs(difference) <= types::kMaxTimeMicros) return Value::Time(difference);
  std::string text;
  types::AppendTime(difference, 0, &text);
  context.diagnostics->Warn(ErrorCode::kTruncatedWrongValue, "time", text);
  return Value::Time(difference < 0 ? -types::kMaxTimeMicros : types::kMaxTimeMicros);
}

void BindTimestampDiff(FunctionCall& call, BindContext&) { BindInt(call, 21); }

Value EvalTimestampDiff(const FunctionCall& call, EvalContext& context) {
  int64_t unit;
  DateTime from, to;
  if (!IntArg(call, 0, context, &unit) || !DatetimeArg(call, 1, context, &from) ||
      !DatetimeArg(call, 2, context, &to))
    return Value::Null();
  if (!HasRealDate(from) || !HasRealDate(to)) return Value::Null();
  return Value::Int(types::DifferenceIn(static_cast<IntervalUnit>(unit), from, to));
}

void BindUnixTimestamp(FunctionCall& call, BindContext&) {
  const int fsp = call.args().empty() ? 0 : FspOf(call, 0);
  if (fsp == 0) return BindInt(call, 11);
  types::DataType type;
  type.id = TypeId::kDecimal;
  type.precision = static_cast<uint8_t>(11 + fsp);
  type.scale = static_cast<uint8_t>(fsp);
  type.length = static_cast<uint32_t>(12 + fsp);
  call.set_type(type);
}

/// Microseconds since 1970 UTC of a local datetime; false: out of TIMESTAMP's range.
bool ToUnixMicros(const DateTime& t, EvalContext& context, int64_t* micros) {
  constexpr int64_t kLastSecond = 32536771199;  // 3001-01-18 23:59:59
  const int64_t local = types::UnixMicrosOfDatetime(types::PackDatetime(t));
  const int64_t fraction = t.microsecond;
  const int64_t utc = SessionZone(context).ToUtc((local - fraction) / types::kMicrosPerSecond);
  if (utc < 0 || utc > kLastSecond) return false;
  *micros = utc * types::kMicrosPerSecond + fraction;
  return true;
}

Value EvalUnixTimestamp(const FunctionCall& call, EvalContext& context) {
  if (call.args().empty()) return Value::Int(context.session->statement_time_us() / 1'000'000);
  DateTime t;
  int64_t micros;
  const bool has_date = DatetimeArg(call, 0, context, &t);
  if (!has_date && call.EvalArg(0, context).is_null()) return Value::Null();
  if (!has_date || !HasRealDate(t) || !ToUnixMicros(t, context, &micros)) micros = 0;
  if (call.type().id != TypeId::kDecimal) return Value::Int(micros / 1'000'000);
  return DecimalResult(context, micros, 6, call.type().scale);
}

void BindFromUnixtime(FunctionCall& call, BindContext& context) {
  if (call.args().size() > 1) return BindPlainText(call, context, 255);
  const types::DataType& type = call.arg(0).type();
  BindDatetime(call, type.IsInteger()              ? 0
                     : type.id == TypeId::kDecimal ? std::min<int>(type.scale, 6)
                                                   : 6);
}

Value EvalFromUnixtime(const FunctionCall& call, EvalContext& context) {
  double seconds;
  if (!DoubleArg(call, 0, context, &seconds) || seconds < 0 || seconds > 32536771199.0)
    return Value::Null();
  const auto micros = static_cast<int64_t>(std::llround(seconds * 1e6));
  const int64_t local =
      SessionZone(context).TimestampToLocal(types::DatetimeFromUnixMicros(micros));
  if (call.args().size() == 1) return Value::Datetime(local);
  std::string_view format;
  if (!TextArg(call, 1, context, &format)) return Value::Null();
  std::string text;
  if (!FormatDateTime(types::UnpackDatetime(local), format, &text)) return Value::Null();
  return TextResult(context, text);
}

void BindConvertTz(FunctionCall& call, BindContext&) { BindDatetime(call, FspOf(call, 0)); }

Value EvalConvertTz(const FunctionCall& call, EvalContext& context) {
  DateTime t;
  std::string_view from, to;
  if (!DatetimeArg(call, 0, context, &t) || !BytesArg(call, 1, context, &from) ||
      !BytesArg(call, 2, context, &to))
    return Value::Null();
  const types::TimeZone *from_zone = types::TimeZone::Find(from),
                        *to_zone = types::TimeZone::Find(to);
  if (from_zone == nullptr || to_zone == nullptr || !HasRealDate(t)) return Value::Null();
  int64_t utc;
  if (!from_zone->LocalToTimestamp(types::PackDatetime(t), &utc)) return DatetimeResult(t);
  return Value::Datetime(to_zone->TimestampToLocal(utc));
}

constexpr FunctionDef kDateArithmeticTable[] = {
    {"addtime", 2, 2, BindAddTime, EvalAddTime<false>},
    {"convert_tz", 3, 3, BindConvertTz, EvalConvertTz},
    {"curdate", 0, 0, BindToday, EvalCurdate, true},
    {"current_date", 0, 0, BindToday, EvalCurdate, true},
    {"current_time", 0, 1, BindTimeNow, EvalCurtime, true},
    {"curtime", 0, 1, BindTimeNow, EvalCurtime, true},
    {"date_add", 3, 3, BindDateAdd, EvalDateAdd<false>},
    {"date_sub", 3, 3, BindDateAdd, EvalDateAdd<true>},
    {"from_unixtime", 1, 2, BindFromUnixtime, EvalFromUnixtime},
    {"now", 0, 1, BindNow, EvalNow, true},
    {"subtime", 2, 2, BindAddTime, EvalAddTime<true>},
    {"sysdate", 0, 1, BindNow, EvalSysdate, false},
    {"timediff", 2, 2, BindTimeDiff, EvalTimeDiff},
    {"timestampdiff", 3, 3, BindTimestampDiff, EvalTimestampDiff},
    {"unix_timestamp", 0, 1, BindUnixTimestamp, EvalUnixTimestamp},
    {"utc_date", 0, 0, BindToday, EvalUtcDate, true},
    {"utc_time", 0, 1, BindTimeNow, EvalUtcTime, true},
    {"utc_timestamp", 0, 1, BindNow, EvalUtcTimestamp, true},
};

}  // namespace

FunctionTable DateArithmeticFunctions() { return kDateArithmeticTable; }

}  // namespace sixfold::exec
