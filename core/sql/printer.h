// From trees back to SQL, in the canonical form MySQL shows in SHOW CREATE VIEW and SHOW CREATE
// TABLE: lower-case words and backticked names in queries and expressions, parentheses around
// every operator, `AS` for each item, joins in parentheses; upper-case words in definitions.
// What is printed parses again, to a tree that prints the same.
//
// Names come out as the tree has them. A view's body needs them resolved (`db`.`t`.`c`, `*`
// spelled out): PrintNames is how the resolver supplies that.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/sql/ast_select.h"

namespace sixfold::sql {

struct Statement;
struct ColumnDefinition;
struct KeyDefinition;
struct PartitionClause;
struct CheckConstraint;

struct PrintedColumn {
  std::string_view schema;  // empty: not printed
  std::string_view table;
  std::string_view column;
};

/// Resolved names for a printed query. The defaults print what was written.
class PrintNames {
 public:
  virtual ~PrintNames() = default;
  virtual PrintedColumn Column(const ColumnReference& column) const {
    return {column.schema, column.table, column.column};
  }
  virtual TableName Table(const BaseTable& table) const { return table.name; }
  /// What a wildcard of `select` stands for; empty: print it as it is.
  virtual std::vector<PrintedColumn> Expand(const QuerySpecification& select,
                                            const Wildcard& wildcard) const {
    return {};
  }
};

struct PrintOptions {
  const PrintNames* names = nullptr;
  /// Printed before every plain string: _utf8mb4'x', as in DEFAULT (…), CHECK and generated
  /// columns.
  std::string_view string_introducer;
};

std::string PrintExpression(const Expression& expression, const PrintOptions& options = {});
std::string PrintQuery(const QueryExpression& query, const PrintOptions& options = {});
std::string PrintStatement(const Statement& statement, const PrintOptions& options = {});
/// `decimal(10,2) unsigned`, with CHARACTER SET and COLLATE where written.
std::string PrintType(const TypeSyntax& type);
std::string PrintColumnDefinition(const ColumnDefinition& column, const PrintOptions& options = {});
std::string PrintKeyDefinition(const KeyDefinition& key, const PrintOptions& options = {});
std::string PrintPartitioning(const PartitionClause& clause, const PrintOptions& options = {});

/// `name`
void AppendIdentifier(std::string* out, std::string_view name);
/// 'text', with what needs it escaped.
void AppendString(std::string* out, std::string_view text);
/// "SECOND", "DAY_HOUR"
std::string_view IntervalUnitName(IntervalUnit unit);

}  // namespace sixfold::sql
