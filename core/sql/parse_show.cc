// SHOW in all its forms.
#include "core/sql/parser_impl.h"

namespace sixfold::sql {

// [LIKE '…' | WHERE …]
void Parser::ParseShowFilter(ShowStatement* show) {
  if (Accept(K::kLike)) {
    if (!Is(T::kString)) SyntaxError();
    show->like = ParseStringLiteral();
  } else if (Accept(K::kWhere)) {
    show->where = ParseExpr();
  }
}

// [FROM | IN db]
void Parser::ParseShowSchema(ShowStatement* show) {
  if (Accept(K::kFrom) || Accept(K::kIn)) show->schema = Identifier();
}

// FROM | IN table [FROM | IN db]
void Parser::ParseShowTable(ShowStatement* show) {
  if (!Accept(K::kFrom)) Expect(K::kIn);
  show->name = QualifiedName();
  if (Accept(K::kFrom) || Accept(K::kIn)) show->name.schema = Identifier();
  show->schema = show->name.schema;
}

Statement* Parser::ParseShow() {
  ShowStatement* show = New<ShowStatement>();
  Expect(K::kShow);
  if (Accept(K::kExtended)) show->extended = true;
  if (Accept(K::kFull)) show->full = true;
  if (Is(K::kGlobal) || Is(K::kSession) || Is(K::kLocal)) {
    show->scope = Is(K::kGlobal) ? VariableScope::kGlobal : VariableScope::kSession;
    Advance();
    if (!Is(K::kStatus) && !Is(K::kVariables)) SyntaxError();
  }
  if (!ParseShowPlain(show) && !ParseShowNamed(show)) SyntaxError();
  return Finish(show);
}

// The forms that are one word, a filter, perhaps a database.
bool Parser::ParseShowPlain(ShowStatement* show) {
  using S = ShowKind;
  const auto filtered = [&](S kind) {
    show->show = kind;
    Advance();
    ParseShowFilter(show);
    return true;
  };
  const auto in_schema = [&](S kind) {
    show->show = kind;
    Advance();
    ParseShowSchema(show);
    ParseShowFilter(show);
    return true;
  };
  const auto plain = [&](S kind) {
    show->show = kind;
    Advance();
    return true;
  };
  switch (token_.keyword) {
    case K::kDatabases:
    case K::kSchemas:
      return filtered(S::kDatabases);
    case K::kTables:
      return in_schema(S::kTables);
    case K::kTriggers:
      return in_schema(S::kTriggers);
    case K::kEvents:
      return in_schema(S::kEvents);
    case K::kStatus:
      return filtered(S::kStatus);
    case K::kVariables:
      return filtered(S::kVariables);
    case K::kCollation:
      return filtered(S::kCollation);
    case K::kCharset:
      return filtered(S::kCharset);
    case K::kCharacter:
    case K::kChar:
      Advance();
      if (!Is(K::kSet)) SyntaxError();
      return filtered(S::kCharset);
    case K::kEngines:
      return plain(S::kEngines);
    case K::kStorage:
      Advance();
      if (!Is(K::kEngines)) SyntaxError();
      return plain(S::kEngines);
    case K::kPlugins:
      return plain(S::kPlugins);
    case K::kPrivileges:
      return plain(S::kPrivileges);
    case K::kProcesslist:
      return plain(S::kProcesslist);
    case K::kProfiles:
      return plain(S::kProfiles);
    case K::kReplicas:
      return plain(S::kReplicas);
    case K::kOpen:
      Advance();
      if (!Is(K::kTables)) SyntaxError();
      return in_schema(S::kOpenTables);
    case K::kTable:
      Advance();
      if (!Is(K::kStatus)) SyntaxError();
      return in_schema(S::kTableStatus);
    case K::kWarnings:
    case K::kErrors:
      show->show = Is(K::kWarnings) ? S::kWarnings : S::kErrors;
      Advance();
      if (Accept(K::kLimit)) {
        show->has_limit = true;
        ParseLimit(&show->limit);
      }
      return true;
    case K::kColumns:
    case K::kFields:
      show->show = S::kColumns;
      Advance();
      ParseShowTable(show);
      ParseShowFilter(show);
      return true;
    case K::kIndex:
    case K::kIndexes:
    case K::kKeys:
      show->show = S::kIndex;
      Advance();
      ParseShowTable(show);
      if (Accept(K::kWhere)) show->where = ParseExpr();
      return true;
    case K::kVolume:
      Advance();
      if (!Is(K::kStatus)) SyntaxError();
      return plain(S::kVolumeStatus);
    default:
      return false;
  }
}

bool Parser::ParseShowNamed(ShowStatement* show) {
  using S = ShowKind;
  switch (token_.keyword) {
    case K::kCount:
      Advance();
      Expect(T::kLeftParen);
      Expect(T::kStar);
      Expect(T::kRightParen);
      show->show = Is(K::kErrors) ? S::kCountErrors : S::kCountWarnings;
      if (!Accept(K::kErrors)) Expect(K::kWarnings);
      return true;
    case K::kCreate:
      Advance();
      ParseShowCreate(show);
      return true;
    case K::kGrants:
      show->show = S::kGrants;
      Advance();
      if (Accept(K::kFor)) {
        show->has_account = true;
        show->account = Account();
        if (Accept(K::kUsing)) show->using_roles = AccountList();
      }
      return true;
    case K::kEngine:
      show->show = S::kEngine;
      Advance();
      show->name.table = Accept(K::kAll) ? std::string_view("ALL") : IdentifierOrString();
      if (!Is(K::kStatus) && !Is(K::kMutex) && !Is(K::kLogs)) SyntaxError();
      show->argument = InfoOf(token_.keyword).text;
      Advance();
      return true;
    case K::kProcedure:
    case K::kFunction: {
      const bool procedure = Is(K::kProcedure);
      Advance();
      if (Accept(K::kCode)) {
        show->show = procedure ? S::kProcedureCode : S::kFunctionCode;
        show->name = QualifiedName();
        return true;
      }
      Expect(K::kStatus);
      show->show = procedure ? S::kProcedureStatus : S::kFunctionStatus;
      ParseShowFilter(show);
      return true;
    }
    case K::kBinary:
    case K::kMaster: {
      const bool master = Is(K::kMaster);
      Advance();
      if (master && Is(K::kStatus)) {
        show->show = S::kMasterStatus;
        Advance();
        return true;
      }
      Expect(K::kLogs);
      show->show = S::kBinaryLogs;
      return true;
    }
    case K::kBinlog:
    case K::kRelaylog:
      show->show = Is(K::kBinlog) ? S::kBinlogEvents : S::kRelaylogEvents;
      Advance();
      Expect(K::kEvents);
      if (Accept(K::kIn)) show->argument = String();
      if (Accept(K::kFrom)) UnsignedInteger();
      if (Accept(K::kLimit)) {
        show->has_limit = true;
        ParseLimit(&show->limit);
      }
      if (Accept(K::kFor)) {
        Expect(K::kChannel);
        IdentifierOrString();
      }
      return true;
    case K::kReplica:
    case K::kSlave:
      Advance();
      if (Accept(K::kHosts)) {
        show->show = S::kReplicas;
        return true;
      }
      Expect(K::kStatus);
      show->show = S::kReplicaStatus;
      if (Accept(K::kFor)) {
        Expect(K::kChannel);
        IdentifierOrString();
      }
      return true;
    case K::kProfile:
      show->show = S::kProfile;
      Advance();
      while (!AtEnd() && !Is(K::kFor) && !Is(K::kLimit)) {
        if (!Is(T::kIdentifier) && !Is(T::kComma)) SyntaxError();
        Advance();
      }
      if (Accept(K::kFor)) {
        Expect(K::kQuery);
        UnsignedInteger();
      }
      if (Accept(K::kLimit)) {
        show->has_limit = true;
        ParseLimit(&show->limit);
      }
      return true;
    default:
      return false;
  }
}

// Behind SHOW CREATE.
void Parser::ParseShowCreate(ShowStatement* show) {
  using S = ShowKind;
  const K keyword = token_.keyword;
  Advance();
  switch (keyword) {
    case K::kDatabase:
    case K::kSchema:
      show->show = S::kCreateDatabase;
      show->if_not_exists = AcceptIfNotExists();
      show->name.table = Identifier();
      return;
    case K::kTable:
      show->show = S::kCreateTable;
      break;
    case K::kView:
      show->show = S::kCreateView;
      break;
    case K::kProcedure:
      show->show = S::kCreateProcedure;
      break;
    case K::kFunction:
      show->show = S::kCreateFunction;
      break;
    case K::kTrigger:
      show->show = S::kCreateTrigger;
      break;
    case K::kEvent:
      show->show = S::kCreateEvent;
      break;
    case K::kUser:
      show->show = S::kCreateUser;
      show->has_account = true;
      show->account = Account();
      return;
    default:
      SyntaxError();
  }
  show->name = QualifiedName();
}

}  // namespace sixfold::sql
