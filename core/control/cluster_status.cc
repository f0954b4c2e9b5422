// What ClusterControl tells: health, status as JSON, the table of a start, and the HTTP API.
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "core/control/cluster_control.h"
#include "core/topology/endpoint_rule.h"

namespace sixfold::control {

using OrderedJson = nlohmann::ordered_json;

namespace {

OrderedJson InstanceJson(const ClusterConfig& config, const Instance& instance,
                         const std::string& writer) {
  const auto& page = instance.page();
  const ProcessIdentity identity = instance.process().identity();
  std::string state = identity.pid == 0 ? "down" : "starting";
  if (page) state = instance.hung() ? "hung" : std::string(topology::ToString(page->state));
  OrderedJson json{
      {"id", instance.id()},
      {"role", instance.id() == writer ? "writer" : "reader"},
      {"az", instance.config().az},
      {"tier", instance.config().tier},
      {"pid", identity.pid},
      {"address", "unix:" + config.MysqlSocket(instance.id())},
      {"state", state},
      {"replica_lag_ms", page && instance.id() != writer ? page->replica_lag_us / 1000.0 : 0.0},
      {"sessions", page ? page->sessions : 0},
      {"epoch", page ? page->epoch : 0},
      {"restarts", instance.process().restarts()}};
  OrderedJson by_endpoint = OrderedJson::object();
  if (page)
    for (const auto& [name, count] : page->endpoints) by_endpoint[name] = count;
  json["sessions_by_endpoint"] = std::move(by_endpoint);
  return json;
}

std::string ClientLine(const ClusterConfig& config, const EndpointConfig& endpoint, int listener) {
  const std::string address = topology::ListenerAddress(endpoint, listener);
  if (address.starts_with("unix:"))
    return fmt::format("mysql -S {} -u {} -p'{}'", address.substr(5), config.master_user,
                       config.master_password);
  const size_t colon = address.rfind(':');
  std::string host = address.substr(0, colon);
  if (host == "0.0.0.0" || host == "[::]" || host == "*") host = "127.0.0.1";
  return fmt::format("mysql -h {} -P {} -u {} -p'{}'", host, address.substr(colon + 1),
                     config.master_user, config.master_password);
}

}  // namespace

std::vector<std::string> ClusterControl::TargetsOf(const EndpointConfig& endpoint) const {
  const topology::Topology& topology = election_->topology();
  std::vector<topology::InstanceHealth> health(topology.members.size());
  for (size_t i = 0; i < health.size() && i < instances_.size(); ++i) {
    health[i].ready = instances_[i]->ready();
    health[i].lag_ms = instances_[i]->page() ? instances_[i]->page()->replica_lag_us / 1000 : 0;
  }
  std::vector<std::string> targets;
  for (const auto* member : topology::EligibleTargets(endpoint, config_.settings, topology, health))
    targets.push_back(member->id);
  return targets;
}

ClusterControl::Health ClusterControl::CheckHealth() {
  Health health;
  for (size_t i = 0; i < storage_.size(); ++i)
    if (!storage_monitor_->answers(i))
      health.missing.push_back(fmt::format("storage of {} does not answer: {}", config_.azs[i].name,
                                           storage_monitor_->error(i)));
  for (const auto& instance : instances_)
    if (!instance->ready())
      health.missing.push_back(fmt::format("instance {} is not ready", instance->id()));
  if (!election_->steady()) health.missing.push_back("there is no writer");
  if (!proxy_->running()) health.missing.push_back("the proxy does not run");
  for (const EndpointConfig& endpoint : config_.endpoints)
    if (TargetsOf(endpoint).empty())
      health.missing.push_back(fmt::format("endpoint {} leads nowhere", endpoint.name));
  health.writable = election_->steady() && proxy_->running();
  return health;
}

std::string ClusterControl::StatusJson() {
  OrderedJson json{{"cluster", config_.id}, {"pid", ::getpid()}};
  json["endpoints"] = OrderedJson::array();
  for (const EndpointConfig& endpoint : config_.endpoints)
    json["endpoints"].push_back(OrderedJson{
        {"name", endpoint.name},
        {"type", ToString(endpoint.type)},
        {"address", topology::ListenerAddress(endpoint, listeners_.at(endpoint.name).get())},
        {"targets", TargetsOf(endpoint)}});
  json["instances"] = OrderedJson::array();
  for (const auto& instance : instances_)
    json["instances"].push_back(InstanceJson(config_, *instance, election_->topology().writer));
  json["copies"] = OrderedJson::array();
  json["storage"] = OrderedJson::array();
  StorageStatus newest;
  newest.volume_id = volume_id_;
  for (size_t i = 0; i < config_.azs.size(); ++i) {
    const auto& last = storage_monitor_->last(i);
    const bool answers = storage_monitor_->answers(i);
    json["storage"].push_back(OrderedJson{{"az", config_.azs[i].name},
                                          {"pid", storage_[i]->identity().pid},
                                          {"state", answers ? "up" : "down"},
                                          {"restarts", storage_[i]->restarts()}});
    for (uint32_t n = 0; n < 2; ++n) {
      CopyStatus copy;
      copy.az = config_.azs[i].name;
      copy.path = config_.CopyDir(config_.azs[i], n);
      if (last && n < last->copies.size()) copy = last->copies[n];
      json["copies"].push_back(OrderedJson{{"id", copy.id},
                                           {"az", copy.az},
                                           {"path", copy.path},
                                           {"state", answers ? copy.state : "down"},
                                           {"durable_lsn", copy.durable_lsn},
                                           {"applied_lsn", copy.applied_lsn}});
    }
    if (!last) continue;
    newest.volume_id = last->volume_id;
    newest.epoch = std::max(newest.epoch, last->epoch);
    newest.vdl = std::max(newest.vdl, last->vdl);
    newest.bytes = std::max(newest.bytes, last->bytes);
  }
  json["volume"] = OrderedJson{{"id", newest.volume_id},
                               {"epoch", newest.epoch},
                               {"vdl", newest.vdl},
                               {"bytes", newest.bytes}};
  json["proxy"] = OrderedJson{{"pid", proxy_->identity().pid},
                              {"state", proxy_->running() ? "up" : "down"},
                              {"restarts", proxy_->restarts()}};
  return json.dump();
}

std::string ClusterControl::Table() {
  std::vector<std::array<std::string, 3>> rows = {{"endpoint", "address", "leads to"}};
  std::array<size_t, 2> widths{};
  for (const EndpointConfig& endpoint : config_.endpoints) {
    const std::string targets = fmt::format("{}", fmt::join(TargetsOf(endpoint), ", "));
    const std::string_view what = endpoint.type == EndpointType::kCluster  ? "the writer: "
                                  : endpoint.type == EndpointType::kReader ? "readers: "
                                                                           : "";
    rows.push_back({endpoint.name,
                    topology::ListenerAddress(endpoint, listeners_.at(endpoint.name).get()),
                    fmt::format("{}{}", what, targets)});
  }
  for (const auto& row : rows)
    for (size_t i = 0; i < widths.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  std::string table = "\n";
  for (const auto& row : rows)
    table += fmt::format("  {:<{}}  {:<{}}  {}\n", row[0], widths[0], row[1], widths[1], row[2]);
  if (!config_.endpoints.empty())
    table += fmt::format("\n  {}\n", ClientLine(config_, config_.endpoints[0],
                                                listeners_.at(config_.endpoints[0].name).get()));
  return table;
}

void ClusterControl::OnApi(const ApiRequest& request, const ApiReply& reply) {
  const auto error = [&](int status, const std::string& text) {
    reply(status, OrderedJson{{"ok", false}, {"error", text}}.dump());
  };
  if (!election_ || stopping_)
    return error(503, stopping_ ? "the cluster is being stopped" : "the cluster is being started");
  if (request.method == "GET" && request.path == "/v1/status")
    return storage_monitor_->Refresh([this, reply] { reply(200, StatusJson()); });
  if (request.method == "GET" && request.path == "/v1/health") {
    const Health health = CheckHealth();
    const bool ok = health.missing.empty();
    return reply(
        ok ? 200 : 503,
        OrderedJson{{"ok", ok}, {"writable", health.writable}, {"missing", health.missing}}.dump());
  }
  if (request.method == "POST" && request.path == "/v1/failover") {
    const OrderedJson body = request.body.empty()
                                 ? OrderedJson::object()
                                 : OrderedJson::parse(request.body, nullptr, false);
    if (!body.is_object() || (body.contains("to") && !body["to"].is_string()))
      return error(400, "expected {\"to\": \"<instance>\"} or {}");
    return election_->Failover(body.value("to", ""), [this, reply](const Status& status) {
      if (!status.ok())
        return reply(409, OrderedJson{{"ok", false}, {"error", MessageOf(status)}}.dump());
      const auto& topology = election_->topology();
      reply(
          200,
          OrderedJson{{"ok", true}, {"writer", topology.writer}, {"epoch", topology.epoch.value()}}
              .dump());
    });
  }
  error(404, "there is GET /v1/status, GET /v1/health and POST /v1/failover");
}

}  // namespace sixfold::control
