#include "core/txn/memory_volume.h"

#include <algorithm>

#include "core/base/check.h"

namespace sixfold::txn {

using storage::RowView;

class MemoryCursor final : public storage::RowCursor {
 public:
  MemoryCursor(MemoryVolume& volume, Lsn lsn, std::string_view begin, std::string_view end)
      : volume_(volume), lsn_(lsn), begin_(begin), end_(end) {}

  Status SeekForward(std::string_view target) override {
    std::lock_guard<std::mutex> lock(volume_.mutex_);
    Forward(volume_.rows_.lower_bound(std::max(target, std::string_view(begin_))));
    return OkStatus();
  }
  Status SeekBackward(std::string_view target) override {
    std::lock_guard<std::mutex> lock(volume_.mutex_);
    const bool open = target.empty() || (!end_.empty() && target > end_);
    const std::string_view limit = open ? std::string_view(end_) : target;
    Backward(limit.empty() ? volume_.rows_.end() : volume_.rows_.lower_bound(limit));
    return OkStatus();
  }
  Status Next() override {
    std::lock_guard<std::mutex> lock(volume_.mutex_);
    Forward(volume_.rows_.upper_bound(row_.key));
    return OkStatus();
  }
  Status Prev() override {
    std::lock_guard<std::mutex> lock(volume_.mutex_);
    Backward(volume_.rows_.lower_bound(row_.key));
    return OkStatus();
  }
  bool Valid() const override { return valid_; }
  const RowView& row() const override { return row_; }

 private:
  bool Take(MemoryVolume::Rows::iterator it) {
    const auto* version = MemoryVolume::Visible(it->second, lsn_);
    if (version == nullptr) return false;
    row_ = {it->first, version->value, version->lsn};
    return valid_ = true;
  }
  void Forward(MemoryVolume::Rows::iterator it) {
    valid_ = false;
    for (; it != volume_.rows_.end() && (end_.empty() || it->first < end_); ++it) {
      if (Take(it)) return;
    }
  }
  void Backward(MemoryVolume::Rows::iterator it) {
    valid_ = false;
    while (it != volume_.rows_.begin()) {
      --it;
      if (it->first < begin_) return;
      if (Take(it)) return;
    }
  }

  MemoryVolume& volume_;
  Lsn lsn_;
  std::string begin_, end_;
  bool valid_ = false;
  RowView row_;
};

class MemoryView final : public storage::ReadView {
 public:
  MemoryView(MemoryVolume& volume, Lsn lsn) : volume_(volume), lsn_(lsn) {}

  Lsn lsn() const override { return lsn_; }
  StatusOr<bool> Get(std::string_view key, RowView* row) override {
    std::lock_guard<std::mutex> lock(volume_.mutex_);
    const auto it = volume_.rows_.find(key);
    if (it == volume_.rows_.end()) return false;
    const auto* version = MemoryVolume::Visible(it->second, lsn_);
    if (version == nullptr) return false;
    *row = {it->first, version->value, version->lsn};
    return true;
  }
  std::unique_ptr<storage::RowCursor> NewCursor(std::string_view begin,
                                                std::string_view end) override {
    return std::make_unique<MemoryCursor>(volume_, lsn_, begin, end);
  }
  Status Renew(Lsn lsn) override {
    lsn_ = lsn;
    return OkStatus();
  }
  void Release() override {}

 private:
  MemoryVolume& volume_;
  Lsn lsn_;
};

namespace {
class MemoryHold final : public storage::SnapshotHold {
 public:
  explicit MemoryHold(Lsn lsn) : lsn_(lsn) {}
  Lsn lsn() const override { return lsn_; }

 private:
  Lsn lsn_;
};
}  // namespace

const MemoryVolume::Version* MemoryVolume::Visible(const std::deque<Version>& versions, Lsn lsn) {
  for (auto it = versions.rbegin(); it != versions.rend(); ++it) {
    if (it->lsn <= lsn) return it->live ? &*it : nullptr;
  }
  return nullptr;
}

storage::VolumeProgress MemoryVolume::Progress() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return {Epoch(1), lsn_, lsn_, catalog_lsn_, 0, 0};
}

StatusOr<std::unique_ptr<storage::ReadView>> MemoryVolume::OpenView(Lsn lsn) {
  return std::make_unique<MemoryView>(*this, lsn);
}

StatusOr<std::unique_ptr<storage::SnapshotHold>> MemoryVolume::Hold(Lsn lsn, ConnectionId) {
  return std::make_unique<MemoryHold>(lsn);
}

void MemoryVolume::Apply(const storage::Mutation& mutation, Lsn lsn) {
  auto it = rows_.find(mutation.key);
  if (it == rows_.end()) it = rows_.emplace(std::string(mutation.key), std::deque<Version>()).first;
  auto& versions = it->second;
  const bool live = mutation.kind != storage::MutationKind::kDelete;
  if (mutation.kind == storage::MutationKind::kMax && !versions.empty() && versions.back().live &&
      versions.back().value >= mutation.value) {
    return;
  }
  versions.push_back({lsn, live, std::string(mutation.value)});
}

void MemoryVolume::Commit(const storage::CommitRequest& request, storage::CommitCallback done) {
  storage::CommitOutcome outcome;
  Lsn lsn;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    outcome = outcome_;
    if (outcome == storage::CommitOutcome::kDurable) {
      lsn = lsn_ + 64;
      for (const auto& mutation : request.mutations) Apply(mutation, lsn);
      for (const std::string& prefix : request.dropped_prefixes) {
        for (auto it = rows_.lower_bound(prefix);
             it != rows_.end() && it->first.compare(0, prefix.size(), prefix) == 0; ++it) {
          it->second.push_back({lsn, false, {}});
        }
      }
      lsn_ = lsn;
      if (request.changes_catalog) catalog_lsn_ = lsn;
      ++commits_;
    } else if (outcome == storage::CommitOutcome::kUnknown) {
      if (unknown_has_lsn_) lsn = lsn_ + 64;  // where it may come to be durable
      unknown_.push_back(request.txn);
    }
  }
  done(outcome, lsn);
}

Lsn MemoryVolume::durable() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return lsn_;
}

void MemoryVolume::DecideUnknown() {
  std::lock_guard<std::mutex> lock(mutex_);
  for (const TxnId txn : std::exchange(unknown_, {})) {
    lsn_ += 64;
    decided_.push_back({txn, lsn_});
  }
}

std::vector<storage::DecidedCommit> MemoryVolume::TakeDecided() {
  std::lock_guard<std::mutex> lock(mutex_);
  return std::exchange(decided_, {});
}

void MemoryVolume::set_outcome(storage::CommitOutcome outcome) {
  std::lock_guard<std::mutex> lock(mutex_);
  outcome_ = outcome;
}

size_t MemoryVolume::commits() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return commits_;
}

}  // namespace sixfold::txn
