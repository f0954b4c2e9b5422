// Collations: MySQL's names and ids, comparison, hashes and sort keys of strings.
//
// A collation turns a string into a sequence of weights; everything is defined by that sequence:
//   Compare        lexicographic. PAD SPACE: the shorter one goes on with spaces for ever.
//   Hash           equal strings have equal hashes.
//   AppendSortKey  memcmp of two keys is Compare of the strings, and no key is a prefix of another,
//                  so keys can be followed by further columns. Formats in collation.cc.
// Objects are immutable and live for ever; weights are loaded on first use.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/types/charset.h"

namespace sixfold::types {

struct CollationOps;

struct Collation {
  uint16_t id;
  const char* name;
  const Charset* charset;
  bool is_default;  // of its character set
  bool pad_space;
  uint8_t sortlen;  // as SHOW COLLATION prints it
  const CollationOps* ops;
  const char* locale;  // ICU's name of the order, where it is a UCA one
  uint8_t levels;      // 1: letters, 2: and accents, 3: and case

  bool IsBinary() const { return charset->kind == CharsetKind::kBinary; }
  /// Equal means equal bytes (but for trailing spaces where pad_space).
  bool ComparesBytes() const;

  int Compare(std::string_view a, std::string_view b) const;
  bool Equal(std::string_view a, std::string_view b) const;
  uint64_t Hash(std::string_view text) const;
  void AppendSortKey(std::string_view text, std::string* out) const;

  /// The bare weights, as WEIGHT_STRING shows them.
  void AppendWeights(std::string_view text, std::string* out) const;

  /// Whether two characters are alike, as LIKE, INSTR and REPLACE compare them.
  bool SameChar(uint32_t a, uint32_t b) const;
  /// text LIKE pattern. escape: a code point, or 0 for none.
  bool Like(std::string_view text, std::string_view pattern, uint32_t escape = '\\') const;
  /// The byte position of the first occurrence at or after `from`; npos when there is none. The
  /// length of what was found goes to *length (it may differ from needle's where case mapping
  /// does).
  size_t Find(std::string_view text, std::string_view needle, size_t from, size_t* length) const;
};

/// Null when there is none. Names are compared without case; "utf8_..." is "utf8mb3_...".
const Collation* FindCollation(std::string_view name);
const Collation* FindCollation(uint16_t id);
const Collation& DefaultCollation(const Charset& charset);
/// The collation that compares bytes or code points: utf8mb4_bin of utf8mb4.
const Collation& BinCollation(const Charset& charset);
/// All of them, by character set and id as SHOW COLLATION lists them.
const Collation* AllCollations(size_t* count);

extern const Collation& kUtf8mb4Collation;  // utf8mb4_0900_ai_ci
extern const Collation& kUtf8mb4Bin;        // utf8mb4_bin
extern const Collation& kUtf8mb3Collation;  // utf8mb3_general_ci: names and metadata
extern const Collation& kBinaryCollation;   // binary

}  // namespace sixfold::types
