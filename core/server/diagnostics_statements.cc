// GET DIAGNOSTICS, SIGNAL, CHECKSUM TABLE.
#include "core/server/constant_expression.h"
#include "core/server/result_rows.h"
#include "core/server/session.h"
#include "core/server/statement_runner.h"
#include "core/server/statements.h"
#include "core/types/collation.h"
#include "core/types/error_codes.h"
#include "core/types/sql_error.h"

namespace sixfold::server {
namespace {

bool NameIs(std::string_view a, std::string_view b) { return types::EqualsIgnoreAsciiCase(a, b); }

void StoreText(Session& session, const sql::Expression& target, std::string_view text) {
  const auto* variable = sql::TryAs<sql::UserVariable>(&target);
  if (variable == nullptr) throw MakeError(ErrorCode::kNotSupportedYet, "local variables");
  types::DataType type;
  type.id = types::TypeId::kVarchar;
  type.length = static_cast<uint32_t>(text.size());
  type.collation = &types::kUtf8mb4Collation;
  session.SetUserVariable(variable->name, types::Value::String(text), type);
}

void StoreNumber(Session& session, const sql::Expression& target, int64_t number) {
  const auto* variable = sql::TryAs<sql::UserVariable>(&target);
  if (variable == nullptr) throw MakeError(ErrorCode::kNotSupportedYet, "local variables");
  types::DataType type;
  type.id = types::TypeId::kBigInt;
  type.length = 21;
  session.SetUserVariable(variable->name, types::Value::Int(number), type);
}

}  // namespace

exec::StatementResult GetDiagnostics(StatementContext& context,
                                     const sql::GetDiagnosticsStatement& statement) {
  Session& session = context.session;
  const std::vector<types::Condition> conditions = session.diagnostics().conditions();
  if (statement.condition == nullptr) {
    for (const sql::DiagnosticsItem& item : statement.items) {
      if (NameIs(item.name, "NUMBER")) {
        StoreNumber(session, *item.target, static_cast<int64_t>(conditions.size()));
      } else {
        StoreNumber(session, *item.target, session.row_count());
      }
    }
    return {};
  }
  const uint64_t number =
      EvaluateConstant(context.runner, *statement.condition, context.text).AsUint();
  if (number == 0 || number > conditions.size()) {
    throw SqlError(static_cast<ErrorCode>(1758), "35000", "Invalid condition number");
  }
  const types::Condition& condition = conditions[number - 1];
  for (const sql::DiagnosticsItem& item : statement.items) {
    if (NameIs(item.name, "MYSQL_ERRNO")) {
      StoreNumber(session, *item.target, static_cast<int64_t>(condition.code));
    } else if (NameIs(item.name, "RETURNED_SQLSTATE")) {
      StoreText(session, *item.target, condition.sqlstate);
    } else if (NameIs(item.name, "MESSAGE_TEXT")) {
      StoreText(session, *item.target, condition.message);
    } else if (NameIs(item.name, "CLASS_ORIGIN") || NameIs(item.name, "SUBCLASS_ORIGIN")) {
      StoreText(session, *item.target, "ISO 9075");
    } else {
      StoreText(session, *item.target, "");
    }
  }
  return {};
}

exec::StatementResult Signal(StatementContext& context, const sql::SignalStatement& statement) {
  if (statement.resignal) {
    throw SqlError(static_cast<ErrorCode>(1645), "0K000", "RESIGNAL when handler not active");
  }
  if (!statement.has_sqlstate) throw MakeError(ErrorCode::kSpCondMismatch, statement.condition);
  std::string message = "Unhandled user-defined exception condition";
  auto code = static_cast<ErrorCode>(1644);
  const bool warning = statement.sqlstate.substr(0, 2) == "01";
  const bool not_found = statement.sqlstate.substr(0, 2) == "02";
  if (warning) {
    message = "Unhandled user-defined warning condition";
    code = static_cast<ErrorCode>(1642);
  } else if (not_found) {
    message = "Unhandled user-defined not found condition";
    code = static_cast<ErrorCode>(1643);
  }
  for (const sql::SignalItem& item : statement.items) {
    const ConstantValue value = EvaluateConstant(context.runner, *item.value, context.text);
    if (NameIs(item.name, "MESSAGE_TEXT")) message = value.AsText();
    if (NameIs(item.name, "MYSQL_ERRNO")) code = static_cast<ErrorCode>(value.AsUint());
  }
  if (warning) {
    context.session.diagnostics().Add(types::Severity::kWarning, code, message);
    return {};
  }
  throw SqlError(code, std::string(statement.sqlstate), message);
}

// One number for a table's rows whatever their order: the sum of the hashes of their texts.
exec::StatementResult ChecksumTables(StatementContext& context,
                                     const sql::MaintainTableStatement& statement) {
  struct Row {
    std::string table;
    bool known;
    uint64_t sum;
  };
  std::vector<Row> sums;
  Session& session = context.session;
  for (const sql::TableName& name : statement.tables) {
    const std::string schema(name.schema.empty() ? std::string_view(session.current_schema())
                                                 : name.schema);
    if (schema.empty()) throw MakeError(ErrorCode::kNoDbError);
    Row row{fmt::format("{}.{}", schema, name.table), true, 0};
    try {
      struct Summing final : exec::ResultSink {
        void BeginRows(std::span<const plan::ResultColumn>) override {}
        void AddRows(const types::RowBatch& batch) override { sum += HashRows(batch); }
        void EndRows() override {}
        uint64_t sum = 0;
      } summing;
      context.runner.RunInternal(fmt::format("SELECT * FROM `{}`.`{}`", schema, name.table),
                                 summing);
      row.sum = summing.sum & 0xffffffff;
    } catch (const SqlError& error) {
      if (error.code() != ErrorCode::kNoSuchTable) throw;
      session.diagnostics().Add(types::Severity::kError, error.code(), error.message());
      row.known = false;
    }
    sums.push_back(std::move(row));
  }
  ResultRows rows(context.sink, {{"Table", 128}, {"Checksum", 0}});
  for (const Row& row : sums) {
    rows.Add({row.table, row.known ? ResultCell(row.sum) : ResultCell(nullptr)});
  }
  return rows.Finish();
}

}  // namespace sixfold::server
