#include "cmd/sixfoldctl/switch_copy.h"

#include <nlohmann/json.hpp>

#include "core/topology/control_socket.h"

namespace sixfold::control {
namespace {

constexpr uint64_t kLookTimeoutMs = 2'000;
constexpr uint64_t kSwitchTimeoutMs = 60'000;

StatusOr<nlohmann::json> CallStorage(const ClusterConfig& cluster, const AzConfig& az,
                                     const nlohmann::json& request, uint64_t timeout_ms) {
  ASSIGN_OR_RETURN(
      const std::string reply,
      topology::ControlCall(cluster.StorageControlSocket(az.name), request.dump(), timeout_ms));
  auto json = nlohmann::json::parse(reply, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return Internal("storage of {} answers {}", az.name, reply);
  return json;
}

bool HasCopy(const nlohmann::json& status, uint64_t copy) {
  const auto copies = status.find("copies");
  if (copies == status.end()) return false;
  for (const auto& entry : *copies)
    if (entry.value("id", uint64_t{0}) == copy) return true;
  return false;
}

}  // namespace

Status SwitchCopy(const ClusterConfig& cluster, uint64_t copy, bool attach) {
  std::string silent;
  for (const AzConfig& az : cluster.azs) {
    const auto status = CallStorage(cluster, az, {{"cmd", "status"}}, kLookTimeoutMs);
    if (!status.ok()) silent += " " + az.name;
    if (!status.ok() || !HasCopy(*status, copy)) continue;
    ASSIGN_OR_RETURN(
        const auto reply,
        CallStorage(cluster, az, {{"cmd", attach ? "attach" : "detach"}, {"copy", copy}},
                    kSwitchTimeoutMs));
    if (reply.contains("error")) return FailedPrecondition("{}", reply.value("error", ""));
    return OkStatus();
  }
  return NotFound("no copy {} in cluster {}{}", copy, cluster.id,
                  silent.empty() ? "" : "; no answer from" + silent);
}

}  // namespace sixfold::control
