#include <absl/container/flat_hash_map.h>

#include <algorithm>

#include "core/base/check.h"
#include "core/base/checksum.h"
#include "core/exec/functions/tables.h"

namespace sixfold::exec {
namespace {

using Registry = std::unordered_map<std::string_view, const FunctionDef*>;

Registry MakeRegistry() {
  Registry registry;
  for (const FunctionTable table :
       {StringFunctions(), EncodingFunctions(), AesFunctions(), RegexpFunctions(), MiscFunctions(),
        DatePartFunctions(), DateArithmeticFunctions(), DateFormatFunctions(),
        ComparisonFunctions(), ControlFunctions(), LogicFunctions(), ArithmeticFunctions(),
        BitFunctions(), CastFunctions(), NumericFunctions(), JsonFunctions(), NetworkFunctions()}) {
    for (const FunctionDef& def : table)
      CHECK(registry.emplace(def.name, &def).second, "{} stands twice", def.name);
  }
  return registry;
}

}  // namespace

const FunctionDef* FindFunction(std::string_view name) {
  static const Registry registry = MakeRegistry();
  const auto found = registry.find(name);
  return found != registry.end() ? found->second : nullptr;
}

types::Value FunctionCall::Eval(EvalContext& context) const { return def_->eval(*this, context); }

bool FunctionCall::IsConstant() const {
  return def_->deterministic && std::all_of(args_.begin(), args_.end(), [](const Expression* arg) {
           return arg->IsConstant();
         });
}

}  // namespace sixfold::exec
