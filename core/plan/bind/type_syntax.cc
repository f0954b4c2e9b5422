#include "core/plan/bind/type_syntax.h"

#include "core/plan/session_context.h"
#include "core/types/collation.h"
#include "core/types/raise.h"

namespace sixfold::plan {

types::DataType CastType(const sql::TypeSyntax& syntax, SessionContext& session) {
  using types::TypeId;
  types::DataType type;
  if (syntax.array) Raise(kErNotSupported, "CAST AS ARRAY");
  switch (syntax.keyword) {
    case sql::TypeKeyword::kSigned:
    case sql::TypeKeyword::kUnsigned:
      type.id = TypeId::kBigInt;
      type.is_unsigned = syntax.keyword == sql::TypeKeyword::kUnsigned;
      type.length = 21;
      return type;
    case sql::TypeKeyword::kDecimal:
      type.id = TypeId::kDecimal;
      type.precision = static_cast<uint8_t>(syntax.length <= 0 ? 10 : syntax.length);
      type.scale = static_cast<uint8_t>(std::max(0, syntax.decimals));
      if (syntax.length > 65) Raise(1426, syntax.length, "", 65);
      if (syntax.decimals > 30) Raise(1425, syntax.decimals, "", 30);
      if (type.scale > type.precision) Raise(1427, "");
      type.length = type.precision + 2u;
      return type;
    case sql::TypeKeyword::kFloat:
      type.id = syntax.length > 24 ? TypeId::kDouble : TypeId::kFloat;
      type.scale = 31;
      return type;
    case sql::TypeKeyword::kDouble:
      type.id = TypeId::kDouble;
      type.scale = 31;
      return type;
    case sql::TypeKeyword::kDate:
      type.id = TypeId::kDate;
      return type;
    case sql::TypeKeyword::kTime:
    case sql::TypeKeyword::kDateTime:
      type.id = syntax.keyword == sql::TypeKeyword::kTime ? TypeId::kTime : TypeId::kDatetime;
      type.scale = static_cast<uint8_t>(std::max<int64_t>(0, syntax.length));
      if (type.scale > 6) Raise(1426, type.scale, "CAST", 6);
      return type;
    case sql::TypeKeyword::kYear:
      type.id = TypeId::kYear;
      type.is_unsigned = true;
      return type;
    case sql::TypeKeyword::kJson:
      type.id = TypeId::kJson;
      return type;
    case sql::TypeKeyword::kBinary:
    case sql::TypeKeyword::kVarBinary:
      type.id = TypeId::kVarbinary;
      type.collation = &types::kBinaryCollation;
      type.length = syntax.length < 0 ? UINT32_MAX : static_cast<uint32_t>(syntax.length);
      if (syntax.keyword == sql::TypeKeyword::kBinary && syntax.length >= 0)
        type.id = TypeId::kBinary;
      return type;
    case sql::TypeKeyword::kChar:
    case sql::TypeKeyword::kVarChar: {
      type.id = TypeId::kVarchar;
      type.length = syntax.length < 0 ? UINT32_MAX : static_cast<uint32_t>(syntax.length);
      type.collation = session.connection_collation();
      if (syntax.national) type.collation = &types::kUtf8mb3Collation;
      if (!syntax.charset.empty()) {
        const types::Charset* charset = types::FindCharset(syntax.charset);
        if (charset == nullptr) Raise(kErUnknownCharset, std::string(syntax.charset));
        type.collation = &types::DefaultCollation(*charset);
      }
      if (syntax.binary) type.collation = &types::BinCollation(*type.collation->charset);
      return type;
    }
    default:
      Raise(kErNotSupported, "CAST to this type");
  }
}

}  // namespace sixfold::plan
