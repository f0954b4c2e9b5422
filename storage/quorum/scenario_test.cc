// The histories that the rules are for, on the real state machines: six copies that write at once,
// and candidates that reach those whom the story lets them reach. Each fails when its rule is taken
// out; test/model has the same ones.
#include <gtest/gtest.h>

#include <map>

#include "storage/quorum/append_tracker.h"
#include "storage/quorum/copy_state.h"
#include "storage/quorum/recovery_session.h"

namespace sixfold::storage {
namespace {

using Verdict = CopyState::AppendVerdict;
using RecoveryStep = RecoverySession::Step;
using Copies = std::initializer_list<int>;

Uuid WriterOf(int epoch, char name) {
  return *Uuid::Parse(fmt::format("{0}{0}{0}{0}{0}{0}{0}{0}-0000-4000-8000-{1:012}", name, epoch));
}

Membership Founders() {
  std::vector<CopyId> six;
  for (uint64_t id = 1; id <= kCopies; ++id) six.emplace_back(id);
  return Membership::Founding(six);
}

LogTail TailAfter(const BatchHeader& h) { return {h.end_lsn, h.epoch, h.first_lsn, h.checksum}; }

class Story : public testing::Test {
 protected:
  struct Writer {
    Epoch epoch;
    Uuid id;
    RecoverySession session;
    LogTail tail;
  };

  Story() {
    for (uint64_t id = 1; id <= kCopies; ++id) {
      CopyState::Found found;
      found.copy = CopyId(id);
      found.membership = Founders();
      found.log_start = kFirstLogLsn;
      copies_.emplace(id, found);
    }
  }

  CopyState& copy(int id) { return copies_.at(static_cast<uint64_t>(id)); }

  /// What the writer of `epoch` would send next; it opens the epoch if `annulled` is not 0.
  BatchHeader Batch(int epoch, const LogTail& tail, uint64_t annulled = 0,
                    uint64_t bytes = kBlockBytes) {
    BatchHeader h;
    h.flags = annulled > 0 ? kBatchOpensEpoch : 0;
    h.epoch = Epoch(static_cast<uint64_t>(epoch));
    h.first_lsn = tail.end + annulled;
    h.end_lsn = h.first_lsn + bytes;
    h.prev_lsn = tail.last_lsn;
    h.prev_checksum = tail.last_checksum;
    h.prev_end = tail.end;
    h.checksum = ++checksums_;
    return h;
  }

  /// The copy has it on disk afterwards, if it takes it.
  Verdict Append(int id, int sender, const BatchHeader& batch) {
    const Verdict verdict = copy(id).OnAppend(Epoch(static_cast<uint64_t>(sender)), batch);
    if (verdict <= Verdict::kTruncateThenAppend) copy(id).OnWritten(batch.first_lsn, batch.epoch);
    return verdict;
  }
  Verdict GiveByPeer(int id, const BatchHeader& batch) {
    const Verdict verdict = copy(id).OnPeerBatch(batch, batch.end_lsn);
    if (verdict <= Verdict::kTruncateThenAppend) copy(id).OnWritten(batch.first_lsn, batch.epoch);
    return verdict;
  }

  CopyReport AskPromise(int id, const Writer& writer) {
    const auto verdict = copy(id).OnPromise(writer.epoch, writer.id);
    if (verdict == CopyState::PromiseVerdict::kPersist) copy(id).PromisePersisted(writer.epoch);
    CopyReport report = copy(id).Report();
    report.accepted = verdict != CopyState::PromiseVerdict::kRefused;
    return report;
  }
  Writer Candidate(int epoch, Copies asked, char name = 'a') {
    const Epoch number(static_cast<uint64_t>(epoch));
    Writer writer{number, WriterOf(epoch, name), RecoverySession(Founders(), number), {}};
    for (int id : asked) writer.session.OnPromise(AskPromise(id, writer));
    return writer;
  }
  /// Asks, chooses, and opens behind a log that all of `asked` hold already.
  Writer Open(int epoch, Copies asked, Copies reached) {
    Writer writer = Candidate(epoch, asked);
    writer.session.Choose(true);
    EXPECT_EQ(writer.session.step(), RecoveryStep::kOpen);
    SendOpening(writer, reached);
    return writer;
  }
  void SendOpening(Writer& writer, Copies reached) {
    const LogTail kept = writer.session.kept();
    const auto epoch = static_cast<int>(writer.epoch.value());
    const BatchHeader opening = Batch(epoch, kept, writer.session.opening_lsn() - kept.end);
    writer.session.OnOpening(opening.end_lsn);
    writer.tail = TailAfter(opening);
    last_opening_ = opening;
    for (int id : reached) {
      Append(id, epoch, opening);
      writer.session.OnAck(CopyId(static_cast<uint64_t>(id)), copy(id).acknowledged());
    }
  }

  std::map<uint64_t, CopyState> copies_;
  BatchHeader last_opening_;
  uint64_t checksums_ = 0;
};

TEST_F(Story, TheLongestTailOfAnOlderEpochAgainstAShorterOneOfANewer) {
  Writer first = Open(1, {1, 2, 3, 4, 5, 6}, {1, 2, 3, 4, 5, 6});
  // Longer than it may be, so that nothing but its epoch speaks against it.
  const BatchHeader left_over = Batch(1, first.tail, 0, 3 * kMaxAheadBytes);
  ASSERT_EQ(Append(1, 1, left_over), Verdict::kAppend);
  Writer second = Open(2, {2, 3, 4, 5, 6}, {2, 3, 4, 5});
  ASSERT_EQ(second.session.step(), RecoveryStep::kDone);
  Writer third = Candidate(3, {1, 2, 5, 6});
  third.session.Choose(true);
  EXPECT_EQ(third.session.kept(), second.tail);
}

TEST_F(Story, TheOpeningIsNotWrittenBeforeTheCopiesAreBroughtUp) {
  Writer first = Open(1, {1, 2, 3, 4, 5, 6}, {1, 2, 3, 4, 5, 6});
  const BatchHeader commit = Batch(1, first.tail);
  for (int id : {1, 2, 3, 4}) ASSERT_EQ(Append(id, 1, commit), Verdict::kAppend);
  Writer second = Candidate(2, {3, 4, 5, 6});
  second.session.Choose(true);
  EXPECT_EQ(second.session.step(), RecoveryStep::kShip);
  const BatchHeader opening =
      Batch(2, TailAfter(commit), second.session.opening_lsn() - commit.end_lsn);
  EXPECT_EQ(Append(5, 2, opening), Verdict::kGap);  // nor would a copy take it
  EXPECT_LT(copy(5).acknowledged(), commit.end_lsn);
  ASSERT_EQ(Append(5, 2, commit), Verdict::kAppend);
  second.session.OnAck(CopyId(5), copy(5).acknowledged());
  EXPECT_EQ(second.session.step(), RecoveryStep::kShip);
  ASSERT_EQ(Append(6, 2, commit), Verdict::kAppend);
  second.session.OnAck(CopyId(6), copy(6).acknowledged());
  EXPECT_EQ(second.session.step(), RecoveryStep::kOpen);
}

TEST_F(Story, ATailIsNotDurableBeforeTheOpeningIsAtAWriteQuorum) {
  Writer first = Open(1, {1, 2, 3, 4, 5, 6}, {1, 2, 3, 4, 5, 6});
  const BatchHeader tail = Batch(1, first.tail);
  Append(1, 1, tail);
  Open(2, {2, 3, 4, 5, 6}, {2});
  const LogTail opening_at_two = copy(2).tail();
  // The third does not hear of that opening, keeps the tail, and has it at a write quorum …
  Writer third = Candidate(3, {1, 3, 4, 5, 6});
  third.session.Choose(true);
  ASSERT_EQ(third.session.kept(), TailAfter(tail));
  for (int id : {1, 3, 4, 5, 6}) {
    Append(id, 3, tail);
    third.session.OnAck(CopyId(static_cast<uint64_t>(id)), copy(id).acknowledged());
  }
  EXPECT_EQ(third.session.step(), RecoveryStep::kOpen);  // … which makes it neither open
  for (int id : {1, 3, 4, 5, 6}) EXPECT_LT(copy(id).applicable(), tail.end_lsn);  // nor durable:
  // the fourth keeps the opening of the second, which annulled it.
  Writer fourth = Candidate(4, {2, 3, 4, 5});
  fourth.session.Choose(true);
  EXPECT_EQ(fourth.session.kept(), opening_at_two);
}

TEST_F(Story, APeerOutsideTheEpochFillsNoGapWithAnnulledBatches) {
  Writer first = Open(1, {1, 2, 3, 4, 5, 6}, {1, 2, 3, 4, 5, 6});
  const BatchHeader annulled = Batch(1, first.tail);
  Append(1, 1, annulled);
  Writer second = Open(2, {2, 3, 4, 5, 6}, {2, 3, 4, 5});
  ASSERT_EQ(second.session.step(), RecoveryStep::kDone);
  // Copy 1 is at home in epoch 1, and may even hear how far the log is durable by now.
  copy(1).OnVdl(Epoch(2), second.tail.end);
  EXPECT_LE(copy(1).given_to_peers(), first.tail.end);
  AskPromise(1, second);
  copy(1).OnVdl(Epoch(2), second.tail.end);
  EXPECT_LE(copy(1).given_to_peers(), first.tail.end);
  EXPECT_EQ(Append(6, 2, last_opening_), Verdict::kAppend);
  EXPECT_EQ(copy(6).acknowledged(), second.tail.end);
}

/// … and takes what is durable, whatever its own writer told it to hold before it was overtaken.
TEST_F(Story, APeerOutsideTheEpochTakesWhatIsDurable) {
  Writer first = Open(1, {1, 2, 3, 4, 5, 6}, {1, 2, 3, 4, 5, 6});
  copy(1).OnVdl(Epoch(1), first.tail.end);
  const BatchHeader annulled = Batch(1, first.tail);
  Append(1, 1, annulled);
  ASSERT_EQ(copy(1).acknowledged(), annulled.end_lsn);
  Open(2, {2, 3, 4, 5, 6}, {2, 3, 4, 5});
  EXPECT_EQ(GiveByPeer(1, last_opening_), Verdict::kTruncateThenAppend);
  EXPECT_EQ(copy(1).applicable(), last_opening_.end_lsn);
  EXPECT_EQ(Append(1, 1, Batch(1, TailAfter(annulled))), Verdict::kFenced);
}

TEST_F(Story, ACandidateWithAnOutdatedMembershipStartsOver) {
  const Membership changed = *Founders().Replacing(CopyId(6), CopyId(7));
  copy(4).set_membership(changed);
  Writer outdated = Candidate(2, {1, 2, 3, 4});
  EXPECT_EQ(outdated.session.step(), RecoveryStep::kRestart);
  EXPECT_EQ(outdated.session.membership(), changed);
}

/// A record that was annulled stays in the superblock of the copy that took it; the next writer
/// gives its number to another change.
TEST_F(Story, OfTwoMembershipsOfOneNumberTheNewerEpochsCounts) {
  Membership annulled = *Founders().Replacing(CopyId(1), CopyId(7));
  annulled.epoch = Epoch(1);
  Membership durable = *Founders().Replacing(CopyId(2), CopyId(8));
  durable.epoch = Epoch(2);
  ASSERT_EQ(annulled.version, durable.version);
  EXPECT_TRUE(durable.NewerThan(annulled));
  EXPECT_FALSE(annulled.NewerThan(durable));
  EXPECT_EQ(*Membership::Decode(durable.Encode()), durable);
  copy(3).set_membership(durable);
  Writer misled{Epoch(3), WriterOf(3, 'a'), RecoverySession(annulled, Epoch(3)), {}};
  misled.session.OnPromise(AskPromise(3, misled));
  EXPECT_EQ(misled.session.step(), RecoveryStep::kRestart);
  EXPECT_EQ(misled.session.membership(), durable);
}

TEST_F(Story, ARottenLastBatchIsNotTakenForATornOne) {
  Writer first = Open(1, {1, 2, 3, 4, 5, 6}, {1, 2, 3, 4, 5, 6});
  const BatchHeader commit = Batch(1, first.tail);
  for (int id : {1, 2, 3, 4}) ASSERT_EQ(Append(id, 1, commit), Verdict::kAppend);
  for (int id : {1, 2}) {  // they restart, and cannot read it any more
    CopyState::Found found;
    found.copy = CopyId(static_cast<uint64_t>(id));
    found.promised = Epoch(1);
    found.membership = Founders();
    found.tail = first.tail;
    found.log_start = first.tail.end;
    found.damaged = true;
    copies_.erase(static_cast<uint64_t>(id));
    copies_.emplace(id, found);
  }
  Writer second = Candidate(2, {1, 2, 5, 6});
  second.session.Choose(false);
  EXPECT_EQ(second.session.step(), RecoveryStep::kCollect);
  second.session.OnPromise(AskPromise(3, second));
  second.session.Choose(false);
  EXPECT_EQ(second.session.kept(), TailAfter(commit));
}

TEST_F(Story, AnEqualEpochIsNotGivenToTwoWriters) {
  Writer one = Candidate(1, {1, 2, 3, 4}, 'a');
  Writer other{Epoch(1), WriterOf(1, 'b'), RecoverySession(Founders(), Epoch(1)), {}};
  for (int id : {3, 4, 5, 6}) other.session.OnPromise(AskPromise(id, other));
  EXPECT_TRUE(one.session.has_quorum());
  EXPECT_FALSE(other.session.has_quorum());
  EXPECT_EQ(other.session.step(), RecoveryStep::kRestart);
}

TEST_F(Story, NoLsnThatAnOpenWriterUsedIsUsedAgain) {
  Writer first = Open(1, {1, 2, 3, 4, 5, 6}, {1, 2, 3, 4, 5, 6});
  AppendTracker tracker(Founders(), first.tail.end);
  LogTail tail = first.tail;
  while (tracker.room() > 0) {  // as far ahead as it may, and nobody but copy 1 has it
    const BatchHeader batch =
        Batch(1, tail, 0, std::min<uint64_t>(tracker.room(), 1024 * kBlockBytes));
    tracker.OnSent(batch.end_lsn);
    ASSERT_EQ(Append(1, 1, batch), Verdict::kAppend);
    tail = TailAfter(batch);
  }
  Open(2, {2, 3, 4, 5, 6}, {2, 3, 4, 5});
  EXPECT_GE(last_opening_.first_lsn, tail.end);
}

}  // namespace
}  // namespace sixfold::storage
