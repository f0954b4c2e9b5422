#include "core/plan/expression/function.h"

#include <algorithm>

namespace sixfold::plan {

types::Value FunctionCall::Eval(EvalContext& context) const { return def_->eval(*this, context); }

bool FunctionCall::IsConstant() const {
  return def_->deterministic && std::all_of(args_.begin(), args_.end(), [](const Expression* arg) {
           return arg->IsConstant();
         });
}

}  // namespace sixfold::plan
