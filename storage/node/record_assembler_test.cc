#include "storage/node/record_assembler.h"

#include <gtest/gtest.h>

#include <deque>

namespace sixfold::storage {
namespace {

/// Batches of one log.
class Batches {
 public:
  BatchView Add(std::string record, Epoch epoch = Epoch(1), bool opens = false) {
    return Add(std::vector<std::string>{std::move(record)}, epoch, opens);
  }
  BatchView Add(const std::vector<std::string>& records, Epoch epoch = Epoch(1),
                bool opens = false) {
    BatchBuilder builder(tail_ + (opens ? kMaxAhead : 0));
    for (const std::string& record : records) builder.Append(record);
    BatchHeader header;
    header.flags = opens ? kBatchOpensEpoch : 0;
    header.epoch = epoch;
    header.prev_end = tail_;
    padded_.push_back(builder.Finish(&header));
    tail_ = header.end_lsn;
    last_first_ = header.first_lsn;
    return BatchView::Verified(header, padded_.back().view());
  }
  Lsn last_first() const { return last_first_; }

 private:
  static constexpr uint64_t kMaxAhead = 1 << 20;
  Lsn tail_ = kFirstLogLsn;
  Lsn last_first_;
  std::deque<AlignedBuffer> padded_;
};

std::string Part(uint64_t txn, uint32_t part, bool last) {
  std::string record;
  EncodeRecord({.flags = static_cast<uint16_t>(kPart | (last ? kLastPart : 0)),
                .txn = TxnId(txn),
                .epoch = Epoch(1),
                .part = part},
               std::vector<Mutation>{{MutationKind::kPut, "key of a part", "a value of a part"}},
               {}, &record);
  return record;
}

struct Assembled {
  RecordAssembler assembler;
  std::vector<RecordAssembler::Ready> ready;
  std::vector<std::string> kept;
  Status Add(const BatchView& batch) { return assembler.Add(batch, &ready, &kept); }
};

TEST(RecordAssembler, PartsComeOutWithTheLastOnesLsn) {
  Batches log;
  Assembled a;
  ASSERT_TRUE(a.Add(log.Add(Part(7, 0, false))).ok());
  const Lsn opened = log.last_first();
  ASSERT_TRUE(a.Add(log.Add(Part(7, 1, false))).ok());
  EXPECT_TRUE(a.ready.empty());
  EXPECT_EQ(a.assembler.oldest_open_part(), opened);
  ASSERT_TRUE(a.Add(log.Add(Part(7, 2, true))).ok());
  ASSERT_EQ(a.ready.size(), 3u);
  for (const auto& ready : a.ready) EXPECT_EQ(ready.lsn, a.ready[2].lsn);
  EXPECT_TRUE(a.ready[0].first_of_large && a.ready[2].last_of_large);
  EXPECT_EQ(a.assembler.oldest_open_part(), kMaxLsn);
}

/// A base drained up to where the second begins, amid the first, could never be read on from.
TEST(RecordAssembler, OneThatBeginsWhereAnotherEndsIsOpenFromTheOthersBeginning) {
  Batches log;
  Assembled a;
  ASSERT_TRUE(a.Add(log.Add(Part(7, 0, false))).ok());
  const Lsn opened = log.last_first();
  ASSERT_TRUE(a.Add(log.Add({Part(7, 1, true), Part(8, 0, false)})).ok());
  EXPECT_EQ(a.assembler.oldest_open_part(), opened);
  ASSERT_TRUE(a.Add(log.Add({Part(8, 1, true), Part(9, 0, false)})).ok());
  EXPECT_EQ(a.assembler.oldest_open_part(), opened);
  ASSERT_TRUE(a.Add(log.Add(Part(9, 1, true))).ok());
  EXPECT_EQ(a.assembler.oldest_open_part(), kMaxLsn);
  Assembled again;
  ASSERT_TRUE(again.Add(log.Add(Part(10, 0, false))).ok());
  EXPECT_EQ(again.assembler.oldest_open_part(), log.last_first());
}

/// Their rest is nowhere: the writer that had it is fenced, and the id may come again.
TEST(RecordAssembler, AnEpochOpeningAnnulsOpenParts) {
  Batches log;
  Assembled a;
  ASSERT_TRUE(a.Add(log.Add(Part(7, 0, false))).ok());
  std::string opening;
  EncodeControlRecord({.kind = RecordKind::kEpochOpening, .epoch = Epoch(2)},
                      EpochOpening{Lsn(1), Lsn(2), std::string(16, 'w')}.Encode(), &opening);
  ASSERT_TRUE(a.Add(log.Add(opening, Epoch(2), true)).ok());
  EXPECT_FALSE(a.assembler.has_open_parts());
  EXPECT_EQ(a.assembler.oldest_open_part(), kMaxLsn);
  ASSERT_TRUE(a.Add(log.Add(Part(7, 0, false), Epoch(2))).ok());
  ASSERT_TRUE(a.Add(log.Add(Part(7, 1, true), Epoch(2))).ok());
  EXPECT_EQ(a.ready.size(), 2u);
}

TEST(RecordAssembler, ALastPartWithoutTheOthersIsAnError) {
  Batches log;
  Assembled a;
  EXPECT_EQ(a.Add(log.Add(Part(7, 2, true))).code(), StatusCode::kDataLoss);
}

}  // namespace
}  // namespace sixfold::storage
