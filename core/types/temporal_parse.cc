// Reading of date and time texts and numbers. The grammar is MySQL's: fields of digits between any
// punctuation, or digits without any, two-digit years around 1970, an optional fraction and zone
// offset, and for times days before the hours or one number HHMMSS.
#include <algorithm>
#include <climits>

#include "core/types/temporal.h"

namespace sixfold::types {
namespace {

constexpr int kParts = 7;  // year, month, day, hour, minute, second, fraction
constexpr int kDayPart = 2;
constexpr int kSecondPart = 5;
constexpr int kFractionPart = 6;
constexpr int kMaxPart = 999999;
constexpr int kTwoDigitYearPivot = 70;
constexpr int kPowersOfTen[7] = {1, 10, 100, 1000, 10000, 100000, 1000000};

bool IsDigitChar(char c) { return c >= '0' && c <= '9'; }
bool IsSpaceChar(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool IsPunctChar(char c) {
  return (c >= '!' && c <= '/') || (c >= ':' && c <= '@') || (c >= '[' && c <= '`') ||
         (c >= '{' && c <= '~');
}

bool FieldsInRange(const DateTime& t) {
  return t.year <= 9999 && t.month <= 12 && t.day <= 31 && t.hour <= 23 && t.minute <= 59 &&
         t.second <= 59;
}

class DatetimeReader {
 public:
  DatetimeReader(std::string_view text, const DateRules& rules, ParsedTemporal* out)
      : text_(text), rules_(rules), out_(out) {}

  bool Read() {
    *out_ = ParsedTemporal();
    out_->value.kind = TemporalKind::kNone;
    SkipSpaces();
    if (AtEnd() || !IsDigitChar(Peek())) return Fail();
    if (!ReadFields()) return Fail();
    return Assemble();
  }

 private:
  bool AtEnd() const { return at_ >= text_.size(); }
  char Peek() const { return text_[at_]; }
  bool Fail() {
    out_->warnings.truncated = true;
    return false;
  }
  void SkipSpaces() {
    while (!AtEnd() && IsSpaceChar(Peek())) ++at_;
  }

  // Digits alone (a 'T' between them allowed) up to the end or a '.': fields of fixed width.
  void DetectCompactForm() {
    size_t end = at_;
    while (end < text_.size() && (IsDigitChar(text_[end]) || text_[end] == 'T')) ++end;
    compact_ = end == text_.size() || text_[end] == '.';
    const size_t digits = end - at_;
    year_width_ = digits == 4 || digits == 8 || digits >= 14 ? 4 : 2;
  }

  bool ReadNumber(int part, int width) {
    const size_t start = at_;
    int64_t value = 0;
    const bool to_delimiter = !compact_ && part != kFractionPart;
    while (!AtEnd() && IsDigitChar(Peek()) && (to_delimiter || width-- > 0)) {
      value = value * 10 + (text_[at_++] - '0');
      if (value > kMaxPart) return false;
    }
    parts_[part] = static_cast<int>(value);
    lengths_[part] = static_cast<int>(at_ - start);
    nonzero_ |= value != 0;
    return true;
  }

  bool ReadFields() {
    DetectCompactForm();
    int width = compact_ ? year_width_ : 4;
    size_t last_field_end = at_;
    int part = 0;
    for (; part < kParts && !AtEnd() && IsDigitChar(Peek()); ++part) {
      if (!ReadNumber(part, width)) return false;
      width = part + 1 == kFractionPart ? 6 : 2;
      last_field_end = at_;
      if (AtEnd()) {
        ++part;
        break;
      }
      if (part == kDayPart && Peek() == 'T') {
        ++at_;
        continue;
      }
      if (part == kSecondPart) {
        if (Peek() != '.') {
          ++part;
          break;
        }
        last_field_end = ++at_;
        continue;
      }
      if (part == kFractionPart) {
        ++part;
        break;
      }
      if (!SkipDelimiters(part)) return false;
      last_field_end = at_;
    }
    fields_ = part;
    at_ = last_field_end;
    return true;
  }

  // Spaces may stand behind the day (and behind the fraction) only.
  bool SkipDelimiters(int part) {
    while (!AtEnd() && (IsPunctChar(Peek()) || IsSpaceChar(Peek()))) {
      if (IsSpaceChar(Peek()) && part != kDayPart) return false;
      ++at_;
    }
    return true;
  }

  bool Assemble() {
    DateTime& t = out_->value;
    const int year_length = compact_ ? year_width_ : lengths_[0];
    if (year_length == 0) return Fail();
    t.year = parts_[0];
    t.month = parts_[1];
    t.day = parts_[2];
    t.hour = parts_[3];
    t.minute = parts_[4];
    t.second = parts_[5];
    out_->fraction_digits = lengths_[kFractionPart];
    t.microsecond = parts_[kFractionPart] * kPowersOfTen[6 - std::min(6, lengths_[kFractionPart])];
    if (year_length == 2 && nonzero_) t.year += t.year < kTwoDigitYearPivot ? 2000 : 1900;
    t.kind = fields_ <= 3 ? TemporalKind::kDate : TemporalKind::kDatetime;
    if (fields_ < 3 || !FieldsInRange(t)) return FailUnlessZero();
    if (!CheckDate(t, rules_, &out_->warnings)) {
      out_->value = DateTime();
      out_->value.kind = TemporalKind::kNone;
      return false;
    }
    ReadTail();
    return true;
  }

  bool FailUnlessZero() {
    out_->value = DateTime();
    out_->value.kind = TemporalKind::kNone;
    bool garbage = nonzero_;
    for (size_t i = at_; i < text_.size() && !garbage; ++i) garbage = !IsSpaceChar(text_[i]);
    (garbage ? out_->warnings.truncated : out_->warnings.zero_date) = true;
    return false;
  }

  // Digits beyond the sixth, a zone offset, spaces; anything else was too much.
  void ReadTail() {
    if (out_->fraction_digits == 6 && !AtEnd() && IsDigitChar(Peek())) {
      out_->nanoseconds = 100 * (text_[at_++] - '0');
      while (!AtEnd() && IsDigitChar(Peek())) ++at_;
    }
    if (out_->value.kind == TemporalKind::kDatetime && ReadOffset()) return;
    SkipSpaces();
    if (!AtEnd()) out_->warnings.truncated = true;
  }

  // Exactly [+-]HH:MM at the end, up to 14:00.
  bool ReadOffset() {
    constexpr size_t kOffsetBytes = 6;
    constexpr int kMaxOffsetMinutes = 14 * 60;
    std::string_view rest = text_.substr(at_);
    while (!rest.empty() && IsSpaceChar(rest.back())) rest.remove_suffix(1);
    if (rest.size() != kOffsetBytes || (rest[0] != '+' && rest[0] != '-') || rest[3] != ':')
      return false;
    for (const size_t i : {1, 2, 4, 5}) {
      if (!IsDigitChar(rest[i])) return false;
    }
    const int hours = (rest[1] - '0') * 10 + rest[2] - '0';
    const int minutes = (rest[4] - '0') * 10 + rest[5] - '0';
    if (minutes > 59 || hours * 60 + minutes > kMaxOffsetMinutes) return false;
    out_->has_offset = true;
    out_->offset_seconds = (hours * 60 + minutes) * (rest[0] == '-' ? -60 : 60);
    at_ = text_.size();
    return true;
  }

  std::string_view text_;
  const DateRules& rules_;
  ParsedTemporal* out_;
  size_t at_ = 0;
  bool compact_ = false;
  int year_width_ = 4;
  int fields_ = 0;
  bool nonzero_ = false;
  int parts_[kParts] = {};
  int lengths_[kParts] = {};
};

class TimeReader {
 public:
  TimeReader(std::string_view text, ParsedTemporal* out) : text_(text), out_(out) {}

  bool Read() {
    out_->value = DateTime();
    out_->value.kind = TemporalKind::kTime;
    if (!ReadParts()) return false;
    if (!ReadFraction()) return Fail();
    return Assemble();
  }

 private:
  bool AtEnd() const { return at_ >= text_.size(); }
  size_t left() const { return text_.size() - at_; }
  bool DigitAhead(size_t distance) const {
    return at_ + distance < text_.size() && IsDigitChar(text_[at_ + distance]);
  }
  bool Fail() {
    out_->warnings.truncated = true;
    out_->value = DateTime();
    out_->value.kind = TemporalKind::kNone;
    return false;
  }

  bool ReadNumber(int64_t* value) {
    *value = 0;
    for (; !AtEnd() && IsDigitChar(text_[at_]); ++at_) {
      *value = *value * 10 + (text_[at_] - '0');
      if (*value > UINT_MAX) return false;
    }
    return true;
  }

  bool ReadParts() {
    while (!AtEnd() && IsSpaceChar(text_[at_])) ++at_;
    if (!AtEnd() && text_[at_] == '-') {
      negative_ = true;
      ++at_;
    }
    if (AtEnd()) return Fail();
    const size_t start = at_;
    int64_t first;
    if (!ReadNumber(&first)) return Fail();
    if (at_ == start && !(text_[at_] == '.' && DigitAhead(1))) return Fail();
    const size_t number_end = at_;
    while (!AtEnd() && IsSpaceChar(text_[at_])) ++at_;
    int next;
    if (left() > 1 && at_ != number_end && IsDigitChar(text_[at_])) {
      parts_[0] = first;
      next = 1;
      has_days_ = true;
    } else if (left() > 1 && text_[at_] == ':' && DigitAhead(1)) {
      parts_[1] = first;
      next = 2;
      has_hours_ = true;
      ++at_;
    } else {
      at_ = number_end;
      parts_[1] = first / 10000;
      parts_[2] = first / 100 % 100;
      parts_[3] = first % 100;
      return true;
    }
    return ReadColonParts(next);
  }

  bool ReadColonParts(int next) {
    for (;;) {
      if (!ReadNumber(&parts_[next++])) return Fail();
      if (next == 4 || left() < 2 || text_[at_] != ':' || !DigitAhead(1)) return true;
      ++at_;
    }
  }

  bool ReadFraction() {
    if (left() >= 2 && text_[at_] == '.' && DigitAhead(1)) {
      ++at_;
      for (; !AtEnd() && IsDigitChar(text_[at_]); ++at_) {
        const int digit = text_[at_] - '0';
        if (out_->fraction_digits < 6) {
          fraction_ = fraction_ * 10 + digit;
          ++out_->fraction_digits;
        } else if (!seen_seventh_) {
          out_->nanoseconds = digit * 100;
          seen_seventh_ = true;
        }
      }
      fraction_ *= kPowersOfTen[6 - out_->fraction_digits];
    } else if (left() == 1 && text_[at_] == '.') {
      ++at_;
    }
    // What %g may print of a number is no time.
    const bool exponent =
        left() > 1 && (text_[at_] == 'e' || text_[at_] == 'E') &&
        (DigitAhead(1) || ((text_[at_ + 1] == '-' || text_[at_ + 1] == '+') && DigitAhead(2)));
    return !exponent;
  }

  bool Assemble() {
    DateTime& t = out_->value;
    const int64_t hours = parts_[1] + parts_[0] * 24;
    if (parts_[2] > 59 || parts_[3] > 59 || hours > INT_MAX) {
      out_->warnings.out_of_range = true;
      t = DateTime();
      t.kind = TemporalKind::kNone;
      return false;
    }
    t.negative = negative_;
    t.hour = static_cast<int32_t>(std::min<int64_t>(hours, 1000000));
    t.minute = static_cast<int32_t>(parts_[2]);
    t.second = static_cast<int32_t>(parts_[3]);
    t.microsecond = fraction_;
    if (std::abs(TimeMicros(t)) > kMaxTimeMicros) {
      t = UnpackTime(negative_ ? -kMaxTimeMicros : kMaxTimeMicros);
      out_->nanoseconds = 0;
      out_->warnings.out_of_range = true;
    }
    for (; !AtEnd(); ++at_) out_->warnings.truncated |= !IsSpaceChar(text_[at_]);
    return true;
  }

  std::string_view text_;
  ParsedTemporal* out_;
  size_t at_ = 0;
  bool negative_ = false;
  bool has_days_ = false;
  bool has_hours_ = false;
  bool seen_seventh_ = false;
  int fraction_ = 0;
  int64_t parts_[4] = {};  // days, hours, minutes, seconds
};

// Brings YYMMDD, YYYYMMDD, YYMMDDhhmmss to YYYYMMDDhhmmss; -1: none of them.
int64_t CompleteNumber(int64_t number) {
  constexpr int64_t kPivotDay = (kTwoDigitYearPivot - 1) * 10000 + 1231;
  constexpr int64_t kPivotSecond = (kTwoDigitYearPivot - 1) * int64_t{10000000000} + 1231235959;
  if (number == 0 || number >= 10000101000000) return number;
  if (number < 101) return -1;
  if (number <= kPivotDay) return (number + 20000000) * 1000000;
  if (number < kTwoDigitYearPivot * 10000 + 101) return -1;
  if (number <= 991231) return (number + 19000000) * 1000000;
  if (number <= 99991231) return number * 1000000;
  if (number < 101000000) return -1;
  if (number <= kPivotSecond) return number + 20000000000000;
  if (number < kTwoDigitYearPivot * int64_t{10000000000} + 101000000) return -1;
  if (number <= 991231235959) return number + 19000000000000;
  return number;
}

}  // namespace

bool ParseDatetime(std::string_view text, const DateRules& rules, ParsedTemporal* out) {
  return DatetimeReader(text, rules, out).Read();
}

bool ParseTime(std::string_view text, ParsedTemporal* out) {
  constexpr size_t kShortestDatetime = 12;
  *out = ParsedTemporal();
  size_t start = 0;
  while (start < text.size() && IsSpaceChar(text[start])) ++start;
  const std::string_view trimmed = text.substr(start);
  if (trimmed.size() >= kShortestDatetime && trimmed[0] != '-') {
    // A date, or a datetime whose date and time are set apart: 12:34:56.789012 is neither.
    ParsedTemporal datetime;
    const bool parsed = ParseDatetime(trimmed, DateRules{}, &datetime);
    const bool has_date_end = trimmed.find_first_of(" T") != std::string_view::npos ||
                              trimmed.find_first_not_of("0123456789.") == std::string_view::npos;
    if (parsed && has_date_end) {
      *out = datetime;
      return true;
    }
  }
  return TimeReader(text, out).Read();
}

bool NumberToDatetime(int64_t number, const DateRules& rules, DateTime* out,
                      TemporalWarnings* warnings) {
  *out = DateTime();
  if (number > 99999999999999 || number < 0) {
    warnings->out_of_range = true;
    return false;
  }
  const int64_t complete = CompleteNumber(number);
  if (complete < 0) {
    warnings->truncated = true;
    return false;
  }
  const auto date = static_cast<int32_t>(complete / 1000000);
  const auto time = static_cast<int32_t>(complete % 1000000);
  DateTime t;
  t.year = date / 10000;
  t.month = date / 100 % 100;
  t.day = date % 100;
  t.hour = time / 10000;
  t.minute = time / 100 % 100;
  t.second = time % 100;
  t.kind = number == 0 || number > 99991231 ? TemporalKind::kDatetime : TemporalKind::kDate;
  if (!FieldsInRange(t)) {
    warnings->truncated = true;
    return false;
  }
  if (!CheckDate(t, rules, warnings)) return false;
  *out = t;
  return true;
}

bool NumberToTime(int64_t number, DateTime* out, TemporalWarnings* warnings) {
  constexpr int64_t kMaxTimeNumber = 8385959;
  constexpr int64_t kFirstDatetimeNumber = 10000000000;
  *out = DateTime();
  out->kind = TemporalKind::kTime;
  if (number > kMaxTimeNumber || number < -kMaxTimeNumber) {
    TemporalWarnings datetime_warnings;
    if (number >= kFirstDatetimeNumber &&
        NumberToDatetime(number, DateRules{}, out, &datetime_warnings))
      return true;
    *out = UnpackTime(number < 0 ? -kMaxTimeMicros : kMaxTimeMicros);
    warnings->out_of_range = true;
    return true;
  }
  const int64_t magnitude = std::abs(number);
  if (magnitude % 100 > 59 || magnitude / 100 % 100 > 59) {
    warnings->truncated = true;
    return false;
  }
  out->negative = number < 0;
  out->hour = static_cast<int32_t>(magnitude / 10000);
  out->minute = static_cast<int32_t>(magnitude / 100 % 100);
  out->second = static_cast<int32_t>(magnitude % 100);
  return true;
}

}  // namespace sixfold::types
