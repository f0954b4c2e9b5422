#include "core/protocol/key_pair.h"

#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cstdio>

#include "core/base/unique_fd.h"

namespace sixfold::protocol {
namespace {

constexpr int kKeyBits = 2048;
constexpr long kCertificateSeconds = 10L * 365 * 24 * 3600;

struct BioDeleter {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
struct CertificateDeleter {
  void operator()(X509* certificate) const { X509_free(certificate); }
};
struct KeyContextDeleter {
  void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
};
struct KeyDeleter {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using UniqueBio = std::unique_ptr<BIO, BioDeleter>;
using UniqueCertificate = std::unique_ptr<X509, CertificateDeleter>;
using UniqueKey = std::unique_ptr<EVP_PKEY, KeyDeleter>;

Status OpenSslError(std::string_view attempted) {
  char text[256] = "unknown error";
  if (const unsigned long code = ERR_get_error(); code != 0) {
    ERR_error_string_n(code, text, sizeof(text));
  }
  ERR_clear_error();
  return Internal("{}: {}", attempted, text);
}

UniqueCertificate SelfSign(EVP_PKEY* key) {
  UniqueCertificate certificate(X509_new());
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), kCertificateSeconds);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME* name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("sixfold-auto-generated"), -1,
                             -1, 0);
  X509_set_issuer_name(certificate.get(), name);
  if (X509_sign(certificate.get(), key, EVP_sha256()) == 0) return nullptr;
  return certificate;
}

Status WritePem(const std::string& path, const std::function<int(BIO*)>& write) {
  UniqueBio memory(BIO_new(BIO_s_mem()));
  if (write(memory.get()) != 1) return OpenSslError("encode " + path);
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &bytes);
  const std::string temporary = path + ".new";
  {
    UniqueFd file(open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (!file.valid()) return ErrnoStatus(errno, "create " + temporary);
    if (::write(file.get(), bytes, static_cast<size_t>(size)) != size) {
      return ErrnoStatus(errno, "write " + temporary);
    }
  }
  if (rename(temporary.c_str(), path.c_str()) != 0)
    return ErrnoStatus(errno, "rename " + temporary);
  return OkStatus();
}

Status CreateFiles(const std::string& key_path, const std::string& certificate_path) {
  UniqueKey key(EVP_RSA_gen(kKeyBits));
  if (key == nullptr) return OpenSslError("generate an RSA key");
  const UniqueCertificate certificate = SelfSign(key.get());
  if (certificate == nullptr) return OpenSslError("sign a certificate");
  // The key goes last: its presence says that both are there.
  RETURN_IF_ERROR(WritePem(certificate_path,
                           [&](BIO* bio) { return PEM_write_bio_X509(bio, certificate.get()); }));
  return WritePem(key_path, [&](BIO* bio) {
    return PEM_write_bio_PrivateKey(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  });
}

StatusOr<std::string> PublicPem(EVP_PKEY* key) {
  UniqueBio memory(BIO_new(BIO_s_mem()));
  if (PEM_write_bio_PUBKEY(memory.get(), key) != 1) return OpenSslError("encode the public key");
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &bytes);
  return std::string(bytes, static_cast<size_t>(size));
}

}  // namespace

StatusOr<std::unique_ptr<KeyPair>> KeyPair::LoadOrCreate(const std::string& folder) {
  const std::string key_path = folder + "/server-key.pem";
  const std::string certificate_path = folder + "/server-cert.pem";
  mkdir(folder.c_str(), 0700);
  {
    UniqueFd lock(open((folder + "/tls.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!lock.valid()) return ErrnoStatus(errno, "create " + folder + "/tls.lock");
    if (flock(lock.get(), LOCK_EX) != 0) return ErrnoStatus(errno, "lock " + folder);
    if (access(key_path.c_str(), R_OK) != 0) {
      RETURN_IF_ERROR(CreateFiles(key_path, certificate_path));
    }
  }
  std::unique_ptr<KeyPair> pair(new KeyPair);
  const UniqueBio file(BIO_new_file(key_path.c_str(), "r"));
  if (file == nullptr) return OpenSslError("open " + key_path);
  pair->key_ = PEM_read_bio_PrivateKey(file.get(), nullptr, nullptr, nullptr);
  if (pair->key_ == nullptr) return OpenSslError("read " + key_path);
  ASSIGN_OR_RETURN(pair->public_key_pem_, PublicPem(pair->key_));
  pair->tls_context_ = SSL_CTX_new(TLS_server_method());
  if (pair->tls_context_ == nullptr) return OpenSslError("make a TLS context");
  SSL_CTX_set_min_proto_version(pair->tls_context_, TLS1_2_VERSION);
  SSL_CTX_set_mode(pair->tls_context_, SSL_MODE_RELEASE_BUFFERS);
  if (SSL_CTX_use_certificate_chain_file(pair->tls_context_, certificate_path.c_str()) != 1 ||
      SSL_CTX_use_PrivateKey(pair->tls_context_, pair->key_) != 1) {
    return OpenSslError("use " + certificate_path);
  }
  return pair;
}

KeyPair::~KeyPair() {
  if (tls_context_ != nullptr) SSL_CTX_free(tls_context_);
  if (key_ != nullptr) EVP_PKEY_free(key_);
}

StatusOr<std::string> KeyPair::DecryptPassword(std::string_view encrypted,
                                               std::string_view challenge) const {
  const std::unique_ptr<EVP_PKEY_CTX, KeyContextDeleter> context(EVP_PKEY_CTX_new(key_, nullptr));
  if (context == nullptr || EVP_PKEY_decrypt_init(context.get()) != 1 ||
      EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_OAEP_PADDING) != 1) {
    return OpenSslError("prepare to decrypt a password");
  }
  const auto* input = reinterpret_cast<const unsigned char*>(encrypted.data());
  std::string plain(static_cast<size_t>(EVP_PKEY_get_size(key_)), '\0');
  size_t size = plain.size();
  if (EVP_PKEY_decrypt(context.get(), reinterpret_cast<unsigned char*>(plain.data()), &size, input,
                       encrypted.size()) != 1) {
    return OpenSslError("decrypt a password");
  }
  plain.resize(size);
  for (size_t i = 0; i < plain.size(); ++i) {
    plain[i] = static_cast<char>(plain[i] ^ challenge[i % challenge.size()]);
  }
  if (plain.empty() || plain.back() != '\0') return InvalidArgument("the password has no end");
  plain.pop_back();
  return plain;
}

}  // namespace sixfold::protocol
