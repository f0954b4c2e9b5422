// The catalog as rows of the volume: which key holds which definition (docs/formats/catalog.md).
//
// Every catalog table has index id 1; names in keys end in a zero byte, which no name contains.
//   1  schemas      name                         SchemaDef
//   2  tables       schema, name                 TableDef
//   3  views        schema, name                 ViewDef
//   4  sequences    kind, varint(id)             u64 big-endian: the highest number taken (kMax)
//   5  accounts     user, host                   Account
//   6  statistics   varint(table id)             TableStatistics
//   7  facts        name                         one value each, e.g. the catalog's format version
//   8  awaited      parent schema, parent,       empty: the child names a parent that does not
//   exist
//                   child schema, child          (foreign_key_checks=0); may be outdated
//   9  persisted    name                         what SET PERSIST keeps of a variable
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/catalog/accounts.h"
#include "core/catalog/definitions.h"
#include "core/txn/persisted_variables.h"
#include "core/txn/write_set.h"
#include "storage/client/volume.h"

namespace sixfold::txn {

enum class SequenceKind : uint8_t {
  kIds = 1,            // schemas, tables, indexes, definition versions: one counter (id 0)
  kAutoIncrement = 2,  // by table id
  kRowId = 3,          // implicit row ids, by table id
};

std::string SchemaKey(std::string_view schema);
std::string TableKey(std::string_view schema, std::string_view table);
std::string ViewKey(std::string_view schema, std::string_view view);
std::string SequenceKey(SequenceKind kind, uint64_t id);
std::string AccountKey(std::string_view user, std::string_view host);
std::string StatisticsKey(TableId table);
std::string FactKey(std::string_view name);
std::string PersistedKey(std::string_view name);
std::string AwaitedKey(std::string_view parent_schema, std::string_view parent,
                       std::string_view child_schema, std::string_view child);

/// Lock-table keys of metadata locks: a schema's or a table's name.
std::string SchemaLockKey(std::string_view schema);
std::string TableLockKey(std::string_view schema, std::string_view table);

/// Reads definitions through one view with a transaction's changes (may be null) over it. A row
/// that does not decode raises 1105: the catalog was written by a newer version or is damaged.
class CatalogReader {
 public:
  CatalogReader(storage::ReadView& view, const WriteSet* changes)
      : view_(view), changes_(changes) {}

  /// `written` receives the LSN of the row (zero for uncommitted ones).
  catalog::SchemaPtr Schema(std::string_view schema, Lsn* written = nullptr);
  catalog::TablePtr Table(std::string_view schema, std::string_view table, Lsn* written = nullptr);
  catalog::ViewPtr View(std::string_view schema, std::string_view view, Lsn* written = nullptr);
  std::vector<catalog::SchemaPtr> Schemas();
  std::vector<catalog::TablePtr> Tables(std::string_view schema);
  std::vector<catalog::ViewPtr> Views(std::string_view schema);
  std::vector<catalog::Account> Accounts();
  uint64_t Sequence(SequenceKind kind, uint64_t id);
  uint64_t TableRows(TableId table);
  std::optional<std::string> Fact(std::string_view name);
  std::vector<PersistedVariable> PersistedVariables();  // by name
  /// Tables (schema, name) noted as waiting for this parent.
  std::vector<std::pair<std::string, std::string>> Awaiting(std::string_view schema,
                                                            std::string_view parent);

 private:
  bool Get(std::string_view key, std::string_view* value, Lsn* written);

  storage::ReadView& view_;
  const WriteSet* changes_;
};

std::string EncodeSequence(uint64_t value);
std::string EncodeTableRows(uint64_t rows);
std::string EncodePersisted(const PersistedVariable& variable);

}  // namespace sixfold::txn
