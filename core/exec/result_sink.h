// ResultSink: where the rows of a statement go. core/server's encodes them to the wire as they
// come.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "core/exec/plan_names.h"
#include "core/plan/result_column.h"
#include "core/types/row_batch.h"

namespace sixfold::exec {

class ResultSink {
 public:
  virtual ~ResultSink() = default;
  virtual void BeginRows(std::span<const ResultColumn> columns) = 0;
  /// The batch's first columns.size() columns. The values need not outlive the call.
  virtual void AddRows(const types::RowBatch& batch) = 0;
  virtual void EndRows() = 0;
};

/// What a statement without rows reports in its OK packet.
struct StatementResult {
  bool has_rows = false;
  uint64_t affected_rows = 0;  // with CLIENT_FOUND_ROWS: matched_rows for UPDATE
  uint64_t matched_rows = 0;
  uint64_t insert_id = 0;
  std::string info;  // "Records: 3  Duplicates: 0  Warnings: 0"
};

}  // namespace sixfold::exec
