// INSERT into a view: the base table behind it and what its columns are called there.
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
  std::vector<const sql::Expression*> checks;  // WITH CHECK OPTION
};

ViewTarget FindViewTarget(Binder& binder, const catalog::ViewPtr& view, bool outer_check,
                          int depth);

}  // namespace sixfold::exec
