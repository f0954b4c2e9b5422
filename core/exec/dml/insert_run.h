// InsertRun: rows on their way into one table, for INSERT, REPLACE and LOAD DATA.
#pragma once

#include <memory>
#include <vector>

#include "core/exec/dml/row_program.h"
#include "core/exec/plan_names.h"
#include "core/exec/result_sink.h"

namespace sixfold::txn {
class TableWriter;
struct WriteResult;
}  // namespace sixfold::txn

namespace sixfold::exec {

struct InsertTarget {
  catalog::TablePtr table;
  RowProgram* program = nullptr;
  bool replace = false;
  bool ignore = false;
  bool values_read_columns = false;  // VALUES (1, a + 1)
  uint32_t values_functions = 0;     // VALUES(column) written after ON DUPLICATE KEY UPDATE
  std::vector<bool> assigned;        // by column: gets a value from the statement
  struct Update {
    uint32_t column = 0;
    Expression* value = nullptr;  // null: DEFAULT
  };
  std::vector<Update> updates;  // ON DUPLICATE KEY UPDATE
};

class InsertRun {
 public:
  InsertRun(const InsertTarget& target, Execution& execution);
  ~InsertRun();

  RowWork& work() { return work_; }
  /// How many rows are still to come; sizes the AUTO_INCREMENT reservation.
  void ExpectRows(uint64_t rows) { expected_rows_ = rows; }
  void BeginRow();
  void WriteRow();
  StatementResult Finish(bool with_info);

 private:
  void AssignAutoIncrement();
  uint64_t NextAutoIncrement();
  void Replace(const txn::WriteResult& conflict);
  void UpdateExisting(const txn::WriteResult& conflict);
  void Skip(int index);

  const InsertTarget& target_;
  Execution& execution_;
  SessionContext& session_;
  RowWork work_;
  std::unique_ptr<txn::TableWriter> writer_;
  uint64_t rows_ = 0, inserted_ = 0, replaced_ = 0, updated_ = 0, unchanged_ = 0;
  uint64_t expected_rows_ = 1;
  uint64_t reserved_next_ = 0, reserved_left_ = 0, reserve_size_ = 1;
  uint64_t first_generated_ = 0, explicit_value_ = 0, updated_value_ = 0;
  bool generated_here_ = false;
  uint64_t last_insert_id_before_ = 0;
  uint64_t increment_ = 1, offset_ = 1;
};

}  // namespace sixfold::exec
