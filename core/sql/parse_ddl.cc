// CREATE, DROP, ALTER, RENAME and TRUNCATE of everything but tables' insides.
#include <string>

#include "core/sql/parser_impl.h"

namespace sixfold::sql {

Statement* Parser::Unsupported(std::string_view what) {
  UnsupportedStatement* statement = New<UnsupportedStatement>();
  statement->what = what;
  while (!AtEnd()) {
    if (Is(T::kInvalid)) SyntaxError();
    Advance();
  }
  return Finish(statement);
}

Statement* Parser::ParseCreate() {
  const uint32_t begin = token_.begin;
  Expect(K::kCreate);
  Statement* statement = nullptr;
  switch (token_.keyword) {
    case K::kDatabase:
    case K::kSchema:
      statement = ParseCreateDatabase();
      break;
    case K::kTemporary:
      Advance();
      statement = ParseCreateTable(true);
      break;
    case K::kTable:
      statement = ParseCreateTable(false);
      break;
    case K::kUnique:
      Advance();
      statement = ParseCreateIndex(KeyType::kUnique);
      break;
    case K::kFulltext:
      Advance();
      statement = ParseCreateIndex(KeyType::kFulltext);
      break;
    case K::kSpatial:
      Advance();
      if (Is(K::kReference)) {
        statement = Unsupported("CREATE SPATIAL REFERENCE SYSTEM");
      } else {
        statement = ParseCreateIndex(KeyType::kSpatial);
      }
      break;
    case K::kIndex:
      statement = ParseCreateIndex(KeyType::kIndex);
      break;
    case K::kUser:
      statement = ParseCreateUser();
      break;
    case K::kRole:
      statement = ParseCreateRole();
      break;
    case K::kTablespace:
    case K::kUndo:
      statement = Unsupported("CREATE TABLESPACE");
      break;
    case K::kServer:
      statement = Unsupported("CREATE SERVER");
      break;
    case K::kLogfile:
      statement = Unsupported("CREATE LOGFILE GROUP");
      break;
    case K::kResource:
      statement = Unsupported("CREATE RESOURCE GROUP");
      break;
    default:
      statement = ParseCreateWithPrefix();
      break;
  }
  statement->span.begin = begin;
  if (auto* routine = TryAs<CreateRoutineStatement>(statement)) {
    routine->text = TextBetween(begin, previous_end_);
  }
  return statement;
}

// [OR REPLACE] [ALGORITHM …] [DEFINER …] [SQL SECURITY …] VIEW | PROCEDURE | FUNCTION | TRIGGER |
// EVENT. CREATE or ALTER has been taken.
Statement* Parser::ParseCreateWithPrefix() {
  CreateViewStatement* view = New<CreateViewStatement>();
  bool prefixed = false;
  if (Accept(K::kOr)) {
    if (Accept(K::kReplace)) {
      if (Is(K::kSpatial)) return Unsupported("CREATE SPATIAL REFERENCE SYSTEM");
      view->or_replace = true;
      prefixed = true;
    } else {
      SyntaxError();
    }
  }
  if (Accept(K::kAlgorithm)) {
    prefixed = true;
    Expect(T::kEqual);
    if (Accept(K::kUndefined)) {
      view->algorithm = ViewAlgorithm::kUndefined;
    } else if (Accept(K::kMerge)) {
      view->algorithm = ViewAlgorithm::kMerge;
    } else {
      Expect(K::kTemptable);
      view->algorithm = ViewAlgorithm::kTempTable;
    }
  }
  if (Accept(K::kDefiner)) {
    Expect(T::kEqual);
    view->has_definer = true;
    view->definer = Account();
  }
  if (Accept(K::kSql)) {
    prefixed = true;
    Expect(K::kSecurity);
    const bool invoker = Accept(K::kInvoker);
    if (!invoker) Expect(K::kDefiner);
    view->security = invoker ? SqlSecurity::kInvoker : SqlSecurity::kDefiner;
  }
  if (Is(K::kView)) return ParseCreateView(view);
  if (prefixed) SyntaxError();
  const uint32_t begin = view->span.begin;
  switch (token_.keyword) {
    case K::kProcedure:
      return ParseCreateRoutine(RoutineKind::kProcedure, view, begin);
    case K::kAggregate:
      Advance();
      if (!Is(K::kFunction)) SyntaxError();
      return ParseCreateRoutine(RoutineKind::kLoadableFunction, view, begin);
    case K::kFunction:
      return ParseCreateRoutine(RoutineKind::kFunction, view, begin);
    case K::kTrigger:
      return ParseCreateRoutine(RoutineKind::kTrigger, view, begin);
    case K::kEvent:
      return ParseCreateRoutine(RoutineKind::kEvent, view, begin);
    default:
      SyntaxError();
  }
}

// At VIEW.
Statement* Parser::ParseCreateView(CreateViewStatement* view) {
  Expect(K::kView);
  if (!view->alter) view->if_not_exists = AcceptIfNotExists();
  view->name = QualifiedName();
  if (Accept(T::kLeftParen)) {
    view->columns = NameList();
    Expect(T::kRightParen);
  }
  Expect(K::kAs);
  const uint32_t begin = token_.begin;
  view->query = ParseQuery();
  view->query_text = TextBetween(begin, previous_end_);
  if (Accept(K::kWith)) {
    view->check_option = Accept(K::kLocal) ? ViewCheckOption::kLocal : ViewCheckOption::kCascaded;
    if (view->check_option == ViewCheckOption::kCascaded) Accept(K::kCascaded);
    Expect(K::kCheck);
    Expect(K::kOption);
  }
  return Finish(view);
}

// At PROCEDURE, FUNCTION, TRIGGER or EVENT.
Statement* Parser::ParseCreateRoutine(RoutineKind kind, CreateViewStatement* prefix,
                                      uint32_t begin) {
  CreateRoutineStatement* routine = New<CreateRoutineStatement>();
  routine->span.begin = begin;
  routine->routine = kind;
  routine->has_definer = prefix->has_definer;
  routine->definer = prefix->definer;
  Advance();
  routine->if_not_exists = AcceptIfNotExists();
  routine->name = QualifiedName();
  const bool has_parameters = kind == RoutineKind::kProcedure || kind == RoutineKind::kFunction;
  if (has_parameters && !Is(T::kLeftParen) && !Is(K::kReturns)) SyntaxError();
  if (kind == RoutineKind::kFunction && Is(K::kReturns)) {
    routine->routine = RoutineKind::kLoadableFunction;
  }
  SkipRoutineBody();
  return Finish(routine);
}

// To the end of the statement, which is the first ';' outside BEGIN … END, IF … END IF and the
// like. A block's word counts only where a statement may begin.
void Parser::SkipRoutineBody() {
  int depth = 0;
  int parentheses = 0;
  bool in_header = true;
  bool may_begin = true;
  while (!Is(T::kEnd)) {
    if (Is(T::kInvalid)) SyntaxError();
    if (Is(T::kSemicolon)) {
      if (depth == 0) return;
      may_begin = true;
      Advance();
      continue;
    }
    if (Is(T::kLeftParen)) ++parentheses;
    if (Is(T::kRightParen)) --parentheses;
    const K word = token_.keyword;
    bool next_may_begin = false;
    switch (word) {
      case K::kBegin:
      case K::kIf:
      case K::kWhile:
      case K::kLoop:
      case K::kRepeat:
        if (may_begin && parentheses == 0) {
          ++depth;
          in_header = false;
          next_may_begin = word == K::kBegin || word == K::kLoop || word == K::kRepeat;
        }
        break;
      case K::kCase:
        ++depth;
        in_header = false;
        break;
      case K::kEnd:
        --depth;
        Advance();
        if (Is(K::kIf) || Is(K::kWhile) || Is(K::kLoop) || Is(K::kRepeat) || Is(K::kCase)) {
          Advance();
        }
        may_begin = false;
        continue;
      case K::kThen:
      case K::kElse:
      case K::kDo:
        next_may_begin = true;
        break;
      case K::kSelect:
      case K::kSet:
      case K::kReturn:
      case K::kCall:
      case K::kReplace:
      case K::kWith:
        if (parentheses == 0) in_header = false;
        break;
      default:
        next_may_begin = Is(T::kColon);
        break;
    }
    may_begin = next_may_begin || in_header;
    Advance();
  }
  if (depth > 0) SyntaxError();
}

Statement* Parser::ParseCreateDatabase() {
  CreateDatabaseStatement* create = New<CreateDatabaseStatement>();
  Advance();
  create->if_not_exists = AcceptIfNotExists();
  create->name = Identifier();
  create->options = ParseDatabaseOptions();
  return Finish(create);
}

DatabaseOptions Parser::ParseDatabaseOptions() {
  DatabaseOptions options;
  while (!AtEnd()) {
    if (Accept(K::kRead)) {
      Expect(K::kOnly);
      SkipEqual();
      if (Accept(K::kDefault)) {
        options.read_only = YesNo::kNo;
      } else {
        options.read_only = UnsignedInteger() != 0 ? YesNo::kYes : YesNo::kNo;
      }
      continue;
    }
    Accept(K::kDefault);
    if (Accept(K::kCollate)) {
      SkipEqual();
      options.collation = CollationName();
    } else if (Accept(K::kEncryption)) {
      SkipEqual();
      options.encryption = String();
    } else {
      if (!Accept(K::kCharset)) {
        if (!Accept(K::kChar)) Expect(K::kCharacter);
        Expect(K::kSet);
      }
      SkipEqual();
      options.charset = CharsetName();
    }
  }
  return options;
}

// At INDEX.
Statement* Parser::ParseCreateIndex(KeyType type) {
  CreateIndexStatement* create = New<CreateIndexStatement>();
  Expect(K::kIndex);
  KeyDefinition* key = arena_->New<KeyDefinition>();
  key->type = type;
  key->name = Identifier();
  if (Is(K::kUsing) || Is(K::kType)) {
    Advance();
    key->algorithm = ParseKeyAlgorithm();
  }
  Expect(K::kOn);
  create->table = QualifiedName();
  key->parts = ParseKeyParts();
  ParseKeyOptions(key);
  create->key = key;
  while (ParseAlgorithmOrLock(&create->algorithm, &create->lock)) {
  }
  return Finish(create);
}

Statement* Parser::ParseDrop() {
  const uint32_t begin = token_.begin;
  if (PeekIs(1, K::kPrepare)) return ParseDeallocate();
  Expect(K::kDrop);
  Statement* statement = nullptr;
  switch (token_.keyword) {
    case K::kTemporary:
      Advance();
      statement = ParseDropTable(true);
      break;
    case K::kTable:
    case K::kTables:
      statement = ParseDropTable(false);
      break;
    case K::kIndex:
      statement = ParseDropIndex();
      break;
    case K::kDatabase:
    case K::kSchema: {
      DropDatabaseStatement* drop = New<DropDatabaseStatement>();
      Advance();
      drop->if_exists = AcceptIfExists();
      drop->name = Identifier();
      statement = Finish(drop);
      break;
    }
    case K::kView: {
      DropViewStatement* drop = New<DropViewStatement>();
      Advance();
      drop->if_exists = AcceptIfExists();
      do {
        Add(&drop->views, QualifiedName());
      } while (Accept(T::kComma));
      if (!Accept(K::kRestrict)) Accept(K::kCascade);
      statement = Finish(drop);
      break;
    }
    case K::kProcedure:
      statement = ParseDropRoutine(RoutineKind::kProcedure);
      break;
    case K::kFunction:
      statement = ParseDropRoutine(RoutineKind::kFunction);
      break;
    case K::kTrigger:
      statement = ParseDropRoutine(RoutineKind::kTrigger);
      break;
    case K::kEvent:
      statement = ParseDropRoutine(RoutineKind::kEvent);
      break;
    case K::kUser:
      statement = ParseDropUser();
      break;
    case K::kRole:
      statement = ParseDropRole();
      break;
    case K::kTablespace:
    case K::kUndo:
      statement = Unsupported("DROP TABLESPACE");
      break;
    case K::kServer:
      statement = Unsupported("DROP SERVER");
      break;
    case K::kLogfile:
      statement = Unsupported("DROP LOGFILE GROUP");
      break;
    case K::kResource:
      statement = Unsupported("DROP RESOURCE GROUP");
      break;
    case K::kSpatial:
      statement = Unsupported("DROP SPATIAL REFERENCE SYSTEM");
      break;
    default:
      SyntaxError();
  }
  statement->span.begin = begin;
  return statement;
}

Statement* Parser::ParseDropTable(bool temporary) {
  DropTableStatement* drop = New<DropTableStatement>();
  drop->temporary = temporary;
  if (!Accept(K::kTable)) Expect(K::kTables);
  drop->if_exists = AcceptIfExists();
  do {
    Add(&drop->tables, QualifiedName());
  } while (Accept(T::kComma));
  if (!Accept(K::kRestrict)) Accept(K::kCascade);
  return Finish(drop);
}

Statement* Parser::ParseDropIndex() {
  DropIndexStatement* drop = New<DropIndexStatement>();
  Expect(K::kIndex);
  drop->name = Identifier();
  Expect(K::kOn);
  drop->table = QualifiedName();
  while (ParseAlgorithmOrLock(&drop->algorithm, &drop->lock)) {
  }
  return Finish(drop);
}

Statement* Parser::ParseDropRoutine(RoutineKind kind) {
  DropRoutineStatement* drop = New<DropRoutineStatement>();
  drop->routine = kind;
  Advance();
  drop->if_exists = AcceptIfExists();
  drop->name = QualifiedName();
  return Finish(drop);
}

Statement* Parser::ParseTruncate() {
  TruncateTableStatement* truncate = New<TruncateTableStatement>();
  Expect(K::kTruncate);
  Accept(K::kTable);
  truncate->table = QualifiedName();
  return Finish(truncate);
}

Statement* Parser::ParseRename() {
  const uint32_t begin = token_.begin;
  Expect(K::kRename);
  if (Accept(K::kUser)) {
    RenameUserStatement* rename = arena_->New<RenameUserStatement>();
    rename->span.begin = begin;
    do {
      RenameUserItem item;
      item.from = Account();
      Expect(K::kTo);
      item.to = Account();
      Add(&rename->items, item);
    } while (Accept(T::kComma));
    return Finish(rename);
  }
  if (!Accept(K::kTable)) Expect(K::kTables);
  RenameTableStatement* rename = arena_->New<RenameTableStatement>();
  rename->span.begin = begin;
  do {
    RenameItem item;
    item.from = QualifiedName();
    Expect(K::kTo);
    item.to = QualifiedName();
    Add(&rename->items, item);
  } while (Accept(T::kComma));
  return Finish(rename);
}

Statement* Parser::ParseAlter() {
  const uint32_t begin = token_.begin;
  Expect(K::kAlter);
  Statement* statement = nullptr;
  switch (token_.keyword) {
    case K::kTable:
      statement = ParseAlterTable();
      break;
    case K::kDatabase:
    case K::kSchema:
      statement = ParseAlterDatabase();
      break;
    case K::kUser:
      statement = ParseAlterUser();
      break;
    case K::kProcedure:
      statement = ParseAlterRoutine(RoutineKind::kProcedure);
      break;
    case K::kFunction:
      statement = ParseAlterRoutine(RoutineKind::kFunction);
      break;
    case K::kEvent:
      statement = ParseAlterRoutine(RoutineKind::kEvent);
      break;
    case K::kSystem:
      statement = ParseAlterSystem();
      break;
    case K::kInstance:
      statement = Unsupported("ALTER INSTANCE");
      break;
    case K::kTablespace:
    case K::kUndo:
      statement = Unsupported("ALTER TABLESPACE");
      break;
    case K::kServer:
      statement = Unsupported("ALTER SERVER");
      break;
    case K::kLogfile:
      statement = Unsupported("ALTER LOGFILE GROUP");
      break;
    case K::kResource:
      statement = Unsupported("ALTER RESOURCE GROUP");
      break;
    case K::kAlgorithm:
    case K::kDefiner:
    case K::kSql:
    case K::kView: {
      statement = ParseCreateWithPrefix();
      if (statement->kind == Statement::Kind::kCreateView) {
        static_cast<CreateViewStatement*>(statement)->alter = true;
      } else {
        auto* created = static_cast<CreateRoutineStatement*>(statement);
        AlterRoutineStatement* alter = arena_->New<AlterRoutineStatement>();
        alter->routine = created->routine;
        alter->name = created->name;
        statement = Finish(alter);
      }
      break;
    }
    default:
      SyntaxError();
  }
  statement->span.begin = begin;
  if (auto* routine = TryAs<AlterRoutineStatement>(statement)) {
    routine->text = TextBetween(begin, previous_end_);
  }
  return statement;
}

Statement* Parser::ParseAlterDatabase() {
  AlterDatabaseStatement* alter = New<AlterDatabaseStatement>();
  Advance();
  const bool option_word = Is(K::kCharset) || Is(K::kEncryption);
  if (IsIdentifier() && !(option_word && !PeekIs(1, K::kCharset))) alter->name = Identifier();
  if (AtEnd()) SyntaxError();
  alter->options = ParseDatabaseOptions();
  return Finish(alter);
}

// At PROCEDURE, FUNCTION or EVENT.
Statement* Parser::ParseAlterRoutine(RoutineKind kind) {
  AlterRoutineStatement* alter = New<AlterRoutineStatement>();
  alter->routine = kind;
  Advance();
  alter->name = QualifiedName();
  SkipRoutineBody();
  return Finish(alter);
}

// ALTER SYSTEM CRASH …, ALTER SYSTEM SIMULATE p PERCENT … FAILURE|CONGESTION …
Statement* Parser::ParseAlterSystem() {
  AlterSystemStatement* alter = New<AlterSystemStatement>();
  Expect(K::kSystem);
  const auto number = [this] {
    if (!Is(T::kInteger) && !Is(T::kDecimal) && !Is(T::kFloat)) SyntaxError();
    const std::string text(lexer_.TextOf(token_));
    Advance();
    return std::stod(text);
  };
  const auto place = [&] {
    if (!Accept(K::kIn)) return;
    if (!Is(K::kDisk) && !Is(K::kNode)) SyntaxError();
    alter->place = InfoOf(token_.keyword).text;
    Advance();
    alter->index = UnsignedInteger();
  };
  if (Accept(K::kCrash)) {
    alter->target = "INSTANCE";
    if (Is(K::kInstance) || Is(K::kDispatcher) || Is(K::kNode)) {
      alter->target = InfoOf(token_.keyword).text;
      Advance();
    }
    return Finish(alter);
  }
  Expect(K::kSimulate);
  alter->percent = number();
  Expect(K::kPercent);
  if (Accept(K::kRead)) {
    Expect(K::kReplica, K::kFailure);
    alter->fault = SystemFault::kReplicaFailure;
    if (Accept(K::kTo) && !Accept(K::kAll)) alter->target = IdentifierOrString();
  } else {
    Expect(K::kDisk);
    if (Accept(K::kFailure)) {
      alter->fault = SystemFault::kDiskFailure;
      place();
    } else {
      Expect(K::kCongestion, K::kBetween);
      alter->fault = SystemFault::kDiskCongestion;
      alter->minimum_ms = number();
      Expect(K::kAnd);
      alter->maximum_ms = number();
      Expect(K::kMilliseconds);
      place();
    }
  }
  Expect(K::kFor, K::kInterval);
  alter->quantity = UnsignedInteger();
  alter->unit = ParseIntervalUnit();
  return Finish(alter);
}

}  // namespace sixfold::sql
