#include "core/txn/table_locks.h"

#include <algorithm>
#include <tuple>

#include "core/base/check.h"
#include "core/txn/catalog_store.h"
#include "core/txn/transaction_manager.h"
#include "core/types/error_codes.h"
#include "core/types/sql_error.h"

namespace sixfold::txn {
namespace {

bool IsTable(const TableLocks::Wanted& entry, std::string_view schema, std::string_view table) {
  return entry.schema == schema && entry.table == table;
}

void RequireUniqueNames(std::span<const TableLocks::Wanted> wanted) {
  for (size_t i = 0; i < wanted.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (!wanted[i].alias.empty() && wanted[i].schema == wanted[j].schema &&
          wanted[i].alias == wanted[j].alias) {
        throw MakeError(ErrorCode::kNonuniqTable, wanted[i].alias);
      }
    }
  }
}

}  // namespace

TableLocks::TableLocks(TransactionManager& manager, Scope scope)
    : manager_(manager), scope_(scope), owner_(manager.NewTransactionId()) {
  manager_.table_lockers().fetch_add(1);
}

TableLocks::~TableLocks() { Release(); }

void TableLocks::Release() {
  if (released_) return;
  released_ = true;
  tables_.clear();
  manager_.locks().ReleaseAll(owner_);
  manager_.table_lockers().fetch_sub(1);
}

void TableLocks::LockKey(std::string_view key, LockMode mode, const LockPatience& patience) {
  switch (manager_.locks().LockRecord(owner_, key, mode, patience)) {
    case LockOutcome::kGranted:
    case LockOutcome::kAlreadyHeld:
    case LockOutcome::kWaited:
      return;
    case LockOutcome::kTimeout:
    case LockOutcome::kUnavailable:
      throw MakeError(ErrorCode::kLockWaitTimeout);
    case LockOutcome::kDeadlock:
      throw MakeError(ErrorCode::kLockDeadlock);
    case LockOutcome::kKilled:
      throw MakeError(ErrorCode::kQueryInterrupted);
  }
}

void TableLocks::Lock(std::vector<Wanted> wanted, const LockPatience& patience) {
  RequireUniqueNames(wanted);
  tables_.insert(tables_.end(), wanted.begin(), wanted.end());
  // One order for everybody; a table's strongest lock first, as it may not grow later.
  std::sort(tables_.begin(), tables_.end(), [](const Wanted& a, const Wanted& b) {
    return std::tie(a.schema, a.table, b.write) < std::tie(b.schema, b.table, a.write);
  });
  for (const Wanted& entry : tables_) {
    LockKey(TableLockKey(entry.schema, entry.table),
            entry.write ? LockMode::kExclusive : LockMode::kShared, patience);
  }
}

void TableLocks::LockSchema(std::string_view schema, const LockPatience& patience) {
  CHECK(scope_ == Scope::kEverything);
  LockKey(SchemaLockKey(schema), LockMode::kShared, patience);
}

void TableLocks::Forget(std::string_view schema, std::string_view table) {
  const auto gone = [&](const Wanted& entry) { return IsTable(entry, schema, table); };
  if (std::erase_if(tables_, gone) == 0) return;
  manager_.locks().UnlockRecord(owner_, TableLockKey(schema, table));
}

void TableLocks::CheckNamed(std::span<const Transaction::NamedTable> tables) const {
  if (scope_ == Scope::kEverything) return;
  std::vector<const Wanted*> used;
  for (const Transaction::NamedTable& named : tables) {
    const auto entry = std::find_if(tables_.begin(), tables_.end(), [&](const Wanted& e) {
      return IsTable(e, named.schema, named.table) &&
             (named.alias.empty() || e.alias == named.alias);
    });
    const std::string_view name = named.alias.empty() ? named.table : named.alias;
    if (entry == tables_.end()) throw MakeError(ErrorCode::kTableNotLocked, name);
    if (named.alias.empty()) continue;
    if (std::find(used.begin(), used.end(), &*entry) != used.end()) {
      throw MakeError(ErrorCode::kTableNotLocked, name);
    }
    if (named.writes && !entry->write) {
      throw MakeError(ErrorCode::kTableNotLockedForWrite, name);
    }
    used.push_back(&*entry);
  }
}

void TableLocks::CheckChanged(std::string_view schema, std::string_view table) const {
  if (scope_ == Scope::kEverything) throw MakeError(ErrorCode::kCantUpdateWithReadlock);
  const LockMode held = Held(schema, table);
  if (held == LockMode::kNone) throw MakeError(ErrorCode::kTableNotLocked, table);
  if (held != LockMode::kExclusive) throw MakeError(ErrorCode::kTableNotLockedForWrite, table);
}

LockMode TableLocks::Held(std::string_view schema, std::string_view table) const {
  LockMode held = LockMode::kNone;
  for (const Wanted& entry : tables_) {
    if (!IsTable(entry, schema, table)) continue;
    if (entry.write) return LockMode::kExclusive;
    held = LockMode::kShared;
  }
  return held;
}

bool TableLocks::Covers(std::string_view schema, std::string_view table, LockMode mode) const {
  const bool reads = mode == LockMode::kIntendShared || mode == LockMode::kShared;
  if (scope_ == Scope::kEverything && !reads) {
    throw MakeError(ErrorCode::kCantUpdateWithReadlock);
  }
  switch (Held(schema, table)) {
    case LockMode::kExclusive:
      return true;
    case LockMode::kShared:
      if (!reads) throw MakeError(ErrorCode::kTableNotLockedForWrite, table);
      return true;
    default:
      return false;  // a relative by a foreign key: locked when it is used
  }
}

bool TableLocks::HasForItself(std::string_view schema, std::string_view table) const {
  return Held(schema, table) == LockMode::kExclusive;
}

}  // namespace sixfold::txn
