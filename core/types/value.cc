// Copying of values.
#include "core/types/value.h"

#include "core/base/arena.h"
#include "core/types/decimal.h"

namespace sixfold::types {

Value CopyValue(const Value& value, Arena* arena) {
  switch (value.kind()) {
    case ValueKind::kString:
      return Value::String(arena->Copy(value.bytes()), value.enum_index());
    case ValueKind::kJson:
      return Value::Json(arena->Copy(value.bytes()));
    case ValueKind::kDecimal:
      return Value::DecimalRef(arena->New<Decimal>(value.decimal()));
    default:
      return value;
  }
}

}  // namespace sixfold::types
