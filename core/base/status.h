// Status and StatusOr (Abseil's) with formatted constructors. Used by storage, proxy and control,
// which throw nothing; compute turns a Status into a SqlError at its edge.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>

namespace sixfold {

using absl::Status;
using absl::StatusCode;
using absl::StatusOr;

inline Status OkStatus() { return Status(); }

inline std::string_view MessageOf(const Status& status) {
  return std::string_view(status.message().data(), status.message().size());
}

/// "code: message", for logs and error output.
inline std::string ToString(const Status& status) { return std::string(status.ToString()); }

template <typename... Args>
Status MakeStatus(StatusCode code, fmt::format_string<Args...> text, Args&&... args) {
  return Status(code, fmt::format(text, std::forward<Args>(args)...));
}

#define SIXFOLD_STATUS_MAKER(Name, code)                                    \
  template <typename... Args>                                               \
  Status Name(fmt::format_string<Args...> text, Args&&... args) {           \
    return MakeStatus(StatusCode::code, text, std::forward<Args>(args)...); \
  }
SIXFOLD_STATUS_MAKER(InvalidArgument, kInvalidArgument)
SIXFOLD_STATUS_MAKER(NotFound, kNotFound)
SIXFOLD_STATUS_MAKER(AlreadyExists, kAlreadyExists)
SIXFOLD_STATUS_MAKER(Corrupt, kDataLoss)
SIXFOLD_STATUS_MAKER(Unavailable, kUnavailable)
SIXFOLD_STATUS_MAKER(FailedPrecondition, kFailedPrecondition)
SIXFOLD_STATUS_MAKER(ResourceExhausted, kResourceExhausted)
SIXFOLD_STATUS_MAKER(DeadlineExceeded, kDeadlineExceeded)
SIXFOLD_STATUS_MAKER(Aborted, kAborted)
SIXFOLD_STATUS_MAKER(Internal, kInternal)
#undef SIXFOLD_STATUS_MAKER

/// The status of a failed system call: what was attempted, errno's text and the code that fits.
Status ErrnoStatus(int error_number, std::string_view attempted);

/// The same status with "context: " before its message.
Status WithContext(const Status& status, std::string_view context);

}  // namespace sixfold

#define SIXFOLD_CONCAT_INNER(a, b) a##b
#define SIXFOLD_CONCAT(a, b) SIXFOLD_CONCAT_INNER(a, b)

#define RETURN_IF_ERROR(expression)              \
  do {                                           \
    ::absl::Status status_or_ok = (expression);  \
    if (!status_or_ok.ok()) return status_or_ok; \
  } while (false)

#define ASSIGN_OR_RETURN(target, expression) \
  ASSIGN_OR_RETURN_INNER(SIXFOLD_CONCAT(status_or_, __LINE__), target, expression)
#define ASSIGN_OR_RETURN_INNER(name, target, expression) \
  auto name = (expression);                              \
  if (!name.ok()) return name.status();                  \
  target = std::move(name).value()
