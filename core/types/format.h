// Text of values as the text protocol sends it and CONCAT sees it.
#pragma once

#include <string>

#include "core/types/data_type.h"
#include "core/types/value.h"

namespace sixfold::types {

class TimeZone;

inline constexpr int kNotFixedScale = 31;

/// The shortest text that reads back as the same double; exponents where the point would stand
/// outside the first 15 digits. scale below 31: that many decimals, rounded.
void AppendDouble(double value, int scale, std::string* out);
/// Rounded to so many significant digits, and with an exponent where the plain form is longer than
/// `width` and the other is not.
void AppendDoubleWithDigits(double value, int digits, size_t width, std::string* out);
/// As AppendDouble with six significant digits.
void AppendFloat(double value, int scale, std::string* out);

/// Appends the text of a value that is not NULL: strings in the charset of their type, all else in
/// ASCII. TIMESTAMPs are shown in the zone; BIT as its bytes.
void AppendText(const Value& value, const DataType& type, const TimeZone& zone, std::string* out);

}  // namespace sixfold::types
