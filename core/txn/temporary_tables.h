// TemporaryTables: the temporary tables of one session: their definitions and a volume in memory
// for their rows. The server makes one per session and names it in each transaction's options.
//
// Their rows follow the session's transactions (rollback undoes them), their definitions do not:
// CREATE and DROP TEMPORARY TABLE take effect at once, as in MySQL. Nobody else can reach them, so
// they need no locks; nothing of them is logged.
// One thread at a time: the session's.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/catalog/definitions.h"
#include "core/txn/memory_volume.h"

namespace sixfold::txn {

class TemporaryTables {
 public:
  /// Null: none of that name.
  catalog::TablePtr Find(std::string_view schema, std::string_view table) const;
  std::vector<catalog::TablePtr> All() const;
  bool empty() const { return tables_.empty(); }

  void Put(catalog::TablePtr table);
  void Erase(std::string_view schema, std::string_view table);
  /// Ids of temporary tables, indexes and versions.
  uint64_t NewId() { return next_id_++; }
  uint64_t NewRowId() { return ++row_id_; }
  /// The highest AUTO_INCREMENT number taken of a table.
  uint64_t& AutoIncrement(TableId table) { return auto_increment_[table.value()]; }
  MemoryVolume& volume() { return volume_; }

 private:
  MemoryVolume volume_;
  std::map<std::pair<std::string, std::string>, catalog::TablePtr> tables_;
  std::map<uint64_t, uint64_t> auto_increment_;
  // Far above the volume's own ids, so that a plan never takes one for the other.
  uint64_t next_id_ = uint64_t{1} << 56;
  uint64_t row_id_ = 0;
};

}  // namespace sixfold::txn
