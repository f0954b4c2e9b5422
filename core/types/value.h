// Value: one SQL value at run time, 16 bytes, trivially copyable. It owns nothing: strings,
// decimals and JSON point into an arena, a row buffer or a map page, and whoever keeps a Value past
// that memory's life copies it first (CopyValue). The precise SQL type stands in the expression's
// DataType; the kind here is only the run-time representation:
//
//   kInt       BIGINT and smaller, YEAR, BOOL               int64
//   kUint      unsigned integers, BIT (as a number)         uint64
//   kDouble    FLOAT (rounded to float), DOUBLE             double
//   kDecimal   DECIMAL                                      const Decimal*
//   kString    CHAR … BLOB, ENUM, SET (their label text)    bytes in the charset of the type's
//   collation;
//                                                           aux: the index of an ENUM label (0:
//                                                           none)
//   kDate      packed days, kDatetime/kTimestamp packed microseconds: see core/types/temporal.h
//   kTime      signed microseconds
//   kJson      binary JSON bytes (core/types/json.h)
#pragma once

#include <cstdint>
#include <string_view>
#include <type_traits>

#include "core/base/check.h"

namespace sixfold {
class Arena;
}

namespace sixfold::types {

class Decimal;

enum class ValueKind : uint8_t {
  kNull,
  kInt,
  kUint,
  kDouble,
  kDecimal,
  kString,
  kDate,
  kTime,
  kDatetime,
  kJson
};

class Value {
 public:
  constexpr Value() : i_(0) {}

  static constexpr Value Null() { return Value(); }
  static constexpr Value Int(int64_t v) {
    Value x;
    x.kind_ = ValueKind::kInt;
    x.i_ = v;
    return x;
  }
  static constexpr Value Uint(uint64_t v) {
    Value x;
    x.kind_ = ValueKind::kUint;
    x.i_ = static_cast<int64_t>(v);
    return x;
  }
  static constexpr Value Bool(bool v) { return Int(v ? 1 : 0); }
  static constexpr Value Double(double v) {
    Value x;
    x.kind_ = ValueKind::kDouble;
    x.d_ = v;
    return x;
  }
  static constexpr Value DecimalRef(const Decimal* v) {
    Value x;
    x.kind_ = ValueKind::kDecimal;
    x.p_ = v;
    return x;
  }
  static constexpr Value String(std::string_view v, uint16_t enum_index = 0) {
    return Bytes(ValueKind::kString, v, enum_index);
  }
  static constexpr Value Json(std::string_view v) { return Bytes(ValueKind::kJson, v, 0); }
  static constexpr Value Date(int64_t packed) {
    Value x = Int(packed);
    x.kind_ = ValueKind::kDate;
    return x;
  }
  static constexpr Value Time(int64_t micros) {
    Value x = Int(micros);
    x.kind_ = ValueKind::kTime;
    return x;
  }
  static constexpr Value Datetime(int64_t packed) {
    Value x = Int(packed);
    x.kind_ = ValueKind::kDatetime;
    return x;
  }

  ValueKind kind() const { return kind_; }
  bool is_null() const { return kind_ == ValueKind::kNull; }
  bool is_string() const { return kind_ == ValueKind::kString; }

  int64_t int_value() const { return i_; }  // kInt, kDate, kTime, kDatetime
  uint64_t uint_value() const { return static_cast<uint64_t>(i_); }
  double double_value() const { return d_; }
  const Decimal& decimal() const { return *static_cast<const Decimal*>(p_); }
  std::string_view bytes() const {
    return {static_cast<const char*>(p_), length_};
  }  // kString, kJson
  uint16_t enum_index() const { return aux_; }

 private:
  static constexpr Value Bytes(ValueKind kind, std::string_view v, uint16_t aux) {
    Value x;
    x.kind_ = kind;
    x.aux_ = aux;
    x.length_ = static_cast<uint32_t>(v.size());
    x.p_ = v.data();
    return x;
  }

  ValueKind kind_ = ValueKind::kNull;
  uint8_t reserved_ = 0;
  uint16_t aux_ = 0;
  uint32_t length_ = 0;
  union {
    int64_t i_;
    double d_;
    const void* p_;
  };
};

static_assert(sizeof(Value) == 16 && std::is_trivially_copyable_v<Value>);

/// The same value with its bytes in the arena.
Value CopyValue(const Value& value, Arena* arena);

}  // namespace sixfold::types
