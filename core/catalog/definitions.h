// Definitions of schemas, tables, indexes and views: plain immutable data, shared as
// shared_ptr<const …>, no I/O. Encoded as rows of the catalog by core/catalog/encoding.h.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/ids.h"
#include "core/types/data_type.h"

namespace sixfold::catalog {

/// How names of columns, keys and constraints compare: without case (of ASCII letters).
bool SameName(std::string_view a, std::string_view b);

struct ColumnDef {
  std::string name;
  types::DataType type;
  /// Identifies the column's bytes in stored rows; never reused within a table.
  uint32_t storage_id = 0;
  std::optional<std::string>
      default_literal;  // canonical text; absent: no default (or NULL when nullable)
  std::optional<std::string> default_expression;  // SQL text: DEFAULT (expr), CURRENT_TIMESTAMP(n)
  std::optional<std::string> on_update;           // CURRENT_TIMESTAMP(n)
  std::optional<std::string> generated;           // expression text
  bool generated_stored = false;
  bool auto_increment = false;
  bool invisible = false;
  /// For columns added after rows existed: what rows without this storage_id hold (encoded value;
  /// absent: NULL).
  std::optional<std::string> instant_default;
  std::string comment;
};

struct KeyPart {
  uint32_t column = 0;         // ordinal in TableDef::columns
  uint32_t prefix_length = 0;  // characters (text) or bytes; 0: whole column
  bool descending = false;
};

enum class IndexKind : uint8_t { kPrimary, kUnique, kSecondary, kFulltext, kSpatial };

struct IndexDef {
  IndexId id;
  std::string name;  // "PRIMARY" for the primary key
  IndexKind kind = IndexKind::kSecondary;
  std::vector<KeyPart> parts;
  bool visible = true;
  std::string comment;

  bool unique() const { return kind == IndexKind::kPrimary || kind == IndexKind::kUnique; }
  /// FULLTEXT and SPATIAL keys are recorded but hold no entries yet.
  bool stored() const { return kind <= IndexKind::kSecondary; }
};

enum class ReferentialAction : uint8_t { kNoAction, kRestrict, kCascade, kSetNull, kSetDefault };

struct ForeignKeyDef {
  std::string name;
  std::vector<uint32_t> columns;
  std::string parent_schema;
  std::string parent_table;
  std::vector<std::string> parent_columns;
  ReferentialAction on_delete = ReferentialAction::kNoAction;
  ReferentialAction on_update = ReferentialAction::kNoAction;
};

struct CheckDef {
  std::string name;
  std::string expression;  // SQL text
  bool enforced = true;
};

struct TableDef {
  TableId id;
  uint64_t version = 0;  // changes with every change of the definition; part of plan-cache keys
  std::string schema;
  std::string name;
  std::vector<ColumnDef> columns;
  /// indexes[0] is the clustered one: the PRIMARY KEY, else the first UNIQUE over NOT NULL columns,
  /// else a hidden index over an implicit 64-bit row id (implicit_row_id).
  std::vector<IndexDef> indexes;
  bool implicit_row_id = false;
  std::vector<ForeignKeyDef> foreign_keys;
  /// Tables whose foreign keys name this one, as "schema.table".
  std::vector<std::pair<std::string, std::string>> referenced_by;
  std::vector<CheckDef> checks;
  std::string engine = "InnoDB";
  const types::Collation* collation = nullptr;
  std::string row_format;
  std::string comment;
  std::string create_options;
  std::string partition_text;  // recorded, shown; rows are not split
  bool temporary = false;
  int64_t create_time_s = 0;
  uint32_t next_storage_id = 1;
  uint64_t initial_auto_increment = 1;

  const ColumnDef* FindColumn(std::string_view column) const;  // case-insensitive; null: none
  int ColumnOrdinal(std::string_view column) const;            // -1: none
  const IndexDef* FindIndex(std::string_view index) const;
  int AutoIncrementColumn() const;  // -1: none
};

struct ViewDef {
  std::string schema;
  std::string name;
  uint64_t version = 0;
  std::string select_text;  // canonical SQL of the body
  std::vector<std::string> column_names;
  std::string algorithm = "UNDEFINED";
  std::string definer;
  bool security_invoker = false;
  std::string check_option;  // "", "LOCAL", "CASCADED"
  std::string character_set_client;
  std::string collation_connection;
};

struct SchemaDef {
  SchemaId id;
  std::string name;
  const types::Collation* collation = nullptr;
  bool encrypted = false;
};

using TablePtr = std::shared_ptr<const TableDef>;
using ViewPtr = std::shared_ptr<const ViewDef>;
using SchemaPtr = std::shared_ptr<const SchemaDef>;

}  // namespace sixfold::catalog
