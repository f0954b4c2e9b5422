// Accounts, roles and privileges. An Account is one row of the catalog; AccountSet is all of them
// as of one LSN, immutable and shared, with MySQL's rules for matching a client to an account and
// for checking a privilege.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sixfold::catalog {

/// The static privileges, in the order of SHOW GRANTS.
enum class Privilege : uint8_t {
  kSelect,
  kInsert,
  kUpdate,
  kDelete,
  kCreate,
  kDrop,
  kReload,
  kShutdown,
  kProcess,
  kFile,
  kReferences,
  kIndex,
  kAlter,
  kShowDatabases,
  kSuper,
  kCreateTemporaryTables,
  kLockTables,
  kExecute,
  kReplicationSlave,
  kReplicationClient,
  kCreateView,
  kShowView,
  kCreateRoutine,
  kAlterRoutine,
  kCreateUser,
  kEvent,
  kTrigger,
  kCreateTablespace,
  kCreateRole,
  kDropRole,
  kGrantOption,
};
inline constexpr int kPrivilegeCount = static_cast<int>(Privilege::kGrantOption) + 1;

/// "CREATE TEMPORARY TABLES"
std::string_view PrivilegeName(Privilege privilege);
std::optional<Privilege> FindPrivilege(std::string_view upper_case_name);
/// The dynamic privileges MySQL 8.0 defines, upper case.
const std::set<std::string, std::less<>>& DynamicPrivileges();

class PrivilegeSet {
 public:
  constexpr PrivilegeSet() = default;
  constexpr explicit PrivilegeSet(uint64_t bits) : bits_(bits) {}
  bool Has(Privilege p) const { return bits_ >> static_cast<int>(p) & 1; }
  void Add(Privilege p) { bits_ |= uint64_t{1} << static_cast<int>(p); }
  void Remove(Privilege p) { bits_ &= ~(uint64_t{1} << static_cast<int>(p)); }
  void AddAll(PrivilegeSet other) { bits_ |= other.bits_; }
  void RemoveAll(PrivilegeSet other) { bits_ &= ~other.bits_; }
  bool empty() const { return bits_ == 0; }
  uint64_t bits() const { return bits_; }
  bool operator==(const PrivilegeSet&) const = default;

 private:
  uint64_t bits_ = 0;
};

/// All privileges that can be given at a level, GRANT OPTION not among them.
extern const PrivilegeSet kGlobalPrivileges, kDatabasePrivileges, kTablePrivileges,
    kColumnPrivileges;

struct TableGrant {
  PrivilegeSet privileges;
  std::map<std::string, PrivilegeSet> columns;
};

using AccountName = std::pair<std::string, std::string>;  // user, host

struct Account {
  std::string user;
  std::string host = "%";
  std::string plugin = "caching_sha2_password";
  std::string authentication_string;
  bool locked = false;  // roles are locked accounts
  bool password_expired = false;
  bool is_role = false;
  std::string tls_requirement;  // "", "ANY", "X509"
  std::string attribute;        // JSON text of COMMENT or ATTRIBUTE
  PrivilegeSet global;
  std::set<std::string> dynamic;                  // upper case
  std::set<std::string> dynamic_with_grant;       // a subset
  std::map<std::string, PrivilegeSet> databases;  // by name pattern, as granted (\_ and wildcards)
  std::map<std::pair<std::string, std::string>, TableGrant> tables;
  std::map<AccountName, bool> roles;  // granted ones; true: WITH ADMIN OPTION
  std::vector<AccountName> default_roles;
  bool all_roles_default = false;
  int64_t password_changed_s = 0;
  /// Days a password lasts: kDefaultLifetime: what default_password_lifetime says; 0: for ever.
  static constexpr int64_t kDefaultLifetime = -1;
  int64_t password_lifetime_days = kDefaultLifetime;

  /// user@host quoted with backquotes, as SHOW GRANTS prints it.
  std::string Quoted() const;
  /// By PASSWORD EXPIRE, or by its age under the account's or the default lifetime.
  bool PasswordHasExpired(int64_t now_s, int64_t default_lifetime_days) const;
};

std::string EncodeAccount(const Account& account);
/// Nullopt for bytes that are none, or of a newer format.
std::optional<Account> DecodeAccount(std::string_view bytes);

class AccountSet {
 public:
  explicit AccountSet(std::vector<Account> accounts);

  const std::vector<Account>& accounts() const { return accounts_; }
  /// Exactly this account; null: none.
  const Account* Find(std::string_view user, std::string_view host) const;
  /// The account a client logs in to: most specific host first, then named before anonymous.
  const Account* Match(std::string_view user, std::string_view host,
                       std::string_view address) const;

  /// `roles`: the session's active ones.
  bool HasGlobal(const Account& account, const std::vector<AccountName>& roles,
                 Privilege privilege) const;
  bool HasDynamic(const Account& account, const std::vector<AccountName>& roles,
                  std::string_view privilege) const;
  /// On the schema (table ""), the table (column "") or the column; a level includes those above
  /// it.
  bool Has(const Account& account, const std::vector<AccountName>& roles, Privilege privilege,
           std::string_view schema, std::string_view table, std::string_view column) const;
  /// Any privilege at all on the schema or something in it: may USE it and see it listed.
  bool SeesSchema(const Account& account, const std::vector<AccountName>& roles,
                  std::string_view schema) const;
  bool SeesTable(const Account& account, const std::vector<AccountName>& roles,
                 std::string_view schema, std::string_view table) const;

  /// The lines of SHOW GRANTS.
  std::vector<std::string> ShowGrants(const Account& account) const;

 private:
  template <typename Test>
  bool AnyOf(const Account& account, const std::vector<AccountName>& roles, Test test) const;

  std::vector<Account> accounts_;  // in matching order
};

using AccountSetPtr = std::shared_ptr<const AccountSet>;

/// The account with all privileges that a new volume begins with.
Account MasterAccount(std::string_view user, std::string_view plugin,
                      std::string_view authentication_string);

}  // namespace sixfold::catalog
