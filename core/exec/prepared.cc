// PreparedStatement: keeps the plan, and makes it anew when a table changed or parameters came with
// other types than it was made for.
#include "core/exec/plan.h"
#include "core/exec/statement.h"
#include "core/exec/subquery_run.h"
#include "core/plan/session_context.h"
#include "core/sql/ast.h"
#include "core/txn/catalog_view.h"
#include "core/txn/transaction.h"
#include "core/types/raise.h"

namespace sixfold::exec {

namespace {

bool SameParameterType(const types::DataType& planned, const Parameter& given) {
  if (given.value.is_null() && planned.id != types::TypeId::kNull) return true;
  if (planned.id != given.type.id || planned.is_unsigned != given.type.is_unsigned ||
      planned.collation != given.type.collation) {
    return false;
  }
  return planned.scale == given.type.scale ||
         !(planned.id == types::TypeId::kDecimal || planned.IsTemporal());
}

class PreparedPlan final : public PreparedStatement {
 public:
  PreparedPlan(SessionContext& session, const sql::Statement& tree, std::string_view text)
      : tree_(tree), text_(text) {
    plan_ = MakePlan(session, tree, text, {});
    plans_made_ = 1;
    parameter_count_ = plan_->memory.parameter_count;
    columns_ = plan_->columns;
    types_known_ = parameter_count_ == 0;
  }

  uint32_t parameter_count() const override { return parameter_count_; }
  std::span<const ResultColumn> columns() const override { return columns_; }

  StatementResult Execute(SessionContext& session, std::span<const Parameter> parameters,
                          ResultSink& sink) override {
    AskForTables(session);
    if (!types_known_ || plan_->memory.volatile_plan || !TypesMatch(parameters) ||
        !IsCurrent(session)) {
      Replan(session, parameters);
      AskForTables(session);
    }
    for (const PlanMemory::Privilege& p : plan_->memory.privileges) {
      session.RequirePrivilege(p.privilege, p.schema, p.table, "");
    }
    Execution execution(session, Subqueries(), parameters, plan_->memory.constant_count,
                        plan_->memory.state_count);
    return plan_->Run(execution, sink);
  }

  uint32_t plans_made() const override { return plans_made_; }

  std::unique_ptr<PreparedStatement> Share() const override {
    const PlanMemory& memory = plan_->memory;
    if (!types_known_ || memory.volatile_plan || memory.session_only) return nullptr;
    return std::unique_ptr<PreparedStatement>(new PreparedPlan(*this));
  }

  bool IsCurrent(SessionContext& session) const override {
    if (plan_->memory.used_tables.empty()) return true;
    txn::CatalogView& catalog = session.transaction().catalog();
    for (const PlanMemory::UsedTable& used : plan_->memory.used_tables) {
      if (used.is_view) {
        const catalog::ViewPtr view = catalog.FindView(used.schema, used.name);
        if (view == nullptr || view->version != used.version) return false;
        continue;
      }
      const catalog::TablePtr table = catalog.FindTable(used.schema, used.name);
      if (table == nullptr || table->version != used.version) return false;
    }
    return true;
  }

  std::vector<txn::Transaction::NamedTable> tables() const override {
    std::vector<txn::Transaction::NamedTable> named;
    for (const PlanMemory::UsedTable& used : plan_->memory.used_tables) {
      if (!used.is_view) named.push_back({used.schema, used.name, used.alias, used.writes});
    }
    return named;
  }

 private:
  PreparedPlan(const PreparedPlan&) = default;

  /// Before anything is read: table locks of others are waited for here.
  void AskForTables(SessionContext& session) const {
    txn::Transaction& transaction = session.transaction();
    if (transaction.AsksForTables()) transaction.AskForTables(tables());
  }

  bool TypesMatch(std::span<const Parameter> parameters) const {
    for (size_t i = 0; i < types_.size() && i < parameters.size(); i++) {
      if (!SameParameterType(types_[i], parameters[i])) return false;
    }
    return types_.size() == parameters.size();
  }

  void Replan(SessionContext& session, std::span<const Parameter> parameters) {
    std::vector<types::DataType> types;
    for (size_t i = 0; i < parameters.size(); i++) {
      // A NULL says nothing of the type the others will have.
      const bool keep = parameters[i].value.is_null() && i < types_.size() &&
                        types_[i].id != types::TypeId::kNull;
      types.push_back(keep ? types_[i] : parameters[i].type);
    }
    plan_ = MakePlan(session, tree_, text_, types);
    ++plans_made_;
    types_ = std::move(types);
    types_known_ = true;
    columns_ = plan_->columns;
  }

  const sql::Statement& tree_;
  std::string_view text_;
  std::shared_ptr<const Plan> plan_;
  uint32_t plans_made_ = 0;
  std::vector<ResultColumn> columns_;
  std::vector<types::DataType> types_;
  uint32_t parameter_count_ = 0;
  bool types_known_ = false;
};

}  // namespace

std::unique_ptr<Plan> MakePlan(SessionContext& session, const sql::Statement& tree,
                               std::string_view text, std::span<const types::DataType> types) {
  using Kind = sql::Statement::Kind;
  switch (tree.kind) {
    case Kind::kSelect:
      return PlanSelect(session, tree, text, types);
    case Kind::kInsert:
      return PlanInsert(session, tree, text, types);
    case Kind::kUpdate:
      return PlanUpdate(session, tree, text, types);
    case Kind::kDelete:
      return PlanDelete(session, tree, text, types);
    case Kind::kDo:
      return PlanDo(session, tree, text, types);
    case Kind::kLoadData:
      return PlanLoadData(session, tree, text, types);
    case Kind::kExplain:
      return PlanExplain(session, tree, text, types);
    default:
      Raise(kErNotSupported, "this statement");
  }
}

std::unique_ptr<PreparedStatement> Prepare(SessionContext& session, const sql::Statement& tree,
                                           std::string_view text) {
  return std::make_unique<PreparedPlan>(session, tree, text);
}

}  // namespace sixfold::exec
