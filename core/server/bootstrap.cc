#include "core/server/bootstrap.h"

#include "core/base/log.h"
#include "core/server/accounts.h"
#include "core/server/instance.h"
#include "core/server/server.h"
#include "core/txn/bootstrap.h"
#include "core/types/sql_error.h"

namespace sixfold::server {

Status BootstrapCatalog(Server& server) {
  try {
    if (txn::BootstrapCatalog(*server.instance().transactions(), server.accounts().Master())) {
      log::Info("wrote the catalog of a new volume");
    }
  } catch (const SqlError& error) {
    return Unavailable("write the catalog: {} ({})", error.message(), error.number());
  }
  return OkStatus();
}

}  // namespace sixfold::server
