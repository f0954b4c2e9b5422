// A copy between writers and peers that send whatever they like, with crashes in between. Input: a
// list of steps, each a byte that says what and a few that say how.
#include "core/base/check.h"
#include "core/base/log.h"
#include "storage/node/copy_host.h"
#include "test/fuzz/input.h"
#include "test/fuzz/memory_disk.h"

namespace sixfold::storage {
namespace {

constexpr const char* kCopyFolder = "copy";
const SegmentLogOptions kTinySegments{.segment_bytes = 32 << 10};
const CopyHost::Identity kIdentity{*Uuid::Parse("0b8a7a51-8d0e-4a3c-9a51-1d2c3b4a5f60"), "c", "az"};
const Uuid kWriters[] = {*Uuid::Parse("aaaaaaaa-0000-4000-8000-000000000001"),
                         *Uuid::Parse("bbbbbbbb-0000-4000-8000-000000000001")};

Membership SixCopies() {
  std::vector<CopyId> six;
  for (uint64_t id = 1; id <= kCopies; ++id) six.emplace_back(id);
  return Membership::Founding(six);
}

class Copy {
 public:
  Copy() {
    CHECK(CopyHost::Format(disk_, kCopyFolder, kIdentity, CopyId(1), CopyStanding::kMember,
                           SixCopies())
              .ok());
    Restart();
  }

  void Step(fuzz::Input& input) {
    const auto what = input.Take<uint8_t>();
    const Epoch epoch(input.Take<uint8_t>() % 8);
    switch (what % 8) {
      case 0:
        host_->OnPromise(epoch, kWriters[what / 8 % 2], [](const CopyReport&) {});
        break;
      case 1:
        host_->OnVdl(epoch, Position(input));
        break;
      case 2:
        disk_.Flush();
        break;
      case 3:
        if (what / 8 % 4 == 0) Restart();
        break;
      case 4: {
        const SharedBatch batch = Make(input);
        (void)host_->OnPeerBatch(batch, what / 8 % 2 == 0 ? batch.header.end_lsn : Position(input));
        break;
      }
      case 5:
        host_->RecycleBefore(host_->state().applicable());
        break;
      default:
        (void)host_->OnAppend(epoch, Make(input));
    }
    const CopyState& state = host_->state();
    CHECK_LE(state.applicable(), state.acknowledged());
    CHECK_LE(state.acknowledged(), state.durable());
    CHECK_LE(state.durable(), state.tail().end);
    CHECK(state.tail() == host_->log().tail());
  }

  /// What is acknowledged can be read.
  void Read() {
    disk_.Flush();
    std::string batches;
    const SegmentLog& log = host_->log();
    if (host_->health().ok() && log.start() < host_->state().applicable())
      CHECK(host_->log().Read(log.start(), host_->state().applicable(), 64 << 10, &batches).ok());
  }

 private:
  void Restart() {
    host_.reset();
    auto host = CopyHost::Open(disk_, kCopyFolder, kTinySegments, kFirstLogLsn, [] {});
    CHECK(host.ok(), "{}", ToString(host.status()));
    host_ = std::move(*host);
    sent_.clear();
  }

  Lsn Position(fuzz::Input& input) {
    const auto blocks = input.Take<uint8_t>();
    if (blocks == 255) return kMaxLsn;
    return kFirstLogLsn + uint64_t{blocks} * kBlockBytes;
  }

  /// Behind the tail, or behind anything sent before; or the same again.
  SharedBatch Make(fuzz::Input& input) {
    const auto how = input.Take<uint8_t>();
    const auto annulled = uint64_t{input.Take<uint8_t>()} * kBlockBytes;
    if (how % 8 == 7 && !sent_.empty()) return sent_[how / 8 % sent_.size()];
    LogTail tail = host_->state().tail();
    if (how % 8 == 6 && !sent_.empty()) {
      const BatchHeader& h = sent_[how / 8 % sent_.size()].header;
      tail = {h.end_lsn, h.epoch, h.first_lsn, h.checksum};
    }
    BatchBuilder builder(tail.end + annulled);
    std::string record;
    BatchHeader header;
    header.flags = annulled > 0 ? kBatchOpensEpoch : 0;
    if (how % 8 == 5) {
      Membership changed = SixCopies();
      changed.version = input.Take<uint8_t>();
      changed.members[how / 8 % kCopies] = CopyId(1000);
      EncodeControlRecord({.kind = RecordKind::kMembership}, changed.Encode(), &record);
      header.flags |= kBatchMembership;
    } else {
      const std::string value(how % 8 * 1000, 'v');
      const Mutation put{MutationKind::kPut, "key", value};
      EncodeRecord({}, {&put, 1}, {}, &record);
    }
    builder.Append(record);
    header.volume = kIdentity.volume;
    header.epoch = Epoch(input.Take<uint8_t>() % 8);
    header.prev_lsn = tail.last_lsn;
    header.prev_checksum = tail.last_checksum;
    header.prev_end = tail.end;
    header.vdl = Position(input);
    auto padded = std::make_shared<AlignedBuffer>(builder.Finish(&header));
    sent_.push_back({header, std::move(padded)});
    return sent_.back();
  }

  fuzz::MemoryDisk disk_;
  std::unique_ptr<CopyHost> host_;
  std::vector<SharedBatch> sent_;
};

}  // namespace
}  // namespace sixfold::storage

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace sixfold;
  log::Redirect([](log::Level, std::string_view) {});
  fuzz::Input input(data, std::min<size_t>(size, 400));
  storage::Copy copy;
  while (!input.empty()) copy.Step(input);
  copy.Read();
  return 0;
}
