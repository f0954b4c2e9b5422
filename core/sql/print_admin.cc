// Variables, SHOW, EXPLAIN and administration.
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

}  // namespace sixfold::sql
