#include "core/protocol/server_auth.h"

#include "core/base/check.h"
#include "core/protocol/handshake.h"
#include "core/protocol/key_pair.h"
#include "core/protocol/output_buffer.h"

namespace sixfold::protocol {
namespace {

// caching_sha2_password's one-byte messages.
constexpr char kRequestPublicKey = 0x02;
constexpr std::string_view kFastAuthSuccess = "\x03";
constexpr std::string_view kPerformFullAuth = "\x04";

std::string_view WithoutNul(std::string_view text) {
  if (!text.empty() && text.back() == '\0') text.remove_suffix(1);
  return text;
}

}  // namespace

std::optional<Sha256Digest> Sha2Cache::Find(std::string_view account,
                                            std::string_view stored) const {
  std::lock_guard lock(mutex_);
  const auto found = entries_.find(std::string(account));
  if (found == entries_.end() || found->second.stored != stored) return std::nullopt;
  return found->second.digest;
}

void Sha2Cache::Insert(std::string_view account, std::string_view stored,
                       const Sha256Digest& digest) {
  std::lock_guard lock(mutex_);
  entries_[std::string(account)] = Entry{std::string(stored), digest};
}

ServerAuth::ServerAuth(AuthAccount account, std::string challenge, bool secure, const KeyPair* keys,
                       Sha2Cache* cache)
    : account_(std::move(account)),
      challenge_(std::move(challenge)),
      secure_(secure),
      keys_(keys),
      cache_(cache) {
  CHECK_EQ(challenge_.size(), kScrambleBytes);
  if (!account_.exists || !KnownAuthPlugin(account_.plugin)) {
    account_.exists = false;
    account_.plugin = kCachingSha2Plugin;
    // Never the hash of anything: a full exchange runs and fails.
    account_.stored = "$A$005$";
  }
}

ServerAuth::Step ServerAuth::Start(std::string_view client_plugin, std::string_view response,
                                   OutputBuffer* out) {
  CHECK(state_ == State::kStart);
  state_ = State::kScramble;
  const std::string_view plugin = client_plugin.empty() ? kNativePlugin : client_plugin;
  if (plugin == account_.plugin) return CheckScramble(response, out);
  WriteAuthSwitch(out, account_.plugin, challenge_);
  return Step::kWrotePacket;
}

ServerAuth::Step ServerAuth::Continue(std::string_view payload, OutputBuffer* out) {
  switch (state_) {
    case State::kScramble:
      return CheckScramble(payload, out);
    case State::kFull:
      if (secure_) return CheckClearPassword(WithoutNul(payload));
      if (payload.size() != 1 || payload[0] != kRequestPublicKey || keys_ == nullptr) {
        // A client that has the key already sends the encrypted password at once.
        state_ = State::kEncrypted;
        return Continue(payload, out);
      }
      state_ = State::kEncrypted;
      WriteAuthMoreData(out, keys_->public_key_pem());
      return Step::kWrotePacket;
    case State::kEncrypted: {
      if (keys_ == nullptr) return Finish(false);
      const StatusOr<std::string> password = keys_->DecryptPassword(payload, challenge_);
      if (!password.ok()) return Finish(false);
      return CheckClearPassword(*password);
    }
    case State::kStart:
    case State::kDone:
      break;
  }
  return Finish(false);
}

ServerAuth::Step ServerAuth::CheckScramble(std::string_view response, OutputBuffer* out) {
  // A lone NUL is how clients of the sha2 plugin say "no password".
  if (account_.plugin == kCachingSha2Plugin && response.size() == 1)
    response = WithoutNul(response);
  used_password_ = !response.empty();
  if (account_.plugin == kNativePlugin) {
    return Finish(account_.exists && CheckNativeScramble(response, challenge_, account_.stored));
  }
  if (response.empty()) return Finish(account_.exists && account_.stored.empty());
  if (account_.stored.empty()) return Finish(false);
  if (const auto digest = cache_->Find(account_.name, account_.stored)) {
    if (!CheckSha2Scramble(response, challenge_, *digest)) return Finish(false);
    WriteAuthMoreData(out, kFastAuthSuccess);
    return Finish(true);
  }
  state_ = State::kFull;
  WriteAuthMoreData(out, kPerformFullAuth);
  return Step::kWrotePacket;
}

ServerAuth::Step ServerAuth::CheckClearPassword(std::string_view password) {
  used_password_ = !password.empty();
  const bool allowed = CheckSha2Password(password, account_.stored) && account_.exists;
  if (allowed && !password.empty()) {
    cache_->Insert(account_.name, account_.stored, FastPathDigest(password));
  }
  return Finish(allowed);
}

ServerAuth::Step ServerAuth::Finish(bool allowed) {
  state_ = State::kDone;
  return allowed ? Step::kAllowed : Step::kDenied;
}

}  // namespace sixfold::protocol
