// IndexStatistics: how many rows share a value of an index, for the planner. Found by looking at a
// few places of the index, spread evenly over its keys, and counting the neighbours that are equal;
// kept for a minute or until the table is half or twice as large. An estimate: the values between
// the places are not seen.
//
// Threads: all members thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include "core/base/ids.h"

namespace sixfold {
class Clock;
}
namespace sixfold::catalog {
struct IndexDef;
struct TableDef;
}  // namespace sixfold::catalog
namespace sixfold::storage {
class VolumeReader;
}

namespace sixfold::txn {

class IndexStatistics {
 public:
  /// `newest`: an LSN that holds all that was acknowledged and is readable here.
  IndexStatistics(storage::VolumeReader& reader, Clock& clock, std::function<Lsn()> newest)
      : reader_(reader), clock_(clock), newest_(std::move(newest)) {}

  /// Rows that are equal in the first `parts` (1 or more) columns of the index; at least 1.
  /// `table_rows` bounds what could not be counted to its end. Not for temporary tables.
  double RowsPerKey(const catalog::TableDef& table, const catalog::IndexDef& index, size_t parts,
                    double table_rows);

 private:
  struct Sampled {
    std::vector<double> rows;  // by number of parts, from 1
    uint64_t at_ms = 0;
    double table_rows = 0;  // then
  };
  static bool IsFresh(const Sampled& sampled, uint64_t now_ms, double table_rows);
  std::vector<double> Sample(const catalog::TableDef& table, const catalog::IndexDef& index,
                             double table_rows);

  storage::VolumeReader& reader_;
  Clock& clock_;
  std::function<Lsn()> newest_;
  std::mutex mutex_;
  std::map<std::pair<TableId, IndexId>, Sampled> sampled_;  // guarded by mutex_
};

}  // namespace sixfold::txn
