// Expressions. Forms which MySQL itself treats as another spelling of one operation are one node
// here: DATE_ADD/ADDDATE/TIMESTAMPADD/`+ INTERVAL` are DateArithmetic; POSITION(a IN b) is the
// function locate; SUBSTRING, SUBSTR and MID are substr; `->` is json_extract and `->>` is
// json_unquote(json_extract()); REGEXP and RLIKE are regexp_like; CURRENT_TIMESTAMP, LOCALTIME
// and LOCALTIMESTAMP are now; `a != b` is <>; unary plus vanishes.
#pragma once

#include "core/sql/ast_node.h"

namespace sixfold::sql {

struct QueryExpression;
struct WindowSpecification;
struct OrderItem;

struct Expression {
  enum class Kind : uint8_t {
    kLiteral,
    kParameter,
    kColumnReference,
    kWildcard,
    kUserVariable,
    kUserVariableAssignment,
    kSystemVariable,
    kUnary,
    kBinary,
    kLogical,
    kIsTest,
    kBetween,
    kInList,
    kInSubquery,
    kLike,
    kCase,
    kExists,
    kSubquery,
    kQuantified,
    kRow,
    kCollate,
    kFunctionCall,
    kAggregateCall,
    kCast,
    kConvertUsing,
    kExtract,
    kTrim,
    kDateArithmetic,
    kTimestampDiff,
    kWeightString,
    kMatchAgainst,
    kValuesReference,
    kDefault,
    kJsonValue,
  };

  explicit Expression(Kind k) : kind(k) {}

  Kind kind;
  SourceSpan span;
};

enum class LiteralType : uint8_t {
  kNull,
  kTrue,
  kFalse,
  kInteger,    // `integer`; a value over 2^63-1 is unsigned
  kDecimal,    // `text` as written: 1.5, or an integer that does not fit 64 bits
  kFloat,      // `text` as written, with an exponent
  kString,     // `text` decoded
  kHex,        // x'..' or 0x..: `text` holds the bytes
  kBit,        // b'..' or 0b..: `text` holds the bytes
  kDate,       // DATE '..'
  kTime,       // TIME '..'
  kTimestamp,  // TIMESTAMP '..'
};

struct Literal : Expression {
  static constexpr Kind kKind = Kind::kLiteral;
  Literal() : Expression(kKind) {}

  LiteralType type = LiteralType::kNull;
  uint64_t integer = 0;
  std::string_view text;
  /// The character set of _utf8mb4'..' ("utf8mb4"), "utf8mb3" for N'..'; empty without introducer.
  std::string_view introducer;
};

/// `?`, or a literal of the text that is a parameter of the cached plan (parameterize.h); ordinals
/// count from 0 in text order.
struct Parameter : Expression {
  static constexpr Kind kKind = Kind::kParameter;
  Parameter() : Expression(kKind) {}

  uint32_t ordinal = 0;
  /// The literal that stands there: gives the parameter's type. Null for `?`.
  Literal* literal = nullptr;
};

/// [[schema.]table.]column
struct ColumnReference : Expression {
  static constexpr Kind kKind = Kind::kColumnReference;
  ColumnReference() : Expression(kKind) {}

  std::string_view schema;
  std::string_view table;
  std::string_view column;
};

/// `*`, `t.*`, `db.t.*`: only a select item.
struct Wildcard : Expression {
  static constexpr Kind kKind = Kind::kWildcard;
  Wildcard() : Expression(kKind) {}

  std::string_view schema;
  std::string_view table;
};

/// @name
struct UserVariable : Expression {
  static constexpr Kind kKind = Kind::kUserVariable;
  UserVariable() : Expression(kKind) {}

  std::string_view name;
};

/// @name := value
struct UserVariableAssignment : Expression {
  static constexpr Kind kKind = Kind::kUserVariableAssignment;
  UserVariableAssignment() : Expression(kKind) {}

  std::string_view name;
  Expression* value = nullptr;
};

enum class VariableScope : uint8_t { kDefault, kGlobal, kSession, kPersist, kPersistOnly };

/// @@[scope.][base.]name
struct SystemVariable : Expression {
  static constexpr Kind kKind = Kind::kSystemVariable;
  SystemVariable() : Expression(kKind) {}

  VariableScope scope = VariableScope::kDefault;
  std::string_view base;  // key cache or component name
  std::string_view name;
};

enum class UnaryOperator : uint8_t { kNegate, kNot, kBitNot };

struct Unary : Expression {
  static constexpr Kind kKind = Kind::kUnary;
  Unary() : Expression(kKind) {}

  UnaryOperator op = UnaryOperator::kNot;
  Expression* operand = nullptr;
};

enum class BinaryOperator : uint8_t {
  kEqual,
  kNullSafeEqual,
  kNotEqual,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  kIntegerDivide,
  kModulo,
  kBitOr,
  kBitAnd,
  kBitXor,
  kShiftLeft,
  kShiftRight,
  kXor,  // logical
  kSoundsLike,
  kMemberOf,  // left MEMBER OF (right)
};

struct Binary : Expression {
  static constexpr Kind kKind = Kind::kBinary;
  Binary() : Expression(kKind) {}

  BinaryOperator op = BinaryOperator::kEqual;
  Expression* left = nullptr;
  Expression* right = nullptr;
};

/// AND or OR over two or more operands: `a AND b AND c` is one node.
struct Logical : Expression {
  static constexpr Kind kKind = Kind::kLogical;
  Logical() : Expression(kKind) {}

  bool is_and = true;
  List<Expression*> operands;
};

enum class TruthTest : uint8_t { kNull, kTrue, kFalse, kUnknown };

struct IsTest : Expression {
  static constexpr Kind kKind = Kind::kIsTest;
  IsTest() : Expression(kKind) {}

  Expression* operand = nullptr;
  TruthTest test = TruthTest::kNull;
  bool negated = false;
};

struct Between : Expression {
  static constexpr Kind kKind = Kind::kBetween;
  Between() : Expression(kKind) {}

  Expression* operand = nullptr;
  Expression* low = nullptr;
  Expression* high = nullptr;
  bool negated = false;
};

struct InList : Expression {
  static constexpr Kind kKind = Kind::kInList;
  InList() : Expression(kKind) {}

  Expression* operand = nullptr;
  List<Expression*> items;
  bool negated = false;
};

struct InSubquery : Expression {
  static constexpr Kind kKind = Kind::kInSubquery;
  InSubquery() : Expression(kKind) {}

  Expression* operand = nullptr;
  QueryExpression* query = nullptr;
  bool negated = false;
};

struct Like : Expression {
  static constexpr Kind kKind = Kind::kLike;
  Like() : Expression(kKind) {}

  Expression* operand = nullptr;
  Expression* pattern = nullptr;
  Expression* escape = nullptr;  // null: the default, backslash
  bool negated = false;
};

struct CaseBranch {
  Expression* when = nullptr;
  Expression* then = nullptr;
};

struct Case : Expression {
  static constexpr Kind kKind = Kind::kCase;
  Case() : Expression(kKind) {}

  Expression* operand = nullptr;  // CASE operand WHEN …; may be null
  List<CaseBranch> branches;
  Expression* otherwise = nullptr;  // may be null
};

struct Exists : Expression {
  static constexpr Kind kKind = Kind::kExists;
  Exists() : Expression(kKind) {}

  QueryExpression* query = nullptr;
};

/// A scalar or row subquery.
struct Subquery : Expression {
  static constexpr Kind kKind = Kind::kSubquery;
  Subquery() : Expression(kKind) {}

  QueryExpression* query = nullptr;
};

/// left op ANY|ALL (query)
struct Quantified : Expression {
  static constexpr Kind kKind = Kind::kQuantified;
  Quantified() : Expression(kKind) {}

  BinaryOperator op = BinaryOperator::kEqual;
  bool all = false;
  Expression* left = nullptr;
  QueryExpression* query = nullptr;
};

/// ROW(a, b) or (a, b)
struct RowExpression : Expression {
  static constexpr Kind kKind = Kind::kRow;
  RowExpression() : Expression(kKind) {}

  List<Expression*> items;
};

struct Collate : Expression {
  static constexpr Kind kKind = Kind::kCollate;
  Collate() : Expression(kKind) {}

  Expression* operand = nullptr;
  std::string_view collation;
};

/// Any function that is not an aggregate, window function or form of its own below.
struct FunctionCall : Expression {
  static constexpr Kind kKind = Kind::kFunctionCall;
  FunctionCall() : Expression(kKind) {}

  std::string_view schema;  // a stored function called by db.name
  /// Lower case, canonical (see the top of this file). `count`(a) and count (a), which MySQL takes
  /// for stored functions, have the backticks in it: no built-in matches.
  std::string_view name;
  std::string_view written_name;  // as written, for messages
  List<Expression*> arguments;
  std::string_view using_charset;  // CHAR(… USING cs)
};

enum class AggregateFunction : uint8_t {
  kCount,
  kSum,
  kAvg,
  kMin,
  kMax,
  kBitAnd,
  kBitOr,
  kBitXor,
  kStdPop,
  kStdSamp,
  kVarPop,
  kVarSamp,
  kGroupConcat,
  kJsonArrayAgg,
  kJsonObjectAgg,
  kAnyValue,
  kGrouping,  // GROUPING(a, …)
  // Only with OVER:
  kRowNumber,
  kRank,
  kDenseRank,
  kCumeDist,
  kPercentRank,
  kNtile,
  kLead,
  kLag,
  kFirstValue,
  kLastValue,
  kNthValue,
};

/// Aggregates and window functions.
struct AggregateCall : Expression {
  static constexpr Kind kKind = Kind::kAggregateCall;
  AggregateCall() : Expression(kKind) {}

  AggregateFunction function = AggregateFunction::kCount;
  bool distinct = false;
  bool star = false;  // COUNT(*)
  List<Expression*> arguments;
  List<OrderItem> order_by;          // GROUP_CONCAT
  std::string_view separator = ",";  // GROUP_CONCAT
  bool respect_nulls_written = false;
  WindowSpecification* over = nullptr;  // null: an aggregate
};

enum class TypeKeyword : uint8_t {
  kTinyInt,
  kSmallInt,
  kMediumInt,
  kInt,
  kBigInt,
  kFloat,
  kDouble,
  kDecimal,
  kBit,
  kBool,    // TINYINT(1)
  kSerial,  // BIGINT UNSIGNED NOT NULL AUTO_INCREMENT UNIQUE
  kDate,
  kTime,
  kDateTime,
  kTimestamp,
  kYear,
  kChar,
  kVarChar,
  kBinary,
  kVarBinary,
  kTinyText,
  kText,
  kMediumText,
  kLongText,
  kTinyBlob,
  kBlob,
  kMediumBlob,
  kLongBlob,
  kEnum,
  kSet,
  kJson,
  kGeometry,
  kPoint,
  kLineString,
  kPolygon,
  kMultiPoint,
  kMultiLineString,
  kMultiPolygon,
  kGeometryCollection,
  // Only in CAST:
  kSigned,
  kUnsigned,
};

/// A column's or CAST's type as written.
struct TypeSyntax {
  TypeKeyword keyword = TypeKeyword::kInt;
  int64_t length = -1;    // -1: not written. Fractional digits for TIME, DATETIME, TIMESTAMP
  int32_t decimals = -1;  // -1: not written
  bool is_unsigned = false;
  bool zerofill = false;
  bool binary = false;              // the BINARY attribute of a string type: the _bin collation
  bool national = false;            // NCHAR, NVARCHAR: utf8mb3
  bool array = false;               // CAST(… AS type ARRAY)
  std::string_view charset;         // "binary" for CHARACTER SET BINARY
  std::string_view collation;       // COLLATE
  List<std::string_view> elements;  // ENUM, SET
};

/// CAST(operand AS type), CONVERT(operand, type), BINARY operand
struct Cast : Expression {
  static constexpr Kind kKind = Kind::kCast;
  Cast() : Expression(kKind) {}

  Expression* operand = nullptr;
  TypeSyntax type;
  Expression* at_time_zone = nullptr;  // CAST(ts AT TIME ZONE '+00:00' AS DATETIME)
};

/// CONVERT(operand USING charset)
struct ConvertUsing : Expression {
  static constexpr Kind kKind = Kind::kConvertUsing;
  ConvertUsing() : Expression(kKind) {}

  Expression* operand = nullptr;
  std::string_view charset;
};

enum class IntervalUnit : uint8_t {
  kMicrosecond,
  kSecond,
  kMinute,
  kHour,
  kDay,
  kWeek,
  kMonth,
  kQuarter,
  kYear,
  kSecondMicrosecond,
  kMinuteMicrosecond,
  kMinuteSecond,
  kHourMicrosecond,
  kHourSecond,
  kHourMinute,
  kDayMicrosecond,
  kDaySecond,
  kDayMinute,
  kDayHour,
  kYearMonth,
};

struct Extract : Expression {
  static constexpr Kind kKind = Kind::kExtract;
  Extract() : Expression(kKind) {}

  IntervalUnit unit = IntervalUnit::kDay;
  Expression* operand = nullptr;
};

enum class TrimSide : uint8_t { kBoth, kLeading, kTrailing };

struct Trim : Expression {
  static constexpr Kind kKind = Kind::kTrim;
  Trim() : Expression(kKind) {}

  TrimSide side = TrimSide::kBoth;
  bool side_written = false;
  Expression* remove = nullptr;  // null: blanks
  Expression* operand = nullptr;
};

/// date + INTERVAL amount unit, and all its other spellings.
struct DateArithmetic : Expression {
  static constexpr Kind kKind = Kind::kDateArithmetic;
  DateArithmetic() : Expression(kKind) {}

  Expression* date = nullptr;
  Expression* amount = nullptr;
  IntervalUnit unit = IntervalUnit::kDay;
  bool subtract = false;
};

/// TIMESTAMPDIFF(unit, from, to)
struct TimestampDiff : Expression {
  static constexpr Kind kKind = Kind::kTimestampDiff;
  TimestampDiff() : Expression(kKind) {}

  IntervalUnit unit = IntervalUnit::kDay;
  Expression* from = nullptr;
  Expression* to = nullptr;
};

/// WEIGHT_STRING(operand [AS CHAR(n) | AS BINARY(n)])
struct WeightString : Expression {
  static constexpr Kind kKind = Kind::kWeightString;
  WeightString() : Expression(kKind) {}

  Expression* operand = nullptr;
  bool as_binary = false;
  int64_t length = -1;
};

enum class MatchMode : uint8_t {
  kNatural,
  kNaturalWithExpansion,
  kBoolean,
};

struct MatchAgainst : Expression {
  static constexpr Kind kKind = Kind::kMatchAgainst;
  MatchAgainst() : Expression(kKind) {}

  List<Expression*> columns;
  Expression* against = nullptr;
  MatchMode mode = MatchMode::kNatural;
};

/// VALUES(column) in ON DUPLICATE KEY UPDATE
struct ValuesReference : Expression {
  static constexpr Kind kKind = Kind::kValuesReference;
  ValuesReference() : Expression(kKind) {}

  ColumnReference* column = nullptr;
};

/// DEFAULT, or DEFAULT(column)
struct Default : Expression {
  static constexpr Kind kKind = Kind::kDefault;
  Default() : Expression(kKind) {}

  ColumnReference* column = nullptr;  // null: the keyword alone
};

enum class JsonFallbackKind : uint8_t { kNotWritten, kNull, kError, kDefault };

/// NULL | ERROR | DEFAULT literal, ON EMPTY or ON ERROR
struct JsonFallback {
  JsonFallbackKind kind = JsonFallbackKind::kNotWritten;
  Expression* value = nullptr;
};

/// JSON_VALUE(document, path [RETURNING type] [… ON EMPTY] [… ON ERROR])
struct JsonValue : Expression {
  static constexpr Kind kKind = Kind::kJsonValue;
  JsonValue() : Expression(kKind) {}

  Expression* document = nullptr;
  Expression* path = nullptr;
  bool has_type = false;
  TypeSyntax type;
  JsonFallback on_empty;
  JsonFallback on_error;
};

}  // namespace sixfold::sql
