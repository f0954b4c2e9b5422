// Instance: the volume as this process has it, and its role.
//
//   reader --Promote()--> writer --fenced or Demote()--> the process closes its clients
//
// A process starts as a reader. Promote() opens the volume for writing under a new epoch. A writer
// that learns of a newer epoch is fenced for good: it answers nothing any more and its supervisor
// starts it again as a reader. Thread-safe.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>

#include "core/base/cluster_config.h"
#include "core/base/status.h"
#include "storage/client/volume.h"

namespace sixfold {
class Clock;
}
namespace sixfold::txn {
class Transaction;
class TransactionManager;
struct TransactionOptions;
}  // namespace sixfold::txn

namespace sixfold::server {

class Instance {
 public:
  Instance(ClusterConfig cluster, InstanceConfig self, Clock& clock);
  ~Instance();

  /// Opens the volume for reading; retries until the AZ's daemon has it or the timeout passed.
  Status OpenReader(uint64_t timeout_ms);
  /// Blocks until the volume is open for writing. One at a time.
  Status Promote();
  /// Ends the writer: commits under way are decided, later ones refused.
  void Close();

  bool is_writer() const { return writing_.load(std::memory_order_acquire); }
  /// A newer epoch exists: this writer must close its clients.
  bool fenced() const;

  const std::string& id() const { return self_.id; }
  const std::string& az() const { return self_.az; }
  const ClusterConfig& cluster() const { return cluster_; }

  storage::VolumeProgress Progress() const;
  /// How far this instance reads behind the writer; silence of the writer counts.
  uint64_t LagMicros() const;
  Epoch WriterEpoch() const;
  std::unique_ptr<txn::Transaction> BeginTransaction(const txn::TransactionOptions& options);
  txn::TransactionManager* transactions() { return transactions_.get(); }

 private:
  storage::VolumeOptions Options() const;

  const ClusterConfig cluster_;
  const InstanceConfig self_;
  Clock& clock_;
  std::mutex promoting_;
  std::unique_ptr<storage::VolumeReader> reader_;
  std::unique_ptr<storage::VolumeWriter> writer_;
  std::unique_ptr<txn::TransactionManager> transactions_;
  std::atomic<bool> writing_{false};
};

}  // namespace sixfold::server
