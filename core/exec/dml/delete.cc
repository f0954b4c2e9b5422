// DELETE, from one table or from several of a join.
#include <unordered_set>

#include "core/exec/dml/row_program.h"
#include "core/exec/dml/target.h"
#include "core/exec/functions/registry.h"
#include "core/exec/operators/cursor.h"
#include "core/exec/operators/row_store.h"
#include "core/exec/plan.h"
#include "core/plan/bind/binder.h"
#include "core/plan/session_context.h"
#include "core/sql/ast.h"
#include "core/txn/table_writer.h"
#include "core/types/raise.h"

namespace sixfold::exec {

namespace {

class DeletePlan final : public Plan {
 public:
  const PlanNode* root() const override { return root_; }

  StatementResult Run(Execution& execution, ResultSink&) const override {
    StatementResult result;
    result.affected_rows =
        targets_.size() == 1 && single_ ? RunSingle(execution) : RunJoined(execution);
    result.matched_rows = result.affected_rows;
    return result;
  }

  std::deque<ChangeTarget> targets_;
  bool single_ = true;
  bool ignore_ = false;
  const PlanNode* root_ = nullptr;
  QueryBlock block_;
  uint32_t width_ = 0;

 private:
  uint64_t RunSingle(Execution& execution) const {
    const ChangeTarget& target = targets_[0];
    auto writer = NewTargetWriter(target, execution);
    auto cursor = NewCursor(*root_, execution);
    cursor->Open(nullptr);
    std::vector<Value> row(target.output_width());
    Arena arena;
    uint64_t deleted = 0;
    while (RowBatch* batch = cursor->Next()) {
      execution.session().CheckInterrupted();
      arena.Reset();
      for (uint32_t r = 0; r < batch->rows(); r++) {
        for (uint32_t c = 0; c < row.size(); c++) row[c] = batch->at(target.begin + c, r);
        if (DeleteRow(target, row, *writer, execution.session(), &arena)) deleted++;
      }
    }
    return deleted;
  }

  uint64_t RunJoined(Execution& execution) const {
    RowStore rows(width_, &execution.memory());
    auto cursor = NewCursor(*root_, execution);
    cursor->Open(nullptr);
    while (RowBatch* batch = cursor->Next()) {
      execution.session().CheckInterrupted();
      for (uint32_t r = 0; r < batch->rows(); r++) rows.Append(*batch, r);
    }
    uint64_t deleted = 0;
    for (const ChangeTarget& target : targets_) {
      std::unordered_set<std::string> seen;
      auto writer = NewTargetWriter(target, execution);
      Arena arena;
      for (size_t i = 0; i < rows.size(); i++) {
        const std::span<const Value> row(rows.row(i) + target.begin, target.output_width());
        if (IsNullComplemented(target, row.data())) continue;
        std::string key;
        AppendRowIdentity(target, row.data(), &key);
        if (!seen.insert(key).second) continue;
        if (DeleteRow(target, row, *writer, execution.session(), &arena)) deleted++;
      }
    }
    return deleted;
  }

  bool DeleteRow(const ChangeTarget& target, std::span<const Value> row, txn::TableWriter& writer,
                 SessionContext& session, Arena* arena) const {
    const Value row_id = target.table->implicit_row_id ? row[target.width()] : Value::Null();
    return TryChange(ignore_, session,
                     [&] { writer.Delete(row.first(target.width()), row_id, arena); });
  }
};

TableRef* BaseOf(const FromTable& table) {
  if (table.merged == nullptr)
    return table.ref->kind == plan::TableKind::kBase ? table.ref : nullptr;
  const Scope& inner = *table.merged->scope;
  return inner.tables.size() == 1 ? BaseOf(inner.tables[0]) : nullptr;
}

void BindDelete(SessionContext& session, const sql::DeleteStatement& statement, DeletePlan* plan,
                Binder& binder) {
  QueryBlock* block = &plan->block_;
  auto* scope = binder.arena()->New<Scope>();
  scope->block = block;
  binder.set_scope(scope);
  if (!statement.with.empty())
    scope->ctes = binder.AddCtes(statement.with, statement.recursive, nullptr, nullptr);
  binder.BindFrom(*statement.tables, scope, &block->joins);
  plan->single_ = statement.targets.empty();
  plan->ignore_ = statement.ignore;
  auto add_target = [&](const FromTable& table) {
    TableRef* ref = BaseOf(table);
    if (ref == nullptr) Raise(kErNonUpdatable, table.alias, "DELETE");
    for (const ChangeTarget& other : plan->targets_) {
      if (other.ref == ref) Raise(kErNonUniqTable, table.alias);
    }
    ChangeTarget& target = plan->targets_.emplace_back();
    target.ref = ref;
    target.table = ref->table;
    binder.RequirePrivilege("DELETE", ref->schema, ref->name);
  };
  if (statement.targets.empty()) {
    add_target(scope->tables[0]);
  }
  for (const sql::TableName& name : statement.targets) {
    const FromTable* found = nullptr;
    for (const FromTable& table : scope->tables) {
      const bool schema_fits = name.schema.empty() || table.schema == name.schema;
      if (schema_fits &&
          (table.alias == name.table ||
           (table.ref != nullptr && table.ref->name == name.table && !name.schema.empty()))) {
        found = &table;
      }
    }
    if (found == nullptr) Raise(kErUnknownTable, std::string(name.table), "MULTI DELETE");
    add_target(*found);
  }
  if (statement.where != nullptr)
    binder.BindConjuncts(*statement.where, scope, plan::Clause::kWhere, &block->conditions);
  for (ChangeTarget& target : plan->targets_) {
    MakeTarget(target.ref);
    OutputTarget(binder, block, &target);
  }
  block->visible = static_cast<uint32_t>(block->output.size());
  for (const sql::OrderItem& item : statement.order_by) {
    Expression* key = binder.BindScalarIn(*item.expression, scope, plan::Clause::kOrderBy);
    if (key->IsConstant()) continue;
    block->order_by.push_back({static_cast<uint32_t>(block->output.size()), item.descending});
    block->output.push_back(key);
  }
  if (statement.limit != nullptr)
    block->limit = binder.BindScalarIn(*statement.limit, scope, plan::Clause::kLimit);
  plan->root_ = plan::PlanBlock(binder, block);
  plan->width_ = block->visible;
}

}  // namespace

std::unique_ptr<Plan> PlanDelete(SessionContext& session, const sql::Statement& tree,
                                 std::string_view text, std::span<const types::DataType> types) {
  auto plan = std::make_unique<DeletePlan>();
  Binder binder(session, BuiltinFunctions(), plan->memory, types, text);
  BindDelete(session, sql::As<sql::DeleteStatement>(tree), plan.get(), binder);
  return plan;
}

}  // namespace sixfold::exec
