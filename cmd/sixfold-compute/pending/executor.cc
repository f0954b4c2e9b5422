// Stands in for core/exec's Prepare() in a build that does not have it yet: sessions work, queries
// get 1235. CMakeLists.txt leaves it out once core/exec/prepared.cc exists.
#include "core/exec/statement.h"
#include "core/types/error_codes.h"
#include "core/types/sql_error.h"

namespace sixfold::exec {

std::unique_ptr<PreparedStatement> Prepare(SessionContext&, const sql::Statement&,
                                           std::string_view) {
  throw MakeError(ErrorCode::kNotSupportedYet, "queries");
}

}  // namespace sixfold::exec
