// The whole syntax tree.
#pragma once

#include "core/sql/ast_admin.h"
#include "core/sql/ast_ddl.h"
#include "core/sql/ast_expression.h"
#include "core/sql/ast_select.h"
#include "core/sql/ast_statement.h"
