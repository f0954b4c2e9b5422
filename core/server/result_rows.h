// ResultRows: a small result set of texts and integers made by hand (SHOW WARNINGS, CHECK TABLE …).
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "core/exec/result_sink.h"

namespace sixfold::server {

/// A VARCHAR column of so many characters; 0: BIGINT UNSIGNED.
struct ResultColumnSpec {
  std::string_view name;
  uint32_t length = 64;
};

/// A cell: text, number or NULL.
struct ResultCell {
  // NOLINTBEGIN(google-explicit-constructor): rows are written as lists of plain values.
  ResultCell(std::string_view t) : text(t) {}
  ResultCell(const char* t) : text(t) {}
  ResultCell(const std::string& t) : text(t) {}
  ResultCell(uint64_t n) : number(n), is_number(true) {}
  ResultCell(std::nullptr_t) : is_null(true) {}
  // NOLINTEND(google-explicit-constructor)

  std::string text;
  uint64_t number = 0;
  bool is_number = false;
  bool is_null = false;
};

class ResultRows {
 public:
  ResultRows(exec::ResultSink& sink, std::initializer_list<ResultColumnSpec> columns);
  void Add(std::vector<ResultCell> cells);
  exec::StatementResult Finish();

 private:
  exec::ResultSink& sink_;
  std::vector<plan::ResultColumn> columns_;
  types::RowBatch batch_;
};

/// A sink that keeps every row's values as copies, for the server's own queries.
class CollectingSink final : public exec::ResultSink {
 public:
  void BeginRows(std::span<const plan::ResultColumn> columns) override;
  void AddRows(const types::RowBatch& batch) override;
  void EndRows() override {}

  const std::vector<plan::ResultColumn>& columns() const { return columns_; }
  const std::vector<std::vector<types::Value>>& rows() const { return rows_; }

 private:
  Arena arena_;
  std::vector<plan::ResultColumn> columns_;
  std::vector<std::vector<types::Value>> rows_;
};

/// The sum over the rows of a hash of each row's values: the same for the same rows in any order.
uint64_t HashRows(const types::RowBatch& batch);

}  // namespace sixfold::server
