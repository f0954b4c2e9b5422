#include "core/txn/catalog_store.h"

#include "core/base/bytes.h"
#include "core/catalog/encoding.h"
#include "core/txn/keyspace.h"
#include "core/txn/merged_cursor.h"
#include "core/types/error_codes.h"
#include "core/types/sql_error.h"

namespace sixfold::txn {
namespace {

enum class CatalogTable : uint64_t {
  kSchemas = 1,
  kTables,
  kViews,
  kSequences,
  kAccounts,
  kStatistics,
  kFacts,
  kAwaited,
  kPersisted,
};
constexpr IndexId kCatalogIndex{1};

std::string CatalogPrefix(CatalogTable table) {
  return IndexPrefix(TableId(static_cast<uint64_t>(table)), kCatalogIndex);
}

std::string NameKey(std::string prefix, std::string_view a) {
  prefix.append(a).push_back('\0');
  return prefix;
}
std::string NameKey(std::string prefix, std::string_view a, std::string_view b) {
  return NameKey(NameKey(std::move(prefix), a), b);
}

[[noreturn]] void ThrowBadDefinition(std::string_view key) {
  throw SqlError(ErrorCode::kUnknownError, "HY000",
                 "catalog: a definition does not decode: key " + ToHex(key));
}

template <typename T>
T Decoded(T object, std::string_view key) {
  if (object == nullptr) ThrowBadDefinition(key);
  return object;
}

}  // namespace

std::string SchemaKey(std::string_view schema) {
  return NameKey(CatalogPrefix(CatalogTable::kSchemas), schema);
}
std::string TableKey(std::string_view schema, std::string_view table) {
  return NameKey(CatalogPrefix(CatalogTable::kTables), schema, table);
}
std::string ViewKey(std::string_view schema, std::string_view view) {
  return NameKey(CatalogPrefix(CatalogTable::kViews), schema, view);
}
std::string SequenceKey(SequenceKind kind, uint64_t id) {
  std::string key = CatalogPrefix(CatalogTable::kSequences);
  AppendOrderedVarint(&key, static_cast<uint64_t>(kind));
  AppendOrderedVarint(&key, id);
  return key;
}
std::string AccountKey(std::string_view user, std::string_view host) {
  return NameKey(CatalogPrefix(CatalogTable::kAccounts), user, host);
}
std::string StatisticsKey(TableId table) {
  std::string key = CatalogPrefix(CatalogTable::kStatistics);
  AppendOrderedVarint(&key, table.value());
  return key;
}
std::string FactKey(std::string_view name) {
  return NameKey(CatalogPrefix(CatalogTable::kFacts), name);
}

std::string PersistedKey(std::string_view name) {
  return NameKey(CatalogPrefix(CatalogTable::kPersisted), name);
}

std::string AwaitedKey(std::string_view parent_schema, std::string_view parent,
                       std::string_view child_schema, std::string_view child) {
  return NameKey(NameKey(CatalogPrefix(CatalogTable::kAwaited), parent_schema, parent),
                 child_schema, child);
}

std::string SchemaLockKey(std::string_view schema) {
  return NameKey(IndexPrefix(TableId(0), IndexId(1)), schema);
}
std::string TableLockKey(std::string_view schema, std::string_view table) {
  return NameKey(IndexPrefix(TableId(0), IndexId(2)), schema, table);
}

std::string EncodeSequence(uint64_t value) {
  std::string out;
  PutBigEndian64(&out, value);
  return out;
}

std::string EncodePersisted(const PersistedVariable& variable) {
  std::string out(1, static_cast<char>(catalog::kDefinitionVersion));
  PutVarint(&out, static_cast<uint64_t>(variable.set_us));
  for (const std::string* text : {&variable.value, &variable.user, &variable.host}) {
    PutLengthPrefixed(&out, *text);
  }
  return out;
}

std::string EncodeTableRows(uint64_t rows) {
  std::string out(1, static_cast<char>(catalog::kDefinitionVersion));
  PutVarint(&out, rows);
  return out;
}

bool CatalogReader::Get(std::string_view key, std::string_view* value, Lsn* written) {
  if (written != nullptr) *written = Lsn(0);
  if (changes_ != nullptr && !changes_->empty()) {
    if (const auto* entry = changes_->Find(key); entry != nullptr && entry->newest != nullptr) {
      if (entry->newest->kind == storage::MutationKind::kDelete) return false;
      *value = entry->newest->value;
      return true;
    }
  }
  storage::RowView row;
  const StatusOr<bool> found = view_.Get(key, &row);
  if (!found.ok()) ThrowStorageError(found.status());
  if (!*found) return false;
  *value = row.value;
  if (written != nullptr) *written = row.lsn;
  return true;
}

catalog::SchemaPtr CatalogReader::Schema(std::string_view schema, Lsn* written) {
  const std::string key = SchemaKey(schema);
  std::string_view value;
  if (!Get(key, &value, written)) return nullptr;
  return Decoded(catalog::DecodeSchema(value), key);
}

catalog::TablePtr CatalogReader::Table(std::string_view schema, std::string_view table,
                                       Lsn* written) {
  const std::string key = TableKey(schema, table);
  std::string_view value;
  if (!Get(key, &value, written)) return nullptr;
  return Decoded(catalog::DecodeTable(value), key);
}

catalog::ViewPtr CatalogReader::View(std::string_view schema, std::string_view view, Lsn* written) {
  const std::string key = ViewKey(schema, view);
  std::string_view value;
  if (!Get(key, &value, written)) return nullptr;
  return Decoded(catalog::DecodeView(value), key);
}

namespace {

template <typename Visit>
void ScanPrefix(storage::ReadView& view, const WriteSet* changes, std::string_view prefix,
                Visit visit) {
  const std::string end = PrefixEnd(prefix);
  MergedCursor cursor(view, changes, kSeeAllStatements, prefix, end);
  for (cursor.SeekForward(prefix); cursor.Valid(); cursor.Next()) {
    visit(cursor.key(), cursor.value());
  }
}

}  // namespace

std::vector<catalog::SchemaPtr> CatalogReader::Schemas() {
  std::vector<catalog::SchemaPtr> out;
  ScanPrefix(view_, changes_, CatalogPrefix(CatalogTable::kSchemas),
             [&out](std::string_view key, std::string_view value) {
               out.push_back(Decoded(catalog::DecodeSchema(value), key));
             });
  return out;
}

std::vector<catalog::TablePtr> CatalogReader::Tables(std::string_view schema) {
  std::vector<catalog::TablePtr> out;
  ScanPrefix(view_, changes_, NameKey(CatalogPrefix(CatalogTable::kTables), schema),
             [&out](std::string_view key, std::string_view value) {
               out.push_back(Decoded(catalog::DecodeTable(value), key));
             });
  return out;
}

std::vector<catalog::ViewPtr> CatalogReader::Views(std::string_view schema) {
  std::vector<catalog::ViewPtr> out;
  ScanPrefix(view_, changes_, NameKey(CatalogPrefix(CatalogTable::kViews), schema),
             [&out](std::string_view key, std::string_view value) {
               out.push_back(Decoded(catalog::DecodeView(value), key));
             });
  return out;
}

std::vector<catalog::Account> CatalogReader::Accounts() {
  std::vector<catalog::Account> out;
  ScanPrefix(view_, changes_, CatalogPrefix(CatalogTable::kAccounts),
             [&out](std::string_view key, std::string_view value) {
               std::optional<catalog::Account> account = catalog::DecodeAccount(value);
               if (!account) ThrowBadDefinition(key);
               out.push_back(std::move(*account));
             });
  return out;
}

std::vector<PersistedVariable> CatalogReader::PersistedVariables() {
  std::vector<PersistedVariable> out;
  const std::string prefix = CatalogPrefix(CatalogTable::kPersisted);
  ScanPrefix(view_, changes_, prefix, [&](std::string_view key, std::string_view value) {
    PersistedVariable variable;
    ByteReader in(value);
    const bool known = in.Fixed<uint8_t>() == catalog::kDefinitionVersion;
    variable.set_us = static_cast<int64_t>(in.Varint());
    for (std::string* text : {&variable.value, &variable.user, &variable.host}) {
      *text = in.LengthPrefixed();
    }
    if (!known || !in.ok() || key.size() <= prefix.size()) ThrowBadDefinition(key);
    variable.name = key.substr(prefix.size(), key.size() - prefix.size() - 1);
    out.push_back(std::move(variable));
  });
  return out;
}

std::vector<std::pair<std::string, std::string>> CatalogReader::Awaiting(std::string_view schema,
                                                                         std::string_view parent) {
  std::vector<std::pair<std::string, std::string>> out;
  const std::string prefix = NameKey(CatalogPrefix(CatalogTable::kAwaited), schema, parent);
  ScanPrefix(view_, changes_, prefix, [&](std::string_view key, std::string_view) {
    key.remove_prefix(prefix.size());
    const size_t end = key.find('\0');
    if (end == std::string_view::npos || key.back() != '\0') ThrowBadDefinition(key);
    out.emplace_back(key.substr(0, end), key.substr(end + 1, key.size() - end - 2));
  });
  return out;
}

uint64_t CatalogReader::Sequence(SequenceKind kind, uint64_t id) {
  std::string_view value;
  const std::string key = SequenceKey(kind, id);
  if (!Get(key, &value, nullptr)) return 0;
  if (value.size() != 8) ThrowBadDefinition(key);
  return LoadBigEndian64(value.data());
}

uint64_t CatalogReader::TableRows(TableId table) {
  std::string_view value;
  if (!Get(StatisticsKey(table), &value, nullptr) || value.empty()) return 0;
  ByteReader in(value.substr(1));
  return in.Varint();
}

std::optional<std::string> CatalogReader::Fact(std::string_view name) {
  std::string_view value;
  if (!Get(FactKey(name), &value, nullptr)) return std::nullopt;
  return std::string(value);
}

}  // namespace sixfold::txn
