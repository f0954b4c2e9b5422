// DerivedScan: the rows of a derived table, placed at its slots. Passed through where they are read
// once; kept for the whole execution where several places read them (common table expressions).
// WorkingScan: the last round's rows of a recursive common table expression.
#pragma once

#include "core/exec/operators/operator.h"
#include "core/exec/operators/row_store.h"

namespace sixfold::exec {

struct DerivedRows final : RunState {
  DerivedRows(uint32_t width, MemoryMeter* memory) : rows(width, memory) {}
  RowStore rows;
};

/// Rows of a recursive table: all so far; the last round's are [round_begin, round_end).
struct WorkingRows final : RunState {
  WorkingRows(uint32_t width, MemoryMeter* memory) : rows(width, memory) {}
  RowStore rows;
  size_t round_begin = 0, round_end = 0;
};

class DerivedScan final : public Operator {
 public:
  /// columns: which of the plan's columns go to slot_begin …. state_id: where the rows are kept;
  /// UINT32_MAX: not kept.
  DerivedScan(const Operator* plan, std::string alias, std::vector<uint32_t> columns,
              uint32_t plan_width, uint32_t slot_begin, uint32_t width, uint32_t state_id,
              std::vector<Expression*> filters)
      : plan_(plan),
        alias_(std::move(alias)),
        columns_(std::move(columns)),
        plan_width_(plan_width),
        slot_begin_(slot_begin),
        width_(width),
        state_id_(state_id),
        filters_(std::move(filters)) {}
  std::unique_ptr<Cursor> NewCursor(Execution& execution) const override;
  std::string Describe() const override { return "Table scan on " + alias_; }
  std::vector<const Operator*> children() const override { return {plan_}; }

 private:
  friend class DerivedScanCursor;
  const Operator* plan_;
  std::string alias_;
  std::vector<uint32_t> columns_;
  uint32_t plan_width_, slot_begin_, width_, state_id_;
  std::vector<Expression*> filters_;
};

class WorkingScan final : public Operator {
 public:
  WorkingScan(std::string alias, std::vector<uint32_t> columns, uint32_t slot_begin, uint32_t width,
              uint32_t state_id, std::vector<Expression*> filters)
      : alias_(std::move(alias)),
        columns_(std::move(columns)),
        slot_begin_(slot_begin),
        width_(width),
        state_id_(state_id),
        filters_(std::move(filters)) {}
  std::unique_ptr<Cursor> NewCursor(Execution& execution) const override;
  std::string Describe() const override { return "Scan new records on " + alias_; }

 private:
  friend class WorkingScanCursor;
  std::string alias_;
  std::vector<uint32_t> columns_;
  uint32_t slot_begin_, width_, state_id_;
  std::vector<Expression*> filters_;
};

}  // namespace sixfold::exec
