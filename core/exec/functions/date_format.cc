// DATE_FORMAT, TIME_FORMAT, STR_TO_DATE, GET_FORMAT.
#include <algorithm>

#include "core/exec/functions/tables.h"
#include "core/exec/functions/temporal_arguments.h"
#include "core/plan/session_context.h"
#include "core/types/charset.h"
#include "core/types/diagnostics.h"
#include "core/types/error_codes.h"

namespace sixfold::exec {
namespace {

using std::string_view;
using types::DateTime;
using types::Value;

constexpr string_view kFormatDays[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                       "Friday", "Saturday", "Sunday"};
constexpr string_view kFormatMonths[] = {"January",   "February", "March",    "April",
                                         "May",       "June",     "July",     "August",
                                         "September", "October",  "November", "December"};

string_view OrdinalSuffix(int day) {
  if (day >= 10 && day <= 19) return "th";
  switch (day % 10) {
    case 1:
      return "st";
    case 2:
      return "nd";
    case 3:
      return "rd";
    default:
      return "th";
  }
}

int Week(const DateTime& t, int mode, int* year) { return types::WeekOfYear(t, mode, year); }

/// One conversion; false: the date lacks what it needs, and the result is NULL.
bool FormatOne(const DateTime& t, char what, std::string* out) {
  const auto put = [&](int value, int width) { out->append(fmt::format("{:0{}}", value, width)); };
  const int hour12 = t.hour % 24 % 12 == 0 ? 12 : t.hour % 24 % 12;
  const auto weekday = [&] { return types::Weekday(types::DayNumber(t.year, t.month, t.day)); };
  const bool real = t.month != 0 && t.day != 0;
  int year = 0;
  switch (what) {
    case 'a':
      if (!real) return false;
      out->append(kFormatDays[weekday()].substr(0, 3));
      return true;
    case 'b':
      if (t.month == 0) return false;
      out->append(kFormatMonths[t.month - 1].substr(0, 3));
      return true;
    case 'c':
      put(t.month, 1);
      return true;
    case 'D':
      put(t.day, 1);
      out->append(OrdinalSuffix(t.day));
      return true;
    case 'd':
      put(t.day, 2);
      return true;
    case 'e':
      put(t.day, 1);
      return true;
    case 'f':
      put(t.microsecond, 6);
      return true;
    case 'H':
      put(t.hour, 2);
      return true;
    case 'h':
    case 'I':
      put(hour12, 2);
      return true;
    case 'i':
      put(t.minute, 2);
      return true;
    case 'j':
      if (!real) return false;
      put(static_cast<int>(types::DayNumber(t.year, t.month, t.day) -
                           types::DayNumber(t.year, 1, 1) + 1),
          3);
      return true;
    case 'k':
      put(t.hour, 1);
      return true;
    case 'l':
      put(hour12, 1);
      return true;
    case 'M':
      if (t.month == 0) return false;
      out->append(kFormatMonths[t.month - 1]);
      return true;
    case 'm':
      put(t.month, 2);
      return true;
    case 'p':
      out->append(t.hour % 24 >= 12 ? "PM" : "AM");
      return true;
    case 'r':
      out->append(fmt::format("{:02}:{:02}:{:02} {}", hour12, t.minute, t.second,
                              t.hour % 24 >= 12 ? "PM" : "AM"));
      return true;
    case 'S':
    case 's':
      put(t.second, 2);
      return true;
    case 'T':
      out->append(fmt::format("{:02}:{:02}:{:02}", t.hour, t.minute, t.second));
      return true;
    case 'U':
      put(Week(t, 0, &year), 2);
      return true;
    case 'u':
      put(Week(t, 1, &year), 2);
      return true;
    case 'V':
      put(Week(t, 2, &year), 2);
      return true;
    case 'v':
      put(Week(t, 3, &year), 2);
      return true;
    case 'W':
      if (!real) return false;
      out->append(kFormatDays[weekday()]);
      return true;
    case 'w':
      if (!real) return false;
      put((weekday() + 1) % 7, 1);
      return true;
    case 'X':
      Week(t, 2, &year);
      put(year, 4);
      return true;
    case 'x':
      Week(t, 3, &year);
      put(year, 4);
      return true;
    case 'Y':
      put(t.year, 4);
      return true;
    case 'y':
      put(t.year % 100, 2);
      return true;
    default:
      out->push_back(what);
      return true;
  }
}

void BindDateFormat(FunctionCall& call, BindContext& context) {
  BindPlainText(call, context, ArgLength(call, 1) * 10);
}

Value EvalDateFormat(const FunctionCall& call, EvalContext& context) {
  DateTime t;
  string_view format;
  std::string text;
  if (!DatetimeArg(call, 0, context, &t) || !TextArg(call, 1, context, &format) || format.empty())
    return Value::Null();
  return FormatDateTime(t, format, &text) ? TextResult(context, text) : Value::Null();
}

Value EvalTimeFormat(const FunctionCall& call, EvalContext& context) {
  int64_t micros;
  string_view format;
  std::string text;
  if (!TimeArg(call, 0, context, &micros) || !TextArg(call, 1, context, &format))
    return Value::Null();
  if (micros < 0) text = "-";
  return FormatDateTime(types::UnpackTime(micros), format, &text) ? TextResult(context, text)
                                                                  : Value::Null();
}

/// Reads text by a format, as STR_TO_DATE does: blanks in the format match any, names by prefix.
class FormatReader {
 public:
  FormatReader(string_view text, string_view format) : text_(text), format_(format) {}

  bool Read(DateTime* out);
  bool leftover() const { return !SkipBlanks(text_).empty(); }

 private:
  static string_view SkipBlanks(string_view s) {
    while (!s.empty() && (s.front() == ' ' || s.front() == '\t')) s.remove_prefix(1);
    return s;
  }
  bool Number(size_t digits_max, int* out);
  bool Name(const string_view* names, int count, size_t length, int* out);
  bool One(char what, DateTime* t);

  string_view text_, format_;
  int year_day_ = 0, hour12_ = -1, week_ = -1, week_year_ = -1, weekday_ = -1;
  bool pm_ = false, twelve_ = false, monday_first_ = false, iso_ = false;
};

bool FormatReader::Number(size_t digits_max, int* out) {
  size_t digits = 0;
  int value = 0;
  while (digits < digits_max && digits < text_.size() && text_[digits] >= '0' &&
         text_[digits] <= '9') {
    value = value * 10 + (text_[digits++] - '0');
  }
  if (digits == 0) return false;
  text_.remove_prefix(digits);
  *out = value;
  return true;
}

// The word at the front, of letters, is the name or as much of its start as tells it from the
// others.
bool FormatReader::Name(const string_view* names, int count, size_t length, int* out) {
  size_t word = 0;
  while (word < text_.size() && ((text_[word] | 0x20) >= 'a' && (text_[word] | 0x20) <= 'z'))
    ++word;
  int matches = 0;
  for (int i = 0; i < count && word > 0; ++i) {
    const string_view name = names[i].substr(0, length);
    if (word > name.size() ||
        !types::EqualsIgnoreAsciiCase(text_.substr(0, word), name.substr(0, word)))
      continue;
    *out = i;
    if (word == name.size()) {
      matches = 1;
      break;
    }
    ++matches;
  }
  if (matches != 1) return false;
  text_.remove_prefix(word);
  return true;
}

bool FormatReader::One(char what, DateTime* t) {
  int index = 0;
  switch (what) {
    case 'Y': {
      const size_t before = text_.size();
      if (!Number(4, &t->year)) return false;
      if (before - text_.size() <= 2) t->year += t->year < 70 ? 2000 : 1900;
      return true;
    }
    case 'y':
      if (!Number(2, &t->year)) return false;
      t->year += t->year < 70 ? 2000 : 1900;
      return true;
    case 'm':
    case 'c':
      return Number(2, &t->month);
    case 'M':
      if (!Name(kFormatMonths, 12, string_view::npos, &index)) return false;
      t->month = index + 1;
      return true;
    case 'b':
      if (!Name(kFormatMonths, 12, 3, &index)) return false;
      t->month = index + 1;
      return true;
    case 'd':
    case 'e':
      return Number(2, &t->day);
    case 'D':
      if (!Number(2, &t->day)) return false;
      text_.remove_prefix(std::min<size_t>(2, text_.size()));
      return true;
    case 'H':
    case 'k':
      return Number(2, &t->hour);
    case 'h':
    case 'I':
    case 'l':
      twelve_ = true;
      if (!Number(2, &hour12_) || hour12_ < 1 || hour12_ > 12) return false;
      t->hour = hour12_ % 12;
      return true;
    case 'i':
      return Number(2, &t->minute);
    case 's':
    case 'S':
      return Number(2, &t->second);
    case 'f': {
      const size_t before = text_.size();
      if (!Number(6, &t->microsecond)) return false;
      for (size_t digits = before - text_.size(); digits < 6; ++digits) t->microsecond *= 10;
      return true;
    }
    case 'p':
      if (text_.size() < 2 || (text_[1] | 0x20) != 'm') return false;
      pm_ = (text_[0] | 0x20) == 'p';
      if (!pm_ && (text_[0] | 0x20) != 'a') return false;
      text_.remove_prefix(2);
      return true;
    case 'j':
      return Number(3, &year_day_);
    case 'W':
      if (!Name(kFormatDays, 7, string_view::npos, &index)) return false;
      weekday_ = index;
      return true;
    case 'a':
      if (!Name(kFormatDays, 7, 3, &index)) return false;
      weekday_ = index;
      return true;
    case 'w':
      if (!Number(1, &index)) return false;
      weekday_ = (index + 6) % 7;
      return true;
    case 'T':
    case 'r': {
      const string_view rest = format_;
      format_ = what == 'T' ? "%H:%i:%S" : "%h:%i:%S %p";
      while (!format_.empty()) {
        const char c = format_.front();
        format_.remove_prefix(1);
        if (c == '%') {
          const char inner = format_.front();
          format_.remove_prefix(1);
          if (!One(inner, t)) return false;
        } else if (c == ' ') {
          text_ = SkipBlanks(text_);
        } else if (text_.empty() || text_.front() != c) {
          return false;
        } else {
          text_.remove_prefix(1);
        }
      }
      format_ = rest;
      return true;
    }
    case 'U':
    case 'u':
    case 'V':
    case 'v':
      monday_first_ = what == 'u' || what == 'v';
      iso_ = what == 'V' || what == 'v';
      return Number(2, &week_);
    case 'X':
    case 'x':
      return Number(4, &week_year_);
    case '%':
      if (text_.empty() || text_.front() != '%') return false;
      text_.remove_prefix(1);
      return true;
    case '.':
      while (!text_.empty() && ispunct(static_cast<unsigned char>(text_.front())))
        text_.remove_prefix(1);
      return true;
    case '@':
      while (!text_.empty() && isalpha(static_cast<unsigned char>(text_.front())))
        text_.remove_prefix(1);
      return true;
    case '#':
      while (!text_.empty() && isdigit(static_cast<unsigned char>(text_.front())))
        text_.remove_prefix(1);
      return true;
    default:
      return false;
  }
}

bool FormatReader::Read(DateTime* t) {
  while (!format_.empty()) {
    const char c = format_.front();
    format_.remove_prefix(1);
    text_ = SkipBlanks(text_);
    if (c == ' ') continue;
    if (text_.empty()) break;
    if (c == '%' && !format_.empty()) {
      const char what = format_.front();
      format_.remove_prefix(1);
      if (!One(what, t)) return false;
    } else {
      if (text_.front() != c) return false;
      text_.remove_prefix(1);
    }
  }
  if (twelve_ && pm_) t->hour += 12;
  if (year_day_ > 0) types::DateFromDayNumber(types::DayNumber(t->year, 1, 1) + year_day_ - 1, t);
  if (week_ >= 0 && weekday_ >= 0) {
    const int year = iso_ ? week_year_ : t->year;
    if (year < 0 || week_ > 53) return false;
    const int64_t first = types::DayNumber(year, 1, 1);
    const int first_weekday =
        monday_first_ ? types::Weekday(first) : (types::Weekday(first) + 1) % 7;
    int64_t day;
    if (monday_first_) {
      day = first + (first_weekday <= 3 ? 0 : 7) - first_weekday + (week_ - 1) * 7 + weekday_;
    } else {
      day = first + (first_weekday == 0 ? 0 : 7) - first_weekday + (week_ - 1) * 7 +
            (weekday_ + 1) % 7;
    }
    const int hour = t->hour;
    types::DateFromDayNumber(day, t);
    t->hour = hour;
  }
  if (t->month > 12 || t->day > 31 || t->hour > 23 || t->minute > 59 || t->second > 59)
    return false;
  return true;
}

/// What a format yields: a date, a time, or both, and with microseconds or not.
struct FormatKind {
  bool date = false, time = false, microseconds = false;
};

FormatKind KindOfFormat(string_view format) {
  FormatKind kind;
  for (size_t i = 0; i + 1 < format.size(); ++i) {
    if (format[i] != '%') continue;
    const char c = format[++i];
    if (string_view("aAbcDdeMmUuVvWwXxYyj").find(c) != string_view::npos) kind.date = true;
    if (string_view("fHhIiklprSsT").find(c) != string_view::npos) kind.time = true;
    if (c == 'f') kind.microseconds = true;
  }
  return kind;
}

void BindStrToDate(FunctionCall& call, BindContext& context) {
  // A constant format tells the result's type; another leaves DATETIME(6).
  Arena arena;
  const Value format = KnownValue(call.arg(1), &arena);
  if (!format.is_string()) return BindDatetime(call, 6);
  const FormatKind kind = KindOfFormat(format.bytes());
  if (kind.date && !kind.time) return BindDate(call);
  if (kind.time && !kind.date) return BindTime(call, kind.microseconds ? 6 : 0);
  BindDatetime(call, kind.microseconds ? 6 : 0);
}

Value EvalStrToDate(const FunctionCall& call, EvalContext& context) {
  string_view text, format;
  if (!BytesArg(call, 0, context, &text) || !BytesArg(call, 1, context, &format))
    return Value::Null();
  DateTime t;
  FormatReader reader(text, format);
  types::TemporalWarnings warnings;
  const FormatKind kind = KindOfFormat(format);
  types::DateRules rules;
  // NO_ZERO_DATE and NO_ZERO_IN_DATE count here as in any other date text.
  rules.allow_zero_date = rules.allow_zero_in_date =
      (context.session->sql_mode() & (3ull << 23)) == 0;
  // A time alone is no datetime where zero dates are forbidden.
  const bool ok = reader.Read(&t) &&
                  (call.type().id == types::TypeId::kTime || types::CheckDate(t, rules, &warnings));
  if (!ok || warnings.zero_date || warnings.zero_in_date || warnings.out_of_range) {
    context.diagnostics->Warn(ErrorCode::kWrongValueForType,
                              kind.date && kind.time ? "datetime"
                              : kind.time            ? "time"
                                                     : "datetime",
                              text, "str_to_date");
    return Value::Null();
  }
  if (reader.leftover())
    context.diagnostics->Warn(ErrorCode::kTruncatedWrongValue,
                              kind.time && !kind.date ? "time"
                              : kind.time             ? "datetime"
                                                      : "date",
                              text);
  switch (call.type().id) {
    case types::TypeId::kDate:
      return DateResult(t);
    case types::TypeId::kTime:
      return Value::Time(types::TimeMicros(t));
    default:
      return DatetimeResult(t);
  }
}

Value EvalGetFormat(const FunctionCall& call, EvalContext& context) {
  string_view kind, region;
  if (!BytesArg(call, 0, context, &kind) || !BytesArg(call, 1, context, &region))
    return Value::Null();
  struct Row {
    string_view region, date, time, datetime;
  };
  static constexpr Row kRows[] = {
      {"USA", "%m.%d.%Y", "%h:%i:%s %p", "%Y-%m-%d %H.%i.%s"},
      {"JIS", "%Y-%m-%d", "%H:%i:%s", "%Y-%m-%d %H:%i:%s"},
      {"ISO", "%Y-%m-%d", "%H:%i:%s", "%Y-%m-%d %H:%i:%s"},
      {"EUR", "%d.%m.%Y", "%H.%i.%s", "%Y-%m-%d %H.%i.%s"},
      {"INTERNAL", "%Y%m%d", "%H%i%s", "%Y%m%d%H%i%s"},
  };
  for (const Row& row : kRows) {
    if (!types::EqualsIgnoreAsciiCase(row.region, region)) continue;
    if (types::EqualsIgnoreAsciiCase(kind, "date")) return TextResult(context, row.date);
    if (types::EqualsIgnoreAsciiCase(kind, "time")) return TextResult(context, row.time);
    return TextResult(context, row.datetime);
  }
  return Value::Null();
}

void BindGetFormat(FunctionCall& call, BindContext& context) { BindPlainText(call, context, 17); }

constexpr FunctionDef kDateFormatTable[] = {
    {"date_format", 2, 2, BindDateFormat, EvalDateFormat},
    {"get_format", 2, 2, BindGetFormat, EvalGetFormat},
    {"str_to_date", 2, 2, BindStrToDate, EvalStrToDate},
    {"time_format", 2, 2, BindDateFormat, EvalTimeFormat},
};

}  // namespace

bool FormatDateTime(const DateTime& t, string_view format, std::string* out) {
  for (size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%' || i + 1 == format.size()) {
      out->push_back(format[i]);
    } else if (!FormatOne(t, format[++i], out)) {
      return false;
    }
  }
  return true;
}

FunctionTable DateFormatFunctions() { return kDateFormatTable; }

}  // namespace sixfold::exec
