// EXPLAIN.
#include "core/exec/bind/errors.h"
#include "core/exec/plan.h"

namespace sixfold::exec {

std::unique_ptr<Plan> PlanExplain(SessionContext&, const sql::Statement&, std::string_view,
                                  std::span<const types::DataType>) {
  Raise(kErNotSupported, "EXPLAIN");
}

}  // namespace sixfold::exec
