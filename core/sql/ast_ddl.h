// Definitions: databases, tables, indexes, views.
#pragma once

#include "core/sql/ast_statement.h"

namespace sixfold::sql {

/// CHARACTER SET, COLLATE, ENCRYPTION, READ ONLY of a database; empty: not written.
struct DatabaseOptions {
  std::string_view charset;
  std::string_view collation;
  std::string_view encryption;
  YesNo read_only = YesNo::kNotWritten;
};

struct CreateDatabaseStatement : Statement {
  static constexpr Kind kKind = Kind::kCreateDatabase;
  CreateDatabaseStatement() : Statement(kKind) {}

  bool if_not_exists = false;
  std::string_view name;
  DatabaseOptions options;
};

struct AlterDatabaseStatement : Statement {
  static constexpr Kind kKind = Kind::kAlterDatabase;
  AlterDatabaseStatement() : Statement(kKind) {}

  std::string_view name;  // empty: the current database
  DatabaseOptions options;
};

struct DropDatabaseStatement : Statement {
  static constexpr Kind kKind = Kind::kDropDatabase;
  DropDatabaseStatement() : Statement(kKind) {}

  bool if_exists = false;
  std::string_view name;
};

enum class ReferenceAction : uint8_t {
  kNotWritten,
  kRestrict,
  kCascade,
  kSetNull,
  kNoAction,
  kSetDefault,
};

struct ForeignKeyReference {
  TableName table;
  List<std::string_view> columns;  // may be empty
  std::string_view match;          // FULL, PARTIAL, SIMPLE
  ReferenceAction on_delete = ReferenceAction::kNotWritten;
  ReferenceAction on_update = ReferenceAction::kNotWritten;
};

struct CheckConstraint {
  std::string_view name;  // empty: to be generated
  Expression* expression = nullptr;
  bool enforced = true;
  bool enforced_written = false;
};

enum class GeneratedKind : uint8_t { kNone, kVirtual, kStored };
enum class ColumnKey : uint8_t { kNone, kKey, kUnique, kPrimary };

/// A column's type and attributes, as in CREATE TABLE and ALTER TABLE.
struct ColumnDefinition {
  std::string_view name;
  TypeSyntax type;
  YesNo nullable = YesNo::kNotWritten;  // kNo: NOT NULL
  /// A Literal (perhaps negated), a function now(), or an expression in parentheses
  /// (default_is_expression). Null: none written.
  Expression* default_value = nullptr;
  bool default_is_expression = false;
  Expression* on_update = nullptr;  // now([n])
  bool auto_increment = false;
  ColumnKey key = ColumnKey::kNone;
  std::string_view comment;
  bool has_comment = false;
  GeneratedKind generated = GeneratedKind::kNone;
  Expression* generated_as = nullptr;
  bool invisible = false;
  bool visibility_written = false;
  std::string_view column_format;  // FIXED, DYNAMIC, DEFAULT
  std::string_view storage;        // DISK, MEMORY, DEFAULT
  std::string_view engine_attribute;
  std::string_view secondary_engine_attribute;
  bool has_srid = false;
  uint32_t srid = 0;
  List<CheckConstraint*> checks;
  ForeignKeyReference* references = nullptr;  // parsed and ignored, as MySQL does
  SourceSpan span;
};

/// One part of a key: a column with an optional prefix length, or an expression.
struct KeyPart {
  std::string_view column;
  Expression* expression = nullptr;  // (expr): functional key part
  uint32_t prefix_length = 0;        // 0: whole column
  bool descending = false;
};

enum class KeyType : uint8_t { kIndex, kUnique, kPrimary, kFulltext, kSpatial, kForeign };
enum class KeyAlgorithm : uint8_t { kNotWritten, kBtree, kHash, kRtree };

struct KeyDefinition {
  KeyType type = KeyType::kIndex;
  std::string_view name;             // index name; empty: to be generated
  bool has_constraint_name = false;  // CONSTRAINT [symbol]
  std::string_view constraint_name;
  KeyAlgorithm algorithm = KeyAlgorithm::kNotWritten;
  List<KeyPart> parts;
  uint64_t key_block_size = 0;
  std::string_view parser;  // WITH PARSER
  std::string_view comment;
  bool invisible = false;
  bool visibility_written = false;
  std::string_view engine_attribute;
  std::string_view secondary_engine_attribute;
  ForeignKeyReference* references = nullptr;  // kForeign
};

enum class TableOptionKind : uint8_t {
  kEngine,
  kAutoIncrement,
  kAverageRowLength,
  kCharset,
  kCollation,
  kChecksum,
  kComment,
  kCompression,
  kConnection,
  kDataDirectory,
  kIndexDirectory,
  kDelayKeyWrite,
  kEncryption,
  kEngineAttribute,
  kSecondaryEngine,
  kSecondaryEngineAttribute,
  kInsertMethod,
  kKeyBlockSize,
  kMaxRows,
  kMinRows,
  kPackKeys,
  kPassword,
  kRowFormat,
  kStatsAutoRecalc,
  kStatsPersistent,
  kStatsSamplePages,
  kTablespace,
  kStorage,
  kUnionTables,
  kAutoextendSize,
  kStartTransaction,
};

struct TableOption {
  TableOptionKind kind = TableOptionKind::kEngine;
  std::string_view text;    // names and strings
  uint64_t integer = 0;     // numbers
  bool is_default = false;  // = DEFAULT
  List<TableName> tables;   // UNION
};

enum class PartitionMethod : uint8_t { kHash, kKey, kRange, kRangeColumns, kList, kListColumns };

struct PartitionDefinition {
  std::string_view name;
  bool has_values = false;
  bool less_than = false;           // VALUES LESS THAN, else VALUES IN
  bool less_than_maxvalue = false;  // VALUES LESS THAN MAXVALUE
  /// The value tuples; a null item is MAXVALUE.
  List<RowExpression*> values;
  std::string_view engine;
  std::string_view comment;
  std::string_view data_directory;
  std::string_view index_directory;
  std::string_view tablespace;
  uint64_t max_rows = 0;
  uint64_t min_rows = 0;
  List<PartitionDefinition*> subpartitions;
};

struct PartitionClause {
  PartitionMethod method = PartitionMethod::kHash;
  bool linear = false;
  uint64_t key_algorithm = 0;
  Expression* expression = nullptr;  // HASH, RANGE, LIST
  List<std::string_view> columns;    // KEY, RANGE COLUMNS, LIST COLUMNS
  uint64_t partitions = 0;
  bool has_subpartitions = false;
  bool subpartition_by_key = false;
  bool subpartition_linear = false;
  uint64_t subpartition_key_algorithm = 0;
  Expression* subpartition_expression = nullptr;
  List<std::string_view> subpartition_columns;
  uint64_t subpartitions = 0;
  List<PartitionDefinition*> definitions;
  std::string_view text;
};

struct CreateTableStatement : Statement {
  static constexpr Kind kKind = Kind::kCreateTable;
  CreateTableStatement() : Statement(kKind) {}

  bool temporary = false;
  bool if_not_exists = false;
  TableName name;
  bool is_like = false;  // CREATE TABLE … LIKE
  TableName like;
  List<ColumnDefinition*> columns;
  List<KeyDefinition*> keys;  // with foreign keys
  List<CheckConstraint*> checks;
  List<TableOption> options;
  PartitionClause* partitioning = nullptr;
  DuplicateHandling duplicates = DuplicateHandling::kError;
  QueryExpression* query = nullptr;  // [AS] SELECT
};

enum class AlterAction : uint8_t {
  kAddColumn,              // column, position
  kAddColumns,             // ADD (a INT, b INT, KEY …): columns, keys, checks
  kChangeColumn,           // old_name, column, position
  kModifyColumn,           // column, position
  kDropColumn,             // old_name
  kAlterColumnDefault,     // old_name, default_value (null: DROP DEFAULT)
  kAlterColumnVisibility,  // old_name, flag = visible
  kRenameColumn,           // old_name, new_name
  kAddKey,                 // key
  kAddCheck,               // check
  kDropPrimaryKey,
  kDropKey,               // old_name
  kDropForeignKey,        // old_name
  kDropCheck,             // old_name
  kDropConstraint,        // old_name
  kAlterCheck,            // old_name, flag = enforced
  kAlterIndexVisibility,  // old_name, flag = visible
  kRenameKey,             // old_name, new_name
  kRenameTable,           // table
  kOption,                // option
  kConvertCharset,        // charset (empty: DEFAULT), collation
  kOrderBy,               // order_by
  kEnableKeys,
  kDisableKeys,
  kDiscardTablespace,
  kImportTablespace,
  kForce,
  kWithValidation,  // flag: WITH, not WITHOUT
  kPartitionBy,     // partitioning
  kRemovePartitioning,
  kAddPartition,         // partition_definitions, partition_count
  kDropPartition,        // partitions
  kTruncatePartition,    // partitions
  kCoalescePartition,    // partition_count
  kReorganizePartition,  // partitions, partition_definitions
  kExchangePartition,    // partitions, table, flag: WITH VALIDATION
  kMaintainPartition,    // new_name: ANALYZE, CHECK, OPTIMIZE, REBUILD, REPAIR, DISCARD, IMPORT
  kSecondaryLoad,        // flag: LOAD, not UNLOAD
};

struct AlterItem {
  AlterAction action = AlterAction::kForce;
  std::string_view old_name;
  std::string_view new_name;
  ColumnDefinition* column = nullptr;
  bool first = false;
  std::string_view after;
  List<ColumnDefinition*> columns;
  List<KeyDefinition*> keys;
  List<CheckConstraint*> checks;
  KeyDefinition* key = nullptr;
  CheckConstraint* check = nullptr;
  Expression* default_value = nullptr;
  bool default_is_expression = false;
  bool flag = false;
  TableName table;
  TableOption option;
  std::string_view charset;
  std::string_view collation;
  List<OrderItem> order_by;
  PartitionClause* partitioning = nullptr;
  bool all_partitions = false;
  List<std::string_view> partitions;
  List<PartitionDefinition*> partition_definitions;
  uint64_t partition_count = 0;
};

enum class DdlAlgorithm : uint8_t { kNotWritten, kDefault, kInstant, kInplace, kCopy };
enum class DdlLock : uint8_t { kNotWritten, kDefault, kNone, kShared, kExclusive };

struct AlterTableStatement : Statement {
  static constexpr Kind kKind = Kind::kAlterTable;
  AlterTableStatement() : Statement(kKind) {}

  TableName name;
  List<AlterItem*> items;
  DdlAlgorithm algorithm = DdlAlgorithm::kNotWritten;
  DdlLock lock = DdlLock::kNotWritten;
};

struct DropTableStatement : Statement {
  static constexpr Kind kKind = Kind::kDropTable;
  DropTableStatement() : Statement(kKind) {}

  bool temporary = false;
  bool if_exists = false;
  List<TableName> tables;
};

struct TruncateTableStatement : Statement {
  static constexpr Kind kKind = Kind::kTruncateTable;
  TruncateTableStatement() : Statement(kKind) {}

  TableName table;
};

struct RenameItem {
  TableName from;
  TableName to;
};

struct RenameTableStatement : Statement {
  static constexpr Kind kKind = Kind::kRenameTable;
  RenameTableStatement() : Statement(kKind) {}

  List<RenameItem> items;
};

struct CreateIndexStatement : Statement {
  static constexpr Kind kKind = Kind::kCreateIndex;
  CreateIndexStatement() : Statement(kKind) {}

  TableName table;
  KeyDefinition* key = nullptr;
  DdlAlgorithm algorithm = DdlAlgorithm::kNotWritten;
  DdlLock lock = DdlLock::kNotWritten;
};

struct DropIndexStatement : Statement {
  static constexpr Kind kKind = Kind::kDropIndex;
  DropIndexStatement() : Statement(kKind) {}

  std::string_view name;  // "PRIMARY" for the primary key
  TableName table;
  DdlAlgorithm algorithm = DdlAlgorithm::kNotWritten;
  DdlLock lock = DdlLock::kNotWritten;
};

enum class ViewAlgorithm : uint8_t { kNotWritten, kUndefined, kMerge, kTempTable };
enum class SqlSecurity : uint8_t { kNotWritten, kDefiner, kInvoker };
enum class ViewCheckOption : uint8_t { kNone, kLocal, kCascaded };

/// CREATE [OR REPLACE] VIEW and ALTER VIEW.
struct CreateViewStatement : Statement {
  static constexpr Kind kKind = Kind::kCreateView;
  CreateViewStatement() : Statement(kKind) {}

  bool alter = false;
  bool or_replace = false;
  bool if_not_exists = false;
  ViewAlgorithm algorithm = ViewAlgorithm::kNotWritten;
  bool has_definer = false;
  AccountName definer;
  SqlSecurity security = SqlSecurity::kNotWritten;
  TableName name;
  List<std::string_view> columns;
  QueryExpression* query = nullptr;
  std::string_view query_text;
  ViewCheckOption check_option = ViewCheckOption::kNone;
};

struct DropViewStatement : Statement {
  static constexpr Kind kKind = Kind::kDropView;
  DropViewStatement() : Statement(kKind) {}

  bool if_exists = false;
  List<TableName> views;
};

}  // namespace sixfold::sql
