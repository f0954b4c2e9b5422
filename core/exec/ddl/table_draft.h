// TableDraft: a table definition while CREATE TABLE or ALTER TABLE works on it. Keys and foreign
// keys name their columns (ordinals would shift as columns come and go); Finish() checks the whole,
// names what has no name, orders the keys as MySQL does and gives the TableDef.
//
// Finish() guarantees: column names are unique; indexes[0] is the clustered index; every key part
// names a column; at most one AUTO_INCREMENT column and it leads a key; foreign keys have an index
// on their own columns.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/catalog/definitions.h"
#include "core/exec/plan_names.h"
#include "core/sql/ast_ddl.h"

namespace sixfold::exec {

struct DraftKeyPart {
  std::string column;
  uint32_t prefix_length = 0;
  bool descending = false;
};

struct DraftKey {
  catalog::IndexDef index;  // parts unused
  std::vector<DraftKeyPart> parts;
  bool for_foreign_key = false;  // made for one; gives way to a written key with the same columns
};

struct DraftForeignKey {
  catalog::ForeignKeyDef definition;  // columns unused
  std::vector<std::string> columns;
};

class TableDraft {
 public:
  TableDraft(SessionContext& session, std::string_view schema, std::string_view name);
  TableDraft(SessionContext& session, const catalog::TableDef& existing);

  catalog::TableDef& table() { return table_; }
  std::vector<DraftKey>& keys() { return keys_; }
  std::vector<DraftForeignKey>& foreign_keys() { return foreign_keys_; }

  /// -1: none. Column names compare without case.
  int FindColumn(std::string_view name) const;
  /// Position: at the end, or before `position`. The column's own key and checks are added too.
  void AddColumn(const sql::ColumnDefinition& syntax, int position);
  /// CHANGE and MODIFY: keeps the storage id only where the stored bytes keep their meaning.
  void ChangeColumn(std::string_view old_name, const sql::ColumnDefinition& syntax, bool first,
                    std::string_view after);
  /// `readded`: the statement adds a column of this name, to which the keys pass on.
  void DropColumn(std::string_view name, bool readded);
  void RenameColumn(std::string_view old_name, std::string_view new_name);
  void AddKey(const sql::KeyDefinition& syntax);
  void AddCheck(const sql::CheckConstraint& syntax);
  void DropKey(std::string_view name);
  void DropForeignKey(std::string_view name);
  void ApplyOption(const sql::TableOption& option);

  catalog::TableDef Finish();

 private:
  void AddForeignKey(const sql::KeyDefinition& syntax);
  void AddColumnExtras(const sql::ColumnDefinition& syntax);
  void NameKeys();
  void NameChecks();
  void CheckKey(DraftKey& key);
  void CheckAutoIncrement();
  void AddForeignKeyIndexes();
  void OrderKeys();
  void ChooseClusteredIndex();
  catalog::ColumnDef& column(std::string_view name);
  bool Covers(const DraftKey& key, const std::vector<std::string>& columns) const;

  SessionContext& session_;
  catalog::TableDef table_;  // indexes and foreign_keys filled by Finish()
  std::vector<DraftKey> keys_;
  std::vector<DraftForeignKey> foreign_keys_;
  bool names_other_engine_ = false;  // ENGINE = MyISAM …
};

/// A column's definition from its syntax: type, default, attributes. Throws 1067, 1101, 1166 …
catalog::ColumnDef BuildColumn(SessionContext& session, const sql::ColumnDefinition& syntax,
                               const types::Collation* table_collation);
/// Sets the column's default from DEFAULT's operand; null drops it.
void SetColumnDefault(SessionContext& session, const sql::Expression* value, bool is_expression,
                      catalog::ColumnDef* column);
/// Throws 1059, 1166, 1103 … unless `name` can name a column or table.
void CheckColumnName(std::string_view name);
void CheckTableName(std::string_view name);

bool SameName(std::string_view a, std::string_view b);

}  // namespace sixfold::exec
