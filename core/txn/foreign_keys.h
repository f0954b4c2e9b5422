// ForeignKeys: the checks and actions of one table's foreign keys, as child and as parent.
//
//   child    a new value of the key's columns (without NULLs) must be in the parent: 1452. The
//            parent's row is locked shared, so it stays until this transaction ends.
//   parent   a value that goes away while children have it is refused (1451), or the children are
//            deleted, updated or set to NULL. Whoever changes a parent's row holds it exclusively,
//            so no child can come in meanwhile.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "core/catalog/definitions.h"
#include "core/types/value.h"

namespace sixfold {
class Arena;
}

namespace sixfold::txn {

class VolumeTransaction;

class ForeignKeys {
 public:
  ForeignKeys(VolumeTransaction& transaction, const catalog::TableDef& table, int depth)
      : transaction_(transaction), table_(table), depth_(depth) {}

  /// `old_row` empty: an insert. Keys whose columns did not change are not looked at.
  void CheckParents(std::span<const types::Value> row, std::span<const types::Value> old_row);
  void ParentGoes(std::span<const types::Value> row, Arena* arena);
  void ParentChanges(std::span<const types::Value> old_row, std::span<const types::Value> new_row,
                     Arena* arena);

 private:
  bool ParentExists(const catalog::TablePtr& parent, const catalog::ForeignKeyDef& key,
                    std::span<const types::Value> values);
  void ActOnChildren(const catalog::TablePtr& child, const catalog::ForeignKeyDef& key,
                     std::span<const types::Value> old_row, std::span<const types::Value> new_row,
                     Arena* arena);
  template <typename Visit>
  void ForEachChild(Visit visit);

  VolumeTransaction& transaction_;
  const catalog::TableDef& table_;
  const int depth_;
};

}  // namespace sixfold::txn
