#include "core/exec/dml/row_program.h"

#include "core/plan/expression/nodes.h"
#include "core/plan/session_context.h"
#include "core/txn/duplicate_text.h"
#include "core/types/compare_values.h"
#include "core/types/decimal.h"
#include "core/types/diagnostics.h"
#include "core/types/raise.h"
#include "core/types/sql_mode.h"

namespace sixfold::exec {

using types::Value;

namespace {

void AddColumns(TableRef* ref, const catalog::TablePtr& table, std::string_view alias) {
  ref->table = table;
  ref->schema = table->schema;
  ref->name = table->name;
  ref->alias = std::string(alias);
  for (const catalog::ColumnDef& def : table->columns) {
    OutputColumn column;
    column.type = column.info.type = def.type;
    column.info.name = def.name;
    ref->columns.push_back(std::move(column));
  }
}

/// b'101' as the bits' number; other texts as they are.
Expression* BitDefault(Binder& binder, const std::string& text) {
  uint64_t bits = 0;
  for (char c : text) {
    if (c == '0' || c == '1') bits = bits << 1 | static_cast<uint64_t>(c - '0');
  }
  return binder.IntLiteral(static_cast<int64_t>(bits));
}

RowProgram::Default BindDefaultOf(Binder& binder, const RowProgram& program,
                                  const catalog::ColumnDef& column) {
  RowProgram::Default result;
  if (column.generated || column.auto_increment) {
    result.expression = binder.NullLiteral();
    result.constant = true;
    return result;
  }
  if (column.default_expression) {
    result.expression =
        binder.BindText(*column.default_expression, program.scope, plan::Clause::kValues);
    return result;
  }
  result.constant = true;
  if (column.default_literal && column.type.id == types::TypeId::kBit &&
      column.default_literal->substr(0, 2) == "b'") {
    result.expression = BitDefault(binder, *column.default_literal);
  } else if (column.default_literal) {
    result.expression = binder.StringLiteral8(*column.default_literal);
  } else if (column.type.nullable) {
    result.expression = binder.NullLiteral();
  } else if (column.type.id == types::TypeId::kEnum && column.type.labels &&
             !column.type.labels->empty()) {
    result.expression = binder.StringLiteral8((*column.type.labels)[0]);
  }
  return result;
}

}  // namespace

RowProgram* NewRowProgram(Binder& binder, const catalog::TablePtr& table, std::string_view alias) {
  auto* program = binder.arena()->New<RowProgram>();
  program->table = table;
  program->block = binder.arena()->New<QueryBlock>();
  program->block->level = binder.level();
  program->scope = binder.arena()->New<Scope>();
  program->scope->block = program->block;
  program->ref = &program->block->tables.emplace_back();
  program->ref->block = program->block;
  AddColumns(program->ref, table, alias);
  binder.AddFromTable(program->scope, program->ref, true);
  program->inserted = &program->block->tables.emplace_back();
  program->inserted->block = program->block;
  program->inserted->ordinal = 1;
  AddColumns(program->inserted, table, "");
  program->auto_increment = table->AutoIncrementColumn();
  for (uint32_t c = 0; c < table->columns.size(); c++) {
    const catalog::ColumnDef& column = table->columns[c];
    program->defaults.push_back(BindDefaultOf(binder, *program, column));
    if (column.generated) {
      program->generated.push_back(
          {c, binder.BindText(*column.generated, program->scope, plan::Clause::kValues)});
    }
    if (column.on_update) {
      program->on_update.push_back(
          {c, binder.BindText(*column.on_update, program->scope, plan::Clause::kValues)});
    }
  }
  for (const catalog::CheckDef& check : table->checks) {
    if (!check.enforced) continue;
    program->checks.push_back(
        {table->schema, check.name,
         binder.BindText(check.expression, program->scope, plan::Clause::kWhere)});
  }
  return program;
}

void AssignRowSlots(RowProgram* program) {
  for (ColumnExpr* reference : program->ref->references) reference->set_slot(reference->ordinal());
  for (ColumnExpr* reference : program->inserted->references) {
    reference->set_slot(program->inserted_begin() + reference->ordinal());
  }
}

RowWork::RowWork(const RowProgram& program, Execution& execution, bool ignore)
    : program_(program),
      execution_(execution),
      ignore_(ignore),
      batch_(program.extra_begin() + program.extra_values, 1),
      row_(program.width()),
      default_values_(program.width()),
      default_known_(program.width()) {
  batch_.set_rows(1);
  context_ = execution.Context(&arena_);
  context_.batch = &batch_;
  store_.conversion = execution.Conversion(&arena_);
  store_.ignore = ignore;
}

std::span<const Value> RowWork::Row() {
  for (uint32_t c = 0; c < row_.size(); c++) row_[c] = batch_.at(c, 0);
  return row_;
}

void RowWork::NextRow(uint64_t row_number) {
  arena_.Reset();
  execution_.session().diagnostics().set_row(row_number);
}

Value RowWork::DefaultValue(uint32_t c) {
  const RowProgram::Default& def = program_.defaults[c];
  const catalog::ColumnDef& column = program_.table->columns[c];
  if (def.expression == nullptr) {
    if (store_.IsStrict()) Raise(kErNoDefault, column.name);
    execution_.session().diagnostics().Warn(static_cast<ErrorCode>(kErNoDefault), column.name);
    return types::ImplicitDefault(column.type, &arena_);
  }
  if (def.constant && default_known_[c]) return default_values_[c];
  const Value value = def.expression->Eval(context_);
  if (value.is_null()) return value;
  types::StoreContext store = store_;
  if (def.constant) store.conversion.arena = &default_arena_;
  Value stored = types::StoreValue(value, def.expression->type(), column.type, column.name, store);
  if (def.constant) {
    stored = Keep(stored, &default_arena_);
    default_values_[c] = stored;
    default_known_[c] = true;
  }
  return stored;
}

void RowWork::SetDefaults(const std::vector<bool>& assigned, bool fill) {
  for (uint32_t c = 0; c < program_.width(); c++) {
    const catalog::ColumnDef& def = program_.table->columns[c];
    if (def.generated) {
      column(c) = Value::Null();
    } else if (!assigned[c]) {
      column(c) = DefaultValue(c);
    } else if (!fill || def.type.nullable) {
      column(c) = Value::Null();
    } else {
      column(c) = program_.defaults[c].expression != nullptr && !def.auto_increment
                      ? DefaultValue(c)
                      : types::ImplicitDefault(def.type, &arena_);
    }
  }
}

Value RowWork::NullFor(uint32_t c, bool several_rows) {
  const catalog::ColumnDef& def = program_.table->columns[c];
  if (def.type.nullable || def.auto_increment || def.generated) return Value::Null();
  const bool strict = (execution_.session().sql_mode() & types::kSqlModeStrict) != 0;
  if (!ignore_ && (strict || !several_rows)) Raise(kErBadNull, def.name);
  execution_.session().diagnostics().Warn(static_cast<ErrorCode>(kErBadNull), def.name);
  return types::ImplicitDefault(def.type, &arena_);
}

void RowWork::AssignValue(uint32_t c, const Value& value, const types::DataType& from,
                          bool several_rows) {
  const catalog::ColumnDef& def = program_.table->columns[c];
  column(c) = value.is_null() ? NullFor(c, several_rows)
                              : types::StoreValue(value, from, def.type, def.name, store_);
}

void RowWork::Assign(uint32_t c, Expression* expression, bool several_rows) {
  AssignValue(c, expression->Eval(context_), expression->type(), several_rows);
}

void RowWork::ComputeGenerated() {
  for (const RowProgram::Computed& computed : program_.generated) {
    const catalog::ColumnDef& def = program_.table->columns[computed.column];
    const Value value = computed.expression->Eval(context_);
    if (value.is_null() && !def.type.nullable) Raise(kErBadNull, def.name);
    column(computed.column) =
        value.is_null()
            ? value
            : types::StoreValue(value, computed.expression->type(), def.type, def.name, store_);
  }
}

bool RowWork::Check() {
  for (const RowProgram::Check& check : program_.checks) {
    const Value value = check.expression->Eval(context_);
    if (value.is_null() || IsTrue(value)) continue;
    if (!ignore_) Raise(kErCheckViolated, check.name);
    execution_.session().diagnostics().Warn(static_cast<ErrorCode>(kErCheckViolated), check.name);
    return false;
  }
  for (const RowProgram::Check& check : program_.view_checks) {
    if (IsTrue(check.expression->Eval(context_))) continue;
    if (!ignore_) Raise(1369, check.schema, check.name);
    execution_.session().diagnostics().Warn(static_cast<ErrorCode>(1369), check.schema, check.name);
    return false;
  }
  return true;
}

bool TryChange(bool ignore, SessionContext& session, const std::function<void()>& change) {
  if (!ignore) {
    change();
    return true;
  }
  try {
    change();
    return true;
  } catch (const SqlError& error) {
    const int number = error.number();
    if (number != 1451 && number != 1452) throw;
    session.diagnostics().Add(types::Severity::kWarning, error.code(), error.message());
    return false;
  }
}

bool SameRow(std::span<const Value> a, std::span<const Value> b) {
  for (size_t i = 0; i < a.size(); i++) {
    if (a[i].kind() != b[i].kind()) return false;
    switch (a[i].kind()) {
      case types::ValueKind::kNull:
        break;
      case types::ValueKind::kString:
      case types::ValueKind::kJson:
        if (a[i].bytes() != b[i].bytes()) return false;
        break;
      case types::ValueKind::kDecimal:
        if (!(a[i].decimal() == b[i].decimal())) return false;
        break;
      default:
        if (a[i].uint_value() != b[i].uint_value()) return false;
    }
  }
  return true;
}

std::string DuplicateMessage(const catalog::TableDef& table, int index,
                             std::span<const Value> row) {
  const catalog::IndexDef& def = table.indexes[static_cast<size_t>(index)];
  return FormatError(static_cast<ErrorCode>(kErDupEntry), txn::DuplicateText(table, def, row),
                     table.name + "." + def.name);
}

void RaiseDuplicate(const catalog::TableDef& table, int index, std::span<const Value> row) {
  const catalog::IndexDef& def = table.indexes[static_cast<size_t>(index)];
  Raise(kErDupEntry, txn::DuplicateText(table, def, row), table.name + "." + def.name);
}

}  // namespace sixfold::exec
