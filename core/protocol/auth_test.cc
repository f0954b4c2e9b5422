#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/ssl.h>

#include <filesystem>

#include "core/base/random.h"
#include "core/protocol/handshake.h"
#include "core/protocol/key_pair.h"
#include "core/protocol/output_buffer.h"
#include "core/protocol/packet_stream.h"
#include "core/protocol/server_auth.h"
#include "core/protocol/tls_session.h"

namespace sixfold::protocol {
namespace {

using Step = ServerAuth::Step;

std::string TestFolder() {
  std::string path = ::testing::TempDir() + "sixfold_auth_XXXXXX";
  return mkdtemp(path.data());
}

// Encrypts as a client does: XOR with the challenge, OAEP to the server's key.
std::string EncryptPassword(std::string password, std::string_view challenge,
                            const std::string& pem) {
  password.push_back('\0');
  for (size_t i = 0; i < password.size(); ++i) password[i] ^= challenge[i % challenge.size()];
  BIO* bio = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  EVP_PKEY* key = PEM_read_bio_PUBKEY(bio, nullptr, nullptr, nullptr);
  EVP_PKEY_CTX* context = EVP_PKEY_CTX_new(key, nullptr);
  EVP_PKEY_encrypt_init(context);
  EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING);
  std::string out(512, '\0');
  size_t size = out.size();
  EVP_PKEY_encrypt(context, reinterpret_cast<unsigned char*>(out.data()), &size,
                   reinterpret_cast<const unsigned char*>(password.data()), password.size());
  out.resize(size);
  EVP_PKEY_CTX_free(context);
  EVP_PKEY_free(key);
  BIO_free(bio);
  return out;
}

class Auth : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = TestFolder();
    auto keys = KeyPair::LoadOrCreate(folder_);
    ASSERT_TRUE(keys.ok()) << ToString(keys.status());
    keys_ = std::move(*keys).release();
  }
  static void TearDownTestSuite() {
    delete keys_;
    std::filesystem::remove_all(folder_);
  }

  AuthAccount Account(std::string_view plugin, std::string_view password) {
    return {true, "u@%", std::string(plugin), HashPassword(plugin, password, &random_)};
  }
  ServerAuth Make(AuthAccount account, bool secure = false) {
    challenge_ = NewChallenge(&random_);
    return ServerAuth(std::move(account), challenge_, secure, keys_, &cache_);
  }

  static inline std::string folder_;
  static inline KeyPair* keys_ = nullptr;
  SystemRandom random_;
  Sha2Cache cache_;
  std::string challenge_;
  OutputBuffer out_;
};

TEST_F(Auth, NativePassword) {
  EXPECT_EQ(HashPassword(kNativePlugin, "sixfold", &random_).size(), 41u);
  EXPECT_EQ(HashPassword(kNativePlugin, "password", &random_),
            "*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19");
  auto good = Make(Account(kNativePlugin, "secret"));
  EXPECT_EQ(good.Start(kNativePlugin, NativeScramble("secret", challenge_), &out_), Step::kAllowed);
  auto bad = Make(Account(kNativePlugin, "secret"));
  EXPECT_EQ(bad.Start(kNativePlugin, NativeScramble("Secret", challenge_), &out_), Step::kDenied);
  auto empty = Make(Account(kNativePlugin, ""));
  EXPECT_EQ(empty.Start(kNativePlugin, "", &out_), Step::kAllowed);
  auto missing = Make(Account(kNativePlugin, "secret"));
  EXPECT_EQ(missing.Start(kNativePlugin, "", &out_), Step::kDenied);
}

TEST_F(Auth, SwitchesToTheAccountsPlugin) {
  auto auth = Make(Account(kNativePlugin, "secret"));
  EXPECT_EQ(auth.Start(kCachingSha2Plugin, Sha2Scramble("secret", challenge_), &out_),
            Step::kWrotePacket);
  EXPECT_EQ(out_.view().substr(4, 22), std::string_view("\xfemysql_native_password", 22));
  EXPECT_EQ(auth.Continue(NativeScramble("secret", challenge_), &out_), Step::kAllowed);
}

TEST_F(Auth, Sha2FullThenFastPath) {
  const AuthAccount account = Account(kCachingSha2Plugin, "secret");
  ASSERT_TRUE(ValidAuthenticationString(kCachingSha2Plugin, account.stored));
  auto full = Make(account, /*secure=*/true);
  EXPECT_EQ(full.Start(kCachingSha2Plugin, Sha2Scramble("secret", challenge_), &out_),
            Step::kWrotePacket);
  EXPECT_EQ(full.Continue(std::string_view("secret\0", 7), &out_), Step::kAllowed);
  auto fast = Make(account);
  EXPECT_EQ(fast.Start(kCachingSha2Plugin, Sha2Scramble("secret", challenge_), &out_),
            Step::kAllowed);
  auto wrong = Make(account);
  EXPECT_EQ(wrong.Start(kCachingSha2Plugin, Sha2Scramble("other", challenge_), &out_),
            Step::kDenied);
  // A new password does not meet the old one's cache entry.
  auto changed = Make(Account(kCachingSha2Plugin, "new"));
  EXPECT_EQ(changed.Start(kCachingSha2Plugin, Sha2Scramble("secret", challenge_), &out_),
            Step::kWrotePacket);
}

TEST_F(Auth, Sha2OverRsa) {
  const AuthAccount account = Account(kCachingSha2Plugin, "a rather long password indeed");
  auto auth = Make(account);
  EXPECT_EQ(auth.Start(kCachingSha2Plugin, std::string(32, 'x'), &out_), Step::kWrotePacket);
  EXPECT_EQ(auth.Continue("\x02", &out_), Step::kWrotePacket);
  EXPECT_NE(out_.view().find("BEGIN PUBLIC KEY"), std::string_view::npos);
  EXPECT_EQ(auth.Continue(EncryptPassword("a rather long password indeed", challenge_,
                                          keys_->public_key_pem()),
                          &out_),
            Step::kAllowed);
  auto garbage = Make(Account(kCachingSha2Plugin, "secret"));
  garbage.Start(kCachingSha2Plugin, std::string(32, 'x'), &out_);
  EXPECT_EQ(garbage.Continue(std::string(256, 'y'), &out_), Step::kDenied);
}

TEST_F(Auth, Sha2StringsCheckTheirPasswordOnly) {
  const std::string stored = HashPassword(kCachingSha2Plugin, "pw", &random_);
  EXPECT_TRUE(CheckSha2Password("pw", stored));
  EXPECT_FALSE(CheckSha2Password("pW", stored));
  EXPECT_FALSE(CheckSha2Password("", stored));
  EXPECT_TRUE(CheckSha2Password("", ""));
}

TEST_F(Auth, UnknownUserGoesThroughTheSameExchange) {
  auto auth = Make(AuthAccount{}, /*secure=*/true);
  EXPECT_EQ(auth.Start(kCachingSha2Plugin, std::string(32, 'x'), &out_), Step::kWrotePacket);
  EXPECT_EQ(auth.Continue(std::string_view("anything\0", 9), &out_), Step::kDenied);
}

TEST_F(Auth, KeysSurviveARestart) {
  auto again = KeyPair::LoadOrCreate(folder_);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ((*again)->public_key_pem(), keys_->public_key_pem());
}

TEST_F(Auth, TlsCarriesPackets) {
  SSL_CTX* client_context = SSL_CTX_new(TLS_client_method());
  auto server = TlsSession::Accept(keys_->tls_context());
  auto client = TlsSession::Connect(client_context);
  PacketStream at_server(1 << 20), at_client(1 << 20);
  std::string to_server, to_client;
  ASSERT_TRUE(client->Receive("", &at_client, &to_server).ok());
  for (int round = 0; round < 10 && !(server->established() && client->established()); ++round) {
    const std::string in = std::exchange(to_server, {});
    ASSERT_TRUE(server->Receive(in, &at_server, &to_client).ok());
    const std::string back = std::exchange(to_client, {});
    ASSERT_TRUE(client->Receive(back, &at_client, &to_server).ok());
  }
  ASSERT_TRUE(server->established() && client->established());
  ASSERT_TRUE(server->Receive(std::exchange(to_server, {}), &at_server, &to_client).ok());
  const std::string text(100'000, 'q');
  OutputBuffer out;
  out.BeginPacket();
  out.PutBytes(text);
  out.EndPacket();
  ASSERT_TRUE(client->Send(out.view(), &to_server).ok());
  ASSERT_TRUE(server->Receive(to_server, &at_server, &to_client).ok());
  std::string_view payload;
  ASSERT_EQ(at_server.Next(&payload), PacketStream::Result::kPacket);
  EXPECT_EQ(payload, text);
  EXPECT_FALSE(server->Receive("this is not TLS at all", &at_server, &to_client).ok());
  client.reset();
  SSL_CTX_free(client_context);
}

}  // namespace
}  // namespace sixfold::protocol
