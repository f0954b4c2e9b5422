// The key values of a row as error 1062 shows them: "a-1".
#pragma once

#include <span>
#include <string>

#include "core/catalog/definitions.h"
#include "core/types/value.h"

namespace sixfold::txn {

std::string DuplicateText(const catalog::TableDef& table, const catalog::IndexDef& index,
                          std::span<const types::Value> row);

}  // namespace sixfold::txn
