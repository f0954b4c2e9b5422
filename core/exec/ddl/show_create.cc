// The text of SHOW CREATE TABLE, VIEW and DATABASE, as MySQL 8.0 prints it.
#include "core/base/arena.h"
#include "core/base/bytes.h"
#include "core/catalog/definitions.h"
#include "core/exec/ddl.h"
#include "core/sql/parser.h"
#include "core/sql/printer.h"
#include "core/types/collation.h"
#include "core/types/metadata.h"
#include "core/types/sql_mode.h"

namespace sixfold::exec {
namespace {

using catalog::ColumnDef;
using catalog::IndexDef;
using catalog::IndexKind;
using catalog::ReferentialAction;
using catalog::TableDef;
using types::TypeId;

class TableText {
 public:
  TableText(const TableDef& table, uint64_t next_auto_increment, uint64_t sql_mode)
      : table_(table),
        next_auto_increment_(next_auto_increment),
        quote_(sql_mode & types::kSqlModeAnsiQuotes ? '"' : '`') {}

  std::string Print() {
    out_ = table_.temporary ? "CREATE TEMPORARY TABLE " : "CREATE TABLE ";
    Name(table_.name);
    out_ += " (\n";
    for (const ColumnDef& column : table_.columns) Item([&] { Column(column); });
    for (const IndexDef& index : table_.indexes) {
      if (table_.implicit_row_id && &index == &table_.indexes.front()) continue;
      Item([&] { Index(index); });
    }
    for (const auto& foreign_key : table_.foreign_keys) Item([&] { ForeignKey(foreign_key); });
    for (const auto& check : table_.checks) Item([&] { Check(check); });
    out_ += "\n)";
    Options();
    return std::move(out_);
  }

 private:
  template <typename Body>
  void Item(Body body) {
    if (!first_) out_ += ",\n";
    first_ = false;
    out_ += "  ";
    body();
  }

  void Name(std::string_view name) {
    out_ += quote_;
    for (const char c : name) {
      if (c == quote_) out_ += c;
      out_ += c;
    }
    out_ += quote_;
  }

  void Text(std::string_view text) {
    out_ += '\'';
    for (const char c : text) {
      switch (c) {
        case '\'':
          out_ += "''";
          break;
        case '\\':
          out_ += "\\\\";
          break;
        case '\n':
          out_ += "\\n";
          break;
        case '\r':
          out_ += "\\r";
          break;
        case '\0':
          out_ += "\\0";
          break;
        default:
          out_ += c;
      }
    }
    out_ += '\'';
  }

  void Charset(const ColumnDef& column) {
    const types::Collation* collation = column.type.collation;
    const TypeId id = column.type.id;
    const bool text = (id >= TypeId::kChar && id <= TypeId::kLongText) || id == TypeId::kEnum ||
                      id == TypeId::kSet;
    if (!text || collation == nullptr || collation == table_.collation) return;
    if (collation->charset != table_.collation->charset || !collation->is_default) {
      out_ += fmt::format(" CHARACTER SET {}", collation->charset->name);
    }
    const bool is_utf8mb4 = std::string_view(collation->charset->name) == "utf8mb4";
    if (!collation->is_default || is_utf8mb4 || collation->charset == table_.collation->charset) {
      out_ += fmt::format(" COLLATE {}", collation->name);
    }
  }

  void Default(const ColumnDef& column) {
    if (column.generated || column.auto_increment) return;
    if (column.default_expression) {
      const bool now = column.default_expression->starts_with("CURRENT_TIMESTAMP");
      out_ += now ? fmt::format(" DEFAULT {}", *column.default_expression)
                  : fmt::format(" DEFAULT ({})", *column.default_expression);
    } else if (column.default_literal) {
      out_ += " DEFAULT ";
      if (column.type.id == TypeId::kBit) {
        out_ += *column.default_literal;
      } else if (types::WellFormedBytes(types::kUtf8mb4Charset, *column.default_literal) <
                 column.default_literal->size()) {
        out_ += "0x" + ToUpperHex(*column.default_literal);  // bytes that no text can carry
      } else {
        Text(*column.default_literal);
      }
    } else if (column.type.nullable && !types::IsLargeObject(column.type)) {
      out_ += " DEFAULT NULL";
    }
    if (column.on_update) out_ += fmt::format(" ON UPDATE {}", *column.on_update);
  }

  void Column(const ColumnDef& column) {
    Name(column.name);
    out_ += ' ';
    out_ += types::ColumnTypeText(column.type);
    Charset(column);
    if (column.generated) {
      out_ += fmt::format(" GENERATED ALWAYS AS ({}) {}", *column.generated,
                          column.generated_stored ? "STORED" : "VIRTUAL");
    }
    if (!column.type.nullable)
      out_ += " NOT NULL";
    else if (column.type.id == TypeId::kTimestamp)
      out_ += " NULL";
    Default(column);
    if (column.auto_increment) out_ += " AUTO_INCREMENT";
    if (column.invisible) out_ += " /*!80023 INVISIBLE */";
    if (!column.comment.empty()) {
      out_ += " COMMENT ";
      Text(column.comment);
    }
  }

  void Index(const IndexDef& index) {
    switch (index.kind) {
      case IndexKind::kPrimary:
        out_ += "PRIMARY KEY";
        break;
      case IndexKind::kUnique:
        out_ += "UNIQUE KEY ";
        break;
      case IndexKind::kSecondary:
        out_ += "KEY ";
        break;
      case IndexKind::kFulltext:
        out_ += "FULLTEXT KEY ";
        break;
      case IndexKind::kSpatial:
        out_ += "SPATIAL KEY ";
        break;
    }
    if (index.kind != IndexKind::kPrimary) Name(index.name);
    out_ += " (";
    for (size_t i = 0; i < index.parts.size(); ++i) {
      if (i != 0) out_ += ',';
      const catalog::KeyPart& part = index.parts[i];
      Name(table_.columns[part.column].name);
      if (part.prefix_length != 0 && index.stored())
        out_ += fmt::format("({})", part.prefix_length);
      if (part.descending) out_ += " DESC";
    }
    out_ += ')';
    if (!index.comment.empty()) {
      out_ += " COMMENT ";
      Text(index.comment);
    }
    if (!index.visible) out_ += " /*!80000 INVISIBLE */";
  }

  void Action(const char* event, ReferentialAction action) {
    switch (action) {
      case ReferentialAction::kNoAction:
        return;
      case ReferentialAction::kRestrict:
        out_ += fmt::format(" ON {} RESTRICT", event);
        return;
      case ReferentialAction::kCascade:
        out_ += fmt::format(" ON {} CASCADE", event);
        return;
      case ReferentialAction::kSetNull:
        out_ += fmt::format(" ON {} SET NULL", event);
        return;
      case ReferentialAction::kSetDefault:
        out_ += fmt::format(" ON {} SET DEFAULT", event);
        return;
    }
  }

  void ForeignKey(const catalog::ForeignKeyDef& key) {
    out_ += "CONSTRAINT ";
    Name(key.name);
    out_ += " FOREIGN KEY (";
    for (size_t i = 0; i < key.columns.size(); ++i) {
      if (i != 0) out_ += ", ";
      Name(table_.columns[key.columns[i]].name);
    }
    out_ += ") REFERENCES ";
    if (key.parent_schema != table_.schema) {
      Name(key.parent_schema);
      out_ += '.';
    }
    Name(key.parent_table);
    out_ += " (";
    for (size_t i = 0; i < key.parent_columns.size(); ++i) {
      if (i != 0) out_ += ", ";
      Name(key.parent_columns[i]);
    }
    out_ += ')';
    Action("DELETE", key.on_delete);
    Action("UPDATE", key.on_update);
  }

  void Check(const catalog::CheckDef& check) {
    out_ += "CONSTRAINT ";
    Name(check.name);
    out_ += fmt::format(" CHECK ({})", check.expression);
    if (!check.enforced) out_ += " /*!80016 NOT ENFORCED */";
  }

  void Options() {
    out_ += fmt::format(" ENGINE={}", table_.engine);
    if (next_auto_increment_ > 1) out_ += fmt::format(" AUTO_INCREMENT={}", next_auto_increment_);
    const types::Collation& collation = *table_.collation;
    out_ += fmt::format(" DEFAULT CHARSET={}", collation.charset->name);
    if (!collation.is_default || std::string_view(collation.charset->name) == "utf8mb4") {
      out_ += fmt::format(" COLLATE={}", collation.name);
    }
    if (!table_.row_format.empty()) out_ += fmt::format(" ROW_FORMAT={}", table_.row_format);
    if (!table_.create_options.empty()) out_ += " " + table_.create_options;
    if (!table_.comment.empty()) {
      out_ += " COMMENT=";
      Text(table_.comment);
    }
    if (!table_.partition_text.empty())
      out_ += fmt::format("\n/*!50100 {} */", table_.partition_text);
  }

  const TableDef& table_;
  uint64_t next_auto_increment_;
  char quote_;
  std::string out_;
  bool first_ = true;
};

std::string Backquoted(std::string_view name) {
  std::string quoted = "`";
  for (const char c : name) {
    if (c == '`') quoted += c;
    quoted += c;
  }
  return quoted + '`';
}

/// Leaves the names of one schema out, and notices others.
class NamesWithin final : public sql::PrintNames {
 public:
  explicit NamesWithin(std::string_view schema) : schema_(schema) {}

  sql::PrintedColumn Column(const sql::ColumnReference& column) const override {
    return {column.schema == schema_ ? std::string_view() : column.schema, column.table,
            column.column};
  }
  sql::TableName Table(const sql::BaseTable& table) const override {
    if (table.name.schema == schema_) return {{}, table.name.table};
    if (!table.name.schema.empty()) others_ = true;
    return table.name;
  }
  bool others() const { return others_; }

 private:
  std::string_view schema_;
  mutable bool others_ = false;
};

std::string BodyWithin(const catalog::ViewDef& view, const sql::QueryExpression& query) {
  const NamesWithin names(view.schema);
  std::string text = sql::PrintQuery(query, {.names = &names});
  return names.others() ? view.select_text : text;
}

/// " (`a`,`b`)" where the view's columns are not called as its body's.
std::string ViewColumnList(const catalog::ViewDef& view, const sql::QueryExpression& query) {
  const sql::QueryBody* body = query.body;
  while (const auto* operation = sql::TryAs<sql::SetOperation>(body)) body = operation->left;
  std::vector<std::string> of_body;
  if (const auto* select = sql::TryAs<sql::QuerySpecification>(body)) {
    for (const sql::SelectItem& item : select->items) of_body.emplace_back(item.name);
  }
  if (of_body == view.column_names) return "";
  std::string columns;
  for (const std::string& name : view.column_names) {
    columns += (columns.empty() ? "" : ",") + Backquoted(name);
  }
  return fmt::format(" ({})", columns);
}

}  // namespace

std::string ShowCreateTable(const TableDef& table, uint64_t next_auto_increment,
                            uint64_t sql_mode) {
  return TableText(table, next_auto_increment, sql_mode).Print();
}

std::string ShowCreateView(const catalog::ViewDef& view, std::string_view current_schema) {
  Arena arena;
  const sql::QueryExpression& query = *sql::ParseQuery(view.select_text, {}, &arena);
  const size_t at = view.definer.rfind('@');
  const bool here = current_schema == view.schema;
  std::string text =
      fmt::format("CREATE ALGORITHM={} DEFINER={}@{} SQL SECURITY {} VIEW {}{}{} AS {}",
                  view.algorithm, Backquoted(view.definer.substr(0, at)),
                  Backquoted(at == std::string::npos ? "%" : view.definer.substr(at + 1)),
                  view.security_invoker ? "INVOKER" : "DEFINER",
                  here ? "" : Backquoted(view.schema) + ".", Backquoted(view.name),
                  ViewColumnList(view, query), here ? BodyWithin(view, query) : view.select_text);
  if (!view.check_option.empty()) text += fmt::format(" WITH {} CHECK OPTION", view.check_option);
  return text;
}

std::string ShowCreateSchema(const catalog::SchemaDef& schema, bool if_not_exists) {
  const types::Collation& collation = *schema.collation;
  std::string text = fmt::format("CREATE DATABASE {}{} /*!40100 DEFAULT CHARACTER SET {}",
                                 if_not_exists ? "/*!32312 IF NOT EXISTS*/ " : "",
                                 Backquoted(schema.name), collation.charset->name);
  if (!collation.is_default || std::string_view(collation.charset->name) == "utf8mb4") {
    text += fmt::format(" COLLATE {}", collation.name);
  }
  return text +
         fmt::format(" */ /*!80016 DEFAULT ENCRYPTION='{}' */", schema.encrypted ? 'Y' : 'N');
}

}  // namespace sixfold::exec
