#include "core/plan/execution.h"

#include "core/plan/session_context.h"
#include "core/types/sql_error.h"
#include "core/types/time_zone.h"

namespace sixfold::plan {

namespace {
constexpr uint64_t kStatementMemoryBytes = 4ull << 30;
}

void MemoryMeter::Exceeded() { throw MakeError(static_cast<ErrorCode>(1041)); }

Execution::Execution(SessionContext& session, SubqueryRunner& subqueries,
                     std::span<const Parameter> parameters, uint32_t constant_count,
                     uint32_t state_count)
    : session_(session),
      subqueries_(subqueries),
      parameters_(parameters),
      memory_(kStatementMemoryBytes),
      constants_(constant_count),
      states_(state_count) {
  conversion_.sql_mode = session.sql_mode();
  conversion_.statement_time_us = session.statement_time_us();
  conversion_.diagnostics = &session.diagnostics();
}

types::ConversionContext Execution::Conversion(Arena* arena) {
  if (conversion_.time_zone == nullptr) {
    const types::TimeZone* zone = types::TimeZone::Find(session_.time_zone());
    conversion_.time_zone = zone != nullptr ? zone : &types::TimeZone::Utc();
  }
  types::ConversionContext context = conversion_;
  context.arena = arena;
  return context;
}

Execution::~Execution() = default;

EvalContext Execution::Context(Arena* arena, const EvalContext* outer) {
  EvalContext context;
  context.session = &session_;
  context.diagnostics = &session_.diagnostics();
  context.arena = arena;
  context.outer = outer;
  context.execution = this;
  return context;
}

}  // namespace sixfold::plan
