// TableReader: reads one table's rows through one of its indexes, as batches or single rows.
// Consistent reads see the statement's S plus the transaction's own earlier changes; locking reads
// (mode != kNone) see and lock the latest committed rows, with InnoDB's record, gap and next-key
// locks.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/catalog/definitions.h"
#include "core/txn/transaction.h"
#include "core/types/row_batch.h"
#include "core/types/value.h"

namespace sixfold::txn {

/// A bound of an index range: values of the first key parts, already converted to the columns'
/// types (a NULL value matches NULL keys). Empty: unbounded. Bounds compare values, also where the
/// last part is descending; on prefix parts both bounds take in every value with the prefix.
struct KeyBound {
  std::span<const types::Value> values;
  bool inclusive = true;
};

struct ScanRequest {
  uint32_t index = 0;     // ordinal in TableDef::indexes
  KeyBound lower, upper;  // equality on a prefix: both bounds hold the same values
  bool backward = false;
  /// Ordinals of the columns wanted; batch column i gets columns[i]. The ordinal columns.size() of
  /// the definition means the implicit row id.
  std::span<const uint32_t> columns;
  LockMode lock = LockMode::kNone;
  LockWait wait = LockWait::kWait;
};

class TableReader {
 public:
  virtual ~TableReader() = default;
  /// Starts (or restarts) a scan. The spans are copied.
  virtual void Open(const ScanRequest& request) = 0;
  /// Appends rows up to the batch's capacity; false once the range is exhausted and nothing was
  /// appended. Values live in the batch's arena.
  virtual bool Next(types::RowBatch* batch) = 0;
  /// Point read by all parts of a unique index: fills row[i] with columns[i]. False: no such row
  /// (under a locking mode the gap is then locked as InnoDB does).
  virtual bool Get(uint32_t index, std::span<const types::Value> key,
                   std::span<const uint32_t> columns, LockMode lock, LockWait wait,
                   types::Value* row, Arena* arena) = 0;
  /// Under READ COMMITTED: the last row returned by a locking scan did not match; its lock may go.
  virtual void UnlockLast() = 0;
};

}  // namespace sixfold::txn
