// One daemon and the writers that talk to it, message by message.
#include "storage/node/storage_node.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "core/base/posix_disk.h"
#include "core/base/posix_network.h"
#include "storage/node/copy_switch.h"
#include "storage/node/peer_catch_up.h"
#include "storage/quorum/messages.h"
#include "storage/recent/recent_layer.h"

namespace sixfold::storage {
namespace {

const Uuid kVolume = *Uuid::Parse("11111111-2222-4333-8444-555555555555");

/// A writer's end of a connection.
struct TestWriter {
  std::unique_ptr<Connection> connection;
  Uuid id;
  Epoch epoch;
  bool greeted = false;
  bool promised = false;
  std::vector<Ack> acks;
  std::vector<FetchReply> fetched;
  LogTail tail;

  void OnMessage(uint16_t type, std::string_view body) {
    switch (static_cast<MessageType>(type)) {
      case MessageType::kHelloReply:
        greeted = true;
        break;
      case MessageType::kPromiseReply: {
        const auto reply = PromiseReply::Decode(body);
        for (const CopyReport& copy : reply->copies) promised |= copy.accepted;
        break;
      }
      case MessageType::kAck:
        acks.push_back(*Ack::Decode(body));
        break;
      case MessageType::kFetchReply:
        fetched.push_back(*FetchReply::Decode(body));
        break;
      default:
        break;
    }
  }
  void Send(MessageType type, std::string_view head, std::string_view rest = {}) {
    connection->Send(static_cast<uint16_t>(type), head, rest);
  }
  /// A batch behind `tail`, which moves on.
  void Append(bool opens) {
    BatchBuilder builder(tail.end + (opens ? 64 * kBlockBytes * epoch.value() : 0));
    std::string record;
    EncodeRecord({.txn = TxnId(1), .epoch = epoch},
                 std::vector<Mutation>{{MutationKind::kPut, "k", "v"}}, {}, &record);
    builder.Append(record);
    BatchHeader header;
    header.flags = opens ? kBatchOpensEpoch : 0;
    header.volume = kVolume;
    header.epoch = epoch;
    header.prev_lsn = tail.last_lsn;
    header.prev_checksum = tail.last_checksum;
    header.prev_end = tail.end;
    const AlignedBuffer padded = builder.Finish(&header);
    Send(MessageType::kAppend, AppendView::EncodeHead(epoch),
         padded.view().substr(0, header.unpadded_bytes()));
    tail = {header.end_lsn, epoch, header.first_lsn, header.checksum};
  }
  /// Both copies say they have all of it.
  bool Acknowledged() const {
    size_t copies = 0;
    if (acks.empty()) return false;
    for (const CopyAck& copy : acks.back().copies)
      copies += copy.state == AckState::kFollowing && copy.end == tail.end;
    return copies == 2;
  }
};

class StorageNodeTest : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/sixfold-node-XXXXXX";
    folder_ = mkdtemp(name);
    NodeOptions options;
    options.cluster_id = "n" + std::to_string(::getpid());
    options.az = "az-a";
    options.data_dir = folder_;
    options.address = "unix:" + folder_ + "/storage.sock";
    options.mounts = {folder_ + "/d1", folder_ + "/d2"};
    for (const std::string& mount : options.mounts) {
      std::filesystem::create_directories(mount);
      options.copy_folders.push_back(mount + "/sixfold-" + options.cluster_id + "/copy");
    }
    options.create = true;
    options.volume = kVolume;
    options.log.segment_bytes = 64 << 10;
    recent_ = RecentFolder(options.cluster_id, options.data_dir, options.az);
    cluster_ = options.cluster_id;
    auto node = StorageNode::Open({loop_, *disk_, network_, clock_, random_}, options);
    ASSERT_TRUE(node.ok()) << node.status();
    node_ = std::move(*node);
  }
  void TearDown() override {
    writers_.clear();
    node_.reset();
    disk_.reset();
    std::filesystem::remove_all(folder_);
    std::filesystem::remove_all(recent_);
  }

  template <typename Condition>
  bool Until(Condition condition) {
    for (int i = 0; i < 5000 && !condition(); ++i) {
      const auto wake = loop_.After(1000, [this] { loop_.Stop(); });
      loop_.Run();
    }
    return condition();
  }
  /// As many of the daemon's ticks, and what they send.
  void PassTicks(int ticks) {
    const uint64_t until_ms = clock_.MonotonicMillis() + static_cast<uint64_t>(ticks) * 60;
    ASSERT_TRUE(Until([&] { return clock_.MonotonicMillis() >= until_ms; }));
  }
  TestWriter& Connect() {
    writers_.push_back(std::make_unique<TestWriter>());
    TestWriter& writer = *writers_.back();
    writer.id = Uuid::Generate(random_);
    network_.Connect("unix:" + folder_ + "/storage.sock", [&](auto made) {
      ASSERT_TRUE(made.ok()) << made.status();
      writer.connection = std::move(*made);
      writer.connection->Start(
          [&](uint16_t type, std::string_view body) { writer.OnMessage(type, body); },
          [](const Status&) {});
      writer.Send(MessageType::kHello, Hello{cluster_, "test"}.Encode());
    });
    EXPECT_TRUE(Until([&] { return writer.greeted; }));
    return writer;
  }
  void Promise(TestWriter& writer, int epoch) {
    writer.epoch = Epoch(epoch);
    writer.Send(MessageType::kPromise, sixfold::storage::Promise{writer.epoch, writer.id}.Encode());
    ASSERT_TRUE(Until([&] { return writer.promised; }));
  }

  EventLoop loop_;
  std::unique_ptr<PosixDisk> disk_ = std::make_unique<PosixDisk>(loop_);
  PosixNetwork network_{loop_};
  SystemClock clock_;
  SystemRandom random_;
  std::string folder_, recent_, cluster_;
  std::unique_ptr<StorageNode> node_;
  std::vector<std::unique_ptr<TestWriter>> writers_;
};

/// What an old writer still sends must not look to the new one as if its own copies refused it: it
/// would take itself for one without a quorum, send nothing more, and never hear otherwise.
TEST_F(StorageNodeTest, ARefusedAppendOfAnOldWriterIsNoAnswerToTheNewOne) {
  TestWriter& old = Connect();
  Promise(old, 1);
  old.Append(true);
  ASSERT_TRUE(Until([&] { return old.Acknowledged(); }));
  TestWriter& fresh = Connect();
  Promise(fresh, 2);
  fresh.tail = old.tail;
  fresh.Append(true);
  ASSERT_TRUE(Until([&] { return fresh.Acknowledged(); }));
  old.Append(false);
  const auto refused = [&] {
    return !old.acks.empty() && !old.acks.back().copies.empty() &&
           old.acks.back().copies[0].state == AckState::kFenced;
  };
  ASSERT_TRUE(Until(refused));
  EXPECT_EQ(old.acks.back().copies[0].promised, Epoch(2));
  PassTicks(2);
  for (const Ack& ack : fresh.acks) {
    for (const CopyAck& copy : ack.copies) EXPECT_EQ(copy.state, AckState::kFollowing);
  }
}

TEST_F(StorageNodeTest, OnlyItsCandidateReadsALogBeyondWhatIsDurable) {
  TestWriter& old = Connect();
  Promise(old, 1);
  old.Append(true);
  ASSERT_TRUE(Until([&] { return old.Acknowledged(); }));
  TestWriter& candidate = Connect();
  Promise(candidate, 2);
  Fetch fetch;
  fetch.epoch = Epoch(2);
  fetch.from = kFirstLogLsn;
  fetch.copy = CopyId(1);
  candidate.Send(MessageType::kFetch, fetch.Encode());
  ASSERT_TRUE(Until([&] { return candidate.fetched.size() == 1; }));
  EXPECT_EQ(candidate.fetched[0].result, FetchResult::kOk);
  EXPECT_FALSE(candidate.fetched[0].batches.empty());
  old.Send(MessageType::kFetch, fetch.Encode());  // names a promise it does not hold
  fetch.copy = CopyId();
  candidate.Send(MessageType::kFetch, fetch.Encode());  // as a peer
  ASSERT_TRUE(Until([&] { return candidate.fetched.size() == 2 && old.fetched.size() == 1; }));
  EXPECT_EQ(old.fetched[0].result, FetchResult::kRefused);
  EXPECT_TRUE(candidate.fetched[1].batches.empty());
}

}  // namespace
}  // namespace sixfold::storage
