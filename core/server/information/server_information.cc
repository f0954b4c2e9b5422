// information_schema and performance_schema tables over the server itself: variables, status,
// process list, engines, character sets, plugins, and Aurora's replica_host_status.
#include "core/base/clock.h"
#include "core/protocol/constants.h"
#include "core/protocol/tls_session.h"
#include "core/server/accounts.h"
#include "core/server/connection.h"
#include "core/server/instance.h"
#include "core/server/persisted_variables.h"
#include "core/server/server.h"
#include "core/server/session.h"
#include "core/server/shared_plans.h"
#include "core/server/status_counters.h"
#include "core/server/variables/variable_def.h"
#include "core/server/virtual_table_registry.h"
#include "core/server/worker_pool.h"
#include "core/topology/instance_status.h"
#include "core/topology/topology.h"
#include "core/types/collation.h"
#include "core/types/time_zone.h"

namespace sixfold::server {
namespace {

using Column = VirtualColumn;
using Type = VirtualColumn::Type;

constexpr std::string_view kInfo = "information_schema";
constexpr std::string_view kPerformance = "performance_schema";
constexpr std::string_view kMaster = "MASTER_SESSION_ID";

// ---- variables ----

constexpr Column kVariableColumns[] = {{"VARIABLE_NAME", Type::kText, 64, false},
                                       {"VARIABLE_VALUE", Type::kText, 1024}};

void FillVariablesOf(Session& session, bool global, const VirtualHints& hints, VirtualRow& row) {
  const auto all = AllVariables();
  const std::string_view wanted = hints.Get("VARIABLE_NAME");
  const VariableIndex only = wanted.empty() ? kNoVariable : FindVariable(wanted);
  for (VariableIndex index = 0; index < all.size(); ++index) {
    if (!wanted.empty() && index != only) continue;
    const VariableDef& def = all[index];
    if (global && !def.has_global()) continue;
    const VariableValue value = session.CurrentValue(index, global);
    row.Text(def.name).Text(value.null ? std::string() : VariableText(def, value)).Send();
  }
}

void FillSessionVariables(Session& session, const VirtualHints& hints, VirtualRow& row) {
  FillVariablesOf(session, /*global=*/false, hints, row);
}

void FillGlobalVariables(Session& session, const VirtualHints& hints, VirtualRow& row) {
  FillVariablesOf(session, /*global=*/true, hints, row);
}

constexpr VirtualColumn kPersistedColumns[] = {
    {"VARIABLE_NAME", VirtualColumn::Type::kText, 64, false},
    {"VARIABLE_VALUE", VirtualColumn::Type::kText, 1024}};

void FillPersistedVariables(Session& session, const VirtualHints&, VirtualRow& row) {
  auto& manager = *session.server().instance().transactions();
  for (const txn::PersistedVariable& variable : txn::ReadPersistedVariables(manager)) {
    row.Text(variable.name).Text(variable.value).Send();
  }
}

// ---- status ----

using NamedCounter = std::pair<std::string_view, const StatusCounters::Counter StatusCounters::*>;

constexpr NamedCounter kCounters[] = {
    {"Aborted_clients", &StatusCounters::aborted_clients},
    {"Aborted_connects", &StatusCounters::aborted_connects},
    {"Bytes_received", &StatusCounters::bytes_received},
    {"Bytes_sent", &StatusCounters::bytes_sent},
    {"Com_begin", &StatusCounters::com_begin},
    {"Com_commit", &StatusCounters::com_commit},
    {"Com_delete", &StatusCounters::com_delete},
    {"Com_insert", &StatusCounters::com_insert},
    {"Com_load", &StatusCounters::com_load},
    {"Com_replace", &StatusCounters::com_replace},
    {"Com_rollback", &StatusCounters::com_rollback},
    {"Com_select", &StatusCounters::com_select},
    {"Com_set_option", &StatusCounters::com_set_option},
    {"Com_show", &StatusCounters::com_show},
    {"Com_stmt_close", &StatusCounters::com_stmt_close},
    {"Com_stmt_execute", &StatusCounters::com_stmt_execute},
    {"Com_stmt_fetch", &StatusCounters::com_stmt_fetch},
    {"Com_stmt_prepare", &StatusCounters::com_stmt_prepare},
    {"Com_stmt_reset", &StatusCounters::com_stmt_reset},
    {"Com_stmt_send_long_data", &StatusCounters::com_stmt_send_long_data},
    {"Com_update", &StatusCounters::com_update},
    {"Connections", &StatusCounters::connections},
    {"Max_used_connections", &StatusCounters::max_used_connections},
    {"Prepared_stmt_count", &StatusCounters::prepared_statements},
    {"Queries", &StatusCounters::queries},
    {"Questions", &StatusCounters::questions},
    {"Sixfold_plans_adopted", &StatusCounters::adopted_plans},
    {"Slow_queries", &StatusCounters::slow_queries},
};

// What monitors of InnoDB ask for and has no counterpart here: there are no pages and no pool.
constexpr std::string_view kZeroStatus[] = {
    "Innodb_buffer_pool_bytes_data",
    "Innodb_buffer_pool_bytes_dirty",
    "Innodb_buffer_pool_pages_data",
    "Innodb_buffer_pool_pages_dirty",
    "Innodb_buffer_pool_pages_flushed",
    "Innodb_buffer_pool_pages_free",
    "Innodb_buffer_pool_pages_misc",
    "Innodb_buffer_pool_pages_total",
    "Innodb_buffer_pool_read_ahead",
    "Innodb_buffer_pool_read_requests",
    "Innodb_buffer_pool_reads",
    "Innodb_buffer_pool_wait_free",
    "Innodb_buffer_pool_write_requests",
    "Innodb_data_fsyncs",
    "Innodb_data_read",
    "Innodb_data_reads",
    "Innodb_data_writes",
    "Innodb_data_written",
    "Innodb_log_waits",
    "Innodb_log_write_requests",
    "Innodb_log_writes",
    "Innodb_os_log_fsyncs",
    "Innodb_os_log_written",
    "Innodb_pages_created",
    "Innodb_pages_read",
    "Innodb_pages_written",
    "Innodb_row_lock_current_waits",
    "Innodb_row_lock_time",
    "Innodb_row_lock_time_avg",
    "Innodb_row_lock_time_max",
    "Innodb_row_lock_waits",
    "Innodb_rows_deleted",
    "Innodb_rows_inserted",
    "Innodb_rows_read",
    "Innodb_rows_updated",
    "Open_files",
    "Opened_files",
    "Table_locks_immediate",
    "Table_locks_waited",
};

void FillStatus(Session& session, const VirtualHints& hints, VirtualRow& row) {
  Server& server = session.server();
  std::vector<std::pair<std::string, std::string>> lines;
  for (const auto& [name, counter] : kCounters) {
    lines.emplace_back(name, fmt::format("{}", (server.counters().*counter).load()));
  }
  uint64_t running = 0;
  server.ForEachConnection([&](Connection& connection) {
    if (connection.session().Describe().has_info) ++running;
  });
  const storage::VolumeProgress progress = server.instance().Progress();
  lines.emplace_back("Sixfold_plans_shared", fmt::format("{}", server.shared_plans().size()));
  lines.emplace_back("Threads_connected", fmt::format("{}", server.connection_count()));
  lines.emplace_back("Threads_running", fmt::format("{}", running));
  lines.emplace_back("Threads_created", fmt::format("{}", server.pool().threads()));
  lines.emplace_back("Threads_cached", "0");
  const uint64_t uptime_s = (server.clock().MonotonicMillis() - server.started_ms()) / 1000;
  lines.emplace_back("Uptime", fmt::format("{}", uptime_s));
  lines.emplace_back("Uptime_since_flush_status", fmt::format("{}", uptime_s));
  lines.emplace_back("Sixfold_epoch", fmt::format("{}", progress.epoch));
  lines.emplace_back("Sixfold_durable_lsn", fmt::format("{}", progress.durable));
  lines.emplace_back("Sixfold_applied_lsn", fmt::format("{}", progress.applied));
  lines.emplace_back(
      "Sixfold_replica_lag_us",
      fmt::format("{}", server.instance().is_writer() ? 0 : server.instance().LagMicros()));
  const auto* tls = session.tls;
  lines.emplace_back("Ssl_cipher", tls == nullptr ? "" : std::string(tls->cipher()));
  lines.emplace_back("Ssl_version", tls == nullptr ? "" : std::string(tls->version()));
  lines.emplace_back("Compression",
                     (session.capabilities() & protocol::capability::kCompress) ? "ON" : "OFF");
  lines.emplace_back("Innodb_page_size", "16384");
  for (const std::string_view name : kZeroStatus) lines.emplace_back(name, "0");
  std::sort(lines.begin(), lines.end());
  for (const auto& [name, value] : lines) row.Text(name).Text(value).Send();
}

// ---- process list ----

constexpr Column kProcesslist[] = {
    {"ID", Type::kUint, 0, false},       {"USER", Type::kText, 32, false},
    {"HOST", Type::kText, 261, false},   {"DB", Type::kText, 64},
    {"COMMAND", Type::kText, 16, false}, {"TIME", Type::kInt, 0, false},
    {"STATE", Type::kText, 64},          {"INFO", Type::kLongText}};

void FillProcesslist(Session& session, const VirtualHints&, VirtualRow& row) {
  Server& server = session.server();
  const bool all = server.accounts().HasGlobal(session, catalog::Privilege::kProcess);
  std::vector<ProcessInfo> processes;
  server.ForEachConnection([&](Connection& connection) {
    ProcessInfo info = connection.session().Describe();
    if (!connection.logged_in()) info.user = "unauthenticated user";
    if (all || info.user == session.user()) processes.push_back(std::move(info));
  });
  std::sort(processes.begin(), processes.end(),
            [](const ProcessInfo& a, const ProcessInfo& b) { return a.id < b.id; });
  const uint64_t now_ms = server.clock().MonotonicMillis();
  for (const ProcessInfo& info : processes) {
    row.Uint(info.id).Text(info.user).Text(info.host).TextOrNull(info.schema).Text(info.command);
    row.Int(static_cast<int64_t>((now_ms - std::min(now_ms, info.since_ms)) / 1000));
    row.Text(info.state);
    info.has_info ? row.Text(info.info) : row.Null();
    row.Send();
  }
}

// ---- Aurora ----

constexpr Column kReplicaHostStatus[] = {{"SERVER_ID", Type::kText, 100, false},
                                         {"SESSION_ID", Type::kText, 100, false},
                                         {"IOPS", Type::kUint},
                                         {"READ_IOPS", Type::kUint},
                                         {"PENDING_READ_IOPS", Type::kUint},
                                         {"CPU", Type::kDouble},
                                         {"DURABLE_LSN", Type::kUint},
                                         {"ACTIVE_LSN", Type::kUint},
                                         {"LAST_TRANSPORT_ERROR", Type::kInt},
                                         {"LAST_ERROR_TIMESTAMP", Type::kDatetime6},
                                         {"LAST_UPDATE_TIMESTAMP", Type::kDatetime6},
                                         {"MASTER_SLAVE_LATENCY_IN_MICROSECONDS", Type::kUint},
                                         {"REPLICA_LAG_IN_MILLISECONDS", Type::kDouble},
                                         {"LOG_STREAM_SPEED_IN_KiB_PER_SECOND", Type::kDouble},
                                         {"LOG_BUFFER_SEQUENCE_NUMBER", Type::kUint},
                                         {"IS_CURRENT", Type::kInt},
                                         {"OLDEST_READ_VIEW_TRX_ID", Type::kUint},
                                         {"OLDEST_READ_VIEW_LSN", Type::kUint}};

// At most one: this instance while it holds the volume, else whom the topology names.
std::string WriterId(Server& server) {
  Instance& instance = server.instance();
  if (instance.is_writer() && !instance.fenced()) return instance.id();
  const auto topology = topology::ReadTopology(instance.cluster().TopologyFile());
  if (!topology.ok() || topology->writer == instance.id()) return "";
  return topology->writer;
}

void FillReplicaHostStatus(Session& session, const VirtualHints&, VirtualRow& row) {
  Server& server = session.server();
  const ClusterConfig& cluster = server.instance().cluster();
  const std::string writer = WriterId(server);
  const types::TimeZone* zone = types::TimeZone::Find(session.time_zone());
  const uint64_t now_ns = server.clock().MonotonicNanos();
  for (const InstanceConfig& member : cluster.instances) {
    topology::InstanceStatusReader reader(cluster.StatusPage(member.id));
    const auto status = reader.Read();
    if (!status.ok() || !topology::ProcessAlive(status->pid, status->start_time)) continue;
    const bool is_writer = member.id == writer;
    const int64_t age_us = now_ns > status->updated_ns
                               ? static_cast<int64_t>((now_ns - status->updated_ns) / 1000)
                               : 0;
    int64_t updated = types::DatetimeFromUnixMicros(server.clock().WallMicros() - age_us);
    if (zone != nullptr) updated = zone->TimestampToLocal(updated);
    const double lag_ms = is_writer ? 0.0 : static_cast<double>(status->replica_lag_us) / 1000.0;
    row.Text(member.id).Text(is_writer ? kMaster : std::string_view("session-" + member.id));
    row.Uint(0).Uint(0).Uint(0).Double(0).Uint(status->durable_lsn).Uint(status->applied_lsn);
    row.Int(0).Null().Datetime(updated);
    row.Uint(static_cast<uint64_t>(lag_ms * 1000)).Double(lag_ms).Double(0);
    row.Uint(status->applied_lsn).Int(1).Uint(0).Uint(0);
    row.Send();
  }
}

// ---- fixed lists ----

constexpr Column kEngines[] = {{"ENGINE", Type::kText, 64, false},
                               {"SUPPORT", Type::kText, 8, false},
                               {"COMMENT", Type::kText, 80, false},
                               {"TRANSACTIONS", Type::kText, 3},
                               {"XA", Type::kText, 3},
                               {"SAVEPOINTS", Type::kText, 3}};

void FillEngines(Session&, const VirtualHints&, VirtualRow& row) {
  row.Text("InnoDB").Text("DEFAULT");
  row.Text("Supports transactions, row-level locking, and foreign keys (six-copy volume)");
  row.Text("YES").Text("NO").Text("YES").Send();
}

constexpr Column kCharacterSets[] = {{"CHARACTER_SET_NAME", Type::kText, 64, false},
                                     {"DEFAULT_COLLATE_NAME", Type::kText, 64, false},
                                     {"DESCRIPTION", Type::kText, 2048, false},
                                     {"MAXLEN", Type::kUint, 0, false}};

void FillCharacterSets(Session&, const VirtualHints&, VirtualRow& row) {
  size_t count = 0;
  const types::Charset* all = types::AllCharsets(&count);
  for (size_t i = 0; i < count; ++i) {
    row.Text(all[i].name).Text(all[i].default_collation).Text(all[i].description);
    row.Uint(all[i].mbmaxlen).Send();
  }
}

constexpr Column kCollations[] = {{"COLLATION_NAME", Type::kText, 64, false},
                                  {"CHARACTER_SET_NAME", Type::kText, 64, false},
                                  {"ID", Type::kUint, 0, false},
                                  {"IS_DEFAULT", Type::kText, 3, false},
                                  {"IS_COMPILED", Type::kText, 3, false},
                                  {"SORTLEN", Type::kUint, 0, false},
                                  {"PAD_ATTRIBUTE", Type::kText, 9, false}};

void FillCollations(Session&, const VirtualHints&, VirtualRow& row) {
  size_t count = 0;
  const types::Collation* all = types::AllCollations(&count);
  for (size_t i = 0; i < count; ++i) {
    row.Text(all[i].name).Text(all[i].charset->name).Uint(all[i].id);
    row.Text(all[i].is_default ? "Yes" : "").Text("Yes").Uint(all[i].sortlen);
    row.Text(all[i].pad_space ? "PAD SPACE" : "NO PAD").Send();
  }
}

constexpr Column kApplicability[] = {{"COLLATION_NAME", Type::kText, 64, false},
                                     {"CHARACTER_SET_NAME", Type::kText, 64, false}};

void FillApplicability(Session&, const VirtualHints&, VirtualRow& row) {
  size_t count = 0;
  const types::Collation* all = types::AllCollations(&count);
  for (size_t i = 0; i < count; ++i) row.Text(all[i].name).Text(all[i].charset->name).Send();
}

constexpr Column kPlugins[] = {
    {"PLUGIN_NAME", Type::kText, 64, false},         {"PLUGIN_VERSION", Type::kText, 20, false},
    {"PLUGIN_STATUS", Type::kText, 10, false},       {"PLUGIN_TYPE", Type::kText, 80, false},
    {"PLUGIN_TYPE_VERSION", Type::kText, 20, false}, {"PLUGIN_LIBRARY", Type::kText, 64},
    {"PLUGIN_LIBRARY_VERSION", Type::kText, 20},     {"PLUGIN_AUTHOR", Type::kText, 64},
    {"PLUGIN_DESCRIPTION", Type::kLongText},         {"PLUGIN_LICENSE", Type::kText, 80},
    {"LOAD_OPTION", Type::kText, 64, false}};

void FillPlugins(Session&, const VirtualHints&, VirtualRow& row) {
  const std::pair<std::string_view, std::string_view> plugins[] = {
      {"mysql_native_password", "AUTHENTICATION"},
      {"caching_sha2_password", "AUTHENTICATION"},
      {"InnoDB", "STORAGE ENGINE"}};
  for (const auto& [name, type] : plugins) {
    row.Text(name).Text("1.0").Text("ACTIVE").Text(type).Text("80036.0").Nulls(2);
    row.Text("Sixfold").Text("").Text("Apache-2.0").Text("FORCE").Send();
  }
}

constexpr Column kConnectAttributes[] = {{"PROCESSLIST_ID", Type::kUint, 0, false},
                                         {"ATTR_NAME", Type::kText, 32, false},
                                         {"ATTR_VALUE", Type::kText, 1024},
                                         {"ORDINAL_POSITION", Type::kInt}};

void FillConnectAttributes(Session& session, const VirtualHints&, VirtualRow& row) {
  Server& server = session.server();
  const bool all = server.accounts().HasGlobal(session, catalog::Privilege::kProcess);
  struct Line {
    uint64_t id;
    std::string name, value;
    int64_t position;
  };
  std::vector<Line> lines;
  server.ForEachConnection([&](Connection& connection) {
    const ProcessInfo info = connection.session().Describe();
    if (!all && info.user != session.user()) return;
    int64_t position = 0;
    for (auto& [name, value] : connection.session().connect_attributes()) {
      lines.push_back({info.id, name, value, position++});
    }
  });
  for (const Line& line : lines) {
    row.Uint(line.id).Text(line.name).Text(line.value).Int(line.position).Send();
  }
}

constexpr VirtualTableSpec kServerTables[] = {
    {kPerformance, "session_variables", kVariableColumns, FillSessionVariables},
    {kPerformance, "global_variables", kVariableColumns, FillGlobalVariables},
    {kPerformance, "persisted_variables", kPersistedColumns, FillPersistedVariables},
    {kPerformance, "session_status", kVariableColumns, FillStatus},
    {kPerformance, "global_status", kVariableColumns, FillStatus},
    {kPerformance, "processlist", kProcesslist, FillProcesslist},
    {kPerformance, "session_connect_attrs", kConnectAttributes, FillConnectAttributes},
    {kInfo, "SESSION_VARIABLES", kVariableColumns, FillSessionVariables},
    {kInfo, "GLOBAL_VARIABLES", kVariableColumns, FillGlobalVariables},
    {kInfo, "SESSION_STATUS", kVariableColumns, FillStatus},
    {kInfo, "GLOBAL_STATUS", kVariableColumns, FillStatus},
    {kInfo, "PROCESSLIST", kProcesslist, FillProcesslist},
    {kInfo, "REPLICA_HOST_STATUS", kReplicaHostStatus, FillReplicaHostStatus},
    {kInfo, "ENGINES", kEngines, FillEngines},
    {kInfo, "CHARACTER_SETS", kCharacterSets, FillCharacterSets},
    {kInfo, "COLLATIONS", kCollations, FillCollations},
    {kInfo, "COLLATION_CHARACTER_SET_APPLICABILITY", kApplicability, FillApplicability},
    {kInfo, "PLUGINS", kPlugins, FillPlugins},
};

}  // namespace

std::span<const VirtualTableSpec> ServerInformation() { return kServerTables; }

}  // namespace sixfold::server
