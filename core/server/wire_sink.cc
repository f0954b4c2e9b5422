#include "core/server/wire_sink.h"

#include "core/protocol/reply.h"
#include "core/protocol/row_writer.h"
#include "core/server/session.h"
#include "core/server/wire_value.h"
#include "core/types/collation.h"
#include "core/types/error_codes.h"
#include "core/types/metadata.h"
#include "core/types/sql_error.h"
#include "core/types/time_zone.h"

namespace sixfold::server {
namespace {

using protocol::ColumnDefinition;
using protocol::FieldType;
using types::DataType;
using types::TypeId;
namespace flag = protocol::column_flag;

constexpr size_t kFlushBytes = 32 * 1024;
constexpr size_t kMostBytes = 32 * 1024 * 1024;

bool IsText(const DataType& type) {
  return type.collation != nullptr && !type.collation->IsBinary() &&
         (type.IsString() || type.id == TypeId::kEnum || type.id == TypeId::kSet);
}

}  // namespace

void WriteColumnMetadata(protocol::OutputBuffer* out, const plan::ResultColumn& column,
                         const types::Collation* results, bool with_default) {
  const types::WireMetadata metadata =
      types::WireMetadataOf(column.type, results, !column.original_table.empty());
  ColumnDefinition definition;
  definition.schema = column.schema;
  definition.table = column.table;
  definition.original_table = column.original_table;
  definition.name = column.name;
  definition.original_name = column.original_name;
  definition.type = static_cast<FieldType>(metadata.type);
  definition.decimals = metadata.decimals;
  definition.collation = metadata.collation;
  definition.length = metadata.length;
  uint16_t flags = metadata.flags;
  if (column.primary_key) flags |= flag::kPrimaryKey;
  if (column.unique_key) flags |= flag::kUniqueKey;
  if (column.multiple_key) flags |= flag::kMultipleKey;
  if (column.auto_increment) flags |= flag::kAutoIncrement;
  if (column.no_default) flags |= flag::kNoDefault;
  definition.flags = flags;
  if (with_default) {
    protocol::WriteFieldListDefinition(out, definition);
  } else {
    protocol::WriteColumnDefinition(out, definition);
  }
}

WireColumn MakeWireColumn(const DataType& type, const types::Collation* results,
                          const types::TimeZone* zone) {
  using Form = WireColumn::Form;
  WireColumn column;
  column.is_unsigned = type.is_unsigned;
  column.scale = type.scale;
  if (type.zerofill) column.zerofill = types::DisplayLength(type);
  switch (type.id) {
    case TypeId::kTinyInt:
      column.form = Form::kTiny;
      break;
    case TypeId::kSmallInt:
      column.form = Form::kShort;
      break;
    case TypeId::kYear:
      column.form = Form::kShort;
      column.zerofill = 4;
      break;
    case TypeId::kMediumInt:
    case TypeId::kInt:
      column.form = Form::kLong;
      break;
    case TypeId::kBigInt:
      column.form = Form::kLongLong;
      break;
    case TypeId::kFloat:
      column.form = Form::kFloat;
      break;
    case TypeId::kDouble:
      column.form = Form::kDouble;
      break;
    case TypeId::kDecimal:
      column.form = Form::kDecimal;
      break;
    case TypeId::kDate:
      column.form = Form::kDate;
      break;
    case TypeId::kTime:
      column.form = Form::kTime;
      break;
    case TypeId::kTimestamp:
      column.zone = zone;
      [[fallthrough]];
    case TypeId::kDatetime:
      column.form = Form::kDatetime;
      break;
    case TypeId::kBit:
      column.form = Form::kBit;
      column.bit_bytes = static_cast<uint8_t>((std::max(type.length, 1u) + 7) / 8);
      break;
    case TypeId::kJson:
      column.form = Form::kJson;
      break;
    default:
      column.form = Form::kBytes;
  }
  if (results != nullptr && !results->IsBinary()) {
    const types::Charset* from = nullptr;
    if (IsText(type)) from = type.collation->charset;
    if (column.form == Form::kJson) from = &types::kUtf8mb4Charset;
    const bool same = from == results->charset || (from != nullptr && from->IsUtf8() &&
                                                   results->charset == &types::kUtf8mb4Charset);
    if (from != nullptr && !same) {
      column.from = from;
      column.to = results->charset;
      column.ascii_stays = from->IsAsciiBased() && results->charset->IsAsciiBased();
    }
  }
  return column;
}

WireSink::WireSink(Session& session, protocol::OutputBuffer* out, Protocol protocol,
                   std::function<bool(bool)> flush)
    : session_(session), out_(*out), protocol_(protocol), flush_(std::move(flush)) {}

void WireSink::BeginRows(std::span<const plan::ResultColumn> columns) {
  CHECK(!began_);
  began_ = true;
  const types::Collation* results = session_.results_collation();
  const types::TimeZone* zone = types::TimeZone::Find(session_.time_zone());
  protocol::WriteColumnCount(&out_, columns.size());
  columns_.reserve(columns.size());
  for (const plan::ResultColumn& column : columns) {
    WriteColumnMetadata(&out_, column, results, /*with_default=*/false);
    columns_.push_back(MakeWireColumn(column.type, results, zone));
  }
  protocol::WriteEofUnlessDeprecated(&out_, session_.capabilities(), session_.StatusFlags(), 0);
}

void WireSink::AddTextRow(const types::RowBatch& batch, uint32_t row) {
  protocol::TextRow writer(&out_);
  writer.Begin();
  for (uint32_t c = 0; c < columns_.size(); ++c) {
    WriteTextValue(&writer, columns_[c], batch.at(c, row), &scratch_);
  }
  writer.End();
}

void WireSink::AddBinaryRow(const types::RowBatch& batch, uint32_t row) {
  protocol::BinaryRow writer(&out_);
  writer.Begin(columns_.size());
  for (uint32_t c = 0; c < columns_.size(); ++c) {
    WriteBinaryValue(&writer, columns_[c], batch.at(c, row), &scratch_);
  }
  writer.End();
}

void WireSink::AddRows(const types::RowBatch& batch) {
  CHECK(began_);
  for (uint32_t row = 0; row < batch.rows(); ++row) {
    if (protocol_ == Protocol::kText) {
      AddTextRow(batch, row);
    } else {
      AddBinaryRow(batch, row);
    }
  }
  rows_ += batch.rows();
  if (out_.size() < kFlushBytes) return;
  if (!flush_(/*wait=*/out_.size() > kMostBytes)) throw MakeError(ErrorCode::kQueryInterrupted);
}

void CursorSink::BeginRows(std::span<const plan::ResultColumn> columns) {
  began_ = true;
  const types::TimeZone* zone = types::TimeZone::Find(session_.time_zone());
  columns_.assign(columns.begin(), columns.end());
  for (const auto& column : columns) {
    wire_.push_back(MakeWireColumn(column.type, session_.results_collation(), zone));
  }
}

void CursorSink::AddRows(const types::RowBatch& batch) {
  for (uint32_t row = 0; row < batch.rows(); ++row) {
    protocol::BinaryRow writer(&rows_);
    const size_t start = rows_.position();
    writer.Begin(wire_.size());
    for (uint32_t c = 0; c < wire_.size(); ++c) {
      WriteBinaryValue(&writer, wire_[c], batch.at(c, row), &scratch_);
    }
    // Kept as a bare payload: it is framed when it is fetched.
    const size_t payload = rows_.position() - start - protocol::kPacketHeaderBytes;
    std::memmove(rows_.at(start), rows_.at(start + protocol::kPacketHeaderBytes), payload);
    rows_.Truncate(start + payload, 0);
    ends_.push_back(rows_.position());
  }
}

}  // namespace sixfold::server
