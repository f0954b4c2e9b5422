#include <gtest/gtest.h>

#include "core/server/variables/variable_def.h"

namespace sixfold::server {
namespace {

const VariableDef& Def(std::string_view name) {
  const VariableIndex index = FindVariable(name);
  EXPECT_NE(index, kNoVariable) << name;
  return AllVariables()[index];
}

TEST(Variables, EveryDefaultIsAValueAndPrintsAsItself) {
  for (const VariableDef& def : AllVariables()) {
    const VariableValue value = VariableDefault(def);
    if (value.null) continue;
    EXPECT_EQ(VariableText(def, value), def.fallback) << def.name;
    VariableValue again;
    EXPECT_TRUE(ParseVariable(def, def.fallback, &again)) << def.name;
    EXPECT_EQ(again, value) << def.name;
  }
}

TEST(Variables, AreFoundWithoutCase) {
  EXPECT_NE(FindVariable("SQL_Mode"), kNoVariable);
  EXPECT_EQ(FindVariable("sql_mod"), kNoVariable);
  EXPECT_EQ(FindVariable(""), kNoVariable);
}

TEST(Variables, NumbersAreClamped) {
  VariableValue value;
  bool clamped = false;
  EXPECT_TRUE(VariableFromInteger(Def("max_allowed_packet"), false, 1, &value, &clamped));
  EXPECT_TRUE(clamped);
  EXPECT_EQ(value.integer, 1024);
  EXPECT_TRUE(VariableFromInteger(Def("wait_timeout"), false, -1, &value, &clamped));
  EXPECT_TRUE(clamped);
  EXPECT_EQ(value.integer, 1);
  EXPECT_TRUE(VariableFromInteger(Def("sql_select_limit"), true, -1, &value, &clamped));
  EXPECT_FALSE(clamped);
}

TEST(Variables, BooleansAndEnumsRefuseWhatTheyAreNot) {
  VariableValue value;
  bool clamped = false;
  EXPECT_TRUE(ParseVariable(Def("autocommit"), "on", &value));
  EXPECT_FALSE(ParseVariable(Def("autocommit"), "maybe", &value));
  EXPECT_FALSE(VariableFromInteger(Def("autocommit"), false, 2, &value, &clamped));
  EXPECT_TRUE(ParseVariable(Def("transaction_isolation"), "read-committed", &value));
  EXPECT_EQ(value.integer, 1);
  EXPECT_FALSE(ParseVariable(Def("transaction_isolation"), "READ COMMITTED", &value));
  EXPECT_FALSE(VariableFromInteger(Def("transaction_isolation"), false, 4, &value, &clamped));
}

}  // namespace
}  // namespace sixfold::server
