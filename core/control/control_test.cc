#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include "core/control/api_server.h"
#include "core/control/control_state.h"
#include "core/control/preflight.h"
#include "core/control/process.h"
#include "core/control/storage_status.h"
#include "core/control/successor.h"
#include "core/control/supervised.h"
#include "core/topology/instance_status.h"

namespace sixfold::control {
namespace {

using testing::HasSubstr;

class ControlTest : public testing::Test {
 protected:
  ControlTest() {
    char name[] = "/tmp/sixfold-control-XXXXXX";
    folder_ = ::mkdtemp(name);
    state_ = std::move(*ControlState::Open(folder_ + "/state"));
  }
  ~ControlTest() override { std::filesystem::remove_all(folder_); }

  ProcessSpec Shell(const std::string& script) {
    ProcessSpec spec;
    spec.name = "child";
    spec.arguments = {"/bin/sh", "-c", script};
    spec.log_file = folder_ + "/log";
    return spec;
  }
  std::string LogText() {
    std::ifstream stream(folder_ + "/log");
    return {std::istreambuf_iterator<char>(stream), {}};
  }

  std::string folder_;
  EventLoop loop_;
  SystemClock clock_;
  std::unique_ptr<ControlState> state_;
};

TEST_F(ControlTest, StateOutlivesItsEnvironment) {
  ASSERT_TRUE(state_->Put("volume/id", "x").ok());
  ASSERT_TRUE(state_->RecordProcess("db-1", {17, 99}).ok());
  ASSERT_TRUE(state_->RecordProcess("db-2", {18, 98}).ok());
  ASSERT_TRUE(state_->ForgetProcess("db-2").ok());
  ASSERT_TRUE(state_->ForgetProcess("db-2").ok());
  ASSERT_TRUE(state_->Put("process/of-another-boot", "some-boot 1 2").ok());
  state_.reset();
  state_ = std::move(*ControlState::Open(folder_ + "/state"));
  EXPECT_EQ(*state_->Get("volume/id"), "x");
  EXPECT_EQ(*state_->Get("volume/created"), std::nullopt);
  const auto processes = state_->Processes();
  ASSERT_EQ(processes->size(), 1u);
  EXPECT_EQ(processes->at("db-1").pid, 17u);
  EXPECT_EQ(processes->at("db-1").start_time, 99u);
}

TEST_F(ControlTest, AChildInheritsWhatItIsGivenAndNothingElse) {
  std::ofstream(folder_ + "/given") << "given";
  const UniqueFd given(::open((folder_ + "/given").c_str(), O_RDONLY | O_CLOEXEC));
  const UniqueFd other(::open((folder_ + "/given").c_str(), O_RDONLY));
  ProcessSpec spec = Shell("cat <&3; echo $NAME; ls /proc/self/fd | wc -l; exit 7");
  spec.inherited = {given.get()};
  spec.environment = {"NAME=value"};
  ProcessEnd end;
  auto process = Process::Spawn(loop_, *state_, spec, [&](const ProcessEnd& how) {
    end = how;
    loop_.Stop();
  });
  ASSERT_TRUE(process.ok()) << ToString(process.status());
  EXPECT_EQ(state_->Processes()->at("child").pid, (*process)->identity().pid);
  loop_.Run();
  EXPECT_EQ(end.exit_status, 7);
  EXPECT_THAT(LogText(), HasSubstr("givenvalue\n"));
  EXPECT_THAT(LogText(), HasSubstr("\n5\n"));  // 0, 1, 2, 3 and ls's own
}

TEST_F(ControlTest, AdoptsALivingProcessAndNotAnotherOfItsNumber) {
  auto started = Process::Spawn(loop_, *state_, Shell("sleep 1000"), [](const ProcessEnd&) {});
  ASSERT_TRUE(started.ok());
  const ProcessIdentity identity = (*started)->identity();
  EXPECT_EQ(Process::Adopt(loop_, {identity.pid, identity.start_time + 1}, [](const ProcessEnd&) {})
                .status()
                .code(),
            StatusCode::kNotFound);
  bool ended = false;
  auto adopted = Process::Adopt(loop_, identity, [&](const ProcessEnd&) {
    ended = true;
    loop_.Stop();
  });
  ASSERT_TRUE(adopted.ok());
  (*adopted)->Signal(SIGKILL);
  loop_.Run();
  EXPECT_TRUE(ended);
}

TEST_F(ControlTest, RestartsWithBackOffUntilStopped) {
  ClusterSettings settings;
  settings.restart_delay_ms_min = 1;
  settings.restart_delay_ms_max = 4;
  int starts = 0;
  Supervised child(
      loop_, clock_, *state_, settings, "child", [this] { return Shell("exit 3"); },
      Supervised::Events{[&](bool) { ++starts; },
                         [&](const ProcessEnd&) {
                           if (starts == 5) loop_.Stop();
                         }});
  child.Start(std::nullopt);
  loop_.Run();
  EXPECT_EQ(starts, 5);
  EXPECT_EQ(child.last_end()->exit_status, 3);
  bool stopped = false;
  child.Stop([&] { stopped = true; });
  EXPECT_TRUE(stopped);
}

TEST_F(ControlTest, AChildThatIgnoresItsEndIsKilledAfterTheLimit) {
  ClusterSettings settings;
  settings.stop_timeout_ms = 50;
  Supervised child(
      loop_, clock_, *state_, settings, "child",
      [this] { return Shell("trap '' TERM; echo up; while :; do sleep 0.01; done"); },
      Supervised::Events{[](bool) {}, [](const ProcessEnd&) {}});
  child.Start(std::nullopt);
  EventLoop::Watch poll;
  poll = loop_.Every(5'000, [&] {
    if (LogText().find("up") == std::string::npos) return;
    poll.Cancel();
    loop_.Stop();
  });
  loop_.Run();
  child.Stop([&] { loop_.Stop(); });
  loop_.Run();
  EXPECT_EQ(child.last_end()->signal, SIGKILL);
  EXPECT_TRUE(state_->Processes()->empty());
}

TEST_F(ControlTest, AProgramThatIsNotThereIsALogLine) {
  ProcessSpec spec = Shell("");
  spec.arguments = {"/nonexistent/program"};
  ProcessEnd end;
  const auto process = Process::Spawn(loop_, *state_, spec, [&](const ProcessEnd& how) {
    end = how;
    loop_.Stop();
  });
  loop_.Run();
  EXPECT_EQ(end.exit_status, 127);
  EXPECT_EQ(LastLogLine(spec.log_file), "cannot run the program: No such file or directory");
}

TEST_F(ControlTest, TheApiAnswersAtOnceAndLater) {
  ApiReply kept;
  const std::string path = folder_ + "/api";
  auto server = ApiServer::Open(loop_, path, [&](const ApiRequest& request, ApiReply reply) {
    if (request.path == "/later") {
      kept = std::move(reply);
      loop_.Post([&] { kept(200, "later"); });
    } else if (request.path == "/never") {
      kept = std::move(reply);
    } else {
      reply(404, request.method + " " + request.body);
    }
  });
  ASSERT_TRUE(server.ok()) << ToString(server.status());
  std::thread client([&] {
    const auto first = CallApi(path, {"POST", "/x?y=z", "body"}, 2000);
    EXPECT_TRUE(first.ok()) << ToString(first.status());
    EXPECT_EQ(first->http_status, 404);
    EXPECT_EQ(first->body, "POST body");
    EXPECT_EQ(CallApi(path, {"GET", "/later", ""}, 2000)->body, "later");
    EXPECT_EQ(CallApi(path, {"GET", "/never", ""}, 20).status().code(),
              StatusCode::kDeadlineExceeded);
    // The client of /never is gone; its reply must touch nothing.
    loop_.Post([&] { kept(200, "too late"); });
    loop_.Stop();
  });
  loop_.Run();
  client.join();
}

TEST_F(ControlTest, FoldersAreMadeAndForeignVolumesRefused) {
  ClusterConfig config;
  config.id = "demo";
  config.data_dir = folder_ + "/var";
  config.azs = {{"az-a", {folder_ + "/a"}}, {"az-b", {folder_ + "/b"}}};
  EXPECT_TRUE(CheckDataDir(config).ok());
  EXPECT_TRUE(CheckMounts(config).ok());
  EXPECT_TRUE(std::filesystem::is_directory(config.RunDir()));
  EXPECT_FALSE(AnyCopyExists(config));
  std::filesystem::create_directories(config.CopyDir(config.azs[1], 0) + "/log");
  EXPECT_TRUE(CheckMounts(config).ok());
  EXPECT_TRUE(AnyCopyExists(config));
  std::filesystem::create_directories(folder_ + "/a/sixfold-other");
  EXPECT_THAT(std::string(MessageOf(CheckMounts(config))),
              HasSubstr("volume of another cluster (other)"));
  EXPECT_TRUE(IsNetworkFilesystem("nfs4"));
  EXPECT_FALSE(IsNetworkFilesystem("ext4"));
  EXPECT_NE(FilesystemOf("/"), "");
}

TEST(Successor, ByNearnessThenTierThenLag) {
  EXPECT_EQ(ChooseSuccessor({}), std::nullopt);
  EXPECT_EQ(ChooseSuccessor({{"a", 1, 0, 10, 0}, {"b", 0, 0, 99, 0}}), "b");
  EXPECT_EQ(ChooseSuccessor({{"a", 1, 0, 10, 0}, {"b", 1, 0, 5, 0}}), "b");
  EXPECT_EQ(ChooseSuccessor({{"a", 1, 0, 5, 0}, {"b", 1, 0, 5, 0}}), "a");
  EXPECT_EQ(ChooseSuccessor({{"a", 0, 1 << 30, 5, 0}, {"b", 1, 4096, 5, 0}}), "b");
  EXPECT_EQ(ChooseSuccessor({{"a", 0, 0, 5, 1}, {"b", 1, 0, 5, 0}}), "b");
}

TEST(StorageStatus, IsReadAndNonsenseIsAnError) {
  const auto status = ParseStorageStatus(
      R"({"ok":true,"az":"az-a","volume_id":"v","epoch":3,"vdl":4096,"bytes":7,"copies":[)"
      R"({"id":1,"az":"az-a","path":"/p","state":"active","durable_lsn":5,"applied_lsn":4}]})");
  ASSERT_TRUE(status.ok()) << ToString(status.status());
  EXPECT_EQ(status->copies[0].durable_lsn, 5u);
  EXPECT_FALSE(ParseStorageStatus("{}").ok());
  EXPECT_FALSE(ParseStorageStatus("nonsense").ok());
  EXPECT_THAT(
      std::string(MessageOf(ParseStorageStatus(R"({"ok":false,"error":"starting"})").status())),
      HasSubstr("starting"));
}

}  // namespace
}  // namespace sixfold::control
