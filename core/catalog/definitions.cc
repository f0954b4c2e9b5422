#include "core/catalog/definitions.h"

namespace sixfold::catalog {
namespace {

char AsciiLower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

}  // namespace

bool SameName(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (AsciiLower(a[i]) != AsciiLower(b[i])) return false;
  }
  return true;
}

const ColumnDef* TableDef::FindColumn(std::string_view column) const {
  const int i = ColumnOrdinal(column);
  return i < 0 ? nullptr : &columns[i];
}

int TableDef::ColumnOrdinal(std::string_view column) const {
  for (size_t i = 0; i < columns.size(); ++i) {
    if (SameName(columns[i].name, column)) return static_cast<int>(i);
  }
  return -1;
}

const IndexDef* TableDef::FindIndex(std::string_view index) const {
  for (const IndexDef& def : indexes) {
    if (!def.name.empty() && SameName(def.name, index)) return &def;
  }
  return nullptr;
}

int TableDef::AutoIncrementColumn() const {
  for (size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].auto_increment) return static_cast<int>(i);
  }
  return -1;
}

}  // namespace sixfold::catalog
