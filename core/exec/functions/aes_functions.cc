// AES_ENCRYPT and AES_DECRYPT: the modes of block_encryption_mode, and keys made by HKDF or PBKDF2.
#include <openssl/evp.h>
#include <openssl/kdf.h>

#include <charconv>
#include <memory>

#include "core/exec/functions/arguments.h"
#include "core/exec/functions/tables.h"
#include "core/plan/session_context.h"
#include "core/types/charset.h"
#include "core/types/diagnostics.h"
#include "core/types/error_codes.h"
#include "core/types/sql_error.h"

namespace sixfold::exec {
namespace {

using std::string_view;
using types::Value;

constexpr size_t kIvBytes = 16;
constexpr int kFewestIterations = 1000;
constexpr int kMostIterations = 65535;

const unsigned char* Bytes(string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* Bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

struct AesMode {
  std::string name;  // as OpenSSL writes it: aes-256-cbc
  size_t key_bytes = 16;
  bool takes_iv = false;
};

AesMode CurrentMode(EvalContext& context) {
  types::DataType type;
  const Value value = context.session->SystemVariable(
      "block_encryption_mode", plan::VariableScope::kSession, &type, context.arena);
  AesMode mode;
  mode.name = std::string(value.is_string() ? value.bytes() : string_view("aes-128-ecb"));
  if (mode.name.size() < 11) mode.name = "aes-128-ecb";
  int bits = 128;
  std::from_chars(mode.name.data() + 4, mode.name.data() + 7, bits);
  mode.key_bytes = static_cast<size_t>(bits) / 8;
  mode.takes_iv = !mode.name.ends_with("ecb");
  if (mode.name.ends_with("cfb128")) mode.name.resize(mode.name.size() - 3);  // OpenSSL's name
  return mode;
}

/// MySQL's own key: the password's bytes folded by XOR into the key's length.
std::string FoldedKey(string_view password, size_t key_bytes) {
  std::string key(key_bytes, '\0');
  for (size_t i = 0; i < password.size(); ++i)
    key[i % key_bytes] = static_cast<char>(key[i % key_bytes] ^ password[i]);
  return key;
}

std::string HkdfKey(string_view password, string_view salt, string_view info, size_t key_bytes) {
  std::string key(key_bytes, '\0');
  std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> kdf(
      EVP_PKEY_CTX_new_id(EVP_PKEY_HKDF, nullptr), EVP_PKEY_CTX_free);
  size_t size = key_bytes;
  const bool ok =
      kdf != nullptr && EVP_PKEY_derive_init(kdf.get()) == 1 &&
      EVP_PKEY_CTX_set_hkdf_md(kdf.get(), EVP_sha512()) == 1 &&
      EVP_PKEY_CTX_set1_hkdf_key(kdf.get(), Bytes(password), static_cast<int>(password.size())) ==
          1 &&
      (salt.empty() ||
       EVP_PKEY_CTX_set1_hkdf_salt(kdf.get(), Bytes(salt), static_cast<int>(salt.size())) == 1) &&
      (info.empty() ||
       EVP_PKEY_CTX_add1_hkdf_info(kdf.get(), Bytes(info), static_cast<int>(info.size())) == 1) &&
      EVP_PKEY_derive(kdf.get(), Bytes(key), &size) == 1;
  if (!ok) throw MakeError(ErrorCode::kWrongArguments, "aes key derivation");
  return key;
}

std::string Pbkdf2Key(string_view password, string_view salt, string_view iterations,
                      size_t key_bytes) {
  int rounds = kFewestIterations;
  if (!iterations.empty()) {
    const auto end = iterations.data() + iterations.size();
    const auto read = std::from_chars(iterations.data(), end, rounds);
    if (read.ptr != end || rounds < kFewestIterations || rounds > kMostIterations)
      throw MakeError(ErrorCode::kWrongArguments, "pbkdf2_hmac iterations");
  }
  std::string key(key_bytes, '\0');
  if (PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()), Bytes(salt),
                        static_cast<int>(salt.size()), rounds, EVP_sha512(),
                        static_cast<int>(key_bytes), Bytes(key)) != 1)
    throw MakeError(ErrorCode::kWrongArguments, "pbkdf2_hmac");
  return key;
}

/// The arguments after the initialization vector: the derivation's name, its salt, and HKDF's info
/// or PBKDF2's rounds. False: one of them is NULL.
bool MakeKey(const FunctionCall& call, EvalContext& context, string_view password, size_t key_bytes,
             std::string* key) {
  if (call.args().size() < 4) {
    *key = FoldedKey(password, key_bytes);
    return true;
  }
  string_view name, salt, last;
  if (!BytesArg(call, 3, context, &name)) return false;
  if (call.args().size() > 4 && !BytesArg(call, 4, context, &salt)) return false;
  if (call.args().size() > 5 && !BytesArg(call, 5, context, &last)) return false;
  if (types::EqualsIgnoreAsciiCase(name, "hkdf")) {
    *key = HkdfKey(password, salt, last, key_bytes);
  } else if (types::EqualsIgnoreAsciiCase(name, "pbkdf2_hmac")) {
    *key = Pbkdf2Key(password, salt, last, key_bytes);
  } else {
    throw MakeError(ErrorCode::kWrongArguments, call.def().name);
  }
  return true;
}

/// False: the text is not what the key and the mode made.
bool RunCipher(bool encrypt, const AesMode& mode, string_view key, string_view iv, string_view in,
               std::string* out) {
  std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> cipher(EVP_CIPHER_CTX_new(),
                                                                         EVP_CIPHER_CTX_free);
  const EVP_CIPHER* algorithm = EVP_get_cipherbyname(mode.name.c_str());
  if (algorithm == nullptr) return false;
  out->resize(in.size() + kIvBytes);
  int first = 0, rest = 0;
  const bool ok = EVP_CipherInit_ex(cipher.get(), algorithm, nullptr, Bytes(key),
                                    mode.takes_iv ? Bytes(iv) : nullptr, encrypt) == 1 &&
                  EVP_CipherUpdate(cipher.get(), Bytes(*out), &first, Bytes(in),
                                   static_cast<int>(in.size())) == 1 &&
                  EVP_CipherFinal_ex(cipher.get(), Bytes(*out) + first, &rest) == 1;
  if (!ok) return false;
  out->resize(static_cast<size_t>(first) + static_cast<size_t>(rest));
  return true;
}

template <bool encrypt>
Value EvalAes(const FunctionCall& call, EvalContext& context) {
  const AesMode mode = CurrentMode(context);
  if (mode.takes_iv && call.args().size() < 3)
    throw MakeError(ErrorCode::kWrongParamcountToNativeFct, call.def().name);
  string_view text, password, iv;
  if (!BytesArg(call, 0, context, &text) || !BytesArg(call, 1, context, &password))
    return Value::Null();
  if (mode.takes_iv) {
    if (!BytesArg(call, 2, context, &iv)) return Value::Null();
    if (iv.size() < kIvBytes) throw MakeError(ErrorCode::kAesInvalidIv, call.def().name, kIvBytes);
  } else if (call.args().size() == 3) {
    context.diagnostics->Warn(ErrorCode::kWarnOptionIgnored, "IV");
  }
  std::string key, out;
  if (!MakeKey(call, context, password, mode.key_bytes, &key)) return Value::Null();
  if (!RunCipher(encrypt, mode, key, iv, text, &out)) return Value::Null();
  return TextResult(context, out);
}

void BindAes(FunctionCall& call, BindContext&) { BindBinary(call, ArgLength(call, 0) * 4 + 16); }

constexpr FunctionDef kAesTable[] = {
    {"aes_decrypt", 2, 6, BindAes, EvalAes<false>},
    {"aes_encrypt", 2, 6, BindAes, EvalAes<true>},
};

}  // namespace

FunctionTable AesFunctions() { return kAesTable; }

}  // namespace sixfold::exec
