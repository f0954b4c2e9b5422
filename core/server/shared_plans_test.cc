#include "core/server/shared_plans.h"

#include <gtest/gtest.h>

#include <thread>

namespace sixfold::server {
namespace {

std::shared_ptr<const SharedPlan> NamedPlan(std::string text) {
  auto source = std::make_shared<StatementSource>();
  source->text = std::move(text);
  auto plan = std::make_shared<SharedPlan>();
  plan->source = std::move(source);
  return plan;
}

TEST(SharedPlans, SaysWhetherAKeyWasAskedForBefore) {
  SharedPlans plans;
  EXPECT_FALSE(plans.Find("a").seen_before);
  EXPECT_TRUE(plans.Find("a").seen_before);
  EXPECT_FALSE(plans.Find("b").seen_before);
  EXPECT_EQ(plans.Find("a").plan, nullptr);
}

TEST(SharedPlans, ANewerPlanTakesThePlace) {
  SharedPlans plans;
  plans.Put("a", NamedPlan("old"));
  const auto old = plans.Find("a").plan;
  plans.Put("a", NamedPlan("new"));
  EXPECT_EQ(plans.Find("a").plan->source->text, "new");
  EXPECT_EQ(old->source->text, "old");  // whoever has it keeps it
  EXPECT_EQ(plans.size(), 1u);
}

TEST(SharedPlans, TheLeastRecentlyUsedGoesFirst) {
  SharedPlans plans;
  plans.Put("kept", NamedPlan("kept"));
  const size_t most = SharedPlans::kShards * SharedPlans::kPlansPerShard;
  for (size_t i = 0; i < 4 * most; ++i) {
    plans.Put(std::to_string(i), NamedPlan("x"));
    ASSERT_NE(plans.Find("kept").plan, nullptr) << i;
  }
  EXPECT_EQ(plans.size(), most);
  EXPECT_EQ(plans.Find("0").plan, nullptr);
}

TEST(SharedPlans, ThreadsFindWhatOthersPut) {
  SharedPlans plans;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&plans] {
      for (int i = 0; i < 20'000; ++i) {
        const std::string key = std::to_string(i % 3000);
        if (const auto found = plans.Find(key).plan; found != nullptr) {
          ASSERT_EQ(found->source->text, key);
        } else {
          plans.Put(key, NamedPlan(key));
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(plans.size(), SharedPlans::kShards * SharedPlans::kPlansPerShard);
}

}  // namespace
}  // namespace sixfold::server
