// The errors planning and running a statement raise, as MySQL's numbers; their texts are
// core/types/sql_error.cc's.
#pragma once

#include "core/types/sql_error.h"

namespace sixfold {

template <typename... Args>
[[noreturn]] void Raise(int number, const Args&... args) {
  throw MakeError(static_cast<ErrorCode>(number), args...);
}

inline constexpr int kErNoDatabase = 1046, kErBadNull = 1048, kErBadTable = 1051,
                     kErAmbiguous = 1052, kErBadField = 1054, kErWrongFieldWithGroup = 1055,
                     kErDupEntry = 1062, kErNonUniqTable = 1066, kErSyntax = 1064,
                     kErUnknownTable = 1109, kErInvalidGroupFunc = 1111, kErFieldTwice = 1110,
                     kErWrongValueCount = 1136, kErMixOfGroup = 1140, kErNoSuchTable = 1146,
                     kErWrongColumns = 1222, kErNotSupported = 1235, kErOperandColumns = 1241,
                     kErSubqueryRows = 1242, kErDerivedAlias = 1248, kErNonUpdatable = 1288,
                     kErSpNotExist = 1305, kErWrongParamCount = 1582, kErFunctionMissing = 1305,
                     kErUnknownSystemVariable = 1193, kErUpdateTableUsed = 1093,
                     kErNoDefault = 1364, kErViewInvalid = 1356, kErColumnCountView = 1353,
                     kErDupFieldName = 1060, kErUnknownCollation = 1273, kErUnknownCharset = 1115,
                     kErIllegalReference = 1247, kErKeyMissing = 1176, kErTooManyTables = 1116,
                     kErCteColumns = 3573, kErGeneratedValue = 3105, kErCheckViolated = 3819,
                     kErWindowMisuse = 3593, kErNoSuchWindow = 3579, kErTooBigSelect = 1104,
                     kErWrongUsage = 1221, kErUndeclaredVariable = 1327;

}  // namespace sixfold
