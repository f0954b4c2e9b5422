// TableLocks: what one session holds by LOCK TABLES, or by FLUSH TABLES WITH READ LOCK.
//
// A READ lock is the table's metadata lock, shared: it keeps out who changes rows (intention
// exclusive) and definitions. A WRITE lock is the same lock, exclusive; plain reads of others,
// which take no metadata locks as long as no session of the instance has or awaits table locks,
// then ask for an intention. A read that began before that reads its snapshot and is not waited
// for.
//
// The locks outlive transactions: they have an owner of their own. Transactions of the session hold
// this object too, so that what they changed stays locked until their outcome is known.
// Transactions do not lock again what is locked here.
//
// The lock on everything (FLUSH TABLES WITH READ LOCK) is a shared lock on each schema and table
// there is: new ones need the schema.
//
// One thread at a time: the session's; the destructor may run on another.
#pragma once

#include <atomic>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/txn/lock_table.h"
#include "core/txn/transaction.h"

namespace sixfold::txn {

class TransactionManager;

class TableLocks {
 public:
  struct Wanted {
    std::string schema, table;
    std::string alias;  // the table's own name where none is written; empty for a view's tables
    bool write = false;
  };
  enum class Scope : uint8_t { kNamed, kEverything };

  TableLocks(TransactionManager& manager, Scope scope);
  ~TableLocks();
  TableLocks(const TableLocks&) = delete;
  TableLocks& operator=(const TableLocks&) = delete;

  Scope scope() const { return scope_; }
  /// Gives them back: they are void from here on, for a transaction still open, too.
  void Release();
  bool released() const { return released_; }
  LockOwner& owner() { return owner_; }

  /// Waits for all of them, in the order of their names. Throws 1066 for a name that comes twice,
  /// 1205, 1213, 1317; the object is then only good for its destructor.
  void Lock(std::vector<Wanted> wanted, const LockPatience& patience);
  /// Of Scope::kEverything.
  void LockSchema(std::string_view schema, const LockPatience& patience);
  /// Nothing is locked any more: every table is gone.
  bool empty() const { return scope_ == Scope::kNamed && tables_.empty(); }
  /// The table is gone.
  void Forget(std::string_view schema, std::string_view table);

  /// A statement names these. Throws 1100 for what is not locked under that name, or was named
  /// twice, 1099 for what is to be changed and locked for reading. Without effect on everything.
  void CheckNamed(std::span<const Transaction::NamedTable> tables) const;
  /// DDL changes the table: 1100, 1099.
  void CheckChanged(std::string_view schema, std::string_view table) const;
  /// True when the locks include `mode` on the table. Throws where they never can: 1099, 1223.
  bool Covers(std::string_view schema, std::string_view table, LockMode mode) const;
  bool HasForItself(std::string_view schema, std::string_view table) const;

 private:
  void LockKey(std::string_view key, LockMode mode, const LockPatience& patience);
  /// What is held of the table under any name.
  LockMode Held(std::string_view schema, std::string_view table) const;

  TransactionManager& manager_;
  const Scope scope_;
  bool released_ = false;
  LockOwner owner_;
  std::vector<Wanted> tables_;  // in the order of schema and table
};

}  // namespace sixfold::txn
