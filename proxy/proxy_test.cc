// The proxy with fake instances: each listens for hand-offs and relays, greets every client with
// its own name and closes it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include <charconv>
#include <filesystem>
#include <thread>

#include "core/protocol/proxy_header.h"
#include "core/topology/handoff.h"
#include "core/topology/instance_status.h"
#include "core/topology/unix_socket.h"
#include "proxy/balance.h"
#include "proxy/proxy_server.h"

namespace sixfold::proxy {
namespace {

using topology::HandoffVerdict;
using topology::InstanceState;
using topology::Member;
using topology::MemberState;

/// On the proxy's loop.
class FakeInstance {
 public:
  FakeInstance(EventLoop& loop, const ClusterConfig& config, std::string id)
      : loop_(loop), id_(std::move(id)) {
    status_ = std::move(*topology::InstanceStatusWriter::Create(config.StatusPage(id_), id_, ""));
    status_->SetState(InstanceState::kReady);
    handoff_ = std::move(*topology::ListenUnix(config.HandoffSocket(id_), SOCK_SEQPACKET));
    mysql_ = std::move(*topology::ListenUnix(config.MysqlSocket(id_), SOCK_STREAM));
    handoff_watch_ =
        loop.WatchFd(handoff_.get(), EventLoop::kRead, [this](unsigned) { AcceptProxy(); });
    mysql_watch_ =
        loop.WatchFd(mysql_.get(), EventLoop::kRead, [this](unsigned) { AcceptRelay(); });
  }

  topology::InstanceStatusWriter& status() { return *status_; }
  HandoffVerdict verdict = HandoffVerdict::kAccepted;
  bool silent = false;  // receives clients and confirms nothing
  bool keep_sessions = false;
  std::string last_header;  // of a relayed client
  std::vector<topology::Handoff> unconfirmed;
  int confirm_failures = 0;
  UniqueFd proxy;  // the proxy's connection
  std::vector<UniqueFd> sessions;

  void Close() {
    handoff_watch_.Cancel();
    mysql_watch_.Cancel();
    proxy_watch_.Cancel();
    relay_watch_.Cancel();
    handoff_.Reset();
    mysql_.Reset();
    proxy.Reset();
    sessions.clear();
  }

 private:
  void Greet(UniqueFd client) {
    (void)!::write(client.get(), id_.data(), id_.size());
    if (keep_sessions) sessions.push_back(std::move(client));
  }
  void AcceptProxy() {
    proxy.Reset(::accept4(handoff_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    proxy_watch_ = loop_.WatchFd(proxy.get(), EventLoop::kRead, [this](unsigned) { Receive(); });
  }
  void Receive() {
    while (true) {
      auto received = topology::ReceiveClient(proxy.get());
      if (!received.ok()) return proxy_watch_.Cancel();
      if (!received->has_value()) return;
      if (silent) {
        unconfirmed.push_back(std::move(**received));
        continue;
      }
      if (verdict == HandoffVerdict::kAccepted) status_->BeginSession((*received)->endpoint);
      EXPECT_TRUE(topology::SendReply(proxy.get(), {(*received)->id, verdict}).ok());
      if (verdict == HandoffVerdict::kAccepted) Greet(std::move((*received)->client));
    }
  }
  void AcceptRelay() {
    relayed_.Reset(::accept4(mysql_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    relay_watch_ = loop_.WatchFd(relayed_.get(), EventLoop::kRead, [this](unsigned) {
      char buffer[4096];
      const ssize_t count = ::read(relayed_.get(), buffer, sizeof(buffer));
      if (last_header.empty())
        last_header.assign(buffer, static_cast<size_t>(std::max<ssize_t>(count, 0)));
      relay_watch_.Cancel();
      Greet(std::move(relayed_));
    });
  }

  EventLoop& loop_;
  std::string id_;
  std::unique_ptr<topology::InstanceStatusWriter> status_;
  UniqueFd handoff_, mysql_, relayed_;
  EventLoop::Watch handoff_watch_, mysql_watch_, proxy_watch_, relay_watch_;
};

class ProxyTest : public testing::Test {
 protected:
  ProxyTest() {
    char name[] = "/tmp/sixfold-proxy-XXXXXX";
    folder_ = ::mkdtemp(name);
    config_.id = "demo";
    config_.data_dir = folder_;
    config_.settings.confirm_handoff_ms = 100;
    config_.settings.wait_for_writer_ms = 20'000;
    std::filesystem::create_directories(config_.RunDir());
    for (const char* id : {"db-1", "db-2", "db-3"}) {
      config_.instances.push_back({id, "az-a", 1});
      instances_[id] = std::make_unique<FakeInstance>(loop_, config_, id);
      Member member;
      member.id = id;
      member.state = MemberState::kUp;
      member.mysql_address = "unix:" + config_.MysqlSocket(id);
      topology_.members.push_back(member);
    }
    topology_.epoch = Epoch(1);
    topology_.writer = "db-1";
    AddEndpoint("demo", EndpointType::kCluster);
    AddEndpoint("demo-ro", EndpointType::kReader);
  }
  ~ProxyTest() override { std::filesystem::remove_all(folder_); }

  EndpointConfig& AddEndpoint(const std::string& name, EndpointType type) {
    EndpointConfig endpoint;
    endpoint.name = name;
    endpoint.type = type;
    endpoint.listen.unix_path = folder_ + "/" + name;
    return config_.endpoints.emplace_back(endpoint);
  }

  void Publish() {
    ++topology_.revision;
    ASSERT_TRUE(topology::WriteTopology(config_.TopologyFile(), topology_).ok());
  }

  /// Runs the proxy while `client` runs on a thread of its own.
  void Serve(const std::function<void()>& client) {
    Publish();
    auto server = ProxyServer::Open(loop_, clock_, config_, {});
    ASSERT_TRUE(server.ok()) << ToString(server.status());
    server_ = server->get();
    std::thread thread([&] {
      client();
      loop_.Stop();
    });
    loop_.Run();
    thread.join();
  }
  /// Does it on the loop's thread and waits for it.
  void OnLoop(const std::function<void()>& function) {
    std::atomic<bool> done = false;
    loop_.Post([&] {
      function();
      done = true;
      done.notify_all();
    });
    done.wait(false);
  }

  UniqueFd Connect(const std::string& endpoint) {
    auto fd = topology::ConnectUnix(folder_ + "/" + endpoint, SOCK_STREAM);
    EXPECT_TRUE(fd.ok());
    return std::move(*fd);
  }
  static std::string ReadSome(int fd, int timeout_ms = 5000) {
    pollfd waiting{fd, POLLIN, 0};
    if (::poll(&waiting, 1, timeout_ms) <= 0) return "nothing";
    char buffer[4096];
    const ssize_t count = ::read(fd, buffer, sizeof(buffer));
    return std::string(buffer, static_cast<size_t>(std::max<ssize_t>(count, 0)));
  }
  std::string Ask(const std::string& endpoint) { return ReadSome(Connect(endpoint).get()); }

  std::string folder_;
  ClusterConfig config_;
  EventLoop loop_;
  SystemClock clock_;
  topology::Topology topology_;
  std::map<std::string, std::unique_ptr<FakeInstance>> instances_;
  ProxyServer* server_ = nullptr;
};

TEST_F(ProxyTest, HandsClientsToTheWriterAndBalancesReaders) {
  for (auto& [id, instance] : instances_) instance->keep_sessions = true;
  Serve([&] {
    EXPECT_EQ(Ask("demo"), "db-1");
    std::map<std::string, int> counts;
    std::vector<UniqueFd> open;
    for (int i = 0; i < 10; ++i) {
      open.push_back(Connect("demo-ro"));
      ++counts[ReadSome(open.back().get())];
    }
    EXPECT_EQ(counts, (std::map<std::string, int>{{"db-2", 5}, {"db-3", 5}}));
    OnLoop([&] { EXPECT_THAT(server_->StatusJson(), testing::HasSubstr(R"("handed_over":10)")); });
  });
}

TEST_F(ProxyTest, ARefusedClientGoesToAnotherTarget) {
  instances_["db-2"]->verdict = HandoffVerdict::kTooMany;
  Serve([&] {
    for (int i = 0; i < 5; ++i) EXPECT_EQ(Ask("demo-ro"), "db-3");
  });
}

TEST_F(ProxyTest, AClientOfAFullWriterIsToldSoAtOnce) {
  instances_["db-1"]->verdict = HandoffVerdict::kTooMany;
  config_.settings.wait_for_writer_ms = 600'000;
  Serve([&] {
    for (int i = 0; i < 3; ++i) {
      const std::string packet = Ask("demo");
      ASSERT_GT(packet.size(), 7u);
      EXPECT_EQ(packet.substr(4), "\xff\x10\x04Too many connections");
    }
  });
}

TEST_F(ProxyTest, AnInstanceThatConfirmsTooLateGetsNoClient) {
  instances_["db-2"]->silent = true;
  instances_["db-3"]->status().page().sessions = 100;  // db-2 is preferred
  Serve([&] {
    EXPECT_EQ(Ask("demo-ro"), "db-3");
    OnLoop([&] {
      FakeInstance& late = *instances_["db-2"];
      ASSERT_EQ(late.unconfirmed.size(), 1u);
      // The old connection is dead, so the late confirmation fails and the client is dropped
      // unused.
      EXPECT_FALSE(
          topology::SendReply(late.proxy.get(), {late.unconfirmed[0].id, HandoffVerdict::kAccepted})
              .ok());
    });
  });
}

TEST_F(ProxyTest, ADeadInstanceIsSkipped) {
  instances_["db-2"]->Close();
  Serve([&] {
    for (int i = 0; i < 5; ++i) EXPECT_EQ(Ask("demo-ro"), "db-3");
  });
}

TEST_F(ProxyTest, ClientsWaitForAWriterInsteadOfFailing) {
  topology_.writer = "";
  Serve([&] {
    const UniqueFd client = Connect("demo");
    const UniqueFd impatient = Connect("demo");
    EXPECT_EQ(ReadSome(client.get(), 50), "nothing");
    OnLoop([&] {
      topology_.epoch = Epoch(2);
      topology_.writer = "db-3";
      Publish();
    });
    EXPECT_EQ(ReadSome(client.get()), "db-3");
  });
}

TEST_F(ProxyTest, WhoWaitsTooLongIsToldSo) {
  topology_.writer = "";
  config_.settings.wait_for_writer_ms = 30;
  Serve([&] {
    const std::string packet = Ask("demo");
    ASSERT_GT(packet.size(), 7u);
    EXPECT_EQ(static_cast<unsigned char>(packet[4]), 0xff);
    EXPECT_EQ(packet.substr(5, 2), "\x10\x04");  // 1040
    EXPECT_THAT(packet, testing::HasSubstr("endpoint 'demo'"));
    EXPECT_EQ(static_cast<size_t>(packet[0]), packet.size() - 4);
  });
}

TEST_F(ProxyTest, RelaysNameTheClientAndPassBytesBothWays) {
  config_.endpoints[1].handoff = false;
  for (auto& [id, instance] : instances_) instance->keep_sessions = true;
  instances_["db-3"]->status().page().sessions = 100;
  Serve([&] {
    const UniqueFd client = Connect("demo-ro");
    EXPECT_EQ(ReadSome(client.get()), "db-2");
    OnLoop([&] { EXPECT_TRUE(protocol::StartsLikeProxyHeader(instances_["db-2"]->last_header)); });
    ASSERT_EQ(::write(client.get(), "hello", 5), 5);
    const int server_side = instances_["db-2"]->sessions[0].get();
    EXPECT_EQ(ReadSome(server_side), "hello");
    // More than pipes and socket buffers hold, one way.
    const std::string big(4 << 20, 'x');
    std::thread sending([&] {
      size_t sent = 0;
      while (sent < big.size())
        sent += static_cast<size_t>(
            std::max<ssize_t>(::write(server_side, big.data() + sent, big.size() - sent), 0));
      ::shutdown(server_side, SHUT_WR);
    });
    size_t received = 0;
    for (std::string some; !(some = ReadSome(client.get())).empty();) received += some.size();
    sending.join();
    EXPECT_EQ(received, big.size());
  });
}

TEST_F(ProxyTest, ARelayToADeadInstanceGoesElsewhere) {
  config_.endpoints[1].handoff = false;
  instances_["db-2"]->Close();
  Serve([&] {
    for (int i = 0; i < 5; ++i) EXPECT_EQ(Ask("demo-ro"), "db-3");
  });
}

TEST_F(ProxyTest, RelaysToTheFormerWriterAreCut) {
  config_.endpoints[0].handoff = false;
  instances_["db-1"]->keep_sessions = true;
  Serve([&] {
    const UniqueFd client = Connect("demo");
    EXPECT_EQ(ReadSome(client.get()), "db-1");
    OnLoop([&] {
      topology_.writer = "";
      Publish();
    });
    EXPECT_EQ(ReadSome(client.get()), "");
  });
}

TEST_F(ProxyTest, AClientThatLeavesWhileWaitingIsForgotten) {
  topology_.writer = "";
  Serve([&] {
    Connect("demo").Reset();
    bool gone = false;
    while (!gone)
      OnLoop([&] {
        const std::string status = server_->StatusJson();
        gone = status.find(R"("accepted":1)") != std::string::npos &&
               status.find(R"("waiting":1)") == std::string::npos;
      });
  });
}

TEST(ChooseTarget, FollowsTheEndpointsRule) {
  Member a, b, c;
  a.id = "a";
  b.id = "b";
  c.id = "c";
  const std::vector<InstanceView::Target> targets = {{&a, 5}, {&b, 2}, {&c, 9}};
  EndpointConfig endpoint;
  EXPECT_EQ(ChooseTarget(endpoint, targets, 0), 1u);
  endpoint.balancing = Balancing::kRoundRobin;
  EXPECT_EQ(ChooseTarget(endpoint, targets, 5), 2u);
  endpoint.balancing = Balancing::kWeighted;
  endpoint.weights = {{"c", 100}, {"b", 0}};
  EXPECT_EQ(ChooseTarget(endpoint, targets, 0), 2u);
  endpoint.balancing = Balancing::kLeastConnections;
  const std::vector<InstanceView::Target> equal = {{&a, 1}, {&b, 1}};
  EXPECT_NE(ChooseTarget(endpoint, equal, 0), ChooseTarget(endpoint, equal, 1));
}

}  // namespace
}  // namespace sixfold::proxy
