// TlsSession: TLS of one connection as a pure byte transformer: cipher text in, plain text out, and
// back. Its owner moves the bytes. One thread at a time.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/base/status.h"

struct ssl_st;
struct ssl_ctx_st;

namespace sixfold::protocol {

class PacketStream;

class TlsSession {
 public:
  static std::unique_ptr<TlsSession> Accept(ssl_ctx_st* context);
  /// The client's side, for probes and tests; verifies nothing.
  static std::unique_ptr<TlsSession> Connect(ssl_ctx_st* context);
  ~TlsSession();
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;

  /// Takes cipher text, appends the plain text it yields to `plain` and whatever must be sent
  /// (handshake, alerts) to `*cipher_out`. An error ends the connection.
  Status Receive(std::string_view cipher_in, PacketStream* plain, std::string* cipher_out);
  /// Encrypts; appends to `*cipher_out`. Only once established.
  Status Send(std::string_view plain, std::string* cipher_out);

  bool established() const { return established_; }
  std::string_view version() const;
  std::string_view cipher() const;

 private:
  TlsSession() = default;
  static std::unique_ptr<TlsSession> Make(ssl_ctx_st* context, bool server);
  void Drain(std::string* cipher_out);

  ssl_st* ssl_ = nullptr;
  bool established_ = false;
};

}  // namespace sixfold::protocol
