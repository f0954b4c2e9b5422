// The MySQL 8.0 errors and warnings this server raises, by number.
#pragma once

#include <cstdint>

namespace sixfold {

enum class ErrorCode : uint16_t {
  kDupEntry = 1062,
  kParseError = 1064,
  kEmptyQuery = 1065,
  kUnknownError = 1105,
  kNotSupportedYet = 1235,
  kStackOverrun = 1436,
};

}  // namespace sixfold
