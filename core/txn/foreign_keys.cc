#include "core/txn/foreign_keys.h"

#include <algorithm>
#include <vector>

#include "core/base/arena.h"
#include "core/base/check.h"
#include "core/txn/catalog_view.h"
#include "core/txn/freshness.h"
#include "core/txn/keyspace.h"
#include "core/txn/row_values.h"
#include "core/txn/volume_table_reader.h"
#include "core/txn/volume_table_writer.h"
#include "core/txn/volume_transaction.h"
#include "core/types/error_codes.h"
#include "core/types/row_batch.h"
#include "core/types/sql_error.h"

namespace sixfold::txn {
namespace {

constexpr int kMaxCascadeDepth = 15;

/// An index whose first columns are these, in any order of mention; -1: none.
int IndexOver(const catalog::TableDef& table, std::span<const uint32_t> columns) {
  for (size_t i = 0; i < table.indexes.size(); ++i) {
    const catalog::IndexDef& index = table.indexes[i];
    if (!index.stored() || index.parts.size() < columns.size()) continue;
    bool fits = true;
    for (size_t p = 0; p < columns.size() && fits; ++p) {
      fits = index.parts[p].prefix_length == 0 &&
             std::find(columns.begin(), columns.end(), index.parts[p].column) != columns.end();
    }
    if (fits) return static_cast<int>(i);
  }
  return -1;
}

std::vector<uint32_t> ColumnsByName(const catalog::TableDef& table,
                                    const std::vector<std::string>& names) {
  std::vector<uint32_t> columns;
  for (const std::string& name : names) {
    const int ordinal = table.ColumnOrdinal(name);
    if (ordinal < 0) return {};
    columns.push_back(static_cast<uint32_t>(ordinal));
  }
  return columns;
}

/// Values (given in `columns`' order) in the order of the index's parts.
std::vector<types::Value> InIndexOrder(const catalog::IndexDef& index,
                                       std::span<const uint32_t> columns,
                                       std::span<const types::Value> values) {
  std::vector<types::Value> out(columns.size());
  for (size_t p = 0; p < columns.size(); ++p) {
    const auto at = std::find(columns.begin(), columns.end(), index.parts[p].column);
    out[p] = values[static_cast<size_t>(at - columns.begin())];
  }
  return out;
}

std::string Quoted(std::string_view name) {
  std::string out = "`";
  for (char c : name) {
    if (c == '`') out += '`';
    out += c;
  }
  return out += '`';
}

std::string_view ActionText(catalog::ReferentialAction action) {
  switch (action) {
    case catalog::ReferentialAction::kCascade:
      return "CASCADE";
    case catalog::ReferentialAction::kSetNull:
      return "SET NULL";
    case catalog::ReferentialAction::kRestrict:
      return "RESTRICT";
    case catalog::ReferentialAction::kSetDefault:
      return "SET DEFAULT";
    case catalog::ReferentialAction::kNoAction:
      return "";
  }
  return "";
}

/// As InnoDB prints it in 1451 and 1452.
std::string Describe(const catalog::TableDef& child, const catalog::ForeignKeyDef& key) {
  std::string out = Quoted(child.schema) + "." + Quoted(child.name) + ", CONSTRAINT " +
                    Quoted(key.name) + " FOREIGN KEY (";
  for (size_t i = 0; i < key.columns.size(); ++i) {
    out += (i == 0 ? "" : ", ") + Quoted(child.columns[key.columns[i]].name);
  }
  out += ") REFERENCES ";
  if (key.parent_schema != child.schema) out += Quoted(key.parent_schema) + ".";
  out += Quoted(key.parent_table) + " (";
  for (size_t i = 0; i < key.parent_columns.size(); ++i) {
    out += (i == 0 ? "" : ", ") + Quoted(key.parent_columns[i]);
  }
  out += ")";
  if (const auto text = ActionText(key.on_delete); !text.empty())
    out.append(" ON DELETE ").append(text);
  if (const auto text = ActionText(key.on_update); !text.empty())
    out.append(" ON UPDATE ").append(text);
  return out;
}

std::vector<uint32_t> AllColumns(const catalog::TableDef& table) {
  std::vector<uint32_t> columns(table.columns.size() + (table.implicit_row_id ? 1 : 0));
  for (size_t i = 0; i < columns.size(); ++i) columns[i] = static_cast<uint32_t>(i);
  return columns;
}

}  // namespace

// ---- as child ----

bool ForeignKeys::ParentExists(const catalog::TablePtr& parent, const catalog::ForeignKeyDef& key,
                               std::span<const types::Value> values) {
  const std::vector<uint32_t> columns = ColumnsByName(*parent, key.parent_columns);
  if (columns.size() != values.size()) return false;
  const int ordinal = IndexOver(*parent, columns);
  if (ordinal < 0) return false;
  const catalog::IndexDef& index = parent->indexes[static_cast<size_t>(ordinal)];
  const std::vector<types::Value> ordered = InIndexOrder(index, columns, values);

  VolumeTableReader reader(transaction_, parent);
  reader.set_see_all();
  Arena arena;
  if (index.unique() && index.parts.size() == ordered.size()) {
    return reader.Get(static_cast<uint32_t>(ordinal), ordered, {}, LockMode::kShared,
                      LockWait::kWait, nullptr, &arena);
  }
  ScanRequest request;
  request.index = static_cast<uint32_t>(ordinal);
  request.lower = {ordered, true};
  request.upper = {ordered, true};
  request.lock = LockMode::kShared;
  types::RowBatch batch(0, 1);
  reader.Open(request);
  return reader.Next(&batch);
}

void ForeignKeys::CheckParents(std::span<const types::Value> row,
                               std::span<const types::Value> old_row) {
  for (const catalog::ForeignKeyDef& key : table_.foreign_keys) {
    std::vector<types::Value> values;
    bool changed = old_row.empty();
    bool has_null = false;
    for (const uint32_t column : key.columns) {
      values.push_back(row[column]);
      has_null |= row[column].is_null();
      changed |= !old_row.empty() && !IdenticalValues(row[column], old_row[column]);
    }
    if (!changed || has_null) continue;
    const catalog::TablePtr parent =
        transaction_.catalog().FindTable(key.parent_schema, key.parent_table);
    bool found = false;
    if (parent != nullptr && parent->id == table_.id) {
      // A row may be its own parent.
      const std::vector<uint32_t> columns = ColumnsByName(*parent, key.parent_columns);
      found = columns.size() == values.size();
      for (size_t i = 0; i < columns.size() && found; ++i) {
        found = IdenticalValues(row[columns[i]], values[i]);
      }
    }
    if (!found && parent != nullptr) found = ParentExists(parent, key, values);
    if (!found) throw MakeError(ErrorCode::kNoReferencedRow2, Describe(table_, key));
  }
}

// ---- as parent ----

template <typename Visit>
void ForeignKeys::ForEachChild(Visit visit) {
  std::vector<std::pair<std::string, std::string>> children = table_.referenced_by;
  const std::pair<std::string, std::string> itself{table_.schema, table_.name};
  if (std::find(children.begin(), children.end(), itself) == children.end() &&
      std::any_of(table_.foreign_keys.begin(), table_.foreign_keys.end(),
                  [&itself](const catalog::ForeignKeyDef& key) {
                    return key.parent_schema == itself.first && key.parent_table == itself.second;
                  })) {
    children.push_back(itself);
  }
  for (const auto& [schema, name] : children) {
    const catalog::TablePtr child = transaction_.catalog().FindTable(schema, name);
    if (child == nullptr) continue;
    for (const catalog::ForeignKeyDef& key : child->foreign_keys) {
      if (key.parent_schema == table_.schema && key.parent_table == table_.name) {
        visit(child, key);
      }
    }
  }
}

void ForeignKeys::ParentGoes(std::span<const types::Value> row, Arena* arena) {
  ForEachChild([&](const catalog::TablePtr& child, const catalog::ForeignKeyDef& key) {
    ActOnChildren(child, key, row, {}, arena);
  });
}

void ForeignKeys::ParentChanges(std::span<const types::Value> old_row,
                                std::span<const types::Value> new_row, Arena* arena) {
  ForEachChild([&](const catalog::TablePtr& child, const catalog::ForeignKeyDef& key) {
    bool changed = false;
    for (const uint32_t column : ColumnsByName(table_, key.parent_columns)) {
      changed |= !IdenticalValues(old_row[column], new_row[column]);
    }
    if (changed) ActOnChildren(child, key, old_row, new_row, arena);
  });
}

void ForeignKeys::ActOnChildren(const catalog::TablePtr& child, const catalog::ForeignKeyDef& key,
                                std::span<const types::Value> old_row,
                                std::span<const types::Value> new_row, Arena* arena) {
  const std::vector<uint32_t> parent_columns = ColumnsByName(table_, key.parent_columns);
  CHECK_EQ(parent_columns.size(), key.columns.size());
  std::vector<types::Value> values;
  for (const uint32_t column : parent_columns) {
    if (old_row[column].is_null()) return;  // NULL is nobody's parent
    values.push_back(old_row[column]);
  }
  const int ordinal = IndexOver(*child, key.columns);
  if (ordinal < 0) return;
  const std::vector<types::Value> ordered =
      InIndexOrder(child->indexes[static_cast<size_t>(ordinal)], key.columns, values);

  const bool update = !new_row.empty();
  const catalog::ReferentialAction action = update ? key.on_update : key.on_delete;
  const bool refuse = action == catalog::ReferentialAction::kNoAction ||
                      action == catalog::ReferentialAction::kRestrict ||
                      action == catalog::ReferentialAction::kSetDefault;
  const std::vector<uint32_t> columns = AllColumns(*child);
  VolumeTableReader reader(transaction_, child);
  reader.set_see_all();
  ScanRequest request;
  request.index = static_cast<uint32_t>(ordinal);
  request.lower = {ordered, true};
  request.upper = {ordered, true};
  request.columns = columns;
  request.lock = refuse ? LockMode::kShared : LockMode::kExclusive;
  types::RowBatch batch(static_cast<uint32_t>(columns.size()), 1);
  // A child whose commit let this lock through is not in an older view.
  transaction_.RefreshLatest(
      Freshness::SlotOf(IndexPrefix(child->id, child->indexes[static_cast<size_t>(ordinal)].id)));
  reader.Open(request);
  while (batch.Reset(), reader.Next(&batch)) {
    std::vector<types::Value> row(child->columns.size());
    for (size_t i = 0; i < row.size(); ++i) {
      row[i] = types::CopyValue(batch.at(static_cast<uint32_t>(i), 0), arena);
    }
    const types::Value row_id = child->implicit_row_id
                                    ? batch.at(static_cast<uint32_t>(row.size()), 0)
                                    : types::Value::Null();
    if (refuse) {
      // A row that only refers to itself may go.
      if (child->id == table_.id && !update &&
          std::equal(row.begin(), row.end(), old_row.begin(), old_row.end(), IdenticalValues)) {
        continue;
      }
      throw MakeError(ErrorCode::kRowIsReferenced2, Describe(*child, key));
    }
    if (depth_ >= kMaxCascadeDepth) {
      throw SqlError(static_cast<ErrorCode>(3008), "HY000",
                     "Foreign key cascade delete/update exceeds max depth of 15.");
    }
    VolumeTableWriter writer(transaction_, child, depth_ + 1);
    if (!update && action == catalog::ReferentialAction::kCascade) {
      writer.Delete(row, row_id, arena);
      continue;
    }
    std::vector<types::Value> changed = row;
    for (size_t i = 0; i < key.columns.size(); ++i) {
      changed[key.columns[i]] = action == catalog::ReferentialAction::kSetNull
                                    ? types::Value::Null()
                                    : new_row[parent_columns[i]];
    }
    // The new parent row is not written yet: the action itself vouches for it.
    writer.set_parent_checks(false);
    const WriteResult result = writer.Update(row, changed, row_id, arena);
    if (!result.ok) {
      throw SqlError(static_cast<ErrorCode>(1761), "23000",
                     "Foreign key constraint for table '" + table_.name +
                         "' would lead to a duplicate entry in table '" + child->name + "', key '" +
                         child->indexes[result.duplicate_index].name + "'");
    }
  }
}

}  // namespace sixfold::txn
