// information_schema tables over definitions: SCHEMATA, TABLES, COLUMNS, STATISTICS, keys and
// constraints, VIEWS, PARTITIONS. An account sees what it has some privilege on.
#include <cmath>

#include "core/base/bytes.h"
#include "core/exec/statement.h"
#include "core/server/accounts.h"
#include "core/server/instance.h"
#include "core/server/server.h"
#include "core/server/session.h"
#include "core/server/virtual_table_registry.h"
#include "core/sql/parser.h"
#include "core/txn/catalog_view.h"
#include "core/txn/transaction_manager.h"
#include "core/types/collation.h"
#include "core/types/metadata.h"
#include "core/types/sql_error.h"
#include "core/types/time_zone.h"

namespace sixfold::server {
namespace {

using catalog::IndexDef;
using catalog::IndexKind;
using catalog::TableDef;
using Column = VirtualColumn;
using Type = VirtualColumn::Type;

constexpr std::string_view kInformationSchema = "information_schema";
constexpr std::string_view kPerformanceSchema = "performance_schema";
constexpr std::string_view kDefCatalog = "def";

txn::CatalogView& CatalogOf(Session& session) { return session.transaction().catalog(); }

bool Sees(Session& session, std::string_view schema) {
  return session.server().accounts().SeesSchema(session, schema);
}

bool SeesTable(Session& session, std::string_view schema, std::string_view table) {
  return session.server().accounts().SeesTable(session, schema, table);
}

/// Real schemas and the virtual ones, those a hint leaves.
std::vector<std::string> SchemaNames(Session& session, std::string_view wanted) {
  std::vector<std::string> names;
  if (!wanted.empty()) {
    if (IsVirtualSchema(wanted)) {
      names.emplace_back(types::EqualsIgnoreAsciiCase(wanted, kInformationSchema)
                             ? kInformationSchema
                             : kPerformanceSchema);
    } else if (CatalogOf(session).FindSchema(wanted) != nullptr && Sees(session, wanted)) {
      names.emplace_back(wanted);
    }
    return names;
  }
  names.emplace_back(kInformationSchema);
  names.emplace_back(kPerformanceSchema);
  for (const auto& schema : CatalogOf(session).ListSchemas()) {
    if (Sees(session, schema->name)) names.push_back(schema->name);
  }
  return names;
}

/// Calls with each table the session sees; virtual ones too. `wanted`: hints, may be empty.
template <typename Visit>
void ForEachTable(Session& session, std::string_view wanted_schema, std::string_view wanted_table,
                  Visit visit) {
  for (const std::string& schema : SchemaNames(session, wanted_schema)) {
    const bool all_virtual = IsVirtualSchema(schema);
    for (const plan::VirtualTable* table : session.server().virtual_tables().List(schema)) {
      const catalog::TableDef& definition = *table->definition();
      if (!wanted_table.empty() && !types::EqualsIgnoreAsciiCase(wanted_table, definition.name)) {
        continue;
      }
      // Those of `mysql` stand beside stored tables and are listed as such.
      if (all_virtual || SeesTable(session, schema, definition.name))
        visit(definition, all_virtual);
    }
    if (all_virtual) continue;
    if (!wanted_table.empty()) {
      const catalog::TablePtr table = CatalogOf(session).FindTable(schema, wanted_table);
      if (table != nullptr && SeesTable(session, schema, table->name)) visit(*table, false);
      continue;
    }
    for (const auto& table : CatalogOf(session).ListTables(schema)) {
      if (SeesTable(session, schema, table->name)) visit(*table, false);
    }
  }
}

template <typename Visit>
void ForEachView(Session& session, std::string_view wanted_schema, std::string_view wanted_view,
                 Visit visit) {
  for (const std::string& schema : SchemaNames(session, wanted_schema)) {
    if (IsVirtualSchema(schema)) continue;
    for (const auto& view : CatalogOf(session).ListViews(schema)) {
      if (!wanted_view.empty() && view->name != wanted_view) continue;
      if (SeesTable(session, schema, view->name)) visit(*view);
    }
  }
}

// ---- SCHEMATA ----

constexpr Column kSchemata[] = {{"CATALOG_NAME", Type::kText, 64, false},
                                {"SCHEMA_NAME", Type::kText, 64, false},
                                {"DEFAULT_CHARACTER_SET_NAME", Type::kText, 64, false},
                                {"DEFAULT_COLLATION_NAME", Type::kText, 64, false},
                                {"SQL_PATH", Type::kText, 1},
                                {"DEFAULT_ENCRYPTION", Type::kText, 3, false}};

void FillSchemata(Session& session, const VirtualHints& hints, VirtualRow& row) {
  for (const std::string& name : SchemaNames(session, hints.Get("SCHEMA_NAME"))) {
    const types::Collation* collation = &types::kUtf8mb3Collation;
    bool encrypted = false;
    if (!IsVirtualSchema(name)) {
      const catalog::SchemaPtr schema = CatalogOf(session).FindSchema(name);
      if (schema == nullptr) continue;
      collation = schema->collation;
      encrypted = schema->encrypted;
    }
    row.Text(kDefCatalog).Text(name).Text(collation->charset->name).Text(collation->name).Null();
    row.Text(encrypted ? "YES" : "NO");
    row.Send();
  }
}

// ---- TABLES ----

constexpr Column kTables[] = {{"TABLE_CATALOG", Type::kText, 64, false},
                              {"TABLE_SCHEMA", Type::kText, 64, false},
                              {"TABLE_NAME", Type::kText, 64, false},
                              {"TABLE_TYPE", Type::kText, 64, false},
                              {"ENGINE", Type::kText, 64},
                              {"VERSION", Type::kInt32},
                              {"ROW_FORMAT", Type::kText, 10},
                              {"TABLE_ROWS", Type::kUint},
                              {"AVG_ROW_LENGTH", Type::kUint},
                              {"DATA_LENGTH", Type::kUint},
                              {"MAX_DATA_LENGTH", Type::kUint},
                              {"INDEX_LENGTH", Type::kUint},
                              {"DATA_FREE", Type::kUint},
                              {"AUTO_INCREMENT", Type::kUint},
                              {"CREATE_TIME", Type::kDatetime},
                              {"UPDATE_TIME", Type::kDatetime},
                              {"CHECK_TIME", Type::kDatetime},
                              {"TABLE_COLLATION", Type::kText, 64},
                              {"CHECKSUM", Type::kInt},
                              {"CREATE_OPTIONS", Type::kText, 256},
                              {"TABLE_COMMENT", Type::kLongText}};

constexpr uint64_t kAssumedRowBytes = 100;
constexpr uint64_t kPageBytes = 16384;

void FillBaseTable(Session& session, const TableDef& table, VirtualRow& row) {
  const uint64_t rows = CatalogOf(session).EstimatedRows(table);
  row.Text(kDefCatalog).Text(table.schema).Text(table.name).Text("BASE TABLE");
  row.Text(table.engine).Int(10).Text(table.row_format.empty() ? "Dynamic" : table.row_format);
  row.Uint(rows).Uint(rows == 0 ? 0 : kAssumedRowBytes);
  row.Uint(std::max(kPageBytes, rows * kAssumedRowBytes)).Uint(0);
  row.Uint(table.indexes.size() > 1 ? (table.indexes.size() - 1) * kPageBytes : 0).Uint(0);
  if (table.AutoIncrementColumn() >= 0) {
    row.Uint(session.server().instance().transactions()->NextAutoIncrement(table));
  } else {
    row.Null();
  }
  row.Datetime(LocalDatetime(session, table.create_time_s)).Null().Null();
  row.TextOrNull(table.collation == nullptr ? "" : table.collation->name).Null();
  row.Text(table.create_options).Text(table.comment);
  row.Send();
}

void FillTables(Session& session, const VirtualHints& hints, VirtualRow& row) {
  const std::string_view schema = hints.Get("TABLE_SCHEMA");
  const std::string_view name = hints.Get("TABLE_NAME");
  ForEachTable(session, schema, name, [&](const TableDef& table, bool is_virtual) {
    if (!is_virtual) return FillBaseTable(session, table, row);
    row.Text(kDefCatalog).Text(table.schema).Text(table.name).Text("SYSTEM VIEW").Null().Int(10);
    row.Nulls(13).Text("").Text("");
    row.Send();
  });
  ForEachView(session, schema, name, [&](const catalog::ViewDef& view) {
    row.Text(kDefCatalog).Text(view.schema).Text(view.name).Text("VIEW").Nulls(16).Text("VIEW");
    row.Send();
  });
}

// ---- COLUMNS ----

constexpr Column kColumns[] = {{"TABLE_CATALOG", Type::kText, 64, false},
                               {"TABLE_SCHEMA", Type::kText, 64, false},
                               {"TABLE_NAME", Type::kText, 64, false},
                               {"COLUMN_NAME", Type::kText, 64},
                               {"ORDINAL_POSITION", Type::kUint32, 0, false},
                               {"COLUMN_DEFAULT", Type::kLongText},
                               {"IS_NULLABLE", Type::kText, 3, false},
                               {"DATA_TYPE", Type::kLongText},
                               {"CHARACTER_MAXIMUM_LENGTH", Type::kInt},
                               {"CHARACTER_OCTET_LENGTH", Type::kInt},
                               {"NUMERIC_PRECISION", Type::kUint},
                               {"NUMERIC_SCALE", Type::kUint},
                               {"DATETIME_PRECISION", Type::kUint32},
                               {"CHARACTER_SET_NAME", Type::kText, 64},
                               {"COLLATION_NAME", Type::kText, 64},
                               {"COLUMN_TYPE", Type::kLongText, 0, false},
                               {"COLUMN_KEY", Type::kText, 3, false},
                               {"EXTRA", Type::kText, 256},
                               {"PRIVILEGES", Type::kText, 154},
                               {"COLUMN_COMMENT", Type::kLongText, 0, false},
                               {"GENERATION_EXPRESSION", Type::kLongText, 0, false},
                               {"SRS_ID", Type::kUint}};

std::string_view ColumnKey(const TableDef& table, uint32_t ordinal) {
  std::string_view key;
  for (const IndexDef& index : table.indexes) {
    if (table.implicit_row_id && &index == &table.indexes[0]) continue;
    for (size_t part = 0; part < index.parts.size(); ++part) {
      if (index.parts[part].column != ordinal) continue;
      if (index.kind == IndexKind::kPrimary) return "PRI";
      if (part != 0) continue;
      if (index.kind == IndexKind::kUnique && index.parts.size() == 1) {
        // A unique key over NOT NULL columns stands in for a missing primary key.
        if (&index == &table.indexes[0]) return "PRI";
        key = "UNI";
      } else if (key.empty()) {
        key = "MUL";
      }
    }
  }
  return key;
}

std::string ColumnExtra(const catalog::ColumnDef& column) {
  std::string extra;
  const auto add = [&extra](std::string_view word) {
    if (!extra.empty()) extra += ' ';
    extra += word;
  };
  if (column.auto_increment) add("auto_increment");
  if (column.default_expression) add("DEFAULT_GENERATED");
  if (column.on_update) add("on update " + *column.on_update);
  if (column.generated) add(column.generated_stored ? "STORED GENERATED" : "VIRTUAL GENERATED");
  if (column.invisible) add("INVISIBLE");
  return extra;
}

struct NumericShape {
  int precision = -1;
  int scale = -1;
};

NumericShape ShapeOf(const types::DataType& type) {
  using types::TypeId;
  switch (type.id) {
    case TypeId::kTinyInt:
      return {3, 0};
    case TypeId::kSmallInt:
      return {5, 0};
    case TypeId::kMediumInt:
      return {7, 0};
    case TypeId::kInt:
      return {10, 0};
    case TypeId::kBigInt:
      return {type.is_unsigned ? 20 : 19, 0};
    case TypeId::kFloat:
      return {12, type.scale < 31 ? type.scale : -1};
    case TypeId::kDouble:
      return {22, type.scale < 31 ? type.scale : -1};
    case TypeId::kDecimal:
      return {type.precision, type.scale};
    case TypeId::kBit:
      return {static_cast<int>(type.length), -1};
    default:
      return {};
  }
}

void FillTypeColumns(const types::DataType& type, VirtualRow& row) {
  const uint64_t characters = types::CharacterMaximumLength(type);
  if (characters != 0) {
    row.Int(static_cast<int64_t>(characters));
    row.Int(static_cast<int64_t>(types::CharacterOctetLength(type)));
  } else {
    row.Null().Null();
  }
  const NumericShape shape = ShapeOf(type);
  shape.precision >= 0 ? row.Uint(static_cast<uint64_t>(shape.precision)) : row.Null();
  shape.scale >= 0 ? row.Uint(static_cast<uint64_t>(shape.scale)) : row.Null();
  const bool has_fraction = type.IsTemporal() && type.id != types::TypeId::kDate;
  has_fraction ? row.Uint(type.scale) : row.Null();
  if (type.collation != nullptr && !type.collation->IsBinary()) {
    row.Text(type.collation->charset->name).Text(type.collation->name);
  } else {
    row.Null().Null();
  }
}

void FillColumn(const TableDef& table, uint32_t ordinal, VirtualRow& row) {
  const catalog::ColumnDef& column = table.columns[ordinal];
  row.Text(kDefCatalog).Text(table.schema).Text(table.name).Text(column.name).Uint(ordinal + 1);
  if (column.default_literal) {
    // Bytes have no text: MySQL gives them as a literal.
    const bool binary = column.type.IsString() &&
                        (column.type.collation == nullptr || column.type.collation->IsBinary());
    row.Text(binary ? "0x" + ToUpperHex(*column.default_literal) : *column.default_literal);
  } else if (column.default_expression) {
    row.Text(*column.default_expression);
  } else {
    row.Null();
  }
  row.Text(column.type.nullable ? "YES" : "NO").Text(types::DataTypeName(column.type));
  FillTypeColumns(column.type, row);
  row.Text(types::ColumnTypeText(column.type)).Text(ColumnKey(table, ordinal));
  row.Text(ColumnExtra(column)).Text("select,insert,update,references").Text(column.comment);
  row.Text(column.generated.value_or("")).Null();
  row.Send();
}

/// What SELECT * FROM the view gives; nothing for a view that is broken.
std::vector<plan::ResultColumn> ViewColumns(Session& session, const catalog::ViewDef& view) {
  const std::string query = fmt::format("SELECT * FROM `{}`.`{}`", view.schema, view.name);
  try {
    Arena arena;
    const sql::ParseResult parsed = sql::Parse(query, {}, &arena);
    const auto prepared = exec::Prepare(session, *parsed.statement, query);
    return {prepared->columns().begin(), prepared->columns().end()};
  } catch (const SqlError&) {
    return {};
  }
}

void FillViewColumn(const catalog::ViewDef& view, const plan::ResultColumn& column, size_t position,
                    VirtualRow& row) {
  row.Text(kDefCatalog).Text(view.schema).Text(view.name).Text(column.name).Uint(position);
  row.Null().Text(column.type.nullable ? "YES" : "NO").Text(types::DataTypeName(column.type));
  FillTypeColumns(column.type, row);
  row.Text(types::ColumnTypeText(column.type)).Text("").Text("");
  row.Text("select,insert,update,references").Text("").Text("").Null();
  row.Send();
}

void FillColumns(Session& session, const VirtualHints& hints, VirtualRow& row) {
  const std::string_view schema = hints.Get("TABLE_SCHEMA");
  const std::string_view name = hints.Get("TABLE_NAME");
  const std::string_view wanted = hints.Get("COLUMN_NAME");
  ForEachTable(session, schema, name, [&](const TableDef& table, bool) {
    for (uint32_t i = 0; i < table.columns.size(); ++i) {
      if (!wanted.empty() && !types::EqualsIgnoreAsciiCase(wanted, table.columns[i].name)) continue;
      FillColumn(table, i, row);
    }
  });
  ForEachView(session, schema, name, [&](const catalog::ViewDef& view) {
    size_t position = 0;
    for (const plan::ResultColumn& column : ViewColumns(session, view)) {
      ++position;
      if (!wanted.empty() && !types::EqualsIgnoreAsciiCase(wanted, column.name)) continue;
      FillViewColumn(view, column, position, row);
    }
  });
}

// ---- STATISTICS and keys ----

constexpr Column kStatistics[] = {{"TABLE_CATALOG", Type::kText, 64, false},
                                  {"TABLE_SCHEMA", Type::kText, 64, false},
                                  {"TABLE_NAME", Type::kText, 64, false},
                                  {"NON_UNIQUE", Type::kInt32, 0, false},
                                  {"INDEX_SCHEMA", Type::kText, 64, false},
                                  {"INDEX_NAME", Type::kText, 64},
                                  {"SEQ_IN_INDEX", Type::kUint32, 0, false},
                                  {"COLUMN_NAME", Type::kText, 64},
                                  {"COLLATION", Type::kText, 1},
                                  {"CARDINALITY", Type::kInt},
                                  {"SUB_PART", Type::kInt},
                                  {"PACKED", Type::kText, 1},
                                  {"NULLABLE", Type::kText, 3, false},
                                  {"INDEX_TYPE", Type::kText, 11, false},
                                  {"COMMENT", Type::kText, 8, false},
                                  {"INDEX_COMMENT", Type::kText, 2048, false},
                                  {"IS_VISIBLE", Type::kText, 3, false},
                                  {"EXPRESSION", Type::kLongText}};

bool IsShownIndex(const TableDef& table, const IndexDef& index) {
  return !(table.implicit_row_id && &index == &table.indexes[0]);
}

std::string_view IndexTypeText(const IndexDef& index) {
  if (index.kind == IndexKind::kFulltext) return "FULLTEXT";
  if (index.kind == IndexKind::kSpatial) return "SPATIAL";
  return "BTREE";
}

// Distinct values of the index's first columns.
double Cardinality(Session& session, const TableDef& table, const IndexDef& index, size_t parts,
                   uint64_t rows) {
  if ((index.unique() && parts == index.parts.size()) || !index.stored())
    return static_cast<double>(rows);
  const double rows_per_key = CatalogOf(session).RowsPerKey(table, index, parts);
  return std::ceil(static_cast<double>(rows) / (rows_per_key > 0 ? rows_per_key : 10));
}

void FillStatistics(Session& session, const VirtualHints& hints, VirtualRow& row) {
  ForEachTable(
      session, hints.Get("TABLE_SCHEMA"), hints.Get("TABLE_NAME"),
      [&](const TableDef& table, bool is_virtual) {
        if (is_virtual) return;
        const uint64_t rows = CatalogOf(session).EstimatedRows(table);
        for (const IndexDef& index : table.indexes) {
          if (!IsShownIndex(table, index)) continue;
          for (size_t part = 0; part < index.parts.size(); ++part) {
            const catalog::KeyPart& key = index.parts[part];
            const catalog::ColumnDef& column = table.columns[key.column];
            row.Text(kDefCatalog).Text(table.schema).Text(table.name).Int(index.unique() ? 0 : 1);
            row.Text(table.schema).Text(index.name).Uint(part + 1).Text(column.name);
            index.stored() ? row.Text(key.descending ? "D" : "A") : row.Null();
            row.Int(static_cast<int64_t>(Cardinality(session, table, index, part + 1, rows)));
            key.prefix_length != 0 ? row.Int(key.prefix_length) : row.Null();
            row.Null().Text(column.type.nullable ? "YES" : "").Text(IndexTypeText(index)).Text("");
            row.Text(index.comment).Text(index.visible ? "YES" : "NO").Null();
            row.Send();
          }
        }
      });
}

constexpr Column kKeyColumnUsage[] = {{"CONSTRAINT_CATALOG", Type::kText, 64, false},
                                      {"CONSTRAINT_SCHEMA", Type::kText, 64, false},
                                      {"CONSTRAINT_NAME", Type::kText, 64},
                                      {"TABLE_CATALOG", Type::kText, 64, false},
                                      {"TABLE_SCHEMA", Type::kText, 64, false},
                                      {"TABLE_NAME", Type::kText, 64, false},
                                      {"COLUMN_NAME", Type::kText, 64},
                                      {"ORDINAL_POSITION", Type::kUint32, 0, false},
                                      {"POSITION_IN_UNIQUE_CONSTRAINT", Type::kUint32},
                                      {"REFERENCED_TABLE_SCHEMA", Type::kText, 64},
                                      {"REFERENCED_TABLE_NAME", Type::kText, 64},
                                      {"REFERENCED_COLUMN_NAME", Type::kText, 64}};

void FillKeyColumnUsage(Session& session, const VirtualHints& hints, VirtualRow& row) {
  std::string_view schema = hints.Get("TABLE_SCHEMA");
  if (schema.empty()) schema = hints.Get("CONSTRAINT_SCHEMA");
  ForEachTable(session, schema, hints.Get("TABLE_NAME"),
               [&](const TableDef& table, bool is_virtual) {
                 if (is_virtual) return;
                 const auto begin = [&](std::string_view constraint, std::string_view column,
                                        size_t position) {
                   row.Text(kDefCatalog).Text(table.schema).Text(constraint).Text(kDefCatalog);
                   row.Text(table.schema).Text(table.name).Text(column).Uint(position);
                 };
                 for (const IndexDef& index : table.indexes) {
                   if (!index.unique() || !IsShownIndex(table, index)) continue;
                   for (size_t part = 0; part < index.parts.size(); ++part) {
                     begin(index.name, table.columns[index.parts[part].column].name, part + 1);
                     row.Nulls(4).Send();
                   }
                 }
                 for (const catalog::ForeignKeyDef& key : table.foreign_keys) {
                   for (size_t i = 0; i < key.columns.size(); ++i) {
                     begin(key.name, table.columns[key.columns[i]].name, i + 1);
                     row.Uint(i + 1).Text(key.parent_schema).Text(key.parent_table);
                     row.Text(i < key.parent_columns.size() ? key.parent_columns[i] : "");
                     row.Send();
                   }
                 }
               });
}

constexpr Column kTableConstraints[] = {{"CONSTRAINT_CATALOG", Type::kText, 64, false},
                                        {"CONSTRAINT_SCHEMA", Type::kText, 64, false},
                                        {"CONSTRAINT_NAME", Type::kText, 64},
                                        {"TABLE_SCHEMA", Type::kText, 64, false},
                                        {"TABLE_NAME", Type::kText, 64, false},
                                        {"CONSTRAINT_TYPE", Type::kText, 11, false},
                                        {"ENFORCED", Type::kText, 3, false}};

void FillTableConstraints(Session& session, const VirtualHints& hints, VirtualRow& row) {
  std::string_view schema = hints.Get("TABLE_SCHEMA");
  if (schema.empty()) schema = hints.Get("CONSTRAINT_SCHEMA");
  ForEachTable(
      session, schema, hints.Get("TABLE_NAME"), [&](const TableDef& table, bool is_virtual) {
        if (is_virtual) return;
        const auto add = [&](std::string_view name, std::string_view type, bool enforced) {
          row.Text(kDefCatalog).Text(table.schema).Text(name).Text(table.schema).Text(table.name);
          row.Text(type).Text(enforced ? "YES" : "NO").Send();
        };
        for (const IndexDef& index : table.indexes) {
          if (!index.unique() || !IsShownIndex(table, index)) continue;
          add(index.name, index.kind == IndexKind::kPrimary ? "PRIMARY KEY" : "UNIQUE", true);
        }
        for (const auto& key : table.foreign_keys) add(key.name, "FOREIGN KEY", true);
        for (const auto& check : table.checks) add(check.name, "CHECK", check.enforced);
      });
}

constexpr Column kCheckConstraints[] = {{"CONSTRAINT_CATALOG", Type::kText, 64, false},
                                        {"CONSTRAINT_SCHEMA", Type::kText, 64, false},
                                        {"CONSTRAINT_NAME", Type::kText, 64, false},
                                        {"CHECK_CLAUSE", Type::kLongText, 0, false}};

void FillCheckConstraints(Session& session, const VirtualHints& hints, VirtualRow& row) {
  ForEachTable(session, hints.Get("CONSTRAINT_SCHEMA"), "", [&](const TableDef& table, bool) {
    for (const auto& check : table.checks) {
      row.Text(kDefCatalog).Text(table.schema).Text(check.name).Text(check.expression).Send();
    }
  });
}

constexpr Column kReferentialConstraints[] = {{"CONSTRAINT_CATALOG", Type::kText, 64, false},
                                              {"CONSTRAINT_SCHEMA", Type::kText, 64, false},
                                              {"CONSTRAINT_NAME", Type::kText, 64},
                                              {"UNIQUE_CONSTRAINT_CATALOG", Type::kText, 64, false},
                                              {"UNIQUE_CONSTRAINT_SCHEMA", Type::kText, 64, false},
                                              {"UNIQUE_CONSTRAINT_NAME", Type::kText, 64},
                                              {"MATCH_OPTION", Type::kText, 7, false},
                                              {"UPDATE_RULE", Type::kText, 11, false},
                                              {"DELETE_RULE", Type::kText, 11, false},
                                              {"TABLE_NAME", Type::kText, 64, false},
                                              {"REFERENCED_TABLE_NAME", Type::kText, 64, false}};

std::string_view ActionText(catalog::ReferentialAction action) {
  switch (action) {
    case catalog::ReferentialAction::kNoAction:
      return "NO ACTION";
    case catalog::ReferentialAction::kRestrict:
      return "RESTRICT";
    case catalog::ReferentialAction::kCascade:
      return "CASCADE";
    case catalog::ReferentialAction::kSetNull:
      return "SET NULL";
    case catalog::ReferentialAction::kSetDefault:
      return "SET DEFAULT";
  }
  return "";
}

std::string ReferencedKey(Session& session, const catalog::ForeignKeyDef& key) {
  const catalog::TablePtr parent =
      CatalogOf(session).FindTable(key.parent_schema, key.parent_table);
  if (parent == nullptr) return "";
  for (const IndexDef& index : parent->indexes) {
    if (!index.stored() || index.parts.size() < key.parent_columns.size()) continue;
    bool same = true;
    for (size_t i = 0; i < key.parent_columns.size(); ++i) {
      same = same && types::EqualsIgnoreAsciiCase(parent->columns[index.parts[i].column].name,
                                                  key.parent_columns[i]);
    }
    if (same) return index.name;
  }
  return "";
}

void FillReferentialConstraints(Session& session, const VirtualHints& hints, VirtualRow& row) {
  ForEachTable(
      session, hints.Get("CONSTRAINT_SCHEMA"), hints.Get("TABLE_NAME"),
      [&](const TableDef& table, bool) {
        for (const auto& key : table.foreign_keys) {
          row.Text(kDefCatalog).Text(table.schema).Text(key.name).Text(kDefCatalog);
          row.Text(key.parent_schema).TextOrNull(ReferencedKey(session, key)).Text("NONE");
          row.Text(ActionText(key.on_update)).Text(ActionText(key.on_delete)).Text(table.name);
          row.Text(key.parent_table).Send();
        }
      });
}

// ---- VIEWS, PARTITIONS ----

constexpr Column kViews[] = {{"TABLE_CATALOG", Type::kText, 64, false},
                             {"TABLE_SCHEMA", Type::kText, 64, false},
                             {"TABLE_NAME", Type::kText, 64, false},
                             {"VIEW_DEFINITION", Type::kLongText},
                             {"CHECK_OPTION", Type::kText, 8},
                             {"IS_UPDATABLE", Type::kText, 3},
                             {"DEFINER", Type::kText, 288},
                             {"SECURITY_TYPE", Type::kText, 7},
                             {"CHARACTER_SET_CLIENT", Type::kText, 64, false},
                             {"COLLATION_CONNECTION", Type::kText, 64, false}};

void FillViews(Session& session, const VirtualHints& hints, VirtualRow& row) {
  ForEachView(session, hints.Get("TABLE_SCHEMA"), hints.Get("TABLE_NAME"),
              [&](const catalog::ViewDef& view) {
                row.Text(kDefCatalog).Text(view.schema).Text(view.name).Text(view.select_text);
                row.Text(view.check_option.empty() ? "NONE" : view.check_option).Text("NO");
                row.Text(view.definer).Text(view.security_invoker ? "INVOKER" : "DEFINER");
                row.Text(view.character_set_client).Text(view.collation_connection).Send();
              });
}

constexpr Column kPartitions[] = {{"TABLE_CATALOG", Type::kText, 64, false},
                                  {"TABLE_SCHEMA", Type::kText, 64, false},
                                  {"TABLE_NAME", Type::kText, 64, false},
                                  {"PARTITION_NAME", Type::kText, 64},
                                  {"SUBPARTITION_NAME", Type::kText, 64},
                                  {"PARTITION_ORDINAL_POSITION", Type::kUint32},
                                  {"SUBPARTITION_ORDINAL_POSITION", Type::kUint32},
                                  {"PARTITION_METHOD", Type::kText, 13},
                                  {"SUBPARTITION_METHOD", Type::kText, 13},
                                  {"PARTITION_EXPRESSION", Type::kText, 2048},
                                  {"SUBPARTITION_EXPRESSION", Type::kText, 2048},
                                  {"PARTITION_DESCRIPTION", Type::kLongText},
                                  {"TABLE_ROWS", Type::kUint},
                                  {"AVG_ROW_LENGTH", Type::kUint},
                                  {"DATA_LENGTH", Type::kUint},
                                  {"MAX_DATA_LENGTH", Type::kUint},
                                  {"INDEX_LENGTH", Type::kUint},
                                  {"DATA_FREE", Type::kUint},
                                  {"CREATE_TIME", Type::kDatetime},
                                  {"UPDATE_TIME", Type::kDatetime},
                                  {"CHECK_TIME", Type::kDatetime},
                                  {"CHECKSUM", Type::kInt},
                                  {"PARTITION_COMMENT", Type::kLongText},
                                  {"NODEGROUP", Type::kText, 256},
                                  {"TABLESPACE_NAME", Type::kText, 268}};

void FillPartitions(Session& session, const VirtualHints& hints, VirtualRow& row) {
  ForEachTable(session, hints.Get("TABLE_SCHEMA"), hints.Get("TABLE_NAME"),
               [&](const TableDef& table, bool is_virtual) {
                 if (is_virtual) return;
                 const uint64_t rows = CatalogOf(session).EstimatedRows(table);
                 row.Text(kDefCatalog).Text(table.schema).Text(table.name).Nulls(9).Uint(rows);
                 row.Uint(rows == 0 ? 0 : kAssumedRowBytes)
                     .Uint(std::max(kPageBytes, rows * kAssumedRowBytes));
                 row.Uint(0).Uint(0).Uint(0).Datetime(LocalDatetime(session, table.create_time_s));
                 row.Nulls(3).Text("").Text("").Null().Send();
               });
}

constexpr VirtualTableSpec kSchemaTables[] = {
    {kInformationSchema, "SCHEMATA", kSchemata, FillSchemata},
    {kInformationSchema, "TABLES", kTables, FillTables},
    {kInformationSchema, "COLUMNS", kColumns, FillColumns},
    {kInformationSchema, "STATISTICS", kStatistics, FillStatistics},
    {kInformationSchema, "KEY_COLUMN_USAGE", kKeyColumnUsage, FillKeyColumnUsage},
    {kInformationSchema, "TABLE_CONSTRAINTS", kTableConstraints, FillTableConstraints},
    {kInformationSchema, "CHECK_CONSTRAINTS", kCheckConstraints, FillCheckConstraints},
    {kInformationSchema, "REFERENTIAL_CONSTRAINTS", kReferentialConstraints,
     FillReferentialConstraints},
    {kInformationSchema, "VIEWS", kViews, FillViews},
    {kInformationSchema, "PARTITIONS", kPartitions, FillPartitions},
};

}  // namespace

std::span<const VirtualTableSpec> SchemaInformation() { return kSchemaTables; }

}  // namespace sixfold::server
