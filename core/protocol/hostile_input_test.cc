// Every parser meets truncated and mutated packets: it may refuse, never crash or read past the end
// (run under AddressSanitizer by `make sanitize`).
#include <gtest/gtest.h>

#include "core/base/random.h"
#include "core/protocol/execute_request.h"
#include "core/protocol/handshake.h"
#include "core/protocol/output_buffer.h"
#include "core/protocol/proxy_header.h"
#include "core/protocol/reply.h"
#include "core/protocol/wire_reader.h"

namespace sixfold::protocol {
namespace {

// Exactly sized heap copies, so that a read past the end is seen.
template <typename Parse>
void Mutate(const std::string& packet, Parse parse) {
  for (size_t length = 0; length <= packet.size(); ++length) {
    const std::vector<char> copy(packet.begin(), packet.begin() + static_cast<long>(length));
    parse(std::string_view(copy.data(), copy.size()));
  }
  SeededRandom random(7);
  for (int round = 0; round < 3000; ++round) {
    std::vector<char> copy(packet.begin(), packet.end());
    for (uint64_t flips = 1 + random.Uniform(4); flips > 0; --flips) {
      copy[random.Uniform(copy.size())] = static_cast<char>(random.Next64());
    }
    copy.resize(1 + random.Uniform(copy.size()));
    copy.shrink_to_fit();
    parse(std::string_view(copy.data(), copy.size()));
  }
}

constexpr Capabilities kClient = capability::kProtocol41 | capability::kSecureConnection |
                                 capability::kPluginAuth | capability::kConnectWithDb |
                                 capability::kConnectAttrs | capability::kPluginAuthLenencData;

std::string ResponsePacket() {
  OutputBuffer out;
  out.PutU32(kClient);
  out.PutU32(1 << 24);
  out.PutU8(255);
  out.PutZeros(23);
  out.PutNulString("admin");
  out.PutLenencString(std::string(32, 's'));
  out.PutNulString("sakila");
  out.PutNulString("caching_sha2_password");
  OutputBuffer attributes;
  attributes.PutLenencString("program_name");
  attributes.PutLenencString("mysql");
  out.PutLenencString(attributes.view());
  return std::string(out.view());
}

TEST(HandshakeResponse, ReadsAllFields) {
  const auto response = ParseHandshakeResponse(ResponsePacket());
  ASSERT_TRUE(response.ok());
  EXPECT_EQ(response->user, "admin");
  EXPECT_EQ(response->auth_response, std::string(32, 's'));
  EXPECT_EQ(response->database, "sakila");
  EXPECT_EQ(response->auth_plugin, "caching_sha2_password");
  ASSERT_EQ(response->attributes.size(), 1u);
  EXPECT_EQ(response->attributes[0].second, "mysql");
  EXPECT_FALSE(response->ssl_request);
}

TEST(HostileInput, Handshake) {
  Mutate(ResponsePacket(), [](std::string_view packet) { (void)ParseHandshakeResponse(packet); });
  OutputBuffer out;
  out.PutNulString("admin");
  out.PutU8(20);
  out.PutBytes(std::string(20, 'x'));
  out.PutNulString("test");
  out.PutU16(255);
  out.PutNulString("mysql_native_password");
  out.PutLenencString(
      std::string("\x01"
                  "a\x01"
                  "b",
                  4));
  const auto request = ParseChangeUser(out.view(), kClient);
  ASSERT_TRUE(request.ok());
  EXPECT_EQ(request->database, "test");
  EXPECT_EQ(request->attributes.size(), 1u);
  Mutate(std::string(out.view()),
         [](std::string_view packet) { (void)ParseChangeUser(packet, kClient); });
}

std::string ExecutePacket(Capabilities capabilities) {
  OutputBuffer out;
  out.PutU32(9);
  out.PutU8((capabilities & capability::kQueryAttributes) ? kExecuteParameterCountAvailable : 0);
  out.PutU32(1);
  if (capabilities & capability::kQueryAttributes) out.PutLenencInt(7);
  out.PutU8(0x02);  // the second is NULL
  out.PutU8(1);
  const std::pair<FieldType, uint8_t> types[] = {
      {FieldType::kLongLong, 0x80}, {FieldType::kNull, 0},     {FieldType::kVarString, 0},
      {FieldType::kDouble, 0},      {FieldType::kDatetime, 0}, {FieldType::kTime, 0},
      {FieldType::kTiny, 0}};
  for (const auto& [type, flag] : types) {
    out.PutU8(static_cast<uint8_t>(type));
    out.PutU8(flag);
    if (capabilities & capability::kQueryAttributes) out.PutLenencString("");
  }
  out.PutU64(UINT64_MAX);
  out.PutLenencString("text");
  out.PutU64(std::bit_cast<uint64_t>(2.5));
  out.PutU8(11);
  out.PutU16(2024);
  out.PutBytes("\x02\x1d\x17\x3b\x3b");
  out.PutU32(999999);
  out.PutU8(8);
  out.PutU8(1);
  out.PutU32(2);
  out.PutBytes("\x01\x02\x03");
  out.PutU8(0xff);
  return std::string(out.view());
}

TEST(ExecuteRequest, ReadsEveryKind) {
  for (Capabilities capabilities : {Capabilities{0}, capability::kQueryAttributes}) {
    std::vector<ParameterType> types;
    ExecuteRequest request;
    const Status status =
        ParseExecute(ExecutePacket(capabilities), 7, capabilities, {}, &types, &request);
    ASSERT_TRUE(status.ok()) << ToString(status);
    EXPECT_EQ(request.statement_id, 9u);
    const auto& p = request.parameters;
    ASSERT_EQ(p.size(), 7u);
    EXPECT_EQ(p[0].kind, Parameter::Kind::kUint);
    EXPECT_EQ(static_cast<uint64_t>(p[0].integer), UINT64_MAX);
    EXPECT_EQ(p[1].kind, Parameter::Kind::kNull);
    EXPECT_EQ(p[3].number, 2.5);
    EXPECT_EQ(p[4].temporal.year, 2024u);
    EXPECT_EQ(p[4].temporal.microsecond, 999999u);
    EXPECT_TRUE(p[5].temporal.negative);
    EXPECT_EQ(p[5].temporal.year, 2u);
    EXPECT_EQ(p[6].integer, -1);
  }
}

TEST(HostileInput, Execute) {
  for (Capabilities capabilities : {Capabilities{0}, capability::kQueryAttributes}) {
    Mutate(ExecutePacket(capabilities), [&](std::string_view packet) {
      std::vector<ParameterType> types;
      ExecuteRequest request;
      (void)ParseExecute(packet, 7, capabilities, {false, false, true}, &types, &request);
      std::string_view text;
      (void)ParseQueryBody(packet, capabilities, &text);
    });
  }
}

TEST(ExecuteRequest, QueryAttributesAreSkipped) {
  OutputBuffer out;
  out.PutLenencInt(1);
  out.PutLenencInt(1);
  out.PutU8(0);
  out.PutU8(1);
  out.PutU8(static_cast<uint8_t>(FieldType::kVarString));
  out.PutU8(0);
  out.PutLenencString("traceid");
  out.PutLenencString("abc");
  out.PutBytes("SELECT 1");
  std::string_view text;
  ASSERT_TRUE(ParseQueryBody(out.view(), capability::kQueryAttributes, &text).ok());
  EXPECT_EQ(text, "SELECT 1");
}

TEST(ProxyHeader, RoundTripsAndRefuses) {
  for (const char* address : {"10.1.2.3", "2001:db8::7"}) {
    const std::string bytes = EncodeProxyHeader(address, 4711) + "rest";
    const auto header = ParseProxyHeader(bytes);
    ASSERT_TRUE(header.ok());
    EXPECT_EQ(header->address, address);
    EXPECT_EQ(header->port, 4711);
    EXPECT_EQ(bytes.substr(header->header_bytes), "rest");
    for (size_t n = 0; n < bytes.size() - 4; ++n) {
      EXPECT_EQ(ParseProxyHeader(bytes.substr(0, n)).status().code(), StatusCode::kUnavailable);
    }
    Mutate(bytes, [](std::string_view packet) { (void)ParseProxyHeader(packet); });
  }
  EXPECT_TRUE(ParseProxyHeader(EncodeProxyHeader("", 0))->local);
  EXPECT_FALSE(StartsLikeProxyHeader("\x20\x00\x00\x01"));
}

TEST(Reply, OkWithSessionTracking) {
  SessionChanges changes;
  changes.schema_changed = true;
  changes.schema = "sakila";
  changes.variables.emplace_back("autocommit", "OFF");
  OutputBuffer out;
  out.set_sequence(1);
  WriteOk(
      &out, capability::kSessionTrack,
      {.affected_rows = 3, .last_insert_id = 300, .status = 2, .warnings = 1, .changes = &changes});
  WireReader in(out.view().substr(4));
  EXPECT_EQ(in.U8(), 0);
  EXPECT_EQ(in.LenencInt(), 3u);
  EXPECT_EQ(in.LenencInt(), 300u);
  EXPECT_EQ(in.U16(), 2 | server_status::kSessionStateChanged);
  EXPECT_EQ(in.U16(), 1);
  EXPECT_EQ(in.LenencString(), "");
  WireReader tracked(in.LenencString());
  EXPECT_EQ(tracked.U8(), 0);
  WireReader variable(tracked.LenencString());
  EXPECT_EQ(variable.LenencString(), "autocommit");
  EXPECT_EQ(variable.LenencString(), "OFF");
  EXPECT_EQ(tracked.U8(), 1);
  EXPECT_EQ(WireReader(tracked.LenencString()).LenencString(), "sakila");
  EXPECT_TRUE(tracked.ok() && tracked.empty() && in.empty());
}

TEST(Rows, BinaryRowHasItsNullBitmap) {
  OutputBuffer out;
  BinaryRow row(&out);
  row.Begin(7);
  row.Int64(5);
  for (int i = 0; i < 6; ++i) row.Null();
  row.End();
  WireReader in(out.view().substr(4));
  EXPECT_EQ(in.U8(), 0);
  EXPECT_EQ(in.U8(), 0xf8);
  EXPECT_EQ(in.U8(), 0x01);
  EXPECT_EQ(in.U64(), 5u);
  EXPECT_TRUE(in.ok() && in.empty());
}

TEST(Rows, TextRowFormatsIntegers) {
  OutputBuffer out;
  TextRow row(&out);
  row.Begin();
  row.Int(INT64_MIN);
  row.Null();
  row.Uint(UINT64_MAX);
  row.End();
  WireReader in(out.view().substr(4));
  EXPECT_EQ(in.LenencString(), "-9223372036854775808");
  EXPECT_EQ(in.U8(), 0xfb);
  EXPECT_EQ(in.LenencString(), "18446744073709551615");
}

}  // namespace
}  // namespace sixfold::protocol
