// What system variables mean to a session: reading them with what is computed, and making a new
// value take effect.
#include <cmath>

#include "core/base/arena.h"
#include "core/base/bytes.h"
#include "core/base/clock.h"
#include "core/protocol/constants.h"
#include "core/server/instance.h"
#include "core/server/server.h"
#include "core/server/session.h"
#include "core/server/variable_ids.h"
#include "core/types/collation.h"
#include "core/types/error_codes.h"
#include "core/types/sql_error.h"
#include "core/types/sql_mode.h"
#include "core/types/time_zone.h"

namespace sixfold::server {
namespace {

using types::DataType;
using types::TypeId;
using types::Value;

const types::Charset& RequireCharset(std::string_view name) {
  const types::Charset* charset = types::FindCharset(name);
  if (charset == nullptr) throw MakeError(ErrorCode::kUnknownCharacterSet, name);
  return *charset;
}

const types::Collation& RequireCollation(std::string_view name) {
  const types::Collation* collation = types::FindCollation(name);
  if (collation == nullptr) throw MakeError(ErrorCode::kUnknownCollation, name);
  return *collation;
}

VariableValue Named(std::string_view text) {
  VariableValue value;
  value.text = text;
  return value;
}

VariableValue Whole(uint64_t number) {
  VariableValue value;
  value.integer = static_cast<int64_t>(number);
  return value;
}

void ValidateTimeZone(std::string_view name) {
  if (types::TimeZone::Find(name) == nullptr) throw MakeError(ErrorCode::kUnknownTimeZone, name);
}

bool IsClientCharset(const types::Charset& charset) { return charset.mbminlen == 1; }

}  // namespace

void Session::LoadCachedVariables() {
  client_collation_ =
      &types::DefaultCollation(RequireCharset(Variable(vars::CharacterSetClient()).text));
  connection_collation_ = types::FindCollation(Variable(vars::CollationConnection()).text);
  const VariableValue& results = Variable(vars::CharacterSetResults());
  results_collation_ =
      results.null ? nullptr : &types::DefaultCollation(RequireCharset(results.text));
  for (VariableIndex index : {vars::Autocommit(), vars::SqlMode(), vars::TimeZone(),
                              vars::MaxExecutionTime(), vars::MaxErrorCount(), vars::SqlNotes()}) {
    CacheVariable(index);
  }
}

void Session::CacheVariable(VariableIndex index) {
  plan_variables_.clear();
  const VariableValue& value = Variable(index);
  if (index == vars::Autocommit()) {
    autocommit_ = value.integer != 0;
  } else if (index == vars::SqlMode()) {
    sql_mode_ = static_cast<uint64_t>(value.integer);
  } else if (index == vars::TimeZone()) {
    time_zone_ = value.text;
  } else if (index == vars::MaxExecutionTime()) {
    execution_limit_ms_ = static_cast<uint64_t>(value.integer);
  } else if (index == vars::MaxErrorCount()) {
    diagnostics_->set_limit(static_cast<uint32_t>(value.integer));
  } else if (index == vars::SqlNotes()) {
    diagnostics_->set_notes(value.integer != 0);
  }
}

const std::string& Session::plan_variables() {
  if (!plan_variables_.empty()) return plan_variables_;
  PutFixed(&plan_variables_, sql_mode_);
  PutFixed(&plan_variables_, connection_collation_->id);
  PutFixed(&plan_variables_, Variable(vars::DivPrecisionIncrement()).integer);
  PutFixed(&plan_variables_, Variable(vars::GroupConcatMaxLen()).integer);
  PutLengthPrefixed(&plan_variables_, time_zone_);
  return plan_variables_;
}

void Session::SetClientCollation(uint16_t id) {
  plan_variables_.clear();
  const types::Collation* collation = types::FindCollation(id);
  if (collation == nullptr || !IsClientCharset(*collation->charset)) {
    collation = types::FindCollation(Variable(vars::CollationServer()).text);
  }
  client_collation_ = collation;
  connection_collation_ = collation;
  results_collation_ = collation;
  for (VariableIndex index :
       {vars::CharacterSetClient(), vars::CharacterSetConnection(), vars::CharacterSetResults()}) {
    variables_.Set(index, Named(collation->charset->name));
  }
  variables_.Set(vars::CollationConnection(), Named(collation->name));
}

void Session::SetNames(std::string_view charset_name, std::string_view collation_name) {
  const types::Charset& charset =
      charset_name.empty() ? types::kUtf8mb4Charset : RequireCharset(charset_name);
  if (!IsClientCharset(charset)) {
    throw MakeError(ErrorCode::kWrongValueForVar, "character_set_client", charset.name);
  }
  const types::Collation& collation =
      collation_name.empty() ? types::DefaultCollation(charset) : RequireCollation(collation_name);
  if (collation.charset != &charset) {
    throw MakeError(ErrorCode::kCollationCharsetMismatch, collation.name, charset.name);
  }
  SetClientCollation(collation.id);
  client_collation_ = results_collation_ = &types::DefaultCollation(charset);
  for (VariableIndex index :
       {vars::CharacterSetClient(), vars::CharacterSetResults(), vars::CharacterSetConnection()}) {
    TrackVariable(index);
  }
}

void Session::RequireNoOpenTransaction(VariableIndex index) const {
  if (in_transaction_) throw MakeError(ErrorCode::kCantChangeTxCharacteristics);
}

void Session::ApplyVariable(VariableIndex index, VariableValue value) {
  if (index == vars::CharacterSetClient() || index == vars::CharacterSetResults() ||
      index == vars::CharacterSetConnection() || index == vars::CharacterSetDatabase() ||
      index == vars::CharacterSetServer() || index == vars::CharacterSetFilesystem()) {
    const types::Collation* collation = nullptr;
    if (!value.null) {
      const types::Charset& charset = RequireCharset(value.text);
      value.text = charset.name;
      collation = &types::DefaultCollation(charset);
      if (index == vars::CharacterSetClient() && !IsClientCharset(charset)) {
        throw MakeError(ErrorCode::kWrongValueForVar, "character_set_client", charset.name);
      }
    } else if (index != vars::CharacterSetResults()) {
      throw MakeError(ErrorCode::kWrongValueForVar, AllVariables()[index].name, "NULL");
    }
    if (index == vars::CharacterSetClient()) client_collation_ = collation;
    if (index == vars::CharacterSetResults()) results_collation_ = collation;
    if (index == vars::CharacterSetConnection()) {
      connection_collation_ = collation;
      variables_.Set(vars::CollationConnection(), Named(collation->name));
    }
    if (index == vars::CharacterSetDatabase()) {
      variables_.Set(vars::CollationDatabase(), Named(collation->name));
    }
    if (index == vars::CharacterSetServer()) {
      variables_.Set(vars::CollationServer(), Named(collation->name));
    }
  } else if (index == vars::CollationConnection() || index == vars::CollationDatabase() ||
             index == vars::CollationServer()) {
    const types::Collation& collation = RequireCollation(value.text);
    value.text = collation.name;
    if (index == vars::CollationConnection()) {
      connection_collation_ = &collation;
      variables_.Set(vars::CharacterSetConnection(), Named(collation.charset->name));
    } else if (index == vars::CollationDatabase()) {
      variables_.Set(vars::CharacterSetDatabase(), Named(collation.charset->name));
    } else {
      variables_.Set(vars::CharacterSetServer(), Named(collation.charset->name));
    }
  } else if (index == vars::SqlMode()) {
    const auto mode = types::SqlModeFromNumber(static_cast<uint64_t>(value.integer));
    if (!mode) throw MakeError(ErrorCode::kWrongValueForVar, "sql_mode", value.integer);
    value.integer = static_cast<int64_t>(*mode);
  } else if (index == vars::Timestamp()) {
    fixed_time_us_ = value.real > 0 ? std::llround(value.real * 1e6) : 0;
    if (fixed_time_us_ != 0) statement_time_us_ = fixed_time_us_;
  } else if (index == vars::LastInsertId() || index == vars::Identity()) {
    last_insert_id_ = static_cast<uint64_t>(value.integer);
  } else if (index == vars::TimeZone()) {
    ValidateTimeZone(value.text);
  } else if (index == vars::TransactionIsolation() || index == vars::TxIsolation()) {
    index = vars::TransactionIsolation();
  } else if (index == vars::TransactionReadOnly() || index == vars::TxReadOnly()) {
    index = vars::TransactionReadOnly();
  }
  variables_.Set(index, std::move(value));
  CacheVariable(index);
  TrackVariable(index);
}

void Session::TrackVariable(VariableIndex index) {
  if (!(capabilities_ & protocol::capability::kSessionTrack)) return;
  const std::string& tracked = Variable(vars::SessionTrackSystemVariables()).text;
  const VariableDef& def = AllVariables()[index];
  if (tracked != "*") {
    const std::string list = "," + tracked + ",";
    if (list.find("," + std::string(def.name) + ",") == std::string::npos) return;
  }
  changes_.variables.emplace_back(def.name, VariableText(def, Variable(index)));
}

VariableValue Session::CurrentValue(VariableIndex index, bool global) const {
  if (index == vars::ReadOnly() || index == vars::SuperReadOnly() ||
      index == vars::InnodbReadOnly()) {
    if (!server_.instance().is_writer()) return Whole(1);
    return server_.globals().Get(index);
  }
  if (index == vars::TxIsolation()) index = vars::TransactionIsolation();
  if (index == vars::TxReadOnly()) index = vars::TransactionReadOnly();
  if (global) return server_.globals().Get(index);
  if (!AllVariables()[index].has_session()) return server_.globals().Get(index);
  if (index == vars::LastInsertId() || index == vars::Identity()) return Whole(last_insert_id_);
  if (index == vars::PseudoThreadId()) return Whole(id_.value());
  if (index == vars::WarningCount()) return Whole(diagnostics_->total());
  if (index == vars::ErrorCount()) return Whole(diagnostics_->errors());
  if (index == vars::Timestamp()) {
    VariableValue value;
    value.real = static_cast<double>(statement_time_us_) / 1e6;
    return value;
  }
  return Variable(index);
}

Value Session::SystemVariable(std::string_view name, plan::VariableScope scope, DataType* type,
                              Arena* arena) {
  const VariableIndex index = FindVariable(name);
  if (index == kNoVariable) throw MakeError(ErrorCode::kUnknownSystemVariable, name);
  const VariableDef& def = AllVariables()[index];
  if (scope == plan::VariableScope::kGlobal && !def.has_global()) {
    throw MakeError(ErrorCode::kIncorrectGlobalLocalVar, def.name, "SESSION");
  }
  if (scope == plan::VariableScope::kSession && !def.has_session()) {
    throw MakeError(ErrorCode::kIncorrectGlobalLocalVar, def.name, "GLOBAL");
  }
  const bool global = scope == plan::VariableScope::kGlobal || !def.has_session();
  const VariableValue value = CurrentValue(index, global);
  *type = DataType{};
  type->nullable = true;
  switch (def.type) {
    case VariableType::kBool:
    case VariableType::kInt:
      type->id = TypeId::kBigInt;
      type->length = def.type == VariableType::kBool ? 1 : 21;
      return Value::Int(value.integer);
    case VariableType::kUint:
      type->id = TypeId::kBigInt;
      type->is_unsigned = true;
      type->length = 21;
      return Value::Uint(static_cast<uint64_t>(value.integer));
    case VariableType::kDouble:
      type->id = TypeId::kDouble;
      type->scale = 6;
      type->length = 23;
      return Value::Double(value.real);
    case VariableType::kEnum:
    case VariableType::kSet:
    case VariableType::kString:
      break;
  }
  type->id = TypeId::kVarchar;
  type->collation = &types::kUtf8mb3Collation;
  if (value.null) return Value::Null();
  const std::string text = VariableText(def, value);
  type->length = static_cast<uint32_t>(text.size());
  return Value::String(arena->Copy(text));
}

uint64_t Session::UnsignedVariable(std::string_view name) {
  const VariableIndex index = FindVariable(name);
  if (index == kNoVariable) throw MakeError(ErrorCode::kUnknownSystemVariable, name);
  const VariableDef& def = AllVariables()[index];
  const VariableValue value = CurrentValue(index, !def.has_session());
  if (def.type == VariableType::kDouble) return static_cast<uint64_t>(value.real);
  return static_cast<uint64_t>(value.integer);
}

uint64_t Session::max_allowed_packet() const {
  return static_cast<uint64_t>(Variable(vars::MaxAllowedPacket()).integer);
}

uint64_t Session::idle_timeout_ms() const {
  const bool interactive = (capabilities_ & protocol::capability::kInteractive) != 0;
  const VariableIndex index = interactive ? vars::InteractiveTimeout() : vars::WaitTimeout();
  return static_cast<uint64_t>(Variable(index).integer) * 1000;
}

}  // namespace sixfold::server
