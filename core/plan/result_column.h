// ResultColumn: what a client is told of a column of a result.
#pragma once

#include <string>

#include "core/types/data_type.h"

namespace sixfold::plan {

struct ResultColumn {
  std::string schema, table, original_table;  // table: the alias
  std::string name, original_name;            // name: the alias or the expression's source text
  types::DataType type;
  bool primary_key = false, unique_key = false, multiple_key = false, auto_increment = false,
       no_default = false;
};

}  // namespace sixfold::plan
