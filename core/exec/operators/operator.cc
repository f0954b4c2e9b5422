#include "core/exec/operators/operator.h"

#include "core/exec/values.h"

namespace sixfold::exec {

void DeepCopySlots(const RowBatch& from, uint32_t from_row, RowBatch* to, uint32_t to_row,
                   uint32_t begin, uint32_t end) {
  for (uint32_t s = begin; s < end; s++)
    to->at(s, to_row) = Keep(from.at(s, from_row), to->arena());
}

}  // namespace sixfold::exec
