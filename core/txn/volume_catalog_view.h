// VolumeCatalogView: the definitions one transaction sees: its own changes first, then those of its
// snapshot where it has one, else the newest.
#pragma once

#include "core/txn/catalog_view.h"

namespace sixfold::storage {
class ReadView;
}

namespace sixfold::txn {

class VolumeTransaction;

class VolumeCatalogView final : public CatalogView {
 public:
  explicit VolumeCatalogView(VolumeTransaction& transaction) : transaction_(transaction) {}

  catalog::SchemaPtr FindSchema(std::string_view schema) override;
  catalog::TablePtr FindTable(std::string_view schema, std::string_view table) override;
  catalog::ViewPtr FindView(std::string_view schema, std::string_view view) override;
  std::vector<catalog::SchemaPtr> ListSchemas() override;
  std::vector<catalog::TablePtr> ListTables(std::string_view schema) override;
  std::vector<catalog::ViewPtr> ListViews(std::string_view schema) override;
  catalog::AccountSetPtr Accounts() override;
  uint64_t EstimatedRows(const catalog::TableDef& table) override;
  double RowsPerKey(const catalog::TableDef& table, const catalog::IndexDef& index,
                    size_t parts) override;

 private:
  template <typename Ptr, typename Cached, typename Load>
  Ptr Find(Cached cached, Load load);
  template <typename List>
  auto ListWith(List list);

  VolumeTransaction& transaction_;
};

}  // namespace sixfold::txn
