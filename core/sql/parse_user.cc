// Users, roles, GRANT and REVOKE.
#include "core/sql/parser_impl.h"

namespace sixfold::sql {

// IDENTIFIED [WITH plugin] [BY '…' | AS '…' | BY RANDOM PASSWORD] …, DISCARD OLD PASSWORD.
// False: nothing of the kind here.
bool Parser::ParseAuth(AuthOption* auth) {
  if (Accept(K::kDiscard)) {
    Expect(K::kOld, K::kPassword);
    auth->discard_old = true;
    return true;
  }
  if (!Accept(K::kIdentified)) return false;
  if (Accept(K::kWith)) auth->plugin = IdentifierOrString();
  const bool plugin_given = !auth->plugin.empty();
  if (plugin_given && Accept(K::kAs)) {
    auth->has_hash = true;
    auth->hash = Is(T::kHex) ? ParseHexOrBit()->text : String();
  } else if (plugin_given ? Accept(K::kBy) : (Expect(K::kBy), true)) {
    if (Accept(K::kRandom)) {
      Expect(K::kPassword);
      auth->random_password = true;
    } else {
      auth->has_password = true;
      auth->password = String();
    }
  }
  if (Accept(K::kReplace)) {
    auth->has_current_password = true;
    auth->current_password = String();
  }
  if (Accept(K::kRetain)) {
    Expect(K::kCurrent, K::kPassword);
    auth->retain_current = true;
  }
  return true;
}

UserSpecification Parser::ParseUserSpecification() {
  UserSpecification user;
  user.account = Account();
  user.has_auth = ParseAuth(&user.auth);
  while (user.has_auth && Accept(K::kAnd)) {  // further factors are not kept
    AuthOption factor;
    if (!ParseAuth(&factor)) SyntaxError();
  }
  return user;
}

void Parser::ParseTlsRequirement(UserOptions* options) {
  if (Accept(K::kNone)) {
    options->tls = TlsRequirement::kNone;
  } else if (Accept(K::kSsl)) {
    options->tls = TlsRequirement::kSsl;
  } else if (Accept(K::kX509)) {
    options->tls = TlsRequirement::kX509;
  } else {
    options->tls = TlsRequirement::kSpecified;
    do {
      if (Accept(K::kCipher)) {
        options->tls_cipher = String();
      } else if (Accept(K::kIssuer)) {
        options->tls_issuer = String();
      } else {
        Expect(K::kSubject);
        options->tls_subject = String();
      }
      Accept(K::kAnd);
    } while (Is(K::kCipher) || Is(K::kIssuer) || Is(K::kSubject));
  }
}

// Behind PASSWORD.
void Parser::ParsePasswordOption(UserOptions* options) {
  if (Accept(K::kExpire)) {
    if (Accept(K::kDefault)) {
      options->expiry = PasswordExpiry::kDefault;
    } else if (Accept(K::kNever)) {
      options->expiry = PasswordExpiry::kNever;
    } else if (Accept(K::kInterval)) {
      options->expiry = PasswordExpiry::kInterval;
      options->expiry_days = static_cast<int64_t>(UnsignedInteger());
      Expect(K::kDay);
    } else {
      options->expiry = PasswordExpiry::kNow;
    }
  } else if (Accept(K::kHistory)) {
    options->password_history_written = true;
    if (!Accept(K::kDefault)) options->password_history = static_cast<int64_t>(UnsignedInteger());
  } else if (Accept(K::kReuse)) {
    Expect(K::kInterval);
    options->password_reuse_written = true;
    if (!Accept(K::kDefault)) {
      options->password_reuse_days = static_cast<int64_t>(UnsignedInteger());
      Expect(K::kDay);
    }
  } else {
    Expect(K::kRequire);
    Expect(K::kCurrent);
    options->require_current_written = true;
    if (Is(K::kDefault) || Is(K::kOptional)) {
      options->require_current = InfoOf(token_.keyword).text;
      Advance();
    }
  }
}

bool Parser::ParseUserOption(UserOptions* options) {
  const auto number = [this] { return static_cast<int64_t>(UnsignedInteger()); };
  switch (token_.keyword) {
    case K::kRequire:
      Advance();
      ParseTlsRequirement(options);
      return true;
    case K::kWith: {
      Advance();
      bool any = false;
      while (true) {
        if (Accept(K::kMaxQueriesPerHour)) {
          options->max_queries_per_hour = number();
        } else if (Accept(K::kMaxUpdatesPerHour)) {
          options->max_updates_per_hour = number();
        } else if (Accept(K::kMaxConnectionsPerHour)) {
          options->max_connections_per_hour = number();
        } else if (Accept(K::kMaxUserConnections)) {
          options->max_user_connections = number();
        } else {
          break;
        }
        any = true;
      }
      if (!any) SyntaxError();
      return true;
    }
    case K::kPassword:
      Advance();
      ParsePasswordOption(options);
      return true;
    case K::kPasswordLockTime:
      Advance();
      options->lock_time_written = true;
      if (!Accept(K::kUnbounded)) options->lock_time_days = number();
      return true;
    case K::kFailedLoginAttempts:
      Advance();
      options->failed_login_attempts = number();
      return true;
    case K::kAccount:
      Advance();
      options->locked = Accept(K::kLock) ? YesNo::kYes : YesNo::kNo;
      if (options->locked == YesNo::kNo) Expect(K::kUnlock);
      return true;
    case K::kComment:
    case K::kAttribute:
      (Is(K::kComment) ? options->has_comment : options->has_attribute) = true;
      Advance();
      options->comment_or_attribute = String();
      return true;
    default:
      return false;
  }
}

void Parser::ParseUserOptions(UserOptions* options) {
  while (ParseUserOption(options)) {
  }
}

// At USER.
Statement* Parser::ParseCreateUser() {
  CreateUserStatement* create = New<CreateUserStatement>();
  Expect(K::kUser);
  create->if_not_exists = AcceptIfNotExists();
  do {
    Add(&create->users, ParseUserSpecification());
  } while (Accept(T::kComma));
  if (Accept(K::kDefault)) {
    Expect(K::kRole);
    create->default_roles = AccountList();
  }
  ParseUserOptions(&create->options);
  return Finish(create);
}

// At USER.
Statement* Parser::ParseAlterUser() {
  AlterUserStatement* alter = New<AlterUserStatement>();
  Expect(K::kUser);
  alter->if_exists = AcceptIfExists();
  if (Is(K::kUser) && PeekIs(1, T::kLeftParen)) {
    Advance();
    Advance();
    Expect(T::kRightParen);
    alter->current_user_function = true;
    UserSpecification user;
    user.account.is_current = true;
    user.has_auth = ParseAuth(&user.auth);
    Add(&alter->users, user);
    return Finish(alter);
  }
  do {
    Add(&alter->users, ParseUserSpecification());
  } while (Accept(T::kComma));
  if (Accept(K::kDefault)) {
    Expect(K::kRole);
    alter->has_default_role = true;
    if (Accept(K::kNone)) {
      alter->default_role = RoleChoice::kNone;
    } else if (Accept(K::kAll)) {
      alter->default_role = RoleChoice::kAll;
    } else {
      alter->default_role = RoleChoice::kList;
      alter->default_roles = AccountList();
    }
  }
  ParseUserOptions(&alter->options);
  return Finish(alter);
}

Statement* Parser::ParseDropUser() {
  DropUserStatement* drop = New<DropUserStatement>();
  Expect(K::kUser);
  drop->if_exists = AcceptIfExists();
  drop->accounts = AccountList();
  return Finish(drop);
}

Statement* Parser::ParseCreateRole() {
  CreateRoleStatement* create = New<CreateRoleStatement>();
  Expect(K::kRole);
  create->if_not_exists = AcceptIfNotExists();
  create->roles = AccountList();
  return Finish(create);
}

Statement* Parser::ParseDropRole() {
  DropRoleStatement* drop = New<DropRoleStatement>();
  Expect(K::kRole);
  drop->if_exists = AcceptIfExists();
  drop->roles = AccountList();
  return Finish(drop);
}

namespace {

struct PrivilegeWords {
  std::string_view name;
  Keyword words[3];
};

// Longer ones first where one begins with another.
constexpr Keyword kEndOfWords = Keyword::kNotKeyword;
constexpr PrivilegeWords kPrivileges[] = {
    {"SELECT", {Keyword::kSelect, kEndOfWords, kEndOfWords}},
    {"INSERT", {Keyword::kInsert, kEndOfWords, kEndOfWords}},
    {"UPDATE", {Keyword::kUpdate, kEndOfWords, kEndOfWords}},
    {"REFERENCES", {Keyword::kReferences, kEndOfWords, kEndOfWords}},
    {"DELETE", {Keyword::kDelete, kEndOfWords, kEndOfWords}},
    {"USAGE", {Keyword::kUsage, kEndOfWords, kEndOfWords}},
    {"INDEX", {Keyword::kIndex, kEndOfWords, kEndOfWords}},
    {"ALTER ROUTINE", {Keyword::kAlter, Keyword::kRoutine, kEndOfWords}},
    {"ALTER", {Keyword::kAlter, kEndOfWords, kEndOfWords}},
    {"CREATE TEMPORARY TABLES", {Keyword::kCreate, Keyword::kTemporary, Keyword::kTables}},
    {"CREATE TABLESPACE", {Keyword::kCreate, Keyword::kTablespace, kEndOfWords}},
    {"CREATE ROUTINE", {Keyword::kCreate, Keyword::kRoutine, kEndOfWords}},
    {"CREATE VIEW", {Keyword::kCreate, Keyword::kView, kEndOfWords}},
    {"CREATE USER", {Keyword::kCreate, Keyword::kUser, kEndOfWords}},
    {"CREATE ROLE", {Keyword::kCreate, Keyword::kRole, kEndOfWords}},
    {"CREATE", {Keyword::kCreate, kEndOfWords, kEndOfWords}},
    {"DROP ROLE", {Keyword::kDrop, Keyword::kRole, kEndOfWords}},
    {"DROP", {Keyword::kDrop, kEndOfWords, kEndOfWords}},
    {"EXECUTE", {Keyword::kExecute, kEndOfWords, kEndOfWords}},
    {"RELOAD", {Keyword::kReload, kEndOfWords, kEndOfWords}},
    {"SHUTDOWN", {Keyword::kShutdown, kEndOfWords, kEndOfWords}},
    {"PROCESS", {Keyword::kProcess, kEndOfWords, kEndOfWords}},
    {"FILE", {Keyword::kFile, kEndOfWords, kEndOfWords}},
    {"GRANT OPTION", {Keyword::kGrant, Keyword::kOption, kEndOfWords}},
    {"SHOW DATABASES", {Keyword::kShow, Keyword::kDatabases, kEndOfWords}},
    {"SHOW VIEW", {Keyword::kShow, Keyword::kView, kEndOfWords}},
    {"SUPER", {Keyword::kSuper, kEndOfWords, kEndOfWords}},
    {"LOCK TABLES", {Keyword::kLock, Keyword::kTables, kEndOfWords}},
    {"REPLICATION SLAVE", {Keyword::kReplication, Keyword::kSlave, kEndOfWords}},
    {"REPLICATION CLIENT", {Keyword::kReplication, Keyword::kClient, kEndOfWords}},
    {"EVENT", {Keyword::kEvent, kEndOfWords, kEndOfWords}},
    {"TRIGGER", {Keyword::kTrigger, kEndOfWords, kEndOfWords}},
};

}  // namespace

// A static privilege with its columns, else a role or dynamic privilege. True: a static one.
bool Parser::ParsePrivilege(PrivilegeItem* item) {
  const Token& ahead = Peek(1);
  const bool named_account = ahead.type == T::kUserVariable;
  for (const PrivilegeWords& privilege : kPrivileges) {
    size_t count = 0;
    while (count < 3 && privilege.words[count] != kEndOfWords &&
           PeekIs(count, privilege.words[count])) {
      ++count;
    }
    if (named_account || (count < 3 && privilege.words[count] != kEndOfWords)) continue;
    item->name = privilege.name;
    for (size_t i = 0; i < count; ++i) Advance();
    if (Accept(T::kLeftParen)) {
      item->columns = NameList();
      Expect(T::kRightParen);
    }
    return true;
  }
  item->role = Account();
  item->name = item->role.user;
  item->is_dynamic = true;
  return false;
}

// Up to ON, TO or FROM.
void Parser::ParsePrivilegeList(List<PrivilegeItem>* items, bool* roles) {
  bool any_static = false;
  do {
    PrivilegeItem item;
    any_static |= ParsePrivilege(&item);
    Add(items, item);
  } while (Accept(T::kComma));
  *roles = !Is(K::kOn);
  if (*roles && any_static) SyntaxError();
}

// Behind ON: [TABLE|FUNCTION|PROCEDURE] *.* | db.* | * | [db.]name
void Parser::ParseGrantLevel(GrantObject* object, GrantLevel* level, TableName* name) {
  if (Accept(K::kTable)) {
    *object = GrantObject::kTable;
  } else if (Accept(K::kFunction)) {
    *object = GrantObject::kFunction;
  } else if (Accept(K::kProcedure)) {
    *object = GrantObject::kProcedure;
  }
  if (Accept(T::kStar)) {
    *level = GrantLevel::kDatabase;
    if (Accept(T::kDot)) {
      Expect(T::kStar);
      *level = GrantLevel::kGlobal;
    }
    return;
  }
  name->table = Identifier();
  *level = GrantLevel::kTable;
  if (!Accept(T::kDot)) return;
  name->schema = name->table;
  if (Accept(T::kStar)) {
    name->table = {};
    *level = GrantLevel::kDatabase;
  } else {
    name->table = Identifier();
  }
}

Statement* Parser::ParseGrant() {
  GrantStatement* grant = New<GrantStatement>();
  Expect(K::kGrant);
  if (Is(K::kProxy) && PeekIs(1, K::kOn)) {
    Advance();
    Advance();
    grant->proxy = true;
    grant->proxied = Account();
  } else {
    if (Accept(K::kAll)) {
      Accept(K::kPrivileges);
      grant->all = true;
    } else {
      ParsePrivilegeList(&grant->privileges, &grant->roles);
    }
    if (!grant->roles) {
      Expect(K::kOn);
      ParseGrantLevel(&grant->object, &grant->level, &grant->name);
    }
  }
  Expect(K::kTo);
  do {
    Add(&grant->grantees, Account());
    AuthOption* auth = arena_->New<AuthOption>();
    Add(&grant->grantee_auths, ParseAuth(auth) ? auth : nullptr);
  } while (Accept(T::kComma));
  if (Accept(K::kWith)) {
    if (Accept(K::kAdmin)) {
      if (!grant->roles) SyntaxError();
      Expect(K::kOption);
      grant->with_admin_option = true;
    } else {
      Expect(K::kGrant);
      Expect(K::kOption);
      grant->with_grant_option = true;
    }
  }
  if (Accept(K::kAs)) {
    grant->has_as = true;
    grant->as_user = Account();
    if (Accept(K::kWith)) {
      Expect(K::kRole);
      if (Accept(K::kAll)) {
        if (Accept(K::kExcept)) AccountList();
      } else if (!Accept(K::kNone) && !Accept(K::kDefault)) {
        AccountList();
      }
    }
  }
  return Finish(grant);
}

Statement* Parser::ParseRevoke() {
  RevokeStatement* revoke = New<RevokeStatement>();
  Expect(K::kRevoke);
  revoke->if_exists = AcceptIfExists();
  if (Is(K::kProxy) && PeekIs(1, K::kOn)) {
    Advance();
    Advance();
    revoke->proxy = true;
    revoke->proxied = Account();
  } else if (Accept(K::kAll)) {
    Accept(K::kPrivileges);
    if (Accept(T::kComma)) {
      Expect(K::kGrant);
      Expect(K::kOption);
      revoke->all_and_grant_option = true;
    } else {
      revoke->all = true;
      Expect(K::kOn);
      ParseGrantLevel(&revoke->object, &revoke->level, &revoke->name);
    }
  } else {
    ParsePrivilegeList(&revoke->privileges, &revoke->roles);
    if (!revoke->roles) {
      Expect(K::kOn);
      ParseGrantLevel(&revoke->object, &revoke->level, &revoke->name);
    }
  }
  Expect(K::kFrom);
  revoke->grantees = AccountList();
  if (Accept(K::kIgnore)) {
    Expect(K::kUnknown, K::kUser);
    revoke->ignore_unknown_user = true;
  }
  return Finish(revoke);
}

}  // namespace sixfold::sql
