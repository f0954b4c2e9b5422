#include "core/base/posix_network.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

namespace sixfold {
namespace {

struct Echo {
  std::unique_ptr<Connection> server, client;
};

void RunEcho(const std::string& address) {
  EventLoop loop;
  PosixNetwork network(loop);
  Echo echo;
  auto listener = network.Listen(address, [&](std::unique_ptr<Connection> accepted) {
    echo.server = std::move(accepted);
    echo.server->Start(
        [&](uint16_t type, std::string_view body) { echo.server->Send(type + 1, body); },
        [&](const Status&) { loop.Stop(); });
  });
  ASSERT_TRUE(listener.ok()) << listener.status();
  const std::string big(9 << 20, 'b');
  int answers = 0;
  network.Connect((*listener)->address(), [&](StatusOr<std::unique_ptr<Connection>> made) {
    ASSERT_TRUE(made.ok()) << made.status();
    echo.client = std::move(*made);
    echo.client->Start(
        [&](uint16_t type, std::string_view body) {
          ++answers;
          EXPECT_EQ(type, answers + 1);
          EXPECT_EQ(body.size(), answers == 1 ? 5u : answers == 2 ? big.size() + 2 : 0u);
          if (answers == 3) echo.client.reset();  // from inside its own callback
        },
        [&](const Status&) { FAIL(); });
    echo.client->Send(1, "hello");
    echo.client->Send(2, "ab", big);
    echo.client->Send(3, "");
  });
  loop.Run();
  EXPECT_EQ(answers, 3);
}

TEST(PosixNetwork, EchoesOverTcp) { RunEcho("tcp:127.0.0.1:0"); }

TEST(PosixNetwork, EchoesOverUnixSocketsWithLongPaths) {
  char name[] = "/tmp/sixfold-net-XXXXXX";
  const std::string folder = mkdtemp(name);
  const std::string deep = folder + "/" + std::string(120, 'd');
  std::filesystem::create_directories(deep);
  RunEcho("unix:" + folder + "/s.sock");
  RunEcho("unix:" + deep + "/s.sock");
  std::filesystem::remove_all(folder);
}

TEST(PosixNetwork, RefusedConnectionIsReported) {
  EventLoop loop;
  PosixNetwork network(loop);
  Status status;
  network.Connect("unix:/tmp/sixfold-nobody-listens.sock",
                  [&](StatusOr<std::unique_ptr<Connection>> made) {
                    status = made.status();
                    loop.Stop();
                  });
  loop.Run();
  EXPECT_FALSE(status.ok());
}

}  // namespace
}  // namespace sixfold
