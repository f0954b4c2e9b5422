// Variables, SHOW, EXPLAIN, users and privileges.
#include <fmt/format.h>

#include "core/sql/printer_impl.h"

namespace sixfold::sql {
namespace {

constexpr std::string_view kMaintainWords[] = {"analyze", "check", "checksum", "optimize",
                                               "repair"};

std::string_view ShowWords(ShowKind kind) {
  switch (kind) {
    case ShowKind::kBinaryLogs:
      return "binary logs";
    case ShowKind::kBinlogEvents:
      return "binlog events";
    case ShowKind::kCharset:
      return "character set";
    case ShowKind::kCollation:
      return "collation";
    case ShowKind::kColumns:
      return "columns";
    case ShowKind::kCountErrors:
      return "count(*) errors";
    case ShowKind::kCountWarnings:
      return "count(*) warnings";
    case ShowKind::kCreateDatabase:
      return "create database";
    case ShowKind::kCreateEvent:
      return "create event";
    case ShowKind::kCreateFunction:
      return "create function";
    case ShowKind::kCreateProcedure:
      return "create procedure";
    case ShowKind::kCreateTable:
      return "create table";
    case ShowKind::kCreateTrigger:
      return "create trigger";
    case ShowKind::kCreateUser:
      return "create user";
    case ShowKind::kCreateView:
      return "create view";
    case ShowKind::kDatabases:
      return "databases";
    case ShowKind::kEngine:
      return "engine";
    case ShowKind::kEngines:
      return "engines";
    case ShowKind::kErrors:
      return "errors";
    case ShowKind::kEvents:
      return "events";
    case ShowKind::kFunctionCode:
      return "function code";
    case ShowKind::kFunctionStatus:
      return "function status";
    case ShowKind::kGrants:
      return "grants";
    case ShowKind::kIndex:
      return "index";
    case ShowKind::kMasterStatus:
      return "master status";
    case ShowKind::kOpenTables:
      return "open tables";
    case ShowKind::kPlugins:
      return "plugins";
    case ShowKind::kPrivileges:
      return "privileges";
    case ShowKind::kProcedureCode:
      return "procedure code";
    case ShowKind::kProcedureStatus:
      return "procedure status";
    case ShowKind::kProcesslist:
      return "processlist";
    case ShowKind::kProfile:
      return "profile";
    case ShowKind::kProfiles:
      return "profiles";
    case ShowKind::kRelaylogEvents:
      return "relaylog events";
    case ShowKind::kReplicas:
      return "replicas";
    case ShowKind::kReplicaStatus:
      return "replica status";
    case ShowKind::kStatus:
      return "status";
    case ShowKind::kTableStatus:
      return "table status";
    case ShowKind::kTables:
      return "tables";
    case ShowKind::kTriggers:
      return "triggers";
    case ShowKind::kVariables:
      return "variables";
    case ShowKind::kWarnings:
      return "warnings";
    case ShowKind::kVolumeStatus:
      return "volume status";
  }
  return {};
}

std::string_view ScopeWord(VariableScope scope) {
  switch (scope) {
    case VariableScope::kGlobal:
      return "global ";
    case VariableScope::kSession:
      return "session ";
    case VariableScope::kPersist:
      return "persist ";
    case VariableScope::kPersistOnly:
      return "persist_only ";
    default:
      return "";
  }
}

}  // namespace

void Printer::Account(const AccountName& account) {
  if (account.is_current) return Text("CURRENT_USER");
  Name(account.user);
  if (account.has_host) {
    Text("@");
    Name(account.host);
  }
}

void Printer::Accounts(const List<AccountName>& accounts) {
  Separated(accounts, ",", [&](const AccountName& account) { Account(account); });
}

void Printer::PrintSet(const SetVariablesStatement& set) {
  Text("set ");
  Separated(set.items, ", ", [&](const SetItem& item) {
    switch (item.target) {
      case SetTarget::kNames:
        Text("names ");
        item.charset.empty() ? Text("default") : Word(item.charset);
        if (!item.collation.empty()) {
          Text(" collate ");
          Word(item.collation);
        }
        return;
      case SetTarget::kCharset:
        Text("character set ");
        return item.charset.empty() ? Text("default") : Word(item.charset);
      case SetTarget::kUserVariable:
        Text("@");
        break;
      default: {
        const std::string_view scope = ScopeWord(item.scope);
        if (!item.is_atat) {
          Text(scope);
        } else {
          Text("@@");
          if (!scope.empty()) {
            Text(scope.substr(0, scope.size() - 1));
            Text(".");
          }
        }
        break;
      }
    }
    if (!item.base.empty()) {
      Name(item.base);
      Text(".");
    }
    Name(item.name);
    Text(" = ");
    if (item.value == nullptr) return Text("default");
    Print(*item.value);
  });
}

void Printer::PrintShow(const ShowStatement& show) {
  Text("show ");
  if (show.extended) Text("extended ");
  if (show.full) Text("full ");
  const bool scoped = show.show == ShowKind::kStatus || show.show == ShowKind::kVariables;
  if (scoped) Text(ScopeWord(show.scope));
  Text(ShowWords(show.show));
  if (show.if_not_exists) Text(" if not exists");
  const bool from_table = show.show == ShowKind::kColumns || show.show == ShowKind::kIndex;
  if (!show.name.table.empty()) {
    Text(from_table ? " from " : " ");
    Name(show.name);
  }
  if (!show.schema.empty() && !from_table) {
    Text(" from ");
    Name(show.schema);
  }
  if (show.has_account) {
    Text(show.show == ShowKind::kGrants ? " for " : " ");
    Account(show.account);
    if (!show.using_roles.empty()) {
      Text(" using ");
      Accounts(show.using_roles);
    }
  }
  if (!show.argument.empty()) {
    if (show.show == ShowKind::kEngine) {
      Text(" ");
      Text(show.argument);
    } else {
      Text(" in ");
      Quoted(show.argument);
    }
  }
  if (show.like != nullptr) {
    Text(" like ");
    Print(*show.like);
  }
  if (show.where != nullptr) {
    Text(" where ");
    Print(*show.where);
  }
  if (show.has_limit) {
    Text(" limit ");
    PrintLimit(show.limit);
  }
}

void Printer::PrintMaintain(const MaintainTableStatement& maintain) {
  Text(kMaintainWords[static_cast<size_t>(maintain.maintain)]);
  if (maintain.no_binlog) Text(" no_write_to_binlog");
  Text(" table ");
  TableNames(maintain.tables);
  if (maintain.update_histogram || maintain.drop_histogram) {
    Text(maintain.update_histogram ? " update histogram on " : " drop histogram on ");
    Names(maintain.histogram_columns);
    if (maintain.histogram_buckets != 0) {
      Text(" with ");
      Number(static_cast<int64_t>(maintain.histogram_buckets));
      Text(" buckets");
    }
    if (!maintain.histogram_data.empty()) {
      Text(" using data ");
      Quoted(maintain.histogram_data);
    }
  }
  if (maintain.for_upgrade) Text(" for upgrade");
  if (maintain.quick) Text(" quick");
  if (maintain.fast) Text(" fast");
  if (maintain.medium) Text(" medium");
  if (maintain.extended) Text(" extended");
  if (maintain.changed) Text(" changed");
  if (maintain.use_frm) Text(" use_frm");
}

void Printer::PrintFlush(const FlushStatement& flush) {
  constexpr std::string_view kKinds[] = {"tables", "privileges",     "status",         "hosts",
                                         "logs",   "user_resources", "optimizer_costs"};
  Text("flush ");
  if (flush.no_binlog) Text("no_write_to_binlog ");
  Separated(flush.kinds, ",", [&](FlushKind kind) { Text(kKinds[static_cast<size_t>(kind)]); });
  if (!flush.tables.empty()) {
    Text(" ");
    TableNames(flush.tables);
  }
  if (flush.with_read_lock) Text(" with read lock");
  if (flush.for_export) Text(" for export");
}

bool Printer::PrintAdministration(const Statement& statement) {
  switch (statement.kind) {
    case Statement::Kind::kSetVariables:
      PrintSet(As<SetVariablesStatement>(statement));
      return true;
    case Statement::Kind::kShow:
      PrintShow(As<ShowStatement>(statement));
      return true;
    case Statement::Kind::kDescribe: {
      const auto& describe = As<DescribeStatement>(statement);
      Text("describe ");
      Name(describe.table);
      if (!describe.column.empty()) {
        Text(" ");
        Name(describe.column);
      }
      return true;
    }
    case Statement::Kind::kExplain: {
      const auto& explain = As<ExplainStatement>(statement);
      constexpr std::string_view kFormats[] = {"", "format=traditional ", "format=json ",
                                               "format=tree "};
      Text("explain ");
      if (explain.analyze) Text("analyze ");
      Text(kFormats[static_cast<size_t>(explain.format)]);
      if (explain.statement != nullptr) {
        Print(*explain.statement);
      } else {
        Text("for connection ");
        Print(*explain.connection);
      }
      return true;
    }
    case Statement::Kind::kUse:
      Text("use ");
      Name(As<UseStatement>(statement).schema);
      return true;
    case Statement::Kind::kKill:
      Text(As<KillStatement>(statement).query_only ? "kill query " : "kill ");
      Print(*As<KillStatement>(statement).id);
      return true;
    case Statement::Kind::kFlush:
      PrintFlush(As<FlushStatement>(statement));
      return true;
    case Statement::Kind::kMaintainTable:
      PrintMaintain(As<MaintainTableStatement>(statement));
      return true;
    case Statement::Kind::kHelp:
      Text("help ");
      Quoted(As<HelpStatement>(statement).topic);
      return true;
    case Statement::Kind::kShutdown:
      Text("shutdown");
      return true;
    case Statement::Kind::kResetPersist: {
      const auto& reset = As<ResetPersistStatement>(statement);
      Text("reset persist");
      if (reset.if_exists) Text(" if exists");
      if (!reset.name.empty()) {
        Text(" ");
        Name(reset.name);
      }
      return true;
    }
    case Statement::Kind::kRestart:
      Text("restart");
      return true;
    case Statement::Kind::kAlterSystem: {
      const auto& alter = As<AlterSystemStatement>(statement);
      Text("alter system ");
      if (alter.fault == SystemFault::kCrash) {
        Text("crash ");
        Text(alter.target);
        return true;
      }
      Text(fmt::format("simulate {} percent ", alter.percent));
      if (alter.fault == SystemFault::kReplicaFailure) {
        Text("read replica failure to ");
        if (alter.target.empty()) {
          Text("all");
        } else {
          Quoted(alter.target);
        }
      } else if (alter.fault == SystemFault::kDiskFailure) {
        Text("disk failure");
      } else {
        Text(fmt::format("disk congestion between {} and {} milliseconds", alter.minimum_ms,
                         alter.maximum_ms));
      }
      if (!alter.place.empty()) Text(fmt::format(" in {} {}", alter.place, alter.index));
      Text(fmt::format(" for interval {} {}", alter.quantity, IntervalUnitName(alter.unit)));
      return true;
    }
    default:
      return false;
  }
}

void Printer::PrintAuth(const AuthOption& auth) {
  if (auth.discard_old) return Text(" discard old password");
  Text(" identified");
  if (!auth.plugin.empty()) {
    Text(" with ");
    Quoted(auth.plugin);
  }
  if (auth.has_hash) {
    Text(" as ");
    Quoted(auth.hash);
  } else if (auth.random_password) {
    Text(" by random password");
  } else if (auth.has_password) {
    Text(" by ");
    Quoted(auth.password);
  }
  if (auth.has_current_password) {
    Text(" replace ");
    Quoted(auth.current_password);
  }
  if (auth.retain_current) Text(" retain current password");
}

void Printer::PrintUserOptions(const UserOptions& options) {
  const auto limit = [&](std::string_view word, int64_t value) {
    if (value >= 0) Text(fmt::format(" with {} {}", word, value));
  };
  switch (options.tls) {
    case TlsRequirement::kNotWritten:
      break;
    case TlsRequirement::kNone:
      Text(" require none");
      break;
    case TlsRequirement::kSsl:
      Text(" require ssl");
      break;
    case TlsRequirement::kX509:
      Text(" require x509");
      break;
    case TlsRequirement::kSpecified:
      Text(" require");
      for (const auto& [word, value] :
           {std::pair(" cipher ", options.tls_cipher), std::pair(" issuer ", options.tls_issuer),
            std::pair(" subject ", options.tls_subject)}) {
        if (value.empty()) continue;
        Text(word);
        Quoted(value);
      }
      break;
  }
  limit("max_queries_per_hour", options.max_queries_per_hour);
  limit("max_updates_per_hour", options.max_updates_per_hour);
  limit("max_connections_per_hour", options.max_connections_per_hour);
  limit("max_user_connections", options.max_user_connections);
  switch (options.expiry) {
    case PasswordExpiry::kNotWritten:
      break;
    case PasswordExpiry::kNow:
      Text(" password expire");
      break;
    case PasswordExpiry::kDefault:
      Text(" password expire default");
      break;
    case PasswordExpiry::kNever:
      Text(" password expire never");
      break;
    case PasswordExpiry::kInterval:
      Text(fmt::format(" password expire interval {} day", options.expiry_days));
      break;
  }
  if (options.password_history_written) {
    Text(" password history ");
    options.password_history < 0 ? Text("default") : Number(options.password_history);
  }
  if (options.password_reuse_written) {
    Text(" password reuse interval ");
    if (options.password_reuse_days < 0) {
      Text("default");
    } else {
      Text(fmt::format("{} day", options.password_reuse_days));
    }
  }
  if (options.require_current_written) {
    Text(" password require current ");
    Text(options.require_current);
  }
  if (options.failed_login_attempts >= 0) {
    Text(fmt::format(" failed_login_attempts {}", options.failed_login_attempts));
  }
  if (options.lock_time_written) {
    Text(" password_lock_time ");
    options.lock_time_days < 0 ? Text("unbounded") : Number(options.lock_time_days);
  }
  if (options.locked != YesNo::kNotWritten) {
    Text(options.locked == YesNo::kYes ? " account lock" : " account unlock");
  }
  if (options.has_comment || options.has_attribute) {
    Text(options.has_comment ? " comment " : " attribute ");
    Quoted(options.comment_or_attribute);
  }
}

void Printer::PrintPrivileges(const List<PrivilegeItem>& items, bool roles) {
  Separated(items, ",", [&](const PrivilegeItem& item) {
    if (item.is_dynamic || roles) return Account(item.role);
    Text(item.name);
    if (!item.columns.empty()) NamesInParentheses(item.columns);
  });
}

void Printer::PrintGrantLevel(GrantObject object, GrantLevel level, const TableName& name) {
  if (object == GrantObject::kFunction) Text("function ");
  if (object == GrantObject::kProcedure) Text("procedure ");
  switch (level) {
    case GrantLevel::kGlobal:
      return Text("*.*");
    case GrantLevel::kDatabase:
      if (!name.schema.empty()) {
        Name(name.schema);
        Text(".");
      }
      return Text("*");
    case GrantLevel::kTable:
      return Name(name);
  }
}

bool Printer::PrintUserStatement(const Statement& statement) {
  const auto users = [&](const List<UserSpecification>& list) {
    Separated(list, ",", [&](const UserSpecification& user) {
      Account(user.account);
      if (user.has_auth) PrintAuth(user.auth);
    });
  };
  const auto role_choice = [&](RoleChoice choice, const List<AccountName>& roles) {
    switch (choice) {
      case RoleChoice::kDefault:
        return Text("default");
      case RoleChoice::kNone:
        return Text("none");
      case RoleChoice::kAll:
        return Text("all");
      case RoleChoice::kAllExcept:
        Text("all except ");
        return Accounts(roles);
      case RoleChoice::kList:
        return Accounts(roles);
    }
  };
  switch (statement.kind) {
    case Statement::Kind::kCreateUser: {
      const auto& create = As<CreateUserStatement>(statement);
      Text(create.if_not_exists ? "create user if not exists " : "create user ");
      users(create.users);
      if (!create.default_roles.empty()) {
        Text(" default role ");
        Accounts(create.default_roles);
      }
      PrintUserOptions(create.options);
      return true;
    }
    case Statement::Kind::kAlterUser: {
      const auto& alter = As<AlterUserStatement>(statement);
      Text(alter.if_exists ? "alter user if exists " : "alter user ");
      if (alter.current_user_function) {
        Text("user()");
        if (alter.users[0].has_auth) PrintAuth(alter.users[0].auth);
        return true;
      }
      users(alter.users);
      if (alter.has_default_role) {
        Text(" default role ");
        role_choice(alter.default_role, alter.default_roles);
      }
      PrintUserOptions(alter.options);
      return true;
    }
    case Statement::Kind::kDropUser:
      Text(As<DropUserStatement>(statement).if_exists ? "drop user if exists " : "drop user ");
      Accounts(As<DropUserStatement>(statement).accounts);
      return true;
    case Statement::Kind::kRenameUser:
      Text("rename user ");
      Separated(As<RenameUserStatement>(statement).items, ",", [&](const RenameUserItem& item) {
        Account(item.from);
        Text(" to ");
        Account(item.to);
      });
      return true;
    case Statement::Kind::kCreateRole:
      Text(As<CreateRoleStatement>(statement).if_not_exists ? "create role if not exists "
                                                            : "create role ");
      Accounts(As<CreateRoleStatement>(statement).roles);
      return true;
    case Statement::Kind::kDropRole:
      Text(As<DropRoleStatement>(statement).if_exists ? "drop role if exists " : "drop role ");
      Accounts(As<DropRoleStatement>(statement).roles);
      return true;
    case Statement::Kind::kSetPassword: {
      const auto& set = As<SetPasswordStatement>(statement);
      Text("set password");
      if (set.has_account) {
        Text(" for ");
        Account(set.account);
      }
      if (set.to_random) {
        Text(" to random");
      } else {
        Text(" = ");
        Quoted(set.password);
      }
      if (set.has_current_password) {
        Text(" replace ");
        Quoted(set.current_password);
      }
      if (set.retain_current) Text(" retain current password");
      return true;
    }
    case Statement::Kind::kSetRole:
      Text("set role ");
      role_choice(As<SetRoleStatement>(statement).choice, As<SetRoleStatement>(statement).roles);
      return true;
    case Statement::Kind::kSetDefaultRole: {
      const auto& set = As<SetDefaultRoleStatement>(statement);
      Text("set default role ");
      role_choice(set.choice, set.roles);
      Text(" to ");
      Accounts(set.accounts);
      return true;
    }
    case Statement::Kind::kGrant: {
      const auto& grant = As<GrantStatement>(statement);
      Text("grant ");
      if (grant.proxy) {
        Text("proxy on ");
        Account(grant.proxied);
      } else {
        grant.all ? Text("all privileges") : PrintPrivileges(grant.privileges, grant.roles);
        if (!grant.roles) {
          Text(" on ");
          PrintGrantLevel(grant.object, grant.level, grant.name);
        }
      }
      Text(" to ");
      for (size_t i = 0; i < grant.grantees.size(); ++i) {
        if (i != 0) Text(",");
        Account(grant.grantees[i]);
        if (grant.grantee_auths[i] != nullptr) PrintAuth(*grant.grantee_auths[i]);
      }
      if (grant.with_grant_option) Text(" with grant option");
      if (grant.with_admin_option) Text(" with admin option");
      if (grant.has_as) {
        Text(" as ");
        Account(grant.as_user);
      }
      return true;
    }
    case Statement::Kind::kRevoke: {
      const auto& revoke = As<RevokeStatement>(statement);
      Text(revoke.if_exists ? "revoke if exists " : "revoke ");
      if (revoke.proxy) {
        Text("proxy on ");
        Account(revoke.proxied);
      } else if (revoke.all_and_grant_option) {
        Text("all privileges, grant option");
      } else {
        revoke.all ? Text("all privileges") : PrintPrivileges(revoke.privileges, revoke.roles);
        if (!revoke.roles) {
          Text(" on ");
          PrintGrantLevel(revoke.object, revoke.level, revoke.name);
        }
      }
      Text(" from ");
      Accounts(revoke.grantees);
      if (revoke.ignore_unknown_user) Text(" ignore unknown user");
      return true;
    }
    default:
      return false;
  }
}

}  // namespace sixfold::sql
