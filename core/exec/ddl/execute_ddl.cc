#include "core/exec/ddl.h"
#include "core/exec/ddl/ddl_internal.h"
#include "core/plan/session_context.h"
#include "core/types/diagnostics.h"
#include "core/types/error_codes.h"
#include "core/types/sql_error.h"

namespace sixfold::exec {
namespace {

using Kind = sql::Statement::Kind;

const char* RoutineName(sql::RoutineKind kind) {
  switch (kind) {
    case sql::RoutineKind::kProcedure:
      return "CREATE PROCEDURE";
    case sql::RoutineKind::kFunction:
      return "CREATE FUNCTION";
    case sql::RoutineKind::kTrigger:
      return "CREATE TRIGGER";
    case sql::RoutineKind::kEvent:
      return "CREATE EVENT";
    case sql::RoutineKind::kLoadableFunction:
      return "CREATE FUNCTION ... SONAME";
  }
  return "CREATE";
}

const char* RoutineWord(sql::RoutineKind kind) {
  switch (kind) {
    case sql::RoutineKind::kProcedure:
      return "PROCEDURE";
    case sql::RoutineKind::kTrigger:
      return "TRIGGER";
    case sql::RoutineKind::kEvent:
      return "EVENT";
    default:
      return "FUNCTION";
  }
}

/// There are none to drop: the error (or note) MySQL gives for one that does not exist.
StatementResult DropRoutine(SessionContext& session, const sql::DropRoutineStatement& tree) {
  const DdlName name = ResolveDdlName(session, tree.name);
  const SqlError missing = tree.routine == sql::RoutineKind::kTrigger
                               ? MakeError(ErrorCode::kTrgDoesNotExist)
                               : MakeError(ErrorCode::kSpDoesNotExist, RoutineWord(tree.routine),
                                           name.schema + "." + name.table);
  if (!tree.if_exists) throw SqlError(missing);
  session.diagnostics().Add(types::Severity::kNote, missing.code(), missing.message());
  return {};
}

}  // namespace

bool IsDdl(const sql::Statement& tree) {
  return tree.kind >= Kind::kCreateDatabase && tree.kind <= Kind::kAlterRoutine;
}

bool IsTemporaryDdl(const sql::Statement& tree) {
  if (const auto* create = sql::TryAs<sql::CreateTableStatement>(&tree)) return create->temporary;
  if (const auto* drop = sql::TryAs<sql::DropTableStatement>(&tree)) return drop->temporary;
  return false;
}

StatementResult ExecuteDdl(SessionContext& session, const sql::Statement& tree,
                           std::string_view text, ResultSink&) {
  switch (tree.kind) {
    case Kind::kCreateDatabase:
      return CreateDatabase(session, sql::As<sql::CreateDatabaseStatement>(tree));
    case Kind::kAlterDatabase:
      return AlterDatabase(session, sql::As<sql::AlterDatabaseStatement>(tree));
    case Kind::kDropDatabase:
      return DropDatabase(session, sql::As<sql::DropDatabaseStatement>(tree));
    case Kind::kCreateTable:
      return CreateTable(session, sql::As<sql::CreateTableStatement>(tree), text);
    case Kind::kAlterTable:
      return AlterTable(session, sql::As<sql::AlterTableStatement>(tree), text);
    case Kind::kDropTable:
      return DropTable(session, sql::As<sql::DropTableStatement>(tree));
    case Kind::kTruncateTable:
      return TruncateTable(session, sql::As<sql::TruncateTableStatement>(tree));
    case Kind::kRenameTable:
      return RenameTable(session, sql::As<sql::RenameTableStatement>(tree));
    case Kind::kCreateIndex:
      return CreateIndex(session, sql::As<sql::CreateIndexStatement>(tree), text);
    case Kind::kDropIndex:
      return DropIndex(session, sql::As<sql::DropIndexStatement>(tree), text);
    case Kind::kCreateView:
      return CreateView(session, sql::As<sql::CreateViewStatement>(tree), text);
    case Kind::kDropView:
      return DropView(session, sql::As<sql::DropViewStatement>(tree));
    case Kind::kCreateRoutine:
      throw MakeError(ErrorCode::kNotSupportedYet,
                      RoutineName(sql::As<sql::CreateRoutineStatement>(tree).routine));
    case Kind::kDropRoutine:
      return DropRoutine(session, sql::As<sql::DropRoutineStatement>(tree));
    default:
      throw MakeError(ErrorCode::kNotSupportedYet, "this definition statement");
  }
}

}  // namespace sixfold::exec
