#include "core/server/instance.h"

#include <unistd.h>

#include "core/base/check.h"
#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/txn/transaction_manager.h"
#include "core/types/error_codes.h"
#include "core/types/sql_error.h"

namespace sixfold::server {
namespace {

constexpr uint64_t kHeartbeatSlackUs = 200'000;

}  // namespace

Instance::Instance(ClusterConfig cluster, InstanceConfig self, Clock& clock)
    : cluster_(std::move(cluster)), self_(std::move(self)), clock_(clock) {}

Instance::~Instance() { Close(); }

storage::VolumeOptions Instance::Options() const {
  storage::VolumeOptions options;
  options.cluster_id = cluster_.id;
  options.az = self_.az;
  options.runtime_dir = cluster_.data_dir;
  for (const AzConfig& az : cluster_.azs) {
    options.storage_sockets.push_back("unix:" + cluster_.StorageSocket(az.name));
  }
  options.refuse_after_ms = cluster_.settings.refuse_after_ms;
  options.unknown_after_ms = cluster_.settings.unknown_after_ms;
  return options;
}

Status Instance::OpenReader(uint64_t timeout_ms) {
  const uint64_t end_ms = clock_.MonotonicMillis() + timeout_ms;
  for (;;) {
    auto reader = storage::OpenVolumeReader(Options());
    if (reader.ok()) {
      reader_ = std::move(*reader);
      break;
    }
    if (clock_.MonotonicMillis() > end_ms) {
      return WithContext(reader.status(), "open the volume for reading");
    }
    ::usleep(10'000);
  }
  transactions_ = std::make_unique<txn::TransactionManager>(*reader_, clock_);
  return OkStatus();
}

Status Instance::Promote() {
  std::lock_guard lock(promoting_);
  if (is_writer()) return OkStatus();
  auto writer = storage::OpenVolumeWriter(Options());
  if (!writer.ok()) return WithContext(writer.status(), "open the volume for writing");
  writer_ = std::move(*writer);
  transactions_->SetWriter(writer_.get());
  writing_.store(true, std::memory_order_release);
  log::Info("writer of epoch {}", writer_->epoch());
  return OkStatus();
}

void Instance::Close() { writing_.store(false, std::memory_order_release); }

bool Instance::fenced() const {
  return writing_.load(std::memory_order_acquire) &&
         (writer_->fenced() || reader_->Progress().epoch > writer_->epoch());
}

uint64_t Instance::LagMicros() const {
  const storage::VolumeProgress progress = reader_->Progress();
  if (progress.epoch.value() == 0) return 0;  // there was never a writer to lag behind
  const uint64_t now_ns = clock_.MonotonicNanos();
  const uint64_t silent_us = now_ns > progress.heard_ns ? (now_ns - progress.heard_ns) / 1000 : 0;
  // Silence counts as lag once it is longer than the writer's heartbeat leaves room for.
  return silent_us > kHeartbeatSlackUs ? std::max(progress.lag_us, silent_us) : progress.lag_us;
}

Epoch Instance::WriterEpoch() const { return writer_ == nullptr ? Epoch{} : writer_->epoch(); }

storage::VolumeProgress Instance::Progress() const { return reader_->Progress(); }

std::unique_ptr<txn::Transaction> Instance::BeginTransaction(
    const txn::TransactionOptions& options) {
  return transactions_->Begin(options);
}

}  // namespace sixfold::server
