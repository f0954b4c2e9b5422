// PREPARE … FROM and DEALLOCATE PREPARE. EXECUTE … USING is the command runner's, which runs the
// statement in its place.
#include "core/server/command_runner.h"
#include "core/server/connection.h"
#include "core/server/prepared_statements.h"
#include "core/server/session.h"
#include "core/server/statements.h"
#include "core/types/error_codes.h"
#include "core/types/sql_error.h"

namespace sixfold::server {

exec::StatementResult PrepareFromText(StatementContext& context,
                                      const sql::PrepareStatement& statement) {
  std::string text(statement.text);
  if (statement.from_variable) {
    types::DataType type;
    const types::Value value = context.session.UserVariable(statement.variable, &type);
    text = value.is_string() ? std::string(value.bytes()) : std::string("NULL");
  }
  PreparedStatements& prepared = context.connection.commands().prepared();
  prepared.CloseNamed(statement.name);
  prepared.PutNamed(statement.name, PrepareText(context.session, text));
  exec::StatementResult result;
  result.info = "Statement prepared";
  return result;
}

exec::StatementResult Deallocate(StatementContext& context,
                                 const sql::DeallocateStatement& statement) {
  if (!context.connection.commands().prepared().CloseNamed(statement.name)) {
    throw MakeError(ErrorCode::kUnknownStmtHandler, statement.name, "DEALLOCATE PREPARE");
  }
  return {};
}

}  // namespace sixfold::server
