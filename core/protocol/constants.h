// Numbers of the MySQL client/server protocol: capabilities, commands, column types and flags,
// server status. Names follow MySQL's manual ("MySQL Source Code Documentation, Client/Server
// Protocol") without the prefix the enum's name already gives.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sixfold::protocol {

inline constexpr size_t kMaxPacketPayload = 0xffffff;  // longer payloads continue in a next packet
inline constexpr size_t kPacketHeaderBytes = 4;
inline constexpr uint8_t kProtocolVersion = 10;
inline constexpr size_t kScrambleBytes = 20;

using Capabilities = uint32_t;

namespace capability {
inline constexpr Capabilities kLongPassword = 1u << 0;
inline constexpr Capabilities kFoundRows = 1u << 1;
inline constexpr Capabilities kLongFlag = 1u << 2;
inline constexpr Capabilities kConnectWithDb = 1u << 3;
inline constexpr Capabilities kNoSchema = 1u << 4;
inline constexpr Capabilities kCompress = 1u << 5;
inline constexpr Capabilities kOdbc = 1u << 6;
inline constexpr Capabilities kLocalFiles = 1u << 7;
inline constexpr Capabilities kIgnoreSpace = 1u << 8;
inline constexpr Capabilities kProtocol41 = 1u << 9;
inline constexpr Capabilities kInteractive = 1u << 10;
inline constexpr Capabilities kSsl = 1u << 11;
inline constexpr Capabilities kIgnoreSigpipe = 1u << 12;
inline constexpr Capabilities kTransactions = 1u << 13;
inline constexpr Capabilities kReserved = 1u << 14;
inline constexpr Capabilities kSecureConnection = 1u << 15;
inline constexpr Capabilities kMultiStatements = 1u << 16;
inline constexpr Capabilities kMultiResults = 1u << 17;
inline constexpr Capabilities kPsMultiResults = 1u << 18;
inline constexpr Capabilities kPluginAuth = 1u << 19;
inline constexpr Capabilities kConnectAttrs = 1u << 20;
inline constexpr Capabilities kPluginAuthLenencData = 1u << 21;
inline constexpr Capabilities kCanHandleExpiredPasswords = 1u << 22;
inline constexpr Capabilities kSessionTrack = 1u << 23;
inline constexpr Capabilities kDeprecateEof = 1u << 24;
inline constexpr Capabilities kOptionalResultsetMetadata = 1u << 25;
inline constexpr Capabilities kQueryAttributes = 1u << 27;
}  // namespace capability

/// What this server offers; TLS is added where a certificate is loaded.
inline constexpr Capabilities kServerCapabilities =
    capability::kLongPassword | capability::kFoundRows | capability::kLongFlag |
    capability::kConnectWithDb | capability::kNoSchema | capability::kCompress | capability::kOdbc |
    capability::kLocalFiles | capability::kIgnoreSpace | capability::kProtocol41 |
    capability::kInteractive | capability::kIgnoreSigpipe | capability::kTransactions |
    capability::kReserved | capability::kSecureConnection | capability::kMultiStatements |
    capability::kMultiResults | capability::kPsMultiResults | capability::kPluginAuth |
    capability::kConnectAttrs | capability::kPluginAuthLenencData |
    capability::kCanHandleExpiredPasswords | capability::kSessionTrack | capability::kDeprecateEof |
    capability::kQueryAttributes;

enum class Command : uint8_t {
  kSleep = 0x00,
  kQuit = 0x01,
  kInitDb = 0x02,
  kQuery = 0x03,
  kFieldList = 0x04,
  kCreateDb = 0x05,
  kDropDb = 0x06,
  kRefresh = 0x07,
  kShutdown = 0x08,
  kStatistics = 0x09,
  kProcessInfo = 0x0a,
  kConnect = 0x0b,
  kProcessKill = 0x0c,
  kDebug = 0x0d,
  kPing = 0x0e,
  kTime = 0x0f,
  kDelayedInsert = 0x10,
  kChangeUser = 0x11,
  kBinlogDump = 0x12,
  kTableDump = 0x13,
  kConnectOut = 0x14,
  kRegisterSlave = 0x15,
  kStmtPrepare = 0x16,
  kStmtExecute = 0x17,
  kStmtSendLongData = 0x18,
  kStmtClose = 0x19,
  kStmtReset = 0x1a,
  kSetOption = 0x1b,
  kStmtFetch = 0x1c,
  kDaemon = 0x1d,
  kBinlogDumpGtid = 0x1e,
  kResetConnection = 0x1f,
};

enum class FieldType : uint8_t {
  kDecimal = 0x00,
  kTiny = 0x01,
  kShort = 0x02,
  kLong = 0x03,
  kFloat = 0x04,
  kDouble = 0x05,
  kNull = 0x06,
  kTimestamp = 0x07,
  kLongLong = 0x08,
  kInt24 = 0x09,
  kDate = 0x0a,
  kTime = 0x0b,
  kDatetime = 0x0c,
  kYear = 0x0d,
  kNewDate = 0x0e,
  kVarchar = 0x0f,
  kBit = 0x10,
  kJson = 0xf5,
  kNewDecimal = 0xf6,
  kEnum = 0xf7,
  kSet = 0xf8,
  kTinyBlob = 0xf9,
  kMediumBlob = 0xfa,
  kLongBlob = 0xfb,
  kBlob = 0xfc,
  kVarString = 0xfd,
  kString = 0xfe,
  kGeometry = 0xff,
};

namespace column_flag {
inline constexpr uint16_t kNotNull = 1;
inline constexpr uint16_t kPrimaryKey = 2;
inline constexpr uint16_t kUniqueKey = 4;
inline constexpr uint16_t kMultipleKey = 8;
inline constexpr uint16_t kBlob = 16;
inline constexpr uint16_t kUnsigned = 32;
inline constexpr uint16_t kZerofill = 64;
inline constexpr uint16_t kBinary = 128;
inline constexpr uint16_t kEnum = 256;
inline constexpr uint16_t kAutoIncrement = 512;
inline constexpr uint16_t kTimestamp = 1024;
inline constexpr uint16_t kSet = 2048;
inline constexpr uint16_t kNoDefault = 4096;
inline constexpr uint16_t kOnUpdateNow = 8192;
inline constexpr uint16_t kNum = 32768;
}  // namespace column_flag

namespace server_status {
inline constexpr uint16_t kInTransaction = 0x0001;
inline constexpr uint16_t kAutocommit = 0x0002;
inline constexpr uint16_t kMoreResults = 0x0008;
inline constexpr uint16_t kNoGoodIndexUsed = 0x0010;
inline constexpr uint16_t kNoIndexUsed = 0x0020;
inline constexpr uint16_t kCursorExists = 0x0040;
inline constexpr uint16_t kLastRowSent = 0x0080;
inline constexpr uint16_t kDbDropped = 0x0100;
inline constexpr uint16_t kNoBackslashEscapes = 0x0200;
inline constexpr uint16_t kMetadataChanged = 0x0400;
inline constexpr uint16_t kQueryWasSlow = 0x0800;
inline constexpr uint16_t kPsOutParams = 0x1000;
inline constexpr uint16_t kInTransactionReadOnly = 0x2000;
inline constexpr uint16_t kSessionStateChanged = 0x4000;
}  // namespace server_status

/// Collation ids that the protocol itself needs.
inline constexpr uint16_t kCollationBinary = 63;
inline constexpr uint16_t kCollationUtf8mb4 = 255;  // utf8mb4_0900_ai_ci

}  // namespace sixfold::protocol
