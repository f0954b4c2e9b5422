// CatalogWriter: changes definitions inside a transaction. core/exec/ddl builds the definitions
// from statements and checks them; this allocates ids and versions, writes the definition rows,
// takes the metadata locks and knows which stored rows die. All becomes visible with the commit
// (CommitRequest::changes_catalog), nothing before it.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "core/catalog/accounts.h"
#include "core/catalog/definitions.h"

namespace sixfold::txn {

class CatalogWriter {
 public:
  virtual ~CatalogWriter() = default;

  /// Exclusive metadata lock: waits for transactions that use the table (or view) on this instance;
  /// 1205 after lock_wait_timeout. Taken before the definition is read for a change. With an empty
  /// `table` it is the schema that is locked.
  virtual void LockTable(std::string_view schema, std::string_view table) = 0;

  virtual catalog::SchemaPtr CreateSchema(catalog::SchemaDef schema) = 0;
  virtual void AlterSchema(const catalog::SchemaDef& schema) = 0;
  /// The schema's tables and views were dropped before.
  virtual void DropSchema(const catalog::SchemaDef& schema) = 0;

  /// Assigns the table id, index ids (where 0), storage ids (where 0) and the version.
  virtual catalog::TablePtr CreateTable(catalog::TableDef table) = 0;
  /// Replaces the definition, keeping the table id: new columns and indexes (id 0) get ids, indexes
  /// that are gone lose their entries, schema and name may differ (rename). No stored row changes.
  virtual catalog::TablePtr ReplaceTable(const catalog::TableDef& old_table,
                                         catalog::TableDef new_table) = 0;
  /// Fills indexes of `table` (ordinals) from its stored rows; 1062 where a unique one has
  /// duplicates.
  virtual void BuildIndexes(const catalog::TablePtr& table, std::span<const uint32_t> indexes) = 0;
  /// Definition and rows; AUTO_INCREMENT state too.
  virtual void DropTable(const catalog::TableDef& table) = 0;
  /// AUTO_INCREMENT continues at `next` (never below what rows hold). Nothing without such a
  /// column.
  virtual void SetAutoIncrement(const catalog::TableDef& table, uint64_t next) = 0;
  /// The value the next row would get; 0 when the table has no such column.
  virtual uint64_t PeekAutoIncrement(const catalog::TableDef& table) = 0;

  /// Also replaces one of that name.
  virtual void PutView(catalog::ViewDef view) = 0;
  virtual void DropView(const catalog::ViewDef& view) = 0;

  /// Adds the account, or replaces the one of that user and host.
  virtual void PutAccount(const catalog::Account& account) = 0;
  virtual void DropAccount(const catalog::Account& account) = 0;
};

}  // namespace sixfold::txn
