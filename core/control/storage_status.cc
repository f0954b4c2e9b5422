#include "core/control/storage_status.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace sixfold::control {

using Json = nlohmann::json;

namespace {

constexpr uint64_t kStorageAskMs = 50;
constexpr uint64_t kStorageQuietMs = 1'000;
constexpr uint64_t kRefreshLimitMs = 300;
constexpr uint64_t kStorageLimitMs = 1'000;

/// Ids may come as numbers or as texts of digits.
uint64_t NumberOf(const Json& json) {
  if (json.is_number_unsigned()) return json.get<uint64_t>();
  if (json.is_string()) return std::strtoull(json.get<std::string>().c_str(), nullptr, 10);
  return 0;
}

}  // namespace

StatusOr<StorageStatus> ParseStorageStatus(std::string_view text) {
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return InvalidArgument("storage status: not a JSON object");
  if (json.contains("ok") && json["ok"] == false)
    return Unavailable("{}", json.value("error", "no reason given"));
  try {
    StorageStatus status;
    status.az = json.at("az").get<std::string>();
    status.volume_id = json.at("volume_id").get<std::string>();
    status.epoch = NumberOf(json.at("epoch"));
    status.vdl = NumberOf(json.at("vdl"));
    status.bytes = NumberOf(json.at("bytes"));
    for (const Json& entry : json.at("copies")) {
      CopyStatus copy;
      copy.id = NumberOf(entry.at("id"));
      copy.az = entry.value("az", status.az);
      copy.path = entry.at("path").get<std::string>();
      copy.state = entry.at("state").get<std::string>();
      copy.durable_lsn = NumberOf(entry.at("durable_lsn"));
      copy.applied_lsn = NumberOf(entry.at("applied_lsn"));
      status.copies.push_back(std::move(copy));
    }
    return status;
  } catch (const Json::exception& error) {
    return InvalidArgument("storage status: {}", error.what());
  }
}

StorageMonitor::StorageMonitor(EventLoop& loop, const Clock& clock, const ClusterConfig& config)
    : loop_(loop), clock_(clock), config_(config), azs_(config.azs.size()) {}

void StorageMonitor::Poll() {
  const uint64_t now_ms = clock_.MonotonicMillis();
  const uint64_t period_ms = AllAnswer() ? kStorageQuietMs : kStorageAskMs;
  for (size_t i = 0; i < azs_.size(); ++i)
    if (!azs_[i].call.active() && now_ms - azs_[i].asked_ms >= period_ms) Ask(i);
}

void StorageMonitor::Ask(size_t az_index) {
  Az& az = azs_[az_index];
  az.asked_ms = clock_.MonotonicMillis();
  az.call = topology::ControlCallAsync(
      loop_, config_.StorageControlSocket(config_.azs[az_index].name), R"({"cmd":"status"})",
      kStorageLimitMs, [this, az_index](StatusOr<std::string> reply) {
        Az& answered = azs_[az_index];
        auto status =
            reply.ok() ? ParseStorageStatus(*reply) : StatusOr<StorageStatus>(reply.status());
        answered.answers = status.ok();
        answered.error = status.ok() ? "" : std::string(MessageOf(status.status()));
        if (status.ok()) answered.last = std::move(*status);
        SettleRefresh();
      });
}

void StorageMonitor::Refresh(std::function<void()> done) {
  refreshed_.push_back(std::move(done));
  for (size_t i = 0; i < azs_.size(); ++i)
    if (!azs_[i].call.active()) Ask(i);
  if (!refresh_limit_.active())
    refresh_limit_ = loop_.After(kRefreshLimitMs * 1000, [this] { EndRefresh(); });
}

void StorageMonitor::SettleRefresh() {
  for (const Az& az : azs_)
    if (az.call.active()) return;
  EndRefresh();
}

void StorageMonitor::EndRefresh() {
  refresh_limit_.Cancel();
  for (const auto& done : std::exchange(refreshed_, {})) done();
}

void StorageMonitor::Forget(size_t az_index) {
  azs_[az_index].call = {};
  azs_[az_index].answers = false;
  SettleRefresh();
}

bool StorageMonitor::AllAnswer() const {
  return std::all_of(azs_.begin(), azs_.end(), [](const Az& az) { return az.answers; });
}

}  // namespace sixfold::control
