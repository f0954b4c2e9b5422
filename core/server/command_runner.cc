#include "core/server/command_runner.h"

#include "core/base/check.h"
#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/protocol/execute_request.h"
#include "core/protocol/reply.h"
#include "core/server/accounts.h"
#include "core/server/connection.h"
#include "core/server/plan_cache.h"
#include "core/server/prepared_statements.h"
#include "core/server/result_rows.h"
#include "core/server/server.h"
#include "core/server/session.h"
#include "core/server/statement_runner.h"
#include "core/server/statements.h"
#include "core/server/status_counters.h"
#include "core/server/variable_ids.h"
#include "core/server/wire_sink.h"
#include "core/sql/ast.h"
#include "core/sql/parser.h"
#include "core/types/collation.h"
#include "core/types/error_codes.h"
#include "core/types/sql_error.h"

namespace sixfold::server {
namespace {

using protocol::Command;
namespace capability = protocol::capability;

constexpr std::string_view kSyntaxPrefix =
    "You have an error in your SQL syntax; check the manual that corresponds to your MySQL server "
    "version for the right syntax to use";

std::string_view CommandName(Command command) {
  switch (command) {
    case Command::kQuit:
      return "Quit";
    case Command::kInitDb:
      return "Init DB";
    case Command::kQuery:
      return "Query";
    case Command::kFieldList:
      return "Field List";
    case Command::kStatistics:
      return "Statistics";
    case Command::kProcessKill:
      return "Kill";
    case Command::kPing:
      return "Ping";
    case Command::kStmtPrepare:
      return "Prepare";
    case Command::kStmtExecute:
      return "Execute";
    case Command::kStmtSendLongData:
      return "Long Data";
    case Command::kStmtClose:
      return "Close stmt";
    case Command::kStmtReset:
      return "Reset stmt";
    case Command::kSetOption:
      return "Set option";
    case Command::kStmtFetch:
      return "Fetch";
    case Command::kResetConnection:
      return "Reset Connection";
    default:
      return "Sleep";
  }
}

// A statement is looked at before it runs.
bool ServesExpiredPassword(Command command) {
  switch (command) {
    case Command::kQuery:
    case Command::kQuit:
    case Command::kPing:
    case Command::kStmtClose:
    case Command::kStmtSendLongData:
      return true;
    default:
      return false;
  }
}

SqlError MalformedPacket() { return MakeError(ErrorCode::kMalformedPacket); }

SqlError UnknownStatement(uint32_t id, std::string_view command) {
  const std::string name = fmt::format("{}", id);
  return MakeError(ErrorCode::kUnknownStmtHandler, name, command);
}

}  // namespace

CommandRunner::CommandRunner(Server& server, Connection& connection, Session& session)
    : server_(server),
      connection_(connection),
      session_(session),
      statements_(std::make_unique<StatementRunner>(server, connection, session)),
      prepared_(std::make_unique<PreparedStatements>()),
      plans_(std::make_unique<PlanCache>(server.shared_plans())) {
  session_.local_infile = [this](std::string_view name, bool first) {
    return ReadLocalFile(name, first);
  };
}

CommandRunner::~CommandRunner() = default;

void CommandRunner::UseSchema(std::string_view name) { server::UseSchema(session_, name); }

void CommandRunner::ReplyLoggedIn() {
  session_.SetCommand("Sleep", "", false);
  statements_->ReplyOk();
}

void CommandRunner::ReplyOk() { statements_->ReplyOk(); }

void CommandRunner::ReplyEof() {
  protocol::OkPacket ok;
  ok.status = session_.StatusFlags();
  protocol::WriteResultEnd(&connection_.channel().out(), session_.capabilities(), ok);
}

void CommandRunner::Reset() {
  prepared_->Clear();
  plans_->Clear();
  session_.Reset();
}

CommandRunner::Outcome CommandRunner::Run(std::string_view payload) {
  if (payload.empty()) {
    statements_->ReplyError(MakeError(ErrorCode::kUnknownComError));
    return Outcome::kReplied;
  }
  const auto command = static_cast<uint8_t>(payload[0]);
  Outcome outcome = Outcome::kReplied;
  statements_->BeginCommand();
  try {
    outcome = Dispatch(command, payload.substr(1));
  } catch (const SqlError& error) {
    statements_->ReplyError(error);
  } catch (const std::exception& error) {
    log::Error("command {} failed: {}", command, error.what());
    statements_->ReplyError(MakeError(ErrorCode::kUnknownError));
  }
  if (outcome != Outcome::kParked) session_.SetCommand("Sleep", "", false);
  return outcome;
}

CommandRunner::Outcome CommandRunner::Dispatch(uint8_t code, std::string_view body) {
  const auto command = static_cast<Command>(code);
  if (session_.must_change_password && !ServesExpiredPassword(command)) {
    server_.accounts().RequireChangedPassword(session_);
  }
  switch (command) {
    case Command::kQuit:
      return Outcome::kClose;
    case Command::kQuery:
      return Query(body);
    case Command::kStmtExecute:
      return Execute(body);
    case Command::kStmtPrepare:
      return Prepare(body);
    case Command::kStmtFetch:
      return Fetch(body);
    case Command::kStmtClose: {
      StatusCounters::Add(server_.counters().com_stmt_close);
      if (prepared_->Close(protocol::StatementIdOf(body))) {
        server_.counters().prepared_statements.fetch_sub(1);
      }
      return Outcome::kReplied;
    }
    case Command::kStmtReset:
      return ResetStatement(body);
    case Command::kStmtSendLongData:
      return LongData(body);
    case Command::kInitDb:
      return InitDb(body);
    case Command::kPing:
    case Command::kDebug:
      if (command == Command::kDebug) {
        server_.accounts().RequireGlobal(session_, catalog::Privilege::kSuper);
        ReplyEof();
      } else {
        ReplyOk();
      }
      return Outcome::kReplied;
    case Command::kResetConnection:
      Reset();
      ReplyOk();
      return Outcome::kReplied;
    case Command::kFieldList:
      return FieldList(body);
    case Command::kSetOption:
      return SetOption(body);
    case Command::kStatistics:
      return Statistics();
    case Command::kProcessKill:
      return KillProcess(body);
    case Command::kProcessInfo: {
      return QueryText("SHOW PROCESSLIST");
    }
    case Command::kShutdown:
      server_.accounts().RequireGlobal(session_, catalog::Privilege::kShutdown);
      server_.RequestStop();
      ReplyOk();
      return Outcome::kReplied;
    case Command::kRefresh:
      server_.accounts().RequireGlobal(session_, catalog::Privilege::kReload);
      ReplyOk();
      return Outcome::kReplied;
    default:
      throw MakeError(ErrorCode::kUnknownComError);
  }
}

// ---- COM_QUERY ----

CommandRunner::Outcome CommandRunner::Query(std::string_view body) {
  std::string_view text;
  if (!protocol::ParseQueryBody(body, session_.capabilities(), &text).ok()) {
    throw MalformedPacket();
  }
  return QueryText(text);
}

CommandRunner::Outcome CommandRunner::QueryText(std::string_view text) {
  StatusCounters::Add(server_.counters().queries);
  // Copied: LOAD DATA LOCAL reads more packets while trees point into the text. The parser takes
  // utf8mb4.
  const types::Collation* client = session_.client_collation();
  if (client->charset->IsUtf8() || types::IsAscii(text)) {
    text_.assign(text);
  } else {
    text_.clear();
    types::ConvertCharset(text, *client->charset, types::kUtf8mb4Charset, &text_);
  }
  rest_ = text_;
  session_.SetCommand(CommandName(Command::kQuery), text_, true);
  const auto cached = RunCached();
  if (!cached) return RunStatements();
  switch (*cached) {
    case StatementRunner::Outcome::kParked:
      return Outcome::kParked;
    case StatementRunner::Outcome::kClose:
      return Outcome::kClose;
    default:
      return Outcome::kReplied;
  }
}

std::optional<StatementRunner::Outcome> CommandRunner::RunCached() {
  CachedPlan* cached = nullptr;
  try {
    cached = plans_->Find(session_, text_, &parameters_);
  } catch (const SqlError&) {
    return std::nullopt;  // the plain way says what is wrong
  }
  if (cached == nullptr) return std::nullopt;
  StatementRunner::Request request;
  request.tree = cached->source->tree;
  request.text = cached->source->text;
  request.statement_text = text_;
  request.cached = cached;
  request.parameters = parameters_;
  const StatementRunner::Outcome outcome = statements_->Run(request);
  plans_->NoteRun(cached);
  return outcome;
}

CommandRunner::Outcome CommandRunner::RunStatements() {
  for (bool more = true; more;) {
    Arena arena;
    sql::ParseOptions options;
    options.sql_mode = session_.sql_mode();
    sql::ParseResult parsed;
    const std::string_view source = rest_;
    try {
      parsed = sql::Parse(source, options, &arena);
      if (!parsed.is_last && !(session_.capabilities() & capability::kMultiStatements)) {
        std::string_view next = source.substr(parsed.consumed);
        next.remove_prefix(std::min(next.find_first_not_of(" \t\r\n"), next.size()));
        throw MakeError(ErrorCode::kParseError, kSyntaxPrefix, next, 1);
      }
    } catch (const SqlError& error) {
      statements_->ReplyStatementError(error);
      return Outcome::kReplied;
    }
    more = !parsed.is_last;
    rest_ = source.substr(parsed.consumed);
    StatementRunner::Request request;
    request.tree = parsed.statement;
    request.text = source;
    request.statement_text = source.substr(0, parsed.consumed);
    request.last = !more;
    const StatementRunner::Outcome outcome =
        parsed.statement->kind == sql::Statement::Kind::kExecute
            ? ExecuteNamed(sql::As<sql::ExecuteStatement>(*parsed.statement), request)
            : statements_->Run(request);
    switch (outcome) {
      case StatementRunner::Outcome::kReplied:
        break;
      case StatementRunner::Outcome::kParked:
        return Outcome::kParked;
      case StatementRunner::Outcome::kFailed:
        return Outcome::kReplied;
      case StatementRunner::Outcome::kClose:
        return Outcome::kClose;
    }
  }
  return Outcome::kReplied;
}

CommandRunner::Outcome CommandRunner::FinishCommit() {
  const StatementRunner::Outcome outcome = statements_->FinishCommit();
  session_.SetCommand("Sleep", "", false);
  return outcome == StatementRunner::Outcome::kClose ? Outcome::kClose : Outcome::kReplied;
}

StatementRunner::Outcome CommandRunner::ExecuteNamed(const sql::ExecuteStatement& statement,
                                                     StatementRunner::Request request) {
  Prepared* prepared = prepared_->FindNamed(statement.name);
  try {
    if (prepared == nullptr) {
      throw MakeError(ErrorCode::kUnknownStmtHandler, statement.name, "EXECUTE");
    }
    if (statement.using_variables.size() != prepared->parameter_count) {
      throw MakeError(ErrorCode::kWrongArguments, "EXECUTE");
    }
  } catch (const SqlError& error) {
    statements_->ReplyStatementError(error);
    return StatementRunner::Outcome::kFailed;
  }
  std::vector<plan::Parameter> parameters(statement.using_variables.size());
  for (size_t i = 0; i < parameters.size(); ++i) {
    parameters[i].value = session_.UserVariable(statement.using_variables[i], &parameters[i].type);
  }
  request.tree = prepared->tree;
  request.text = prepared->text;
  request.statement_text = prepared->text;
  request.prepared = prepared->plan.get();
  request.parameters = parameters;
  return statements_->Run(request);
}

// ---- prepared statements of the binary protocol ----

CommandRunner::Outcome CommandRunner::Prepare(std::string_view text) {
  StatusCounters::Add(server_.counters().com_stmt_prepare);
  session_.SetCommand("Prepare", text, true);
  session_.BeginStatement(text, /*keep_diagnostics=*/false);
  const auto limit =
      static_cast<uint64_t>(server_.globals().Get(vars::MaxPreparedStmtCount()).integer);
  if (server_.counters().prepared_statements.load() >= limit) {
    throw MakeError(ErrorCode::kMaxPreparedStmtCountReached, limit);
  }
  Prepared& prepared = prepared_->Add(PrepareText(session_, text));
  server_.counters().prepared_statements.fetch_add(1);
  std::span<const plan::ResultColumn> columns;
  if (prepared.plan != nullptr) columns = prepared.plan->columns();
  auto& out = connection_.channel().out();
  protocol::WritePrepareOk(&out, prepared.id, static_cast<uint16_t>(columns.size()),
                           static_cast<uint16_t>(prepared.parameter_count), 0);
  const uint16_t status = session_.StatusFlags();
  if (prepared.parameter_count > 0) {
    plan::ResultColumn marker;
    marker.name = "?";
    marker.type.id = types::TypeId::kVarbinary;
    marker.type.collation = &types::kBinaryCollation;
    for (uint32_t i = 0; i < prepared.parameter_count; ++i) {
      WriteColumnMetadata(&out, marker, nullptr, /*with_default=*/false);
    }
    protocol::WriteEofUnlessDeprecated(&out, session_.capabilities(), status, 0);
  }
  if (!columns.empty()) {
    for (const plan::ResultColumn& column : columns) {
      WriteColumnMetadata(&out, column, session_.results_collation(), /*with_default=*/false);
    }
    protocol::WriteEofUnlessDeprecated(&out, session_.capabilities(), status, 0);
  }
  return Outcome::kReplied;
}

CommandRunner::Outcome CommandRunner::Execute(std::string_view body) {
  StatusCounters::Add(server_.counters().com_stmt_execute);
  const uint32_t id = protocol::StatementIdOf(body);
  Prepared* prepared = prepared_->Find(id);
  if (prepared == nullptr) throw UnknownStatement(id, "mysqld_stmt_execute");
  prepared->cursor.reset();
  const Status status =
      protocol::ParseExecute(body, prepared->parameter_count, session_.capabilities(),
                             prepared->has_long_data, &prepared->parameter_types, &execute_);
  if (!status.ok()) throw MalformedPacket();
  session_.SetCommand("Execute", prepared->text, true);
  parameter_arena_.Reset();
  BindParameters(session_, *prepared, execute_, &parameter_arena_, &parameters_);
  StatementRunner::Request request;
  request.tree = prepared->tree;
  request.text = prepared->text;
  request.statement_text = prepared->text;
  request.protocol = WireSink::Protocol::kBinary;
  request.prepared = prepared->plan.get();
  request.parameters = parameters_;
  const bool wants_cursor =
      (execute_.flags & static_cast<uint8_t>(protocol::CursorFlags::kReadOnly)) != 0 &&
      prepared->plan != nullptr && !prepared->plan->columns().empty();
  const StatementRunner::Outcome outcome =
      wants_cursor ? OpenCursor(*prepared, request) : statements_->Run(request);
  if (!execute_.parameters.empty()) prepared->ForgetLongData();
  switch (outcome) {
    case StatementRunner::Outcome::kParked:
      return Outcome::kParked;
    case StatementRunner::Outcome::kClose:
      return Outcome::kClose;
    default:
      return Outcome::kReplied;
  }
}

// Rows are computed now and kept; the reply has the columns alone.
StatementRunner::Outcome CommandRunner::OpenCursor(Prepared& prepared,
                                                   StatementRunner::Request request) {
  auto cursor = std::make_unique<CursorSink>(session_);
  request.sink = cursor.get();
  request.last = true;
  session_.suppress_reply = true;
  const StatementRunner::Outcome outcome = statements_->Run(request);
  session_.suppress_reply = false;
  if (outcome != StatementRunner::Outcome::kReplied) return outcome;
  auto& out = connection_.channel().out();
  protocol::WriteColumnCount(&out, cursor->columns().size());
  for (const plan::ResultColumn& column : cursor->columns()) {
    WriteColumnMetadata(&out, column, session_.results_collation(), /*with_default=*/false);
  }
  protocol::OkPacket ok;
  ok.status =
      static_cast<uint16_t>(session_.StatusFlags() | protocol::server_status::kCursorExists);
  protocol::WriteResultEnd(&out, session_.capabilities(), ok);
  prepared.cursor = std::move(cursor);
  prepared.cursor_row = 0;
  return outcome;
}

CommandRunner::Outcome CommandRunner::Fetch(std::string_view body) {
  StatusCounters::Add(server_.counters().com_stmt_fetch);
  if (body.size() < 8) throw MalformedPacket();
  const uint32_t id = protocol::StatementIdOf(body);
  const uint32_t wanted = protocol::StatementIdOf(body.substr(4));
  Prepared* prepared = prepared_->Find(id);
  if (prepared == nullptr) throw UnknownStatement(id, "mysqld_stmt_fetch");
  if (prepared->cursor == nullptr) throw MakeError(ErrorCode::kStmtHasNoOpenCursor, id);
  auto& out = connection_.channel().out();
  CursorSink& cursor = *prepared->cursor;
  for (uint32_t i = 0; i < wanted && prepared->cursor_row < cursor.row_count(); ++i) {
    out.BeginPacket();
    out.PutBytes(cursor.row(prepared->cursor_row++));
    out.EndPacket();
  }
  const bool done = prepared->cursor_row >= cursor.row_count();
  protocol::OkPacket ok;
  ok.status = static_cast<uint16_t>(
      session_.StatusFlags() |
      (done ? protocol::server_status::kLastRowSent : protocol::server_status::kCursorExists));
  protocol::WriteResultEnd(&out, session_.capabilities(), ok);
  if (done) prepared->cursor.reset();
  return Outcome::kReplied;
}

CommandRunner::Outcome CommandRunner::ResetStatement(std::string_view body) {
  StatusCounters::Add(server_.counters().com_stmt_reset);
  const uint32_t id = protocol::StatementIdOf(body);
  Prepared* prepared = prepared_->Find(id);
  if (prepared == nullptr) throw UnknownStatement(id, "mysqld_stmt_reset");
  prepared->cursor.reset();
  prepared->ForgetLongData();
  ReplyOk();
  return Outcome::kReplied;
}

// Never answered; what is wrong shows at the execute.
CommandRunner::Outcome CommandRunner::LongData(std::string_view body) {
  StatusCounters::Add(server_.counters().com_stmt_send_long_data);
  if (body.size() < 6) return Outcome::kReplied;
  Prepared* prepared = prepared_->Find(protocol::StatementIdOf(body));
  if (prepared == nullptr) return Outcome::kReplied;
  const size_t parameter = static_cast<uint8_t>(body[4]) | static_cast<uint8_t>(body[5]) << 8;
  if (parameter >= prepared->parameter_count) return Outcome::kReplied;
  std::string& data = prepared->long_data[parameter];
  if (data.size() + body.size() - 6 > session_.max_allowed_packet()) return Outcome::kReplied;
  prepared->has_long_data[parameter] = true;
  data.append(body.substr(6));
  return Outcome::kReplied;
}

// ---- small commands ----

CommandRunner::Outcome CommandRunner::InitDb(std::string_view name) {
  session_.SetCommand("Init DB", name, true);
  UseSchema(name);
  ReplyOk();
  return Outcome::kReplied;
}

CommandRunner::Outcome CommandRunner::FieldList(std::string_view body) {
  const std::string_view table = body.substr(0, body.find('\0'));
  std::string quoted;
  for (char c : table) {
    quoted += c;
    if (c == '`') quoted += c;
  }
  CollectingSink rows;
  statements_->RunInternal(fmt::format("SELECT * FROM `{}` LIMIT 0", quoted), rows);
  auto& out = connection_.channel().out();
  for (const plan::ResultColumn& column : rows.columns()) {
    WriteColumnMetadata(&out, column, session_.results_collation(), /*with_default=*/true);
  }
  ReplyEof();
  return Outcome::kReplied;
}

CommandRunner::Outcome CommandRunner::SetOption(std::string_view body) {
  if (body.size() < 2) throw MalformedPacket();
  const uint32_t bit = capability::kMultiStatements;
  switch (body[0]) {
    case 0:
      session_.set_capabilities(session_.capabilities() | bit);
      break;
    case 1:
      session_.set_capabilities(session_.capabilities() & ~bit);
      break;
    default:
      throw MakeError(ErrorCode::kUnknownComError);
  }
  ReplyEof();
  return Outcome::kReplied;
}

CommandRunner::Outcome CommandRunner::Statistics() {
  const StatusCounters& c = server_.counters();
  const uint64_t uptime_s = (server_.clock().MonotonicMillis() - server_.started_ms()) / 1000;
  const uint64_t questions = c.questions.load();
  auto& out = connection_.channel().out();
  out.BeginPacket();
  out.PutBytes(fmt::format(
      "Uptime: {}  Threads: {}  Questions: {}  Slow queries: {}  Opens: 0  Flush tables: 0  "
      "Open tables: 0  Queries per second avg: {:.3f}",
      uptime_s, server_.connection_count(), questions, c.slow_queries.load(),
      uptime_s == 0 ? 0.0 : static_cast<double>(questions) / static_cast<double>(uptime_s)));
  out.EndPacket();
  return Outcome::kReplied;
}

CommandRunner::Outcome CommandRunner::KillProcess(std::string_view body) {
  if (body.size() < 4) throw MalformedPacket();
  return QueryText(fmt::format("KILL {}", protocol::StatementIdOf(body)));
}

std::string CommandRunner::ReadLocalFile(std::string_view name, bool first) {
  Channel& channel = connection_.channel();
  const uint64_t timeout_ms =
      static_cast<uint64_t>(session_.Variable(vars::NetReadTimeout()).integer) * 1000;
  if (first) {
    protocol::WriteLocalInfileRequest(&channel.out(), name);
    if (!channel.FlushBlocking(timeout_ms)) throw MakeError(ErrorCode::kNetErrorOnWrite);
  }
  if (auto* transaction = session_.open_transaction()) transaction->ReleaseViews();
  std::string_view piece;
  if (!channel.ReadPacketBlocking(&piece, timeout_ms)) throw MakeError(ErrorCode::kNetReadError);
  channel.out().set_sequence(static_cast<uint8_t>(channel.in().sequence() + 1));
  statements_->BeginCommand();
  return std::string(piece);
}

}  // namespace sixfold::server
