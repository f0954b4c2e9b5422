#include "core/txn/txn_test_support.h"
#include "core/types/error_codes.h"
#include "core/types/sql_error.h"

namespace sixfold::txn {
namespace {

using catalog::ReferentialAction;

class ForeignKeysTest : public TxnTest {
 protected:
  /// parent(id); child(id, parent_id NULL, KEY(parent_id), FOREIGN KEY (parent_id) REFERENCES
  /// parent(id)).
  void CreateFamily(ReferentialAction on_delete, ReferentialAction on_update) {
    catalog::TableDef parent;
    parent.schema = "test";
    parent.name = "parent";
    parent.columns = {Column("id", IntType()), Column("note", IntType(true))};
    parent.indexes = {Index("PRIMARY", catalog::IndexKind::kPrimary, {0})};
    parent.referenced_by = {{"test", "child"}};
    parent_ = Create(parent);
    catalog::TableDef child;
    child.schema = "test";
    child.name = "child";
    child.columns = {Column("id", IntType()), Column("parent_id", IntType(true))};
    child.indexes = {Index("PRIMARY", catalog::IndexKind::kPrimary, {0}),
                     Index("fk", catalog::IndexKind::kSecondary, {1})};
    catalog::ForeignKeyDef key;
    key.name = "child_ibfk_1";
    key.columns = {1};
    key.parent_schema = "test";
    key.parent_table = "parent";
    key.parent_columns = {"id"};
    key.on_delete = on_delete;
    key.on_update = on_update;
    child.foreign_keys = {key};
    child_ = Create(child);
    auto t = Begin();
    for (int i = 1; i <= 2; ++i) {
      ASSERT_TRUE(Insert(*t, parent_, {Value::Int(i), Value::Null()}).ok);
    }
    for (int i = 1; i <= 4; ++i) {
      ASSERT_TRUE(Insert(*t, child_, {Value::Int(i), Value::Int(1 + i % 2)}).ok);
    }
    ASSERT_EQ(CommitNow(*t), CommitResult::kOk);
  }

  template <typename Body>
  SqlError Refused(Body body) {
    try {
      body();
    } catch (const SqlError& error) {
      return error;
    }
    return SqlError(ErrorCode{}, "", "");
  }

  catalog::TablePtr parent_, child_;
};

TEST_F(ForeignKeysTest, ChildrenNeedTheirParent) {
  CreateFamily(ReferentialAction::kNoAction, ReferentialAction::kNoAction);
  auto t = Begin();
  const SqlError error = Refused([&] { Insert(*t, child_, {Value::Int(9), Value::Int(7)}); });
  EXPECT_EQ(error.number(), 1452);
  EXPECT_EQ(error.message(),
            "Cannot add or update a child row: a foreign key constraint fails (`test`.`child`, "
            "CONSTRAINT `child_ibfk_1` FOREIGN KEY (`parent_id`) REFERENCES `parent` (`id`))");
  EXPECT_TRUE(Insert(*t, child_, {Value::Int(9), Value::Null()}).ok);
  EXPECT_EQ(Refused([&] { Update(*t, child_, 1, {Value::Int(1), Value::Int(7)}); }).number(), 1452);
  auto writer = t->NewWriter(child_);
  writer->set_foreign_key_checks(false);
  const Value row[] = {Value::Int(10), Value::Int(7)};
  EXPECT_TRUE(writer->Insert(row, &arena_).ok);
}

TEST_F(ForeignKeysTest, ParentsWithChildrenStay) {
  CreateFamily(ReferentialAction::kRestrict, ReferentialAction::kNoAction);
  auto t = Begin();
  EXPECT_EQ(Refused([&] { Delete(*t, parent_, 1); }).number(), 1451);
  EXPECT_EQ(Refused([&] {
              Update(*t, parent_, 1, {Value::Int(5), Value::Null()});
            }).number(),
            1451);
  Update(*t, parent_, 1, {Value::Int(1), Value::Int(3)});  // not the key
  Delete(*t, child_, 2);
  Delete(*t, child_, 4);
  Delete(*t, parent_, 1);
  EXPECT_EQ(CommitNow(*t), CommitResult::kOk);
}

TEST_F(ForeignKeysTest, ActionsCascade) {
  CreateFamily(ReferentialAction::kCascade, ReferentialAction::kCascade);
  auto t = Begin();
  Delete(*t, parent_, 1);
  Update(*t, parent_, 2, {Value::Int(20), Value::Null()});
  EXPECT_EQ(CommitNow(*t), CommitResult::kOk);
  t = Begin();
  EXPECT_EQ(All(*t, child_), (std::vector<int64_t>{1, 3}));
  EXPECT_EQ((*Get(*t, child_, 1))[1].int_value(), 20);
  const Value twenty = Value::Int(20);
  ScanRequest request;
  request.index = 1;
  request.lower = request.upper = {std::span(&twenty, 1), true};
  EXPECT_EQ(Scan(*t, child_, request), (std::vector<int64_t>{1, 3}));
}

TEST_F(ForeignKeysTest, ActionsSetNull) {
  CreateFamily(ReferentialAction::kSetNull, ReferentialAction::kSetNull);
  auto t = Begin();
  Delete(*t, parent_, 1);
  EXPECT_EQ(CommitNow(*t), CommitResult::kOk);
  t = Begin();
  EXPECT_TRUE((*Get(*t, child_, 2))[1].is_null());
  EXPECT_EQ((*Get(*t, child_, 1))[1].int_value(), 2);
}

// As mysqldump does with foreign_key_checks=0: the child comes first.
TEST_F(ForeignKeysTest, AParentMadeLaterKnowsItsChildren) {
  CreateFamily(ReferentialAction::kRestrict, ReferentialAction::kNoAction);
  auto ddl = Begin();
  ddl->catalog_writer().DropTable(*parent_);
  ASSERT_EQ(CommitNow(*ddl), CommitResult::kOk);
  catalog::TableDef again = *parent_;
  again.referenced_by.clear();
  for (auto& index : again.indexes) index.id = IndexId(0);
  parent_ = Create(again);
  EXPECT_EQ(parent_->referenced_by.size(), 1u);
  auto t = Begin();
  ASSERT_TRUE(Insert(*t, parent_, {Value::Int(1), Value::Null()}).ok);
  t->EndStatement();
  t->BeginStatement();
  EXPECT_EQ(Refused([&] { Delete(*t, parent_, 1); }).number(), 1451);
}

TEST_F(ForeignKeysTest, ATableMayReferToItself) {
  catalog::TableDef def;
  def.schema = "test";
  def.name = "tree";
  def.columns = {Column("id", IntType()), Column("up", IntType(true))};
  def.indexes = {Index("PRIMARY", catalog::IndexKind::kPrimary, {0}),
                 Index("up", catalog::IndexKind::kSecondary, {1})};
  catalog::ForeignKeyDef key;
  key.name = "tree_ibfk_1";
  key.columns = {1};
  key.parent_schema = "test";
  key.parent_table = "tree";
  key.parent_columns = {"id"};
  def.foreign_keys = {key};
  const auto tree = Create(def);
  auto t = Begin();
  ASSERT_TRUE(Insert(*t, tree, {Value::Int(1), Value::Int(1)}).ok);
  ASSERT_TRUE(Insert(*t, tree, {Value::Int(2), Value::Int(1)}).ok);
  EXPECT_EQ(Refused([&] { Insert(*t, tree, {Value::Int(3), Value::Int(9)}); }).number(), 1452);
  ASSERT_EQ(CommitNow(*t), CommitResult::kOk);
  t = Begin();
  EXPECT_EQ(Refused([&] { Delete(*t, tree, 1); }).number(), 1451);
  Delete(*t, tree, 2);
  Delete(*t, tree, 1);
  EXPECT_EQ(CommitNow(*t), CommitResult::kOk);
}

TEST_F(ForeignKeysTest, AParentAboutToGoTakesNoNewChildren) {
  CreateFamily(ReferentialAction::kRestrict, ReferentialAction::kNoAction);
  auto t = Begin();
  for (const int64_t id : {2, 4}) Delete(*t, child_, id);
  ASSERT_EQ(CommitNow(*t), CommitResult::kOk);
  auto goes = Begin();
  Delete(*goes, parent_, 1);
  auto comes = Begin(Isolation::kReadCommitted, 30);
  EXPECT_EQ(Refused([&] {
              Insert(*comes, child_, {Value::Int(9), Value::Int(1)});
            }).number(),
            1205);
  ASSERT_EQ(CommitNow(*goes), CommitResult::kOk);
  EXPECT_EQ(Refused([&] {
              Insert(*comes, child_, {Value::Int(9), Value::Int(1)});
            }).number(),
            1452);
}

}  // namespace
}  // namespace sixfold::txn
