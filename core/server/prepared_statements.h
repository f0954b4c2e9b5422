// PreparedStatements: a connection's prepared statements, of the binary protocol (by id) and of
// PREPARE (by name), with their parameter types, long data and open cursors.
//
// A statement keeps its text, tree and plan. What the executor does not prepare (SET, SHOW, DDL …)
// keeps its tree alone. One thread.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/arena.h"
#include "core/exec/statement.h"
#include "core/protocol/execute_request.h"

namespace sixfold::sql {
struct Statement;
}

namespace sixfold::server {

class CursorSink;
class Session;

struct Prepared {
  uint32_t id = 0;
  std::string text;
  std::string schema;  // current database when it was prepared
  Arena arena;
  const sql::Statement* tree = nullptr;
  uint32_t parameter_count = 0;
  std::unique_ptr<exec::PreparedStatement> plan;  // null: not the executor's
  std::vector<protocol::ParameterType> parameter_types;
  std::vector<bool> has_long_data;
  std::vector<std::string> long_data;
  std::unique_ptr<CursorSink> cursor;
  size_t cursor_row = 0;

  void ForgetLongData();
};

/// Parses and plans; throws. 1295 for statements that cannot be prepared.
std::unique_ptr<Prepared> PrepareText(Session& session, std::string_view text);

/// The client's parameters as values; bytes point into the packet, the long data and the arena.
void BindParameters(Session& session, const Prepared& prepared,
                    const protocol::ExecuteRequest& request, Arena* arena,
                    std::vector<plan::Parameter>* out);

class PreparedStatements {
 public:
  ~PreparedStatements();

  Prepared& Add(std::unique_ptr<Prepared> prepared);
  Prepared* Find(uint32_t id);
  bool Close(uint32_t id);

  void PutNamed(std::string_view name, std::unique_ptr<Prepared> prepared);
  Prepared* FindNamed(std::string_view name);
  bool CloseNamed(std::string_view name);

  void Clear();
  size_t size() const { return by_id_.size() + by_name_.size(); }

 private:
  uint32_t next_id_ = 1;
  std::map<uint32_t, std::unique_ptr<Prepared>> by_id_;
  std::map<std::string, std::unique_ptr<Prepared>, std::less<>> by_name_;
};

}  // namespace sixfold::server
