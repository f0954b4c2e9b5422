#include "core/txn/index_statistics.h"

#include <algorithm>

#include "core/base/bytes.h"
#include "core/base/clock.h"
#include "core/catalog/definitions.h"
#include "core/txn/keyspace.h"
#include "core/txn/merged_cursor.h"
#include "core/txn/write_set.h"
#include "core/types/key_codec.h"
#include "storage/client/volume.h"

namespace sixfold::txn {
namespace {

constexpr int kPlaces = 12;
constexpr int kMostNeighbours = 64;   // counted at a place
constexpr size_t kMostParts = 4;      // more columns hardly tell rows further apart
constexpr double kLargeGroup = 0.05;  // of the table: a value with more rows than are counted
constexpr uint64_t kAgeMs = 60'000;
constexpr size_t kMostIndexes = 10'000;  // then all is sampled anew

/// The index's keys through one cursor.
class KeyWalk {
 public:
  KeyWalk(storage::ReadView& view, const catalog::TableDef& table, const catalog::IndexDef& index)
      : table_(table),
        index_(index),
        prefix_(IndexPrefix(table.id, index.id)),
        cursor_(view, nullptr, kSeeAllStatements, prefix_, PrefixEnd(prefix_)) {}

  /// False: the index is empty.
  bool FindEnds() {
    cursor_.SeekForward(prefix_);
    if (!cursor_.Valid()) return false;
    first_ = cursor_.key();
    cursor_.SeekBackward({});
    last_ = cursor_.key();
    const auto differ = std::mismatch(first_.begin(), first_.end(), last_.begin(), last_.end());
    common_ = static_cast<size_t>(differ.first - first_.begin());
    return true;
  }

  /// The first key behind the given part of the way from the first to the last.
  std::string KeyAt(double part) {
    const uint64_t low = Word(first_), high = Word(last_);
    std::string target = first_.substr(0, common_);
    PutBigEndian64(&target, low + static_cast<uint64_t>(static_cast<double>(high - low) * part));
    cursor_.SeekForward(target);
    return cursor_.Valid() ? std::string(cursor_.key()) : last_;
  }

  /// Rows with the key's first columns; kMostNeighbours where there are that many or more.
  int CountEqual(std::string_view key, size_t parts) {
    std::string_view rest = key.substr(prefix_.size());
    for (size_t p = 0; p < parts; ++p) {
      const catalog::KeyPart& part = index_.parts[p];
      const types::DataType& type = table_.columns[part.column].type;
      if (!types::SkipKeyPart(&rest, type, {part.prefix_length, part.descending})) return 1;
    }
    const std::string_view group = key.substr(0, key.size() - rest.size());
    int count = 0;
    cursor_.SeekForward(group);
    for (; count < kMostNeighbours && cursor_.Valid(); ++count, cursor_.Next()) {
      if (!cursor_.key().starts_with(group)) break;
    }
    return std::max(count, 1);
  }

 private:
  uint64_t Word(const std::string& key) const {
    std::string word = key.substr(std::min(common_, key.size()), 8);
    word.resize(8, '\0');
    return LoadBigEndian64(word.data());
  }

  const catalog::TableDef& table_;
  const catalog::IndexDef& index_;
  const std::string prefix_;
  MergedCursor cursor_;
  std::string first_, last_;
  size_t common_ = 0;  // bytes that all keys begin with
};

}  // namespace

std::vector<double> IndexStatistics::Sample(const catalog::TableDef& table,
                                            const catalog::IndexDef& index, double table_rows) {
  std::vector<double> rows(std::min(index.parts.size(), kMostParts), 1.0);
  const auto view = reader_.OpenView(newest_());
  if (!view.ok()) ThrowStorageError(view.status());
  KeyWalk walk(**view, table, index);
  if (!walk.FindEnds()) return rows;
  for (double& sum : rows) sum = 0;
  for (int place = 0; place < kPlaces; ++place) {
    const std::string key = walk.KeyAt((place + 0.5) / kPlaces);
    for (size_t parts = 1; parts <= rows.size(); ++parts) {
      const int count = walk.CountEqual(key, parts);
      rows[parts - 1] +=
          count < kMostNeighbours ? count : std::max<double>(count, table_rows * kLargeGroup);
    }
  }
  for (double& sum : rows) sum /= kPlaces;
  return rows;
}

bool IndexStatistics::IsFresh(const Sampled& sampled, uint64_t now_ms, double table_rows) {
  return now_ms - sampled.at_ms < kAgeMs && table_rows <= 2 * sampled.table_rows &&
         sampled.table_rows <= 2 * table_rows;
}

double IndexStatistics::RowsPerKey(const catalog::TableDef& table, const catalog::IndexDef& index,
                                   size_t parts, double table_rows) {
  if (index.parts.empty()) return 1;
  const auto key = std::make_pair(table.id, index.id);
  const uint64_t now_ms = clock_.MonotonicMillis();
  parts = std::clamp<size_t>(parts, 1, std::min(index.parts.size(), kMostParts));
  {
    std::lock_guard lock(mutex_);
    const auto found = sampled_.find(key);
    if (found != sampled_.end() && IsFresh(found->second, now_ms, table_rows)) {
      return found->second.rows[parts - 1];
    }
  }
  std::vector<double> rows = Sample(table, index, table_rows);
  const double answer = rows[parts - 1];
  std::lock_guard lock(mutex_);
  if (sampled_.size() >= kMostIndexes) sampled_.clear();
  sampled_[key] = {std::move(rows), now_ms, table_rows};
  return answer;
}

}  // namespace sixfold::txn
