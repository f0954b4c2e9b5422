// Joins of the rows so far (left, slots [left_begin, left_end)) with one more table or nest
// (right, slots [left_end… , right_end)).
//
// IndexJoin     opens a table access for each left row: the key depends on it
// LateralJoin   opens a whole plan for each left row, which is its outer row
// BufferedJoin  keeps the right rows in memory and tests every pair
// HashJoin      keeps the right rows in a hash table by its keys
//
// kLeft: a left row without match comes out once with NULLs. kSemi, kAnti: left rows only.
#pragma once

#include "core/exec/operators/operator.h"
#include "core/exec/operators/table_scan.h"

namespace sixfold::exec {

enum class JoinKind : uint8_t { kInner, kLeft, kSemi, kAnti };

struct JoinLayout {
  uint32_t width = 0;
  uint32_t left_begin = 0, left_end = 0;
  uint32_t right_begin = 0, right_end = 0;
};

class IndexJoin final : public Operator {
 public:
  IndexJoin(const Operator* left, TableAccess access, JoinKind kind, JoinLayout layout,
            std::vector<Expression*> conditions)
      : left_(left),
        access_(std::move(access)),
        kind_(kind),
        layout_(layout),
        conditions_(std::move(conditions)) {}
  std::unique_ptr<Cursor> NewCursor(Execution& execution) const override;
  std::string Describe() const override;
  std::vector<const Operator*> children() const override { return {left_}; }
  std::vector<std::string> inner_notes() const override { return {access_.Describe()}; }
  const TableAccess& access() const { return access_; }
  JoinKind kind() const { return kind_; }

 private:
  friend class IndexJoinCursor;
  const Operator* left_;
  TableAccess access_;
  JoinKind kind_;
  JoinLayout layout_;
  std::vector<Expression*> conditions_;
};

class LateralJoin final : public Operator {
 public:
  LateralJoin(const Operator* left, const Operator* right, JoinKind kind, JoinLayout layout,
              std::vector<Expression*> conditions)
      : left_(left),
        right_(right),
        kind_(kind),
        layout_(layout),
        conditions_(std::move(conditions)) {}
  std::unique_ptr<Cursor> NewCursor(Execution& execution) const override;
  std::string Describe() const override { return "Nested loop lateral join"; }
  std::vector<const Operator*> children() const override { return {left_, right_}; }

 private:
  friend class LateralJoinCursor;
  const Operator* left_;
  const Operator* right_;  // a plan of its own: its columns go to right_begin …
  JoinKind kind_;
  JoinLayout layout_;
  std::vector<Expression*> conditions_;
};

/// Hash join on keys, or, without keys, every pair.
class HashJoin final : public Operator {
 public:
  struct Key {
    Expression* left;
    Expression* right;
    types::DataType type;    // both are converted to it
    bool null_safe = false;  // NULL matches NULL
  };
  HashJoin(const Operator* left, const Operator* right, JoinKind kind, JoinLayout layout,
           std::vector<Key> keys, std::vector<Expression*> conditions)
      : left_(left),
        right_(right),
        kind_(kind),
        layout_(layout),
        keys_(std::move(keys)),
        conditions_(std::move(conditions)) {}
  std::unique_ptr<Cursor> NewCursor(Execution& execution) const override;
  std::string Describe() const override;
  std::vector<const Operator*> children() const override { return {left_, right_}; }

 private:
  friend class HashJoinCursor;
  const Operator* left_;
  const Operator* right_;
  JoinKind kind_;
  JoinLayout layout_;
  std::vector<Key> keys_;
  std::vector<Expression*> conditions_;
};

}  // namespace sixfold::exec
