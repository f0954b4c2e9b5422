#include "core/base/arena.h"
#include "core/exec/ddl/complete_row.h"
#include "core/exec/ddl/ddl_internal.h"
#include "core/exec/ddl/default_value.h"
#include "core/plan/session_context.h"
#include "core/txn/duplicate_text.h"
#include "core/txn/table_reader.h"
#include "core/txn/table_writer.h"
#include "core/txn/transaction.h"
#include "core/types/diagnostics.h"
#include "core/types/error_codes.h"
#include "core/types/sql_error.h"
#include "core/types/sql_mode.h"
#include "core/types/store.h"
#include "core/types/time_zone.h"

namespace sixfold::exec {
namespace {

using catalog::TableDef;
using types::Value;

/// Where a new column's values come from: an old column, or the same value for every row.
struct Source {
  int old_ordinal = -1;
  bool same_type = false;
  bool numbered = false;  // a new AUTO_INCREMENT column
  bool computed = false;  // a DEFAULT expression
  Value constant;
};

bool SameType(const types::DataType& a, const types::DataType& b) {
  return a.id == b.id && a.is_unsigned == b.is_unsigned && a.precision == b.precision &&
         a.scale == b.scale && a.length == b.length && a.collation == b.collation &&
         a.labels == b.labels;
}

std::vector<Source> PairColumns(SessionContext& session, const TableDef& from, const TableDef& to,
                                Arena* arena) {
  std::vector<Source> sources;
  for (const catalog::ColumnDef& column : to.columns) {
    Source source;
    for (size_t i = 0; i < from.columns.size(); ++i) {
      if (from.columns[i].storage_id == column.storage_id) source.old_ordinal = static_cast<int>(i);
    }
    if (source.old_ordinal >= 0) {
      source.same_type = SameType(from.columns[source.old_ordinal].type, column.type);
    } else if (column.auto_increment) {
      source.numbered = true;
    } else if (HasComputedDefault(column)) {
      source.computed = true;
    } else if (!column.generated) {
      source.constant = ValueForExistingRows(session, column, arena);
    }
    sources.push_back(source);
  }
  return sources;
}

/// A column that becomes AUTO_INCREMENT numbers what would be numbered in an INSERT.
bool TakesNumber(SessionContext& session, const TableDef& from, const Source& source,
                 const catalog::ColumnDef& column, const Value& value) {
  if (!column.auto_increment || source.old_ordinal < 0) return false;
  if (value.is_null()) return true;
  if (from.columns[source.old_ordinal].auto_increment) return false;
  const bool zero =
      (value.kind() == types::ValueKind::kInt || value.kind() == types::ValueKind::kUint) &&
      value.int_value() == 0;
  return zero && (session.sql_mode() & types::kSqlModeNoAutoValueOnZero) == 0;
}

}  // namespace

uint64_t CopyRows(SessionContext& session, const catalog::TablePtr& from,
                  const catalog::TablePtr& to) {
  Arena constants;
  const std::vector<Source> sources = PairColumns(session, *from, *to, &constants);
  txn::Transaction& transaction = session.transaction();
  const auto reader = transaction.NewReader(from);
  const auto writer = transaction.NewWriter(to);
  writer->set_foreign_key_checks(session.UnsignedVariable("foreign_key_checks") != 0);

  std::vector<uint32_t> columns;
  for (uint32_t i = 0; i < from->columns.size(); ++i) columns.push_back(i);
  txn::ScanRequest request;
  request.columns = columns;
  request.lock = txn::LockMode::kShared;
  reader->Open(request);

  types::StoreContext store;
  store.conversion.sql_mode = session.sql_mode();
  store.conversion.time_zone = types::TimeZone::Find(session.time_zone());
  if (store.conversion.time_zone == nullptr)
    store.conversion.time_zone = &types::TimeZone::System();
  store.conversion.statement_time_us = session.statement_time_us();
  store.conversion.diagnostics = &session.diagnostics();

  types::RowBatch batch(static_cast<uint32_t>(columns.size()), types::kMaxBatchRows);
  std::vector<Value> row(to->columns.size());
  RowCompletion completion(session, to);
  std::vector<bool> computed;
  for (const Source& source : sources) computed.push_back(source.computed);
  uint64_t copied = 0;
  for (batch.Reset(); reader->Next(&batch); batch.Reset()) {
    session.CheckInterrupted();
    store.conversion.arena = batch.arena();
    for (uint32_t r = 0; r < batch.rows(); ++r) {
      session.diagnostics().set_row(++copied);
      for (size_t c = 0; c < row.size(); ++c) {
        const Source& source = sources[c];
        const catalog::ColumnDef& column = to->columns[c];
        row[c] = source.old_ordinal < 0 ? source.constant
                                        : batch.at(static_cast<uint32_t>(source.old_ordinal), r);
        const bool numbered =
            source.numbered || TakesNumber(session, *from, source, column, row[c]);
        if (numbered) row[c] = Value::Uint(transaction.ReserveAutoIncrement(*to, 1, 1, 1));
        if (column.generated || source.computed) continue;
        if (row[c].is_null()) {
          if (!column.type.nullable) throw MakeError(ErrorCode::kInvalidUseOfNull);
        } else if (source.old_ordinal >= 0 && !source.same_type && !numbered) {
          row[c] = types::StoreValue(row[c], from->columns[source.old_ordinal].type, column.type,
                                     column.name, store);
        }
        if (column.auto_increment && !row[c].is_null())
          transaction.NoteAutoIncrement(*to, row[c].uint_value());
      }
      if (completion.needed()) completion.Complete(row, computed);
      const txn::WriteResult written = writer->Insert(row, batch.arena());
      if (!written.ok) {
        const catalog::IndexDef& index = to->indexes[written.duplicate_index];
        throw MakeError(ErrorCode::kDupEntry, txn::DuplicateText(*to, index, row),
                        from->name + "." + index.name);
      }
    }
  }
  return copied;
}

}  // namespace sixfold::exec
