// The virtual tables of information_schema, performance_schema and mysql, by name.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/plan/virtual_table.h"

namespace sixfold::server {

class Server;
class Session;

/// One column of a virtual table.
struct VirtualColumn {
  enum class Type : uint8_t {
    kText,
    kLongText,
    kInt,  // BIGINT, as kUint; MySQL's smaller ones decide which type an expression gets
    kUint,
    kInt32,
    kUint32,
    kDouble,
    kDatetime,
    kDatetime6,
  };
  std::string_view name;
  Type type = Type::kText;
  uint32_t length = 64;  // kText: characters
  bool nullable = true;
};

/// Cells of one row, filled in definition order. Texts are copied by the receiver; what is made up
/// for a cell is kept until the row is sent.
class VirtualRow {
 public:
  VirtualRow(size_t columns, const plan::RowReceiver& receive) : receive_(receive) {
    values_.reserve(columns);
    columns_ = columns;
  }
  VirtualRow& Text(std::string_view text) { return Put(types::Value::String(Keep(text))); }
  /// NULL when empty.
  VirtualRow& TextOrNull(std::string_view text) { return text.empty() ? Null() : Text(text); }
  VirtualRow& Int(int64_t number) { return Put(types::Value::Int(number)); }
  VirtualRow& Uint(uint64_t number) { return Put(types::Value::Uint(number)); }
  VirtualRow& Double(double number) { return Put(types::Value::Double(number)); }
  VirtualRow& Datetime(int64_t packed) { return Put(types::Value::Datetime(packed)); }
  VirtualRow& Null() { return Put(types::Value::Null()); }
  VirtualRow& Nulls(size_t count) {
    for (; count > 0; --count) Null();
    return *this;
  }
  /// Sends the row, which must be full, and begins the next.
  void Send();

 private:
  VirtualRow& Put(types::Value value) {
    values_.push_back(value);
    return *this;
  }
  std::string_view Keep(std::string_view text) {
    return *kept_.emplace_back(std::make_unique<std::string>(text));
  }

  const plan::RowReceiver& receive_;
  size_t columns_;
  std::vector<types::Value> values_;
  std::vector<std::unique_ptr<std::string>> kept_;
};

/// What a WHERE clause fixes, by column name; "" where nothing is.
class VirtualHints {
 public:
  VirtualHints(std::span<const VirtualColumn> columns, std::span<const plan::VirtualScanHint> hints)
      : columns_(columns), hints_(hints) {}
  std::string_view Get(std::string_view column) const;

 private:
  std::span<const VirtualColumn> columns_;
  std::span<const plan::VirtualScanHint> hints_;
};

using VirtualFill = void (*)(Session& session, const VirtualHints& hints, VirtualRow& row);

struct VirtualTableSpec {
  std::string_view schema;
  std::string_view name;
  std::span<const VirtualColumn> columns;
  VirtualFill fill;  // null: always empty
};

/// A point in time (Unix seconds) as a DATETIME of the session's time zone, packed.
int64_t LocalDatetime(Session& session, int64_t seconds);

/// information_schema, performance_schema.
bool IsVirtualSchema(std::string_view schema);

std::unique_ptr<plan::VirtualTables> MakeVirtualTables(Server& server);

// The families, each in its file.
std::span<const VirtualTableSpec> SchemaInformation();  // schemata, tables, columns, keys …
std::span<const VirtualTableSpec>
ServerInformation();  // engines, charsets, processlist, variables …
std::span<const VirtualTableSpec> AccountInformation();      // privileges, mysql.user …
std::span<const VirtualTableSpec> PerformanceInformation();  // sums that monitors read, empty
std::span<const VirtualTableSpec> EmptyInformation();        // routines, triggers, events …

}  // namespace sixfold::server
