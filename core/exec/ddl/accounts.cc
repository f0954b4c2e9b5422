// CREATE/ALTER/DROP/RENAME USER, roles, GRANT and REVOKE, SET PASSWORD: changes of account rows.
#include "core/catalog/accounts.h"

#include <algorithm>

#include "core/base/random.h"
#include "core/exec/ddl.h"
#include "core/exec/ddl/ddl_internal.h"
#include "core/plan/session_context.h"
#include "core/protocol/password.h"
#include "core/sql/ast_admin.h"
#include "core/txn/catalog_view.h"
#include "core/txn/catalog_writer.h"
#include "core/txn/transaction.h"
#include "core/types/diagnostics.h"
#include "core/types/error_codes.h"
#include "core/types/sql_error.h"

namespace sixfold::exec {
namespace {

using catalog::Account;
using catalog::AccountSetPtr;
using catalog::Privilege;
using catalog::PrivilegeSet;
using Kind = sql::Statement::Kind;
using NameList = sql::List<sql::AccountName>;

std::string AccountText(std::string_view user, std::string_view host) {
  return fmt::format("'{}'@'{}'", user, host);
}

/// The comma-separated accounts an error names.
class FailedAccounts {
 public:
  void Add(std::string_view user, std::string_view host) {
    text_ += (text_.empty() ? "" : ",") + AccountText(user, host);
  }
  /// 1396, or with `note` a note of the other code per statement.
  void Report(SessionContext& session, const char* operation, bool as_note, ErrorCode note) {
    if (text_.empty()) return;
    if (!as_note) throw MakeError(ErrorCode::kCannotUser, operation, text_);
    session.diagnostics().Note(note, text_);
  }

 private:
  std::string text_;
};

class AccountWork {
 public:
  explicit AccountWork(SessionContext& session)
      : session_(session), writer_(session.transaction().catalog_writer()) {
    writer_.LockTable("mysql", "user");
    accounts_ = session.transaction().catalog().Accounts();
  }

  void CreateUsers(const sql::CreateUserStatement& tree);
  void AlterUsers(const sql::AlterUserStatement& tree);
  void DropUsers(const NameList& names, bool if_exists, const char* operation);
  void RenameUsers(const sql::RenameUserStatement& tree);
  void CreateRoles(const sql::CreateRoleStatement& tree);
  void Grant(const sql::GrantStatement& tree);
  void Revoke(const sql::RevokeStatement& tree);
  void SetPassword(const sql::SetPasswordStatement& tree);
  void SetDefaultRoles(const sql::SetDefaultRoleStatement& tree);

 private:
  sql::AccountName Named(const sql::AccountName& name) const;
  const Account* Find(const sql::AccountName& name) const;
  void ApplyAuth(const sql::AuthOption& auth, Account* account);
  void ApplyOptions(const sql::UserOptions& options, Account* account);
  void ApplyExpiry(const sql::UserOptions& options, Account* account);
  void GrantRoles(const sql::GrantStatement& tree);
  void RevokeRoles(const sql::RevokeStatement& tree);
  std::string LevelSchema(const sql::TableName& name) const;
  void CheckLevel(const sql::GrantStatement& tree);
  template <typename Statement>
  void ChangeLevel(const Statement& tree, bool grant, bool grant_option, Account* account);
  void Put(const Account& account);

  SessionContext& session_;
  txn::CatalogWriter& writer_;
  AccountSetPtr accounts_;
};

sql::AccountName AccountWork::Named(const sql::AccountName& name) const {
  if (!name.is_current) return name;
  const std::string& account = session_.account();
  const size_t at = account.rfind('@');
  sql::AccountName current;
  current.user = std::string_view(account).substr(0, at);
  current.host = std::string_view(account).substr(at + 1);
  return current;
}

const Account* AccountWork::Find(const sql::AccountName& name) const {
  const sql::AccountName named = Named(name);
  return accounts_->Find(named.user, named.host);
}

void AccountWork::Put(const Account& account) {
  writer_.PutAccount(account);
  accounts_ = session_.transaction().catalog().Accounts();
}

void AccountWork::ApplyAuth(const sql::AuthOption& auth, Account* account) {
  if (!auth.plugin.empty()) {
    if (!protocol::KnownAuthPlugin(auth.plugin))
      throw SqlError(static_cast<ErrorCode>(1524), "HY000",
                     fmt::format("Plugin '{}' is not loaded", auth.plugin));
    account->plugin = auth.plugin;
    account->authentication_string.clear();
  }
  if (auth.has_password) {
    account->authentication_string =
        protocol::HashPassword(account->plugin, auth.password, &session_.random());
  } else if (auth.has_hash) {
    if (!auth.hash.empty() && !protocol::ValidAuthenticationString(account->plugin, auth.hash)) {
      throw MakeError(ErrorCode::kPasswordFormat);
    }
    account->authentication_string = auth.hash;
  } else if (auth.random_password) {
    throw MakeError(ErrorCode::kNotSupportedYet, "IDENTIFIED BY RANDOM PASSWORD");
  }
  account->password_changed_s = session_.statement_time_us() / 1'000'000;
  account->password_expired = false;
}

void AccountWork::ApplyExpiry(const sql::UserOptions& options, Account* account) {
  constexpr int64_t kMostDays = 65'535;
  switch (options.expiry) {
    case sql::PasswordExpiry::kNotWritten:
      return;
    case sql::PasswordExpiry::kNow:
      account->password_expired = true;
      return;
    case sql::PasswordExpiry::kDefault:
      account->password_lifetime_days = Account::kDefaultLifetime;
      return;
    case sql::PasswordExpiry::kNever:
      account->password_lifetime_days = 0;
      return;
    case sql::PasswordExpiry::kInterval:
      if (options.expiry_days < 1 || options.expiry_days > kMostDays) {
        throw MakeError(ErrorCode::kWrongValue, "DAY", fmt::format("{}", options.expiry_days));
      }
      account->password_lifetime_days = options.expiry_days;
      return;
  }
}

void AccountWork::ApplyOptions(const sql::UserOptions& options, Account* account) {
  if (options.tls == sql::TlsRequirement::kNone) account->tls_requirement.clear();
  if (options.tls == sql::TlsRequirement::kSsl) account->tls_requirement = "ANY";
  if (options.tls == sql::TlsRequirement::kX509 || options.tls == sql::TlsRequirement::kSpecified) {
    account->tls_requirement = "X509";
  }
  if (options.locked != sql::YesNo::kNotWritten)
    account->locked = options.locked == sql::YesNo::kYes;
  ApplyExpiry(options, account);
  if (options.has_comment || options.has_attribute)
    account->attribute = options.comment_or_attribute;
}

void AccountWork::CreateUsers(const sql::CreateUserStatement& tree) {
  FailedAccounts failed;
  for (const sql::UserSpecification& user : tree.users) {
    if (Find(user.account) != nullptr) {
      failed.Add(user.account.user, user.account.host);
      continue;
    }
    Account account;
    account.user = user.account.user;
    account.host = user.account.host;
    ApplyAuth(user.auth, &account);
    ApplyOptions(tree.options, &account);
    for (const sql::AccountName& role : tree.default_roles)
      account.default_roles.emplace_back(role.user, role.host);
    Put(account);
  }
  failed.Report(session_, "CREATE USER", tree.if_not_exists, ErrorCode::kUserAlreadyExists);
}

void AccountWork::AlterUsers(const sql::AlterUserStatement& tree) {
  FailedAccounts failed;
  for (const sql::UserSpecification& user : tree.users) {
    const sql::AccountName name = Named(user.account);
    const Account* found = Find(name);
    if (found == nullptr) {
      failed.Add(name.user, name.host);
      continue;
    }
    Account account = *found;
    if (user.has_auth) ApplyAuth(user.auth, &account);
    ApplyOptions(tree.options, &account);
    if (tree.has_default_role) {
      account.all_roles_default = tree.default_role == sql::RoleChoice::kAll;
      account.default_roles.clear();
      for (const sql::AccountName& role : tree.default_roles)
        account.default_roles.emplace_back(role.user, role.host);
    }
    Put(account);
  }
  failed.Report(session_, "ALTER USER", tree.if_exists, ErrorCode::kUserDoesNotExist);
}

void AccountWork::DropUsers(const NameList& names, bool if_exists, const char* operation) {
  FailedAccounts failed;
  for (const sql::AccountName& written : names) {
    const sql::AccountName name = Named(written);
    const Account* found = Find(name);
    if (found == nullptr) {
      failed.Add(name.user, name.host);
      continue;
    }
    const Account dropped = *found;
    writer_.DropAccount(dropped);
    // Nobody keeps a role that is gone.
    const catalog::AccountName key{dropped.user, dropped.host};
    accounts_ = session_.transaction().catalog().Accounts();
    const std::vector<Account> all = accounts_->accounts();
    for (Account account : all) {
      const bool held = account.roles.erase(key) > 0;
      const bool by_default = std::erase(account.default_roles, key) > 0;
      if (held || by_default) Put(account);
    }
  }
  failed.Report(session_, operation, if_exists, ErrorCode::kUserDoesNotExist);
}

void AccountWork::RenameUsers(const sql::RenameUserStatement& tree) {
  FailedAccounts failed;
  for (const sql::RenameUserItem& item : tree.items) {
    const Account* found = Find(item.from);
    if (found == nullptr || Find(item.to) != nullptr) {
      const sql::AccountName from = Named(item.from);
      failed.Add(from.user, from.host);
      continue;
    }
    Account account = *found;
    writer_.DropAccount(account);
    account.user = item.to.user;
    account.host = item.to.host;
    Put(account);
  }
  failed.Report(session_, "RENAME USER", false, ErrorCode::kUserDoesNotExist);
}

void AccountWork::CreateRoles(const sql::CreateRoleStatement& tree) {
  FailedAccounts failed;
  for (const sql::AccountName& name : tree.roles) {
    if (Find(name) != nullptr) {
      failed.Add(name.user, name.host);
      continue;
    }
    Account role;
    role.user = name.user;
    role.host = name.host;
    role.is_role = role.locked = role.password_expired = true;
    Put(role);
  }
  failed.Report(session_, "CREATE ROLE", tree.if_not_exists, ErrorCode::kUserAlreadyExists);
}

std::string AccountWork::LevelSchema(const sql::TableName& name) const {
  if (!name.schema.empty()) return std::string(name.schema);
  if (session_.current_schema().empty()) throw MakeError(ErrorCode::kNoDbError);
  return session_.current_schema();
}

/// A grantor needs GRANT OPTION and the privileges; a table that is named has to be there.
void AccountWork::CheckLevel(const sql::GrantStatement& tree) {
  std::string schema, table;
  if (tree.level != sql::GrantLevel::kGlobal) schema = LevelSchema(tree.name);
  if (tree.level == sql::GrantLevel::kTable) table = tree.name.table;
  if (tree.object != sql::GrantObject::kTable)
    throw MakeError(ErrorCode::kNotSupportedYet, "GRANT on routines");
  session_.RequirePrivilege("GRANT OPTION", schema, table, "");
  if (tree.level != sql::GrantLevel::kTable) return;
  txn::CatalogView& catalog = session_.transaction().catalog();
  const bool creates = std::any_of(tree.privileges.begin(), tree.privileges.end(),
                                   [](const auto& p) { return p.name == "CREATE"; });
  if (!creates && catalog.FindTable(schema, table) == nullptr &&
      catalog.FindView(schema, table) == nullptr) {
    throw MakeError(ErrorCode::kNoSuchTable, schema, table);
  }
}

/// Gives or takes the statement's privileges at its level.
template <typename Statement>
void AccountWork::ChangeLevel(const Statement& tree, bool grant, bool grant_option,
                              Account* account) {
  const bool global = tree.level == sql::GrantLevel::kGlobal,
             table = tree.level == sql::GrantLevel::kTable;
  const PrivilegeSet allowed = global  ? catalog::kGlobalPrivileges
                               : table ? catalog::kTablePrivileges
                                       : catalog::kDatabasePrivileges;
  const auto change = [&](PrivilegeSet& set, PrivilegeSet by) {
    grant ? set.AddAll(by) : set.RemoveAll(by);
  };
  PrivilegeSet changed;
  if (tree.all) changed = allowed;
  if (grant_option) changed.Add(Privilege::kGrantOption);
  catalog::TableGrant* on_table = nullptr;
  if (table) on_table = &account->tables[{LevelSchema(tree.name), std::string(tree.name.table)}];
  for (const sql::PrivilegeItem& item : tree.privileges) {
    if (item.name == "USAGE") continue;
    std::string upper(item.name);
    std::transform(upper.begin(), upper.end(), upper.begin(),
                   [](unsigned char c) { return std::toupper(c); });
    const auto privilege = catalog::FindPrivilege(upper);
    if (!privilege) {
      if (!catalog::DynamicPrivileges().contains(upper)) throw MakeError(ErrorCode::kSyntaxError);
      if (!global) throw MakeError(ErrorCode::kIllegalPrivilegeLevelFor, upper);
      grant ? (void)account->dynamic.insert(upper) : (void)account->dynamic.erase(upper);
      if (grant_option && grant) account->dynamic_with_grant.insert(upper);
      if (!grant) account->dynamic_with_grant.erase(upper);
      continue;
    }
    if (!allowed.Has(*privilege) && *privilege != Privilege::kGrantOption) {
      throw table ? MakeError(ErrorCode::kIllegalGrantForTable)
                  : MakeError(ErrorCode::kWrongUsage, "DB GRANT", "GLOBAL PRIVILEGES");
    }
    PrivilegeSet one;
    one.Add(*privilege);
    if (item.columns.empty()) {
      changed.AddAll(one);
      continue;
    }
    if (!table || !catalog::kColumnPrivileges.Has(*privilege))
      throw MakeError(ErrorCode::kWrongUsage, "COLUMN GRANT", "NON-COLUMN PRIVILEGES");
    for (const std::string_view column : item.columns)
      change(on_table->columns[std::string(column)], one);
  }
  if (tree.all && global) {
    for (const std::string& name : catalog::DynamicPrivileges()) {
      grant ? (void)account->dynamic.insert(name) : (void)account->dynamic.erase(name);
      if (grant && grant_option) account->dynamic_with_grant.insert(name);
      if (!grant) account->dynamic_with_grant.erase(name);
    }
  }
  if (tree.all && table && !grant) on_table->columns.clear();
  change(global  ? account->global
         : table ? on_table->privileges
                 : account->databases[LevelSchema(tree.name)],
         changed);
  std::erase_if(account->databases, [](const auto& entry) { return entry.second.empty(); });
  if (!table) return;
  std::erase_if(on_table->columns, [](const auto& entry) { return entry.second.empty(); });
  std::erase_if(account->tables, [](const auto& entry) {
    return entry.second.privileges.empty() && entry.second.columns.empty();
  });
}

void AccountWork::GrantRoles(const sql::GrantStatement& tree) {
  session_.RequirePrivilege("ROLE_ADMIN", "", "", "");
  for (const sql::AccountName& grantee : tree.grantees) {
    const Account* found = Find(grantee);
    if (found == nullptr) throw MakeError(ErrorCode::kUnknownAuthid, grantee.user, grantee.host);
    Account account = *found;
    for (const sql::PrivilegeItem& item : tree.privileges) {
      const Account* role = Find(item.role);
      if (role == nullptr)
        throw MakeError(ErrorCode::kUnknownAuthid, item.role.user, item.role.host);
      account.roles[{role->user, role->host}] |= tree.with_admin_option;
    }
    Put(account);
  }
}

void AccountWork::Grant(const sql::GrantStatement& tree) {
  if (tree.proxy) throw MakeError(ErrorCode::kNotSupportedYet, "GRANT PROXY");
  if (tree.roles) return GrantRoles(tree);
  CheckLevel(tree);
  for (const sql::AccountName& grantee : tree.grantees) {
    const Account* found = Find(grantee);
    if (found == nullptr) throw MakeError(ErrorCode::kCantCreateUserWithGrant);
    Account account = *found;
    ChangeLevel(tree, true, tree.with_grant_option, &account);
    Put(account);
  }
}

void AccountWork::RevokeRoles(const sql::RevokeStatement& tree) {
  session_.RequirePrivilege("ROLE_ADMIN", "", "", "");
  for (const sql::AccountName& grantee : tree.grantees) {
    const Account* found = Find(grantee);
    if (found == nullptr) throw MakeError(ErrorCode::kUnknownAuthid, grantee.user, grantee.host);
    Account account = *found;
    for (const sql::PrivilegeItem& item : tree.privileges) {
      const catalog::AccountName role{std::string(item.role.user), std::string(item.role.host)};
      account.roles.erase(role);
      std::erase(account.default_roles, role);
    }
    Put(account);
  }
}

void AccountWork::Revoke(const sql::RevokeStatement& tree) {
  if (tree.proxy) throw MakeError(ErrorCode::kNotSupportedYet, "REVOKE PROXY");
  if (tree.roles) return RevokeRoles(tree);
  for (const sql::AccountName& grantee : tree.grantees) {
    const Account* found = Find(grantee);
    if (found == nullptr) {
      if (tree.ignore_unknown_user) continue;
      throw MakeError(ErrorCode::kNonexistingGrant, grantee.user, grantee.host);
    }
    Account account = *found;
    if (tree.all_and_grant_option) {
      session_.RequirePrivilege("CREATE USER", "", "", "");
      account.global = PrivilegeSet();
      account.dynamic.clear();
      account.dynamic_with_grant.clear();
      account.databases.clear();
      account.tables.clear();
    } else {
      const std::string schema =
          tree.level == sql::GrantLevel::kGlobal ? "" : LevelSchema(tree.name);
      session_.RequirePrivilege("GRANT OPTION", schema,
                                tree.level == sql::GrantLevel::kTable ? tree.name.table : "", "");
      ChangeLevel(tree, false, false, &account);
    }
    Put(account);
  }
}

void AccountWork::SetPassword(const sql::SetPasswordStatement& tree) {
  sql::AccountName name = tree.account;
  if (!tree.has_account) name.is_current = true;
  const Account* found = Find(name);
  if (found == nullptr) throw MakeError(ErrorCode::kPasswordNoMatch);
  Account account = *found;
  sql::AuthOption auth;
  auth.password = tree.password;
  auth.has_password = !tree.to_random;
  auth.random_password = tree.to_random;
  ApplyAuth(auth, &account);
  Put(account);
}

void AccountWork::SetDefaultRoles(const sql::SetDefaultRoleStatement& tree) {
  for (const sql::AccountName& name : tree.accounts) {
    const Account* found = Find(name);
    if (found == nullptr) throw MakeError(ErrorCode::kUnknownAuthid, name.user, name.host);
    Account account = *found;
    account.all_roles_default = tree.choice == sql::RoleChoice::kAll;
    account.default_roles.clear();
    for (const sql::AccountName& role : tree.roles)
      account.default_roles.emplace_back(role.user, role.host);
    Put(account);
  }
}

bool NamesItself(SessionContext& session, const sql::AccountName& name) {
  return name.is_current || session.account() == fmt::format("{}@{}", name.user, name.host);
}

bool HasNoOptions(const sql::AlterUserStatement& tree) {
  const sql::UserOptions& options = tree.options;
  return !tree.has_default_role && options.tls == sql::TlsRequirement::kNotWritten &&
         options.locked == sql::YesNo::kNotWritten &&
         options.expiry == sql::PasswordExpiry::kNotWritten && !options.has_comment &&
         !options.has_attribute;
}

}  // namespace

bool ChangesOwnPasswordOnly(SessionContext& session, const sql::Statement& tree) {
  if (tree.kind == Kind::kSetPassword) {
    const auto& set = sql::As<sql::SetPasswordStatement>(tree);
    return !set.has_account || NamesItself(session, set.account);
  }
  if (tree.kind != Kind::kAlterUser) return false;
  const auto& alter = sql::As<sql::AlterUserStatement>(tree);
  return HasNoOptions(alter) && std::all_of(alter.users.begin(), alter.users.end(),
                                            [&](const sql::UserSpecification& user) {
                                              return NamesItself(session, user.account) &&
                                                     user.has_auth;
                                            });
}

bool IsAccountStatement(const sql::Statement& tree) {
  return (tree.kind >= Kind::kCreateUser && tree.kind <= Kind::kRevoke) ||
         tree.kind == Kind::kSetPassword || tree.kind == Kind::kSetDefaultRole;
}

StatementResult ExecuteAccountStatement(SessionContext& session, const sql::Statement& tree) {
  switch (tree.kind) {
    case Kind::kGrant:
      AccountWork(session).Grant(sql::As<sql::GrantStatement>(tree));
      return {};
    case Kind::kRevoke:
      AccountWork(session).Revoke(sql::As<sql::RevokeStatement>(tree));
      return {};
    case Kind::kSetPassword: {
      const auto& statement = sql::As<sql::SetPasswordStatement>(tree);
      if (!ChangesOwnPasswordOnly(session, tree)) {
        session.RequirePrivilege("CREATE USER", "", "", "");
      }
      AccountWork(session).SetPassword(statement);
      return {};
    }
    default:
      break;
  }
  const bool role = tree.kind == Kind::kCreateRole || tree.kind == Kind::kDropRole;
  if (!ChangesOwnPasswordOnly(session, tree)) {
    session.RequirePrivilege(role ? "CREATE ROLE" : "CREATE USER", "", "", "");
  }
  AccountWork work(session);
  switch (tree.kind) {
    case Kind::kCreateUser:
      work.CreateUsers(sql::As<sql::CreateUserStatement>(tree));
      break;
    case Kind::kAlterUser:
      work.AlterUsers(sql::As<sql::AlterUserStatement>(tree));
      break;
    case Kind::kDropUser: {
      const auto& statement = sql::As<sql::DropUserStatement>(tree);
      work.DropUsers(statement.accounts, statement.if_exists, "DROP USER");
      break;
    }
    case Kind::kRenameUser:
      work.RenameUsers(sql::As<sql::RenameUserStatement>(tree));
      break;
    case Kind::kCreateRole:
      work.CreateRoles(sql::As<sql::CreateRoleStatement>(tree));
      break;
    case Kind::kDropRole: {
      const auto& statement = sql::As<sql::DropRoleStatement>(tree);
      work.DropUsers(statement.roles, statement.if_exists, "DROP ROLE");
      break;
    }
    case Kind::kSetDefaultRole:
      work.SetDefaultRoles(sql::As<sql::SetDefaultRoleStatement>(tree));
      break;
    default:
      throw MakeError(ErrorCode::kNotSupportedYet, "this account statement");
  }
  return {};
}

}  // namespace sixfold::exec
