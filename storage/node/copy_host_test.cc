// What reaches the disk before what is said: promises, membership records, batches.
#include "storage/node/copy_host.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <optional>

#include "core/base/posix_disk.h"

namespace sixfold::storage {
namespace {

const Uuid kVolume = *Uuid::Parse("11111111-2222-4333-8444-555555555555");
const Uuid kWriter = *Uuid::Parse("aaaaaaaa-0000-4000-8000-000000000001");
const Uuid kRival = *Uuid::Parse("bbbbbbbb-0000-4000-8000-000000000001");

/// Writes to files whose path holds `held` wait for Release().
class HeldDisk final : public Disk {
 public:
  explicit HeldDisk(EventLoop& loop) : loop_(loop), disk_(loop) {}

  std::string held;
  Status fails;    // what held writes end with
  Status no_room;  // what making a file ends with
  size_t waiting() const { return waiting_.size(); }
  void Release() {
    held.clear();
    for (auto& write : std::exchange(waiting_, {})) write();
    Flush();
  }

  StatusOr<std::unique_ptr<File>> Open(const std::string& path) override {
    ASSIGN_OR_RETURN(auto file, disk_.Open(path));
    return Wrap(path, std::move(file));
  }
  StatusOr<std::unique_ptr<File>> CreateZeroed(const std::string& path, uint64_t bytes) override {
    ASSIGN_OR_RETURN(auto file, disk_.CreateZeroed(path, bytes));
    return Wrap(path, std::move(file));
  }
  void CreateZeroedInBackground(const std::string& path, uint64_t bytes, OpenDone done) override {
    if (!no_room.ok()) return loop_.Post([done = std::move(done), why = no_room] { done(why); });
    disk_.CreateZeroedInBackground(path, bytes, [this, path, done = std::move(done)](auto file) {
      if (!file.ok()) return done(file.status());
      done(Wrap(path, std::move(*file)));
    });
  }
  void Flush() override { disk_.Flush(); }
  void SetAfterCompletions(std::function<void()> after) override {
    disk_.SetAfterCompletions(std::move(after));
  }
  StatusOr<std::vector<std::string>> List(const std::string& folder) override {
    return disk_.List(folder);
  }
  bool Exists(const std::string& path) override { return disk_.Exists(path); }
  Status MakeFolders(const std::string& path) override { return disk_.MakeFolders(path); }
  Status Rename(const std::string& from, const std::string& to) override {
    return disk_.Rename(from, to);
  }
  Status Remove(const std::string& path) override { return disk_.Remove(path); }

 private:
  class HeldFile final : public File {
   public:
    HeldFile(HeldDisk& disk, std::string path, std::unique_ptr<File> file)
        : disk_(disk), path_(std::move(path)), file_(std::move(file)) {}
    void SubmitWrite(uint64_t offset, std::string_view bytes, Done done) override {
      if (disk_.held.empty() || path_.find(disk_.held) == std::string::npos)
        return file_->SubmitWrite(offset, bytes, std::move(done));
      disk_.waiting_.push_back([this, offset, bytes, done = std::move(done)]() mutable {
        if (!disk_.fails.ok()) return done(disk_.fails);
        file_->SubmitWrite(offset, bytes, std::move(done));
      });
    }
    Status WriteNow(uint64_t offset, std::string_view bytes) override {
      return file_->WriteNow(offset, bytes);
    }
    Status Read(uint64_t offset, size_t bytes, char* out) override {
      return file_->Read(offset, bytes, out);
    }
    uint64_t size() const override { return file_->size(); }

   private:
    HeldDisk& disk_;
    std::string path_;
    std::unique_ptr<File> file_;
  };
  std::unique_ptr<File> Wrap(const std::string& path, std::unique_ptr<File> file) {
    return std::make_unique<HeldFile>(*this, path, std::move(file));
  }

  EventLoop& loop_;
  PosixDisk disk_;
  std::vector<std::function<void()>> waiting_;
};

class CopyHostTest : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/sixfold-host-XXXXXX";
    folder_ = mkdtemp(name);
    std::vector<CopyId> ids;
    for (uint64_t id = 1; id <= kCopies; ++id) ids.emplace_back(id);
    six_ = Membership::Founding(ids);
    ASSERT_TRUE(CopyHost::Format(*disk_, folder_ + "/copy", {kVolume, "c", "az-a"}, CopyId(1),
                                 CopyStanding::kMember, six_)
                    .ok());
    auto host = CopyHost::Open(*disk_, folder_ + "/copy", {.segment_bytes = 64 << 10}, Lsn(),
                               [this] { loop_.Stop(); });
    ASSERT_TRUE(host.ok()) << host.status();
    host_ = std::move(*host);
  }
  void TearDown() override {
    host_.reset();
    disk_.reset();  // its thread may be making a file
    std::filesystem::remove_all(folder_);
  }

  /// Runs the loop until the condition holds.
  template <typename Condition>
  bool Until(Condition condition) {
    for (int i = 0; i < 2000 && !condition(); ++i) {
      const auto wake = loop_.After(1000, [this] { loop_.Stop(); });
      loop_.Run();
    }
    return condition();
  }
  /// What is going to happen has happened: all that is not held is done.
  void Settle() {
    for (int i = 0; i < 50; ++i) {
      const auto wake = loop_.After(1000, [this] { loop_.Stop(); });
      loop_.Run();
    }
  }
  void Ask(int epoch, const Uuid& writer, std::optional<CopyReport>* reply) {
    host_->OnPromise(Epoch(epoch), writer, [reply](CopyReport report) { *reply = report; });
    disk_->Flush();
  }
  void Promise(int epoch) {
    std::optional<CopyReport> reply;
    Ask(epoch, kWriter, &reply);
    ASSERT_TRUE(Until([&] { return reply.has_value(); }));
    ASSERT_TRUE(reply->accepted);
  }
  CopyState::AppendVerdict Append(int epoch, const std::string& record, uint16_t flags = 0) {
    const LogTail tail = host_->state().tail();
    const bool opens = tail.epoch != Epoch(epoch);
    BatchBuilder builder(tail.end + (opens ? 64 * kBlockBytes : 0));
    builder.Append(record);
    BatchHeader header;
    header.flags = static_cast<uint16_t>(flags | (opens ? kBatchOpensEpoch : 0));
    header.volume = kVolume;
    header.epoch = Epoch(epoch);
    header.prev_lsn = tail.last_lsn;
    header.prev_checksum = tail.last_checksum;
    header.prev_end = tail.end;
    auto padded = std::make_shared<AlignedBuffer>(builder.Finish(&header));
    const auto verdict = host_->OnAppend(Epoch(epoch), {header, std::move(padded)});
    disk_->Flush();
    return verdict;
  }
  static std::string Row() {
    std::string record;
    EncodeRecord({.txn = TxnId(1), .epoch = Epoch(1)},
                 std::vector<Mutation>{{MutationKind::kPut, "k", "v"}}, {}, &record);
    return record;
  }

  EventLoop loop_;
  std::unique_ptr<HeldDisk> disk_ = std::make_unique<HeldDisk>(loop_);
  std::string folder_;
  Membership six_;
  std::unique_ptr<CopyHost> host_;
};

TEST_F(CopyHostTest, APromiseIsOnDiskBeforeItsReply) {
  disk_->held = "superblock";
  std::optional<CopyReport> reply;
  Ask(1, kWriter, &reply);
  EXPECT_EQ(disk_->waiting(), 1u);
  Settle();
  EXPECT_FALSE(reply.has_value());
  disk_->Release();
  ASSERT_TRUE(Until([&] { return reply.has_value(); }));
  EXPECT_TRUE(reply->accepted);
  const auto found = CopyHost::Peek(*disk_, folder_ + "/copy");
  EXPECT_EQ(found->promised, Epoch(1));
  EXPECT_EQ(found->writer, kWriter);
}

TEST_F(CopyHostTest, APromiseThatDidNotReachTheDiskIsNone) {
  disk_->held = "superblock";
  disk_->fails = Unavailable("no disk");
  std::optional<CopyReport> reply;
  Ask(1, kWriter, &reply);
  disk_->Release();
  ASSERT_TRUE(Until([&] { return reply.has_value(); }));
  EXPECT_FALSE(reply->accepted);
  EXPECT_FALSE(host_->health().ok());
}

/// Its reply says how far the log goes: writes of the older epoch must be part of that.
TEST_F(CopyHostTest, APromiseWaitsForWritesUnderWay) {
  Promise(1);
  disk_->held = "/log/";
  ASSERT_EQ(Append(1, Row()), CopyState::AppendVerdict::kAppend);
  ASSERT_TRUE(Until([&] { return disk_->waiting() > 0; }));
  std::optional<CopyReport> reply;
  Ask(2, kRival, &reply);
  Settle();
  EXPECT_FALSE(reply.has_value());
  disk_->Release();
  ASSERT_TRUE(Until([&] { return reply.has_value(); }));
  EXPECT_TRUE(reply->accepted);
  EXPECT_EQ(reply->tail.epoch, Epoch(1));
  EXPECT_EQ(host_->state().durable(), reply->tail.end);
}

TEST_F(CopyHostTest, ABatchIsAcknowledgedOnceOnDisk) {
  Promise(1);
  disk_->held = "/log/";
  ASSERT_EQ(Append(1, Row()), CopyState::AppendVerdict::kAppend);
  ASSERT_TRUE(Until([&] { return disk_->waiting() > 0; }));
  const Lsn end = host_->state().tail().end;
  EXPECT_LT(host_->state().acknowledged(), end);
  disk_->Release();
  EXPECT_TRUE(Until([&] { return host_->state().acknowledged() == end; }));
}

TEST_F(CopyHostTest, AMembershipRecordIsInTheSuperblockBeforeItIsAcknowledged) {
  Promise(1);
  ASSERT_EQ(Append(1, Row()), CopyState::AppendVerdict::kAppend);
  ASSERT_TRUE(Until([&] { return !host_->state().writes_under_way(); }));
  const Lsn before = host_->state().acknowledged();
  const Membership changed = *six_.Replacing(CopyId(6), CopyId(7));
  std::string record;
  EncodeControlRecord({.kind = RecordKind::kMembership, .epoch = Epoch(1)}, changed.Encode(),
                      &record);
  disk_->held = "superblock";
  ASSERT_EQ(Append(1, record, kBatchMembership), CopyState::AppendVerdict::kAppend);
  Settle();
  EXPECT_FALSE(host_->state().acknowledged() > before);
  disk_->Release();
  ASSERT_TRUE(Until([&] { return host_->state().acknowledged() > before; }));
  const auto found = CopyHost::Peek(*disk_, folder_ + "/copy");
  EXPECT_EQ(*Membership::Decode(found->membership), changed);
}

/// The sibling's log may have fed the base beyond what a slow disk has of its own.
TEST_F(CopyHostTest, LogThatIsBeingWrittenIsNotRecycled) {
  Promise(1);
  disk_->held = "/log/";
  for (int i = 0; i < 20; ++i)  // more than one file takes
    ASSERT_EQ(Append(1, Row()), CopyState::AppendVerdict::kAppend);
  ASSERT_TRUE(Until([&] { return host_->log().writes_waiting() == 0; }));
  const Lsn end = host_->state().tail().end;
  host_->RecycleBefore(end);
  disk_->Release();
  EXPECT_TRUE(Until([&] { return host_->state().acknowledged() == end; }));
  host_->RecycleBefore(end);
  EXPECT_GT(host_->log().start(), kFirstLogLsn);
}

/// A full disk is no failure: what comes waits for room, and the copy is well.
TEST_F(CopyHostTest, ACopyWithoutRoomWaitsForIt) {
  Promise(1);
  disk_->no_room = ResourceExhausted("no space left on device");
  for (int i = 0; i < 60; ++i)  // more than the files at hand take
    ASSERT_EQ(Append(1, Row()), CopyState::AppendVerdict::kAppend);
  Settle();
  const Lsn end = host_->state().tail().end;
  EXPECT_LT(host_->state().acknowledged(), end);
  EXPECT_TRUE(host_->health().ok());
  EXPECT_GT(host_->log().writes_waiting(), 0u);
  disk_->no_room = OkStatus();
  host_->log().Retry();  // as at every tick
  EXPECT_TRUE(Until([&] {
    disk_->Flush();
    return host_->state().acknowledged() == end;
  }));
}

TEST_F(CopyHostTest, AFailedWriteTakesTheCopyOut) {
  Promise(1);
  disk_->held = "/log/";
  disk_->fails = Unavailable("no disk");
  ASSERT_EQ(Append(1, Row()), CopyState::AppendVerdict::kAppend);
  ASSERT_TRUE(Until([&] { return disk_->waiting() > 0; }));
  const Lsn before = host_->state().acknowledged();
  disk_->Release();
  EXPECT_TRUE(Until([&] { return !host_->health().ok(); }));
  EXPECT_EQ(host_->state().acknowledged(), before);
  EXPECT_EQ(Append(1, Row()), CopyState::AppendVerdict::kUnpromised);
}

}  // namespace
}  // namespace sixfold::storage
