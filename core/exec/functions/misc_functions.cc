// Information, locking, UUID and miscellaneous functions.
#include <map>
#include <mutex>

#include "core/base/clock.h"
#include "core/base/random.h"
#include "core/base/uuid.h"
#include "core/exec/functions/arguments.h"
#include "core/exec/functions/tables.h"
#include "core/plan/session_context.h"
#include "core/types/charset.h"
#include "core/types/diagnostics.h"
#include "core/types/error_codes.h"
#include "core/types/sql_error.h"

namespace sixfold::exec {
namespace {

using std::string_view;
using types::Value;

template <uint64_t length>
void BindName(FunctionCall& call, BindContext& context) {
  // Names are system constants: coercibility 3.
  BindPlainText(call, context, length);
  call.set_coercibility(3);
}

Value EvalDatabase(const FunctionCall&, EvalContext& context) {
  const std::string& schema = context.session->current_schema();
  return schema.empty() ? Value::Null() : TextResult(context, schema);
}
Value EvalUser(const FunctionCall&, EvalContext& context) {
  return TextResult(context, context.session->user() + "@" + context.session->host());
}
Value EvalCurrentUser(const FunctionCall&, EvalContext& context) {
  return TextResult(context, context.session->account());
}

Value EvalVersion(const FunctionCall&, EvalContext& context) {
  types::DataType type;
  return context.session->SystemVariable("version", plan::VariableScope::kGlobal, &type,
                                         context.arena);
}

Value EvalConnectionId(const FunctionCall&, EvalContext& context) {
  return Value::Uint(context.session->connection_id().value());
}
Value EvalRowCount(const FunctionCall&, EvalContext& context) {
  return Value::Int(context.session->row_count());
}
Value EvalFoundRows(const FunctionCall&, EvalContext& context) {
  return Value::Int(static_cast<int64_t>(context.session->found_rows()));
}

Value EvalLastInsertId(const FunctionCall& call, EvalContext& context) {
  if (call.args().empty()) return Value::Uint(context.session->last_insert_id());
  int64_t id;
  if (!IntArg(call, 0, context, &id)) return Value::Null();
  context.session->set_last_insert_id(static_cast<uint64_t>(id));
  return Value::Uint(static_cast<uint64_t>(id));
}

Value EvalSleep(const FunctionCall& call, EvalContext& context) {
  double seconds;
  if (!DoubleArg(call, 0, context, &seconds) || seconds < 0)
    throw MakeError(ErrorCode::kWrongArguments, "sleep");
  context.session->WaitFor([] { return false; }, static_cast<uint64_t>(seconds * 1000));
  return Value::Int(0);
}

Value EvalBenchmark(const FunctionCall& call, EvalContext& context) {
  int64_t count;
  if (!IntArg(call, 0, context, &count) || count < 0) return Value::Null();
  for (int64_t i = 0; i < count; ++i) {
    (void)call.EvalArg(1, context);
    if (i % 1024 == 0) context.session->CheckInterrupted();
  }
  return Value::Int(0);
}

/// Version 1 in form, as MySQL's: time first, a random node.
Value EvalUuid(const FunctionCall&, EvalContext& context) {
  // 100 ns since 1582-10-15.
  const uint64_t time = static_cast<uint64_t>(context.session->clock().WallMicros()) * 10 +
                        0x01B21DD213814000ull + context.session->random().Uniform(10);
  const uint64_t node = context.session->random().Next64();
  return TextResult(context,
                    fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", static_cast<uint32_t>(time),
                                static_cast<uint16_t>(time >> 32), 0x1000 | (time >> 48 & 0x0fff),
                                0x8000 | (node >> 48 & 0x3fff), node & 0xffffffffffffull));
}

Value EvalUuidShort(const FunctionCall&, EvalContext& context) {
  static std::atomic<uint64_t> next{0};
  const uint64_t seconds = static_cast<uint64_t>(context.session->clock().WallMicros()) / 1'000'000;
  return Value::Uint((context.session->connection_id().value() & 255) << 56 | seconds << 24 |
                     (++next & 0xffffff));
}

void BindIsUuid(FunctionCall& call, BindContext&) { BindBool(call); }

std::optional<Uuid> ParseUuid(string_view text) {
  if (text.size() == 38 && text.front() == '{' && text.back() == '}') text = text.substr(1, 36);
  if (text.size() == 32) {
    std::string dashed(text);
    for (const size_t at : {8, 13, 18, 23}) dashed.insert(at, "-");
    return Uuid::Parse(dashed);
  }
  return Uuid::Parse(text);
}

Value EvalIsUuid(const FunctionCall& call, EvalContext& context) {
  string_view text;
  if (!BytesArg(call, 0, context, &text)) return Value::Null();
  return Value::Bool(ParseUuid(text).has_value());
}

/// Swapping puts the time's high part first, so that values made in sequence sort so.
std::string SwapUuid(string_view bytes, bool to_stored) {
  std::string swapped;
  if (to_stored) {
    swapped += bytes.substr(6, 2);
    swapped += bytes.substr(4, 2);
    swapped += bytes.substr(0, 4);
  } else {
    swapped += bytes.substr(4, 4);
    swapped += bytes.substr(2, 2);
    swapped += bytes.substr(0, 2);
  }
  return swapped.append(bytes.substr(8));
}

Value EvalUuidToBin(const FunctionCall& call, EvalContext& context) {
  string_view text;
  int64_t swap = 0;
  if (!BytesArg(call, 0, context, &text)) return Value::Null();
  if (call.args().size() > 1 && !IntArg(call, 1, context, &swap)) return Value::Null();
  const auto uuid = ParseUuid(text);
  if (!uuid) throw MakeError(ErrorCode::kWrongValueForType, "string", text, "uuid_to_bin");
  return TextResult(context, swap ? SwapUuid(uuid->view(), true) : std::string(uuid->view()));
}

Value EvalBinToUuid(const FunctionCall& call, EvalContext& context) {
  string_view bytes;
  int64_t swap = 0;
  if (!BytesArg(call, 0, context, &bytes)) return Value::Null();
  if (call.args().size() > 1 && !IntArg(call, 1, context, &swap)) return Value::Null();
  if (bytes.size() != 16)
    throw MakeError(ErrorCode::kWrongValueForType, "string", bytes, "bin_to_uuid");
  Uuid uuid;
  const std::string plain = swap ? SwapUuid(bytes, false) : std::string(bytes);
  std::copy(plain.begin(), plain.end(), uuid.bytes.begin());
  return TextResult(context, uuid.ToString());
}

/// Named locks of this instance: GET_LOCK and friends. Held by connection, counted per lock.
class NamedLocks {
 public:
  bool TryLock(const std::string& name, uint64_t owner) {
    std::lock_guard guard(mutex_);
    Entry& entry = locks_[name];
    if (entry.count != 0 && entry.owner != owner) return false;
    entry.owner = owner;
    ++entry.count;
    return true;
  }
  /// 1 released, 0 somebody else's, -1 nobody's.
  int Unlock(const std::string& name, uint64_t owner) {
    std::lock_guard guard(mutex_);
    const auto found = locks_.find(name);
    if (found == locks_.end()) return -1;
    if (found->second.owner != owner) return 0;
    if (--found->second.count == 0) locks_.erase(found);
    return 1;
  }
  uint64_t Owner(const std::string& name) {
    std::lock_guard guard(mutex_);
    const auto found = locks_.find(name);
    return found == locks_.end() ? 0 : found->second.owner;
  }
  uint64_t UnlockAll(uint64_t owner) {
    std::lock_guard guard(mutex_);
    uint64_t released = 0;
    for (auto it = locks_.begin(); it != locks_.end();) {
      if (it->second.owner == owner) {
        released += it->second.count;
        it = locks_.erase(it);
      } else {
        ++it;
      }
    }
    return released;
  }

 private:
  struct Entry {
    uint64_t owner = 0;
    uint64_t count = 0;
  };
  std::mutex mutex_;
  std::map<std::string, Entry> locks_;  // guarded by mutex_
};

NamedLocks& Locks() {
  static NamedLocks locks;
  return locks;
}

bool LockName(const FunctionCall& call, EvalContext& context, std::string* name) {
  string_view text;
  if (!BytesArg(call, 0, context, &text) || text.empty() || text.size() > 64) {
    throw MakeError(ErrorCode::kUserLockWrongName, text);
  }
  name->clear();
  types::MapCase(types::kUtf8mb4Charset, text, types::CaseMapping::kLower, name);
  return true;
}

Value EvalGetLock(const FunctionCall& call, EvalContext& context) {
  std::string name;
  double seconds;
  LockName(call, context, &name);
  if (!DoubleArg(call, 1, context, &seconds)) return Value::Null();
  const uint64_t owner = context.session->connection_id().value();
  // A negative timeout waits without end.
  const uint64_t timeout_ms = seconds < 0 ? UINT64_MAX / 2 : static_cast<uint64_t>(seconds * 1000);
  if (Locks().TryLock(name, owner)) return Value::Int(1);
  return Value::Bool(
      context.session->WaitFor([&] { return Locks().TryLock(name, owner); }, timeout_ms));
}

Value EvalReleaseLock(const FunctionCall& call, EvalContext& context) {
  std::string name;
  LockName(call, context, &name);
  const int released = Locks().Unlock(name, context.session->connection_id().value());
  return released < 0 ? Value::Null() : Value::Int(released);
}

Value EvalIsFreeLock(const FunctionCall& call, EvalContext& context) {
  std::string name;
  LockName(call, context, &name);
  return Value::Bool(Locks().Owner(name) == 0);
}

Value EvalIsUsedLock(const FunctionCall& call, EvalContext& context) {
  std::string name;
  LockName(call, context, &name);
  const uint64_t owner = Locks().Owner(name);
  return owner == 0 ? Value::Null() : Value::Uint(owner);
}

Value EvalReleaseAllLocks(const FunctionCall&, EvalContext& context) {
  return Value::Uint(ReleaseNamedLocks(context.session->connection_id().value()));
}

Value EvalAnyValue(const FunctionCall& call, EvalContext& context) {
  return call.EvalArg(0, context);
}

void BindAsFirst(FunctionCall& call, BindContext&) {
  call.set_type(call.arg(0).type());
  call.set_coercibility(call.arg(0).coercibility());
}

void BindNameConst(FunctionCall& call, BindContext&) { call.set_type(call.arg(1).type()); }
Value EvalNameConst(const FunctionCall& call, EvalContext& context) {
  return call.EvalArg(1, context);
}

void BindUnsigned(FunctionCall& call, BindContext&) { BindBigInt(call, true); }
void BindSigned(FunctionCall& call, BindContext&) { BindBigInt(call, false); }
void BindOne(FunctionCall& call, BindContext&) { BindInt(call, 1); }
void BindBytes16(FunctionCall& call, BindContext&) { BindBinary(call, 16); }

constexpr FunctionDef kMiscTable[] = {
    {"any_value", 1, 1, BindAsFirst, EvalAnyValue},
    {"benchmark", 2, 2, BindOne, EvalBenchmark, false},
    {"bin_to_uuid", 1, 2, BindName<36>, EvalBinToUuid},
    {"connection_id", 0, 0, BindUnsigned, EvalConnectionId, false},
    {"current_user", 0, 0, BindName<288>, EvalCurrentUser, false},
    {"database", 0, 0, BindName<64>, EvalDatabase, false},
    {"found_rows", 0, 0, BindSigned, EvalFoundRows, false},
    {"get_lock", 2, 2, BindOne, EvalGetLock, false},
    {"is_free_lock", 1, 1, BindOne, EvalIsFreeLock, false},
    {"is_used_lock", 1, 1, BindUnsigned, EvalIsUsedLock, false},
    {"is_uuid", 1, 1, BindIsUuid, EvalIsUuid},
    {"last_insert_id", 0, 1, BindUnsigned, EvalLastInsertId, false},
    {"name_const", 2, 2, BindNameConst, EvalNameConst},
    {"release_all_locks", 0, 0, BindUnsigned, EvalReleaseAllLocks, false},
    {"release_lock", 1, 1, BindOne, EvalReleaseLock, false},
    {"row_count", 0, 0, BindSigned, EvalRowCount, false},
    {"schema", 0, 0, BindName<64>, EvalDatabase, false},
    {"session_user", 0, 0, BindName<288>, EvalUser, false},
    {"sleep", 1, 1, BindOne, EvalSleep, false},
    {"system_user", 0, 0, BindName<288>, EvalUser, false},
    {"user", 0, 0, BindName<288>, EvalUser, false},
    {"uuid", 0, 0, BindName<36>, EvalUuid, false},
    {"uuid_short", 0, 0, BindUnsigned, EvalUuidShort, false},
    {"uuid_to_bin", 1, 2, BindBytes16, EvalUuidToBin},
    {"version", 0, 0, BindName<60>, EvalVersion, false},
};

}  // namespace

uint64_t ReleaseNamedLocks(uint64_t connection) { return Locks().UnlockAll(connection); }

FunctionTable MiscFunctions() { return kMiscTable; }

}  // namespace sixfold::exec
