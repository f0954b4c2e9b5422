// INSERT and REPLACE.
//
// Every row goes the same way: defaults, assignments, AUTO_INCREMENT, generated columns, checks,
// the table's writer. A duplicate key comes back as a value and then is an error, a warning
// (IGNORE), a replaced row, or ON DUPLICATE KEY UPDATE.
#include "core/exec/dml/insert_run.h"
#include "core/exec/dml/view_target.h"
#include "core/exec/functions/registry.h"
#include "core/exec/operators/cursor.h"
#include "core/exec/plan.h"
#include "core/plan/bind/ast_walk.h"
#include "core/plan/bind/binder.h"
#include "core/plan/expression/nodes.h"
#include "core/plan/session_context.h"
#include "core/sql/ast.h"
#include "core/txn/catalog_view.h"
#include "core/types/compare_values.h"
#include "core/types/names.h"
#include "core/types/raise.h"

namespace sixfold::exec {

namespace {

class InsertPlan final : public Plan {
 public:
  StatementResult Run(Execution& execution, ResultSink&) const override {
    InsertRun run(target_, execution);
    if (query_ != nullptr) {
      RunQuery(run, execution);
    } else {
      RunValues(run);
    }
    return run.Finish(query_ != nullptr || rows_.size() > 1);
  }

  InsertTarget target_;
  std::vector<uint32_t> columns_;               // assigned, in order
  std::vector<std::vector<Expression*>> rows_;  // null: DEFAULT
  std::shared_ptr<BoundQuery> query_;

 private:
  void RunValues(InsertRun& run) const {
    const bool several = rows_.size() > 1;
    run.ExpectRows(rows_.size());
    for (const std::vector<Expression*>& row : rows_) {
      run.BeginRow();
      for (size_t i = 0; i < columns_.size(); i++) {
        if (row[i] == nullptr) {
          run.work().column(columns_[i]) = run.work().DefaultValue(columns_[i]);
        } else {
          run.work().Assign(columns_[i], row[i], several);
        }
      }
      run.WriteRow();
    }
  }

  void RunQuery(InsertRun& run, Execution& execution) const {
    auto cursor = NewCursor(*query_->root, execution);
    cursor->Open(nullptr);
    while (RowBatch* batch = cursor->Next()) {
      execution.session().CheckInterrupted();
      for (uint32_t r = 0; r < batch->rows(); r++) {
        run.BeginRow();
        for (size_t i = 0; i < columns_.size(); i++) {
          run.work().AssignValue(columns_[i], batch->at(static_cast<uint32_t>(i), r),
                                 query_->columns[i].type, true);
        }
        for (uint32_t i = 0; i < target_.program->extra_values; i++) {
          run.work().column(target_.program->extra_begin() + i) =
              Keep(batch->at(static_cast<uint32_t>(columns_.size()) + i, r), run.work().arena());
        }
        run.WriteRow();
      }
    }
  }
};

class InsertBinder {
 public:
  InsertBinder(SessionContext& session, const sql::InsertStatement& insert, InsertPlan* plan,
               Binder* binder)
      : session_(session), insert_(insert), plan_(plan), binder_(*binder) {}

  void Bind() {
    const catalog::TablePtr table = FindTarget();
    InsertTarget& target = plan_->target_;
    target.table = table;
    target.replace = insert_.replace;
    target.ignore = insert_.ignore;
    if (view_.table == nullptr) binder_.RequirePrivilege("INSERT", table->schema, table->name);
    if (insert_.replace) binder_.RequirePrivilege("DELETE", table->schema, table->name);
    if (!insert_.on_duplicate.empty())
      binder_.RequirePrivilege("UPDATE", table->schema, table->name);
    target.program =
        NewRowProgram(binder_, table, view_.table != nullptr ? view_.alias : table->name);
    if (view_def_ != nullptr) AddViewChecks(binder_, *view_def_, view_, target.program);
    BindColumns(*table);
    target.assigned.assign(table->columns.size(), false);
    for (uint32_t c : plan_->columns_) target.assigned[c] = true;
    if (insert_.query != nullptr) {
      plan_->query_ = binder_.BindTopQuery(*QueryWithSources(*table));
      if (plan_->query_->columns.size() != plan_->columns_.size() + sources_.size())
        Raise(kErWrongValueCount, 1);
      target.program->extra_values = static_cast<uint32_t>(sources_.size());
    } else {
      BindRows(*table);
      target.values_read_columns = !target.program->ref->references.empty();
    }
    BindOnDuplicate(*table);
    AssignRowSlots(target.program);
  }

 private:
  catalog::TablePtr FindTarget() {
    const std::string schema(insert_.table.schema.empty()
                                 ? std::string_view(session_.current_schema())
                                 : insert_.table.schema);
    if (schema.empty()) Raise(kErNoDatabase);
    catalog::TablePtr table =
        binder_.FindTable(schema, insert_.table.table, insert_.table.table, /*writes=*/true);
    if (table == nullptr) {
      const catalog::ViewPtr view =
          session_.transaction().catalog().FindView(schema, insert_.table.table);
      if (view == nullptr) Raise(kErNoSuchTable, schema, std::string(insert_.table.table));
      view_ = FindViewTarget(binder_, view, false, 0);
      if (view_.table == nullptr) Raise(1471, view->name, "INSERT");
      binder_.RequirePrivilege("INSERT", view->schema, view->name);
      view_def_ = view;
      table = view_.table;
      binder_.memory().UseTable(table->schema, table->name, *table, "", /*writes=*/true);
      return table;
    }
    binder_.memory().UseTable(schema, insert_.table.table, *table, insert_.table.table,
                              /*writes=*/true);
    return table;
  }

  /// Of a column under the name it has in the statement's target; -1: none.
  int OrdinalOf(const catalog::TableDef& table, std::string_view name) const {
    if (view_.table == nullptr) return table.ColumnOrdinal(name);
    for (const ViewTarget::Column& column : view_.columns) {
      if (EqualNames(column.name, name)) return static_cast<int>(column.ordinal);
    }
    return -1;
  }

  void BindColumns(const catalog::TableDef& table) {
    // VALUES () names no column and gives no value: all defaults.
    const bool empty_rows =
        insert_.query == nullptr && !insert_.rows.empty() && insert_.rows[0]->items.empty();
    if (insert_.columns.empty() && !empty_rows) {
      if (view_.table != nullptr) {
        for (const ViewTarget::Column& column : view_.columns)
          plan_->columns_.push_back(column.ordinal);
        return;
      }
      for (uint32_t c = 0; c < table.columns.size(); c++) {
        if (!table.columns[c].invisible) plan_->columns_.push_back(c);
      }
      return;
    }
    for (const sql::ColumnReference* name : insert_.columns) {
      const int ordinal = OrdinalOf(table, name->column);
      if (ordinal < 0) Raise(kErBadField, std::string(name->column), "field list");
      for (uint32_t other : plan_->columns_) {
        if (other == static_cast<uint32_t>(ordinal))
          Raise(kErFieldTwice, table.columns[other].name);
      }
      plan_->columns_.push_back(static_cast<uint32_t>(ordinal));
    }
  }

  void BindRows(const catalog::TableDef& table) {
    size_t number = 0;
    for (const sql::RowExpression* row : insert_.rows) {
      number++;
      if (row->items.size() != plan_->columns_.size()) Raise(kErWrongValueCount, number);
      std::vector<Expression*> bound;
      for (size_t i = 0; i < row->items.size(); i++) {
        const sql::Expression& item = *row->items[i];
        const auto* keyword = sql::TryAs<sql::Default>(&item);
        const bool is_default = keyword != nullptr && keyword->column == nullptr;
        const catalog::ColumnDef& column = table.columns[plan_->columns_[i]];
        if (column.generated && !is_default) Raise(kErGeneratedValue, column.name, table.name);
        bound.push_back(is_default ? nullptr : BindValue(item, column));
      }
      plan_->rows_.push_back(std::move(bound));
    }
    // Generated columns are computed in any case.
    for (size_t i = 0; i < plan_->columns_.size(); i++) {
      if (!table.columns[plan_->columns_[i]].generated) continue;
      for (auto& row : plan_->rows_) row.erase(row.begin() + static_cast<long>(i));
      plan_->columns_.erase(plan_->columns_.begin() + static_cast<long>(i));
      i--;
    }
  }

  Expression* BindValue(const sql::Expression& item, const catalog::ColumnDef& column) {
    Expression* value =
        binder_.BindScalarIn(item, plan_->target_.program->scope, plan::Clause::kSelect);
    return column.type.IsNumeric() ? binder_.HexToNumber(value) : value;
  }

  /// Names in ON DUPLICATE KEY UPDATE that are not the target's: columns of the SELECT's tables.
  void CollectSources(const sql::Expression& expression, const catalog::TableDef& table) {
    if (const auto* name = sql::TryAs<sql::ColumnReference>(&expression)) {
      const bool own =
          name->table.empty() ? OrdinalOf(table, name->column) >= 0 : name->table == table.name;
      if (!own) sources_.push_back(name);
    }
    plan::ForEachOperand(expression,
                         [&](const sql::Expression& operand) { CollectSources(operand, table); });
  }

  /// INSERT … SELECT … ON DUPLICATE KEY UPDATE a = source.b: the query also gives source.b.
  const sql::QueryExpression* QueryWithSources(const catalog::TableDef& table) {
    for (const sql::Assignment& assignment : insert_.on_duplicate)
      CollectSources(*assignment.value, table);
    const auto* select = sql::TryAs<sql::QuerySpecification>(insert_.query->body);
    if (sources_.empty() || select == nullptr) return insert_.query;
    auto* copy = binder_.arena()->New<sql::QuerySpecification>(*select);
    copy->items = {};
    for (const sql::SelectItem& item : select->items) copy->items.Add(binder_.arena(), item);
    for (const sql::ColumnReference* name : sources_) {
      sql::SelectItem item;
      item.expression = const_cast<sql::ColumnReference*>(name);
      item.name = name->column;
      copy->items.Add(binder_.arena(), item);
    }
    auto* query = binder_.arena()->New<sql::QueryExpression>(*insert_.query);
    query->body = copy;
    return query;
  }

  void BindOnDuplicate(const catalog::TableDef& table) {
    if (insert_.on_duplicate.empty()) return;
    RowProgram* program = plan_->target_.program;
    binder_.values_column = [this, program, &table](const sql::ColumnReference& name) {
      const int ordinal = OrdinalOf(table, name.column);
      if (ordinal < 0) Raise(kErBadField, std::string(name.column), "field list");
      plan_->target_.values_functions++;
      return binder_.NewColumn(program->inserted, static_cast<uint32_t>(ordinal));
    };
    binder_.fallback_column = [this, program](const sql::ColumnReference& name) -> Expression* {
      for (size_t i = 0; i < sources_.size(); i++) {
        if (sources_[i]->column != name.column || sources_[i]->table != name.table) continue;
        const types::DataType& type = plan_->query_->columns[plan_->columns_.size() + i].type;
        return binder_.arena()->New<SlotExpr>(program->extra_begin() + static_cast<uint32_t>(i), 0,
                                              type);
      }
      return nullptr;
    };
    if (!insert_.row_alias.empty()) AddRowAlias(table);
    for (const sql::Assignment& assignment : insert_.on_duplicate) {
      const int ordinal = OrdinalOf(table, assignment.column->column);
      if (ordinal < 0) Raise(kErBadField, std::string(assignment.column->column), "field list");
      const auto column = static_cast<uint32_t>(ordinal);
      const auto* keyword = sql::TryAs<sql::Default>(assignment.value);
      if (keyword != nullptr && keyword->column == nullptr) {
        plan_->target_.updates.push_back({column, nullptr});
        continue;
      }
      if (table.columns[column].generated)
        Raise(kErGeneratedValue, table.columns[column].name, table.name);
      Expression* value =
          binder_.BindScalarIn(*assignment.value, program->scope, plan::Clause::kSelect);
      plan_->target_.updates.push_back({column, value});
    }
    binder_.values_column = nullptr;
    binder_.fallback_column = nullptr;
  }

  /// INSERT … VALUES (…) AS new(a, b): the new row under a name.
  void AddRowAlias(const catalog::TableDef& table) {
    RowProgram* program = plan_->target_.program;
    program->inserted->alias = std::string(insert_.row_alias);
    program->inserted->schema.clear();
    FromTable* alias = binder_.AddFromTable(program->scope, program->inserted, false);
    for (size_t i = 0; i < insert_.row_alias_columns.size() && i < plan_->columns_.size(); i++) {
      alias->column_names[plan_->columns_[i]] = std::string(insert_.row_alias_columns[i]);
      program->scope->columns.push_back(
          {alias->column_names[plan_->columns_[i]], alias, plan_->columns_[i]});
    }
  }

  SessionContext& session_;
  const sql::InsertStatement& insert_;
  InsertPlan* plan_;
  Binder& binder_;
  std::vector<const sql::ColumnReference*> sources_;
  ViewTarget view_;
  catalog::ViewPtr view_def_;
};

}  // namespace

std::unique_ptr<Plan> PlanInsert(SessionContext& session, const sql::Statement& tree,
                                 std::string_view text, std::span<const types::DataType> types) {
  auto plan = std::make_unique<InsertPlan>();
  Binder binder(session, BuiltinFunctions(), plan->memory, types, text);
  InsertBinder(session, sql::As<sql::InsertStatement>(tree), plan.get(), &binder).Bind();
  return plan;
}

}  // namespace sixfold::exec
