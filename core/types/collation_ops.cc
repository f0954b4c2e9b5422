// Comparison, hashes and sort keys over weight sequences.
//
// Sort keys, W being the bytes of a weight (1, 2 or 3, big-endian):
//   NO PAD bytes   each byte, 00 as 00 FF; then 00 00
//   NO PAD UCA     weights of level 1, 0000, weights of level 2, 0000, ...; weights are never zero
//   PAD SPACE      each weight; a run of n spaces before a weight x as: space, flag, n (4 bytes)
//                  with flag 1 where x < space and flag 3 (and ~n) where x > space; the end, with
//                  all trailing spaces, as: space, 2
// The run's flag says on which side of "spaces for ever" the string leaves the run; among those
// that leave to the same side the length decides.
#include "core/types/collation_ops.h"

#include <algorithm>
#include <array>

#include "core/base/bytes.h"
#include "core/base/checksum.h"
#include "core/types/collation.h"
#include "core/types/unicode_weights.h"

namespace sixfold::types {
namespace {

using ByteTable = std::array<uint8_t, 256>;

constexpr ByteTable MakeAsciiUpperTable() {
  ByteTable table{};
  for (int c = 0; c < 256; ++c) table[c] = c >= 'a' && c <= 'z' ? c - 32 : c;
  return table;
}

// The order of latin1_swedish_ci: accents folded, Å Ä Ö behind Z, Ü as Y.
constexpr ByteTable MakeLatin1SwedishTable() {
  constexpr uint8_t kUpperHalf[32] = {'A', 'A', 'A', 'A', '\\', '[', '\\', 'C', 'E', 'E', 'E',
                                      'E', 'I', 'I', 'I', 'I',  'D', 'N',  'O', 'O', 'O', 'O',
                                      ']', 215, 216, 'U', 'U',  'U', 'Y',  'Y', 222, 223};
  ByteTable table = MakeAsciiUpperTable();
  for (int i = 0; i < 32; ++i) {
    table[0xC0 + i] = kUpperHalf[i];
    table[0xE0 + i] = kUpperHalf[i];
  }
  table[0xF7] = 247;
  table[0xFF] = 255;
  return table;
}

// The order of latin1_general_ci and _cs: accented letters directly behind their plain one.
constexpr int Latin1GeneralKey(int c, bool case_sensitive) {
  constexpr char kBase[] = "AAAAAAACEEEEIIIIDNOOOOO*OUUUUY*S";
  const bool lower = (c >= 'a' && c <= 'z') || (c >= 0xE0 && c != 0xF7);
  const int upper = lower && c != 0xFF ? c - 32 : c;
  int base = upper;
  if (c == 0xFF) base = 'Y';
  if (upper >= 0xC0 && upper < 0xE0 && kBase[upper - 0xC0] != '*')
    base = static_cast<unsigned char>(kBase[upper - 0xC0]);
  const int accent = base == upper ? 0 : upper;
  return (base * 256 + accent) * 2 + (case_sensitive && lower ? 1 : 0);
}

constexpr ByteTable MakeLatin1GeneralTable(bool case_sensitive) {
  std::array<int, 256> keys{};
  for (int c = 0; c < 256; ++c) keys[c] = Latin1GeneralKey(c, case_sensitive);
  std::array<int, 256> sorted = keys;
  std::sort(sorted.begin(), sorted.end());
  const auto end = std::unique(sorted.begin(), sorted.end());
  ByteTable table{};
  for (int c = 0; c < 256; ++c)
    table[c] = std::lower_bound(sorted.begin(), end, keys[c]) - sorted.begin();
  return table;
}

constexpr ByteTable kLatin1GeneralCi = MakeLatin1GeneralTable(false);
constexpr ByteTable kLatin1GeneralCs = MakeLatin1GeneralTable(true);
static_assert(kLatin1GeneralCi[' '] == ' ' && kLatin1GeneralCs[' '] == ' ');

constexpr ByteTable kAsciiUpper = MakeAsciiUpperTable();
constexpr ByteTable kLatin1Swedish = MakeLatin1SwedishTable();

// A cursor yields the weights of a string one by one; kBytes is the width of one in a key.

template <const ByteTable& kTable>
class TableCursor {
 public:
  static constexpr int kBytes = 1;
  TableCursor(const Collation&, std::string_view text)
      : at_(text.data()), end_(at_ + text.size()) {}
  bool Next(uint32_t* weight) {
    if (at_ == end_) return false;
    *weight = kTable[static_cast<unsigned char>(*at_++)];
    return true;
  }
  static uint32_t Space(const Collation&) { return ' '; }
  static bool SameChar(const Collation&, uint32_t a, uint32_t b) {
    auto fold = [](uint32_t c) -> uint32_t { return c < 256 ? kTable[c] : c; };
    return fold(a) == fold(b);
  }

 private:
  const char* at_;
  const char* end_;
};

class GeneralCursor {
 public:
  static constexpr int kBytes = 2;
  GeneralCursor(const Collation& collation, std::string_view text)
      : charset_(*collation.charset),
        weights_(SharedGeneralWeights()),
        at_(text.data()),
        end_(at_ + text.size()) {}
  bool Next(uint32_t* weight) {
    if (at_ == end_) return false;
    const auto c = static_cast<unsigned char>(*at_);
    if (c < 0x80 && charset_.IsAsciiBased()) {
      ++at_;
      *weight = kAsciiUpper[c];
      return true;
    }
    *weight = weights_.Of(DecodeChar(charset_, &at_, end_));
    return true;
  }
  static uint32_t Space(const Collation&) { return ' '; }
  static bool SameChar(const Collation&, uint32_t a, uint32_t b) {
    const GeneralWeights& weights = SharedGeneralWeights();
    return weights.Of(a) == weights.Of(b);
  }

 private:
  const Charset& charset_;
  const GeneralWeights& weights_;
  const char* at_;
  const char* end_;
};

// East Asian sets: their bytes are in the standards' order, of which a _ci collation only folds
// ASCII. GB 18030's four bytes are packed into three, above the pairs.
class MultiByteCursor {
 public:
  static constexpr int kBytes = 3;
  MultiByteCursor(const Collation& collation, std::string_view text)
      : charset_(*collation.charset), at_(text.data()), end_(at_ + text.size()) {}
  bool Next(uint32_t* weight) {
    if (at_ == end_) return false;
    const char* const start = at_;
    const uint32_t code_point = DecodeChar(charset_, &at_, end_);
    if (code_point < 0x80) {
      *weight = kAsciiUpper[code_point];
      return true;
    }
    uint32_t bytes = 0;
    for (const char* p = start; p < at_; ++p) bytes = bytes << 8 | static_cast<unsigned char>(*p);
    if (at_ - start == 4)
      bytes = 0x900000 + (bytes >> 24 & 0x7F) * 12'600 + (bytes >> 16 & 0x0F) * 1'260 +
              (bytes >> 8 & 0x7F) * 10 + (bytes & 0x0F);
    *weight = bytes;
    return true;
  }
  static uint32_t Space(const Collation&) { return ' '; }
  static bool SameChar(const Collation&, uint32_t a, uint32_t b) {
    return a == b || (a < 0x80 && b < 0x80 && kAsciiUpper[a] == kAsciiUpper[b]);
  }

 private:
  const Charset& charset_;
  const char* at_;
  const char* end_;
};

class CodePointCursor {
 public:
  static constexpr int kBytes = 3;
  CodePointCursor(const Collation& collation, std::string_view text)
      : charset_(*collation.charset), at_(text.data()), end_(at_ + text.size()) {}
  bool Next(uint32_t* weight) {
    if (at_ == end_) return false;
    *weight = DecodeChar(charset_, &at_, end_);
    return true;
  }
  static uint32_t Space(const Collation&) { return ' '; }
  static bool SameChar(const Collation&, uint32_t a, uint32_t b) { return a == b; }

 private:
  const Charset& charset_;
  const char* at_;
  const char* end_;
};

class ByteCursor {
 public:
  static constexpr int kBytes = 1;
  ByteCursor(const Collation&, std::string_view text) : at_(text.data()), end_(at_ + text.size()) {}
  bool Next(uint32_t* weight) {
    if (at_ == end_) return false;
    *weight = static_cast<unsigned char>(*at_++);
    return true;
  }

 private:
  const char* at_;
  const char* end_;
};

const UcaWeights& UcaWeightsOf(const Collation& collation) {
  // The root order is by far the most used: no lock on its way.
  static const UcaWeights& root = SharedUcaWeights("", 3);
  return *collation.locale == '\0' ? root : SharedUcaWeights(collation.locale, 3);
}

// Collations made before supplementary characters had weights give them all one.
bool FoldsSupplementary(const Collation& collation) {
  return collation.pad_space && collation.sortlen == 8;
}

class UcaCursor {
 public:
  static constexpr int kBytes = 2;
  UcaCursor(const Collation& collation, std::string_view text, int level = 0)
      : UcaCursor(collation, UcaWeightsOf(collation), text, level) {}
  UcaCursor(const Collation& collation, const UcaWeights& weights, std::string_view text, int level)
      : charset_(*collation.charset),
        weights_(weights),
        folds_supplementary_(FoldsSupplementary(collation)),
        level_(level),
        at_(text.data()),
        end_(at_ + text.size()) {}
  bool Next(uint32_t* weight) {
    while (pending_.empty()) {
      if (at_ == end_) return false;
      const uint32_t code_point = DecodeChar(charset_, &at_, end_);
      if (code_point < kInvalidBase && !(folds_supplementary_ && code_point > 0xFFFF)) {
        pending_ = weights_.Of(code_point, level_);
      } else if (level_ == 0) {
        *weight = code_point < kInvalidBase ? 0xFFFD : 0xFF00 + (code_point & 0xFF);
        return true;
      }
    }
    *weight = pending_.front();
    pending_ = pending_.subspan(1);
    return true;
  }
  static uint32_t Space(const Collation& collation) { return UcaWeightsOf(collation).space(); }

 private:
  const Charset& charset_;
  const UcaWeights& weights_;
  const bool folds_supplementary_;
  const int level_;
  std::span<const uint16_t> pending_;
  const char* at_;
  const char* end_;
};

int Sign(uint32_t a, uint32_t b) { return a < b ? -1 : a > b; }

template <typename Cursor>
int CompareCursors(Cursor a, Cursor b, bool pad_space, uint32_t space) {
  for (;;) {
    uint32_t weight_a = 0;
    uint32_t weight_b = 0;
    const bool more_a = a.Next(&weight_a);
    const bool more_b = b.Next(&weight_b);
    if (!more_a && !more_b) return 0;
    if (!pad_space && more_a != more_b) return more_a ? 1 : -1;
    if (!more_a) weight_a = space;
    if (!more_b) weight_b = space;
    if (weight_a != weight_b) return Sign(weight_a, weight_b);
  }
}

// Mixes weights one at a time; trailing spaces leave no trace where the collation pads.
class WeightHash {
 public:
  WeightHash(bool pad_space, uint32_t space) : pad_space_(pad_space), space_(space) {}
  void Add(uint32_t weight) {
    if (pad_space_ && weight == space_) {
      ++spaces_;
      return;
    }
    for (; spaces_ > 0; --spaces_) Mix(space_);
    Mix(weight);
  }
  uint64_t Finish() const {
    uint64_t h = hash_ ^ hash_ >> 32;
    h *= 0xD6E8FEB86659FD93ull;
    return h ^ h >> 32;
  }

 private:
  void Mix(uint32_t weight) {
    hash_ = (hash_ ^ weight) * 0x9E3779B97F4A7C15ull;
    hash_ ^= hash_ >> 29;
  }

  const bool pad_space_;
  const uint32_t space_;
  uint64_t hash_ = 0x2545F4914F6CDD1Dull;
  size_t spaces_ = 0;
};

template <int kBytes>
void PutWeight(uint32_t weight, std::string* out) {
  if constexpr (kBytes >= 3) out->push_back(static_cast<char>(weight >> 16));
  if constexpr (kBytes >= 2) out->push_back(static_cast<char>(weight >> 8));
  out->push_back(static_cast<char>(weight));
}

template <int kBytes>
void PutSpaceRun(uint32_t space, uint32_t next, uint32_t run, std::string* out) {
  const bool above = next > space;
  PutWeight<kBytes>(space, out);
  out->push_back(above ? 3 : 1);
  PutBigEndian32(out, above ? ~run : run);
}

template <typename Cursor>
void AppendBareWeights(Cursor cursor, std::string* out) {
  for (uint32_t weight; cursor.Next(&weight);) PutWeight<Cursor::kBytes>(weight, out);
}

template <typename Cursor>
void AppendPaddedKey(Cursor cursor, uint32_t space, std::string* out) {
  constexpr int kBytes = Cursor::kBytes;
  uint32_t run = 0;
  for (uint32_t weight; cursor.Next(&weight);) {
    if (weight == space) {
      ++run;
      continue;
    }
    if (run > 0) PutSpaceRun<kBytes>(space, weight, run, out);
    run = 0;
    PutWeight<kBytes>(weight, out);
  }
  PutWeight<kBytes>(space, out);
  out->push_back(2);
}

template <typename Cursor>
struct CursorOps {
  static int Compare(const Collation& collation, std::string_view a, std::string_view b) {
    return CompareCursors(Cursor(collation, a), Cursor(collation, b), true, ' ');
  }
  static uint64_t Hash(const Collation& collation, std::string_view text) {
    WeightHash hash(true, ' ');
    Cursor cursor(collation, text);
    for (uint32_t weight; cursor.Next(&weight);) hash.Add(weight);
    return hash.Finish();
  }
  static void SortKey(const Collation& collation, std::string_view text, std::string* out) {
    AppendPaddedKey(Cursor(collation, text), ' ', out);
  }
  static void Weights(const Collation& collation, std::string_view text, std::string* out) {
    AppendBareWeights(Cursor(collation, text), out);
  }
  static constexpr CollationOps Table() {
    return {Compare, Hash, SortKey, Cursor::SameChar, Weights};
  }
};

// Byte order.

std::string_view TrimSpaces(std::string_view text) {
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

int CompareBytes(const Collation& collation, std::string_view a, std::string_view b) {
  const size_t common = std::min(a.size(), b.size());
  if (common > 0) {
    if (const int order = std::memcmp(a.data(), b.data(), common); order != 0)
      return order < 0 ? -1 : 1;
  }
  if (a.size() == b.size()) return 0;
  if (!collation.pad_space) return a.size() < b.size() ? -1 : 1;
  return CompareCursors(ByteCursor(collation, a.substr(common)),
                        ByteCursor(collation, b.substr(common)), true, ' ');
}

uint64_t HashBytes(const Collation& collation, std::string_view text) {
  return Checksum64(collation.pad_space ? TrimSpaces(text) : text);
}

void AppendBytesKey(const Collation& collation, std::string_view text, std::string* out) {
  if (collation.pad_space) {
    AppendPaddedKey(ByteCursor(collation, text), ' ', out);
    return;
  }
  while (!text.empty()) {
    const size_t zero = text.find('\0');
    if (zero == std::string_view::npos) break;
    out->append(text.substr(0, zero + 1));
    out->push_back('\xFF');
    text.remove_prefix(zero + 1);
  }
  out->append(text);
  out->append(2, '\0');
}

void AppendBytes(const Collation&, std::string_view text, std::string* out) { out->append(text); }

bool SameCodePoint(const Collation&, uint32_t a, uint32_t b) { return a == b; }

// UCA.

// Skips over ASCII that is alike on the first level; true when that decided, with the answer.
bool CompareAsciiPrefix(const UcaWeights& weights, std::string_view* a, std::string_view* b,
                        int* order) {
  size_t i = 0;
  const size_t common = std::min(a->size(), b->size());
  for (; i < common; ++i) {
    const auto x = static_cast<unsigned char>((*a)[i]);
    const auto y = static_cast<unsigned char>((*b)[i]);
    if ((x | y) >= 0x80) break;
    if (x == y) continue;
    const uint32_t weight_x = weights.ascii(x);
    const uint32_t weight_y = weights.ascii(y);
    if (weight_x == 0 || weight_y == 0) break;
    if (weight_x != weight_y) {
      *order = Sign(weight_x, weight_y);
      return true;
    }
  }
  a->remove_prefix(i);
  b->remove_prefix(i);
  return false;
}

int CompareUca(const Collation& collation, std::string_view a, std::string_view b) {
  const UcaWeights& weights = UcaWeightsOf(collation);
  std::string_view rest_a = a;
  std::string_view rest_b = b;
  int order = 0;
  if (collation.charset->IsUtf8() && CompareAsciiPrefix(weights, &rest_a, &rest_b, &order))
    return order;
  order = CompareCursors(UcaCursor(collation, weights, rest_a, 0),
                         UcaCursor(collation, weights, rest_b, 0), collation.pad_space,
                         weights.space());
  for (int level = 1; order == 0 && level < collation.levels; ++level) {
    order = CompareCursors(UcaCursor(collation, weights, a, level),
                           UcaCursor(collation, weights, b, level), false, 0);
  }
  return order;
}

uint64_t HashUca(const Collation& collation, std::string_view text) {
  const UcaWeights& weights = UcaWeightsOf(collation);
  WeightHash hash(collation.pad_space, weights.space());
  size_t i = 0;
  if (collation.charset->IsUtf8()) {
    for (; i < text.size() && static_cast<unsigned char>(text[i]) < 0x80; ++i) {
      if (const uint16_t weight = weights.ascii(text[i])) hash.Add(weight);
    }
  }
  UcaCursor cursor(collation, weights, text.substr(i), 0);
  for (uint32_t weight; cursor.Next(&weight);) hash.Add(weight);
  return hash.Finish();
}

void AppendUcaKey(const Collation& collation, std::string_view text, std::string* out) {
  const UcaWeights& weights = UcaWeightsOf(collation);
  if (collation.pad_space) {
    AppendPaddedKey(UcaCursor(collation, weights, text, 0), weights.space(), out);
    return;
  }
  for (int level = 0; level < collation.levels; ++level) {
    size_t i = 0;
    if (level == 0 && collation.charset->IsUtf8()) {
      for (; i < text.size() && static_cast<unsigned char>(text[i]) < 0x80; ++i) {
        if (const uint16_t weight = weights.ascii(text[i])) PutWeight<2>(weight, out);
      }
    }
    UcaCursor cursor(collation, weights, text.substr(i), level);
    for (uint32_t weight; cursor.Next(&weight);) PutWeight<2>(weight, out);
    PutWeight<2>(0, out);
  }
}

void AppendUcaWeights(const Collation& collation, std::string_view text, std::string* out) {
  const UcaWeights& weights = UcaWeightsOf(collation);
  for (int level = 0; level < collation.levels; ++level) {
    if (level > 0) PutWeight<2>(0, out);
    AppendBareWeights(UcaCursor(collation, weights, text, level), out);
  }
}

bool SameUcaChar(const Collation& collation, uint32_t a, uint32_t b) {
  if (a == b) return true;
  if (a >= kInvalidBase || b >= kInvalidBase) return false;
  if (FoldsSupplementary(collation) && (a > 0xFFFF || b > 0xFFFF)) return a > 0xFFFF && b > 0xFFFF;
  const UcaWeights& weights = UcaWeightsOf(collation);
  for (int level = 0; level < collation.levels; ++level) {
    if (!std::ranges::equal(weights.Of(a, level), weights.Of(b, level))) return false;
  }
  return true;
}

}  // namespace

constexpr CollationOps kByteOps = {CompareBytes, HashBytes, AppendBytesKey, SameCodePoint,
                                   AppendBytes};
constexpr CollationOps kCodePointOps = CursorOps<CodePointCursor>::Table();
constexpr CollationOps kAsciiCiOps = CursorOps<TableCursor<kAsciiUpper>>::Table();
constexpr CollationOps kLatin1SwedishOps = CursorOps<TableCursor<kLatin1Swedish>>::Table();
constexpr CollationOps kLatin1GeneralCiOps = CursorOps<TableCursor<kLatin1GeneralCi>>::Table();
constexpr CollationOps kLatin1GeneralCsOps = CursorOps<TableCursor<kLatin1GeneralCs>>::Table();
constexpr CollationOps kGeneralOps = CursorOps<GeneralCursor>::Table();
constexpr CollationOps kMultiByteCiOps = CursorOps<MultiByteCursor>::Table();
constexpr CollationOps kUcaOps = {CompareUca, HashUca, AppendUcaKey, SameUcaChar, AppendUcaWeights};

}  // namespace sixfold::types
