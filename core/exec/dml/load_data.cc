// LOAD DATA LOCAL INFILE: the client's file, row by row, into a table.
#include "core/exec/dml/insert_run.h"
#include "core/exec/dml/load_reader.h"
#include "core/exec/functions/registry.h"
#include "core/exec/plan.h"
#include "core/plan/bind/binder.h"
#include "core/plan/expression/nodes.h"
#include "core/plan/session_context.h"
#include "core/sql/ast.h"
#include "core/txn/catalog_view.h"
#include "core/types/collation.h"
#include "core/types/diagnostics.h"
#include "core/types/names.h"
#include "core/types/raise.h"

namespace sixfold::exec {

namespace {

class LoadDataPlan final : public Plan {
 public:
  StatementResult Run(Execution& execution, ResultSink&) const override {
    SessionContext& session = execution.session();
    bool first = true;
    LoadReader reader(format_, [&] {
      std::string piece = session.ReadLocalInfile(file_, first);
      first = false;
      return piece;
    });
    for (uint64_t i = 0; i < ignore_lines_; i++) reader.SkipLine();
    InsertRun run(target_, execution);
    run.ExpectRows(0);
    std::vector<LoadField> fields;
    uint64_t records = 0;
    while (reader.NextRecord(&fields)) {
      if (++records % 256 == 0) session.CheckInterrupted();
      run.BeginRow();
      SetFields(run, session, fields, records);
      for (const auto& [column, value] : assignments_) {
        if (value == nullptr) {
          run.work().column(column) = run.work().DefaultValue(column);
        } else {
          run.work().Assign(column, value, true);
        }
      }
      run.WriteRow();
    }
    StatementResult result = run.Finish(false);
    const uint64_t skipped = target_.replace ? 0 : records - result.affected_rows;
    const uint64_t deleted = target_.replace ? result.affected_rows - records : 0;
    result.info = fmt::format("Records: {}  Deleted: {}  Skipped: {}  Warnings: {}", records,
                              deleted, skipped, session.diagnostics().total());
    return result;
  }

  InsertTarget target_;
  sql::FileFormat format_;
  std::string file_;
  uint64_t ignore_lines_ = 0;
  struct Field {
    uint32_t column = UINT32_MAX;  // else a user variable
    std::string variable;
  };
  std::vector<Field> fields_;
  std::vector<std::pair<uint32_t, Expression*>> assignments_;
  types::DataType text_type_;

 private:
  void SetFields(InsertRun& run, SessionContext& session, const std::vector<LoadField>& fields,
                 uint64_t record) const {
    for (size_t i = 0; i < fields_.size(); i++) {
      const bool missing = i >= fields.size();
      const types::Value value =
          missing || fields[i].is_null
              ? types::Value::Null()
              : types::Value::String(run.work().arena()->Copy(fields[i].text));
      if (fields_[i].column == UINT32_MAX) {
        session.SetUserVariable(fields_[i].variable, value, text_type_);
        continue;
      }
      if (missing) {
        session.diagnostics().Warn(static_cast<ErrorCode>(1261), record);
        run.work().column(fields_[i].column) = run.work().DefaultValue(fields_[i].column);
        continue;
      }
      run.work().AssignValue(fields_[i].column, value, text_type_, true);
    }
    if (fields.size() > fields_.size())
      session.diagnostics().Warn(static_cast<ErrorCode>(1262), record);
  }
};

void BindLoad(SessionContext& session, const sql::LoadDataStatement& load, LoadDataPlan* plan,
              Binder& binder) {
  if (load.xml || load.from_s3) Raise(kErNotSupported, load.xml ? "LOAD XML" : "LOAD DATA FROM S3");
  if (!load.local) Raise(1290, "--secure-file-priv");
  const std::string schema(load.table.schema.empty() ? std::string_view(session.current_schema())
                                                     : load.table.schema);
  if (schema.empty()) Raise(kErNoDatabase);
  const catalog::TablePtr table =
      binder.FindTable(schema, load.table.table, load.table.table, /*writes=*/true);
  if (table == nullptr) Raise(kErNoSuchTable, schema, std::string(load.table.table));
  binder.memory().UseTable(schema, load.table.table, *table, load.table.table, /*writes=*/true);
  binder.RequirePrivilege("INSERT", table->schema, table->name);
  plan->target_.table = table;
  plan->target_.replace = load.duplicates == sql::DuplicateHandling::kReplace;
  plan->target_.ignore = !plan->target_.replace;  // LOCAL cannot stop the client half-way
  plan->target_.program = NewRowProgram(binder, table, table->name);
  plan->target_.assigned.assign(table->columns.size(), false);
  plan->format_ = load.format;
  plan->file_ = std::string(load.file);
  plan->ignore_lines_ = load.ignore_lines;
  plan->text_type_.id = types::TypeId::kVarchar;
  plan->text_type_.collation =
      table->collation != nullptr ? table->collation : &types::kUtf8mb4Collation;
  if (!load.charset.empty()) {
    const types::Charset* charset = types::FindCharset(load.charset);
    if (charset == nullptr) Raise(kErUnknownCharset, std::string(load.charset));
    plan->text_type_.collation = &types::DefaultCollation(*charset);
  }
  auto column_of = [&](std::string_view name) {
    const int ordinal = table->ColumnOrdinal(name);
    if (ordinal < 0) Raise(kErBadField, std::string(name), "field list");
    plan->target_.assigned[static_cast<size_t>(ordinal)] = true;
    return static_cast<uint32_t>(ordinal);
  };
  for (const sql::Expression* target : load.targets) {
    if (const auto* variable = sql::TryAs<sql::UserVariable>(target)) {
      plan->fields_.push_back({UINT32_MAX, LowerName(variable->name)});
    } else {
      plan->fields_.push_back({column_of(sql::As<sql::ColumnReference>(*target).column), ""});
    }
  }
  if (load.targets.empty()) {
    for (uint32_t c = 0; c < table->columns.size(); c++) {
      if (!table->columns[c].generated)
        plan->fields_.push_back({column_of(table->columns[c].name), ""});
    }
  }
  for (const sql::Assignment& assignment : load.assignments) {
    const uint32_t column = column_of(assignment.column->column);
    const auto* keyword = sql::TryAs<sql::Default>(assignment.value);
    const bool is_default = keyword != nullptr && keyword->column == nullptr;
    plan->assignments_.push_back(
        {column, is_default ? nullptr
                            : binder.BindScalarIn(*assignment.value, plan->target_.program->scope,
                                                  plan::Clause::kSelect)});
  }
  AssignRowSlots(plan->target_.program);
}

}  // namespace

std::unique_ptr<Plan> PlanLoadData(SessionContext& session, const sql::Statement& tree,
                                   std::string_view text, std::span<const types::DataType> types) {
  auto plan = std::make_unique<LoadDataPlan>();
  Binder binder(session, BuiltinFunctions(), plan->memory, types, text);
  BindLoad(session, sql::As<sql::LoadDataStatement>(tree), plan.get(), binder);
  return plan;
}

}  // namespace sixfold::exec
