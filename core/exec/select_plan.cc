// SELECT and DO as statements; SELECT … INTO.
#include "core/exec/functions/registry.h"
#include "core/exec/operators/cursor.h"
#include "core/exec/operators/key_ranges.h"
#include "core/exec/plan.h"
#include "core/plan/bind/binder.h"
#include "core/plan/expression/nodes.h"
#include "core/plan/physical/row_nodes.h"
#include "core/plan/physical/scans.h"
#include "core/plan/session_context.h"
#include "core/sql/ast.h"
#include "core/txn/table_reader.h"
#include "core/types/diagnostics.h"
#include "core/types/names.h"
#include "core/types/raise.h"

namespace sixfold::exec {

namespace {

class SelectPlan final : public Plan {
 public:
  const PlanNode* root() const override { return query_->root; }

  StatementResult Run(Execution& execution, ResultSink& sink) const override {
    return point_ != nullptr ? RunPoint(execution, sink) : RunOperators(execution, sink);
  }

  /// SELECT columns FROM t WHERE key = …: no operators, no cursors.
  void FindPointPlan() {
    const auto* project = dynamic_cast<const plan::Project*>(query_->root);
    if (project == nullptr) return;
    const auto* scan = dynamic_cast<const plan::TableScan*>(project->child);
    if (scan == nullptr || !scan->access.path.unique_point || !scan->filters.empty()) return;
    if (scan->access.slot_begin != 0) return;
    for (const Expression* output : project->output) {
      const auto* column = dynamic_cast<const ColumnExpr*>(output);
      if (column == nullptr || column->depth() != 0) return;
      point_columns_.push_back(scan->access.columns[column->slot()]);
    }
    point_ = &scan->access;
  }

  std::shared_ptr<BoundQuery> query_;

 private:
  StatementResult RunPoint(Execution& execution, ResultSink& sink) const {
    RowBatch batch(static_cast<uint32_t>(point_columns_.size()), 1);
    EvalContext context = execution.Context(batch.arena());
    std::array<Value, 16> key;
    const std::span<Value> parts(key.data(), point_->path.parts.size());
    sink.BeginRows(columns);
    StatementResult result;
    result.has_rows = true;
    if (EvaluatePoint(point_->path, context, batch.arena(), key.data())) {
      auto reader = execution.session().transaction().NewReader(point_->table);
      if (reader->Get(point_->path.index, parts, point_columns_, point_->lock, point_->wait,
                      batch.column(0), batch.arena())) {
        batch.set_rows(1);
        result.affected_rows = 1;
        sink.AddRows(batch);
      }
      sink.EndRows();
    } else {
      sink.EndRows();
    }
    execution.session().set_found_rows(result.affected_rows);
    return result;
  }

  StatementResult RunOperators(Execution& execution, ResultSink& sink) const {
    StatementResult result;
    result.has_rows = true;
    auto cursor = NewCursor(*query_->root, execution);
    cursor->Open(nullptr);
    RowBatch* batch = cursor->Next();  // errors of the first rows come before any row
    sink.BeginRows(columns);
    for (; batch != nullptr; batch = cursor->Next()) {
      result.affected_rows += batch->rows();
      sink.AddRows(*batch);
      execution.session().CheckInterrupted();
    }
    sink.EndRows();
    execution.session().set_found_rows(execution.found_rows_known ? execution.found_rows
                                                                  : result.affected_rows);
    return result;
  }

  const TableAccess* point_ = nullptr;
  std::vector<uint32_t> point_columns_;
};

/// SELECT … INTO @a, @b.
class SelectIntoPlan final : public Plan {
 public:
  StatementResult Run(Execution& execution, ResultSink&) const override {
    StatementResult result;
    auto cursor = NewCursor(*query_->root, execution);
    cursor->Open(nullptr);
    RowBatch* batch = cursor->Next();
    SessionContext& session = execution.session();
    if (batch == nullptr) {
      session.diagnostics().Warn(static_cast<ErrorCode>(1329));
      return result;
    }
    if (batch->rows() > 1) Raise(1172);
    for (size_t i = 0; i < names_.size(); i++) {
      session.SetUserVariable(names_[i], batch->at(static_cast<uint32_t>(i), 0),
                              query_->columns[i].type);
    }
    if (cursor->Next() != nullptr) Raise(1172);
    result.affected_rows = 1;
    return result;
  }

  std::shared_ptr<BoundQuery> query_;
  std::vector<std::string> names_;
};

class DoPlan final : public Plan {
 public:
  StatementResult Run(Execution& execution, ResultSink&) const override {
    EvalContext context = execution.Context(execution.arena());
    for (Expression* e : expressions_) e->Eval(context);
    return {};
  }
  std::vector<Expression*> expressions_;
};

std::unique_ptr<Plan> PlanSelectInto(Binder& binder, std::unique_ptr<SelectIntoPlan> plan,
                                     const sql::QueryExpression& query) {
  if (query.into.kind != sql::IntoKind::kVariables) Raise(1290, "--secure-file-priv");
  plan->query_ = binder.BindTopQuery(query);
  if (plan->query_->columns.size() != query.into.variables.size()) Raise(kErWrongColumns);
  for (const sql::Expression* target : query.into.variables) {
    const auto* variable = sql::TryAs<sql::UserVariable>(target);
    if (variable == nullptr) Raise(1327, "INTO");
    plan->names_.push_back(LowerName(variable->name));
  }
  return plan;
}

}  // namespace

std::unique_ptr<Plan> PlanSelect(SessionContext& session, const sql::Statement& tree,
                                 std::string_view text, std::span<const types::DataType> types) {
  const sql::QueryExpression& query = *sql::As<sql::SelectStatement>(tree).query;
  if (query.into.kind != sql::IntoKind::kNone) {
    auto plan = std::make_unique<SelectIntoPlan>();
    Binder binder(session, BuiltinFunctions(), plan->memory, types, text);
    return PlanSelectInto(binder, std::move(plan), query);
  }
  auto plan = std::make_unique<SelectPlan>();
  Binder binder(session, BuiltinFunctions(), plan->memory, types, text);
  plan->query_ = binder.BindTopQuery(query);
  for (const OutputColumn& column : plan->query_->columns) {
    plan->columns.push_back(column.info);
    plan->columns.back().type = column.type;
  }
  plan->FindPointPlan();
  return plan;
}

std::unique_ptr<Plan> PlanDo(SessionContext& session, const sql::Statement& tree,
                             std::string_view text, std::span<const types::DataType> types) {
  auto plan = std::make_unique<DoPlan>();
  Binder binder(session, BuiltinFunctions(), plan->memory, types, text);
  auto* scope = binder.arena()->New<Scope>();
  scope->block = binder.arena()->New<QueryBlock>();
  for (const sql::Expression* e : sql::As<sql::DoStatement>(tree).expressions) {
    plan->expressions_.push_back(binder.BindScalarIn(*e, scope, plan::Clause::kSelect));
  }
  return plan;
}

}  // namespace sixfold::exec
