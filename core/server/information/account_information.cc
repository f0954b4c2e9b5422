// Privileges as tables: information_schema's *_PRIVILEGES, APPLICABLE_ROLES, and mysql.user,
// mysql.db as far as clients read them. Accounts are catalog rows (core/catalog/accounts.h); these
// show them.
#include "core/server/accounts.h"
#include "core/server/server.h"
#include "core/server/session.h"
#include "core/server/virtual_table_registry.h"

namespace sixfold::server {
namespace {

using catalog::Account;
using catalog::Privilege;
using catalog::PrivilegeSet;
using Column = VirtualColumn;
using Type = VirtualColumn::Type;

constexpr std::string_view kInfo = "information_schema";

std::string Grantee(const Account& account) {
  return fmt::format("'{}'@'{}'", account.user, account.host);
}

/// Those accounts a session may see: all with SELECT on mysql, else its own.
template <typename Visit>
void ForEachAccount(Session& session, Visit visit) {
  Accounts& accounts = session.server().accounts();
  const BoundAccount& own = accounts.Bound(session);
  const catalog::AccountSetPtr set = accounts.Current();
  const bool all = set->Has(own.account, own.active_roles, Privilege::kSelect, "mysql", "user", "");
  for (const Account& account : set->accounts()) {
    if (all || (account.user == own.account.user && account.host == own.account.host)) {
      visit(account);
    }
  }
}

template <typename Visit>
void ForEachPrivilege(PrivilegeSet set, Visit visit) {
  bool any = false;
  for (int i = 0; i < catalog::kPrivilegeCount; ++i) {
    const auto privilege = static_cast<Privilege>(i);
    if (privilege == Privilege::kGrantOption || !set.Has(privilege)) continue;
    any = true;
    visit(catalog::PrivilegeName(privilege));
  }
  if (!any) visit("USAGE");
}

std::string_view Grantable(PrivilegeSet set) {
  return set.Has(Privilege::kGrantOption) ? "YES" : "NO";
}

constexpr Column kUserPrivileges[] = {{"GRANTEE", Type::kText, 292, false},
                                      {"TABLE_CATALOG", Type::kText, 512, false},
                                      {"PRIVILEGE_TYPE", Type::kText, 64, false},
                                      {"IS_GRANTABLE", Type::kText, 3, false}};

void FillUserPrivileges(Session& session, const VirtualHints&, VirtualRow& row) {
  ForEachAccount(session, [&](const Account& account) {
    ForEachPrivilege(account.global, [&](std::string_view name) {
      row.Text(Grantee(account)).Text("def").Text(name).Text(Grantable(account.global)).Send();
    });
    for (const std::string& name : account.dynamic) {
      row.Text(Grantee(account)).Text("def").Text(name);
      row.Text(account.dynamic_with_grant.contains(name) ? "YES" : "NO").Send();
    }
  });
}

constexpr Column kSchemaPrivileges[] = {{"GRANTEE", Type::kText, 292, false},
                                        {"TABLE_CATALOG", Type::kText, 512, false},
                                        {"TABLE_SCHEMA", Type::kText, 64, false},
                                        {"PRIVILEGE_TYPE", Type::kText, 64, false},
                                        {"IS_GRANTABLE", Type::kText, 3, false}};

void FillSchemaPrivileges(Session& session, const VirtualHints&, VirtualRow& row) {
  ForEachAccount(session, [&](const Account& account) {
    for (const auto& entry : account.databases) {
      const auto& set = entry.second;
      ForEachPrivilege(set, [&](std::string_view name) {
        row.Text(Grantee(account)).Text("def").Text(entry.first).Text(name);
        row.Text(Grantable(set)).Send();
      });
    }
  });
}

constexpr Column kTablePrivileges[] = {
    {"GRANTEE", Type::kText, 292, false},       {"TABLE_CATALOG", Type::kText, 512, false},
    {"TABLE_SCHEMA", Type::kText, 64, false},   {"TABLE_NAME", Type::kText, 64, false},
    {"PRIVILEGE_TYPE", Type::kText, 64, false}, {"IS_GRANTABLE", Type::kText, 3, false}};

void FillTablePrivileges(Session& session, const VirtualHints&, VirtualRow& row) {
  ForEachAccount(session, [&](const Account& account) {
    for (const auto& entry : account.tables) {
      const auto& name = entry.first;
      const auto& privileges = entry.second.privileges;
      if (privileges.empty()) continue;
      ForEachPrivilege(privileges, [&](std::string_view privilege) {
        row.Text(Grantee(account)).Text("def").Text(name.first).Text(name.second).Text(privilege);
        row.Text(Grantable(privileges)).Send();
      });
    }
  });
}

constexpr Column kColumnPrivileges[] = {
    {"GRANTEE", Type::kText, 292, false},     {"TABLE_CATALOG", Type::kText, 512, false},
    {"TABLE_SCHEMA", Type::kText, 64, false}, {"TABLE_NAME", Type::kText, 64, false},
    {"COLUMN_NAME", Type::kText, 64, false},  {"PRIVILEGE_TYPE", Type::kText, 64, false},
    {"IS_GRANTABLE", Type::kText, 3, false}};

void FillColumnPrivileges(Session& session, const VirtualHints&, VirtualRow& row) {
  ForEachAccount(session, [&](const Account& account) {
    for (const auto& entry : account.tables) {
      const auto& name = entry.first;
      const auto& grant = entry.second;
      for (const auto& column : grant.columns) {
        ForEachPrivilege(column.second, [&](std::string_view privilege) {
          row.Text(Grantee(account))
              .Text("def")
              .Text(name.first)
              .Text(name.second)
              .Text(column.first);
          row.Text(privilege).Text(Grantable(grant.privileges)).Send();
        });
      }
    }
  });
}

constexpr Column kUser[] = {{"Host", Type::kText, 255, false},
                            {"User", Type::kText, 32, false},
                            {"Select_priv", Type::kText, 1, false},
                            {"Insert_priv", Type::kText, 1, false},
                            {"Update_priv", Type::kText, 1, false},
                            {"Delete_priv", Type::kText, 1, false},
                            {"Create_priv", Type::kText, 1, false},
                            {"Drop_priv", Type::kText, 1, false},
                            {"Reload_priv", Type::kText, 1, false},
                            {"Shutdown_priv", Type::kText, 1, false},
                            {"Process_priv", Type::kText, 1, false},
                            {"File_priv", Type::kText, 1, false},
                            {"Grant_priv", Type::kText, 1, false},
                            {"References_priv", Type::kText, 1, false},
                            {"Index_priv", Type::kText, 1, false},
                            {"Alter_priv", Type::kText, 1, false},
                            {"Show_db_priv", Type::kText, 1, false},
                            {"Super_priv", Type::kText, 1, false},
                            {"Create_tmp_table_priv", Type::kText, 1, false},
                            {"Lock_tables_priv", Type::kText, 1, false},
                            {"Execute_priv", Type::kText, 1, false},
                            {"Repl_slave_priv", Type::kText, 1, false},
                            {"Repl_client_priv", Type::kText, 1, false},
                            {"Create_view_priv", Type::kText, 1, false},
                            {"Show_view_priv", Type::kText, 1, false},
                            {"Create_routine_priv", Type::kText, 1, false},
                            {"Alter_routine_priv", Type::kText, 1, false},
                            {"Create_user_priv", Type::kText, 1, false},
                            {"Event_priv", Type::kText, 1, false},
                            {"Trigger_priv", Type::kText, 1, false},
                            {"Create_tablespace_priv", Type::kText, 1, false},
                            {"ssl_type", Type::kText, 9, false},
                            {"max_questions", Type::kUint, 0, false},
                            {"max_updates", Type::kUint, 0, false},
                            {"max_connections", Type::kUint, 0, false},
                            {"max_user_connections", Type::kUint, 0, false},
                            {"plugin", Type::kText, 64, false},
                            {"authentication_string", Type::kLongText},
                            {"password_expired", Type::kText, 1, false},
                            {"password_last_changed", Type::kDatetime},
                            {"password_lifetime", Type::kUint32},
                            {"account_locked", Type::kText, 1, false},
                            {"Create_role_priv", Type::kText, 1, false},
                            {"Drop_role_priv", Type::kText, 1, false}};

constexpr Privilege kUserColumns[] = {Privilege::kSelect,
                                      Privilege::kInsert,
                                      Privilege::kUpdate,
                                      Privilege::kDelete,
                                      Privilege::kCreate,
                                      Privilege::kDrop,
                                      Privilege::kReload,
                                      Privilege::kShutdown,
                                      Privilege::kProcess,
                                      Privilege::kFile,
                                      Privilege::kGrantOption,
                                      Privilege::kReferences,
                                      Privilege::kIndex,
                                      Privilege::kAlter,
                                      Privilege::kShowDatabases,
                                      Privilege::kSuper,
                                      Privilege::kCreateTemporaryTables,
                                      Privilege::kLockTables,
                                      Privilege::kExecute,
                                      Privilege::kReplicationSlave,
                                      Privilege::kReplicationClient,
                                      Privilege::kCreateView,
                                      Privilege::kShowView,
                                      Privilege::kCreateRoutine,
                                      Privilege::kAlterRoutine,
                                      Privilege::kCreateUser,
                                      Privilege::kEvent,
                                      Privilege::kTrigger,
                                      Privilege::kCreateTablespace};

std::string_view Flag(bool on) { return on ? "Y" : "N"; }

void PutPasswordAge(Session& session, const Account& account, VirtualRow& row) {
  if (account.password_changed_s == 0) {
    row.Null();
  } else {
    row.Datetime(LocalDatetime(session, account.password_changed_s));
  }
  if (account.password_lifetime_days == Account::kDefaultLifetime) {
    row.Null();
  } else {
    row.Uint(static_cast<uint64_t>(account.password_lifetime_days));
  }
}

void FillUser(Session& session, const VirtualHints&, VirtualRow& row) {
  ForEachAccount(session, [&](const Account& account) {
    row.Text(account.host).Text(account.user);
    for (Privilege privilege : kUserColumns) row.Text(Flag(account.global.Has(privilege)));
    row.Text(account.tls_requirement).Uint(0).Uint(0).Uint(0).Uint(0).Text(account.plugin);
    row.Text(account.authentication_string).Text(Flag(account.password_expired));
    PutPasswordAge(session, account, row);
    row.Text(Flag(account.locked)).Text(Flag(account.global.Has(Privilege::kCreateRole)));
    row.Text(Flag(account.global.Has(Privilege::kDropRole))).Send();
  });
}

constexpr Column kDb[] = {
    {"Host", Type::kText, 255, false},      {"Db", Type::kText, 64, false},
    {"User", Type::kText, 32, false},       {"Select_priv", Type::kText, 1, false},
    {"Insert_priv", Type::kText, 1, false}, {"Update_priv", Type::kText, 1, false},
    {"Delete_priv", Type::kText, 1, false}, {"Create_priv", Type::kText, 1, false},
    {"Drop_priv", Type::kText, 1, false},   {"Grant_priv", Type::kText, 1, false}};

void FillDb(Session& session, const VirtualHints&, VirtualRow& row) {
  ForEachAccount(session, [&](const Account& account) {
    for (const auto& [schema, set] : account.databases) {
      row.Text(account.host).Text(schema).Text(account.user);
      for (Privilege privilege :
           {Privilege::kSelect, Privilege::kInsert, Privilege::kUpdate, Privilege::kDelete,
            Privilege::kCreate, Privilege::kDrop, Privilege::kGrantOption}) {
        row.Text(Flag(set.Has(privilege)));
      }
      row.Send();
    }
  });
}

constexpr Column kApplicableRoles[] = {{"USER", Type::kText, 97},
                                       {"HOST", Type::kText, 256},
                                       {"GRANTEE", Type::kText, 97},
                                       {"GRANTEE_HOST", Type::kText, 256},
                                       {"ROLE_NAME", Type::kText, 255},
                                       {"ROLE_HOST", Type::kText, 256},
                                       {"IS_GRANTABLE", Type::kText, 3, false},
                                       {"IS_DEFAULT", Type::kText, 3},
                                       {"IS_MANDATORY", Type::kText, 3, false}};

void FillApplicableRoles(Session& session, const VirtualHints&, VirtualRow& row) {
  const Account& own = session.server().accounts().Bound(session).account;
  for (const auto& [role, admin] : own.roles) {
    const bool is_default = std::find(own.default_roles.begin(), own.default_roles.end(), role) !=
                            own.default_roles.end();
    row.Text(own.user).Text(own.host).Text(own.user).Text(own.host).Text(role.first);
    row.Text(role.second).Text(admin ? "YES" : "NO").Text(is_default ? "YES" : "NO").Text("NO");
    row.Send();
  }
}

constexpr VirtualTableSpec kAccountTables[] = {
    {kInfo, "USER_PRIVILEGES", kUserPrivileges, FillUserPrivileges},
    {kInfo, "SCHEMA_PRIVILEGES", kSchemaPrivileges, FillSchemaPrivileges},
    {kInfo, "TABLE_PRIVILEGES", kTablePrivileges, FillTablePrivileges},
    {kInfo, "COLUMN_PRIVILEGES", kColumnPrivileges, FillColumnPrivileges},
    {kInfo, "APPLICABLE_ROLES", kApplicableRoles, FillApplicableRoles},
    {"mysql", "user", kUser, FillUser},
    {"mysql", "db", kDb, FillDb},
};

}  // namespace

std::span<const VirtualTableSpec> AccountInformation() { return kAccountTables; }

}  // namespace sixfold::server
