#include "core/protocol/password.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/sha.h>

#include "core/base/bytes.h"
#include "core/base/check.h"
#include "core/base/random.h"
#include "core/protocol/constants.h"

namespace sixfold::protocol {
namespace {

constexpr std::string_view kSha2Prefix = "$A$005$";
constexpr int kSha2Rounds = 5000;
constexpr size_t kSaltBytes = 20;
constexpr size_t kDigestChars = 43;
constexpr size_t kNativeChars = 41;
constexpr std::string_view kCryptAlphabet =
    "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

using Sha1Digest = std::array<uint8_t, 20>;

template <size_t N>
std::string_view View(const std::array<uint8_t, N>& digest) {
  return {reinterpret_cast<const char*>(digest.data()), N};
}

Sha1Digest Sha1(std::string_view a) {
  Sha1Digest digest;
  SHA1(reinterpret_cast<const uint8_t*>(a.data()), a.size(), digest.data());
  return digest;
}

Sha256Digest Sha256(std::string_view a) {
  Sha256Digest digest;
  SHA256(reinterpret_cast<const uint8_t*>(a.data()), a.size(), digest.data());
  return digest;
}

template <size_t N>
std::string Xor(const std::array<uint8_t, N>& a, const std::array<uint8_t, N>& b) {
  std::string result(N, '\0');
  for (size_t i = 0; i < N; ++i) result[i] = static_cast<char>(a[i] ^ b[i]);
  return result;
}

bool SameBytes(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

// The bytes of `digest` repeated up to `length`.
std::string Repeat(std::string_view digest, size_t length) {
  std::string result;
  result.reserve(length + digest.size());
  while (result.size() < length) result.append(digest);
  result.resize(length);
  return result;
}

void AppendBase64(std::string* out, uint8_t high, uint8_t middle, uint8_t low, int characters) {
  uint32_t bits = (uint32_t{high} << 16) | (uint32_t{middle} << 8) | low;
  for (; characters > 0; --characters, bits >>= 6) out->push_back(kCryptAlphabet[bits & 0x3f]);
}

std::string EncodeDigest(const Sha256Digest& d) {
  std::string out;
  // The byte order is the specification's: each triple rotates by one.
  AppendBase64(&out, d[0], d[10], d[20], 4);
  AppendBase64(&out, d[21], d[1], d[11], 4);
  AppendBase64(&out, d[12], d[22], d[2], 4);
  AppendBase64(&out, d[3], d[13], d[23], 4);
  AppendBase64(&out, d[24], d[4], d[14], 4);
  AppendBase64(&out, d[15], d[25], d[5], 4);
  AppendBase64(&out, d[6], d[16], d[26], 4);
  AppendBase64(&out, d[27], d[7], d[17], 4);
  AppendBase64(&out, d[18], d[28], d[8], 4);
  AppendBase64(&out, d[9], d[19], d[29], 4);
  AppendBase64(&out, 0, d[31], d[30], 3);
  return out;
}

// Ulrich Drepper, "Unix crypt using SHA-256 and SHA-512", steps 1 to 22, with MySQL's 20-byte salt.
std::string ShaCrypt(std::string_view password, std::string_view salt) {
  std::string b(password);
  b.append(salt).append(password);
  const Sha256Digest digest_b = Sha256(b);

  std::string a(password);
  a.append(salt).append(Repeat(View(digest_b), password.size()));
  for (size_t bits = password.size(); bits > 0; bits >>= 1) {
    a.append((bits & 1) ? View(digest_b) : password);
  }
  Sha256Digest digest = Sha256(a);

  std::string dp;
  for (size_t i = 0; i < password.size(); ++i) dp.append(password);
  const std::string p = Repeat(View(Sha256(dp)), password.size());
  std::string ds;
  for (size_t i = 0; i < 16u + digest[0]; ++i) ds.append(salt);
  const std::string s = Repeat(View(Sha256(ds)), salt.size());

  std::string c;
  for (int round = 0; round < kSha2Rounds; ++round) {
    c.clear();
    c.append((round & 1) ? std::string_view(p) : View(digest));
    if (round % 3 != 0) c.append(s);
    if (round % 7 != 0) c.append(p);
    c.append((round & 1) ? View(digest) : std::string_view(p));
    digest = Sha256(c);
  }
  return EncodeDigest(digest);
}

bool FromHex(std::string_view hex, Sha1Digest* digest) {
  if (hex.size() != 2 * digest->size()) return false;
  for (size_t i = 0; i < digest->size(); ++i) {
    uint8_t byte = 0;
    for (char c : hex.substr(2 * i, 2)) {
      const int digit = c >= '0' && c <= '9'   ? c - '0'
                        : c >= 'A' && c <= 'F' ? c - 'A' + 10
                        : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                               : -1;
      if (digit < 0) return false;
      byte = static_cast<uint8_t>(byte * 16 + digit);
    }
    (*digest)[i] = byte;
  }
  return true;
}

}  // namespace

bool KnownAuthPlugin(std::string_view plugin) {
  return plugin == kNativePlugin || plugin == kCachingSha2Plugin;
}

std::string NewChallenge(Random* random) {
  std::string challenge = random->Bytes(kScrambleBytes);
  for (char& c : challenge) {
    c = static_cast<char>(c & 0x7f);
    if (c == '\0' || c == '$') c = static_cast<char>(c + 1);
  }
  return challenge;
}

std::string HashPassword(std::string_view plugin, std::string_view password, Random* random) {
  CHECK(KnownAuthPlugin(plugin), "{}", plugin);
  if (password.empty()) return {};
  if (plugin == kNativePlugin) {
    std::string hex = ToHex(View(Sha1(View(Sha1(password)))));
    for (char& c : hex) c = static_cast<char>(c >= 'a' ? c - 'a' + 'A' : c);
    return "*" + hex;
  }
  const std::string salt = NewChallenge(random);
  return std::string(kSha2Prefix) + salt + ShaCrypt(password, salt);
}

bool ValidAuthenticationString(std::string_view plugin, std::string_view stored) {
  if (stored.empty()) return true;
  if (plugin == kNativePlugin) {
    Sha1Digest ignored;
    return stored.size() == kNativeChars && stored[0] == '*' && FromHex(stored.substr(1), &ignored);
  }
  return stored.size() == kSha2Prefix.size() + kSaltBytes + kDigestChars &&
         stored.substr(0, kSha2Prefix.size()) == kSha2Prefix;
}

bool CheckNativeScramble(std::string_view response, std::string_view challenge,
                         std::string_view stored) {
  if (stored.empty()) return response.empty();
  Sha1Digest twice;
  if (response.size() != twice.size() || stored.size() != kNativeChars || stored[0] != '*' ||
      !FromHex(stored.substr(1), &twice)) {
    return false;
  }
  std::string salted(challenge);
  salted.append(View(twice));
  Sha1Digest given;
  std::memcpy(given.data(), response.data(), given.size());
  const std::string once = Xor(given, Sha1(salted));
  return SameBytes(View(Sha1(once)), View(twice));
}

bool CheckSha2Password(std::string_view password, std::string_view stored) {
  if (stored.empty()) return password.empty();
  if (!ValidAuthenticationString(kCachingSha2Plugin, stored)) return false;
  const std::string_view salt = stored.substr(kSha2Prefix.size(), kSaltBytes);
  return SameBytes(ShaCrypt(password, salt), stored.substr(kSha2Prefix.size() + kSaltBytes));
}

Sha256Digest FastPathDigest(std::string_view password) { return Sha256(View(Sha256(password))); }

bool CheckSha2Scramble(std::string_view response, std::string_view challenge,
                       const Sha256Digest& digest) {
  if (response.size() != digest.size()) return false;
  std::string salted(View(digest));
  salted.append(challenge);
  Sha256Digest given;
  std::memcpy(given.data(), response.data(), given.size());
  const std::string once = Xor(given, Sha256(salted));
  return SameBytes(View(Sha256(once)), View(digest));
}

std::string NativeScramble(std::string_view password, std::string_view challenge) {
  if (password.empty()) return {};
  const Sha1Digest once = Sha1(password);
  std::string salted(challenge);
  salted.append(View(Sha1(View(once))));
  return Xor(once, Sha1(salted));
}

std::string Sha2Scramble(std::string_view password, std::string_view challenge) {
  if (password.empty()) return {};
  const Sha256Digest once = Sha256(password);
  std::string salted(View(Sha256(View(once))));
  salted.append(challenge);
  return Xor(once, Sha256(salted));
}

}  // namespace sixfold::protocol
