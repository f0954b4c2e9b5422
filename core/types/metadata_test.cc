#include "core/types/metadata.h"

#include <gtest/gtest.h>

#include "core/types/collation.h"
#include "core/types/sql_mode.h"

namespace sixfold::types {
namespace {

TEST(MetadataTest, TypeTexts) {
  auto labels =
      std::make_shared<const std::vector<std::string>>(std::vector<std::string>{"a", "it's"});
  EXPECT_EQ(ColumnTypeText({.id = TypeId::kInt}), "int");
  EXPECT_EQ(ColumnTypeText({.id = TypeId::kInt, .is_unsigned = true}), "int unsigned");
  EXPECT_EQ(
      ColumnTypeText({.id = TypeId::kInt, .is_unsigned = true, .zerofill = true, .length = 5}),
      "int(5) unsigned zerofill");
  EXPECT_EQ(ColumnTypeText({.id = TypeId::kTinyInt, .length = 1}), "tinyint(1)");
  EXPECT_EQ(ColumnTypeText({.id = TypeId::kDecimal, .precision = 10, .scale = 2}), "decimal(10,2)");
  EXPECT_EQ(ColumnTypeText({.id = TypeId::kDouble, .scale = 31}), "double");
  EXPECT_EQ(ColumnTypeText({.id = TypeId::kVarchar, .length = 20, .collation = &kUtf8mb4Collation}),
            "varchar(20)");
  EXPECT_EQ(ColumnTypeText({.id = TypeId::kDatetime, .scale = 6}), "datetime(6)");
  EXPECT_EQ(
      ColumnTypeText({.id = TypeId::kEnum, .collation = &kUtf8mb4Collation, .labels = labels}),
      "enum('a','it''s')");
  EXPECT_EQ(ColumnTypeText({.id = TypeId::kYear, .is_unsigned = true}), "year");
}

TEST(MetadataTest, Wire) {
  const Collation* results = FindCollation("utf8mb4_general_ci");
  WireMetadata m = WireMetadataOf({.id = TypeId::kInt, .nullable = false}, results, true);
  EXPECT_EQ(m.type, 3);
  EXPECT_EQ(m.length, 11u);
  EXPECT_EQ(m.flags, column_flag::kNotNull);
  EXPECT_EQ(m.collation, 63);
  m = WireMetadataOf(
      {.id = TypeId::kVarchar, .length = 20, .collation = FindCollation("latin1_swedish_ci")},
      results, true);
  EXPECT_EQ(m.type, 253);
  EXPECT_EQ(m.length, 80u);
  EXPECT_EQ(m.collation, 45);
  m = WireMetadataOf({.id = TypeId::kBlob, .collation = &kBinaryCollation}, results, true);
  EXPECT_EQ(m.type, 252);
  EXPECT_EQ(m.length, 65535u);
  EXPECT_EQ(m.flags, column_flag::kBlob | column_flag::kBinary);
  m = WireMetadataOf({.id = TypeId::kDecimal, .precision = 10, .scale = 2}, results, true);
  EXPECT_EQ(m.length, 12u);
  EXPECT_EQ(m.decimals, 2);
  m = WireMetadataOf({.id = TypeId::kDatetime, .scale = 3}, results, true);
  EXPECT_EQ(m.length, 23u);
}

TEST(SqlModeTest, ParsesAndPrints) {
  EXPECT_EQ(PrintSqlMode(kSqlModeDefault),
            "ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_"
            "DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION");
  EXPECT_EQ(ParseSqlMode(PrintSqlMode(kSqlModeDefault), nullptr), kSqlModeDefault);
  EXPECT_EQ(PrintSqlMode(*ParseSqlMode("ansi", nullptr)),
            "REAL_AS_FLOAT,PIPES_AS_CONCAT,ANSI_QUOTES,IGNORE_SPACE,ONLY_FULL_GROUP_BY,ANSI");
  std::string bad;
  EXPECT_EQ(ParseSqlMode("ANSI,NONSENSE", &bad), std::nullopt);
  EXPECT_EQ(bad, "NONSENSE");
  EXPECT_EQ(ParseSqlMode("", nullptr), 0u);
}

}  // namespace
}  // namespace sixfold::types
