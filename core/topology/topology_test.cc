#include "core/topology/topology.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace sixfold::topology {
namespace {

Topology Sample(uint64_t epoch, uint64_t revision) {
  Topology topology;
  topology.cluster = "demo";
  topology.epoch = Epoch(epoch);
  topology.revision = revision;
  topology.writer = "db-1";
  topology.members = {Member{"db-1", "az-a", 0, MemberState::kUp, true, "unix:/x", 17, 99},
                      Member{"db-2", "az-b", 1, MemberState::kDown, true, "unix:/y", 0, 0}};
  return topology;
}

class TopologyTest : public testing::Test {
 protected:
  TopologyTest() {
    char name[] = "/tmp/sixfold-topology-XXXXXX";
    folder_ = ::mkdtemp(name);
    path_ = folder_ + "/topology";
  }
  ~TopologyTest() override { std::filesystem::remove_all(folder_); }
  std::string folder_;
  std::string path_;
};

TEST_F(TopologyTest, SurvivesItsText) {
  const Topology topology = Sample(3, 4);
  const auto parsed = ParseTopology(EncodeTopology(topology));
  ASSERT_TRUE(parsed.ok()) << ToString(parsed.status());
  EXPECT_EQ(*parsed, topology);
}

TEST_F(TopologyTest, ALowerEpochNeverOverrides) {
  EXPECT_TRUE(Sample(2, 0).Supersedes(Sample(1, 100)));
  EXPECT_FALSE(Sample(1, 100).Supersedes(Sample(2, 0)));
  EXPECT_TRUE(Sample(2, 1).Supersedes(Sample(2, 0)));
  EXPECT_FALSE(Sample(2, 1).Supersedes(Sample(2, 1)));
  ASSERT_TRUE(WriteTopology(path_, Sample(2, 1)).ok());
  EXPECT_EQ(WriteTopology(path_, Sample(1, 9)).code(), StatusCode::kFailedPrecondition);
  EXPECT_EQ(ReadTopology(path_)->epoch, Epoch(2));
}

TEST_F(TopologyTest, NoRecordShowsTwoWriters) {
  std::string text = EncodeTopology(Sample(1, 1));
  const size_t at = text.find(R"("role":"reader")");
  ASSERT_NE(at, std::string::npos);
  text.replace(at, 15, R"("role":"writer")");
  EXPECT_FALSE(ParseTopology(text).ok());
  Topology stranger = Sample(1, 1);
  stranger.writer = "db-9";
  EXPECT_FALSE(ParseTopology(EncodeTopology(stranger)).ok());
  EXPECT_FALSE(ParseTopology("{}").ok());
  EXPECT_FALSE(ParseTopology("nonsense").ok());
}

TEST_F(TopologyTest, AWatcherSeesOnlyRecordsThatSupersede) {
  EventLoop loop;
  std::vector<uint64_t> seen;
  TopologyWatcher watcher(loop, path_, [&](const Topology& topology) {
    seen.push_back(topology.epoch.value());
    if (topology.epoch == Epoch(3)) loop.Stop();
  });
  ASSERT_TRUE(WriteTopology(path_, Sample(2, 0)).ok());
  ASSERT_TRUE(watcher.Start().ok());
  loop.Post([&] {
    std::filesystem::remove(path_);  // as if an older one came back
    EXPECT_TRUE(WriteTopology(path_, Sample(1, 0)).ok());
    loop.Post([&] {
      std::filesystem::remove(path_);
      EXPECT_TRUE(WriteTopology(path_, Sample(3, 0)).ok());
    });
  });
  loop.Run();
  EXPECT_EQ(seen, (std::vector<uint64_t>{2, 3}));
}

}  // namespace
}  // namespace sixfold::topology
