// Queries and table references as MySQL shows them.
#include "core/sql/printer_impl.h"

namespace sixfold::sql {

std::string PrintQuery(const QueryExpression& query, const PrintOptions& options) {
  Printer printer(options);
  printer.Print(query);
  return printer.Take();
}

void Printer::Name(const TableName& name) {
  if (!name.schema.empty()) {
    Name(name.schema);
    Text(".");
  }
  Name(name.table);
}

void Printer::Names(const List<std::string_view>& names) {
  Separated(names, ",", [&](std::string_view name) { Name(name); });
}

void Printer::NamesInParentheses(const List<std::string_view>& names) {
  Text("(");
  Names(names);
  Text(")");
}

void Printer::TableNames(const List<TableName>& names) {
  Separated(names, ",", [&](const TableName& name) { Name(name); });
}

void Printer::PrintWith(bool recursive, const List<CommonTableExpression*>& with) {
  if (with.empty()) return;
  Text(recursive ? "with recursive " : "with ");
  Separated(with, ", ", [&](const CommonTableExpression* cte) {
    Name(cte->name);
    if (!cte->columns.empty()) {
      Text(" ");
      NamesInParentheses(cte->columns);
    }
    const bool outside = in_expression_;
    in_expression_ = false;
    Text(" as (");
    Print(*cte->query);
    Text(")");
    in_expression_ = outside;
  });
  Text(" ");
}

void Printer::Print(const QueryExpression& query) {
  GuardStack();
  PrintWith(query.recursive, query.with);
  Print(*query.body);
  if (!query.order_by.empty()) {
    Text(" order by ");
    PrintOrder(query.order_by);
  }
  if (query.has_limit) {
    Text(" limit ");
    PrintLimit(query.limit);
  }
  for (const LockingClause& clause : query.locking) PrintLocking(clause);
  PrintInto(query.into);
}

void Printer::PrintOrder(const List<OrderItem>& order) {
  Separated(order, ",", [&](const OrderItem& item) {
    Print(*item.expression);
    if (item.descending) Text(" desc");
  });
}

void Printer::PrintLimit(const Limit& limit) {
  if (limit.offset != nullptr) {
    Print(*limit.offset);
    Text(",");
  }
  Print(*limit.count);
}

void Printer::PrintLocking(const LockingClause& clause) {
  Text(clause.strength == LockStrength::kUpdate ? " for update" : " for share");
  if (!clause.of.empty()) {
    Text(" of ");
    TableNames(clause.of);
  }
  if (clause.wait == LockWait::kNoWait) Text(" nowait");
  if (clause.wait == LockWait::kSkipLocked) Text(" skip locked");
}

void Printer::PrintInto(const SelectInto& into) {
  switch (into.kind) {
    case IntoKind::kNone:
      return;
    case IntoKind::kVariables:
      Text(" into ");
      return Expressions(into.variables);
    case IntoKind::kDumpfile:
      Text(" into dumpfile ");
      return Quoted(into.file);
    case IntoKind::kOutfile:
      Text(" into outfile ");
      Quoted(into.file);
      if (!into.charset.empty()) {
        Text(" character set ");
        Word(into.charset);
      }
      return PrintFileFormat(into.format);
  }
}

void Printer::PrintFileFormat(const FileFormat& format) {
  Text(" fields terminated by ");
  Quoted(format.fields_terminated);
  if (format.optionally_enclosed) Text(" optionally");
  Text(" enclosed by ");
  Quoted(format.fields_enclosed);
  Text(" escaped by ");
  Quoted(format.fields_escaped);
  Text(" lines starting by ");
  Quoted(format.lines_starting);
  Text(" terminated by ");
  Quoted(format.lines_terminated);
}

void Printer::Print(const QueryBody& body) {
  GuardStack();
  switch (body.kind) {
    case QueryBody::Kind::kSpecification:
      return PrintSelect(As<QuerySpecification>(body));
    case QueryBody::Kind::kSetOperation: {
      const auto& operation = As<SetOperation>(body);
      constexpr std::string_view kWords[] = {" union ", " intersect ", " except "};
      PrintOperand(*operation.left, false);
      Text(kWords[static_cast<size_t>(operation.op)]);
      if (operation.all) Text("all ");
      return PrintOperand(*operation.right, true);
    }
    case QueryBody::Kind::kParenthesized:
      Text("(");
      Print(*As<ParenthesizedQuery>(body).query);
      return Text(")");
    case QueryBody::Kind::kTable:
      Text("table ");
      return Name(As<TableStatementBody>(body).name);
    case QueryBody::Kind::kValues:
      Text("values ");
      return Separated(As<ValuesBody>(body).rows, ",",
                       [&](const RowExpression* row) { PrintRow(*row, "row("); });
  }
}

// A set operation inside another is in parentheses unless it is the left one of its rank.
void Printer::PrintOperand(const QueryBody& body, bool right) {
  const bool parentheses = body.kind == QueryBody::Kind::kSetOperation &&
                           (right || As<SetOperation>(body).op == SetOperator::kIntersect);
  if (parentheses) Text("(");
  Print(body);
  if (parentheses) Text(")");
}

void Printer::PrintSelectOptions(const QuerySpecification& select) {
  if (select.straight_join) Text("straight_join ");
  if (select.high_priority) Text("high_priority ");
  if (select.distinct) Text("distinct ");
  if (select.sql_small_result) Text("sql_small_result ");
  if (select.sql_big_result) Text("sql_big_result ");
  if (select.sql_buffer_result) Text("sql_buffer_result ");
  if (select.sql_calc_found_rows) Text("sql_calc_found_rows ");
  if (select.sql_no_cache) Text("sql_no_cache ");
}

void Printer::PrintItem(const QuerySpecification& select, const SelectItem& item) {
  if (item.expression->kind == Expression::Kind::kWildcard) {
    if (options_.names != nullptr) {
      const auto columns = options_.names->Expand(select, As<Wildcard>(*item.expression));
      if (!columns.empty()) {
        return Separated(columns, ",", [&](const PrintedColumn& column) {
          Name(column);
          Text(" AS ");
          Name(column.column);
        });
      }
    }
    return Print(*item.expression);
  }
  Print(*item.expression);
  if (!item.has_alias && in_expression_) return;
  Text(" AS ");
  Name(item.name);
}

void Printer::PrintSelect(const QuerySpecification& select) {
  Text("select ");
  PrintSelectOptions(select);
  Separated(select.items, ",", [&](const SelectItem& item) { PrintItem(select, item); });
  const bool outside = in_expression_;
  if (select.from != nullptr) {
    Text(" from ");
    in_expression_ = false;
    Print(*select.from);
    in_expression_ = outside;
  } else if (select.from_dual || select.where != nullptr) {
    Text(" from DUAL");
  }
  if (select.where != nullptr) {
    Text(" where ");
    Print(*select.where);
  }
  if (!select.group_by.empty()) {
    Text(" group by ");
    PrintOrder(select.group_by);
    if (select.with_rollup) Text(" with rollup");
  }
  if (select.having != nullptr) {
    Text(" having ");
    Print(*select.having);
  }
  if (!select.windows.empty()) {
    Text(" window ");
    Separated(select.windows, ",", [&](const WindowSpecification* window) {
      Name(window->name);
      Text(" AS (");
      PrintWindow(*window);
      Text(")");
    });
  }
}

void Printer::PrintRow(const RowExpression& row, std::string_view open) {
  Text(open);
  Expressions(row.items);
  Text(")");
}

void Printer::Print(const TableReference& table) {
  GuardStack();
  switch (table.kind) {
    case TableReference::Kind::kBase:
      return PrintBase(As<BaseTable>(table));
    case TableReference::Kind::kDerived:
      return PrintDerived(As<DerivedTable>(table));
    case TableReference::Kind::kJoin:
      return PrintJoin(As<JoinTable>(table));
    case TableReference::Kind::kJsonTable:
      return PrintJsonTable(As<JsonTable>(table));
  }
}

void Printer::PrintBase(const BaseTable& table) {
  Name(options_.names != nullptr ? options_.names->Table(table) : table.name);
  if (!table.partitions.empty()) {
    Text(" PARTITION ");
    NamesInParentheses(table.partitions);
  }
  if (!table.alias.empty()) {
    Text(" ");
    Name(table.alias);
  }
  for (const IndexHint& hint : table.hints) {
    constexpr std::string_view kKinds[] = {" USE INDEX ", " FORCE INDEX ", " IGNORE INDEX "};
    constexpr std::string_view kScopes[] = {"", "FOR JOIN ", "FOR ORDER BY ", "FOR GROUP BY "};
    Text(kKinds[static_cast<size_t>(hint.kind)]);
    Text(kScopes[static_cast<size_t>(hint.scope)]);
    NamesInParentheses(hint.indexes);
  }
}

void Printer::PrintJoin(const JoinTable& join) {
  Text("(");
  Print(*join.left);
  if (join.natural) Text(" natural");
  switch (join.type) {
    case JoinType::kInner:
    case JoinType::kCross:
      Text(" join ");
      break;
    case JoinType::kLeft:
      Text(" left join ");
      break;
    case JoinType::kRight:
      Text(" right join ");
      break;
    case JoinType::kStraight:
      Text(" straight_join ");
      break;
  }
  Print(*join.right);
  if (join.on != nullptr) {
    Text(" on(");
    Print(*join.on);
    Text(")");
  } else if (!join.using_columns.empty()) {
    Text(" using ");
    NamesInParentheses(join.using_columns);
  }
  Text(")");
}

void Printer::PrintDerived(const DerivedTable& derived) {
  if (derived.lateral) Text("lateral ");
  const bool outside = in_expression_;
  in_expression_ = false;
  Text("(");
  Print(*derived.query);
  Text(") ");
  in_expression_ = outside;
  Name(derived.alias);
  if (!derived.columns.empty()) {
    Text(" ");
    NamesInParentheses(derived.columns);
  }
}

void Printer::PrintJsonTable(const JsonTable& table) {
  Text("json_table(");
  Print(*table.document);
  Text(", ");
  Quoted(static_cast<const Literal*>(table.path)->text);
  Text(" ");
  PrintJsonColumns(table.columns);
  Text(") ");
  Name(table.alias);
}

void Printer::PrintJsonColumns(const List<JsonTableColumn*>& columns) {
  GuardStack();
  Text("columns (");
  Separated(columns, ", ", [&](const JsonTableColumn* column) {
    if (column->kind == JsonColumnKind::kNested) {
      Text("nested path ");
      Quoted(static_cast<const Literal*>(column->path)->text);
      Text(" ");
      return PrintJsonColumns(column->nested);
    }
    Name(column->name);
    if (column->kind == JsonColumnKind::kOrdinality) return Text(" for ordinality");
    Text(" ");
    Print(column->type);
    Text(column->kind == JsonColumnKind::kExistsPath ? " exists path " : " path ");
    Quoted(static_cast<const Literal*>(column->path)->text);
    PrintJsonFallback(column->on_empty, "empty");
    PrintJsonFallback(column->on_error, "error");
  });
  Text(")");
}

}  // namespace sixfold::sql
