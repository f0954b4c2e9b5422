// Storing a value into a column: the conversions of INSERT, UPDATE and LOAD DATA, with strict
// mode's errors. What a column then holds is in its type's range, rounded to its scale, in its
// charset, without CHAR's trailing spaces and with BINARY's zeros; TIMESTAMPs are UTC.
#pragma once

#include <string_view>

#include "core/types/convert.h"
#include "core/types/data_type.h"
#include "core/types/value.h"

namespace sixfold::types {

struct StoreContext {
  ConversionContext conversion;  // diagnostics (whose row() errors name) and arena never null
  bool ignore = false;           // INSERT IGNORE and its like: what would be an error is a warning

  bool IsStrict() const;
};

/// value is not NULL (whether the column takes NULLs is the caller's question). Throws SqlError in
/// strict mode, else warns and stores the nearest value. The result may share the value's bytes.
Value StoreValue(const Value& value, const DataType& from, const DataType& to,
                 std::string_view column, const StoreContext& context);

/// What a NOT NULL column without a default gets where MySQL gives it something: 0, '', zero dates.
Value ImplicitDefault(const DataType& type, Arena* arena);

}  // namespace sixfold::types
