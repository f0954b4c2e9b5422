// Stories of the volume over three real storage daemons: writes, a lost AZ, recovery, fencing,
// catching up, rebuilding.
#include "test/integration/storage_cluster.h"

namespace sixfold::storage {
namespace {

/// A view of now, which is `lsn` at least: what was replaced since need not be kept.
std::unique_ptr<ReadView> ViewOfNow(VolumeReader& reader, Lsn lsn) {
  EXPECT_TRUE(reader.WaitApplied(lsn, 20'000'000));
  auto view = reader.OpenView(std::max(lsn, reader.Progress().applied));
  EXPECT_TRUE(view.ok()) << view.status();
  return view.ok() ? std::move(*view) : nullptr;
}

/// Every key of "k0" … "k<count-1>" reads as `value` in the AZ at `lsn`.
void ExpectRows(const StorageCluster& cluster, char az, Lsn lsn, int count,
                const std::string& value) {
  auto reader = OpenVolumeReader(cluster.Options(az));
  ASSERT_TRUE(reader.ok()) << reader.status();
  const auto view = ViewOfNow(**reader, lsn);
  ASSERT_NE(view, nullptr);
  for (int i = 0; i < count; ++i) {
    RowView row;
    const auto found = view->Get("k" + std::to_string(i), &row);
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
  auto writer = OpenVolumeWriter(cluster.ImpatientOptions());
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
  const auto view = ViewOfNow(**reader, (*writer)->durable());
  ASSERT_NE(view, nullptr);
  RowView row;
  EXPECT_TRUE(*view->Get("waits", &row));
  EXPECT_FALSE(*view->Get("refused", &row));
}

TEST(StorageStory, a_commit_with_an_lsn_is_unknown_and_still_becomes_durable) {
  StorageCluster cluster;
  cluster.StartAll();
  auto writer = OpenVolumeWriter(cluster.ImpatientOptions());
  ASSERT_TRUE(writer.ok()) << writer.status();
  WriteRows(**writer, 5, "v1");
  cluster.Signal('b', SIGSTOP);
  cluster.Signal('c', SIGSTOP);
  const Committed unknown = PutRow(**writer, 7, "unknown", "x");
  EXPECT_EQ(unknown.outcome, CommitOutcome::kUnknown);
  EXPECT_NE(unknown.lsn, Lsn());
  // By now it is plain that they hang: what comes gets no LSN and is refused.
  EXPECT_FALSE((*writer)->writable());
  EXPECT_EQ(PutRow(**writer, 8, "refused", "x").outcome, CommitOutcome::kRefused);
  cluster.Signal('b', SIGCONT);
  cluster.Signal('c', SIGCONT);
  EXPECT_TRUE(WaitFor([&] { return (*writer)->durable() >= unknown.lsn; }));
  EXPECT_EQ(PutRow(**writer, 9, "goes on", "x").outcome, CommitOutcome::kDurable);
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

uint64_t MembersVersion(const StorageCluster& cluster, char az) {
  uint64_t version = 0;
  const nlohmann::json status = cluster.Status(az);
  if (status.is_null()) return 0;
  for (const auto& copy : status["copies"])
    version = std::max(version, copy.value("members", uint64_t{0}));
  return version;
}

TEST(StorageStory, an_empty_mount_is_rebuilt_and_only_then_counts) {
  StorageCluster cluster;
  cluster.StartAll();
  auto writer = OpenVolumeWriter(cluster.Options());
  ASSERT_TRUE(writer.ok()) << writer.status();
  WriteRows(**writer, 50, "v1");
  cluster.Kill('b');
  std::filesystem::remove_all(cluster.Mount('b', '2'));
  std::filesystem::create_directories(cluster.Mount('b', '2'));
  const Lsn last = WriteRows(**writer, 50, "v2");
  cluster.Start('b');
  ASSERT_TRUE(WaitFor([&] { return cluster.CaughtUp('b', last); })) << cluster.Status('b').dump(1);
  // Joint and settled: two records above the founding one.
  ASSERT_TRUE(WaitFor([&] { return MembersVersion(cluster, 'a') == 3; }));
  EXPECT_NE(cluster.Status('b')["copies"][1]["id"], 4);
  EXPECT_EQ(cluster.Status('b')["copies"][0]["id"], 3);
  // It counts now: with AZ c gone the quorum needs it.
  cluster.Kill('c');
  const Lsn more = WriteRows(**writer, 50, "v3");
  ExpectRows(cluster, 'b', more, 50, "v3");
}

TEST(StorageStory, an_az_that_lost_both_disks_is_rebuilt) {
  StorageCluster cluster;
  cluster.StartAll();
  auto writer = OpenVolumeWriter(cluster.Options());
  ASSERT_TRUE(writer.ok()) << writer.status();
  WriteRows(**writer, 50, "v1");
  cluster.Kill('c');
  for (char disk : {'1', '2'}) {
    std::filesystem::remove_all(cluster.Mount('c', disk));
    std::filesystem::create_directories(cluster.Mount('c', disk));
  }
  std::filesystem::remove_all(cluster.cluster().SharedMemoryDir("az-c"));
  const Lsn last = WriteRows(**writer, 50, "v2");
  cluster.Start('c');
  ASSERT_TRUE(WaitFor([&] { return cluster.CaughtUp('c', last); })) << cluster.Status('c').dump(1);
  ASSERT_TRUE(WaitFor([&] { return MembersVersion(cluster, 'a') == 5; }));
  ExpectRows(cluster, 'c', last, 50, "v2");
}

/// Writes until no log of the AZs a and c, nor what the writer keeps, reaches back to now.
void OutrunLogs(const StorageCluster& cluster, VolumeWriter& writer) {
  const Lsn from = writer.durable();
  for (int i = 0; i < 40; ++i) PutRow(writer, 1000 + i, "filler", std::string(900'000, 'f'));
  EXPECT_TRUE(WaitFor([&] {
    PutRow(writer, 2000, "filler", std::string(900'000, 'f'));
    for (char az : {'a', 'c'}) {
      const nlohmann::json status = cluster.Status(az);
      if (status.is_null()) return false;
      for (const auto& copy : status["copies"]) {
        if (copy["log_start_lsn"].get<uint64_t>() <= from.value()) return false;
      }
    }
    return true;
  }));
}

TEST(StorageStory, a_copy_whose_peers_recycled_their_log_is_rebuilt_from_a_base) {
  StorageCluster cluster("segment_bytes: 1048576, drain_interval_ms: 100, keep_log_bytes: 2097152");
  cluster.StartAll();
  auto writer = OpenVolumeWriter(cluster.Options());
  ASSERT_TRUE(writer.ok()) << writer.status();
  WriteRows(**writer, 50, "v1");
  cluster.Kill('b');
  OutrunLogs(cluster, **writer);
  const Lsn last = WriteRows(**writer, 50, "v2");
  cluster.Start('b');
  ASSERT_TRUE(WaitFor([&] { return cluster.CaughtUp('b', last); })) << cluster.Status('b').dump(1);
  EXPECT_NE(cluster.Log('b').find("rebuilding from a base"), std::string::npos);
  ExpectRows(cluster, 'b', last, 50, "v2");
}

/// The rebuilt copies' logs start where their images end, and rows go on coming meanwhile: none may
/// be missing for the AZ's readers.
TEST(StorageStory, an_az_rebuilt_under_load_lacks_no_row) {
  StorageCluster cluster("segment_bytes: 1048576, drain_interval_ms: 100, keep_log_bytes: 2097152");
  cluster.StartAll();
  auto writer = OpenVolumeWriter(cluster.Options());
  ASSERT_TRUE(writer.ok()) << writer.status();
  std::atomic<bool> stop{false};
  std::vector<std::string> acknowledged;
  std::thread client([&] {
    for (uint64_t i = 0; !stop; ++i) {
      const std::string key = "row" + std::to_string(i);
      if (PutRow(**writer, 100'000 + i, key, "x").outcome == CommitOutcome::kDurable)
        acknowledged.push_back(key);
    }
  });
  cluster.Kill('b');
  OutrunLogs(cluster, **writer);
  cluster.Start('b');
  const Lsn now = (*writer)->durable();
  const bool caught_up = WaitFor([&] { return cluster.CaughtUp('b', now); }, 60);
  stop = true;
  client.join();
  ASSERT_TRUE(caught_up) << cluster.Status('b').dump(1);
  EXPECT_NE(cluster.Log('b').find("base rebuilt"), std::string::npos);
  const Lsn last = (*writer)->durable();
  VolumeOptions own = cluster.Options('b');
  own.storage_sockets = {};  // its own AZ's maps only
  auto reader = OpenVolumeReader(own);
  ASSERT_TRUE(reader.ok()) << reader.status();
  const auto view = ViewOfNow(**reader, last);
  ASSERT_NE(view, nullptr);
  size_t missing = 0;
  for (const std::string& key : acknowledged) {
    RowView row;
    const auto found = view->Get(key, &row);
    ASSERT_TRUE(found.ok()) << found.status();
    if (!*found) ++missing;
  }
  EXPECT_EQ(missing, 0u) << "of " << acknowledged.size();
}

TEST(StorageStory, a_large_transaction_given_up_on_is_named_once_it_is_durable) {
  StorageCluster cluster;
  cluster.StartAll();
  auto writer = OpenVolumeWriter(cluster.ImpatientOptions());
  ASSERT_TRUE(writer.ok()) << writer.status();
  const Lsn before = WriteRows(**writer, 5, "v1");
  std::vector<std::string> keys;
  for (int i = 0; i < 12'000; ++i) keys.push_back("large" + std::to_string(i));
  const std::string value(10'000, 'v');
  std::vector<Mutation> mutations;
  for (const std::string& key : keys) mutations.push_back({MutationKind::kPut, key, value});
  auto large = CommitLater(**writer, TxnId(4711), mutations);
  ASSERT_TRUE(WaitFor([&] { return (*writer)->durable() > before + (8 << 20); }));
  cluster.Signal('b', SIGSTOP);
  cluster.Signal('c', SIGSTOP);
  EXPECT_EQ(large.get().outcome, CommitOutcome::kUnknown);
  EXPECT_TRUE((*writer)->TakeDecided().empty());
  cluster.Signal('b', SIGCONT);
  cluster.Signal('c', SIGCONT);
  std::vector<DecidedCommit> decided;
  ASSERT_TRUE(WaitFor([&] {
    decided = (*writer)->TakeDecided();
    return !decided.empty();
  }));
  EXPECT_EQ(decided[0].txn, TxnId(4711));
  EXPECT_LE(decided[0].lsn, (*writer)->durable());
}

/// Its bases must not have gone past the transaction's beginning: the parts before would be lost.
TEST(StorageStory, a_daemon_killed_amid_a_large_transaction_has_all_of_it) {
  StorageCluster cluster("segment_bytes: 1048576, drain_interval_ms: 50");
  cluster.StartAll();
  auto writer = OpenVolumeWriter(cluster.Options());
  ASSERT_TRUE(writer.ok()) << writer.status();
  const Lsn before = WriteRows(**writer, 5, "v1");
  std::vector<std::string> keys;
  for (int i = 0; i < 12'000; ++i) keys.push_back("large" + std::to_string(i));
  const std::string value(10'000, 'v');
  std::vector<Mutation> mutations;
  for (const std::string& key : keys) mutations.push_back({MutationKind::kPut, key, value});
  auto large = CommitLater(**writer, TxnId(5), mutations);
  ASSERT_TRUE(WaitFor([&] {
    const nlohmann::json status = cluster.Status('b');
    return !status.is_null() && status["applied_lsn"].get<uint64_t>() > before.value() + (8 << 20);
  }));
  // Without four copies it stands still, some of its parts applied.
  cluster.Signal('c', SIGSTOP);
  cluster.Signal('a', SIGSTOP);
  ASSERT_EQ(large.wait_for(std::chrono::seconds(0)), std::future_status::timeout);
  int rounds = 0;
  ASSERT_TRUE(WaitFor([&] {  // drains have run
    cluster.Drain('b');
    if (++rounds < 30) return false;
    const nlohmann::json status = cluster.Status('b');
    return !status.is_null() && status["copies"][0]["base_lsn"].get<uint64_t>() >= before.value() &&
           status["copies"][1]["base_lsn"].get<uint64_t>() >= before.value();
  }));
  cluster.Kill('b');
  cluster.Start('b');
  cluster.Signal('a', SIGCONT);
  cluster.Signal('c', SIGCONT);
  const Committed done = large.get();
  ASSERT_EQ(done.outcome, CommitOutcome::kDurable);
  ASSERT_TRUE(WaitFor([&] { return cluster.CaughtUp('b', done.lsn); }))
      << cluster.Status('b').dump(1);
  auto reader = OpenVolumeReader(cluster.Options('b'));
  const auto view = ViewOfNow(**reader, done.lsn);
  ASSERT_NE(view, nullptr);
  for (const std::string& key : keys) {
    RowView row;
    ASSERT_TRUE(*view->Get(key, &row)) << key;
  }
}

TEST(StorageStory, large_transactions_come_whole) {
  StorageCluster cluster;
  cluster.StartAll();
  Lsn last;
  {
    auto writer = OpenVolumeWriter(cluster.Options());
    ASSERT_TRUE(writer.ok()) << writer.status();
    std::vector<std::string> keys, values;
    for (int i = 0; i < 4000; ++i) {
      keys.push_back("k" + std::to_string(i));
      values.push_back(std::string(10'000, 'a' + i % 26));
    }
    std::vector<Mutation> mutations;
    for (int i = 0; i < 4000; ++i) mutations.push_back({MutationKind::kPut, keys[i], values[i]});
    const Committed done = CommitLater(**writer, TxnId(5), mutations).get();
    ASSERT_EQ(done.outcome, CommitOutcome::kDurable);
    last = done.lsn;
    PutRow(**writer, 6, "after", "x");
  }
  for (char az : StorageCluster::kAzs) {
    auto reader = OpenVolumeReader(cluster.Options(az));
    ASSERT_TRUE(reader.ok());
    const auto view = ViewOfNow(**reader, last);
    ASSERT_NE(view, nullptr);
    for (int i = 0; i < 4000; ++i) {
      RowView row;
      ASSERT_TRUE(*view->Get("k" + std::to_string(i), &row))
          << "k" << i << " in " << az << " at " << view->lsn().value() << ", want " << last.value();
      ASSERT_EQ(row.value, std::string(10'000, 'a' + i % 26));
      ASSERT_EQ(row.lsn, last);  // one LSN for all its parts
    }
  }
}

TEST(StorageStory, copies_are_equal_after_kills_under_load) {
  StorageCluster cluster("segment_bytes: 1048576, drain_interval_ms: 100");
  cluster.StartAll();
  auto writer = OpenVolumeWriter(cluster.Options());
  ASSERT_TRUE(writer.ok()) << writer.status();
  std::atomic<bool> stop{false};
  std::vector<std::thread> clients;
  std::atomic<uint64_t> acknowledged{0};
  for (int c = 0; c < 4; ++c) {
    clients.emplace_back([&, c] {
      for (uint64_t i = 0; !stop; ++i) {
        const std::string key = "k" + std::to_string(c) + "-" + std::to_string(i % 500);
        if (PutRow(**writer, c * 1'000'000 + i, key, std::to_string(i)).outcome ==
            CommitOutcome::kDurable)
          ++acknowledged;
      }
    });
  }
  for (char az : {'a', 'b', 'c', 'a', 'c'}) {
    const uint64_t before = acknowledged;
    cluster.Kill(az);
    EXPECT_TRUE(WaitFor([&] { return acknowledged > before + 50; }));  // writes go on without it
    cluster.Start(az);
    const Lsn now = (*writer)->durable();
    ASSERT_TRUE(WaitFor([&] { return cluster.CaughtUp(az, now); })) << cluster.Status(az).dump(1);
  }
  stop = true;
  for (std::thread& client : clients) client.join();
  const Lsn last = (*writer)->durable();
  std::set<std::string> hashes;
  for (char az : StorageCluster::kAzs) {
    ASSERT_TRUE(WaitFor([&] {
      cluster.Drain(az);
      const auto hash = cluster.Hash(az);
      if (hash.is_null() || hash["copies"].size() != 2) return false;
      for (const auto& copy : hash["copies"]) {
        if (copy["base_lsn"].get<uint64_t>() < last.value()) return false;
      }
      for (const auto& copy : hash["copies"]) hashes.insert(copy["hash"].get<std::string>());
      return true;
    })) << cluster.Status(az).dump(1);
  }
  EXPECT_EQ(hashes.size(), 1u);
}

TEST(StorageStory, a_snapshot_beyond_the_age_limit_fails_and_is_named) {
  StorageCluster cluster("drain_interval_ms: 100, snapshot_age_max_s: 2");
  cluster.StartAll();
  auto writer = OpenVolumeWriter(cluster.Options());
  ASSERT_TRUE(writer.ok()) << writer.status();
  const Lsn before = WriteRows(**writer, 20, "v1");
  auto reader = OpenVolumeReader(cluster.Options());
  ASSERT_TRUE(reader.ok()) << reader.status();
  ASSERT_TRUE((*reader)->WaitApplied(before, 20'000'000));
  auto hold = (*reader)->Hold(before, ConnectionId(4711));
  ASSERT_TRUE(hold.ok()) << hold.status();
  auto view = (*reader)->OpenView(before);
  ASSERT_TRUE(view.ok()) << view.status();
  Status last;
  ASSERT_TRUE(WaitFor([&] {
    WriteRows(**writer, 20, "v2");
    for (int i = 0; i < 20 && last.ok(); ++i) {
      RowView row;
      last = (*view)->Renew(before);
      if (!last.ok()) break;
      const auto found = (*view)->Get("k" + std::to_string(i), &row);
      last = found.status();
      if (last.ok()) {
        EXPECT_EQ(*found ? row.value : "none", "v1");  // never wrong
      }
    }
    return !last.ok();
  }));
  EXPECT_EQ(last.code(), StatusCode::kOutOfRange) << last;
  EXPECT_NE(last.message().find("snapshot too old"), std::string::npos);
  EXPECT_NE(cluster.Log('a').find("connection 4711 of process " + std::to_string(getpid())),
            std::string::npos);
}

/// Runs in a process of its own: opens a view on all it has and goes on as told.
pid_t HoldARead(const VolumeOptions& options, int signal_number, int ready) {
  const pid_t child = fork();
  if (child != 0) return child;
  auto reader = OpenVolumeReader(options);
  if (!reader.ok()) _exit(1);
  const Lsn now = (*reader)->Progress().applied;
  auto view = (*reader)->OpenView(now);
  RowView row;
  if (!view.ok() || !(*view)->Get("k0", &row).ok()) _exit(2);
  if (write(ready, "x", 1) != 1) _exit(3);
  if (signal_number != 0) raise(signal_number);
  for (;;) pause();
}

void ExpectKilledForItsRead(StorageCluster& cluster, VolumeWriter& writer, int signal_number) {
  int ready[2];
  ASSERT_EQ(pipe(ready), 0);
  const pid_t child = HoldARead(cluster.Options(), signal_number, ready[1]);
  char byte;
  ASSERT_EQ(read(ready[0], &byte, 1), 1);
  int status = 0;
  ASSERT_TRUE(WaitFor([&] {
    WriteRows(writer, 5, "later");  // its read is not the newest any more
    return waitpid(child, &status, WNOHANG) == child;
  }));
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << status;
  EXPECT_NE(cluster.Log('a').find("process " + std::to_string(child) + " holds a read"),
            std::string::npos);
  close(ready[0]);
  close(ready[1]);
}

TEST(StorageStory, a_process_that_holds_a_read_too_long_is_killed_a_stopped_one_too) {
  StorageCluster cluster("read_hold_max_s: 2");
  cluster.StartAll();
  auto writer = OpenVolumeWriter(cluster.Options());
  ASSERT_TRUE(writer.ok()) << writer.status();
  const Lsn last = WriteRows(**writer, 5, "v1");
  ASSERT_TRUE(WaitFor([&] { return cluster.CaughtUp('a', last); }));
  ExpectKilledForItsRead(cluster, **writer, 0);
  ExpectKilledForItsRead(cluster, **writer, SIGSTOP);
}

TEST(StorageStory, a_wrong_mount_is_named_and_not_touched) {
  StorageCluster cluster;
  const std::string stranger = cluster.Mount('b', '1') + "/sixfold-other/copy-0";
  std::filesystem::create_directories(stranger);
  std::ofstream(stranger + "/superblock") << "x";
  cluster.Start('b', true);
  EXPECT_NE(cluster.WaitExit('b'), 0);
  EXPECT_NE(cluster.Log('b').find("another cluster"), std::string::npos) << cluster.Log('b');
  EXPECT_FALSE(std::filesystem::exists(cluster.CopyFolder('b', 1)));
  std::filesystem::remove_all(cluster.Mount('b', '1'));
  cluster.Start('b', true);
  EXPECT_NE(cluster.WaitExit('b'), 0);
  EXPECT_NE(cluster.Log('b').find("disk1"), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(cluster.CopyFolder('b', 1)));
}

}  // namespace
}  // namespace sixfold::storage
