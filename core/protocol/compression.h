// Compression: the frames of the compressed protocol, between packets and TLS (or the socket).
//
//   bytes 0-2  length of the frame's body
//   byte  3    sequence number, counted apart from the packets' own
//   bytes 4-6  length of the body once inflated; 0: the body is not deflated
//   body       any stretch of the packet stream; packets may begin and end anywhere in it
//
// Active from the first byte after the reply that ends the login, when both sides asked for it
// (CLIENT_COMPRESS). What arrives is input: a frame that does not inflate to what it says ends the
// connection. One thread at a time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/status.h"

namespace sixfold::protocol {

class PacketStream;

class Compression {
 public:
  /// Takes received bytes; appends what whole frames hold to `packets`.
  Status Receive(std::string_view bytes, PacketStream* packets);
  /// Appends `packets` to `*wire` as frames that answer the last one received.
  void Send(std::string_view packets, std::string* wire);

 private:
  Status TakeFrame(std::string_view body, size_t inflated_bytes, PacketStream* packets);
  void AppendFrame(std::string_view body, size_t inflated_bytes, std::string* wire);

  std::string received_;  // the beginning of a frame
  uint8_t sequence_ = 0;  // of the next frame to send
};

}  // namespace sixfold::protocol
