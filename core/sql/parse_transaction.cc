// Transactions, table locks, XA, prepared statements, SIGNAL and GET DIAGNOSTICS.
#include "core/sql/parser_impl.h"

namespace sixfold::sql {

Statement* Parser::ParseStartTransaction() {
  StartTransactionStatement* start = New<StartTransactionStatement>();
  Expect(K::kStart, K::kTransaction);
  if (AtEnd()) return Finish(start);
  do {
    if (Accept(K::kWith)) {
      Expect(K::kConsistent, K::kSnapshot);
      start->consistent_snapshot = true;
    } else {
      Expect(K::kRead);
      const bool only = Accept(K::kOnly);
      if (!only) Expect(K::kWrite);
      const AccessMode access = only ? AccessMode::kReadOnly : AccessMode::kReadWrite;
      if (start->access != AccessMode::kNotWritten && start->access != access) SyntaxError();
      start->access = access;
    }
  } while (Accept(T::kComma));
  return Finish(start);
}

Statement* Parser::ParseBegin() {
  StartTransactionStatement* start = New<StartTransactionStatement>();
  Expect(K::kBegin);
  Accept(K::kWork);
  return Finish(start);
}

Statement* Parser::ParseCommit() {
  CommitStatement* commit = New<CommitStatement>();
  Expect(K::kCommit);
  Accept(K::kWork);
  commit->chain = OptionalChain();
  commit->release = OptionalRelease();
  return Finish(commit);
}

Statement* Parser::ParseRollback() {
  const uint32_t begin = token_.begin;
  Expect(K::kRollback);
  Accept(K::kWork);
  if (Accept(K::kTo)) {
    auto* rollback = arena_->New<RollbackToSavepointStatement>();
    rollback->span.begin = begin;
    Accept(K::kSavepoint);
    rollback->name = Identifier();
    return Finish(rollback);
  }
  RollbackStatement* rollback = arena_->New<RollbackStatement>();
  rollback->span.begin = begin;
  rollback->chain = OptionalChain();
  rollback->release = OptionalRelease();
  return Finish(rollback);
}

Statement* Parser::ParseRelease() {
  auto* release = New<ReleaseSavepointStatement>();
  Expect(K::kRelease);
  Expect(K::kSavepoint);
  release->name = Identifier();
  return Finish(release);
}

Statement* Parser::ParseLock() {
  const uint32_t begin = token_.begin;
  Expect(K::kLock);
  if (Accept(K::kInstance)) {
    LockInstanceStatement* lock = arena_->New<LockInstanceStatement>();
    lock->span.begin = begin;
    Expect(K::kFor);
    Expect(K::kBackup);
    return Finish(lock);
  }
  if (!Accept(K::kTable)) Expect(K::kTables);
  LockTablesStatement* lock = arena_->New<LockTablesStatement>();
  lock->span.begin = begin;
  do {
    LockTableItem item;
    item.table = QualifiedName();
    item.alias = OptionalAlias();
    if (Accept(K::kRead)) {
      item.lock = Accept(K::kLocal) ? TableLock::kReadLocal : TableLock::kRead;
    } else {
      Accept(K::kLowPriority);
      Expect(K::kWrite);
      item.lock = TableLock::kWrite;
    }
    Add(&lock->items, item);
  } while (Accept(T::kComma));
  return Finish(lock);
}

Statement* Parser::ParseUnlock() {
  const uint32_t begin = token_.begin;
  Expect(K::kUnlock);
  Statement* statement = nullptr;
  if (Accept(K::kInstance)) {
    LockInstanceStatement* unlock = arena_->New<LockInstanceStatement>();
    unlock->unlock = true;
    statement = unlock;
  } else {
    if (!Accept(K::kTable)) Expect(K::kTables);
    statement = arena_->New<UnlockTablesStatement>();
  }
  statement->span.begin = begin;
  return Finish(statement);
}

void Parser::ParseXid(XaStatement* xa) {
  const auto part = [this] {
    if (Is(T::kHex) || Is(T::kBit)) return ParseHexOrBit()->text;
    return String();
  };
  xa->gtrid = part();
  if (!Accept(T::kComma)) return;
  xa->bqual = part();
  if (Accept(T::kComma)) xa->format_id = UnsignedInteger();
}

Statement* Parser::ParseXa() {
  XaStatement* xa = New<XaStatement>();
  Expect(K::kXa);
  if (Accept(K::kStart) || Accept(K::kBegin)) {
    xa->command = XaCommand::kStart;
    ParseXid(xa);
    xa->join = Accept(K::kJoin);
    if (!xa->join) xa->resume = Accept(K::kResume);
  } else if (Accept(K::kEnd)) {
    xa->command = XaCommand::kEnd;
    ParseXid(xa);
    xa->suspend = Accept(K::kSuspend);
    if (xa->suspend && Accept(K::kFor)) {
      Expect(K::kMigrate);
      xa->for_migrate = true;
    }
  } else if (Accept(K::kPrepare)) {
    xa->command = XaCommand::kPrepare;
    ParseXid(xa);
  } else if (Accept(K::kCommit)) {
    xa->command = XaCommand::kCommit;
    ParseXid(xa);
    if (Accept(K::kOne)) {
      Expect(K::kPhase);
      xa->one_phase = true;
    }
  } else if (Accept(K::kRollback)) {
    xa->command = XaCommand::kRollback;
    ParseXid(xa);
  } else {
    Expect(K::kRecover);
    xa->command = XaCommand::kRecover;
    if (Accept(K::kConvert)) {
      Expect(K::kXid);
      xa->convert_xid = true;
    }
  }
  return Finish(xa);
}

// Behind SET [scope], at TRANSACTION.
Statement* Parser::ParseSetTransaction(VariableScope scope) {
  SetTransactionStatement* set = New<SetTransactionStatement>();
  set->scope = scope;
  Expect(K::kTransaction);
  do {
    if (Accept(K::kIsolation)) {
      if (set->isolation != IsolationLevel::kNotWritten) SyntaxError();
      Expect(K::kLevel);
      if (Accept(K::kRead)) {
        const bool committed = Accept(K::kCommitted);
        if (!committed) Expect(K::kUncommitted);
        set->isolation =
            committed ? IsolationLevel::kReadCommitted : IsolationLevel::kReadUncommitted;
      } else if (Accept(K::kRepeatable)) {
        Expect(K::kRead);
        set->isolation = IsolationLevel::kRepeatableRead;
      } else {
        Expect(K::kSerializable);
        set->isolation = IsolationLevel::kSerializable;
      }
    } else {
      if (set->access != AccessMode::kNotWritten) SyntaxError();
      Expect(K::kRead);
      const bool only = Accept(K::kOnly);
      if (!only) Expect(K::kWrite);
      set->access = only ? AccessMode::kReadOnly : AccessMode::kReadWrite;
    }
  } while (Accept(T::kComma));
  return Finish(set);
}

Statement* Parser::ParsePrepare() {
  PrepareStatement* prepare = New<PrepareStatement>();
  Expect(K::kPrepare);
  prepare->name = Identifier();
  Expect(K::kFrom);
  if (Is(T::kUserVariable)) {
    prepare->from_variable = true;
    prepare->variable = lexer_.Value(token_, arena_);
    Advance();
  } else {
    prepare->text = String();
  }
  return Finish(prepare);
}

Statement* Parser::ParseExecute() {
  ExecuteStatement* execute = New<ExecuteStatement>();
  Expect(K::kExecute);
  execute->name = Identifier();
  if (Accept(K::kUsing)) {
    do {
      if (!Is(T::kUserVariable)) SyntaxError();
      Add(&execute->using_variables, lexer_.Value(token_, arena_));
      Advance();
    } while (Accept(T::kComma));
  }
  return Finish(execute);
}

// DEALLOCATE PREPARE, DROP PREPARE; at the first word.
Statement* Parser::ParseDeallocate() {
  DeallocateStatement* deallocate = New<DeallocateStatement>();
  Advance();
  Expect(K::kPrepare);
  deallocate->name = Identifier();
  return Finish(deallocate);
}

std::string_view Parser::ConditionItemName() {
  switch (token_.keyword) {
    case K::kClassOrigin:
    case K::kSubclassOrigin:
    case K::kConstraintCatalog:
    case K::kConstraintSchema:
    case K::kConstraintName:
    case K::kCatalogName:
    case K::kSchemaName:
    case K::kTableName:
    case K::kColumnName:
    case K::kCursorName:
    case K::kMessageText:
    case K::kMysqlErrno:
    case K::kReturnedSqlstate:
      break;
    default:
      SyntaxError();
  }
  const std::string_view name = InfoOf(token_.keyword).text;
  Advance();
  return name;
}

Statement* Parser::ParseSignal(bool resignal) {
  SignalStatement* signal = New<SignalStatement>();
  signal->resignal = resignal;
  Advance();
  if (Accept(K::kSqlstate)) {
    Accept(K::kValue);
    signal->has_sqlstate = true;
    signal->sqlstate = String();
  } else if (IsIdentifier()) {
    signal->condition = Identifier();
  } else if (!resignal) {
    SyntaxError();
  }
  if (Accept(K::kSet)) {
    do {
      SignalItem item;
      item.name = ConditionItemName();
      Expect(T::kEqual);
      item.value = ParseUnary();
      Add(&signal->items, item);
    } while (Accept(T::kComma));
  }
  return Finish(signal);
}

Statement* Parser::ParseGetDiagnostics() {
  GetDiagnosticsStatement* get = New<GetDiagnosticsStatement>();
  Expect(K::kGet);
  get->stacked = Accept(K::kStacked);
  if (!get->stacked) Accept(K::kCurrent);
  Expect(K::kDiagnostics);
  if (Accept(K::kCondition)) get->condition = ParseUnary();
  do {
    DiagnosticsItem item;
    if (Is(T::kUserVariable)) {
      UserVariable* variable = New<UserVariable>();
      variable->name = lexer_.Value(token_, arena_);
      Advance();
      item.target = Finish(variable);
    } else {
      item.target = Column();
    }
    Expect(T::kEqual);
    if (get->condition == nullptr && (Is(K::kNumber) || Is(K::kRowCount))) {
      item.name = InfoOf(token_.keyword).text;
      Advance();
    } else {
      if (get->condition == nullptr) SyntaxError();
      item.name = ConditionItemName();
    }
    Add(&get->items, item);
  } while (Accept(T::kComma));
  return Finish(get);
}

}  // namespace sixfold::sql
