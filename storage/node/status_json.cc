#include "storage/node/status_json.h"

#include <nlohmann/json.hpp>

namespace sixfold::storage {

namespace {

std::string StateOf(const CopySlot& slot, Lsn vdl) {
  if (slot.out) return slot.detached() ? "detached" : "leaving";
  if (slot.host == nullptr) return "empty";
  if (!slot.host->health().ok()) return "failed";
  if (slot.rebuilding || slot.host->state().standing() == CopyStanding::kRebuilding)
    return "rebuilding";
  return slot.host->state().acknowledged() < vdl ? "behind" : "ok";
}

}  // namespace

std::string EncodeNodeStatus(const NodeStatus& status) {
  nlohmann::json copies = nlohmann::json::array();
  uint64_t bytes = 0;
  for (const CopySlot* slot : status.slots) {
    nlohmann::json copy = {{"az", status.az},
                           {"path", slot->folder},
                           {"state", StateOf(*slot, status.vdl)},
                           {"id", slot->id().value()},
                           {"durable_lsn", 0},
                           {"applied_lsn", 0},
                           {"base_lsn", 0}};
    if (slot->host != nullptr) {
      const CopyState& state = slot->host->state();
      copy["durable_lsn"] = state.acknowledged().value();
      copy["applied_lsn"] = std::min(state.applicable(), status.recent_applied).value();
      copy["base_lsn"] = slot->host->base_applied().value();
      copy["log_start_lsn"] = slot->host->log().start().value();
      copy["log_bytes"] = slot->host->log().bytes_on_disk();
      copy["epoch"] = state.promised().value();
      copy["members"] = state.membership().version;
    }
    if (slot->serves()) {
      const auto size = slot->base->Bytes();
      if (size.ok()) bytes = std::max(bytes, *size);
    }
    copies.push_back(std::move(copy));
  }
  const nlohmann::json json = {{"az", status.az},
                               {"volume_id", status.volume.ToString()},
                               {"epoch", status.epoch.value()},
                               {"vdl", status.vdl.value()},
                               {"applied_lsn", status.recent_applied.value()},
                               {"recent_bytes", status.recent_bytes},
                               {"bytes", bytes},
                               {"copies", std::move(copies)}};
  return json.dump();
}

std::string EncodeCopyHashes(const std::vector<CopyHash>& hashes) {
  nlohmann::json copies = nlohmann::json::array();
  for (const CopyHash& each : hashes) {
    nlohmann::json copy = {{"id", each.copy.value()}, {"base_lsn", each.base_lsn.value()}};
    if (each.hash.ok()) {
      copy["hash"] = fmt::format("{:016x}", *each.hash);
    } else {
      copy["error"] = ToString(each.hash.status());
    }
    copies.push_back(std::move(copy));
  }
  return nlohmann::json{{"copies", std::move(copies)}}.dump();
}

std::string ControlCommand(const std::string& request) {
  const auto json = nlohmann::json::parse(request, nullptr, false);
  if (!json.is_object()) return "";
  const auto command = json.find("cmd");
  return command != json.end() && command->is_string() ? command->get<std::string>() : "";
}

CopyId ControlCopy(const std::string& request) {
  const auto json = nlohmann::json::parse(request, nullptr, false);
  if (!json.is_object()) return CopyId();
  const auto copy = json.find("copy");
  return copy != json.end() && copy->is_number_unsigned() ? CopyId(copy->get<uint64_t>())
                                                          : CopyId();
}

std::string EncodeOutcome(const Status& status) {
  if (status.ok()) return R"({"ok":true})";
  return nlohmann::json{{"error", ToString(status)}}.dump();
}

}  // namespace sixfold::storage
