// Expressions as MySQL shows them.
#include <fmt/format.h>

#include <algorithm>

#include "core/base/bytes.h"
#include "core/base/stack_guard.h"
#include "core/sql/keyword.h"
#include "core/sql/printer_impl.h"
#include "core/types/error_codes.h"
#include "core/types/sql_error.h"

namespace sixfold::sql {
namespace {

constexpr std::string_view kBinaryWords[] = {
    " = ", " <=> ", " <> ", " < ",  " <= ",  " > ",           " >= ",
    " + ", " - ",   " * ",  " / ",  " DIV ", " % ",           " | ",
    " & ", " ^ ",   " << ", " >> ", " xor ", " sounds like ", " member of (",
};

constexpr std::string_view kAggregateNames[] = {
    "count",       "sum",          "avg",          "min",           "max",
    "bit_and",     "bit_or",       "bit_xor",      "std",           "stddev_samp",
    "variance",    "var_samp",     "group_concat", "json_arrayagg", "json_objectagg",
    "any_value",   "grouping",     "row_number",   "rank",          "dense_rank",
    "cume_dist",   "percent_rank", "ntile",        "lead",          "lag",
    "first_value", "last_value",   "nth_value",
};

constexpr std::string_view kUnitNames[] = {
    "MICROSECOND",
    "SECOND",
    "MINUTE",
    "HOUR",
    "DAY",
    "WEEK",
    "MONTH",
    "QUARTER",
    "YEAR",
    "SECOND_MICROSECOND",
    "MINUTE_MICROSECOND",
    "MINUTE_SECOND",
    "HOUR_MICROSECOND",
    "HOUR_SECOND",
    "HOUR_MINUTE",
    "DAY_MICROSECOND",
    "DAY_SECOND",
    "DAY_MINUTE",
    "DAY_HOUR",
    "YEAR_MONTH",
};

// What needs no backticks where a keyword would not be taken for one.
bool IsPlainWord(std::string_view word) {
  if (word.empty() || (word.front() >= '0' && word.front() <= '9')) return false;
  return std::all_of(word.begin(), word.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

std::string LowerUnit(IntervalUnit unit) {
  std::string name(IntervalUnitName(unit));
  for (char& c : name) {
    if (c != '_') c = static_cast<char>(c + 32);
  }
  return name;
}

}  // namespace

std::string_view IntervalUnitName(IntervalUnit unit) {
  return kUnitNames[static_cast<size_t>(unit)];
}

void AppendIdentifier(std::string* out, std::string_view name) {
  out->push_back('`');
  for (const char c : name) {
    if (c == '`') out->push_back('`');
    out->push_back(c);
  }
  out->push_back('`');
}

void AppendString(std::string* out, std::string_view text) {
  out->push_back('\'');
  for (const char c : text) {
    switch (c) {
      case '\'':
        out->append("\\'");
        break;
      case '\\':
        out->append("\\\\");
        break;
      case '\0':
        out->append("\\0");
        break;
      case '\n':
        out->append("\\n");
        break;
      case '\r':
        out->append("\\r");
        break;
      case '\032':
        out->append("\\Z");
        break;
      default:
        out->push_back(c);
    }
  }
  out->push_back('\'');
}

std::string PrintExpression(const Expression& expression, const PrintOptions& options) {
  Printer printer(options);
  printer.Print(expression);
  return printer.Take();
}

// The name of a character set, collation or engine.
void Printer::Word(std::string_view name) {
  const bool plain = IsPlainWord(name) && (name == "binary" || !IsReservedWord(name));
  plain ? Text(name) : Name(name);
}

void Printer::GuardStack() const {
  if (CheckStack()) return;
  throw MakeError(ErrorCode::kStackOverrun, kStackReserveBytes, kStackReserveBytes,
                  kStackReserveBytes);
}

void Printer::Expressions(const List<Expression*>& items, std::string_view separator) {
  Separated(items, separator, [&](const Expression* item) { Print(*item); });
}

void Printer::Name(const PrintedColumn& column) {
  if (!column.schema.empty()) {
    Name(column.schema);
    Text(".");
  }
  if (!column.table.empty()) {
    Name(column.table);
    Text(".");
  }
  Name(column.column);
}

void Printer::PrintLiteral(const Literal& literal) {
  switch (literal.type) {
    case LiteralType::kNull:
      return Text("NULL");
    case LiteralType::kTrue:
      return Text("true");
    case LiteralType::kFalse:
      return Text("false");
    case LiteralType::kInteger:
      out_.append(std::to_string(literal.integer));
      return;
    case LiteralType::kDecimal:
    case LiteralType::kFloat:
      return Text(literal.text);
    case LiteralType::kString:
      if (!literal.introducer.empty()) {
        Text("_");
        Text(literal.introducer);
      } else if (!options_.string_introducer.empty()) {
        Text("_");
        Text(options_.string_introducer);
      }
      return Quoted(literal.text);
    case LiteralType::kHex:
    case LiteralType::kBit:
      if (!literal.introducer.empty()) {
        Text("_");
        Text(literal.introducer);
        Text(" ");
      }
      if (literal.text.empty()) return Text("x''");
      Text("0x");
      out_.append(ToHex(literal.text));
      return;
    case LiteralType::kDate:
      Text("DATE");
      return Quoted(literal.text);
    case LiteralType::kTime:
      Text("TIME");
      return Quoted(literal.text);
    case LiteralType::kTimestamp:
      Text("TIMESTAMP");
      return Quoted(literal.text);
  }
}

void Printer::PrintInfix(const Expression& left, std::string_view word, const Expression& right) {
  Text("(");
  Print(left);
  Text(word);
  Print(right);
  Text(")");
}

void Printer::PrintSubquery(const QueryExpression& query) {
  const bool outside = in_expression_;
  in_expression_ = true;
  Text("(");
  Print(query);
  Text(")");
  in_expression_ = outside;
}

void Printer::PrintBinary(const Binary& binary) {
  PrintInfix(*binary.left, kBinaryWords[static_cast<size_t>(binary.op)], *binary.right);
  if (binary.op == BinaryOperator::kMemberOf) Text(")");
}

void Printer::PrintLogical(const Logical& logical) {
  Text("(");
  Expressions(logical.operands, logical.is_and ? " and " : " or ");
  Text(")");
}

void Printer::PrintCase(const Case& node) {
  Text("(case ");
  if (node.operand != nullptr) {
    Print(*node.operand);
    Text(" ");
  }
  for (const CaseBranch& branch : node.branches) {
    Text("when ");
    Print(*branch.when);
    Text(" then ");
    Print(*branch.then);
    Text(" ");
  }
  if (node.otherwise != nullptr) {
    Text("else ");
    Print(*node.otherwise);
    Text(" ");
  }
  Text("end)");
}

void Printer::PrintCall(const FunctionCall& call) {
  if (!call.schema.empty()) {
    Name(call.schema);
    Text(".");
    Name(call.written_name);
  } else if (call.name == "get_format") {
    Text("get_format(");
    Text(static_cast<const Literal*>(call.arguments[0])->text);
    Text(", ");
    Print(*call.arguments[1]);
    return Text(")");
  } else {
    const bool plain = IsPlainWord(call.name);
    if (plain) {
      Text(call.name);
    } else {
      Name(call.written_name);
    }
  }
  Text("(");
  Expressions(call.arguments);
  if (!call.using_charset.empty()) {
    Text(" using ");
    Word(call.using_charset);
  }
  Text(")");
}

void Printer::PrintAggregate(const AggregateCall& call) {
  Text(kAggregateNames[static_cast<size_t>(call.function)]);
  Text("(");
  if (call.distinct) Text("distinct ");
  if (call.star) {
    Text("0");
  } else {
    Expressions(call.arguments);
  }
  if (call.function == AggregateFunction::kGroupConcat) {
    if (!call.order_by.empty()) {
      Text(" order by ");
      Separated(call.order_by, ",", [&](const OrderItem& item) {
        Print(*item.expression);
        Text(item.descending ? " DESC" : " ASC");
      });
    }
    Text(" separator ");
    Quoted(call.separator);
  }
  Text(")");
  if (call.over == nullptr) return;
  if (call.respect_nulls_written) Text(" respect nulls");
  Text(" OVER ");
  if (call.over->is_reference) return Name(call.over->base_name);
  Text("(");
  PrintWindow(*call.over);
  Text(")");
}

void Printer::PrintWindow(const WindowSpecification& window) {
  if (!window.base_name.empty()) {
    Name(window.base_name);
    Text(" ");
  }
  if (!window.partition_by.empty()) {
    Text("PARTITION BY ");
    Expressions(window.partition_by);
    Text(" ");
  }
  if (!window.order_by.empty()) {
    Text("ORDER BY ");
    PrintOrder(window.order_by);
    Text(" ");
  }
  if (!window.has_frame) return;
  Text(window.frame_unit == FrameUnit::kRows ? "ROWS BETWEEN " : "RANGE BETWEEN ");
  PrintFrameBound(window.frame_start);
  Text(" AND ");
  PrintFrameBound(window.frame_end);
}

void Printer::PrintFrameBound(const FrameBound& bound) {
  if (bound.kind == FrameBoundKind::kCurrentRow) return Text("CURRENT ROW");
  if (bound.offset == nullptr) {
    Text("UNBOUNDED");
  } else if (bound.is_interval) {
    Text("INTERVAL ");
    Print(*bound.offset);
    Text(" ");
    Text(LowerUnit(bound.unit));
  } else {
    Print(*bound.offset);
  }
  const bool preceding =
      bound.kind == FrameBoundKind::kPreceding || bound.kind == FrameBoundKind::kUnboundedPreceding;
  Text(preceding ? " PRECEDING" : " FOLLOWING");
}

void Printer::PrintCast(const Cast& cast) {
  Text("cast(");
  Print(*cast.operand);
  if (cast.at_time_zone != nullptr) {
    Text(" at time zone ");
    Print(*cast.at_time_zone);
  }
  Text(" as ");
  PrintCastType(cast.type);
  if (cast.type.array) Text(" array");
  Text(")");
}

void Printer::PrintCastType(const TypeSyntax& type) {
  switch (type.keyword) {
    case TypeKeyword::kSigned:
      return Text("signed");
    case TypeKeyword::kUnsigned:
      return Text("unsigned");
    default:
      break;
  }
  TypeSyntax plain = type;
  plain.charset = {};
  plain.national = false;
  plain.binary = false;
  Print(plain);
  if (!type.charset.empty()) {
    Text(" charset ");
    Word(type.charset);
  } else if (type.binary) {
    Text(" binary");
  }
}

void Printer::PrintTrim(const Trim& trim) {
  Text("trim(");
  if (trim.side_written) {
    Text(trim.side == TrimSide::kBoth      ? "both "
         : trim.side == TrimSide::kLeading ? "leading "
                                           : "trailing ");
  }
  if (trim.remove != nullptr) {
    Print(*trim.remove);
    Text(" ");
  }
  if (trim.side_written || trim.remove != nullptr) Text("from ");
  Print(*trim.operand);
  Text(")");
}

void Printer::PrintMatch(const MatchAgainst& match) {
  Text("(match ");
  Expressions(match.columns);
  Text(" against (");
  Print(*match.against);
  if (match.mode == MatchMode::kBoolean) Text(" in boolean mode");
  if (match.mode == MatchMode::kNaturalWithExpansion) Text(" with query expansion");
  Text("))");
}

void Printer::PrintJsonFallback(const JsonFallback& fallback, std::string_view event) {
  switch (fallback.kind) {
    case JsonFallbackKind::kNotWritten:
      return;
    case JsonFallbackKind::kNull:
      Text(" null");
      break;
    case JsonFallbackKind::kError:
      Text(" error");
      break;
    case JsonFallbackKind::kDefault:
      Text(" default ");
      Print(*fallback.value);
      break;
  }
  Text(" on ");
  Text(event);
}

void Printer::PrintJsonValue(const JsonValue& value) {
  Text("json_value(");
  Print(*value.document);
  Text(", ");
  // A path takes no introducer.
  Quoted(static_cast<const Literal*>(value.path)->text);
  if (value.has_type) {
    Text(" returning ");
    PrintCastType(value.type);
  }
  PrintJsonFallback(value.on_empty, "empty");
  PrintJsonFallback(value.on_error, "error");
  Text(")");
}

void Printer::PrintSystemVariable(const SystemVariable& variable) {
  Text("@@");
  switch (variable.scope) {
    case VariableScope::kDefault:
      break;
    case VariableScope::kGlobal:
      Text("global.");
      break;
    case VariableScope::kSession:
      Text("session.");
      break;
    case VariableScope::kPersist:
      Text("persist.");
      break;
    case VariableScope::kPersistOnly:
      Text("persist_only.");
      break;
  }
  if (!variable.base.empty()) {
    Name(variable.base);
    Text(".");
  }
  Name(variable.name);
}

void Printer::Print(const Expression& expression) {
  GuardStack();
  switch (expression.kind) {
    case Expression::Kind::kLiteral:
      return PrintLiteral(As<Literal>(expression));
    case Expression::Kind::kParameter: {
      const auto& parameter = As<Parameter>(expression);
      if (parameter.literal != nullptr) return PrintLiteral(*parameter.literal);
      return Text("?");
    }
    case Expression::Kind::kColumnReference: {
      const auto& column = As<ColumnReference>(expression);
      if (options_.names != nullptr) return Name(options_.names->Column(column));
      return Name(PrintedColumn{column.schema, column.table, column.column});
    }
    case Expression::Kind::kWildcard: {
      const auto& star = As<Wildcard>(expression);
      if (!star.schema.empty()) {
        Name(star.schema);
        Text(".");
      }
      if (!star.table.empty()) {
        Name(star.table);
        Text(".");
      }
      return Text("*");
    }
    case Expression::Kind::kUserVariable:
      Text("@");
      return Name(As<UserVariable>(expression).name);
    case Expression::Kind::kUserVariableAssignment: {
      const auto& assignment = As<UserVariableAssignment>(expression);
      Text("(@");
      Name(assignment.name);
      Text(":=");
      Print(*assignment.value);
      return Text(")");
    }
    case Expression::Kind::kSystemVariable:
      return PrintSystemVariable(As<SystemVariable>(expression));
    case Expression::Kind::kUnary: {
      const auto& unary = As<Unary>(expression);
      if (unary.op == UnaryOperator::kNot) {
        Text("(not(");
        Print(*unary.operand);
        return Text("))");
      }
      Text(unary.op == UnaryOperator::kNegate ? "-(" : "~(");
      Print(*unary.operand);
      return Text(")");
    }
    case Expression::Kind::kBinary:
      return PrintBinary(As<Binary>(expression));
    case Expression::Kind::kLogical:
      return PrintLogical(As<Logical>(expression));
    case Expression::Kind::kIsTest: {
      const auto& test = As<IsTest>(expression);
      Text("(");
      Print(*test.operand);
      Text(test.negated ? " is not " : " is ");
      constexpr std::string_view kTests[] = {"null", "true", "false", "unknown"};
      Text(kTests[static_cast<size_t>(test.test)]);
      return Text(")");
    }
    case Expression::Kind::kBetween: {
      const auto& between = As<Between>(expression);
      Text("(");
      Print(*between.operand);
      Text(between.negated ? " not between " : " between ");
      Print(*between.low);
      Text(" and ");
      Print(*between.high);
      return Text(")");
    }
    case Expression::Kind::kInList: {
      const auto& in = As<InList>(expression);
      Text("(");
      Print(*in.operand);
      Text(in.negated ? " not in (" : " in (");
      Expressions(in.items);
      return Text("))");
    }
    case Expression::Kind::kInSubquery: {
      const auto& in = As<InSubquery>(expression);
      Text("(");
      Print(*in.operand);
      Text(in.negated ? " not in " : " in ");
      PrintSubquery(*in.query);
      return Text(")");
    }
    case Expression::Kind::kLike: {
      const auto& like = As<Like>(expression);
      if (like.negated) Text("(not(");
      Text("(");
      Print(*like.operand);
      Text(" like ");
      Print(*like.pattern);
      if (like.escape != nullptr) {
        Text(" escape ");
        Print(*like.escape);
      }
      return Text(like.negated ? ")))" : ")");
    }
    case Expression::Kind::kCase:
      return PrintCase(As<Case>(expression));
    case Expression::Kind::kExists:
      Text("exists");
      return PrintSubquery(*As<Exists>(expression).query);
    case Expression::Kind::kSubquery:
      return PrintSubquery(*As<Subquery>(expression).query);
    case Expression::Kind::kQuantified: {
      const auto& quantified = As<Quantified>(expression);
      Text("(");
      Print(*quantified.left);
      Text(kBinaryWords[static_cast<size_t>(quantified.op)]);
      Text(quantified.all ? "all" : "any");
      PrintSubquery(*quantified.query);
      return Text(")");
    }
    case Expression::Kind::kRow:
      return PrintRow(As<RowExpression>(expression), "(");
    case Expression::Kind::kCollate: {
      const auto& collate = As<Collate>(expression);
      Text("(");
      Print(*collate.operand);
      Text(" collate ");
      Word(collate.collation);
      return Text(")");
    }
    case Expression::Kind::kFunctionCall:
      return PrintCall(As<FunctionCall>(expression));
    case Expression::Kind::kAggregateCall:
      return PrintAggregate(As<AggregateCall>(expression));
    case Expression::Kind::kCast:
      return PrintCast(As<Cast>(expression));
    case Expression::Kind::kConvertUsing: {
      const auto& convert = As<ConvertUsing>(expression);
      Text("convert(");
      Print(*convert.operand);
      Text(" using ");
      Word(convert.charset);
      return Text(")");
    }
    case Expression::Kind::kExtract: {
      const auto& extract = As<Extract>(expression);
      Text("extract(");
      Text(LowerUnit(extract.unit));
      Text(" from ");
      Print(*extract.operand);
      return Text(")");
    }
    case Expression::Kind::kTrim:
      return PrintTrim(As<Trim>(expression));
    case Expression::Kind::kDateArithmetic: {
      const auto& sum = As<DateArithmetic>(expression);
      Text("(");
      Print(*sum.date);
      Text(sum.subtract ? " - interval " : " + interval ");
      Print(*sum.amount);
      Text(" ");
      Text(LowerUnit(sum.unit));
      return Text(")");
    }
    case Expression::Kind::kTimestampDiff: {
      const auto& diff = As<TimestampDiff>(expression);
      Text("timestampdiff(");
      Text(IntervalUnitName(diff.unit));
      Text(",");
      Print(*diff.from);
      Text(",");
      Print(*diff.to);
      return Text(")");
    }
    case Expression::Kind::kWeightString: {
      const auto& weight = As<WeightString>(expression);
      Text("weight_string(");
      Print(*weight.operand);
      if (weight.length >= 0) {
        Text(weight.as_binary ? " as binary(" : " as char(");
        Number(weight.length);
        Text(")");
      }
      return Text(")");
    }
    case Expression::Kind::kMatchAgainst:
      return PrintMatch(As<MatchAgainst>(expression));
    case Expression::Kind::kValuesReference:
      Text("values(");
      Print(*As<ValuesReference>(expression).column);
      return Text(")");
    case Expression::Kind::kDefault: {
      const auto& value = As<Default>(expression);
      Text("default");
      if (value.column == nullptr) return;
      Text("(");
      Print(*value.column);
      return Text(")");
    }
    case Expression::Kind::kJsonValue:
      return PrintJsonValue(As<JsonValue>(expression));
  }
}

}  // namespace sixfold::sql
