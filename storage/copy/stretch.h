// What a drain takes into the base: a stretch of durable log, coalesced by key and in key order.
// It comes out of the recent layer (the usual way: it has the order already) or out of log records.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/ids.h"
#include "core/base/status.h"
#include "storage/log/mutation.h"

namespace sixfold::storage {

class RecentLayer;
class RecordView;
struct DurableRecord;

struct StretchVersion {
  Lsn lsn;
  MutationKind kind;
  std::string_view value;
};

struct DroppedPrefix {
  std::string prefix;
  Lsn lsn;
};

class Stretch {
 public:
  virtual ~Stretch() = default;
  /// The next key, ascending, and its versions by ascending LSN, one a record. False at the end.
  /// Views live until the next call.
  virtual StatusOr<bool> NextKey(std::string_view* key, std::vector<StretchVersion>* versions) = 0;
  /// Key prefixes that died in the stretch.
  const std::vector<DroppedPrefix>& dropped() const { return dropped_; }
  void AddDropped(std::string_view prefix, Lsn lsn) {
    dropped_.push_back({std::string(prefix), lsn});
  }

 private:
  std::vector<DroppedPrefix> dropped_;
};

/// Versions with from < LSN <= to of a recent layer that covers them (covered_from() <= from).
/// Dropped prefixes are not in the recent layer: the caller adds them from the log.
StatusOr<std::unique_ptr<Stretch>> StretchFromRecent(RecentLayer& recent, Lsn from, Lsn to);

/// Collects records by ascending LSN. The records' bytes must live as long as the stretch.
class RecordStretch final : public Stretch {
 public:
  Status Add(const DurableRecord& record);
  /// … with the record's dropped prefixes.
  Status Add(Lsn lsn, const RecordView& record);
  size_t mutations() const { return entries_.size(); }

  StatusOr<bool> NextKey(std::string_view* key, std::vector<StretchVersion>* versions) override;

 private:
  struct Entry {
    std::string_view key;
    StretchVersion version;
  };
  std::vector<Entry> entries_;
  size_t at_ = 0;
  bool sorted_ = false;
};

}  // namespace sixfold::storage
