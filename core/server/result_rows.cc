#include "core/server/result_rows.h"

#include "core/base/check.h"
#include "core/base/checksum.h"
#include "core/types/collation.h"
#include "core/types/decimal.h"

namespace sixfold::server {

ResultRows::ResultRows(exec::ResultSink& sink, std::initializer_list<ResultColumnSpec> columns)
    : sink_(sink), batch_(static_cast<uint32_t>(columns.size()), types::kMaxBatchRows) {
  for (const ResultColumnSpec& spec : columns) {
    plan::ResultColumn column;
    column.name = spec.name;
    column.type.nullable = true;
    if (spec.length == 0) {
      column.type.id = types::TypeId::kBigInt;
      column.type.is_unsigned = true;
      column.type.length = 21;
    } else {
      column.type.id = types::TypeId::kVarchar;
      column.type.length = spec.length;
      column.type.collation = &types::kUtf8mb4Collation;
    }
    columns_.push_back(std::move(column));
  }
  sink_.BeginRows(columns_);
}

void ResultRows::Add(std::vector<ResultCell> cells) {
  CHECK_EQ(cells.size(), columns_.size());
  if (batch_.full()) {
    sink_.AddRows(batch_);
    batch_.Reset();
  }
  const uint32_t row = batch_.AddRow();
  for (uint32_t c = 0; c < cells.size(); ++c) {
    const ResultCell& cell = cells[c];
    types::Value& value = batch_.at(c, row);
    if (cell.is_null) {
      value = types::Value::Null();
    } else if (cell.is_number) {
      value = types::Value::Uint(cell.number);
    } else {
      value = types::Value::String(batch_.arena()->Copy(cell.text));
    }
  }
}

exec::StatementResult ResultRows::Finish() {
  if (batch_.rows() > 0) sink_.AddRows(batch_);
  sink_.EndRows();
  exec::StatementResult result;
  result.has_rows = true;
  return result;
}

void CollectingSink::BeginRows(std::span<const plan::ResultColumn> columns) {
  columns_.assign(columns.begin(), columns.end());
}

void CollectingSink::AddRows(const types::RowBatch& batch) {
  for (uint32_t row = 0; row < batch.rows(); ++row) {
    auto& values = rows_.emplace_back();
    values.reserve(columns_.size());
    for (uint32_t c = 0; c < columns_.size(); ++c) {
      values.push_back(types::CopyValue(batch.at(c, row), &arena_));
    }
  }
}

uint64_t HashRows(const types::RowBatch& batch) {
  uint64_t sum = 0;
  for (uint32_t row = 0; row < batch.rows(); ++row) {
    uint64_t hash = 1;
    for (uint32_t c = 0; c < batch.column_count(); ++c) {
      const types::Value& value = batch.at(c, row);
      const auto kind = static_cast<uint64_t>(value.kind());
      switch (value.kind()) {
        case types::ValueKind::kNull:
          hash = Checksum64("", hash + kind);
          break;
        case types::ValueKind::kString:
        case types::ValueKind::kJson:
          hash = Checksum64(value.bytes(), hash + kind);
          break;
        case types::ValueKind::kDecimal:
          hash = Checksum64(value.decimal().ToString(), hash + kind);
          break;
        default: {
          const uint64_t bits = value.uint_value();
          hash = Checksum64({reinterpret_cast<const char*>(&bits), sizeof(bits)}, hash + kind);
        }
      }
    }
    sum += hash;
  }
  return sum;
}

}  // namespace sixfold::server
