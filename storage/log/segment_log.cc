#include "storage/log/segment_log.h"

#include <charconv>

#include "core/base/bytes.h"
#include "core/base/check.h"
#include "core/base/checksum.h"
#include "core/base/log.h"
#include "core/base/sim_hooks.h"

namespace sixfold::storage {

namespace {

constexpr std::string_view kSegmentMagic = "SXFSEGMT";
constexpr std::string_view kSegmentPrefix = "segment-";
constexpr size_t kSegmentHeaderFieldsBytes = 48;
constexpr size_t kReadWindowBytes = 1 << 20;
constexpr uint64_t kFirstSegmentBytes = 2 << 20;

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

bool Chains(const BatchHeader& header, const BatchHeader& previous) {
  return header.prev_lsn == previous.first_lsn && header.prev_checksum == previous.checksum &&
         header.prev_end == previous.end_lsn;
}

}  // namespace

/// Finds the log at startup. Each file holds a run of batches that chain to each other; a run goes
/// on from a batch of another file, or is where the log starts. Several runs may go on from one
/// batch: an opening that failed elsewhere, a tail that was cut. The log is the chain whose last
/// batch has the highest epoch, then reaches furthest, among those that are whole and agree with
/// the base.
class SegmentLog::Scanner {
 public:
  Scanner(SegmentLog& log, std::vector<Segment> files, std::optional<Lsn> needed_from)
      : log_(log), needed_from_(needed_from) {
    for (Segment& file : files) runs_.push_back({std::move(file)});
    std::stable_sort(runs_.begin(), runs_.end(), [](const FileRun& a, const FileRun& b) {
      return a.segment.start < b.segment.start;
    });
  }

  Status Run() {
    for (size_t i = 0; i < runs_.size(); ++i) RETURN_IF_ERROR(ReadRun(i));
    for (FileRun& run : runs_) FindParent(run);
    const std::vector<size_t> chain = ChooseChain();
    BuildIndex(chain);
    log_.damaged_at_tail_ = DamageAtTail(chain);
    KeepFiles(chain);
    if (needed_from_.has_value() && log_.tail_.end < *needed_from_)
      log_.RestartAt({.end = *needed_from_});
    return OkStatus();
  }

 private:
  static constexpr size_t kNone = SIZE_MAX;
  struct FileRun {
    Segment segment;
    std::vector<BatchHeader> batches;
    size_t parent = kNone;    // the run it goes on from …
    size_t parent_batch = 0;  // … and the batch there
    bool whole = false;       // the log in front of it is there as far as it is needed
  };

  Status ReadRun(size_t number) {
    FileRun& run = runs_[number];
    WindowReader reader(*run.segment.file);
    for (Lsn position = run.segment.start;;) {
      auto batch = BatchAt(reader, kBlockBytes + (position - run.segment.start));
      if (batch.status().code() == StatusCode::kFailedPrecondition) return batch.status();
      if (!batch.ok()) return OkStatus();
      const BatchHeader& header = batch->header();
      if (header.first_lsn != position || header.volume != log_.volume_) return OkStatus();
      if (!run.batches.empty() && !Chains(header, run.batches.back())) return OkStatus();
      by_name_[{header.first_lsn, header.checksum}] = {number, run.batches.size()};
      run.batches.push_back(header);
      position = header.end_lsn;
    }
  }

  /// Runs are in order of their starts, so a parent is judged before its children.
  void FindParent(FileRun& run) {
    if (run.batches.empty()) return;
    const BatchHeader& first = run.batches.front();
    const auto parent = by_name_.find({first.prev_lsn, first.prev_checksum});
    if (parent != by_name_.end() &&
        Chains(first, runs_[parent->second.first].batches[parent->second.second]) &&
        runs_[parent->second.first].whole) {
      run.parent = parent->second.first;
      run.parent_batch = parent->second.second;
      run.whole = true;
      return;
    }
    run.whole =
        !needed_from_.has_value() || first.prev_lsn == Lsn() || first.prev_end <= *needed_from_;
  }

  /// The runs of the log, last first.
  std::vector<size_t> ChooseChain() {
    std::vector<size_t> best;
    for (size_t i = 0; i < runs_.size(); ++i) {
      if (!runs_[i].whole) continue;
      std::vector<size_t> chain = {i};
      while (runs_[chain.back()].parent != kNone) chain.push_back(runs_[chain.back()].parent);
      if (!AgreesWithBase(chain)) continue;
      if (best.empty() || Better(runs_[i].batches.back(), runs_[best.front()].batches.back()))
        best = std::move(chain);
    }
    return best;
  }

  static bool Better(const BatchHeader& a, const BatchHeader& b) {
    return a.epoch != b.epoch ? a.epoch > b.epoch : a.end_lsn > b.end_lsn;
  }

  /// Batches of run chain[at] that are part of the chain.
  size_t Used(const std::vector<size_t>& chain, size_t at) const {
    return at == 0 ? runs_[chain[0]].batches.size() : runs_[chain[at - 1]].parent_batch + 1;
  }

  /// The base holds whole batches: one of the chain ends where it does, unless it lies outside.
  bool AgreesWithBase(const std::vector<size_t>& chain) const {
    if (!needed_from_.has_value()) return true;
    if (*needed_from_ <= runs_[chain.back()].batches.front().prev_end) return true;
    if (*needed_from_ >= runs_[chain.front()].batches.back().end_lsn) return true;
    for (size_t at = 0; at < chain.size(); ++at) {
      for (size_t i = 0; i < Used(chain, at); ++i) {
        if (runs_[chain[at]].batches[i].end_lsn == *needed_from_) return true;
      }
    }
    return false;
  }

  void BuildIndex(const std::vector<size_t>& chain) {
    for (size_t at = chain.size(); at-- > 0;) {
      for (size_t i = 0; i < Used(chain, at); ++i) {
        const BatchHeader& h = runs_[chain[at]].batches[i];
        log_.index_.push_back({h.prev_end, h.first_lsn, h.end_lsn, h.epoch, h.checksum});
        log_.vdl_seen_ = std::max(log_.vdl_seen_, h.vdl);
      }
    }
    if (log_.index_.empty()) return;
    const BatchEntry& last = log_.index_.back();
    log_.tail_ = {last.end, last.epoch, last.first, last.checksum};
  }

  /// Something at or behind the end that a finished append would have left there.
  bool DamageAtTail(const std::vector<size_t>& chain) {
    for (const FileRun& run : runs_) {
      if (run.segment.start >= log_.tail_.end) return true;
    }
    if (chain.empty()) return false;
    Segment& segment = runs_[chain.front()].segment;
    WindowReader reader(*segment.file);
    for (Lsn at = log_.tail_.end; at - segment.start < segment.capacity(); at += kBlockBytes) {
      auto header =
          BatchHeader::Decode(reader.Get(kBlockBytes + (at - segment.start), kBatchHeaderBytes));
      if (header.ok() && header->first_lsn == at && header->volume == log_.volume_) return true;
    }
    return false;
  }

  void KeepFiles(const std::vector<size_t>& chain) {
    for (size_t i = 0; i < runs_.size(); ++i) {
      Segment& segment = runs_[i].segment;
      if (std::find(chain.begin(), chain.end(), i) == chain.end()) {
        log_.spares_.push_back(std::move(segment));
      } else {
        const Lsn start = segment.start;
        CHECK(log_.segments_.emplace(start, std::move(segment)).second);
      }
    }
  }

  SegmentLog& log_;
  std::optional<Lsn> needed_from_;
  std::vector<FileRun> runs_;
  std::map<std::pair<Lsn, uint64_t>, std::pair<size_t, size_t>>
      by_name_;  // position, checksum -> run, batch
};

StatusOr<std::unique_ptr<SegmentLog>> SegmentLog::Open(Disk& disk, const std::string& folder,
                                                       const Uuid& volume,
                                                       const SegmentLogOptions& options,
                                                       std::optional<Lsn> needed_from) {
  CHECK_EQ(options.segment_bytes % kBlockBytes, 0u);
  RETURN_IF_ERROR(disk.MakeFolders(folder));
  std::unique_ptr<SegmentLog> log(new SegmentLog(disk, folder, volume, options));
  ASSIGN_OR_RETURN(const std::vector<std::string> names, disk.List(folder));
  AlignedBuffer block(kBlockBytes);
  std::vector<Segment> files;
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
    (*start == kMaxLsn ? log->spares_ : files).push_back(std::move(segment));
  }
  RETURN_IF_ERROR(Scanner(*log, std::move(files), needed_from).Run());
  if (log->damaged_at_tail_) SIM_MARK("damage behind the end of a log");
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
  index_.push_back(
      {header.prev_end, header.first_lsn, header.end_lsn, header.epoch, header.checksum});
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
    NoteRoom(file.status());
    if (!file.ok()) return false;
    segment = {fmt::format("{}/{}{:08}", folder_, kSegmentPrefix, next_number_ - 1),
               std::move(*file), write.first};
  } else {
    const auto fits = [&](const Segment& spare) { return spare.file->size() >= bytes; };
    const auto spare = std::find_if(spares_.begin(), spares_.end(), fits);
    if (spare == spares_.end()) {
      SIM_MARK("a write waits for a segment");
      OrderSpare(true);
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

void SegmentLog::OrderSpare(bool needed) {
  if (spare_ordered_ || (!needed && spares_.size() >= options_.spare_segments)) return;
  spare_ordered_ = true;
  const std::string path = NewPath();
  // A new log starts with a small file: the first commit must not wait for a large one.
  const bool first = segments_.empty() && spares_.empty() && !needed;
  const uint64_t bytes =
      first ? std::min(options_.segment_bytes, kFirstSegmentBytes) : options_.segment_bytes;
  disk_.CreateZeroedInBackground(
      path, bytes, [this, path, alive = alive_](StatusOr<std::unique_ptr<File>> file) {
        if (!*alive) return;
        spare_ordered_ = false;
        NoteRoom(file.status());
        if (!file.ok()) return;
        spares_.push_back({path, std::move(*file), kMaxLsn});
        RunWaiting();
        OrderSpare();
        disk_.Flush();
      });
}

void SegmentLog::NoteRoom(const Status& made) {
  if (made.ok() != no_room_) return;
  no_room_ = !made.ok();
  SIM_MARK("no room for a segment, or again");
  if (no_room_) {
    log::Error("log {}: no room for what comes, it waits: {}", folder_, ToString(made));
  } else {
    log::Info("log {}: there is room again", folder_);
  }
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
