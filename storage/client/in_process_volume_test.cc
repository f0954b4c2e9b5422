#include "storage/client/in_process_volume.h"

#include <gtest/gtest.h>

#include <future>

namespace sixfold::storage {
namespace {

Lsn CommitAndWait(VolumeWriter& writer, std::vector<Mutation> mutations) {
  std::promise<Lsn> decided;
  CommitRequest request;
  request.mutations = std::move(mutations);
  writer.Commit(request, [&](CommitOutcome outcome, Lsn lsn) {
    EXPECT_EQ(outcome, CommitOutcome::kDurable);
    decided.set_value(lsn);
  });
  return decided.get_future().get();
}

std::string Dump(ReadView& view, std::string_view begin, std::string_view end, bool backward) {
  auto cursor = view.NewCursor(begin, end);
  std::string rows;
  EXPECT_TRUE((backward ? cursor->SeekBackward("") : cursor->SeekForward("")).ok());
  while (cursor->Valid()) {
    rows += fmt::format("{}={} ", cursor->row().key, cursor->row().value);
    EXPECT_TRUE((backward ? cursor->Prev() : cursor->Next()).ok());
  }
  return rows;
}

TEST(InProcessVolumeTest, ReadsWhatWasCommittedAtItsSnapshot) {
  auto volume = InProcessVolume::Create();
  ASSERT_TRUE(volume.ok()) << volume.status();
  Lsn first = CommitAndWait(**volume, {{MutationKind::kPut, "b", "1"},
                                       {MutationKind::kPut, "a", "1"},
                                       {MutationKind::kPut, "c", "1"}});
  Lsn second =
      CommitAndWait(**volume, {{MutationKind::kDelete, "b", ""}, {MutationKind::kPut, "c", "2"}});
  EXPECT_LT(first, second);
  EXPECT_TRUE((*volume)->WaitApplied(second, 1'000'000));
  auto view = (*volume)->OpenView(first);
  ASSERT_TRUE(view.ok()) << view.status();
  EXPECT_EQ(Dump(**view, "", "", false), "a=1 b=1 c=1 ");
  EXPECT_EQ(Dump(**view, "b", "", true), "c=1 b=1 ");
  ASSERT_TRUE((*view)->Renew(second).ok());
  EXPECT_EQ(Dump(**view, "", "", false), "a=1 c=2 ");
  EXPECT_EQ(Dump(**view, "", "c", true), "a=1 ");
  RowView row;
  EXPECT_FALSE(*(*view)->Get("b", &row));
  EXPECT_TRUE(*(*view)->Get("c", &row));
  EXPECT_EQ(row.value, "2");
  EXPECT_EQ(row.lsn, second);
}

TEST(InProcessVolumeTest, OutcomesCanBeSet) {
  auto volume = InProcessVolume::Create();
  ASSERT_TRUE(volume.ok()) << volume.status();
  (*volume)->SetFenced();
  std::promise<CommitOutcome> decided;
  CommitRequest request;
  request.mutations = {{MutationKind::kPut, "a", "1"}};
  (*volume)->Commit(request, [&](CommitOutcome outcome, Lsn) { decided.set_value(outcome); });
  EXPECT_EQ(decided.get_future().get(), CommitOutcome::kRefused);
}

}  // namespace
}  // namespace sixfold::storage
