// How a family of collations compares, hashes and makes keys: one table of functions per family.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sixfold::types {

struct Collation;

struct CollationOps {
  int (*compare)(const Collation&, std::string_view, std::string_view);
  uint64_t (*hash)(const Collation&, std::string_view);
  void (*sort_key)(const Collation&, std::string_view, std::string*);
  bool (*same_char)(const Collation&, uint32_t, uint32_t);
  void (*weights)(const Collation&, std::string_view, std::string*);
};

extern const CollationOps kByteOps;           // bytes decide: binary, *_bin of byte-ordered sets
extern const CollationOps kCodePointOps;      // *_bin of UTF-16
extern const CollationOps kAsciiCiOps;        // ascii_general_ci
extern const CollationOps kLatin1SwedishOps;  // latin1_swedish_ci
extern const CollationOps kLatin1GeneralCiOps;
extern const CollationOps kLatin1GeneralCsOps;
extern const CollationOps kGeneralOps;      // *_general_ci by Unicode upper case
extern const CollationOps kMultiByteCiOps;  // *_chinese_ci …: ASCII letters alike, bytes decide
extern const CollationOps kUcaOps;          // UCA weights, all of the collation's levels

}  // namespace sixfold::types
