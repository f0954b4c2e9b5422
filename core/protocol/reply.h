// The replies of a server: OK, ERR, EOF, column definitions, LOCAL INFILE requests. Everything
// comes as plain integers and bytes, so that the protocol needs to know no SQL type.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/protocol/constants.h"

namespace sixfold::protocol {

class OutputBuffer;

/// Changes of the session since the last OK, for clients with session tracking.
struct SessionChanges {
  std::vector<std::pair<std::string, std::string>> variables;  // name, new value
  bool schema_changed = false;
  std::string schema;
  bool state_changed = false;
  bool transaction_changed = false;
  std::string transaction_state;  // eight characters, "T_______"

  bool empty() const {
    return variables.empty() && !schema_changed && !state_changed && !transaction_changed;
  }
};

struct OkPacket {
  uint64_t affected_rows = 0;
  uint64_t last_insert_id = 0;
  uint16_t status = 0;
  uint16_t warnings = 0;
  std::string_view info;
  const SessionChanges* changes = nullptr;  // null: none
};

void WriteOk(OutputBuffer* out, Capabilities capabilities, const OkPacket& ok);
/// The end of a result set: an OK with header 0xfe where EOF is deprecated, else EOF.
void WriteResultEnd(OutputBuffer* out, Capabilities capabilities, const OkPacket& ok);
/// EOF between column definitions and rows: nothing where EOF is deprecated.
void WriteEofUnlessDeprecated(OutputBuffer* out, Capabilities capabilities, uint16_t status,
                              uint16_t warnings);
/// An EOF packet in any case (COM_SET_OPTION, COM_STMT_FETCH of old clients).
void WriteEof(OutputBuffer* out, uint16_t status, uint16_t warnings);
void WriteError(OutputBuffer* out, uint16_t number, std::string_view sqlstate,
                std::string_view message);

struct ColumnDefinition {
  std::string_view schema;
  std::string_view table;
  std::string_view original_table;
  std::string_view name;
  std::string_view original_name;
  uint16_t collation = kCollationUtf8mb4;
  uint32_t length = 0;
  FieldType type = FieldType::kNull;
  uint16_t flags = 0;
  uint8_t decimals = 0;
};

void WriteColumnCount(OutputBuffer* out, uint64_t count);
void WriteColumnDefinition(OutputBuffer* out, const ColumnDefinition& column);
/// As above, followed by the default value COM_FIELD_LIST sends (NULL here).
void WriteFieldListDefinition(OutputBuffer* out, const ColumnDefinition& column);

void WritePrepareOk(OutputBuffer* out, uint32_t statement_id, uint16_t columns, uint16_t parameters,
                    uint16_t warnings);
/// Asks the client for a file; it answers with packets of its bytes and an empty one.
void WriteLocalInfileRequest(OutputBuffer* out, std::string_view file_name);

}  // namespace sixfold::protocol
