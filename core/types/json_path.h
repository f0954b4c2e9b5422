// JSON paths: $.a."b c"[2][last-1][1 to 3].*[*]**.x
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/types/json.h"

namespace sixfold::types {

struct JsonPathLeg {
  enum class Type : uint8_t { kMember, kCell, kRange, kAnyMember, kAnyCell, kEllipsis };
  Type type;
  std::string key;
  uint32_t from = 0;      // cell index; of a range the first
  uint32_t to = 0;        // of a range the last
  bool from_end = false;  // counted from the last cell
  bool to_end = false;
};

struct JsonPath {
  std::vector<JsonPathLeg> legs;

  /// Whether it can name several values.
  bool HasWildcard() const;
};

/// False: no path; *error_at (from 1) says where.
bool ParseJsonPath(std::string_view text, JsonPath* out, size_t* error_at);
std::string PrintJsonPath(const JsonPath& path);

/// The values a path names, in document order; each once.
std::vector<const Json*> FindInJson(const Json& root, const JsonPath& path);
/// The one value of a path without wildcards, null when there is none. A scalar is its own cell 0.
Json* FindOneInJson(Json& root, const JsonPath& path, size_t legs);
/// The index in an array of `size` cells; false: there is no such cell.
bool ResolveCell(const JsonPathLeg& leg, size_t size, size_t* index);

}  // namespace sixfold::types
