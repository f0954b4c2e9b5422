// REGEXP_LIKE (REGEXP, RLIKE), REGEXP_INSTR, REGEXP_REPLACE, REGEXP_SUBSTR over ICU, as MySQL 8.0
// does.
#include <unicode/regex.h>
#include <unicode/unistr.h>

#include <memory>

#include "core/exec/functions/arguments.h"
#include "core/exec/functions/tables.h"
#include "core/types/charset.h"
#include "core/types/error_codes.h"
#include "core/types/sql_error.h"

namespace sixfold::exec {
namespace {

using std::string_view;
using types::Value;

/// What binding settles: how to compare, and the pattern where it is constant.
struct RegexpState : CallState {
  const types::Collation* collation = nullptr;
  bool ignore_case = true;
};

constexpr int kMaxBacktracking = 8'000'000;  // regexp_time_limit and regexp_stack_limit in one

void BindPattern(FunctionCall& call, BindContext& context) {
  uint8_t coercibility;
  auto state = std::make_unique<RegexpState>();
  state->collation = AgreeOnCollation(call, 0, 2, context, &coercibility);
  const string_view name = state->collation->name;
  state->ignore_case = name.ends_with("_ci");
  call.set_state(std::move(state));
}

[[noreturn]] void RaiseRegexpError(UErrorCode status) {
  switch (status) {
    case U_REGEX_RULE_SYNTAX:
      throw MakeError(ErrorCode::kRegexpRuleSyntax, 1, 1);
    case U_REGEX_BAD_ESCAPE_SEQUENCE:
      throw MakeError(ErrorCode::kRegexpBadEscapeSequence);
    case U_REGEX_MISMATCHED_PAREN:
      throw MakeError(ErrorCode::kRegexpMismatchedParen);
    case U_REGEX_MISSING_CLOSE_BRACKET:
      throw MakeError(ErrorCode::kRegexpMissingCloseBracket);
    case U_REGEX_TIME_OUT:
      throw MakeError(ErrorCode::kRegexpTimeOut);
    case U_REGEX_STACK_OVERFLOW:
      throw MakeError(ErrorCode::kRegexpStackOverflow);
    default:
      throw MakeError(ErrorCode::kRegexpError, u_errorName(status));
  }
}

void RequireOk(UErrorCode status) {
  if (U_FAILURE(status)) RaiseRegexpError(status);
}

/// "c" case-sensitive, "i" not, "m" multi-line, "n" dot matches line ends, "u" Unix lines only.
uint32_t ParseFlags(string_view match_type, bool ignore_case) {
  uint32_t flags = 0;
  for (const char c : match_type) {
    switch (c) {
      case 'c':
        ignore_case = false;
        break;
      case 'i':
        ignore_case = true;
        break;
      case 'm':
        flags |= UREGEX_MULTILINE;
        break;
      case 'n':
        flags |= UREGEX_DOTALL;
        break;
      case 'u':
        flags |= UREGEX_UNIX_LINES;
        break;
      default:
        throw MakeError(ErrorCode::kWrongArguments, "regexp_like");
    }
  }
  return ignore_case ? flags | UREGEX_CASE_INSENSITIVE : flags;
}

icu::UnicodeString ToUnicode(string_view text) {
  return icu::UnicodeString::fromUTF8(
      icu::StringPiece(text.data(), static_cast<int32_t>(text.size())));
}

/// A pattern ready to run; compiled once for as long as pattern and flags stay the same.
class CompiledPattern {
 public:
  icu::RegexMatcher& Get(string_view pattern, uint32_t flags) {
    if (matcher_ == nullptr || pattern != pattern_ || flags != flags_) {
      if (pattern.empty()) throw MakeError(ErrorCode::kRegexpIllegalArgument);
      UErrorCode status = U_ZERO_ERROR;
      matcher_ = std::make_unique<icu::RegexMatcher>(ToUnicode(pattern), flags, status);
      RequireOk(status);
      matcher_->setTimeLimit(kMaxBacktracking / 10'000, status);
      matcher_->setStackLimit(kMaxBacktracking, status);
      pattern_ = pattern;
      flags_ = flags;
    }
    return *matcher_;
  }

 private:
  std::unique_ptr<icu::RegexMatcher> matcher_;
  std::string pattern_;
  uint32_t flags_ = 0;
};

/// Recently used patterns of this thread: rows of one statement share one.
icu::RegexMatcher& MatcherFor(string_view pattern, uint32_t flags) {
  static thread_local CompiledPattern cache[8];
  return cache[(pattern.size() * 31 + flags) % 8].Get(pattern, flags);
}

struct Subject {
  string_view text, pattern;
  icu::UnicodeString unicode;
  int64_t position = 1, occurrence = 1;
  icu::RegexMatcher* matcher = nullptr;
};

/// Reads text, pattern, match type (argument `type_at`) and sets the matcher up. False: NULL.
bool Prepare(const FunctionCall& call, EvalContext& context, size_t type_at, Subject* subject) {
  string_view match_type;
  if (!BytesArg(call, 0, context, &subject->text) || !BytesArg(call, 1, context, &subject->pattern))
    return false;
  if (call.args().size() > type_at && !BytesArg(call, type_at, context, &match_type)) return false;
  const auto& state = *static_cast<const RegexpState*>(call.state());
  subject->matcher = &MatcherFor(subject->pattern, ParseFlags(match_type, state.ignore_case));
  subject->unicode = ToUnicode(subject->text);
  subject->matcher->reset(subject->unicode);
  return true;
}

bool Position(const FunctionCall& call, EvalContext& context, size_t at, Subject* subject) {
  if (call.args().size() > at && !IntArg(call, at, context, &subject->position)) return false;
  const int32_t length = subject->unicode.countChar32();
  if (subject->position < 1 || subject->position > length + 1)
    throw MakeError(ErrorCode::kRegexpIndexOutofboundsError);
  return true;
}

/// The n-th match at or after the position.
bool FindMatch(Subject* subject) {
  UErrorCode status = U_ZERO_ERROR;
  const int32_t start =
      subject->unicode.moveIndex32(0, static_cast<int32_t>(subject->position - 1));
  bool found = subject->matcher->find(start, status);
  for (int64_t n = 1; found && n < subject->occurrence; ++n) found = subject->matcher->find(status);
  RequireOk(status);
  return found;
}

Value EvalRegexpLike(const FunctionCall& call, EvalContext& context) {
  Subject subject;
  if (!Prepare(call, context, 2, &subject)) return Value::Null();
  UErrorCode status = U_ZERO_ERROR;
  const bool found = subject.matcher->find(0, status);
  RequireOk(status);
  return Value::Bool(found);
}

Value EvalRegexpInstr(const FunctionCall& call, EvalContext& context) {
  Subject subject;
  int64_t return_end = 0;
  if (!Prepare(call, context, 5, &subject) || !Position(call, context, 2, &subject))
    return Value::Null();
  if (call.args().size() > 3 && !IntArg(call, 3, context, &subject.occurrence))
    return Value::Null();
  if (call.args().size() > 4 && !IntArg(call, 4, context, &return_end)) return Value::Null();
  if (!FindMatch(&subject)) return Value::Int(0);
  UErrorCode status = U_ZERO_ERROR;
  const int32_t at = return_end ? subject.matcher->end(status) : subject.matcher->start(status);
  return Value::Int(subject.unicode.countChar32(0, at) + 1);
}

Value EvalRegexpSubstr(const FunctionCall& call, EvalContext& context) {
  Subject subject;
  if (!Prepare(call, context, 4, &subject) || !Position(call, context, 2, &subject))
    return Value::Null();
  if (call.args().size() > 3 && !IntArg(call, 3, context, &subject.occurrence))
    return Value::Null();
  if (!FindMatch(&subject)) return Value::Null();
  UErrorCode status = U_ZERO_ERROR;
  std::string text;
  subject.matcher->group(status).toUTF8String(text);
  return TextResult(context, text);
}

Value EvalRegexpReplace(const FunctionCall& call, EvalContext& context) {
  Subject subject;
  string_view with;
  int64_t only = 0;
  if (!Prepare(call, context, 5, &subject) || !BytesArg(call, 2, context, &with) ||
      !Position(call, context, 3, &subject)) {
    return Value::Null();
  }
  if (call.args().size() > 4 && !IntArg(call, 4, context, &only)) return Value::Null();
  const icu::UnicodeString replacement = ToUnicode(with);
  const int32_t start = subject.unicode.moveIndex32(0, static_cast<int32_t>(subject.position - 1));
  UErrorCode status = U_ZERO_ERROR;
  icu::UnicodeString result;
  // appendReplacement begins at the last append position, the start of the text: MySQL keeps what
  // stands before the position too.
  int64_t n = 0;
  for (bool found = subject.matcher->find(start, status); found && U_SUCCESS(status);
       found = subject.matcher->find(status)) {
    if (only != 0 && ++n != only) continue;
    subject.matcher->appendReplacement(result, replacement, status);
    if (only != 0) break;
  }
  RequireOk(status);
  subject.matcher->appendTail(result);
  std::string text;
  result.toUTF8String(text);
  return TextResult(context, text);
}

void BindRegexpLike(FunctionCall& call, BindContext& context) {
  BindPattern(call, context);
  BindBool(call);
}

void BindRegexpInstr(FunctionCall& call, BindContext& context) {
  BindPattern(call, context);
  BindInt(call, 21);
}

void BindRegexpText(FunctionCall& call, BindContext& context) {
  BindPattern(call, context);
  BindText(call, context, UINT32_MAX / 4, 0, 1);
}

constexpr FunctionDef kRegexpTable[] = {
    {"regexp", 2, 2, BindRegexpLike, EvalRegexpLike},
    {"regexp_instr", 2, 6, BindRegexpInstr, EvalRegexpInstr},
    {"regexp_like", 2, 3, BindRegexpLike, EvalRegexpLike},
    {"regexp_replace", 3, 6, BindRegexpText, EvalRegexpReplace},
    {"regexp_substr", 2, 5, BindRegexpText, EvalRegexpSubstr},
};

}  // namespace

FunctionTable RegexpFunctions() { return kRegexpTable; }

}  // namespace sixfold::exec
