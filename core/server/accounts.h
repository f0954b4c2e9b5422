// Accounts: logins and privilege checks of this process, over the catalog's account rows
// (core/catalog/accounts.h), which are cached as long as the catalog stands still: a GRANT or DROP
// USER is felt by the next statement of every session of every instance. Thread-safe.
//
// While the catalog has no account at all (a cluster whose first writer has not come yet) the
// configured master account is the only one.
#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/ids.h"
#include "core/catalog/accounts.h"
#include "core/protocol/server_auth.h"

namespace sixfold::server {

class Server;
class Session;

/// A session's account with its active roles, as of one account set.
struct BoundAccount {
  catalog::AccountSetPtr set;
  Lsn catalog;  // what `set` is the newest of, at least
  catalog::Account account;
  std::vector<catalog::AccountName> active_roles;
  bool exists = false;
};

class Accounts {
 public:
  explicit Accounts(Server& server) : server_(server) {}

  /// What to authenticate the session's user against.
  protocol::AuthAccount Login(Session& session);
  /// Once the password was right: binds the session to its account, or throws.
  void Admit(Session& session);

  /// Of a session that may only change its password: throws 1820 unless it has been changed.
  void RequireChangedPassword(Session& session);

  /// Throws 1044, 1142, 1143 or 1227.
  void Require(Session& session, std::string_view privilege, std::string_view schema,
               std::string_view table, std::string_view column);
  void RequireGlobal(Session& session, catalog::Privilege privilege);
  bool HasGlobal(Session& session, catalog::Privilege privilege);
  bool SeesSchema(Session& session, std::string_view schema);
  bool SeesTable(Session& session, std::string_view schema, std::string_view table);
  /// The session's account as it stands now.
  const BoundAccount& Bound(Session& session) { return Refreshed(session); }
  catalog::AccountSetPtr Current();
  /// The account every new volume begins with.
  catalog::Account Master();
  /// SET ROLE; throws 3530 for one that is not granted.
  void SetRoles(Session& session, std::vector<catalog::AccountName> roles);

 private:
  BoundAccount& Refreshed(Session& session);
  bool PasswordHasExpired(const catalog::Account& account) const;

  Server& server_;
  std::mutex mutex_;
  catalog::AccountSetPtr initial_;  // guarded by mutex_; before the catalog has accounts
};

}  // namespace sixfold::server
