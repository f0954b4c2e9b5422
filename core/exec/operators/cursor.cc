#include "core/exec/operators/cursor.h"

#include "core/exec/operators/node_cursors.h"
#include "core/types/compare_values.h"

namespace sixfold::exec {

std::unique_ptr<Cursor> NewCursor(const PlanNode& node, Execution& execution) {
  using plan::NodeKind;
  switch (node.kind) {
    case NodeKind::kSingleRow:
      return MakeCursor(static_cast<const plan::SingleRow&>(node), execution);
    case NodeKind::kValues:
      return MakeCursor(static_cast<const plan::ValuesRows&>(node), execution);
    case NodeKind::kTableScan:
      return MakeCursor(static_cast<const plan::TableScan&>(node), execution);
    case NodeKind::kVirtualScan:
      return MakeCursor(static_cast<const plan::VirtualScan&>(node), execution);
    case NodeKind::kDerivedScan:
      return MakeCursor(static_cast<const plan::DerivedScan&>(node), execution);
    case NodeKind::kWorkingScan:
      return MakeCursor(static_cast<const plan::WorkingScan&>(node), execution);
    case NodeKind::kIndexJoin:
      return MakeCursor(static_cast<const plan::IndexJoin&>(node), execution);
    case NodeKind::kLateralJoin:
      return MakeCursor(static_cast<const plan::LateralJoin&>(node), execution);
    case NodeKind::kHashJoin:
      return MakeCursor(static_cast<const plan::HashJoin&>(node), execution);
    case NodeKind::kFilter:
      return MakeCursor(static_cast<const plan::Filter&>(node), execution);
    case NodeKind::kAggregate:
      return MakeCursor(static_cast<const plan::Aggregation&>(node), execution);
    case NodeKind::kWindow:
      return MakeCursor(static_cast<const plan::Window&>(node), execution);
    case NodeKind::kProject:
      return MakeCursor(static_cast<const plan::Project&>(node), execution);
    case NodeKind::kDistinct:
      return MakeCursor(static_cast<const plan::Distinct&>(node), execution);
    case NodeKind::kSort:
      return MakeCursor(static_cast<const plan::Sort&>(node), execution);
    case NodeKind::kLimit:
      return MakeCursor(static_cast<const plan::Limit&>(node), execution);
    case NodeKind::kSetOperation:
      return MakeCursor(static_cast<const plan::SetOperation&>(node), execution);
    case NodeKind::kRecursiveUnion:
      return MakeCursor(static_cast<const plan::RecursiveUnion&>(node), execution);
  }
  CHECK(false, "node of kind {}", static_cast<int>(node.kind));
  return nullptr;
}

void DeepCopySlots(const RowBatch& from, uint32_t from_row, RowBatch* to, uint32_t to_row,
                   uint32_t begin, uint32_t end) {
  for (uint32_t s = begin; s < end; s++)
    to->at(s, to_row) = Keep(from.at(s, from_row), to->arena());
}

void FilterBatch(const std::vector<Expression*>& filters, EvalContext& context, RowBatch* batch,
                 uint32_t begin, uint32_t end) {
  if (filters.empty()) return;
  context.batch = batch;
  uint32_t kept = 0;
  for (uint32_t row = 0; row < batch->rows(); row++) {
    context.row = row;
    bool pass = true;
    for (Expression* filter : filters) {
      if (!IsTrue(filter->Eval(context))) {
        pass = false;
        break;
      }
    }
    if (!pass) continue;
    if (kept != row) CopySlots(*batch, row, batch, kept, begin, end);
    kept++;
  }
  batch->set_rows(kept);
}

}  // namespace sixfold::exec
