// Rows as bytes. TextRow: every value a length-encoded string. BinaryRow: a NULL bitmap and values
// in their own width. Both append to an OutputBuffer and allocate nothing; values come formatted
// (text) or as plain integers (binary), so no SQL type is known here.
#pragma once

#include <charconv>
#include <cstdint>
#include <string_view>

#include "core/protocol/output_buffer.h"

namespace sixfold::protocol {

/// Text row: Begin(), one call a column, End().
class TextRow {
 public:
  explicit TextRow(OutputBuffer* out) : out_(*out) {}

  void Begin() { out_.BeginPacket(); }
  void Null() { out_.PutU8(0xfb); }
  void Bytes(std::string_view text) { out_.PutLenencString(text); }
  void Int(int64_t value) { Integer(value); }
  void Uint(uint64_t value) { Integer(value); }
  /// A value of at most 250 characters written by `format(char* to, char* end) -> char* stop`.
  template <typename Format>
  void Formatted(Format&& format) {
    constexpr size_t kMost = 250;
    char* at = out_.Reserve(1 + kMost);
    const char* stop = format(at + 1, at + 1 + kMost);
    const auto length = static_cast<size_t>(stop - (at + 1));
    DCHECK(length <= kMost);
    *at = static_cast<char>(length);
    out_.Advance(1 + length);
  }
  void End() { out_.EndPacket(); }

 private:
  template <typename Integral>
  void Integer(Integral value) {
    Formatted([value](char* to, char* end) { return std::to_chars(to, end, value).ptr; });
  }

  OutputBuffer& out_;
};

struct BinaryTemporal {
  bool negative = false;  // TIME
  uint32_t year = 0;      // TIME: days
  uint8_t month = 0, day = 0, hour = 0, minute = 0, second = 0;
  uint32_t microsecond = 0;
};

/// Binary row (COM_STMT_EXECUTE): Begin(columns), one call a column in order, End().
class BinaryRow {
 public:
  explicit BinaryRow(OutputBuffer* out) : out_(*out) {}

  void Begin(size_t columns) {
    out_.BeginPacket();
    out_.PutU8(0x00);
    bitmap_ = out_.position();
    out_.PutZeros((columns + 7 + 2) / 8);
    column_ = 0;
  }
  void Null() {
    const size_t bit = column_++ + 2;
    *out_.at(bitmap_ + bit / 8) |= static_cast<char>(1u << (bit % 8));
  }
  void Int8(uint8_t v) { Next().PutU8(v); }
  void Int16(uint16_t v) { Next().PutU16(v); }
  void Int32(uint32_t v) { Next().PutU32(v); }
  void Int64(uint64_t v) { Next().PutU64(v); }
  void Float(float v) { Next().PutU32(std::bit_cast<uint32_t>(v)); }
  void Double(double v) { Next().PutU64(std::bit_cast<uint64_t>(v)); }
  void Bytes(std::string_view bytes) { Next().PutLenencString(bytes); }
  void Date(const BinaryTemporal& t) {
    Next();
    if (t.year == 0 && t.month == 0 && t.day == 0) return out_.PutU8(0);
    out_.PutU8(4);
    PutDate(t);
  }
  void Datetime(const BinaryTemporal& t) {
    Next();
    const bool has_date = t.year != 0 || t.month != 0 || t.day != 0;
    const bool has_time = t.hour != 0 || t.minute != 0 || t.second != 0;
    if (!has_date && !has_time && t.microsecond == 0) return out_.PutU8(0);
    out_.PutU8(t.microsecond != 0 ? 11 : has_time ? 7 : 4);
    PutDate(t);
    if (has_time || t.microsecond != 0) PutClock(t);
  }
  void Time(const BinaryTemporal& t) {
    Next();
    if (t.year == 0 && t.hour == 0 && t.minute == 0 && t.second == 0 && t.microsecond == 0) {
      return out_.PutU8(0);
    }
    out_.PutU8(t.microsecond != 0 ? 12 : 8);
    out_.PutU8(t.negative ? 1 : 0);
    out_.PutU32(t.year);
    PutClock(t);
  }
  void End() { out_.EndPacket(); }
  /// For values formatted by hand: counts the column and gives the buffer.
  OutputBuffer& Next() {
    ++column_;
    return out_;
  }

 private:
  void PutDate(const BinaryTemporal& t) {
    out_.PutU16(static_cast<uint16_t>(t.year));
    out_.PutU8(t.month);
    out_.PutU8(t.day);
  }
  void PutClock(const BinaryTemporal& t) {
    out_.PutU8(t.hour);
    out_.PutU8(t.minute);
    out_.PutU8(t.second);
    if (t.microsecond != 0) out_.PutU32(t.microsecond);
  }

  OutputBuffer& out_;
  size_t bitmap_ = 0;
  size_t column_ = 0;
};

}  // namespace sixfold::protocol
