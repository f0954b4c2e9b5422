// INSERT, REPLACE, UPDATE, DELETE, LOAD DATA, CALL, DO, HANDLER, and SELECT as a statement.
#include "core/sql/parser_impl.h"

namespace sixfold::sql {

Statement* Parser::ParseSelectStatement() {
  SelectStatement* select = New<SelectStatement>();
  select->query = ParseQuery();
  // ((SELECT …)) at the top is the inner query.
  while (true) {
    const auto* inner = TryAs<ParenthesizedQuery>(select->query->body);
    const bool bare = inner != nullptr && select->query->with.empty() &&
                      select->query->order_by.empty() && !select->query->has_limit &&
                      select->query->locking.empty() && select->query->into.kind == IntoKind::kNone;
    if (!bare) return Finish(select);
    select->query = inner->query;
  }
}

// WITH … SELECT | UPDATE | DELETE
void Parser::ParseWithStatement(Statement** statement) {
  bool recursive = false;
  List<CommonTableExpression*> with;
  const uint32_t begin = token_.begin;
  ParseWith(&recursive, &with);
  if (Is(K::kUpdate)) {
    auto* update = static_cast<UpdateStatement*>(ParseUpdate());
    update->recursive = recursive;
    update->with = with;
    *statement = update;
  } else if (Is(K::kDelete)) {
    auto* remove = static_cast<DeleteStatement*>(ParseDelete());
    remove->recursive = recursive;
    remove->with = with;
    *statement = remove;
  } else {
    SelectStatement* select = New<SelectStatement>();
    QueryExpression* query = New<QueryExpression>();
    query->span.begin = begin;
    query->recursive = recursive;
    query->with = with;
    ParseQueryTail(query, nullptr);
    select->query = query;
    *statement = Finish(select);
  }
}

Assignment Parser::ParseAssignment() {
  Assignment assignment;
  assignment.column = Column();
  if (!Accept(T::kEqual)) Expect(T::kAssign);
  if (Is(K::kDefault) && !PeekIs(1, T::kLeftParen)) {
    Default* value = New<Default>();
    Advance();
    assignment.value = Finish(value);
  } else {
    assignment.value = ParseExpr();
  }
  return assignment;
}

List<Assignment> Parser::ParseAssignments() {
  List<Assignment> assignments;
  do {
    Add(&assignments, ParseAssignment());
  } while (Accept(T::kComma));
  return assignments;
}

Statement* Parser::ParseInsert(bool replace) {
  InsertStatement* insert = New<InsertStatement>();
  insert->replace = replace;
  Advance();
  if (Is(K::kLowPriority) || Is(K::kDelayed) || (!replace && Is(K::kHighPriority))) {
    insert->priority = Is(K::kLowPriority) ? StatementPriority::kLow
                       : Is(K::kDelayed)   ? StatementPriority::kDelayed
                                           : StatementPriority::kHigh;
    Advance();
  }
  if (!replace) insert->ignore = Accept(K::kIgnore);
  Accept(K::kInto);
  insert->table = QualifiedName();
  if (Accept(K::kPartition)) {
    Expect(T::kLeftParen);
    insert->partitions = NameList();
    Expect(T::kRightParen);
  }
  ParseInsertSource(insert);
  if (!replace && Is(K::kOn)) {
    Advance();
    Expect(K::kDuplicate, K::kKey);
    Expect(K::kUpdate);
    insert->on_duplicate = ParseAssignments();
  }
  return Finish(insert);
}

void Parser::ParseInsertSource(InsertStatement* insert) {
  const auto row_alias = [&] {
    if (insert->replace || !Accept(K::kAs)) return;
    insert->row_alias = Identifier();
    if (Accept(T::kLeftParen)) {
      insert->row_alias_columns = NameList();
      Expect(T::kRightParen);
    }
  };
  if (Accept(K::kSet)) {
    insert->set_form = true;
    insert->has_column_list = true;
    RowExpression* row = New<RowExpression>();
    for (const Assignment& assignment : ParseAssignments()) {
      Add(&insert->columns, assignment.column);
      Add(&row->items, assignment.value);
    }
    Add(&insert->rows, Finish(row));
    row_alias();
    return;
  }
  if (Is(T::kLeftParen)) {
    // Either the column list or a query in parentheses.
    size_t depth = 1;
    while (depth < 7 && PeekIs(depth, T::kLeftParen)) ++depth;
    const K word = Peek(depth).keyword;
    const bool is_query =
        word == K::kSelect || word == K::kWith || word == K::kTable || word == K::kValues;
    if (!is_query) {
      insert->has_column_list = true;
      Advance();
      if (!Is(T::kRightParen)) {
        do {
          Add(&insert->columns, Column());
        } while (Accept(T::kComma));
      }
      Expect(T::kRightParen);
    }
  }
  const bool row_values = Is(K::kValues) && PeekIs(1, K::kRow);
  if ((Is(K::kValues) || Is(K::kValue)) && !row_values) {
    Advance();
    do {
      Add(&insert->rows, ParseValueRow());
    } while (Accept(T::kComma));
    row_alias();
    return;
  }
  if (!StartsQuery() && !Is(T::kLeftParen)) SyntaxError();
  insert->query = ParseQuery();
  if (row_values) row_alias();
}

Statement* Parser::ParseUpdate() {
  UpdateStatement* update = New<UpdateStatement>();
  Expect(K::kUpdate);
  update->low_priority = Accept(K::kLowPriority);
  update->ignore = Accept(K::kIgnore);
  update->tables = ParseTableList();
  Expect(K::kSet);
  update->assignments = ParseAssignments();
  if (Accept(K::kWhere)) update->where = ParseExpr();
  if (Is(K::kOrder)) {
    Expect(K::kOrder, K::kBy);
    update->order_by = ParseOrderList();
  }
  if (Accept(K::kLimit)) update->limit = ParseLimitOption();
  return Finish(update);
}

Statement* Parser::ParseDelete() {
  DeleteStatement* remove = New<DeleteStatement>();
  Expect(K::kDelete);
  while (true) {
    if (Accept(K::kLowPriority)) {
      remove->low_priority = true;
    } else if (Is(K::kQuick) && !PeekIs(1, T::kDot) && !PeekIs(1, T::kComma)) {
      Advance();
      remove->quick = true;
    } else if (Accept(K::kIgnore)) {
      remove->ignore = true;
    } else {
      break;
    }
  }
  const auto targets = [&] {
    do {
      Add(&remove->targets, QualifiedNameWithStar());
    } while (Accept(T::kComma));
  };
  if (!Accept(K::kFrom)) {  // DELETE t1, t2 FROM …
    targets();
    Expect(K::kFrom);
    remove->tables = ParseTableList();
    if (Accept(K::kWhere)) remove->where = ParseExpr();
    return Finish(remove);
  }
  BaseTable* table = New<BaseTable>();
  table->name = QualifiedNameWithStar();
  const bool star = lexer_.text()[previous_end_ - 1] == '*';
  if (star || Is(T::kComma) || Is(K::kUsing)) {  // DELETE FROM t1, t2 USING …
    remove->using_form = true;
    Add(&remove->targets, table->name);
    if (Accept(T::kComma)) targets();
    Expect(K::kUsing);
    remove->tables = ParseTableList();
    if (Accept(K::kWhere)) remove->where = ParseExpr();
    return Finish(remove);
  }
  if (!Is(K::kPartition)) table->alias = OptionalAlias();
  if (Accept(K::kPartition)) {
    Expect(T::kLeftParen);
    table->partitions = NameList();
    Expect(T::kRightParen);
  }
  remove->tables = Finish(table);
  if (Accept(K::kWhere)) remove->where = ParseExpr();
  if (Is(K::kOrder)) {
    Expect(K::kOrder, K::kBy);
    remove->order_by = ParseOrderList();
  }
  if (Accept(K::kLimit)) remove->limit = ParseLimitOption();
  return Finish(remove);
}

Statement* Parser::ParseLoadData() {
  LoadDataStatement* load = New<LoadDataStatement>();
  Expect(K::kLoad);
  if (Accept(K::kXml)) {
    load->xml = true;
  } else {
    Expect(K::kData);
  }
  if (Accept(K::kFrom)) {
    Expect(K::kS3);
    load->from_s3 = true;
    if (!Accept(K::kFile) && !Accept(K::kManifest) && IsIdentifier()) Advance();
  } else {
    if (Accept(K::kLowPriority)) {
      load->priority = StatementPriority::kLow;
    } else {
      load->concurrent = Accept(K::kConcurrent);
    }
    load->local = Accept(K::kLocal);
    Expect(K::kInfile);
  }
  load->file = String();
  if (Accept(K::kReplace)) {
    load->duplicates = DuplicateHandling::kReplace;
  } else if (Accept(K::kIgnore)) {
    load->duplicates = DuplicateHandling::kIgnore;
  }
  Expect(K::kInto);
  Expect(K::kTable);
  load->table = QualifiedName();
  if (Accept(K::kPartition)) {
    Expect(T::kLeftParen);
    load->partitions = NameList();
    Expect(T::kRightParen);
  }
  if (Accept(K::kCharset)) {
    load->charset = CharsetName();
  } else if (Is(K::kCharacter) || Is(K::kChar)) {
    Advance();
    Expect(K::kSet);
    load->charset = CharsetName();
  }
  if (load->xml && Is(K::kRows)) {
    Advance();
    Expect(K::kIdentified, K::kBy);
    load->xml_row_tag = String();
  }
  ParseFileFormat(&load->format);
  if (Accept(K::kIgnore)) {
    load->ignore_lines = UnsignedInteger();
    if (!Accept(K::kRows)) Expect(K::kLines);
  }
  if (Accept(T::kLeftParen)) {
    load->has_column_list = true;
    if (!Is(T::kRightParen)) {
      do {
        if (Is(T::kUserVariable)) {
          Add(&load->targets, ParsePrimary());
        } else {
          Add<Expression*>(&load->targets, Column());
        }
      } while (Accept(T::kComma));
    }
    Expect(T::kRightParen);
  }
  if (Accept(K::kSet)) load->assignments = ParseAssignments();
  return Finish(load);
}

Statement* Parser::ParseCall() {
  CallStatement* call = New<CallStatement>();
  Expect(K::kCall);
  call->procedure = QualifiedName();
  if (Accept(T::kLeftParen)) {
    if (!Is(T::kRightParen)) call->arguments = ParseExpressionList();
    Expect(T::kRightParen);
  }
  return Finish(call);
}

Statement* Parser::ParseDo() {
  DoStatement* statement = New<DoStatement>();
  Expect(K::kDo);
  do {
    Add(&statement->expressions, ParseExpr());
    if (Accept(K::kAs)) {
      IdentifierOrString();
    } else if (IsIdentifierOrString()) {
      IdentifierOrString();
    }
  } while (Accept(T::kComma));
  return Finish(statement);
}

Statement* Parser::ParseHandler() {
  HandlerStatement* handler = New<HandlerStatement>();
  const uint32_t begin = token_.begin;
  Expect(K::kHandler);
  handler->table = QualifiedName();
  if (!Is(K::kOpen) && !Is(K::kRead) && !Is(K::kClose)) SyntaxError();
  while (!AtEnd()) {
    if (Is(T::kInvalid)) SyntaxError();
    Advance();
  }
  handler->text = TextBetween(begin, previous_end_);
  return Finish(handler);
}

}  // namespace sixfold::sql
