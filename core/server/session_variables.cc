#include "core/server/session_variables.h"

#include "core/base/check.h"
#include "core/server/variable_ids.h"
#include "core/types/collation.h"
#include "core/types/error_codes.h"
#include "core/types/sql_error.h"

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

VariableIndex NewestName(VariableIndex index) {
  if (index == vars::TxIsolation()) return vars::TransactionIsolation();
  if (index == vars::TxReadOnly()) return vars::TransactionReadOnly();
  return index;
}

void GlobalVariables::Assign(VariableIndex index, VariableValue value) {
  if (index == vars::CharacterSetServer() || index == vars::CollationServer()) {
    const bool by_charset = index == vars::CharacterSetServer();
    const types::Charset* charset = types::FindCharset(value.text);
    const types::Collation* collation =
        by_charset ? (charset == nullptr ? nullptr : &types::DefaultCollation(*charset))
                   : types::FindCollation(value.text);
    if (collation == nullptr) {
      throw MakeError(by_charset ? ErrorCode::kUnknownCharacterSet : ErrorCode::kUnknownCollation,
                      value.text);
    }
    VariableValue other;
    value.text = by_charset ? charset->name : collation->name;
    other.text = by_charset ? collation->name : collation->charset->name;
    Set(by_charset ? vars::CollationServer() : vars::CharacterSetServer(), other);
  }
  Set(index, std::move(value));
}

void GlobalVariables::SetText(std::string_view name, std::string_view text) {
  const VariableIndex index = FindVariable(name);
  CHECK(index != kNoVariable, "{}", name);
  VariableValue value;
  CHECK(ParseVariable(AllVariables()[index], text, &value), "{} = {}", name, text);
  Set(index, std::move(value));
}

}  // namespace sixfold::server
