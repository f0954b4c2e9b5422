#include "storage/copy/base_store.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "core/base/bytes.h"
#include "core/base/checksum.h"
#include "core/base/random.h"
#include "storage/copy/base_reader.h"
#include "storage/log/record.h"
#include "storage/recent/map_guard.h"

namespace sixfold::storage {
namespace {

class NoSnapshots : public SnapshotRegistry {
 public:
  bool Holds(Lsn lsn) const override { return held.contains(lsn); }
  std::set<Lsn> held;
};

class BaseStoreTest : public testing::Test {
 protected:
  void SetUp() override {
    root_ = testing::TempDir() + "base-" + std::to_string(::getpid());
    std::filesystem::remove_all(root_);
    std::filesystem::create_directories(root_);
    store_ = Open("a");
  }
  void TearDown() override {
    store_.reset();
    std::filesystem::remove_all(root_);
  }

  BaseOptions Options(const std::string& name) {
    BaseOptions options;
    options.folder = root_ + "/" + name;
    options.map_bytes = size_t{4} << 30;
    return options;
  }
  std::unique_ptr<BaseStore> Open(const std::string& name) {
    auto store = BaseStore::Open(Options(name));
    EXPECT_TRUE(store.ok()) << store.status();
    return std::move(*store);
  }

  // Adds a record to what the next Drain takes.
  void Log(Lsn lsn, std::vector<Mutation> mutations) {
    std::sort(mutations.begin(), mutations.end(),
              [](const Mutation& a, const Mutation& b) { return a.key < b.key; });
    auto bytes = std::make_unique<std::string>();
    EncodeRecord({}, mutations, {}, bytes.get());
    log_.emplace_back(lsn, std::move(bytes));
  }
  StatusOr<DrainResult> Drain(BaseStore& store, Lsn to, std::vector<Lsn> snapshots = {}) {
    RecordStretch stretch;
    for (const auto& [lsn, bytes] : log_) {
      if (lsn > to) break;
      std::string_view input = *bytes;
      auto record = RecordView::Parse(&input, Lsn(0));
      RETURN_IF_ERROR(record.status());
      RETURN_IF_ERROR(stretch.Add(lsn, *record));
    }
    DrainFloors floors;
    floors.snapshots = std::move(snapshots);
    return store.Drain(stretch, to, floors);
  }
  void MustDrain(Lsn to, std::vector<Lsn> snapshots = {}) {
    auto result = Drain(*store_, to, std::move(snapshots));
    ASSERT_TRUE(result.ok()) << result.status();
    last_ = *result;
  }

  std::string Get(Lsn lsn, std::string_view key) {
    auto reader = BaseReader::Open(store_->folder());
    EXPECT_TRUE(reader.ok()) << reader.status();
    BaseView view(*reader, registry_);
    view.Renew(lsn, Lsn(0));
    StoredVersion version;
    auto found = view.Get(key, &version);
    if (!found.ok()) return std::string(MessageOf(found.status()).substr(0, 16));
    return *found ? std::string(version.value) : "none";
  }

  std::string root_;
  std::unique_ptr<BaseStore> store_;
  std::vector<std::pair<Lsn, std::unique_ptr<std::string>>> log_;
  NoSnapshots registry_;
  DrainResult last_;
};

constexpr auto kPut = MutationKind::kPut;
constexpr auto kDelete = MutationKind::kDelete;

TEST_F(BaseStoreTest, KeepsWhatItDrainedOverReopening) {
  Log(Lsn(10), {{kPut, "a", "1"}, {kPut, "b", "1"}});
  Log(Lsn(20), {{kPut, "a", "2"}, {kDelete, "b", ""}, {kPut, std::string(700, 'k'), "long"}});
  MustDrain(Lsn(20));
  EXPECT_EQ(last_.rows_written, 2u);  // coalesced; b came and went
  store_.reset();
  store_ = Open("a");
  EXPECT_EQ(store_->applied_lsn(), Lsn(20));
  EXPECT_EQ(Get(Lsn(20), "a"), "2");
  EXPECT_EQ(Get(Lsn(20), "b"), "none");
  EXPECT_EQ(Get(Lsn(20), std::string(700, 'k')), "long");
  EXPECT_EQ(Get(Lsn(19), "a"), "snapshot too old");
}

TEST_F(BaseStoreTest, DrainingTheSameStretchAgainChangesNothing) {
  Log(Lsn(10), {{kPut, "a", "1"}, {MutationKind::kMax, "m", "5"}});
  MustDrain(Lsn(10));
  auto hash = store_->RangeHash(Lsn(10));
  MustDrain(Lsn(10));
  EXPECT_EQ(last_.rows_written, 0u);
  Log(Lsn(20), {{MutationKind::kMax, "m", "3"}});
  MustDrain(Lsn(20));  // the stretch holds the first record again
  EXPECT_EQ(last_.rows_written, 1u);
  EXPECT_EQ(Get(Lsn(20), "m"), "5");
  EXPECT_EQ(store_->RangeHash(Lsn(10)).status().code(), StatusCode::kFailedPrecondition);
  EXPECT_NE(*store_->RangeHash(Lsn(20)), *hash);
}

TEST_F(BaseStoreTest, RegisteredSnapshotsKeepTheirVersions) {
  Log(Lsn(10), {{kPut, "a", "1"}, {kPut, "gone", "1"}});
  MustDrain(Lsn(10));
  Log(Lsn(20), {{kPut, "a", "2"}});
  Log(Lsn(30), {{kPut, "a", "3"}, {kDelete, "gone", ""}, {kPut, "new", "3"}});
  Log(Lsn(40), {{kPut, "a", "4"}});
  registry_.held = {Lsn(12), Lsn(25)};
  MustDrain(Lsn(40), {Lsn(12), Lsn(25)});
  EXPECT_EQ(last_.history_written, 3u);
  EXPECT_EQ(Get(Lsn(12), "a"), "1");
  EXPECT_EQ(Get(Lsn(25), "a"), "2");
  EXPECT_EQ(Get(Lsn(40), "a"), "4");
  EXPECT_EQ(Get(Lsn(12), "gone"), "1");
  EXPECT_EQ(Get(Lsn(40), "gone"), "none");
  EXPECT_EQ(Get(Lsn(25), "new"), "none");
  EXPECT_EQ(Get(Lsn(40), "new"), "3");
  EXPECT_EQ(Get(Lsn(30), "a"), "snapshot too old");  // nobody registered it

  // A second drain over the chain; the older snapshot ends.
  Log(Lsn(50), {{kPut, "a", "5"}});
  registry_.held = {Lsn(25), Lsn(40)};
  MustDrain(Lsn(50), {Lsn(25), Lsn(40)});
  EXPECT_EQ(Get(Lsn(25), "a"), "2");
  EXPECT_EQ(Get(Lsn(40), "a"), "4");
  EXPECT_EQ(Get(Lsn(50), "a"), "5");
  EXPECT_EQ(Get(Lsn(12), "a"), "snapshot too old");
}

TEST_F(BaseStoreTest, FloorsTrimHistoryAndTombstones) {
  std::string longer(600, 'z');
  Log(Lsn(10), {{kPut, "a", "1"}, {kPut, "b", "1"}, {kPut, longer, "1"}});
  MustDrain(Lsn(10));
  Log(Lsn(20), {{kPut, "a", "2"}, {kDelete, "b", ""}, {kDelete, longer, ""}});
  registry_.held = {Lsn(10)};
  MustDrain(Lsn(20), {Lsn(10)});
  EXPECT_EQ(store_->floor(), Lsn(10));
  EXPECT_EQ(last_.history_written, 3u);
  EXPECT_EQ(Get(Lsn(10), longer), "1");
  MustDrain(Lsn(21), {Lsn(10)});
  EXPECT_EQ(last_.trimmed, 0u);
  registry_.held = {};
  MustDrain(Lsn(22));
  EXPECT_EQ(store_->floor(), Lsn(22));
  EXPECT_EQ(last_.trimmed, 5u);  // a, b and the bucket of history; two tombstone entries
  EXPECT_EQ(Get(Lsn(22), "b"), "none");
  EXPECT_EQ(Get(Lsn(22), longer), "none");
  EXPECT_EQ(Get(Lsn(22), "a"), "2");
}

TEST_F(BaseStoreTest, AWrongByteInARowIsFound) {
  Log(Lsn(10), {{kPut, "a", "a value that can be found in the file"}});
  MustDrain(Lsn(10));
  store_.reset();
  std::string path = root_ + "/a/pg-1/data.mdb";
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(file)), {});
  size_t at = bytes.find("a value that can");
  ASSERT_NE(at, std::string::npos);
  while (at != std::string::npos) {
    file.seekp(static_cast<std::streamoff>(at));
    file.put('A');
    at = bytes.find("a value that can", at + 1);
  }
  file.close();
  store_ = Open("a");
  EXPECT_EQ(Get(Lsn(10), "a").substr(0, 6), "row 61");
  EXPECT_EQ(store_->RangeHash(Lsn(10)).status().code(), StatusCode::kDataLoss);
}

TEST_F(BaseStoreTest, CopiesWithOtherDrainsAndSnapshotsHashTheSame) {
  SeededRandom random(3);
  auto other = Open("b");
  uint64_t lsn = 0;
  for (int i = 0; i < 300; ++i) {
    lsn += 1 + random.Uniform(5);
    std::string key =
        std::string(random.Uniform(3) * 245, 'k') + std::to_string(random.Uniform(50));
    std::string value = std::to_string(lsn);
    Log(Lsn(lsn), {{random.Uniform(3) == 0 ? kDelete : kPut, key, value}});
    if (random.Uniform(20) == 0) MustDrain(Lsn(lsn), {Lsn(lsn / 2)});
    if (random.Uniform(50) == 0) {
      ASSERT_TRUE(Drain(*other, Lsn(lsn)).ok());
    }
  }
  MustDrain(Lsn(lsn), {Lsn(lsn / 2)});
  ASSERT_TRUE(Drain(*other, Lsn(lsn)).ok());
  EXPECT_EQ(*store_->RangeHash(Lsn(lsn)), *other->RangeHash(Lsn(lsn)));

  // A copy rebuilt from one of them is the same too, however its range is cut.
  auto source = store_->Export();
  ASSERT_TRUE(source.ok()) << source.status();
  auto import = BaseImport::Begin(Options("c"), (*source)->lsn());
  ASSERT_TRUE(import.ok()) << import.status();
  size_t chunks = 0;
  while (true) {
    auto chunk = (*source)->NextChunk(200);
    ASSERT_TRUE(chunk.ok()) << chunk.status();
    if (chunk->empty()) break;
    ASSERT_TRUE((*import)->Add(*chunk).ok());
    ++chunks;
  }
  EXPECT_GT(chunks, 3u);
  auto rebuilt = (*import)->Finish();
  ASSERT_TRUE(rebuilt.ok()) << rebuilt.status();
  EXPECT_EQ((*rebuilt)->applied_lsn(), Lsn(lsn));
  EXPECT_EQ(*(*rebuilt)->RangeHash(Lsn(lsn)), *other->RangeHash(Lsn(lsn)));
}

TEST_F(BaseStoreTest, AnImpossibleKeyInAnImageIsRefused) {
  auto import = BaseImport::Begin(Options("c"), Lsn(10));
  ASSERT_TRUE(import.ok());
  std::string chunk;
  PutLengthPrefixed(&chunk, std::string(kMaxUserKeyBytes + 1, 'k'));
  PutFixed<uint64_t>(&chunk, 7);
  PutLengthPrefixed(&chunk, "value");
  PutFixed(&chunk, Checksum64(chunk));
  EXPECT_EQ((*import)->Add(chunk).code(), StatusCode::kDataLoss);
}

TEST_F(BaseStoreTest, AHalfImportedBaseIsRefused) {
  auto import = BaseImport::Begin(Options("c"), Lsn(10));
  ASSERT_TRUE(import.ok());
  import->reset();
  EXPECT_EQ(BaseStore::Open(Options("c")).status().code(), StatusCode::kDataLoss);
}

// A process killed at any moment leaves a base as its last finished drain left it.
TEST_F(BaseStoreTest, AKilledDrainLeavesTheLastOne) {
  store_.reset();
  for (int round = 0; round < 5; ++round) {
    int pipe_ends[2];
    ASSERT_EQ(::pipe(pipe_ends), 0);
    pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      auto store = BaseStore::Open(Options("a"));
      if (!store.ok()) ::_exit(1);
      for (uint64_t n = (*store)->applied_lsn().value() + 1;; ++n) {
        log_.clear();
        std::string value = std::to_string(n);
        std::vector<std::string> keys;
        for (int k = 0; k < 300; ++k) keys.push_back("key" + std::to_string(k));
        std::vector<Mutation> mutations;
        for (const std::string& key : keys) mutations.push_back({kPut, key, value});
        Log(Lsn(n), mutations);
        if (!Drain(**store, Lsn(n)).ok()) ::_exit(2);
        if (::write(pipe_ends[1], &n, sizeof(n)) != sizeof(n)) ::_exit(3);
      }
    }
    uint64_t acknowledged = 0;
    for (int i = 0; i < 3 + round; ++i) {
      ASSERT_EQ(::read(pipe_ends[0], &acknowledged, 8), 8);
    }
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    ::close(pipe_ends[0]);
    ::close(pipe_ends[1]);
    store_ = Open("a");
    Lsn applied = store_->applied_lsn();
    EXPECT_GE(applied.value(), acknowledged);
    for (const char* key : {"key0", "key150", "key299"}) {
      EXPECT_EQ(Get(applied, key), std::to_string(applied.value()));
    }
    store_.reset();
  }
}

// Wherever the pages end that can still be read, the drain fails and the process lives.
TEST_F(BaseStoreTest, ADrainIntoABaseThatIsCutFails) {
#if defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "ThreadSanitizer delivers signals itself and cannot be left by a jump";
#endif
  InstallMapGuard();
  constexpr int kKeys = 400;
  const std::string value(300, 'v');
  std::vector<std::string> keys;
  for (int i = 0; i < kKeys; ++i) keys.push_back(fmt::format("key-{:05}", i));
  const auto change_all = [&](int step, Lsn lsn) {
    std::vector<Mutation> mutations;
    for (int i = 0; i < kKeys; i += step) {
      mutations.push_back({MutationKind::kPut, keys[static_cast<size_t>(i)], value});
    }
    log_.clear();
    Log(lsn, mutations);
  };
  int failed = 0;
  for (uintmax_t pages = 0; pages < 40; ++pages) {
    SCOPED_TRACE(pages);
    store_.reset();
    std::filesystem::remove_all(Options("a").folder);
    store_ = Open("a");
    change_all(1, Lsn(100));
    MustDrain(Lsn(100));
    for (const auto& entry : std::filesystem::recursive_directory_iterator(Options("a").folder)) {
      if (entry.path().filename() != "data.mdb") continue;
      if (entry.file_size() > pages * 4096) {
        std::filesystem::resize_file(entry.path(), pages * 4096);
      }
    }
    change_all(7, Lsn(200));
    const auto drained = Drain(*store_, Lsn(200));
    if (drained.ok()) continue;
    ++failed;
    EXPECT_EQ(drained.status().code(), StatusCode::kDataLoss) << drained.status();
    EXPECT_EQ(store_->applied_lsn(), Lsn(100));
    EXPECT_FALSE(Drain(*store_, Lsn(200)).ok());
  }
  EXPECT_GT(failed, 20);
}

}  // namespace
}  // namespace sixfold::storage
