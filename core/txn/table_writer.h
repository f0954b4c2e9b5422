// TableWriter: changes one table's rows together with all its index entries. Rows are full rows in
// definition order, values already converted to the columns' types and NOT NULL-checked. Rows to
// update or delete were read with LockMode::kExclusive in this statement.
// Foreign keys are checked (and cascaded) here unless foreign_key_checks is off: 1451, 1452.
#pragma once

#include <cstdint>
#include <span>

#include "core/txn/transaction.h"
#include "core/types/value.h"

namespace sixfold::txn {

struct WriteResult {
  bool ok = true;
  /// Duplicate key: ordinal of the unique index; `existing` holds the row that is there, locked
  /// exclusively (in the arena given).
  int duplicate_index = -1;
  std::span<const types::Value> existing;
  types::Value existing_row_id;  // of tables with an implicit row id; NULL otherwise
};

class TableWriter {
 public:
  virtual ~TableWriter() = default;
  /// A duplicate is a return value, not an exception: INSERT IGNORE, REPLACE and ON DUPLICATE KEY
  /// UPDATE are normal flow. Implicit row ids are assigned here.
  virtual WriteResult Insert(std::span<const types::Value> row, Arena* arena) = 0;
  /// `row_id` matters for tables with an implicit row id only (the value of the extra column).
  virtual WriteResult Update(std::span<const types::Value> old_row,
                             std::span<const types::Value> new_row, types::Value row_id,
                             Arena* arena) = 0;
  virtual void Delete(std::span<const types::Value> row, types::Value row_id, Arena* arena) = 0;
  virtual void set_foreign_key_checks(bool on) = 0;
  virtual void set_unique_checks(bool on) = 0;
};

}  // namespace sixfold::txn
