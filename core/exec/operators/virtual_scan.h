// VirtualScan: rows of a table made when asked for (information_schema …).
#pragma once

#include "core/exec/operators/operator.h"

namespace sixfold::exec {

class VirtualTable;

class VirtualScan final : public Operator {
 public:
  struct Hint {
    uint32_t column;
    Expression* value;
  };
  VirtualScan(const VirtualTable* table, std::string alias, std::vector<uint32_t> columns,
              uint32_t slot_begin, uint32_t width, std::vector<Hint> hints,
              std::vector<Expression*> filters)
      : table_(table),
        alias_(std::move(alias)),
        columns_(std::move(columns)),
        slot_begin_(slot_begin),
        width_(width),
        hints_(std::move(hints)),
        filters_(std::move(filters)) {}
  std::unique_ptr<Cursor> NewCursor(Execution& execution) const override;
  std::string Describe() const override { return "Table scan on " + alias_; }

 private:
  friend class VirtualScanCursor;
  const VirtualTable* table_;
  std::string alias_;
  std::vector<uint32_t> columns_;
  uint32_t slot_begin_, width_;
  std::vector<Hint> hints_;
  std::vector<Expression*> filters_;
};

}  // namespace sixfold::exec
