// Tables whose rows are made when asked for: information_schema, performance_schema, parts of
// mysql. core/server fills the registry; the executor scans them like any other table (no indexes).
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "core/catalog/definitions.h"
#include "core/types/value.h"

namespace sixfold::plan {

class SessionContext;

/// Values the planner found for columns in WHERE col = constant: a filler may use them to do less
/// (schema and table name), the executor filters again anyway.
struct VirtualScanHint {
  uint32_t column;
  std::string_view text;
};

/// Receives one full row in definition order; the values are copied.
using RowReceiver = std::function<void(std::span<const types::Value>)>;

class VirtualTable {
 public:
  virtual ~VirtualTable() = default;
  virtual const catalog::TablePtr& definition() const = 0;
  virtual void Fill(SessionContext& session, std::span<const VirtualScanHint> hints,
                    const RowReceiver& receive) const = 0;
};

class VirtualTables {
 public:
  virtual ~VirtualTables() = default;
  /// Null: none. Schema and table names compare case-insensitively here, as information_schema's
  /// do.
  virtual const VirtualTable* Find(std::string_view schema, std::string_view table) const = 0;
  virtual std::vector<const VirtualTable*> List(std::string_view schema) const = 0;
};

}  // namespace sixfold::plan
