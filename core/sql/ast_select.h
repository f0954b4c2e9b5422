// Queries: SELECT, TABLE, VALUES, set operations, table references.
//
// QueryExpression = [WITH …] body [ORDER BY …] [LIMIT …], with a body of
//   QuerySpecification   SELECT … FROM … WHERE …
//   SetOperation         left UNION|INTERSECT|EXCEPT right
//   ParenthesizedQuery   ( QueryExpression ), kept where its parentheses carry a clause
//   TableStatementBody   TABLE t
//   ValuesBody           VALUES ROW(…), …
// ORDER BY and LIMIT of a single SELECT are those of its QueryExpression, never of the
// QuerySpecification.
#pragma once

#include "core/sql/ast_expression.h"

namespace sixfold::sql {

struct OrderItem {
  Expression* expression = nullptr;
  bool descending = false;
};

struct Limit {
  Expression* count = nullptr;   // null: no limit
  Expression* offset = nullptr;  // null: 0
};

enum class FrameUnit : uint8_t { kRows, kRange };
enum class FrameBoundKind : uint8_t {
  kUnboundedPreceding,
  kPreceding,
  kCurrentRow,
  kFollowing,
  kUnboundedFollowing,
};
struct FrameBound {
  FrameBoundKind kind = FrameBoundKind::kCurrentRow;
  Expression* offset = nullptr;
  bool is_interval = false;  // INTERVAL offset unit
  IntervalUnit unit = IntervalUnit::kDay;
};

/// OVER name is a WindowSpecification with only `base_name` set and is_reference true.
struct WindowSpecification {
  std::string_view name;       // defined by the WINDOW clause
  std::string_view base_name;  // the named window it builds on
  bool is_reference = false;
  List<Expression*> partition_by;
  List<OrderItem> order_by;
  bool has_frame = false;
  FrameUnit frame_unit = FrameUnit::kRows;
  FrameBound frame_start;
  FrameBound frame_end;
};

struct TableReference {
  enum class Kind : uint8_t { kBase, kDerived, kJoin, kJsonTable };
  explicit TableReference(Kind k) : kind(k) {}

  Kind kind;
  SourceSpan span;
};

enum class IndexHintKind : uint8_t { kUse, kForce, kIgnore };
enum class IndexHintScope : uint8_t { kAll, kJoin, kOrderBy, kGroupBy };
struct IndexHint {
  IndexHintKind kind = IndexHintKind::kUse;
  IndexHintScope scope = IndexHintScope::kAll;
  List<std::string_view> indexes;  // "PRIMARY" for the primary key
};

struct BaseTable : TableReference {
  static constexpr Kind kKind = Kind::kBase;
  BaseTable() : TableReference(kKind) {}

  TableName name;
  std::string_view alias;
  List<std::string_view> partitions;
  List<IndexHint> hints;
};

struct DerivedTable : TableReference {
  static constexpr Kind kKind = Kind::kDerived;
  DerivedTable() : TableReference(kKind) {}

  QueryExpression* query = nullptr;
  bool lateral = false;
  std::string_view alias;
  List<std::string_view> columns;
};

enum class JoinType : uint8_t { kInner, kCross, kLeft, kRight, kStraight };

/// A comma is a kCross join with from_comma. Inner joins without a condition are kInner.
struct JoinTable : TableReference {
  static constexpr Kind kKind = Kind::kJoin;
  JoinTable() : TableReference(kKind) {}

  JoinType type = JoinType::kInner;
  bool natural = false;
  bool from_comma = false;
  bool parenthesized = false;
  TableReference* left = nullptr;
  TableReference* right = nullptr;
  Expression* on = nullptr;
  List<std::string_view> using_columns;
};

enum class JsonColumnKind : uint8_t { kOrdinality, kPath, kExistsPath, kNested };
struct JsonTableColumn {
  JsonColumnKind kind = JsonColumnKind::kPath;
  std::string_view name;
  TypeSyntax type;
  Expression* path = nullptr;
  JsonFallback on_empty;
  JsonFallback on_error;
  List<JsonTableColumn*> nested;
};

struct JsonTable : TableReference {
  static constexpr Kind kKind = Kind::kJsonTable;
  JsonTable() : TableReference(kKind) {}

  Expression* document = nullptr;
  Expression* path = nullptr;
  List<JsonTableColumn*> columns;
  std::string_view alias;
};

struct QueryBody {
  enum class Kind : uint8_t {
    kSpecification,
    kSetOperation,
    kParenthesized,
    kTable,
    kValues,
  };
  explicit QueryBody(Kind k) : kind(k) {}

  Kind kind;
  SourceSpan span;
};

struct SelectItem {
  Expression* expression = nullptr;
  std::string_view alias;
  bool has_alias = false;
  /// The result column's name by MySQL's rules: the alias, else the column's name, a string's
  /// value, or the expression's source text without comments.
  std::string_view name;
};

struct QuerySpecification : QueryBody {
  static constexpr Kind kKind = Kind::kSpecification;
  QuerySpecification() : QueryBody(kKind) {}

  bool distinct = false;
  bool straight_join = false;
  bool high_priority = false;
  bool sql_small_result = false;
  bool sql_big_result = false;
  bool sql_buffer_result = false;
  bool sql_no_cache = false;
  bool sql_calc_found_rows = false;
  List<SelectItem> items;
  TableReference* from = nullptr;  // null: no FROM, or FROM DUAL (from_dual)
  bool from_dual = false;
  Expression* where = nullptr;
  List<OrderItem> group_by;
  bool with_rollup = false;
  Expression* having = nullptr;
  List<WindowSpecification*> windows;
};

enum class SetOperator : uint8_t { kUnion, kIntersect, kExcept };

struct SetOperation : QueryBody {
  static constexpr Kind kKind = Kind::kSetOperation;
  SetOperation() : QueryBody(kKind) {}

  SetOperator op = SetOperator::kUnion;
  bool all = false;
  QueryBody* left = nullptr;
  QueryBody* right = nullptr;
};

struct ParenthesizedQuery : QueryBody {
  static constexpr Kind kKind = Kind::kParenthesized;
  ParenthesizedQuery() : QueryBody(kKind) {}

  QueryExpression* query = nullptr;
};

struct TableStatementBody : QueryBody {
  static constexpr Kind kKind = Kind::kTable;
  TableStatementBody() : QueryBody(kKind) {}

  TableName name;
};

struct ValuesBody : QueryBody {
  static constexpr Kind kKind = Kind::kValues;
  ValuesBody() : QueryBody(kKind) {}

  List<RowExpression*> rows;  // an item may be a Default
};

struct CommonTableExpression {
  std::string_view name;
  List<std::string_view> columns;
  QueryExpression* query = nullptr;
};

enum class LockStrength : uint8_t { kShare, kUpdate };
enum class LockWait : uint8_t { kWait, kNoWait, kSkipLocked };
struct LockingClause {
  LockStrength strength = LockStrength::kUpdate;
  LockWait wait = LockWait::kWait;
  List<TableName> of;  // empty: all tables
};

enum class IntoKind : uint8_t { kNone, kVariables, kOutfile, kDumpfile };

/// FIELDS and LINES of LOAD DATA and INTO OUTFILE.
struct FileFormat {
  std::string_view fields_terminated = "\t";
  std::string_view fields_enclosed;
  bool optionally_enclosed = false;
  std::string_view fields_escaped = "\\";
  std::string_view lines_starting;
  std::string_view lines_terminated = "\n";
};

struct SelectInto {
  IntoKind kind = IntoKind::kNone;
  std::string_view file;
  std::string_view charset;
  FileFormat format;
  List<Expression*> variables;  // UserVariable, or ColumnReference for a routine's variable
};

struct QueryExpression {
  bool recursive = false;
  List<CommonTableExpression*> with;
  QueryBody* body = nullptr;
  List<OrderItem> order_by;
  bool has_limit = false;
  Limit limit;
  List<LockingClause> locking;
  SelectInto into;  // only at the top of a SELECT statement
  SourceSpan span;
};

}  // namespace sixfold::sql
