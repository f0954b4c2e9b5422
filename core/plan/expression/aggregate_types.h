// Result types of aggregates and window functions.
#pragma once

#include <span>

#include "core/plan/bind/block.h"

namespace sixfold::plan {

class SessionContext;

types::DataType AggregateType(AggregateKind kind, std::span<Expression* const> args,
                              SessionContext& session);
types::DataType WindowType(sql::AggregateFunction function, std::span<Expression* const> args);
/// Both would give the same result, so one computation serves both.
bool SameAggregate(const Aggregate& a, const Aggregate& b);

}  // namespace sixfold::plan
