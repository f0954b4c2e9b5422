#include "core/exec/dml/insert_run.h"

#include "core/plan/session_context.h"
#include "core/txn/table_reader.h"
#include "core/txn/table_writer.h"
#include "core/types/compare_values.h"
#include "core/types/decimal.h"
#include "core/types/diagnostics.h"
#include "core/types/error_codes.h"
#include "core/types/raise.h"
#include "core/types/sql_mode.h"

namespace sixfold::exec {

using types::Value;

InsertRun::InsertRun(const InsertTarget& target, Execution& execution)
    : target_(target),
      execution_(execution),
      session_(execution.session()),
      work_(*target.program, execution, target.ignore),
      writer_(session_.transaction().NewWriter(target.table)),
      last_insert_id_before_(session_.last_insert_id()) {
  writer_->set_foreign_key_checks(session_.UnsignedVariable("foreign_key_checks") != 0);
  writer_->set_unique_checks(session_.UnsignedVariable("unique_checks") != 0);
  for (uint32_t i = 0; i < target.values_functions; i++) {
    session_.diagnostics().Warn(
        ErrorCode::kWarnDeprecatedSyntax, "VALUES function",
        "an alias (INSERT INTO ... VALUES (...) AS alias) and replace VALUES(col) in the ON "
        "DUPLICATE KEY UPDATE clause with alias.col");
  }
  if (target.program->auto_increment >= 0) {
    increment_ = std::max<uint64_t>(1, session_.UnsignedVariable("auto_increment_increment"));
    offset_ = std::max<uint64_t>(1, session_.UnsignedVariable("auto_increment_offset"));
  }
}

InsertRun::~InsertRun() = default;

void InsertRun::BeginRow() {
  rows_++;
  work_.NextRow(rows_);
  work_.SetDefaults(target_.assigned, target_.values_read_columns);
}

uint64_t InsertRun::NextAutoIncrement() {
  if (reserved_left_ == 0) {
    const uint64_t known = expected_rows_ >= rows_ ? expected_rows_ - rows_ + 1 : 0;
    const uint64_t count = std::max(known, reserve_size_);
    reserved_next_ =
        session_.transaction().ReserveAutoIncrement(*target_.table, count, increment_, offset_);
    reserved_left_ = count;
    if (known == 0) reserve_size_ = std::min<uint64_t>(reserve_size_ * 2, 65'536);
  }
  const uint64_t value = reserved_next_;
  reserved_left_--;
  reserved_next_ += increment_;
  return value;
}

void InsertRun::AssignAutoIncrement() {
  generated_here_ = false;
  const int ordinal = target_.program->auto_increment;
  if (ordinal < 0) return;
  const auto column = static_cast<uint32_t>(ordinal);
  const types::DataType& type = target_.table->columns[column].type;
  Value& value = work_.column(column);
  const bool zero_generates = (session_.sql_mode() & types::kSqlModeNoAutoValueOnZero) == 0;
  const bool assigned = target_.assigned[column];
  const bool generate = value.is_null() || (!IsTrue(value) && (zero_generates || !assigned));
  if (generate) {
    const uint64_t next = NextAutoIncrement();
    if (type.IsInteger()) {
      work_.AssignValue(
          column, type.is_unsigned ? Value::Uint(next) : Value::Int(static_cast<int64_t>(next)),
          type, false);
    } else {
      value = Value::Double(static_cast<double>(next));
    }
    generated_here_ = true;
    if (first_generated_ == 0) first_generated_ = next;
    return;
  }
  const bool negative = value.kind() == types::ValueKind::kInt && value.int_value() < 0;
  if (negative) return;
  explicit_value_ = ToCount(value);
  session_.transaction().NoteAutoIncrement(*target_.table, explicit_value_);
}

void InsertRun::WriteRow() {
  AssignAutoIncrement();
  work_.ComputeGenerated();
  if (!work_.Check()) return;
  while (true) {
    const std::span<const Value> row = work_.Row();
    txn::WriteResult result;
    if (!TryChange(target_.ignore, session_, [&] { result = writer_->Insert(row, work_.arena()); }))
      return;
    if (result.ok) {
      inserted_++;
      return;
    }
    if (!target_.updates.empty()) return UpdateExisting(result);
    if (target_.ignore && !target_.replace) return Skip(result.duplicate_index);
    if (!target_.replace) RaiseDuplicate(*target_.table, result.duplicate_index, row);
    if (SameRow(row, result.existing)) {
      unchanged_++;
      inserted_++;
      return;
    }
    Replace(result);
  }
}

void InsertRun::Skip(int index) {
  if (generated_here_) {  // the next row takes the number this one did not use
    reserved_next_ -= increment_;
    reserved_left_++;
  }
  session_.diagnostics().Add(types::Severity::kWarning, static_cast<ErrorCode>(kErDupEntry),
                             DuplicateMessage(*target_.table, index, work_.Row()));
}

void InsertRun::Replace(const txn::WriteResult& conflict) {
  writer_->Delete(conflict.existing, conflict.existing_row_id, work_.arena());
  replaced_++;
}

void InsertRun::UpdateExisting(const txn::WriteResult& conflict) {
  const std::span<const Value> existing = conflict.existing;
  const RowProgram& program = *target_.program;
  const std::vector<Value> inserted(work_.Row().begin(), work_.Row().end());
  for (uint32_t c = 0; c < program.width(); c++) {
    work_.column(c) = existing[c];
    work_.column(program.inserted_begin() + c) = inserted[c];
  }
  std::vector<bool> explicitly(program.width());
  for (const InsertTarget::Update& update : target_.updates) {
    explicitly[update.column] = true;
    if (update.value == nullptr) {
      work_.column(update.column) = work_.DefaultValue(update.column);
    } else {
      work_.Assign(update.column, update.value, false);
    }
  }
  work_.ComputeGenerated();
  const int ai = program.auto_increment;
  if (ai >= 0) updated_value_ = ToCount(work_.column(static_cast<uint32_t>(ai)));
  if (SameRow(work_.Row(), existing)) {
    unchanged_++;
    return;
  }
  for (const RowProgram::Computed& on_update : program.on_update) {
    if (!explicitly[on_update.column]) work_.Assign(on_update.column, on_update.expression, false);
  }
  if (!work_.Check()) return;
  const std::span<const Value> row = work_.Row();
  const txn::WriteResult result =
      writer_->Update(existing, row, conflict.existing_row_id, work_.arena());
  if (!result.ok) {
    if (!target_.ignore) RaiseDuplicate(*target_.table, result.duplicate_index, row);
    return Skip(result.duplicate_index);
  }
  if (ai >= 0) session_.transaction().NoteAutoIncrement(*target_.table, updated_value_);
  updated_++;
}

StatementResult InsertRun::Finish(bool with_info) {
  StatementResult result;
  result.affected_rows = inserted_ + replaced_ + 2 * updated_;
  result.matched_rows = result.affected_rows + (target_.updates.empty() ? 0 : unchanged_);
  if (first_generated_ != 0) {
    session_.set_last_insert_id(first_generated_);
    result.insert_id = first_generated_;
  } else if (session_.last_insert_id() != last_insert_id_before_) {
    result.insert_id = session_.last_insert_id();
  } else if (updated_ > 0 && updated_value_ != 0) {
    result.insert_id = updated_value_;
  } else if (inserted_ > 0) {
    result.insert_id = explicit_value_;
  }
  if (with_info) {
    const uint64_t duplicates = target_.ignore && !target_.replace && target_.updates.empty()
                                    ? rows_ - inserted_
                                    : replaced_ + updated_;
    result.info = fmt::format("Records: {}  Duplicates: {}  Warnings: {}", rows_, duplicates,
                              session_.diagnostics().total());
  }
  session_.diagnostics().set_row(1);
  return result;
}

}  // namespace sixfold::exec
