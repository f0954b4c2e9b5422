// What sixfoldd remembers across its own death: D/control, one small LMDB environment, fully
// durable.
//
//   volume/id        the volume's uuid, chosen before anything is formatted
//   volume/created   "1" once all three daemons reported their founding copies; after that nothing
//                    is ever formatted again
//   port/<endpoint>  what port 0 of its `listen` came to; tried again at the next start
//   process/<name>   "<boot id> <pid> <start time>" of a child, written before its program runs
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/status.h"

struct MDB_env;

namespace sixfold::control {

struct ProcessIdentity {
  uint64_t pid = 0;
  uint64_t start_time = 0;
};

class ControlState {
 public:
  /// Creates the folder and the environment where needed.
  static StatusOr<std::unique_ptr<ControlState>> Open(const std::string& folder);
  ~ControlState();
  ControlState(const ControlState&) = delete;

  StatusOr<std::optional<std::string>> Get(std::string_view key) const;
  /// Durable when it returns.
  Status Put(std::string_view key, std::string_view value);
  Status Delete(std::string_view key);

  Status RecordProcess(std::string_view name, const ProcessIdentity& identity);
  Status ForgetProcess(std::string_view name);
  /// Those of this boot, by name; whether they live is not looked at.
  StatusOr<std::map<std::string, ProcessIdentity>> Processes() const;

 private:
  explicit ControlState(MDB_env* environment) : environment_(environment) {}

  MDB_env* environment_;
};

}  // namespace sixfold::control
