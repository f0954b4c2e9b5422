#include "test/sim/workload.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <numeric>

#include "core/base/bytes.h"
#include "core/base/check.h"

namespace sixfold::sim {

namespace {

constexpr size_t kAccounts = 4;
constexpr size_t kRing = 5;
constexpr size_t kJournal = 12;  // the last so many steps have a row each
constexpr int64_t kFirstBalance = 1000;
constexpr uint64_t kDecidedUs = 100'000;

std::string AccountKey(size_t lane, size_t account) {
  return fmt::format("{}a/{}", Oracle::Prefix(lane), account);
}
std::string RingKey(size_t lane, size_t node) {
  return fmt::format("{}r/{}", Oracle::Prefix(lane), node);
}

int64_t Number(const Rows& rows, const std::string& key) {
  const auto row = rows.find(key);
  if (row == rows.end()) return 0;
  int64_t number = 0;
  std::from_chars(row->second.data(), row->second.data() + row->second.size(), number);
  return number;
}

/// The first step of a lane makes its rows.
void Found(size_t lane, Rows* rows) {
  for (size_t i = 0; i < kAccounts; ++i)
    (*rows)[AccountKey(lane, i)] = std::to_string(kFirstBalance);
  for (size_t i = 0; i < kRing; ++i) (*rows)[RingKey(lane, i)] = std::to_string((i + 1) % kRing);
}

/// Moves a node behind another one.
void Relink(size_t lane, Rows* rows, Random& random) {
  std::vector<size_t> order = {0};
  while (order.size() < kRing)
    order.push_back(static_cast<size_t>(Number(*rows, RingKey(lane, order.back()))));
  std::swap(order[1 + random.Uniform(kRing - 1)], order[1 + random.Uniform(kRing - 1)]);
  for (size_t i = 0; i < kRing; ++i)
    (*rows)[RingKey(lane, order[i])] = std::to_string(order[(i + 1) % kRing]);
}

void EraseUnder(Rows* rows, const std::string& prefix) {
  auto row = rows->lower_bound(prefix);
  while (row != rows->end() && row->first.starts_with(prefix)) row = rows->erase(row);
}

}  // namespace

Workload::Workload(SimProcess& process, storage::VolumeWriter& writer, Oracle& oracle,
                   std::vector<const LaneStep*> heads, const WorkloadOptions& options)
    : process_(process),
      writer_(writer),
      oracle_(oracle),
      options_(options),
      lanes_(heads.size()),
      alive_(std::make_shared<bool>(true)) {
  for (size_t lane = 0; lane < heads.size(); ++lane) {
    lanes_[lane].head = heads[lane];
    Think(lane);
  }
  decided_ = process_.loop().Every(kDecidedUs, [this] { LookForDecided(); });
}

bool Workload::idle() const {
  return std::all_of(lanes_.begin(), lanes_.end(),
                     [](const Lane& lane) { return lane.under_way == nullptr; });
}

void Workload::Think(size_t lane) {
  const uint64_t delay_ns = kUs + process_.random().Uniform(options_.think_ns);
  lanes_[lane].next = process_.loop().After(delay_ns / kUs, [this, lane] { Run(lane); });
}

void Workload::Run(size_t lane) {
  if (stopped_ || lanes_[lane].under_way != nullptr) return;
  if (writer_.fenced()) {
    stopped_ = true;
    return;
  }
  std::vector<size_t> taken = {lane};
  const size_t other = process_.random().Uniform(lanes_.size());
  if (other != lane && lanes_[other].under_way == nullptr && process_.random().Uniform(3) == 0)
    taken.push_back(other);
  SimTxn& txn = oracle_.NewTxn();
  txn.highest_id = txn.id;
  for (const size_t each : taken) {
    LaneStep step;
    step.txn = &txn;
    step.lane = each;
    step.before = lanes_[each].head;
    step.number = step.before->number + 1;
    step.rows = step.before->rows;
    Change(each, &step.rows, step.number);
    step.rows[Oracle::Prefix(each) + "last"] = std::to_string(txn.id);
    txn.highest_id = std::max(txn.highest_id, step.before->txn->highest_id);
    txn.steps.push_back(std::move(step));
    lanes_[each].under_way = &txn;
  }
  Transfer(taken.front(), taken.back(), &txn.steps.front().rows, &txn.steps.back().rows);
  Write(txn);
}

void Workload::Change(size_t lane, Rows* rows, uint64_t number) {
  Random& random = process_.random();
  const std::string prefix = Oracle::Prefix(lane);
  if (number == 1) Found(lane, rows);
  (*rows)[prefix + "counter"] = std::to_string(Number(*rows, prefix + "counter") + 1);
  (*rows)[fmt::format("{}j/{:08}", prefix, number)] = std::to_string(random.Uniform(1000));
  if (number > kJournal) rows->erase(fmt::format("{}j/{:08}", prefix, number - kJournal));
  if (random.Uniform(3) == 0) Relink(lane, rows, random);
  if (random.Uniform(4) == 0) {
    EraseUnder(rows, prefix + "u/");
    (*rows)[fmt::format("{}u/{}", prefix, random.Uniform(1'000'000))] = prefix;
  }
  if (random.Uniform(8) == 0) {  // longer than LMDB takes as a key
    const std::string key =
        fmt::format("{}k/{}{}", prefix, std::string(500, 'k'), random.Uniform(4));
    if (rows->erase(key) == 0) (*rows)[key] = std::to_string(number);
  }
  EraseUnder(rows, prefix + "b/");
  if (random.Uniform(options_.large_one_in) != 0) return;
  const size_t row_bytes = 1 + random.Uniform(4096);
  for (size_t i = 0, bytes = 0; bytes < options_.large_bytes; ++i, bytes += row_bytes) {
    (*rows)[fmt::format("{}b/{:04}", prefix, i)] =
        std::string(row_bytes, static_cast<char>('a' + random.Uniform(26)));
  }
}

/// The bank's sum stays, over both lanes.
void Workload::Transfer(size_t from, size_t to, Rows* from_rows, Rows* to_rows) {
  Random& random = process_.random();
  const int64_t amount = static_cast<int64_t>(random.Uniform(50));
  const std::string source = AccountKey(from, random.Uniform(kAccounts));
  const std::string target = AccountKey(to, random.Uniform(kAccounts));
  (*from_rows)[source] = std::to_string(Number(*from_rows, source) - amount);
  (*to_rows)[target] = std::to_string(Number(*to_rows, target) + amount);
}

void Workload::Write(SimTxn& txn) {
  using storage::MutationKind;
  storage::CommitRequest request;
  request.txn = TxnId(txn.id);
  for (const LaneStep& step : txn.steps) {
    for (const auto& [key, value] : step.rows) {
      const auto old = step.before->rows.find(key);
      if (old == step.before->rows.end() || old->second != value)
        request.mutations.push_back({MutationKind::kPut, key, value});
    }
    for (const auto& [key, value] : step.before->rows) {
      if (!step.rows.contains(key)) request.mutations.push_back({MutationKind::kDelete, key, {}});
    }
  }
  std::string highest;
  PutBigEndian64(&highest, txn.id);
  request.mutations.push_back({MutationKind::kMax, Oracle::kHighestKey, highest});
  request.changes_catalog = process_.random().Uniform(50) == 0;
  // The callback outlives this workload: what is undecided is told when the writer goes.
  writer_.Commit(request, [this, &txn, &oracle = oracle_, epoch = writer_.epoch(), alive = alive_](
                              storage::CommitOutcome outcome, Lsn lsn) {
    oracle.OnOutcome(txn, epoch, outcome, lsn);
    if (*alive) Finished(txn, outcome, lsn);
  });
}

void Workload::Finished(SimTxn& txn, storage::CommitOutcome outcome, Lsn) {
  if (outcome == storage::CommitOutcome::kUnknown) return;  // its lanes wait until it is decided
  const bool durable = outcome == storage::CommitOutcome::kDurable;
  durable_ += durable ? 1 : 0;
  for (const LaneStep& step : txn.steps) {
    Lane& lane = lanes_[step.lane];
    lane.under_way = nullptr;
    if (durable) lane.head = &step;
    Think(step.lane);
  }
}

void Workload::LookForDecided() {
  for (const storage::DecidedCommit& decided : writer_.TakeDecided()) {
    for (Lane& lane : lanes_) {
      if (lane.under_way == nullptr || lane.under_way->id != decided.txn.value()) continue;
      SimTxn& txn = *lane.under_way;
      oracle_.OnOutcome(txn, writer_.epoch(), storage::CommitOutcome::kDurable, decided.lsn);
      Finished(txn, storage::CommitOutcome::kDurable, decided.lsn);
      break;
    }
  }
}

}  // namespace sixfold::sim
