#include "core/base/bytes.h"

#include <gtest/gtest.h>

namespace sixfold {
namespace {

TEST(Bytes, VarintsRoundTrip) {
  for (const uint64_t value : {0ull, 1ull, 127ull, 128ull, 300ull, 1ull << 32, ~0ull}) {
    std::string bytes;
    PutVarint(&bytes, value);
    ByteReader reader(bytes);
    EXPECT_EQ(reader.Varint(), value);
    EXPECT_TRUE(reader.ok() && reader.empty());
  }
}

TEST(Bytes, ReaderFailsPastTheEndAndStaysFailed) {
  ByteReader reader("ab");
  EXPECT_EQ(reader.Fixed<uint32_t>(), 0u);
  EXPECT_FALSE(reader.ok());
  EXPECT_EQ(reader.Bytes(1), "");
  EXPECT_FALSE(reader.ok());
}

TEST(Bytes, UnterminatedVarintIsRefused) {
  ByteReader reader(std::string_view("\xff\xff", 2));
  reader.Varint();
  EXPECT_FALSE(reader.ok());
}

TEST(Bytes, BigEndianSortsAsNumbersDo) {
  std::string small, large;
  PutBigEndian64(&small, 255);
  PutBigEndian64(&large, 256);
  EXPECT_LT(small, large);
  EXPECT_EQ(LoadBigEndian64(large.data()), 256u);
}

}  // namespace
}  // namespace sixfold
