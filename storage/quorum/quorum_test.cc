// Each rule of the quorum has a test here that fails without it.
#include <gtest/gtest.h>

#include "storage/quorum/append_tracker.h"
#include "storage/quorum/copy_state.h"
#include "storage/quorum/recovery_session.h"

namespace sixfold::storage {
namespace {

const Uuid kWriterA = *Uuid::Parse("aaaaaaaa-0000-4000-8000-000000000001");
const Uuid kWriterB = *Uuid::Parse("bbbbbbbb-0000-4000-8000-000000000001");
using Append = CopyState::AppendVerdict;
using PromiseIs = CopyState::PromiseVerdict;

Membership Six() {
  return Membership::Founding({CopyId(1), CopyId(2), CopyId(3), CopyId(4), CopyId(5), CopyId(6)});
}
std::set<CopyId> Ids(std::initializer_list<int> ids) {
  std::set<CopyId> set;
  for (int id : ids) set.emplace(id);
  return set;
}

/// A log's batches without their bytes; the checksum tells them apart.
BatchHeader Next(const LogTail& tail, Epoch epoch, uint64_t checksum, uint64_t annul = 0,
                 Lsn vdl = Lsn()) {
  BatchHeader h;
  h.flags = annul > 0 ? kBatchOpensEpoch : 0;
  h.epoch = epoch;
  h.first_lsn = tail.end + annul;
  h.end_lsn = h.first_lsn + kBlockBytes;
  h.prev_lsn = tail.last_lsn;
  h.prev_checksum = tail.last_checksum;
  h.prev_end = tail.end;
  h.vdl = vdl;
  h.checksum = checksum;
  return h;
}
LogTail After(const BatchHeader& h) { return {h.end_lsn, h.epoch, h.first_lsn, h.checksum}; }

CopyState Fresh(int id = 1) {
  CopyState::Found found;
  found.copy = CopyId(id);
  found.membership = Six();
  found.log_start = kFirstLogLsn;
  return CopyState(found);
}
void GivePromise(CopyState& copy, int epoch, const Uuid& writer = kWriterA) {
  ASSERT_EQ(copy.OnPromise(Epoch(epoch), writer), PromiseIs::kPersist);
  copy.PromisePersisted(Epoch(epoch));
}
/// Appends and finishes the write.
Append AppendNow(CopyState& copy, int sender, const BatchHeader& h) {
  const Append verdict = copy.OnAppend(Epoch(sender), h);
  if (verdict <= Append::kTruncateThenAppend) copy.OnWritten(h.first_lsn, h.epoch);
  return verdict;
}

TEST(CopyPromise, OneEpochOneWriter) {
  CopyState copy = Fresh();
  GivePromise(copy, 3);
  EXPECT_EQ(copy.OnPromise(Epoch(3), kWriterA), PromiseIs::kHeld);
  EXPECT_EQ(copy.OnPromise(Epoch(3), kWriterB), PromiseIs::kRefused);
  EXPECT_EQ(copy.OnPromise(Epoch(2), kWriterB), PromiseIs::kRefused);
  EXPECT_EQ(copy.OnPromise(Epoch(4), kWriterB), PromiseIs::kPersist);
}

TEST(CopyPromise, FencesFromTheMomentItIsAskedFor) {
  CopyState copy = Fresh();
  GivePromise(copy, 1);
  const BatchHeader first = Next({}, Epoch(1), 11, 4096);
  ASSERT_EQ(copy.OnPromise(Epoch(2), kWriterB), PromiseIs::kPersist);
  EXPECT_EQ(copy.OnAppend(Epoch(1), first),
            Append::kFenced);  // not on disk yet, fenced all the same
  EXPECT_EQ(copy.OnAppend(Epoch(2), first),
            Append::kUnpromised);  // and not open for the new one either
  copy.PromisePersisted(Epoch(2));
  EXPECT_EQ(copy.OnAppend(Epoch(2), Next({}, Epoch(2), 12, 4096)), Append::kAppend);
}

TEST(CopyAppend, RefusesAnOlderEpochThanItsTailEvenUnpromised) {
  CopyState copy = Fresh();
  GivePromise(copy, 1);
  // A peer brought it a durable batch of epoch 2 while it still promises epoch 1.
  const BatchHeader opening = Next({}, Epoch(2), 21, 4096);
  ASSERT_EQ(copy.OnPeerBatch(opening, opening.end_lsn), Append::kAppend);
  copy.OnWritten(opening.first_lsn, opening.epoch);
  EXPECT_EQ(copy.OnAppend(Epoch(1), Next(After(opening), Epoch(1), 22)), Append::kFenced);
  EXPECT_EQ(copy.OnPromise(Epoch(1), kWriterA), PromiseIs::kRefused);
}

TEST(CopyAppend, AcknowledgesOnlyWhatChainsGaplessly) {
  CopyState copy = Fresh();
  GivePromise(copy, 1);
  const BatchHeader b1 = Next({}, Epoch(1), 1, 4096);
  const BatchHeader b2 = Next(After(b1), Epoch(1), 2);
  const BatchHeader b3 = Next(After(b2), Epoch(1), 3);
  EXPECT_EQ(copy.OnAppend(Epoch(1), b2), Append::kGap);
  EXPECT_EQ(copy.OnAppend(Epoch(1), b1), Append::kAppend);
  EXPECT_EQ(copy.OnAppend(Epoch(1), b3), Append::kGap);
  EXPECT_EQ(copy.OnAppend(Epoch(1), b2), Append::kAppend);
  EXPECT_EQ(copy.OnAppend(Epoch(1), b2), Append::kDuplicate);
  copy.OnWritten(b2.first_lsn, Epoch(1));
  EXPECT_EQ(copy.acknowledged(), kFirstLogLsn);  // b1 is still under way
  copy.OnWritten(b1.first_lsn, Epoch(1));
  EXPECT_EQ(copy.acknowledged(), b2.end_lsn);
  BatchHeader other = Next(After(b2), Epoch(1), 4);
  other.prev_checksum ^= 1;
  EXPECT_EQ(copy.OnAppend(Epoch(1), other), Append::kDiverged);
}

TEST(CopyApply, OnlyWhatIsKnownDurable) {
  CopyState copy = Fresh();
  GivePromise(copy, 1);
  const BatchHeader b1 = Next({}, Epoch(1), 1, 4096);
  const BatchHeader b2 = Next(After(b1), Epoch(1), 2, 0, b1.end_lsn);
  AppendNow(copy, 1, b1);
  EXPECT_LT(copy.applicable(), b1.end_lsn);
  AppendNow(copy, 1, b2);
  EXPECT_EQ(copy.applicable(), b1.end_lsn);
  copy.OnVdl(Epoch(1), b2.end_lsn + kBlockBytes);  // ahead of what it has
  EXPECT_EQ(copy.applicable(), b2.end_lsn);
  const BatchHeader b3 = Next(After(b2), Epoch(1), 3);
  EXPECT_EQ(copy.OnAppend(Epoch(1), b3), Append::kAppend);
  EXPECT_EQ(copy.applicable(), b2.end_lsn);  // not before it is on disk
  copy.OnWritten(b3.first_lsn, Epoch(1));
  EXPECT_EQ(copy.applicable(), b3.end_lsn);
}

/// A copy with b1 durable everywhere and b2 (epoch 1) left over alone.
struct LeftOver {
  CopyState copy = Fresh();
  BatchHeader b1 = Next({}, Epoch(1), 1, 4096);
  BatchHeader b2 = Next(After(b1), Epoch(1), 2);
  LeftOver() {
    GivePromise(copy, 1);
    AppendNow(copy, 1, b1);
    AppendNow(copy, 1, b2);
    copy.OnVdl(Epoch(1), b1.end_lsn);
    GivePromise(copy, 2, kWriterB);
  }
};

TEST(CopyApply, AnUnverifiedTailIsNeitherAcknowledgedNorApplied) {
  LeftOver l;
  EXPECT_EQ(l.copy.acknowledged(), l.b1.end_lsn);
  l.copy.OnVdl(Epoch(2), l.b2.end_lsn + (1 << 20));  // of a log in which b2 was annulled
  EXPECT_EQ(l.copy.applicable(), l.b1.end_lsn);
  EXPECT_EQ(l.copy.OnAppend(Epoch(2), l.b1), Append::kDuplicate);
  EXPECT_EQ(l.copy.acknowledged(), l.b1.end_lsn);
}

TEST(CopyAppend, OnlyAnEpochOpeningCutsAndOnlyAboveTheVdl) {
  LeftOver l;
  BatchHeader sneaky = Next(After(l.b1), Epoch(2), 9);
  EXPECT_EQ(l.copy.OnAppend(Epoch(2), sneaky), Append::kDiverged);  // does not open an epoch
  const BatchHeader below = Next({}, Epoch(2), 9, 1 << 20);
  EXPECT_EQ(l.copy.OnAppend(Epoch(2), below), Append::kDiverged);  // would cut b1, known durable
  const BatchHeader opening = Next(After(l.b1), Epoch(2), 9, 1 << 20);
  EXPECT_EQ(l.copy.OnAppend(Epoch(2), opening), Append::kTruncateThenAppend);
  EXPECT_EQ(l.copy.acknowledged(), l.b1.end_lsn);
  l.copy.OnWritten(l.b2.first_lsn, Epoch(1));  // a late completion of what was cut
  EXPECT_EQ(l.copy.acknowledged(), l.b1.end_lsn);
  l.copy.OnWritten(opening.first_lsn, Epoch(2));
  EXPECT_EQ(l.copy.acknowledged(), opening.end_lsn);
}

TEST(CopyAppend, WhatThisEpochConfirmedIsNeverCut) {
  LeftOver l;
  const BatchHeader opening2 = Next(After(l.b1), Epoch(2), 9, 1 << 20);
  AppendNow(l.copy, 2, opening2);
  EXPECT_EQ(l.copy.OnAppend(Epoch(2), Next(After(l.b1), Epoch(2), 8, 2 << 20)), Append::kDiverged);
}

TEST(CopyAppend, AnOpeningThatFailedElsewhereIsCutByTheKeptLog) {
  LeftOver l;
  // Epoch 2 kept b1 and opened here only; epoch 3 found b2 elsewhere, kept it and opened behind it.
  AppendNow(l.copy, 2, Next(After(l.b1), Epoch(2), 9, 1 << 20));
  GivePromise(l.copy, 3);
  EXPECT_EQ(AppendNow(l.copy, 3, l.b2), Append::kTruncateThenAppend);
  const BatchHeader opening3 = Next(After(l.b2), Epoch(3), 10, 1 << 20);
  EXPECT_EQ(AppendNow(l.copy, 3, opening3), Append::kAppend);
  EXPECT_EQ(l.copy.acknowledged(), opening3.end_lsn);
}

TEST(CopyAppend, ALeftOverOpeningIsNoContradiction) {
  LeftOver l;
  // Epoch 2 opened here and nowhere else; epoch 3 kept the same log and opened above it.
  AppendNow(l.copy, 2, Next(After(l.b1), Epoch(2), 9, 1 << 20));
  GivePromise(l.copy, 3);
  const BatchHeader opening3 = Next(After(l.b1), Epoch(3), 10, (1 << 20) + kBlockBytes);
  const BatchHeader opening4 = Next(After(opening3), Epoch(4), 11, 1 << 20);
  GivePromise(l.copy, 4);
  EXPECT_EQ(l.copy.OnAppend(Epoch(4), opening4), Append::kGap);
  EXPECT_EQ(AppendNow(l.copy, 4, opening3), Append::kTruncateThenAppend);
  EXPECT_EQ(AppendNow(l.copy, 4, opening4), Append::kAppend);
  EXPECT_EQ(l.copy.acknowledged(), opening4.end_lsn);
}

TEST(CopyAppend, OnlyAnOpeningFollowsABatchOfAnotherEpoch) {
  CopyState copy = Fresh();
  GivePromise(copy, 1);
  const BatchHeader b1 = Next({}, Epoch(1), 1, 4096);
  AppendNow(copy, 1, b1);
  GivePromise(copy, 2, kWriterB);
  EXPECT_EQ(copy.OnAppend(Epoch(2), Next(After(b1), Epoch(2), 2)), Append::kDiverged);
  EXPECT_EQ(copy.OnAppend(Epoch(2), Next(After(b1), Epoch(2), 2, 1 << 20)), Append::kAppend);
}

TEST(CopyPeers, GiveOnlyWhatIsDurable) {
  CopyState copy = Fresh();
  const BatchHeader b1 = Next({}, Epoch(1), 1, 4096);
  EXPECT_EQ(copy.OnPeerBatch(b1, b1.end_lsn - kBlockBytes), Append::kDiverged);
  EXPECT_EQ(copy.OnPeerBatch(b1, b1.end_lsn), Append::kAppend);
  copy.OnWritten(b1.first_lsn, Epoch(1));
  EXPECT_EQ(copy.applicable(), b1.end_lsn);
}

TEST(CopyPeers, AreGivenOnlyWhatIsKnownDurableInThisEpoch) {
  LeftOver l;
  EXPECT_EQ(l.copy.given_to_peers(), l.b1.end_lsn);  // b2 may be annulled by epoch 2
  EXPECT_EQ(l.copy.given_to_candidate(Epoch(2)), l.b2.end_lsn);
  EXPECT_EQ(l.copy.given_to_candidate(Epoch(1)), Lsn());
  EXPECT_EQ(AppendNow(l.copy, 2, l.b2), Append::kDuplicate);
  EXPECT_EQ(l.copy.given_to_peers(), l.b1.end_lsn);  // this epoch's, but not durable yet
  l.copy.OnVdl(Epoch(1), l.b2.end_lsn);
  EXPECT_EQ(l.copy.given_to_peers(), l.b1.end_lsn);  // said by a writer of another epoch
  l.copy.OnVdl(Epoch(2), l.b2.end_lsn);
  EXPECT_EQ(l.copy.given_to_peers(), l.b2.end_lsn);
}

TEST(CopyRestart, KnowsOnlyItsVdlToBeDurable) {
  const BatchHeader b1 = Next({}, Epoch(1), 1, 4096);
  const BatchHeader b2 = Next(After(b1), Epoch(1), 2, 0, b1.end_lsn);
  CopyState::Found found;
  found.copy = CopyId(1);
  found.promised = Epoch(1);
  found.writer = kWriterA;
  found.membership = Six();
  found.tail = After(b2);
  found.index = {{b1.prev_end, b1.first_lsn, b1.end_lsn, Epoch(1), 1},
                 {b2.prev_end, b2.first_lsn, b2.end_lsn, Epoch(1), 2}};
  found.log_start = b1.prev_end;
  found.vdl = b1.end_lsn;
  CopyState copy(found);
  EXPECT_EQ(copy.applicable(), b1.end_lsn);
  EXPECT_EQ(copy.OnPromise(Epoch(1), kWriterA), PromiseIs::kHeld);
  EXPECT_EQ(copy.OnAppend(Epoch(1), b2), Append::kDuplicate);
  EXPECT_EQ(copy.acknowledged(), b2.end_lsn);
}

TEST(Tracker, DurableAtFourOfSix) {
  AppendTracker tracker(Six(), Lsn(100));
  tracker.OnSent(Lsn(300));
  EXPECT_FALSE(tracker.OnAck(CopyId(1), Lsn(300)));
  EXPECT_FALSE(tracker.OnAck(CopyId(2), Lsn(300)));
  EXPECT_FALSE(tracker.OnAck(CopyId(3), Lsn(200)));
  EXPECT_FALSE(tracker.OnAck(CopyId(99), Lsn(300)));  // no member
  EXPECT_TRUE(tracker.OnAck(CopyId(4), Lsn(300)));
  EXPECT_EQ(tracker.vdl(), Lsn(200));
  EXPECT_FALSE(tracker.OnAck(CopyId(5), Lsn(400)));  // never sent
  EXPECT_FALSE(tracker.OnAck(CopyId(4), Lsn(200)));  // cumulative: never back
  EXPECT_TRUE(tracker.OnAck(CopyId(3), Lsn(300)));
  EXPECT_EQ(tracker.vdl(), Lsn(300));
}

/// What is sent and lost lies inside the range the next epoch annuls: no LSN is used twice.
TEST(Tracker, RunsNoFurtherAheadThanTheNextEpochAnnuls) {
  AppendTracker tracker(Six(), Lsn(4096));
  EXPECT_EQ(tracker.room(), kMaxAheadBytes);
  tracker.OnSent(Lsn(4096 + (60 << 20)));
  EXPECT_EQ(tracker.room(), kMaxAheadBytes - (60 << 20));
  for (int id : {1, 2, 3, 4}) tracker.OnAck(CopyId(id), Lsn(4096 + (50 << 20)));
  EXPECT_EQ(tracker.room(), kMaxAheadBytes - (10 << 20));
  EXPECT_DEATH(tracker.OnSent(Lsn(4096 + (50 << 20) + kMaxAheadBytes + 4096)), "CHECK");
  RecoverySession r(Six(), Epoch(5));
  for (int id : {1, 2, 3, 4}) {
    CopyReport report;
    report.copy = CopyId(id);
    report.accepted = true;
    report.promised = Epoch(5);
    report.tail = {Lsn(4096 + (50 << 20)), Epoch(4), Lsn(4096), 1};
    report.membership = Six();
    r.OnPromise(report);
  }
  r.Choose(true);
  EXPECT_GE(r.opening_lsn(), Lsn(4096 + (50 << 20)) + kMaxAheadBytes);
}

TEST(Tracker, AMembershipChangeNeedsBothSets) {
  Membership six = Six();
  AppendTracker tracker(six, Lsn(100));
  tracker.OnSent(Lsn(300));
  const Membership both = *six.Replacing(CopyId(6), CopyId(7));
  tracker.SetMembership(both);
  for (int id : {1, 2, 6}) tracker.OnAck(CopyId(id), Lsn(300));
  EXPECT_FALSE(tracker.OnAck(CopyId(7), Lsn(300)));  // three of the old, three of the new
  EXPECT_TRUE(tracker.OnAck(CopyId(3), Lsn(300)));
  EXPECT_EQ(tracker.vdl(), Lsn(300));
  tracker.OnSent(Lsn(500));
  for (int id : {1, 2, 3}) tracker.OnAck(CopyId(id), Lsn(500));
  EXPECT_FALSE(tracker.OnAck(CopyId(6), Lsn(500)));  // four of the old, three of the new
  EXPECT_TRUE(tracker.OnAck(CopyId(7), Lsn(500)));
  tracker.OnSent(Lsn(700));
  for (int id : {1, 2, 3}) tracker.OnAck(CopyId(id), Lsn(700));
  EXPECT_FALSE(tracker.OnAck(CopyId(7), Lsn(700)));  // three of the old, four of the new
  EXPECT_TRUE(tracker.OnAck(CopyId(6), Lsn(700)));
}

TEST(MembershipRule, OneChangeAtATimeAndBothQuorums) {
  const Membership both = *Six().Replacing(CopyId(1), CopyId(7));
  EXPECT_FALSE(both.Replacing(CopyId(2), CopyId(8)).ok());
  EXPECT_FALSE(Six().Replacing(CopyId(9), CopyId(7)).ok());
  EXPECT_FALSE(Six().Replacing(CopyId(1), CopyId(2)).ok());
  EXPECT_FALSE(Six().Settled().ok());
  EXPECT_TRUE(both.IsWriteQuorum(Ids({2, 3, 4, 5})));
  EXPECT_FALSE(both.IsWriteQuorum(Ids({1, 2, 3, 4})));  // three of the new set
  EXPECT_FALSE(both.IsWriteQuorum(Ids({7, 2, 3, 4})));  // three of the old set
  EXPECT_TRUE(both.Settled()->IsWriteQuorum(Ids({7, 2, 3, 4})));
  EXPECT_TRUE(both.IsReadQuorum(Ids({2, 3, 4})));
  EXPECT_FALSE(both.IsReadQuorum(Ids({1, 2, 3})));  // two of the new set
  EXPECT_FALSE(both.IsReadQuorum(Ids({7, 2, 3})));  // two of the old set
  EXPECT_EQ(*Membership::Decode(both.Encode()), both);
}

TEST(MembershipRule, AnImpossibleRecordIsRefused) {
  Membership longer = Six();
  longer.members.emplace_back(7);
  EXPECT_EQ(Membership::Decode(longer.Encode()).status().code(), StatusCode::kDataLoss);
  Membership lopsided = Six();
  lopsided.next = {CopyId(1)};
  EXPECT_EQ(Membership::Decode(lopsided.Encode()).status().code(), StatusCode::kDataLoss);
  EXPECT_TRUE(Membership::Decode(Membership().Encode()).ok());
}

CopyReport Promised(int id, const LogTail& tail, Lsn vdl = Lsn(), int epoch = 5) {
  CopyReport r;
  r.copy = CopyId(id);
  r.accepted = true;
  r.promised = Epoch(epoch);
  r.tail = tail;
  r.vdl = vdl;
  r.membership = Six();
  return r;
}
LogTail TailOf(int epoch, uint64_t end, uint64_t checksum = 1) {
  return {Lsn(end), Epoch(epoch), Lsn(end - kBlockBytes), checksum};
}
using Step = RecoverySession::Step;

TEST(Recovery, NeedsAWriteQuorumOfPromises) {
  RecoverySession r(Six(), Epoch(5));
  for (int id : {1, 2, 3}) r.OnPromise(Promised(id, TailOf(4, 8192)));
  r.OnPromise(Promised(99, TailOf(4, 8192)));  // no member
  CopyReport amnesiac = Promised(4, TailOf(4, 8192));
  amnesiac.standing = CopyStanding::kRebuilding;
  r.OnPromise(amnesiac);
  r.Choose(true);
  EXPECT_EQ(r.step(), Step::kCollect);
  r.OnPromise(Promised(5, TailOf(4, 8192)));
  r.Choose(false);
  EXPECT_EQ(r.step(), Step::kOpen);
}

TEST(Recovery, HighestEpochThenLongestOneHolderIsEnough) {
  RecoverySession r(Six(), Epoch(5));
  r.OnPromise(Promised(1, TailOf(3, 1 << 20)));  // longer, of an older epoch
  r.OnPromise(Promised(2, TailOf(4, 40960)));
  r.OnPromise(Promised(3, TailOf(4, 45056), Lsn(40960)));
  r.OnPromise(Promised(4, TailOf(3, 1 << 20), Lsn(8192)));
  r.Choose(true);
  ASSERT_EQ(r.step(), Step::kShip);
  EXPECT_EQ(r.kept(), TailOf(4, 45056));
  EXPECT_EQ(r.source(), CopyId(3));
  const auto behind = r.behind();
  ASSERT_EQ(behind.size(), 3u);
  EXPECT_EQ(behind[0].from, Lsn());       // copy 1: an older epoch's tail proves nothing
  EXPECT_EQ(behind[1].from, Lsn(40960));  // copy 2: same epoch, a beginning of the kept log
  EXPECT_EQ(behind[2].from, Lsn(8192));
  r.OnAck(CopyId(2), Lsn(45056));
  r.OnAck(CopyId(1), Lsn(40960));
  r.OnAck(CopyId(4), Lsn(45056));
  EXPECT_EQ(r.step(), Step::kShip);  // three
  r.OnAck(CopyId(1), Lsn(45056));
  EXPECT_EQ(r.step(), Step::kOpen);
  EXPECT_EQ(r.opening_lsn(), Lsn(45056 + kMaxAheadBytes + 5 * kBlockBytes));
}

/// A copy that was replaced, or is not admitted yet, may hold what was annulled long ago.
TEST(Recovery, WhatAStrangerHoldsIsNotKept) {
  RecoverySession r(Six(), Epoch(5));
  r.OnPromise(Promised(99, TailOf(4, 1 << 20), Lsn(1 << 20)));
  for (int id : {1, 2, 3, 4}) r.OnPromise(Promised(id, TailOf(4, 8192)));
  r.Choose(true);
  EXPECT_EQ(r.step(), Step::kOpen);
  EXPECT_EQ(r.kept(), TailOf(4, 8192));
}

TEST(Recovery, NoTwoCandidatesOpenAtOnePosition) {
  RecoverySession first(Six(), Epoch(5)), second(Six(), Epoch(6));
  for (int id : {1, 2, 3, 4}) first.OnPromise(Promised(id, TailOf(4, 8192)));
  for (int id : {3, 4, 5, 6}) second.OnPromise(Promised(id, TailOf(4, 8192), Lsn(), 6));
  first.Choose(true);
  second.Choose(true);
  ASSERT_EQ(first.kept(), second.kept());
  EXPECT_GE(second.opening_lsn(), first.opening_lsn() + kBlockBytes);
}

TEST(Recovery, OpenOnlyWhenTheOpeningIsAtAWriteQuorum) {
  RecoverySession r(Six(), Epoch(5));
  for (int id : {1, 2, 3, 4}) r.OnPromise(Promised(id, TailOf(4, 8192)));
  r.Choose(true);
  ASSERT_EQ(r.step(), Step::kOpen);
  const Lsn end = r.opening_lsn() + kBlockBytes;
  r.OnAck(CopyId(1), end);  // before it was made: nonsense
  r.OnOpening(end);
  for (int id : {2, 3, 4}) r.OnAck(CopyId(id), end);
  EXPECT_EQ(r.step(), Step::kOpen);
  r.OnAck(CopyId(1), end);
  EXPECT_EQ(r.step(), Step::kDone);
}

TEST(Recovery, AnUncertainTailDoesNotVouchForTheEnd) {
  RecoverySession r(Six(), Epoch(5));
  for (int id : {1, 2, 3, 4}) {
    CopyReport report = Promised(id, TailOf(4, 8192));
    report.uncertain = id <= 2;  // two certain ones: below the read quorum
    r.OnPromise(report);
  }
  r.Choose(false);
  EXPECT_EQ(r.step(), Step::kCollect);
  r.OnPromise(Promised(5, TailOf(4, 12288)));  // and indeed one more holds the batch
  r.Choose(false);
  EXPECT_EQ(r.kept(), TailOf(4, 12288));
}

TEST(Recovery, UncertainTailsAreTornWhenEveryReachableCopyAnswered) {
  RecoverySession r(Six(), Epoch(5));
  for (int id : {1, 2, 3, 4}) {
    CopyReport report = Promised(id, TailOf(4, 8192));
    report.uncertain = true;
    r.OnPromise(report);
  }
  r.Choose(false);
  EXPECT_EQ(r.step(), Step::kCollect);
  r.Choose(true);
  EXPECT_EQ(r.step(), Step::kOpen);
}

TEST(Recovery, NeverEndsBelowAKnownVdl) {
  RecoverySession r(Six(), Epoch(5));
  for (int id : {1, 2, 3}) r.OnPromise(Promised(id, TailOf(4, 8192)));
  r.OnPromise(Promised(4, TailOf(4, 8192), Lsn(12288)));
  r.Choose(true);
  EXPECT_EQ(r.step(), Step::kFailed);
  EXPECT_EQ(r.status().code(), StatusCode::kDataLoss);
}

TEST(Recovery, StartsOverWithANewerMembership) {
  RecoverySession r(Six(), Epoch(5));
  for (int id : {1, 2, 3}) r.OnPromise(Promised(id, TailOf(4, 8192)));
  CopyReport newer = Promised(4, TailOf(4, 8192));
  newer.membership = *Six().Replacing(CopyId(6), CopyId(7));
  r.OnPromise(newer);
  EXPECT_EQ(r.step(), Step::kRestart);
  EXPECT_EQ(r.membership(), newer.membership);
}

TEST(Recovery, GivesWayToANewerEpoch) {
  RecoverySession r(Six(), Epoch(5));
  CopyReport refused = Promised(1, TailOf(4, 8192));
  refused.accepted = false;
  refused.promised = Epoch(9);
  r.OnPromise(refused);
  EXPECT_EQ(r.step(), Step::kRestart);
  EXPECT_EQ(r.above_epoch(), Epoch(9));
}

TEST(Messages, RoundTripAndTruncation) {
  PromiseReply reply{Epoch(5),
                     {Promised(1, TailOf(4, 8192), Lsn(7)), Promised(2, TailOf(3, 4096 * 9))}};
  const std::string bytes = reply.Encode();
  const auto back = PromiseReply::Decode(bytes);
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(back->copies[1].tail, reply.copies[1].tail);
  EXPECT_EQ(back->copies[0].membership, Six());
  for (size_t cut = 0; cut < bytes.size(); ++cut)
    EXPECT_FALSE(PromiseReply::Decode(bytes.substr(0, cut)).ok());
  const Ack ack{Epoch(2), {{CopyId(1), AckState::kGap, Epoch(2), Lsn(4096)}}};
  const std::string ack_bytes = ack.Encode();
  EXPECT_EQ(Ack::Decode(ack_bytes)->copies[0].end, Lsn(4096));
  for (size_t cut = 0; cut < ack_bytes.size(); ++cut)
    EXPECT_FALSE(Ack::Decode(ack_bytes.substr(0, cut)).ok());
}

}  // namespace
}  // namespace sixfold::storage
