#include "core/server/prepared_statements.h"

#include "core/base/check.h"
#include "core/server/session.h"
#include "core/server/wire_sink.h"
#include "core/sql/ast.h"
#include "core/sql/parser.h"
#include "core/txn/transaction.h"
#include "core/types/collation.h"
#include "core/types/decimal.h"
#include "core/types/error_codes.h"
#include "core/types/sql_error.h"
#include "core/types/temporal.h"
#include "core/types/time_zone.h"

namespace sixfold::server {
namespace {

using Kind = sql::Statement::Kind;
using types::DataType;
using types::TypeId;
using types::Value;

bool IsExecutors(const sql::Statement& tree) {
  switch (tree.kind) {
    case Kind::kSelect:
    case Kind::kInsert:
    case Kind::kUpdate:
    case Kind::kDelete:
    case Kind::kDo:
      return true;
    case Kind::kExplain:
      return sql::As<sql::ExplainStatement>(tree).statement != nullptr;
    default:
      return false;
  }
}

bool MayBePrepared(const sql::Statement& tree) {
  switch (tree.kind) {
    case Kind::kPrepare:
    case Kind::kExecute:
    case Kind::kDeallocate:
    case Kind::kLoadData:
    case Kind::kLockTables:
    case Kind::kUnlockTables:
    case Kind::kHandler:
    case Kind::kXa:
    case Kind::kHelp:
    case Kind::kGetDiagnostics:
    case Kind::kSignal:
    case Kind::kUnsupported:
      return false;
    default:
      return true;
  }
}

// Definitions are needed for planning: a transaction for this alone, unless one is open.
std::unique_ptr<exec::PreparedStatement> Plan(Session& session, const Prepared& prepared) {
  const bool mine = session.open_transaction() == nullptr;
  txn::Transaction& transaction = session.OpenTransaction(/*explicitly=*/false);
  struct Guard {
    Session& session;
    bool mine;
    ~Guard() {
      if (mine) session.DropTransaction();
    }
  } guard{session, mine};
  transaction.BeginStatement();
  auto plan = exec::Prepare(session, *prepared.tree, prepared.text);
  transaction.EndStatement();
  return plan;
}

DataType IntegerType(bool is_unsigned) {
  DataType type;
  type.id = TypeId::kBigInt;
  type.is_unsigned = is_unsigned;
  type.length = 20;
  return type;
}

int64_t PackedDate(const protocol::BinaryTemporal& t) {
  return types::PackDate(static_cast<int>(t.year), t.month, t.day);
}

types::DateTime ToDateTime(const protocol::BinaryTemporal& t) {
  types::DateTime out;
  out.year = static_cast<int32_t>(t.year);
  out.month = t.month;
  out.day = t.day;
  out.hour = t.hour;
  out.minute = t.minute;
  out.second = t.second;
  out.microsecond = static_cast<int32_t>(t.microsecond);
  return out;
}

// Fields beyond a calendar's are refused as MySQL refuses them: the value becomes zero.
bool SaneTemporal(const protocol::BinaryTemporal& t, bool is_time) {
  if (t.minute > 59 || t.second > 59 || t.microsecond > 999999) return false;
  if (is_time) return t.year <= 34;
  if (t.hour > 23) return false;
  return t.year <= 9999 && t.month <= 12 && t.day <= 31;
}

void BindText(Session& session, std::string_view bytes, protocol::FieldType field, Arena* arena,
              plan::Parameter* out) {
  const types::Collation* connection = session.connection_collation();
  const types::Collation* client = session.client_collation();
  const bool binary =
      field == protocol::FieldType::kBlob || field == protocol::FieldType::kTinyBlob ||
      field == protocol::FieldType::kMediumBlob || field == protocol::FieldType::kLongBlob ||
      field == protocol::FieldType::kBit || field == protocol::FieldType::kGeometry;
  out->type.length = static_cast<uint32_t>(bytes.size());
  if (binary) {
    out->type.id = TypeId::kVarbinary;
    out->type.collation = &types::kBinaryCollation;
  } else {
    out->type.id = TypeId::kVarchar;
    out->type.collation = connection;
    const bool ascii_stays = client->charset->IsAsciiBased() && connection->charset->IsAsciiBased();
    if (client->charset != connection->charset && !(ascii_stays && types::IsAscii(bytes))) {
      std::string converted;
      types::ConvertCharset(bytes, *client->charset, *connection->charset, &converted);
      bytes = arena->Copy(converted);
    }
  }
  out->value = Value::String(bytes);
}

void BindOne(Session& session, const protocol::Parameter& p, std::string_view long_data,
             Arena* arena, plan::Parameter* out) {
  using PKind = protocol::Parameter::Kind;
  out->type = DataType{};
  switch (p.kind) {
    case PKind::kNull:
      out->value = Value::Null();
      return;
    case PKind::kInt:
      out->type = IntegerType(false);
      out->value = Value::Int(p.integer);
      return;
    case PKind::kUint:
      out->type = IntegerType(true);
      out->value = Value::Uint(static_cast<uint64_t>(p.integer));
      return;
    case PKind::kFloat:
    case PKind::kDouble:
      out->type.id = p.kind == PKind::kFloat ? TypeId::kFloat : TypeId::kDouble;
      out->type.scale = 31;
      out->value = Value::Double(p.number);
      return;
    case PKind::kDecimalText: {
      auto* decimal = arena->New<types::Decimal>();
      size_t consumed = 0;
      types::Decimal::FromString(p.bytes, decimal, &consumed);
      out->type.id = TypeId::kDecimal;
      out->type.precision = static_cast<uint8_t>(std::min(decimal->Precision(), 65));
      out->type.scale = static_cast<uint8_t>(decimal->scale());
      out->value = Value::DecimalRef(decimal);
      return;
    }
    case PKind::kDate:
      out->type.id = TypeId::kDate;
      out->value = Value::Date(SaneTemporal(p.temporal, false) ? PackedDate(p.temporal) : 0);
      return;
    case PKind::kDatetime:
      out->type.id = TypeId::kDatetime;
      out->type.scale = p.temporal.microsecond != 0 ? 6 : 0;
      out->value = Value::Datetime(
          SaneTemporal(p.temporal, false) ? types::PackDatetime(ToDateTime(p.temporal)) : 0);
      return;
    case PKind::kTime: {
      out->type.id = TypeId::kTime;
      out->type.scale = p.temporal.microsecond != 0 ? 6 : 0;
      int64_t micros = 0;
      if (SaneTemporal(p.temporal, true)) {
        micros = ((int64_t{p.temporal.year} * 24 + p.temporal.hour) * 60 + p.temporal.minute) * 60 +
                 p.temporal.second;
        micros = micros * types::kMicrosPerSecond + p.temporal.microsecond;
        micros = std::min(micros, types::kMaxTimeMicros);
      }
      out->value = Value::Time(p.temporal.negative ? -micros : micros);
      return;
    }
    case PKind::kBytes:
      return BindText(session, p.bytes, p.type, arena, out);
    case PKind::kLongData:
      return BindText(session, long_data, p.type, arena, out);
  }
}

}  // namespace

void Prepared::ForgetLongData() {
  has_long_data.assign(parameter_count, false);
  long_data.assign(parameter_count, {});
}

std::unique_ptr<Prepared> PrepareText(Session& session, std::string_view text) {
  auto prepared = std::make_unique<Prepared>();
  prepared->text = text;
  prepared->schema = session.current_schema();
  sql::ParseOptions options;
  options.sql_mode = session.sql_mode();
  options.allow_parameters = true;
  const sql::ParseResult parsed = sql::Parse(prepared->text, options, &prepared->arena);
  if (!parsed.is_last) {
    throw MakeError(ErrorCode::kParseError,
                    "You have an error in your SQL syntax; check the manual that corresponds to "
                    "your MySQL server version for the right syntax to use",
                    std::string_view(prepared->text).substr(parsed.consumed), 1);
  }
  prepared->tree = parsed.statement;
  prepared->parameter_count = parsed.parameter_count;
  if (!MayBePrepared(*prepared->tree)) throw MakeError(ErrorCode::kUnsupportedPs);
  if (IsExecutors(*prepared->tree)) {
    prepared->plan = Plan(session, *prepared);
    prepared->parameter_count = prepared->plan->parameter_count();
  }
  prepared->ForgetLongData();
  return prepared;
}

void BindParameters(Session& session, const Prepared& prepared,
                    const protocol::ExecuteRequest& request, Arena* arena,
                    std::vector<plan::Parameter>* out) {
  out->resize(request.parameters.size());
  for (size_t i = 0; i < request.parameters.size(); ++i) {
    BindOne(session, request.parameters[i],
            i < prepared.long_data.size() ? std::string_view(prepared.long_data[i])
                                          : std::string_view(),
            arena, &(*out)[i]);
  }
}

PreparedStatements::~PreparedStatements() = default;

Prepared& PreparedStatements::Add(std::unique_ptr<Prepared> prepared) {
  prepared->id = next_id_++;
  Prepared& added = *prepared;
  by_id_.emplace(added.id, std::move(prepared));
  return added;
}

Prepared* PreparedStatements::Find(uint32_t id) {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : found->second.get();
}

bool PreparedStatements::Close(uint32_t id) { return by_id_.erase(id) != 0; }

void PreparedStatements::PutNamed(std::string_view name, std::unique_ptr<Prepared> prepared) {
  by_name_[std::string(name)] = std::move(prepared);
}

Prepared* PreparedStatements::FindNamed(std::string_view name) {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : found->second.get();
}

bool PreparedStatements::CloseNamed(std::string_view name) {
  const auto found = by_name_.find(name);
  if (found == by_name_.end()) return false;
  by_name_.erase(found);
  return true;
}

void PreparedStatements::Clear() {
  by_id_.clear();
  by_name_.clear();
}

}  // namespace sixfold::server
