// CatalogView: schemas, tables and views as the current statement sees them (definitions at S;
// cached while the volume's catalog LSN stands). Names compare as MySQL with
// lower_case_table_names=0 does: case-sensitively.
#pragma once

#include <string_view>
#include <vector>

#include "core/catalog/accounts.h"
#include "core/catalog/definitions.h"

namespace sixfold::txn {

class CatalogView {
 public:
  virtual ~CatalogView() = default;
  virtual catalog::SchemaPtr FindSchema(std::string_view schema) = 0;  // null: none
  virtual catalog::TablePtr FindTable(
      std::string_view schema, std::string_view table) = 0;  // null: none; temporary ones first
  virtual catalog::ViewPtr FindView(std::string_view schema,
                                    std::string_view view) = 0;                    // null: none
  virtual std::vector<catalog::SchemaPtr> ListSchemas() = 0;                       // by name
  virtual std::vector<catalog::TablePtr> ListTables(std::string_view schema) = 0;  // by name
  virtual std::vector<catalog::ViewPtr> ListViews(std::string_view schema) = 0;    // by name
  /// All accounts and roles at the latest LSN (privileges are never read from an old snapshot).
  /// Never null.
  virtual catalog::AccountSetPtr Accounts() = 0;
  /// Estimated rows of a table, for the planner and information_schema.
  virtual uint64_t EstimatedRows(const catalog::TableDef& table) = 0;
  /// Estimated rows that are equal in the first `parts` columns of an index; 0: unknown.
  virtual double RowsPerKey(const catalog::TableDef& table, const catalog::IndexDef& index,
                            size_t parts) = 0;
};

}  // namespace sixfold::txn
