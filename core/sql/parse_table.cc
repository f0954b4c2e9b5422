// Table references: base and derived tables, joins, JSON_TABLE.
#include "core/sql/parser_impl.h"
#include "core/types/error_codes.h"
#include "core/types/sql_error.h"

namespace sixfold::sql {
namespace {

// `a JOIN b JOIN c ON x` is ((a JOIN b) JOIN c ON x): a join without a condition goes under the
// leftmost table of the joins to its right.
TableReference* HangLeftmost(TableReference* right, JoinTable* join) {
  JoinTable* parent = nullptr;
  TableReference* leftmost = right;
  while (JoinTable* inner = TryAs<JoinTable>(leftmost)) {
    if (inner->parenthesized) break;
    parent = inner;
    leftmost = inner->left;
  }
  join->right = leftmost;
  join->span.end = leftmost->span.end;
  if (parent == nullptr) return join;
  parent->left = join;
  for (TableReference* walk = right; walk != join; walk = static_cast<JoinTable*>(walk)->left) {
    walk->span.begin = join->span.begin;
  }
  return right;
}

}  // namespace

TableReference* Parser::ParseTableList() { return ParseTableListFrom(ParseTableFactor()); }

TableReference* Parser::ParseTableListFrom(TableReference* first) {
  TableReference* left = ParseJoins(first);
  while (Is(T::kComma)) {
    JoinTable* join = arena_->New<JoinTable>();
    join->span.begin = left->span.begin;
    join->type = JoinType::kCross;
    join->from_comma = true;
    Advance();
    join->left = left;
    join->right = ParseJoins(ParseTableFactor());
    left = Finish(join);
  }
  return left;
}

TableReference* Parser::ParseJoins(TableReference* left) {
  GuardStack();
  while (true) {
    JoinTable* join = nullptr;
    const auto start = [&](JoinType type) {
      join = arena_->New<JoinTable>();
      join->span.begin = left->span.begin;
      join->left = left;
      join->type = type;
      Advance();
    };
    switch (token_.keyword) {
      case K::kJoin:
      case K::kStraightJoin:
        start(Is(K::kJoin) ? JoinType::kInner : JoinType::kStraight);
        break;
      case K::kInner:
      case K::kCross:
        start(Is(K::kInner) ? JoinType::kInner : JoinType::kCross);
        Expect(K::kJoin);
        break;
      case K::kLeft:
      case K::kRight:
        start(Is(K::kLeft) ? JoinType::kLeft : JoinType::kRight);
        Accept(K::kOuter);
        Expect(K::kJoin);
        break;
      case K::kNatural:
        start(JoinType::kInner);
        join->natural = true;
        if (Is(K::kLeft) || Is(K::kRight)) {
          join->type = Is(K::kLeft) ? JoinType::kLeft : JoinType::kRight;
          Advance();
          Accept(K::kOuter);
        } else {
          Accept(K::kInner);
        }
        Expect(K::kJoin);
        join->right = ParseTableFactor();
        left = Finish(join);
        continue;
      default:
        return left;
    }
    left = ParseJoinTail(left, join);
  }
}

// Behind JOIN.
TableReference* Parser::ParseJoinTail(TableReference* left, JoinTable* join) {
  TableReference* right = ParseJoins(ParseTableFactor());
  const bool duplicate_clause = Is(K::kOn) && PeekIs(1, K::kDuplicate) && PeekIs(2, K::kKey);
  if (Is(K::kOn) && !duplicate_clause) {
    Advance();
    join->right = right;
    join->on = ParseExpr();
    return Finish(join);
  }
  if (Accept(K::kUsing)) {
    join->right = right;
    Expect(T::kLeftParen);
    join->using_columns = NameList();
    Expect(T::kRightParen);
    return Finish(join);
  }
  if (join->type == JoinType::kLeft || join->type == JoinType::kRight) SyntaxError();
  return HangLeftmost(right, join);
}

TableReference* Parser::ParseTableFactor() {
  if (Is(T::kLeftParen)) return ParseParenthesizedTable();
  if (Is(K::kLateral)) {
    const uint32_t begin = token_.begin;
    Advance();
    QueryExpression* query = ParseParenthesizedSubquery();
    return ParseDerived(query, true, begin);
  }
  if (Is(K::kJsonTable)) return ParseJsonTable();
  if (Accept(T::kLeftBrace)) {
    Expect(K::kOj);
    TableReference* table = ParseTableList();
    Expect(T::kRightBrace);
    return table;
  }
  return ParseBaseTable();
}

TableReference* Parser::ParseParenthesizedTable() {
  const uint32_t begin = token_.begin;
  Expect(T::kLeftParen);
  const TableOrQuery inner = ParseTableOrQuery();
  Expect(T::kRightParen);
  if (inner.query != nullptr) return ParseDerived(inner.query, false, begin);
  if (JoinTable* join = TryAs<JoinTable>(inner.table)) join->parenthesized = true;
  return inner.table;
}

// Behind '(' in FROM; the same puzzle as ParseExpressionOrQuery().
Parser::TableOrQuery Parser::ParseTableOrQuery() {
  GuardStack();
  if (StartsQuery()) return {nullptr, ParseQuery()};
  if (!Is(T::kLeftParen)) return {ParseTableList(), nullptr};
  const uint32_t begin = token_.begin;
  Advance();
  const TableOrQuery inner = ParseTableOrQuery();
  Expect(T::kRightParen);
  if (inner.query == nullptr) {
    if (JoinTable* join = TryAs<JoinTable>(inner.table)) join->parenthesized = true;
    return {ParseTableListFrom(inner.table), nullptr};
  }
  if (ContinuesQuery()) {
    return {nullptr, ParseQueryFrom(UnwrapParenthesized(inner.query, begin))};
  }
  if (Is(T::kRightParen)) return inner;
  return {ParseTableListFrom(ParseDerived(inner.query, false, begin)), nullptr};
}

TableReference* Parser::ParseDerived(QueryExpression* query, bool lateral, uint32_t begin) {
  DerivedTable* derived = arena_->New<DerivedTable>();
  derived->span.begin = begin;
  derived->query = query;
  derived->lateral = lateral;
  if (Accept(T::kEqual)) {
    derived->alias = Identifier();
  } else {
    derived->alias = OptionalAlias();
  }
  if (derived->alias.empty()) {
    // A query in parentheses with nothing behind it that could be an alias.
    if (!Is(T::kEnd) && !Is(T::kRightParen) && !Is(T::kComma) && !Is(T::kSemicolon) &&
        !Is(T::kIdentifier)) {
      SyntaxError();
    }
    throw MakeError(ErrorCode::kDerivedMustHaveAlias);
  }
  if (Accept(T::kLeftParen)) {
    derived->columns = NameList();
    Expect(T::kRightParen);
  }
  return Finish(derived);
}

BaseTable* Parser::ParseBaseTable() {
  BaseTable* table = New<BaseTable>();
  table->name = QualifiedName();
  if (Is(K::kPartition) && PeekIs(1, T::kLeftParen)) {
    Advance();
    Advance();
    table->partitions = NameList();
    Expect(T::kRightParen);
  }
  if (Accept(T::kEqual)) {
    table->alias = Identifier();
  } else {
    table->alias = OptionalAlias();
  }
  ParseIndexHints(table);
  return Finish(table);
}

void Parser::ParseIndexHints(BaseTable* table) {
  while (Is(K::kUse) || Is(K::kForce) || Is(K::kIgnore)) {
    if (!PeekIs(1, K::kIndex) && !PeekIs(1, K::kKey)) return;
    IndexHint hint;
    hint.kind = Is(K::kUse)     ? IndexHintKind::kUse
                : Is(K::kForce) ? IndexHintKind::kForce
                                : IndexHintKind::kIgnore;
    Advance();
    Advance();
    if (Accept(K::kFor)) {
      if (Accept(K::kJoin)) {
        hint.scope = IndexHintScope::kJoin;
      } else if (Accept(K::kOrder)) {
        Expect(K::kBy);
        hint.scope = IndexHintScope::kOrderBy;
      } else {
        Expect(K::kGroup, K::kBy);
        hint.scope = IndexHintScope::kGroupBy;
      }
    }
    Expect(T::kLeftParen);
    if (!Is(T::kRightParen)) {
      do {
        Add(&hint.indexes, Accept(K::kPrimary) ? std::string_view("PRIMARY") : Identifier());
      } while (Accept(T::kComma));
    } else if (hint.kind != IndexHintKind::kUse) {
      SyntaxError();
    }
    Expect(T::kRightParen);
    Add(&table->hints, hint);
  }
}

TableReference* Parser::ParseJsonTable() {
  JsonTable* table = New<JsonTable>();
  Expect(K::kJsonTable);
  Expect(T::kLeftParen);
  table->document = ParseExpr();
  Expect(T::kComma);
  if (!Is(T::kString)) SyntaxError();
  table->path = ParseStringLiteral();
  table->columns = ParseJsonColumns();
  Expect(T::kRightParen);
  table->alias = OptionalAlias();
  if (table->alias.empty()) {
    throw SqlError(static_cast<ErrorCode>(3661), "42000",
                   "Every table function must have an alias.");
  }
  return Finish(table);
}

List<JsonTableColumn*> Parser::ParseJsonColumns() {
  GuardStack();
  List<JsonTableColumn*> columns;
  Expect(K::kColumns);
  Expect(T::kLeftParen);
  do {
    Add(&columns, ParseJsonColumn());
  } while (Accept(T::kComma));
  Expect(T::kRightParen);
  return columns;
}

JsonTableColumn* Parser::ParseJsonColumn() {
  JsonTableColumn* column = arena_->New<JsonTableColumn>();
  if (Is(K::kNested) && (PeekIs(1, T::kString) || PeekIs(1, K::kPath))) {
    Advance();
    Accept(K::kPath);
    column->kind = JsonColumnKind::kNested;
    if (!Is(T::kString)) SyntaxError();
    column->path = ParseStringLiteral();
    column->nested = ParseJsonColumns();
    return column;
  }
  column->name = Identifier();
  if (Accept(K::kFor)) {
    Expect(K::kOrdinality);
    column->kind = JsonColumnKind::kOrdinality;
    return column;
  }
  column->type = ParseType();
  if (Accept(K::kCollate)) column->type.collation = CollationName();
  if (Accept(K::kExists)) column->kind = JsonColumnKind::kExistsPath;
  Expect(K::kPath);
  if (!Is(T::kString)) SyntaxError();
  column->path = ParseStringLiteral();
  ParseJsonFallbacks(&column->on_empty, &column->on_error);
  return column;
}

}  // namespace sixfold::sql
