// The type that values of several types have in common (CASE, COALESCE, UNION), and the conversion
// of a value to it.
#pragma once

#include <span>

#include "core/types/convert.h"
#include "core/types/data_type.h"
#include "core/types/value.h"

namespace sixfold::types {

/// MySQL's merge of types; NULL types do not count. Where the result is text its collation is that
/// of the first text among them: who aggregates collations sets it afterwards.
DataType CommonType(std::span<const DataType* const> types);
DataType CommonType(const DataType& a, const DataType& b);

/// The value as one of `to`: never an error, at worst a warning and the nearest value; NULL where a
/// text is no date. Text is converted to the charset of `to`, but not cut to its length.
Value ConvertToType(const Value& value, const DataType& from, const DataType& to,
                    const ConversionContext& context);
/// False where every value of `from` already is one of `to`.
bool NeedsConversion(const DataType& from, const DataType& to);

/// Decimal digits before the point that values of the type have at most, and behind it.
int IntegerDigitsOf(const DataType& type);
int ScaleOf(const DataType& type);
/// Characters of the value's text at most.
uint64_t TextLengthOf(const DataType& type);

}  // namespace sixfold::types
