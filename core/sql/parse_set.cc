// SET in all its forms.
#include "core/sql/parser_impl.h"

namespace sixfold::sql {

bool Parser::ParseScope(VariableScope* scope) {
  switch (token_.keyword) {
    case K::kGlobal:
      *scope = VariableScope::kGlobal;
      break;
    case K::kSession:
    case K::kLocal:
      *scope = VariableScope::kSession;
      break;
    case K::kPersist:
      *scope = VariableScope::kPersist;
      break;
    case K::kPersistOnly:
      *scope = VariableScope::kPersistOnly;
      break;
    default:
      return false;
  }
  if (PeekIs(1, T::kEqual) || PeekIs(1, T::kAssign) || PeekIs(1, T::kDot)) return false;
  Advance();
  return true;
}

Statement* Parser::ParseSet() {
  const uint32_t begin = token_.begin;
  Expect(K::kSet);
  Statement* statement = nullptr;
  if (Is(K::kPassword) && !PeekIs(1, T::kDot)) {
    statement = ParseSetPassword();
  } else if (Is(K::kRole) && !PeekIs(1, T::kEqual) && !PeekIs(1, T::kAssign)) {
    statement = ParseSetRole();
  } else if (Is(K::kDefault)) {
    SetDefaultRoleStatement* set = New<SetDefaultRoleStatement>();
    Advance();
    Expect(K::kRole);
    if (Accept(K::kNone)) {
      set->choice = RoleChoice::kNone;
    } else if (Accept(K::kAll)) {
      set->choice = RoleChoice::kAll;
    } else {
      set->choice = RoleChoice::kList;
      set->roles = AccountList();
    }
    Expect(K::kTo);
    set->accounts = AccountList();
    statement = Finish(set);
  } else if (Is(K::kResource) && PeekIs(1, K::kGroup)) {
    statement = Unsupported("SET RESOURCE GROUP");
  } else if (Is(K::kTransaction) && !PeekIs(1, T::kEqual)) {
    statement = ParseSetTransaction(VariableScope::kDefault);
  } else {
    SetVariablesStatement* set = New<SetVariablesStatement>();
    VariableScope scope = VariableScope::kDefault;
    if ((Is(K::kGlobal) || Is(K::kSession) || Is(K::kLocal)) && PeekIs(1, K::kTransaction) &&
        (PeekIs(2, K::kIsolation) || PeekIs(2, K::kRead))) {
      ParseScope(&scope);
      statement = ParseSetTransaction(scope);
    } else {
      do {
        ParseSetItem(set, &scope);
      } while (Accept(T::kComma));
      statement = Finish(set);
    }
  }
  statement->span.begin = begin;
  return statement;
}

// [base.]name, or NEW.column in a trigger.
void Parser::ParseSetVariableName(SetItem* item) {
  item->name = AnyWord();
  if (!Accept(T::kDot)) return;
  item->base = item->name;
  item->name = AnyWord();
  if (!item->is_atat && Lower(item->base) == "new") item->target = SetTarget::kTriggerColumn;
}

// The last scope written as a word holds for the names behind it: SET GLOBAL a = 1, b = 2.
void Parser::ParseSetItem(SetVariablesStatement* set, VariableScope* scope) {
  SetItem item;
  if (Is(T::kUserVariable)) {
    item.target = SetTarget::kUserVariable;
    item.name = lexer_.Value(token_, arena_);
    Advance();
    if (!Accept(T::kEqual)) Expect(T::kAssign);
    item.value = ParseExpr();
    Add(&set->items, item);
    return;
  }
  if (Is(K::kNames) && !PeekIs(1, T::kDot)) {
    Advance();
    if (Is(T::kEqual)) SyntaxError();
    item.target = SetTarget::kNames;
    if (!Accept(K::kDefault)) item.charset = CharsetName();
    if (Accept(K::kCollate)) item.collation = CollationName();
    Add(&set->items, item);
    return;
  }
  if (Is(K::kCharset) || ((Is(K::kCharacter) || Is(K::kChar)) && PeekIs(1, K::kSet))) {
    if (!Accept(K::kCharset)) {
      Advance();
      Advance();
    }
    item.target = SetTarget::kCharset;
    if (!Accept(K::kDefault)) item.charset = CharsetName();
    Add(&set->items, item);
    return;
  }
  if (Accept(T::kAtAt)) {
    item.is_atat = true;
    const Keyword scope = LookUpKeyword(lexer_.TextOf(token_));
    const bool is_scope = scope == K::kGlobal || scope == K::kSession || scope == K::kLocal ||
                          scope == K::kPersist || scope == K::kPersistOnly;
    if (is_scope && PeekIs(1, T::kDot)) {
      token_.keyword = scope;
      item.scope = scope == K::kGlobal        ? VariableScope::kGlobal
                   : scope == K::kPersist     ? VariableScope::kPersist
                   : scope == K::kPersistOnly ? VariableScope::kPersistOnly
                                              : VariableScope::kSession;
      Advance();
      Advance();
    }
  } else {
    if (ParseScope(&item.scope)) {
      *scope = item.scope;
    } else {
      item.scope = *scope;
    }
    if (Accept(T::kAtAt)) item.is_atat = true;
    const bool default_cache = Is(K::kDefault) && PeekIs(1, T::kDot);
    if (!IsIdentifier() && !default_cache) SyntaxError();
  }
  ParseSetVariableName(&item);
  if (!Accept(T::kEqual)) Expect(T::kAssign);
  item.value = ParseSetValue();
  Add(&set->items, item);
}

// Null: DEFAULT.
Expression* Parser::ParseSetValue() {
  const bool alone = PeekIs(1, T::kComma) || PeekIs(1, T::kEnd) || PeekIs(1, T::kSemicolon);
  switch (token_.keyword) {
    case K::kDefault:
      if (!alone) break;
      Advance();
      return nullptr;
    case K::kOn:
    case K::kAll:
    case K::kBinary:
    case K::kRow:
    case K::kSystem: {
      if (!alone) break;
      Literal* literal = New<Literal>();
      literal->type = LiteralType::kString;
      literal->text = InfoOf(token_.keyword).text;
      Advance();
      return Finish(literal);
    }
    default:
      break;
  }
  return ParseExpr();
}

// At PASSWORD.
Statement* Parser::ParseSetPassword() {
  SetPasswordStatement* set = New<SetPasswordStatement>();
  Expect(K::kPassword);
  if (Accept(K::kFor)) {
    set->has_account = true;
    set->account = Account();
  }
  if (Accept(K::kTo)) {
    Expect(K::kRandom);
    set->to_random = true;
  } else {
    if (!Accept(T::kEqual)) Expect(T::kAssign);
    set->password = String();
  }
  if (Accept(K::kReplace)) {
    set->has_current_password = true;
    set->current_password = String();
  }
  if (Accept(K::kRetain)) {
    Expect(K::kCurrent, K::kPassword);
    set->retain_current = true;
  }
  return Finish(set);
}

// At ROLE.
Statement* Parser::ParseSetRole() {
  SetRoleStatement* set = New<SetRoleStatement>();
  Expect(K::kRole);
  if (Accept(K::kDefault)) {
    set->choice = RoleChoice::kDefault;
  } else if (Accept(K::kNone)) {
    set->choice = RoleChoice::kNone;
  } else if (Accept(K::kAll)) {
    set->choice = RoleChoice::kAll;
    if (Accept(K::kExcept)) {
      set->choice = RoleChoice::kAllExcept;
      set->roles = AccountList();
    }
  } else {
    set->choice = RoleChoice::kList;
    set->roles = AccountList();
  }
  return Finish(set);
}

}  // namespace sixfold::sql
