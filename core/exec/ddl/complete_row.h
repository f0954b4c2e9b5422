// RowCompletion: what a row needs beyond copied values when a statement of DDL fills a table:
// DEFAULT expressions, generated columns, CHECK constraints. Binds the table's expressions once.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "core/catalog/definitions.h"
#include "core/exec/plan_names.h"
#include "core/types/value.h"

namespace sixfold::exec {

class RowCompletion {
 public:
  RowCompletion(SessionContext& session, const catalog::TablePtr& table);
  ~RowCompletion();

  /// False: the table has nothing to compute and to check.
  bool needed() const { return needed_; }
  /// Computes the columns marked in `defaulted` and the generated ones; 3819 for a violated CHECK.
  /// The new values live until the next call.
  void Complete(std::span<types::Value> row, const std::vector<bool>& defaulted);

 private:
  struct Work;
  std::unique_ptr<Work> work_;
  bool needed_ = false;
  uint64_t rows_ = 0;
};

/// The column's default is an expression to be computed for each row (CURRENT_TIMESTAMP is not: it
/// is the same for all).
bool HasComputedDefault(const catalog::ColumnDef& column);

}  // namespace sixfold::exec
