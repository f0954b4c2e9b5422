#include "core/catalog/encoding.h"

#include "core/base/bytes.h"
#include "core/types/collation.h"

namespace sixfold::catalog {
namespace {

/// Writes and reads fields in one order: Visit(f, object) below serves both directions.
class FieldWriter {
 public:
  explicit FieldWriter(std::string* out) : out_(out) {}
  void Number(uint64_t v) { PutVarint(out_, v); }
  void Text(std::string_view v) { PutLengthPrefixed(out_, v); }

  template <typename T>
  void Field(const T& v) {
    Number(static_cast<uint64_t>(v));
  }
  void Field(const std::string& v) { Text(v); }
  template <typename Tag>
  void Field(const StrongInt<Tag>& v) {
    Number(v.value());
  }
  void Field(const types::Collation* const& v) { Number(v == nullptr ? 0 : v->id); }
  void Field(const std::optional<std::string>& v) {
    Number(v.has_value() ? 1 : 0);
    if (v) Text(*v);
  }

 private:
  std::string* out_;
};

class FieldReader {
 public:
  explicit FieldReader(std::string_view in) : in_(in) {}
  bool ok() const { return in_.ok() && !bad_; }
  bool empty() const { return in_.empty(); }
  uint64_t Number() { return in_.Varint(); }
  std::string_view Text() { return in_.LengthPrefixed(); }
  /// How many elements follow; never more than bytes are left.
  size_t Count() {
    const uint64_t n = Number();
    if (n > in_.remaining()) bad_ = true;
    return bad_ ? 0 : n;
  }

  template <typename T>
  void Field(T& v) {
    v = static_cast<T>(Number());
  }
  void Field(std::string& v) { v = Text(); }
  template <typename Tag>
  void Field(StrongInt<Tag>& v) {
    v = StrongInt<Tag>(Number());
  }
  void Field(const types::Collation*& v) {
    const uint64_t id = Number();
    v = id == 0 ? nullptr : types::FindCollation(static_cast<uint16_t>(id));
    if (id != 0 && v == nullptr) bad_ = true;
  }
  void Field(std::optional<std::string>& v) {
    v.reset();
    if (Number() != 0) v = std::string(Text());
  }

 private:
  ByteReader in_;
  bool bad_ = false;
};

template <typename T, typename Visit>
void List(FieldWriter& f, const std::vector<T>& items, Visit visit) {
  f.Number(items.size());
  for (const T& item : items) visit(item);
}
template <typename T, typename Visit>
void List(FieldReader& f, std::vector<T>& items, Visit visit) {
  items.resize(f.Count());
  for (T& item : items) visit(item);
}

void Labels(FieldWriter& f, const types::DataType& type) {
  f.Number(type.labels == nullptr ? 0 : type.labels->size() + 1);
  if (type.labels == nullptr) return;
  for (const std::string& label : *type.labels) f.Text(label);
}
void Labels(FieldReader& f, types::DataType& type) {
  type.labels = nullptr;
  const size_t count = f.Count();
  if (count == 0) return;
  auto labels = std::make_shared<std::vector<std::string>>(count - 1);
  for (std::string& label : *labels) label = f.Text();
  type.labels = std::move(labels);
}

template <typename F, typename T>
void VisitType(F& f, T& type) {
  f.Field(type.id);
  f.Field(type.is_unsigned);
  f.Field(type.zerofill);
  f.Field(type.nullable);
  f.Field(type.precision);
  f.Field(type.scale);
  f.Field(type.length);
  f.Field(type.collation);
  Labels(f, type);
}

template <typename F, typename T>
void VisitColumn(F& f, T& column) {
  f.Field(column.name);
  VisitType(f, column.type);
  f.Field(column.storage_id);
  f.Field(column.default_literal);
  f.Field(column.default_expression);
  f.Field(column.on_update);
  f.Field(column.generated);
  f.Field(column.generated_stored);
  f.Field(column.auto_increment);
  f.Field(column.invisible);
  f.Field(column.instant_default);
  f.Field(column.comment);
}

template <typename F, typename T>
void VisitIndex(F& f, T& index) {
  f.Field(index.id);
  f.Field(index.name);
  f.Field(index.kind);
  List(f, index.parts, [&f](auto& part) {
    f.Field(part.column);
    f.Field(part.prefix_length);
    f.Field(part.descending);
  });
  f.Field(index.visible);
  f.Field(index.comment);
}

template <typename F, typename T>
void VisitForeignKey(F& f, T& key) {
  f.Field(key.name);
  List(f, key.columns, [&f](auto& column) { f.Field(column); });
  f.Field(key.parent_schema);
  f.Field(key.parent_table);
  List(f, key.parent_columns, [&f](auto& column) { f.Field(column); });
  f.Field(key.on_delete);
  f.Field(key.on_update);
}

template <typename F, typename T>
void VisitTable(F& f, T& table) {
  f.Field(table.id);
  f.Field(table.version);
  f.Field(table.schema);
  f.Field(table.name);
  List(f, table.columns, [&f](auto& column) { VisitColumn(f, column); });
  List(f, table.indexes, [&f](auto& index) { VisitIndex(f, index); });
  f.Field(table.implicit_row_id);
  List(f, table.foreign_keys, [&f](auto& key) { VisitForeignKey(f, key); });
  List(f, table.referenced_by, [&f](auto& child) {
    f.Field(child.first);
    f.Field(child.second);
  });
  List(f, table.checks, [&f](auto& check) {
    f.Field(check.name);
    f.Field(check.expression);
    f.Field(check.enforced);
  });
  f.Field(table.engine);
  f.Field(table.collation);
  f.Field(table.row_format);
  f.Field(table.comment);
  f.Field(table.create_options);
  f.Field(table.partition_text);
  f.Field(table.create_time_s);
  f.Field(table.next_storage_id);
  f.Field(table.initial_auto_increment);
}

template <typename F, typename T>
void VisitView(F& f, T& view) {
  f.Field(view.schema);
  f.Field(view.name);
  f.Field(view.version);
  f.Field(view.select_text);
  List(f, view.column_names, [&f](auto& name) { f.Field(name); });
  f.Field(view.algorithm);
  f.Field(view.definer);
  f.Field(view.security_invoker);
  f.Field(view.check_option);
  f.Field(view.character_set_client);
  f.Field(view.collation_connection);
}

template <typename F, typename T>
void VisitSchema(F& f, T& schema) {
  f.Field(schema.id);
  f.Field(schema.name);
  f.Field(schema.collation);
  f.Field(schema.encrypted);
}

template <typename T, typename Visit>
std::string Encode(const T& object, Visit visit) {
  std::string out(1, static_cast<char>(kDefinitionVersion));
  FieldWriter f(&out);
  visit(f, object);
  return out;
}

template <typename T, typename Visit>
std::shared_ptr<T> Decode(std::string_view bytes, Visit visit) {
  if (bytes.empty() || static_cast<uint8_t>(bytes[0]) != kDefinitionVersion) return nullptr;
  FieldReader f(bytes.substr(1));
  auto object = std::make_shared<T>();
  visit(f, *object);
  return f.ok() ? object : nullptr;
}

/// Ordinals inside a definition must name columns it has.
bool Consistent(const TableDef& table) {
  if (table.columns.empty() || table.indexes.empty()) return false;
  for (const IndexDef& index : table.indexes) {
    for (const KeyPart& part : index.parts) {
      if (part.column >= table.columns.size()) return false;
    }
  }
  for (const ForeignKeyDef& key : table.foreign_keys) {
    for (uint32_t column : key.columns) {
      if (column >= table.columns.size()) return false;
    }
  }
  return true;
}

}  // namespace

std::string EncodeSchema(const SchemaDef& schema) {
  return Encode(schema, [](auto& f, auto& o) { VisitSchema(f, o); });
}
std::string EncodeTable(const TableDef& table) {
  return Encode(table, [](auto& f, auto& o) { VisitTable(f, o); });
}
std::string EncodeView(const ViewDef& view) {
  return Encode(view, [](auto& f, auto& o) { VisitView(f, o); });
}

std::shared_ptr<SchemaDef> DecodeSchema(std::string_view bytes) {
  return Decode<SchemaDef>(bytes, [](auto& f, auto& o) { VisitSchema(f, o); });
}
std::shared_ptr<TableDef> DecodeTable(std::string_view bytes) {
  auto table = Decode<TableDef>(bytes, [](auto& f, auto& o) { VisitTable(f, o); });
  return table != nullptr && Consistent(*table) ? table : nullptr;
}
std::shared_ptr<ViewDef> DecodeView(std::string_view bytes) {
  return Decode<ViewDef>(bytes, [](auto& f, auto& o) { VisitView(f, o); });
}

}  // namespace sixfold::catalog
