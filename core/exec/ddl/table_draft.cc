#include "core/exec/ddl/table_draft.h"

#include <algorithm>

#include "core/plan/session_context.h"
#include "core/sql/printer.h"
#include "core/types/charset.h"
#include "core/types/collation.h"
#include "core/types/diagnostics.h"
#include "core/types/error_codes.h"
#include "core/types/sql_error.h"

namespace sixfold::exec {

using catalog::ColumnDef;
using catalog::IndexKind;
using catalog::ReferentialAction;
using catalog::TableDef;

bool SameName(std::string_view a, std::string_view b) { return types::EqualsIgnoreAsciiCase(a, b); }

namespace {

ReferentialAction DraftAction(sql::ReferenceAction action) {
  switch (action) {
    case sql::ReferenceAction::kCascade:
      return ReferentialAction::kCascade;
    case sql::ReferenceAction::kSetNull:
      return ReferentialAction::kSetNull;
    case sql::ReferenceAction::kSetDefault:
      return ReferentialAction::kSetDefault;
    case sql::ReferenceAction::kRestrict:
      return ReferentialAction::kRestrict;
    default:
      return ReferentialAction::kNoAction;
  }
}

IndexKind DraftKind(sql::KeyType type) {
  switch (type) {
    case sql::KeyType::kPrimary:
      return IndexKind::kPrimary;
    case sql::KeyType::kUnique:
      return IndexKind::kUnique;
    case sql::KeyType::kFulltext:
      return IndexKind::kFulltext;
    case sql::KeyType::kSpatial:
      return IndexKind::kSpatial;
    default:
      return IndexKind::kSecondary;
  }
}

}  // namespace

TableDraft::TableDraft(SessionContext& session, std::string_view schema, std::string_view name)
    : session_(session) {
  table_.schema = schema;
  table_.name = name;
}

TableDraft::TableDraft(SessionContext& session, const TableDef& existing)
    : session_(session), table_(existing) {
  for (const catalog::IndexDef& index : existing.indexes) {
    if (existing.implicit_row_id && &index == &existing.indexes.front()) continue;
    DraftKey key{index, {}, false};
    key.index.parts.clear();
    for (const catalog::KeyPart& part : index.parts) {
      key.parts.push_back(
          {existing.columns[part.column].name, part.prefix_length, part.descending});
    }
    keys_.push_back(std::move(key));
  }
  for (const catalog::ForeignKeyDef& foreign_key : existing.foreign_keys) {
    DraftForeignKey draft{foreign_key, {}};
    for (const uint32_t ordinal : foreign_key.columns)
      draft.columns.push_back(existing.columns[ordinal].name);
    foreign_keys_.push_back(std::move(draft));
  }
}

int TableDraft::FindColumn(std::string_view name) const {
  for (size_t i = 0; i < table_.columns.size(); ++i) {
    if (SameName(table_.columns[i].name, name)) return static_cast<int>(i);
  }
  return -1;
}

ColumnDef& TableDraft::column(std::string_view name) {
  const int ordinal = FindColumn(name);
  if (ordinal < 0) throw MakeError(ErrorCode::kBadFieldError, name, table_.name);
  return table_.columns[ordinal];
}

void TableDraft::AddColumn(const sql::ColumnDefinition& syntax, int position) {
  if (FindColumn(syntax.name) >= 0) throw MakeError(ErrorCode::kDupFieldname, syntax.name);
  ColumnDef column = BuildColumn(session_, syntax, table_.collation);
  const auto at = position < 0 ? table_.columns.end() : table_.columns.begin() + position;
  table_.columns.insert(at, std::move(column));
  AddColumnExtras(syntax);
}

void TableDraft::AddColumnExtras(const sql::ColumnDefinition& syntax) {
  for (const sql::CheckConstraint* check : syntax.checks) AddCheck(*check);
  const bool serial = syntax.type.keyword == sql::TypeKeyword::kSerial;
  if (syntax.key == sql::ColumnKey::kNone && !serial) return;
  DraftKey key;
  key.index.kind = syntax.key == sql::ColumnKey::kPrimary || syntax.key == sql::ColumnKey::kKey
                       ? IndexKind::kPrimary
                       : IndexKind::kUnique;
  key.parts.push_back({std::string(syntax.name), 0, false});
  keys_.push_back(std::move(key));
}

void TableDraft::ChangeColumn(std::string_view old_name, const sql::ColumnDefinition& syntax,
                              bool first, std::string_view after) {
  const int ordinal = FindColumn(old_name);
  if (ordinal < 0) throw MakeError(ErrorCode::kBadFieldError, old_name, table_.name);
  const int clash = FindColumn(syntax.name);
  if (clash >= 0 && clash != ordinal) throw MakeError(ErrorCode::kDupFieldname, syntax.name);
  if (!SameName(old_name, syntax.name)) RenameColumn(old_name, syntax.name);
  ColumnDef changed = BuildColumn(session_, syntax, table_.collation);
  changed.storage_id = table_.columns[ordinal].storage_id;
  changed.instant_default = table_.columns[ordinal].instant_default;
  table_.columns[ordinal] = std::move(changed);
  AddColumnExtras(syntax);
  if (!first && after.empty()) return;
  ColumnDef moved = table_.columns[ordinal];
  table_.columns.erase(table_.columns.begin() + ordinal);
  int position = 0;
  if (!first) {
    position = FindColumn(after) + 1;
    if (position == 0) throw MakeError(ErrorCode::kBadFieldError, after, table_.name);
  }
  table_.columns.insert(table_.columns.begin() + position, std::move(moved));
}

void TableDraft::DropColumn(std::string_view name, bool readded) {
  const int ordinal = FindColumn(name);
  if (ordinal < 0) throw MakeError(ErrorCode::kCantDropFieldOrKey, name);
  for (const DraftForeignKey& foreign_key : foreign_keys_) {
    for (const std::string& used : foreign_key.columns) {
      if (SameName(used, name))
        throw MakeError(ErrorCode::kFkColumnCannotDrop, name, foreign_key.definition.name);
    }
  }
  table_.columns.erase(table_.columns.begin() + ordinal);
  // A key loses the part and is built anew; one that has no part left goes with it.
  for (DraftKey& key : keys_) {
    const auto uses = [&](const DraftKeyPart& p) { return SameName(p.column, name); };
    if (std::none_of(key.parts.begin(), key.parts.end(), uses)) continue;
    key.index.id = IndexId();
    if (!readded) std::erase_if(key.parts, uses);
  }
  std::erase_if(keys_, [](const DraftKey& key) { return key.parts.empty(); });
}

void TableDraft::RenameColumn(std::string_view old_name, std::string_view new_name) {
  CheckColumnName(new_name);
  const int clash = FindColumn(new_name);
  ColumnDef& renamed = column(old_name);
  if (clash >= 0 && &table_.columns[clash] != &renamed)
    throw MakeError(ErrorCode::kDupFieldname, new_name);
  for (DraftKey& key : keys_) {
    for (DraftKeyPart& part : key.parts) {
      if (SameName(part.column, old_name)) part.column = new_name;
    }
  }
  for (DraftForeignKey& foreign_key : foreign_keys_) {
    for (std::string& used : foreign_key.columns) {
      if (SameName(used, old_name)) used = new_name;
    }
  }
  renamed.name = new_name;
}

void TableDraft::AddKey(const sql::KeyDefinition& syntax) {
  if (syntax.type == sql::KeyType::kForeign) return AddForeignKey(syntax);
  DraftKey key;
  key.index.kind = DraftKind(syntax.type);
  key.index.name = !syntax.name.empty() ? syntax.name : syntax.constraint_name;
  key.index.visible = !syntax.invisible;
  key.index.comment = syntax.comment;
  if (key.index.kind == IndexKind::kPrimary) {
    key.index.name = "PRIMARY";
  } else if (SameName(key.index.name, "PRIMARY")) {
    throw MakeError(ErrorCode::kWrongNameForIndex, key.index.name);
  }
  for (const sql::KeyPart& part : syntax.parts) {
    if (part.expression != nullptr)
      throw MakeError(ErrorCode::kNotSupportedYet, "functional index");
    key.parts.push_back({std::string(part.column), part.prefix_length, part.descending});
  }
  keys_.push_back(std::move(key));
}

void TableDraft::AddForeignKey(const sql::KeyDefinition& syntax) {
  DraftForeignKey draft;
  const sql::ForeignKeyReference& reference = *syntax.references;
  draft.definition.name = !syntax.constraint_name.empty() ? syntax.constraint_name : syntax.name;
  draft.definition.parent_schema =
      reference.table.schema.empty() ? table_.schema : std::string(reference.table.schema);
  draft.definition.parent_table = reference.table.table;
  draft.definition.on_delete = DraftAction(reference.on_delete);
  draft.definition.on_update = DraftAction(reference.on_update);
  for (const sql::KeyPart& part : syntax.parts) draft.columns.emplace_back(part.column);
  for (const std::string_view name : reference.columns)
    draft.definition.parent_columns.emplace_back(name);
  if (draft.columns.size() != draft.definition.parent_columns.size()) {
    throw MakeError(
        ErrorCode::kWrongFkDef,
        draft.definition.name.empty() ? "foreign key without name" : draft.definition.name,
        "Key reference and table reference don't match");
  }
  foreign_keys_.push_back(std::move(draft));
}

void TableDraft::AddCheck(const sql::CheckConstraint& syntax) {
  catalog::CheckDef check;
  check.name = syntax.name;
  check.expression = sql::PrintExpression(*syntax.expression);
  check.enforced = syntax.enforced;
  table_.checks.push_back(std::move(check));
}

void TableDraft::DropKey(std::string_view name) {
  const auto found = std::find_if(keys_.begin(), keys_.end(),
                                  [&](const DraftKey& k) { return SameName(k.index.name, name); });
  if (found == keys_.end()) throw MakeError(ErrorCode::kCantDropFieldOrKey, name);
  const DraftKey dropped = *found;
  keys_.erase(found);
  for (const DraftForeignKey& foreign_key : foreign_keys_) {
    if (!Covers(dropped, foreign_key.columns)) continue;
    const bool another = std::any_of(keys_.begin(), keys_.end(), [&](const DraftKey& k) {
      return Covers(k, foreign_key.columns);
    });
    if (!another) throw MakeError(ErrorCode::kDropIndexFk, name);
  }
}

void TableDraft::DropForeignKey(std::string_view name) {
  const size_t dropped = std::erase_if(
      foreign_keys_, [&](const DraftForeignKey& k) { return SameName(k.definition.name, name); });
  if (dropped == 0) throw MakeError(ErrorCode::kCantDropFieldOrKey, name);
}

bool TableDraft::Covers(const DraftKey& key, const std::vector<std::string>& columns) const {
  if (!key.index.stored() || key.parts.size() < columns.size()) return false;
  for (size_t i = 0; i < columns.size(); ++i) {
    if (!SameName(key.parts[i].column, columns[i]) || key.parts[i].prefix_length != 0) return false;
  }
  return true;
}

}  // namespace sixfold::exec
