// LoadReader: cuts the text of LOAD DATA into records and fields.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/sql/ast_select.h"

namespace sixfold::exec {

struct LoadField {
  std::string text;
  bool is_null = false;
};

class LoadReader {
 public:
  /// `more` gives the next piece of the text; empty at its end.
  LoadReader(const sql::FileFormat& format, std::function<std::string()> more)
      : format_(format), more_(std::move(more)) {}

  /// False at the end.
  bool NextRecord(std::vector<LoadField>* fields);
  void SkipLine();

 private:
  /// Makes at least `bytes` bytes of text available, if there are so many.
  bool Have(size_t bytes);
  bool At(std::string_view mark);
  bool AtEnd() { return !Have(1); }
  bool FindLineStart();
  /// Reads one field; true when the record ends with it.
  bool ReadField(LoadField* field);
  void ReadEscape(LoadField* field, bool* was_null);

  const sql::FileFormat& format_;
  std::function<std::string()> more_;
  std::string text_;
  size_t at_ = 0;
  bool finished_ = false;
};

}  // namespace sixfold::exec
