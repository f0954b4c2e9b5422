// The literal default of a column: its canonical text, and the value rows get from it.
#pragma once

#include <string>

#include "core/catalog/definitions.h"
#include "core/exec/plan_names.h"
#include "core/sql/ast_expression.h"
#include "core/types/value.h"

namespace sixfold {
class Arena;
}

namespace sixfold::exec {

/// Text of DEFAULT's literal as the column stores it; 1067 when it does not fit the column.
std::string CanonicalDefault(SessionContext& session, const sql::Expression& literal,
                             const catalog::ColumnDef& column);

/// What a row gets that says nothing of the column: its default, NULL, or for a NOT NULL column
/// without default the type's zero value (as ALTER TABLE … ADD COLUMN fills rows).
types::Value ValueForExistingRows(SessionContext& session, const catalog::ColumnDef& column,
                                  Arena* arena);

}  // namespace sixfold::exec
