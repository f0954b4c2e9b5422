// One change of one key, as a transaction hands it to the log and as copies apply it.
#pragma once

#include <cstdint>
#include <string_view>

namespace sixfold::storage {

/// kMax keeps the larger of the stored and the given value (sequences; bytewise, so big-endian).
enum class MutationKind : uint8_t { kPut = 1, kDelete = 2, kMax = 3 };

/// At most one mutation a key in a record. The bytes belong to somebody else.
struct Mutation {
  MutationKind kind;
  std::string_view key;
  std::string_view value;
};

}  // namespace sixfold::storage
