#include "core/txn/persisted_variables.h"

#include "core/base/bytes.h"
#include "core/catalog/encoding.h"
#include "core/txn/catalog_store.h"
#include "core/txn/commit_and_wait.h"
#include "core/txn/transaction_manager.h"
#include "core/txn/volume_transaction.h"
#include "core/types/error_codes.h"
#include "core/types/sql_error.h"

namespace sixfold::txn {
namespace {

template <typename Change>
void ChangePersisted(TransactionManager& manager, Change change) {
  VolumeTransaction transaction(manager, {});
  transaction.BeginStatement();
  transaction.RequireWritable();
  change(transaction);
  transaction.MarkCatalogChanged();
  transaction.EndStatement();
  switch (CommitAndWaitFor(transaction)) {
    case CommitResult::kOk:
      return;
    case CommitResult::kRefused:
      throw MakeError(ErrorCode::kReadOnlyMode);
    case CommitResult::kUnknown:
      throw MakeError(ErrorCode::kErrorDuringCommit, 0, "outcome unknown");
  }
}

}  // namespace

std::vector<PersistedVariable> ReadPersistedVariables(TransactionManager& manager) {
  const auto view = manager.catalog().OpenFreshView();
  return CatalogReader(*view, nullptr).PersistedVariables();
}

void WritePersistedVariable(TransactionManager& manager, const PersistedVariable& variable) {
  ChangePersisted(manager, [&](VolumeTransaction& transaction) {
    transaction.Put(PersistedKey(variable.name), EncodePersisted(variable));
  });
}

void RemovePersistedVariables(TransactionManager& manager,
                              const std::vector<PersistedVariable>& variables) {
  if (variables.empty()) return;
  ChangePersisted(manager, [&](VolumeTransaction& transaction) {
    for (const PersistedVariable& v : variables) transaction.Delete(PersistedKey(v.name));
  });
}

}  // namespace sixfold::txn
