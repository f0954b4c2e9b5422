#include "core/topology/control_socket.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <thread>

#include "core/base/event_loop.h"

namespace sixfold::topology {
namespace {

class ControlSocket : public testing::Test {
 protected:
  ControlSocket() {
    char name[] = "/tmp/sixfold-control-XXXXXX";
    folder_ = ::mkdtemp(name);
    path_ = folder_ + "/c.sock";
  }
  ~ControlSocket() override { std::filesystem::remove_all(folder_); }

  /// Serves until the test's client thread is done with `client`.
  void Serve(ControlHandler handler, const std::function<void()>& client) {
    auto server = ControlServer::Open(loop_, path_, std::move(handler));
    ASSERT_TRUE(server.ok()) << ToString(server.status());
    std::thread thread([&] {
      client();
      loop_.Stop();
    });
    loop_.Run();
    thread.join();
  }

  EventLoop loop_;
  std::string folder_;
  std::string path_;
};

TEST_F(ControlSocket, AnswersALineWithALine) {
  Serve([](std::string request, ControlReply reply) { reply("echo " + request); },
        [&] {
          const auto reply = ControlCall(path_, R"({"cmd":"status"})", 2000);
          ASSERT_TRUE(reply.ok()) << ToString(reply.status());
          EXPECT_EQ(*reply, R"(echo {"cmd":"status"})");
        });
}

TEST_F(ControlSocket, AReplyMayComeLaterFromAnotherThread) {
  std::thread answering;
  Serve(
      [&](std::string, ControlReply reply) {
        answering = std::thread([reply] { reply(std::string(100'000, 'x')); });
      },
      [&] {
        const auto reply = ControlCall(path_, "x", 2000);
        ASSERT_TRUE(reply.ok()) << ToString(reply.status());
        EXPECT_EQ(reply->size(), 100'000u);
      });
  answering.join();
}

TEST_F(ControlSocket, ASilentServerIsATimeoutAndAnAbsentOneUnavailable) {
  EXPECT_EQ(ControlCall(path_, "x", 100).status().code(), StatusCode::kUnavailable);
  ControlReply kept;
  Serve([&](std::string, ControlReply reply) { kept = std::move(reply); },
        [&] {
          EXPECT_EQ(ControlCall(path_, "x", 20).status().code(), StatusCode::kDeadlineExceeded);
        });
  kept("too late");  // must not touch the dead server
}

TEST_F(ControlSocket, AnEndlessLineClosesTheConnection) {
  Serve([](std::string, ControlReply reply) { reply("?"); },
        [&] {
          EXPECT_FALSE(ControlCall(path_, std::string(kMaxControlLine + 100'000, 'x'), 5000).ok());
        });
}

TEST_F(ControlSocket, CallsFromALoopEndOnThatLoop) {
  auto server = ControlServer::Open(
      loop_, path_, [](std::string request, ControlReply reply) { reply(request + "!"); });
  ASSERT_TRUE(server.ok());
  std::string answer;
  Status absent;
  PendingCall first =
      ControlCallAsync(loop_, path_, "hello", 2000, [&](StatusOr<std::string> reply) {
        answer = reply.ok() ? *reply : "error";
        if (!absent.ok()) loop_.Stop();
      });
  PendingCall second =
      ControlCallAsync(loop_, path_ + ".none", "hello", 2000, [&](StatusOr<std::string> reply) {
        absent = reply.status();
        if (!answer.empty()) loop_.Stop();
      });
  loop_.Run();
  EXPECT_EQ(answer, "hello!");
  EXPECT_EQ(absent.code(), StatusCode::kUnavailable);
  EXPECT_FALSE(first.active());
}

}  // namespace
}  // namespace sixfold::topology
