// Stories of the volume over three real storage daemons: writes, a lost AZ, recovery, fencing,
// catching up, rebuilding.
#include "test/integration/storage_cluster.h"

namespace sixfold::storage {
namespace {

/// Every key of "k0" … "k<count-1>" reads as `value` in the AZ at `lsn`.
void ExpectRows(const StorageCluster& cluster, char az, Lsn lsn, int count,
                const std::string& value) {
  auto reader = OpenVolumeReader(cluster.Options(az));
  ASSERT_TRUE(reader.ok()) << reader.status();
  ASSERT_TRUE((*reader)->WaitApplied(lsn, 20'000'000)) << "AZ " << az;
  auto view = (*reader)->OpenView((*reader)->Progress().applied);
  ASSERT_TRUE(view.ok()) << view.status();
  for (int i = 0; i < count; ++i) {
    RowView row;
    const auto found = (*view)->Get("k" + std::to_string(i), &row);
    ASSERT_TRUE(found.ok()) << found.status();
    ASSERT_TRUE(*found) << "k" << i << " in AZ " << az;
    ASSERT_EQ(row.value, value) << "k" << i;
  }
}

Lsn WriteRows(VolumeWriter& writer, int count, const std::string& value) {
  Lsn last;
  for (int i = 0; i < count; ++i) {
    const Committed done = PutRow(writer, 100 + i, "k" + std::to_string(i), value);
    EXPECT_EQ(done.outcome, CommitOutcome::kDurable);
    EXPECT_GT(done.lsn, last);
    last = done.lsn;
  }
  return last;
}

TEST(StorageStory, commits_are_durable_and_readable_in_every_az) {
  StorageCluster cluster;
  cluster.StartAll();
  auto writer = OpenVolumeWriter(cluster.Options());
  ASSERT_TRUE(writer.ok()) << writer.status();
  EXPECT_TRUE((*writer)->writable());
  const Lsn last = WriteRows(**writer, 50, "v1");
  EXPECT_GE((*writer)->durable(), last);
  for (char az : StorageCluster::kAzs) ExpectRows(cluster, az, last, 50, "v1");
  for (char az : StorageCluster::kAzs)
    EXPECT_TRUE(WaitFor([&] { return cluster.CaughtUp(az, last); }));
}

TEST(StorageStory, an_az_dies_and_catches_up) {
  StorageCluster cluster;
  cluster.StartAll();
  auto writer = OpenVolumeWriter(cluster.Options());
  ASSERT_TRUE(writer.ok()) << writer.status();
  WriteRows(**writer, 20, "v1");
  cluster.Kill('b');
  const Lsn last = WriteRows(**writer, 60, "v2");
  cluster.Start('b');
  EXPECT_TRUE(WaitFor([&] { return cluster.CaughtUp('b', last); })) << cluster.Status('b').dump(1);
  ExpectRows(cluster, 'b', last, 60, "v2");
}

TEST(StorageStory, without_quorum_commits_wait_and_then_go_on) {
  StorageCluster cluster;
  cluster.StartAll();
  auto writer = OpenVolumeWriter(cluster.Options());
  ASSERT_TRUE(writer.ok()) << writer.status();
  WriteRows(**writer, 5, "v1");
  cluster.Kill('b');
  cluster.Kill('c');
  ASSERT_TRUE(WaitFor([&] { return !(*writer)->writable(); }));
  const Committed refused = PutRow(**writer, 7, "refused", "x");
  EXPECT_EQ(refused.outcome, CommitOutcome::kRefused);
  auto waits = CommitLater(**writer, TxnId(8), {{MutationKind::kPut, "waits", "x"}});
  cluster.Start('b');
  cluster.Start('c');
  EXPECT_EQ(waits.get().outcome, CommitOutcome::kDurable);
  auto reader = OpenVolumeReader(cluster.Options('c'));
  ASSERT_TRUE(reader.ok());
  ASSERT_TRUE((*reader)->WaitApplied((*writer)->durable(), 20'000'000));
  auto view = (*reader)->OpenView((*reader)->Progress().applied);
  RowView row;
  EXPECT_TRUE(*(*view)->Get("waits", &row));
  EXPECT_FALSE(*(*view)->Get("refused", &row));
}

TEST(StorageStory, a_commit_with_an_lsn_is_unknown_and_still_becomes_durable) {
  StorageCluster cluster;
  cluster.StartAll();
  auto writer = OpenVolumeWriter(cluster.Options());
  ASSERT_TRUE(writer.ok()) << writer.status();
  WriteRows(**writer, 5, "v1");
  cluster.Signal('b', SIGSTOP);
  cluster.Signal('c', SIGSTOP);
  const Committed unknown = PutRow(**writer, 7, "unknown", "x");
  EXPECT_EQ(unknown.outcome, CommitOutcome::kUnknown);
  EXPECT_NE(unknown.lsn, Lsn());
  cluster.Signal('b', SIGCONT);
  cluster.Signal('c', SIGCONT);
  EXPECT_TRUE(WaitFor([&] { return (*writer)->durable() >= unknown.lsn; }));
}

TEST(StorageStory, a_new_writer_fences_the_old_one_and_keeps_what_was_acknowledged) {
  StorageCluster cluster;
  cluster.StartAll();
  auto old_writer = OpenVolumeWriter(cluster.Options('a'));
  ASSERT_TRUE(old_writer.ok()) << old_writer.status();
  WriteRows(**old_writer, 30, "v1");
  auto new_writer = OpenVolumeWriter(cluster.Options('b'));
  ASSERT_TRUE(new_writer.ok()) << new_writer.status();
  EXPECT_GT((*new_writer)->epoch(), (*old_writer)->epoch());
  const Committed late = PutRow(**old_writer, 9, "k0", "too late");
  EXPECT_NE(late.outcome, CommitOutcome::kDurable);
  EXPECT_TRUE(WaitFor([&] { return (*old_writer)->fenced(); }));
  EXPECT_EQ(PutRow(**old_writer, 10, "k0", "too late").outcome, CommitOutcome::kRefused);
  const Lsn last = PutRow(**new_writer, 11, "new", "x").lsn;
  for (char az : StorageCluster::kAzs) ExpectRows(cluster, az, last, 30, "v1");
}

TEST(StorageStory, everything_is_killed_and_nothing_acknowledged_is_lost) {
  StorageCluster cluster;
  cluster.StartAll();
  Lsn last;
  {
    auto writer = OpenVolumeWriter(cluster.Options());
    ASSERT_TRUE(writer.ok()) << writer.status();
    last = WriteRows(**writer, 200, "v1");
    for (char az : StorageCluster::kAzs) cluster.Kill(az);
  }
  cluster.StartAll(false);
  auto writer = OpenVolumeWriter(cluster.Options());
  ASSERT_TRUE(writer.ok()) << writer.status();
  for (char az : StorageCluster::kAzs) ExpectRows(cluster, az, last, 200, "v1");
}

}  // namespace
}  // namespace sixfold::storage
