#include "core/protocol/packet_stream.h"

#include <cstring>

#include "core/base/bytes.h"
#include "core/base/check.h"
#include "core/protocol/constants.h"

namespace sixfold::protocol {
namespace {

constexpr size_t kFirstStreamBytes = 8 * 1024;
constexpr size_t kKeepStreamBytes = 256 * 1024;
// Twice what any client may send: who sends more does not deserve an answer.
constexpr uint64_t kMostSkippedBytes = uint64_t{2} << 30;

size_t PayloadLength(const char* header) { return LoadFixed<uint32_t>(header) & 0xffffff; }

}  // namespace

char* PacketStream::Room(size_t least, size_t* room) {
  if (begin_ == end_) {
    begin_ = end_ = 0;
    if (buffer_.size() > kKeepStreamBytes) buffer_ = std::string();
  }
  if (buffer_.size() - end_ < least && begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  // A known long packet gets its whole room at once instead of growing by doublings.
  if (end_ - begin_ >= kPacketHeaderBytes) {
    const size_t whole = kPacketHeaderBytes + PayloadLength(buffer_.data() + begin_);
    if (whole <= max_payload_ + kPacketHeaderBytes && begin_ + whole > buffer_.size()) {
      buffer_.resize(begin_ + whole);
    }
  }
  if (buffer_.size() - end_ < least) {
    buffer_.resize(std::max({kFirstStreamBytes, end_ + least, buffer_.size() * 2}));
  }
  *room = buffer_.size() - end_;
  return buffer_.data() + end_;
}

void PacketStream::Append(std::string_view bytes) {
  if (bytes.empty()) return;
  size_t room;
  char* to = Room(bytes.size(), &room);
  std::memcpy(to, bytes.data(), bytes.size());
  Filled(bytes.size());
}

bool PacketStream::HasPacket() {
  if (skipping_) return Skip();
  size_t at = begin_;
  size_t total = joining_ ? joined_.size() : 0;
  for (;;) {
    if (end_ - at < kPacketHeaderBytes) return false;
    const size_t length = PayloadLength(buffer_.data() + at);
    total += length;
    if (total > max_payload_) return Skip();
    if (end_ - at - kPacketHeaderBytes < length) return false;
    if (length < kMaxPacketPayload) return true;
    at += kPacketHeaderBytes + length;
  }
}

bool PacketStream::Skip() {
  if (!skipping_) {
    skipping_ = true;
    joining_ = false;
    joined_ = std::string();
  }
  for (;;) {
    const size_t here = std::min(piece_left_, end_ - begin_);
    begin_ += here;
    piece_left_ -= here;
    skipped_ += here;
    if (skipped_ > kMostSkippedBytes) return true;
    if (piece_left_ > 0) return false;
    if (last_piece_) return true;
    if (end_ - begin_ < kPacketHeaderBytes) return false;
    piece_left_ = PayloadLength(buffer_.data() + begin_);
    sequence_ = static_cast<uint8_t>(buffer_[begin_ + kPacketHeaderBytes - 1]);
    last_piece_ = piece_left_ < kMaxPacketPayload;
    begin_ += kPacketHeaderBytes;
  }
}

PacketStream::Result PacketStream::Next(std::string_view* payload) {
  if (skipping_) return Skip() ? Result::kTooLarge : Result::kNeedMore;
  for (;;) {
    if (end_ - begin_ < kPacketHeaderBytes) return Result::kNeedMore;
    const char* header = buffer_.data() + begin_;
    const size_t length = PayloadLength(header);
    const uint8_t sequence = static_cast<uint8_t>(header[3]);
    if ((joining_ ? joined_.size() : 0) + length > max_payload_) {
      return Skip() ? Result::kTooLarge : Result::kNeedMore;
    }
    if (joining_ && sequence != static_cast<uint8_t>(sequence_ + 1)) return Result::kBroken;
    if (end_ - begin_ - kPacketHeaderBytes < length) return Result::kNeedMore;
    sequence_ = sequence;
    const std::string_view piece(header + kPacketHeaderBytes, length);
    begin_ += kPacketHeaderBytes + length;
    if (!joining_ && length < kMaxPacketPayload) {
      *payload = piece;
      return Result::kPacket;
    }
    if (!joining_) joined_.clear();
    joining_ = true;
    joined_.append(piece);
    if (length < kMaxPacketPayload) {
      joining_ = false;
      *payload = joined_;
      return Result::kPacket;
    }
  }
}

std::string PacketStream::TakeRest() {
  std::string rest(buffer_.data() + begin_, end_ - begin_);
  begin_ = end_ = 0;
  return rest;
}

}  // namespace sixfold::protocol
