// Queries: WITH, SELECT, set operations, ORDER BY, LIMIT, locking, INTO.
#include "core/sql/parser_impl.h"
#include "core/types/error_codes.h"
#include "core/types/sql_error.h"

namespace sixfold::sql {

bool Parser::StartsQuery() {
  switch (token_.keyword) {
    case K::kSelect:
    case K::kWith:
    case K::kTable:
      return true;
    case K::kValues:
      return PeekIs(1, K::kRow);
    default:
      return false;
  }
}

// Whether the token can follow a parenthesized query inside a larger one.
bool Parser::ContinuesQuery() const {
  switch (token_.keyword) {
    case K::kUnion:
    case K::kIntersect:
    case K::kExcept:
    case K::kOrder:
    case K::kLimit:
      return true;
    default:
      return false;
  }
}

QueryExpression* Parser::ParseQuery() {
  GuardStack();
  QueryExpression* query = New<QueryExpression>();
  if (Is(K::kWith)) ParseWith(&query->recursive, &query->with);
  ParseQueryTail(query, nullptr);
  return query;
}

// `first` is a parenthesized query that has been taken already.
QueryExpression* Parser::ParseQueryFrom(QueryBody* first) {
  QueryExpression* query = arena_->New<QueryExpression>();
  query->span.begin = first->span.begin;
  ParseQueryTail(query, first);
  return query;
}

void Parser::ParseQueryTail(QueryExpression* query, QueryBody* first) {
  query->body = ParseUnion(query, first);
  if (Is(K::kOrder)) {
    Expect(K::kOrder, K::kBy);
    query->order_by = ParseOrderList();
  }
  if (Accept(K::kLimit)) {
    query->has_limit = true;
    ParseLimit(&query->limit);
  }
  if (Is(K::kInto)) ParseInto(&query->into);
  while (Is(K::kFor) || (Is(K::kLock) && PeekIs(1, K::kIn))) {
    Add(&query->locking, ParseLocking());
  }
  if (Is(K::kInto)) ParseInto(&query->into);
  Finish(query);
}

void Parser::ParseWith(bool* recursive, List<CommonTableExpression*>* with) {
  Expect(K::kWith);
  *recursive = Accept(K::kRecursive);
  do {
    CommonTableExpression* cte = arena_->New<CommonTableExpression>();
    cte->name = Identifier();
    if (Accept(T::kLeftParen)) {
      cte->columns = NameList();
      Expect(T::kRightParen);
    }
    Expect(K::kAs);
    Expect(T::kLeftParen);
    cte->query = ParseQuery();
    Expect(T::kRightParen);
    Add(with, cte);
  } while (Accept(T::kComma));
}

// UNION and EXCEPT, from left to right; INTERSECT binds tighter.
QueryBody* Parser::ParseUnion(QueryExpression* query, QueryBody* first) {
  QueryBody* left = ParseIntersect(query, first);
  while (Is(K::kUnion) || Is(K::kExcept)) {
    SetOperation* node = arena_->New<SetOperation>();
    node->span.begin = left->span.begin;
    node->op = Is(K::kUnion) ? SetOperator::kUnion : SetOperator::kExcept;
    Advance();
    node->all = Accept(K::kAll);
    if (!node->all) Accept(K::kDistinct);
    node->left = left;
    node->right = ParseIntersect(query, nullptr);
    left = Finish(node);
  }
  return left;
}

QueryBody* Parser::ParseIntersect(QueryExpression* query, QueryBody* first) {
  QueryBody* left = first != nullptr ? first : ParseQueryPrimary(query);
  while (Is(K::kIntersect)) {
    SetOperation* node = arena_->New<SetOperation>();
    node->span.begin = left->span.begin;
    node->op = SetOperator::kIntersect;
    Advance();
    node->all = Accept(K::kAll);
    if (!node->all) Accept(K::kDistinct);
    node->left = left;
    node->right = ParseQueryPrimary(query);
    left = Finish(node);
  }
  return left;
}

QueryBody* Parser::ParseQueryPrimary(QueryExpression* query) {
  if (Is(K::kSelect)) return ParseSpecification(query);
  if (Is(K::kValues)) return ParseValuesBody();
  if (Is(K::kTable)) {
    TableStatementBody* table = New<TableStatementBody>();
    Advance();
    table->name = QualifiedName();
    return Finish(table);
  }
  const uint32_t begin = token_.begin;
  Expect(T::kLeftParen);
  QueryExpression* inner = ParseQuery();
  Expect(T::kRightParen);
  return UnwrapParenthesized(inner, begin);
}

// Parentheses around a query without clauses of its own mean nothing beyond the tree's shape.
QueryBody* Parser::UnwrapParenthesized(QueryExpression* inner, uint32_t begin) {
  const bool bare = inner->with.empty() && inner->order_by.empty() && !inner->has_limit &&
                    inner->locking.empty() && inner->into.kind == IntoKind::kNone;
  if (bare) return inner->body;
  ParenthesizedQuery* node = arena_->New<ParenthesizedQuery>();
  node->span.begin = begin;
  node->query = inner;
  return Finish(node);
}

void Parser::ParseSelectOptions(QuerySpecification* select) {
  while (true) {
    switch (token_.keyword) {
      case K::kAll:
        break;
      case K::kDistinct:
      case K::kDistinctrow:
        select->distinct = true;
        break;
      case K::kStraightJoin:
        select->straight_join = true;
        break;
      case K::kHighPriority:
        select->high_priority = true;
        break;
      case K::kSqlSmallResult:
        select->sql_small_result = true;
        break;
      case K::kSqlBigResult:
        select->sql_big_result = true;
        break;
      case K::kSqlBufferResult:
        select->sql_buffer_result = true;
        break;
      case K::kSqlNoCache:
        select->sql_no_cache = true;
        break;
      case K::kSqlCalcFoundRows:
        select->sql_calc_found_rows = true;
        break;
      default:
        return;
    }
    Advance();
  }
}

QueryBody* Parser::ParseSpecification(QueryExpression* query) {
  QuerySpecification* select = New<QuerySpecification>();
  Expect(K::kSelect);
  ParseSelectOptions(select);
  do {
    Add(&select->items, ParseSelectItem());
  } while (Accept(T::kComma));
  if (Is(K::kInto)) ParseInto(&query->into);
  if (Accept(K::kFrom)) {
    if (Accept(K::kDual)) {
      select->from_dual = true;
    } else {
      select->from = ParseTableList();
    }
  }
  if (Accept(K::kWhere)) select->where = ParseExpr();
  if (Is(K::kGroup)) {
    Expect(K::kGroup, K::kBy);
    do {
      OrderItem item;
      item.expression = ParseExpr();
      Add(&select->group_by, item);
    } while (Accept(T::kComma));
    select->with_rollup = Accept(K::kWith, K::kRollup);
  }
  if (Accept(K::kHaving)) select->having = ParseExpr();
  if (Accept(K::kWindow)) {
    do {
      const std::string_view name = Identifier();
      Expect(K::kAs);
      Expect(T::kLeftParen);
      WindowSpecification* window = ParseWindowSpecification();
      window->name = name;
      Add(&select->windows, window);
    } while (Accept(T::kComma));
  }
  return Finish(select);
}

SelectItem Parser::ParseSelectItem() {
  SelectItem item;
  const uint32_t begin = token_.begin;
  const bool qualified_star = IsIdentifier() && PeekIs(1, T::kDot) &&
                              (PeekIs(2, T::kStar) || (PeekIs(3, T::kDot) && PeekIs(4, T::kStar)));
  if (Is(T::kStar) || qualified_star) {
    Wildcard* star = New<Wildcard>();
    if (qualified_star) {
      star->table = Identifier();
      Advance();
      if (!Is(T::kStar)) {
        star->schema = star->table;
        star->table = Identifier();
        Advance();
      }
    }
    Expect(T::kStar);
    item.expression = Finish(star);
    return item;
  }
  item.expression = ParseExpr();
  const uint32_t end = previous_end_;
  if (Accept(K::kAs)) {
    item.has_alias = true;
  } else {
    item.has_alias = IsIdentifierOrString();
  }
  if (item.has_alias) item.alias = IdentifierOrString();
  item.name = item.has_alias ? item.alias : NameOfItem(*item.expression, begin);
  if (!item.has_alias && item.name.data() == nullptr) item.name = TextWithoutComments(begin, end);
  return item;
}

// Null: the source text.
std::string_view Parser::NameOfItem(const Expression& expression, uint32_t begin) {
  if (const auto* column = TryAs<ColumnReference>(&expression)) return column->column;
  const auto* literal = TryAs<Literal>(&expression);
  if (literal == nullptr) return {};
  const bool parenthesized = expression.span.begin != begin;
  switch (literal->type) {
    case LiteralType::kNull:
      return parenthesized ? std::string_view() : "NULL";
    case LiteralType::kTrue:
      return parenthesized ? std::string_view() : "TRUE";
    case LiteralType::kFalse:
      return parenthesized ? std::string_view() : "FALSE";
    case LiteralType::kString:
      if (parenthesized) return {};
      return literal->text.data() == nullptr ? std::string_view("") : literal->text;
    default:
      return {};
  }
}

QueryBody* Parser::ParseValuesBody() {
  ValuesBody* values = New<ValuesBody>();
  Expect(K::kValues);
  do {
    Expect(K::kRow);
    Add(&values->rows, ParseValueRow());
  } while (Accept(T::kComma));
  return Finish(values);
}

// ( expr | DEFAULT, … ), perhaps empty.
RowExpression* Parser::ParseValueRow() {
  RowExpression* row = New<RowExpression>();
  Expect(T::kLeftParen);
  if (Accept(T::kRightParen)) return Finish(row);
  do {
    if (Is(K::kDefault) && !PeekIs(1, T::kLeftParen)) {
      Default* value = New<Default>();
      Advance();
      Add<Expression*>(&row->items, Finish(value));
    } else {
      Add(&row->items, ParseExpr());
    }
  } while (Accept(T::kComma));
  Expect(T::kRightParen);
  return Finish(row);
}

List<OrderItem> Parser::ParseOrderList() {
  List<OrderItem> list;
  do {
    OrderItem item;
    item.expression = ParseExpr();
    item.descending = Accept(K::kDesc);
    if (!item.descending) Accept(K::kAsc);
    Add(&list, item);
  } while (Accept(T::kComma));
  return list;
}

void Parser::ParseLimit(Limit* limit) {
  limit->count = ParseLimitOption();
  if (Accept(T::kComma)) {
    limit->offset = limit->count;
    limit->count = ParseLimitOption();
  } else if (Accept(K::kOffset)) {
    limit->offset = ParseLimitOption();
  }
}

// A number, a parameter, or a routine's variable.
Expression* Parser::ParseLimitOption() {
  if (Is(T::kInteger)) {
    Literal* number = ParseNumber();
    if (number->type != LiteralType::kInteger) SyntaxError();
    return number;
  }
  if (Is(T::kHex) || Is(T::kBit)) return ParseHexOrBit();
  if (Is(T::kParameter) && options_.allow_parameters) return ParsePrimary();
  if (!IsIdentifier()) SyntaxError();
  ColumnReference* variable = New<ColumnReference>();
  variable->column = Identifier();
  return Finish(variable);
}

LockingClause Parser::ParseLocking() {
  LockingClause clause;
  if (Accept(K::kLock)) {
    Expect(K::kIn);
    Expect(K::kShare, K::kMode);
    clause.strength = LockStrength::kShare;
    return clause;
  }
  Expect(K::kFor);
  if (Accept(K::kShare)) {
    clause.strength = LockStrength::kShare;
  } else {
    Expect(K::kUpdate);
  }
  if (Accept(K::kOf)) {
    do {
      Add(&clause.of, QualifiedName());
    } while (Accept(T::kComma));
  }
  if (Accept(K::kNowait)) {
    clause.wait = LockWait::kNoWait;
  } else if (Accept(K::kSkip)) {
    Expect(K::kLocked);
    clause.wait = LockWait::kSkipLocked;
  }
  return clause;
}

void Parser::ParseInto(SelectInto* into) {
  if (into->kind != IntoKind::kNone) SyntaxError();
  Expect(K::kInto);
  if (Accept(K::kOutfile)) {
    into->kind = IntoKind::kOutfile;
    into->file = String();
    if (Accept(K::kCharset)) {
      into->charset = CharsetName();
    } else if (Is(K::kCharacter) || (Is(K::kChar) && PeekIs(1, K::kSet))) {
      Advance();
      Expect(K::kSet);
      into->charset = CharsetName();
    }
    ParseFileFormat(&into->format);
    return;
  }
  if (Accept(K::kDumpfile)) {
    into->kind = IntoKind::kDumpfile;
    into->file = String();
    return;
  }
  into->kind = IntoKind::kVariables;
  do {
    if (Is(T::kUserVariable)) {
      UserVariable* variable = New<UserVariable>();
      variable->name = lexer_.Value(token_, arena_);
      Advance();
      Add<Expression*>(&into->variables, Finish(variable));
    } else {
      ColumnReference* variable = New<ColumnReference>();
      variable->column = Identifier();
      Add<Expression*>(&into->variables, Finish(variable));
    }
  } while (Accept(T::kComma));
}

// FIELDS … LINES … of INTO OUTFILE and LOAD DATA.
void Parser::ParseFileFormat(FileFormat* format) {
  const auto text = [this] {
    if (Is(T::kHex) || Is(T::kBit)) return ParseHexOrBit()->text;
    return String();
  };
  if (Is(K::kColumns) || Is(K::kFields)) {
    Advance();
    bool any = false;
    while (Is(K::kTerminated) || Is(K::kOptionally) || Is(K::kEnclosed) || Is(K::kEscaped)) {
      any = true;
      if (Accept(K::kTerminated)) {
        Expect(K::kBy);
        format->fields_terminated = text();
      } else if (Accept(K::kEscaped)) {
        Expect(K::kBy);
        format->fields_escaped = text();
      } else {
        format->optionally_enclosed = Accept(K::kOptionally);
        Expect(K::kEnclosed, K::kBy);
        format->fields_enclosed = text();
      }
    }
    if (!any) SyntaxError();
  }
  if (Accept(K::kLines)) {
    bool any = false;
    while (Is(K::kStarting) || Is(K::kTerminated)) {
      any = true;
      const bool starting = Is(K::kStarting);
      Advance();
      Expect(K::kBy);
      (starting ? format->lines_starting : format->lines_terminated) = text();
    }
    if (!any) SyntaxError();
  }
}

}  // namespace sixfold::sql
