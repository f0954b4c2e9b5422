#include "core/txn/duplicate_text.h"

#include "core/base/bytes.h"
#include "core/types/data_type.h"
#include "core/types/decimal.h"
#include "core/types/temporal.h"

namespace sixfold::txn {
namespace {

void AppendDuplicateValue(const types::Value& value, const types::DataType& type,
                          std::string* out) {
  switch (value.kind()) {
    case types::ValueKind::kNull:
      out->append("NULL");
      return;
    case types::ValueKind::kInt:
      out->append(std::to_string(value.int_value()));
      return;
    case types::ValueKind::kUint:
      out->append(std::to_string(value.uint_value()));
      return;
    case types::ValueKind::kDouble:
      out->append(fmt::format("{}", value.double_value()));
      return;
    case types::ValueKind::kDecimal:
      value.decimal().AppendTo(out);
      return;
    case types::ValueKind::kString:
    case types::ValueKind::kJson:
      out->append(value.bytes());
      return;
    case types::ValueKind::kDate: {
      const types::DateTime t = types::UnpackDate(value.int_value());
      out->append(fmt::format("{:04}-{:02}-{:02}", t.year, t.month, t.day));
      return;
    }
    case types::ValueKind::kDatetime: {
      const types::DateTime t = types::UnpackDatetime(value.int_value());
      out->append(fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}", t.year, t.month, t.day, t.hour,
                              t.minute, t.second));
      return;
    }
    case types::ValueKind::kTime: {
      const types::DateTime t = types::UnpackTime(value.int_value());
      out->append(
          fmt::format("{}{:02}:{:02}:{:02}", t.negative ? "-" : "", t.hour, t.minute, t.second));
      return;
    }
  }
}

}  // namespace

std::string DuplicateText(const catalog::TableDef& table, const catalog::IndexDef& index,
                          std::span<const types::Value> row) {
  std::string out;
  for (const catalog::KeyPart& part : index.parts) {
    if (!out.empty()) out += '-';
    AppendDuplicateValue(row[part.column], table.columns[part.column].type, &out);
  }
  return out;
}

}  // namespace sixfold::txn
