#include "core/plan/expression/aggregate_types.h"

#include "core/plan/expression/nodes.h"
#include "core/plan/session_context.h"
#include "core/types/collation.h"
#include "core/types/compare_values.h"
#include "core/types/raise.h"

namespace sixfold::plan {

namespace {

using types::DataType;
using types::TypeId;

DataType BigInt(bool is_unsigned, bool nullable) {
  DataType type;
  type.id = TypeId::kBigInt;
  type.is_unsigned = is_unsigned;
  type.length = 21;
  type.nullable = nullable;
  return type;
}

DataType DoubleType() {
  DataType type;
  type.id = TypeId::kDouble;
  type.scale = 31;
  type.length = 23;
  return type;
}

DataType DecimalType(int precision, int scale) {
  DataType type;
  type.id = TypeId::kDecimal;
  type.precision = static_cast<uint8_t>(std::min(65, precision));
  type.scale = static_cast<uint8_t>(std::min(30, scale));
  type.length = type.precision + 2u;
  return type;
}

int IntegerDigits(TypeId id) {
  switch (id) {
    case TypeId::kTinyInt:
      return 3;
    case TypeId::kSmallInt:
      return 5;
    case TypeId::kMediumInt:
      return 8;
    case TypeId::kInt:
      return 10;
    case TypeId::kYear:
      return 4;
    default:
      return 20;
  }
}

bool IsExact(const DataType& type) {
  return type.IsInteger() || type.id == TypeId::kDecimal || type.id == TypeId::kYear ||
         type.id == TypeId::kBit || type.id == TypeId::kNull;
}

DataType SumType(const DataType& arg, int extra_scale, int extra_precision) {
  if (arg.IsTemporal() && extra_precision > 0) {
    if (arg.scale == 0) return DecimalType(14 + extra_precision, extra_scale);
    return DecimalType(20 + extra_precision, arg.scale + extra_scale);
  }
  if (!IsExact(arg) && !arg.IsTemporal()) return DoubleType();
  if (arg.id == TypeId::kDecimal)
    return DecimalType(arg.precision + extra_precision, arg.scale + extra_scale);
  return DecimalType(IntegerDigits(arg.id) + extra_precision, extra_scale);
}

DataType JsonType() {
  DataType type;
  type.id = TypeId::kJson;
  return type;
}

DataType GroupConcatType(std::span<Expression* const> args, SessionContext& session) {
  DataType type;
  type.id = TypeId::kText;
  const uint64_t limit = session.UnsignedVariable("group_concat_max_len");
  type.length = static_cast<uint32_t>(std::min<uint64_t>(limit, UINT32_MAX));
  type.collation = session.connection_collation();
  uint8_t best = 7;
  for (const Expression* arg : args) {
    if (arg->type().collation == nullptr || arg->coercibility() >= best) continue;
    best = arg->coercibility();
    type.collation = arg->type().collation;
  }
  return type;
}

}  // namespace

types::DataType AggregateType(AggregateKind kind, std::span<Expression* const> args,
                              SessionContext& session) {
  switch (kind) {
    case AggregateKind::kCountStar:
    case AggregateKind::kCount:
      return BigInt(false, false);
    case AggregateKind::kGrouping:
      return BigInt(false, false);
    case AggregateKind::kBitAnd:
    case AggregateKind::kBitOr:
    case AggregateKind::kBitXor:
      return BigInt(true, false);
    case AggregateKind::kSum:
      return SumType(args[0]->type(), 0, 22);
    case AggregateKind::kAvg: {
      const int increment = static_cast<int>(session.UnsignedVariable("div_precision_increment"));
      return SumType(args[0]->type(), increment, increment);
    }
    case AggregateKind::kMin:
    case AggregateKind::kMax:
    case AggregateKind::kFirst: {
      DataType type = args[0]->type();
      type.nullable = true;
      return type;
    }
    case AggregateKind::kStdPop:
    case AggregateKind::kStdSamp:
    case AggregateKind::kVarPop:
    case AggregateKind::kVarSamp:
      return DoubleType();
    case AggregateKind::kGroupConcat:
      return GroupConcatType(args, session);
    case AggregateKind::kJsonArrayAgg:
    case AggregateKind::kJsonObjectAgg:
      return JsonType();
  }
  return {};
}

types::DataType WindowType(sql::AggregateFunction function, std::span<Expression* const> args) {
  using F = sql::AggregateFunction;
  switch (function) {
    case F::kRowNumber:
    case F::kRank:
    case F::kDenseRank:
    case F::kNtile:
      return BigInt(true, false);
    case F::kCumeDist:
    case F::kPercentRank:
      return DoubleType();
    case F::kLead:
    case F::kLag: {
      DataType type = args[0]->type();
      if (args.size() > 2) type = UnionType(type, args[2]->type());
      type.nullable = true;
      return type;
    }
    default: {
      DataType type = args[0]->type();
      type.nullable = true;
      return type;
    }
  }
}

bool SameAggregate(const Aggregate& a, const Aggregate& b) {
  if (a.kind != b.kind || a.distinct != b.distinct || a.args.size() != b.args.size() ||
      a.separator != b.separator || !a.order_by.empty() || !b.order_by.empty()) {
    return false;
  }
  for (size_t i = 0; i < a.args.size(); i++) {
    if (!SameExpression(a.args[i], b.args[i])) return false;
  }
  return true;
}

}  // namespace sixfold::plan
