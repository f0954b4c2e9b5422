#include "storage/recent/map_guard.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <string>
#include <thread>
#include <vector>

namespace sixfold::storage {
namespace {

constexpr size_t kPages = 8;
constexpr size_t kBytes = kPages * 4096;

class MapGuardTest : public testing::Test {
 protected:
  void SetUp() override {
#if defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "ThreadSanitizer delivers signals itself and cannot be left by a jump";
#endif
    InstallMapGuard();
    path_ = testing::TempDir() + "guard-" + std::to_string(::getpid());
    fd_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_TRUNC, 0600);
    ASSERT_GE(fd_, 0);
    const std::string text(kBytes, 'x');
    ASSERT_EQ(::write(fd_, text.data(), text.size()), static_cast<ssize_t>(kBytes));
    map_ = static_cast<const char*>(::mmap(nullptr, kBytes, PROT_READ, MAP_SHARED, fd_, 0));
    ASSERT_NE(map_, MAP_FAILED);
  }
  void TearDown() override {
    if (map_ == nullptr) return;
    range_.Clear();
    ::munmap(const_cast<char*>(map_), kBytes);
    ::close(fd_);
    ::unlink(path_.c_str());
    ::signal(SIGBUS, SIG_DFL);
  }
  void Cut(size_t pages) { ASSERT_EQ(::ftruncate(fd_, static_cast<off_t>(pages * 4096)), 0); }

  GuardedRange range_;
  std::string path_;
  int fd_ = -1;
  const char* map_ = nullptr;
};

TEST_F(MapGuardTest, AGuardedCallIsLeftWithAnError) {
  range_.Set(map_, kBytes);
  Cut(1);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(GuardedMapCall([&] {
                TouchPages(map_, kBytes);
                return 0;
              }),
              EIO);
  }
  EXPECT_EQ(GuardedMapCall([&] { return map_[0] == 'x' ? 0 : 1; }), 0);
  EXPECT_FALSE(range_.faulted());  // nobody saw anything of it
}

TEST_F(MapGuardTest, ElsewhereZerosAreReadAndTheRangeIsMarked) {
  range_.Set(map_, kBytes);
  Cut(1);
  EXPECT_EQ(*static_cast<const volatile char*>(map_ + 5000), '\0');
  EXPECT_TRUE(range_.faulted());
  EXPECT_EQ(map_[0], 'x');
}

TEST_F(MapGuardTest, EachThreadLeavesItsOwnCall) {
  range_.Set(map_, kBytes);
  Cut(1);
  std::vector<std::thread> threads;
  std::atomic<int> failed{0};
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 200; ++i) {
        const size_t page = static_cast<size_t>(t + i) % kPages;
        const int code = GuardedMapCall([&] {
          TouchPages(map_ + page * 4096, 1);
          return 0;
        });
        if (code != (page == 0 ? 0 : EIO)) ++failed;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failed, 0);
}

using MapGuardDeathTest = MapGuardTest;

TEST_F(MapGuardDeathTest, AnyOtherAddressEndsTheProcess) {
  Cut(1);
  EXPECT_EXIT((void)*static_cast<const volatile char*>(map_ + 5000),
              testing::KilledBySignal(SIGBUS), "");
}

}  // namespace
}  // namespace sixfold::storage
