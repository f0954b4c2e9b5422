// What a new volume's catalog begins with: the schemas mysql and sys, the master account and the
// format version. Done once, by the first writer.
#pragma once

#include "core/catalog/accounts.h"

namespace sixfold::txn {

class TransactionManager;

/// Returns true when the catalog was empty and is now written; false when it was there. Waits for
/// the commit. Throws SqlError: a catalog of a newer format, or no write quorum.
bool BootstrapCatalog(TransactionManager& manager, const catalog::Account& master);

}  // namespace sixfold::txn
