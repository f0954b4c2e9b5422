#include "core/protocol/compression.h"

#include <zlib.h>

#include "core/base/bytes.h"
#include "core/base/check.h"
#include "core/protocol/constants.h"
#include "core/protocol/packet_stream.h"

namespace sixfold::protocol {
namespace {

constexpr size_t kFrameHeaderBytes = 7;
constexpr size_t kMaxFrameBody = 0xffffff;
/// Shorter bodies are not worth deflating; MySQL's own bound.
constexpr size_t kMinDeflatedBytes = 50;
/// Bodies are cut here, so that a long result is deflated while it is being sent.
constexpr size_t kFrameBytes = 1 << 20;

size_t Length24(const char* at) {
  return static_cast<uint8_t>(at[0]) | static_cast<size_t>(static_cast<uint8_t>(at[1])) << 8 |
         static_cast<size_t>(static_cast<uint8_t>(at[2])) << 16;
}

void PutLength24(std::string* out, size_t length) {
  CHECK_LE(length, kMaxFrameBody);
  for (int shift = 0; shift < 24; shift += 8) out->push_back(static_cast<char>(length >> shift));
}

}  // namespace

Status Compression::Receive(std::string_view bytes, PacketStream* packets) {
  received_.append(bytes);
  std::string_view rest = received_;
  while (rest.size() >= kFrameHeaderBytes) {
    const size_t length = Length24(rest.data());
    if (rest.size() - kFrameHeaderBytes < length) break;
    sequence_ = static_cast<uint8_t>(rest[3] + 1);
    RETURN_IF_ERROR(
        TakeFrame(rest.substr(kFrameHeaderBytes, length), Length24(rest.data() + 4), packets));
    rest.remove_prefix(kFrameHeaderBytes + length);
  }
  received_.erase(0, received_.size() - rest.size());
  return OkStatus();
}

Status Compression::TakeFrame(std::string_view body, size_t inflated_bytes, PacketStream* packets) {
  if (inflated_bytes == 0) {
    packets->Append(body);
    return OkStatus();
  }
  std::string inflated(inflated_bytes, '\0');
  uLongf size = inflated_bytes;
  const int result = ::uncompress(reinterpret_cast<Bytef*>(inflated.data()), &size,
                                  reinterpret_cast<const Bytef*>(body.data()), body.size());
  if (result != Z_OK || size != inflated_bytes)
    return InvalidArgument("inflate a frame: {} bytes do not give {}", body.size(), inflated_bytes);
  packets->Append(inflated);
  return OkStatus();
}

void Compression::Send(std::string_view packets, std::string* wire) {
  std::string deflated;
  for (; !packets.empty(); packets.remove_prefix(std::min(packets.size(), kFrameBytes))) {
    const std::string_view body = packets.substr(0, kFrameBytes);
    uLongf size = ::compressBound(body.size());
    deflated.resize(size);
    const bool shorter =
        body.size() >= kMinDeflatedBytes &&
        ::compress(reinterpret_cast<Bytef*>(deflated.data()), &size,
                   reinterpret_cast<const Bytef*>(body.data()), body.size()) == Z_OK &&
        size < body.size();
    if (shorter) {
      AppendFrame(std::string_view(deflated).substr(0, size), body.size(), wire);
    } else {
      AppendFrame(body, 0, wire);
    }
  }
}

void Compression::AppendFrame(std::string_view body, size_t inflated_bytes, std::string* wire) {
  PutLength24(wire, body.size());
  wire->push_back(static_cast<char>(sequence_++));
  PutLength24(wire, inflated_bytes);
  wire->append(body);
}

}  // namespace sixfold::protocol
