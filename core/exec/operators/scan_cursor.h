// ScanCursor: what the scans of rows made elsewhere have in common: where the rows go in a batch of
// their block, and the conditions on them.
#pragma once

#include "core/exec/operators/cursor.h"
#include "core/plan/physical/scans.h"

namespace sixfold::exec {

class ScanCursor : public Cursor {
 protected:
  ScanCursor(const plan::ScanOutput& output, Execution& execution)
      : execution_(execution), output_(output), batch_(output.width) {}

  /// Lets the rows of the batch through for which the conditions hold; false: none is left.
  bool FilterRows() {
    if (!output_.filters.empty()) {
      scratch_.Reset();
      EvalContext context = execution_.Context(&scratch_, outer_);
      FilterBatch(output_.filters, context, &batch_, output_.slot_begin,
                  output_.slot_begin + static_cast<uint32_t>(output_.columns.size()));
    }
    return batch_.rows() > 0;
  }

  Execution& execution_;
  const plan::ScanOutput& output_;
  RowBatch batch_;
  const EvalContext* outer_ = nullptr;
  Arena scratch_;
};

}  // namespace sixfold::exec
