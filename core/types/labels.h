// ENUM and SET labels: between a label's text, its index and a set's bits.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/types/data_type.h"
#include "core/types/value.h"

namespace sixfold::types {

/// The value of label number `index` (from 1); 0, MySQL's error value, is ''. Its text is the
/// type's own: it lives as long as the labels do.
Value EnumValue(const DataType& type, uint16_t index);
/// The index of a label, compared under the type's collation without trailing spaces; 0: none.
uint16_t FindLabel(const DataType& type, std::string_view text);

/// The bits of a comma-separated list of labels. *unknown turns true where an element is none of
/// them (it is left out).
uint64_t SetBits(const DataType& type, std::string_view text, bool* unknown = nullptr);
/// The labels of the bits in their order, comma-separated.
std::string_view SetText(const DataType& type, uint64_t bits, Arena* arena);

}  // namespace sixfold::types
