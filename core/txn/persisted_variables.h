// What SET PERSIST keeps: system variables as rows of the catalog, so that every instance of the
// cluster finds them, wherever it starts.
//
// Each change is a transaction of its own, whatever the session has open.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sixfold::txn {

class TransactionManager;

struct PersistedVariable {
  std::string name;
  std::string value;  // as SHOW VARIABLES prints it
  std::string user, host;
  int64_t set_us = 0;  // wall clock

  bool operator==(const PersistedVariable&) const = default;
};

/// By name; everything committed that this instance knows of. Throws SqlError for a row that does
/// not decode and where the volume cannot be read.
std::vector<PersistedVariable> ReadPersistedVariables(TransactionManager& manager);
/// Durable when they return. Throw 1290 on readers, 1836 without a write quorum.
void WritePersistedVariable(TransactionManager& manager, const PersistedVariable& variable);
void RemovePersistedVariables(TransactionManager& manager,
                              const std::vector<PersistedVariable>& variables);

}  // namespace sixfold::txn
