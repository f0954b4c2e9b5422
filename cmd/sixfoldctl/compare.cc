#include "cmd/sixfoldctl/compare.h"

#include <unistd.h>

#include <nlohmann/json.hpp>

#include "core/base/clock.h"
#include "core/topology/control_socket.h"

namespace sixfold::control {
namespace {

constexpr uint64_t kHashTimeoutMs = 60'000;
constexpr uint64_t kDrainTimeoutMs = 5'000;
constexpr unsigned kAgainUs = 200'000;

void AskAz(const ClusterConfig& cluster, const AzConfig& az, std::vector<CopyDigest>* digests) {
  const auto reply = topology::ControlCall(cluster.StorageControlSocket(az.name),
                                           R"({"cmd":"hash"})", kHashTimeoutMs);
  const auto json =
      nlohmann::json::parse(reply.ok() ? *reply : "", nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || !json.contains("copies")) {
    digests->push_back(
        {az.name, 0, 0, "", reply.ok() ? *reply : std::string(MessageOf(reply.status()))});
    return;
  }
  for (const auto& entry : json["copies"])
    digests->push_back({az.name, entry.value("id", uint64_t{0}),
                        entry.value("base_lsn", uint64_t{0}), entry.value("hash", ""),
                        entry.value("error", "")});
}

}  // namespace

Comparison Judge(const std::vector<CopyDigest>& digests, size_t expected_copies) {
  if (digests.size() != expected_copies) return Comparison::kNotNow;
  for (const CopyDigest& digest : digests)
    if (digest.hash.empty() || digest.base_lsn != digests[0].base_lsn) return Comparison::kNotNow;
  for (const CopyDigest& digest : digests)
    if (digest.hash != digests[0].hash) return Comparison::kDifferent;
  return Comparison::kEqual;
}

Comparison CompareCopies(const ClusterConfig& cluster, double timeout_s,
                         std::vector<CopyDigest>* digests) {
  const SystemClock clock;
  const uint64_t deadline_ms = clock.MonotonicMillis() + static_cast<uint64_t>(timeout_s * 1000);
  while (true) {
    for (const AzConfig& az : cluster.azs)
      (void)topology::ControlCall(cluster.StorageControlSocket(az.name), R"({"cmd":"drain"})",
                                  kDrainTimeoutMs);
    ::usleep(kAgainUs);
    digests->clear();
    for (const AzConfig& az : cluster.azs) AskAz(cluster, az, digests);
    const Comparison comparison = Judge(*digests, 2 * cluster.azs.size());
    if (comparison != Comparison::kNotNow || clock.MonotonicMillis() >= deadline_ms)
      return comparison;
  }
}

}  // namespace sixfold::control
