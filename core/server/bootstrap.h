// What a new volume's catalog needs before clients can use it, written by the first writer.
#pragma once

#include "core/base/status.h"

namespace sixfold::server {

class Server;

/// Does nothing where the catalog is there already. Blocks until it is durable.
Status BootstrapCatalog(Server& server);

}  // namespace sixfold::server
