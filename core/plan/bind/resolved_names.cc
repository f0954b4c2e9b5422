#include "core/plan/bind/resolved_names.h"

#include "core/plan/bind/scope.h"

namespace sixfold::plan {

namespace {

/// A table that has an alias is known by nothing else.
sql::PrintedColumn PrintedName(const FromColumn& column) {
  const FromTable& table = *column.table;
  return {table.aliased ? std::string_view() : table.schema, table.alias,
          table.column_names[column.ordinal]};
}

}  // namespace

void ResolvedNames::AddTable(const sql::BaseTable& written, std::string_view schema) {
  schemas_[&written] = schema;
}

void ResolvedNames::AddColumn(const sql::ColumnReference& written, const FromColumn& column) {
  columns_[&written] = PrintedName(column);
}

void ResolvedNames::AddWildcard(const sql::Wildcard& written,
                                const std::vector<FromColumn>& columns) {
  std::vector<sql::PrintedColumn>& printed = wildcards_[&written];
  printed.clear();
  printed.reserve(columns.size());
  for (const FromColumn& column : columns) printed.push_back(PrintedName(column));
}

sql::PrintedColumn ResolvedNames::Column(const sql::ColumnReference& column) const {
  const auto found = columns_.find(&column);
  return found == columns_.end() ? PrintNames::Column(column) : found->second;
}

sql::TableName ResolvedNames::Table(const sql::BaseTable& table) const {
  const auto found = schemas_.find(&table);
  return found == schemas_.end() ? table.name : sql::TableName{found->second, table.name.table};
}

std::vector<sql::PrintedColumn> ResolvedNames::Expand(const sql::QuerySpecification&,
                                                      const sql::Wildcard& wildcard) const {
  const auto found = wildcards_.find(&wildcard);
  return found == wildcards_.end() ? std::vector<sql::PrintedColumn>() : found->second;
}

bool ResolvedNames::Names(std::string_view schema, std::string_view table) const {
  for (const auto& [written, its_schema] : schemas_) {
    if (its_schema == schema && written->name.table == table) return true;
  }
  return false;
}

}  // namespace sixfold::plan
