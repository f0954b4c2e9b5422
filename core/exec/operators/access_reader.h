// AccessReader: reads a TableAccess for one evaluation of its bounds after another.
#pragma once

#include <memory>
#include <vector>

#include "core/exec/operators/cursor.h"
#include "core/exec/operators/key_ranges.h"
#include "core/exec/plan_names.h"
#include "core/plan/physical/table_access.h"

namespace sixfold::txn {
class TableReader;
}

namespace sixfold::exec {

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

}  // namespace sixfold::exec
