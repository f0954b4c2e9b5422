// Comparison of values of different types by MySQL's rules.
#pragma once

#include <cstdint>

#include "core/types/convert.h"
#include "core/types/data_type.h"
#include "core/types/value.h"

namespace sixfold::types {

enum class CompareKind : uint8_t { kInteger, kDecimal, kDouble, kString, kDatetime, kTime, kJson };

/// As what values of the two types are compared: strings as strings, integers as integers, exact
/// numbers as decimals, a temporal with anything as the temporal
/// (with numbers as doubles: who knows one of them constant may take kDatetime), all else as
/// doubles.
CompareKind CompareKindOf(const DataType& a, const DataType& b);

/// The order of two values that are not NULL. collation: for kString, of both (converted where
/// their charsets differ). A text that is no date raises 1525 where strict_dates, else warns.
int CompareAs(CompareKind kind, const Value& a, const DataType& a_type, const Value& b,
              const DataType& b_type, const Collation* collation, const ConversionContext& context,
              bool strict_dates = false);

/// The order of two values of one type; NULL first.
int CompareSameType(const Value& a, const Value& b, const DataType& type);
/// Values that CompareSameType calls equal hash alike.
uint64_t HashOf(const Value& value, const DataType& type);

int CompareIntegers(Integer a, Integer b);

}  // namespace sixfold::types
