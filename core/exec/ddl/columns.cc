// Column definitions, names and table options from their syntax.
#include <algorithm>

#include "core/base/arena.h"
#include "core/catalog/type_builder.h"
#include "core/exec/ddl/default_value.h"
#include "core/exec/ddl/table_draft.h"
#include "core/plan/session_context.h"
#include "core/sql/printer.h"
#include "core/types/charset.h"
#include "core/types/collation.h"
#include "core/types/diagnostics.h"
#include "core/types/error_codes.h"
#include "core/types/metadata.h"
#include "core/types/sql_error.h"

namespace sixfold::exec {

using catalog::ColumnDef;
using types::TypeId;

namespace {

constexpr size_t kMaxNameChars = 64;

bool IsNow(const sql::Expression* expression) {
  const auto* call = sql::TryAs<sql::FunctionCall>(expression);
  return call != nullptr && call->name == "now";
}

/// "CURRENT_TIMESTAMP" or "CURRENT_TIMESTAMP(3)"; its digits have to be the column's.
std::string NowText(const sql::Expression& expression, const ColumnDef& column,
                    ErrorCode mismatch) {
  const auto& call = sql::As<sql::FunctionCall>(expression);
  uint64_t digits = 0;
  if (!call.arguments.empty()) digits = sql::As<sql::Literal>(*call.arguments[0]).integer;
  const bool timestamp =
      column.type.id == TypeId::kTimestamp || column.type.id == TypeId::kDatetime;
  if (!timestamp || digits != column.type.scale) throw MakeError(mismatch, column.name);
  return digits == 0 ? "CURRENT_TIMESTAMP" : fmt::format("CURRENT_TIMESTAMP({})", digits);
}

bool IsNullLiteral(const sql::Expression* expression) {
  const auto* literal = sql::TryAs<sql::Literal>(expression);
  return literal != nullptr && literal->type == sql::LiteralType::kNull;
}

/// Without a written default, the first-listed ENUM value or zero is not it: MySQL leaves none.
void CheckAutoIncrementColumn(const ColumnDef& column, const sql::ColumnDefinition& syntax) {
  const bool numeric = column.type.IsInteger() || column.type.id == TypeId::kFloat ||
                       column.type.id == TypeId::kDouble;
  if (!numeric) throw MakeError(ErrorCode::kWrongFieldSpec, column.name);
  if (syntax.default_value != nullptr && !IsNullLiteral(syntax.default_value))
    throw MakeError(ErrorCode::kInvalidDefault, column.name);
}

}  // namespace

void CheckColumnName(std::string_view name) {
  if (name.empty() || name.back() == ' ') throw MakeError(ErrorCode::kWrongColumnName, name);
  if (types::CharLength(types::kUtf8mb4Charset, name) > kMaxNameChars)
    throw MakeError(ErrorCode::kTooLongIdent, name);
}

void CheckTableName(std::string_view name) {
  if (types::CharLength(types::kUtf8mb4Charset, name) > kMaxNameChars)
    throw MakeError(ErrorCode::kTooLongIdent, name);
  if (name.empty() || name.back() == ' ' || name.find('\0') != std::string_view::npos) {
    throw MakeError(ErrorCode::kWrongTableName, name);
  }
}

void SetColumnDefault(SessionContext& session, const sql::Expression* value, bool is_expression,
                      ColumnDef* column) {
  column->default_literal.reset();
  column->default_expression.reset();
  if (value == nullptr) return;
  if (IsNow(value) && !is_expression) {
    column->default_expression = NowText(*value, *column, ErrorCode::kInvalidDefault);
    return;
  }
  const bool large = types::IsLargeObject(column->type) || column->type.id == TypeId::kJson;
  if (is_expression) {
    column->default_expression = sql::PrintExpression(*value);
    return;
  }
  if (IsNullLiteral(value)) {
    if (!column->type.nullable) throw MakeError(ErrorCode::kInvalidDefault, column->name);
    return;
  }
  if (large) throw MakeError(ErrorCode::kBlobCantHaveDefault, column->name);
  column->default_literal = CanonicalDefault(session, *value, *column);
}

ColumnDef BuildColumn(SessionContext& session, const sql::ColumnDefinition& syntax,
                      const types::Collation* table_collation) {
  CheckColumnName(syntax.name);
  ColumnDef column;
  column.name = syntax.name;
  column.type = catalog::BuildType(syntax.type, {syntax.name, table_collation});
  column.comment = syntax.comment;
  column.invisible = syntax.invisible;
  const bool serial = syntax.type.keyword == sql::TypeKeyword::kSerial;
  const bool primary = syntax.key == sql::ColumnKey::kPrimary || syntax.key == sql::ColumnKey::kKey;
  if (primary && syntax.nullable == sql::YesNo::kYes)
    throw MakeError(ErrorCode::kPrimaryCantHaveNull);
  column.type.nullable =
      syntax.nullable != sql::YesNo::kNo && !serial && !primary && !syntax.auto_increment;
  column.auto_increment = syntax.auto_increment || serial;
  if (column.auto_increment) CheckAutoIncrementColumn(column, syntax);
  if (syntax.generated != sql::GeneratedKind::kNone) {
    column.generated = sql::PrintExpression(*syntax.generated_as);
    column.generated_stored = syntax.generated == sql::GeneratedKind::kStored;
  }
  SetColumnDefault(session, syntax.default_value, syntax.default_is_expression, &column);
  if (syntax.on_update != nullptr)
    column.on_update = NowText(*syntax.on_update, column, ErrorCode::kInvalidOnUpdate);
  return column;
}

void TableDraft::ApplyOption(const sql::TableOption& option) {
  using Kind = sql::TableOptionKind;
  switch (option.kind) {
    case Kind::kEngine: {
      static constexpr std::string_view kEngines[] = {
          "InnoDB", "MyISAM",     "MEMORY", "HEAP",       "CSV",       "ARCHIVE", "BLACKHOLE",
          "MERGE",  "MRG_MyISAM", "NDB",    "NDBCLUSTER", "FEDERATED", "Aria"};
      const auto known = std::find_if(std::begin(kEngines), std::end(kEngines),
                                      [&](auto e) { return SameName(e, option.text); });
      if (known == std::end(kEngines))
        throw MakeError(ErrorCode::kUnknownStorageEngine, option.text);
      // Every table is kept in the volume; another engine's name is taken as a wish.
      names_other_engine_ = *known != "InnoDB";
      if (names_other_engine_)
        session_.diagnostics().Note(ErrorCode::kWarnUsingOtherHandler, "InnoDB", table_.name);
      return;
    }
    case Kind::kAutoIncrement:
      table_.initial_auto_increment = std::max<uint64_t>(option.integer, 1);
      return;
    case Kind::kComment:
      table_.comment = option.text;
      return;
    case Kind::kRowFormat:
      table_.row_format = option.text;
      std::transform(table_.row_format.begin(), table_.row_format.end(), table_.row_format.begin(),
                     [](unsigned char c) { return std::toupper(c); });
      if (table_.row_format == "DEFAULT") table_.row_format.clear();
      return;
    case Kind::kCharset:
      table_.collation = option.is_default
                             ? table_.collation
                             : catalog::ResolveCollation(option.text, "", table_.collation);
      return;
    case Kind::kCollation:
      table_.collation = catalog::ResolveCollation("", option.text, table_.collation);
      return;
    default:
      return;  // sizes, statistics, placement, CONNECTION and UNION: ignored as InnoDB ignores them
  }
}

}  // namespace sixfold::exec
