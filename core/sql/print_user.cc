// Users, roles and privileges.
#include <fmt/format.h>

#include "core/sql/printer_impl.h"

namespace sixfold::sql {

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
