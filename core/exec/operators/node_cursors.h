// The cursor of each kind of node; NewCursor() chooses among them. Each is in the file named after
// what it does.
#pragma once

#include "core/exec/operators/cursor.h"
#include "core/exec/plan_names.h"
#include "core/plan/physical/joins.h"
#include "core/plan/physical/row_nodes.h"
#include "core/plan/physical/scans.h"
#include "core/plan/physical/union_nodes.h"

namespace sixfold::exec {

std::unique_ptr<Cursor> MakeCursor(const plan::SingleRow& node, Execution& execution);
std::unique_ptr<Cursor> MakeCursor(const plan::ValuesRows& node, Execution& execution);
std::unique_ptr<Cursor> MakeCursor(const plan::TableScan& node, Execution& execution);
std::unique_ptr<Cursor> MakeCursor(const plan::VirtualScan& node, Execution& execution);
std::unique_ptr<Cursor> MakeCursor(const plan::DerivedScan& node, Execution& execution);
std::unique_ptr<Cursor> MakeCursor(const plan::WorkingScan& node, Execution& execution);
std::unique_ptr<Cursor> MakeCursor(const plan::IndexJoin& node, Execution& execution);
std::unique_ptr<Cursor> MakeCursor(const plan::LateralJoin& node, Execution& execution);
std::unique_ptr<Cursor> MakeCursor(const plan::HashJoin& node, Execution& execution);
std::unique_ptr<Cursor> MakeCursor(const plan::Filter& node, Execution& execution);
std::unique_ptr<Cursor> MakeCursor(const plan::Aggregation& node, Execution& execution);
std::unique_ptr<Cursor> MakeCursor(const plan::Window& node, Execution& execution);
std::unique_ptr<Cursor> MakeCursor(const plan::Project& node, Execution& execution);
std::unique_ptr<Cursor> MakeCursor(const plan::Distinct& node, Execution& execution);
std::unique_ptr<Cursor> MakeCursor(const plan::Sort& node, Execution& execution);
std::unique_ptr<Cursor> MakeCursor(const plan::Limit& node, Execution& execution);
std::unique_ptr<Cursor> MakeCursor(const plan::SetOperation& node, Execution& execution);
std::unique_ptr<Cursor> MakeCursor(const plan::RecursiveUnion& node, Execution& execution);

}  // namespace sixfold::exec
