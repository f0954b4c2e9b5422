#include "core/server/connection.h"

#include "core/base/check.h"
#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/base/random.h"
#include "core/protocol/handshake.h"
#include "core/protocol/key_pair.h"
#include "core/protocol/proxy_header.h"
#include "core/protocol/reply.h"
#include "core/protocol/server_auth.h"
#include "core/protocol/tls_session.h"
#include "core/server/accounts.h"
#include "core/server/command_runner.h"
#include "core/server/server.h"
#include "core/server/session.h"
#include "core/types/error_codes.h"
#include "core/types/sql_error.h"

namespace sixfold::server {
namespace {

namespace capability = protocol::capability;
using protocol::PacketStream;

// Before a client is known it gets no room for large packets.
constexpr size_t kLoginPayloadBytes = 256 * 1024;

std::string HostOf(std::string_view address) {
  if (address.empty() || address == "localhost") return "localhost";
  const size_t colon = address.rfind(':');
  std::string host(address.substr(0, colon));
  if (host.size() >= 2 && host.front() == '[') host = host.substr(1, host.size() - 2);
  return host;
}

}  // namespace

Connection::Connection(Server& server, LoopSlot& slot, ConnectionId id, UniqueFd socket,
                       ClientOrigin origin)
    : server_(server),
      slot_(slot),
      id_(id),
      origin_(std::move(origin)),
      channel_(std::move(socket), kLoginPayloadBytes),
      proxy_header_possible_(origin_.accepts_proxy) {
  session_ = std::make_unique<Session>(server, id, HostOf(origin_.address));
  commands_ = std::make_unique<CommandRunner>(server, *this, *session_);
  last_active_ms_ = server.clock().MonotonicMillis();
  slot_.attached.fetch_add(1);
}

Connection::~Connection() { slot_.attached.fetch_sub(1); }

bool Connection::Secure() const {
  return channel_.tls() != nullptr || (origin_.local_socket && origin_.address == "localhost");
}

void Connection::Start() {
  challenge_ = protocol::NewChallenge(&server_.random());
  protocol::Greeting greeting;
  greeting.server_version = kServerVersion;
  greeting.connection_id = static_cast<uint32_t>(id_.value());
  greeting.scramble = challenge_;
  greeting.capabilities =
      protocol::kServerCapabilities | (server_.keys() != nullptr ? capability::kSsl : 0);
  greeting.collation = protocol::kCollationUtf8mb4;
  greeting.status = protocol::server_status::kAutocommit;
  greeting.auth_plugin = protocol::kCachingSha2Plugin;
  channel_.out().set_sequence(0);
  protocol::WriteGreeting(&channel_.out(), greeting);
  ResumeReading();
  if (!channel_.Flush()) {
    writable_ = slot_.events().WatchFd(channel_.fd(), EventLoop::kWrite,
                                       [this](unsigned) { OnWritable(); });
  }
}

void Connection::RefuseTooMany() {
  const SqlError error = MakeError(ErrorCode::kConCountError);
  protocol::WriteError(&channel_.out(), error.number(), error.sqlstate(), error.message());
  channel_.Flush();
  Close();
}

void Connection::ResumeReading() {
  if (reading_ || closing_) return;
  reading_ = true;
  readable_ =
      slot_.events().WatchFd(channel_.fd(), EventLoop::kRead, [this](unsigned) { OnReadable(); });
}

void Connection::PauseReading() {
  readable_.Cancel();
  reading_ = false;
}

void Connection::OnReadable() {
  if (queued_ || parked_ || channel_.wants_write()) {
    PauseReading();
    return;
  }
  const Channel::ReadResult result = channel_.Read();
  if (result == Channel::ReadResult::kClosed) return Close();
  if (result == Channel::ReadResult::kData) NoticePacket();
}

// The header of a relay comes before the client's first packet, and only there.
bool Connection::TakeProxyHeader() {
  if (!proxy_header_possible_) return true;
  std::string bytes = channel_.in().TakeRest();
  if (!protocol::StartsLikeProxyHeader(bytes)) {
    proxy_header_possible_ = false;
    channel_.in().Append(bytes);
    return true;
  }
  const auto header = protocol::ParseProxyHeader(bytes);
  if (!header.ok()) {
    if (header.status().code() != StatusCode::kUnavailable) {
      closing_ = true;
      return true;
    }
    channel_.in().Append(bytes);
    return false;
  }
  proxy_header_possible_ = false;
  if (!header->address.empty()) {
    origin_.address = fmt::format("{}:{}", header->address, header->port);
    session_->set_host(header->address);
  }
  channel_.in().Append(std::string_view(bytes).substr(header->header_bytes));
  return true;
}

void Connection::NoticePacket() {
  if (!TakeProxyHeader()) return;
  if (closing_) return Close();
  if (!channel_.in().HasPacket()) return;
  queued_ = true;
  server_.pool().Ready(slot_, this);
}

void Connection::OnWritable() {
  if (!channel_.Flush()) return;
  writable_.Cancel();
  if (channel_.broken()) return Close();
  if (queued_ || parked_) return;
  if (closing_) return Close();
  ResumeReading();
  NoticePacket();
}

void Connection::Run() {
  session_->set_last_active_ms(server_.clock().MonotonicMillis());
  std::string_view payload;
  switch (channel_.in().Next(&payload)) {
    case PacketStream::Result::kPacket:
      break;
    case PacketStream::Result::kNeedMore:
      return;
    case PacketStream::Result::kTooLarge:
      channel_.out().set_sequence(static_cast<uint8_t>(channel_.in().sequence() + 1));
      return Fail(static_cast<uint16_t>(ErrorCode::kNetPacketTooLarge), "08S01",
                  "Got a packet bigger than 'max_allowed_packet' bytes");
    case PacketStream::Result::kBroken:
      channel_.out().set_sequence(static_cast<uint8_t>(channel_.in().sequence() + 1));
      return Fail(static_cast<uint16_t>(ErrorCode::kNetPacketsOutOfOrder), "08S01",
                  "Got packets out of order");
  }
  channel_.out().set_sequence(static_cast<uint8_t>(channel_.in().sequence() + 1));
  switch (phase_) {
    case Phase::kResponse:
      RunResponse(payload);
      break;
    case Phase::kExchange:
      ContinueExchange(payload);
      break;
    case Phase::kCommand:
      if (!payload.empty() && payload[0] == static_cast<char>(protocol::Command::kChangeUser)) {
        ChangeUser(payload.substr(1));
        break;
      }
      switch (commands_->Run(payload)) {
        case CommandRunner::Outcome::kReplied:
          break;
        case CommandRunner::Outcome::kParked:
          parked_ = true;
          break;
        case CommandRunner::Outcome::kClose:
          closing_ = true;
          break;
      }
      break;
  }
}

void Connection::Finished() {
  queued_ = false;
  last_active_ms_ = session_->last_active_ms();
  if (parked_) {
    if (!commit_arrived_) return;
    commit_arrived_ = false;
    parked_ = false;
    if (commands_->FinishCommit() == CommandRunner::Outcome::kClose) closing_ = true;
  }
  if (channel_.wants_write() && !channel_.Flush()) {
    writable_ = slot_.events().WatchFd(channel_.fd(), EventLoop::kWrite,
                                       [this](unsigned) { OnWritable(); });
    return;
  }
  if (channel_.broken() || closing_ ||
      session_->killed() == static_cast<int>(KillKind::kConnection)) {
    return Close();
  }
  ResumeReading();
  if (channel_.in().HasPacket()) NoticePacket();
}

void Connection::CommitDone() {
  // The session lives until its commit is decided: parked connections are not destroyed.
  slot_.events().Post([this] {
    commit_arrived_ = true;
    if (!queued_) Finished();
  });
}

void Connection::Kill(KillKind kind) {
  session_->Interrupt(static_cast<int>(kind));
  if (kind == KillKind::kConnection) channel_.Shutdown();
}

void Connection::CloseSoon() {
  closing_ = true;
  if (!queued_ && !parked_) Close();
}

void Connection::CheckIdle(uint64_t now_ms) {
  // A statement that computes goes on, as in MySQL: only a wait would be in vain.
  if (queued_ && session_->waiting() && channel_.Abandoned()) Kill(KillKind::kConnection);
  if (queued_ || parked_ || closing_) return;
  const uint64_t limit_ms = logged_in() ? session_->idle_timeout_ms() : server_.login_timeout_ms();
  if (now_ms > last_active_ms_ + limit_ms) Close();
}

void Connection::Close() {
  closing_ = true;
  if (queued_ || parked_) return;
  readable_.Cancel();
  writable_.Cancel();
  reading_ = false;
  server_.Forget(*this);
}

void Connection::Fail(uint16_t number, std::string_view sqlstate, std::string_view message) {
  protocol::WriteError(&channel_.out(), number, sqlstate, message);
  closing_ = true;
}

void Connection::RunResponse(std::string_view payload) {
  const auto response = protocol::ParseHandshakeResponse(payload);
  if (!response.ok()) {
    return Fail(static_cast<uint16_t>(ErrorCode::kHandshakeError), "08S01", "Bad handshake");
  }
  if (response->ssl_request) {
    if (channel_.tls() != nullptr || server_.keys() == nullptr) {
      return Fail(static_cast<uint16_t>(ErrorCode::kHandshakeError), "08S01", "Bad handshake");
    }
    channel_.StartTls(server_.keys()->tls_context());
    session_->tls = channel_.tls();
    return;
  }
  session_->set_capabilities(response->capabilities &
                             (protocol::kServerCapabilities | capability::kSsl));
  session_->set_connect_attributes(response->attributes);
  BeginExchange(
      (response->capabilities & capability::kPluginAuth) ? response->auth_plugin : std::string(),
      response->auth_response, response->user, response->database, response->collation);
}

void Connection::ChangeUser(std::string_view body) {
  const auto request = protocol::ParseChangeUser(body, session_->capabilities());
  if (!request.ok()) {
    return Fail(static_cast<uint16_t>(ErrorCode::kMalformedPacket), "HY000",
                "Malformed communication packet.");
  }
  session_->Reset();
  commands_->Reset();
  session_->set_connect_attributes(request->attributes);
  BeginExchange(request->auth_plugin, request->auth_response, request->user, request->database,
                request->collation);
}

void Connection::BeginExchange(std::string_view plugin, std::string_view response,
                               std::string_view user, std::string_view database,
                               uint16_t collation) {
  session_->set_user(std::string(user));
  pending_database_ = database;
  phase_ = Phase::kExchange;
  protocol::AuthAccount account;
  try {
    session_->SetClientCollation(collation);
    account = server_.accounts().Login(*session_);
  } catch (const SqlError& error) {
    return Fail(error.number(), error.sqlstate(), error.message());
  }
  auth_ = std::make_unique<protocol::ServerAuth>(std::move(account), challenge_, Secure(),
                                                 server_.keys(), &server_.sha2_cache());
  switch (auth_->Start(plugin, response, &channel_.out())) {
    case protocol::ServerAuth::Step::kWrotePacket:
      return;
    case protocol::ServerAuth::Step::kAllowed:
      return FinishExchange(true);
    case protocol::ServerAuth::Step::kDenied:
      return FinishExchange(false);
  }
}

void Connection::ContinueExchange(std::string_view payload) {
  CHECK(auth_ != nullptr);
  switch (auth_->Continue(payload, &channel_.out())) {
    case protocol::ServerAuth::Step::kWrotePacket:
      return;
    case protocol::ServerAuth::Step::kAllowed:
      return FinishExchange(true);
    case protocol::ServerAuth::Step::kDenied:
      return FinishExchange(false);
  }
}

void Connection::FinishExchange(bool allowed) {
  const bool used_password = auth_->used_password();
  auth_.reset();
  try {
    if (!allowed) {
      throw MakeError(ErrorCode::kAccessDeniedError, session_->user(), session_->host(),
                      used_password ? "YES" : "NO");
    }
    server_.accounts().Admit(*session_);
    if (!pending_database_.empty()) commands_->UseSchema(pending_database_);
  } catch (const SqlError& error) {
    server_.CountAbortedConnect();
    return Fail(error.number(), error.sqlstate(), error.message());
  }
  channel_.in().set_max_payload(session_->max_allowed_packet());
  const bool first_login = !logged_in();
  phase_ = Phase::kCommand;
  logged_in_.store(true, std::memory_order_relaxed);
  commands_->ReplyLoggedIn();
  if (first_login && (session_->capabilities() & capability::kCompress) != 0)
    channel_.StartCompression();
}

}  // namespace sixfold::server
