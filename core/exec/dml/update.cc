// UPDATE, of one table or of several joined ones.
//
// The rows come from a query block whose output is each target's whole row, locked. One table:
// assignments see each other's results from left to right. Several: their values are computed in
// the join; every target row is changed once, by the first joined row it is part of.
#include <unordered_set>

#include "core/exec/dml/row_program.h"
#include "core/exec/dml/target.h"
#include "core/exec/dml/view_target.h"
#include "core/exec/functions/registry.h"
#include "core/exec/operators/cursor.h"
#include "core/exec/operators/row_store.h"
#include "core/exec/plan.h"
#include "core/plan/bind/binder.h"
#include "core/plan/expression/nodes.h"
#include "core/plan/session_context.h"
#include "core/sql/ast.h"
#include "core/txn/catalog_view.h"
#include "core/txn/table_writer.h"
#include "core/types/diagnostics.h"
#include "core/types/raise.h"

namespace sixfold::exec {

namespace {

struct UpdateTarget {
  ChangeTarget change;
  RowProgram* program = nullptr;
  struct Assignment {
    uint32_t column = 0;
    Expression* value = nullptr;  // one table: over the program's row; null: DEFAULT
    uint32_t output = 0;          // several tables: the query's column
    types::DataType type;
  };
  std::vector<Assignment> assignments;
};

class UpdatePlan final : public Plan {
 public:
  const PlanNode* root() const override { return root_; }

  StatementResult Run(Execution& execution, ResultSink&) const override {
    matched_changed counts;
    if (targets_.size() == 1 && single_) {
      RunSingle(execution, &counts);
    } else {
      RunJoined(execution, &counts);
    }
    StatementResult result;
    result.affected_rows = counts.changed;
    result.matched_rows = counts.matched;
    result.info = fmt::format("Rows matched: {}  Changed: {}  Warnings: {}", counts.matched,
                              counts.changed, execution.session().diagnostics().total());
    if (execution.session().last_insert_id() != counts.insert_id_before)
      result.insert_id = execution.session().last_insert_id();
    execution.session().diagnostics().set_row(1);
    return result;
  }

  std::deque<UpdateTarget> targets_;
  bool single_ = true;
  bool ignore_ = false;
  const PlanNode* root_ = nullptr;
  QueryBlock block_;
  uint32_t width_ = 0;

 private:
  struct matched_changed {
    uint64_t matched = 0, changed = 0, insert_id_before = 0;
  };

  void RunSingle(Execution& execution, matched_changed* counts) const {
    const UpdateTarget& target = targets_[0];
    counts->insert_id_before = execution.session().last_insert_id();
    auto writer = NewTargetWriter(target.change, execution);
    RowWork work(*target.program, execution, ignore_);
    auto cursor = NewCursor(*root_, execution);
    cursor->Open(nullptr);
    std::vector<Value> old_row(target.change.output_width());
    while (RowBatch* batch = cursor->Next()) {
      execution.session().CheckInterrupted();
      for (uint32_t r = 0; r < batch->rows(); r++) {
        for (uint32_t c = 0; c < old_row.size(); c++)
          old_row[c] = batch->at(target.change.begin + c, r);
        counts->matched++;
        BeginRow(target, work, old_row, counts->matched);
        for (const UpdateTarget::Assignment& assignment : target.assignments) {
          if (assignment.value == nullptr) {
            work.column(assignment.column) = work.DefaultValue(assignment.column);
          } else {
            work.Assign(assignment.column, assignment.value, false);
          }
        }
        if (WriteRow(target, work, old_row, *writer)) counts->changed++;
      }
    }
  }

  void RunJoined(Execution& execution, matched_changed* counts) const {
    counts->insert_id_before = execution.session().last_insert_id();
    RowStore rows(width_, &execution.memory());
    auto cursor = NewCursor(*root_, execution);
    cursor->Open(nullptr);
    while (RowBatch* batch = cursor->Next()) {
      execution.session().CheckInterrupted();
      for (uint32_t r = 0; r < batch->rows(); r++) rows.Append(*batch, r);
    }
    for (const UpdateTarget& target : targets_) {
      std::unordered_set<std::string> seen;
      auto writer = NewTargetWriter(target.change, execution);
      RowWork work(*target.program, execution, ignore_);
      for (size_t i = 0; i < rows.size(); i++) {
        const Value* row = rows.row(i);
        const std::span<const Value> old_row(row + target.change.begin,
                                             target.change.output_width());
        if (IsNullComplemented(target.change, old_row.data())) continue;
        std::string key;
        AppendRowIdentity(target.change, old_row.data(), &key);
        if (!seen.insert(key).second) continue;
        counts->matched++;
        BeginRow(target, work, old_row, counts->matched);
        for (const UpdateTarget::Assignment& assignment : target.assignments) {
          if (assignment.output == UINT32_MAX) {
            work.column(assignment.column) = work.DefaultValue(assignment.column);
          } else {
            work.AssignValue(assignment.column, row[assignment.output], assignment.type, false);
          }
        }
        if (WriteRow(target, work, old_row, *writer)) counts->changed++;
      }
    }
  }

  static void BeginRow(const UpdateTarget& target, RowWork& work, std::span<const Value> old_row,
                       uint64_t number) {
    work.NextRow(number);
    for (uint32_t c = 0; c < target.change.width(); c++) work.column(c) = old_row[c];
  }

  /// A number set by hand is not given out again.
  static void NoteAutoIncrement(const UpdateTarget& target, RowWork& work,
                                std::span<const Value> row, std::span<const Value> old_row) {
    const int ordinal = target.program->auto_increment;
    if (ordinal < 0) return;
    const Value& value = row[ordinal];
    const bool negative = value.kind() == types::ValueKind::kInt && value.int_value() < 0;
    if (negative || SameRow({&value, 1}, {&old_row[ordinal], 1})) return;
    work.context().session->transaction().NoteAutoIncrement(*target.change.table, ToCount(value));
  }

  /// True when the row is another one now.
  bool WriteRow(const UpdateTarget& target, RowWork& work, std::span<const Value> old_full,
                txn::TableWriter& writer) const {
    const std::span<const Value> old_row = old_full.first(target.change.width());
    work.ComputeGenerated();
    if (SameRow(work.Row(), old_row)) return false;
    for (const RowProgram::Computed& on_update : target.program->on_update) {
      bool assigned = false;
      for (const UpdateTarget::Assignment& assignment : target.assignments)
        assigned |= assignment.column == on_update.column;
      if (!assigned) work.Assign(on_update.column, on_update.expression, false);
    }
    if (!work.Check()) return false;
    const Value row_id =
        target.change.table->implicit_row_id ? old_full[target.change.width()] : Value::Null();
    const std::span<const Value> row = work.Row();
    txn::WriteResult result;
    const auto change = [&] { result = writer.Update(old_row, row, row_id, work.arena()); };
    if (!TryChange(ignore_, *work.context().session, change)) return false;
    if (result.ok) {
      NoteAutoIncrement(target, work, row, old_row);
      return true;
    }
    if (!ignore_) RaiseDuplicate(*target.change.table, result.duplicate_index, row);
    work.context().diagnostics->Add(
        types::Severity::kWarning, static_cast<ErrorCode>(kErDupEntry),
        DuplicateMessage(*target.change.table, result.duplicate_index, row));
    return false;
  }
};

class UpdateBinder {
 public:
  UpdateBinder(SessionContext& session, const sql::UpdateStatement& update, UpdatePlan* plan,
               Binder* binder)
      : session_(session), update_(update), plan_(plan), binder_(*binder) {}

  void Bind() {
    plan_->ignore_ = update_.ignore;
    QueryBlock* block = &plan_->block_;
    auto* scope = binder_.arena()->New<Scope>();
    scope->block = block;
    binder_.set_scope(scope);
    if (!update_.with.empty())
      scope->ctes = binder_.AddCtes(update_.with, update_.recursive, nullptr, nullptr);
    binder_.BindFrom(*update_.tables, scope, &block->joins);
    plan_->single_ = update_.tables->kind == sql::TableReference::Kind::kBase &&
                     scope->tables.size() == 1 && scope->tables[0].merged == nullptr &&
                     block->tables.size() == 1;
    FindTargets(scope);
    if (update_.where != nullptr)
      binder_.BindConjuncts(*update_.where, scope, plan::Clause::kWhere, &block->conditions);
    for (UpdateTarget& target : plan_->targets_) {
      MakeTarget(target.change.ref);
      OutputTarget(binder_, block, &target.change);
    }
    AddChecksOfViews(*update_.tables);
    BindAssignments(scope, block);
    block->visible = static_cast<uint32_t>(block->output.size());
    BindOrder(scope, block);
    for (UpdateTarget& target : plan_->targets_) AssignRowSlots(target.program);
    plan_->root_ = plan::PlanBlock(binder_, block);
    plan_->width_ = block->visible;
  }

 private:
  /// The base column an assignment's name stands for.
  FromColumn Resolve(Scope* scope, const sql::ColumnReference& name) {
    FromColumn storage;
    binder_.set_clause(plan::Clause::kSelect);
    const FromColumn* found = binder_.FindColumn(*scope, name, &storage);
    if (found == nullptr) Raise(kErBadField, std::string(name.column), "field list");
    FromColumn column = *found;
    while (column.table->merged != nullptr) {
      const plan::MergedView::Item& item = column.table->merged->items[column.ordinal];
      if (item.expression == nullptr) {
        column = item.column;
        continue;
      }
      const auto* inner = sql::TryAs<sql::ColumnReference>(WithoutCollation(item.expression));
      if (inner == nullptr) Raise(1348, std::string(name.column));
      FromColumn inner_storage;
      const FromColumn* inner_found =
          binder_.FindColumn(*column.table->merged->scope, *inner, &inner_storage);
      if (inner_found == nullptr) Raise(kErBadField, std::string(inner->column), "field list");
      column = *inner_found;
    }
    if (column.table->ref->kind != plan::TableKind::kBase)
      Raise(kErNonUpdatable, column.table->alias, "UPDATE");
    return column;
  }

  UpdateTarget& TargetOf(TableRef* ref) {
    for (UpdateTarget& target : plan_->targets_) {
      if (target.change.ref == ref) return target;
    }
    UpdateTarget& target = plan_->targets_.emplace_back();
    target.change.ref = ref;
    target.change.table = ref->table;
    binder_.RequirePrivilege("UPDATE", ref->schema, ref->name);
    target.program = NewRowProgram(binder_, ref->table, ref->alias);
    return target;
  }

  void FindTargets(Scope* scope) {
    for (const sql::Assignment& assignment : update_.assignments) {
      TargetOf(Resolve(scope, *assignment.column).table->ref);
    }
  }

  /// WITH CHECK OPTION of the views written here.
  void AddChecksOfViews(const sql::TableReference& from) {
    if (const auto* join = sql::TryAs<sql::JoinTable>(&from)) {
      AddChecksOfViews(*join->left);
      return AddChecksOfViews(*join->right);
    }
    const auto* base = sql::TryAs<sql::BaseTable>(&from);
    if (base == nullptr) return;
    const std::string schema(base->name.schema.empty() ? std::string_view(session_.current_schema())
                                                       : base->name.schema);
    const catalog::ViewPtr view =
        session_.transaction().catalog().FindView(schema, base->name.table);
    if (view == nullptr) return;
    const ViewTarget behind = FindViewTarget(binder_, view, false, 0);
    for (UpdateTarget& target : plan_->targets_) {
      if (behind.table == nullptr || target.change.table->id != behind.table->id) continue;
      AddViewChecks(binder_, *view, behind, target.program);
    }
  }

  void BindAssignments(Scope* scope, QueryBlock* block) {
    for (const sql::Assignment& assignment : update_.assignments) {
      const FromColumn column = Resolve(scope, *assignment.column);
      UpdateTarget& target = TargetOf(column.table->ref);
      const catalog::ColumnDef& def = target.change.table->columns[column.ordinal];
      UpdateTarget::Assignment bound;
      bound.column = column.ordinal;
      bound.output = UINT32_MAX;
      const auto* keyword = sql::TryAs<sql::Default>(assignment.value);
      const bool is_default = keyword != nullptr && keyword->column == nullptr;
      if (def.generated && !is_default)
        Raise(kErGeneratedValue, def.name, target.change.table->name);
      if (!is_default && plan_->single_) {
        bound.value =
            binder_.BindScalarIn(*assignment.value, target.program->scope, plan::Clause::kSelect);
        if (def.type.IsNumeric()) bound.value = binder_.HexToNumber(bound.value);
      } else if (!is_default) {
        Expression* value = binder_.BindScalarIn(*assignment.value, scope, plan::Clause::kSelect);
        bound.output = static_cast<uint32_t>(block->output.size());
        bound.type = value->type();
        block->output.push_back(value);
      }
      target.assignments.push_back(std::move(bound));
    }
  }

  void BindOrder(Scope* scope, QueryBlock* block) {
    for (const sql::OrderItem& item : update_.order_by) {
      Expression* key = binder_.BindScalarIn(*item.expression, scope, plan::Clause::kOrderBy);
      if (key->IsConstant()) continue;
      block->order_by.push_back({static_cast<uint32_t>(block->output.size()), item.descending});
      block->output.push_back(key);
    }
    if (update_.limit != nullptr)
      block->limit = binder_.BindScalarIn(*update_.limit, scope, plan::Clause::kLimit);
  }

  SessionContext& session_;
  const sql::UpdateStatement& update_;
  UpdatePlan* plan_;
  Binder& binder_;
};

}  // namespace

std::unique_ptr<Plan> PlanUpdate(SessionContext& session, const sql::Statement& tree,
                                 std::string_view text, std::span<const types::DataType> types) {
  auto plan = std::make_unique<UpdatePlan>();
  Binder binder(session, BuiltinFunctions(), plan->memory, types, text);
  UpdateBinder(session, sql::As<sql::UpdateStatement>(tree), plan.get(), &binder).Bind();
  return plan;
}

}  // namespace sixfold::exec
