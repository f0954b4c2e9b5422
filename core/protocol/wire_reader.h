// WireReader: reads the fields of a packet that may be hostile. Past the end every read gives zero
// or "" and ok() turns false for good, so a parser reads on and asks once at its end.
#pragma once

#include "core/base/bytes.h"

namespace sixfold::protocol {

class WireReader : public ByteReader {
 public:
  using ByteReader::ByteReader;

  uint8_t U8() { return Fixed<uint8_t>(); }
  uint16_t U16() { return Fixed<uint16_t>(); }
  uint32_t U24() {
    const std::string_view bytes = Bytes(3);
    uint32_t value = 0;
    if (bytes.size() == 3) std::memcpy(&value, bytes.data(), 3);
    return value;
  }
  uint32_t U32() { return Fixed<uint32_t>(); }
  uint64_t U64() { return Fixed<uint64_t>(); }
  /// A length-encoded integer; 0xfb (NULL) and 0xff are no integers and fail the reader.
  uint64_t LenencInt() {
    const uint8_t first = U8();
    if (first < 0xfb) return first;
    if (first == 0xfc) return U16();
    if (first == 0xfd) return U24();
    if (first == 0xfe) return U64();
    Bytes(remaining() + 1);
    return 0;
  }
  std::string_view LenencString() {
    const uint64_t length = LenencInt();
    return Bytes(length);
  }
  /// Up to and without the next NUL; without one the reader fails.
  std::string_view NulString() {
    const size_t end = rest().find('\0');
    if (end == std::string_view::npos) {
      Bytes(remaining() + 1);
      return {};
    }
    const std::string_view text = Bytes(end);
    Bytes(1);
    return text;
  }
  /// As NulString, but the end of the packet closes the string too (old clients).
  std::string_view NulStringOrRest() {
    return rest().find('\0') == std::string_view::npos ? Bytes(remaining()) : NulString();
  }
};

}  // namespace sixfold::protocol
