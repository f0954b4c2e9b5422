// COM_STMT_EXECUTE and COM_QUERY with query attributes, decoded into neutral parameters. All views
// point into the packet. Hostile input gives a Status.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/base/status.h"
#include "core/protocol/constants.h"
#include "core/protocol/row_writer.h"

namespace sixfold::protocol {

enum class CursorFlags : uint8_t { kNone = 0, kReadOnly = 1, kForUpdate = 2, kScrollable = 4 };
inline constexpr uint8_t kExecuteParameterCountAvailable = 0x08;

struct ParameterType {
  FieldType type = FieldType::kNull;
  bool is_unsigned = false;
};

struct Parameter {
  enum class Kind : uint8_t {
    kNull,
    kInt,
    kUint,
    kFloat,
    kDouble,
    kBytes,
    kDecimalText,
    kDate,
    kDatetime,
    kTime,
    kLongData,  // sent before by COM_STMT_SEND_LONG_DATA; the session has the bytes
  };
  Kind kind = Kind::kNull;
  FieldType type = FieldType::kNull;
  int64_t integer = 0;      // kInt; kUint as bits
  double number = 0;        // kFloat, kDouble
  std::string_view bytes;   // kBytes, kDecimalText
  BinaryTemporal temporal;  // kDate, kDatetime, kTime
  std::string_view name;    // query attributes only
};

struct ExecuteRequest {
  uint32_t statement_id = 0;
  uint8_t flags = 0;
  std::vector<Parameter> parameters;
};

/// The statement id of COM_STMT_EXECUTE, FETCH, CLOSE, RESET and SEND_LONG_DATA bodies (without the
/// command byte); 0 when too short.
uint32_t StatementIdOf(std::string_view body);

/// `*types` are those bound by an earlier execute; replaced when the client sends new ones.
/// `has_long_data[i]`: parameter i comes from COM_STMT_SEND_LONG_DATA. `body` is without the
/// command byte. The request's vectors are reused.
Status ParseExecute(std::string_view body, size_t parameter_count, Capabilities capabilities,
                    const std::vector<bool>& has_long_data, std::vector<ParameterType>* types,
                    ExecuteRequest* request);

/// Splits the body of COM_QUERY into its attributes (skipped) and the statement's text.
Status ParseQueryBody(std::string_view body, Capabilities capabilities, std::string_view* text);

}  // namespace sixfold::protocol
