// Execution: the state of one run of a statement. Plans are immutable and shared; whatever varies
// between runs hangs here or in cursors.
//
//   constants   values of constant subexpressions, evaluated at most once a run (by constant id)
//   states      results of subqueries, materialised tables … (by state id)
//   arena       lives as long as the run
//
// One thread. Memory that grows with the data is charged to `memory`; over the limit: 1041.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/base/arena.h"
#include "core/plan/expression/expression.h"
#include "core/types/convert.h"

namespace sixfold::plan {

class SubqueryRunner;

/// A value for a `?` of one run.
struct Parameter {
  types::Value value;
  types::DataType type;
};

class MemoryMeter {
 public:
  explicit MemoryMeter(uint64_t limit_bytes) : limit_bytes_(limit_bytes) {}
  /// Throws 1041 over the limit.
  void Charge(uint64_t bytes) {
    used_bytes_ += bytes;
    if (used_bytes_ > limit_bytes_) [[unlikely]]
      Exceeded();
  }
  void Release(uint64_t bytes) { used_bytes_ -= bytes; }

 private:
  [[noreturn]] static void Exceeded();

  uint64_t limit_bytes_;
  uint64_t used_bytes_ = 0;
};

/// State of one run that belongs to one node of the plan.
struct RunState {
  virtual ~RunState() = default;
};

class Execution {
 public:
  Execution(SessionContext& session, SubqueryRunner& subqueries,
            std::span<const Parameter> parameters, uint32_t constant_count, uint32_t state_count);
  ~Execution();

  SessionContext& session() { return session_; }
  SubqueryRunner& subqueries() { return subqueries_; }
  std::span<const Parameter> parameters() const { return parameters_; }
  Arena* arena() { return &arena_; }
  MemoryMeter& memory() { return memory_; }

  struct Constant {
    bool known = false;
    types::Value value;
  };
  Constant& constant(uint32_t id) { return constants_[id]; }

  template <typename T>
  T* state(uint32_t id) {
    return static_cast<T*>(states_[id].get());
  }
  void set_state(uint32_t id, std::unique_ptr<RunState> state) { states_[id] = std::move(state); }

  /// For conversions whose results live in `arena`.
  types::ConversionContext Conversion(Arena* arena);

  /// A context without a row: for constants, and as the base of cursors' contexts.
  EvalContext Context(Arena* arena, const EvalContext* outer = nullptr);

  /// Run counters reported by EXPLAIN ANALYZE, and FOUND_ROWS of the query.
  uint64_t found_rows = 0;
  bool found_rows_known = false;

 private:
  SessionContext& session_;
  SubqueryRunner& subqueries_;
  std::span<const Parameter> parameters_;
  Arena arena_;
  MemoryMeter memory_;
  types::ConversionContext conversion_;
  std::vector<Constant> constants_;
  std::vector<std::unique_ptr<RunState>> states_;
};

}  // namespace sixfold::plan
