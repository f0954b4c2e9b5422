// The values of system variables: the instance's (GlobalVariables, thread-safe) and one session's.
//
// A session starts from the globals as they stand at its login and shares that snapshot until it
// sets something itself. Reading and writing of values only: what a change means for the session
// (character sets, time zone …) is Session::ApplyVariable's.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "core/server/variables/variable_def.h"

namespace sixfold::server {

using VariableSnapshot = std::shared_ptr<const std::vector<VariableValue>>;

/// A variable that MySQL renamed goes by its new name.
VariableIndex NewestName(VariableIndex index);

class GlobalVariables {
 public:
  GlobalVariables();

  VariableSnapshot Snapshot() const;
  VariableValue Get(VariableIndex index) const;
  void Set(VariableIndex index, VariableValue value);
  /// As SET GLOBAL does: of a pair of character set and collation the other follows. Throws 1115,
  /// 1273.
  void Assign(VariableIndex index, VariableValue value);
  /// By name, from text; for values known at start (hostname, version …).
  void SetText(std::string_view name, std::string_view text);

 private:
  mutable std::mutex mutex_;
  VariableSnapshot values_;  // guarded by mutex_; copied on write
};

class SessionVariables {
 public:
  explicit SessionVariables(VariableSnapshot globals) : base_(std::move(globals)) {}

  const VariableValue& Get(VariableIndex index) const {
    if (!own_.empty()) {
      const auto found = own_.find(index);
      if (found != own_.end()) return found->second;
    }
    return (*base_)[index];
  }
  void Set(VariableIndex index, VariableValue value) { own_[index] = std::move(value); }
  /// As after login.
  void Reset(VariableSnapshot globals) {
    base_ = std::move(globals);
    own_.clear();
  }

 private:
  VariableSnapshot base_;
  std::map<VariableIndex, VariableValue> own_;
};

}  // namespace sixfold::server
