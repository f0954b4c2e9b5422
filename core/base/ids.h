// The numbers everything is named by. An Lsn is a byte position in the volume's one logical log
// (docs/glossary.md); ids of tables, indexes and transactions are never reused.
#pragma once

#include <fmt/format.h>

#include "core/base/strong_int.h"

namespace sixfold {

using Lsn = StrongInt<struct LsnTag>;
using Epoch = StrongInt<struct EpochTag>;
using TxnId = StrongInt<struct TxnIdTag>;
using SchemaId = StrongInt<struct SchemaIdTag>;
using TableId = StrongInt<struct TableIdTag>;
using IndexId = StrongInt<struct IndexIdTag>;
using CopyId = StrongInt<struct CopyIdTag>;              // a copy of the volume; new after amnesia
using ConnectionId = StrongInt<struct ConnectionIdTag>;  // a client connection of one instance
using GroupId = StrongInt<struct GroupIdTag>;            // a protection group

inline constexpr Lsn kMaxLsn{UINT64_MAX};

}  // namespace sixfold

template <typename Tag>
struct fmt::formatter<sixfold::StrongInt<Tag>> : fmt::formatter<uint64_t> {
  template <typename Context>
  auto format(sixfold::StrongInt<Tag> v, Context& context) const {
    return fmt::formatter<uint64_t>::format(v.value(), context);
  }
};
