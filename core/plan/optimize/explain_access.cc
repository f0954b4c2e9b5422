// What EXPLAIN's columns type, possible_keys, key, key_len and ref say of an access path.
#include "core/plan/expression/nodes.h"
#include "core/plan/optimize/join_plan.h"
#include "core/types/collation.h"
#include "core/types/decimal.h"

namespace sixfold::plan {

namespace {

uint32_t KeyBytes(const types::DataType& type, uint32_t prefix_length) {
  using types::TypeId;
  uint32_t bytes = type.nullable ? 1 : 0;
  switch (type.id) {
    case TypeId::kTinyInt:
    case TypeId::kYear:
      return bytes + 1;
    case TypeId::kSmallInt:
      return bytes + 2;
    case TypeId::kMediumInt:
    case TypeId::kDate:
      return bytes + 3;
    case TypeId::kInt:
    case TypeId::kFloat:
      return bytes + 4;
    case TypeId::kBigInt:
    case TypeId::kDouble:
      return bytes + 8;
    case TypeId::kTime:
      return bytes + 3 + (type.scale + 1u) / 2;
    case TypeId::kTimestamp:
      return bytes + 4 + (type.scale + 1u) / 2;
    case TypeId::kDatetime:
      return bytes + 5 + (type.scale + 1u) / 2;
    case TypeId::kDecimal:
      return bytes +
             static_cast<uint32_t>(types::Decimal::EncodedBytes(type.precision, type.scale));
    case TypeId::kEnum:
      return bytes + (type.labels != nullptr && type.labels->size() > 255 ? 2 : 1);
    case TypeId::kBit:
      return bytes + (type.length + 7) / 8;
    default:
      break;
  }
  const uint32_t width = type.collation != nullptr ? type.collation->charset->mbmaxlen : 1;
  const uint32_t length = prefix_length != 0 ? prefix_length : type.length;
  const bool fixed = type.id == TypeId::kChar || type.id == TypeId::kBinary;
  return bytes + length * width + (fixed ? 0 : 2);
}

std::string RefText(const Expression* expression) {
  const auto* column = dynamic_cast<const ColumnExpr*>(expression);
  if (column == nullptr || column->table() == nullptr) return "const";
  return column->table()->schema + "." + column->table()->alias + "." +
         column->table()->columns[column->ordinal()].info.name;
}

}  // namespace

void JoinPlanner::ExplainAccess(const catalog::TableDef& table, const AccessChoice& access,
                                const Nest* nest, ExplainStep* note) const {
  for (size_t i = 0; i < table.indexes.size(); i++) {
    const catalog::IndexDef& index = table.indexes[i];
    if (!index.stored() || index.parts.empty()) continue;
    for (const Sarg& sarg : nest->sargs) {
      if (sarg.table->table.get() != &table || sarg.column != index.parts[0].column) continue;
      if (!note->possible_keys.empty()) note->possible_keys += ",";
      note->possible_keys += index.name;
      break;
    }
  }
  const catalog::IndexDef& index = table.indexes[access.path.index];
  const bool whole_table =
      access.path.parts.empty() && access.path.index == 0 && !access.path.ordered;
  if (whole_table) return;
  note->key = index.name;
  uint32_t bytes = 0;
  bool single = true;
  for (size_t p = 0; p < access.path.parts.size(); p++) {
    const KeyPartAccess& part = access.path.parts[p];
    bytes += KeyBytes(part.type, part.prefix ? index.parts[p].prefix_length : 0);
    single = single && part.single_value;
    if (!single) continue;
    if (!note->ref.empty()) note->ref += ",";
    note->ref += RefText(part.predicates[0][0].lower);
  }
  if (access.path.parts.empty()) {
    for (const catalog::KeyPart& part : index.parts)
      bytes += KeyBytes(table.columns[part.column].type, part.prefix_length);
  }
  note->key_length = std::to_string(bytes);
  if (access.path.parts.empty()) {
    note->access = "index";
  } else if (access.path.unique_point) {
    note->access = access.depends_on_tables ? "eq_ref" : "const";
  } else {
    note->access = single ? "ref" : "range";
    if (!single) note->ref.clear();
  }
}

}  // namespace sixfold::plan
