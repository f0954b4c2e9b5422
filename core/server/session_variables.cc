#include "core/server/session_variables.h"

#include "core/base/check.h"

namespace sixfold::server {

GlobalVariables::GlobalVariables() {
  auto values = std::make_shared<std::vector<VariableValue>>();
  for (const VariableDef& def : AllVariables()) values->push_back(VariableDefault(def));
  values_ = std::move(values);
}

VariableSnapshot GlobalVariables::Snapshot() const {
  std::lock_guard lock(mutex_);
  return values_;
}

VariableValue GlobalVariables::Get(VariableIndex index) const { return (*Snapshot())[index]; }

void GlobalVariables::Set(VariableIndex index, VariableValue value) {
  std::lock_guard lock(mutex_);
  auto changed = std::make_shared<std::vector<VariableValue>>(*values_);
  CHECK_LT(index, changed->size());
  (*changed)[index] = std::move(value);
  values_ = std::move(changed);
}

void GlobalVariables::SetText(std::string_view name, std::string_view text) {
  const VariableIndex index = FindVariable(name);
  CHECK(index != kNoVariable, "{}", name);
  VariableValue value;
  CHECK(ParseVariable(AllVariables()[index], text, &value), "{} = {}", name, text);
  Set(index, std::move(value));
}

}  // namespace sixfold::server
