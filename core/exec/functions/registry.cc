#include "core/exec/functions/registry.h"

#include <unordered_map>

#include "core/base/check.h"
#include "core/exec/functions/tables.h"

namespace sixfold::exec {
namespace {

class Registry final : public plan::FunctionLibrary {
 public:
  Registry() {
    for (const FunctionTable table :
         {StringFunctions(), EncodingFunctions(), AesFunctions(), RegexpFunctions(),
          MiscFunctions(), DatePartFunctions(), DateArithmeticFunctions(), DateFormatFunctions(),
          ComparisonFunctions(), ControlFunctions(), LogicFunctions(), ArithmeticFunctions(),
          BitFunctions(), CastFunctions(), NumericFunctions(), JsonFunctions(),
          NetworkFunctions()}) {
      for (const FunctionDef& def : table)
        CHECK(by_name_.emplace(def.name, &def).second, "{} stands twice", def.name);
    }
  }

  const FunctionDef* Find(std::string_view name) const override {
    const auto found = by_name_.find(name);
    return found != by_name_.end() ? found->second : nullptr;
  }

 private:
  std::unordered_map<std::string_view, const FunctionDef*> by_name_;
};

}  // namespace

const plan::FunctionLibrary& BuiltinFunctions() {
  static const Registry registry;
  return registry;
}

}  // namespace sixfold::exec
