// Calls: functions by name, forms with syntax of their own, aggregates and windows.
#include "core/plan/bind/binder.h"
#include "core/plan/bind/type_syntax.h"
#include "core/plan/expression/aggregate_types.h"
#include "core/plan/expression/function.h"
#include "core/plan/expression/nodes.h"
#include "core/sql/ast_expression.h"
#include "core/types/collation.h"
#include "core/types/names.h"
#include "core/types/raise.h"

namespace sixfold::plan {

namespace {

AggregateKind AggregateKindOf(sql::AggregateFunction function, bool star) {
  using F = sql::AggregateFunction;
  switch (function) {
    case F::kCount:
      return star ? AggregateKind::kCountStar : AggregateKind::kCount;
    case F::kSum:
      return AggregateKind::kSum;
    case F::kAvg:
      return AggregateKind::kAvg;
    case F::kMin:
      return AggregateKind::kMin;
    case F::kMax:
      return AggregateKind::kMax;
    case F::kBitAnd:
      return AggregateKind::kBitAnd;
    case F::kBitOr:
      return AggregateKind::kBitOr;
    case F::kBitXor:
      return AggregateKind::kBitXor;
    case F::kStdPop:
      return AggregateKind::kStdPop;
    case F::kStdSamp:
      return AggregateKind::kStdSamp;
    case F::kVarPop:
      return AggregateKind::kVarPop;
    case F::kVarSamp:
      return AggregateKind::kVarSamp;
    case F::kGroupConcat:
      return AggregateKind::kGroupConcat;
    case F::kJsonArrayAgg:
      return AggregateKind::kJsonArrayAgg;
    case F::kJsonObjectAgg:
      return AggregateKind::kJsonObjectAgg;
    case F::kAnyValue:
      return AggregateKind::kFirst;
    case F::kGrouping:
      return AggregateKind::kGrouping;
    default:
      Raise(kErNotSupported, "this window function");
  }
}

const types::Collation& CollationOrRaise(std::string_view name) {
  const types::Collation* collation = types::FindCollation(name);
  if (collation == nullptr) Raise(kErUnknownCollation, std::string(name));
  return *collation;
}

const types::Collation& CharsetDefaultOrRaise(std::string_view name) {
  const types::Charset* charset = types::FindCharset(name);
  if (charset == nullptr) Raise(kErUnknownCharset, std::string(name));
  return types::DefaultCollation(*charset);
}

types::DataType TypeWithCollation(const types::Collation* collation) {
  types::DataType type;
  if (collation != nullptr) {
    type.id = types::TypeId::kVarchar;
    type.collation = collation;
  }
  return type;
}

}  // namespace

Expression* Binder::BindFunction(const sql::FunctionCall& call) {
  if (!call.schema.empty())
    Raise(kErFunctionMissing, "FUNCTION",
          std::string(call.schema) + "." + std::string(call.written_name));
  const FunctionDef* def = functions_.Find(call.name);
  if (def == nullptr) {
    if (call.name.substr(0, 3) == "st_") Raise(kErNotSupported, std::string(call.written_name));
    Raise(kErFunctionMissing, "FUNCTION",
          std::string(session_function_schema()) + "." + std::string(call.written_name));
  }
  std::vector<Expression*> args;
  for (const sql::Expression* argument : call.arguments) args.push_back(BindScalar(*argument));
  if (!call.using_charset.empty()) {
    const types::DataType type = TypeWithCollation(&CharsetDefaultOrRaise(call.using_charset));
    return CallDef(def, std::move(args), &type);
  }
  return CallDef(def, std::move(args));
}

Expression* Binder::BindAggregate(const sql::AggregateCall& call) {
  if (call.over != nullptr) return BindWindow(call);
  if (call.function == sql::AggregateFunction::kAnyValue) {
    if (scope_ == nullptr || scope_->block == nullptr || !scope_->block->grouped_syntax)
      return BindScalar(*call.arguments[0]);
  }
  const bool allowed = clause_ == Clause::kSelect || clause_ == Clause::kHaving ||
                       clause_ == Clause::kOrderBy || clause_ == Clause::kWindow;
  if (inside_aggregate_ && call.function != sql::AggregateFunction::kGrouping)
    Raise(kErInvalidGroupFunc);

  Aggregate aggregate;
  aggregate.kind = AggregateKindOf(call.function, call.star);
  aggregate.distinct = call.distinct;
  aggregate.separator = std::string(call.separator);
  inside_aggregate_ = true;
  // References made while binding tell which block the aggregate belongs to.
  std::vector<ColumnExpr*> columns;
  for (const sql::Expression* argument : call.arguments)
    aggregate.args.push_back(BindScalar(*argument));
  for (const sql::OrderItem& item : call.order_by) {
    if (const auto* literal = sql::TryAs<sql::Literal>(item.expression);
        literal != nullptr && literal->type == sql::LiteralType::kInteger) {
      if (literal->integer == 0 || literal->integer > aggregate.args.size()) {
        Raise(kErBadField, std::to_string(literal->integer), "order clause");
      }
      aggregate.order_by.push_back(
          {BindScalar(*call.arguments[literal->integer - 1]), item.descending});
      continue;
    }
    aggregate.order_by.push_back({BindScalar(*item.expression), item.descending});
  }
  inside_aggregate_ = false;

  PrepareArguments(&aggregate);
  uint32_t depth_min = UINT32_MAX;
  for (Expression* arg : aggregate.args) {
    WalkExpression(arg, [&](Expression* node) {
      if (auto* column = dynamic_cast<ColumnExpr*>(node)) {
        depth_min = std::min(depth_min, column->depth());
        columns.push_back(column);
      }
    });
  }
  // Aggregates over outer columns only belong to the outer query.
  uint32_t up = depth_min == UINT32_MAX ? 0 : depth_min;
  Scope* owner = scope_;
  uint32_t owner_level = level_;
  for (uint32_t i = 0; i < up && owner != nullptr; i++) {
    do owner = owner->parent;
    while (owner != nullptr && owner->block->level >= owner_level);
    if (owner != nullptr) owner_level = owner->block->level;
  }
  if (up > 0 && (owner == nullptr || !owner->block->aggregates_allowed)) {
    up = 0;
    owner = scope_;
  }
  if (owner == nullptr || owner->block == nullptr || (up == 0 && !allowed))
    Raise(kErInvalidGroupFunc);
  if (up > 0) MoveReferences(columns, up, owner->block->level);
  aggregate.type = AggregateType(aggregate.kind, aggregate.args, session_);
  QueryBlock* block = owner->block;
  uint32_t index = 0;
  for (; index < block->aggregates.size(); index++) {
    if (SameAggregate(block->aggregates[index], aggregate)) break;
  }
  if (index == block->aggregates.size()) block->aggregates.push_back(std::move(aggregate));
  Aggregate& kept = block->aggregates[index];
  auto* slot = arena()->New<SlotExpr>(index, up, kept.type);
  slot->set_coercibility(kept.type.collation != nullptr ? 2 : 5);
  kept.references.push_back(slot);
  if (up > 0) {
    for (OpenQuery& open : open_queries_) {
      if (open.level > block->level)
        open.query->outer_references.push_back({nullptr, slot, block->level});
    }
  }
  return slot;
}

/// Brings the arguments into the form the accumulators take: text for GROUP_CONCAT, numbers for
/// sums.
void Binder::PrepareArguments(Aggregate* aggregate) {
  auto is_number = [](const types::DataType& type) {
    return type.IsNumeric() || type.id == types::TypeId::kNull;
  };
  types::DataType number;
  switch (aggregate->kind) {
    case AggregateKind::kGroupConcat:
      aggregate->args = {Call("concat", aggregate->args)};
      return;
    case AggregateKind::kBitAnd:
    case AggregateKind::kBitOr:
    case AggregateKind::kBitXor:
      if (aggregate->args[0]->type().IsInteger()) return;
      number.id = types::TypeId::kBigInt;
      number.is_unsigned = true;
      break;
    case AggregateKind::kSum:
    case AggregateKind::kAvg:
    case AggregateKind::kStdPop:
    case AggregateKind::kStdSamp:
    case AggregateKind::kVarPop:
    case AggregateKind::kVarSamp: {
      const types::DataType& type = aggregate->args[0]->type();
      if (is_number(type)) return;
      number.id = types::TypeId::kDouble;
      number.scale = 31;
      if (type.id == types::TypeId::kBit) {
        number = {};
        number.id = types::TypeId::kBigInt;
        number.is_unsigned = true;
      } else if (type.IsTemporal()) {
        number = {};
        number.id = types::TypeId::kDecimal;
        number.precision = static_cast<uint8_t>(14 + type.scale);
        number.scale = type.scale;
      }
      break;
    }
    default:
      return;
  }
  aggregate->args[0] = CastTo(aggregate->args[0], number);
}

/// The arguments of an aggregate that belongs `up` queries further out are read there.
void Binder::MoveReferences(const std::vector<ColumnExpr*>& columns, uint32_t up,
                            uint32_t owner_level) {
  for (ColumnExpr* column : columns) {
    column->set_depth(column->depth() - up);
    for (OpenQuery& open : open_queries_) {
      if (open.level <= owner_level) continue;
      std::erase_if(open.query->outer_references,
                    [&](const OuterReference& r) { return r.column == column; });
    }
  }
}

Expression* Binder::BindWindow(const sql::AggregateCall& call) {
  if (clause_ != Clause::kSelect && clause_ != Clause::kOrderBy) {
    Raise(kErWindowMisuse, "window function");
  }
  using F = sql::AggregateFunction;
  WindowCall window;
  window.function = call.function;
  window.distinct = call.distinct;
  const bool is_window_only = call.function >= F::kRowNumber;
  if (!is_window_only) {
    window.is_aggregate = true;
    window.aggregate = AggregateKindOf(call.function, call.star);
  }
  if (inside_aggregate_) Raise(kErWindowMisuse, "window function");
  for (const sql::Expression* argument : call.arguments)
    window.args.push_back(BindScalar(*argument));
  BindWindowSpecification(*call.over, &window, 0);
  if (window.is_aggregate) {
    Aggregate aggregate;
    aggregate.kind = window.aggregate;
    aggregate.args = std::move(window.args);
    PrepareArguments(&aggregate);
    window.args = std::move(aggregate.args);
  }
  window.type = window.is_aggregate ? AggregateType(window.aggregate, window.args, session_)
                                    : WindowType(call.function, window.args);
  QueryBlock* block = scope_->block;
  const uint32_t index = static_cast<uint32_t>(block->windows.size());
  auto* slot = arena()->New<SlotExpr>(index, 0, window.type);
  slot->set_coercibility(window.type.collation != nullptr ? 2 : 5);
  window.references.push_back(slot);
  block->windows.push_back(std::move(window));
  return slot;
}

void Binder::BindWindowSpecification(const sql::WindowSpecification& over, WindowCall* window,
                                     int depth) {
  if (depth > 32) Raise(kErNoSuchWindow, std::string(over.base_name));
  if (!over.base_name.empty()) {
    const sql::WindowSpecification* base = nullptr;
    if (scope_->specification != nullptr) {
      for (const sql::WindowSpecification* named : scope_->specification->windows) {
        if (EqualNames(named->name, over.base_name)) base = named;
      }
    }
    if (base == nullptr) Raise(kErNoSuchWindow, std::string(over.base_name));
    BindWindowSpecification(*base, window, depth + 1);
  }
  for (const sql::Expression* e : over.partition_by) window->partition_by.push_back(BindScalar(*e));
  for (const sql::OrderItem& item : over.order_by) {
    window->order_by.push_back({BindScalar(*item.expression), item.descending});
  }
  if (over.has_frame) {
    window->frame_source = &over;
    if (over.frame_start.offset != nullptr)
      window->frame_start_offset = BindScalar(*over.frame_start.offset);
    if (over.frame_end.offset != nullptr)
      window->frame_end_offset = BindScalar(*over.frame_end.offset);
    if (over.frame_unit == sql::FrameUnit::kRange) BindRangeFrame(over, window);
  }
}

void Binder::BindRangeFrame(const sql::WindowSpecification& over, WindowCall* window) {
  for (int side = 0; side < 2; side++) {
    const sql::FrameBound& bound = side == 0 ? over.frame_start : over.frame_end;
    if (bound.offset == nullptr) continue;
    if (window->order_by.size() != 1) Raise(3587, "<unnamed window>");
    const SortKey& key = window->order_by[0];
    const bool back = (bound.kind == sql::FrameBoundKind::kPreceding) != key.descending;
    Expression* offset = BindScalar(*bound.offset);
    auto* from = arena()->New<SlotExpr>(0, 0, key.expression->type());
    Expression* edge = bound.is_interval
                           ? Call(back ? "date_sub" : "date_add",
                                  {from, offset, IntLiteral(static_cast<int64_t>(bound.unit))})
                           : Call(back ? "-" : "+", {from, offset});
    auto pair = [&](const char* op) {
      return Call(op, {arena()->New<SlotExpr>(0, 0, key.expression->type()),
                       arena()->New<SlotExpr>(1, 0, edge->type())});
    };
    (side == 0 ? window->range_start : window->range_end) = edge;
    (side == 0 ? window->range_start_less : window->range_end_less) = pair("<");
    (side == 0 ? window->range_start_greater : window->range_end_greater) = pair(">");
  }
}

Expression* Binder::BindCast(const sql::Cast& cast) {
  if (cast.at_time_zone != nullptr) Raise(kErNotSupported, "AT TIME ZONE");
  const types::DataType type = CastType(cast.type, session_);
  const FunctionDef* def = functions_.Find("cast");
  if (def == nullptr) Raise(kErNotSupported, "CAST");
  return CallDef(def, {BindScalar(*cast.operand)}, &type);
}

Expression* Binder::CastTo(Expression* expression, const types::DataType& type) {
  const FunctionDef* def = functions_.Find("cast");
  if (def == nullptr) return expression;
  return CallDef(def, {expression}, &type);
}

Expression* Binder::BindConvertUsing(const sql::ConvertUsing& convert) {
  const types::DataType type = TypeWithCollation(&CharsetDefaultOrRaise(convert.charset));
  const FunctionDef* def = functions_.Find("convert_using");
  if (def == nullptr) Raise(kErNotSupported, "CONVERT USING");
  return CallDef(def, {BindScalar(*convert.operand)}, &type);
}

Expression* Binder::BindCollate(const sql::Collate& collate) {
  const types::DataType type = TypeWithCollation(&CollationOrRaise(collate.collation));
  const FunctionDef* def = functions_.Find("collate");
  if (def == nullptr) Raise(kErNotSupported, "COLLATE");
  return CallDef(def, {BindScalar(*collate.operand)}, &type);
}

Expression* Binder::BindExtract(const sql::Extract& extract) {
  return Call("extract",
              {IntLiteral(static_cast<int64_t>(extract.unit)), BindScalar(*extract.operand)});
}

Expression* Binder::BindTrim(const sql::Trim& trim) {
  std::vector<Expression*> args{IntLiteral(static_cast<int64_t>(trim.side)),
                                BindScalar(*trim.operand)};
  if (trim.remove != nullptr) args.push_back(BindScalar(*trim.remove));
  return Call("trim", std::move(args));
}

Expression* Binder::BindDateArithmetic(const sql::DateArithmetic& arithmetic) {
  return Call(arithmetic.subtract ? "date_sub" : "date_add",
              {BindScalar(*arithmetic.date), BindScalar(*arithmetic.amount),
               IntLiteral(static_cast<int64_t>(arithmetic.unit))});
}

Expression* Binder::BindTimestampDiff(const sql::TimestampDiff& diff) {
  return Call("timestampdiff", {IntLiteral(static_cast<int64_t>(diff.unit)), BindScalar(*diff.from),
                                BindScalar(*diff.to)});
}

Expression* Binder::BindWeightString(const sql::WeightString& node) {
  return Call("weight_string", {BindScalar(*node.operand), IntLiteral(node.length),
                                IntLiteral(node.as_binary ? 1 : 0)});
}

Expression* Binder::BindDefault(const sql::Default& node) {
  if (node.column == nullptr) Raise(kErSyntax, "DEFAULT");
  Expression* bound = BindColumn(*node.column);
  auto* column = dynamic_cast<ColumnExpr*>(bound);
  catalog::TablePtr table =
      column != nullptr && column->table() != nullptr ? column->table()->table : nullptr;
  if (table == nullptr) Raise(kErNoDefault, std::string(node.column->column));
  return DefaultOf(table->columns[column->ordinal()], *table);
}

Expression* Binder::BindJsonValue(const sql::JsonValue& node) {
  std::vector<Expression*> args{BindScalar(*node.document), BindScalar(*node.path)};
  types::DataType type;
  if (node.has_type) type = CastType(node.type, session_);
  const FunctionDef* def = functions_.Find("json_value");
  if (def == nullptr) Raise(kErNotSupported, "JSON_VALUE");
  return CallDef(def, std::move(args), &type);
}

}  // namespace sixfold::plan
