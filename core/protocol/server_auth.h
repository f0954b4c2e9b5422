// ServerAuth: who a client is, as a state machine without I/O. Used at the connection's start and
// for COM_CHANGE_USER.
//
//   Start(response) --> kDone (ok or denied), or a packet was written and Continue(reply) follows
//
// States: native reply awaited; sha2 reply awaited; full exchange: password in clear (TLS, Unix
// socket) or public-key request, then the encrypted password. An unknown user goes through the same
// packets and fails at the end, so that names cannot be told apart by the exchange.
//
// Sha2Cache keeps SHA256(SHA256(password)) of accounts that passed a full exchange, keyed by the
// account and its authentication_string: a changed password misses by itself. Thread-safe.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/protocol/password.h"

namespace sixfold::protocol {

class KeyPair;
class OutputBuffer;

class Sha2Cache {
 public:
  std::optional<Sha256Digest> Find(std::string_view account, std::string_view stored) const;
  void Insert(std::string_view account, std::string_view stored, const Sha256Digest& digest);

 private:
  struct Entry {
    std::string stored;
    Sha256Digest digest;
  };
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Entry> entries_;  // guarded by mutex_
};

/// What the catalog says about an account; `exists` false for an unknown user.
struct AuthAccount {
  bool exists = false;
  std::string name;  // "user@host" as defined, the cache key
  std::string plugin;
  std::string stored;  // authentication_string
};

class ServerAuth {
 public:
  enum class Step { kWrotePacket, kAllowed, kDenied };

  /// `secure`: TLS or a Unix socket, where a password may travel in clear.
  ServerAuth(AuthAccount account, std::string challenge, bool secure, const KeyPair* keys,
             Sha2Cache* cache);

  /// The first answer, made for `client_plugin` with the challenge.
  Step Start(std::string_view client_plugin, std::string_view response, OutputBuffer* out);
  /// A later packet of the client.
  Step Continue(std::string_view payload, OutputBuffer* out);
  bool used_password() const { return used_password_; }

 private:
  enum class State { kStart, kScramble, kFull, kEncrypted, kDone };

  Step CheckScramble(std::string_view response, OutputBuffer* out);
  Step CheckClearPassword(std::string_view password);
  Step Finish(bool allowed);

  AuthAccount account_;
  std::string challenge_;
  bool secure_;
  const KeyPair* keys_;
  Sha2Cache* cache_;
  State state_ = State::kStart;
  bool used_password_ = false;
};

}  // namespace sixfold::protocol
