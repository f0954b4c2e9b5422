#include "core/protocol/output_buffer.h"

#include <algorithm>
#include <new>

namespace sixfold::protocol {

void OutputBuffer::Grow(size_t more) {
  const size_t needed = size_ + more;
  const size_t wanted = std::max({kFirstBytes, capacity_ * 2, needed});
  char* grown = static_cast<char*>(std::realloc(data_, wanted));
  if (grown == nullptr) throw std::bad_alloc();
  data_ = grown;
  capacity_ = wanted;
}

void OutputBuffer::SplitPacket() {
  const size_t start = packet_start_;
  const size_t payload = size_ - start - kPacketHeaderBytes;
  // A payload of an exact multiple is closed by an empty packet.
  const size_t full = payload / kMaxPacketPayload;
  Extend(full * kPacketHeaderBytes);
  // From the last piece to the first, each moves behind the headers inserted before it.
  for (size_t piece = full; piece >= 1; --piece) {
    const size_t from = start + kPacketHeaderBytes + piece * kMaxPacketPayload;
    const size_t length = piece == full ? payload - full * kMaxPacketPayload : kMaxPacketPayload;
    std::memmove(data_ + from + piece * kPacketHeaderBytes, data_ + from, length);
  }
  for (size_t piece = 0; piece <= full; ++piece) {
    const size_t length = piece == full ? payload - full * kMaxPacketPayload : kMaxPacketPayload;
    WriteHeader(start + piece * (kMaxPacketPayload + kPacketHeaderBytes), length);
  }
}

void OutputBuffer::Consume(size_t count) {
  CHECK_LE(count, size_);
  CHECK(packet_start_ == kNoPacket);
  std::memmove(data_, data_ + count, size_ - count);
  size_ -= count;
}

void OutputBuffer::Clear() {
  size_ = 0;
  packet_start_ = kNoPacket;
  if (capacity_ > kKeepBytes) {
    std::free(data_);
    data_ = nullptr;
    capacity_ = 0;
  }
}

}  // namespace sixfold::protocol
