// Binder: resolves names and types of one statement and makes its plan. Lives only while a plan is
// made; what it makes lives in PlanMemory.
//
// Files: bind_expression (operators, literals), bind_call (functions, casts, aggregates), bind_name
// (columns), bind_from (tables, joins, views), bind_select (one SELECT), bind_query (set
// operations, ORDER BY, LIMIT, CTEs), bind_subquery.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/plan/bind/plan_memory.h"
#include "core/plan/bind/scope.h"
#include "core/sql/ast_select.h"

namespace sixfold::plan {

class FunctionLibrary;
class ResolvedNames;
class SessionContext;
struct FunctionDef;
struct Parameter;
struct RecursiveTable;

enum class Clause : uint8_t {
  kSelect,
  kFrom,
  kOn,
  kWhere,
  kGroupBy,
  kHaving,
  kOrderBy,
  kWindow,
  kValues,
  kSet,
  kLimit
};
std::string_view ClauseName(Clause clause);  // as in MySQL's messages: "field list"

class Binder {
 public:
  /// Parameter types beyond `types`' end are not known yet.
  Binder(SessionContext& session, const FunctionLibrary& functions, PlanMemory& memory,
         std::span<const types::DataType> parameter_types, std::string_view text);

  SessionContext& session() { return session_; }
  PlanMemory& memory() { return memory_; }
  const FunctionLibrary& functions() const { return functions_; }
  std::string_view text() const { return text_; }

  // Queries.
  std::shared_ptr<BoundQuery> BindQuery(const sql::QueryExpression& query, Scope* parent,
                                        uint32_t level, const CteEntry* ctes);
  /// As a derived table of a statement's top: level 0 without parent.
  std::shared_ptr<BoundQuery> BindTopQuery(const sql::QueryExpression& query);

  // Expressions, in the current scope and clause.
  Expression* Bind(const sql::Expression& expression);
  Expression* BindScalarIn(const sql::Expression& expression, Scope* scope, Clause clause) {
    return Scalar(BindIn(expression, scope, clause));
  }
  Expression* BindIn(const sql::Expression& expression, Scope* scope, Clause clause);
  /// Splits AND; constant-true conjuncts vanish.
  void BindConjuncts(const sql::Expression& expression, Scope* scope, Clause clause,
                     std::vector<Expression*>* out);
  Expression* Call(std::string_view function, std::vector<Expression*> args);
  Expression* CallDef(const FunctionDef* def, std::vector<Expression*> args,
                      const types::DataType* type = nullptr);
  Expression* StringLiteral(std::string_view text);
  /// Catalog text: utf8mb4 whatever the connection's character set is.
  Expression* StringLiteral8(std::string_view text);
  Expression* IntLiteral(int64_t value);
  Expression* BoolLiteral(bool value);
  Expression* NullLiteral();
  /// x'…' where a number is wanted: the number.
  Expression* HexToNumber(Expression* expression);
  Expression* Conjunction(const std::vector<Expression*>& conjuncts);
  /// Converts to the type as CAST or assignment between expressions would; the same when equal.
  Expression* CastTo(Expression* expression, const types::DataType& type);

  /// The column's default, converted; 1364 where there is none.
  Expression* DefaultOf(const catalog::ColumnDef& column, const catalog::TableDef& table);
  /// Catalog text (defaults, generated columns, CHECK) in a scope; the tree is kept.
  Expression* BindText(std::string_view text, Scope* scope, Clause clause);

  // Tables.
  /// The definition of a table that the statement calls `called` (empty: a view names it); null:
  /// there is none. Table locks of others are waited for before it is looked up, so that what is
  /// resolved is what they leave behind. Throws 1100, 1205.
  catalog::TablePtr FindTable(std::string_view schema, std::string_view table,
                              std::string_view called, bool writes = false);
  TableRef* AddBaseTable(QueryBlock* block, Scope* scope, const sql::TableName& name,
                         std::string_view alias);
  FromTable* AddFromTable(Scope* scope, TableRef* ref, bool with_columns);
  /// Fills the scope and the nest.
  void BindFrom(const sql::TableReference& from, Scope* scope, JoinNest* nest);
  Expression* NewColumn(TableRef* table, uint32_t ordinal);
  Expression* BindFromColumn(const FromColumn& column);
  /// Null: no such column in this scope (parents are not searched). Throws 1052.
  const FromColumn* FindColumn(const Scope& scope, const sql::ColumnReference& name,
                               FromColumn* storage);

  void RequirePrivilege(std::string_view privilege, std::string_view schema,
                        std::string_view table);
  void set_scope(Scope* scope) { scope_ = scope; }
  uint32_t level() const { return level_; }
  void set_level(uint32_t level) { level_ = level; }
  void set_clause(Clause clause) { clause_ = clause; }
  const CteEntry* AddCtes(const sql::List<sql::CommonTableExpression*>& with, bool recursive,
                          const CteEntry* outer, Scope* scope);
  uint32_t NewState() { return memory_.state_count++; }
  Arena* arena() { return &memory_.arena; }
  /// VALUES(column) and DEFAULT of an INSERT are bound through these.
  std::function<Expression*(const sql::ColumnReference&)> values_column;
  /// Asked for names that no scope knows: source columns in ON DUPLICATE KEY UPDATE.
  std::function<Expression*(const sql::ColumnReference&)> fallback_column;
  bool locking_possible = true;
  /// Told what the names outside of views are resolved to; null: nobody asks.
  ResolvedNames* resolved = nullptr;
  /// Tables of FROM are read with this lock (UPDATE, DELETE); also asks for all columns and the row
  /// id.
  txn::LockMode forced_lock = txn::LockMode::kNone;

  // Used by the files of this folder.
  /// ORDER BY and LIMIT are the query expression's; null where they belong to something outside.
  void BindSelect(const sql::QuerySpecification& select, const sql::QueryExpression* owner,
                  Scope* parent, uint32_t level, const CteEntry* ctes, BoundQuery* query);

 private:
  friend class SelectBinder;
  friend class QueryBinder;
  struct OpenQuery {
    uint32_t level;  // of its blocks
    BoundQuery* query;
  };

  // bind_expression.cc
  Expression* BindLiteral(const sql::Literal& literal);
  Expression* BindNegatedLiteral(const sql::Literal& literal);  // null: not folded
  Expression* NumberLiteral(const sql::Literal& literal, bool negative);
  Expression* TextLiteral(const sql::Literal& literal);
  Expression* TemporalLiteral(const sql::Literal& literal);
  Expression* BindUnary(const sql::Unary& unary);
  Expression* BindBinary(const sql::Binary& binary);
  Expression* BindLogical(const sql::Logical& logical);
  Expression* BindIsTest(const sql::IsTest& test);
  Expression* BindBetween(const sql::Between& between);
  Expression* BindInList(const sql::InList& in);
  Expression* BindLike(const sql::Like& like);
  Expression* BindCase(const sql::Case& node);
  void FindWhereTests(const sql::Expression& expression);
  Expression* CompareCase(Expression* operand, Expression* when);
  Expression* BindCollate(const sql::Collate& collate);
  Expression* BindUserVariable(const sql::UserVariable& variable);
  Expression* BindAssignment(const sql::UserVariableAssignment& assignment);
  Expression* BindSystemVariable(const sql::SystemVariable& variable);
  Expression* Compare(sql::BinaryOperator op, Expression* left, Expression* right);
  Expression* CompareRows(sql::BinaryOperator op, const std::vector<Expression*>& left,
                          const std::vector<Expression*>& right);
  /// The items of a row operand; empty when it is no row.
  std::vector<Expression*> RowItems(Expression* operand);
  Expression* Scalar(Expression* operand);  // 1241 for rows
  Expression* BindScalar(const sql::Expression& expression) { return Scalar(Bind(expression)); }
  Expression* CacheConstant(Expression* expression);

  // bind_call.cc
  Expression* BindFunction(const sql::FunctionCall& call);
  Expression* BindAggregate(const sql::AggregateCall& call);
  Expression* BindWindow(const sql::AggregateCall& call);
  Expression* BindCast(const sql::Cast& cast);
  Expression* BindConvertUsing(const sql::ConvertUsing& convert);
  Expression* BindExtract(const sql::Extract& extract);
  Expression* BindTrim(const sql::Trim& trim);
  Expression* BindDateArithmetic(const sql::DateArithmetic& arithmetic);
  Expression* BindTimestampDiff(const sql::TimestampDiff& diff);
  Expression* BindWeightString(const sql::WeightString& node);
  Expression* BindDefault(const sql::Default& node);
  Expression* BindJsonValue(const sql::JsonValue& node);
  void BindWindowSpecification(const sql::WindowSpecification& over, WindowCall* window, int depth);
  void BindRangeFrame(const sql::WindowSpecification& over, WindowCall* window);
  std::string_view session_function_schema() const;
  types::DataType session_text_type() const;
  void PrepareArguments(Aggregate* aggregate);
  void MoveReferences(const std::vector<ColumnExpr*>& columns, uint32_t up, uint32_t owner_level);

  // bind_name.cc
  Expression* BindColumn(const sql::ColumnReference& name);
  Expression* BindAlias(const Scope& scope, const SelectAlias& alias);
  bool IsGroupColumn(const Scope& scope, const sql::ColumnReference& name);
  const SelectAlias* FindAlias(const Scope& scope, std::string_view name);

  // bind_subquery.cc
  Expression* BindExists(const sql::Exists& exists);
  Expression* BindScalarSubquery(const sql::Subquery& subquery);
  Expression* BindInSubquery(const sql::InSubquery& in);
  Expression* BindQuantified(const sql::Quantified& quantified);
  std::shared_ptr<BoundQuery> BindNested(const sql::QueryExpression& query);

  // bind_from.cc
  void BindBaseTable(const sql::BaseTable& base, Scope* scope, JoinNest* nest);
  void BindDerived(const sql::DerivedTable& derived, Scope* scope, JoinNest* nest);
  void BindJoin(const sql::JoinTable& join, Scope* scope, JoinNest* nest);
  void BindUsing(const sql::JoinTable& join, Scope* scope, std::vector<FromColumn> left,
                 std::vector<FromColumn> right, std::vector<Expression*>* on);
  std::vector<FromColumn> ExpandWildcard(const sql::Wildcard& wildcard, const Scope& scope);
  Expression* BindViewItem(const MergedView& merged, const sql::Expression& item);
  std::vector<FromColumn> ColumnsOfTable(const sql::Wildcard& wildcard, const Scope& scope);
  void BindView(const catalog::ViewPtr& view, std::string_view alias, Scope* scope, JoinNest* nest);
  void BindCte(CteEntry* entry, std::string_view alias, Scope* scope, JoinNest* nest);
  void AddDerived(std::shared_ptr<BoundQuery> query, std::string_view schema,
                  std::string_view alias, const std::vector<std::string>& names, Scope* scope,
                  JoinNest* nest, bool lateral, uint32_t temporary_id);
  bool TryMerge(const sql::QueryExpression& query, std::string_view schema, std::string_view alias,
                const std::vector<std::string>& names, Scope* scope, Scope* inner_parent,
                const CteEntry* ctes, JoinNest* nest);
  TableRef* NewTableRef(Scope* scope, TableKind kind);

  // bind_select.cc, bind_query.cc
  void BindGroupBy(const sql::QuerySpecification& select, Scope* scope, QueryBlock* block);
  void BindOrderBy(const sql::List<sql::OrderItem>& order_by, Scope* scope, QueryBlock* block);
  void BindLimit(const sql::Limit& limit, Scope* scope, QueryBlock* block);
  void ApplyLocks(const sql::List<sql::LockingClause>& locking, const Scope& scope);
  void BindBody(const sql::QueryBody& body, const sql::QueryExpression* owner, Scope* parent,
                uint32_t level, const CteEntry* ctes, BoundQuery* query);
  void BindSetOperation(const sql::SetOperation& operation, Scope* parent, uint32_t level,
                        const CteEntry* ctes, BoundQuery* query);
  void BindValues(const sql::ValuesBody& values, Scope* parent, uint32_t level,
                  const CteEntry* ctes, BoundQuery* query);
  std::shared_ptr<BoundQuery> BindRecursive(CteEntry* entry, const sql::SetOperation& operation,
                                            uint32_t level);
  /// SELECT * FROM (inner) with the owner's ORDER BY and LIMIT.
  void WrapQuery(std::shared_ptr<BoundQuery> inner, const sql::QueryExpression& owner,
                 Scope* parent, uint32_t level, BoundQuery* query);

  /// Conditions of views merged into the inner side of the outer join being bound.
  std::vector<Expression*> pending_inner_conditions_;
  /// Set while the inner side of an outer join is bound.
  uint32_t outer_join_depth_ = 0;

  SessionContext& session_;
  const FunctionLibrary& functions_;
  PlanMemory& memory_;
  std::vector<types::DataType> parameter_types_;
  std::string_view text_;

  Scope* scope_ = nullptr;
  uint32_t level_ = 0;
  Clause clause_ = Clause::kSelect;
  bool inside_aggregate_ = false;
  std::vector<const sql::IsTest*> where_tests_;  // of the condition being bound
  bool aliases_visible_ = false;
  uint32_t binding_alias_ = 0;
  uint32_t view_depth_ = 0;
  uint32_t definer_depth_ = 0;  // views that run with their definer's rights
  uint32_t select_count_ = 0;
  std::vector<OpenQuery> open_queries_;
};

/// Sets the blocks' select_type where EXPLAIN has nothing better to say.
void SetRole(BoundQuery* query, std::string_view role);
/// The name of a select item: its alias, its column's name, or its source text.
std::string_view ItemName(const sql::SelectItem& item);
/// A select item that may be evaluated anywhere and any number of times: no aggregate, window,
/// subquery, variable.
bool IsMergeable(const sql::Expression& expression, const FunctionLibrary& functions);
bool ContainsAggregate(const sql::Expression& expression);
/// Plans the block; returns the root of its nodes (optimize/plan_block.cc).
const PlanNode* PlanBlock(Binder& binder, QueryBlock* block);
/// 1055 and 1140 for columns of base tables that do not depend on the group's columns.
void CheckOnlyFullGroupBy(const QueryBlock& block);
/// Rewrites what comes after grouping to the grouped layout (bind/grouping.cc).
void RewriteGrouped(Binder& binder, QueryBlock* block);

/// A result column named as MySQL names it.
ResultColumn ColumnInfo(const Expression& expression);

}  // namespace sixfold::plan
