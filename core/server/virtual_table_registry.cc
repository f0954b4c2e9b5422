#include "core/server/virtual_table_registry.h"

#include <map>

#include "core/base/check.h"
#include "core/server/session.h"
#include "core/types/collation.h"
#include "core/types/time_zone.h"

namespace sixfold::server {
namespace {

using types::TypeId;

// Ids of tables that have no rows in the volume; above any a volume gives out.
constexpr uint64_t kFirstVirtualId = uint64_t{1} << 62;

std::string UpperName(std::string_view name) {
  std::string upper(name);
  for (char& c : upper) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  return upper;
}

types::DataType TypeOf(const VirtualColumn& column) {
  types::DataType type;
  type.nullable = column.nullable;
  switch (column.type) {
    case VirtualColumn::Type::kText:
      type.id = TypeId::kVarchar;
      type.length = column.length;
      type.collation = &types::kUtf8mb3Collation;
      break;
    case VirtualColumn::Type::kLongText:
      type.id = TypeId::kLongText;
      type.collation = &types::kUtf8mb3Collation;
      break;
    case VirtualColumn::Type::kInt:
      type.id = TypeId::kBigInt;
      type.length = 21;
      break;
    case VirtualColumn::Type::kUint:
      type.id = TypeId::kBigInt;
      type.is_unsigned = true;
      type.length = 21;
      break;
    case VirtualColumn::Type::kInt32:
      type.id = TypeId::kInt;
      type.length = 11;
      break;
    case VirtualColumn::Type::kUint32:
      type.id = TypeId::kInt;
      type.is_unsigned = true;
      type.length = 10;
      break;
    case VirtualColumn::Type::kDouble:
      type.id = TypeId::kDouble;
      type.scale = 31;
      break;
    case VirtualColumn::Type::kDatetime:
      type.id = TypeId::kDatetime;
      break;
    case VirtualColumn::Type::kDatetime6:
      type.id = TypeId::kDatetime;
      type.scale = 6;
      break;
  }
  return type;
}

catalog::TablePtr MakeDefinition(const VirtualTableSpec& spec, uint64_t id) {
  auto table = std::make_shared<catalog::TableDef>();
  table->id = TableId{id};
  table->version = 1;
  table->schema = spec.schema;
  table->name = spec.name;
  table->engine = "";
  table->collation = &types::kUtf8mb3Collation;
  uint32_t storage_id = 1;
  for (const VirtualColumn& column : spec.columns) {
    catalog::ColumnDef& added = table->columns.emplace_back();
    added.name = column.name;
    added.type = TypeOf(column);
    added.storage_id = storage_id++;
  }
  table->next_storage_id = storage_id;
  table->implicit_row_id = true;
  return table;
}

class SpecTable final : public plan::VirtualTable {
 public:
  SpecTable(const VirtualTableSpec& spec, uint64_t id)
      : spec_(spec), definition_(MakeDefinition(spec, id)) {}

  const catalog::TablePtr& definition() const override { return definition_; }
  void Fill(plan::SessionContext& session, std::span<const plan::VirtualScanHint> hints,
            const plan::RowReceiver& receive) const override {
    if (spec_.fill == nullptr) return;
    VirtualRow row(spec_.columns.size(), receive);
    spec_.fill(static_cast<Session&>(session), VirtualHints(spec_.columns, hints), row);
  }

 private:
  const VirtualTableSpec& spec_;
  const catalog::TablePtr definition_;
};

class SpecTables final : public plan::VirtualTables {
 public:
  SpecTables() {
    for (const auto& family : {SchemaInformation(), ServerInformation(), AccountInformation(),
                               EmptyInformation(), PerformanceInformation()}) {
      for (const VirtualTableSpec& spec : family) {
        const std::string key = UpperName(spec.schema) + "." + UpperName(spec.name);
        const bool added =
            tables_
                .emplace(key, std::make_unique<SpecTable>(spec, kFirstVirtualId + tables_.size()))
                .second;
        CHECK(added, "{}", key);
      }
    }
  }

  const plan::VirtualTable* Find(std::string_view schema, std::string_view table) const override {
    const auto found = tables_.find(UpperName(schema) + "." + UpperName(table));
    return found == tables_.end() ? nullptr : found->second.get();
  }

  std::vector<const plan::VirtualTable*> List(std::string_view schema) const override {
    std::vector<const plan::VirtualTable*> found;
    const std::string prefix = UpperName(schema) + ".";
    for (auto at = tables_.lower_bound(prefix);
         at != tables_.end() && at->first.compare(0, prefix.size(), prefix) == 0; ++at) {
      found.push_back(at->second.get());
    }
    return found;
  }

 private:
  std::map<std::string, std::unique_ptr<SpecTable>> tables_;
};

}  // namespace

int64_t LocalDatetime(Session& session, int64_t seconds) {
  const types::TimeZone* zone = types::TimeZone::Find(session.time_zone());
  const int64_t packed = types::DatetimeFromUnixMicros(seconds * 1'000'000);
  return zone == nullptr ? packed : zone->TimestampToLocal(packed);
}

void VirtualRow::Send() {
  CHECK_EQ(values_.size(), columns_);
  receive_(values_);
  values_.clear();
  kept_.clear();
}

std::string_view VirtualHints::Get(std::string_view column) const {
  for (const plan::VirtualScanHint& hint : hints_) {
    if (hint.column < columns_.size() && columns_[hint.column].name == column) return hint.text;
  }
  return {};
}

bool IsVirtualSchema(std::string_view schema) {
  return types::EqualsIgnoreAsciiCase(schema, "information_schema") ||
         types::EqualsIgnoreAsciiCase(schema, "performance_schema");
}

std::unique_ptr<plan::VirtualTables> MakeVirtualTables(Server&) {
  return std::make_unique<SpecTables>();
}

}  // namespace sixfold::server
