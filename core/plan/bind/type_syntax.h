// Types as written in CAST.
#pragma once

#include "core/sql/ast_expression.h"
#include "core/types/data_type.h"

namespace sixfold::plan {

class SessionContext;

types::DataType CastType(const sql::TypeSyntax& syntax, SessionContext& session);

}  // namespace sixfold::plan
