// sixfoldctl: the command line over sixfoldd's API.
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "cmd/sixfoldctl/compare.h"
#include "cmd/sixfoldctl/switch_copy.h"
#include "core/base/clock.h"
#include "core/base/cluster_config.h"
#include "core/control/api_server.h"

namespace sixfold::control {
namespace {

using Json = nlohmann::ordered_json;

constexpr uint64_t kCallTimeoutMs = 5'000;
constexpr uint64_t kFailoverTimeoutMs = 60'000;
constexpr unsigned kWaitStepUs = 25'000;

int Fail(std::string_view text) {
  fmt::print(stderr, "sixfoldctl: {}\n", text);
  return 1;
}

std::string NotRunning(const ClusterConfig& cluster, const Status& status) {
  return fmt::format(
      "sixfoldd of cluster {} does not answer: {}. Is it running? (sixfoldd --config FILE)",
      cluster.id, MessageOf(status));
}

int Wait(const ClusterConfig& cluster, double timeout_s) {
  const SystemClock clock;
  const uint64_t deadline_ms = clock.MonotonicMillis() + static_cast<uint64_t>(timeout_s * 1000);
  std::string missing;
  while (true) {
    const auto answer = CallApi(cluster.ApiSocket(), {"GET", "/v1/health", ""}, kCallTimeoutMs);
    if (answer.ok() && answer->http_status == 200) return 0;
    missing = answer.ok() ? answer->body : NotRunning(cluster, answer.status());
    if (clock.MonotonicMillis() >= deadline_ms) break;
    ::usleep(kWaitStepUs);
  }
  const Json json = Json::parse(missing, nullptr, /*allow_exceptions=*/false);
  if (json.is_object() && json.contains("missing")) {
    missing.clear();
    for (const Json& text : json["missing"])
      missing += (missing.empty() ? "" : "; ") + text.get<std::string>();
  }
  return Fail(fmt::format("not ready after {} s: {}", timeout_s, missing));
}

void PrintTable(std::vector<std::vector<std::string>> rows) {
  std::vector<size_t> widths(rows[0].size());
  for (const auto& row : rows)
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  for (const auto& row : rows) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) line += fmt::format("{:<{}}  ", row[i], widths[i]);
    fmt::print("{}\n", line.substr(0, line.find_last_not_of(' ') + 1));
  }
  fmt::print("\n");
}

std::string Cell(const Json& row, const char* key) {
  const Json& value = row.at(key);
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_array()) return value.dump();
  std::string text;
  for (const Json& entry : value) text += (text.empty() ? "" : ", ") + entry.get<std::string>();
  return text;
}

void PrintList(const Json& list, const std::vector<std::pair<std::string, const char*>>& columns) {
  std::vector<std::vector<std::string>> rows(1);
  for (const auto& column : columns) rows[0].push_back(column.first);
  for (const Json& entry : list) {
    std::vector<std::string> row;
    for (const auto& column : columns) row.push_back(Cell(entry, column.second));
    rows.push_back(std::move(row));
  }
  PrintTable(std::move(rows));
}

int ShowStatus(const ClusterConfig& cluster, bool as_json) {
  const auto answer = CallApi(cluster.ApiSocket(), {"GET", "/v1/status", ""}, kCallTimeoutMs);
  if (!answer.ok()) return Fail(NotRunning(cluster, answer.status()));
  const Json json = Json::parse(answer->body, nullptr, /*allow_exceptions=*/false);
  if (answer->http_status != 200 || !json.is_object()) return Fail(answer->body);
  if (as_json) {
    fmt::print("{}\n", json.dump(2));
    return 0;
  }
  const Json& volume = json.at("volume");
  fmt::print("cluster {}: volume {}, epoch {}, VDL {}, {} bytes\n\n", cluster.id,
             Cell(volume, "id"), Cell(volume, "epoch"), Cell(volume, "vdl"), Cell(volume, "bytes"));
  PrintList(
      json.at("endpoints"),
      {{"ENDPOINT", "name"}, {"TYPE", "type"}, {"ADDRESS", "address"}, {"LEADS TO", "targets"}});
  PrintList(json.at("instances"), {{"INSTANCE", "id"},
                                   {"ROLE", "role"},
                                   {"AZ", "az"},
                                   {"PID", "pid"},
                                   {"STATE", "state"},
                                   {"LAG MS", "replica_lag_ms"},
                                   {"SESSIONS", "sessions"},
                                   {"ADDRESS", "address"}});
  PrintList(json.at("copies"), {{"COPY", "id"},
                                {"AZ", "az"},
                                {"STATE", "state"},
                                {"DURABLE LSN", "durable_lsn"},
                                {"APPLIED LSN", "applied_lsn"},
                                {"PATH", "path"}});
  return 0;
}

int Failover(const ClusterConfig& cluster, const std::string& to) {
  const Json body = to.empty() ? Json::object() : Json{{"to", to}};
  const auto answer =
      CallApi(cluster.ApiSocket(), {"POST", "/v1/failover", body.dump()}, kFailoverTimeoutMs);
  if (!answer.ok()) return Fail(NotRunning(cluster, answer.status()));
  const Json json = Json::parse(answer->body, nullptr, /*allow_exceptions=*/false);
  if (answer->http_status != 200 || !json.is_object())
    return Fail(json.is_object() ? json.value("error", answer->body) : answer->body);
  fmt::print("the writer is {} (epoch {})\n", Cell(json, "writer"), Cell(json, "epoch"));
  return 0;
}

int Compare(const ClusterConfig& cluster, double timeout_s, bool as_json) {
  std::vector<CopyDigest> digests;
  const Comparison comparison = CompareCopies(cluster, timeout_s, &digests);
  Json copies = Json::array();
  for (const CopyDigest& digest : digests)
    copies.push_back(Json{{"az", digest.az},
                          {"id", digest.id},
                          {"base_lsn", digest.base_lsn},
                          {"hash", digest.hash},
                          {"error", digest.error}});
  if (as_json) {
    fmt::print("{}\n",
               Json{{"equal", comparison == Comparison::kEqual}, {"copies", copies}}.dump(2));
  } else {
    PrintList(
        copies,
        {{"COPY", "id"}, {"AZ", "az"}, {"LSN", "base_lsn"}, {"HASH", "hash"}, {"ERROR", "error"}});
  }
  if (comparison == Comparison::kEqual) return 0;
  return Fail(
      comparison == Comparison::kDifferent
          ? "the copies DIFFER at one LSN"
          : fmt::format(
                "no six copies at one LSN within {} s; is the cluster writing or a copy away?",
                timeout_s));
}

int Switch(const ClusterConfig& cluster, uint64_t copy, bool attach) {
  const Status status = SwitchCopy(cluster, copy, attach);
  if (!status.ok()) return Fail(MessageOf(status));
  fmt::print("copy {} is {}\n", copy, attach ? "attached" : "detached");
  return 0;
}

}  // namespace
}  // namespace sixfold::control

int main(int argc, char** argv) {
  using namespace sixfold;
  CLI::App app("Looks at and steers a Sixfold cluster");
  std::string config_path, cluster_id, to;
  double timeout_s = 60;
  bool as_json = false;
  uint64_t copy_id = 0;
  app.add_option("--config", config_path, "the YAML file sixfoldd was started with")->required();
  app.add_option("--cluster", cluster_id, "which cluster of it, where there are several");
  app.require_subcommand(1);
  app.fallthrough();
  auto* const wait =
      app.add_subcommand("wait", "until everything is up: exit status 0, or 1 after the timeout");
  wait->add_option("--timeout", timeout_s, "seconds")->check(CLI::NonNegativeNumber);
  auto* const status = app.add_subcommand("status", "endpoints, instances, copies, volume");
  status->add_flag("--json", as_json, "as JSON");
  auto* const failover = app.add_subcommand("failover", "make another instance the writer");
  failover->add_option("--to", to, "which one; otherwise the best reader");
  auto* const compare =
      app.add_subcommand("compare", "are all six copies equal? (drains and hashes them)");
  compare->add_option("--timeout", timeout_s, "seconds")->check(CLI::NonNegativeNumber);
  compare->add_flag("--json", as_json, "as JSON");
  auto* const copy = app.add_subcommand("copy", "takes one copy out, or back in");
  copy->require_subcommand(1);
  auto* const detach = copy->add_subcommand(
      "detach", "out of service, its files closed: its disk may be unmounted or replaced");
  auto* const attach = copy->add_subcommand(
      "attach", "back in: it catches up, or is built anew where its folder is empty");
  for (auto* const each : {detach, attach})
    each->add_option("id", copy_id, "as `status` shows it")->required();
  CLI11_PARSE(app, argc, argv);

  const auto config = LoadConfig(config_path);
  if (!config.ok()) return control::Fail(MessageOf(config.status()));
  const auto cluster = config->Cluster(cluster_id);
  if (!cluster.ok()) return control::Fail(MessageOf(cluster.status()));
  if (wait->parsed()) return control::Wait(*cluster, timeout_s);
  if (status->parsed()) return control::ShowStatus(*cluster, as_json);
  if (compare->parsed()) return control::Compare(*cluster, timeout_s, as_json);
  if (copy->parsed()) return control::Switch(*cluster, copy_id, attach->parsed());
  return control::Failover(*cluster, to);
}
