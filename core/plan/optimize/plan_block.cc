// From a bound SELECT to the nodes of its plan: joins, grouping, windows, output, order, limit.
#include "core/plan/bind/binder.h"
#include "core/plan/expression/nodes.h"
#include "core/plan/optimize/join_plan.h"
#include "core/plan/physical/row_nodes.h"
#include "core/plan/physical/scans.h"

namespace sixfold::plan {

namespace {

/// The child's estimates, times a factor.
template <typename T, typename... Args>
const PlanNode* Stack(Arena* arena, const PlanNode* child, double factor, Args&&... args) {
  T* op = arena->New<T>(child, std::forward<Args>(args)...);
  if (child != nullptr) {
    op->estimated_rows = std::max(1.0, child->estimated_rows * factor);
    op->estimated_cost = child->estimated_cost;
  }
  return op;
}

const PlanNode* PlanWindows(Arena* arena, const PlanNode* root, QueryBlock* block,
                            uint32_t* width) {
  if (block->windows.empty()) return root;
  uint32_t slot = *width;
  for (WindowCall& window : block->windows) {
    for (SlotExpr* reference : window.references) reference->set_slot(slot);
    slot++;
  }
  root = Stack<Window>(arena, root, 1, block, *width);
  *width = slot;
  return root;
}

void AppendExtra(ExplainStep* step, std::string_view text) {
  if (!step->extra.empty()) step->extra += "; ";
  step->extra += text;
}

void NoteExtras(QueryBlock* block, bool ordered) {
  if (block->steps.empty()) return;
  ExplainStep& first = block->steps[0];
  const bool temporary = (block->grouped && !block->single_group) || block->distinct;
  if (temporary) AppendExtra(&first, "Using temporary");
  if (!block->order_by.empty() && !ordered) AppendExtra(&first, "Using filesort");
}

const PlanNode* PlanOrder(Arena* arena, const PlanNode* root, QueryBlock* block, bool ordered) {
  if (!block->order_by.empty() && !ordered) {
    std::vector<SortColumn> columns;
    for (const QueryBlock::OrderColumn& order : block->order_by) {
      columns.push_back({order.output, order.descending, block->output[order.output]->type()});
    }
    root =
        Stack<Sort>(arena, root, 1, static_cast<uint32_t>(block->output.size()), std::move(columns),
                    block->calc_found_rows ? nullptr : block->limit, block->offset);
  }
  if (block->limit != nullptr)
    root = Stack<Limit>(arena, root, 1, block->limit, block->offset, block->calc_found_rows);
  return root;
}

}  // namespace

const PlanNode* PlanBlock(Binder& binder, QueryBlock* block) {
  binder.memory().blocks.push_back(block);
  Arena* arena = binder.arena();
  JoinPlanner planner(binder, block);
  std::vector<Expression*> rest;
  const PlanNode* root = planner.Plan(&rest);
  uint32_t width = block->joined_width;
  const bool needs_input =
      !rest.empty() || block->grouped || !block->having.empty() || !block->windows.empty();
  if (root == nullptr && needs_input) root = arena->New<SingleRow>();
  if (!rest.empty()) root = Stack<Filter>(arena, root, 1, rest, 0, width);
  if (planner.first_row_decides() && rest.empty()) {
    root = Stack<Limit>(arena, root, 0, binder.IntLiteral(1), static_cast<Expression*>(nullptr),
                        false);
  }
  if (block->grouped) {
    root =
        Stack<Aggregation>(arena, root, block->single_group ? 0 : 0.1, block, block->single_group);
    width = static_cast<uint32_t>(block->group_by.size() + block->aggregates.size() +
                                  block->first_values.size());
  }
  if (!block->having.empty()) root = Stack<Filter>(arena, root, 0.5, block->having, 0, width);
  root = PlanWindows(arena, root, block, &width);
  root = Stack<Project>(arena, root, 1, block->output);
  if (block->distinct) {
    std::vector<types::DataType> types;
    for (uint32_t i = 0; i < block->visible; i++) types.push_back(block->output[i]->type());
    root = Stack<Distinct>(arena, root, 0.5, static_cast<uint32_t>(block->output.size()),
                           std::move(types));
  }
  NoteExtras(block, planner.ordered());
  return PlanOrder(arena, root, block, planner.ordered());
}

}  // namespace sixfold::plan
