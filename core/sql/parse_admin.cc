// The dispatch by a statement's first word; DESCRIBE, EXPLAIN, USE, KILL, FLUSH, table maintenance.
#include "core/sql/parser_impl.h"

namespace sixfold::sql {

Statement* Parser::ParseStatement() {
  if (Is(T::kLeftParen)) return ParseSelectStatement();
  if (!Is(T::kIdentifier)) SyntaxError();
  return ParseStatementByKeyword();
}

Statement* Parser::ParseStatementByKeyword() {
  switch (token_.keyword) {
    case K::kSelect:
    case K::kValues:
    case K::kTable:
      return ParseSelectStatement();
    case K::kWith: {
      Statement* statement = nullptr;
      ParseWithStatement(&statement);
      return statement;
    }
    case K::kInsert:
      return ParseInsert(false);
    case K::kReplace:
      return ParseInsert(true);
    case K::kUpdate:
      return ParseUpdate();
    case K::kDelete:
      return ParseDelete();
    case K::kLoad:
      if (PeekIs(1, K::kIndex)) return Unsupported("LOAD INDEX INTO CACHE");
      return ParseLoadData();
    case K::kCall:
      return ParseCall();
    case K::kDo:
      return ParseDo();
    case K::kHandler:
      return ParseHandler();
    case K::kStart:
      if (PeekIs(1, K::kTransaction)) return ParseStartTransaction();
      if (PeekIs(1, K::kReplica) || PeekIs(1, K::kSlave) || PeekIs(1, K::kGroupReplication)) {
        return Unsupported("START REPLICA");
      }
      Advance();
      SyntaxError();
    case K::kStop:
      if (PeekIs(1, K::kReplica) || PeekIs(1, K::kSlave) || PeekIs(1, K::kGroupReplication)) {
        return Unsupported("STOP REPLICA");
      }
      Advance();
      SyntaxError();
    case K::kBegin:
      return ParseBegin();
    case K::kCommit:
      return ParseCommit();
    case K::kRollback:
      return ParseRollback();
    case K::kSavepoint: {
      SavepointStatement* savepoint = New<SavepointStatement>();
      Advance();
      savepoint->name = Identifier();
      return Finish(savepoint);
    }
    case K::kRelease:
      return ParseRelease();
    case K::kLock:
      return ParseLock();
    case K::kUnlock:
      return ParseUnlock();
    case K::kXa:
      return ParseXa();
    case K::kSet:
      return ParseSet();
    case K::kShow:
      return ParseShow();
    case K::kDescribe:
    case K::kDesc:
    case K::kExplain:
      return ParseDescribe();
    case K::kUse:
      return ParseUse();
    case K::kKill:
      return ParseKill();
    case K::kFlush:
      return ParseFlush();
    case K::kAnalyze:
      return ParseMaintain(MaintainKind::kAnalyze);
    case K::kCheck:
      return ParseMaintain(MaintainKind::kCheck);
    case K::kChecksum:
      return ParseMaintain(MaintainKind::kChecksum);
    case K::kOptimize:
      return ParseMaintain(MaintainKind::kOptimize);
    case K::kRepair:
      return ParseMaintain(MaintainKind::kRepair);
    case K::kCreate:
      return ParseCreate();
    case K::kDrop:
      return ParseDrop();
    case K::kAlter:
      return ParseAlter();
    case K::kTruncate:
      return ParseTruncate();
    case K::kRename:
      return ParseRename();
    case K::kPrepare:
      return ParsePrepare();
    case K::kExecute:
      return ParseExecute();
    case K::kDeallocate:
      return ParseDeallocate();
    case K::kSignal:
      return ParseSignal(false);
    case K::kResignal:
      return ParseSignal(true);
    case K::kGet:
      return ParseGetDiagnostics();
    case K::kGrant:
      return ParseGrant();
    case K::kRevoke:
      return ParseRevoke();
    case K::kHelp:
      return ParseHelp();
    case K::kShutdown: {
      ShutdownStatement* shutdown = New<ShutdownStatement>();
      Advance();
      return Finish(shutdown);
    }
    case K::kRestart: {
      RestartStatement* restart = New<RestartStatement>();
      Advance();
      return Finish(restart);
    }
    case K::kBinlog:
      return Unsupported("BINLOG");
    case K::kCache:
      return Unsupported("CACHE INDEX");
    case K::kChange:
      return Unsupported("CHANGE REPLICATION SOURCE");
    case K::kClone:
      return Unsupported("CLONE");
    case K::kImport:
      return Unsupported("IMPORT TABLE");
    case K::kInstall:
      return Unsupported("INSTALL PLUGIN");
    case K::kUninstall:
      return Unsupported("UNINSTALL PLUGIN");
    case K::kPurge:
      return Unsupported("PURGE BINARY LOGS");
    case K::kReset:
      return ParseReset();
    default:
      SyntaxError();
  }
}

Statement* Parser::ParseReset() {
  if (!PeekIs(1, K::kPersist)) return Unsupported("RESET");
  ResetPersistStatement* reset = New<ResetPersistStatement>();
  Advance();
  Advance();
  reset->if_exists = AcceptIfExists();
  if (reset->if_exists || IsIdentifier()) reset->name = AnyWord();
  if (Accept(T::kDot)) reset->name = AnyWord();
  return Finish(reset);
}

// DESCRIBE | DESC | EXPLAIN
Statement* Parser::ParseDescribe() {
  const uint32_t begin = token_.begin;
  Advance();
  ExplainStatement* explain = New<ExplainStatement>();
  explain->span.begin = begin;
  explain->analyze = Accept(K::kAnalyze);
  if (Is(K::kFormat) && PeekIs(1, T::kEqual)) {
    Advance();
    Advance();
    const std::string_view format = Upper(IdentifierOrString());
    if (format == "JSON") {
      explain->format = ExplainFormat::kJson;
    } else if (format == "TREE") {
      explain->format = ExplainFormat::kTree;
    } else if (format == "TRADITIONAL") {
      explain->format = ExplainFormat::kTraditional;
    } else {
      SyntaxError();
    }
    return ParseExplainTail(explain);
  }
  if ((Is(K::kExtended) || Is(K::kPartitions)) && !PeekIs(1, T::kEnd) && !PeekIs(1, T::kDot)) {
    Advance();
    return ParseExplainTail(explain);
  }
  switch (token_.keyword) {
    case K::kSelect:
    case K::kInsert:
    case K::kReplace:
    case K::kUpdate:
    case K::kDelete:
    case K::kWith:
    case K::kTable:
    case K::kValues:
    case K::kFor:
      return ParseExplainTail(explain);
    default:
      break;
  }
  if (Is(T::kLeftParen) || explain->analyze) return ParseExplainTail(explain);
  DescribeStatement* describe = arena_->New<DescribeStatement>();
  describe->span.begin = begin;
  describe->table = QualifiedName();
  if (!AtEnd()) describe->column = IdentifierOrString();
  return Finish(describe);
}

Statement* Parser::ParseExplainTail(ExplainStatement* explain) {
  if (Accept(K::kFor)) {
    Expect(K::kConnection);
    explain->connection = ParseUnary();
    return Finish(explain);
  }
  switch (token_.keyword) {
    case K::kSelect:
    case K::kInsert:
    case K::kReplace:
    case K::kUpdate:
    case K::kDelete:
    case K::kWith:
    case K::kTable:
    case K::kValues:
      break;
    default:
      if (!Is(T::kLeftParen)) SyntaxError();
  }
  const uint32_t begin = token_.begin;
  explain->statement = ParseStatement();
  explain->statement->span.begin = begin;
  return Finish(explain);
}

Statement* Parser::ParseUse() {
  UseStatement* use = New<UseStatement>();
  Expect(K::kUse);
  use->schema = Identifier();
  return Finish(use);
}

Statement* Parser::ParseKill() {
  KillStatement* kill = New<KillStatement>();
  Expect(K::kKill);
  if (!Accept(K::kConnection)) kill->query_only = Accept(K::kQuery);
  kill->id = ParseExpr();
  return Finish(kill);
}

// Behind TABLES: the list and what follows it.
void Parser::ParseFlushTables(FlushStatement* flush) {
  Add(&flush->kinds, FlushKind::kTables);
  if (IsIdentifier()) {
    do {
      Add(&flush->tables, QualifiedName());
    } while (Accept(T::kComma));
  }
  if (Accept(K::kWith)) {
    Expect(K::kRead);
    Expect(K::kLock);
    flush->with_read_lock = true;
  } else if (Accept(K::kFor)) {
    Expect(K::kExport);
    flush->for_export = true;
  }
}

Statement* Parser::ParseFlush() {
  FlushStatement* flush = New<FlushStatement>();
  Expect(K::kFlush);
  if (Is(K::kNoWriteToBinlog) || Is(K::kLocal)) {
    flush->no_binlog = true;
    Advance();
  }
  if (Accept(K::kTables) || Accept(K::kTable)) {
    ParseFlushTables(flush);
    return Finish(flush);
  }
  do {
    if (Is(K::kError) || Is(K::kEngine) || Is(K::kGeneral) || Is(K::kSlow) || Is(K::kBinary) ||
        Is(K::kRelay)) {
      Advance();
      Expect(K::kLogs);
      if (Accept(K::kFor)) {
        Expect(K::kChannel);
        IdentifierOrString();
      }
      Add(&flush->kinds, FlushKind::kLogs);
    } else if (Accept(K::kLogs)) {
      Add(&flush->kinds, FlushKind::kLogs);
    } else if (Accept(K::kPrivileges)) {
      Add(&flush->kinds, FlushKind::kPrivileges);
    } else if (Accept(K::kStatus)) {
      Add(&flush->kinds, FlushKind::kStatus);
    } else if (Accept(K::kHosts)) {
      Add(&flush->kinds, FlushKind::kHosts);
    } else if (Accept(K::kUserResources)) {
      Add(&flush->kinds, FlushKind::kUserResources);
    } else {
      Expect(K::kOptimizerCosts);
      Add(&flush->kinds, FlushKind::kOptimizerCosts);
    }
  } while (Accept(T::kComma));
  return Finish(flush);
}

Statement* Parser::ParseMaintain(MaintainKind kind) {
  MaintainTableStatement* maintain = New<MaintainTableStatement>();
  maintain->maintain = kind;
  Advance();
  if (kind != MaintainKind::kCheck && kind != MaintainKind::kChecksum &&
      (Is(K::kNoWriteToBinlog) || Is(K::kLocal))) {
    maintain->no_binlog = true;
    Advance();
  }
  if (!Accept(K::kTable)) Expect(K::kTables);
  do {
    Add(&maintain->tables, QualifiedName());
  } while (Accept(T::kComma));
  if (kind == MaintainKind::kAnalyze && (Is(K::kUpdate) || Is(K::kDrop))) {
    maintain->update_histogram = Is(K::kUpdate);
    maintain->drop_histogram = Is(K::kDrop);
    Advance();
    Expect(K::kHistogram);
    Expect(K::kOn);
    maintain->histogram_columns = NameList();
    if (maintain->update_histogram && Accept(K::kWith)) {
      maintain->histogram_buckets = UnsignedInteger();
      Expect(K::kBuckets);
    } else if (maintain->update_histogram && Accept(K::kUsing)) {
      Expect(K::kData);
      maintain->histogram_data = String();
    }
    return Finish(maintain);
  }
  const bool takes_options = kind == MaintainKind::kCheck || kind == MaintainKind::kChecksum ||
                             kind == MaintainKind::kRepair;
  while (takes_options && !AtEnd()) {
    if (Accept(K::kFor)) {
      Expect(K::kUpgrade);
      maintain->for_upgrade = true;
    } else if (Accept(K::kQuick)) {
      maintain->quick = true;
    } else if (Accept(K::kFast)) {
      maintain->fast = true;
    } else if (Accept(K::kMedium)) {
      maintain->medium = true;
    } else if (Accept(K::kExtended)) {
      maintain->extended = true;
    } else if (Accept(K::kChanged)) {
      maintain->changed = true;
    } else {
      Expect(K::kUseFrm);
      maintain->use_frm = true;
    }
  }
  return Finish(maintain);
}

Statement* Parser::ParseHelp() {
  HelpStatement* help = New<HelpStatement>();
  Expect(K::kHelp);
  help->topic = Is(T::kString) ? String() : AnyWord();
  return Finish(help);
}

}  // namespace sixfold::sql
