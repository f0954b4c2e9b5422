#include "core/protocol/reply.h"

#include "core/base/bytes.h"
#include "core/protocol/output_buffer.h"

namespace sixfold::protocol {
namespace {

enum TrackType : uint8_t {
  kTrackSystemVariables = 0,
  kTrackSchema = 1,
  kTrackStateChange = 2,
  kTrackTransactionState = 5,
};

void AppendLenenc(std::string* out, std::string_view text) {
  if (text.size() < 251) {
    out->push_back(static_cast<char>(text.size()));
  } else {
    out->push_back(static_cast<char>(0xfc));
    text = text.substr(0, 0xffff);
    PutFixed(out, static_cast<uint16_t>(text.size()));
  }
  out->append(text);
}

void AppendTracked(std::string* out, TrackType type, std::string_view data) {
  out->push_back(static_cast<char>(type));
  AppendLenenc(out, data);
}

std::string EncodeChanges(const SessionChanges& changes) {
  std::string out;
  std::string data;
  for (const auto& [name, value] : changes.variables) {
    data.clear();
    AppendLenenc(&data, name);
    AppendLenenc(&data, value);
    AppendTracked(&out, kTrackSystemVariables, data);
  }
  if (changes.schema_changed) {
    data.clear();
    AppendLenenc(&data, changes.schema);
    AppendTracked(&out, kTrackSchema, data);
  }
  if (changes.state_changed)
    AppendTracked(&out, kTrackStateChange,
                  std::string_view("\x01"
                                   "1"));
  if (changes.transaction_changed) {
    data.clear();
    AppendLenenc(&data, changes.transaction_state);
    AppendTracked(&out, kTrackTransactionState, data);
  }
  return out;
}

void WriteOkWithHeader(OutputBuffer* out, uint8_t header, Capabilities capabilities,
                       const OkPacket& ok) {
  const bool tracks = (capabilities & capability::kSessionTrack) != 0;
  const bool changed = tracks && ok.changes != nullptr && !ok.changes->empty();
  out->BeginPacket();
  out->PutU8(header);
  out->PutLenencInt(ok.affected_rows);
  out->PutLenencInt(ok.last_insert_id);
  out->PutU16(changed ? ok.status | server_status::kSessionStateChanged : ok.status);
  out->PutU16(ok.warnings);
  // The manual has the info as the rest of the packet for clients without session tracking, yet
  // MySQL's server sends, and PHP's driver insists on, its length before it for them too.
  if (changed || !ok.info.empty()) out->PutLenencString(ok.info);
  if (changed) out->PutLenencString(EncodeChanges(*ok.changes));
  out->EndPacket();
}

void PutColumn(OutputBuffer* out, const ColumnDefinition& column) {
  out->PutLenencString("def");
  out->PutLenencString(column.schema);
  out->PutLenencString(column.table);
  out->PutLenencString(column.original_table);
  out->PutLenencString(column.name);
  out->PutLenencString(column.original_name);
  out->PutLenencInt(0x0c);
  out->PutU16(column.collation);
  out->PutU32(column.length);
  out->PutU8(static_cast<uint8_t>(column.type));
  out->PutU16(column.flags);
  out->PutU8(column.decimals);
  out->PutU16(0);
}

}  // namespace

void WriteOk(OutputBuffer* out, Capabilities capabilities, const OkPacket& ok) {
  WriteOkWithHeader(out, 0x00, capabilities, ok);
}

void WriteResultEnd(OutputBuffer* out, Capabilities capabilities, const OkPacket& ok) {
  if (capabilities & capability::kDeprecateEof) {
    WriteOkWithHeader(out, 0xfe, capabilities, ok);
  } else {
    WriteEof(out, ok.status, ok.warnings);
  }
}

void WriteEofUnlessDeprecated(OutputBuffer* out, Capabilities capabilities, uint16_t status,
                              uint16_t warnings) {
  if (!(capabilities & capability::kDeprecateEof)) WriteEof(out, status, warnings);
}

void WriteEof(OutputBuffer* out, uint16_t status, uint16_t warnings) {
  out->BeginPacket();
  out->PutU8(0xfe);
  out->PutU16(warnings);
  out->PutU16(status);
  out->EndPacket();
}

void WriteError(OutputBuffer* out, uint16_t number, std::string_view sqlstate,
                std::string_view message) {
  out->AbandonPacket();
  out->BeginPacket();
  out->PutU8(0xff);
  out->PutU16(number);
  out->PutU8('#');
  out->PutBytes(sqlstate.size() == 5 ? sqlstate : std::string_view("HY000"));
  out->PutBytes(message.substr(0, 512 * 4));
  out->EndPacket();
}

void WriteColumnCount(OutputBuffer* out, uint64_t count) {
  out->BeginPacket();
  out->PutLenencInt(count);
  out->EndPacket();
}

void WriteColumnDefinition(OutputBuffer* out, const ColumnDefinition& column) {
  out->BeginPacket();
  PutColumn(out, column);
  out->EndPacket();
}

void WriteFieldListDefinition(OutputBuffer* out, const ColumnDefinition& column) {
  out->BeginPacket();
  PutColumn(out, column);
  out->PutU8(0xfb);
  out->EndPacket();
}

void WritePrepareOk(OutputBuffer* out, uint32_t statement_id, uint16_t columns, uint16_t parameters,
                    uint16_t warnings) {
  out->BeginPacket();
  out->PutU8(0);
  out->PutU32(statement_id);
  out->PutU16(columns);
  out->PutU16(parameters);
  out->PutU8(0);
  out->PutU16(warnings);
  out->EndPacket();
}

void WriteLocalInfileRequest(OutputBuffer* out, std::string_view file_name) {
  out->BeginPacket();
  out->PutU8(0xfb);
  out->PutBytes(file_name);
  out->EndPacket();
}

}  // namespace sixfold::protocol
