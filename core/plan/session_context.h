// SessionContext: what executing a statement knows of its session. core/server implements it; unit
// tests of exec have a small one of their own.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/ids.h"
#include "core/types/value.h"

namespace sixfold {
class Clock;
class Random;
}  // namespace sixfold
namespace sixfold::types {
struct Collation;
struct DataType;
class Diagnostics;
}  // namespace sixfold::types
namespace sixfold::txn {
class Transaction;
}

namespace sixfold::plan {

class VirtualTables;

enum class VariableScope : uint8_t { kDefault, kGlobal, kSession };

class SessionContext {
 public:
  virtual ~SessionContext() = default;

  virtual ConnectionId connection_id() const = 0;
  virtual const std::string& user() const = 0;            // as given by the client
  virtual const std::string& host() const = 0;            // of the client
  virtual const std::string& account() const = 0;         // CURRENT_USER(): matched user@host
  virtual const std::string& current_schema() const = 0;  // "" none
  virtual uint64_t sql_mode() const = 0;                  // core/types/sql_mode.h bits
  virtual const types::Collation* connection_collation() const = 0;
  virtual const types::Collation* results_collation() const = 0;  // null: as is
  virtual const std::string& time_zone() const = 0;  // "SYSTEM", "+02:00", "Europe/Berlin"
  virtual int64_t statement_time_us()
      const = 0;  // NOW(): UTC microseconds at statement start, or SET timestamp
  virtual Clock& clock() = 0;
  virtual Random& random() = 0;

  /// The open transaction, with BeginStatement() already called by the dispatcher.
  virtual txn::Transaction& transaction() = 0;
  virtual types::Diagnostics& diagnostics() = 0;
  /// Throws 1317 / 3024 when the statement was killed or ran out of time. Called between batches.
  virtual void CheckInterrupted() = 0;

  /// Text of a system variable as SELECT @@x gives it, with its type. 1193 when unknown.
  virtual types::Value SystemVariable(std::string_view name, VariableScope scope,
                                      types::DataType* type, Arena* arena) = 0;
  /// Fast typed access for exec's own use: "group_concat_max_len", "foreign_key_checks" …
  virtual uint64_t UnsignedVariable(std::string_view name) = 0;
  virtual types::Value UserVariable(std::string_view name,
                                    types::DataType* type) = 0;  // NULL when unset
  virtual void SetUserVariable(std::string_view name, const types::Value& value,
                               const types::DataType& type) = 0;

  virtual uint64_t last_insert_id() const = 0;  // LAST_INSERT_ID()
  virtual void set_last_insert_id(uint64_t value) = 0;
  virtual int64_t row_count() const = 0;  // ROW_COUNT()
  virtual uint64_t found_rows() const = 0;
  virtual void set_found_rows(uint64_t value) = 0;

  /// Throws 1142/1143/1044 … unless the account has the privilege ("SELECT") on the table; column
  /// may be "".
  virtual void RequirePrivilege(std::string_view privilege, std::string_view schema,
                                std::string_view table, std::string_view column) = 0;
  /// information_schema, performance_schema and the like.
  virtual VirtualTables& virtual_tables() = 0;

  /// LOAD DATA LOCAL: reads the next piece of the client's file; empty at its end.
  virtual std::string ReadLocalInfile(std::string_view name, bool first) = 0;

  /// GET_LOCK and friends, SLEEP: waits bracketed, false when the time ran out; throws when killed.
  virtual bool WaitFor(const std::function<bool()>& condition, uint64_t timeout_ms) = 0;
};

}  // namespace sixfold::plan
