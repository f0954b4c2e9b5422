// WireSink: the rows of a statement as MySQL packets, text or binary, straight into the
// connection's output buffer. What each column needs is decided once, in BeginRows; no row
// allocates.
//
// Rows leave for the socket while the statement runs (kFlushBytes), without waiting; a client that
// does not read makes the buffer grow to kMostBytes, then the statement waits for it (bracketed).
// The closing packet is the statement runner's: it may come only after the commit.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/exec/result_sink.h"
#include "core/protocol/constants.h"
#include "core/protocol/output_buffer.h"

namespace sixfold::types {
struct Charset;
struct Collation;
class TimeZone;
}  // namespace sixfold::types

namespace sixfold::server {

class Session;

/// How one column goes to the wire.
struct WireColumn {
  enum class Form : uint8_t {
    kTiny,
    kShort,
    kLong,
    kLongLong,
    kFloat,
    kDouble,
    kDecimal,
    kBytes,
    kDate,
    kTime,
    kDatetime,
    kBit,
    kJson,
  };
  Form form = Form::kBytes;
  bool is_unsigned = false;
  uint8_t scale = 31;     // digits behind the point; 31: as many as needed
  uint32_t zerofill = 0;  // width
  uint8_t bit_bytes = 0;
  const types::Charset* from = nullptr;  // convert from … to …; null: bytes as they are
  const types::Charset* to = nullptr;
  bool ascii_stays = false;               // ASCII text has the same bytes in both
  const types::TimeZone* zone = nullptr;  // TIMESTAMP: shown in the session's zone
};

/// The column's metadata packet and how its values are written.
void WriteColumnMetadata(protocol::OutputBuffer* out, const plan::ResultColumn& column,
                         const types::Collation* results, bool with_default);
WireColumn MakeWireColumn(const types::DataType& type, const types::Collation* results,
                          const types::TimeZone* zone);

class WireSink final : public exec::ResultSink {
 public:
  enum class Protocol { kText, kBinary };

  /// `flush(wait)`: sends what the buffer holds; with `wait` until all is out. False: client gone.
  WireSink(Session& session, protocol::OutputBuffer* out, Protocol protocol,
           std::function<bool(bool wait)> flush);

  void BeginRows(std::span<const plan::ResultColumn> columns) override;
  void AddRows(const types::RowBatch& batch) override;
  void EndRows() override {}

  bool began() const { return began_; }
  uint64_t rows() const { return rows_; }

 private:
  void AddTextRow(const types::RowBatch& batch, uint32_t row);
  void AddBinaryRow(const types::RowBatch& batch, uint32_t row);

  Session& session_;
  protocol::OutputBuffer& out_;
  const Protocol protocol_;
  std::function<bool(bool)> flush_;
  std::vector<WireColumn> columns_;
  std::string scratch_;
  bool began_ = false;
  uint64_t rows_ = 0;
};

/// Keeps binary rows for COM_STMT_FETCH: each a packet payload, back to back.
class CursorSink final : public exec::ResultSink {
 public:
  explicit CursorSink(Session& session) : session_(session) {}
  void BeginRows(std::span<const plan::ResultColumn> columns) override;
  void AddRows(const types::RowBatch& batch) override;
  void EndRows() override {}

  const std::vector<plan::ResultColumn>& columns() const { return columns_; }
  bool began() const { return began_; }
  size_t row_count() const { return ends_.size(); }
  std::string_view row(size_t index) const {
    const size_t begin = index == 0 ? 0 : ends_[index - 1];
    return rows_.view().substr(begin, ends_[index] - begin);
  }

 private:
  Session& session_;
  std::vector<plan::ResultColumn> columns_;
  std::vector<WireColumn> wire_;
  protocol::OutputBuffer rows_;
  std::vector<size_t> ends_;
  std::string scratch_;
  bool began_ = false;
};

}  // namespace sixfold::server
