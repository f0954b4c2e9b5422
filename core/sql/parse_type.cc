// Column types.
#include "core/sql/parser_impl.h"

namespace sixfold::sql {

// (n)
void Parser::ParseTypeLength(TypeSyntax* type) {
  if (!Accept(T::kLeftParen)) return;
  type->length = static_cast<int64_t>(UnsignedInteger());
  Expect(T::kRightParen);
}

// (m[,d])
void Parser::ParseTypeDecimals(TypeSyntax* type) {
  if (!Accept(T::kLeftParen)) return;
  type->length = static_cast<int64_t>(UnsignedInteger());
  if (Accept(T::kComma)) type->decimals = static_cast<int32_t>(UnsignedInteger());
  Expect(T::kRightParen);
}

void Parser::ParseNumericAttributes(TypeSyntax* type) {
  while (true) {
    if (Accept(K::kUnsigned)) {
      type->is_unsigned = true;
    } else if (Accept(K::kZerofill)) {
      type->zerofill = true;
      type->is_unsigned = true;
    } else if (!Accept(K::kSigned)) {
      return;
    }
  }
}

// CHARACTER SET cs, BINARY, ASCII, UNICODE, BYTE in their orders.
void Parser::ParseCharsetAttributes(TypeSyntax* type) {
  while (true) {
    if (Accept(K::kBinary)) {
      type->binary = true;
    } else if (Is(K::kCharset) || (Is(K::kCharacter) && PeekIs(1, K::kSet)) ||
               (Is(K::kChar) && PeekIs(1, K::kSet))) {
      if (!Accept(K::kCharset)) {
        Advance();
        Advance();
      }
      type->charset = CharsetName();
    } else if (Accept(K::kAscii)) {
      type->charset = "latin1";
    } else if (Accept(K::kUnicode)) {
      type->charset = "ucs2";
    } else if (Accept(K::kByte)) {
      type->charset = "binary";
    } else {
      return;
    }
  }
}

// [NATIONAL] CHAR [VARYING], VARCHAR, NCHAR, NVARCHAR and LONG's string forms. False: not one.
bool Parser::ParseCharacterType(TypeSyntax* type) {
  type->keyword = TypeKeyword::kChar;
  if (Accept(K::kNational)) {
    type->national = true;
    if (Accept(K::kVarchar)) {
      type->keyword = TypeKeyword::kVarChar;
    } else {
      if (!Accept(K::kChar)) Expect(K::kCharacter);
      if (Accept(K::kVarying)) type->keyword = TypeKeyword::kVarChar;
    }
  } else if (Accept(K::kNchar)) {
    type->national = true;
    if (Accept(K::kVarchar) || Accept(K::kVarying)) type->keyword = TypeKeyword::kVarChar;
  } else if (Accept(K::kNvarchar)) {
    type->national = true;
    type->keyword = TypeKeyword::kVarChar;
  } else if (Accept(K::kChar) || Accept(K::kCharacter)) {
    if (Accept(K::kVarying)) type->keyword = TypeKeyword::kVarChar;
  } else if (Accept(K::kVarchar) || Accept(K::kVarcharacter)) {
    type->keyword = TypeKeyword::kVarChar;
  } else {
    return false;
  }
  if (type->keyword == TypeKeyword::kVarChar && !Is(T::kLeftParen)) SyntaxError();
  ParseTypeLength(type);
  ParseCharsetAttributes(type);
  if (type->national) type->charset = "utf8mb3";
  return true;
}

TypeSyntax Parser::ParseType() {
  TypeSyntax type;
  if (ParseCharacterType(&type)) return type;
  const auto numeric = [&](TypeKeyword keyword) {
    type.keyword = keyword;
    Advance();
    ParseTypeLength(&type);
    ParseNumericAttributes(&type);
  };
  const auto real = [&](TypeKeyword keyword) {
    type.keyword = keyword;
    Advance();
    if (keyword == TypeKeyword::kDouble) Accept(K::kPrecision);
    ParseTypeDecimals(&type);
    ParseNumericAttributes(&type);
  };
  const auto temporal = [&](TypeKeyword keyword) {
    type.keyword = keyword;
    Advance();
    ParseTypeLength(&type);
  };
  const auto text = [&](TypeKeyword keyword) {
    type.keyword = keyword;
    Advance();
    if (keyword == TypeKeyword::kText) ParseTypeLength(&type);
    ParseCharsetAttributes(&type);
  };
  const auto plain = [&](TypeKeyword keyword) {
    type.keyword = keyword;
    Advance();
  };
  switch (token_.keyword) {
    case K::kTinyint:
    case K::kInt1:
      numeric(TypeKeyword::kTinyInt);
      break;
    case K::kSmallint:
    case K::kInt2:
      numeric(TypeKeyword::kSmallInt);
      break;
    case K::kMediumint:
    case K::kInt3:
    case K::kMiddleint:
      numeric(TypeKeyword::kMediumInt);
      break;
    case K::kInt:
    case K::kInteger:
    case K::kInt4:
      numeric(TypeKeyword::kInt);
      break;
    case K::kBigint:
    case K::kInt8:
      numeric(TypeKeyword::kBigInt);
      break;
    case K::kBool:
    case K::kBoolean:
      plain(TypeKeyword::kBool);
      break;
    case K::kSerial:
      plain(TypeKeyword::kSerial);
      break;
    case K::kBit:
      plain(TypeKeyword::kBit);
      ParseTypeLength(&type);
      break;
    case K::kFloat:
    case K::kFloat4:
      real(TypeKeyword::kFloat);
      break;
    case K::kFloat8:
      real(TypeKeyword::kDouble);
      break;
    case K::kDouble:
      real(TypeKeyword::kDouble);
      break;
    case K::kReal:
      real((options_.sql_mode & kModeRealAsFloat) != 0 ? TypeKeyword::kFloat
                                                       : TypeKeyword::kDouble);
      break;
    case K::kDecimal:
    case K::kDec:
    case K::kNumeric:
    case K::kFixed:
      real(TypeKeyword::kDecimal);
      break;
    case K::kDate:
      plain(TypeKeyword::kDate);
      break;
    case K::kYear:
      numeric(TypeKeyword::kYear);
      break;
    case K::kTime:
      temporal(TypeKeyword::kTime);
      break;
    case K::kDatetime:
      temporal(TypeKeyword::kDateTime);
      break;
    case K::kTimestamp:
      temporal(TypeKeyword::kTimestamp);
      break;
    case K::kBinary:
      temporal(TypeKeyword::kBinary);
      break;
    case K::kVarbinary:
      temporal(TypeKeyword::kVarBinary);
      if (type.length < 0) SyntaxError();
      break;
    case K::kTinyblob:
      plain(TypeKeyword::kTinyBlob);
      break;
    case K::kBlob:
      temporal(TypeKeyword::kBlob);
      break;
    case K::kMediumblob:
      plain(TypeKeyword::kMediumBlob);
      break;
    case K::kLongblob:
      plain(TypeKeyword::kLongBlob);
      break;
    case K::kTinytext:
      text(TypeKeyword::kTinyText);
      break;
    case K::kText:
      text(TypeKeyword::kText);
      break;
    case K::kMediumtext:
      text(TypeKeyword::kMediumText);
      break;
    case K::kLongtext:
      text(TypeKeyword::kLongText);
      break;
    case K::kLong:
      Advance();
      if (Accept(K::kVarbinary)) {
        type.keyword = TypeKeyword::kMediumBlob;
        break;
      }
      type.keyword = TypeKeyword::kMediumText;
      if (Accept(K::kChar) || Accept(K::kCharacter)) {
        Expect(K::kVarying);
      } else if (!Accept(K::kVarchar)) {
        Accept(K::kVarcharacter);
      }
      ParseCharsetAttributes(&type);
      break;
    case K::kEnum:
    case K::kSet: {
      type.keyword = Is(K::kEnum) ? TypeKeyword::kEnum : TypeKeyword::kSet;
      Advance();
      Expect(T::kLeftParen);
      do {
        if (Is(T::kHex) || Is(T::kBit)) {
          Add(&type.elements, ParseHexOrBit()->text);
        } else {
          Add(&type.elements, String());
        }
      } while (Accept(T::kComma));
      Expect(T::kRightParen);
      ParseCharsetAttributes(&type);
      break;
    }
    case K::kJson:
      plain(TypeKeyword::kJson);
      break;
    case K::kGeometry:
      plain(TypeKeyword::kGeometry);
      break;
    case K::kPoint:
      plain(TypeKeyword::kPoint);
      break;
    case K::kLinestring:
      plain(TypeKeyword::kLineString);
      break;
    case K::kPolygon:
      plain(TypeKeyword::kPolygon);
      break;
    case K::kMultipoint:
      plain(TypeKeyword::kMultiPoint);
      break;
    case K::kMultilinestring:
      plain(TypeKeyword::kMultiLineString);
      break;
    case K::kMultipolygon:
      plain(TypeKeyword::kMultiPolygon);
      break;
    case K::kGeometrycollection:
    case K::kGeomcollection:
      plain(TypeKeyword::kGeometryCollection);
      break;
    default:
      SyntaxError();
  }
  return type;
}

}  // namespace sixfold::sql
