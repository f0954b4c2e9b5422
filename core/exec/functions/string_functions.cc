// Functions on text, character-wise: CONCAT … TRIM. All count characters of the result's character
// set.
#include <algorithm>

#include "core/exec/functions/arguments.h"
#include "core/exec/functions/tables.h"
#include "core/plan/session_context.h"
#include "core/types/charset.h"
#include "core/types/diagnostics.h"
#include "core/types/error_codes.h"

namespace sixfold::exec {
namespace {

using std::string_view;
using types::Charset;
using types::Value;

uint64_t SumOfLengths(const FunctionCall& call, size_t from = 0) {
  uint64_t sum = 0;
  for (size_t i = from; i < call.args().size(); ++i) sum += ArgLength(call, i);
  return sum;
}

void BindSame(FunctionCall& call, BindContext& context) {
  BindText(call, context, ArgLength(call, 0), 0, 1);
}
void BindConcat(FunctionCall& call, BindContext& context) {
  BindText(call, context, SumOfLengths(call));
}
void BindLongText(FunctionCall& call, BindContext& context) {
  BindText(call, context, UINT32_MAX / 4, 0, 1);
}

size_t CharOffset(const Charset& charset, string_view text, size_t chars) {
  return types::PrefixBytes(charset, text, chars);
}

Value EvalConcat(const FunctionCall& call, EvalContext& context) {
  std::string joined;
  for (size_t i = 0; i < call.args().size(); ++i) {
    string_view part;
    if (!TextArg(call, i, context, &part)) return Value::Null();
    joined += part;
  }
  if (TooLong(call, context, joined.size())) return Value::Null();
  return TextResult(context, joined);
}

Value EvalConcatWs(const FunctionCall& call, EvalContext& context) {
  string_view separator;
  if (!TextArg(call, 0, context, &separator)) return Value::Null();
  std::string joined;
  bool first = true;
  for (size_t i = 1; i < call.args().size(); ++i) {
    string_view part;
    if (!TextArg(call, i, context, &part)) continue;
    if (!first) joined += separator;
    first = false;
    joined += part;
  }
  if (TooLong(call, context, joined.size())) return Value::Null();
  return TextResult(context, joined);
}

template <types::CaseMapping mapping>
Value EvalCase(const FunctionCall& call, EvalContext& context) {
  string_view text;
  if (!TextArg(call, 0, context, &text)) return Value::Null();
  std::string mapped;
  types::MapCase(CharsetOf(call), text, mapping, &mapped);
  return TextResult(context, mapped);
}

Value EvalLength(const FunctionCall& call, EvalContext& context) {
  string_view text;
  if (!BytesArg(call, 0, context, &text)) return Value::Null();
  return Value::Int(static_cast<int64_t>(text.size()));
}

Value EvalBitLength(const FunctionCall& call, EvalContext& context) {
  const Value bytes = EvalLength(call, context);
  return bytes.is_null() ? bytes : Value::Int(bytes.int_value() * 8);
}

const Charset& ArgCharset(const FunctionCall& call, size_t i) {
  const types::Collation* collation = call.arg(i).type().collation;
  return collation != nullptr ? *collation->charset : types::kUtf8mb4Charset;
}

Value EvalCharLength(const FunctionCall& call, EvalContext& context) {
  string_view text;
  if (!BytesArg(call, 0, context, &text)) return Value::Null();
  return Value::Int(static_cast<int64_t>(types::CharLength(ArgCharset(call, 0), text)));
}

Value EvalReverse(const FunctionCall& call, EvalContext& context) {
  string_view text;
  if (!TextArg(call, 0, context, &text)) return Value::Null();
  std::string reversed(text.size(), '\0');
  const char* at = text.data();
  const char* end = at + text.size();
  size_t write = text.size();
  while (at < end) {
    const char* start = at;
    types::DecodeChar(CharsetOf(call), &at, end);
    write -= at - start;
    std::copy(start, at, reversed.begin() + write);
  }
  return TextResult(context, reversed);
}

void BindRepeat(FunctionCall& call, BindContext& context) {
  BindText(call, context, UINT32_MAX / 4, 0, 1);
}

Value EvalRepeat(const FunctionCall& call, EvalContext& context) {
  string_view text;
  int64_t count;
  bool is_unsigned;
  if (!TextArg(call, 0, context, &text) || !IntArg(call, 1, context, &count, &is_unsigned))
    return Value::Null();
  if ((count <= 0 && !is_unsigned) || text.empty()) return Value::String("");
  const auto times = static_cast<uint64_t>(count);
  if (times > UINT32_MAX || TooLong(call, context, text.size() * times)) return Value::Null();
  std::string repeated;
  repeated.reserve(text.size() * times);
  for (uint64_t i = 0; i < times; ++i) repeated += text;
  return TextResult(context, repeated);
}

Value EvalSpace(const FunctionCall& call, EvalContext& context) {
  int64_t count;
  if (!IntArg(call, 0, context, &count)) return Value::Null();
  if (count <= 0) return Value::String("");
  if (TooLong(call, context, static_cast<uint64_t>(count))) return Value::Null();
  return TextResult(context, std::string(static_cast<size_t>(count), ' '));
}

/// From the 1-based start (negative: from the end), `count` characters.
string_view Substring(const Charset& charset, string_view text, int64_t start, int64_t count) {
  const auto length = static_cast<int64_t>(types::CharLength(charset, text));
  if (start < 0) start += length + 1;
  if (start < 1 || start > length || count <= 0) return {};
  const size_t from = CharOffset(charset, text, static_cast<size_t>(start - 1));
  text.remove_prefix(from);
  return text.substr(0, CharOffset(charset, text, static_cast<size_t>(count)));
}

Value EvalSubstr(const FunctionCall& call, EvalContext& context) {
  string_view text;
  int64_t start, count = INT64_MAX;
  if (!TextArg(call, 0, context, &text) || !IntArg(call, 1, context, &start)) return Value::Null();
  if (call.args().size() > 2 && !IntArg(call, 2, context, &count)) return Value::Null();
  return TextResult(context, Substring(CharsetOf(call), text, start, count));
}

Value EvalLeft(const FunctionCall& call, EvalContext& context) {
  string_view text;
  int64_t count;
  if (!TextArg(call, 0, context, &text) || !IntArg(call, 1, context, &count)) return Value::Null();
  return TextResult(context, Substring(CharsetOf(call), text, 1, count));
}

Value EvalRight(const FunctionCall& call, EvalContext& context) {
  string_view text;
  int64_t count;
  if (!TextArg(call, 0, context, &text) || !IntArg(call, 1, context, &count)) return Value::Null();
  const auto length = static_cast<int64_t>(types::CharLength(CharsetOf(call), text));
  if (count <= 0) return Value::String("");
  return TextResult(context, count >= length
                                 ? text
                                 : Substring(CharsetOf(call), text, length - count + 1, count));
}

string_view TrimText(string_view text, string_view remove, bool leading, bool trailing) {
  if (remove.empty()) return text;
  while (leading && text.starts_with(remove)) text.remove_prefix(remove.size());
  while (trailing && text.ends_with(remove)) text.remove_suffix(remove.size());
  return text;
}

template <bool leading, bool trailing>
Value EvalTrimSpaces(const FunctionCall& call, EvalContext& context) {
  string_view text;
  if (!TextArg(call, 0, context, &text)) return Value::Null();
  return TextResult(context, TrimText(text, " ", leading, trailing));
}

void BindTrim(FunctionCall& call, BindContext& context) {
  BindText(call, context, ArgLength(call, 1), 1);
}

Value EvalTrim(const FunctionCall& call, EvalContext& context) {
  int64_t side;
  string_view text, remove = " ";
  if (!IntArg(call, 0, context, &side) || !TextArg(call, 1, context, &text)) return Value::Null();
  if (call.args().size() > 2 && !TextArg(call, 2, context, &remove)) return Value::Null();
  return TextResult(context, TrimText(text, remove, side != 2, side != 1));
}

/// LPAD and RPAD: to `length` characters, cut or filled with `pad`.
template <bool left>
Value EvalPad(const FunctionCall& call, EvalContext& context) {
  string_view text, pad = " ";
  int64_t length;
  if (!TextArg(call, 0, context, &text) || !IntArg(call, 1, context, &length)) return Value::Null();
  if (call.args().size() > 2 && !TextArg(call, 2, context, &pad)) return Value::Null();
  if (length < 0) return Value::Null();
  const Charset& charset = CharsetOf(call);
  const auto have = static_cast<int64_t>(types::CharLength(charset, text));
  if (length <= have) return TextResult(context, Substring(charset, text, 1, length));
  const auto pad_chars = static_cast<int64_t>(types::CharLength(charset, pad));
  if (pad_chars == 0) return Value::String("");
  if (TooLong(call, context, static_cast<uint64_t>(length) * charset.mbminlen))
    return Value::Null();
  std::string fill;
  for (int64_t missing = length - have; missing > 0; missing -= pad_chars) {
    fill += missing >= pad_chars ? pad : Substring(charset, pad, 1, missing);
  }
  return TextResult(context, left ? fill + std::string(text) : std::string(text) + fill);
}

void BindPad(FunctionCall& call, BindContext& context) {
  // The length is bound to the third argument's set too.
  BindText(call, context, UINT32_MAX / 4, 0, 1);
}

/// The collation to compare in stands in the state, since the result is a number.
struct SearchState : CallState {
  const types::Collation* collation;
};

void BindSearch(FunctionCall& call, BindContext& context) {
  uint8_t coercibility;
  auto state = std::make_unique<SearchState>();
  state->collation = AgreeOnCollation(call, 0, 2, context, &coercibility);
  call.set_state(std::move(state));
  BindInt(call, 21);
}

const types::Collation& SearchCollation(const FunctionCall& call) {
  return *static_cast<const SearchState*>(call.state())->collation;
}

Value Locate(const types::Collation& collation, string_view text, string_view needle,
             int64_t from) {
  const Charset& charset = *collation.charset;
  const auto length = static_cast<int64_t>(types::CharLength(charset, text));
  if (from < 1 || from > length + 1) return Value::Int(0);
  if (needle.empty()) return Value::Int(from);
  size_t found_length;
  const size_t at = collation.Find(
      text, needle, CharOffset(charset, text, static_cast<size_t>(from - 1)), &found_length);
  if (at == string_view::npos) return Value::Int(0);
  return Value::Int(static_cast<int64_t>(types::CharLength(charset, text.substr(0, at))) + 1);
}

Value EvalLocate(const FunctionCall& call, EvalContext& context) {
  string_view needle, text;
  int64_t from = 1;
  if (!BytesArg(call, 0, context, &needle) || !BytesArg(call, 1, context, &text))
    return Value::Null();
  if (call.args().size() > 2 && !IntArg(call, 2, context, &from)) return Value::Null();
  return Locate(SearchCollation(call), text, needle, from);
}

Value EvalInstr(const FunctionCall& call, EvalContext& context) {
  string_view text, needle;
  if (!BytesArg(call, 0, context, &text) || !BytesArg(call, 1, context, &needle))
    return Value::Null();
  return Locate(SearchCollation(call), text, needle, 1);
}

/// REPLACE compares bytes, whatever the collation.
Value EvalReplace(const FunctionCall& call, EvalContext& context) {
  string_view text, from, to;
  if (!TextArg(call, 0, context, &text) || !TextArg(call, 1, context, &from) ||
      !TextArg(call, 2, context, &to)) {
    return Value::Null();
  }
  if (from.empty()) return TextResult(context, text);
  std::string replaced;
  size_t at = 0;
  for (size_t found; (found = text.find(from, at)) != string_view::npos; at = found + from.size()) {
    replaced += text.substr(at, found - at);
    replaced += to;
  }
  replaced += text.substr(at);
  if (TooLong(call, context, replaced.size())) return Value::Null();
  return TextResult(context, replaced);
}

Value EvalInsert(const FunctionCall& call, EvalContext& context) {
  string_view text, with;
  int64_t position, count;
  if (!TextArg(call, 0, context, &text) || !IntArg(call, 1, context, &position) ||
      !IntArg(call, 2, context, &count) || !TextArg(call, 3, context, &with)) {
    return Value::Null();
  }
  const Charset& charset = CharsetOf(call);
  const auto length = static_cast<int64_t>(types::CharLength(charset, text));
  if (position < 1 || position > length) return TextResult(context, text);
  if (count < 0 || count > length - position + 1) count = length - position + 1;
  const size_t from = CharOffset(charset, text, static_cast<size_t>(position - 1));
  const size_t to = CharOffset(charset, text, static_cast<size_t>(position - 1 + count));
  std::string result(text.substr(0, from));
  result += with;
  result += text.substr(to);
  if (TooLong(call, context, result.size())) return Value::Null();
  return TextResult(context, result);
}

Value EvalSubstringIndex(const FunctionCall& call, EvalContext& context) {
  string_view text, delimiter;
  int64_t count;
  if (!TextArg(call, 0, context, &text) || !TextArg(call, 1, context, &delimiter) ||
      !IntArg(call, 2, context, &count)) {
    return Value::Null();
  }
  if (delimiter.empty() || count == 0) return Value::String("");
  if (count > 0) {
    size_t at = 0;
    for (;; at += delimiter.size()) {
      at = text.find(delimiter, at);
      if (at == string_view::npos) return TextResult(context, text);
      if (--count == 0) return TextResult(context, text.substr(0, at));
    }
  }
  size_t end = text.size();
  while (true) {
    const size_t at =
        end < delimiter.size() ? string_view::npos : text.rfind(delimiter, end - delimiter.size());
    if (at == string_view::npos) return TextResult(context, text);
    if (++count == 0) return TextResult(context, text.substr(at + delimiter.size()));
    end = at;
  }
}

void BindElt(FunctionCall& call, BindContext& context) {
  uint64_t longest = 0;
  for (size_t i = 1; i < call.args().size(); ++i) longest = std::max(longest, ArgLength(call, i));
  BindText(call, context, longest, 1);
}

Value EvalElt(const FunctionCall& call, EvalContext& context) {
  int64_t index;
  if (!IntArg(call, 0, context, &index) || index < 1 ||
      index >= static_cast<int64_t>(call.args().size()))
    return Value::Null();
  string_view text;
  if (!TextArg(call, static_cast<size_t>(index), context, &text)) return Value::Null();
  return TextResult(context, text);
}

void BindFindInSet(FunctionCall& call, BindContext& context) {
  BindSearch(call, context);
  BindInt(call, 3);
}

Value EvalFindInSet(const FunctionCall& call, EvalContext& context) {
  string_view needle, list;
  if (!BytesArg(call, 0, context, &needle) || !BytesArg(call, 1, context, &list))
    return Value::Null();
  if (list.empty() || needle.find(',') != string_view::npos) return Value::Int(0);
  const types::Collation& collation = SearchCollation(call);
  for (int64_t index = 1;; ++index) {
    const size_t comma = list.find(',');
    if (collation.Equal(list.substr(0, comma), needle)) return Value::Int(index);
    if (comma == string_view::npos) return Value::Int(0);
    list.remove_prefix(comma + 1);
  }
}

Value EvalStrcmp(const FunctionCall& call, EvalContext& context) {
  string_view a, b;
  if (!BytesArg(call, 0, context, &a) || !BytesArg(call, 1, context, &b)) return Value::Null();
  const int order = SearchCollation(call).Compare(a, b);
  return Value::Int(order < 0 ? -1 : order > 0 ? 1 : 0);
}

Value EvalAscii(const FunctionCall& call, EvalContext& context) {
  string_view text;
  if (!BytesArg(call, 0, context, &text)) return Value::Null();
  return Value::Int(text.empty() ? 0 : static_cast<unsigned char>(text[0]));
}

/// The bytes of the first character as one big-endian number.
Value EvalOrd(const FunctionCall& call, EvalContext& context) {
  string_view text;
  if (!BytesArg(call, 0, context, &text)) return Value::Null();
  if (text.empty()) return Value::Int(0);
  const char* at = text.data();
  types::DecodeChar(ArgCharset(call, 0), &at, text.data() + text.size());
  int64_t number = 0;
  for (const char* p = text.data(); p < at; ++p)
    number = number << 8 | static_cast<unsigned char>(*p);
  return Value::Int(number);
}

void BindChar(FunctionCall& call, BindContext&) {
  types::DataType type = call.type();
  if (type.collation == nullptr) type.collation = &types::kBinaryCollation;
  type.id = type.collation->IsBinary() ? types::TypeId::kVarbinary : types::TypeId::kVarchar;
  type.length = static_cast<uint32_t>(call.args().size() * 4);
  call.set_type(type);
}

Value EvalChar(const FunctionCall& call, EvalContext& context) {
  std::string bytes;
  for (size_t i = 0; i < call.args().size(); ++i) {
    int64_t code;
    if (!IntArg(call, i, context, &code)) continue;
    const auto number = static_cast<uint32_t>(code);
    if (number > 0xffffff) bytes += static_cast<char>(number >> 24);
    if (number > 0xffff) bytes += static_cast<char>(number >> 16);
    if (number > 0xff) bytes += static_cast<char>(number >> 8);
    bytes += static_cast<char>(number);
  }
  const Charset& charset = *call.type().collation->charset;
  if (types::WellFormedBytes(charset, bytes) != bytes.size()) {
    context.diagnostics->Warn(ErrorCode::kInvalidCharacterString, charset.name, "CHAR()");
    return Value::Null();
  }
  return TextResult(context, bytes);
}

void BindQuote(FunctionCall& call, BindContext& context) {
  BindText(call, context, ArgLength(call, 0) * 2 + 2, 0, 1);
}

Value EvalQuote(const FunctionCall& call, EvalContext& context) {
  string_view text;
  if (!TextArg(call, 0, context, &text)) return Value::String("NULL");
  std::string quoted = "'";
  for (const char c : text) {
    switch (c) {
      case '\'':
        quoted += "\\'";
        break;
      case '\\':
        quoted += "\\\\";
        break;
      case '\0':
        quoted += "\\0";
        break;
      case '\x1a':
        quoted += "\\Z";
        break;
      default:
        quoted += c;
    }
  }
  return TextResult(context, quoted + "'");
}

/// Knuth's Soundex, extended as MySQL does: all consonants, not only four characters.
Value EvalSoundex(const FunctionCall& call, EvalContext& context) {
  string_view text;
  if (!TextArg(call, 0, context, &text)) return Value::Null();
  static constexpr char kCodes[] = "01230120022455012623010202";
  std::string code;
  char last = 0;
  for (const char raw : text) {
    const char c = raw >= 'a' && raw <= 'z' ? static_cast<char>(raw - 32) : raw;
    if (c < 'A' || c > 'Z') continue;
    const char digit = kCodes[c - 'A'];
    if (code.empty()) {
      code += c;
    } else if (digit != '0' && digit != last) {
      code += digit;
    }
    last = digit;
  }
  while (!code.empty() && code.size() < 4) code += '0';
  return TextResult(context, code);
}

void BindMakeSet(FunctionCall& call, BindContext& context) {
  BindText(call, context, SumOfLengths(call, 1) + call.args().size(), 1);
}

Value EvalMakeSet(const FunctionCall& call, EvalContext& context) {
  int64_t bits;
  if (!IntArg(call, 0, context, &bits)) return Value::Null();
  std::string joined;
  bool first = true;
  for (size_t i = 1; i < call.args().size() && i <= 64; ++i) {
    string_view part;
    if ((static_cast<uint64_t>(bits) >> (i - 1) & 1) == 0 || !TextArg(call, i, context, &part))
      continue;
    if (!first) joined += ',';
    first = false;
    joined += part;
  }
  return TextResult(context, joined);
}

void BindExportSet(FunctionCall& call, BindContext& context) {
  BindText(call, context, std::max(ArgLength(call, 1), ArgLength(call, 2)) * 64 + 63, 1, 3);
}

Value EvalExportSet(const FunctionCall& call, EvalContext& context) {
  int64_t bits, count = 64;
  string_view on, off, separator = ",";
  if (!IntArg(call, 0, context, &bits) || !TextArg(call, 1, context, &on) ||
      !TextArg(call, 2, context, &off))
    return Value::Null();
  if (call.args().size() > 3 && !TextArg(call, 3, context, &separator)) return Value::Null();
  if (call.args().size() > 4 && !IntArg(call, 4, context, &count)) return Value::Null();
  if (count < 0 || count > 64) count = 64;
  std::string text;
  for (int64_t i = 0; i < count; ++i) {
    if (i != 0) text += separator;
    text += static_cast<uint64_t>(bits) >> i & 1 ? on : off;
  }
  return TextResult(context, text);
}

void BindCharsetName(FunctionCall& call, BindContext& context) { BindPlainText(call, context, 64); }

Value EvalCharset(const FunctionCall& call, EvalContext& context) {
  const types::Collation* collation = call.arg(0).type().collation;
  return TextResult(context, collation != nullptr ? collation->charset->name : "binary");
}

Value EvalCollation(const FunctionCall& call, EvalContext& context) {
  const types::Collation* collation = call.arg(0).type().collation;
  return TextResult(context, collation != nullptr ? collation->name : "binary");
}

void BindCoercibility(FunctionCall& call, BindContext&) { BindInt(call, 10); }
Value EvalCoercibility(const FunctionCall& call, EvalContext&) {
  return Value::Int(call.arg(0).coercibility());
}

void BindLength(FunctionCall& call, BindContext&) { BindInt(call, 10); }

constexpr FunctionDef kStringTable[] = {
    {"ascii", 1, 1, BindLength, EvalAscii},
    {"bit_length", 1, 1, BindLength, EvalBitLength},
    {"char", 1, -1, BindChar, EvalChar},
    {"char_length", 1, 1, BindLength, EvalCharLength},
    {"character_length", 1, 1, BindLength, EvalCharLength},
    {"charset", 1, 1, BindCharsetName, EvalCharset},
    {"coercibility", 1, 1, BindCoercibility, EvalCoercibility},
    {"collation", 1, 1, BindCharsetName, EvalCollation},
    {"concat", 1, -1, BindConcat, EvalConcat},
    {"concat_ws", 2, -1, BindConcat, EvalConcatWs},
    {"elt", 2, -1, BindElt, EvalElt},
    {"export_set", 3, 5, BindExportSet, EvalExportSet},
    {"find_in_set", 2, 2, BindFindInSet, EvalFindInSet},
    {"insert", 4, 4, BindLongText, EvalInsert},
    {"instr", 2, 2, BindSearch, EvalInstr},
    {"lcase", 1, 1, BindSame, EvalCase<types::CaseMapping::kLower>},
    {"left", 2, 2, BindSame, EvalLeft},
    {"length", 1, 1, BindLength, EvalLength},
    {"locate", 2, 3, BindSearch, EvalLocate},
    {"lower", 1, 1, BindSame, EvalCase<types::CaseMapping::kLower>},
    {"lpad", 2, 3, BindPad, EvalPad<true>},
    {"ltrim", 1, 1, BindSame, EvalTrimSpaces<true, false>},
    {"make_set", 2, -1, BindMakeSet, EvalMakeSet},
    {"mid", 2, 3, BindSame, EvalSubstr},
    {"octet_length", 1, 1, BindLength, EvalLength},
    {"ord", 1, 1, BindLength, EvalOrd},
    {"quote", 1, 1, BindQuote, EvalQuote},
    {"repeat", 2, 2, BindRepeat, EvalRepeat},
    {"replace", 3, 3, BindLongText, EvalReplace},
    {"reverse", 1, 1, BindSame, EvalReverse},
    {"right", 2, 2, BindSame, EvalRight},
    {"rpad", 2, 3, BindPad, EvalPad<false>},
    {"rtrim", 1, 1, BindSame, EvalTrimSpaces<false, true>},
    {"soundex", 1, 1, BindSame, EvalSoundex},
    {"space", 1, 1,
     [](FunctionCall& call, BindContext& context) { BindPlainText(call, context, UINT32_MAX / 4); },
     EvalSpace},
    {"strcmp", 2, 2, BindSearch, EvalStrcmp},
    {"substr", 2, 3, BindSame, EvalSubstr},
    {"substring", 2, 3, BindSame, EvalSubstr},
    {"substring_index", 3, 3, BindSame, EvalSubstringIndex},
    {"trim", 2, 3, BindTrim, EvalTrim},
    {"ucase", 1, 1, BindSame, EvalCase<types::CaseMapping::kUpper>},
    {"upper", 1, 1, BindSame, EvalCase<types::CaseMapping::kUpper>},
};

}  // namespace

FunctionTable StringFunctions() { return kStringTable; }

}  // namespace sixfold::exec
