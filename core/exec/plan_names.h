// The words of core/plan that execution speaks in.
#pragma once

#include "core/plan/expression/function.h"

namespace sixfold::plan {
class Binder;
class ColumnExpr;
class ConstantExpr;
class LiteralExpr;
class MemoryMeter;
class ParameterExpr;
class RowExpr;
class SlotExpr;
class SubqueryExpr;
class VirtualTable;
class VirtualTables;
struct AccessPath;
struct Aggregate;
struct BoundQuery;
struct ExplainStep;
struct FromColumn;
struct FromTable;
struct IntervalSpec;
struct JoinLayout;
struct JoinNest;
struct KeyPartAccess;
struct OuterReference;
struct OutputColumn;
struct Parameter;
struct PlanMemory;
struct PlanNode;
struct QueryBlock;
struct ResultColumn;
struct RunState;
struct Scope;
struct SortColumn;
struct SortKey;
struct TableAccess;
struct TableRef;
struct WindowCall;
}  // namespace sixfold::plan

namespace sixfold::exec {

using plan::AccessPath;
using plan::Aggregate;
using plan::BindContext;
using plan::Binder;
using plan::BoundQuery;
using plan::CallState;
using plan::ColumnExpr;
using plan::ConstantExpr;
using plan::EvalContext;
using plan::Execution;
using plan::ExplainStep;
using plan::Expression;
using plan::FromColumn;
using plan::FromTable;
using plan::FunctionCall;
using plan::FunctionDef;
using plan::IntervalSpec;
using plan::JoinLayout;
using plan::JoinNest;
using plan::KeyPartAccess;
using plan::LiteralExpr;
using plan::MemoryMeter;
using plan::OuterReference;
using plan::OutputColumn;
using plan::Parameter;
using plan::ParameterExpr;
using plan::PlanMemory;
using plan::PlanNode;
using plan::QueryBlock;
using plan::ResultColumn;
using plan::RowExpr;
using plan::RunState;
using plan::Scope;
using plan::SessionContext;
using plan::SlotExpr;
using plan::SortColumn;
using plan::SortKey;
using plan::SubqueryExpr;
using plan::TableAccess;
using plan::TableRef;
using plan::VirtualTable;
using plan::VirtualTables;
using plan::WindowCall;

}  // namespace sixfold::exec
