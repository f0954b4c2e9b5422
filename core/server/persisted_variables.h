// SET PERSIST, SET PERSIST_ONLY and RESET PERSIST: global variables that every instance takes from
// the volume when it starts, and again, where they changed meanwhile, when it becomes the writer.
// As in MySQL a SET PERSIST changes only the instance it is said on at once.
//
// Thread-safe.
#pragma once

#include <mutex>
#include <string_view>
#include <vector>

#include "core/server/variables/variable_def.h"
#include "core/txn/persisted_variables.h"

namespace sixfold::server {

class Server;
class Session;

/// False for what the machine or the program decides: SET PERSIST_ONLY is refused then.
bool IsPersistable(const VariableDef& def);

class PersistedVariables {
 public:
  explicit PersistedVariables(Server& server) : server_(server) {}

  /// Sets the globals to what was persisted since the last call. Logs what it does not understand.
  void Load();
  /// Throws SqlError (core/txn/persisted_variables.h).
  void Persist(Session& session, VariableIndex index, const VariableValue& value);
  /// An empty name: all. Throws 3615 for one that is not persisted, or warns.
  void Reset(Session& session, std::string_view name, bool if_exists);

 private:
  Server& server_;
  std::mutex mutex_;
  std::vector<txn::PersistedVariable> loaded_;  // guarded by mutex_
};

}  // namespace sixfold::server
