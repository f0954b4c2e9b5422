// ALTER TABLE, CREATE INDEX and DROP INDEX. The items work on a draft of the definition; then the
// cheapest way to the new definition is taken:
//   instant  only the definition changes
//   build    new indexes are filled from the stored rows
//   copy     a new table gets converted rows and takes the old one's name
#include <algorithm>

#include "core/catalog/type_builder.h"
#include "core/exec/ddl/ddl_internal.h"
#include "core/exec/ddl/default_value.h"
#include "core/exec/ddl/table_draft.h"
#include "core/plan/session_context.h"
#include "core/txn/catalog_view.h"
#include "core/txn/catalog_writer.h"
#include "core/txn/row_codec.h"
#include "core/txn/transaction.h"
#include "core/types/collation.h"
#include "core/types/diagnostics.h"
#include "core/types/error_codes.h"
#include "core/types/sql_error.h"

namespace sixfold::exec {
namespace {

using catalog::ColumnDef;
using catalog::IndexDef;
using catalog::TableDef;
using catalog::TablePtr;
using sql::AlterAction;
using types::DataType;
using types::TypeId;

enum class AlterWay { kInstant, kBuild, kCopy };

/// True where bytes stored as `from` read the same as `to`.
bool SameStoredBytes(const DataType& from, const DataType& to) {
  if (from.nullable && !to.nullable) return false;
  if (from.id != to.id || from.is_unsigned != to.is_unsigned || from.scale != to.scale)
    return false;
  if (from.collation != to.collation) return false;
  switch (from.id) {
    case TypeId::kDecimal:
      return from.precision == to.precision;
    case TypeId::kVarchar:
    case TypeId::kVarbinary:
      return from.length <= to.length;
    case TypeId::kChar:
    case TypeId::kBinary:
    case TypeId::kBit:
      return from.length == to.length;
    case TypeId::kEnum:
    case TypeId::kSet:
      // Labels may be added at the end.
      return from.labels->size() <= to.labels->size() &&
             std::equal(from.labels->begin(), from.labels->end(), to.labels->begin());
    default:
      return true;
  }
}

const ColumnDef* ColumnWithStorage(const TableDef& table, uint32_t storage_id) {
  for (const ColumnDef& column : table.columns) {
    if (storage_id != 0 && column.storage_id == storage_id) return &column;
  }
  return nullptr;
}

/// Same columns (by storage id), prefixes and directions.
bool SameParts(const TableDef& a, const IndexDef& in_a, const TableDef& b, const IndexDef& in_b) {
  if (in_a.parts.size() != in_b.parts.size() || in_a.kind != in_b.kind) return false;
  for (size_t i = 0; i < in_a.parts.size(); ++i) {
    const catalog::KeyPart &p = in_a.parts[i], &q = in_b.parts[i];
    if (a.columns[p.column].storage_id != b.columns[q.column].storage_id ||
        a.columns[p.column].storage_id == 0)
      return false;
    if (p.prefix_length != q.prefix_length || p.descending != q.descending) return false;
  }
  return true;
}

bool SameForeignKeys(const TableDef& a, const TableDef& b) {
  return std::all_of(b.foreign_keys.begin(), b.foreign_keys.end(),
                     [&](const catalog::ForeignKeyDef& key) {
                       return std::any_of(a.foreign_keys.begin(), a.foreign_keys.end(),
                                          [&](const auto& old) { return old.name == key.name; });
                     });
}

AlterWay ChooseWay(const TableDef& from, const TableDef& to, bool force) {
  if (force || from.checks.size() < to.checks.size() || !SameForeignKeys(from, to))
    return AlterWay::kCopy;
  for (const ColumnDef& column : to.columns) {
    const ColumnDef* old = ColumnWithStorage(from, column.storage_id);
    if (old == nullptr) {
      if (column.default_expression || column.auto_increment || column.generated)
        return AlterWay::kCopy;
    } else if (!SameStoredBytes(old->type, column.type) || old->generated != column.generated) {
      return AlterWay::kCopy;
    }
  }
  if (from.implicit_row_id != to.implicit_row_id) return AlterWay::kCopy;
  if (!from.implicit_row_id && !SameParts(from, from.indexes[0], to, to.indexes[0]))
    return AlterWay::kCopy;
  for (const IndexDef& index : to.indexes) {
    if (index.id == IndexId() && index.stored()) return AlterWay::kBuild;
  }
  return AlterWay::kInstant;
}

class AlterWork {
 public:
  AlterWork(SessionContext& session, TablePtr table)
      : session_(session),
        table_(std::move(table)),
        draft_(session, *table_),
        new_name_{table_->schema, table_->name} {}

  void Apply(const sql::AlterItem& item);
  /// In MySQL's order: drops before everything else, wherever the items stand.
  void ApplyAll(const sql::List<sql::AlterItem*>& items);
  StatementResult Run();

 private:
  int Position(const sql::AlterItem& item) const;
  bool IsAdded(std::string_view column) const;
  void RenameKey(std::string_view from, std::string_view to);
  void DropConstraint(std::string_view name);
  void ConvertCharset(const sql::AlterItem& item);
  void SetInstantDefaults(TableDef* next);
  StatementResult Copy(const TableDef& next);

  SessionContext& session_;
  TablePtr table_;
  TableDraft draft_;
  DdlName new_name_;
  bool force_copy_ = false;
  std::vector<std::string_view> added_;  // names of the columns that the statement adds
};

int AlterWork::Position(const sql::AlterItem& item) const {
  if (item.first) return 0;
  if (item.after.empty()) return -1;
  const int after = draft_.FindColumn(item.after);
  if (after < 0) throw MakeError(ErrorCode::kBadFieldError, item.after, table_->name);
  return after + 1;
}

void AlterWork::RenameKey(std::string_view from, std::string_view to) {
  for (DraftKey& key : draft_.keys()) {
    if (!SameName(key.index.name, from)) continue;
    key.index.name = to;
    return;
  }
  throw MakeError(ErrorCode::kKeyDoesNotExist, from, table_->name);
}

void AlterWork::DropConstraint(std::string_view name) {
  if (std::erase_if(draft_.table().checks,
                    [&](const auto& check) { return SameName(check.name, name); }) > 0)
    return;
  const auto& keys = draft_.foreign_keys();
  if (std::any_of(keys.begin(), keys.end(),
                  [&](const auto& k) { return SameName(k.definition.name, name); })) {
    return draft_.DropForeignKey(name);
  }
  draft_.DropKey(name);
}

void AlterWork::ConvertCharset(const sql::AlterItem& item) {
  const catalog::SchemaPtr schema = RequireSchema(session_, table_->schema);
  const types::Collation* collation =
      catalog::ResolveCollation(item.charset, item.collation, schema->collation);
  draft_.table().collation = collation;
  for (ColumnDef& column : draft_.table().columns) {
    const TypeId id = column.type.id;
    const bool text = (id >= TypeId::kChar && id <= TypeId::kLongText) || id == TypeId::kEnum ||
                      id == TypeId::kSet;
    if (text) column.type.collation = collation;
  }
}

bool AlterWork::IsAdded(std::string_view column) const {
  return std::any_of(added_.begin(), added_.end(),
                     [&](std::string_view name) { return SameName(name, column); });
}

void AlterWork::ApplyAll(const sql::List<sql::AlterItem*>& items) {
  const auto drops = [](const sql::AlterItem& item) {
    return item.action == AlterAction::kDropColumn || item.action == AlterAction::kDropPrimaryKey ||
           item.action == AlterAction::kDropCheck || item.action == AlterAction::kDropConstraint ||
           item.action == AlterAction::kDropKey;
  };
  const auto drops_foreign_key = [](const sql::AlterItem& item) {
    return item.action == AlterAction::kDropForeignKey;
  };
  for (const sql::AlterItem* item : items) {
    if (item->column != nullptr && item->action == AlterAction::kAddColumn)
      added_.push_back(item->column->name);
    for (const sql::ColumnDefinition* column : item->columns) added_.push_back(column->name);
  }
  for (const sql::AlterItem* item : items) {
    if (drops_foreign_key(*item)) Apply(*item);
  }
  for (const sql::AlterItem* item : items) {
    if (drops(*item)) Apply(*item);
  }
  for (const sql::AlterItem* item : items) {
    if (!drops(*item) && !drops_foreign_key(*item)) Apply(*item);
  }
  if (draft_.table().columns.empty()) throw MakeError(ErrorCode::kCantRemoveAllFields);
}

void AlterWork::Apply(const sql::AlterItem& item) {
  switch (item.action) {
    case AlterAction::kAddColumn:
      return draft_.AddColumn(*item.column, Position(item));
    case AlterAction::kAddColumns:
      for (const auto* column : item.columns) draft_.AddColumn(*column, -1);
      for (const auto* key : item.keys) draft_.AddKey(*key);
      for (const auto* check : item.checks) draft_.AddCheck(*check);
      return;
    case AlterAction::kChangeColumn:
      return draft_.ChangeColumn(item.old_name, *item.column, item.first, item.after);
    case AlterAction::kModifyColumn:
      return draft_.ChangeColumn(item.column->name, *item.column, item.first, item.after);
    case AlterAction::kDropColumn:
      return draft_.DropColumn(item.old_name, IsAdded(item.old_name));
    case AlterAction::kAlterColumnDefault: {
      const int ordinal = draft_.FindColumn(item.old_name);
      if (ordinal < 0) throw MakeError(ErrorCode::kBadFieldError, item.old_name, table_->name);
      return SetColumnDefault(session_, item.default_value, item.default_is_expression,
                              &draft_.table().columns[ordinal]);
    }
    case AlterAction::kAlterColumnVisibility: {
      const int ordinal = draft_.FindColumn(item.old_name);
      if (ordinal < 0) throw MakeError(ErrorCode::kBadFieldError, item.old_name, table_->name);
      draft_.table().columns[ordinal].invisible = !item.flag;
      return;
    }
    case AlterAction::kRenameColumn:
      return draft_.RenameColumn(item.old_name, item.new_name);
    case AlterAction::kAddKey:
      return draft_.AddKey(*item.key);
    case AlterAction::kAddCheck:
      return draft_.AddCheck(*item.check);
    case AlterAction::kDropPrimaryKey:
      return draft_.DropKey("PRIMARY");
    case AlterAction::kDropKey:
      return draft_.DropKey(item.old_name);
    case AlterAction::kDropForeignKey:
      return draft_.DropForeignKey(item.old_name);
    case AlterAction::kDropCheck:
      if (std::erase_if(draft_.table().checks,
                        [&](const auto& c) { return SameName(c.name, item.old_name); }) == 0) {
        throw MakeError(ErrorCode::kCheckConstraintNotFound, item.old_name);
      }
      return;
    case AlterAction::kDropConstraint:
      return DropConstraint(item.old_name);
    case AlterAction::kAlterCheck:
      for (auto& check : draft_.table().checks) {
        if (SameName(check.name, item.old_name)) check.enforced = item.flag;
      }
      return;
    case AlterAction::kAlterIndexVisibility:
      for (DraftKey& key : draft_.keys()) {
        if (SameName(key.index.name, item.old_name)) key.index.visible = item.flag;
      }
      return;
    case AlterAction::kRenameKey:
      return RenameKey(item.old_name, item.new_name);
    case AlterAction::kRenameTable: {
      new_name_ = {item.table.schema.empty() ? table_->schema : std::string(item.table.schema),
                   std::string(item.table.table)};
      return;
    }
    case AlterAction::kOption:
      return draft_.ApplyOption(item.option);
    case AlterAction::kConvertCharset:
      return ConvertCharset(item);
    case AlterAction::kForce:
      force_copy_ = true;
      return;
    case AlterAction::kOrderBy:
    case AlterAction::kEnableKeys:
    case AlterAction::kDisableKeys:
    case AlterAction::kWithValidation:
      return;  // rows are kept in key order, keys are always kept up
    case AlterAction::kPartitionBy:
      draft_.table().partition_text = item.partitioning->text;
      return;
    case AlterAction::kRemovePartitioning:
      draft_.table().partition_text.clear();
      return;
    default:
      throw MakeError(ErrorCode::kNotSupportedYet, "this form of ALTER TABLE");
  }
}

/// What rows that are there hold in a column added without touching them.
void AlterWork::SetInstantDefaults(TableDef* next) {
  Arena arena;
  for (ColumnDef& column : next->columns) {
    if (ColumnWithStorage(*table_, column.storage_id) != nullptr) continue;
    const types::Value value = ValueForExistingRows(session_, column, &arena);
    if (value.is_null()) continue;
    column.instant_default.emplace();
    txn::AppendCell(&*column.instant_default, value, column.type);
  }
}

/// MySQL counts copied rows only where it cannot rebuild the table in place: for changed types.
bool ChangesTypes(const TableDef& from, const TableDef& to) {
  return std::any_of(to.columns.begin(), to.columns.end(), [&](const ColumnDef& column) {
    const ColumnDef* old = ColumnWithStorage(from, column.storage_id);
    if (old == nullptr) return false;
    DataType type = column.type;
    type.nullable = old->type.nullable;
    return !SameStoredBytes(old->type, type);
  });
}

StatementResult AlterWork::Copy(const TableDef& next) {
  txn::CatalogWriter& writer = session_.transaction().catalog_writer();
  // The copy lives under a name no statement can reach until the old table is gone.
  TableDef copy = next;
  copy.id = TableId();
  copy.name = fmt::format("#sql-{}", session_.connection_id().value());
  for (IndexDef& index : copy.indexes) index.id = IndexId();
  for (ColumnDef& column : copy.columns) column.instant_default.reset();
  const uint64_t next_value = writer.PeekAutoIncrement(*table_);
  const TablePtr made = writer.CreateTable(std::move(copy));
  const uint64_t copied = CopyRows(session_, table_, made);
  const uint64_t rows = ChangesTypes(*table_, *made) ? copied : 0;
  writer.DropTable(*table_);
  TableDef named = *made;
  named.name = next.name;
  const TablePtr final_table = writer.ReplaceTable(*made, std::move(named));
  if (next_value > 1 && final_table->AutoIncrementColumn() >= 0) {
    writer.SetAutoIncrement(*final_table, std::max(next_value, next.initial_auto_increment));
  }
  return {.affected_rows = rows, .info = FormatError(ErrorCode::kInsertInfo, rows, 0, 0)};
}

StatementResult AlterWork::Run() {
  txn::CatalogWriter& writer = session_.transaction().catalog_writer();
  TableDef next = draft_.Finish();
  LinkForeignKeys(session_, table_.get(), next);
  StatementResult result{.info = FormatError(ErrorCode::kInsertInfo, 0, 0, 0)};
  const AlterWay way = ChooseWay(*table_, next, force_copy_);
  if (way == AlterWay::kCopy) {
    result = Copy(next);
  } else {
    std::vector<uint32_t> to_build;
    for (uint32_t i = 0; i < next.indexes.size(); ++i) {
      if (next.indexes[i].id == IndexId() && next.indexes[i].stored()) to_build.push_back(i);
    }
    SetInstantDefaults(&next);
    const uint64_t requested = next.initial_auto_increment;
    const TablePtr replaced = writer.ReplaceTable(*table_, std::move(next));
    if (!to_build.empty()) writer.BuildIndexes(replaced, to_build);
    if (requested != table_->initial_auto_increment) writer.SetAutoIncrement(*replaced, requested);
  }
  if (new_name_.schema != table_->schema || new_name_.table != table_->name) {
    CheckTableName(new_name_.table);
    RequireSchema(session_, new_name_.schema);
    txn::CatalogView& catalog = session_.transaction().catalog();
    if (catalog.FindTable(new_name_.schema, new_name_.table) != nullptr) {
      throw MakeError(ErrorCode::kTableExistsError, new_name_.table);
    }
    const TablePtr current = catalog.FindTable(table_->schema, table_->name);
    TableDef renamed = *current;
    renamed.schema = new_name_.schema;
    renamed.name = new_name_.table;
    LinkForeignKeys(session_, current.get(), renamed);
    writer.ReplaceTable(*current, std::move(renamed));
  }
  return result;
}

}  // namespace

StatementResult AlterTable(SessionContext& session, const sql::AlterTableStatement& tree,
                           std::string_view) {
  const DdlName name = ResolveDdlName(session, tree.name);
  session.RequirePrivilege("ALTER", name.schema, name.table, "");
  session.transaction().catalog_writer().LockTable(name.schema, name.table);
  AlterWork work(session, RequireTable(session, name));
  work.ApplyAll(tree.items);
  return work.Run();
}

StatementResult CreateIndex(SessionContext& session, const sql::CreateIndexStatement& tree,
                            std::string_view) {
  const DdlName name = ResolveDdlName(session, tree.table);
  session.RequirePrivilege("INDEX", name.schema, name.table, "");
  session.transaction().catalog_writer().LockTable(name.schema, name.table);
  AlterWork work(session, RequireTable(session, name));
  sql::AlterItem item;
  item.action = AlterAction::kAddKey;
  item.key = tree.key;
  work.Apply(item);
  return work.Run();
}

StatementResult DropIndex(SessionContext& session, const sql::DropIndexStatement& tree,
                          std::string_view) {
  const DdlName name = ResolveDdlName(session, tree.table);
  session.RequirePrivilege("INDEX", name.schema, name.table, "");
  session.transaction().catalog_writer().LockTable(name.schema, name.table);
  AlterWork work(session, RequireTable(session, name));
  sql::AlterItem item;
  item.action = AlterAction::kDropKey;
  item.old_name = tree.name;
  work.Apply(item);
  return work.Run();
}

}  // namespace sixfold::exec
