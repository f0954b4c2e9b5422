// TableScan: rows of one table through one index: whole, by ranges, or by key. Conditions on this
// table alone are tested here.
//
// TableAccess is shared with IndexJoin, which opens one for each row of its outer side.
#pragma once

#include <memory>
#include <vector>

#include "core/catalog/definitions.h"
#include "core/exec/operators/access_path.h"
#include "core/exec/operators/operator.h"
#include "core/exec/values.h"
#include "core/txn/transaction.h"

namespace sixfold::txn {
class TableReader;
}

namespace sixfold::exec {

struct TableAccess {
  std::string alias;
  catalog::TablePtr table;
  std::vector<uint32_t> columns;  // ordinals wanted; into slots slot_begin …
  uint32_t slot_begin = 0;
  uint32_t width = 0;  // of the block's batches
  AccessPath path;
  txn::LockMode lock = txn::LockMode::kNone;
  txn::LockWait wait = txn::LockWait::kWait;
  bool one_at_a_time = false;  // locking reads that may stop early
  std::string Describe() const;
};

/// Reads a TableAccess for one evaluation of its bounds after another.
class AccessReader {
 public:
  AccessReader(const TableAccess& access, Execution& execution);
  ~AccessReader();

  void Open(EvalContext& context);
  /// Fills columns [0, columns.size()) of the batch from row 0; false at the end.
  bool Next(RowBatch* batch);
  txn::TableReader& reader() { return *reader_; }

 private:
  bool OpenNextRange();
  bool NextPoint(RowBatch* batch);

  const TableAccess& access_;
  Execution& execution_;
  std::unique_ptr<txn::TableReader> reader_;
  std::vector<KeyRange> ranges_;
  std::vector<Value> key_;
  size_t next_range_ = 0;
  bool range_open_ = false;
  bool point_pending_ = false;
  Arena arena_;
};

class TableScan final : public Operator {
 public:
  TableScan(TableAccess access, std::vector<Expression*> filters)
      : access_(std::move(access)), filters_(std::move(filters)) {}
  std::unique_ptr<Cursor> NewCursor(Execution& execution) const override;
  std::string Describe() const override;
  const TableAccess& access() const { return access_; }
  const std::vector<Expression*>& filters() const { return filters_; }

 private:
  TableAccess access_;
  std::vector<Expression*> filters_;
};

/// Keeps the rows of the batch for which all filters are true, moving slots [begin, end) up.
void FilterBatch(const std::vector<Expression*>& filters, EvalContext& context, RowBatch* batch,
                 uint32_t begin, uint32_t end);

}  // namespace sixfold::exec
