// ResolvedNames: what the names of a query were resolved to, for printing it so that it means the
// same in every session: a view's body with `schema`.`table`.`column` and every `*` spelled out.
//
// The binder fills it (Binder::resolved). It points into the binder's PlanMemory and the syntax
// tree, and may be used as long as both live. Names of a select list, of common table expressions
// and of derived tables stay as they were written.
#pragma once

#include <unordered_map>
#include <vector>

#include "core/sql/printer.h"

namespace sixfold::plan {

struct FromColumn;

class ResolvedNames final : public sql::PrintNames {
 public:
  void AddTable(const sql::BaseTable& written, std::string_view schema);
  void AddColumn(const sql::ColumnReference& written, const FromColumn& column);
  void AddWildcard(const sql::Wildcard& written, const std::vector<FromColumn>& columns);

  sql::PrintedColumn Column(const sql::ColumnReference& column) const override;
  sql::TableName Table(const sql::BaseTable& table) const override;
  std::vector<sql::PrintedColumn> Expand(const sql::QuerySpecification& select,
                                         const sql::Wildcard& wildcard) const override;
  /// Whether a table or view of that name is read.
  bool Names(std::string_view schema, std::string_view table) const;

 private:
  std::unordered_map<const sql::BaseTable*, std::string_view> schemas_;
  std::unordered_map<const sql::ColumnReference*, sql::PrintedColumn> columns_;
  std::unordered_map<const sql::Wildcard*, std::vector<sql::PrintedColumn>> wildcards_;
};

}  // namespace sixfold::plan
