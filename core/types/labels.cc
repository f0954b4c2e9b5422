#include "core/types/labels.h"

#include "core/base/arena.h"
#include "core/types/collation.h"

namespace sixfold::types {
namespace {

const Collation& LabelCollation(const DataType& type) {
  return type.collation != nullptr ? *type.collation : kUtf8mb4Collation;
}

}  // namespace

Value EnumValue(const DataType& type, uint16_t index) {
  if (index == 0 || type.labels == nullptr || index > type.labels->size())
    return Value::String("", 0);
  return Value::String((*type.labels)[index - 1], index);
}

uint16_t FindLabel(const DataType& type, std::string_view text) {
  const Collation& collation = LabelCollation(type);
  text = TrimTrailingSpaces(*collation.charset, text);
  for (size_t i = 0; i < type.labels->size(); ++i) {
    if (collation.Equal((*type.labels)[i], text)) return static_cast<uint16_t>(i + 1);
  }
  return 0;
}

uint64_t SetBits(const DataType& type, std::string_view text, bool* unknown) {
  uint64_t bits = 0;
  while (!text.empty()) {
    const size_t comma = text.find(',');
    const uint16_t index = FindLabel(type, text.substr(0, comma));
    if (index > 0) {
      bits |= uint64_t{1} << (index - 1);
    } else if (unknown != nullptr) {
      *unknown = true;
    }
    if (comma == std::string_view::npos) break;
    text.remove_prefix(comma + 1);
  }
  return bits;
}

std::string_view SetText(const DataType& type, uint64_t bits, Arena* arena) {
  std::string text;
  for (size_t i = 0; i < type.labels->size(); ++i) {
    if ((bits >> i & 1) == 0) continue;
    if (!text.empty()) text += ',';
    text += (*type.labels)[i];
  }
  return arena->Copy(text);
}

}  // namespace sixfold::types
