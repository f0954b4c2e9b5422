#include "core/catalog/accounts.h"

#include <gtest/gtest.h>

namespace sixfold::catalog {
namespace {

Account Named(std::string user, std::string host) {
  Account account;
  account.user = std::move(user);
  account.host = std::move(host);
  return account;
}

TEST(Accounts, TheMostSpecificHostIsMatchedFirst) {
  const AccountSet set({Named("", "%"), Named("ann", "%"), Named("ann", "10.0.%"),
                        Named("ann", "10.0.0.7"), Named("", "localhost")});
  EXPECT_EQ(set.Match("ann", "10.0.0.7", "10.0.0.7")->host, "10.0.0.7");
  EXPECT_EQ(set.Match("ann", "10.0.9.9", "10.0.9.9")->host, "10.0.%");
  EXPECT_EQ(set.Match("ann", "x", "192.168.0.1")->host, "%");
  // MySQL's well-known surprise: the anonymous user of a literal host beats a named one of '%'.
  EXPECT_EQ(set.Match("ann", "localhost", "127.0.0.1")->user, "");
}

TEST(Accounts, NetmasksMatchAddresses) {
  const AccountSet set({Named("ann", "192.168.1.0/255.255.255.0")});
  EXPECT_NE(set.Match("ann", "h", "192.168.1.77"), nullptr);
  EXPECT_EQ(set.Match("ann", "h", "192.168.2.77"), nullptr);
}

TEST(Accounts, ALevelIncludesThoseAboveIt) {
  Account account = Named("ann", "%");
  account.databases["sales\\_%"].Add(Privilege::kSelect);
  account.tables[{"hr", "people"}].columns["name"].Add(Privilege::kSelect);
  const AccountSet set({account});
  const Account& ann = set.accounts()[0];
  EXPECT_TRUE(set.Has(ann, {}, Privilege::kSelect, "sales_eu", "t", "c"));
  EXPECT_FALSE(set.Has(ann, {}, Privilege::kSelect, "salesXeu", "t", "c"));
  EXPECT_FALSE(set.Has(ann, {}, Privilege::kInsert, "sales_eu", "t", "c"));
  EXPECT_TRUE(set.Has(ann, {}, Privilege::kSelect, "hr", "people", "name"));
  EXPECT_FALSE(set.Has(ann, {}, Privilege::kSelect, "hr", "people", "salary"));
  EXPECT_TRUE(set.SeesSchema(ann, {}, "hr"));
  EXPECT_FALSE(set.SeesSchema(ann, {}, "mysql"));
}

TEST(Accounts, ActiveRolesGiveTheirPrivilegesAndThoseOfTheirRoles) {
  Account inner = Named("inner", "%"), outer = Named("outer", "%"), ann = Named("ann", "%");
  inner.is_role = outer.is_role = true;
  inner.global.Add(Privilege::kReload);
  outer.roles[{"inner", "%"}] = false;
  inner.roles[{"outer", "%"}] = false;  // a circle must not hang
  const AccountSet set({inner, outer, ann});
  const Account& account = *set.Find("ann", "%");
  EXPECT_FALSE(set.HasGlobal(account, {}, Privilege::kReload));
  EXPECT_TRUE(set.HasGlobal(account, {{"outer", "%"}}, Privilege::kReload));
  EXPECT_FALSE(set.HasGlobal(account, {{"outer", "%"}}, Privilege::kFile));
}

TEST(Accounts, RowsRoundTripAndHostileOnesAreRefused) {
  Account account =
      MasterAccount("admin", "caching_sha2_password", std::string("$A$005$\x01\xff\0", 10));
  account.databases["d"].Add(Privilege::kSelect);
  account.tables[{"d", "t"}].columns["c"].Add(Privilege::kUpdate);
  account.roles[{"r", "%"}] = true;
  const std::string bytes = EncodeAccount(account);
  const auto decoded = DecodeAccount(bytes);
  ASSERT_TRUE(decoded);
  EXPECT_EQ(EncodeAccount(*decoded), bytes);
  EXPECT_EQ(decoded->authentication_string, account.authentication_string);
  for (size_t cut = 0; cut < bytes.size(); cut += 7)
    EXPECT_FALSE(DecodeAccount(bytes.substr(0, cut)));
  EXPECT_FALSE(DecodeAccount("{\"format\":1,\"user\":5}"));
  EXPECT_FALSE(DecodeAccount("{\"format\":2}"));
}

TEST(Accounts, GrantsPrintAsMySqlPrintsThem) {
  Account account = Named("ann", "%");
  account.databases["d"] = kDatabasePrivileges;
  account.databases["d"].Add(Privilege::kGrantOption);
  account.tables[{"e", "t"}].privileges.Add(Privilege::kSelect);
  account.tables[{"e", "t"}].columns["c"].Add(Privilege::kUpdate);
  const AccountSet set({account});
  EXPECT_EQ(
      set.ShowGrants(set.accounts()[0]),
      (std::vector<std::string>{"GRANT USAGE ON *.* TO `ann`@`%`",
                                "GRANT ALL PRIVILEGES ON `d`.* TO `ann`@`%` WITH GRANT OPTION",
                                "GRANT SELECT, UPDATE (`c`) ON `e`.`t` TO `ann`@`%`"}));
}

}  // namespace
}  // namespace sixfold::catalog
