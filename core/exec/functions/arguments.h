// How functions read their arguments and give results: conversions to the kind a function works
// with, NULL as a false return, the collation that string arguments agree on, results in the arena.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "core/base/arena.h"
#include "core/exec/plan_names.h"
#include "core/plan/expression/function.h"
#include "core/types/collation.h"
#include "core/types/data_type.h"

namespace sixfold::types {
class Decimal;
class TimeZone;
struct ConversionContext;
}  // namespace sixfold::types

namespace sixfold::exec {

/// Each evaluates argument i and converts it; false: NULL.
/// Text is in the character set of the call's collation (or as it is, where that is none).
bool TextArg(const FunctionCall& call, size_t i, EvalContext& context, std::string_view* out);
/// The argument's own bytes, in its own character set.
bool BytesArg(const FunctionCall& call, size_t i, EvalContext& context, std::string_view* out);
/// Rounded to an integer; unsigned values beyond INT64_MAX keep their bits and set *is_unsigned
/// (may be null).
bool IntArg(const FunctionCall& call, size_t i, EvalContext& context, int64_t* out,
            bool* is_unsigned = nullptr);
bool DoubleArg(const FunctionCall& call, size_t i, EvalContext& context, double* out);
bool DecimalArg(const FunctionCall& call, size_t i, EvalContext& context, types::Decimal* out);

const types::TimeZone& SessionZone(EvalContext& context);
/// What core/types' conversions need to know, from the evaluation's surroundings.
types::ConversionContext ConversionOf(EvalContext& context);

/// The value of a literal, or of a literal with a minus sign, at binding time; NULL for all else:
/// parameters are constant too, but not known yet.
types::Value KnownValue(const Expression& expression, Arena* arena);

/// An arena copy as a string value.
types::Value TextResult(EvalContext& context, std::string_view text);

types::Value DecimalValue(EvalContext& context, const types::Decimal& decimal);
/// units / 10^units_scale as a DECIMAL of `scale` digits.
types::Value DecimalResult(EvalContext& context, int64_t units, int units_scale, int scale);

/// The collation the arguments `from` … agree on by coercibility; 1267 when they do not.
/// Numbers count as text of the connection's collation.
const types::Collation* AgreeOnCollation(const FunctionCall& call, size_t from, size_t to,
                                         BindContext& context, uint8_t* coercibility);
/// Sets a text result: VARCHAR of `length` characters (TEXT types beyond MySQL's limit) in the
/// collation all arguments [from, to) agree on.
void BindText(FunctionCall& call, BindContext& context, uint64_t length, size_t from = 0,
              size_t to = SIZE_MAX);
/// A text result that does not depend on string arguments: in the connection's collation.
void BindPlainText(FunctionCall& call, BindContext& context, uint64_t length);
void BindBinary(FunctionCall& call, uint64_t length);
void BindInt(FunctionCall& call, uint32_t length = 10, bool is_unsigned = false);
void BindBigInt(FunctionCall& call, bool is_unsigned = false);
void BindBool(FunctionCall& call);
void BindDouble(FunctionCall& call);
/// Nullable where any argument is.
bool AnyNullable(const FunctionCall& call);

/// Characters a value of the type has at most when shown as text.
uint64_t TextLength(const types::DataType& type);
uint64_t ArgLength(const FunctionCall& call, size_t i);

const types::Charset& CharsetOf(const FunctionCall& call);
/// Results longer than max_allowed_packet are NULL with warning 1301.
bool TooLong(const FunctionCall& call, EvalContext& context, uint64_t bytes);

}  // namespace sixfold::exec
