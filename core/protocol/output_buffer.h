// OutputBuffer: bytes on their way to a client, in packets, back to back.
//
// A packet is begun, filled and ended; its 4-byte header (length, sequence number) is written at
// the end. A payload of 16 MiB - 1 or more is cut into several packets at its end, as the protocol
// asks. The buffer grows by doubling and is reused from statement to statement: no allocation per
// row. Nothing here knows sockets. One thread at a time.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "core/base/check.h"
#include "core/protocol/constants.h"

namespace sixfold::protocol {

class OutputBuffer {
 public:
  OutputBuffer() = default;
  ~OutputBuffer() { std::free(data_); }
  OutputBuffer(const OutputBuffer&) = delete;
  OutputBuffer& operator=(const OutputBuffer&) = delete;

  /// The sequence number of the next packet: 0 starts a command, a reply to a packet n is n + 1.
  void set_sequence(uint8_t sequence) { sequence_ = sequence; }
  uint8_t sequence() const { return sequence_; }

  void BeginPacket() {
    DCHECK(packet_start_ == kNoPacket);
    char* header = Extend(kPacketHeaderBytes);
    packet_start_ = static_cast<size_t>(header - data_);
  }
  void EndPacket() {
    DCHECK(packet_start_ != kNoPacket);
    const size_t payload = size_ - packet_start_ - kPacketHeaderBytes;
    if (payload >= kMaxPacketPayload) [[unlikely]] {
      SplitPacket();
    } else {
      WriteHeader(packet_start_, payload);
    }
    packet_start_ = kNoPacket;
  }
  /// Forgets the packet begun and not ended.
  void AbandonPacket() {
    if (packet_start_ == kNoPacket) return;
    size_ = packet_start_;
    packet_start_ = kNoPacket;
  }
  bool in_packet() const { return packet_start_ != kNoPacket; }

  void PutU8(uint8_t v) { *Extend(1) = static_cast<char>(v); }
  void PutU16(uint16_t v) { std::memcpy(Extend(2), &v, 2); }
  void PutU24(uint32_t v) { std::memcpy(Extend(3), &v, 3); }
  void PutU32(uint32_t v) { std::memcpy(Extend(4), &v, 4); }
  void PutU64(uint64_t v) { std::memcpy(Extend(8), &v, 8); }
  void PutBytes(std::string_view bytes) {
    if (!bytes.empty()) std::memcpy(Extend(bytes.size()), bytes.data(), bytes.size());
  }
  void PutZeros(size_t count) { std::memset(Extend(count), 0, count); }
  void PutNulString(std::string_view text) {
    PutBytes(text);
    PutU8(0);
  }
  void PutLenencInt(uint64_t v) {
    if (v < 251) [[likely]] {
      PutU8(static_cast<uint8_t>(v));
    } else if (v < 0x10000) {
      PutU8(0xfc);
      PutU16(static_cast<uint16_t>(v));
    } else if (v < 0x1000000) {
      PutU8(0xfd);
      PutU24(static_cast<uint32_t>(v));
    } else {
      PutU8(0xfe);
      PutU64(v);
    }
  }
  void PutLenencString(std::string_view bytes) {
    PutLenencInt(bytes.size());
    PutBytes(bytes);
  }

  /// Room for `most` bytes at the end, to be filled and then claimed with Advance(actual).
  char* Reserve(size_t most) {
    if (capacity_ - size_ < most) Grow(most);
    return data_ + size_;
  }
  void Advance(size_t actual) {
    DCHECK(actual <= capacity_ - size_);
    size_ += actual;
  }
  /// `count` more bytes, uninitialised.
  char* Extend(size_t count) {
    char* at = Reserve(count);
    size_ += count;
    return at;
  }

  /// Position of the next byte; at(position) stays valid until the buffer grows.
  size_t position() const { return size_; }
  char* at(size_t position) { return data_ + position; }

  std::string_view view() const { return {data_, size_}; }
  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  /// Drops whole sent bytes from the front; must not be called inside a packet.
  void Consume(size_t count);
  /// Empties it; a buffer grown beyond kKeepBytes is given back.
  void Clear();
  /// Takes back everything after `position` (a result that failed half way), with its sequence.
  void Truncate(size_t position, uint8_t sequence) {
    CHECK_LE(position, size_);
    size_ = position;
    sequence_ = sequence;
    packet_start_ = kNoPacket;
  }

 private:
  static constexpr size_t kNoPacket = SIZE_MAX;
  static constexpr size_t kFirstBytes = 4 * 1024;
  static constexpr size_t kKeepBytes = 256 * 1024;

  void Grow(size_t more);
  void SplitPacket();
  void WriteHeader(size_t at, size_t payload) {
    const uint32_t header = static_cast<uint32_t>(payload) | (uint32_t{sequence_++} << 24);
    std::memcpy(data_ + at, &header, 4);
  }

  char* data_ = nullptr;
  size_t size_ = 0;
  size_t capacity_ = 0;
  size_t packet_start_ = kNoPacket;
  uint8_t sequence_ = 0;
};

}  // namespace sixfold::protocol
