#include "core/types/metadata.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/types/collation.h"

namespace sixfold::types {
namespace {

constexpr uint8_t kNotFixedDecimals = 31;

struct TypeRow {
  TypeId id;
  const char* name;
  uint8_t wire_type;
  uint32_t signed_width;  // display width of integers; fixed length of others
  uint32_t unsigned_width;
};

constexpr TypeRow kTypeRows[] = {
    {TypeId::kNull, "null", 6, 0, 0},
    {TypeId::kTinyInt, "tinyint", 1, 4, 3},
    {TypeId::kSmallInt, "smallint", 2, 6, 5},
    {TypeId::kMediumInt, "mediumint", 9, 9, 8},
    {TypeId::kInt, "int", 3, 11, 10},
    {TypeId::kBigInt, "bigint", 8, 20, 20},
    {TypeId::kFloat, "float", 4, 12, 12},
    {TypeId::kDouble, "double", 5, 22, 22},
    {TypeId::kDecimal, "decimal", 246, 0, 0},
    {TypeId::kYear, "year", 13, 4, 4},
    {TypeId::kDate, "date", 10, 10, 10},
    {TypeId::kTime, "time", 11, 10, 10},
    {TypeId::kDatetime, "datetime", 12, 19, 19},
    {TypeId::kTimestamp, "timestamp", 7, 19, 19},
    {TypeId::kChar, "char", 254, 0, 0},
    {TypeId::kVarchar, "varchar", 253, 0, 0},
    {TypeId::kTinyText, "tinytext", 252, 0, 0},
    {TypeId::kText, "text", 252, 0, 0},
    {TypeId::kMediumText, "mediumtext", 252, 0, 0},
    {TypeId::kLongText, "longtext", 252, 0, 0},
    {TypeId::kBinary, "binary", 254, 0, 0},
    {TypeId::kVarbinary, "varbinary", 253, 0, 0},
    {TypeId::kTinyBlob, "tinyblob", 252, 0, 0},
    {TypeId::kBlob, "blob", 252, 0, 0},
    {TypeId::kMediumBlob, "mediumblob", 252, 0, 0},
    {TypeId::kLongBlob, "longblob", 252, 0, 0},
    {TypeId::kBit, "bit", 16, 0, 0},
    {TypeId::kEnum, "enum", 254, 0, 0},
    {TypeId::kSet, "set", 254, 0, 0},
    {TypeId::kJson, "json", 245, 0, 0},
    {TypeId::kGeometry, "geometry", 255, 0, 0},
};

constexpr bool TypeRowsAreComplete() {
  for (size_t i = 0; i < std::size(kTypeRows); ++i) {
    if (kTypeRows[i].id != static_cast<TypeId>(i)) return false;
  }
  return std::size(kTypeRows) == static_cast<size_t>(TypeId::kGeometry) + 1;
}
static_assert(TypeRowsAreComplete());

const TypeRow& RowOf(TypeId id) { return kTypeRows[static_cast<size_t>(id)]; }

uint64_t LabelChars(const DataType& type) {
  uint64_t longest = 0;
  uint64_t sum = 0;
  for (const std::string& label : *type.labels) {
    const uint64_t chars = CharLength(kUtf8mb4Charset, label);
    longest = std::max(longest, chars);
    sum += chars;
  }
  if (type.id == TypeId::kEnum) return longest;
  return sum + (type.labels->empty() ? 0 : type.labels->size() - 1);
}

bool IsBinaryString(const DataType& type) {
  return (type.id >= TypeId::kBinary && type.id <= TypeId::kLongBlob) ||
         (type.IsString() && (type.collation == nullptr || type.collation->IsBinary()));
}

uint32_t ClampLength(uint64_t length) {
  return static_cast<uint32_t>(std::min<uint64_t>(length, UINT32_MAX));
}

void FillStringMetadata(const DataType& type, const Collation* results, bool from_column,
                        WireMetadata* out) {
  const Collation* own = type.collation;
  const bool is_binary = IsBinaryString(type);
  if (is_binary) {
    out->flags |= column_flag::kBinary;
  } else {
    const Collation* sent = results != nullptr ? results : own;
    out->collation = sent->id;
    if (own->ComparesBytes()) out->flags |= column_flag::kBinary;
  }
  if (!from_column) out->decimals = kNotFixedDecimals;
  const uint64_t sent_width =
      is_binary ? 1 : (results != nullptr ? results : own)->charset->mbmaxlen;
  if (IsLargeObject(type.id)) {
    out->flags |= column_flag::kBlob;
    out->length = ClampLength(LargeObjectBytes(type.id) * sent_width);
    return;
  }
  const bool has_labels = type.id == TypeId::kEnum || type.id == TypeId::kSet;
  out->length = ClampLength((has_labels ? LabelChars(type) : type.length) * sent_width);
}

std::string QuotedLabels(const DataType& type) {
  std::string text = "(";
  for (const std::string& label : *type.labels) {
    if (text.size() > 1) text += ',';
    text += '\'';
    for (const char c : label) {
      text += c;
      if (c == '\'') text += c;
    }
    text += '\'';
  }
  return text + ')';
}

}  // namespace

bool IsLargeObject(TypeId id) {
  return (id >= TypeId::kTinyText && id <= TypeId::kLongText) ||
         (id >= TypeId::kTinyBlob && id <= TypeId::kLongBlob) || id == TypeId::kJson ||
         id == TypeId::kGeometry;
}

uint64_t LargeObjectBytes(TypeId id) {
  switch (id) {
    case TypeId::kTinyText:
    case TypeId::kTinyBlob:
      return 255;
    case TypeId::kText:
    case TypeId::kBlob:
      return 65535;
    case TypeId::kMediumText:
    case TypeId::kMediumBlob:
      return 16777215;
    default:
      return 4294967295;
  }
}

uint64_t CharacterMaximumLength(const DataType& type) {
  if (type.id == TypeId::kEnum || type.id == TypeId::kSet) return LabelChars(type);
  if (!type.IsString()) return 0;
  if (!IsLargeObject(type.id)) return type.length;
  const uint8_t width = IsBinaryString(type) ? 1 : type.collation->charset->mbminlen;
  return LargeObjectBytes(type.id) / width;
}

uint64_t CharacterOctetLength(const DataType& type) {
  if (IsLargeObject(type.id)) return type.IsString() ? LargeObjectBytes(type.id) : 0;
  const uint8_t width = type.collation != nullptr ? type.collation->charset->mbmaxlen : 1;
  return CharacterMaximumLength(type) * width;
}

uint32_t DisplayLength(const DataType& type) {
  const uint32_t fraction = type.scale > 0 ? type.scale + 1u : 0;
  switch (type.id) {
    case TypeId::kDate:
    case TypeId::kYear:
      return RowOf(type.id).signed_width;
    case TypeId::kTime:
    case TypeId::kDatetime:
    case TypeId::kTimestamp:
      return RowOf(type.id).signed_width + fraction;
    case TypeId::kDecimal: {
      const uint32_t sign = type.is_unsigned ? 0 : 1;
      const uint32_t leading_zero = type.precision == type.scale && type.precision > 0 ? 1 : 0;
      return type.precision + (type.scale > 0 ? 1u : 0u) + sign +
             (type.scale > 0 ? leading_zero : 0);
    }
    case TypeId::kEnum:
    case TypeId::kSet:
      return ClampLength(LabelChars(type));
    case TypeId::kNull:
      return 0;
    default:
      break;
  }
  if (IsLargeObject(type.id)) return ClampLength(LargeObjectBytes(type.id));
  if (type.length > 0 || type.IsString() || type.id == TypeId::kBit) return type.length;
  return type.is_unsigned ? RowOf(type.id).unsigned_width : RowOf(type.id).signed_width;
}

WireMetadata WireMetadataOf(const DataType& type, const Collation* results, bool from_column) {
  WireMetadata out;
  out.type = RowOf(type.id).wire_type;
  if (!type.nullable) out.flags |= column_flag::kNotNull;
  if (type.is_unsigned) out.flags |= column_flag::kUnsigned;
  if (type.zerofill) out.flags |= column_flag::kZerofill | column_flag::kUnsigned;
  if (type.id == TypeId::kEnum) out.flags |= column_flag::kEnum;
  if (type.id == TypeId::kSet) out.flags |= column_flag::kSet;
  if (type.IsString() || type.id == TypeId::kEnum || type.id == TypeId::kSet) {
    FillStringMetadata(type, results, from_column, &out);
    return out;
  }
  out.length = DisplayLength(type);
  if (type.IsTemporal() || type.id == TypeId::kNull) out.flags |= column_flag::kBinary;
  if (type.IsNumeric() && !from_column) out.flags |= column_flag::kBinary;
  if (type.id == TypeId::kJson || type.id == TypeId::kGeometry)
    out.flags |= column_flag::kBlob | column_flag::kBinary;
  if (type.id == TypeId::kYear) out.flags |= column_flag::kUnsigned | column_flag::kZerofill;
  if (type.id == TypeId::kBit) out.flags |= column_flag::kUnsigned;
  if (type.id == TypeId::kTimestamp && from_column) out.flags |= column_flag::kTimestamp;
  if (type.id == TypeId::kDecimal || type.IsTemporal() || type.id == TypeId::kFloat ||
      type.id == TypeId::kDouble) {
    out.decimals = type.scale;
  }
  return out;
}

std::string DataTypeName(const DataType& type) { return RowOf(type.id).name; }

std::string ColumnTypeText(const DataType& type) {
  std::string text = DataTypeName(type);
  switch (type.id) {
    case TypeId::kTinyInt:
    case TypeId::kSmallInt:
    case TypeId::kMediumInt:
    case TypeId::kInt:
    case TypeId::kBigInt:
      if (type.zerofill) {
        text += fmt::format("({})", DisplayLength(type));
      } else if (type.id == TypeId::kTinyInt && type.length == 1 && !type.is_unsigned) {
        text += "(1)";
      }
      break;
    case TypeId::kFloat:
    case TypeId::kDouble:
      if (type.scale < kNotFixedDecimals && type.length > 0)
        text += fmt::format("({},{})", type.length, type.scale);
      break;
    case TypeId::kDecimal:
      text += fmt::format("({},{})", type.precision, type.scale);
      break;
    case TypeId::kTime:
    case TypeId::kDatetime:
    case TypeId::kTimestamp:
      if (type.scale > 0) text += fmt::format("({})", type.scale);
      break;
    case TypeId::kChar:
    case TypeId::kVarchar:
    case TypeId::kBinary:
    case TypeId::kVarbinary:
    case TypeId::kBit:
      text += fmt::format("({})", type.length);
      break;
    case TypeId::kEnum:
    case TypeId::kSet:
      text += QuotedLabels(type);
      break;
    default:
      break;
  }
  if (type.is_unsigned && type.IsNumeric() && type.id != TypeId::kYear) text += " unsigned";
  if (type.zerofill) text += " zerofill";
  return text;
}

}  // namespace sixfold::types
