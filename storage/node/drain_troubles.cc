#include "storage/node/drain_troubles.h"

#include <fmt/format.h>

namespace sixfold::storage {

std::string DrainTroubles::News(CopyId copy, std::string_view folder, const Status& status) {
  if (status.ok()) {
    if (troubles_.erase(copy) == 0) return {};
    return fmt::format("copy {} drains again", copy);
  }
  const auto [known, fresh] = troubles_.try_emplace(copy, status.code());
  if (!fresh && known->second == status.code()) return {};
  known->second = status.code();
  std::string what = fmt::format("drain of copy {}: {}", copy, ToString(status));
  if (status.code() != StatusCode::kResourceExhausted) return what;
  return what + fmt::format(
                    "; it waits, and goes on by itself once there is room: make some on the disk "
                    "of {}, or detach the copy and change the disk",
                    folder);
}

}  // namespace sixfold::storage
