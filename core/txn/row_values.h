// Small things readers and writers do with the values of rows.
#pragma once

#include <bit>
#include <string_view>

#include "core/base/arena.h"
#include "core/catalog/definitions.h"
#include "core/txn/external_values.h"
#include "core/txn/row_codec.h"
#include "core/types/data_type.h"
#include "core/types/decimal.h"
#include "core/types/value.h"

namespace sixfold::txn {

/// The same kind and the same bytes: stricter than SQL's equality.
inline bool IdenticalValues(const types::Value& a, const types::Value& b) {
  if (a.kind() != b.kind()) return false;
  switch (a.kind()) {
    case types::ValueKind::kNull:
      return true;
    case types::ValueKind::kString:
    case types::ValueKind::kJson:
      return a.bytes() == b.bytes() && a.enum_index() == b.enum_index();
    case types::ValueKind::kDouble: {
      const double x = a.double_value();
      const double y = b.double_value();
      return std::bit_cast<uint64_t>(x) == std::bit_cast<uint64_t>(y);
    }
    case types::ValueKind::kDecimal:
      return a.decimal() == b.decimal();
    default:
      return a.int_value() == b.int_value();
  }
}

/// Values of such columns may be too long for the row.
inline bool CanBeExternal(const types::DataType& type) {
  switch (type.id) {
    case types::TypeId::kText:
    case types::TypeId::kMediumText:
    case types::TypeId::kLongText:
    case types::TypeId::kBlob:
    case types::TypeId::kMediumBlob:
    case types::TypeId::kLongBlob:
    case types::TypeId::kJson:
    case types::TypeId::kGeometry:
      return true;
    default:
      return type.IsString() && type.length > kMaxInlineBytes / 4;
  }
}

inline types::Value DecodeColumn(storage::ReadView& view, const WriteSet& changes,
                                 const catalog::TableDef& table, const catalog::ColumnDef& column,
                                 const RowDecoder& row, Arena* arena) {
  const RowDecoder::Cell cell = row.Find(column.storage_id);
  if (!cell.present) return DecodeInstantDefault(column, arena);
  if (cell.null) return types::Value::Null();
  if (cell.external) {
    return ReadExternal(view, changes, table.id, column.type, ParseExternalCell(cell.bytes), arena);
  }
  return DecodeCell(cell.bytes, column.type, arena);
}

}  // namespace sixfold::txn
