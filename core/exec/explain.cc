// EXPLAIN of a query or data change: the traditional table, FORMAT=TREE, FORMAT=JSON, ANALYZE.
#include "core/base/clock.h"
#include "core/exec/operators/cursor.h"
#include "core/exec/plan.h"
#include "core/exec/subquery_run.h"
#include "core/plan/bind/block.h"
#include "core/plan/physical/plan_node.h"
#include "core/plan/session_context.h"
#include "core/sql/ast.h"
#include "core/types/collation.h"
#include "core/types/json.h"
#include "core/types/raise.h"

namespace sixfold::exec {

namespace {

types::DataType ExplainText(uint32_t length) {
  types::DataType type;
  type.id = types::TypeId::kVarchar;
  type.length = length;
  type.collation = &types::kUtf8mb4Collation;
  return type;
}

ResultColumn ExplainColumn(std::string name, types::DataType type) {
  ResultColumn column;
  column.name = std::move(name);
  column.type = std::move(type);
  return column;
}

/// Forgets what the statement under EXPLAIN ANALYZE returns; counts it.
class CountingSink final : public ResultSink {
 public:
  void BeginRows(std::span<const ResultColumn>) override {}
  void AddRows(const types::RowBatch& batch) override { rows += batch.rows(); }
  void EndRows() override {}
  uint64_t rows = 0;
};

class ExplainPlan final : public Plan {
 public:
  StatementResult Run(Execution& execution, ResultSink& sink) const override {
    StatementResult result;
    result.has_rows = true;
    sink.BeginRows(columns);
    if (format_ == sql::ExplainFormat::kTraditional) {
      SendTable(sink);
    } else {
      types::RowBatch batch(1, 1);
      std::string text = format_ == sql::ExplainFormat::kJson ? Json() : Tree(execution);
      batch.at(0, 0) = types::Value::String(batch.arena()->Copy(text));
      batch.set_rows(1);
      sink.AddRows(batch);
    }
    sink.EndRows();
    return result;
  }

  std::unique_ptr<Plan> inner_;
  sql::ExplainFormat format_ = sql::ExplainFormat::kTraditional;
  bool analyze_ = false;
  std::string change_;  // INSERT, UPDATE …; empty for queries

 private:
  std::vector<const QueryBlock*> Blocks() const {
    std::vector<const QueryBlock*> blocks(inner_->memory.blocks.begin(),
                                          inner_->memory.blocks.end());
    std::stable_sort(blocks.begin(), blocks.end(), [](const QueryBlock* a, const QueryBlock* b) {
      return a->select_number < b->select_number;
    });
    return blocks;
  }

  std::string RoleOf(const QueryBlock& block, size_t count) const {
    if (!change_.empty() && block.role == "SIMPLE") return change_;
    return block.role == "SIMPLE" && count > 1 ? "PRIMARY" : block.role;
  }

  void SendTable(ResultSink& sink) const {
    const auto blocks = Blocks();
    types::RowBatch batch(12, 1);
    bool any = false;
    for (const QueryBlock* block : blocks) {
      const std::string role = RoleOf(*block, blocks.size());
      if (block->steps.empty()) {
        ExplainStep none;
        none.rows = 0;
        none.extra = "No tables used";
        SendRow(sink, &batch, *block, role, none);
        any = true;
      }
      for (const ExplainStep& step : block->steps) {
        SendRow(sink, &batch, *block, role, step);
        any = true;
      }
    }
    if (any || change_.empty()) return;
    QueryBlock block;
    ExplainStep step;
    SendRow(sink, &batch, block, change_, step);
  }

  static void SendRow(ResultSink& sink, types::RowBatch* batch, const QueryBlock& block,
                      const std::string& role, const ExplainStep& step) {
    batch->Reset();
    Arena* arena = batch->arena();
    auto text = [arena](const std::string& value) {
      return value.empty() ? types::Value::Null() : types::Value::String(arena->Copy(value));
    };
    batch->at(0, 0) = types::Value::Int(block.select_number);
    batch->at(1, 0) = text(role);
    batch->at(2, 0) = text(step.table);
    batch->at(3, 0) = types::Value::Null();
    batch->at(4, 0) = step.table.empty() ? types::Value::Null() : text(step.access);
    batch->at(5, 0) = text(step.possible_keys);
    batch->at(6, 0) = text(step.key);
    batch->at(7, 0) = text(step.key_length);
    batch->at(8, 0) = text(step.ref);
    const bool counted = !step.table.empty();
    batch->at(9, 0) =
        counted ? types::Value::Int(static_cast<int64_t>(step.rows + 0.5)) : types::Value::Null();
    batch->at(10, 0) = counted ? types::Value::Double(step.filtered) : types::Value::Null();
    batch->at(11, 0) = text(step.extra);
    batch->set_rows(1);
    sink.AddRows(*batch);
  }

  std::string Tree(Execution& execution) const {
    std::string text;
    if (inner_->root() == nullptr) return "<not executable by iterator executor>\n";
    std::string actual;
    if (analyze_) {
      CountingSink sink;
      Execution own(execution.session(), Subqueries(), execution.parameters(),
                    inner_->memory.constant_count, inner_->memory.state_count);
      const uint64_t begin = execution.session().clock().MonotonicNanos();
      inner_->Run(own, sink);
      const double ms =
          static_cast<double>(execution.session().clock().MonotonicNanos() - begin) / 1e6;
      actual = fmt::format(" (actual time={:.3f}..{:.3f} rows={} loops=1)", ms, ms, sink.rows);
    }
    AppendTree(*inner_->root(), 0, actual, &text);
    return text;
  }

  static void AppendTree(const PlanNode& op, int depth, const std::string& actual,
                         std::string* text) {
    const std::string line = op.Describe();
    if (!line.empty()) {
      text->append(static_cast<size_t>(depth) * 4, ' ');
      text->append("-> ").append(line);
      text->append(
          fmt::format("  (cost={:.2f} rows={:.0f})", op.estimated_cost, op.estimated_rows));
      text->append(actual).append("\n");
      depth++;
    }
    for (const PlanNode* child : op.children())
      AppendTree(*child, depth, line.empty() ? actual : "", text);
    for (const std::string& note : op.inner_notes()) {
      text->append(static_cast<size_t>(depth) * 4, ' ');
      text->append("-> ").append(note).append("\n");
    }
  }

  std::string Json() const {
    types::Json tables = types::Json::Array();
    for (const QueryBlock* block : Blocks()) {
      for (const ExplainStep& step : block->steps) {
        types::Json table = types::Json::Object();
        table.SetMember("table_name", types::Json::String(step.table));
        table.SetMember("access_type", types::Json::String(step.access));
        if (!step.key.empty()) table.SetMember("key", types::Json::String(step.key));
        if (!step.key_length.empty())
          table.SetMember("key_length", types::Json::String(step.key_length));
        table.SetMember("rows_examined_per_scan",
                        types::Json::Int(static_cast<int64_t>(step.rows)));
        types::Json entry = types::Json::Object();
        entry.SetMember("table", std::move(table));
        tables.items.push_back(std::move(entry));
      }
    }
    types::Json block = types::Json::Object();
    block.SetMember("select_id", types::Json::Int(1));
    if (tables.items.size() == 1) {
      block.SetMember("table", *tables.items[0].Member("table"));
    } else if (!tables.items.empty()) {
      block.SetMember("nested_loop", std::move(tables));
    }
    types::Json root = types::Json::Object();
    root.SetMember("query_block", std::move(block));
    return types::PrintJsonPretty(root);
  }
};

void SetTraditionalColumns(Plan* plan) {
  types::DataType number;
  number.id = types::TypeId::kBigInt;
  number.length = 3;
  number.is_unsigned = true;
  types::DataType percent;
  percent.id = types::TypeId::kDouble;
  percent.scale = 2;
  plan->columns.push_back(ExplainColumn("id", number));
  for (const char* name :
       {"select_type", "table", "partitions", "type", "possible_keys", "key", "key_len", "ref"}) {
    plan->columns.push_back(ExplainColumn(name, ExplainText(1024)));
  }
  number.length = 10;
  plan->columns.push_back(ExplainColumn("rows", number));
  plan->columns.push_back(ExplainColumn("filtered", percent));
  plan->columns.push_back(ExplainColumn("Extra", ExplainText(255)));
}

}  // namespace

std::unique_ptr<Plan> PlanExplain(SessionContext& session, const sql::Statement& tree,
                                  std::string_view text, std::span<const types::DataType> types) {
  const auto& explain = sql::As<sql::ExplainStatement>(tree);
  if (explain.statement == nullptr) Raise(kErNotSupported, "EXPLAIN FOR CONNECTION");
  auto plan = std::make_unique<ExplainPlan>();
  plan->inner_ = MakePlan(session, *explain.statement, text, types);
  plan->memory.privileges = plan->inner_->memory.privileges;
  plan->memory.used_tables = plan->inner_->memory.used_tables;
  plan->memory.parameter_count = plan->inner_->memory.parameter_count;
  plan->memory.volatile_plan = plan->inner_->memory.volatile_plan;
  plan->memory.session_only = plan->inner_->memory.session_only;
  plan->analyze_ = explain.analyze;
  plan->format_ = explain.format;
  if (plan->format_ == sql::ExplainFormat::kDefault) {
    plan->format_ = explain.analyze ? sql::ExplainFormat::kTree : sql::ExplainFormat::kTraditional;
  }
  using Kind = sql::Statement::Kind;
  switch (explain.statement->kind) {
    case Kind::kInsert:
      plan->change_ =
          sql::As<sql::InsertStatement>(*explain.statement).replace ? "REPLACE" : "INSERT";
      break;
    case Kind::kUpdate:
      plan->change_ = "UPDATE";
      break;
    case Kind::kDelete:
      plan->change_ = "DELETE";
      break;
    default:
      break;
  }
  if (plan->format_ == sql::ExplainFormat::kTraditional) {
    SetTraditionalColumns(plan.get());
  } else {
    plan->columns.push_back(ExplainColumn("EXPLAIN", ExplainText(UINT16_MAX)));
  }
  return plan;
}

}  // namespace sixfold::exec
