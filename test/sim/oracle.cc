#include "test/sim/oracle.h"

#include <fmt/format.h>

#include <charconv>

#include "core/base/bytes.h"
#include "core/base/check.h"
#include "core/base/checksum.h"

namespace sixfold::sim {

namespace {

/// The ancestor of a step with this number.
const LaneStep* Ancestor(const LaneStep* step, uint64_t number) {
  while (step != nullptr && step->number > number) step = step->before;
  return step;
}

uint64_t HashOf(const ViewRows& view) {
  uint64_t hash = 0;
  for (const auto& [key, value] : view.rows) {
    hash = Checksum64(key, hash);
    hash = Checksum64(value, hash);
  }
  return hash;
}

std::string FirstDifference(const Rows& seen, const Rows& expected) {
  for (const auto& [key, value] : expected) {
    const auto found = seen.find(key);
    if (found == seen.end()) return fmt::format("{} is missing", key.substr(0, 40));
    if (found->second != value) {
      return fmt::format("{} is {} instead of {}", key.substr(0, 40), found->second.substr(0, 40),
                         value.substr(0, 40));
    }
  }
  for (const auto& [key, value] : seen) {
    if (!expected.contains(key)) return fmt::format("{} is there", key.substr(0, 40));
  }
  return "nothing";
}

}  // namespace

Oracle::Oracle(size_t lanes) : acked_(lanes) {
  origins_.steps.resize(lanes);
  for (size_t lane = 0; lane < lanes; ++lane) {
    origins_.steps[lane].lane = lane;
    origins_.steps[lane].txn = &origins_;
  }
}

std::string Oracle::Prefix(size_t lane) { return fmt::format("L{}/", lane); }

SimTxn& Oracle::NewTxn() {
  txns_.emplace_back();
  txns_.back().id = txns_.size();
  return txns_.back();
}

void Oracle::Fail(const std::string& what) {
  if (failure_.empty()) failure_ = what;
}

void Oracle::OnOpened(Epoch epoch, const std::string& writer, Lsn durable) {
  OpenEpoch& own = epochs_[epoch];
  if (!own.writer.empty())
    Fail(fmt::format("epoch {} has two writers: {} and {}", epoch, own.writer, writer));
  own.writer = writer;
  own.opened = durable;
  CheckEpochs();
}

/// Each goes on from behind all that was acknowledged before it, whenever that was told.
void Oracle::CheckEpochs() {
  Lsn acked, used;
  for (const auto& [epoch, open] : epochs_) {
    if (open.opened != Lsn() && open.opened < acked)
      Fail(fmt::format("epoch {} goes on from {}, but {} is acknowledged", epoch, open.opened,
                       acked));
    if (open.opened != Lsn() && open.opened <= used)
      Fail(fmt::format("epoch {} begins at {}, but {} was used before", epoch, open.opened, used));
    acked = std::max(acked, open.acked);
    used = std::max(used, open.used);
  }
}

void Oracle::OnOutcome(SimTxn& txn, Epoch epoch, storage::CommitOutcome outcome, Lsn lsn) {
  using State = SimTxn::State;
  if (outcome == storage::CommitOutcome::kRefused) {
    txn.state = State::kRefused;
    return;
  }
  epochs_[epoch].used = std::max(epochs_[epoch].used, lsn);
  if (outcome == storage::CommitOutcome::kUnknown) {
    CheckEpochs();
    txn.state = State::kUnknown;
    return;
  }
  txn.state = State::kDurable;
  txn.lsn = lsn;
  ++durable_count_;
  highest_acked_ = std::max(highest_acked_, lsn);
  epochs_[epoch].acked = std::max(epochs_[epoch].acked, lsn);
  CheckEpochs();
  if (!by_lsn_.emplace(lsn, &txn).second) Fail(fmt::format("two transactions at {}", lsn));
  for (const LaneStep& step : txn.steps) {
    // A fenced writer may hear late of what became durable before it was.
    auto& acked = acked_[step.lane];
    const auto own = acked.emplace(lsn, &step).first;
    if (own != acked.begin()) CheckFollows(step, *std::prev(own)->second);
    if (std::next(own) != acked.end()) CheckFollows(*std::next(own)->second, step);
  }
}

void Oracle::CheckFollows(const LaneStep& step, const LaneStep& acked) {
  if (Ancestor(step.before, acked.number) == &acked) return;
  Fail(fmt::format("transaction {} of lane {}, acknowledged at {}, is not what {} follows",
                   acked.txn->id, step.lane, acked.txn->lsn, step.txn->id));
}

const LaneStep* Oracle::StepOf(const std::string& who, size_t lane, const ViewRows& view) {
  const std::string key = Prefix(lane) + "last";
  const auto row = view.rows.find(key);
  if (row == view.rows.end()) return origin(lane);
  uint64_t id = 0;
  std::from_chars(row->second.data(), row->second.data() + row->second.size(), id);
  if (id == 0 || id > txns_.size()) {
    Fail(fmt::format("{}: lane {} names transaction {}", who, lane, row->second));
    return nullptr;
  }
  const SimTxn& txn = txns_[id - 1];
  const Lsn lsn = view.lsns.at(key);
  if (txn.state == SimTxn::State::kRefused)
    Fail(fmt::format("{}: transaction {} was refused, and is there", who, id));
  if (txn.state == SimTxn::State::kDurable && txn.lsn != lsn)
    Fail(fmt::format("{}: transaction {} was committed at {}, not {}", who, id, txn.lsn, lsn));
  for (const LaneStep& step : txn.steps) {
    if (step.lane == lane) return &step;
  }
  Fail(fmt::format("{}: transaction {} made no step in lane {}", who, id, lane));
  return nullptr;
}

void Oracle::CheckHoldsAcked(const std::string& who, const LaneStep& seen, Lsn at) {
  const auto& acked = acked_[seen.lane];
  auto last = acked.upper_bound(at);
  if (last == acked.begin()) return;
  --last;
  const LaneStep* const held = Ancestor(&seen, last->second->number);
  if (held == last->second) return;
  Fail(
      fmt::format("{}: at {} lane {} stands at step {} of transaction {}, without transaction {}, "
                  "step {}, acknowledged at {}",
                  who, at, seen.lane, seen.number, seen.txn->id, last->second->txn->id,
                  last->second->number, last->first));
}

std::vector<const LaneStep*> Oracle::CheckView(const std::string& who, Lsn at,
                                               const ViewRows& view) {
  ++views_;
  std::vector<const LaneStep*> heads;
  uint64_t highest = 0;
  for (size_t lane = 0; lane < lanes(); ++lane) {
    const LaneStep* step = StepOf(who, lane, view);
    if (step == nullptr) return {};
    Rows seen(view.rows.lower_bound(Prefix(lane)),
              view.rows.lower_bound(fmt::format("L{}0", lane)));  // '0' follows '/'
    if (seen != step->rows) {
      Fail(fmt::format("{}: at {} lane {} at transaction {}: {}", who, at, lane, step->txn->id,
                       FirstDifference(seen, step->rows)));
    }
    CheckHoldsAcked(who, *step, at);
    highest = std::max(highest, step->txn->highest_id);
    heads.push_back(step);
  }
  for (const LaneStep* head : heads) {
    for (const LaneStep& step : head->txn->steps) {
      if (head->number == 0 || Ancestor(heads[step.lane], step.number) == &step) continue;
      Fail(fmt::format("{}: at {} lane {} has transaction {}, lane {} has not", who, at, head->lane,
                       head->txn->id, step.lane));
    }
  }
  const auto stored = view.rows.find(std::string(kHighestKey));
  const uint64_t seen = stored == view.rows.end() || stored->second.size() != 8
                            ? 0
                            : LoadBigEndian64(stored->second.data());
  if (seen != highest)
    Fail(fmt::format("{}: at {} the highest transaction is {}, not {}", who, at, seen, highest));
  const auto [known, fresh] = views_at_.emplace(at, HashOf(view));
  if (!fresh && known->second != HashOf(view))
    Fail(fmt::format("{}: at {} it sees something else than was seen there before", who, at));
  if (failed()) return {};
  return heads;
}

void Oracle::CheckForward(const std::string& what, Lsn before, Lsn after) {
  if (after < before) Fail(fmt::format("{} went back from {} to {}", what, before, after));
}

}  // namespace sixfold::sim
