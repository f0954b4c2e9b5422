// Variables, SHOW, EXPLAIN, users and privileges, and the rest of administration.
#pragma once

#include "core/sql/ast_statement.h"

namespace sixfold::sql {

enum class SetTarget : uint8_t {
  kSystemVariable,  // scope, base, name
  kUserVariable,    // name
  kNames,           // charset (empty: DEFAULT), collation
  kCharset,         // charset (empty: DEFAULT)
  kTriggerColumn,   // NEW.column
};

struct SetItem {
  SetTarget target = SetTarget::kSystemVariable;
  VariableScope scope = VariableScope::kDefault;  // kDefault: the session's, or a local variable
  bool is_atat = false;                           // written @@…
  std::string_view base;
  std::string_view name;
  std::string_view charset;
  std::string_view collation;
  /// Null: DEFAULT. A bare word such as ON or utf8mb4 arrives as a ColumnReference without table;
  /// ON, ALL, BINARY, ROW and SYSTEM, which are keywords, arrive as string literals.
  Expression* value = nullptr;
};

/// SET a = 1, @b = 2, NAMES utf8mb4, …
struct SetVariablesStatement : Statement {
  static constexpr Kind kKind = Kind::kSetVariables;
  SetVariablesStatement() : Statement(kKind) {}

  List<SetItem> items;
};

struct SetPasswordStatement : Statement {
  static constexpr Kind kKind = Kind::kSetPassword;
  SetPasswordStatement() : Statement(kKind) {}

  bool has_account = false;
  AccountName account;
  std::string_view password;
  bool to_random = false;
  std::string_view current_password;  // REPLACE '…'
  bool has_current_password = false;
  bool retain_current = false;
};

enum class RoleChoice : uint8_t { kDefault, kNone, kAll, kAllExcept, kList };

struct SetRoleStatement : Statement {
  static constexpr Kind kKind = Kind::kSetRole;
  SetRoleStatement() : Statement(kKind) {}

  RoleChoice choice = RoleChoice::kDefault;
  List<AccountName> roles;
};

/// SET DEFAULT ROLE … TO …
struct SetDefaultRoleStatement : Statement {
  static constexpr Kind kKind = Kind::kSetDefaultRole;
  SetDefaultRoleStatement() : Statement(kKind) {}

  RoleChoice choice = RoleChoice::kNone;
  List<AccountName> roles;
  List<AccountName> accounts;
};

enum class ShowKind : uint8_t {
  kBinaryLogs,
  kBinlogEvents,
  kCharset,
  kCollation,
  kColumns,
  kCountErrors,
  kCountWarnings,
  kCreateDatabase,  // name.table; if_not_exists
  kCreateEvent,
  kCreateFunction,
  kCreateProcedure,
  kCreateTable,
  kCreateTrigger,
  kCreateUser,
  kCreateView,
  kDatabases,
  kEngine,  // name.table: the engine; argument: STATUS, MUTEX, LOGS
  kEngines,
  kErrors,
  kEvents,
  kFunctionCode,
  kFunctionStatus,
  kGrants,
  kIndex,
  kMasterStatus,
  kOpenTables,
  kPlugins,
  kPrivileges,
  kProcedureCode,
  kProcedureStatus,
  kProcesslist,
  kProfile,
  kProfiles,
  kRelaylogEvents,
  kReplicas,
  kReplicaStatus,
  kStatus,
  kTableStatus,
  kTables,
  kTriggers,
  kVariables,
  kWarnings,
  kVolumeStatus,
};

struct ShowStatement : Statement {
  static constexpr Kind kKind = Kind::kShow;
  ShowStatement() : Statement(kKind) {}

  ShowKind show = ShowKind::kTables;
  VariableScope scope = VariableScope::kSession;  // STATUS, VARIABLES
  bool full = false;
  bool extended = false;
  bool if_not_exists = false;
  std::string_view schema;     // FROM db
  TableName name;              // the object of SHOW COLUMNS, INDEX, CREATE …
  Expression* like = nullptr;  // a string Literal
  Expression* where = nullptr;
  bool has_limit = false;
  Limit limit;
  bool has_account = false;  // GRANTS FOR, CREATE USER
  AccountName account;
  List<AccountName> using_roles;
  std::string_view argument;
};

/// DESCRIBE t [column or pattern]
struct DescribeStatement : Statement {
  static constexpr Kind kKind = Kind::kDescribe;
  DescribeStatement() : Statement(kKind) {}

  TableName table;
  std::string_view column;  // a name, or a LIKE pattern
};

enum class ExplainFormat : uint8_t { kDefault, kTraditional, kJson, kTree };

struct ExplainStatement : Statement {
  static constexpr Kind kKind = Kind::kExplain;
  ExplainStatement() : Statement(kKind) {}

  bool analyze = false;
  ExplainFormat format = ExplainFormat::kDefault;
  Statement* statement = nullptr;  // null: FOR CONNECTION
  Expression* connection = nullptr;
};

struct UseStatement : Statement {
  static constexpr Kind kKind = Kind::kUse;
  UseStatement() : Statement(kKind) {}

  std::string_view schema;
};

struct KillStatement : Statement {
  static constexpr Kind kKind = Kind::kKill;
  KillStatement() : Statement(kKind) {}

  bool query_only = false;
  Expression* id = nullptr;
};

enum class FlushKind : uint8_t {
  kTables,  // tables, with_read_lock, for_export
  kPrivileges,
  kStatus,
  kHosts,
  kLogs,  // ERROR, SLOW, GENERAL, ENGINE, RELAY, BINARY and plain LOGS
  kUserResources,
  kOptimizerCosts,
};

struct FlushStatement : Statement {
  static constexpr Kind kKind = Kind::kFlush;
  FlushStatement() : Statement(kKind) {}

  bool no_binlog = false;
  List<FlushKind> kinds;
  List<TableName> tables;
  bool with_read_lock = false;
  bool for_export = false;
};

enum class MaintainKind : uint8_t { kAnalyze, kCheck, kChecksum, kOptimize, kRepair };

/// ANALYZE | CHECK | CHECKSUM | OPTIMIZE | REPAIR TABLE
struct MaintainTableStatement : Statement {
  static constexpr Kind kKind = Kind::kMaintainTable;
  MaintainTableStatement() : Statement(kKind) {}

  MaintainKind maintain = MaintainKind::kAnalyze;
  bool no_binlog = false;
  List<TableName> tables;
  bool for_upgrade = false;
  bool quick = false;
  bool fast = false;
  bool medium = false;
  bool extended = false;
  bool changed = false;
  bool use_frm = false;
  bool update_histogram = false;
  bool drop_histogram = false;
  List<std::string_view> histogram_columns;
  uint64_t histogram_buckets = 0;
  std::string_view histogram_data;
};

struct AuthOption {
  std::string_view plugin;    // IDENTIFIED WITH
  std::string_view password;  // BY '…'
  std::string_view hash;      // AS '…'
  bool has_password = false;
  bool has_hash = false;
  bool random_password = false;
  std::string_view current_password;  // REPLACE '…'
  bool has_current_password = false;
  bool retain_current = false;
  bool discard_old = false;
};

struct UserSpecification {
  AccountName account;
  bool has_auth = false;
  AuthOption auth;
};

enum class TlsRequirement : uint8_t { kNotWritten, kNone, kSsl, kX509, kSpecified };
enum class PasswordExpiry : uint8_t { kNotWritten, kNow, kDefault, kNever, kInterval };

/// What CREATE USER and ALTER USER may say after the accounts. -1: not written.
struct UserOptions {
  TlsRequirement tls = TlsRequirement::kNotWritten;
  std::string_view tls_cipher;
  std::string_view tls_issuer;
  std::string_view tls_subject;
  int64_t max_queries_per_hour = -1;
  int64_t max_updates_per_hour = -1;
  int64_t max_connections_per_hour = -1;
  int64_t max_user_connections = -1;
  PasswordExpiry expiry = PasswordExpiry::kNotWritten;
  int64_t expiry_days = -1;
  bool password_history_written = false;
  int64_t password_history = -1;  // -1: DEFAULT
  bool password_reuse_written = false;
  int64_t password_reuse_days = -1;  // -1: DEFAULT
  bool require_current_written = false;
  std::string_view require_current;  // "", DEFAULT, OPTIONAL
  int64_t failed_login_attempts = -1;
  bool lock_time_written = false;
  int64_t lock_time_days = -1;        // -1: UNBOUNDED
  YesNo locked = YesNo::kNotWritten;  // ACCOUNT LOCK|UNLOCK
  bool has_comment = false;
  bool has_attribute = false;
  std::string_view comment_or_attribute;
};

struct CreateUserStatement : Statement {
  static constexpr Kind kKind = Kind::kCreateUser;
  CreateUserStatement() : Statement(kKind) {}

  bool if_not_exists = false;
  List<UserSpecification> users;
  List<AccountName> default_roles;
  UserOptions options;
};

struct AlterUserStatement : Statement {
  static constexpr Kind kKind = Kind::kAlterUser;
  AlterUserStatement() : Statement(kKind) {}

  bool if_exists = false;
  bool current_user_function = false;  // ALTER USER USER() IDENTIFIED BY …
  List<UserSpecification> users;
  bool has_default_role = false;
  RoleChoice default_role = RoleChoice::kNone;
  List<AccountName> default_roles;
  UserOptions options;
};

struct DropUserStatement : Statement {
  static constexpr Kind kKind = Kind::kDropUser;
  DropUserStatement() : Statement(kKind) {}

  bool if_exists = false;
  List<AccountName> accounts;
};

struct RenameUserItem {
  AccountName from;
  AccountName to;
};

struct RenameUserStatement : Statement {
  static constexpr Kind kKind = Kind::kRenameUser;
  RenameUserStatement() : Statement(kKind) {}

  List<RenameUserItem> items;
};

struct CreateRoleStatement : Statement {
  static constexpr Kind kKind = Kind::kCreateRole;
  CreateRoleStatement() : Statement(kKind) {}

  bool if_not_exists = false;
  List<AccountName> roles;
};

struct DropRoleStatement : Statement {
  static constexpr Kind kKind = Kind::kDropRole;
  DropRoleStatement() : Statement(kKind) {}

  bool if_exists = false;
  List<AccountName> roles;
};

/// A static privilege in upper case ("CREATE TEMPORARY TABLES"), or a dynamic one as written.
/// In GRANT without ON the items are roles: `role` is set instead.
struct PrivilegeItem {
  std::string_view name;
  bool is_dynamic = false;
  List<std::string_view> columns;
  AccountName role;
};

enum class GrantObject : uint8_t { kTable, kFunction, kProcedure };
enum class GrantLevel : uint8_t {
  kGlobal,    // *.*
  kDatabase,  // db.*, or * for the current one (schema empty)
  kTable,     // [db.]t, or the routine
};

struct GrantStatement : Statement {
  static constexpr Kind kKind = Kind::kGrant;
  GrantStatement() : Statement(kKind) {}

  bool roles = false;  // GRANT role TO user
  bool proxy = false;  // GRANT PROXY ON account TO …
  bool all = false;    // ALL [PRIVILEGES]
  List<PrivilegeItem> privileges;
  GrantObject object = GrantObject::kTable;
  GrantLevel level = GrantLevel::kGlobal;
  TableName name;
  AccountName proxied;
  List<AccountName> grantees;
  List<AuthOption*> grantee_auths;
  bool with_grant_option = false;
  bool with_admin_option = false;
  bool has_as = false;
  AccountName as_user;
};

struct RevokeStatement : Statement {
  static constexpr Kind kKind = Kind::kRevoke;
  RevokeStatement() : Statement(kKind) {}

  bool if_exists = false;
  bool ignore_unknown_user = false;
  bool roles = false;
  bool proxy = false;
  bool all = false;                   // ALL [PRIVILEGES] ON …
  bool all_and_grant_option = false;  // ALL [PRIVILEGES], GRANT OPTION FROM
  List<PrivilegeItem> privileges;
  GrantObject object = GrantObject::kTable;
  GrantLevel level = GrantLevel::kGlobal;
  TableName name;
  AccountName proxied;
  List<AccountName> grantees;
};

struct SignalItem {
  std::string_view name;  // MESSAGE_TEXT, MYSQL_ERRNO, …
  Expression* value = nullptr;
};

struct SignalStatement : Statement {
  static constexpr Kind kKind = Kind::kSignal;
  SignalStatement() : Statement(kKind) {}

  bool resignal = false;
  bool has_sqlstate = false;
  std::string_view sqlstate;
  std::string_view condition;  // a condition's name
  List<SignalItem> items;
};

struct DiagnosticsItem {
  Expression* target = nullptr;  // UserVariable or ColumnReference
  std::string_view name;         // NUMBER, ROW_COUNT, MESSAGE_TEXT, …
};

struct GetDiagnosticsStatement : Statement {
  static constexpr Kind kKind = Kind::kGetDiagnostics;
  GetDiagnosticsStatement() : Statement(kKind) {}

  bool stacked = false;
  Expression* condition = nullptr;  // null: statement information
  List<DiagnosticsItem> items;
};

struct HelpStatement : Statement {
  static constexpr Kind kKind = Kind::kHelp;
  HelpStatement() : Statement(kKind) {}

  std::string_view topic;
};

enum class SystemFault : uint8_t {
  kCrash,           // target: INSTANCE, DISPATCHER, NODE
  kReplicaFailure,  // percent, target (empty: ALL)
  kDiskFailure,     // percent, place, index
  kDiskCongestion,  // percent, place, index, minimum_ms, maximum_ms
};

/// ALTER SYSTEM: Aurora's fault injection.
struct AlterSystemStatement : Statement {
  static constexpr Kind kKind = Kind::kAlterSystem;
  AlterSystemStatement() : Statement(kKind) {}

  SystemFault fault = SystemFault::kCrash;
  std::string_view target;
  double percent = 0;
  std::string_view place;  // DISK, NODE or empty
  uint64_t index = 0;
  double minimum_ms = 0;
  double maximum_ms = 0;
  uint64_t quantity = 0;
  IntervalUnit unit = IntervalUnit::kSecond;
};

struct ShutdownStatement : Statement {
  static constexpr Kind kKind = Kind::kShutdown;
  ShutdownStatement() : Statement(kKind) {}
};

/// RESET PERSIST [[IF EXISTS] name]
struct ResetPersistStatement : Statement {
  static constexpr Kind kKind = Kind::kResetPersist;
  ResetPersistStatement() : Statement(kKind) {}

  bool if_exists = false;
  std::string_view name;  // empty: all
};

struct RestartStatement : Statement {
  static constexpr Kind kKind = Kind::kRestart;
  RestartStatement() : Statement(kKind) {}
};

}  // namespace sixfold::sql
