// From a type as written (TypeSyntax) to a DataType: default lengths, limits, character sets and
// collations as MySQL 8.0 fills them in. Used for columns and for CAST.
#pragma once

#include <string_view>

#include "core/sql/ast_expression.h"
#include "core/types/data_type.h"

namespace sixfold::catalog {

struct TypeContext {
  std::string_view column;                      // named in errors
  const types::Collation* collation = nullptr;  // of strings that name none
};

/// Throws 1074, 1097, 1115, 1253, 1273, 1291, 1367, 1425, 1426, 1427, 1439.
types::DataType BuildType(const sql::TypeSyntax& syntax, const TypeContext& context);

/// The collation that CHARACTER SET and COLLATE (either may be "") ask for; `otherwise` without
/// both.
const types::Collation* ResolveCollation(std::string_view charset, std::string_view collation,
                                         const types::Collation* otherwise);

/// GEOMETRY's subtypes stand in DataType::length, in this order.
enum class GeometryKind : uint8_t {
  kGeometry,
  kPoint,
  kLineString,
  kPolygon,
  kMultiPoint,
  kMultiLineString,
  kMultiPolygon,
  kGeometryCollection
};

}  // namespace sixfold::catalog
