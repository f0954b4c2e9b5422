#include "core/topology/topology.h"

#include <fcntl.h>
#include <sys/inotify.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

namespace sixfold::topology {
namespace {

using Json = nlohmann::json;

constexpr int kTopologyVersion = 1;
constexpr uint64_t kSecondLookUs = 1'000'000;

Json EncodeMember(const Member& member, bool writer) {
  return Json{{"id", member.id},
              {"az", member.az},
              {"tier", member.tier},
              {"role", writer ? "writer" : "reader"},
              {"state", ToString(member.state)},
              {"local", member.local},
              {"mysql_address", member.mysql_address},
              {"pid", member.pid},
              {"start_time", member.start_time}};
}

StatusOr<MemberState> ParseMemberState(const std::string& text) {
  for (const auto state : {MemberState::kDown, MemberState::kUp, MemberState::kDraining})
    if (text == ToString(state)) return state;
  return InvalidArgument("topology record: unknown state \"{}\"", text);
}

}  // namespace

std::string_view ToString(MemberState state) {
  switch (state) {
    case MemberState::kDown:
      return "down";
    case MemberState::kUp:
      return "up";
    case MemberState::kDraining:
      return "draining";
  }
  return "unknown";
}

const Member* Topology::Find(std::string_view id) const {
  for (const Member& member : members)
    if (member.id == id) return &member;
  return nullptr;
}

std::string EncodeTopology(const Topology& topology) {
  Json members = Json::array();
  for (const Member& member : topology.members)
    members.push_back(EncodeMember(member, member.id == topology.writer));
  return Json{{"version", kTopologyVersion},     {"cluster", topology.cluster},
              {"epoch", topology.epoch.value()}, {"revision", topology.revision},
              {"writer", topology.writer},       {"instances", std::move(members)}}
      .dump();
}

StatusOr<Topology> ParseTopology(std::string_view text) {
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return InvalidArgument("topology record: not a JSON object");
  try {
    if (json.at("version").get<int>() != kTopologyVersion)
      return FailedPrecondition("topology record: version {}, expected {}",
                                json.at("version").get<int>(), kTopologyVersion);
    Topology topology;
    topology.cluster = json.at("cluster").get<std::string>();
    topology.epoch = Epoch(json.at("epoch").get<uint64_t>());
    topology.revision = json.at("revision").get<uint64_t>();
    topology.writer = json.at("writer").get<std::string>();
    for (const Json& entry : json.at("instances")) {
      Member member;
      member.id = entry.at("id").get<std::string>();
      member.az = entry.at("az").get<std::string>();
      member.tier = entry.at("tier").get<uint32_t>();
      ASSIGN_OR_RETURN(member.state, ParseMemberState(entry.at("state").get<std::string>()));
      member.local = entry.at("local").get<bool>();
      member.mysql_address = entry.at("mysql_address").get<std::string>();
      member.pid = entry.at("pid").get<uint64_t>();
      member.start_time = entry.at("start_time").get<uint64_t>();
      if ((entry.at("role").get<std::string>() == "writer") != (member.id == topology.writer))
        return InvalidArgument("topology record: instance {} and the writer field disagree",
                               member.id);
      if (topology.Find(member.id) != nullptr)
        return InvalidArgument("topology record: instance {} is there twice", member.id);
      topology.members.push_back(std::move(member));
    }
    if (!topology.writer.empty() && topology.Find(topology.writer) == nullptr)
      return InvalidArgument("topology record: writer {} is no instance", topology.writer);
    return topology;
  } catch (const Json::exception& error) {
    return InvalidArgument("topology record: {}", error.what());
  }
}

StatusOr<Topology> ReadTopology(const std::string& path) {
  std::ifstream stream(path);
  if (!stream) return NotFound("no topology record {}", path);
  return ParseTopology(std::string(std::istreambuf_iterator<char>(stream), {}));
}

Status WriteTopology(const std::string& path, const Topology& topology) {
  if (const auto existing = ReadTopology(path); existing.ok() && !topology.Supersedes(*existing))
    return FailedPrecondition("topology record ({}, {}) does not supersede ({}, {})",
                              topology.epoch.value(), topology.revision, existing->epoch.value(),
                              existing->revision);
  const std::string temporary = path + ".new";
  {
    std::ofstream stream(temporary, std::ios::trunc);
    stream << EncodeTopology(topology) << "\n";
    stream.flush();
    if (!stream) return ErrnoStatus(errno, "write " + temporary);
  }
  if (::rename(temporary.c_str(), path.c_str()) != 0)
    return ErrnoStatus(errno, "rename to " + path);
  return OkStatus();
}

TopologyWatcher::TopologyWatcher(EventLoop& loop, std::string path,
                                 std::function<void(const Topology&)> changed)
    : loop_(loop), path_(std::move(path)), changed_(std::move(changed)) {}

Status TopologyWatcher::Start() {
  inotify_.Reset(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  if (!inotify_.valid()) return ErrnoStatus(errno, "inotify_init");
  const std::string folder = path_.substr(0, path_.rfind('/'));
  if (::inotify_add_watch(inotify_.get(), folder.c_str(), IN_MOVED_TO) < 0)
    return ErrnoStatus(errno, "watch folder " + folder);
  readable_ = loop_.WatchFd(inotify_.get(), EventLoop::kRead, [this](unsigned) {
    char buffer[4096];
    while (::read(inotify_.get(), buffer, sizeof(buffer)) > 0) {
    }
    Check();
  });
  periodic_ = loop_.Every(kSecondLookUs, [this] { Check(); });
  Check();
  return OkStatus();
}

void TopologyWatcher::Check() {
  auto next = ReadTopology(path_);
  if (!next.ok() || !next->Supersedes(current_)) return;
  current_ = std::move(*next);
  changed_(current_);
}

}  // namespace sixfold::topology
