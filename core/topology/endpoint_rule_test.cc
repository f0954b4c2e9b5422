#include "core/topology/endpoint_rule.h"

#include <gtest/gtest.h>

namespace sixfold::topology {
namespace {

class EndpointRule : public testing::Test {
 protected:
  EndpointRule() : health_(3, InstanceHealth{true, 0}) {
    topology_.writer = "db-1";
    for (const char* id : {"db-1", "db-2", "db-3"}) {
      Member member;
      member.id = id;
      member.state = MemberState::kUp;
      topology_.members.push_back(member);
    }
    settings_.max_replica_lag_ms = 1000;
  }

  std::string Targets(EndpointType type) {
    EndpointConfig endpoint = endpoint_;
    endpoint.type = type;
    std::string names;
    for (const Member* member : EligibleTargets(endpoint, settings_, topology_, health_))
      names += member->id + " ";
    return names;
  }

  EndpointConfig endpoint_;
  ClusterSettings settings_;
  Topology topology_;
  std::vector<InstanceHealth> health_;
};

TEST_F(EndpointRule, ClusterLeadsToTheWriterOrNowhere) {
  EXPECT_EQ(Targets(EndpointType::kCluster), "db-1 ");
  topology_.writer = "";
  EXPECT_EQ(Targets(EndpointType::kCluster), "");
}

TEST_F(EndpointRule, ReaderLeadsToHealthyReadersElseTheWriter) {
  EXPECT_EQ(Targets(EndpointType::kReader), "db-2 db-3 ");
  health_[1].lag_ms = 1001;
  EXPECT_EQ(Targets(EndpointType::kReader), "db-3 ");
  topology_.members[2].state = MemberState::kDraining;
  EXPECT_EQ(Targets(EndpointType::kReader), "db-1 ");
  health_[0].ready = false;
  EXPECT_EQ(Targets(EndpointType::kReader), "");
}

TEST_F(EndpointRule, CustomFollowsItsListOrItsExclusions) {
  endpoint_.members = {"db-3", "db-1"};
  EXPECT_EQ(Targets(EndpointType::kCustom), "db-1 db-3 ");
  endpoint_.members = {};
  endpoint_.exclude = {"db-1"};
  EXPECT_EQ(Targets(EndpointType::kCustom), "db-2 db-3 ");
  endpoint_.max_lag_ms = 10;
  health_[1].lag_ms = 11;
  EXPECT_EQ(Targets(EndpointType::kCustom), "db-3 ");
}

TEST_F(EndpointRule, InstanceLeadsToItHoweverFarBehind) {
  endpoint_.instance = "db-2";
  health_[1].lag_ms = 100'000;
  EXPECT_EQ(Targets(EndpointType::kInstance), "db-2 ");
  health_[1].ready = false;
  EXPECT_EQ(Targets(EndpointType::kInstance), "");
}

}  // namespace
}  // namespace sixfold::topology
