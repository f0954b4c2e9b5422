#include "core/exec/subquery_run.h"

#include "core/exec/operators/cursor.h"
#include "core/exec/operators/hash_index.h"
#include "core/plan/bind/block.h"
#include "core/plan/expression/function.h"
#include "core/plan/expression/nodes.h"
#include "core/plan/session_context.h"
#include "core/types/decimal.h"
#include "core/types/require_stack.h"
#include "core/types/result_type.h"
#include "core/types/sql_error.h"

namespace sixfold::exec {

using plan::SubqueryKind;
using types::Value;

namespace {

/// The result of the subquery for one set of outer values.
struct SubqueryResult {
  bool known = false;
  // Scalar: the row. EXISTS: exists.
  bool exists = false;
  std::vector<Value> row;
  // IN, ANY, ALL: all rows, hashed where possible (rows with a NULL apart).
  std::unique_ptr<RowStore> rows;
  std::unique_ptr<HashIndex> index;
  bool has_null_row = false;
};

class SubqueryRun final : public RunState {
 public:
  SubqueryRun(const SubqueryExpr& node, Execution& execution)
      : node_(node), execution_(execution), cursor_(NewCursor(*node.query().root, execution)) {}

  /// The result for the context's row: remembered, or computed now.
  SubqueryResult& Result(EvalContext& context) {
    const BoundQuery& query = node_.query();
    if (query.volatile_result) {
      volatile_ = SubqueryResult();
      Compute(context, &volatile_);
      return volatile_;
    }
    if (query.outer_references.empty()) {
      if (!single_.known) Compute(context, &single_);
      return single_;
    }
    return Correlated(context);
  }

 private:
  static constexpr size_t kMemoLimit = 4096;

  SubqueryResult& Correlated(EvalContext& context) {
    key_.clear();
    for (const OuterReference& reference : node_.query().outer_references)
      AppendKey(context, reference);
    auto [at, added] = memo_.try_emplace(key_);
    if (!added && at->second.known) return at->second;
    if (memo_.size() > kMemoLimit) {
      std::string key = key_;
      memo_.clear();
      arena_.Reset();
      at = memo_.try_emplace(std::move(key)).first;
    }
    Compute(context, &at->second);
    return at->second;
  }

  void AppendKey(EvalContext& context, const OuterReference& reference) {
    // The query's blocks are one level below the row that is current here.
    const EvalContext* row = &context;
    for (uint32_t level = node_.query().level - 1; level > reference.level; level--)
      row = row->outer;
    const uint32_t slot =
        reference.column != nullptr ? reference.column->slot() : reference.slot->slot();
    const Value& value = row->batch->at(slot, row->row);
    key_.push_back(static_cast<char>(value.kind()));
    if (value.kind() == types::ValueKind::kDecimal) {
      const std::string text = value.decimal().ToString();
      key_.append(text).push_back('\0');
    } else if (HasBytes(value)) {
      const uint32_t size = static_cast<uint32_t>(value.bytes().size());
      key_.append(reinterpret_cast<const char*>(&size), sizeof size).append(value.bytes());
    } else {
      const int64_t bits = value.int_value();
      key_.append(reinterpret_cast<const char*>(&bits), sizeof bits);
    }
  }

  void Compute(EvalContext& context, SubqueryResult* result) {
    RequireStack();
    EvalContext outer = context;  // stays while the cursor runs
    cursor_->Open(&outer);
    switch (node_.kind()) {
      case plan::SubqueryKind::kExists:
        result->exists = cursor_->Next() != nullptr;
        break;
      case plan::SubqueryKind::kScalar:
        ReadRow(result);
        break;
      case plan::SubqueryKind::kIn:
      case plan::SubqueryKind::kQuantified:
        ReadAll(result);
        break;
    }
    result->known = true;
  }

  void ReadRow(SubqueryResult* result) {
    const size_t width = node_.query().columns.size();
    result->row.assign(width, Value::Null());
    RowBatch* batch = cursor_->Next();
    if (batch == nullptr) return;
    if (batch->rows() > 1) throw MakeError(static_cast<ErrorCode>(1242));
    for (uint32_t c = 0; c < width; c++) result->row[c] = Keep(batch->at(c, 0), &arena_);
    if (cursor_->Next() != nullptr) throw MakeError(static_cast<ErrorCode>(1242));
  }

  void ReadAll(SubqueryResult* result) {
    const auto width = static_cast<uint32_t>(node_.query().columns.size());
    result->rows = std::make_unique<RowStore>(width, &execution_.memory());
    std::vector<uint32_t> ordinals;
    std::vector<types::DataType> key_types;
    for (uint32_t c = 0; c < width; c++) {
      ordinals.push_back(c);
      key_types.push_back(node_.hashable()
                              ? HashType(node_.left()[c]->type(), node_.query().columns[c].type)
                              : node_.query().columns[c].type);
    }
    if (node_.hashable())
      result->index = std::make_unique<HashIndex>(result->rows.get(), ordinals, key_types);
    std::vector<Value> row(width);
    Arena scratch;
    while (RowBatch* batch = cursor_->Next()) {
      execution_.session().CheckInterrupted();
      scratch.Reset();
      const types::ConversionContext conversion = execution_.Conversion(&scratch);
      for (uint32_t r = 0; r < batch->rows(); r++) {
        bool has_null = false;
        for (uint32_t c = 0; c < width; c++) {
          row[c] = batch->at(c, r);
          has_null = has_null || row[c].is_null();
          if (node_.hashable())
            row[c] = ConvertToType(row[c], node_.query().columns[c].type, key_types[c], conversion);
        }
        result->has_null_row = result->has_null_row || has_null;
        if (result->index == nullptr) {
          result->rows->Append(row.data());
          continue;
        }
        const uint64_t hash = result->index->Hash(row.data());
        if (result->index->Find(row.data(), hash) != HashIndex::kNone) continue;
        result->rows->Append(row.data());
        result->index->Add(row.data(), hash);
      }
    }
  }

  const SubqueryExpr& node_;
  Execution& execution_;
  std::unique_ptr<Cursor> cursor_;
  SubqueryResult single_, volatile_;
  std::unordered_map<std::string, SubqueryResult> memo_;
  std::string key_;
  Arena arena_;
};

SubqueryRun& RunOf(const SubqueryExpr& node, Execution& execution) {
  auto* run = execution.state<SubqueryRun>(node.state_id());
  if (run == nullptr) {
    auto made = std::make_unique<SubqueryRun>(node, execution);
    run = made.get();
    execution.set_state(node.state_id(), std::move(made));
  }
  return *run;
}

/// Compares the pair by a bound comparison of two slots.
Value ComparePair(Expression* compare, const Value& left, const Value& right,
                  EvalContext& context) {
  RowBatch pair(2, 1);
  pair.at(0, 0) = left;
  pair.at(1, 0) = right;
  pair.set_rows(1);
  EvalContext own = context;
  own.batch = &pair;
  own.row = 0;
  return compare->Eval(own);
}

Value EvalIn(const SubqueryExpr& node, SubqueryRun& run, EvalContext& context) {
  SubqueryResult& result = run.Result(context);
  const std::vector<Expression*>& left = node.left();
  if (result.rows->empty()) return Value::Bool(false);
  std::vector<Value> values(left.size());
  bool has_null = false;
  for (size_t i = 0; i < left.size(); i++) {
    values[i] = left[i]->Eval(context);
    has_null = has_null || values[i].is_null();
  }
  std::vector<Value> key = values;
  if (result.index != nullptr) {
    const types::ConversionContext conversion = context.execution->Conversion(context.arena);
    for (size_t i = 0; i < left.size(); i++) {
      const types::DataType& type = left[i]->type();
      key[i] =
          ConvertToType(values[i], type, HashType(type, node.query().columns[i].type), conversion);
    }
    if (!has_null) {
      if (result.index->Find(key.data(), result.index->Hash(key.data())) != HashIndex::kNone)
        return Value::Bool(true);
      if (!result.has_null_row) return Value::Bool(false);
    }
  }
  if (left.size() == 1 && (has_null || result.index != nullptr)) return Value::Null();
  bool unknown = false;
  for (size_t r = 0; r < result.rows->size(); r++) {
    const Value* row = result.rows->row(r);
    bool differs = false, null = false;
    for (size_t i = 0; i < left.size() && !differs; i++) {
      if (result.index != nullptr) {
        if (key[i].is_null() || row[i].is_null()) {
          null = true;
        } else {
          differs = CompareValues(key[i], row[i],
                                  HashType(left[i]->type(), node.query().columns[i].type)) != 0;
        }
        continue;
      }
      const Value equal = ComparePair(node.compares()[i], values[i], row[i], context);
      if (equal.is_null()) {
        null = true;
      } else if (!IsTrue(equal)) {
        differs = true;
      }
    }
    if (differs) continue;
    if (!null) return Value::Bool(true);
    unknown = true;
  }
  return unknown ? Value::Null() : Value::Bool(false);
}

Value EvalQuantified(const SubqueryExpr& node, SubqueryRun& run, EvalContext& context) {
  SubqueryResult& result = run.Result(context);
  const std::vector<Expression*>& left = node.left();
  std::vector<Value> values(left.size());
  for (size_t i = 0; i < left.size(); i++) values[i] = left[i]->Eval(context);
  bool unknown = false;
  for (size_t r = 0; r < result.rows->size(); r++) {
    bool holds = true, null = false;
    for (size_t i = 0; i < left.size(); i++) {
      const Value outcome =
          ComparePair(node.compares()[i], values[i], result.rows->row(r)[i], context);
      if (outcome.is_null()) {
        null = true;
      } else if (!IsTrue(outcome)) {
        holds = false;
      }
    }
    if (holds && null) {
      unknown = true;
    } else if (holds != node.all()) {
      return Value::Bool(!node.all());
    }
  }
  return unknown ? Value::Null() : Value::Bool(node.all());
}

class QueryRunner final : public plan::SubqueryRunner {
 public:
  Value Eval(const SubqueryExpr& node, EvalContext& context) override;
};

Value QueryRunner::Eval(const SubqueryExpr& node, EvalContext& context) {
  SubqueryRun& run = RunOf(node, *context.execution);
  switch (node.kind()) {
    case plan::SubqueryKind::kScalar:
      return Keep(run.Result(context).row[node.column()], context.arena);
    case plan::SubqueryKind::kExists:
      return Value::Bool(run.Result(context).exists);
    case plan::SubqueryKind::kIn:
      return EvalIn(node, run, context);
    case plan::SubqueryKind::kQuantified:
      return EvalQuantified(node, run, context);
  }
  return Value::Null();
}

}  // namespace

plan::SubqueryRunner& Subqueries() {
  static QueryRunner runner;
  return runner;
}

std::vector<Value> InValues(const SubqueryExpr& node, EvalContext& context, types::DataType* type) {
  SubqueryResult& result = RunOf(node, *context.execution).Result(context);
  const types::DataType& column = node.query().columns[0].type;
  *type = node.hashable() ? HashType(node.left()[0]->type(), column) : column;
  std::vector<Value> values;
  for (size_t r = 0; r < result.rows->size(); r++) values.push_back(result.rows->row(r)[0]);
  return values;
}

}  // namespace sixfold::exec
