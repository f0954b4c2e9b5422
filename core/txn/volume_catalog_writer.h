// VolumeCatalogWriter: DDL's changes as catalog rows of one transaction. See catalog_writer.h.
//
// Index builds commit their entries in chunks of their own before the definition that publishes
// them: nobody reads an index id no definition names, and ids are never reused.
#pragma once

#include <string>
#include <vector>

#include "core/txn/catalog_writer.h"

namespace sixfold::txn {

class VolumeTransaction;

class VolumeCatalogWriter final : public CatalogWriter {
 public:
  explicit VolumeCatalogWriter(VolumeTransaction& transaction) : transaction_(transaction) {}

  void LockTable(std::string_view schema, std::string_view table) override;
  catalog::SchemaPtr CreateSchema(catalog::SchemaDef schema) override;
  void AlterSchema(const catalog::SchemaDef& schema) override;
  void DropSchema(const catalog::SchemaDef& schema) override;
  catalog::TablePtr CreateTable(catalog::TableDef table) override;
  catalog::TablePtr ReplaceTable(const catalog::TableDef& old_table,
                                 catalog::TableDef new_table) override;
  void BuildIndexes(const catalog::TablePtr& table, std::span<const uint32_t> indexes) override;
  void DropTable(const catalog::TableDef& table) override;
  void SetAutoIncrement(const catalog::TableDef& table, uint64_t next) override;
  uint64_t PeekAutoIncrement(const catalog::TableDef& table) override;
  void PutView(catalog::ViewDef view) override;
  void DropView(const catalog::ViewDef& view) override;
  void PutAccount(const catalog::Account& account) override;
  void DropAccount(const catalog::Account& account) override;

 private:
  uint64_t NewId(bool temporary = false);
  catalog::TablePtr CreateTemporary(catalog::TableDef table);
  catalog::TablePtr PutTemporary(catalog::TableDef table);
  void AssignIds(catalog::TableDef* table);
  /// Notes the parents this table names that do not exist, and takes in the children that named it
  /// before it existed.
  void MeetRelatives(catalog::TableDef* table);
  void Put(std::string_view key, std::string_view value);
  void Delete(std::string_view key);
  uint64_t LargestAutoIncrement(const catalog::TableDef& table);

  VolumeTransaction& transaction_;
};

}  // namespace sixfold::txn
