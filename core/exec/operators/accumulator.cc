#include "core/exec/operators/accumulator.h"

#include <cmath>
#include <numeric>

#include "core/exec/operators/compare_rows.h"
#include "core/exec/operators/hash_index.h"
#include "core/plan/session_context.h"
#include "core/types/charset.h"
#include "core/types/collation.h"
#include "core/types/decimal.h"
#include "core/types/diagnostics.h"
#include "core/types/json.h"

namespace sixfold::exec {

namespace {

using types::Decimal;
using types::Value;
using types::ValueKind;

class CountAccumulator final : public Accumulator {
 public:
  explicit CountAccumulator(size_t args) : args_(args) {}
  void Reset() override { count_ = 0; }
  void Add(const Value* args) override {
    for (size_t i = 0; i < args_; i++) {
      if (args[i].is_null()) return;
    }
    count_++;
  }
  Value Result(Arena*) override { return Value::Int(count_); }

 private:
  size_t args_;
  int64_t count_ = 0;
};

Decimal DecimalOf128(__int128 value) {
  // Two halves of 18 digits each way, added exactly.
  constexpr int64_t kHalf = 1'000'000'000'000'000'000;
  const Decimal low = Decimal::FromInt(static_cast<int64_t>(value % kHalf));
  const Decimal high = Decimal::FromInt(static_cast<int64_t>(value / kHalf));
  Decimal result;
  Decimal::Multiply(high, Decimal::FromInt(kHalf), &result);
  Decimal::Add(result, low, &result);
  result.set_scale(0);
  return result;
}

/// SUM and AVG: integers exactly in 128 bits, decimals exactly, everything else as double.
class SumAccumulator final : public Accumulator {
 public:
  SumAccumulator(const types::DataType& type, bool average) : type_(type), average_(average) {}

  void Reset() override {
    count_ = 0;
    integers_ = 0;
    has_decimal_ = false;
    decimal_ = Decimal();
    double_ = 0;
  }

  void Add(const Value* args) override {
    const Value& v = args[0];
    switch (v.kind()) {
      case ValueKind::kNull:
        return;
      case ValueKind::kInt:
        integers_ += v.int_value();
        break;
      case ValueKind::kUint:
        integers_ += v.uint_value();
        break;
      case ValueKind::kDecimal:
        Decimal::Add(decimal_, v.decimal(), &decimal_);
        has_decimal_ = true;
        break;
      case ValueKind::kDouble:
        double_ += v.double_value();
        break;
      default:
        return;
    }
    count_++;
  }

  Value Result(Arena* arena) override {
    if (count_ == 0) return Value::Null();
    if (type_.id != types::TypeId::kDecimal) {
      double sum = double_ + static_cast<double>(integers_);
      if (has_decimal_) sum += decimal_.ToDouble();
      return Value::Double(average_ ? sum / static_cast<double>(count_) : sum);
    }
    Decimal sum = DecimalOf128(integers_);
    if (has_decimal_) Decimal::Add(sum, decimal_, &sum);
    if (average_) {
      Decimal quotient;
      Decimal::Divide(sum, Decimal::FromInt(count_), type_.scale, &quotient);
      sum = quotient.Rounded(type_.scale);
    } else {
      sum = sum.Rounded(type_.scale);
    }
    return Value::DecimalRef(arena->New<Decimal>(sum));
  }

 private:
  types::DataType type_;
  bool average_;
  int64_t count_ = 0;
  __int128 integers_ = 0;
  bool has_decimal_ = false;
  Decimal decimal_;
  double double_ = 0;
};

class ExtremeAccumulator final : public Accumulator {
 public:
  ExtremeAccumulator(const types::DataType& type, bool maximum) : type_(type), maximum_(maximum) {}
  void Reset() override {
    best_ = Value::Null();
    arena_.Reset();
  }
  void Add(const Value* args) override {
    const Value& v = args[0];
    if (v.is_null()) return;
    if (!best_.is_null()) {
      const int c = CompareValues(v, best_, type_);
      if (maximum_ ? c <= 0 : c >= 0) return;
    }
    if (!HasBytes(v)) {
      best_ = v;
      return;
    }
    if (v.kind() == ValueKind::kDecimal) {
      decimal_ = v.decimal();
      best_ = Value::DecimalRef(&decimal_);
      return;
    }
    text_.assign(v.bytes());
    best_ =
        v.kind() == ValueKind::kJson ? Value::Json(text_) : Value::String(text_, v.enum_index());
  }
  Value Result(Arena* arena) override { return Keep(best_, arena); }

 private:
  types::DataType type_;
  bool maximum_;
  Value best_;
  Decimal decimal_;
  std::string text_;
  Arena arena_;
};

class FirstAccumulator final : public Accumulator {
 public:
  void Reset() override { known_ = false; }
  void Add(const Value* args) override {
    if (known_) return;
    known_ = true;
    arena_.Reset();
    value_ = Keep(args[0], &arena_);
  }
  Value Result(Arena* arena) override { return known_ ? Keep(value_, arena) : Value::Null(); }

 private:
  bool known_ = false;
  Value value_;
  Arena arena_;
};

class BitAccumulator final : public Accumulator {
 public:
  explicit BitAccumulator(plan::AggregateKind kind) : kind_(kind) { Reset(); }
  void Reset() override { bits_ = kind_ == plan::AggregateKind::kBitAnd ? UINT64_MAX : 0; }
  void Add(const Value* args) override {
    if (args[0].is_null()) return;
    const uint64_t v = args[0].kind() == ValueKind::kDouble
                           ? static_cast<uint64_t>(std::llround(args[0].double_value()))
                           : args[0].uint_value();
    if (kind_ == plan::AggregateKind::kBitAnd) bits_ &= v;
    if (kind_ == plan::AggregateKind::kBitOr) bits_ |= v;
    if (kind_ == plan::AggregateKind::kBitXor) bits_ ^= v;
  }
  Value Result(Arena*) override { return Value::Uint(bits_); }

 private:
  plan::AggregateKind kind_;
  uint64_t bits_ = 0;
};

/// Welford's recurrence, as MySQL computes it.
class VarianceAccumulator final : public Accumulator {
 public:
  explicit VarianceAccumulator(plan::AggregateKind kind) : kind_(kind) {}
  void Reset() override {
    count_ = 0;
    mean_ = sum_ = 0;
  }
  void Add(const Value* args) override {
    if (args[0].is_null()) return;
    double v = 0;
    switch (args[0].kind()) {
      case ValueKind::kInt:
        v = static_cast<double>(args[0].int_value());
        break;
      case ValueKind::kUint:
        v = static_cast<double>(args[0].uint_value());
        break;
      case ValueKind::kDecimal:
        v = args[0].decimal().ToDouble();
        break;
      case ValueKind::kDouble:
        v = args[0].double_value();
        break;
      default:
        return;
    }
    count_++;
    const double delta = v - mean_;
    mean_ += delta / static_cast<double>(count_);
    sum_ += delta * (v - mean_);
  }
  Value Result(Arena*) override {
    const bool sample =
        kind_ == plan::AggregateKind::kStdSamp || kind_ == plan::AggregateKind::kVarSamp;
    if (count_ <= (sample ? 1 : 0)) return Value::Null();
    const double variance = sum_ / static_cast<double>(sample ? count_ - 1 : count_);
    const bool deviation =
        kind_ == plan::AggregateKind::kStdPop || kind_ == plan::AggregateKind::kStdSamp;
    return Value::Double(deviation ? std::sqrt(variance) : variance);
  }

 private:
  plan::AggregateKind kind_;
  int64_t count_ = 0;
  double mean_ = 0, sum_ = 0;
};

/// args[0] is the text of the row; with ORDER BY all rows are kept and sorted at the end.
class GroupConcatAccumulator final : public Accumulator {
 public:
  GroupConcatAccumulator(const Aggregate& aggregate, Execution& execution)
      : aggregate_(aggregate),
        session_(execution.session()),
        limit_(session_.UnsignedVariable("group_concat_max_len")),
        rows_(static_cast<uint32_t>(1 + aggregate.order_by.size()), &execution.memory()) {
    for (size_t i = 0; i < aggregate.order_by.size(); i++) {
      order_.push_back({static_cast<uint32_t>(i + 1), aggregate.order_by[i].descending,
                        aggregate.order_by[i].expression->type()});
    }
  }
  void Reset() override {
    rows_.Clear();
    text_.clear();
    any_ = false;
    truncated_ = false;
  }
  void Add(const Value* args) override {
    if (args[0].is_null()) return;
    if (order_.empty()) {
      Append(args[0].bytes());
    } else {
      rows_.Append(args);
    }
  }
  Value Result(Arena* arena) override {
    if (!order_.empty()) {
      std::stable_sort(
          rows_.rows().begin(), rows_.rows().end(),
          [&](const Value* a, const Value* b) { return CompareRows(a, b, order_) < 0; });
      text_.clear();
      any_ = false;
      for (size_t i = 0; i < rows_.size(); i++) Append(rows_.row(i)[0].bytes());
    }
    if (!any_) return Value::Null();
    if (truncated_) {
      session_.diagnostics().Warn(static_cast<ErrorCode>(1260), session_.diagnostics().row(),
                                  "GROUP_CONCAT()");
    }
    return Value::String(arena->Copy(text_));
  }

 private:
  void Append(std::string_view bytes) {
    if (truncated_) return;
    if (any_) text_.append(aggregate_.separator);
    any_ = true;
    text_.append(bytes);
    if (text_.size() <= limit_) return;
    truncated_ = true;
    text_.resize(limit_);
    if (aggregate_.type.collation != nullptr) {
      text_.resize(types::WellFormedBytes(*aggregate_.type.collation->charset, text_));
    }
  }

  const Aggregate& aggregate_;
  SessionContext& session_;
  uint64_t limit_;
  RowStore rows_;
  std::vector<SortColumn> order_;
  std::string text_;
  bool any_ = false, truncated_ = false;
};

/// GROUPING(): the aggregation operator knows the answer.
class NullAccumulator final : public Accumulator {
 public:
  void Reset() override {}
  void Add(const Value*) override {}
  Value Result(Arena*) override { return Value::Int(0); }
};

class JsonArrayAccumulator final : public Accumulator {
 public:
  JsonArrayAccumulator(const Aggregate& aggregate, Execution& execution)
      : aggregate_(aggregate), execution_(execution) {}
  void Reset() override {
    array_ = types::Json::Array();
    any_ = false;
  }
  void Add(const Value* args) override {
    any_ = true;
    Arena scratch;
    array_.items.push_back(args[0].is_null() ? types::Json()
                                             : types::ToJson(args[0], aggregate_.args[0]->type(),
                                                             execution_.Conversion(&scratch)));
  }
  Value Result(Arena* arena) override {
    return any_ ? Value::Json(arena->Copy(types::PrintJson(array_))) : Value::Null();
  }

 private:
  const Aggregate& aggregate_;
  Execution& execution_;
  types::Json array_ = types::Json::Array();
  bool any_ = false;
};

class JsonObjectAccumulator final : public Accumulator {
 public:
  JsonObjectAccumulator(const Aggregate& aggregate, Execution& execution)
      : aggregate_(aggregate), execution_(execution) {}
  void Reset() override {
    object_ = types::Json::Object();
    any_ = false;
  }
  void Add(const Value* args) override {
    if (args[0].is_null()) throw MakeError(static_cast<ErrorCode>(3158));
    any_ = true;
    Arena scratch;
    const types::ConversionContext conversion = execution_.Conversion(&scratch);
    const std::string key(
        types::ToTextIn(args[0], aggregate_.args[0]->type(), types::kUtf8mb4Charset, conversion));
    object_.SetMember(key, args[1].is_null()
                               ? types::Json()
                               : types::ToJson(args[1], aggregate_.args[1]->type(), conversion));
  }
  Value Result(Arena* arena) override {
    return any_ ? Value::Json(arena->Copy(types::PrintJson(object_))) : Value::Null();
  }

 private:
  const Aggregate& aggregate_;
  Execution& execution_;
  types::Json object_ = types::Json::Object();
  bool any_ = false;
};

class DistinctAccumulator final : public Accumulator {
 public:
  DistinctAccumulator(Accumulator* inner, const Aggregate& aggregate, Execution& execution)
      : inner_(inner),
        seen_(static_cast<uint32_t>(aggregate.args.size()), &execution.memory()),
        index_(&seen_, Ordinals(aggregate), Types(aggregate)) {}
  void Reset() override {
    inner_->Reset();
    seen_.Clear();
    index_.Clear();
  }
  void Add(const Value* args) override {
    for (uint32_t i = 0; i < seen_.width(); i++) {
      if (args[i].is_null()) return;
    }
    const uint64_t hash = index_.Hash(args);
    if (index_.Find(args, hash) != HashIndex::kNone) return;
    seen_.Append(args);
    index_.Add(args, hash);
    inner_->Add(args);
  }
  Value Result(Arena* arena) override { return inner_->Result(arena); }

 private:
  static std::vector<uint32_t> Ordinals(const Aggregate& aggregate) {
    std::vector<uint32_t> ordinals(aggregate.args.size());
    std::iota(ordinals.begin(), ordinals.end(), 0);
    return ordinals;
  }
  static std::vector<types::DataType> Types(const Aggregate& aggregate) {
    std::vector<types::DataType> list;
    for (const Expression* arg : aggregate.args) list.push_back(arg->type());
    return list;
  }

  Accumulator* inner_;
  RowStore seen_;
  HashIndex index_;
};

Accumulator* NewPlain(const Aggregate& aggregate, Execution& execution, Arena* arena) {
  switch (aggregate.kind) {
    case plan::AggregateKind::kCountStar:
      return arena->New<CountAccumulator>(0);
    case plan::AggregateKind::kCount:
      return arena->New<CountAccumulator>(aggregate.args.size());
    case plan::AggregateKind::kSum:
      return arena->New<SumAccumulator>(aggregate.type, false);
    case plan::AggregateKind::kAvg:
      return arena->New<SumAccumulator>(aggregate.type, true);
    case plan::AggregateKind::kMin:
      return arena->New<ExtremeAccumulator>(aggregate.args[0]->type(), false);
    case plan::AggregateKind::kMax:
      return arena->New<ExtremeAccumulator>(aggregate.args[0]->type(), true);
    case plan::AggregateKind::kBitAnd:
    case plan::AggregateKind::kBitOr:
    case plan::AggregateKind::kBitXor:
      return arena->New<BitAccumulator>(aggregate.kind);
    case plan::AggregateKind::kStdPop:
    case plan::AggregateKind::kStdSamp:
    case plan::AggregateKind::kVarPop:
    case plan::AggregateKind::kVarSamp:
      return arena->New<VarianceAccumulator>(aggregate.kind);
    case plan::AggregateKind::kGroupConcat:
      return arena->New<GroupConcatAccumulator>(aggregate, execution);
    case plan::AggregateKind::kFirst:
      return arena->New<FirstAccumulator>();
    case plan::AggregateKind::kGrouping:
      return arena->New<NullAccumulator>();
    case plan::AggregateKind::kJsonArrayAgg:
      return arena->New<JsonArrayAccumulator>(aggregate, execution);
    case plan::AggregateKind::kJsonObjectAgg:
      return arena->New<JsonObjectAccumulator>(aggregate, execution);
  }
  return arena->New<NullAccumulator>();
}

}  // namespace

Accumulator* NewAccumulator(const Aggregate& aggregate, Execution& execution, Arena* arena) {
  Accumulator* plain = NewPlain(aggregate, execution, arena);
  if (!aggregate.distinct || aggregate.kind == plan::AggregateKind::kMin ||
      aggregate.kind == plan::AggregateKind::kMax)
    return plain;
  return arena->New<DistinctAccumulator>(plain, aggregate, execution);
}

}  // namespace sixfold::exec
