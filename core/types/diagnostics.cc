#include "core/types/diagnostics.h"

#include "core/types/error_codes.h"

namespace sixfold::types {

bool Diagnostics::IsStrictError(ErrorCode code) {
  switch (code) {
    case ErrorCode::kTruncatedWrongValue:
    case ErrorCode::kWrongValueForType:
    case ErrorCode::kWarnDataOutOfRange:
    case ErrorCode::kDivisionByZero:
    case ErrorCode::kTruncatedWrongValueForField:
    case ErrorCode::kWarnDataTruncated:
    case ErrorCode::kDataTooLong:
    case ErrorCode::kBadNullError:
    case ErrorCode::kNoDefaultForField:
    case ErrorCode::kNoDefaultForViewField:
    case ErrorCode::kWarnNullToNotnull:
    case ErrorCode::kCutValueGroupConcat:
    case ErrorCode::kDatetimeFunctionOverflow:
    case ErrorCode::kWarnTooFewRecords:
    case ErrorCode::kInvalidArgumentForLogarithm:
      return true;
    default:
      return false;
  }
}

}  // namespace sixfold::types
