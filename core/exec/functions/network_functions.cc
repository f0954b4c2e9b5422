// IPv6 addresses, sort keys of strings, and small things that ask nothing of a session.
#include <arpa/inet.h>
#include <unicode/uvernum.h>

#include "core/base/random.h"
#include "core/exec/functions/arguments.h"
#include "core/exec/functions/tables.h"
#include "core/plan/session_context.h"
#include "core/types/collation.h"
#include "core/types/convert.h"
#include "core/types/error_codes.h"
#include "core/types/sql_error.h"

namespace sixfold::exec {
namespace {

using types::Value;

void BindAddress(FunctionCall& call, BindContext&) { BindBinary(call, 16); }
void BindAddressText(FunctionCall& call, BindContext& context) { BindPlainText(call, context, 39); }
void BindFlag(FunctionCall& call, BindContext&) { BindBool(call); }

// The 4 or 16 bytes of an address written out; empty where it is none.
std::string AddressBytes(std::string_view text) {
  const std::string terminated(text);
  char bytes[16];
  if (inet_pton(AF_INET, terminated.c_str(), bytes) == 1) return {bytes, 4};
  if (inet_pton(AF_INET6, terminated.c_str(), bytes) == 1) return {bytes, 16};
  return {};
}

Value EvalInet6Aton(const FunctionCall& call, EvalContext& context) {
  std::string_view text;
  if (!BytesArg(call, 0, context, &text)) return Value::Null();
  const std::string bytes = AddressBytes(text);
  return bytes.empty() ? Value::Null() : TextResult(context, bytes);
}

Value EvalInet6Ntoa(const FunctionCall& call, EvalContext& context) {
  std::string_view bytes;
  if (!BytesArg(call, 0, context, &bytes)) return Value::Null();
  if (bytes.size() != 4 && bytes.size() != 16) return Value::Null();
  char text[INET6_ADDRSTRLEN];
  inet_ntop(bytes.size() == 4 ? AF_INET : AF_INET6, bytes.data(), text, sizeof(text));
  return TextResult(context, text);
}

Value EvalIsIpv6(const FunctionCall& call, EvalContext& context) {
  std::string_view text;
  if (!BytesArg(call, 0, context, &text)) return Value::Null();
  return Value::Bool(AddressBytes(text).size() == 16);
}

// An IPv6 address whose first 80 bits are zero and the next 16 are `marker` carries an IPv4 one.
bool CarriesIpv4(std::string_view bytes, std::string_view marker) {
  return bytes.size() == 16 &&
         bytes.substr(0, 10) == std::string_view("\0\0\0\0\0\0\0\0\0\0", 10) &&
         bytes.substr(10, 2) == marker;
}

Value EvalIsIpv4Mapped(const FunctionCall& call, EvalContext& context) {
  std::string_view bytes;
  return Value::Bool(BytesArg(call, 0, context, &bytes) && CarriesIpv4(bytes, "\xFF\xFF"));
}

Value EvalIsIpv4Compat(const FunctionCall& call, EvalContext& context) {
  std::string_view bytes;
  if (!BytesArg(call, 0, context, &bytes) || !CarriesIpv4(bytes, std::string_view("\0\0", 2)))
    return Value::Bool(false);
  // ::0 and ::1 are addresses of their own.
  return Value::Bool(bytes.substr(12, 3) != std::string_view("\0\0\0", 3) ||
                     static_cast<unsigned char>(bytes[15]) > 1);
}

// WEIGHT_STRING(value, length or -1, as_binary)
void BindWeightString(FunctionCall& call, BindContext&) {
  BindBinary(call, ArgLength(call, 0) * 8 + 8);
}

Value EvalWeightString(const FunctionCall& call, EvalContext& context) {
  const Value value = call.EvalArg(0, context);
  const types::DataType& type = call.arg(0).type();
  int64_t length = -1;
  int64_t as_binary = 0;
  IntArg(call, 1, context, &length);
  IntArg(call, 2, context, &as_binary);
  if (value.is_null() || !value.is_string()) return Value::Null();
  std::string text(value.bytes());
  if (as_binary != 0) {
    if (length >= 0) text.resize(static_cast<size_t>(length), '\0');
    return TextResult(context, text);
  }
  const types::Collation& collation =
      type.collation != nullptr ? *type.collation : types::kBinaryCollation;
  if (length >= 0) {
    text.resize(types::PrefixBytes(*collation.charset, text, static_cast<size_t>(length)));
    const size_t chars = types::CharLength(*collation.charset, text);
    if (collation.pad_space && chars < static_cast<size_t>(length))
      text.append(static_cast<size_t>(length) - chars, ' ');
  }
  std::string key;
  collation.AppendWeights(text, &key);
  return TextResult(context, key);
}

void BindRandomBytes(FunctionCall& call, BindContext&) { BindBinary(call, 1024); }

Value EvalRandomBytes(const FunctionCall& call, EvalContext& context) {
  constexpr int64_t kMostBytes = 1024;
  int64_t count;
  if (!IntArg(call, 0, context, &count)) return Value::Null();
  if (count < 1 || count > kMostBytes)
    throw MakeError(ErrorCode::kDataOutOfRange, "length", "random_bytes");
  return TextResult(context, context.session->random().Bytes(static_cast<size_t>(count)));
}

// FORMAT_BYTES: "1.21 MiB"
void BindFormatted(FunctionCall& call, BindContext& context) { BindPlainText(call, context, 11); }

Value EvalFormatBytes(const FunctionCall& call, EvalContext& context) {
  constexpr const char* kUnits[] = {"bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  double count;
  if (!DoubleArg(call, 0, context, &count)) return Value::Null();
  size_t unit = 0;
  for (; std::abs(count) >= 1024 && unit + 1 < std::size(kUnits); ++unit) count /= 1024;
  if (unit == 0)
    return TextResult(context, fmt::format("{:4d} {}", static_cast<int>(count), kUnits[unit]));
  return TextResult(context, fmt::format("{:.2f} {}", count, kUnits[unit]));
}

Value EvalFormatPicoTime(const FunctionCall& call, EvalContext& context) {
  struct Unit {
    double picoseconds;
    const char* name;
  };
  constexpr Unit kUnits[] = {{86400e12, "d"}, {3600e12, "h"}, {60e12, "min"}, {1e12, "s"},
                             {1e9, "ms"},     {1e6, "us"},    {1e3, "ns"}};
  double time;
  if (!DoubleArg(call, 0, context, &time)) return Value::Null();
  for (const Unit& unit : kUnits) {
    if (std::abs(time) >= unit.picoseconds)
      return TextResult(context, fmt::format("{:.2f} {}", time / unit.picoseconds, unit.name));
  }
  return TextResult(context, fmt::format("{:3d} ps", static_cast<int>(time)));
}

void BindShortText(FunctionCall& call, BindContext& context) { BindPlainText(call, context, 64); }
Value EvalIcuVersion(const FunctionCall&, EvalContext& context) {
  return TextResult(context, U_ICU_VERSION);
}
Value EvalNoRole(const FunctionCall&, EvalContext& context) { return TextResult(context, "NONE"); }

// Files of the server's machine are not served.
void BindFile(FunctionCall& call, BindContext&) { BindBinary(call, UINT32_MAX); }
Value EvalNoFile(const FunctionCall&, EvalContext&) { return Value::Null(); }

constexpr FunctionDef kNetworkTable[] = {
    {"current_role", 0, 0, BindShortText, EvalNoRole},
    {"format_bytes", 1, 1, BindFormatted, EvalFormatBytes},
    {"format_pico_time", 1, 1, BindFormatted, EvalFormatPicoTime},
    {"icu_version", 0, 0, BindShortText, EvalIcuVersion},
    {"inet6_aton", 1, 1, BindAddress, EvalInet6Aton},
    {"inet6_ntoa", 1, 1, BindAddressText, EvalInet6Ntoa},
    {"is_ipv4_compat", 1, 1, BindFlag, EvalIsIpv4Compat},
    {"is_ipv4_mapped", 1, 1, BindFlag, EvalIsIpv4Mapped},
    {"is_ipv6", 1, 1, BindFlag, EvalIsIpv6},
    {"load_file", 1, 1, BindFile, EvalNoFile},
    {"random_bytes", 1, 1, BindRandomBytes, EvalRandomBytes, false},
    {"weight_string", 3, 3, BindWeightString, EvalWeightString},
};

}  // namespace

FunctionTable NetworkFunctions() { return kNetworkTable; }

}  // namespace sixfold::exec
