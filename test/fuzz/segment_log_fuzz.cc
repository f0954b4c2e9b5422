// A log whose files are damaged: opened, read, appended to, opened again. Input: edits of the files
// of a log of three epochs, each {file, what, offset, length, bytes}; some set the checksum of the
// block's batch or segment header right again.
#include "core/base/check.h"
#include "core/base/checksum.h"
#include "core/base/log.h"
#include "storage/log/segment_log.h"
#include "test/fuzz/input.h"
#include "test/fuzz/memory_disk.h"

namespace sixfold::storage {
namespace {

constexpr const char* kFolder = "log";
const SegmentLogOptions kSmall{.segment_bytes = 32 << 10};
const Uuid kVolume = *Uuid::Parse("0b8a7a51-8d0e-4a3c-9a51-1d2c3b4a5f60");

void AppendTo(fuzz::MemoryDisk& disk, SegmentLog& log, uint64_t epoch, uint64_t annulled) {
  const LogTail& tail = log.tail();
  BatchBuilder builder(tail.end + annulled);
  std::string record;
  const Mutation put{MutationKind::kPut, "key", "value"};
  EncodeRecord({.epoch = Epoch(epoch)}, {&put, 1}, {}, &record);
  builder.Append(record);
  BatchHeader header;
  header.flags = annulled > 0 ? kBatchOpensEpoch : 0;
  header.volume = kVolume;
  header.epoch = Epoch(epoch);
  header.prev_lsn = tail.last_lsn;
  header.prev_checksum = tail.last_checksum;
  header.prev_end = tail.end;
  auto padded = std::make_shared<AlignedBuffer>(builder.Finish(&header));
  log.Append(std::move(padded), header, [](Status) {});
  disk.Flush();
}

std::map<std::string, std::shared_ptr<std::string>> MakeFiles() {
  fuzz::MemoryDisk disk;
  auto log = *SegmentLog::Open(disk, kFolder, kVolume, kSmall, kFirstLogLsn);
  for (uint64_t epoch = 1; epoch <= 3; ++epoch) {
    AppendTo(disk, *log, epoch, uint64_t{1} << 20);
    for (int i = 0; i < 4; ++i) AppendTo(disk, *log, epoch, 0);
  }
  log.reset();
  return disk.files();
}

void SetChecksum(std::string& bytes, size_t block) {
  if (block + kBlockBytes > bytes.size()) return;
  const std::string_view whole = std::string_view(bytes).substr(block);
  if (block == 0) {
    constexpr size_t kFields = 48;
    return StoreFixed(bytes.data() + kFields, Checksum64(whole.substr(0, kFields)));
  }
  auto header = BatchHeader::Decode(whole);
  if (!header.ok() || header->unpadded_bytes() > whole.size()) return;
  constexpr size_t kAt = kBatchHeaderBytes - 8;
  StoreFixed(bytes.data() + block + kAt,
             Checksum64(whole.substr(kBatchHeaderBytes, header->payload_bytes),
                        Checksum64(whole.substr(0, kAt))));
}

void Edit(fuzz::Input& input, std::map<std::string, std::shared_ptr<std::string>>& files) {
  auto file = files.begin();
  std::advance(file, input.Take<uint8_t>() % files.size());
  auto other = files.begin();
  std::string& bytes = *file->second;
  const auto what = input.Take<uint8_t>();
  const size_t block = input.Take<uint8_t>() % 16 * kBlockBytes;
  const size_t offset = block + input.Take<uint16_t>() % kBlockBytes;
  const std::string_view change = input.Bytes(input.Take<uint8_t>());
  switch (what % 4) {
    case 0:
      bytes.resize(std::min(bytes.size(), block));
      return;
    case 1:  // a misdirected write
      std::advance(other, change.size() % files.size());
      bytes = *other->second;
      return;
    default:
      for (size_t i = 0; i < change.size() && offset + i < bytes.size(); ++i)
        bytes[offset + i] = static_cast<char>(bytes[offset + i] ^ change[i]);
      if (what % 4 == 3) SetChecksum(bytes, block);
  }
}

void ReadAll(SegmentLog& log) {
  Lsn from = log.start();
  while (from < log.tail().end) {
    std::string batches;
    if (!log.Read(from, log.tail().end, 32 << 10, &batches).ok() || batches.empty()) return;
    std::string_view rest = batches;
    while (!rest.empty()) {
      auto batch = BatchView::Parse(rest);
      CHECK(batch.ok() && batch->header().end_lsn > from);
      from = batch->header().end_lsn;
      rest.remove_prefix(batch->bytes().size());
    }
  }
}

}  // namespace
}  // namespace sixfold::storage

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace sixfold;
  using namespace sixfold::storage;
  static const auto whole = MakeFiles();
  static const bool quiet = (log::Redirect([](log::Level, std::string_view) {}), true);
  (void)quiet;
  fuzz::Input input(data, size);
  fuzz::MemoryDisk disk;
  for (const auto& [path, bytes] : whole)
    disk.files()[path] = std::make_shared<std::string>(*bytes);
  const Lsn needed = kFirstLogLsn + input.Take<uint8_t>() * uint64_t{kBlockBytes};
  while (!input.empty()) Edit(input, disk.files());
  for (int round = 0; round < 2; ++round) {
    auto log = SegmentLog::Open(disk, kFolder, kVolume, kSmall, needed);
    if (!log.ok()) return 0;
    disk.Flush();
    ReadAll(**log);
    // What is cut and written again is the log afterwards.
    const auto& index = (*log)->index();
    if (index.size() > 2) (*log)->TruncateTo(index[index.size() / 2].end);
    AppendTo(disk, **log, 9 + static_cast<uint64_t>(round), uint64_t{1} << 21);
    AppendTo(disk, **log, 9 + static_cast<uint64_t>(round), 0);
    (*log)->RecycleBefore((*log)->index().front().end);
  }
  return 0;
}
