#include "storage/log/record.h"

#include <gtest/gtest.h>

#include "storage/log/batch.h"

namespace sixfold::storage {
namespace {

std::string RecordOf(std::vector<Mutation> mutations, std::vector<std::string> dropped = {}) {
  std::string out;
  EncodeRecord({.flags = kChangesCatalog, .txn = TxnId(7), .epoch = Epoch(2), .wall_us = -5},
               mutations, dropped, &out);
  return out;
}

TEST(Record, RoundTrip) {
  const std::string big(5000, 'v');
  const std::string bytes = RecordOf({{MutationKind::kPut, "a", big},
                                      {MutationKind::kDelete, "b", ""},
                                      {MutationKind::kMax, "c", "9"}},
                                     {"dead", "gone"});
  std::string_view input = bytes;
  const auto record = RecordView::Parse(&input, Lsn(4096));
  ASSERT_TRUE(record.ok());
  EXPECT_TRUE(input.empty());
  EXPECT_EQ(record->lsn(), Lsn(4096 + bytes.size()));
  EXPECT_EQ(record->header().txn, TxnId(7));
  EXPECT_EQ(record->header().wall_us, -5);
  EXPECT_TRUE(record->changes_catalog());
  MutationCursor cursor = record->mutations();
  Mutation m;
  ASSERT_TRUE(cursor.Next(&m));
  EXPECT_EQ(m.value, big);
  ASSERT_TRUE(cursor.Next(&m));
  EXPECT_EQ(m.kind, MutationKind::kDelete);
  ASSERT_TRUE(cursor.Next(&m));
  EXPECT_EQ(m.key, "c");
  EXPECT_FALSE(cursor.Next(&m));
  EXPECT_TRUE(cursor.ok());
  const auto dropped = record->DroppedPrefixes();
  ASSERT_TRUE(dropped.ok());
  EXPECT_EQ(*dropped, (std::vector<std::string_view>{"dead", "gone"}));
}

TEST(Record, EveryTruncationIsAnErrorAndNeverAnOverrun) {
  const std::string bytes = RecordOf({{MutationKind::kPut, "key", "value"}}, {"dead"});
  for (size_t cut = 0; cut < bytes.size(); ++cut) {
    const std::string shorter = bytes.substr(0, cut);
    std::string_view input = shorter;
    EXPECT_FALSE(RecordView::Parse(&input, Lsn(0)).ok());
  }
}

TEST(Batch, RoundTripAndDamage) {
  BatchBuilder builder(Lsn(8192));
  const std::string first = RecordOf({{MutationKind::kPut, "a", "1"}});
  const std::string second = RecordOf({{MutationKind::kPut, "b", std::string(6000, 'x')}});
  const Lsn lsn1 = builder.Append(first);
  const Lsn lsn2 = builder.Append(second);
  BatchHeader header{.epoch = Epoch(3),
                     .prev_lsn = Lsn(4096),
                     .prev_checksum = 11,
                     .prev_end = Lsn(8192),
                     .vdl = Lsn(8192)};
  AlignedBuffer buffer = builder.Finish(&header);
  EXPECT_EQ(buffer.size(), 8192u);
  EXPECT_EQ(header.end_lsn, Lsn(8192 + 8192));
  EXPECT_EQ(lsn1, Lsn(8192 + 128 + first.size()));

  auto batch = BatchView::Parse(buffer.view());
  ASSERT_TRUE(batch.ok());
  EXPECT_EQ(batch->header().prev_checksum, 11u);
  std::vector<Lsn> lsns;
  ASSERT_TRUE(batch
                  ->ForEachRecord([&](const RecordView& r) {
                    lsns.push_back(r.lsn());
                    return OkStatus();
                  })
                  .ok());
  EXPECT_EQ(lsns, (std::vector<Lsn>{lsn1, lsn2}));

  for (size_t at = 0; at < header.unpadded_bytes(); at += 7) {
    buffer.data()[at] ^= 0x20;
    EXPECT_FALSE(BatchView::Parse(buffer.view()).ok()) << at;
    buffer.data()[at] ^= 0x20;
  }
  EXPECT_FALSE(BatchView::Parse(buffer.view().substr(0, 6000)).ok());
}

TEST(Record, EpochOpeningRoundTrip) {
  const EpochOpening opening{Lsn(4096), Lsn(1 << 20), std::string(16, 'w')};
  const auto back = EpochOpening::Decode(opening.Encode());
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(back->new_start, opening.new_start);
  EXPECT_FALSE(EpochOpening::Decode("short").ok());
}

}  // namespace
}  // namespace sixfold::storage
