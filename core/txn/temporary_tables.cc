#include "core/txn/temporary_tables.h"

namespace sixfold::txn {

catalog::TablePtr TemporaryTables::Find(std::string_view schema, std::string_view table) const {
  if (tables_.empty()) return nullptr;
  const auto it = tables_.find({std::string(schema), std::string(table)});
  return it == tables_.end() ? nullptr : it->second;
}

std::vector<catalog::TablePtr> TemporaryTables::All() const {
  std::vector<catalog::TablePtr> out;
  for (const auto& [name, table] : tables_) out.push_back(table);
  return out;
}

void TemporaryTables::Put(catalog::TablePtr table) {
  std::pair<std::string, std::string> name{table->schema, table->name};
  tables_[std::move(name)] = std::move(table);
}

void TemporaryTables::Erase(std::string_view schema, std::string_view table) {
  tables_.erase({std::string(schema), std::string(table)});
}

}  // namespace sixfold::txn
