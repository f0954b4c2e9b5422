#include "core/txn/bootstrap.h"

#include "core/txn/catalog_writer.h"
#include "core/txn/commit_and_wait.h"
#include "core/txn/transaction_manager.h"
#include "core/txn/volume_transaction.h"
#include "core/types/collation.h"
#include "core/types/error_codes.h"
#include "core/types/sql_error.h"

namespace sixfold::txn {
namespace {

constexpr std::string_view kVersionFact = "catalog_version";
constexpr std::string_view kCatalogVersion = "1";

}  // namespace

bool BootstrapCatalog(TransactionManager& manager, const catalog::Account& master) {
  VolumeTransaction transaction(manager, {});
  transaction.BeginStatement();
  CatalogReader reader(transaction.NewestView(), nullptr);
  if (const auto version = reader.Fact(kVersionFact); version.has_value()) {
    if (*version == kCatalogVersion) return false;
    throw SqlError(ErrorCode::kUnknownError, "HY000",
                   "catalog: the volume has format " + *version + ", this program knows " +
                       std::string(kCatalogVersion));
  }
  CatalogWriter& writer = transaction.catalog_writer();
  for (const char* name : {"mysql", "sys"}) {
    catalog::SchemaDef schema;
    schema.name = name;
    schema.collation = &types::kUtf8mb4Collation;
    writer.CreateSchema(std::move(schema));
  }
  writer.PutAccount(master);
  transaction.Put(FactKey(kVersionFact), kCatalogVersion);
  if (CommitAndWaitFor(transaction) != CommitResult::kOk) {
    throw MakeError(ErrorCode::kReadOnlyMode);
  }
  return true;
}

}  // namespace sixfold::txn
