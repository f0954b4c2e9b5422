// ALTER TABLE.
#include "core/sql/printer_impl.h"

namespace sixfold::sql {

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

}  // namespace sixfold::sql
