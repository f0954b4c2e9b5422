// Reads and checks the YAML (see cluster_config.h). Every Error() carries file, line and key.
#include <yaml-cpp/yaml.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/base/cluster_config.h"

namespace sixfold {
namespace {

constexpr size_t kMaxUnixPath = 107;
constexpr size_t kMaxIdLength = 63;

/// A place in the document: a node and the key path that leads to it.
struct Place {
  YAML::Node node;
  std::string path;
};

std::string ConfigFound(const YAML::Node& node) {
  if (!node.IsDefined() || node.IsNull()) return "nothing";
  if (node.IsMap()) return "a mapping";
  if (node.IsSequence()) return "a list";
  return fmt::format("\"{}\"", node.Scalar());
}

class ConfigParser {
 public:
  ConfigParser(std::string file, std::string base_dir)
      : file_(std::move(file)), base_dir_(std::move(base_dir)) {}

  StatusOr<Config> Parse(const YAML::Node& root);

 private:
  template <typename... Args>
  Status Error(const Place& place, fmt::format_string<Args...> text, Args&&... args) {
    const int line = place.node.IsDefined() ? place.node.Mark().line : -1;
    return InvalidArgument("{}:{}: {}: {}", file_, line < 0 ? 1 : line + 1, place.path,
                           fmt::format(text, std::forward<Args>(args)...));
  }
  Status Expected(const Place& place, std::string_view what) {
    return Error(place, "expected {}, found {}", what, ConfigFound(place.node));
  }

  /// Checks that the place is a mapping without unknown or repeated keys.
  Status CheckMap(const Place& place, std::initializer_list<std::string_view> known);
  Place Key(const Place& place, const char* key) {
    return Place{place.node[key], place.path.empty() ? key : place.path + "." + key};
  }
  /// The place of a missing key is its parent's line.
  Status Missing(const Place& parent, const char* key, std::string_view what) {
    return Error(Place{parent.node, parent.path.empty() ? key : parent.path + "." + key},
                 "missing; expected {}", what);
  }
  StatusOr<std::string> Text(const Place& parent, const char* key, std::string_view what);
  StatusOr<std::string> Id(const Place& parent, const char* key, std::string_view what);
  StatusOr<uint64_t> Number(const Place& place, uint64_t least, uint64_t most);
  StatusOr<bool> Bool(const Place& place);
  StatusOr<std::vector<Place>> List(const Place& parent, const char* key, std::string_view what);
  StatusOr<std::vector<std::string>> InstanceIds(const Place& parent, const char* key,
                                                 const ClusterConfig& cluster);
  std::string Absolute(const std::string& path) {
    auto full = (std::filesystem::path(base_dir_) / path).lexically_normal().string();
    while (full.size() > 1 && full.back() == '/') full.pop_back();
    return full;
  }

  StatusOr<ClusterConfig> Cluster(const Place& place);
  Status MasterPassword(const Place& place, ClusterConfig* cluster);
  Status MasterAuthPlugin(const Place& place, ClusterConfig* cluster);
  Status Azs(const Place& place, ClusterConfig* cluster);
  StatusOr<AzConfig> Az(const Place& place, const ClusterConfig& cluster);
  Status Instances(const Place& place, ClusterConfig* cluster);
  StatusOr<InstanceConfig> Instance(const Place& place, const ClusterConfig& cluster);
  Status Endpoints(const Place& place, ClusterConfig* cluster);
  StatusOr<EndpointConfig> Endpoint(const Place& place, const ClusterConfig& cluster);
  StatusOr<EndpointType> Type(const Place& parent);
  StatusOr<ListenAddress> Listen(const Place& parent);
  Status Rule(const Place& place, const ClusterConfig& cluster, EndpointConfig* endpoint);
  Status BalancingRule(const Place& place, const ClusterConfig& cluster, EndpointConfig* endpoint);
  Status Settings(const Place& place, ClusterSettings* settings);
  Status SocketPaths(const Place& place, const ClusterConfig& cluster);

  std::string file_;
  std::string base_dir_;
  std::vector<std::string> warnings_;
};

Status ConfigParser::CheckMap(const Place& place, std::initializer_list<std::string_view> known) {
  if (!place.node.IsMap()) return Expected(place, "a mapping");
  std::set<std::string> seen;
  for (const auto& entry : place.node) {
    const std::string key = entry.first.Scalar();
    const Place at{entry.first, place.path.empty() ? key : place.path + "." + key};
    if (std::find(known.begin(), known.end(), key) == known.end())
      return Error(at, "unknown key; expected one of {}", fmt::join(known, ", "));
    if (!seen.insert(key).second) return Error(at, "given twice; expected once");
  }
  return OkStatus();
}

StatusOr<std::string> ConfigParser::Text(const Place& parent, const char* key,
                                         std::string_view what) {
  const Place place = Key(parent, key);
  if (!place.node.IsDefined()) return Missing(parent, key, what);
  if (!place.node.IsScalar() || place.node.Scalar().empty()) return Expected(place, what);
  return place.node.Scalar();
}

StatusOr<std::string> ConfigParser::Id(const Place& parent, const char* key,
                                       std::string_view what) {
  ASSIGN_OR_RETURN(const std::string text, Text(parent, key, what));
  bool good = text.size() <= kMaxIdLength && std::isalpha(static_cast<unsigned char>(text[0]));
  for (const unsigned char c : text) good = good && (std::isalnum(c) || c == '-' || c == '_');
  if (good) return text;
  return Expected(Key(parent, key),
                  fmt::format("{}: a letter, then letters, digits, - or _, at most {} characters",
                              what, kMaxIdLength));
}

StatusOr<uint64_t> ConfigParser::Number(const Place& place, uint64_t least, uint64_t most) {
  const std::string what = most == UINT64_MAX
                               ? fmt::format("a whole number of at least {}", least)
                               : fmt::format("a whole number from {} to {}", least, most);
  if (!place.node.IsScalar()) return Expected(place, what);
  const std::string text = place.node.Scalar();
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < least || value > most)
    return Expected(place, what);
  return value;
}

StatusOr<bool> ConfigParser::Bool(const Place& place) {
  bool value = false;
  if (!place.node.IsScalar() || !YAML::convert<bool>::decode(place.node, value))
    return Expected(place, "true or false");
  return value;
}

StatusOr<std::vector<Place>> ConfigParser::List(const Place& parent, const char* key,
                                                std::string_view what) {
  const Place place = Key(parent, key);
  if (!place.node.IsDefined()) return Missing(parent, key, what);
  if (!place.node.IsSequence()) return Expected(place, what);
  std::vector<Place> entries;
  for (size_t i = 0; i < place.node.size(); ++i)
    entries.push_back(Place{place.node[i], fmt::format("{}[{}]", place.path, i)});
  return entries;
}

StatusOr<std::vector<std::string>> ConfigParser::InstanceIds(const Place& parent, const char* key,
                                                             const ClusterConfig& cluster) {
  ASSIGN_OR_RETURN(const auto entries, List(parent, key, "a list of instance ids"));
  std::vector<std::string> ids;
  for (const Place& entry : entries) {
    if (!entry.node.IsScalar() || cluster.FindInstance(entry.node.Scalar()) == nullptr)
      return Expected(entry, "the id of an instance of this cluster");
    ids.push_back(entry.node.Scalar());
  }
  return ids;
}

StatusOr<Config> ConfigParser::Parse(const YAML::Node& root) {
  const Place top{root, ""};
  if (!root.IsMap())
    return Error(Place{root, "document"}, "expected a mapping with the key clusters, found {}",
                 ConfigFound(root));
  RETURN_IF_ERROR(CheckMap(top, {"clusters"}));
  ASSIGN_OR_RETURN(const auto entries, List(top, "clusters", "a list of clusters"));
  if (entries.empty()) return Expected(Key(top, "clusters"), "at least one cluster");
  Config config;
  config.path = file_;
  for (const Place& entry : entries) {
    ASSIGN_OR_RETURN(ClusterConfig cluster, Cluster(entry));
    for (const ClusterConfig& other : config.clusters) {
      if (other.id == cluster.id) return Expected(Key(entry, "id"), "an id no other cluster has");
      if (other.data_dir == cluster.data_dir)
        return Expected(Key(entry, "data_dir"), "a folder no other cluster has");
    }
    config.clusters.push_back(std::move(cluster));
  }
  config.warnings = std::move(warnings_);
  return config;
}

StatusOr<ClusterConfig> ConfigParser::Cluster(const Place& place) {
  RETURN_IF_ERROR(CheckMap(
      place, {"id", "master_user", "master_password", "master_password_file", "master_auth_plugin",
              "data_dir", "azs", "instances", "endpoints", "settings"}));
  ClusterConfig cluster;
  ASSIGN_OR_RETURN(cluster.id, Id(place, "id", "the cluster's id"));
  ASSIGN_OR_RETURN(cluster.master_user, Text(place, "master_user", "the master user's name"));
  if (cluster.master_user.size() > 32)
    return Expected(Key(place, "master_user"), "a user name of at most 32 characters");
  ASSIGN_OR_RETURN(const std::string data_dir,
                   Text(place, "data_dir", "a folder for sockets, logs and control state"));
  cluster.data_dir = Absolute(data_dir);
  RETURN_IF_ERROR(MasterPassword(place, &cluster));
  RETURN_IF_ERROR(MasterAuthPlugin(place, &cluster));
  RETURN_IF_ERROR(Azs(place, &cluster));
  RETURN_IF_ERROR(Instances(place, &cluster));
  RETURN_IF_ERROR(Endpoints(place, &cluster));
  if (const Place settings = Key(place, "settings"); settings.node.IsDefined())
    RETURN_IF_ERROR(Settings(settings, &cluster.settings));
  RETURN_IF_ERROR(SocketPaths(place, cluster));
  return cluster;
}

Status ConfigParser::MasterPassword(const Place& place, ClusterConfig* cluster) {
  const Place in_file = Key(place, "master_password_file");
  if (!in_file.node.IsDefined()) {
    ASSIGN_OR_RETURN(cluster->master_password,
                     Text(place, "master_password", "a password (or master_password_file)"));
    return OkStatus();
  }
  if (Key(place, "master_password").node.IsDefined())
    return Error(in_file, "expected either master_password or master_password_file, found both");
  if (!in_file.node.IsScalar()) return Expected(in_file, "a file name");
  const std::string name = Absolute(in_file.node.Scalar());
  std::ifstream stream(name);
  std::string password;
  if (!stream || !std::getline(stream, password) || password.empty())
    return Error(in_file, "expected a readable file with the password on its first line, found {}",
                 name);
  cluster->master_password = std::move(password);
  return OkStatus();
}

Status ConfigParser::MasterAuthPlugin(const Place& place, ClusterConfig* cluster) {
  const Place plugin = Key(place, "master_auth_plugin");
  if (!plugin.node.IsDefined()) return OkStatus();
  if (plugin.node.IsScalar()) cluster->master_auth_plugin = plugin.node.Scalar();
  if (cluster->master_auth_plugin != "mysql_native_password" &&
      cluster->master_auth_plugin != "caching_sha2_password") {
    return Expected(plugin, "mysql_native_password or caching_sha2_password");
  }
  return OkStatus();
}

Status ConfigParser::Azs(const Place& place, ClusterConfig* cluster) {
  ASSIGN_OR_RETURN(const auto entries, List(place, "azs", "a list of three AZs"));
  if (entries.size() != 3)
    return Error(Key(place, "azs"), "expected exactly 3 AZs (six copies, two in each), found {}",
                 entries.size());
  for (const Place& entry : entries) {
    ASSIGN_OR_RETURN(AzConfig az, Az(entry, *cluster));
    if (az.mounts.size() == 1)
      warnings_.push_back(
          fmt::format("{}:{}: {}: AZ {} has one mount: both of its copies live on {}, and one disk "
                      "lost takes both",
                      file_, entry.node.Mark().line + 1, entry.path, az.name, az.mounts[0]));
    cluster->azs.push_back(std::move(az));
  }
  return OkStatus();
}

StatusOr<AzConfig> ConfigParser::Az(const Place& place, const ClusterConfig& cluster) {
  RETURN_IF_ERROR(CheckMap(place, {"name", "mounts"}));
  AzConfig az;
  ASSIGN_OR_RETURN(az.name, Id(place, "name", "the AZ's name"));
  if (cluster.FindAz(az.name) != nullptr)
    return Expected(Key(place, "name"), "a name no other AZ has");
  ASSIGN_OR_RETURN(const auto entries, List(place, "mounts", "a list of one or two folders"));
  if (entries.empty() || entries.size() > 2)
    return Error(Key(place, "mounts"), "expected one or two folders, found {}", entries.size());
  for (const Place& entry : entries) {
    if (!entry.node.IsScalar() || entry.node.Scalar().empty()) return Expected(entry, "a folder");
    const std::string mount = Absolute(entry.node.Scalar());
    bool taken = std::find(az.mounts.begin(), az.mounts.end(), mount) != az.mounts.end();
    for (const AzConfig& other : cluster.azs)
      taken |= std::find(other.mounts.begin(), other.mounts.end(), mount) != other.mounts.end();
    if (taken) return Expected(entry, "a folder no other mount names");
    az.mounts.push_back(mount);
  }
  return az;
}

Status ConfigParser::Instances(const Place& place, ClusterConfig* cluster) {
  ASSIGN_OR_RETURN(const auto entries, List(place, "instances", "a list of 1 to 16 instances"));
  if (entries.empty() || entries.size() > 16)
    return Error(Key(place, "instances"),
                 "expected 1 to 16 instances (a writer and up to 15 readers), found {}",
                 entries.size());
  for (const Place& entry : entries) {
    ASSIGN_OR_RETURN(InstanceConfig instance, Instance(entry, *cluster));
    cluster->instances.push_back(std::move(instance));
  }
  return OkStatus();
}

StatusOr<InstanceConfig> ConfigParser::Instance(const Place& place, const ClusterConfig& cluster) {
  RETURN_IF_ERROR(CheckMap(place, {"id", "az", "tier"}));
  InstanceConfig instance;
  ASSIGN_OR_RETURN(instance.id, Id(place, "id", "the instance's id"));
  if (cluster.FindInstance(instance.id) != nullptr || instance.id == "proxy")
    return Expected(Key(place, "id"), "an id no other instance has (and not \"proxy\")");
  ASSIGN_OR_RETURN(instance.az, Text(place, "az", "the name of an AZ of this cluster"));
  if (cluster.FindAz(instance.az) == nullptr)
    return Expected(Key(place, "az"), "the name of an AZ of this cluster");
  if (const Place tier = Key(place, "tier"); tier.node.IsDefined()) {
    ASSIGN_OR_RETURN(const uint64_t value, Number(tier, 0, 15));
    instance.tier = static_cast<uint32_t>(value);
  }
  return instance;
}

Status ConfigParser::Endpoints(const Place& place, ClusterConfig* cluster) {
  ASSIGN_OR_RETURN(const auto entries, List(place, "endpoints", "a list of endpoints"));
  for (const Place& entry : entries) {
    ASSIGN_OR_RETURN(EndpointConfig endpoint, Endpoint(entry, *cluster));
    for (const EndpointConfig& other : cluster->endpoints) {
      if (other.name == endpoint.name)
        return Expected(Key(entry, "name"), "a name no other endpoint has");
      const bool picked = other.listen.unix_path.empty() && other.listen.port == 0;
      if (other.listen == endpoint.listen && !picked)
        return Error(Key(entry, "listen"),
                     "expected an address of its own, found {}, which endpoint {} has",
                     other.listen.ToString(), other.name);
    }
    cluster->endpoints.push_back(std::move(endpoint));
  }
  return OkStatus();
}

StatusOr<EndpointConfig> ConfigParser::Endpoint(const Place& place, const ClusterConfig& cluster) {
  RETURN_IF_ERROR(CheckMap(place, {"name", "type", "listen", "members", "exclude", "instance",
                                   "balancing", "weights", "max_lag_ms", "handoff"}));
  EndpointConfig endpoint;
  ASSIGN_OR_RETURN(endpoint.name, Id(place, "name", "the endpoint's name"));
  ASSIGN_OR_RETURN(endpoint.type, Type(place));
  ASSIGN_OR_RETURN(endpoint.listen, Listen(place));
  RETURN_IF_ERROR(Rule(place, cluster, &endpoint));
  RETURN_IF_ERROR(BalancingRule(place, cluster, &endpoint));
  if (const Place lag = Key(place, "max_lag_ms"); lag.node.IsDefined()) {
    ASSIGN_OR_RETURN(endpoint.max_lag_ms, Number(lag, 1, 86'400'000));
  }
  if (const Place handoff = Key(place, "handoff"); handoff.node.IsDefined()) {
    ASSIGN_OR_RETURN(endpoint.handoff, Bool(handoff));
  }
  return endpoint;
}

StatusOr<EndpointType> ConfigParser::Type(const Place& parent) {
  const std::string_view what = "cluster, reader, custom or instance";
  ASSIGN_OR_RETURN(const std::string text, Text(parent, "type", what));
  for (const auto type : {EndpointType::kCluster, EndpointType::kReader, EndpointType::kCustom,
                          EndpointType::kInstance})
    if (text == ToString(type)) return type;
  return Expected(Key(parent, "type"), what);
}

StatusOr<ListenAddress> ConfigParser::Listen(const Place& parent) {
  const std::string_view what = "\"host:port\" (port 0: any free one) or \"unix:/path\"";
  ASSIGN_OR_RETURN(const std::string text, Text(parent, "listen", what));
  ListenAddress address;
  if (text.starts_with("unix:")) {
    address.unix_path = Absolute(text.substr(5));
    if (text.size() == 5 || address.unix_path.size() > kMaxUnixPath)
      return Expected(Key(parent, "listen"), what);
    return address;
  }
  const size_t colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0) return Expected(Key(parent, "listen"), what);
  address.host = text.substr(0, colon);
  if (address.host.starts_with('[') && address.host.ends_with(']'))
    address.host = address.host.substr(1, address.host.size() - 2);
  const auto [end, error] =
      std::from_chars(text.data() + colon + 1, text.data() + text.size(), address.port);
  if (error != std::errc() || end != text.data() + text.size() || colon + 1 == text.size())
    return Expected(Key(parent, "listen"), what);
  return address;
}

Status ConfigParser::Rule(const Place& place, const ClusterConfig& cluster,
                          EndpointConfig* endpoint) {
  const Place members = Key(place, "members"), exclude = Key(place, "exclude"),
              instance = Key(place, "instance");
  const bool custom = endpoint->type == EndpointType::kCustom;
  for (const Place& list : {members, exclude})
    if (list.node.IsDefined() && !custom) return Error(list, "expected only where type is custom");
  if (instance.node.IsDefined() && endpoint->type != EndpointType::kInstance)
    return Error(instance, "expected only where type is instance");
  if (endpoint->type == EndpointType::kInstance) {
    ASSIGN_OR_RETURN(endpoint->instance,
                     Text(place, "instance", "the id of an instance of this cluster"));
    if (cluster.FindInstance(endpoint->instance) == nullptr)
      return Expected(instance, "the id of an instance of this cluster");
  }
  if (!custom) return OkStatus();
  if (members.node.IsDefined() == exclude.node.IsDefined())
    return Error(place, "expected either members or exclude, found {}",
                 members.node.IsDefined() ? "both" : "neither");
  if (exclude.node.IsDefined()) {
    ASSIGN_OR_RETURN(endpoint->exclude, InstanceIds(place, "exclude", cluster));
    return OkStatus();
  }
  ASSIGN_OR_RETURN(endpoint->members, InstanceIds(place, "members", cluster));
  return endpoint->members.empty() ? Expected(members, "at least one instance id") : OkStatus();
}

Status ConfigParser::BalancingRule(const Place& place, const ClusterConfig& cluster,
                                   EndpointConfig* endpoint) {
  if (const Place rule = Key(place, "balancing"); rule.node.IsDefined()) {
    bool known = false;
    for (const auto balancing :
         {Balancing::kLeastConnections, Balancing::kRoundRobin, Balancing::kWeighted}) {
      if (!rule.node.IsScalar() || rule.node.Scalar() != ToString(balancing)) continue;
      endpoint->balancing = balancing;
      known = true;
    }
    if (!known) return Expected(rule, "least_connections, round_robin or weighted");
  }
  const Place weights = Key(place, "weights");
  if (!weights.node.IsDefined()) return OkStatus();
  if (endpoint->balancing != Balancing::kWeighted)
    return Error(weights, "expected only where balancing is weighted");
  if (!weights.node.IsMap()) return Expected(weights, "a mapping of instance id to weight");
  for (const auto& entry : weights.node) {
    const Place at{entry.second, weights.path + "." + entry.first.Scalar()};
    if (cluster.FindInstance(entry.first.Scalar()) == nullptr)
      return Error(at, "expected the id of an instance of this cluster as the key");
    ASSIGN_OR_RETURN(const uint64_t weight, Number(at, 0, 1000));
    endpoint->weights.emplace_back(entry.first.Scalar(), static_cast<uint32_t>(weight));
  }
  return OkStatus();
}

struct NumberSetting {
  std::string_view name;
  uint64_t ClusterSettings::*member;
  uint64_t least;
  uint64_t most = UINT64_MAX;
};
constexpr NumberSetting kNumberSettings[] = {
    {"segment_bytes", &ClusterSettings::segment_bytes, 64 << 10, 4ull << 30},
    {"recent_bytes", &ClusterSettings::recent_bytes, 4 << 20},
    {"group_bytes", &ClusterSettings::group_bytes, 1 << 20, 10ull << 30},
    {"drain_interval_ms", &ClusterSettings::drain_interval_ms, 1, 600'000},
    {"drain_bytes", &ClusterSettings::drain_bytes, 4096},
    {"keep_log_bytes", &ClusterSettings::keep_log_bytes, 1 << 20},
    {"history_seconds", &ClusterSettings::history_seconds, 0, 259'200},
    {"snapshot_age_max_s", &ClusterSettings::snapshot_age_max_s, 1},
    {"read_hold_max_s", &ClusterSettings::read_hold_max_s, 1},
    {"refuse_after_ms", &ClusterSettings::refuse_after_ms, 1},
    {"unknown_after_ms", &ClusterSettings::unknown_after_ms, 1},
    {"workers", &ClusterSettings::workers, 0, 1024},
    {"max_connections", &ClusterSettings::max_connections, 1, 1'000'000},
    {"memory_bytes", &ClusterSettings::memory_bytes, 0},
    {"max_replica_lag_ms", &ClusterSettings::max_replica_lag_ms, 1},
    {"wait_for_writer_ms", &ClusterSettings::wait_for_writer_ms, 0},
    {"confirm_handoff_ms", &ClusterSettings::confirm_handoff_ms, 1},
    {"hang_after_ms", &ClusterSettings::hang_after_ms, 10},
    {"promote_timeout_ms", &ClusterSettings::promote_timeout_ms, 1},
    {"stop_timeout_ms", &ClusterSettings::stop_timeout_ms, 1},
    {"restart_delay_ms_min", &ClusterSettings::restart_delay_ms_min, 1},
    {"restart_delay_ms_max", &ClusterSettings::restart_delay_ms_max, 1},
};
struct BoolSetting {
  std::string_view name;
  bool ClusterSettings::*member;
};
constexpr BoolSetting kBoolSettings[] = {
    {"direct_io", &ClusterSettings::direct_io},
    {"supervise", &ClusterSettings::supervise},
    {"kill_old_writer", &ClusterSettings::kill_old_writer},
    {"allow_network_filesystem", &ClusterSettings::allow_network_filesystem},
};

Status ConfigParser::Settings(const Place& place, ClusterSettings* settings) {
  if (!place.node.IsMap()) return Expected(place, "a mapping");
  for (const auto& entry : place.node) {
    const std::string key = entry.first.Scalar();
    const Place at{entry.second, place.path + "." + key};
    bool known = false;
    for (const NumberSetting& setting : kNumberSettings) {
      if (setting.name != key) continue;
      ASSIGN_OR_RETURN(settings->*setting.member, Number(at, setting.least, setting.most));
      known = true;
    }
    for (const BoolSetting& setting : kBoolSettings) {
      if (setting.name != key) continue;
      ASSIGN_OR_RETURN(settings->*setting.member, Bool(at));
      known = true;
    }
    if (key == "log_level") {
      known = true;
      const std::string level = at.node.IsScalar() ? at.node.Scalar() : "";
      if (level != "debug" && level != "info" && level != "warning" && level != "error")
        return Expected(at, "debug, info, warning or error");
      settings->log_level = level;
    }
    if (!known) {
      std::vector<std::string_view> names;
      for (const auto& setting : kNumberSettings) names.push_back(setting.name);
      for (const auto& setting : kBoolSettings) names.push_back(setting.name);
      return Error(Place{entry.first, at.path}, "unknown key; expected one of {}, log_level",
                   fmt::join(names, ", "));
    }
  }
  if (settings->restart_delay_ms_max < settings->restart_delay_ms_min)
    return Error(place, "expected restart_delay_ms_max of at least restart_delay_ms_min");
  return OkStatus();
}

Status ConfigParser::SocketPaths(const Place& place, const ClusterConfig& cluster) {
  std::string longest = cluster.ProxyControlSocket();
  for (const AzConfig& az : cluster.azs) {
    const std::string path = cluster.StorageControlSocket(az.name);
    if (path.size() > longest.size()) longest = path;
  }
  for (const InstanceConfig& instance : cluster.instances) {
    const std::string path = cluster.ControlSocket(instance.id);
    if (path.size() > longest.size()) longest = path;
  }
  if (longest.size() <= kMaxUnixPath) return OkStatus();
  return Error(Key(place, "data_dir"),
               "expected a shorter path: the socket {} has {} characters and the system allows {}",
               longest, longest.size(), kMaxUnixPath);
}

}  // namespace

StatusOr<Config> ParseConfig(std::string_view text, const std::string& path,
                             const std::string& base_dir) {
  try {
    return ConfigParser(path, base_dir).Parse(YAML::Load(std::string(text)));
  } catch (const YAML::Exception& error) {
    return InvalidArgument("{}:{}: expected YAML: {}", path, error.mark.line + 1, error.msg);
  }
}

StatusOr<Config> LoadConfig(const std::string& path) {
  std::error_code error;
  const std::string base_dir = std::filesystem::current_path(error).string();
  const std::string absolute = (std::filesystem::path(base_dir) / path).lexically_normal().string();
  std::ifstream stream(absolute);
  std::ostringstream text;
  if (stream) text << stream.rdbuf();
  if (!stream) return NotFound("{}: cannot be read: {}", path, std::strerror(errno));
  auto config = ParseConfig(text.view(), path, base_dir);
  if (config.ok()) config->path = absolute;
  return config;
}

}  // namespace sixfold
