// Table options and partitions.
#include "core/sql/printer_impl.h"

namespace sixfold::sql {
namespace {

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

}  // namespace

std::string PrintPartitioning(const PartitionClause& clause, const PrintOptions& options) {
  Printer printer(options);
  printer.Print(clause);
  return printer.Take();
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

}  // namespace sixfold::sql
