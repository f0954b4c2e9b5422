// RowProgram: what it takes to make a full, valid row of a table: defaults, conversion into the
// columns' types, generated columns, CHECK constraints, ON UPDATE. Part of a plan, immutable.
//
// RowWork is one run's state of it: a batch of one row, whose slot i is column i. Expressions of
// assignments, generated columns and constraints are bound to these slots; a second copy of the
// columns behind them, at slot columns.size() + 1 …, is the row that was to be inserted (VALUES(),
// row aliases) during ON DUPLICATE KEY UPDATE.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/exec/plan_names.h"
#include "core/plan/bind/binder.h"
#include "core/plan/execution.h"
#include "core/types/row_batch.h"
#include "core/types/store.h"

namespace sixfold::exec {

struct RowProgram {
  catalog::TablePtr table;
  QueryBlock* block = nullptr;  // its only table's columns are at slots 0 …
  TableRef* ref = nullptr;
  TableRef* inserted = nullptr;  // the row that was to be inserted
  Scope* scope = nullptr;

  struct Default {
    Expression* expression = nullptr;  // null: none (error 1364)
    bool constant = false;
  };
  std::vector<Default> defaults;  // by column
  struct Computed {
    uint32_t column = 0;
    Expression* expression = nullptr;
  };
  std::vector<Computed> generated;  // in column order
  std::vector<Computed> on_update;
  struct Check {
    std::string schema, name;
    Expression* expression = nullptr;
  };
  std::vector<Check> checks;
  std::vector<Check> view_checks;  // WITH CHECK OPTION: must be true
  int auto_increment = -1;
  uint32_t extra_values = 0;  // behind all else: what assignments read of an INSERT's query

  uint32_t width() const { return static_cast<uint32_t>(table->columns.size()); }
  uint32_t inserted_begin() const { return width() + 1; }
  uint32_t extra_begin() const { return 2 * width() + 1; }
};

/// Binds everything; `alias` is the table's name in expressions.
RowProgram* NewRowProgram(Binder& binder, const catalog::TablePtr& table, std::string_view alias);
/// After all expressions over the program's scope were bound.
void AssignRowSlots(RowProgram* program);

class RowWork {
 public:
  RowWork(const RowProgram& program, Execution& execution, bool ignore);

  types::RowBatch& batch() { return batch_; }
  types::Value& column(uint32_t c) { return batch_.at(c, 0); }
  types::Value* row() { return row_.data(); }
  /// The row as a contiguous span; valid until the next call of it.
  std::span<const types::Value> Row();
  Arena* arena() { return &arena_; }
  EvalContext& context() { return context_; }
  bool ignore() const { return ignore_; }

  /// Forgets the last row's memory.
  void NextRow(uint64_t row_number);
  /// `fill`: assigned columns get theirs too, for values that read them before they are set.
  void SetDefaults(const std::vector<bool>& assigned, bool fill);
  types::Value DefaultValue(uint32_t c);
  /// Converts and checks NULL; several_rows: what one bad NULL does differs (MySQL's rule).
  void Assign(uint32_t c, Expression* expression, bool several_rows);
  void AssignValue(uint32_t c, const types::Value& value, const types::DataType& from,
                   bool several_rows);
  void ComputeGenerated();
  /// False: violated under IGNORE (a warning was given); throws 3819 otherwise.
  bool Check();

 private:
  types::Value NullFor(uint32_t c, bool several_rows);

  const RowProgram& program_;
  Execution& execution_;
  bool ignore_;
  types::RowBatch batch_;
  std::vector<types::Value> row_;
  Arena arena_, default_arena_;
  EvalContext context_;
  types::StoreContext store_;
  std::vector<types::Value> default_values_;
  std::vector<bool> default_known_;
};

/// Runs a change; under `ignore` a violated foreign key becomes a warning and false.
bool TryChange(bool ignore, SessionContext& session, const std::function<void()>& change);

/// The same bytes in all columns.
bool SameRow(std::span<const types::Value> a, std::span<const types::Value> b);
/// 1062 for the row's values in the index.
[[noreturn]] void RaiseDuplicate(const catalog::TableDef& table, int index,
                                 std::span<const types::Value> row);
std::string DuplicateMessage(const catalog::TableDef& table, int index,
                             std::span<const types::Value> row);

}  // namespace sixfold::exec
