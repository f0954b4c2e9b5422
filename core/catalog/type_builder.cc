#include "core/catalog/type_builder.h"

#include <algorithm>

#include "core/types/collation.h"
#include "core/types/error_codes.h"
#include "core/types/sql_error.h"

namespace sixfold::catalog {
namespace {

using sql::TypeKeyword;
using sql::TypeSyntax;
using types::DataType;
using types::TypeId;

constexpr uint32_t kMaxCharLength = 255;
constexpr uint32_t kMaxVarBytes = 65535;
constexpr uint32_t kMaxFsp = 6;

struct IntegerWidth {
  TypeKeyword keyword;
  TypeId id;
  uint8_t signed_width, unsigned_width;
};
constexpr IntegerWidth kIntegers[] = {
    {TypeKeyword::kTinyInt, TypeId::kTinyInt, 4, 3},
    {TypeKeyword::kSmallInt, TypeId::kSmallInt, 6, 5},
    {TypeKeyword::kMediumInt, TypeId::kMediumInt, 9, 8},
    {TypeKeyword::kInt, TypeId::kInt, 11, 10},
    {TypeKeyword::kBigInt, TypeId::kBigInt, 20, 20},
};

void BuildInteger(const TypeSyntax& syntax, const IntegerWidth& width, const TypeContext& context,
                  DataType* type) {
  type->id = width.id;
  type->is_unsigned = syntax.is_unsigned || syntax.zerofill;
  type->zerofill = syntax.zerofill;
  type->length = type->is_unsigned ? width.unsigned_width : width.signed_width;
  if (syntax.length > 255) throw MakeError(ErrorCode::kTooBigDisplaywidth, context.column, 255);
  if (syntax.length > 0) type->length = static_cast<uint32_t>(syntax.length);
}

void BuildFloat(const TypeSyntax& syntax, const TypeContext& context, DataType* type) {
  type->id = syntax.keyword == TypeKeyword::kDouble ? TypeId::kDouble : TypeId::kFloat;
  type->is_unsigned = syntax.is_unsigned || syntax.zerofill;
  type->zerofill = syntax.zerofill;
  type->scale = 31;
  if (syntax.decimals < 0) {
    // FLOAT(p): p only chooses between the two types.
    if (syntax.length > 53) throw MakeError(ErrorCode::kWrongFieldSpec, context.column);
    if (syntax.length > 24) type->id = TypeId::kDouble;
    type->length = type->id == TypeId::kDouble ? 22 : 12;
    return;
  }
  if (syntax.length > 255) throw MakeError(ErrorCode::kTooBigDisplaywidth, context.column, 255);
  if (syntax.decimals > 30)
    throw MakeError(ErrorCode::kTooBigScale, syntax.decimals, context.column, 30);
  if (syntax.decimals > syntax.length) throw MakeError(ErrorCode::kMBiggerThanD, context.column);
  type->length = static_cast<uint32_t>(syntax.length);
  type->scale = static_cast<uint8_t>(syntax.decimals);
}

void BuildDecimal(const TypeSyntax& syntax, const TypeContext& context, DataType* type) {
  const int64_t precision = syntax.length <= 0 ? 10 : syntax.length;
  const int64_t scale = std::max(syntax.decimals, 0);
  if (scale > 30) throw MakeError(ErrorCode::kTooBigScale, scale, context.column, 30);
  if (precision > 65) throw MakeError(ErrorCode::kTooBigPrecision, precision, context.column, 65);
  if (scale > precision) throw MakeError(ErrorCode::kMBiggerThanD, context.column);
  type->id = TypeId::kDecimal;
  type->precision = static_cast<uint8_t>(precision);
  type->scale = static_cast<uint8_t>(scale);
  type->is_unsigned = syntax.is_unsigned || syntax.zerofill;
  type->zerofill = syntax.zerofill;
  type->length =
      static_cast<uint32_t>(precision + (scale > 0 ? 1 : 0) + (type->is_unsigned ? 0 : 1));
}

void BuildTemporal(TypeId id, uint32_t base_length, const TypeSyntax& syntax,
                   const TypeContext& context, DataType* type) {
  const int64_t fsp = std::max<int64_t>(syntax.length, 0);
  if (fsp > kMaxFsp) throw MakeError(ErrorCode::kTooBigPrecision, fsp, context.column, kMaxFsp);
  type->id = id;
  type->scale = static_cast<uint8_t>(fsp);
  type->length = base_length + (fsp > 0 ? 1 + static_cast<uint32_t>(fsp) : 0);
}

bool IsBinaryKeyword(TypeKeyword keyword) {
  return keyword == TypeKeyword::kBinary || keyword == TypeKeyword::kVarBinary ||
         (keyword >= TypeKeyword::kTinyBlob && keyword <= TypeKeyword::kLongBlob);
}

const types::Collation* StringCollation(const TypeSyntax& syntax, const TypeContext& context) {
  if (IsBinaryKeyword(syntax.keyword)) return &types::kBinaryCollation;
  const types::Collation* collation =
      syntax.national ? ResolveCollation("utf8mb3", syntax.collation, nullptr)
                      : ResolveCollation(syntax.charset, syntax.collation, context.collation);
  if (syntax.binary && !collation->IsBinary()) return &types::BinCollation(*collation->charset);
  return collation;
}

/// CHAR … LONGTEXT with a binary collation are the BINARY … LONGBLOB types.
TypeId StringTypeId(TypeId text_id, bool binary) {
  if (!binary) return text_id;
  const auto offset = static_cast<uint8_t>(text_id) - static_cast<uint8_t>(TypeId::kChar);
  return static_cast<TypeId>(static_cast<uint8_t>(TypeId::kBinary) + offset);
}

void BuildChar(TypeId text_id, const TypeSyntax& syntax, const TypeContext& context,
               DataType* type) {
  type->collation = StringCollation(syntax, context);
  const uint32_t mbmaxlen = type->collation->charset->mbmaxlen;
  const bool fixed = text_id == TypeId::kChar;
  const uint32_t limit = fixed ? kMaxCharLength : kMaxVarBytes / mbmaxlen;
  const int64_t length = syntax.length < 0 ? 1 : syntax.length;
  if (length > limit) throw MakeError(ErrorCode::kTooBigFieldlength, context.column, limit);
  type->id = StringTypeId(text_id, type->collation->IsBinary());
  type->length = static_cast<uint32_t>(length);
}

constexpr uint32_t kTextBytes[] = {255, 65535, 16777215, 4294967295u};

void BuildText(int size_class, const TypeSyntax& syntax, const TypeContext& context,
               DataType* type) {
  type->collation = StringCollation(syntax, context);
  const uint64_t mbmaxlen = type->collation->charset->mbmaxlen;
  if (size_class == 1 && syntax.length > 0) {
    // TEXT(n) and BLOB(n): the smallest type that holds n characters.
    const uint64_t bytes = static_cast<uint64_t>(syntax.length) * mbmaxlen;
    if (bytes > kTextBytes[3])
      throw MakeError(ErrorCode::kTooBigDisplaywidth, context.column, kTextBytes[3]);
    size_class = 0;
    while (bytes > kTextBytes[size_class]) ++size_class;
  }
  const auto text_id = static_cast<TypeId>(static_cast<int>(TypeId::kTinyText) + size_class);
  type->id = StringTypeId(text_id, type->collation->IsBinary());
  type->length = kTextBytes[size_class];
}

std::string_view TrimLabel(std::string_view label) {
  while (!label.empty() && label.back() == ' ') label.remove_suffix(1);
  return label;
}

void BuildLabels(const TypeSyntax& syntax, const TypeContext& context, DataType* type) {
  const bool is_set = syntax.keyword == TypeKeyword::kSet;
  type->id = is_set ? TypeId::kSet : TypeId::kEnum;
  type->collation = StringCollation(syntax, context);
  if (is_set && syntax.elements.size() > 64) throw MakeError(ErrorCode::kTooBigSet, context.column);
  auto labels = std::make_shared<std::vector<std::string>>();
  size_t longest = 0, total = 0;
  for (const std::string_view written : syntax.elements) {
    const std::string_view label = TrimLabel(written);
    if (is_set && label.find(',') != std::string_view::npos) {
      throw MakeError(ErrorCode::kIllegalValueForType, "set", label);
    }
    for (const std::string& other : *labels) {
      if (type->collation->Equal(other, label)) {
        throw MakeError(ErrorCode::kDuplicatedValueInType, context.column, label,
                        is_set ? "SET" : "ENUM");
      }
    }
    labels->emplace_back(label);
    const size_t chars = types::CharLength(types::kUtf8mb4Charset, label);
    longest = std::max(longest, chars);
    total += chars;
  }
  type->length = static_cast<uint32_t>(is_set ? total + labels->size() - 1 : longest);
  type->labels = std::move(labels);
}

void BuildBit(const TypeSyntax& syntax, const TypeContext& context, DataType* type) {
  if (syntax.length > 64) throw MakeError(ErrorCode::kTooBigDisplaywidth, context.column, 64);
  type->id = TypeId::kBit;
  type->is_unsigned = true;
  type->length = syntax.length <= 0 ? 1 : static_cast<uint32_t>(syntax.length);
}

}  // namespace

const types::Collation* ResolveCollation(std::string_view charset, std::string_view collation,
                                         const types::Collation* otherwise) {
  const types::Charset* set = nullptr;
  if (!charset.empty()) {
    set = types::FindCharset(charset);
    if (set == nullptr) throw MakeError(ErrorCode::kUnknownCharacterSet, charset);
  }
  if (collation.empty()) return set != nullptr ? &types::DefaultCollation(*set) : otherwise;
  const types::Collation* found = types::FindCollation(collation);
  if (found == nullptr) throw MakeError(ErrorCode::kUnknownCollation, collation);
  if (set != nullptr && found->charset != set) {
    throw MakeError(ErrorCode::kCollationCharsetMismatch, collation, set->name);
  }
  return found;
}

types::DataType BuildType(const sql::TypeSyntax& syntax, const TypeContext& context) {
  DataType type;
  switch (syntax.keyword) {
    case TypeKeyword::kTinyInt:
    case TypeKeyword::kSmallInt:
    case TypeKeyword::kMediumInt:
    case TypeKeyword::kInt:
    case TypeKeyword::kBigInt:
      for (const IntegerWidth& width : kIntegers) {
        if (width.keyword == syntax.keyword) BuildInteger(syntax, width, context, &type);
      }
      break;
    case TypeKeyword::kBool:
      type.id = TypeId::kTinyInt;
      type.length = 1;
      break;
    case TypeKeyword::kSerial:
      type.id = TypeId::kBigInt;
      type.is_unsigned = true;
      type.length = 20;
      break;
    case TypeKeyword::kSigned:
      type.id = TypeId::kBigInt;
      type.length = 21;
      break;
    case TypeKeyword::kUnsigned:
      type.id = TypeId::kBigInt;
      type.is_unsigned = true;
      type.length = 21;
      break;
    case TypeKeyword::kFloat:
    case TypeKeyword::kDouble:
      BuildFloat(syntax, context, &type);
      break;
    case TypeKeyword::kDecimal:
      BuildDecimal(syntax, context, &type);
      break;
    case TypeKeyword::kBit:
      BuildBit(syntax, context, &type);
      break;
    case TypeKeyword::kDate:
      type.id = TypeId::kDate;
      type.length = 10;
      break;
    case TypeKeyword::kTime:
      BuildTemporal(TypeId::kTime, 10, syntax, context, &type);
      break;
    case TypeKeyword::kDateTime:
      BuildTemporal(TypeId::kDatetime, 19, syntax, context, &type);
      break;
    case TypeKeyword::kTimestamp:
      BuildTemporal(TypeId::kTimestamp, 19, syntax, context, &type);
      break;
    case TypeKeyword::kYear:
      type.id = TypeId::kYear;
      type.is_unsigned = true;
      type.length = 4;
      break;
    case TypeKeyword::kChar:
    case TypeKeyword::kBinary:
      BuildChar(TypeId::kChar, syntax, context, &type);
      break;
    case TypeKeyword::kVarChar:
    case TypeKeyword::kVarBinary:
      BuildChar(TypeId::kVarchar, syntax, context, &type);
      break;
    case TypeKeyword::kTinyText:
    case TypeKeyword::kTinyBlob:
      BuildText(0, syntax, context, &type);
      break;
    case TypeKeyword::kText:
    case TypeKeyword::kBlob:
      BuildText(1, syntax, context, &type);
      break;
    case TypeKeyword::kMediumText:
    case TypeKeyword::kMediumBlob:
      BuildText(2, syntax, context, &type);
      break;
    case TypeKeyword::kLongText:
    case TypeKeyword::kLongBlob:
      BuildText(3, syntax, context, &type);
      break;
    case TypeKeyword::kEnum:
    case TypeKeyword::kSet:
      BuildLabels(syntax, context, &type);
      break;
    case TypeKeyword::kJson:
      type.id = TypeId::kJson;
      type.collation = &types::kUtf8mb4Bin;
      type.length = 4294967295u;
      break;
    case TypeKeyword::kGeometry:
    case TypeKeyword::kPoint:
    case TypeKeyword::kLineString:
    case TypeKeyword::kPolygon:
    case TypeKeyword::kMultiPoint:
    case TypeKeyword::kMultiLineString:
    case TypeKeyword::kMultiPolygon:
    case TypeKeyword::kGeometryCollection:
      type.id = TypeId::kGeometry;
      type.collation = &types::kBinaryCollation;
      type.length =
          static_cast<uint32_t>(syntax.keyword) - static_cast<uint32_t>(TypeKeyword::kGeometry);
      break;
  }
  return type;
}

}  // namespace sixfold::catalog
