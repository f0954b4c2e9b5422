// TableDraft::Finish(): names, checks and order of keys.
#include <algorithm>

#include "core/exec/ddl/table_draft.h"
#include "core/plan/session_context.h"
#include "core/types/charset.h"
#include "core/types/collation.h"
#include "core/types/diagnostics.h"
#include "core/types/error_codes.h"
#include "core/types/metadata.h"
#include "core/types/sql_error.h"

namespace sixfold::exec {

using catalog::ColumnDef;
using catalog::IndexKind;
using catalog::TableDef;
using types::TypeId;

namespace {

constexpr size_t kMaxColumns = 1017;  // InnoDB's
constexpr size_t kMaxKeys = 64;
constexpr size_t kMaxKeyParts = 16;
constexpr uint32_t kMaxKeyBytes = 3072;

uint32_t BytesPerCharacter(const types::DataType& type) {
  return type.collation != nullptr ? type.collation->charset->mbmaxlen : 1;
}

/// Bytes a key part takes at most, as MySQL counts them against its limit.
uint32_t KeyPartBytes(const types::DataType& type, uint32_t prefix_length) {
  if (type.IsString())
    return (prefix_length != 0 ? prefix_length : type.length) * BytesPerCharacter(type);
  return 8;
}

}  // namespace

void TableDraft::CheckKey(DraftKey& key) {
  if (key.parts.size() > kMaxKeyParts) throw MakeError(ErrorCode::kTooManyKeyParts, kMaxKeyParts);
  uint32_t bytes = 0;
  for (size_t i = 0; i < key.parts.size(); ++i) {
    DraftKeyPart& part = key.parts[i];
    const int ordinal = FindColumn(part.column);
    if (ordinal < 0) throw MakeError(ErrorCode::kKeyColumnDoesNotExist, part.column);
    for (size_t j = 0; j < i; ++j) {
      if (SameName(key.parts[j].column, part.column))
        throw MakeError(ErrorCode::kDupFieldname, part.column);
    }
    ColumnDef& column = table_.columns[ordinal];
    part.column = column.name;
    if (key.index.kind == IndexKind::kPrimary) column.type.nullable = false;
    if (!key.index.stored()) continue;
    if (column.type.id == TypeId::kJson) throw MakeError(ErrorCode::kJsonUsedAsKey, part.column);
    if (part.prefix_length != 0) {
      if (!column.type.IsString()) throw MakeError(ErrorCode::kWrongSubKey);
      if (!(types::IsLargeObject(column.type) || column.type.id == TypeId::kGeometry)) {
        if (part.prefix_length > column.type.length) throw MakeError(ErrorCode::kWrongSubKey);
        if (part.prefix_length == column.type.length) part.prefix_length = 0;
      }
    } else if ((types::IsLargeObject(column.type) || column.type.id == TypeId::kGeometry)) {
      throw MakeError(ErrorCode::kBlobKeyWithoutLength, part.column);
    }
    bytes += KeyPartBytes(column.type, part.prefix_length);
  }
  if (bytes > kMaxKeyBytes) throw MakeError(ErrorCode::kTooLongKey, kMaxKeyBytes);
}

void TableDraft::NameKeys() {
  const auto taken = [&](std::string_view name, const DraftKey* except) {
    return std::any_of(keys_.begin(), keys_.end(), [&](const DraftKey& k) {
      return &k != except && SameName(k.index.name, name);
    });
  };
  for (DraftKey& key : keys_) {
    if (key.index.kind == IndexKind::kPrimary) key.index.name = "PRIMARY";
    if (!key.index.name.empty()) {
      if (key.index.kind == IndexKind::kPrimary && taken("PRIMARY", &key))
        throw MakeError(ErrorCode::kMultiplePriKey);
      if (taken(key.index.name, &key)) throw MakeError(ErrorCode::kDupKeyname, key.index.name);
      continue;
    }
    std::string name = key.parts.front().column;
    if (SameName(name, "PRIMARY")) name += "_2";
    for (int n = 2; taken(name, &key); ++n)
      name = fmt::format("{}_{}", key.parts.front().column, n);
    key.index.name = name;
  }
}

void TableDraft::NameChecks() {
  int next = 1;
  for (catalog::CheckDef& check : table_.checks) {
    while (check.name.empty()) {
      const std::string name = fmt::format("{}_chk_{}", table_.name, next++);
      const bool taken =
          std::any_of(table_.checks.begin(), table_.checks.end(),
                      [&](const catalog::CheckDef& c) { return SameName(c.name, name); });
      if (!taken) check.name = name;
    }
    for (const catalog::CheckDef& other : table_.checks) {
      if (&other != &check && SameName(other.name, check.name))
        throw MakeError(ErrorCode::kCheckConstraintDupName, check.name);
    }
  }
}

void TableDraft::CheckAutoIncrement() {
  const ColumnDef* found = nullptr;
  for (const ColumnDef& column : table_.columns) {
    if (!column.auto_increment) continue;
    if (found != nullptr) throw MakeError(ErrorCode::kWrongAutoKey);
    found = &column;
  }
  if (found == nullptr) return;
  const bool leads = std::any_of(keys_.begin(), keys_.end(), [&](const DraftKey& k) {
    return k.index.stored() && SameName(k.parts.front().column, found->name);
  });
  if (!leads) throw MakeError(ErrorCode::kWrongAutoKey);
}

void TableDraft::AddForeignKeyIndexes() {
  int next = 1;
  for (DraftForeignKey& foreign_key : foreign_keys_) {
    for (const std::string& name : foreign_key.columns) {
      const int ordinal = FindColumn(name);
      if (ordinal < 0) throw MakeError(ErrorCode::kKeyColumnDoesNotExist, name);
      const bool sets_null =
          foreign_key.definition.on_delete == catalog::ReferentialAction::kSetNull ||
          foreign_key.definition.on_update == catalog::ReferentialAction::kSetNull;
      if (sets_null && !table_.columns[ordinal].type.nullable) {
        throw MakeError(ErrorCode::kFkColumnNotNull, name, foreign_key.definition.name);
      }
    }
    const std::string written = foreign_key.definition.name;
    while (foreign_key.definition.name.empty()) {
      const std::string name = fmt::format("{}_ibfk_{}", table_.name, next++);
      const bool taken =
          std::any_of(foreign_keys_.begin(), foreign_keys_.end(),
                      [&](const DraftForeignKey& k) { return SameName(k.definition.name, name); });
      if (!taken) foreign_key.definition.name = name;
    }
    const bool covered = std::any_of(keys_.begin(), keys_.end(), [&](const DraftKey& k) {
      return Covers(k, foreign_key.columns);
    });
    if (covered) continue;
    DraftKey key;
    key.index.name = written;
    key.for_foreign_key = true;
    for (const std::string& name : foreign_key.columns) key.parts.push_back({name, 0, false});
    keys_.push_back(std::move(key));
  }
}

void TableDraft::OrderKeys() {
  const auto rank = [&](const DraftKey& key) {
    if (key.index.kind == IndexKind::kPrimary) return 0;
    if (key.index.kind == IndexKind::kFulltext) return 5;
    if (key.index.kind != IndexKind::kUnique) return 4;
    bool nullable = false, prefix = false;
    for (const DraftKeyPart& part : key.parts) {
      nullable |= table_.columns[FindColumn(part.column)].type.nullable;
      prefix |= part.prefix_length != 0;
    }
    return !nullable && !prefix ? 1 : nullable ? 3 : 2;
  };
  std::stable_sort(keys_.begin(), keys_.end(),
                   [&](const DraftKey& a, const DraftKey& b) { return rank(a) < rank(b); });
}

void TableDraft::ChooseClusteredIndex() {
  table_.implicit_row_id = true;
  if (!keys_.empty() && keys_.front().index.unique()) {
    const bool usable = std::all_of(
        keys_.front().parts.begin(), keys_.front().parts.end(), [&](const DraftKeyPart& part) {
          return part.prefix_length == 0 && !table_.columns[FindColumn(part.column)].type.nullable;
        });
    table_.implicit_row_id = keys_.front().index.kind != IndexKind::kPrimary && !usable;
  }
}

TableDef TableDraft::Finish() {
  if (table_.columns.empty()) throw MakeError(ErrorCode::kTableMustHaveColumns);
  if (table_.columns.size() > kMaxColumns) throw MakeError(ErrorCode::kTooManyFields);
  for (DraftKey& key : keys_) CheckKey(key);
  AddForeignKeyIndexes();
  // Who creates a table of an engine without foreign keys counts on their being ignored.
  if (names_other_engine_ && table_.id == TableId()) foreign_keys_.clear();
  NameKeys();
  NameChecks();
  CheckAutoIncrement();
  if (keys_.size() > kMaxKeys) throw MakeError(ErrorCode::kTooManyKeys, kMaxKeys);
  OrderKeys();
  ChooseClusteredIndex();

  TableDef table = table_;
  const catalog::IndexDef* old_hidden = nullptr;
  if (!table_.indexes.empty() && table_.indexes.front().name == "GEN_CLUST_INDEX")
    old_hidden = &table_.indexes.front();
  table.indexes.clear();
  if (table.implicit_row_id) {
    catalog::IndexDef hidden;
    hidden.name = "GEN_CLUST_INDEX";
    hidden.kind = IndexKind::kPrimary;
    if (old_hidden != nullptr) hidden = *old_hidden;
    table.indexes.push_back(std::move(hidden));
  }
  for (DraftKey& key : keys_) {
    catalog::IndexDef index = key.index;
    index.parts.clear();
    for (const DraftKeyPart& part : key.parts) {
      index.parts.push_back(
          {static_cast<uint32_t>(FindColumn(part.column)), part.prefix_length, part.descending});
    }
    table.indexes.push_back(std::move(index));
  }
  table.foreign_keys.clear();
  for (const DraftForeignKey& draft : foreign_keys_) {
    catalog::ForeignKeyDef foreign_key = draft.definition;
    foreign_key.columns.clear();
    for (const std::string& name : draft.columns)
      foreign_key.columns.push_back(static_cast<uint32_t>(FindColumn(name)));
    table.foreign_keys.push_back(std::move(foreign_key));
  }
  return table;
}

}  // namespace sixfold::exec
