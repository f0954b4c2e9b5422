// SqlError: how a statement fails inside compute. Thrown anywhere, caught by the dispatcher alone.
// One table (sql_error.cc) holds each error's name, MySQL number, SQLSTATE and text as MySQL 8.0's
// message file gives them; text placeholders are fmt's {}.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <exception>
#include <string>
#include <string_view>

namespace sixfold {

enum class ErrorCode : uint16_t;  // core/types/error_codes.h lists them: ErrorCode::kDupEntry …

struct ErrorInfo {
  ErrorCode code;
  const char* symbol;  // "ER_DUP_ENTRY"
  char sqlstate[6];    // "23000"
  const char* text;    // "Duplicate entry '{}' for key '{}'"
};

/// Never null: an unlisted code gives ER_UNKNOWN_ERROR.
const ErrorInfo& LookUpError(ErrorCode code);

class SqlError : public std::exception {
 public:
  SqlError(ErrorCode code, std::string sqlstate, std::string message)
      : code_(code), sqlstate_(std::move(sqlstate)), message_(std::move(message)) {}

  ErrorCode code() const { return code_; }
  uint16_t number() const { return static_cast<uint16_t>(code_); }
  const std::string& sqlstate() const { return sqlstate_; }
  const std::string& message() const { return message_; }
  const char* what() const noexcept override { return message_.c_str(); }

 private:
  ErrorCode code_;
  std::string sqlstate_;
  std::string message_;
};

/// The text of an error with its arguments, for warnings and errors alike.
template <typename... Args>
std::string FormatError(ErrorCode code, const Args&... args) {
  return fmt::format(fmt::runtime(LookUpError(code).text), args...);
}

/// throw MakeError(ErrorCode::kDupEntry, value, key);
template <typename... Args>
SqlError MakeError(ErrorCode code, const Args&... args) {
  return SqlError(code, LookUpError(code).sqlstate, FormatError(code, args...));
}

}  // namespace sixfold
