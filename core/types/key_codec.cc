// Encoding and decoding of key parts.
#include "core/types/key_codec.h"

#include <bit>
#include <cmath>

#include "core/base/arena.h"
#include "core/base/check.h"
#include "core/types/collation.h"
#include "core/types/collation_ops.h"
#include "core/types/decimal.h"
#include "core/types/labels.h"

namespace sixfold::types {
namespace {

constexpr int kMicrosecondBits = 24;
constexpr int64_t kKeyMicrosPerSecond = 1000000;
constexpr int64_t kTimeBias = int64_t{1} << 22;

void PutBytes(uint64_t value, int bytes, std::string* out) {
  for (int i = bytes - 1; i >= 0; --i) out->push_back(static_cast<char>(value >> (8 * i)));
}

uint64_t GetBytes(std::string_view from, int bytes) {
  uint64_t value = 0;
  for (int i = 0; i < bytes; ++i) value = value << 8 | static_cast<unsigned char>(from[i]);
  return value;
}

int IntegerBytes(TypeId id) {
  switch (id) {
    case TypeId::kTinyInt:
      return 1;
    case TypeId::kSmallInt:
      return 2;
    case TypeId::kMediumInt:
      return 3;
    case TypeId::kInt:
      return 4;
    default:
      return 8;
  }
}

// Bytes of a part of fixed size; 0 for strings.
int FixedBytes(const DataType& type) {
  switch (type.id) {
    case TypeId::kTinyInt:
    case TypeId::kSmallInt:
    case TypeId::kMediumInt:
    case TypeId::kInt:
    case TypeId::kBigInt:
      return IntegerBytes(type.id);
    case TypeId::kYear:
      return 1;
    case TypeId::kBit:
      return static_cast<int>((type.length + 7) / 8);
    case TypeId::kFloat:
      return 4;
    case TypeId::kDouble:
      return 8;
    case TypeId::kDecimal:
      return Decimal::EncodedBytes(type.precision, type.scale);
    case TypeId::kDate:
      return 3;
    case TypeId::kDatetime:
    case TypeId::kTimestamp:
      return type.scale > 0 ? 8 : 5;
    case TypeId::kTime:
      return type.scale > 0 ? 6 : 3;
    case TypeId::kEnum:
      return 2;
    case TypeId::kSet:
      return 8;
    default:
      return 0;
  }
}

template <typename Bits, typename Real>
Bits OrderedBits(Real value) {
  if (value == 0) value = 0;  // -0.0 and 0.0 are one value
  const Bits bits = std::bit_cast<Bits>(value);
  constexpr Bits kSign = Bits{1} << (8 * sizeof(Bits) - 1);
  return bits & kSign ? ~bits : bits | kSign;
}

template <typename Real, typename Bits>
double FromOrderedBits(Bits bits) {
  constexpr Bits kSign = Bits{1} << (8 * sizeof(Bits) - 1);
  return std::bit_cast<Real>(static_cast<Bits>(bits & kSign ? bits & ~kSign : ~bits));
}

void PutTime(int64_t micros, const DataType& type, std::string* out) {
  int64_t seconds = micros / kKeyMicrosPerSecond;
  int64_t rest = micros % kKeyMicrosPerSecond;
  if (rest < 0) {
    --seconds;
    rest += kKeyMicrosPerSecond;
  }
  PutBytes(static_cast<uint64_t>(seconds + kTimeBias), 3, out);
  if (type.scale > 0) PutBytes(static_cast<uint64_t>(rest), 3, out);
}

void PutDatetime(int64_t packed, const DataType& type, std::string* out) {
  PutBytes(static_cast<uint64_t>(packed) >> kMicrosecondBits, 5, out);
  if (type.scale > 0)
    PutBytes(static_cast<uint64_t>(packed) & ((1u << kMicrosecondBits) - 1), 3, out);
}

const Collation& KeyCollation(const DataType& type) {
  return type.collation != nullptr ? *type.collation : kBinaryCollation;
}

void PutString(std::string_view text, const DataType& type, uint32_t prefix_length,
               std::string* out) {
  const Collation& collation = KeyCollation(type);
  if (prefix_length > 0)
    text = text.substr(0, PrefixBytes(*collation.charset, text, prefix_length));
  collation.AppendSortKey(text, out);
}

void PutPayload(const Value& value, const DataType& type, uint32_t prefix_length,
                std::string* out) {
  switch (type.id) {
    case TypeId::kTinyInt:
    case TypeId::kSmallInt:
    case TypeId::kMediumInt:
    case TypeId::kInt:
    case TypeId::kBigInt: {
      const int bytes = IntegerBytes(type.id);
      const uint64_t sign = type.is_unsigned ? 0 : uint64_t{1} << (8 * bytes - 1);
      return PutBytes(value.uint_value() ^ sign, bytes, out);
    }
    case TypeId::kYear:
      return PutBytes(value.int_value() == 0 ? 0 : value.uint_value() - 1900, 1, out);
    case TypeId::kBit:
      return PutBytes(value.uint_value(), FixedBytes(type), out);
    case TypeId::kFloat:
      return PutBytes(OrderedBits<uint32_t>(static_cast<float>(value.double_value())), 4, out);
    case TypeId::kDouble:
      return PutBytes(OrderedBits<uint64_t>(value.double_value()), 8, out);
    case TypeId::kDecimal:
      return value.decimal().AppendEncoded(type.precision, type.scale, out);
    case TypeId::kDate:
      return PutBytes(value.uint_value(), 3, out);
    case TypeId::kDatetime:
    case TypeId::kTimestamp:
      return PutDatetime(value.int_value(), type, out);
    case TypeId::kTime:
      return PutTime(value.int_value(), type, out);
    case TypeId::kEnum:
      return PutBytes(value.enum_index(), 2, out);
    case TypeId::kSet:
      return PutBytes(SetBits(type, value.bytes()), 8, out);
    default:
      return PutString(value.bytes(), type, prefix_length, out);
  }
}

size_t NoPadBytesKeySize(std::string_view key) {
  for (size_t at = 0;;) {
    at = key.find('\0', at);
    if (at == std::string_view::npos || at + 1 >= key.size()) return std::string_view::npos;
    if (key[at + 1] == '\0') return at + 2;
    at += 2;
  }
}

size_t NoPadUcaKeySize(std::string_view key, int levels) {
  for (size_t at = 0; at + 1 < key.size(); at += 2) {
    if (key[at] == '\0' && key[at + 1] == '\0' && --levels == 0) return at + 2;
  }
  return std::string_view::npos;
}

// The space weight at the end of every padded key of the collation, and so of the empty one.
std::string PaddedSpace(const Collation& collation) {
  std::string empty_key;
  collation.AppendSortKey("", &empty_key);
  empty_key.pop_back();
  return empty_key;
}

size_t PaddedKeySize(std::string_view key, const Collation& collation) {
  const std::string space = PaddedSpace(collation);
  constexpr size_t kRunBytes = 4;
  for (size_t at = 0; at + space.size() < key.size();) {
    if (key.substr(at, space.size()) != space) {
      at += space.size();
      continue;
    }
    at += space.size();
    if (key[at] == 2) return at + 1;
    at += 1 + kRunBytes;
  }
  return std::string_view::npos;
}

// The bytes of a sort key at the front of a key; npos when it is damaged.
size_t SortKeyBytes(std::string_view key, const Collation& collation) {
  if (collation.pad_space) return PaddedKeySize(key, collation);
  if (collation.ComparesBytes()) return NoPadBytesKeySize(key);
  return NoPadUcaKeySize(key, collation.levels);
}

std::string_view UnescapeNoPad(std::string_view key, Arena* arena) {
  key.remove_suffix(2);
  if (key.find('\0') == std::string_view::npos) return arena->Copy(key);
  std::string text;
  for (size_t i = 0; i < key.size(); ++i) {
    text.push_back(key[i]);
    if (key[i] == '\0') ++i;
  }
  return arena->Copy(text);
}

// Of single-byte weights that are the bytes themselves.
std::string_view UnescapePadded(std::string_view key, Arena* arena) {
  std::string text;
  key.remove_suffix(2);
  for (size_t i = 0; i < key.size(); ++i) {
    if (key[i] != ' ' || i + 5 >= key.size()) {
      text.push_back(key[i]);
      continue;
    }
    uint32_t run = LoadBigEndian32(key.data() + i + 2);
    if (key[i + 1] == 3) run = ~run;
    text.append(std::min<size_t>(run, 1 << 20), ' ');
    i += 5;
  }
  return arena->Copy(text);
}

Value DecodeDatetime(std::string_view part) {
  const auto seconds = static_cast<int64_t>(GetBytes(part, 5));
  const auto micros = part.size() > 5 ? static_cast<int64_t>(GetBytes(part.substr(5), 3)) : 0;
  return Value::Datetime(seconds << kMicrosecondBits | micros);
}

Value DecodeTime(std::string_view part) {
  const int64_t seconds = static_cast<int64_t>(GetBytes(part, 3)) - kTimeBias;
  const auto micros = part.size() > 3 ? static_cast<int64_t>(GetBytes(part.substr(3), 3)) : 0;
  return Value::Time(seconds * kKeyMicrosPerSecond + micros);
}

Value DecodeInteger(std::string_view part, const DataType& type) {
  const int bytes = static_cast<int>(part.size());
  const uint64_t raw = GetBytes(part, bytes);
  if (type.is_unsigned) return Value::Uint(raw);
  const int shift = 64 - 8 * bytes;
  const uint64_t flipped = raw ^ uint64_t { 1 } << (8 * bytes - 1);
  return Value::Int(static_cast<int64_t>(flipped << shift) >> shift);
}

Value DecodeFixed(std::string_view part, const DataType& type, Arena* arena) {
  switch (type.id) {
    case TypeId::kYear: {
      const uint64_t year = GetBytes(part, 1);
      return Value::Int(year == 0 ? 0 : static_cast<int64_t>(year) + 1900);
    }
    case TypeId::kBit:
      return Value::Uint(GetBytes(part, static_cast<int>(part.size())));
    case TypeId::kFloat:
      return Value::Double(FromOrderedBits<float>(static_cast<uint32_t>(GetBytes(part, 4))));
    case TypeId::kDouble:
      return Value::Double(FromOrderedBits<double>(GetBytes(part, 8)));
    case TypeId::kDecimal:
      return Value::DecimalRef(
          arena->New<Decimal>(Decimal::Decode(part.data(), type.precision, type.scale)));
    case TypeId::kDate:
      return Value::Date(static_cast<int64_t>(GetBytes(part, 3)));
    case TypeId::kDatetime:
    case TypeId::kTimestamp:
      return DecodeDatetime(part);
    case TypeId::kTime:
      return DecodeTime(part);
    case TypeId::kEnum:
      return EnumValue(type, static_cast<uint16_t>(GetBytes(part, 2)));
    case TypeId::kSet:
      return Value::String(SetText(type, GetBytes(part, 8), arena));
    default:
      return DecodeInteger(part, type);
  }
}

// Reads the NULL marker of nullable columns; false: the key is damaged.
bool ReadNullMarker(std::string_view* key, const DataType& type, bool* is_null) {
  *is_null = false;
  if (!type.nullable) return true;
  if (key->empty()) return false;
  *is_null = key->front() == '\0';
  key->remove_prefix(1);
  return true;
}

// The bytes of a part's payload at the front of the key; npos when it is damaged.
size_t PayloadBytes(std::string_view key, const DataType& type) {
  const int fixed = FixedBytes(type);
  if (fixed == 0) return SortKeyBytes(key, KeyCollation(type));
  return key.size() >= static_cast<size_t>(fixed) ? fixed : std::string_view::npos;
}

std::string Inverted(std::string_view bytes) {
  std::string result(bytes);
  for (char& byte : result) byte = static_cast<char>(~byte);
  return result;
}

bool SkipAscending(std::string_view* key, const DataType& type) {
  bool is_null;
  if (!ReadNullMarker(key, type, &is_null)) return false;
  if (is_null) return true;
  const size_t bytes = PayloadBytes(*key, type);
  if (bytes == std::string_view::npos) return false;
  key->remove_prefix(bytes);
  return true;
}

bool DecodeAscending(std::string_view* key, const DataType& type, Arena* arena, Value* out) {
  bool is_null;
  if (!ReadNullMarker(key, type, &is_null)) return false;
  *out = Value::Null();
  if (is_null) return true;
  const size_t bytes = PayloadBytes(*key, type);
  if (bytes == std::string_view::npos) return false;
  const std::string_view part = key->substr(0, bytes);
  key->remove_prefix(bytes);
  if (FixedBytes(type) != 0) {
    *out = DecodeFixed(part, type, arena);
  } else {
    *out = Value::String(KeyCollation(type).pad_space ? UnescapePadded(part, arena)
                                                      : UnescapeNoPad(part, arena));
  }
  return true;
}

}  // namespace

namespace internal {

void AppendOtherKeyPart(const Value& value, const DataType& type, KeyPartFormat format,
                        std::string* out) {
  const size_t start = out->size();
  CHECK(!value.is_null() || type.nullable);
  if (type.nullable) out->push_back(value.is_null() ? 0 : 1);
  if (!value.is_null()) PutPayload(value, type, format.prefix_length, out);
  if (!format.descending) return;
  for (size_t i = start; i < out->size(); ++i) (*out)[i] = static_cast<char>(~(*out)[i]);
}

}  // namespace internal

bool KeyPartIsInvertible(const DataType& type, KeyPartFormat format) {
  if (format.prefix_length > 0) return false;
  if (FixedBytes(type) != 0) return true;
  const Collation& collation = KeyCollation(type);
  if (collation.ops != &kByteOps) return false;
  // Padded keys drop trailing spaces, which CHAR does not have.
  return !collation.pad_space || type.id == TypeId::kChar;
}

bool DecodeKeyPart(std::string_view* key, const DataType& type, KeyPartFormat format, Arena* arena,
                   Value* out) {
  CHECK(KeyPartIsInvertible(type, format));
  if (!format.descending) return DecodeAscending(key, type, arena, out);
  const std::string ascending = Inverted(*key);
  std::string_view rest = ascending;
  if (!DecodeAscending(&rest, type, arena, out)) return false;
  key->remove_prefix(ascending.size() - rest.size());
  return true;
}

bool SkipKeyPart(std::string_view* key, const DataType& type, KeyPartFormat format) {
  if (!format.descending) return SkipAscending(key, type);
  const std::string ascending = Inverted(*key);
  std::string_view rest = ascending;
  if (!SkipAscending(&rest, type)) return false;
  key->remove_prefix(ascending.size() - rest.size());
  return true;
}

}  // namespace sixfold::types
