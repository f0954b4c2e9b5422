#include "storage/log/segment_log.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "core/base/bytes.h"
#include "core/base/checksum.h"
#include "core/base/posix_disk.h"
#include "storage/log/superblock.h"

namespace sixfold::storage {
namespace {

const Uuid kVolume = *Uuid::Parse("11111111-2222-4333-8444-555555555555");

class SegmentLogTest : public testing::Test {
 protected:
  SegmentLogTest() {
    char name[] = "/tmp/sixfold-log-XXXXXX";
    folder_ = mkdtemp(name);
    Reopen();
  }
  ~SegmentLogTest() override {
    log_.reset();
    std::filesystem::remove_all(folder_);
  }

  void Reopen(Lsn needed_from = Lsn()) {
    log_.reset();
    disk_ = std::make_unique<PosixDisk>(loop_);
    auto log = SegmentLog::Open(*disk_, folder_ + "/log", kVolume, {.segment_bytes = 32 << 10},
                                needed_from);
    ASSERT_TRUE(log.ok()) << log.status();
    log_ = std::move(*log);
  }

  /// A batch that chains to `tail`, with a payload of about `bytes`.
  std::shared_ptr<const AlignedBuffer> Make(const LogTail& tail, size_t bytes, BatchHeader* header,
                                            Epoch epoch = Epoch(1), uint64_t annul = 0) {
    BatchBuilder builder(tail.end + annul);
    std::string record;
    EncodeRecord({.txn = TxnId(1), .epoch = epoch},
                 std::vector<Mutation>{{MutationKind::kPut, "k", std::string(bytes, 'v')}}, {},
                 &record);
    builder.Append(record);
    *header = {.flags = static_cast<uint16_t>(annul > 0 ? kBatchOpensEpoch : 0),
               .volume = kVolume,
               .epoch = epoch,
               .prev_lsn = tail.last_lsn,
               .prev_checksum = tail.last_checksum,
               .prev_end = tail.end};
    return std::make_shared<AlignedBuffer>(builder.Finish(header));
  }

  void Append(size_t bytes, Epoch epoch = Epoch(1), uint64_t annul = 0) {
    BatchHeader header;
    auto batch = Make(log_->tail(), bytes, &header, epoch, annul);
    bool done = false;
    log_->Append(batch, header, [&](Status status) {
      ASSERT_TRUE(status.ok()) << status;
      done = true;
      loop_.Stop();
    });
    disk_->Flush();
    if (!done) loop_.Run();
    ASSERT_TRUE(done);
  }

  void Damage(Lsn lsn, char with) {
    const auto names = disk_->List(folder_ + "/log");
    for (const auto& name : *names) {
      const std::string path = folder_ + "/log/" + name;
      auto file = disk_->Open(path);
      AlignedBuffer whole((*file)->size());
      whole.Resize((*file)->size());
      ASSERT_TRUE((*file)->Read(0, whole.size(), whole.data()).ok());
      for (size_t at = kBlockBytes; at < whole.size(); at += kBlockBytes) {
        auto header = BatchHeader::Decode(whole.view().substr(at));
        if (!header.ok() || header->first_lsn != lsn) continue;
        whole.data()[at + 150] = with;
        ASSERT_TRUE((*file)->WriteNow(at, whole.view().substr(at, kBlockBytes)).ok());
      }
    }
  }

  std::string folder_;
  EventLoop loop_;
  std::unique_ptr<PosixDisk> disk_;
  std::unique_ptr<SegmentLog> log_;
};

TEST_F(SegmentLogTest, SurvivesReopenAcrossSegments) {
  for (int i = 0; i < 30; ++i) Append(100 + i * 300);
  Append(100'000);  // larger than a segment
  Append(10);
  const LogTail tail = log_->tail();
  const size_t batches = log_->index().size();
  Reopen();
  EXPECT_EQ(log_->tail(), tail);
  EXPECT_EQ(log_->index().size(), batches);
  EXPECT_FALSE(log_->damaged_at_tail());
  std::string bytes;
  ASSERT_TRUE(log_->Read(kFirstLogLsn, kMaxLsn, 1 << 30, &bytes).ok());
  size_t found = 0;
  for (std::string_view rest = bytes; !rest.empty(); ++found) {
    auto batch = BatchView::Parse(rest);
    ASSERT_TRUE(batch.ok()) << batch.status();
    rest.remove_prefix(batch->bytes().size());
  }
  EXPECT_EQ(found, batches);
  Append(10);
}

TEST_F(SegmentLogTest, EpochOpeningCutsTheOldTailForGood) {
  for (int i = 0; i < 3; ++i) Append(10);
  const LogTail kept = log_->tail();
  for (int i = 0; i < 12; ++i) Append(10);  // reaches into a second segment
  log_->TruncateTo(kept.end);
  EXPECT_EQ(log_->tail(), kept);
  Append(10, Epoch(2), 1 << 20);
  Append(10, Epoch(2));
  const LogTail tail = log_->tail();
  EXPECT_EQ(tail.end, kept.end + (1 << 20) + 2 * kBlockBytes);
  Reopen();
  EXPECT_EQ(log_->tail(), tail);
  EXPECT_EQ(log_->index().size(), 5u);
}

TEST_F(SegmentLogTest, AFailedOpeningDoesNotHideTheKeptLog) {
  Append(10);
  const LogTail kept = log_->tail();
  Append(10);
  const LogTail longer = log_->tail();
  // Epoch 2 opens behind the first batch; then epoch 3 brings the second one after all and opens.
  log_->TruncateTo(kept.end);
  Append(10, Epoch(2), 1 << 20);
  log_->TruncateTo(kept.end);
  Append(10);
  EXPECT_EQ(log_->tail().end, longer.end);
  const Lsn drained = log_->tail().end;
  Append(10, Epoch(3), 2 << 20);
  const LogTail tail = log_->tail();
  Reopen();
  EXPECT_EQ(log_->tail(), tail);
  EXPECT_EQ(log_->index().size(), 3u);
  Reopen(drained);
  EXPECT_EQ(log_->tail(), tail);
}

TEST_F(SegmentLogTest, TheLogAgreesWithTheBase) {
  Append(10);
  const LogTail kept = log_->tail();
  Append(10);
  const LogTail longer = log_->tail();
  log_->TruncateTo(kept.end);
  Append(10, Epoch(2), 1 << 20);
  // The base took the second batch, so epoch 2's opening, which annuls it, cannot be the log.
  Reopen(longer.end);
  EXPECT_EQ(log_->tail(), longer);
}

TEST_F(SegmentLogTest, TornOrRottenTailIsReported) {
  for (int i = 0; i < 4; ++i) Append(10);
  const Lsn last = log_->tail().last_lsn;
  Damage(last, 'x');
  Reopen();
  EXPECT_EQ(log_->tail().end, last);
  EXPECT_TRUE(log_->damaged_at_tail());
  Append(10);  // the position may be written again: nobody was told it was durable
  Reopen();
  EXPECT_FALSE(log_->damaged_at_tail());
}

TEST_F(SegmentLogTest, DamageInTheMiddleIsNotTakenForTheEnd) {
  for (int i = 0; i < 20; ++i) Append(10);
  Damage(kFirstLogLsn + 2 * kBlockBytes, 'x');
  Reopen();
  EXPECT_EQ(log_->tail().end, kFirstLogLsn + 2 * kBlockBytes);
  EXPECT_TRUE(log_->damaged_at_tail());
  Append(10);
}

TEST_F(SegmentLogTest, RecyclesFilesAndReadsOnlyFromStart) {
  for (int i = 0; i < 20; ++i) Append(10);
  const uint64_t before = log_->bytes_on_disk();
  const Lsn keep = log_->tail().last_lsn;
  log_->RecycleBefore(keep);
  EXPECT_GT(log_->start(), kFirstLogLsn);
  EXPECT_LE(log_->start(), keep);
  std::string bytes;
  EXPECT_EQ(log_->Read(kFirstLogLsn, kMaxLsn, 1 << 20, &bytes).code(), StatusCode::kOutOfRange);
  for (int i = 0; i < 20; ++i) Append(10);
  EXPECT_LE(log_->bytes_on_disk(), before + (64 << 10));
  const LogTail tail = log_->tail();
  Reopen(keep);
  EXPECT_EQ(log_->tail(), tail);
}

/// What it acknowledged counts, also while the base it went on from is being rebuilt.
TEST_F(SegmentLogTest, WithoutABaseTheLogIsKeptWhereverItStarts) {
  for (int i = 0; i < 30; ++i) Append(3000);
  const auto names = disk_->List(folder_ + "/log");
  ASSERT_TRUE(disk_->Remove(folder_ + "/log/" + names->front()).ok());
  Reopen(log_->index().back().prev_end);  // the base has it
  ASSERT_GT(log_->start(), kFirstLogLsn);
  const LogTail tail = log_->tail();
  const Lsn start = log_->start();
  log_.reset();
  auto log = SegmentLog::Open(*disk_, folder_ + "/log", kVolume, {.segment_bytes = 32 << 10},
                              std::nullopt);
  ASSERT_TRUE(log.ok()) << log.status();
  EXPECT_EQ((*log)->tail(), tail);
  EXPECT_EQ((*log)->start(), start);
}

TEST_F(SegmentLogTest, LogBehindTheBaseStartsOver) {
  for (int i = 0; i < 3; ++i) Append(10);
  const Lsn applied = log_->tail().end + (1 << 20);
  Reopen(applied);
  EXPECT_EQ(log_->tail().end, applied);
  EXPECT_EQ(log_->tail().last_lsn, Lsn());
}

/// The range it annuls has no place in a file: it starts a fresh one.
TEST_F(SegmentLogTest, AnOpeningIsFoundAgainBehindTheRangeItAnnuls) {
  Append(100);
  Append(100, Epoch(2), 2 * kBlockBytes);
  Append(100, Epoch(2));
  const LogTail tail = log_->tail();
  Reopen();
  EXPECT_EQ(log_->tail(), tail);
  EXPECT_EQ(log_->index().size(), 3u);
}

/// Epoch 2 opened here only, high above; epoch 3 kept less and opened below it.
TEST_F(SegmentLogTest, AfterARestartTheHighestEpochCountsNotTheLongestLog) {
  Append(100);
  const Lsn kept = log_->tail().end;
  Append(100, Epoch(2), 64 * kBlockBytes);
  while (log_->bytes_on_disk() <
         3 * (32 << 10)) {  // a fresh file is ready: epoch 2's is left alone
    const auto wake = loop_.After(1000, [this] { loop_.Stop(); });
    loop_.Run();
  }
  log_->TruncateTo(kept);
  Append(100, Epoch(3), 3 * kBlockBytes);
  const LogTail tail = log_->tail();
  Reopen();
  EXPECT_EQ(log_->tail(), tail);
  EXPECT_EQ(log_->tail().epoch, Epoch(3));
}

TEST_F(SegmentLogTest, AFirstBatchLargerThanTheFirstSegment) {
  log_.reset();
  auto log =
      SegmentLog::Open(*disk_, folder_ + "/other", kVolume, {.segment_bytes = 8 << 20}, Lsn());
  ASSERT_TRUE(log.ok()) << log.status();
  log_ = std::move(*log);
  Append(100);
  Append(3 << 20);
  Append(9 << 20);
  Append(100);
  EXPECT_EQ(log_->index().size(), 4u);
}

TEST_F(SegmentLogTest, RefusesALogOfAnotherVolume) {
  Append(10);
  disk_ = std::make_unique<PosixDisk>(loop_);
  auto other =
      SegmentLog::Open(*disk_, folder_ + "/log", Uuid{}, {.segment_bytes = 32 << 10}, Lsn());
  EXPECT_EQ(other.status().code(), StatusCode::kFailedPrecondition);
  log_.reset();
}

TEST(SuperblockSlot, OneThatNobodyCouldHaveWrittenIsRefused) {
  const std::string name(kSuperblockNameBytesMax, 'n');
  std::string slot = Superblock{.cluster_id = name}.Encode();
  EXPECT_EQ(Superblock::Decode(slot)->cluster_id, name);
  constexpr size_t kClusterAt = 73;  // its length in two bytes, 255 and then 256
  slot[kClusterAt] = '\x80';
  slot[kClusterAt + 1] = '\x02';
  slot.resize(kBlockBytes - sizeof(uint64_t));
  PutFixed(&slot, Checksum64(slot));
  EXPECT_EQ(Superblock::Decode(slot).status().code(), StatusCode::kDataLoss);
}

TEST_F(SegmentLogTest, SuperblockKeepsTheLastDurableSlot) {
  const std::string path = folder_ + "/superblock";
  {
    auto file = SuperblockFile::Create(
        *disk_, path, {.volume = kVolume, .copy = CopyId(3), .cluster_id = "demo", .az = "az-a"});
    ASSERT_TRUE(file.ok()) << file.status();
    for (uint64_t epoch = 1; epoch <= 3; ++epoch) {
      Superblock next = (*file)->current();
      next.promised = Epoch(epoch);
      (*file)->Write(next, [&](Status status) {
        ASSERT_TRUE(status.ok());
        loop_.Stop();
      });
      loop_.Run();
    }
  }
  auto raw = disk_->Open(path);
  EXPECT_EQ((*SuperblockFile::Open(*disk_, path))->current().promised, Epoch(3));
  ASSERT_TRUE(
      (*raw)->WriteNow(kBlockBytes, std::string(kBlockBytes, 'x')).ok());  // slot of sequence 3
  auto again = SuperblockFile::Open(*disk_, path);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ((*again)->current().promised, Epoch(2));
  EXPECT_EQ((*again)->current().cluster_id, "demo");
  ASSERT_TRUE((*raw)->WriteNow(0, std::string(kBlockBytes, 'x')).ok());
  EXPECT_EQ(SuperblockFile::Open(*disk_, path).status().code(), StatusCode::kDataLoss);
}

}  // namespace
}  // namespace sixfold::storage
