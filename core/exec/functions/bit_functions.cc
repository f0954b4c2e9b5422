// Bit operators: on 64-bit unsigned numbers, or byte by byte where the operands are binary strings.
#include <bit>

#include "core/exec/functions/arguments.h"
#include "core/exec/functions/tables.h"
#include "core/types/collation.h"
#include "core/types/convert.h"
#include "core/types/error_codes.h"
#include "core/types/sql_error.h"

namespace sixfold::exec {
namespace {

using types::Value;

bool IsBinaryText(const types::DataType& type) {
  return type.IsString() && type.collation != nullptr && type.collation->IsBinary();
}

bool WorksOnBytes(const FunctionCall& call) { return call.type().IsString(); }

bool BitsArg(const FunctionCall& call, size_t i, EvalContext& context, uint64_t* out) {
  int64_t bits;
  if (!IntArg(call, i, context, &bits)) return false;
  *out = static_cast<uint64_t>(bits);
  return true;
}

void BindBits(FunctionCall& call, BindContext&) {
  bool all_binary = true;
  bool all_literals = true;
  for (const Expression* arg : call.args()) {
    all_binary &= IsBinaryText(arg->type());
    all_literals &= arg->type().IsHexLiteral();
  }
  if (all_binary && !all_literals) return BindBinary(call, ArgLength(call, 0));
  BindBigInt(call, true);
}

// Shifts take a number on the right whatever stands left.
void BindShift(FunctionCall& call, BindContext&) {
  const types::DataType& type = call.arg(0).type();
  if (IsBinaryText(type) && !type.IsHexLiteral()) return BindBinary(call, ArgLength(call, 0));
  BindBigInt(call, true);
}

struct And {
  static uint64_t Apply(uint64_t a, uint64_t b) { return a & b; }
};
struct Or {
  static uint64_t Apply(uint64_t a, uint64_t b) { return a | b; }
};
struct Xor {
  static uint64_t Apply(uint64_t a, uint64_t b) { return a ^ b; }
};

template <typename Operation>
Value EvalBytes(const FunctionCall& call, EvalContext& context) {
  std::string_view a, b;
  if (!BytesArg(call, 0, context, &a) || !BytesArg(call, 1, context, &b)) return Value::Null();
  if (a.size() != b.size()) {
    throw SqlError(ErrorCode::kWrongArguments, "HY000",
                   "Binary operands of bitwise operators must be of equal length");
  }
  std::string result(a.size(), '\0');
  for (size_t i = 0; i < a.size(); ++i)
    result[i] = static_cast<char>(
        Operation::Apply(static_cast<unsigned char>(a[i]), static_cast<unsigned char>(b[i])));
  return TextResult(context, result);
}

template <typename Operation>
Value EvalBits(const FunctionCall& call, EvalContext& context) {
  if (WorksOnBytes(call)) return EvalBytes<Operation>(call, context);
  uint64_t a, b;
  if (!BitsArg(call, 0, context, &a) || !BitsArg(call, 1, context, &b)) return Value::Null();
  return Value::Uint(Operation::Apply(a, b));
}

// The bytes as one big-endian number, moved by `count` bits.
std::string ShiftBytes(std::string_view bytes, uint64_t count, bool left) {
  std::string result(bytes.size(), '\0');
  const auto total = static_cast<int64_t>(bytes.size() * 8);
  if (count >= static_cast<uint64_t>(total)) return result;
  const int64_t move = left ? static_cast<int64_t>(count) : -static_cast<int64_t>(count);
  for (int64_t to = 0; to < total; ++to) {
    const int64_t from = to + move;
    if (from < 0 || from >= total || (bytes[from / 8] >> (7 - from % 8) & 1) == 0) continue;
    result[to / 8] = static_cast<char>(result[to / 8] | 1 << (7 - to % 8));
  }
  return result;
}

template <bool left>
Value EvalShift(const FunctionCall& call, EvalContext& context) {
  uint64_t count;
  if (!BitsArg(call, 1, context, &count)) return Value::Null();
  if (WorksOnBytes(call)) {
    std::string_view bytes;
    return BytesArg(call, 0, context, &bytes) ? TextResult(context, ShiftBytes(bytes, count, left))
                                              : Value::Null();
  }
  uint64_t bits;
  if (!BitsArg(call, 0, context, &bits)) return Value::Null();
  if (count >= 64) return Value::Uint(0);
  return Value::Uint(left ? bits << count : bits >> count);
}

Value EvalInvert(const FunctionCall& call, EvalContext& context) {
  if (WorksOnBytes(call)) {
    std::string_view bytes;
    if (!BytesArg(call, 0, context, &bytes)) return Value::Null();
    std::string result(bytes);
    for (char& byte : result) byte = static_cast<char>(~byte);
    return TextResult(context, result);
  }
  uint64_t bits;
  return BitsArg(call, 0, context, &bits) ? Value::Uint(~bits) : Value::Null();
}

void BindBitCount(FunctionCall& call, BindContext&) { BindBigInt(call); }

Value EvalBitCount(const FunctionCall& call, EvalContext& context) {
  if (IsBinaryText(call.arg(0).type()) && !call.arg(0).type().IsHexLiteral()) {
    std::string_view bytes;
    if (!BytesArg(call, 0, context, &bytes)) return Value::Null();
    int64_t count = 0;
    for (const char byte : bytes) count += std::popcount(static_cast<unsigned char>(byte));
    return Value::Int(count);
  }
  uint64_t bits;
  return BitsArg(call, 0, context, &bits) ? Value::Int(std::popcount(bits)) : Value::Null();
}

constexpr FunctionDef kBitTable[] = {
    {"&", 2, 2, BindBits, EvalBits<And>},
    {"|", 2, 2, BindBits, EvalBits<Or>},
    {"^", 2, 2, BindBits, EvalBits<Xor>},
    {"<<", 2, 2, BindShift, EvalShift<true>},
    {">>", 2, 2, BindShift, EvalShift<false>},
    {"~", 1, 1, BindBits, EvalInvert},
    {"bit_count", 1, 1, BindBitCount, EvalBitCount},
};

}  // namespace

FunctionTable BitFunctions() { return kBitTable; }

}  // namespace sixfold::exec
