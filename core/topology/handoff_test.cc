#include "core/topology/handoff.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

namespace sixfold::topology {
namespace {

class HandoffTest : public testing::Test {
 protected:
  HandoffTest() {
    int pair[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair), 0);
    proxy_.Reset(pair[0]);
    compute_.Reset(pair[1]);
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
    client_.Reset(pair[0]);
    accepted_.Reset(pair[1]);
  }
  UniqueFd proxy_, compute_, client_, accepted_;
};

TEST_F(HandoffTest, PassesTheSocketAndItsConfirmation) {
  Handoff sent;
  sent.id = 7;
  sent.endpoint = "demo";
  sent.client_address = "127.0.0.1:4711";
  sent.expects_writer = true;
  ASSERT_TRUE(SendClient(proxy_.get(), sent, accepted_.get()).ok());
  accepted_.Reset();
  auto received = ReceiveClient(compute_.get());
  ASSERT_TRUE(received.ok() && received->has_value());
  EXPECT_EQ((*received)->id, 7u);
  EXPECT_EQ((*received)->endpoint, "demo");
  EXPECT_EQ((*received)->client_address, "127.0.0.1:4711");
  EXPECT_TRUE((*received)->expects_writer);
  ASSERT_EQ(::write((*received)->client.get(), "x", 1), 1);
  char byte;
  EXPECT_EQ(::read(client_.get(), &byte, 1), 1);
  ASSERT_TRUE(SendReply(compute_.get(), {7, HandoffVerdict::kNotReady}).ok());
  const auto reply = ReceiveReply(proxy_.get());
  ASSERT_TRUE(reply.ok() && reply->has_value());
  EXPECT_EQ((*reply)->id, 7u);
  EXPECT_EQ((*reply)->verdict, HandoffVerdict::kNotReady);
}

TEST_F(HandoffTest, NothingWaitingIsNoError) {
  EXPECT_FALSE(ReceiveClient(compute_.get())->has_value());
  EXPECT_FALSE(ReceiveReply(proxy_.get())->has_value());
}

TEST_F(HandoffTest, AFullSocketIsUnavailableAndAClosedOneAborted) {
  Status status;
  for (int i = 0; i < 100'000 && status.ok(); ++i)
    status = SendClient(proxy_.get(), {}, accepted_.get());
  EXPECT_EQ(status.code(), StatusCode::kUnavailable);
  compute_.Reset();
  EXPECT_EQ(SendClient(proxy_.get(), {}, accepted_.get()).code(), StatusCode::kAborted);
  EXPECT_FALSE(ReceiveReply(proxy_.get()).ok());
}

TEST_F(HandoffTest, NonsenseIsRefused) {
  ASSERT_EQ(::send(proxy_.get(), "hello", 5, 0), 5);
  EXPECT_EQ(ReceiveClient(compute_.get()).status().code(), StatusCode::kInvalidArgument);
  ASSERT_EQ(::send(compute_.get(), "hello", 5, 0), 5);
  EXPECT_EQ(ReceiveReply(proxy_.get()).status().code(), StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace sixfold::topology
