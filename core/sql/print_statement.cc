// Statements that change data, transactions, prepared statements.
#include "core/sql/printer_impl.h"

namespace sixfold::sql {

std::string PrintStatement(const Statement& statement, const PrintOptions& options) {
  Printer printer(options);
  printer.Print(statement);
  return printer.Take();
}

void Printer::Print(const Statement& statement) {
  switch (statement.kind) {
    case Statement::Kind::kSelect:
      return Print(*As<SelectStatement>(statement).query);
    case Statement::Kind::kInsert:
      return PrintInsert(As<InsertStatement>(statement));
    case Statement::Kind::kUpdate:
      return PrintUpdate(As<UpdateStatement>(statement));
    case Statement::Kind::kDelete:
      return PrintDelete(As<DeleteStatement>(statement));
    case Statement::Kind::kLoadData:
      return PrintLoad(As<LoadDataStatement>(statement));
    case Statement::Kind::kCall: {
      const auto& call = As<CallStatement>(statement);
      Text("call ");
      Name(call.procedure);
      Text("(");
      Expressions(call.arguments);
      return Text(")");
    }
    case Statement::Kind::kDo:
      if (As<DoStatement>(statement).expressions.empty()) return Text("/* */");
      Text("do ");
      return Expressions(As<DoStatement>(statement).expressions);
    case Statement::Kind::kHandler:
      return Text(As<HandlerStatement>(statement).text);
    case Statement::Kind::kUnsupported:
      return Text(As<UnsupportedStatement>(statement).what);
    default:
      break;
  }
  if (PrintTransaction(statement) || PrintPrepared(statement) || PrintDefinition(statement) ||
      PrintAdministration(statement) || PrintUserStatement(statement)) {
    return;
  }
  CHECK(false, "no printer for statement kind {}", static_cast<int>(statement.kind));
}

void Printer::PrintAssignments(const List<Assignment>& assignments) {
  Separated(assignments, ",", [&](const Assignment& assignment) {
    Print(*assignment.column);
    Text(" = ");
    Print(*assignment.value);
  });
}

void Printer::PrintInsert(const InsertStatement& insert) {
  Text(insert.replace ? "replace " : "insert ");
  constexpr std::string_view kPriorities[] = {"", "low_priority ", "high_priority ", "delayed "};
  Text(kPriorities[static_cast<size_t>(insert.priority)]);
  if (insert.ignore) Text("ignore ");
  Text("into ");
  Name(insert.table);
  if (!insert.partitions.empty()) {
    Text(" PARTITION ");
    NamesInParentheses(insert.partitions);
  }
  if (insert.has_column_list) {
    Text(" (");
    Separated(insert.columns, ",", [&](const ColumnReference* column) { Print(*column); });
    Text(")");
  }
  if (insert.query != nullptr) {
    Text(" ");
    Print(*insert.query);
  } else {
    Text(" values ");
    Separated(insert.rows, ",", [&](const RowExpression* row) { PrintRow(*row, "("); });
  }
  if (!insert.row_alias.empty()) {
    Text(" as ");
    Name(insert.row_alias);
    if (!insert.row_alias_columns.empty()) NamesInParentheses(insert.row_alias_columns);
  }
  if (!insert.on_duplicate.empty()) {
    Text(" on duplicate key update ");
    PrintAssignments(insert.on_duplicate);
  }
}

void Printer::PrintUpdate(const UpdateStatement& update) {
  PrintWith(update.recursive, update.with);
  Text("update ");
  if (update.low_priority) Text("low_priority ");
  if (update.ignore) Text("ignore ");
  Print(*update.tables);
  Text(" set ");
  PrintAssignments(update.assignments);
  if (update.where != nullptr) {
    Text(" where ");
    Print(*update.where);
  }
  if (!update.order_by.empty()) {
    Text(" order by ");
    PrintOrder(update.order_by);
  }
  if (update.limit != nullptr) {
    Text(" limit ");
    Print(*update.limit);
  }
}

void Printer::PrintDelete(const DeleteStatement& remove) {
  PrintWith(remove.recursive, remove.with);
  Text("delete ");
  if (remove.low_priority) Text("low_priority ");
  if (remove.quick) Text("quick ");
  if (remove.ignore) Text("ignore ");
  if (!remove.targets.empty()) {
    TableNames(remove.targets);
    Text(" ");
  }
  Text("from ");
  if (remove.targets.empty()) {
    // The single-table form takes its alias before PARTITION.
    BaseTable table = As<BaseTable>(*remove.tables);
    const List<std::string_view> partitions = table.partitions;
    table.partitions = {};
    PrintBase(table);
    if (!partitions.empty()) {
      Text(" PARTITION ");
      NamesInParentheses(partitions);
    }
  } else {
    Print(*remove.tables);
  }
  if (remove.where != nullptr) {
    Text(" where ");
    Print(*remove.where);
  }
  if (!remove.order_by.empty()) {
    Text(" order by ");
    PrintOrder(remove.order_by);
  }
  if (remove.limit != nullptr) {
    Text(" limit ");
    Print(*remove.limit);
  }
}

void Printer::PrintLoad(const LoadDataStatement& load) {
  Text(load.xml ? "load xml " : "load data ");
  if (load.from_s3) {
    Text("from s3 ");
  } else {
    if (load.priority == StatementPriority::kLow) Text("low_priority ");
    if (load.concurrent) Text("concurrent ");
    if (load.local) Text("local ");
    Text("infile ");
  }
  Quoted(load.file);
  constexpr std::string_view kDuplicates[] = {"", " replace", " ignore"};
  Text(kDuplicates[static_cast<size_t>(load.duplicates)]);
  Text(" into table ");
  Name(load.table);
  if (!load.partitions.empty()) {
    Text(" PARTITION ");
    NamesInParentheses(load.partitions);
  }
  if (!load.charset.empty()) {
    Text(" character set ");
    Word(load.charset);
  }
  if (!load.xml_row_tag.empty()) {
    Text(" rows identified by ");
    Quoted(load.xml_row_tag);
  }
  PrintFileFormat(load.format);
  if (load.ignore_lines != 0) {
    Text(" ignore ");
    Number(static_cast<int64_t>(load.ignore_lines));
    Text(" lines");
  }
  if (load.has_column_list) {
    Text(" (");
    Expressions(load.targets);
    Text(")");
  }
  if (!load.assignments.empty()) {
    Text(" set ");
    PrintAssignments(load.assignments);
  }
}

void Printer::PrintChain(YesNo chain, YesNo release) {
  if (chain != YesNo::kNotWritten) Text(chain == YesNo::kYes ? " and chain" : " and no chain");
  if (release != YesNo::kNotWritten) Text(release == YesNo::kYes ? " release" : " no release");
}

bool Printer::PrintTransaction(const Statement& statement) {
  switch (statement.kind) {
    case Statement::Kind::kStartTransaction: {
      const auto& start = As<StartTransactionStatement>(statement);
      Text("start transaction");
      if (start.consistent_snapshot) Text(" with consistent snapshot");
      if (start.consistent_snapshot && start.access != AccessMode::kNotWritten) Text(",");
      if (start.access == AccessMode::kReadOnly) Text(" read only");
      if (start.access == AccessMode::kReadWrite) Text(" read write");
      return true;
    }
    case Statement::Kind::kCommit:
      Text("commit");
      PrintChain(As<CommitStatement>(statement).chain, As<CommitStatement>(statement).release);
      return true;
    case Statement::Kind::kRollback:
      Text("rollback");
      PrintChain(As<RollbackStatement>(statement).chain, As<RollbackStatement>(statement).release);
      return true;
    case Statement::Kind::kSavepoint:
      Text("savepoint ");
      Name(As<SavepointStatement>(statement).name);
      return true;
    case Statement::Kind::kRollbackToSavepoint:
      Text("rollback to ");
      Name(As<RollbackToSavepointStatement>(statement).name);
      return true;
    case Statement::Kind::kReleaseSavepoint:
      Text("release savepoint ");
      Name(As<ReleaseSavepointStatement>(statement).name);
      return true;
    case Statement::Kind::kSetTransaction: {
      const auto& set = As<SetTransactionStatement>(statement);
      constexpr std::string_view kLevels[] = {"", "read uncommitted", "read committed",
                                              "repeatable read", "serializable"};
      Text("set ");
      if (set.scope == VariableScope::kGlobal) Text("global ");
      if (set.scope == VariableScope::kSession) Text("session ");
      Text("transaction ");
      if (set.isolation != IsolationLevel::kNotWritten) {
        Text("isolation level ");
        Text(kLevels[static_cast<size_t>(set.isolation)]);
        if (set.access != AccessMode::kNotWritten) Text(", ");
      }
      if (set.access == AccessMode::kReadOnly) Text("read only");
      if (set.access == AccessMode::kReadWrite) Text("read write");
      return true;
    }
    case Statement::Kind::kLockTables:
      Text("lock tables ");
      Separated(As<LockTablesStatement>(statement).items, ",", [&](const LockTableItem& item) {
        constexpr std::string_view kLocks[] = {" read", " read local", " write"};
        Name(item.table);
        if (!item.alias.empty()) {
          Text(" ");
          Name(item.alias);
        }
        Text(kLocks[static_cast<size_t>(item.lock)]);
      });
      return true;
    case Statement::Kind::kUnlockTables:
      Text("unlock tables");
      return true;
    case Statement::Kind::kLockInstance:
      Text(As<LockInstanceStatement>(statement).unlock ? "unlock instance"
                                                       : "lock instance for backup");
      return true;
    case Statement::Kind::kXa:
      PrintXa(As<XaStatement>(statement));
      return true;
    default:
      return false;
  }
}

void Printer::PrintXa(const XaStatement& xa) {
  constexpr std::string_view kCommands[] = {"start",  "end",      "prepare",
                                            "commit", "rollback", "recover"};
  Text("xa ");
  Text(kCommands[static_cast<size_t>(xa.command)]);
  if (xa.command == XaCommand::kRecover) {
    if (xa.convert_xid) Text(" convert xid");
    return;
  }
  Text(" ");
  Quoted(xa.gtrid);
  Text(",");
  Quoted(xa.bqual);
  Text(",");
  Number(static_cast<int64_t>(xa.format_id));
  if (xa.join) Text(" join");
  if (xa.resume) Text(" resume");
  if (xa.suspend) Text(" suspend");
  if (xa.for_migrate) Text(" for migrate");
  if (xa.one_phase) Text(" one phase");
}

bool Printer::PrintPrepared(const Statement& statement) {
  switch (statement.kind) {
    case Statement::Kind::kPrepare: {
      const auto& prepare = As<PrepareStatement>(statement);
      Text("prepare ");
      Name(prepare.name);
      Text(" from ");
      if (prepare.from_variable) {
        Text("@");
        Name(prepare.variable);
      } else {
        Quoted(prepare.text);
      }
      return true;
    }
    case Statement::Kind::kExecute: {
      const auto& execute = As<ExecuteStatement>(statement);
      Text("execute ");
      Name(execute.name);
      if (!execute.using_variables.empty()) {
        Text(" using ");
        Separated(execute.using_variables, ",", [&](std::string_view name) {
          Text("@");
          Name(name);
        });
      }
      return true;
    }
    case Statement::Kind::kDeallocate:
      Text("deallocate prepare ");
      Name(As<DeallocateStatement>(statement).name);
      return true;
    case Statement::Kind::kSignal: {
      const auto& signal = As<SignalStatement>(statement);
      Text(signal.resignal ? "resignal" : "signal");
      if (signal.has_sqlstate) {
        Text(" sqlstate ");
        Quoted(signal.sqlstate);
      } else if (!signal.condition.empty()) {
        Text(" ");
        Name(signal.condition);
      }
      if (!signal.items.empty()) {
        Text(" set ");
        Separated(signal.items, ",", [&](const SignalItem& item) {
          Text(item.name);
          Text(" = ");
          Print(*item.value);
        });
      }
      return true;
    }
    case Statement::Kind::kGetDiagnostics: {
      const auto& get = As<GetDiagnosticsStatement>(statement);
      Text(get.stacked ? "get stacked diagnostics " : "get diagnostics ");
      if (get.condition != nullptr) {
        Text("condition ");
        Print(*get.condition);
        Text(" ");
      }
      Separated(get.items, ",", [&](const DiagnosticsItem& item) {
        Print(*item.target);
        Text(" = ");
        Text(item.name);
      });
      return true;
    }
    default:
      return false;
  }
}

}  // namespace sixfold::sql
