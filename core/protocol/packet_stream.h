// PacketStream: cuts the bytes a client sent into command payloads.
//
// Bytes go in by Room()/Filled() (a read() target, so nothing is copied twice) or Append(); Next()
// gives one whole payload at a time, pieces of 16 MiB - 1 joined. Sequence numbers are checked
// within a payload's pieces. The view of a payload lives until the next call of any method but
// sequence(). A payload above `max_payload` is read to its end and forgotten, then gives kTooLarge:
// the connection ends with error 1153, under the number the client waits for, and nothing it sent
// is left unread, which would reset the connection before the error is seen.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sixfold::protocol {

class PacketStream {
 public:
  enum class Result { kNeedMore, kPacket, kTooLarge, kBroken };

  explicit PacketStream(size_t max_payload) : max_payload_(max_payload) {}

  void set_max_payload(size_t bytes) { max_payload_ = bytes; }

  /// At least `least` writable bytes; *room says how many.
  char* Room(size_t least, size_t* room);
  void Filled(size_t count) { end_ += count; }
  void Append(std::string_view bytes);

  Result Next(std::string_view* payload);
  /// True when Next() would not answer kNeedMore.
  bool HasPacket();

  /// Of the last packet given; the reply continues with the next number.
  uint8_t sequence() const { return sequence_; }
  /// Takes out all bytes not yet consumed (they belong to another layer: TLS after an SSL request).
  std::string TakeRest();
  size_t buffered() const { return end_ - begin_; }

 private:
  /// True at the end of a payload that is too large.
  bool Skip();

  size_t max_payload_;
  std::string buffer_;
  size_t begin_ = 0;
  size_t end_ = 0;
  std::string joined_;
  bool joining_ = false;
  bool skipping_ = false;
  bool last_piece_ = false;  // of what is skipped
  size_t piece_left_ = 0;    // bytes of the piece being skipped
  uint64_t skipped_ = 0;
  uint8_t sequence_ = 0;
};

}  // namespace sixfold::protocol
