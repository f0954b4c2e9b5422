#include "core/exec/dml/target.h"

#include "core/plan/expression/nodes.h"
#include "core/plan/session_context.h"
#include "core/txn/table_writer.h"
#include "core/types/compare_values.h"
#include "core/types/decimal.h"

namespace sixfold::exec {

void MakeTarget(TableRef* ref) {
  ref->lock = txn::LockMode::kExclusive;
  ref->read_all = true;
  if (!ref->table->implicit_row_id || ref->columns.size() > ref->table->columns.size()) return;
  OutputColumn row_id;
  row_id.type.id = types::TypeId::kBigInt;
  row_id.type.is_unsigned = true;
  ref->columns.push_back(std::move(row_id));
}

void OutputTarget(Binder& binder, QueryBlock* block, ChangeTarget* target) {
  target->begin = static_cast<uint32_t>(block->output.size());
  for (uint32_t c = 0; c < target->output_width(); c++)
    block->output.push_back(binder.NewColumn(target->ref, c));
}

bool IsNullComplemented(const ChangeTarget& target, const types::Value* row) {
  if (target.table->implicit_row_id) return row[target.width()].is_null();
  return row[target.table->indexes[0].parts[0].column].is_null();
}

void AppendRowIdentity(const ChangeTarget& target, const types::Value* row, std::string* key) {
  auto append = [key](const types::Value& value) {
    if (value.kind() == types::ValueKind::kDecimal) {
      key->append(value.decimal().ToString()).push_back('\0');
    } else if (HasBytes(value)) {
      const auto size = static_cast<uint32_t>(value.bytes().size());
      key->append(reinterpret_cast<const char*>(&size), sizeof size).append(value.bytes());
    } else {
      const int64_t bits = value.int_value();
      key->append(reinterpret_cast<const char*>(&bits), sizeof bits);
    }
  };
  if (target.table->implicit_row_id) return append(row[target.width()]);
  for (const catalog::KeyPart& part : target.table->indexes[0].parts) append(row[part.column]);
}

std::unique_ptr<txn::TableWriter> NewTargetWriter(const ChangeTarget& target,
                                                  Execution& execution) {
  SessionContext& session = execution.session();
  auto writer = session.transaction().NewWriter(target.table);
  writer->set_foreign_key_checks(session.UnsignedVariable("foreign_key_checks") != 0);
  writer->set_unique_checks(session.UnsignedVariable("unique_checks") != 0);
  return writer;
}

}  // namespace sixfold::exec
