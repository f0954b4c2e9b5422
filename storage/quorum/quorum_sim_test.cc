// The quorum under chaos: six copies and any number of writers that know nothing of each other,
// with lost connections, crashes in the middle of writes, slow disks and peers that help each
// other. Each seed is one history; a failure prints its seed.
//
// Checked after every step
//  - what a writer called durable is in the log of every epoch that opens later
//  - a copy applies only what some writer called durable, and all copies apply the same
//  - an epoch is opened by one writer at most
// and in the end, with everything up, a new writer opens the volume and commits.
#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <optional>

#include "core/base/random.h"
#include "storage/quorum/append_tracker.h"
#include "storage/quorum/copy_state.h"
#include "storage/quorum/recovery_session.h"

namespace sixfold::storage {
namespace {

struct ToCopy {
  MessageType type;
  Epoch epoch;
  Uuid writer;
  BatchHeader batch;
  Lsn vdl;
};
struct ToWriter {
  MessageType type;
  CopyReport report;
  Epoch epoch;
  CopyAck ack;
};

/// What one disk holds: every batch ever written whole, and the superblock.
class SimCopy {
 public:
  SimCopy(CopyId id, const Membership& membership, Random& random)
      : id_(id), membership_(membership), random_(random) {
    Restart();
  }

  bool up() const { return state_.has_value(); }
  CopyState& state() { return *state_; }
  const std::vector<BatchHeader>& log() const { return log_; }
  bool writing() const { return !pending_.empty(); }

  void Crash() {
    for (const BatchHeader& batch : pending_) {
      if (random_.Uniform(2) == 0) {
        disk_[batch.first_lsn] = batch;
      } else {
        torn_.insert(batch.first_lsn);
      }
    }
    pending_.clear();
    waiting_promises_.clear();
    state_.reset();
  }

  void Restart() {
    log_.clear();
    CopyState::Found found;
    found.vdl = kFirstLogLsn;
    FindLog(&found);
    for (const auto& [first, batch] : disk_) found.damaged |= first >= found.tail.end;
    found.damaged |= torn_.contains(found.tail.end);
    found.copy = id_;
    found.promised = promised_;
    found.writer = writer_;
    found.membership = membership_;
    found.log_start = kFirstLogLsn;
    state_.emplace(found);
  }

  /// A message in; what is to be answered, if anything yet.
  std::vector<ToWriter> Handle(const ToCopy& m) {
    switch (m.type) {
      case MessageType::kPromise:
        return OnPromise(m);
      case MessageType::kAppend:
        return OnAppend(m);
      default:
        state_->OnVdl(m.epoch, m.vdl);
        return {};
    }
  }

  void TakeFromPeer(SimCopy& peer) {
    const Lsn vdl = peer.state().applicable();
    for (const BatchHeader& batch : peer.log()) {
      if (batch.end_lsn <= state_->applicable() || batch.end_lsn > vdl) continue;
      const auto verdict = state_->OnPeerBatch(batch, vdl);
      ASSERT_NE(verdict, CopyState::AppendVerdict::kDiverged)
          << "peer's batch at " << batch.first_lsn.value();
      Write(verdict, batch);
      if (verdict > CopyState::AppendVerdict::kDuplicate) break;
    }
  }

  /// Finishes one of the writes under way, whichever.
  std::vector<ToWriter> FinishWrite() {
    const size_t at = random_.Uniform(pending_.size());
    const BatchHeader batch = pending_[at];
    pending_.erase(pending_.begin() + static_cast<ptrdiff_t>(at));
    disk_[batch.first_lsn] = batch;
    torn_.erase(batch.first_lsn);
    state_->OnWritten(batch.first_lsn, batch.epoch);
    std::vector<ToWriter> out = AnswerPromises();
    out.push_back(AckNow(AckState::kFollowing));
    return out;
  }

 private:
  /// The scan of SegmentLog: of all ends whose chain is whole, the highest epoch's, then the
  /// longest.
  void FindLog(CopyState::Found* found) {
    std::vector<BatchHeader> ends;
    for (const auto& [first, batch] : disk_) ends.push_back(batch);
    std::sort(ends.begin(), ends.end(), [](const auto& a, const auto& b) {
      return a.epoch != b.epoch ? a.epoch > b.epoch : a.end_lsn > b.end_lsn;
    });
    for (const BatchHeader& end : ends) {
      if (WalkBack(end)) break;
    }
    found->tail = TailOf(log_);
    for (const BatchHeader& b : log_) {
      found->vdl = std::max(found->vdl, b.vdl);
      found->index.push_back({b.prev_end, b.first_lsn, b.end_lsn, b.epoch, b.checksum});
    }
  }
  bool WalkBack(BatchHeader at) {
    log_ = {at};
    while (at.prev_lsn != Lsn()) {
      const auto before = disk_.find(at.prev_lsn);
      if (before == disk_.end() || before->second.checksum != at.prev_checksum) {
        log_.clear();
        return false;
      }
      at = before->second;
      log_.push_back(at);
    }
    std::reverse(log_.begin(), log_.end());
    return true;
  }
  static LogTail TailOf(const std::vector<BatchHeader>& log) {
    if (log.empty()) return {};
    return {log.back().end_lsn, log.back().epoch, log.back().first_lsn, log.back().checksum};
  }

  std::vector<ToWriter> OnPromise(const ToCopy& m) {
    const auto verdict = state_->OnPromise(m.epoch, m.writer);
    if (verdict == CopyState::PromiseVerdict::kPersist) {
      waiting_promises_.emplace_back(m.epoch, m.writer);
      return AnswerPromises();
    }
    return {Reply(m.epoch, verdict == CopyState::PromiseVerdict::kHeld)};
  }
  std::vector<ToWriter> AnswerPromises() {
    std::vector<ToWriter> out;
    if (state_->writes_under_way()) return out;
    for (const auto& [epoch, writer] : waiting_promises_) {
      const bool newest = epoch >= promised_;
      if (newest) {
        promised_ = epoch;
        writer_ = writer;
        state_->PromisePersisted(epoch);
      }
      out.push_back(Reply(epoch, newest));
    }
    waiting_promises_.clear();
    return out;
  }
  ToWriter Reply(Epoch epoch, bool accepted) {
    ToWriter reply{MessageType::kPromiseReply, state_->Report(), epoch, {}};
    reply.report.accepted = accepted;
    return reply;
  }

  std::vector<ToWriter> OnAppend(const ToCopy& m) {
    using Verdict = CopyState::AppendVerdict;
    const Verdict verdict = state_->OnAppend(m.epoch, m.batch);
    EXPECT_NE(verdict, Verdict::kDiverged)
        << "copy " << id_.value() << ": append at " << m.batch.first_lsn.value() << " (chains to "
        << m.batch.prev_end.value() << ", of epoch " << m.batch.epoch.value() << ") by epoch "
        << m.epoch.value() << "; its tail: " << state_->tail().end.value() << " of epoch "
        << state_->tail().epoch.value() << ", VDL " << state_->vdl().value();
    Write(verdict, m.batch);
    if (verdict == Verdict::kFenced) {
      return {
          {MessageType::kAck, {}, m.epoch, {id_, AckState::kFenced, state_->promised(), Lsn()}}};
    }
    if (verdict == Verdict::kDuplicate) return {AckNow(AckState::kFollowing)};
    if (verdict == Verdict::kGap || verdict == Verdict::kUnpromised)
      return {AckNow(AckState::kGap)};
    return {};
  }
  void Write(CopyState::AppendVerdict verdict, const BatchHeader& batch) {
    if (verdict > CopyState::AppendVerdict::kTruncateThenAppend) return;
    while (!log_.empty() && log_.back().end_lsn > batch.prev_end) log_.pop_back();
    log_.push_back(batch);
    pending_.push_back(batch);
  }
  ToWriter AckNow(AckState state) {
    return {MessageType::kAck,
            {},
            state_->promised(),
            {id_, state, state_->promised(), state_->acknowledged()}};
  }

  CopyId id_;
  Membership membership_;
  Random& random_;
  // On disk:
  std::map<Lsn, BatchHeader> disk_;
  std::set<Lsn> torn_;
  Epoch promised_;
  Uuid writer_;
  // In memory:
  std::optional<CopyState> state_;
  std::vector<BatchHeader> log_;
  std::vector<BatchHeader> pending_;
  std::vector<std::pair<Epoch, Uuid>> waiting_promises_;
};

struct Line {
  std::deque<ToCopy> out;
  std::deque<ToWriter> in;
  bool promised = false;
  Lsn rewound;
};

struct SimWriter {
  Uuid id;
  Epoch epoch;
  RecoverySession session;
  std::optional<AppendTracker> tracker;
  std::vector<BatchHeader> sent;  // from the opening on
  std::map<CopyId, Line> lines;
  bool dead = false;
  bool shipped = false;

  SimWriter(const Uuid& uuid, const Membership& membership, Epoch e)
      : id(uuid), epoch(e), session(membership, e) {}
  bool open() const { return tracker.has_value() && !dead; }
  LogTail tail() const {
    const BatchHeader& last = sent.back();
    return {last.end_lsn, last.epoch, last.first_lsn, last.checksum};
  }
};

class World {
 public:
  explicit World(uint64_t seed) : random_(seed) {
    for (uint64_t id = 1; id <= kCopies; ++id) ids_.emplace_back(id);
    membership_ = Membership::Founding(ids_);
    for (CopyId id : ids_) copies_.emplace(id, std::make_unique<SimCopy>(id, membership_, random_));
  }

  void Chaos(int steps) {
    for (int i = 0; i < steps && !testing::Test::HasFailure(); ++i) {
      const uint64_t dice = random_.Uniform(1000);
      if (dice < 2) {
        NewWriter();
      } else if (dice < 4) {
        AnyCopy().up() ? Crash(AnyId()) : void();
      } else if (dice < 40) {
        for (CopyId id : ids_) {
          if (!copies_.at(id)->up() && random_.Uniform(2) == 0) copies_.at(id)->Restart();
        }
      } else if (dice < 45) {
        BreakLine();
      } else if (dice < 60) {
        Help();
      } else {
        Progress();
      }
      Check();
    }
  }

  /// Everything up, nobody interferes: a new writer must get to work.
  void Settle() {
    for (CopyId id : ids_) {
      if (!copies_.at(id)->up()) copies_.at(id)->Restart();
    }
    for (int attempt = 0; attempt < 20; ++attempt) {
      writers_.clear();
      SimWriter* writer = NewWriter();
      for (int i = 0; i < 20000 && !writer->dead && !testing::Test::HasFailure(); ++i) {
        Progress();
        Check();
        if (!writer->open() || writer->sent.size() < 6) continue;
        if (writer->tracker->vdl() >= writer->sent[5].end_lsn) return;
      }
    }
    const SimWriter& last = *writers_.back();
    ADD_FAILURE() << "no writer could open and commit: step "
                  << static_cast<int>(last.session.step()) << ", " << last.session.promises()
                  << " promises, dead " << last.dead << ", sent " << last.sent.size();
  }

  size_t epochs_opened() const { return opened_.size(); }
  size_t durable_batches() const { return durable_.size(); }

 private:
  CopyId AnyId() { return ids_[random_.Uniform(ids_.size())]; }
  SimCopy& AnyCopy() { return *copies_.at(AnyId()); }

  void Crash(CopyId id) {
    SimCopy& copy = *copies_.at(id);
    if (!copy.up()) return;
    copy.Crash();
    for (auto& writer : writers_) writer->lines[id] = Line();
  }

  SimWriter* NewWriter() {
    Epoch highest;
    for (CopyId id : ids_) {
      if (!copies_.at(id)->up()) continue;
      const CopyReport report = copies_.at(id)->state().Report();
      highest = std::max({highest, report.promised, report.tail.epoch});
    }
    // Two candidates may well pick the same number.
    const Epoch epoch = highest + 1 + random_.Uniform(2);
    writers_.push_back(std::make_unique<SimWriter>(Uuid::Generate(random_), membership_, epoch));
    for (CopyId id : ids_) Connect(*writers_.back(), id);
    return writers_.back().get();
  }

  void Connect(SimWriter& writer, CopyId id) {
    writer.lines[id] = Line();
    if (copies_.at(id)->up())
      writer.lines[id].out.push_back({MessageType::kPromise, writer.epoch, writer.id, {}, {}});
  }

  void BreakLine() {
    if (writers_.empty()) return;
    SimWriter& writer = *writers_[random_.Uniform(writers_.size())];
    writer.lines[AnyId()] = Line();
  }

  void Help() {
    SimCopy& behind = AnyCopy();
    SimCopy& ahead = AnyCopy();
    if (&behind != &ahead && behind.up() && ahead.up()) behind.TakeFromPeer(ahead);
  }

  /// One ordinary event: a write finishes, a message arrives, a writer appends.
  void Progress() {
    const CopyId id = AnyId();
    SimCopy& copy = *copies_.at(id);
    if (copy.up() && copy.writing() && random_.Uniform(2) == 0)
      return Answer(id, copy.FinishWrite());
    if (writers_.empty()) return;
    // The younger ones mostly; old ones wake now and then.
    const size_t youngest = std::min<size_t>(writers_.size(), 3);
    SimWriter& writer = random_.Uniform(20) == 0
                            ? *writers_[random_.Uniform(writers_.size())]
                            : *writers_[writers_.size() - 1 - random_.Uniform(youngest)];
    if (writer.dead) return;
    Line& line = writer.lines[id];
    const uint64_t what = random_.Uniform(10);
    if (what < 4 && !line.out.empty()) {
      const ToCopy message = line.out.front();
      line.out.pop_front();
      if (copy.up()) Answer(id, copy.Handle(message), &writer);
    } else if (what < 8 && !line.in.empty()) {
      const ToWriter message = line.in.front();
      line.in.pop_front();
      Receive(writer, id, message);
    } else if (what == 8 && line.out.empty() && line.in.empty() && !line.promised) {
      Connect(writer, id);
    } else if (what == 9 && writer.open()) {
      random_.Uniform(2) == 0 ? AppendOne(writer) : Announce(writer);
    }
    if (!writer.open()) Advance(writer);
  }

  /// Acks go to whoever's epoch the copy follows; replies to who asked.
  void Answer(CopyId id, const std::vector<ToWriter>& answers, SimWriter* asker = nullptr) {
    for (const ToWriter& answer : answers) {
      for (auto& writer : writers_) {
        if (writer->epoch != answer.epoch || writer->dead) continue;
        const bool refusal = answer.type == MessageType::kPromiseReply && !answer.report.accepted;
        if (refusal && writer.get() != asker) continue;
        if (answer.ack.state == AckState::kFenced && writer.get() != asker) continue;
        if (answer.type == MessageType::kAck && answer.ack.state != AckState::kFenced &&
            copies_.at(id)->state().writer() != writer->id) {
          continue;
        }
        if (answer.type == MessageType::kPromiseReply && answer.report.accepted &&
            copies_.at(id)->state().writer() != writer->id) {
          continue;
        }
        writer->lines[id].in.push_back(answer);
      }
    }
  }

  void Receive(SimWriter& writer, CopyId id, const ToWriter& message) {
    Line& line = writer.lines[id];
    if (message.type == MessageType::kPromiseReply) {
      line.promised = message.report.accepted;
      if (!writer.tracker.has_value()) {
        writer.session.OnPromise(message.report);
      } else if (!message.report.accepted && message.report.promised > writer.epoch) {
        writer.dead = true;
      } else if (message.report.accepted) {
        const bool ours = message.report.tail.epoch == writer.epoch;
        Resend(writer, id, ours ? message.report.tail.last_lsn : message.report.vdl);
      }
      return;
    }
    if (message.ack.state == AckState::kFenced) {
      writer.dead = true;
      return;
    }
    if (!writer.tracker.has_value()) {
      writer.session.OnAck(id, message.ack.end);
    } else {
      if (writer.tracker->OnAck(id, message.ack.end)) NoteDurable(writer);
      if (message.ack.state == AckState::kGap && line.rewound != message.ack.end) {
        line.rewound = message.ack.end;
        Resend(writer, id, message.ack.end);
      }
    }
  }

  void Resend(SimWriter& writer, CopyId id, Lsn from) {
    for (const BatchHeader& batch : writer.sent) {
      if (batch.prev_end >= from)
        writer.lines[id].out.push_back({MessageType::kAppend, writer.epoch, writer.id, batch, {}});
    }
  }

  void Advance(SimWriter& writer) {
    using Step = RecoverySession::Step;
    if (writer.dead) return;
    if (writer.session.step() == Step::kCollect) {
      bool all_answered = true;
      for (CopyId id : ids_) {
        if (copies_.at(id)->up() && !writer.lines[id].promised) all_answered = false;
      }
      writer.session.Choose(all_answered);
    }
    switch (writer.session.step()) {
      case Step::kCollect:
        return;
      case Step::kRestart:
        writer.dead = true;
        return;
      case Step::kFailed:
        ADD_FAILURE() << writer.session.status();
        return;
      case Step::kShip:
        return Ship(writer);
      case Step::kOpen:
        return SendOpening(writer);
      case Step::kDone:
        return Open(writer);
    }
  }

  void Ship(SimWriter& writer) {
    if (writer.shipped) return;
    SimCopy& source = *copies_.at(writer.session.source());
    if (!source.up() || source.state().promised() != writer.epoch) {
      writer.dead = true;
      return;
    }
    writer.shipped = true;
    for (const auto& behind : writer.session.behind()) {
      for (const BatchHeader& batch : source.log()) {
        if (batch.end_lsn > writer.session.kept().end) break;
        if (batch.first_lsn < std::min(behind.from, writer.session.kept().last_lsn)) continue;
        writer.lines[behind.copy].out.push_back(
            {MessageType::kAppend, writer.epoch, writer.id, batch, {}});
      }
    }
  }

  void SendOpening(SimWriter& writer) {
    if (!writer.sent.empty()) return;
    BatchHeader header = Batch(writer, writer.session.kept(),
                               writer.session.opening_lsn() - writer.session.kept().end);
    header.flags = kBatchOpensEpoch;
    header.end_lsn = header.first_lsn + kBlockBytes;
    writer.sent.push_back(header);
    writer.session.OnOpening(header.end_lsn);
    for (CopyId id : ids_) {
      if (writer.lines[id].promised)
        writer.lines[id].out.push_back({MessageType::kAppend, writer.epoch, writer.id, header, {}});
    }
  }

  BatchHeader Batch(const SimWriter& writer, const LogTail& tail, uint64_t gap) {
    BatchHeader h;
    h.epoch = writer.epoch;
    h.first_lsn = tail.end + gap;
    h.end_lsn = h.first_lsn + kBlockBytes * (1 + random_.Uniform(3));
    h.prev_lsn = tail.last_lsn;
    h.prev_checksum = tail.last_checksum;
    h.prev_end = tail.end;
    h.vdl = writer.tracker.has_value() ? writer.tracker->vdl() : Lsn();
    h.checksum = random_.Next64() | 1;
    return h;
  }

  void Open(SimWriter& writer) {
    ASSERT_TRUE(opened_.emplace(writer.epoch, writer.id).second)
        << "epoch " << writer.epoch.value() << " opened twice";
    writer.tracker.emplace(membership_, writer.sent.front().end_lsn);
    NoteDurable(writer);
    // The chain of the new epoch holds all that was ever called durable.
    const std::map<Lsn, uint64_t> chain = ChainBelow(writer.sent.front());
    for (const auto& [prev_end, checksum] : durable_) {
      if (prev_end >= writer.sent.front().prev_end) continue;
      const auto found = chain.find(prev_end);
      ASSERT_TRUE(found != chain.end() && found->second == checksum)
          << "epoch " << writer.epoch.value() << " lost the durable batch behind "
          << prev_end.value();
    }
    for (const auto& [prev_end, checksum] : chain) durable_.emplace(prev_end, checksum);
  }

  /// All batches in front of the opening, from any copy that holds it.
  std::map<Lsn, uint64_t> ChainBelow(const BatchHeader& opening) {
    for (CopyId id : ids_) {
      if (!copies_.at(id)->up()) continue;
      const auto& log = copies_.at(id)->log();
      const auto at = std::find_if(log.begin(), log.end(),
                                   [&](const auto& b) { return b.checksum == opening.checksum; });
      if (at == log.end()) continue;
      std::map<Lsn, uint64_t> chain;
      for (auto batch = log.begin(); batch != at; ++batch) chain[batch->prev_end] = batch->checksum;
      return chain;
    }
    return {};
  }

  void AppendOne(SimWriter& writer) {
    if (writer.tail().end - writer.tracker->vdl() > kMaxAheadBytes / 2) return;
    const BatchHeader header = Batch(writer, writer.tail(), 0);
    writer.sent.push_back(header);
    writer.tracker->OnSent(header.end_lsn);
    for (CopyId id : ids_) {
      if (writer.lines[id].promised)
        writer.lines[id].out.push_back({MessageType::kAppend, writer.epoch, writer.id, header, {}});
    }
  }

  void Announce(SimWriter& writer) {
    for (CopyId id : ids_) {
      if (writer.lines[id].promised) {
        writer.lines[id].out.push_back(
            {MessageType::kVdl, writer.epoch, writer.id, {}, writer.tracker->vdl()});
      }
    }
  }

  void NoteDurable(const SimWriter& writer) {
    for (const BatchHeader& batch : writer.sent) {
      if (batch.end_lsn > writer.tracker->vdl()) break;
      const auto [held, fresh] = durable_.emplace(batch.prev_end, batch.checksum);
      ASSERT_EQ(held->second, batch.checksum)
          << "two durable batches behind " << batch.prev_end.value();
    }
  }

  void Check() {
    for (CopyId id : ids_) {
      SimCopy& copy = *copies_.at(id);
      if (!copy.up()) continue;
      const Lsn applicable = copy.state().applicable();
      ASSERT_LE(applicable, copy.state().durable());
      for (auto batch = copy.log().rbegin(); batch != copy.log().rend(); ++batch) {
        if (batch->end_lsn > applicable) continue;
        const auto known = durable_.find(batch->prev_end);
        ASSERT_TRUE(known != durable_.end() && known->second == batch->checksum)
            << "copy " << id.value() << " applies what is not durable, behind "
            << batch->prev_end.value();
        if (checked_[id].contains(batch->checksum)) break;
        checked_[id].insert(batch->checksum);
      }
    }
  }

  SeededRandom random_;
  std::vector<CopyId> ids_;
  Membership membership_;
  std::map<CopyId, std::unique_ptr<SimCopy>> copies_;
  std::vector<std::unique_ptr<SimWriter>> writers_;
  std::map<Lsn, uint64_t> durable_;  // by where it chains to: its checksum
  std::map<Epoch, Uuid> opened_;
  std::map<CopyId, std::set<uint64_t>> checked_;
};

TEST(QuorumChaos, NothingDurableIsLostAndNothingElseIsApplied) {
  const char* only = std::getenv("SIXFOLD_SEED");
  const uint64_t first = only != nullptr ? std::strtoull(only, nullptr, 10) : 1;
  const uint64_t last = only != nullptr ? first : 100;
  size_t epochs = 0, batches = 0;
  for (uint64_t seed = first; seed <= last; ++seed) {
    SCOPED_TRACE("SIXFOLD_SEED=" + std::to_string(seed));
    World world(seed);
    world.Chaos(6000);
    if (!HasFailure()) world.Settle();
    epochs += world.epochs_opened();
    batches += world.durable_batches();
    if (HasFailure()) return;
  }
  // The histories are worth something: epochs opened and batches became durable in plenty.
  EXPECT_GT(epochs, 2 * (last - first + 1));
  EXPECT_GT(batches, 25 * (last - first + 1));
}

}  // namespace
}  // namespace sixfold::storage
