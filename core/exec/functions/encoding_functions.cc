// Number bases, hex, base64, hashes, ciphers, compression, network addresses, FORMAT.
#include <openssl/evp.h>
#include <zlib.h>

#include <algorithm>
#include <cmath>

#include "core/base/bytes.h"
#include "core/exec/functions/arguments.h"
#include "core/exec/functions/tables.h"
#include "core/plan/session_context.h"
#include "core/types/charset.h"
#include "core/types/diagnostics.h"
#include "core/types/error_codes.h"

namespace sixfold::exec {
namespace {

using std::string_view;
using types::Value;

template <uint64_t length>
void BindFixedText(FunctionCall& call, BindContext& context) {
  BindPlainText(call, context, length);
}

std::string InBase(uint64_t value, unsigned base) {
  static constexpr char kDigits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  std::string text;
  do {
    text += kDigits[value % base];
    value /= base;
  } while (value != 0);
  std::reverse(text.begin(), text.end());
  return text;
}

void BindHex(FunctionCall& call, BindContext& context) {
  BindPlainText(call, context, ArgLength(call, 0) * 8);
}

Value EvalHex(const FunctionCall& call, EvalContext& context) {
  const types::DataType& type = call.arg(0).type();
  if (type.IsNumeric() || type.id == types::TypeId::kBit) {
    int64_t number;
    if (!IntArg(call, 0, context, &number)) return Value::Null();
    return TextResult(context, InBase(static_cast<uint64_t>(number), 16));
  }
  string_view bytes;
  if (!BytesArg(call, 0, context, &bytes)) return Value::Null();
  return TextResult(context, ToUpperHex(bytes));
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

void BindUnhex(FunctionCall& call, BindContext&) { BindBinary(call, ArgLength(call, 0) / 2 + 1); }

Value EvalUnhex(const FunctionCall& call, EvalContext& context) {
  string_view hex;
  if (!BytesArg(call, 0, context, &hex)) return Value::Null();
  std::string bytes;
  size_t i = 0;
  const auto bad = [&] {
    context.diagnostics->Warn(ErrorCode::kWrongValueForType, "string", hex, "unhex");
    return Value::Null();
  };
  if (hex.size() % 2 == 1) {
    const int digit = HexDigit(hex[i++]);
    if (digit < 0) return bad();
    bytes += static_cast<char>(digit);
  }
  for (; i < hex.size(); i += 2) {
    const int high = HexDigit(hex[i]), low = HexDigit(hex[i + 1]);
    if (high < 0 || low < 0) return bad();
    bytes += static_cast<char>(high << 4 | low);
  }
  return TextResult(context, bytes);
}

/// CONV: digits of the base as far as they go; a sign; saturates at 64 bits.
uint64_t ParseBase(string_view text, unsigned base, bool* negative) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  *negative = !text.empty() && text.front() == '-';
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  uint64_t value = 0;
  for (const char c : text) {
    unsigned digit = 99;
    if (c >= '0' && c <= '9')
      digit = static_cast<unsigned>(c - '0');
    else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'z')
      digit = static_cast<unsigned>((c | 0x20) - 'a' + 10);
    if (digit >= base) break;
    if (__builtin_mul_overflow(value, base, &value) || __builtin_add_overflow(value, digit, &value))
      return UINT64_MAX;
  }
  return value;
}

Value EvalConv(const FunctionCall& call, EvalContext& context) {
  string_view text;
  int64_t from, to;
  if (call.arg(0).type().id == types::TypeId::kBit) {
    int64_t bits;
    if (!IntArg(call, 0, context, &bits)) return Value::Null();
    text = context.arena->Copy(std::to_string(static_cast<uint64_t>(bits)));
  } else if (!BytesArg(call, 0, context, &text)) {
    return Value::Null();
  }
  if (!IntArg(call, 1, context, &from) || !IntArg(call, 2, context, &to)) return Value::Null();
  const int64_t from_base = std::abs(from), to_base = std::abs(to);
  if (from_base < 2 || from_base > 36 || to_base < 2 || to_base > 36 || text.empty())
    return Value::Null();
  bool negative;
  uint64_t value = ParseBase(text, static_cast<unsigned>(from_base), &negative);
  if (negative) value = static_cast<uint64_t>(-static_cast<int64_t>(value));
  if (to < 0 && static_cast<int64_t>(value) < 0) {
    return TextResult(context, "-" + InBase(static_cast<uint64_t>(-static_cast<int64_t>(value)),
                                            static_cast<unsigned>(to_base)));
  }
  return TextResult(context, InBase(value, static_cast<unsigned>(to_base)));
}

template <unsigned base>
Value EvalBase(const FunctionCall& call, EvalContext& context) {
  int64_t number;
  if (!IntArg(call, 0, context, &number)) return Value::Null();
  return TextResult(context, InBase(static_cast<uint64_t>(number), base));
}

std::string Digest(const EVP_MD* algorithm, string_view bytes) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  EVP_Digest(bytes.data(), bytes.size(), digest, &size, algorithm, nullptr);
  return std::string(reinterpret_cast<char*>(digest), size);
}

Value EvalMd5(const FunctionCall& call, EvalContext& context) {
  string_view text;
  if (!BytesArg(call, 0, context, &text)) return Value::Null();
  return TextResult(context, ToHex(Digest(EVP_md5(), text)));
}

Value EvalSha1(const FunctionCall& call, EvalContext& context) {
  string_view text;
  if (!BytesArg(call, 0, context, &text)) return Value::Null();
  return TextResult(context, ToHex(Digest(EVP_sha1(), text)));
}

Value EvalSha2(const FunctionCall& call, EvalContext& context) {
  string_view text;
  int64_t bits;
  if (!BytesArg(call, 0, context, &text) || !IntArg(call, 1, context, &bits)) return Value::Null();
  const EVP_MD* algorithm = nullptr;
  switch (bits) {
    case 0:
    case 256:
      algorithm = EVP_sha256();
      break;
    case 224:
      algorithm = EVP_sha224();
      break;
    case 384:
      algorithm = EVP_sha384();
      break;
    case 512:
      algorithm = EVP_sha512();
      break;
    default:
      return Value::Null();
  }
  return TextResult(context, ToHex(Digest(algorithm, text)));
}

void BindCrc32(FunctionCall& call, BindContext&) { BindBigInt(call, true); }

Value EvalCrc32(const FunctionCall& call, EvalContext& context) {
  string_view text;
  if (!BytesArg(call, 0, context, &text)) return Value::Null();
  return Value::Uint(
      crc32(0, reinterpret_cast<const Bytef*>(text.data()), static_cast<uInt>(text.size())));
}

void BindToBase64(FunctionCall& call, BindContext& context) {
  BindPlainText(call, context, ArgLength(call, 0) * 6 + 4);
}

/// Lines of 76 characters, as MySQL breaks them.
Value EvalToBase64(const FunctionCall& call, EvalContext& context) {
  string_view bytes;
  if (!BytesArg(call, 0, context, &bytes)) return Value::Null();
  std::string encoded((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(encoded.data()),
                                   reinterpret_cast<const unsigned char*>(bytes.data()),
                                   static_cast<int>(bytes.size()));
  encoded.resize(static_cast<size_t>(size));
  std::string lines;
  for (size_t i = 0; i < encoded.size(); i += 76) {
    if (i != 0) lines += '\n';
    lines += string_view(encoded).substr(i, 76);
  }
  return TextResult(context, lines);
}

void BindFromBase64(FunctionCall& call, BindContext&) { BindBinary(call, ArgLength(call, 0)); }

Value EvalFromBase64(const FunctionCall& call, EvalContext& context) {
  string_view text;
  if (!BytesArg(call, 0, context, &text)) return Value::Null();
  std::string packed;
  for (const char c : text) {
    if (c != ' ' && c != '\n' && c != '\r' && c != '\t') packed += c;
  }
  if (packed.size() % 4 != 0) return Value::Null();
  std::string bytes(packed.size() / 4 * 3 + 1, '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                   reinterpret_cast<const unsigned char*>(packed.data()),
                                   static_cast<int>(packed.size()));
  if (size < 0) return Value::Null();
  size_t padding = 0;
  while (padding < 2 && packed.size() > padding && packed[packed.size() - 1 - padding] == '=')
    ++padding;
  bytes.resize(static_cast<size_t>(size) - padding);
  return TextResult(context, bytes);
}

void BindCompress(FunctionCall& call, BindContext&) {
  BindBinary(call, ArgLength(call, 0) * 4 + 16);
}

/// COMPRESS: length in 4 little-endian bytes, zlib data, a '.' where it would end in a blank.
Value EvalCompress(const FunctionCall& call, EvalContext& context) {
  string_view text;
  if (!BytesArg(call, 0, context, &text)) return Value::Null();
  if (text.empty()) return Value::String("");
  uLongf size = compressBound(text.size());
  std::string out(4 + size, '\0');
  if (compress(reinterpret_cast<Bytef*>(out.data() + 4), &size,
               reinterpret_cast<const Bytef*>(text.data()), text.size()) != Z_OK)
    return Value::Null();
  out.resize(4 + size);
  StoreFixed<uint32_t>(out.data(), static_cast<uint32_t>(text.size()) & 0x3fffffff);
  if (out.back() == ' ') out += '.';
  return TextResult(context, out);
}

Value EvalUncompress(const FunctionCall& call, EvalContext& context) {
  string_view packed;
  if (!BytesArg(call, 0, context, &packed)) return Value::Null();
  if (packed.empty()) return Value::String("");
  const auto corrupt = [&] {
    context.diagnostics->Warn(ErrorCode::kZlibZDataError);
    return Value::Null();
  };
  if (packed.size() <= 4) return corrupt();
  uLongf size = LoadFixed<uint32_t>(packed.data()) & 0x3fffffff;
  if (TooLong(call, context, size)) return Value::Null();
  std::string out(size, '\0');
  if (uncompress(reinterpret_cast<Bytef*>(out.data()), &size,
                 reinterpret_cast<const Bytef*>(packed.data() + 4), packed.size() - 4) != Z_OK)
    return corrupt();
  out.resize(size);
  return TextResult(context, out);
}

Value EvalUncompressedLength(const FunctionCall& call, EvalContext& context) {
  string_view packed;
  if (!BytesArg(call, 0, context, &packed)) return Value::Null();
  if (packed.size() <= 4) return Value::Int(0);
  return Value::Int(LoadFixed<uint32_t>(packed.data()) & 0x3fffffff);
}

bool ParseAddress(string_view text, uint32_t* address) {
  uint64_t value = 0, part = 0;
  int dots = 0;
  bool digit = false;
  for (const char c : text) {
    if (c >= '0' && c <= '9') {
      part = part * 10 + static_cast<uint64_t>(c - '0');
      digit = true;
      if (part > 255) return false;
    } else if (c == '.' && digit && dots < 3) {
      value = value << 8 | part;
      part = 0;
      digit = false;
      ++dots;
    } else {
      return false;
    }
  }
  if (!digit) return false;
  // 127.1 means 127.0.0.1.
  for (int missing = 3 - dots; missing > 0; --missing) value <<= 8;
  *address = static_cast<uint32_t>(value << 8 | part);
  return true;
}

Value EvalInetAton(const FunctionCall& call, EvalContext& context) {
  string_view text;
  uint32_t address;
  if (!BytesArg(call, 0, context, &text)) return Value::Null();
  if (!ParseAddress(text, &address)) {
    context.diagnostics->Warn(ErrorCode::kWrongValueForType, "string", text, "inet_aton");
    return Value::Null();
  }
  return Value::Uint(address);
}

Value EvalInetNtoa(const FunctionCall& call, EvalContext& context) {
  int64_t address;
  if (!IntArg(call, 0, context, &address) || address < 0 || address > UINT32_MAX)
    return Value::Null();
  return TextResult(context, fmt::format("{}.{}.{}.{}", address >> 24, address >> 16 & 255,
                                         address >> 8 & 255, address & 255));
}

Value EvalIsIpv4(const FunctionCall& call, EvalContext& context) {
  string_view text;
  uint32_t address;
  if (!BytesArg(call, 0, context, &text)) return Value::Null();
  return Value::Bool(std::count(text.begin(), text.end(), '.') == 3 &&
                     ParseAddress(text, &address));
}

constexpr FunctionDef kEncodingTable[] = {
    {"bin", 1, 1, BindFixedText<64>, EvalBase<2>},
    {"compress", 1, 1, BindCompress, EvalCompress},
    {"conv", 3, 3, BindFixedText<64>, EvalConv},
    {"crc32", 1, 1, BindCrc32, EvalCrc32},
    {"from_base64", 1, 1, BindFromBase64, EvalFromBase64},
    {"hex", 1, 1, BindHex, EvalHex},
    {"inet_aton", 1, 1, [](FunctionCall& call, BindContext&) { BindBigInt(call, true); },
     EvalInetAton},
    {"inet_ntoa", 1, 1, BindFixedText<31>, EvalInetNtoa},
    {"is_ipv4", 1, 1, [](FunctionCall& call, BindContext&) { BindBool(call); }, EvalIsIpv4},
    {"md5", 1, 1, BindFixedText<32>, EvalMd5},
    {"oct", 1, 1, BindFixedText<64>, EvalBase<8>},
    {"sha", 1, 1, BindFixedText<40>, EvalSha1},
    {"sha1", 1, 1, BindFixedText<40>, EvalSha1},
    {"sha2", 2, 2, BindFixedText<128>, EvalSha2},
    {"to_base64", 1, 1, BindToBase64, EvalToBase64},
    {"uncompress", 1, 1, [](FunctionCall& call, BindContext&) { BindBinary(call, UINT32_MAX / 4); },
     EvalUncompress},
    {"uncompressed_length", 1, 1, [](FunctionCall& call, BindContext&) { BindInt(call, 10); },
     EvalUncompressedLength},
    {"unhex", 1, 1, BindUnhex, EvalUnhex},
};

}  // namespace

FunctionTable EncodingFunctions() { return kEncodingTable; }

}  // namespace sixfold::exec
