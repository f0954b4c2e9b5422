#include "core/protocol/packet_stream.h"

#include <gtest/gtest.h>

#include "core/base/random.h"
#include "core/protocol/output_buffer.h"

namespace sixfold::protocol {
namespace {

TEST(PacketStream, GivesPacketsWhateverTheFragments) {
  OutputBuffer out;
  for (int i = 0; i < 50; ++i) {
    out.set_sequence(0);
    out.BeginPacket();
    out.PutBytes(std::string(static_cast<size_t>(i * 37), static_cast<char>('a' + i % 26)));
    out.EndPacket();
  }
  for (size_t piece : {1u, 2u, 3u, 5u, 64u, 5000u}) {
    PacketStream stream(1 << 20);
    int seen = 0;
    for (size_t at = 0; at < out.size(); at += piece) {
      stream.Append(out.view().substr(at, piece));
      std::string_view payload;
      for (;;) {
        const bool announced = stream.HasPacket();
        const auto result = stream.Next(&payload);
        ASSERT_EQ(announced, result == PacketStream::Result::kPacket);
        if (result != PacketStream::Result::kPacket) break;
        EXPECT_EQ(payload.size(), static_cast<size_t>(seen * 37));
        ++seen;
      }
    }
    EXPECT_EQ(seen, 50);
  }
}

TEST(PacketStream, JoinsPayloadsOver16Megabytes) {
  for (size_t size : {kMaxPacketPayload - 1, kMaxPacketPayload, kMaxPacketPayload + 1,
                      2 * kMaxPacketPayload, 2 * kMaxPacketPayload + 77}) {
    std::string payload(size, '\0');
    for (size_t i = 0; i < size; i += 4099) payload[i] = static_cast<char>(i);
    OutputBuffer out;
    out.set_sequence(3);
    out.BeginPacket();
    out.PutBytes(payload);
    out.EndPacket();
    out.BeginPacket();
    out.PutU8(42);
    out.EndPacket();
    EXPECT_EQ(out.sequence(), 3 + size / kMaxPacketPayload + 2);

    PacketStream stream(64 << 20);
    stream.Append(out.view());
    std::string_view got;
    ASSERT_EQ(stream.Next(&got), PacketStream::Result::kPacket);
    EXPECT_TRUE(got == payload) << size;
    ASSERT_EQ(stream.Next(&got), PacketStream::Result::kPacket);
    EXPECT_EQ(got, "*");
    EXPECT_EQ(stream.Next(&got), PacketStream::Result::kNeedMore);
  }
}

TEST(PacketStream, ReadsWhatIsTooLargeToItsEnd) {
  PacketStream stream(100);
  std::string_view payload;
  stream.Append(std::string("\x65\x00\x00\x00", 4));
  stream.Append(std::string(100, 'x'));
  EXPECT_FALSE(stream.HasPacket());
  EXPECT_EQ(stream.Next(&payload), PacketStream::Result::kNeedMore);
  EXPECT_EQ(stream.buffered(), 0u);
  stream.Append("x");
  EXPECT_TRUE(stream.HasPacket());
  EXPECT_EQ(stream.Next(&payload), PacketStream::Result::kTooLarge);

  // Of several pieces the last one's number counts, whether they come at once or in bits.
  for (size_t step : {size_t{4096}, size_t{1} << 20, size_t{64} << 20}) {
    OutputBuffer out;
    out.set_sequence(0);
    out.BeginPacket();
    out.PutBytes(std::string(2 * kMaxPacketPayload, 'y'));
    out.EndPacket();
    PacketStream pieces(kMaxPacketPayload + 10);
    for (size_t at = 0; at < out.view().size(); at += step) {
      EXPECT_EQ(pieces.Next(&payload), PacketStream::Result::kNeedMore);
      pieces.Append(out.view().substr(at, step));
      EXPECT_LE(pieces.buffered(), 2 * kMaxPacketPayload + 12);
    }
    EXPECT_TRUE(pieces.HasPacket());
    EXPECT_EQ(pieces.Next(&payload), PacketStream::Result::kTooLarge);
    EXPECT_EQ(pieces.sequence(), 2);
    EXPECT_EQ(pieces.buffered(), 0u);
  }
}

TEST(PacketStream, RefusesOutOfOrder) {
  std::string_view payload;
  PacketStream broken(64 << 20);
  broken.Append(std::string("\xff\xff\xff\x00", 4));
  broken.Append(std::string(kMaxPacketPayload, 'x'));
  broken.Append(std::string("\x01\x00\x00\x07y", 5));
  EXPECT_EQ(broken.Next(&payload), PacketStream::Result::kBroken);
}

TEST(OutputBuffer, ConsumeAndTruncateKeepTheRest) {
  OutputBuffer out;
  out.BeginPacket();
  out.PutBytes("one");
  out.EndPacket();
  const size_t mark = out.position();
  const uint8_t sequence = out.sequence();
  out.BeginPacket();
  out.PutBytes("two");
  out.Truncate(mark, sequence);
  out.BeginPacket();
  out.PutBytes("three");
  out.EndPacket();
  out.Consume(4 + 3);
  EXPECT_EQ(out.view(), std::string_view("\x05\0\0\x01three", 9));
}

}  // namespace
}  // namespace sixfold::protocol
