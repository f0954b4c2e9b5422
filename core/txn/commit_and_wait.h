// For transactions of the server's own, which no client waits for.
#pragma once

#include "core/txn/transaction.h"

namespace sixfold::txn {

/// Commits and waits, bracketed, for the outcome.
CommitResult CommitAndWaitFor(Transaction& transaction);

}  // namespace sixfold::txn
