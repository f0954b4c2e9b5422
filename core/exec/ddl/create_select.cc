// CREATE TABLE … [AS] SELECT: the query's columns join the written ones (by name, else after them),
// then its rows fill the table, in the same transaction.
#include "core/exec/ddl/complete_row.h"
#include "core/exec/ddl/ddl_internal.h"
#include "core/exec/ddl/default_value.h"
#include "core/exec/ddl/table_draft.h"
#include "core/exec/statement.h"
#include "core/plan/session_context.h"
#include "core/txn/catalog_view.h"
#include "core/txn/catalog_writer.h"
#include "core/txn/duplicate_text.h"
#include "core/txn/table_writer.h"
#include "core/txn/transaction.h"
#include "core/types/collation.h"
#include "core/types/diagnostics.h"
#include "core/types/error_codes.h"
#include "core/types/metadata.h"
#include "core/types/sql_error.h"
#include "core/types/store.h"
#include "core/types/time_zone.h"

namespace sixfold::exec {
namespace {

using types::DataType;
using types::TypeId;
using types::Value;

/// The column a result column becomes; expressions of no type become BINARY(0).
catalog::ColumnDef ColumnOf(const ResultColumn& result) {
  CheckColumnName(result.name);
  catalog::ColumnDef column;
  column.name = result.name;
  column.type = result.type;
  if (column.type.id == TypeId::kNull) {
    column.type.id = TypeId::kBinary;
    column.type.collation = &types::kBinaryCollation;
    column.type.length = 0;
  }
  if (column.type.IsInteger() && result.original_name.empty()) column.type.zerofill = false;
  if (!column.type.nullable && !types::IsLargeObject(column.type) && !column.type.IsTemporal() &&
      result.original_name.empty()) {
    Arena arena;
    // An expression that is never NULL: NOT NULL with the type's zero as default, as MySQL makes
    // it.
    const Value zero = types::ImplicitDefault(column.type, &arena);
    types::ConversionContext conversion;
    conversion.arena = &arena;
    if (column.type.id != TypeId::kBit)
      column.default_literal = std::string(types::ToText(zero, column.type, conversion));
  }
  return column;
}

/// Puts the query's rows into the new table.
class FillSink final : public ResultSink {
 public:
  FillSink(SessionContext& session, const catalog::TablePtr& table, std::vector<int> targets,
           sql::DuplicateHandling duplicates)
      : session_(session),
        table_(table),
        targets_(std::move(targets)),
        duplicates_(duplicates),
        writer_(session.transaction().NewWriter(table)),
        completion_(session, table),
        row_(table->columns.size()) {
    for (const catalog::ColumnDef& column : table->columns)
      computed_.push_back(HasComputedDefault(column));
    for (const int target : targets_) computed_[target] = false;
  }

  void BeginRows(std::span<const ResultColumn> columns) override {
    types_.assign(columns.begin(), columns.end());
  }

  void AddRows(const types::RowBatch& batch) override {
    Arena arena;
    types::StoreContext store;
    store.conversion.sql_mode = session_.sql_mode();
    store.conversion.time_zone = types::TimeZone::Find(session_.time_zone());
    if (store.conversion.time_zone == nullptr)
      store.conversion.time_zone = &types::TimeZone::System();
    store.conversion.statement_time_us = session_.statement_time_us();
    store.conversion.diagnostics = &session_.diagnostics();
    store.conversion.arena = &arena;
    store.ignore = duplicates_ == sql::DuplicateHandling::kIgnore;
    for (uint32_t r = 0; r < batch.rows(); ++r) {
      session_.diagnostics().set_row(++rows_);
      for (size_t c = 0; c < row_.size(); ++c) {
        const catalog::ColumnDef& column = table_->columns[c];
        if (column.auto_increment)
          row_[c] = Value::Uint(session_.transaction().ReserveAutoIncrement(*table_, 1, 1, 1));
        else if (!computed_[c] && !column.generated)
          row_[c] = ValueForExistingRows(session_, column, &arena);
      }
      for (size_t c = 0; c < targets_.size(); ++c)
        Store(batch.at(static_cast<uint32_t>(c), r), c, store);
      if (completion_.needed()) completion_.Complete(row_, computed_);
      Insert(&arena);
    }
  }

  void EndRows() override {}
  uint64_t rows() const { return inserted_; }

 private:
  void Store(const Value& value, size_t from, const types::StoreContext& store) {
    const int to = targets_[from];
    const catalog::ColumnDef& column = table_->columns[to];
    if (value.is_null()) {
      if (!column.type.nullable && !column.auto_increment)
        throw MakeError(ErrorCode::kBadNullError, column.name);
      if (!column.auto_increment) row_[to] = value;
      return;
    }
    row_[to] = types::StoreValue(value, types_[from].type, column.type, column.name, store);
  }

  void Insert(Arena* arena) {
    const txn::WriteResult written = writer_->Insert(row_, arena);
    if (written.ok) {
      ++inserted_;
      return;
    }
    if (duplicates_ == sql::DuplicateHandling::kReplace) {
      writer_->Delete(written.existing, written.existing_row_id, arena);
      return Insert(arena);
    }
    const catalog::IndexDef& index = table_->indexes[written.duplicate_index];
    const std::string text = txn::DuplicateText(*table_, index, row_);
    if (duplicates_ != sql::DuplicateHandling::kIgnore)
      throw MakeError(ErrorCode::kDupEntry, text, table_->name + "." + index.name);
    session_.diagnostics().Warn(ErrorCode::kDupEntry, text, table_->name + "." + index.name);
  }

  SessionContext& session_;
  catalog::TablePtr table_;
  std::vector<int> targets_;
  sql::DuplicateHandling duplicates_;
  std::unique_ptr<txn::TableWriter> writer_;
  RowCompletion completion_;
  std::vector<bool> computed_;  // by column: the DEFAULT expression gives the value
  std::vector<Value> row_;
  std::vector<ResultColumn> types_;
  uint64_t rows_ = 0, inserted_ = 0;
};

}  // namespace

StatementResult CreateTableFromQuery(SessionContext& session, const sql::CreateTableStatement& tree,
                                     std::string_view text, const DdlName& name) {
  sql::SelectStatement select;
  select.query = tree.query;
  const auto prepared = Prepare(session, select, text);

  TableDraft draft(session, name.schema, name.table);
  draft.table().collation = RequireSchema(session, name.schema)->collation;
  draft.table().temporary = tree.temporary;
  draft.table().create_time_s = session.statement_time_us() / 1'000'000;
  for (const sql::TableOption& option : tree.options) draft.ApplyOption(option);
  for (const sql::ColumnDefinition* column : tree.columns) draft.AddColumn(*column, -1);
  std::vector<std::string> names;
  for (const ResultColumn& column : prepared->columns()) {
    for (const std::string& other : names) {
      if (SameName(other, column.name)) throw MakeError(ErrorCode::kDupFieldname, column.name);
    }
    names.push_back(column.name);
    if (draft.FindColumn(column.name) < 0) draft.table().columns.push_back(ColumnOf(column));
  }
  for (const sql::KeyDefinition* key : tree.keys) draft.AddKey(*key);
  for (const sql::CheckConstraint* check : tree.checks) draft.AddCheck(*check);

  catalog::TableDef table = draft.Finish();
  LinkForeignKeys(session, nullptr, table);
  const catalog::TablePtr made =
      session.transaction().catalog_writer().CreateTable(std::move(table));
  std::vector<int> targets;
  for (const std::string& column : names) targets.push_back(made->ColumnOrdinal(column));
  FillSink sink(session, made, std::move(targets), tree.duplicates);
  prepared->Execute(session, {}, sink);
  return {.affected_rows = sink.rows(),
          .info = FormatError(ErrorCode::kInsertInfo, sink.rows(), 0, 0)};
}

}  // namespace sixfold::exec
