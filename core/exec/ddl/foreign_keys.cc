#include <algorithm>

#include "core/exec/ddl/ddl_internal.h"
#include "core/exec/ddl/table_draft.h"
#include "core/plan/session_context.h"
#include "core/txn/catalog_view.h"
#include "core/txn/catalog_writer.h"
#include "core/txn/transaction.h"
#include "core/types/error_codes.h"
#include "core/types/sql_error.h"

namespace sixfold::exec {
namespace {

using catalog::ForeignKeyDef;
using catalog::TableDef;

bool Compatible(const types::DataType& child, const types::DataType& parent) {
  if (child.IsInteger() || parent.IsInteger())
    return child.id == parent.id && child.is_unsigned == parent.is_unsigned;
  if (child.collation != nullptr && parent.collation != nullptr)
    return child.collation == parent.collation;
  return child.id == parent.id;
}

/// The parent needs an index that begins with exactly these columns, in any order of the set.
bool HasIndexOver(const TableDef& parent, const std::vector<std::string>& columns) {
  return std::any_of(
      parent.indexes.begin(), parent.indexes.end(), [&](const catalog::IndexDef& index) {
        if (!index.stored() || index.parts.size() < columns.size()) return false;
        for (size_t i = 0; i < columns.size(); ++i) {
          const catalog::KeyPart& part = index.parts[i];
          if (part.prefix_length != 0 || !SameName(parent.columns[part.column].name, columns[i]))
            return false;
        }
        return true;
      });
}

void CheckAgainstParent(const TableDef& child, const ForeignKeyDef& key, const TableDef& parent) {
  for (size_t i = 0; i < key.columns.size(); ++i) {
    const catalog::ColumnDef* column = parent.FindColumn(key.parent_columns[i]);
    if (column == nullptr) {
      throw MakeError(ErrorCode::kFkNoColumnParent, key.parent_columns[i], key.name,
                      key.parent_table);
    }
    if (!Compatible(child.columns[key.columns[i]].type, column->type)) {
      throw MakeError(ErrorCode::kFkIncompatibleColumns, child.columns[key.columns[i]].name,
                      column->name, key.name);
    }
  }
  if (!HasIndexOver(parent, key.parent_columns)) {
    throw MakeError(ErrorCode::kFkNoIndexParent, key.name, key.parent_table);
  }
}

bool NamesParent(const TableDef& table, std::string_view schema, std::string_view parent) {
  return std::any_of(table.foreign_keys.begin(), table.foreign_keys.end(),
                     [&](const ForeignKeyDef& key) {
                       return key.parent_schema == schema && key.parent_table == parent;
                     });
}

/// Adds or removes `child` in the parent's referenced_by.
void SetReference(SessionContext& session, const TableDef& child, std::string_view schema,
                  std::string_view name, bool present) {
  if (schema == child.schema && name == child.name) return;
  txn::Transaction& transaction = session.transaction();
  transaction.catalog_writer().LockTable(schema, name);
  const catalog::TablePtr parent = transaction.catalog().FindTable(schema, name);
  if (parent == nullptr) return;
  TableDef changed = *parent;
  const std::pair<std::string, std::string> entry{child.schema, child.name};
  const bool had = std::erase(changed.referenced_by, entry) > 0;
  if (had == present) return;
  if (present) changed.referenced_by.push_back(entry);
  transaction.catalog_writer().ReplaceTable(*parent, std::move(changed));
}

}  // namespace

void LinkForeignKeys(SessionContext& session, const TableDef* old_table,
                     const TableDef& new_table) {
  const bool checks = session.UnsignedVariable("foreign_key_checks") != 0;
  for (const ForeignKeyDef& key : new_table.foreign_keys) {
    const bool to_itself =
        key.parent_schema == new_table.schema && key.parent_table == new_table.name;
    const catalog::TablePtr found =
        session.transaction().catalog().FindTable(key.parent_schema, key.parent_table);
    const TableDef* parent = to_itself ? &new_table : found.get();
    if (parent == nullptr) {
      if (checks) throw MakeError(ErrorCode::kFkCannotOpenParent, key.parent_table);
      continue;
    }
    if (checks) CheckAgainstParent(new_table, key, *parent);
    SetReference(session, new_table, key.parent_schema, key.parent_table, true);
  }
  if (old_table == nullptr) return;
  for (const ForeignKeyDef& key : old_table->foreign_keys) {
    const bool renamed = old_table->name != new_table.name || old_table->schema != new_table.schema;
    if (renamed || !NamesParent(new_table, key.parent_schema, key.parent_table)) {
      SetReference(session, *old_table, key.parent_schema, key.parent_table, false);
    }
  }
}

void RequireUnreferenced(SessionContext& session, const TableDef& table,
                         const std::vector<DdlName>& also_dropped) {
  if (session.UnsignedVariable("foreign_key_checks") == 0) return;
  for (const auto& [schema, name] : table.referenced_by) {
    const bool goes_too = std::any_of(also_dropped.begin(), also_dropped.end(),
                                      [&schema = schema, &name = name](const DdlName& d) {
                                        return d.schema == schema && d.table == name;
                                      });
    const catalog::TablePtr child = session.transaction().catalog().FindTable(schema, name);
    if (goes_too || child == nullptr) continue;
    for (const ForeignKeyDef& key : child->foreign_keys) {
      if (key.parent_schema == table.schema && key.parent_table == table.name) {
        throw MakeError(ErrorCode::kFkCannotDropParent, table.name, key.name, child->name);
      }
    }
  }
}

}  // namespace sixfold::exec
