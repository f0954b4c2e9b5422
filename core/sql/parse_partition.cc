// PARTITION BY and the definitions of partitions.
#include "core/sql/parser_impl.h"

namespace sixfold::sql {

// HASH (expr), KEY [ALGORITHM = n] (columns), RANGE|LIST (expr) or COLUMNS (columns).
void Parser::ParsePartitionMethod(PartitionClause* clause) {
  clause->linear = Accept(K::kLinear);
  const auto expression = [&] {
    Expect(T::kLeftParen);
    clause->expression = ParseExpr();
    Expect(T::kRightParen);
  };
  const auto columns = [&] {
    Expect(T::kLeftParen);
    if (!Is(T::kRightParen)) clause->columns = NameList();
    Expect(T::kRightParen);
  };
  if (Accept(K::kHash)) {
    clause->method = PartitionMethod::kHash;
    expression();
  } else if (Accept(K::kKey)) {
    clause->method = PartitionMethod::kKey;
    if (Accept(K::kAlgorithm)) {
      Expect(T::kEqual);
      clause->key_algorithm = UnsignedInteger();
    }
    columns();
  } else {
    const bool range = Accept(K::kRange);
    if (!range) Expect(K::kList);
    if (Accept(K::kColumns)) {
      clause->method = range ? PartitionMethod::kRangeColumns : PartitionMethod::kListColumns;
      columns();
    } else {
      clause->method = range ? PartitionMethod::kRange : PartitionMethod::kList;
      expression();
    }
  }
}

PartitionClause* Parser::ParsePartitionBy() {
  PartitionClause* clause = arena_->New<PartitionClause>();
  const uint32_t begin = token_.begin;
  Expect(K::kPartition);
  Expect(K::kBy);
  ParsePartitionMethod(clause);
  if (Accept(K::kPartitions)) clause->partitions = UnsignedInteger();
  if (Accept(K::kSubpartition)) {
    Expect(K::kBy);
    PartitionClause sub;
    sub.method = PartitionMethod::kRange;
    ParsePartitionMethod(&sub);
    if (sub.method != PartitionMethod::kHash && sub.method != PartitionMethod::kKey) SyntaxError();
    clause->has_subpartitions = true;
    clause->subpartition_by_key = sub.method == PartitionMethod::kKey;
    clause->subpartition_linear = sub.linear;
    clause->subpartition_key_algorithm = sub.key_algorithm;
    clause->subpartition_expression = sub.expression;
    clause->subpartition_columns = sub.columns;
    if (Accept(K::kSubpartitions)) clause->subpartitions = UnsignedInteger();
  }
  if (Is(T::kLeftParen)) clause->definitions = ParsePartitionDefinitions();
  clause->text = TextBetween(begin, previous_end_);
  return clause;
}

List<PartitionDefinition*> Parser::ParsePartitionDefinitions() {
  List<PartitionDefinition*> definitions;
  Expect(T::kLeftParen);
  do {
    Add(&definitions, ParsePartitionDefinition(false));
  } while (Accept(T::kComma));
  Expect(T::kRightParen);
  return definitions;
}

// One value of LESS THAN or IN; a tuple in parentheses or a single expression.
RowExpression* Parser::ParsePartitionValue(bool tuple) {
  RowExpression* row = New<RowExpression>();
  if (tuple) Expect(T::kLeftParen);
  do {
    if (Accept(K::kMaxvalue)) {
      Add<Expression*>(&row->items, nullptr);
    } else {
      Add(&row->items, ParseExpr());
    }
  } while (tuple && Accept(T::kComma));
  if (tuple) Expect(T::kRightParen);
  return Finish(row);
}

bool Parser::ParsePartitionOption(PartitionDefinition* definition) {
  switch (token_.keyword) {
    case K::kStorage:
      Advance();
      if (!Is(K::kEngine)) SyntaxError();
      [[fallthrough]];
    case K::kEngine:
      Advance();
      SkipEqual();
      definition->engine = IdentifierOrString();
      return true;
    case K::kComment:
      Advance();
      SkipEqual();
      definition->comment = String();
      return true;
    case K::kData:
    case K::kIndex: {
      const bool data = Is(K::kData);
      Advance();
      Expect(K::kDirectory);
      SkipEqual();
      (data ? definition->data_directory : definition->index_directory) = String();
      return true;
    }
    case K::kMaxRows:
    case K::kMinRows: {
      const bool most = Is(K::kMaxRows);
      Advance();
      SkipEqual();
      (most ? definition->max_rows : definition->min_rows) = UnsignedInteger();
      return true;
    }
    case K::kNodegroup:
      Advance();
      SkipEqual();
      UnsignedInteger();
      return true;
    case K::kTablespace:
      Advance();
      SkipEqual();
      definition->tablespace = Identifier();
      return true;
    default:
      return false;
  }
}

PartitionDefinition* Parser::ParsePartitionDefinition(bool sub) {
  PartitionDefinition* definition = arena_->New<PartitionDefinition>();
  Expect(sub ? K::kSubpartition : K::kPartition);
  definition->name = IdentifierOrString();
  if (!sub && Accept(K::kValues)) {
    definition->has_values = true;
    if (Accept(K::kLess)) {
      Expect(K::kThan);
      definition->less_than = true;
      if (Accept(K::kMaxvalue)) {
        definition->less_than_maxvalue = true;
      } else {
        Add(&definition->values, ParsePartitionValue(true));
      }
    } else {
      Expect(K::kIn);
      Expect(T::kLeftParen);
      do {
        Add(&definition->values, ParsePartitionValue(Is(T::kLeftParen)));
      } while (Accept(T::kComma));
      Expect(T::kRightParen);
    }
  }
  while (ParsePartitionOption(definition)) {
  }
  if (!sub && Accept(T::kLeftParen)) {
    do {
      Add(&definition->subpartitions, ParsePartitionDefinition(true));
    } while (Accept(T::kComma));
    Expect(T::kRightParen);
  }
  return definition;
}

}  // namespace sixfold::sql
