// SET: system variables in all scopes, user variables, NAMES and CHARACTER SET.
#include "core/server/accounts.h"
#include "core/server/constant_expression.h"
#include "core/server/instance.h"
#include "core/server/persisted_variables.h"
#include "core/server/server.h"
#include "core/server/session.h"
#include "core/server/session_variables.h"
#include "core/server/statement_runner.h"
#include "core/server/statements.h"
#include "core/server/variable_ids.h"
#include "core/types/collation.h"
#include "core/types/error_codes.h"
#include "core/types/sql_error.h"
#include "core/types/sql_mode.h"

namespace sixfold::server {
namespace {

using types::ValueKind;

bool IsGlobalScope(sql::VariableScope scope) {
  return scope == sql::VariableScope::kGlobal || scope == sql::VariableScope::kPersist ||
         scope == sql::VariableScope::kPersistOnly;
}

[[noreturn]] void ThrowWrongValue(const VariableDef& def, const ConstantValue& given) {
  throw MakeError(ErrorCode::kWrongValueForVar, def.name,
                  given.is_null() ? std::string("NULL") : given.AsText());
}

VariableValue FromText(const VariableDef& def, VariableIndex index, const ConstantValue& given) {
  VariableValue value;
  const std::string text = given.AsText();
  if (index == vars::SqlMode()) {
    std::string bad;
    const auto mode = types::ParseSqlMode(text, &bad);
    if (!mode) throw MakeError(ErrorCode::kWrongValueForVar, "sql_mode", bad.empty() ? text : bad);
    value.integer = static_cast<int64_t>(*mode);
    return value;
  }
  const bool numeric = def.type == VariableType::kInt || def.type == VariableType::kUint ||
                       def.type == VariableType::kDouble;
  if (numeric) throw MakeError(ErrorCode::kWrongTypeForVar, def.name);
  if (!ParseVariable(def, text, &value)) ThrowWrongValue(def, given);
  return value;
}

VariableValue FromNumber(Session& session, const VariableDef& def, const ConstantValue& given) {
  VariableValue value;
  if (given.value.kind() == ValueKind::kDouble || given.value.kind() == ValueKind::kDecimal) {
    if (def.type != VariableType::kDouble) throw MakeError(ErrorCode::kWrongTypeForVar, def.name);
    ParseVariable(def, given.AsText(), &value);
    return value;
  }
  if (def.type == VariableType::kString) throw MakeError(ErrorCode::kWrongTypeForVar, def.name);
  bool clamped = false;
  if (!VariableFromInteger(def, given.value.kind() == ValueKind::kUint, given.value.int_value(),
                           &value, &clamped)) {
    ThrowWrongValue(def, given);
  }
  if (clamped) {
    if (session.sql_mode() & types::kSqlModeStrictAllTables) ThrowWrongValue(def, given);
    session.diagnostics().Warn(ErrorCode::kTruncatedWrongValue, def.name, given.AsText());
  }
  return value;
}

VariableValue Convert(Session& session, VariableIndex index, const ConstantValue& given) {
  const VariableDef& def = AllVariables()[index];
  if (given.is_null()) {
    if (index != vars::CharacterSetResults()) ThrowWrongValue(def, given);
    VariableValue value;
    value.null = true;
    return value;
  }
  if (given.value.is_string()) return FromText(def, index, given);
  return FromNumber(session, def, given);
}

void RequireSettable(const VariableDef& def, sql::VariableScope scope) {
  const bool global = IsGlobalScope(scope);
  if (scope == sql::VariableScope::kPersistOnly) {
    if (!IsPersistable(def)) {
      throw MakeError(ErrorCode::kIncorrectGlobalLocalVar, def.name, "non persistent read only");
    }
  } else if (def.read_only) {
    throw MakeError(ErrorCode::kIncorrectGlobalLocalVar, def.name, "read only");
  }
  if (global && !def.has_global()) throw MakeError(ErrorCode::kLocalVariable, def.name);
  if (!global && !def.has_session()) throw MakeError(ErrorCode::kGlobalVariable, def.name);
}

bool IsTransactionCharacteristic(VariableIndex index) {
  return index == vars::TransactionIsolation() || index == vars::TxIsolation() ||
         index == vars::TransactionReadOnly() || index == vars::TxReadOnly();
}

void SetGlobal(Session& session, sql::VariableScope scope, VariableIndex index,
               const VariableValue& value) {
  Server& server = session.server();
  server.accounts().RequireGlobal(session, catalog::Privilege::kSuper);
  index = NewestName(index);
  // A reader cannot keep it, and so does not set it either.
  const bool persists = scope != sql::VariableScope::kGlobal;
  if (persists && !server.instance().is_writer()) {
    throw MakeError(ErrorCode::kOptionPreventsStatement, "--read-only");
  }
  if (scope != sql::VariableScope::kPersistOnly) server.globals().Assign(index, value);
  if (persists) server.persisted().Persist(session, index, value);
}

void SetSystemVariable(StatementContext& context, const sql::SetItem& item) {
  Session& session = context.session;
  const VariableIndex index = FindVariable(item.name);
  if (index == kNoVariable) throw MakeError(ErrorCode::kUnknownSystemVariable, item.name);
  const VariableDef& def = AllVariables()[index];
  const bool global = IsGlobalScope(item.scope);
  RequireSettable(def, item.scope);
  VariableValue value;
  if (item.value != nullptr) {
    value = Convert(session, index, EvaluateConstant(context.runner, *item.value, context.text));
  } else if (global) {
    value = VariableDefault(def);
  } else {
    value = def.has_global() ? context.server.globals().Get(index) : VariableDefault(def);
  }
  if (global) return SetGlobal(session, item.scope, index, value);
  if (IsTransactionCharacteristic(index) && item.is_atat &&
      item.scope == sql::VariableScope::kDefault) {
    // SET @@transaction_isolation without a scope is for the next transaction only.
    if (session.in_transaction()) throw MakeError(ErrorCode::kCantChangeTxCharacteristics);
    if (index == vars::TransactionIsolation() || index == vars::TxIsolation()) {
      session.next_transaction().isolation = static_cast<int>(value.integer);
    } else {
      session.next_transaction().read_only = static_cast<int>(value.integer);
    }
    return;
  }
  // Turning autocommit on ends the open transaction.
  if (index == vars::Autocommit() && value.integer != 0 && !session.autocommit()) {
    context.runner.CommitAndWait();
  }
  session.ApplyVariable(index, std::move(value));
}

}  // namespace

exec::StatementResult SetVariables(StatementContext& context,
                                   const sql::SetVariablesStatement& statement) {
  Session& session = context.session;
  for (const sql::SetItem& item : statement.items) {
    switch (item.target) {
      case sql::SetTarget::kSystemVariable:
        SetSystemVariable(context, item);
        break;
      case sql::SetTarget::kUserVariable: {
        const ConstantValue value = EvaluateConstant(context.runner, *item.value, context.text);
        session.SetUserVariable(item.name, value.value, value.type);
        break;
      }
      case sql::SetTarget::kNames:
        session.SetNames(item.charset, item.collation);
        break;
      case sql::SetTarget::kCharset: {
        // SET CHARACTER SET: the connection's collation is the database's.
        session.SetNames(item.charset, {});
        VariableValue collation = session.Variable(vars::CollationDatabase());
        session.ApplyVariable(vars::CollationConnection(), std::move(collation));
        break;
      }
      case sql::SetTarget::kTriggerColumn:
        throw MakeError(ErrorCode::kNotSupportedYet, "triggers");
    }
  }
  return {};
}

}  // namespace sixfold::server
