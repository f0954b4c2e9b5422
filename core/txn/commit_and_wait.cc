#include "core/txn/commit_and_wait.h"

#include <condition_variable>
#include <mutex>
#include <optional>

#include "core/base/blocking.h"

namespace sixfold::txn {

CommitResult CommitAndWaitFor(Transaction& transaction) {
  std::mutex mutex;
  std::condition_variable decided;
  std::optional<CommitResult> outcome;
  transaction.Commit([&](CommitResult result) {
    std::lock_guard<std::mutex> lock(mutex);
    outcome = result;
    decided.notify_one();
  });
  BlockingScope blocking;
  std::unique_lock<std::mutex> lock(mutex);
  decided.wait(lock, [&] { return outcome.has_value(); });
  return *outcome;
}

}  // namespace sixfold::txn
