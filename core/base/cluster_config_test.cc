#include "core/base/cluster_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sixfold {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view kSample = R"(clusters:
  - id: demo
    master_user: admin
    master_password: sixfold
    data_dir: ./var
    azs:
      - {name: az-a, mounts: [./var/az-a/disk1, ./var/az-a/disk2]}
      - {name: az-b, mounts: [./var/az-b/disk1, ./var/az-b/disk2]}
      - {name: az-c, mounts: [./var/az-c/disk1, ./var/az-c/disk2]}
    instances:
      - {id: db-1, az: az-a, tier: 0}
      - {id: db-2, az: az-b, tier: 1}
      - {id: db-3, az: az-c, tier: 1}
    endpoints:
      - {name: demo,      type: cluster,  listen: "127.0.0.1:3306"}
      - {name: demo-ro,   type: reader,   listen: "127.0.0.1:3307"}
      - {name: analytics, type: custom,   listen: "127.0.0.1:0", members: [db-3]}
      - {name: db-1,      type: instance, listen: "127.0.0.1:0", instance: db-1}
    settings: {segment_bytes: 1048576, kill_old_writer: false}
)";

/// The sample with one stretch of text replaced.
std::string With(std::string_view from, std::string_view to) {
  std::string text(kSample);
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

std::string ErrorOf(const std::string& text) {
  const auto config = ParseConfig(text, "c.yaml", "/base");
  EXPECT_FALSE(config.ok()) << text;
  return config.ok() ? "" : std::string(MessageOf(config.status()));
}

TEST(ClusterConfig, ReadsTheSample) {
  const auto config = ParseConfig(kSample, "c.yaml", "/base");
  ASSERT_TRUE(config.ok()) << ToString(config.status());
  EXPECT_THAT(config->warnings, IsEmpty());
  const auto cluster = config->Cluster("");
  ASSERT_TRUE(cluster.ok());
  EXPECT_EQ(cluster->id, "demo");
  EXPECT_EQ(cluster->data_dir, "/base/var");
  ASSERT_THAT(cluster->azs, SizeIs(3));
  EXPECT_EQ(cluster->CopyDir(cluster->azs[1], 1), "/base/var/az-b/disk2/sixfold-demo/copy-1");
  EXPECT_EQ(cluster->instances[1].tier, 1u);
  EXPECT_EQ(cluster->endpoints[2].members, std::vector<std::string>{"db-3"});
  EXPECT_EQ(cluster->endpoints[2].listen.port, 0);
  EXPECT_EQ(cluster->endpoints[0].listen.ToString(), "127.0.0.1:3306");
  EXPECT_EQ(cluster->settings.segment_bytes, 1048576u);
  EXPECT_FALSE(cluster->settings.kill_old_writer);
  EXPECT_EQ(cluster->HandoffSocket("db-1"), "/base/var/run/db-1.handoff.sock");
}

TEST(ClusterConfig, NamesFileLineKeyAndExpectation) {
  EXPECT_EQ(ErrorOf(With("tier: 0", "tier: 16")),
            "c.yaml:11: clusters[0].instances[0].tier: expected a whole number from 0 to 15, found "
            "\"16\"");
  EXPECT_THAT(ErrorOf(With("az: az-b", "az: az-x")),
              HasSubstr("c.yaml:12: clusters[0].instances[1].az: expected the name of an AZ"));
  EXPECT_THAT(ErrorOf(With("type: reader", "type: readre")),
              HasSubstr("c.yaml:16: clusters[0].endpoints[1].type: expected cluster, reader, "
                        "custom or instance"));
  EXPECT_THAT(ErrorOf(With("127.0.0.1:3307", "127.0.0.1:70000")),
              HasSubstr("c.yaml:16: clusters[0].endpoints[1].listen"));
  EXPECT_THAT(ErrorOf(With("127.0.0.1:3307", "127.0.0.1:3306")),
              HasSubstr("which endpoint demo has"));
  EXPECT_THAT(ErrorOf(With("    master_user: admin\n", "")),
              HasSubstr("clusters[0].master_user: missing"));
  EXPECT_THAT(ErrorOf(With("    master_user: admin\n",
                           "    master_user: admin\n    master_auth_plugin: sha256_password\n")),
              HasSubstr("c.yaml:4: clusters[0].master_auth_plugin: expected mysql_native_password "
                        "or caching_sha2_password"));
}

TEST(ClusterConfig, RefusesUnknownAndRepeatedKeys) {
  EXPECT_THAT(
      ErrorOf(With("tier: 0", "teir: 0")),
      HasSubstr(
          "c.yaml:11: clusters[0].instances[0].teir: unknown key; expected one of id, az, tier"));
  EXPECT_THAT(ErrorOf(With("segment_bytes", "segmnt_bytes")),
              HasSubstr("settings.segmnt_bytes: unknown key"));
  EXPECT_THAT(ErrorOf(With("tier: 0", "tier: 0, tier: 1")), HasSubstr("given twice"));
}

TEST(ClusterConfig, ChecksEndpointRules) {
  EXPECT_THAT(ErrorOf(With("members: [db-3]", "members: [db-9]")),
              HasSubstr("members[0]: expected the id of an instance"));
  EXPECT_THAT(ErrorOf(With("members: [db-3]", "members: [db-3], exclude: [db-1]")),
              HasSubstr("found both"));
  EXPECT_THAT(ErrorOf(With(", members: [db-3]", "")), HasSubstr("found neither"));
  EXPECT_THAT(ErrorOf(With(", instance: db-1", "")), HasSubstr("endpoints[3].instance: missing"));
}

TEST(ClusterConfig, WarnsOfOneMountAndWantsThreeAzs) {
  const auto config = ParseConfig(
      With("[./var/az-b/disk1, ./var/az-b/disk2]", "[./var/az-b/disk1]"), "c.yaml", "/base");
  ASSERT_TRUE(config.ok());
  ASSERT_THAT(config->warnings, SizeIs(1));
  EXPECT_THAT(config->warnings[0], HasSubstr("az-b has one mount"));
  EXPECT_EQ(config->clusters[0].CopyDir(config->clusters[0].azs[1], 1),
            "/base/var/az-b/disk1/sixfold-demo/copy-1");
  EXPECT_THAT(
      ErrorOf(With("      - {name: az-b, mounts: [./var/az-b/disk1, ./var/az-b/disk2]}\n", "")),
      HasSubstr("expected exactly 3 AZs"));
  EXPECT_THAT(ErrorOf(With("az-b/disk2", "az-b/disk1")),
              HasSubstr("a folder no other mount names"));
}

TEST(ClusterConfig, SaysWhereTheYamlItselfIsBroken) {
  EXPECT_THAT(ErrorOf(With("[db-3]", "[db-3")), HasSubstr("c.yaml:"));
  EXPECT_THAT(ErrorOf(""), HasSubstr("expected a mapping with the key clusters"));
  EXPECT_THAT(ErrorOf(With("./var\n", std::string("./") + std::string(100, 'x') + "\n")),
              HasSubstr("shorter path"));
}

}  // namespace
}  // namespace sixfold
