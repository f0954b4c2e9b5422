#include "core/protocol/tls_session.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "core/base/check.h"
#include "core/protocol/packet_stream.h"

namespace sixfold::protocol {
namespace {

constexpr size_t kRecordBytes = 16 * 1024;

Status TlsError(std::string_view attempted) {
  char text[256] = "connection closed";
  if (const unsigned long code = ERR_get_error(); code != 0) {
    ERR_error_string_n(code, text, sizeof(text));
  }
  ERR_clear_error();
  return InvalidArgument("{}: {}", attempted, text);
}

}  // namespace

std::unique_ptr<TlsSession> TlsSession::Make(ssl_ctx_st* context, bool server) {
  std::unique_ptr<TlsSession> session(new TlsSession);
  session->ssl_ = SSL_new(context);
  CHECK(session->ssl_ != nullptr);
  SSL_set_bio(session->ssl_, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  if (server) {
    SSL_set_accept_state(session->ssl_);
  } else {
    SSL_set_connect_state(session->ssl_);
  }
  return session;
}

std::unique_ptr<TlsSession> TlsSession::Accept(ssl_ctx_st* context) { return Make(context, true); }
std::unique_ptr<TlsSession> TlsSession::Connect(ssl_ctx_st* context) {
  return Make(context, false);
}

TlsSession::~TlsSession() {
  if (ssl_ != nullptr) SSL_free(ssl_);
}

void TlsSession::Drain(std::string* cipher_out) {
  BIO* bio = SSL_get_wbio(ssl_);
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio, &bytes);
  if (size > 0) cipher_out->append(bytes, static_cast<size_t>(size));
  (void)BIO_reset(bio);
}

Status TlsSession::Receive(std::string_view cipher_in, PacketStream* plain,
                           std::string* cipher_out) {
  ERR_clear_error();
  if (!cipher_in.empty() &&
      BIO_write(SSL_get_rbio(ssl_), cipher_in.data(), static_cast<int>(cipher_in.size())) !=
          static_cast<int>(cipher_in.size())) {
    return TlsError("buffer TLS bytes");
  }
  if (!established_) {
    const int done = SSL_do_handshake(ssl_);
    Drain(cipher_out);
    if (done != 1) {
      const int error = SSL_get_error(ssl_, done);
      if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) return OkStatus();
      return TlsError("TLS handshake");
    }
    established_ = true;
  }
  for (;;) {
    size_t room;
    char* to = plain->Room(kRecordBytes, &room);
    const int count = SSL_read(ssl_, to, static_cast<int>(std::min<size_t>(room, 1 << 30)));
    if (count > 0) {
      plain->Filled(static_cast<size_t>(count));
      continue;
    }
    Drain(cipher_out);
    const int error = SSL_get_error(ssl_, count);
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) return OkStatus();
    return TlsError("TLS read");
  }
}

Status TlsSession::Send(std::string_view plain, std::string* cipher_out) {
  CHECK(established_);
  ERR_clear_error();
  while (!plain.empty()) {
    const int piece = static_cast<int>(std::min<size_t>(plain.size(), 1 << 20));
    const int count = SSL_write(ssl_, plain.data(), piece);
    if (count <= 0) return TlsError("TLS write");
    plain.remove_prefix(static_cast<size_t>(count));
    Drain(cipher_out);
  }
  return OkStatus();
}

std::string_view TlsSession::version() const { return SSL_get_version(ssl_); }
std::string_view TlsSession::cipher() const { return SSL_get_cipher(ssl_); }

}  // namespace sixfold::protocol
