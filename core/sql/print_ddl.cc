// Types, columns, keys, partitions, and the statements that define them.
#include "core/sql/printer_impl.h"

namespace sixfold::sql {
namespace {

constexpr std::string_view kTypeNames[] = {
    "tinyint",
    "smallint",
    "mediumint",
    "int",
    "bigint",
    "float",
    "double",
    "decimal",
    "bit",
    "tinyint(1)",
    "serial",
    "date",
    "time",
    "datetime",
    "timestamp",
    "year",
    "char",
    "varchar",
    "binary",
    "varbinary",
    "tinytext",
    "text",
    "mediumtext",
    "longtext",
    "tinyblob",
    "blob",
    "mediumblob",
    "longblob",
    "enum",
    "set",
    "json",
    "geometry",
    "point",
    "linestring",
    "polygon",
    "multipoint",
    "multilinestring",
    "multipolygon",
    "geomcollection",
    "signed",
    "unsigned",
};

constexpr std::string_view kOptionNames[] = {
    "ENGINE",
    "AUTO_INCREMENT",
    "AVG_ROW_LENGTH",
    "CHARSET",
    "COLLATE",
    "CHECKSUM",
    "COMMENT",
    "COMPRESSION",
    "CONNECTION",
    "DATA DIRECTORY",
    "INDEX DIRECTORY",
    "DELAY_KEY_WRITE",
    "ENCRYPTION",
    "ENGINE_ATTRIBUTE",
    "SECONDARY_ENGINE",
    "SECONDARY_ENGINE_ATTRIBUTE",
    "INSERT_METHOD",
    "KEY_BLOCK_SIZE",
    "MAX_ROWS",
    "MIN_ROWS",
    "PACK_KEYS",
    "PASSWORD",
    "ROW_FORMAT",
    "STATS_AUTO_RECALC",
    "STATS_PERSISTENT",
    "STATS_SAMPLE_PAGES",
    "TABLESPACE",
    "STORAGE",
    "UNION",
    "AUTOEXTEND_SIZE",
    "START TRANSACTION",
};

constexpr std::string_view kAlgorithms[] = {"", "BTREE", "HASH", "RTREE"};
constexpr std::string_view kReferenceActions[] = {"",         "RESTRICT",  "CASCADE",
                                                  "SET NULL", "NO ACTION", "SET DEFAULT"};
constexpr std::string_view kRoutineWords[] = {"procedure", "function", "trigger", "event",
                                              "function"};

}  // namespace

std::string PrintType(const TypeSyntax& type) {
  Printer printer({});
  printer.Print(type);
  return printer.Take();
}

std::string PrintColumnDefinition(const ColumnDefinition& column, const PrintOptions& options) {
  Printer printer(options);
  printer.Print(column);
  return printer.Take();
}

std::string PrintKeyDefinition(const KeyDefinition& key, const PrintOptions& options) {
  Printer printer(options);
  printer.Print(key);
  return printer.Take();
}

std::string PrintPartitioning(const PartitionClause& clause, const PrintOptions& options) {
  Printer printer(options);
  printer.Print(clause);
  return printer.Take();
}

void Printer::Print(const TypeSyntax& type) {
  if (type.national) Text("national ");
  Text(kTypeNames[static_cast<size_t>(type.keyword)]);
  if (!type.elements.empty()) {
    Text("(");
    Separated(type.elements, ",", [&](std::string_view element) { Quoted(element); });
    Text(")");
  } else if (type.length >= 0) {
    Text("(");
    Number(type.length);
    if (type.decimals >= 0) {
      Text(",");
      Number(type.decimals);
    }
    Text(")");
  }
  if (type.is_unsigned) Text(" unsigned");
  if (type.zerofill) Text(" zerofill");
  if (!type.charset.empty() && !type.national) {
    Text(" CHARACTER SET ");
    Word(type.charset);
  }
  if (type.binary) Text(" BINARY");
  if (!type.collation.empty()) {
    Text(" COLLATE ");
    Word(type.collation);
  }
}

void Printer::Print(const ColumnDefinition& column) {
  Name(column.name);
  Text(" ");
  const bool serial = column.type.keyword == TypeKeyword::kSerial;
  Print(column.type);
  if (column.generated != GeneratedKind::kNone) {
    Text(" GENERATED ALWAYS AS (");
    Print(*column.generated_as);
    Text(column.generated == GeneratedKind::kStored ? ") STORED" : ") VIRTUAL");
  }
  if (column.nullable == YesNo::kNo && !serial) Text(" NOT NULL");
  if (column.nullable == YesNo::kYes) Text(" NULL");
  if (column.default_value != nullptr) {
    Text(" DEFAULT ");
    if (column.default_is_expression) Text("(");
    const auto* negated = TryAs<Unary>(column.default_value);
    if (!column.default_is_expression && negated != nullptr) {
      Text("-");
      Print(*negated->operand);
    } else {
      Print(*column.default_value);
    }
    if (column.default_is_expression) Text(")");
  }
  if (column.on_update != nullptr) {
    Text(" ON UPDATE ");
    Print(*column.on_update);
  }
  if (column.auto_increment && !serial) Text(" AUTO_INCREMENT");
  constexpr std::string_view kKeys[] = {"", " KEY", " UNIQUE KEY", " PRIMARY KEY"};
  if (!serial) Text(kKeys[static_cast<size_t>(column.key)]);
  if (column.visibility_written) Text(column.invisible ? " INVISIBLE" : " VISIBLE");
  if (column.has_comment) {
    Text(" COMMENT ");
    Quoted(column.comment);
  }
  if (!column.column_format.empty()) {
    Text(" COLUMN_FORMAT ");
    Text(column.column_format);
  }
  if (!column.storage.empty()) {
    Text(" STORAGE ");
    Text(column.storage);
  }
  if (!column.engine_attribute.empty()) {
    Text(" ENGINE_ATTRIBUTE ");
    Quoted(column.engine_attribute);
  }
  if (!column.secondary_engine_attribute.empty()) {
    Text(" SECONDARY_ENGINE_ATTRIBUTE ");
    Quoted(column.secondary_engine_attribute);
  }
  if (column.has_srid) {
    Text(" SRID ");
    Number(column.srid);
  }
  for (const CheckConstraint* check : column.checks) {
    Text(" ");
    PrintCheck(*check);
  }
  if (column.references != nullptr) PrintReference(*column.references);
}

void Printer::PrintCheck(const CheckConstraint& check) {
  if (!check.name.empty()) {
    Text("CONSTRAINT ");
    Name(check.name);
    Text(" ");
  }
  Text("CHECK (");
  Print(*check.expression);
  Text(")");
  if (check.enforced_written) Text(check.enforced ? " ENFORCED" : " NOT ENFORCED");
}

void Printer::PrintReference(const ForeignKeyReference& reference) {
  Text(" REFERENCES ");
  Name(reference.table);
  if (!reference.columns.empty()) {
    Text(" ");
    NamesInParentheses(reference.columns);
  }
  if (!reference.match.empty()) {
    Text(" MATCH ");
    Text(reference.match);
  }
  if (reference.on_delete != ReferenceAction::kNotWritten) {
    Text(" ON DELETE ");
    Text(kReferenceActions[static_cast<size_t>(reference.on_delete)]);
  }
  if (reference.on_update != ReferenceAction::kNotWritten) {
    Text(" ON UPDATE ");
    Text(kReferenceActions[static_cast<size_t>(reference.on_update)]);
  }
}

void Printer::PrintKeyParts(const List<KeyPart>& parts) {
  Text("(");
  Separated(parts, ",", [&](const KeyPart& part) {
    if (part.expression != nullptr) {
      Text("(");
      Print(*part.expression);
      Text(")");
    } else {
      Name(part.column);
      if (part.prefix_length != 0) {
        Text("(");
        Number(part.prefix_length);
        Text(")");
      }
    }
    if (part.descending) Text(" DESC");
  });
  Text(")");
}

void Printer::Print(const KeyDefinition& key) {
  if (key.has_constraint_name) {
    Text("CONSTRAINT ");
    if (!key.constraint_name.empty()) {
      Name(key.constraint_name);
      Text(" ");
    }
  }
  constexpr std::string_view kTypes[] = {"KEY ",          "UNIQUE KEY ",  "PRIMARY KEY ",
                                         "FULLTEXT KEY ", "SPATIAL KEY ", "FOREIGN KEY "};
  Text(kTypes[static_cast<size_t>(key.type)]);
  if (!key.name.empty()) {
    Name(key.name);
    Text(" ");
  }
  PrintKeyParts(key.parts);
  if (key.references != nullptr) PrintReference(*key.references);
  if (key.algorithm != KeyAlgorithm::kNotWritten) {
    Text(" USING ");
    Text(kAlgorithms[static_cast<size_t>(key.algorithm)]);
  }
  if (key.key_block_size != 0) {
    Text(" KEY_BLOCK_SIZE=");
    Number(static_cast<int64_t>(key.key_block_size));
  }
  if (!key.parser.empty()) {
    Text(" WITH PARSER ");
    Name(key.parser);
  }
  if (!key.comment.empty()) {
    Text(" COMMENT ");
    Quoted(key.comment);
  }
  if (!key.engine_attribute.empty()) {
    Text(" ENGINE_ATTRIBUTE ");
    Quoted(key.engine_attribute);
  }
  if (!key.secondary_engine_attribute.empty()) {
    Text(" SECONDARY_ENGINE_ATTRIBUTE ");
    Quoted(key.secondary_engine_attribute);
  }
  if (key.visibility_written) Text(key.invisible ? " INVISIBLE" : " VISIBLE");
}

void Printer::PrintTableOption(const TableOption& option) {
  Text(kOptionNames[static_cast<size_t>(option.kind)]);
  using O = TableOptionKind;
  if (option.kind == O::kStartTransaction) return;
  Text("=");
  if (option.is_default) return Text("DEFAULT");
  switch (option.kind) {
    case O::kEngine:
    case O::kTablespace:
    case O::kSecondaryEngine:
      return Name(option.text);
    case O::kCharset:
    case O::kCollation:
    case O::kInsertMethod:
    case O::kRowFormat:
    case O::kStorage:
      return Word(option.text);
    case O::kAutoextendSize:
      return Text(option.text);
    case O::kComment:
    case O::kCompression:
    case O::kConnection:
    case O::kDataDirectory:
    case O::kIndexDirectory:
    case O::kEncryption:
    case O::kEngineAttribute:
    case O::kSecondaryEngineAttribute:
    case O::kPassword:
      return Quoted(option.text);
    case O::kUnionTables:
      Text("(");
      TableNames(option.tables);
      return Text(")");
    default:
      out_.append(std::to_string(option.integer));
  }
}

void Printer::PrintPartitions(const List<PartitionDefinition*>& definitions) {
  Text("(");
  Separated(definitions, ",",
            [&](const PartitionDefinition* partition) { PrintPartition(*partition, false); });
  Text(")");
}

void Printer::PrintPartition(const PartitionDefinition& partition, bool sub) {
  Text(sub ? "SUBPARTITION " : "PARTITION ");
  Name(partition.name);
  const auto tuple = [&](const RowExpression* row) {
    Text("(");
    Separated(row->items, ",", [&](const Expression* item) {
      if (item == nullptr) return Text("MAXVALUE");
      Print(*item);
    });
    Text(")");
  };
  if (partition.has_values && partition.less_than) {
    Text(" VALUES LESS THAN ");
    if (partition.less_than_maxvalue) {
      Text("MAXVALUE");
    } else {
      tuple(partition.values[0]);
    }
  } else if (partition.has_values) {
    Text(" VALUES IN (");
    Separated(partition.values, ",", [&](const RowExpression* row) {
      if (row->items.size() > 1) return tuple(row);
      if (row->items[0] == nullptr) return Text("MAXVALUE");
      Print(*row->items[0]);
    });
    Text(")");
  }
  if (!partition.data_directory.empty()) {
    Text(" DATA DIRECTORY = ");
    Quoted(partition.data_directory);
  }
  if (!partition.index_directory.empty()) {
    Text(" INDEX DIRECTORY = ");
    Quoted(partition.index_directory);
  }
  if (!partition.tablespace.empty()) {
    Text(" TABLESPACE = ");
    Name(partition.tablespace);
  }
  if (partition.max_rows != 0) {
    Text(" MAX_ROWS = ");
    Number(static_cast<int64_t>(partition.max_rows));
  }
  if (partition.min_rows != 0) {
    Text(" MIN_ROWS = ");
    Number(static_cast<int64_t>(partition.min_rows));
  }
  if (!partition.comment.empty()) {
    Text(" COMMENT = ");
    Quoted(partition.comment);
  }
  if (!partition.engine.empty()) {
    Text(" ENGINE = ");
    Word(partition.engine);
  }
  if (!partition.subpartitions.empty()) {
    Text(" (");
    Separated(partition.subpartitions, ",",
              [&](const PartitionDefinition* inner) { PrintPartition(*inner, true); });
    Text(")");
  }
}

void Printer::Print(const PartitionClause& clause) {
  const auto hash_or_key = [&](bool linear, bool key, uint64_t algorithm,
                               const Expression* expression,
                               const List<std::string_view>& columns) {
    if (linear) Text("LINEAR ");
    if (!key) {
      Text("HASH (");
      Print(*expression);
      return Text(")");
    }
    Text("KEY ");
    if (algorithm != 0) {
      Text("ALGORITHM = ");
      Number(static_cast<int64_t>(algorithm));
      Text(" ");
    }
    NamesInParentheses(columns);
  };
  Text("PARTITION BY ");
  switch (clause.method) {
    case PartitionMethod::kHash:
    case PartitionMethod::kKey:
      hash_or_key(clause.linear, clause.method == PartitionMethod::kKey, clause.key_algorithm,
                  clause.expression, clause.columns);
      break;
    case PartitionMethod::kRange:
    case PartitionMethod::kList:
      Text(clause.method == PartitionMethod::kRange ? "RANGE (" : "LIST (");
      Print(*clause.expression);
      Text(")");
      break;
    case PartitionMethod::kRangeColumns:
    case PartitionMethod::kListColumns:
      Text(clause.method == PartitionMethod::kRangeColumns ? "RANGE COLUMNS" : "LIST COLUMNS");
      NamesInParentheses(clause.columns);
      break;
  }
  if (clause.partitions != 0) {
    Text(" PARTITIONS ");
    Number(static_cast<int64_t>(clause.partitions));
  }
  if (clause.has_subpartitions) {
    Text(" SUBPARTITION BY ");
    hash_or_key(clause.subpartition_linear, clause.subpartition_by_key,
                clause.subpartition_key_algorithm, clause.subpartition_expression,
                clause.subpartition_columns);
    if (clause.subpartitions != 0) {
      Text(" SUBPARTITIONS ");
      Number(static_cast<int64_t>(clause.subpartitions));
    }
  }
  if (!clause.definitions.empty()) {
    Text(" ");
    PrintPartitions(clause.definitions);
  }
}

void Printer::PrintDatabaseOptions(const DatabaseOptions& options) {
  if (!options.charset.empty()) {
    Text(" CHARACTER SET ");
    Word(options.charset);
  }
  if (!options.collation.empty()) {
    Text(" COLLATE ");
    Word(options.collation);
  }
  if (!options.encryption.empty()) {
    Text(" ENCRYPTION ");
    Quoted(options.encryption);
  }
  if (options.read_only != YesNo::kNotWritten) {
    Text(options.read_only == YesNo::kYes ? " READ ONLY = 1" : " READ ONLY = 0");
  }
}

void Printer::PrintCreateTable(const CreateTableStatement& create) {
  Text(create.temporary ? "CREATE TEMPORARY TABLE " : "CREATE TABLE ");
  if (create.if_not_exists) Text("IF NOT EXISTS ");
  Name(create.name);
  if (create.is_like) {
    Text(" LIKE ");
    return Name(create.like);
  }
  if (!create.columns.empty() || !create.keys.empty() || !create.checks.empty()) {
    std::string_view separator = " (\n  ";
    const auto line = [&] {
      Text(separator);
      separator = ",\n  ";
    };
    for (const ColumnDefinition* column : create.columns) {
      line();
      Print(*column);
    }
    for (const KeyDefinition* key : create.keys) {
      line();
      Print(*key);
    }
    for (const CheckConstraint* check : create.checks) {
      line();
      PrintCheck(*check);
    }
    Text("\n)");
  }
  for (const TableOption& option : create.options) {
    Text(" ");
    PrintTableOption(option);
  }
  if (create.partitioning != nullptr) {
    Text("\n");
    Print(*create.partitioning);
  }
  constexpr std::string_view kDuplicates[] = {"", " REPLACE", " IGNORE"};
  Text(kDuplicates[static_cast<size_t>(create.duplicates)]);
  if (create.query != nullptr) {
    Text(" AS ");
    Print(*create.query);
  }
}

void Printer::PrintAlgorithmAndLock(DdlAlgorithm algorithm, DdlLock lock,
                                    std::string_view separator) {
  constexpr std::string_view kAlgorithmWords[] = {"", "DEFAULT", "INSTANT", "INPLACE", "COPY"};
  constexpr std::string_view kLockWords[] = {"", "DEFAULT", "NONE", "SHARED", "EXCLUSIVE"};
  if (algorithm != DdlAlgorithm::kNotWritten) {
    Text(separator);
    Text(" ALGORITHM = ");
    Text(kAlgorithmWords[static_cast<size_t>(algorithm)]);
  }
  if (lock != DdlLock::kNotWritten) {
    Text(separator);
    Text(" LOCK = ");
    Text(kLockWords[static_cast<size_t>(lock)]);
  }
}

void Printer::PrintAlterTable(const AlterTableStatement& alter) {
  Text("ALTER TABLE ");
  Name(alter.name);
  // What re-partitions stands last, without a comma.
  const auto repartitions = [](const AlterItem* item) {
    return item->action == AlterAction::kPartitionBy ||
           item->action == AlterAction::kRemovePartitioning;
  };
  std::string_view separator = "";
  if (alter.algorithm != DdlAlgorithm::kNotWritten) {
    PrintAlgorithmAndLock(alter.algorithm, DdlLock::kNotWritten, separator);
    separator = ",";
  }
  if (alter.lock != DdlLock::kNotWritten) {
    PrintAlgorithmAndLock(DdlAlgorithm::kNotWritten, alter.lock, separator);
    separator = ",";
  }
  for (const AlterItem* item : alter.items) {
    if (repartitions(item)) continue;
    Text(separator);
    Text(" ");
    PrintAlterItem(*item);
    separator = ",";
  }
  for (const AlterItem* item : alter.items) {
    if (!repartitions(item)) continue;
    Text(" ");
    PrintAlterItem(*item);
  }
}

void Printer::PrintAlterItem(const AlterItem& item) {
  const auto position = [&] {
    if (item.first) Text(" FIRST");
    if (!item.after.empty()) {
      Text(" AFTER ");
      Name(item.after);
    }
  };
  const auto named = [&](std::string_view words) {
    Text(words);
    Name(item.old_name);
  };
  const auto partition_names = [&] {
    if (item.all_partitions) return Text("ALL");
    Names(item.partitions);
  };
  switch (item.action) {
    case AlterAction::kAddColumn:
      Text("ADD COLUMN ");
      Print(*item.column);
      return position();
    case AlterAction::kAddColumns: {
      Text("ADD COLUMN (");
      Separated(item.columns, ", ", [&](const ColumnDefinition* column) { Print(*column); });
      bool first = item.columns.empty();
      for (const KeyDefinition* key : item.keys) {
        if (!first) Text(", ");
        first = false;
        Print(*key);
      }
      for (const CheckConstraint* check : item.checks) {
        if (!first) Text(", ");
        first = false;
        PrintCheck(*check);
      }
      return Text(")");
    }
    case AlterAction::kChangeColumn:
      named("CHANGE COLUMN ");
      Text(" ");
      Print(*item.column);
      return position();
    case AlterAction::kModifyColumn:
      Text("MODIFY COLUMN ");
      Print(*item.column);
      return position();
    case AlterAction::kDropColumn:
      return named("DROP COLUMN ");
    case AlterAction::kAlterColumnDefault: {
      named("ALTER COLUMN ");
      if (item.default_value == nullptr) return Text(" DROP DEFAULT");
      Text(" SET DEFAULT ");
      const auto* negated = TryAs<Unary>(item.default_value);
      if (item.default_is_expression) Text("(");
      if (!item.default_is_expression && negated != nullptr) {
        Text("-");
        Print(*negated->operand);
      } else {
        Print(*item.default_value);
      }
      if (item.default_is_expression) Text(")");
      return;
    }
    case AlterAction::kAlterColumnVisibility:
      named("ALTER COLUMN ");
      return Text(item.flag ? " SET VISIBLE" : " SET INVISIBLE");
    case AlterAction::kRenameColumn:
      named("RENAME COLUMN ");
      Text(" TO ");
      return Name(item.new_name);
    case AlterAction::kAddKey:
      Text("ADD ");
      return Print(*item.key);
    case AlterAction::kAddCheck:
      Text("ADD ");
      return PrintCheck(*item.check);
    case AlterAction::kDropPrimaryKey:
      return Text("DROP PRIMARY KEY");
    case AlterAction::kDropKey:
      return named("DROP KEY ");
    case AlterAction::kDropForeignKey:
      return named("DROP FOREIGN KEY ");
    case AlterAction::kDropCheck:
      return named("DROP CHECK ");
    case AlterAction::kDropConstraint:
      return named("DROP CONSTRAINT ");
    case AlterAction::kAlterCheck:
      named("ALTER CHECK ");
      return Text(item.flag ? " ENFORCED" : " NOT ENFORCED");
    case AlterAction::kAlterIndexVisibility:
      named("ALTER INDEX ");
      return Text(item.flag ? " VISIBLE" : " INVISIBLE");
    case AlterAction::kRenameKey:
      named("RENAME KEY ");
      Text(" TO ");
      return Name(item.new_name);
    case AlterAction::kRenameTable:
      Text("RENAME TO ");
      return Name(item.table);
    case AlterAction::kOption:
      return PrintTableOption(item.option);
    case AlterAction::kConvertCharset:
      Text("CONVERT TO CHARACTER SET ");
      item.charset.empty() ? Text("DEFAULT") : Word(item.charset);
      if (!item.collation.empty()) {
        Text(" COLLATE ");
        Word(item.collation);
      }
      return;
    case AlterAction::kOrderBy:
      Text("ORDER BY ");
      return PrintOrder(item.order_by);
    case AlterAction::kEnableKeys:
      return Text("ENABLE KEYS");
    case AlterAction::kDisableKeys:
      return Text("DISABLE KEYS");
    case AlterAction::kDiscardTablespace:
      return Text("DISCARD TABLESPACE");
    case AlterAction::kImportTablespace:
      return Text("IMPORT TABLESPACE");
    case AlterAction::kForce:
      return Text("FORCE");
    case AlterAction::kWithValidation:
      return Text(item.flag ? "WITH VALIDATION" : "WITHOUT VALIDATION");
    case AlterAction::kPartitionBy:
      return Print(*item.partitioning);
    case AlterAction::kRemovePartitioning:
      return Text("REMOVE PARTITIONING");
    case AlterAction::kAddPartition:
      Text("ADD PARTITION ");
      if (item.partition_definitions.empty()) {
        Text("PARTITIONS ");
        return Number(static_cast<int64_t>(item.partition_count));
      }
      return PrintPartitions(item.partition_definitions);
    case AlterAction::kDropPartition:
      Text("DROP PARTITION ");
      return partition_names();
    case AlterAction::kTruncatePartition:
      Text("TRUNCATE PARTITION ");
      return partition_names();
    case AlterAction::kCoalescePartition:
      Text("COALESCE PARTITION ");
      return Number(static_cast<int64_t>(item.partition_count));
    case AlterAction::kReorganizePartition:
      Text("REORGANIZE PARTITION");
      if (item.partitions.empty()) return;
      Text(" ");
      Names(item.partitions);
      Text(" INTO ");
      return PrintPartitions(item.partition_definitions);
    case AlterAction::kExchangePartition:
      Text("EXCHANGE PARTITION ");
      Names(item.partitions);
      Text(" WITH TABLE ");
      Name(item.table);
      return Text(item.flag ? " WITH VALIDATION" : " WITHOUT VALIDATION");
    case AlterAction::kMaintainPartition:
      Text(item.new_name);
      Text(" PARTITION ");
      partition_names();
      if (item.new_name == "DISCARD" || item.new_name == "IMPORT") Text(" TABLESPACE");
      return;
    case AlterAction::kSecondaryLoad:
      return Text(item.flag ? "SECONDARY_LOAD" : "SECONDARY_UNLOAD");
  }
}

void Printer::PrintView(const CreateViewStatement& view) {
  Text(view.alter ? "ALTER " : view.or_replace ? "CREATE OR REPLACE " : "CREATE ");
  constexpr std::string_view kAlgorithmWords[] = {"", "UNDEFINED", "MERGE", "TEMPTABLE"};
  if (view.algorithm != ViewAlgorithm::kNotWritten) {
    Text("ALGORITHM=");
    Text(kAlgorithmWords[static_cast<size_t>(view.algorithm)]);
    Text(" ");
  }
  if (view.has_definer) {
    Text("DEFINER=");
    Account(view.definer);
    Text(" ");
  }
  if (view.security != SqlSecurity::kNotWritten) {
    Text(view.security == SqlSecurity::kDefiner ? "SQL SECURITY DEFINER "
                                                : "SQL SECURITY INVOKER ");
  }
  Text("VIEW ");
  if (view.if_not_exists) Text("IF NOT EXISTS ");
  Name(view.name);
  if (!view.columns.empty()) {
    Text(" ");
    NamesInParentheses(view.columns);
  }
  Text(" AS ");
  Print(*view.query);
  if (view.check_option == ViewCheckOption::kLocal) Text(" WITH LOCAL CHECK OPTION");
  if (view.check_option == ViewCheckOption::kCascaded) Text(" WITH CASCADED CHECK OPTION");
}

bool Printer::PrintDefinition(const Statement& statement) {
  switch (statement.kind) {
    case Statement::Kind::kCreateDatabase: {
      const auto& create = As<CreateDatabaseStatement>(statement);
      Text(create.if_not_exists ? "CREATE DATABASE IF NOT EXISTS " : "CREATE DATABASE ");
      Name(create.name);
      PrintDatabaseOptions(create.options);
      return true;
    }
    case Statement::Kind::kAlterDatabase: {
      const auto& alter = As<AlterDatabaseStatement>(statement);
      Text("ALTER DATABASE");
      if (!alter.name.empty()) {
        Text(" ");
        Name(alter.name);
      }
      PrintDatabaseOptions(alter.options);
      return true;
    }
    case Statement::Kind::kDropDatabase: {
      const auto& drop = As<DropDatabaseStatement>(statement);
      Text(drop.if_exists ? "DROP DATABASE IF EXISTS " : "DROP DATABASE ");
      Name(drop.name);
      return true;
    }
    case Statement::Kind::kCreateTable:
      PrintCreateTable(As<CreateTableStatement>(statement));
      return true;
    case Statement::Kind::kAlterTable:
      PrintAlterTable(As<AlterTableStatement>(statement));
      return true;
    case Statement::Kind::kDropTable: {
      const auto& drop = As<DropTableStatement>(statement);
      Text(drop.temporary ? "DROP TEMPORARY TABLE " : "DROP TABLE ");
      if (drop.if_exists) Text("IF EXISTS ");
      TableNames(drop.tables);
      return true;
    }
    case Statement::Kind::kTruncateTable:
      Text("TRUNCATE TABLE ");
      Name(As<TruncateTableStatement>(statement).table);
      return true;
    case Statement::Kind::kRenameTable:
      Text("RENAME TABLE ");
      Separated(As<RenameTableStatement>(statement).items, ", ", [&](const RenameItem& item) {
        Name(item.from);
        Text(" TO ");
        Name(item.to);
      });
      return true;
    case Statement::Kind::kCreateIndex: {
      const auto& create = As<CreateIndexStatement>(statement);
      constexpr std::string_view kTypes[] = {"", "UNIQUE ", "", "FULLTEXT ", "SPATIAL ", ""};
      KeyDefinition tail = *create.key;
      Text("CREATE ");
      Text(kTypes[static_cast<size_t>(tail.type)]);
      Text("INDEX ");
      Name(tail.name);
      Text(" ON ");
      Name(create.table);
      // The rest is that of a KEY without its first word and name.
      tail.type = KeyType::kIndex;
      tail.name = {};
      const size_t begin = out_.size();
      Print(tail);
      out_.erase(begin, std::string_view("KEY").size());
      PrintAlgorithmAndLock(create.algorithm, create.lock, "");
      return true;
    }
    case Statement::Kind::kDropIndex: {
      const auto& drop = As<DropIndexStatement>(statement);
      Text("DROP INDEX ");
      Name(drop.name);
      Text(" ON ");
      Name(drop.table);
      PrintAlgorithmAndLock(drop.algorithm, drop.lock, "");
      return true;
    }
    case Statement::Kind::kCreateView:
      PrintView(As<CreateViewStatement>(statement));
      return true;
    case Statement::Kind::kDropView: {
      const auto& drop = As<DropViewStatement>(statement);
      Text(drop.if_exists ? "DROP VIEW IF EXISTS " : "DROP VIEW ");
      TableNames(drop.views);
      return true;
    }
    case Statement::Kind::kCreateRoutine:
      Text(As<CreateRoutineStatement>(statement).text);
      return true;
    case Statement::Kind::kAlterRoutine:
      Text(As<AlterRoutineStatement>(statement).text);
      return true;
    case Statement::Kind::kDropRoutine: {
      const auto& drop = As<DropRoutineStatement>(statement);
      Text("DROP ");
      Text(kRoutineWords[static_cast<size_t>(drop.routine)]);
      Text(drop.if_exists ? " IF EXISTS " : " ");
      Name(drop.name);
      return true;
    }
    default:
      return false;
  }
}

}  // namespace sixfold::sql
