#include "core/catalog/accounts.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/types/charset.h"

namespace sixfold::catalog {
namespace {

constexpr int kAccountFormat = 1;

constexpr std::string_view kPrivilegeNames[kPrivilegeCount] = {"SELECT",
                                                               "INSERT",
                                                               "UPDATE",
                                                               "DELETE",
                                                               "CREATE",
                                                               "DROP",
                                                               "RELOAD",
                                                               "SHUTDOWN",
                                                               "PROCESS",
                                                               "FILE",
                                                               "REFERENCES",
                                                               "INDEX",
                                                               "ALTER",
                                                               "SHOW DATABASES",
                                                               "SUPER",
                                                               "CREATE TEMPORARY TABLES",
                                                               "LOCK TABLES",
                                                               "EXECUTE",
                                                               "REPLICATION SLAVE",
                                                               "REPLICATION CLIENT",
                                                               "CREATE VIEW",
                                                               "SHOW VIEW",
                                                               "CREATE ROUTINE",
                                                               "ALTER ROUTINE",
                                                               "CREATE USER",
                                                               "EVENT",
                                                               "TRIGGER",
                                                               "CREATE TABLESPACE",
                                                               "CREATE ROLE",
                                                               "DROP ROLE",
                                                               "GRANT OPTION"};

constexpr PrivilegeSet SetOf(std::initializer_list<Privilege> list) {
  uint64_t bits = 0;
  for (const Privilege p : list) bits |= uint64_t{1} << static_cast<int>(p);
  return PrivilegeSet(bits);
}

/// LIKE without escapes beyond backslash: database patterns and host patterns.
bool PatternMatches(std::string_view pattern, std::string_view text, bool ignore_case) {
  const auto same = [&](char a, char b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return ignore_case ? lower(a) == lower(b) : a == b;
  };
  size_t p = 0, t = 0, star = std::string_view::npos, star_text = 0;
  while (t < text.size()) {
    const bool escaped = p + 1 < pattern.size() && pattern[p] == '\\';
    if (p < pattern.size() && pattern[p] == '%') {
      star = ++p;
      star_text = t;
    } else if (p < pattern.size() &&
               (pattern[p] == '_' || same(pattern[escaped ? p + 1 : p], text[t]))) {
      p += escaped ? 2 : 1;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star;
      t = ++star_text;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '%') ++p;
  return p == pattern.size();
}

std::optional<uint32_t> ParseIpv4(std::string_view text) {
  uint32_t address = 0;
  int parts = 0;
  while (parts < 4) {
    uint32_t part = 0;
    size_t digits = 0;
    while (digits < text.size() && digits < 3 && text[digits] >= '0' && text[digits] <= '9')
      part = part * 10 + (text[digits++] - '0');
    if (digits == 0 || part > 255) return std::nullopt;
    address = address << 8 | part;
    text.remove_prefix(digits);
    if (++parts == 4) break;
    if (text.empty() || text.front() != '.') return std::nullopt;
    text.remove_prefix(1);
  }
  return text.empty() ? std::optional(address) : std::nullopt;
}

/// 192.168.1.0/255.255.255.0
bool NetmaskMatches(std::string_view host, std::string_view address) {
  const size_t slash = host.find('/');
  if (slash == std::string_view::npos) return false;
  const auto network = ParseIpv4(host.substr(0, slash)), mask = ParseIpv4(host.substr(slash + 1)),
             client = ParseIpv4(address);
  return network && mask && client && (*client & *mask) == *network;
}

bool HostMatches(std::string_view pattern, std::string_view host, std::string_view address) {
  if (NetmaskMatches(pattern, address)) return true;
  return PatternMatches(pattern, host, true) || PatternMatches(pattern, address, true);
}

/// Literal hosts before patterns; among patterns, the one whose first wildcard comes last.
size_t HostRank(std::string_view host) {
  const size_t wildcard = host.find_first_of("%_");
  return wildcard == std::string_view::npos ? SIZE_MAX : wildcard;
}

std::string Backquote(std::string_view name) {
  std::string quoted = "`";
  for (const char c : name) {
    if (c == '`') quoted += c;
    quoted += c;
  }
  return quoted + '`';
}

std::string ListPrivileges(PrivilegeSet set, PrivilegeSet all) {
  PrivilegeSet plain = set;
  plain.Remove(Privilege::kGrantOption);
  if (plain.empty()) return "USAGE";
  if ((plain.bits() & all.bits()) == all.bits()) return "ALL PRIVILEGES";
  std::string text;
  for (int i = 0; i < kPrivilegeCount; ++i) {
    const auto privilege = static_cast<Privilege>(i);
    if (privilege == Privilege::kGrantOption || !plain.Has(privilege)) continue;
    text += (text.empty() ? "" : ", ") + std::string(PrivilegeName(privilege));
  }
  return text;
}

std::string TablePrivilegeList(const TableGrant& grant) {
  std::string text = ListPrivileges(grant.privileges, kTablePrivileges);
  if (grant.columns.empty()) return text;
  if (text == "USAGE") text.clear();
  for (int i = 0; i < kPrivilegeCount; ++i) {
    std::string columns;
    for (const auto& [column, set] : grant.columns) {
      if (set.Has(static_cast<Privilege>(i)))
        columns += (columns.empty() ? "" : ", ") + Backquote(column);
    }
    if (columns.empty()) continue;
    text += fmt::format("{}{} ({})", text.empty() ? "" : ", ",
                        PrivilegeName(static_cast<Privilege>(i)), columns);
  }
  return text;
}

}  // namespace

const PrivilegeSet kGlobalPrivileges((uint64_t{1} << static_cast<int>(Privilege::kGrantOption)) -
                                     1);
const PrivilegeSet kDatabasePrivileges = SetOf(
    {Privilege::kSelect, Privilege::kInsert, Privilege::kUpdate, Privilege::kDelete,
     Privilege::kCreate, Privilege::kDrop, Privilege::kReferences, Privilege::kIndex,
     Privilege::kAlter, Privilege::kCreateTemporaryTables, Privilege::kLockTables,
     Privilege::kExecute, Privilege::kCreateView, Privilege::kShowView, Privilege::kCreateRoutine,
     Privilege::kAlterRoutine, Privilege::kEvent, Privilege::kTrigger});
const PrivilegeSet kTablePrivileges =
    SetOf({Privilege::kSelect, Privilege::kInsert, Privilege::kUpdate, Privilege::kDelete,
           Privilege::kCreate, Privilege::kDrop, Privilege::kReferences, Privilege::kIndex,
           Privilege::kAlter, Privilege::kCreateView, Privilege::kShowView, Privilege::kTrigger});
const PrivilegeSet kColumnPrivileges =
    SetOf({Privilege::kSelect, Privilege::kInsert, Privilege::kUpdate, Privilege::kReferences});

std::string_view PrivilegeName(Privilege privilege) {
  return kPrivilegeNames[static_cast<int>(privilege)];
}

std::optional<Privilege> FindPrivilege(std::string_view upper_case_name) {
  for (int i = 0; i < kPrivilegeCount; ++i) {
    if (kPrivilegeNames[i] == upper_case_name) return static_cast<Privilege>(i);
  }
  return std::nullopt;
}

const std::set<std::string, std::less<>>& DynamicPrivileges() {
  static const std::set<std::string, std::less<>> kNames = {"APPLICATION_PASSWORD_ADMIN",
                                                            "AUDIT_ABORT_EXEMPT",
                                                            "AUDIT_ADMIN",
                                                            "AUTHENTICATION_POLICY_ADMIN",
                                                            "BACKUP_ADMIN",
                                                            "BINLOG_ADMIN",
                                                            "BINLOG_ENCRYPTION_ADMIN",
                                                            "CLONE_ADMIN",
                                                            "CONNECTION_ADMIN",
                                                            "ENCRYPTION_KEY_ADMIN",
                                                            "FIREWALL_EXEMPT",
                                                            "FLUSH_OPTIMIZER_COSTS",
                                                            "FLUSH_STATUS",
                                                            "FLUSH_TABLES",
                                                            "FLUSH_USER_RESOURCES",
                                                            "GROUP_REPLICATION_ADMIN",
                                                            "GROUP_REPLICATION_STREAM",
                                                            "INNODB_REDO_LOG_ARCHIVE",
                                                            "INNODB_REDO_LOG_ENABLE",
                                                            "PASSWORDLESS_USER_ADMIN",
                                                            "PERSIST_RO_VARIABLES_ADMIN",
                                                            "REPLICATION_APPLIER",
                                                            "REPLICATION_SLAVE_ADMIN",
                                                            "RESOURCE_GROUP_ADMIN",
                                                            "RESOURCE_GROUP_USER",
                                                            "ROLE_ADMIN",
                                                            "SENSITIVE_VARIABLES_OBSERVER",
                                                            "SERVICE_CONNECTION_ADMIN",
                                                            "SESSION_VARIABLES_ADMIN",
                                                            "SET_USER_ID",
                                                            "SHOW_ROUTINE",
                                                            "SYSTEM_USER",
                                                            "SYSTEM_VARIABLES_ADMIN",
                                                            "TABLE_ENCRYPTION_ADMIN",
                                                            "TELEMETRY_LOG_ADMIN",
                                                            "XA_RECOVER_ADMIN"};
  return kNames;
}

std::string Account::Quoted() const { return Backquote(user) + "@" + Backquote(host); }

bool Account::PasswordHasExpired(int64_t now_s, int64_t default_lifetime_days) const {
  if (password_expired) return true;
  const int64_t days =
      password_lifetime_days == kDefaultLifetime ? default_lifetime_days : password_lifetime_days;
  constexpr int64_t kDaySeconds = 86'400;
  // The master account's password has no date: it is the configuration's.
  return days > 0 && password_changed_s > 0 && now_s >= password_changed_s + days * kDaySeconds;
}

std::string EncodeAccount(const Account& account) {
  nlohmann::json out = {{"format", kAccountFormat},
                        {"user", account.user},
                        {"host", account.host},
                        {"plugin", account.plugin},
                        {"locked", account.locked},
                        {"password_expired", account.password_expired},
                        {"is_role", account.is_role},
                        {"tls", account.tls_requirement},
                        {"attribute", account.attribute},
                        {"global", account.global.bits()},
                        {"dynamic", account.dynamic},
                        {"dynamic_with_grant", account.dynamic_with_grant},
                        {"all_roles_default", account.all_roles_default},
                        {"default_roles", account.default_roles},
                        {"password_changed_s", account.password_changed_s},
                        {"password_lifetime_days", account.password_lifetime_days}};
  // Salts are any bytes: JSON takes them as an array.
  out["authentication"] = std::vector<uint8_t>(account.authentication_string.begin(),
                                               account.authentication_string.end());
  for (const auto& [pattern, set] : account.databases)
    out["databases"].push_back({pattern, set.bits()});
  for (const auto& [name, grant] : account.tables) {
    nlohmann::json columns = nlohmann::json::array();
    for (const auto& [column, set] : grant.columns) columns.push_back({column, set.bits()});
    out["tables"].push_back({name.first, name.second, grant.privileges.bits(), columns});
  }
  for (const auto& [role, admin] : account.roles)
    out["roles"].push_back({role.first, role.second, admin});
  return out.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::optional<Account> DecodeAccount(std::string_view bytes) {
  const nlohmann::json in = nlohmann::json::parse(bytes, nullptr, false);
  if (in.is_discarded() || !in.is_object() || in.value("format", 0) != kAccountFormat)
    return std::nullopt;
  try {
    Account account;
    account.user = in.at("user");
    account.host = in.at("host");
    account.plugin = in.at("plugin");
    const std::vector<uint8_t> authentication = in.at("authentication");
    account.authentication_string.assign(authentication.begin(), authentication.end());
    account.locked = in.at("locked");
    account.password_expired = in.at("password_expired");
    account.is_role = in.at("is_role");
    account.tls_requirement = in.at("tls");
    account.attribute = in.at("attribute");
    account.global = PrivilegeSet(in.at("global").get<uint64_t>());
    account.dynamic = in.at("dynamic").get<std::set<std::string>>();
    account.dynamic_with_grant = in.at("dynamic_with_grant").get<std::set<std::string>>();
    account.all_roles_default = in.at("all_roles_default");
    account.default_roles = in.at("default_roles").get<std::vector<AccountName>>();
    account.password_changed_s = in.at("password_changed_s");
    account.password_lifetime_days = in.value("password_lifetime_days", Account::kDefaultLifetime);
    for (const auto& entry : in.value("databases", nlohmann::json::array())) {
      account.databases[entry.at(0).get<std::string>()] = PrivilegeSet(entry.at(1).get<uint64_t>());
    }
    for (const auto& entry : in.value("tables", nlohmann::json::array())) {
      TableGrant& grant =
          account.tables[{entry.at(0).get<std::string>(), entry.at(1).get<std::string>()}];
      grant.privileges = PrivilegeSet(entry.at(2).get<uint64_t>());
      for (const auto& column : entry.at(3))
        grant.columns[column.at(0).get<std::string>()] = PrivilegeSet(column.at(1).get<uint64_t>());
    }
    for (const auto& entry : in.value("roles", nlohmann::json::array())) {
      account.roles[{entry.at(0).get<std::string>(), entry.at(1).get<std::string>()}] =
          entry.at(2).get<bool>();
    }
    return account;
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
}

AccountSet::AccountSet(std::vector<Account> accounts) : accounts_(std::move(accounts)) {
  std::stable_sort(accounts_.begin(), accounts_.end(), [](const Account& a, const Account& b) {
    if (HostRank(a.host) != HostRank(b.host)) return HostRank(a.host) > HostRank(b.host);
    return !a.user.empty() && b.user.empty();
  });
}

const Account* AccountSet::Find(std::string_view user, std::string_view host) const {
  for (const Account& account : accounts_) {
    if (account.user == user && types::EqualsIgnoreAsciiCase(account.host, host)) return &account;
  }
  return nullptr;
}

const Account* AccountSet::Match(std::string_view user, std::string_view host,
                                 std::string_view address) const {
  for (const Account& account : accounts_) {
    const bool named = account.user.empty() || account.user == user;
    if (named && !account.is_role && HostMatches(account.host, host, address)) return &account;
  }
  return nullptr;
}

template <typename Test>
bool AccountSet::AnyOf(const Account& account, const std::vector<AccountName>& roles,
                       Test test) const {
  if (test(account)) return true;
  // Roles may be granted to roles: walk what the active ones reach, each once.
  std::vector<AccountName> open = roles;
  std::set<AccountName> seen;
  while (!open.empty()) {
    const AccountName name = open.back();
    open.pop_back();
    if (!seen.insert(name).second) continue;
    const Account* role = Find(name.first, name.second);
    if (role == nullptr) continue;
    if (test(*role)) return true;
    for (const auto& [granted, admin] : role->roles) open.push_back(granted);
  }
  return false;
}

bool AccountSet::HasGlobal(const Account& account, const std::vector<AccountName>& roles,
                           Privilege privilege) const {
  return AnyOf(account, roles, [&](const Account& a) { return a.global.Has(privilege); });
}

bool AccountSet::HasDynamic(const Account& account, const std::vector<AccountName>& roles,
                            std::string_view privilege) const {
  return AnyOf(account, roles, [&](const Account& a) {
    return a.dynamic.contains(std::string(privilege)) || a.global.Has(Privilege::kSuper);
  });
}

bool AccountSet::Has(const Account& account, const std::vector<AccountName>& roles,
                     Privilege privilege, std::string_view schema, std::string_view table,
                     std::string_view column) const {
  return AnyOf(account, roles, [&](const Account& a) {
    if (a.global.Has(privilege)) return true;
    for (const auto& [pattern, set] : a.databases) {
      if (set.Has(privilege) && PatternMatches(pattern, schema, false)) return true;
    }
    if (table.empty()) return false;
    const auto grant = a.tables.find({std::string(schema), std::string(table)});
    if (grant == a.tables.end()) return false;
    if (grant->second.privileges.Has(privilege)) return true;
    for (const auto& [name, set] : grant->second.columns) {
      if (!column.empty() && set.Has(privilege) && types::EqualsIgnoreAsciiCase(name, column))
        return true;
    }
    return false;
  });
}

bool AccountSet::SeesSchema(const Account& account, const std::vector<AccountName>& roles,
                            std::string_view schema) const {
  return AnyOf(account, roles, [&](const Account& a) {
    PrivilegeSet global = a.global;
    global.Remove(Privilege::kGrantOption);
    if ((global.bits() & kDatabasePrivileges.bits()) != 0 || global.Has(Privilege::kShowDatabases))
      return true;
    for (const auto& [pattern, set] : a.databases) {
      if (!set.empty() && PatternMatches(pattern, schema, false)) return true;
    }
    for (const auto& [name, grant] : a.tables) {
      if (name.first == schema) return true;
    }
    return false;
  });
}

bool AccountSet::SeesTable(const Account& account, const std::vector<AccountName>& roles,
                           std::string_view schema, std::string_view table) const {
  return AnyOf(account, roles, [&](const Account& a) {
    if ((a.global.bits() & kTablePrivileges.bits()) != 0) return true;
    for (const auto& [pattern, set] : a.databases) {
      if ((set.bits() & kTablePrivileges.bits()) != 0 && PatternMatches(pattern, schema, false))
        return true;
    }
    return a.tables.contains({std::string(schema), std::string(table)});
  });
}

std::vector<std::string> AccountSet::ShowGrants(const Account& account) const {
  std::vector<std::string> lines;
  const std::string to = " TO " + account.Quoted();
  const auto option = [](PrivilegeSet set) {
    return set.Has(Privilege::kGrantOption) ? " WITH GRANT OPTION" : "";
  };
  // Unlike the other levels, MySQL spells out what ALL means globally.
  lines.push_back(fmt::format("GRANT {} ON *.*{}{}",
                              ListPrivileges(account.global, PrivilegeSet(UINT64_MAX)), to,
                              option(account.global)));
  for (const bool with_grant : {true, false}) {
    std::string names;
    for (const std::string& name : account.dynamic) {
      if (account.dynamic_with_grant.contains(name) == with_grant)
        names += (names.empty() ? "" : ",") + name;
    }
    if (!names.empty())
      lines.push_back(
          fmt::format("GRANT {} ON *.*{}{}", names, to, with_grant ? " WITH GRANT OPTION" : ""));
  }
  for (const auto& [pattern, set] : account.databases) {
    lines.push_back(fmt::format("GRANT {} ON {}.*{}{}", ListPrivileges(set, kDatabasePrivileges),
                                Backquote(pattern), to, option(set)));
  }
  for (const auto& [name, grant] : account.tables) {
    lines.push_back(fmt::format("GRANT {} ON {}.{}{}{}", TablePrivilegeList(grant),
                                Backquote(name.first), Backquote(name.second), to,
                                option(grant.privileges)));
  }
  for (const bool admin : {true, false}) {
    std::string names;
    for (const auto& [role, with_admin] : account.roles) {
      if (with_admin == admin)
        names += (names.empty() ? "" : ",") + Backquote(role.first) + "@" + Backquote(role.second);
    }
    if (!names.empty())
      lines.push_back(fmt::format("GRANT {}{}{}", names, to, admin ? " WITH ADMIN OPTION" : ""));
  }
  return lines;
}

Account MasterAccount(std::string_view user, std::string_view plugin,
                      std::string_view authentication_string) {
  Account account;
  account.user = user;
  account.plugin = plugin;
  account.authentication_string = authentication_string;
  account.global = kGlobalPrivileges;
  account.global.Add(Privilege::kGrantOption);
  for (const std::string& name : DynamicPrivileges()) {
    account.dynamic.insert(name);
    account.dynamic_with_grant.insert(name);
  }
  return account;
}

}  // namespace sixfold::catalog
