#include "core/topology/listeners.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <filesystem>
#include <thread>

namespace sixfold::topology {
namespace {

EndpointConfig Loopback(uint16_t port) {
  EndpointConfig endpoint;
  endpoint.name = "demo";
  endpoint.listen.host = "127.0.0.1";
  endpoint.listen.port = port;
  return endpoint;
}

TEST(Listeners, PortZeroPicksOneAndATakenPortIsNamed) {
  const auto first = OpenListener(Loopback(0));
  ASSERT_TRUE(first.ok()) << ToString(first.status());
  const std::string address = ListenerAddress(Loopback(0), first->get());
  const auto port = static_cast<uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
  EXPECT_NE(port, 0);
  const auto second = OpenListener(Loopback(port));
  EXPECT_EQ(second.status().code(), StatusCode::kAlreadyExists);
  EXPECT_THAT(std::string(MessageOf(second.status())),
              testing::HasSubstr("endpoint demo: address " + address));
}

TEST(Listeners, ComeBackFromTheProcessThatHoldsThem) {
  char name[] = "/tmp/sixfold-listeners-XXXXXX";
  const std::string folder = ::mkdtemp(name);
  Listeners listeners;
  listeners.emplace("a", std::move(*OpenListener(Loopback(0))));
  listeners.emplace("b", std::move(*OpenListener(Loopback(0))));
  const std::string address = ListenerAddress(Loopback(0), listeners.at("b").get());
  EventLoop loop;
  const std::string path = folder + "/l.sock";
  EXPECT_EQ(FetchListeners(path, 100).status().code(), StatusCode::kUnavailable);
  auto server = ListenerServer::Open(loop, path, listeners);
  ASSERT_TRUE(server.ok());
  StatusOr<Listeners> fetched = Internal("not asked");
  std::thread asking([&] {
    fetched = FetchListeners(path, 2000);
    loop.Stop();
  });
  loop.Run();
  asking.join();
  ASSERT_TRUE(fetched.ok()) << ToString(fetched.status());
  ASSERT_EQ(fetched->size(), 2u);
  EXPECT_EQ(ListenerAddress(Loopback(0), fetched->at("b").get()), address);
  std::filesystem::remove_all(folder);
}

TEST(Listeners, InheritedOnesAreChecked) {
  EXPECT_TRUE(ParseInheritedListeners("")->empty());
  EXPECT_FALSE(ParseInheritedListeners("demo").ok());
  EXPECT_FALSE(ParseInheritedListeners("demo=1").ok());
  EXPECT_FALSE(ParseInheritedListeners("demo=99999").ok());
  const int fd = ::dup(OpenListener(Loopback(0))->get());
  const auto listeners = ParseInheritedListeners(fmt::format("demo={}", fd));
  ASSERT_TRUE(listeners.ok());
  EXPECT_EQ(listeners->at("demo").get(), fd);
}

}  // namespace
}  // namespace sixfold::topology
