// BEGIN, COMMIT's surroundings, ROLLBACK, SAVEPOINT, SET TRANSACTION.
#include "core/server/accounts.h"
#include "core/server/server.h"
#include "core/server/session.h"
#include "core/server/session_variables.h"
#include "core/server/statement_runner.h"
#include "core/server/statements.h"
#include "core/server/variable_ids.h"
#include "core/txn/table_locks.h"
#include "core/txn/transaction.h"
#include "core/types/error_codes.h"
#include "core/types/sql_error.h"

namespace sixfold::server {
namespace {

constexpr int64_t kCompletionChain = 1;
constexpr int64_t kCompletionRelease = 2;

VariableValue WholeNumber(int64_t number) {
  VariableValue value;
  value.integer = number;
  return value;
}

int IsolationIndex(sql::IsolationLevel level) {
  switch (level) {
    case sql::IsolationLevel::kNotWritten:
      return -1;
    case sql::IsolationLevel::kReadUncommitted:
      return 0;
    case sql::IsolationLevel::kReadCommitted:
      return 1;
    case sql::IsolationLevel::kRepeatableRead:
      return 2;
    case sql::IsolationLevel::kSerializable:
      return 3;
  }
  return -1;
}

}  // namespace

bool ChainsTransaction(Session& session, sql::YesNo written) {
  if (written != sql::YesNo::kNotWritten) return written == sql::YesNo::kYes;
  return session.Variable(vars::CompletionType()).integer == kCompletionChain;
}

bool ReleasesConnection(Session& session, sql::YesNo written) {
  if (written != sql::YesNo::kNotWritten) return written == sql::YesNo::kYes;
  return session.Variable(vars::CompletionType()).integer == kCompletionRelease;
}

void EndTransactionScope(Session& session, bool chain) {
  const bool read_only = session.transaction_read_only();
  int isolation = -1;
  if (chain && session.open_transaction() != nullptr) {
    isolation = static_cast<int>(session.open_transaction()->options().isolation);
  }
  session.TakeTransaction().reset();
  if (!chain) return;
  session.next_transaction().isolation = isolation;
  session.next_transaction().start_read_only = read_only;
  session.OpenTransaction(/*explicitly=*/true);
}

exec::StatementResult StartTransaction(StatementContext& context,
                                       const sql::StartTransactionStatement& statement) {
  Session& session = context.session;
  context.runner.CommitAndWait();
  if (session.table_locks != nullptr &&
      session.table_locks->scope() == txn::TableLocks::Scope::kNamed) {
    session.ReleaseTableLocks();
  }
  if (statement.access != sql::AccessMode::kNotWritten) {
    const bool read_only = statement.access == sql::AccessMode::kReadOnly;
    session.next_transaction().start_read_only = read_only;
    session.next_transaction().read_only = read_only ? 1 : 0;
  }
  txn::Transaction& transaction = session.OpenTransaction(/*explicitly=*/true);
  if (statement.consistent_snapshot) transaction.TakeSnapshot();
  return {};
}

exec::StatementResult Rollback(StatementContext& context, const sql::RollbackStatement& statement) {
  Session& session = context.session;
  const bool chain = ChainsTransaction(session, statement.chain);
  context.release = ReleasesConnection(session, statement.release);
  if (session.open_transaction() != nullptr) session.open_transaction()->Rollback();
  EndTransactionScope(session, chain);
  return {};
}

exec::StatementResult SetTransaction(StatementContext& context,
                                     const sql::SetTransactionStatement& statement) {
  Session& session = context.session;
  const int isolation = IsolationIndex(statement.isolation);
  const int read_only = statement.access == sql::AccessMode::kNotWritten
                            ? -1
                            : (statement.access == sql::AccessMode::kReadOnly ? 1 : 0);
  switch (statement.scope) {
    case sql::VariableScope::kDefault:
      if (session.in_transaction()) throw MakeError(ErrorCode::kCantChangeTxCharacteristics);
      if (isolation >= 0) session.next_transaction().isolation = isolation;
      if (read_only >= 0) session.next_transaction().read_only = read_only;
      return {};
    case sql::VariableScope::kSession:
      if (isolation >= 0) {
        session.ApplyVariable(vars::TransactionIsolation(), WholeNumber(isolation));
      }
      if (read_only >= 0) {
        session.ApplyVariable(vars::TransactionReadOnly(), WholeNumber(read_only));
      }
      return {};
    case sql::VariableScope::kGlobal:
    case sql::VariableScope::kPersist:
    case sql::VariableScope::kPersistOnly:
      break;
  }
  context.server.accounts().RequireGlobal(session, catalog::Privilege::kSuper);
  if (isolation >= 0) {
    context.server.globals().Set(vars::TransactionIsolation(), WholeNumber(isolation));
  }
  if (read_only >= 0) {
    context.server.globals().Set(vars::TransactionReadOnly(), WholeNumber(read_only));
  }
  return {};
}

}  // namespace sixfold::server
