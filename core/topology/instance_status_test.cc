#include "core/topology/instance_status.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace sixfold::topology {
namespace {

class InstanceStatusPageTest : public testing::Test {
 protected:
  InstanceStatusPageTest() {
    char name[] = "/tmp/sixfold-status-XXXXXX";
    folder_ = ::mkdtemp(name);
    path_ = folder_ + "/db-1.status";
  }
  ~InstanceStatusPageTest() override { std::filesystem::remove_all(folder_); }
  std::string folder_;
  std::string path_;
};

TEST_F(InstanceStatusPageTest, ShowsWhatTheWriterStores) {
  auto writer = InstanceStatusWriter::Create(path_, "db-1", "unix:/x");
  ASSERT_TRUE(writer.ok()) << ToString(writer.status());
  const int first = (*writer)->BeginSession("demo");
  (*writer)->BeginSession("demo");
  (*writer)->BeginSession("demo-ro");
  (*writer)->EndSession(first);
  (*writer)->SetRole(InstanceRole::kWriter);
  (*writer)->SetState(InstanceState::kReady);
  (*writer)->page().replica_lag_us = 17;
  InstanceStatusReader reader(path_);
  const auto status = reader.Read();
  ASSERT_TRUE(status.ok()) << ToString(status.status());
  EXPECT_EQ(status->instance, "db-1");
  EXPECT_EQ(status->address, "unix:/x");
  EXPECT_EQ(status->sessions, 2u);
  EXPECT_EQ(status->SessionsOf("demo"), 1u);
  EXPECT_EQ(status->SessionsOf("demo-ro"), 1u);
  EXPECT_EQ(status->SessionsOf("other"), 0u);
  EXPECT_EQ(status->role, InstanceRole::kWriter);
  EXPECT_EQ(status->state, InstanceState::kReady);
  EXPECT_EQ(status->replica_lag_us, 17u);
  EXPECT_TRUE(ProcessAlive(status->pid, status->start_time));
}

TEST_F(InstanceStatusPageTest, AReaderFollowsANewProcess) {
  InstanceStatusReader reader(path_);
  EXPECT_EQ(reader.Read().status().code(), StatusCode::kNotFound);
  auto old_writer = InstanceStatusWriter::Create(path_, "db-1", "");
  (*old_writer)->page().epoch = 1;
  EXPECT_EQ(reader.Read()->epoch, 1u);
  auto new_writer = InstanceStatusWriter::Create(path_, "db-1", "");
  (*new_writer)->page().epoch = 2;
  (*old_writer)->page().epoch = 9;
  EXPECT_EQ(reader.Read()->epoch, 2u);
}

TEST_F(InstanceStatusPageTest, RefusesWhatIsNoStatusPage) {
  std::ofstream(path_) << "hello";
  InstanceStatusReader reader(path_);
  EXPECT_EQ(reader.Read().status().code(), StatusCode::kDataLoss);
}

TEST_F(InstanceStatusPageTest, OneEndpointNameTooManyCountsInTheTotalOnly) {
  auto writer = InstanceStatusWriter::Create(path_, "db-1", "");
  for (size_t i = 0; i < kMaxStatusEndpoints; ++i)
    EXPECT_EQ((*writer)->BeginSession(fmt::format("e{}", i)), static_cast<int>(i));
  EXPECT_EQ((*writer)->BeginSession("more"), -1);
  (*writer)->EndSession(-1);
  EXPECT_EQ(InstanceStatusReader(path_).Read()->sessions, kMaxStatusEndpoints);
}

TEST(ProcessAlive, TellsADeadAndAZombieProcessFromALiveOne) {
  EXPECT_TRUE(ProcessAlive(static_cast<uint64_t>(::getpid()),
                           ProcessStartTime(static_cast<uint64_t>(::getpid()))));
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  siginfo_t info;
  ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT), 0);
  EXPECT_EQ(ProcessStartTime(static_cast<uint64_t>(child)), 0u);
  ::waitpid(child, nullptr, 0);
  EXPECT_EQ(ProcessStartTime(static_cast<uint64_t>(child)), 0u);
}

}  // namespace
}  // namespace sixfold::topology
