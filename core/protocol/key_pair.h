// KeyPair: the server's RSA key and self-signed certificate, made at its first start and kept in a
// folder. The key serves TLS and caching_sha2_password's exchange over an unencrypted connection
// (the client sends its password XORed with the challenge, OAEP-encrypted to this key).
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/base/status.h"

struct ssl_ctx_st;
struct evp_pkey_st;

namespace sixfold::protocol {

class KeyPair {
 public:
  /// Loads server-key.pem and server-cert.pem of the folder, making them (mode 0600, renamed into
  /// place) when absent. Several processes may race here: the first one's files win.
  static StatusOr<std::unique_ptr<KeyPair>> LoadOrCreate(const std::string& folder);
  ~KeyPair();
  KeyPair(const KeyPair&) = delete;
  KeyPair& operator=(const KeyPair&) = delete;

  const std::string& public_key_pem() const { return public_key_pem_; }
  /// The password of an RSA exchange; an error for anything this key did not encrypt. Thread-safe.
  StatusOr<std::string> DecryptPassword(std::string_view encrypted,
                                        std::string_view challenge) const;
  /// A server context for TLS 1.2 and 1.3.
  ssl_ctx_st* tls_context() const { return tls_context_; }

 private:
  KeyPair() = default;

  evp_pkey_st* key_ = nullptr;
  ssl_ctx_st* tls_context_ = nullptr;
  std::string public_key_pem_;
};

}  // namespace sixfold::protocol
