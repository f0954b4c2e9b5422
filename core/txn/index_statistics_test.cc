#include "core/txn/index_statistics.h"

#include "core/txn/txn_test_support.h"

namespace sixfold::txn {
namespace {

class IndexStatisticsTest : public TxnTest {
 protected:
  /// id, k and c by row number.
  catalog::TablePtr Fill(std::string name, int rows, const std::function<int64_t(int)>& k,
                         const std::function<std::string(int)>& c) {
    catalog::TableDef def;
    def.schema = "test";
    def.name = std::move(name);
    def.collation = &types::kUtf8mb4Collation;
    def.columns = {Column("id", IntType()), Column("k", IntType(true)),
                   Column("c", TextType(types::TypeId::kVarchar, 100))};
    def.indexes = {Index("PRIMARY", catalog::IndexKind::kPrimary, {0}),
                   Index("k", catalog::IndexKind::kSecondary, {1}),
                   Index("c_k", catalog::IndexKind::kSecondary, {2, 1})};
    const catalog::TablePtr table = Create(std::move(def));
    auto t = Begin();
    for (int id = 0; id < rows; ++id) {
      EXPECT_TRUE(Insert(*t, table, Row(id, k(id), arena_.Copy(c(id)))).ok);
    }
    EXPECT_EQ(CommitNow(*t), CommitResult::kOk);
    return table;
  }

  double RowsPerKey(const catalog::TablePtr& table, size_t index, size_t parts) {
    auto t = Begin();
    return t->catalog().RowsPerKey(*table, table->indexes[index], parts);
  }
};

TEST_F(IndexStatisticsTest, CountsEqualNeighbours) {
  const auto table = Fill(
      "t", 3000, [](int id) { return id / 10; },
      [](int id) { return "value " + std::to_string(id % 100); });
  EXPECT_DOUBLE_EQ(RowsPerKey(table, 1, 1), 10);
  EXPECT_DOUBLE_EQ(RowsPerKey(table, 2, 1), 30);
  EXPECT_DOUBLE_EQ(RowsPerKey(table, 2, 2), 1);
  EXPECT_DOUBLE_EQ(RowsPerKey(table, 0, 1), 1);
}

TEST_F(IndexStatisticsTest, GuessesWhatIsTooManyToCount) {
  const auto table = Fill(
      "t", 4000, [](int) { return 7; }, [](int id) { return id < 3900 ? "" : "rare"; });
  EXPECT_DOUBLE_EQ(RowsPerKey(table, 1, 1), 200);  // a twentieth of the table
  EXPECT_GE(RowsPerKey(table, 2, 1), 64);
}

TEST_F(IndexStatisticsTest, KnowsEmptyAndTinyTables) {
  const auto nothing = [](int) { return std::string(); };
  const auto empty = Fill(
      "empty", 0, [](int) { return 0; }, nothing);
  EXPECT_DOUBLE_EQ(RowsPerKey(empty, 1, 1), 1);
  const auto one = Fill(
      "one", 1, [](int) { return -5; }, nothing);
  EXPECT_DOUBLE_EQ(RowsPerKey(one, 1, 1), 1);
  const auto two = Fill(
      "two", 2, [](int) { return INT32_MAX; }, nothing);
  EXPECT_DOUBLE_EQ(RowsPerKey(two, 1, 1), 2);
}

TEST_F(IndexStatisticsTest, LooksAgainWhenTheTableGrew) {
  const auto table = Fill(
      "t", 10, [](int id) { return id; }, [](int) { return ""; });
  EXPECT_DOUBLE_EQ(RowsPerKey(table, 1, 1), 1);
  auto t = Begin();
  for (int id = 10; id < 50; ++id) EXPECT_TRUE(Insert(*t, table, Row(id, id % 10, "")).ok);
  EXPECT_EQ(CommitNow(*t), CommitResult::kOk);
  EXPECT_DOUBLE_EQ(RowsPerKey(table, 1, 1), 5);
}

TEST_F(IndexStatisticsTest, TakesNegativeNumbersAndTextsApart) {
  const auto table = Fill(
      "t", 2000, [](int id) { return (id % 500) * 1'000'000 - 250'000'000; },
      [](int id) { return std::string(1, static_cast<char>('a' + id % 20)); });
  EXPECT_DOUBLE_EQ(RowsPerKey(table, 1, 1), 4);
  EXPECT_DOUBLE_EQ(RowsPerKey(table, 2, 1), 100);
  EXPECT_DOUBLE_EQ(RowsPerKey(table, 2, 2), 4);  // k decides c
}

}  // namespace
}  // namespace sixfold::txn
