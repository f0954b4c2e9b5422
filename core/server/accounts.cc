#include "core/server/accounts.h"

#include "core/base/check.h"
#include "core/base/clock.h"
#include "core/protocol/constants.h"
#include "core/server/instance.h"
#include "core/server/server.h"
#include "core/server/session.h"
#include "core/server/session_variables.h"
#include "core/server/virtual_table_registry.h"
#include "core/txn/transaction_manager.h"
#include "core/types/charset.h"
#include "core/types/error_codes.h"
#include "core/types/sql_error.h"

namespace sixfold::server {
namespace {

using catalog::Account;
using catalog::AccountName;
using catalog::AccountSet;
using catalog::Privilege;

std::string PlainName(const Account& account) { return account.user + "@" + account.host; }

}  // namespace

Account Accounts::Master() {
  const ClusterConfig& cluster = server_.instance().cluster();
  return catalog::MasterAccount(cluster.master_user, cluster.master_auth_plugin,
                                protocol::HashPassword(cluster.master_auth_plugin,
                                                       cluster.master_password, &server_.random()));
}

catalog::AccountSetPtr Accounts::Current() {
  catalog::AccountSetPtr set = server_.instance().transactions()->Accounts();
  if (set != nullptr && !set->accounts().empty()) return set;
  std::lock_guard lock(mutex_);
  if (initial_ == nullptr) {
    initial_ = std::make_shared<AccountSet>(std::vector<Account>{Master()});
  }
  return initial_;
}

protocol::AuthAccount Accounts::Login(Session& session) {
  auto bound = std::make_unique<BoundAccount>();
  bound->set = Current();
  const Account* found = bound->set->Match(session.user(), session.host(), session.host());
  protocol::AuthAccount answer;
  if (found != nullptr && !found->is_role) {
    bound->account = *found;
    bound->exists = true;
    answer.exists = true;
    answer.name = PlainName(*found);
    answer.plugin = found->plugin;
    answer.stored = found->authentication_string;
  }
  session.bound_account = std::move(bound);
  return answer;
}

void Accounts::Admit(Session& session) {
  BoundAccount& bound = *session.bound_account;
  CHECK(bound.exists);
  if (bound.account.locked) {
    throw MakeError(ErrorCode::kAccountHasBeenLocked, session.user(), session.host());
  }
  session.must_change_password = PasswordHasExpired(bound.account);
  if (session.must_change_password &&
      (session.capabilities() & protocol::capability::kCanHandleExpiredPasswords) == 0 &&
      server_.globals_flag("disconnect_on_expired_password")) {
    throw MakeError(ErrorCode::kMustChangePasswordLogin);
  }
  if (bound.account.all_roles_default || server_.globals_flag("activate_all_roles_on_login")) {
    for (const auto& [role, admin] : bound.account.roles) bound.active_roles.push_back(role);
  } else {
    bound.active_roles = bound.account.default_roles;
  }
  session.set_account(PlainName(bound.account));
}

bool Accounts::PasswordHasExpired(const Account& account) const {
  const auto lifetime = server_.globals().Get(FindVariable("default_password_lifetime")).integer;
  return account.PasswordHasExpired(server_.clock().WallMicros() / 1'000'000, lifetime);
}

void Accounts::RequireChangedPassword(Session& session) {
  session.must_change_password = PasswordHasExpired(Refreshed(session).account);
  if (session.must_change_password) throw MakeError(ErrorCode::kMustChangePassword);
}

BoundAccount& Accounts::Refreshed(Session& session) {
  CHECK(session.bound_account != nullptr);
  BoundAccount& bound = *session.bound_account;
  // Read before the accounts: what they are newer than is not missed.
  const Lsn catalog = server_.instance().transactions()->CatalogLsn();
  if (catalog == bound.catalog && catalog != Lsn()) return bound;
  catalog::AccountSetPtr set = Current();
  bound.catalog = catalog;
  if (set == bound.set) return bound;
  const Account* account = set->Find(bound.account.user, bound.account.host);
  if (account != nullptr) {
    bound.account = *account;
  } else {
    // Dropped while logged in: as in MySQL the session goes on, with nothing it may do.
    Account empty;
    empty.user = bound.account.user;
    empty.host = bound.account.host;
    bound.account = std::move(empty);
  }
  std::erase_if(bound.active_roles,
                [&](const AccountName& role) { return !bound.account.roles.contains(role); });
  bound.set = std::move(set);
  return bound;
}

void Accounts::SetRoles(Session& session, std::vector<AccountName> roles) {
  BoundAccount& bound = Refreshed(session);
  for (const AccountName& role : roles) {
    if (!bound.account.roles.contains(role)) {
      throw MakeError(ErrorCode::kRoleNotGranted, fmt::format("`{}`@`{}`", role.first, role.second),
                      bound.account.Quoted());
    }
  }
  bound.active_roles = std::move(roles);
}

bool Accounts::HasGlobal(Session& session, Privilege privilege) {
  const BoundAccount& bound = Refreshed(session);
  return bound.set->HasGlobal(bound.account, bound.active_roles, privilege);
}

bool Accounts::SeesSchema(Session& session, std::string_view schema) {
  if (IsVirtualSchema(schema)) return true;
  const BoundAccount& bound = Refreshed(session);
  return bound.set->SeesSchema(bound.account, bound.active_roles, schema);
}

bool Accounts::SeesTable(Session& session, std::string_view schema, std::string_view table) {
  if (IsVirtualSchema(schema)) return true;
  const BoundAccount& bound = Refreshed(session);
  return bound.set->SeesTable(bound.account, bound.active_roles, schema, table);
}

void Accounts::RequireGlobal(Session& session, Privilege privilege) {
  if (HasGlobal(session, privilege)) return;
  throw MakeError(ErrorCode::kSpecificAccessDeniedError, catalog::PrivilegeName(privilege));
}

void Accounts::Require(Session& session, std::string_view name, std::string_view schema,
                       std::string_view table, std::string_view column) {
  const auto privilege = catalog::FindPrivilege(name);
  CHECK(privilege.has_value(), "{}", name);
  const BoundAccount& bound = Refreshed(session);
  const Account& account = bound.account;
  if (IsVirtualSchema(schema)) {
    if (*privilege == Privilege::kSelect) return;
    throw MakeError(ErrorCode::kDbaccessDeniedError, account.user, account.host, schema);
  }
  if (account.global.Has(*privilege)) return;
  if (schema.empty()) {
    if (bound.set->HasGlobal(account, bound.active_roles, *privilege)) return;
    throw MakeError(ErrorCode::kSpecificAccessDeniedError, catalog::PrivilegeName(*privilege));
  }
  if (bound.set->Has(account, bound.active_roles, *privilege, schema, table, column)) return;
  if (table.empty()) {
    throw MakeError(ErrorCode::kDbaccessDeniedError, account.user, account.host, schema);
  }
  if (!column.empty() && bound.set->SeesTable(account, bound.active_roles, schema, table)) {
    throw MakeError(ErrorCode::kColumnaccessDeniedError, catalog::PrivilegeName(*privilege),
                    account.user, session.host(), column, table);
  }
  throw MakeError(ErrorCode::kTableaccessDeniedError, catalog::PrivilegeName(*privilege),
                  account.user, session.host(), table);
}

}  // namespace sixfold::server
