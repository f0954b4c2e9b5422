// DDL and account statements. Each commits implicitly before and after itself; the dispatcher does
// that around the call, so that definition rows and the statement's other changes are one commit.
#pragma once

#include <string>
#include <string_view>

#include "core/exec/plan_names.h"
#include "core/exec/result_sink.h"

namespace sixfold::catalog {
struct TableDef;
struct ViewDef;
struct SchemaDef;
}  // namespace sixfold::catalog
namespace sixfold::sql {
struct Statement;
}

namespace sixfold::exec {

/// True for the statements ExecuteDdl takes.
bool IsDdl(const sql::Statement& tree);
/// CREATE and DROP TEMPORARY TABLE, which do not commit.
bool IsTemporaryDdl(const sql::Statement& tree);
StatementResult ExecuteDdl(SessionContext& session, const sql::Statement& tree,
                           std::string_view text, ResultSink& sink);

/// CREATE USER … REVOKE, SET PASSWORD, SET DEFAULT ROLE.
bool IsAccountStatement(const sql::Statement& tree);
/// SET PASSWORD and ALTER USER … IDENTIFIED of the session's own account: what everybody may, and
/// all that one may whose password has expired.
bool ChangesOwnPasswordOnly(SessionContext& session, const sql::Statement& tree);
StatementResult ExecuteAccountStatement(SessionContext& session, const sql::Statement& tree);

/// Text as SHOW CREATE … prints it.
std::string ShowCreateTable(const catalog::TableDef& table, uint64_t next_auto_increment,
                            uint64_t sql_mode);
/// As MySQL shows it to a session whose current database is `current_schema`: without the names of
/// that database where the view and all it reads are in it.
std::string ShowCreateView(const catalog::ViewDef& view, std::string_view current_schema);
std::string ShowCreateSchema(const catalog::SchemaDef& schema, bool if_not_exists);

}  // namespace sixfold::exec
