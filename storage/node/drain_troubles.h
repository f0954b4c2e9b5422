// What keeps copies from draining, to be said once and not at each drain.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "core/base/ids.h"
#include "core/base/status.h"

namespace sixfold::storage {

class DrainTroubles {
 public:
  /// What a person should hear of a drain of `copy`, at `folder`, that ended like this: a trouble
  /// that is new or of another kind than before, or its end. "": nothing new.
  std::string News(CopyId copy, std::string_view folder, const Status& status);

 private:
  std::map<CopyId, StatusCode> troubles_;
};

}  // namespace sixfold::storage
