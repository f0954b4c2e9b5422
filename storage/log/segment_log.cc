#include "storage/log/segment_log.h"

#include <charconv>

#include "core/base/bytes.h"
#include "core/base/check.h"
#include "core/base/checksum.h"
#include "core/base/log.h"

namespace sixfold::storage {

namespace {

constexpr std::string_view kSegmentMagic = "SXFSEGMT";
constexpr std::string_view kSegmentPrefix = "segment-";
constexpr size_t kSegmentHeaderFieldsBytes = 48;
constexpr size_t kReadWindowBytes = 1 << 20;

std::string EncodeSegmentHeader(const Uuid& volume, Lsn start) {
  std::string out(kSegmentMagic);
  PutFixed(&out, kLogFormatVersion);
  PutFixed<uint16_t>(&out, 0);  // flags
  PutFixed<uint32_t>(&out, 0);  // reserved
  out.append(volume.view());
  PutFixed(&out, start.value());
  PutFixed<uint64_t>(&out, 0);  // reserved
  CHECK_EQ(out.size(), kSegmentHeaderFieldsBytes);
  PutFixed(&out, Checksum64(out));
  out.resize(kBlockBytes, '\0');
  return out;
}

/// The start LSN; kMaxLsn for a file not in use.
StatusOr<Lsn> DecodeSegmentHeader(std::string_view block, const Uuid& volume) {
  if (!block.starts_with(kSegmentMagic)) return kMaxLsn;
  const std::string_view fields = block.substr(0, kSegmentHeaderFieldsBytes);
  if (Checksum64(fields) != LoadFixed<uint64_t>(block.data() + fields.size())) return kMaxLsn;
  ByteReader in(fields.substr(kSegmentMagic.size()));
  const auto version = in.Fixed<uint16_t>();
  if (version > kLogFormatVersion) {
    return FailedPrecondition("log format {} is newer than this program's {}; use a newer program",
                              version, kLogFormatVersion);
  }
  in.Bytes(6);
  if (in.Bytes(16) != volume.view()) return FailedPrecondition("log of another volume");
  return Lsn(in.Fixed<uint64_t>());
}

/// A file through a window of a MiB, so that small batches do not cost a read each.
class WindowReader {
 public:
  explicit WindowReader(File& file) : file_(file) {}

  /// Empty past the end of the file or when the disk fails.
  std::string_view Get(uint64_t offset, size_t bytes) {
    if (offset + bytes > file_.size()) return {};
    if (offset < start_ || offset + bytes > start_ + window_.size()) {
      start_ = offset & ~uint64_t{kBlockBytes - 1};
      const uint64_t wanted =
          std::max<uint64_t>(kReadWindowBytes, RoundUpToBlock(offset - start_ + bytes));
      window_.Resize(std::min<uint64_t>(wanted, file_.size() - start_));
      const Status status = file_.Read(start_, window_.size(), window_.data());
      if (!status.ok()) {
        log::Warning("log: {}", ToString(status));
        window_.Clear();
        return {};
      }
    }
    return window_.view().substr(offset - start_, bytes);
  }

 private:
  File& file_;
  AlignedBuffer window_;
  uint64_t start_ = 0;
};

/// The batch at `offset`, or why there is none.
StatusOr<BatchView> BatchAt(WindowReader& reader, uint64_t offset) {
  const std::string_view head = reader.Get(offset, kBatchHeaderBytes);
  ASSIGN_OR_RETURN(const BatchHeader header, BatchHeader::Decode(head));
  const std::string_view whole = reader.Get(offset, header.unpadded_bytes());
  if (whole.empty()) return Corrupt("batch runs past its segment");
  return BatchView::Parse(whole);
}

bool Chains(const BatchHeader& header, const BatchEntry* previous) {
  if (previous == nullptr) return true;
  return header.prev_lsn == previous->first && header.prev_checksum == previous->checksum &&
         header.prev_end == previous->end;
}

}  // namespace

/// Follows the chain through the segments at startup.
class SegmentLog::Scanner {
 public:
  explicit Scanner(SegmentLog& log, Lsn needed_from) : log_(log), needed_from_(needed_from) {}

  Status Run() {
    for (auto& [start, segment] : log_.segments_) RETURN_IF_ERROR(ScanSegment(segment));
    DropUnconnected();
    if (last() != nullptr)
      log_.tail_ = {last()->end, last()->epoch, last()->first, last()->checksum};
    if (log_.tail_.end < needed_from_) {
      log_.RestartAt({.end = needed_from_});
      return OkStatus();
    }
    log_.damaged_at_tail_ = DamageAtTail();
    log_.DropSegmentsFrom(log_.tail_.end + 1);
    return OkStatus();
  }

 private:
  const BatchEntry* last() const { return log_.index_.empty() ? nullptr : &log_.index_.back(); }

  Status ScanSegment(Segment& segment) {
    WindowReader reader(*segment.file);
    Lsn position = segment.start;
    for (bool first = true;; first = false) {
      auto batch = BatchAt(reader, kBlockBytes + (position - segment.start));
      if (batch.status().code() == StatusCode::kFailedPrecondition) return batch.status();
      if (!batch.ok()) return OkStatus();
      const BatchHeader& header = batch->header();
      if (header.first_lsn != position || header.volume != log_.volume_) return OkStatus();
      if (!(first ? Connect(header) : Chains(header, last()))) return OkStatus();
      log_.index_.push_back({header.prev_end, header.first_lsn, header.end_lsn, header.epoch, header.checksum});
      log_.vdl_seen_ = std::max(log_.vdl_seen_, header.vdl);
      position = header.end_lsn;
    }
  }

  /// The first batch of a segment: chains to what was found so far, annuls the end of it, or, where
  /// segments in front were recycled already, starts over.
  bool Connect(const BatchHeader& header) {
    if (header.opens_epoch()) {
      while (last() != nullptr && last()->end > header.prev_end) log_.index_.pop_back();
    }
    if (Chains(header, last())) return true;
    if (header.prev_end > needed_from_) return false;
    log_.index_.clear();
    return true;
  }

  /// Files whose batches are not part of the chain become spares.
  void DropUnconnected() {
    const Lsn from = log_.index_.empty() ? kMaxLsn : log_.index_.front().first;
    for (auto it = log_.segments_.begin(); it != log_.segments_.end();) {
      if (it->first >= from) break;
      const auto next = std::next(it);
      const Lsn end = next == log_.segments_.end() ? kMaxLsn : next->first;
      if (end > from) break;
      log_.spares_.push_back(std::move(it->second));
      it = log_.segments_.erase(it);
    }
  }

  /// Something at or behind the end that a finished append would have left there.
  bool DamageAtTail() {
    if (log_.index_.empty()) return !log_.segments_.empty();
    if (log_.segments_.rbegin()->first > log_.tail_.end) return true;
    Segment& segment = log_.segments_.rbegin()->second;
    WindowReader reader(*segment.file);
    for (Lsn at = log_.tail_.end; at - segment.start < segment.capacity(); at += kBlockBytes) {
      auto header =
          BatchHeader::Decode(reader.Get(kBlockBytes + (at - segment.start), kBatchHeaderBytes));
      if (header.ok() && header->first_lsn == at && header->volume == log_.volume_) return true;
    }
    return false;
  }

  SegmentLog& log_;
  Lsn needed_from_;
};

StatusOr<std::unique_ptr<SegmentLog>> SegmentLog::Open(Disk& disk, const std::string& folder,
                                                       const Uuid& volume,
                                                       const SegmentLogOptions& options,
                                                       Lsn needed_from) {
  CHECK_EQ(options.segment_bytes % kBlockBytes, 0u);
  RETURN_IF_ERROR(disk.MakeFolders(folder));
  std::unique_ptr<SegmentLog> log(new SegmentLog(disk, folder, volume, options));
  ASSIGN_OR_RETURN(const std::vector<std::string> names, disk.List(folder));
  AlignedBuffer block(kBlockBytes);
  for (const std::string& name : names) {
    if (!name.starts_with(kSegmentPrefix)) continue;
    const std::string path = folder + "/" + name;
    if (name.ends_with(".partial")) {
      RETURN_IF_ERROR(disk.Remove(path));
      continue;
    }
    uint64_t number = 0;
    std::from_chars(name.data() + kSegmentPrefix.size(), name.data() + name.size(), number);
    log->next_number_ = std::max(log->next_number_, number + 1);
    ASSIGN_OR_RETURN(std::unique_ptr<File> file, disk.Open(path));
    if (file->size() < 2 * kBlockBytes) continue;
    RETURN_IF_ERROR(file->Read(0, kBlockBytes, block.data()));
    auto start = DecodeSegmentHeader({block.data(), kBlockBytes}, volume);
    if (!start.ok()) return WithContext(start.status(), path);
    Segment segment{path, std::move(file), *start};
    if (*start == kMaxLsn || log->segments_.contains(*start)) {
      log->spares_.push_back(std::move(segment));
    } else {
      log->segments_.emplace(*start, std::move(segment));
    }
  }
  RETURN_IF_ERROR(Scanner(*log, needed_from).Run());
  log->OrderSpare();
  return log;
}

std::string SegmentLog::NewPath() {
  return fmt::format("{}/{}{:08}", folder_, kSegmentPrefix, next_number_++);
}

void SegmentLog::Append(std::shared_ptr<const AlignedBuffer> padded, const BatchHeader& header,
                        Done done) {
  CHECK(tail_.Accepts(header), "batch at {} after a log that ends at {}", header.first_lsn,
        tail_.end);
  CHECK_EQ(padded->size(), header.end_lsn - header.first_lsn);
  index_.push_back({header.prev_end, header.first_lsn, header.end_lsn, header.epoch, header.checksum});
  tail_ = {header.end_lsn, header.epoch, header.first_lsn, header.checksum};
  vdl_seen_ = std::max(vdl_seen_, header.vdl);
  waiting_.push_back({std::move(padded), header.first_lsn, header.opens_epoch(), std::move(done)});
  RunWaiting();
}

void SegmentLog::RunWaiting() {
  while (!waiting_.empty()) {
    if (!FitsCurrent(waiting_.front()) && !StartSegment(waiting_.front())) return;
    Waiting write = std::move(waiting_.front());
    waiting_.pop_front();
    WriteBatch(std::move(write));
  }
}

bool SegmentLog::FitsCurrent(const Waiting& write) const {
  if (segments_.empty()) return false;
  const Segment& current = segments_.rbegin()->second;
  // The first batch of a fresh segment, or one that goes on where the segment's batches are.
  if (write.first == current.start) return write.padded->size() <= current.capacity();
  if (write.opens_epoch || write.first < current.start) return false;
  return write.first - current.start + write.padded->size() <= current.capacity();
}

/// False when no file is ready: the write waits for the background.
bool SegmentLog::StartSegment(const Waiting& write) {
  const uint64_t bytes = write.padded->size() + kBlockBytes;
  Segment segment;
  if (bytes > options_.segment_bytes) {
    auto file = disk_.CreateZeroed(NewPath(), bytes);
    if (!file.ok()) {
      log::Error("log {}: {}", folder_, ToString(file.status()));
      return false;
    }
    segment = {fmt::format("{}/{}{:08}", folder_, kSegmentPrefix, next_number_ - 1),
               std::move(*file), write.first};
  } else {
    const auto fits = [&](const Segment& spare) { return spare.file->size() >= bytes; };
    const auto spare = std::find_if(spares_.begin(), spares_.end(), fits);
    if (spare == spares_.end()) {
      OrderSpare();
      return false;
    }
    segment = std::move(*spare);
    spares_.erase(spare);
  }
  segment.start = write.first;
  segments_.insert_or_assign(write.first, std::move(segment));
  OrderSpare();
  return true;
}

void SegmentLog::WriteBatch(Waiting write) {
  Segment& segment = segments_.rbegin()->second;
  CHECK_GE(write.first, segment.start);
  const uint64_t offset = kBlockBytes + (write.first - segment.start);
  const std::string_view bytes = write.padded->view();
  if (write.first != segment.start) {
    segment.file->SubmitWrite(offset, bytes,
                              [buffer = std::move(write.padded), done = std::move(write.done)](
                                  Status status) { done(std::move(status)); });
    return;
  }
  // A fresh segment: its header and its first batch are under way together, acknowledged together.
  struct Both {
    int left = 2;
    Status status;
    Done done;
    AlignedBuffer header;
    std::shared_ptr<const AlignedBuffer> padded;
  };
  auto both = std::make_shared<Both>();
  both->done = std::move(write.done);
  both->padded = std::move(write.padded);
  both->header.Append(EncodeSegmentHeader(volume_, segment.start));
  const auto one = [both](Status status) {
    both->status.Update(status);
    if (--both->left == 0) both->done(both->status);
  };
  segment.file->SubmitWrite(0, both->header.view(), one);
  segment.file->SubmitWrite(offset, bytes, one);
}

void SegmentLog::OrderSpare() {
  if (spare_ordered_ || spares_.size() >= options_.spare_segments) return;
  spare_ordered_ = true;
  const std::string path = NewPath();
  disk_.CreateZeroedInBackground(
      path, options_.segment_bytes,
      [this, path, alive = alive_](StatusOr<std::unique_ptr<File>> file) {
        if (!*alive) return;
        spare_ordered_ = false;
        if (!file.ok()) {
          log::Error("log {}: {}", folder_, ToString(file.status()));
          return;
        }
        spares_.push_back({path, std::move(*file), kMaxLsn});
        RunWaiting();
        OrderSpare();
        disk_.Flush();
      });
}

void SegmentLog::TruncateTo(Lsn end) {
  CHECK_LE(end, tail_.end);
  while (!index_.empty() && index_.back().end > end) index_.pop_back();
  std::erase_if(waiting_, [&](const Waiting& write) { return write.first >= end; });
  DropSegmentsFrom(end + 1);
  if (index_.empty()) {
    tail_ = LogTail{.end = end};
    return;
  }
  const BatchEntry& last = index_.back();
  CHECK_EQ(last.end, end);
  tail_ = {last.end, last.epoch, last.first, last.checksum};
}

/// Files that start at or after `lsn` hold nothing of the log any more.
void SegmentLog::DropSegmentsFrom(Lsn lsn) {
  for (auto it = segments_.lower_bound(lsn); it != segments_.end(); it = segments_.erase(it)) {
    spares_.push_back(std::move(it->second));
  }
}

void SegmentLog::RestartAt(const LogTail& tail) {
  waiting_.clear();
  index_.clear();
  DropSegmentsFrom(Lsn());
  tail_ = tail;
  damaged_at_tail_ = false;
}

SegmentLog::Segment* SegmentLog::SegmentOf(Lsn lsn) {
  auto it = segments_.upper_bound(lsn);
  return it == segments_.begin() ? nullptr : &std::prev(it)->second;
}

Status SegmentLog::Read(Lsn from, Lsn limit, size_t max_bytes, std::string* out) {
  if (from < start())
    return Status(StatusCode::kOutOfRange, fmt::format("log starts at {}, not {}", start(), from));
  auto entry = std::lower_bound(index_.begin(), index_.end(), from,
                                [](const BatchEntry& e, Lsn lsn) { return e.first < lsn; });
  Segment* segment = nullptr;
  std::optional<WindowReader> reader;
  for (; entry != index_.end() && entry->end <= limit; ++entry) {
    if (!out->empty() && out->size() + (entry->end - entry->first) > max_bytes) break;
    Segment* holds = SegmentOf(entry->first);
    CHECK(holds != nullptr);
    if (holds != segment) reader.emplace(*(segment = holds)->file);
    auto batch = BatchAt(*reader, kBlockBytes + (entry->first - segment->start));
    if (!batch.ok())
      return WithContext(batch.status(), fmt::format("{} at {}", segment->path, entry->first));
    if (batch->header().checksum != entry->checksum)
      return Corrupt("{}: other batch at {}", segment->path, entry->first);
    out->append(batch->bytes());
  }
  return OkStatus();
}

void SegmentLog::RecycleBefore(Lsn lsn) {
  while (segments_.size() > 1) {
    const auto oldest = segments_.begin();
    const auto next = std::next(oldest);
    if (next->first > lsn) return;
    while (!index_.empty() && index_.front().first < next->first) index_.pop_front();
    const bool keep = spares_.size() < options_.max_spare_segments &&
                      oldest->second.file->size() == options_.segment_bytes;
    if (keep) {
      spares_.push_back(std::move(oldest->second));
    } else if (const Status status = disk_.Remove(oldest->second.path); !status.ok()) {
      log::Warning("log: {}", ToString(status));
    }
    segments_.erase(oldest);
  }
}

uint64_t SegmentLog::bytes_on_disk() const {
  uint64_t bytes = 0;
  for (const auto& [start, segment] : segments_) bytes += segment.file->size();
  for (const Segment& spare : spares_) bytes += spare.file->size();
  return bytes;
}

}  // namespace sixfold::storage
