// Prepare once, execute many: the executor's face towards core/server.
//
//   Prepare()  resolves and plans a parsed SELECT, INSERT, REPLACE, UPDATE, DELETE, DO, LOAD DATA
//   or
//              EXPLAIN of one. Tables are checked again at each execution by definition version
//              (a stale plan re-prepares itself).
//   Execute()  runs it inside the session's transaction, between BeginStatement and EndStatement,
//              which the dispatcher calls. Throws SqlError.
//
// DDL and account statements: core/exec/ddl.h. SET, SHOW, USE, KILL, transactions: core/server.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "core/exec/plan_names.h"
#include "core/exec/result_sink.h"
#include "core/plan/execution.h"
#include "core/txn/transaction.h"
#include "core/types/data_type.h"
#include "core/types/value.h"

namespace sixfold::sql {
struct Statement;
}

namespace sixfold::exec {

class PreparedStatement {
 public:
  virtual ~PreparedStatement() = default;
  virtual uint32_t parameter_count() const = 0;
  /// Empty for statements without rows.
  virtual std::span<const ResultColumn> columns() const = 0;
  virtual StatementResult Execute(SessionContext& session, std::span<const Parameter> parameters,
                                  ResultSink& sink) = 0;
  /// True while every table it uses still has the version it was planned for.
  virtual bool IsCurrent(SessionContext& session) const = 0;
  /// The tables it uses, those under views too; views into the plan.
  virtual std::vector<txn::Transaction::NamedTable> tables() const = 0;
  /// Plans made so far: grows when an execution had to plan anew.
  virtual uint32_t plans_made() const = 0;
  /// Another statement over the same plan, for another session; as this one it needs tree and text.
  /// Null where the plan is good for this session or this execution only. Thread-safe while nobody
  /// executes this one.
  virtual std::unique_ptr<PreparedStatement> Share() const = 0;
};

/// `text` is the statement's source (expressions keep offsets into it); tree and text must outlive
/// the result. Literals the digest turned into parameters bind like `?`.
std::unique_ptr<PreparedStatement> Prepare(SessionContext& session, const sql::Statement& tree,
                                           std::string_view text);

}  // namespace sixfold::exec
