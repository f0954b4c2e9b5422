// Passwords as MySQL keeps and checks them. authentication_string of an account holds
//   mysql_native_password   "*" + 40 upper-case hex digits of SHA1(SHA1(password))
//   caching_sha2_password   "$A$005$" + 20 bytes salt + 43 characters: SHA-crypt (SHA-256, 5000
//                           rounds) of the password, the digest in crypt's base 64
// and "" for an empty password. Clients prove knowledge by a scramble:
//   native  SHA1(pw) XOR SHA1(challenge + SHA1(SHA1(pw)))
//   sha2    SHA256(pw) XOR SHA256(SHA256(SHA256(pw)) + challenge)     (fast path)
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "core/base/status.h"

namespace sixfold {
class Random;
}

namespace sixfold::protocol {

inline constexpr std::string_view kNativePlugin = "mysql_native_password";
inline constexpr std::string_view kCachingSha2Plugin = "caching_sha2_password";

using Sha256Digest = std::array<uint8_t, 32>;

/// True for the plugins above.
bool KnownAuthPlugin(std::string_view plugin);

/// The authentication_string for a password. Takes milliseconds for caching_sha2_password.
std::string HashPassword(std::string_view plugin, std::string_view password, Random* random);
/// Whether a string given by IDENTIFIED WITH ... AS has the plugin's form.
bool ValidAuthenticationString(std::string_view plugin, std::string_view stored);

/// Checks the scramble of mysql_native_password.
bool CheckNativeScramble(std::string_view response, std::string_view challenge,
                         std::string_view stored);
/// Checks a password in clear against a caching_sha2_password string. Takes milliseconds.
bool CheckSha2Password(std::string_view password, std::string_view stored);
/// What the fast path keeps: SHA256(SHA256(password)).
Sha256Digest FastPathDigest(std::string_view password);
/// Checks the scramble of caching_sha2_password against the kept digest.
bool CheckSha2Scramble(std::string_view response, std::string_view challenge,
                       const Sha256Digest& digest);

/// The client's side, for health probes and tests.
std::string NativeScramble(std::string_view password, std::string_view challenge);
std::string Sha2Scramble(std::string_view password, std::string_view challenge);

/// A challenge without NUL bytes, as clients need it.
std::string NewChallenge(Random* random);

}  // namespace sixfold::protocol
