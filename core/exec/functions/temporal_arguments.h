// How date and time functions read temporal arguments, whatever their type, and give temporal
// results. Text that is none warns with 1292 and reads as NULL.
#pragma once

#include <cstdint>

#include "core/exec/functions/arguments.h"
#include "core/exec/plan_names.h"
#include "core/types/interval.h"
#include "core/types/temporal.h"
#include "core/types/time_zone.h"

namespace sixfold::exec {

/// False: NULL or no date. A TIME counts from today. TIMESTAMPs arrive in the session's zone.
/// Zero dates and zero parts pass: functions that need a real date check with HasRealDate().
bool DatetimeArg(const FunctionCall& call, size_t i, EvalContext& context, types::DateTime* out);
/// As a TIME: the time of day of a datetime. False: NULL or no time.
bool TimeArg(const FunctionCall& call, size_t i, EvalContext& context, int64_t* micros);

inline bool HasRealDate(const types::DateTime& t) { return t.month != 0 && t.day != 0; }

/// NOW() in the session's zone, cut to fsp digits.
types::DateTime LocalNow(EvalContext& context, int fsp);

void BindDate(FunctionCall& call);
void BindDatetime(FunctionCall& call, int fsp);
void BindTime(FunctionCall& call, int fsp);
/// Fractional digits a temporal made of the argument has.
int FspOf(const FunctionCall& call, size_t i);

types::Value DateResult(const types::DateTime& t);
types::Value DatetimeResult(const types::DateTime& t);
/// DATE_FORMAT; false: the date lacks what a conversion needs.
bool FormatDateTime(const types::DateTime& t, std::string_view format, std::string* out);

}  // namespace sixfold::exec
