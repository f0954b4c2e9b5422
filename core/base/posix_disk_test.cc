#include "core/base/posix_disk.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

namespace sixfold {
namespace {

class PosixDiskTest : public testing::TestWithParam<bool> {
 protected:
  PosixDiskTest() {
    char name[] = "/tmp/sixfold-disk-XXXXXX";
    folder_ = mkdtemp(name);
  }
  ~PosixDiskTest() override { std::filesystem::remove_all(folder_); }

  std::string folder_;
  EventLoop loop_;
};

TEST_P(PosixDiskTest, WritesAreThereAfterDone) {
  PosixDisk disk(loop_, GetParam());
  auto file = disk.CreateZeroed(folder_ + "/a", 64 << 10);
  ASSERT_TRUE(file.ok()) << file.status();
  AlignedBuffer one(4096), two(8192);
  one.Append(std::string(4096, '1'));
  two.Append(std::string(8192, '2'));
  int done = 0;
  auto count = [&](Status status) {
    EXPECT_TRUE(status.ok()) << status;
    if (++done == 2) loop_.Stop();
  };
  (*file)->SubmitWrite(4096, one.view(), count);
  (*file)->SubmitWrite(16384, two.view(), count);
  EXPECT_EQ(done, 0);
  disk.Flush();
  loop_.Run();
  AlignedBuffer back(64 << 10);
  ASSERT_TRUE((*file)->Read(0, 64 << 10, back.data()).ok());
  EXPECT_EQ(back.data()[0], 0);
  EXPECT_EQ(back.data()[4096], '1');
  EXPECT_EQ(back.data()[16384 + 8191], '2');
  EXPECT_EQ(back.data()[16384 + 8192], 0);
  EXPECT_FALSE((*file)->Read(64 << 10, 4096, back.data()).ok());
}

TEST_P(PosixDiskTest, CreatesInBackground) {
  PosixDisk disk(loop_, GetParam());
  std::unique_ptr<File> file;
  disk.CreateZeroedInBackground(folder_ + "/b", 3 << 20, [&](StatusOr<std::unique_ptr<File>> made) {
    ASSERT_TRUE(made.ok()) << made.status();
    file = std::move(*made);
    loop_.Stop();
  });
  loop_.Run();
  EXPECT_EQ(file->size(), 3u << 20);
  EXPECT_EQ(*disk.List(folder_), std::vector<std::string>{"b"});
}

INSTANTIATE_TEST_SUITE_P(Modes, PosixDiskTest, testing::Bool());

TEST(LocalFolder, NamesWhatIsWrong) {
  const Status missing = CheckLocalWritableFolder("/nonexistent/disk1");
  EXPECT_FALSE(missing.ok());
  EXPECT_NE(MessageOf(missing).find("/nonexistent/disk1"), std::string_view::npos);
  EXPECT_TRUE(CheckLocalWritableFolder("/tmp").ok());
}

}  // namespace
}  // namespace sixfold
