#include "core/exec/dml/load_reader.h"

namespace sixfold::exec {

bool LoadReader::Have(size_t bytes) {
  while (text_.size() - at_ < bytes && !finished_) {
    if (at_ > 0) {
      text_.erase(0, at_);
      at_ = 0;
    }
    const std::string piece = more_();
    finished_ = piece.empty();
    text_ += piece;
  }
  return text_.size() - at_ >= bytes;
}

bool LoadReader::At(std::string_view mark) {
  return !mark.empty() && Have(mark.size()) && text_.compare(at_, mark.size(), mark) == 0;
}

void LoadReader::SkipLine() {
  while (!AtEnd()) {
    if (At(format_.lines_terminated)) {
      at_ += format_.lines_terminated.size();
      return;
    }
    at_++;
  }
}

bool LoadReader::FindLineStart() {
  if (format_.lines_starting.empty()) return !AtEnd();
  while (!AtEnd()) {
    if (At(format_.lines_starting)) {
      at_ += format_.lines_starting.size();
      return true;
    }
    at_++;
  }
  return false;
}

void LoadReader::ReadEscape(LoadField* field, bool* was_null) {
  at_++;
  if (AtEnd()) return;
  const char c = text_[at_++];
  switch (c) {
    case '0':
      field->text += '\0';
      break;
    case 'b':
      field->text += '\b';
      break;
    case 'n':
      field->text += '\n';
      break;
    case 'r':
      field->text += '\r';
      break;
    case 't':
      field->text += '\t';
      break;
    case 'Z':
      field->text += '\x1a';
      break;
    case 'N':
      *was_null = field->text.empty();
      if (!*was_null) field->text += 'N';
      break;
    default:
      field->text += c;
  }
}

bool LoadReader::ReadField(LoadField* field) {
  bool escaped_null = false;
  const bool enclosed = At(format_.fields_enclosed);
  if (enclosed) at_ += format_.fields_enclosed.size();
  while (!AtEnd()) {
    if (!format_.fields_escaped.empty() && At(format_.fields_escaped)) {
      ReadEscape(field, &escaped_null);
      continue;
    }
    if (enclosed && At(format_.fields_enclosed)) {
      at_ += format_.fields_enclosed.size();
      if (At(format_.fields_enclosed)) {  // doubled: the character itself
        field->text += format_.fields_enclosed;
        at_ += format_.fields_enclosed.size();
        continue;
      }
      if (At(format_.fields_terminated)) {
        at_ += format_.fields_terminated.size();
        return false;
      }
      if (At(format_.lines_terminated) || AtEnd()) {
        if (!AtEnd()) at_ += format_.lines_terminated.size();
        return true;
      }
      field->text += format_.fields_enclosed;
      continue;
    }
    if (!enclosed && At(format_.fields_terminated)) {
      at_ += format_.fields_terminated.size();
      field->is_null = escaped_null && field->text.empty();
      return false;
    }
    if (!enclosed && At(format_.lines_terminated)) {
      at_ += format_.lines_terminated.size();
      field->is_null = escaped_null && field->text.empty();
      return true;
    }
    field->text += text_[at_++];
  }
  field->is_null = escaped_null && field->text.empty();
  return true;
}

bool LoadReader::NextRecord(std::vector<LoadField>* fields) {
  fields->clear();
  if (!FindLineStart()) return false;
  while (true) {
    LoadField field;
    const bool last = ReadField(&field);
    fields->push_back(std::move(field));
    if (last) return true;
  }
}

}  // namespace sixfold::exec
