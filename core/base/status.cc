#include "core/base/status.h"

#include <cerrno>
#include <cstring>

namespace sixfold {

Status ErrnoStatus(int error_number, std::string_view attempted) {
  StatusCode code = StatusCode::kInternal;
  switch (error_number) {
    case ENOENT:
      code = StatusCode::kNotFound;
      break;
    case EEXIST:
      code = StatusCode::kAlreadyExists;
      break;
    case EACCES:
    case EPERM:
    case EROFS:
      code = StatusCode::kPermissionDenied;
      break;
    case ENOSPC:
    case EMFILE:
    case ENFILE:
    case ENOMEM:
    case EDQUOT:
      code = StatusCode::kResourceExhausted;
      break;
    case EIO:
      code = StatusCode::kDataLoss;
      break;
    case ECONNREFUSED:
    case ECONNRESET:
    case EPIPE:
    case EAGAIN:
      code = StatusCode::kUnavailable;
      break;
    case EADDRINUSE:
      code = StatusCode::kAlreadyExists;
      break;
    default:
      break;
  }
  return MakeStatus(code, "{}: {}", attempted, std::strerror(error_number));
}

Status WithContext(const Status& status, std::string_view context) {
  if (status.ok()) return status;
  return Status(status.code(), fmt::format("{}: {}", context, MessageOf(status)));
}

}  // namespace sixfold
