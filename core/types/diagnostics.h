// Diagnostics: the conditions of the last statement, as SHOW WARNINGS lists them. Everything that
// warns during execution adds here; the dispatcher clears it at the start of a statement that is
// not itself a question about it. Beyond max_error_count conditions are counted but not kept. One
// thread.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/types/sql_error.h"

namespace sixfold::types {

enum class Severity : uint8_t { kNote, kWarning, kError };

struct Condition {
  Severity severity;
  ErrorCode code;
  std::string sqlstate;
  std::string message;
};

class Diagnostics {
 public:
  void Clear() {
    conditions_.clear();
    total_ = 0;
    errors_ = 0;
    row_ = 1;
    strict_ = false;
  }

  /// Throws in place of a warning that strict mode makes an error.
  void Add(Severity severity, ErrorCode code, std::string message) {
    if (severity == Severity::kNote && !notes_) return;
    if (strict_ && severity == Severity::kWarning && IsStrictError(code)) {
      throw SqlError(code, LookUpError(code).sqlstate, std::move(message));
    }
    ++total_;
    if (severity == Severity::kError) ++errors_;
    if (conditions_.size() >= limit_) return;
    conditions_.push_back({severity, code, LookUpError(code).sqlstate, std::move(message)});
  }
  template <typename... Args>
  void Warn(ErrorCode code, const Args&... args) {
    Add(Severity::kWarning, code, FormatError(code, args...));
  }
  template <typename... Args>
  void Note(ErrorCode code, const Args&... args) {
    Add(Severity::kNote, code, FormatError(code, args...));
  }

  const std::vector<Condition>& conditions() const { return conditions_; }
  /// Of every severity, as @@warning_count and OK packets count.
  uint32_t total() const { return total_; }
  uint32_t errors() const { return errors_; }

  /// The row of a data change being worked on, from 1: "… for column 'a' at row 3".
  uint64_t row() const { return row_; }
  void set_row(uint64_t row) { row_ = row; }

  /// On while a data change runs in strict mode without IGNORE: what expressions warn about while
  /// they compute what is stored then fails the statement, as MySQL's strict mode does.
  void set_strict(bool strict) { strict_ = strict; }
  bool strict() const { return strict_; }
  /// Warnings that strict mode turns into errors.
  static bool IsStrictError(ErrorCode code);

  void set_limit(uint32_t max_error_count) { limit_ = max_error_count; }
  void set_notes(bool sql_notes) { notes_ = sql_notes; }

 private:
  std::vector<Condition> conditions_;
  uint32_t total_ = 0;
  uint32_t errors_ = 0;
  uint32_t limit_ = 1024;
  uint64_t row_ = 1;
  bool notes_ = true;
  bool strict_ = false;
};

}  // namespace sixfold::types
