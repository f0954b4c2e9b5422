#include "core/types/sql_error.h"

#include <gtest/gtest.h>

#include "core/types/error_codes.h"

namespace sixfold {
namespace {

TEST(SqlErrorTest, FormatsNumberStateAndText) {
  const SqlError error = MakeError(ErrorCode::kDupEntry, "1", "t.PRIMARY");
  EXPECT_EQ(error.number(), 1062);
  EXPECT_EQ(error.sqlstate(), "23000");
  EXPECT_EQ(error.message(), "Duplicate entry '1' for key 't.PRIMARY'");
}

TEST(SqlErrorTest, UnlistedCodeIsUnknownError) {
  EXPECT_EQ(LookUpError(static_cast<ErrorCode>(65000)).code, ErrorCode::kUnknownError);
}

}  // namespace
}  // namespace sixfold
