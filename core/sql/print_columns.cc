// Types, columns, keys and constraints.
#include "core/sql/printer_impl.h"

namespace sixfold::sql {
namespace {

constexpr std::string_view kTypeNames[] = {
    "tinyint",
    "smallint",
    "mediumint",
    "int",
    "bigint",
    "float",
    "double",
    "decimal",
    "bit",
    "tinyint(1)",
    "serial",
    "date",
    "time",
    "datetime",
    "timestamp",
    "year",
    "char",
    "varchar",
    "binary",
    "varbinary",
    "tinytext",
    "text",
    "mediumtext",
    "longtext",
    "tinyblob",
    "blob",
    "mediumblob",
    "longblob",
    "enum",
    "set",
    "json",
    "geometry",
    "point",
    "linestring",
    "polygon",
    "multipoint",
    "multilinestring",
    "multipolygon",
    "geomcollection",
    "signed",
    "unsigned",
};

constexpr std::string_view kAlgorithms[] = {"", "BTREE", "HASH", "RTREE"};
constexpr std::string_view kReferenceActions[] = {"",         "RESTRICT",  "CASCADE",
                                                  "SET NULL", "NO ACTION", "SET DEFAULT"};

}  // namespace

std::string PrintType(const TypeSyntax& type) {
  Printer printer({});
  printer.Print(type);
  return printer.Take();
}

std::string PrintColumnDefinition(const ColumnDefinition& column, const PrintOptions& options) {
  Printer printer(options);
  printer.Print(column);
  return printer.Take();
}

std::string PrintKeyDefinition(const KeyDefinition& key, const PrintOptions& options) {
  Printer printer(options);
  printer.Print(key);
  return printer.Take();
}

void Printer::Print(const TypeSyntax& type) {
  if (type.national) Text("national ");
  Text(kTypeNames[static_cast<size_t>(type.keyword)]);
  if (!type.elements.empty()) {
    Text("(");
    Separated(type.elements, ",", [&](std::string_view element) { Quoted(element); });
    Text(")");
  } else if (type.length >= 0) {
    Text("(");
    Number(type.length);
    if (type.decimals >= 0) {
      Text(",");
      Number(type.decimals);
    }
    Text(")");
  }
  if (type.is_unsigned) Text(" unsigned");
  if (type.zerofill) Text(" zerofill");
  if (!type.charset.empty() && !type.national) {
    Text(" CHARACTER SET ");
    Word(type.charset);
  }
  if (type.binary) Text(" BINARY");
  if (!type.collation.empty()) {
    Text(" COLLATE ");
    Word(type.collation);
  }
}

void Printer::Print(const ColumnDefinition& column) {
  Name(column.name);
  Text(" ");
  const bool serial = column.type.keyword == TypeKeyword::kSerial;
  Print(column.type);
  if (column.generated != GeneratedKind::kNone) {
    Text(" GENERATED ALWAYS AS (");
    Print(*column.generated_as);
    Text(column.generated == GeneratedKind::kStored ? ") STORED" : ") VIRTUAL");
  }
  if (column.nullable == YesNo::kNo && !serial) Text(" NOT NULL");
  if (column.nullable == YesNo::kYes) Text(" NULL");
  if (column.default_value != nullptr) {
    Text(" DEFAULT ");
    if (column.default_is_expression) Text("(");
    const auto* negated = TryAs<Unary>(column.default_value);
    if (!column.default_is_expression && negated != nullptr) {
      Text("-");
      Print(*negated->operand);
    } else {
      Print(*column.default_value);
    }
    if (column.default_is_expression) Text(")");
  }
  if (column.on_update != nullptr) {
    Text(" ON UPDATE ");
    Print(*column.on_update);
  }
  if (column.auto_increment && !serial) Text(" AUTO_INCREMENT");
  constexpr std::string_view kKeys[] = {"", " KEY", " UNIQUE KEY", " PRIMARY KEY"};
  if (!serial) Text(kKeys[static_cast<size_t>(column.key)]);
  if (column.visibility_written) Text(column.invisible ? " INVISIBLE" : " VISIBLE");
  if (column.has_comment) {
    Text(" COMMENT ");
    Quoted(column.comment);
  }
  if (!column.column_format.empty()) {
    Text(" COLUMN_FORMAT ");
    Text(column.column_format);
  }
  if (!column.storage.empty()) {
    Text(" STORAGE ");
    Text(column.storage);
  }
  if (!column.engine_attribute.empty()) {
    Text(" ENGINE_ATTRIBUTE ");
    Quoted(column.engine_attribute);
  }
  if (!column.secondary_engine_attribute.empty()) {
    Text(" SECONDARY_ENGINE_ATTRIBUTE ");
    Quoted(column.secondary_engine_attribute);
  }
  if (column.has_srid) {
    Text(" SRID ");
    Number(column.srid);
  }
  for (const CheckConstraint* check : column.checks) {
    Text(" ");
    PrintCheck(*check);
  }
  if (column.references != nullptr) PrintReference(*column.references);
}

void Printer::PrintCheck(const CheckConstraint& check) {
  if (!check.name.empty()) {
    Text("CONSTRAINT ");
    Name(check.name);
    Text(" ");
  }
  Text("CHECK (");
  Print(*check.expression);
  Text(")");
  if (check.enforced_written) Text(check.enforced ? " ENFORCED" : " NOT ENFORCED");
}

void Printer::PrintReference(const ForeignKeyReference& reference) {
  Text(" REFERENCES ");
  Name(reference.table);
  if (!reference.columns.empty()) {
    Text(" ");
    NamesInParentheses(reference.columns);
  }
  if (!reference.match.empty()) {
    Text(" MATCH ");
    Text(reference.match);
  }
  if (reference.on_delete != ReferenceAction::kNotWritten) {
    Text(" ON DELETE ");
    Text(kReferenceActions[static_cast<size_t>(reference.on_delete)]);
  }
  if (reference.on_update != ReferenceAction::kNotWritten) {
    Text(" ON UPDATE ");
    Text(kReferenceActions[static_cast<size_t>(reference.on_update)]);
  }
}

void Printer::PrintKeyParts(const List<KeyPart>& parts) {
  Text("(");
  Separated(parts, ",", [&](const KeyPart& part) {
    if (part.expression != nullptr) {
      Text("(");
      Print(*part.expression);
      Text(")");
    } else {
      Name(part.column);
      if (part.prefix_length != 0) {
        Text("(");
        Number(part.prefix_length);
        Text(")");
      }
    }
    if (part.descending) Text(" DESC");
  });
  Text(")");
}

void Printer::Print(const KeyDefinition& key) {
  if (key.has_constraint_name) {
    Text("CONSTRAINT ");
    if (!key.constraint_name.empty()) {
      Name(key.constraint_name);
      Text(" ");
    }
  }
  constexpr std::string_view kTypes[] = {"KEY ",          "UNIQUE KEY ",  "PRIMARY KEY ",
                                         "FULLTEXT KEY ", "SPATIAL KEY ", "FOREIGN KEY "};
  Text(kTypes[static_cast<size_t>(key.type)]);
  if (!key.name.empty()) {
    Name(key.name);
    Text(" ");
  }
  PrintKeyParts(key.parts);
  if (key.references != nullptr) PrintReference(*key.references);
  if (key.algorithm != KeyAlgorithm::kNotWritten) {
    Text(" USING ");
    Text(kAlgorithms[static_cast<size_t>(key.algorithm)]);
  }
  if (key.key_block_size != 0) {
    Text(" KEY_BLOCK_SIZE=");
    Number(static_cast<int64_t>(key.key_block_size));
  }
  if (!key.parser.empty()) {
    Text(" WITH PARSER ");
    Name(key.parser);
  }
  if (!key.comment.empty()) {
    Text(" COMMENT ");
    Quoted(key.comment);
  }
  if (!key.engine_attribute.empty()) {
    Text(" ENGINE_ATTRIBUTE ");
    Quoted(key.engine_attribute);
  }
  if (!key.secondary_engine_attribute.empty()) {
    Text(" SECONDARY_ENGINE_ATTRIBUTE ");
    Quoted(key.secondary_engine_attribute);
  }
  if (key.visibility_written) Text(key.invisible ? " INVISIBLE" : " VISIBLE");
}

}  // namespace sixfold::sql
