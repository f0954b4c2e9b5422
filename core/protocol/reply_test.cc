#include "core/protocol/reply.h"

#include <gtest/gtest.h>

#include <string>

#include "core/protocol/output_buffer.h"

namespace sixfold::protocol {
namespace {

std::string OkBytes(Capabilities capabilities, const OkPacket& ok) {
  OutputBuffer out;
  WriteOk(&out, capabilities, ok);
  return std::string(out.view()).substr(kPacketHeaderBytes);
}

const std::string kCounts("\x00\x02\x00\x02\x00\x00\x00", 7);  // two rows, autocommit

TEST(ReplyTest, InfoHasItsLengthWithAndWithoutSessionTracking) {
  const OkPacket ok{.affected_rows = 2, .status = server_status::kAutocommit, .info = "Records: 2"};
  EXPECT_EQ(OkBytes(0, ok), kCounts + "\x0aRecords: 2");
  EXPECT_EQ(OkBytes(capability::kSessionTrack, ok), kCounts + "\x0aRecords: 2");
}

TEST(ReplyTest, NoInfoIsNoByte) {
  const OkPacket ok{.affected_rows = 2, .status = server_status::kAutocommit};
  EXPECT_EQ(OkBytes(0, ok), kCounts);
  EXPECT_EQ(OkBytes(capability::kSessionTrack, ok), kCounts);
}

TEST(ReplyTest, ChangesFollowOnlyWhereTheyAreTracked) {
  const SessionChanges changes{.schema_changed = true, .schema = "shop"};
  const OkPacket ok{.affected_rows = 2, .status = server_status::kAutocommit, .changes = &changes};
  EXPECT_EQ(OkBytes(0, ok), kCounts);
  const std::string with = OkBytes(capability::kSessionTrack, ok);
  EXPECT_EQ(with[4], '\x40');  // session state changed
  EXPECT_EQ(with.substr(7), std::string("\0\x07\x01\x05\x04shop", 9));
}

}  // namespace
}  // namespace sixfold::protocol
