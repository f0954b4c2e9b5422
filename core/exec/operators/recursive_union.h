// RecursiveUnion: the rows of a recursive common table expression: the seed's, then, round by
// round, what the recursive parts make of the last round's rows.
#pragma once

#include "core/exec/operators/operator.h"
#include "core/types/data_type.h"

namespace sixfold::exec {

class RecursiveUnion final : public Operator {
 public:
  RecursiveUnion(const Operator* seed, std::vector<const Operator*> parts,
                 std::vector<std::vector<types::DataType>> part_types,
                 std::vector<types::DataType> types, bool distinct, uint32_t state_id)
      : seed_(seed),
        parts_(std::move(parts)),
        part_types_(std::move(part_types)),
        types_(std::move(types)),
        distinct_(distinct),
        state_id_(state_id) {}
  std::unique_ptr<Cursor> NewCursor(Execution& execution) const override;
  std::string Describe() const override { return "Materialize recursive CTE"; }
  std::vector<const Operator*> children() const override {
    std::vector<const Operator*> all{seed_};
    all.insert(all.end(), parts_.begin(), parts_.end());
    return all;
  }

 private:
  friend class RecursiveUnionCursor;
  const Operator* seed_;
  std::vector<const Operator*> parts_;
  std::vector<std::vector<types::DataType>> part_types_;
  std::vector<types::DataType> types_;
  bool distinct_;
  uint32_t state_id_;
};

}  // namespace sixfold::exec
