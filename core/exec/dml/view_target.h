// Changes through a view: the base table behind it, what its columns are called there, and the
// conditions of WITH CHECK OPTION.
#pragma once

#include <string>
#include <vector>

#include "core/exec/plan_names.h"
#include "core/plan/bind/binder.h"

namespace sixfold::exec {

struct ViewTarget {
  catalog::TablePtr table;  // null: the view cannot be inserted into
  std::string alias;        // of the table inside the view
  struct Column {
    std::string name;
    uint32_t ordinal = 0;
  };
  std::vector<Column> columns;
  /// A condition of WITH CHECK OPTION, in the names of the table or view it was written over.
  struct Check {
    const sql::Expression* condition = nullptr;
    std::string schema, name;
    bool aliased = false;         // `name` is not its own
    std::vector<Column> columns;  // of that table or view
  };
  std::vector<Check> checks;
};

struct RowProgram;

/// What is written below COLLATE: a collation does not change what is stored.
inline const sql::Expression* WithoutCollation(const sql::Expression* written) {
  while (const auto* collate = sql::TryAs<sql::Collate>(written)) written = collate->operand;
  return written;
}

ViewTarget FindViewTarget(Binder& binder, const catalog::ViewPtr& view, bool outer_check,
                          int depth);
/// Binds the checks of `view`, which `behind` was found for, over the program's row.
void AddViewChecks(Binder& binder, const catalog::ViewDef& view, const ViewTarget& behind,
                   RowProgram* program);

}  // namespace sixfold::exec
