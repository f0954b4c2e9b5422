#include "storage/log/batch.h"

#include "core/base/check.h"
#include "core/base/checksum.h"

namespace sixfold::storage {

namespace {

constexpr std::string_view kBatchMagic = "SXFBATCH";
constexpr size_t kBatchChecksumOffset = 120;
static_assert(kBatchChecksumOffset + sizeof(uint64_t) == kBatchHeaderBytes);

uint64_t BatchChecksum(std::string_view unpadded) {
  const uint64_t of_header = Checksum64(unpadded.substr(0, kBatchChecksumOffset));
  return Checksum64(unpadded.substr(kBatchHeaderBytes), of_header);
}

}  // namespace

StatusOr<BatchHeader> BatchHeader::Decode(std::string_view bytes) {
  if (bytes.size() < kBatchHeaderBytes || !bytes.starts_with(kBatchMagic)) {
    return Corrupt("no batch header");
  }
  ByteReader in(bytes.substr(kBatchMagic.size()));
  BatchHeader h;
  h.version = in.Fixed<uint16_t>();
  h.flags = in.Fixed<uint16_t>();
  h.record_count = in.Fixed<uint32_t>();
  const std::string_view volume = in.Bytes(h.volume.bytes.size());
  std::memcpy(h.volume.bytes.data(), volume.data(), volume.size());
  h.epoch = Epoch(in.Fixed<uint64_t>());
  h.first_lsn = Lsn(in.Fixed<uint64_t>());
  h.end_lsn = Lsn(in.Fixed<uint64_t>());
  h.prev_lsn = Lsn(in.Fixed<uint64_t>());
  h.prev_checksum = in.Fixed<uint64_t>();
  h.prev_end = Lsn(in.Fixed<uint64_t>());
  h.vdl = Lsn(in.Fixed<uint64_t>());
  h.payload_bytes = in.Fixed<uint64_t>();
  h.sent_ns = in.Fixed<uint64_t>();
  in.Bytes(16);
  h.checksum = in.Fixed<uint64_t>();
  CHECK(in.ok());
  if (h.version > kLogFormatVersion) {
    return FailedPrecondition(
        "batch at {} has log format {}, this program knows {}; use a newer one", h.first_lsn,
        h.version, kLogFormatVersion);
  }
  const bool sizes_agree = h.payload_bytes <= UINT32_MAX && h.end_lsn >= h.first_lsn &&
                           h.end_lsn - h.first_lsn == h.padded_bytes() &&
                           h.first_lsn.value() % kBlockBytes == 0;
  const bool chain_sane = h.opens_epoch() ? h.prev_end <= h.first_lsn : h.prev_end == h.first_lsn;
  if (!sizes_agree || !chain_sane)
    return Corrupt("batch header at {} contradicts itself", h.first_lsn);
  return h;
}

void BatchHeader::EncodeTo(char* out) const {
  std::memset(out, 0, kBatchHeaderBytes);
  std::memcpy(out, kBatchMagic.data(), kBatchMagic.size());
  StoreFixed(out + 8, version);
  StoreFixed(out + 10, flags);
  StoreFixed(out + 12, record_count);
  std::memcpy(out + 16, volume.bytes.data(), volume.bytes.size());
  StoreFixed(out + 32, epoch.value());
  StoreFixed(out + 40, first_lsn.value());
  StoreFixed(out + 48, end_lsn.value());
  StoreFixed(out + 56, prev_lsn.value());
  StoreFixed(out + 64, prev_checksum);
  StoreFixed(out + 72, prev_end.value());
  StoreFixed(out + 80, vdl.value());
  StoreFixed(out + 88, payload_bytes);
  StoreFixed(out + 96, sent_ns);
}

StatusOr<BatchView> BatchView::Parse(std::string_view bytes) {
  BatchView view;
  ASSIGN_OR_RETURN(view.header_, BatchHeader::Decode(bytes));
  const BatchHeader& h = view.header_;
  if (bytes.size() < h.unpadded_bytes()) return Corrupt("batch at {} is cut short", h.first_lsn);
  view.bytes_ = bytes.substr(0, h.unpadded_bytes());
  if (BatchChecksum(view.bytes_) != h.checksum)
    return Corrupt("batch at {} fails its checksum", h.first_lsn);
  return view;
}

BatchView BatchView::Verified(const BatchHeader& header, std::string_view bytes) {
  CHECK_GE(bytes.size(), header.unpadded_bytes());
  BatchView view;
  view.header_ = header;
  view.bytes_ = bytes.substr(0, header.unpadded_bytes());
  return view;
}

void BatchBuilder::Start(Lsn first_lsn) {
  CHECK_EQ(first_lsn.value() % kBlockBytes, 0u);
  first_lsn_ = first_lsn;
  record_count_ = 0;
  buffer_.Clear();
  buffer_.Resize(kBatchHeaderBytes);
}

Lsn BatchBuilder::Append(std::string_view record) {
  CHECK_GE(record.size(), kRecordHeaderBytes);
  buffer_.Append(record);
  ++record_count_;
  return first_lsn_ + buffer_.size();
}

AlignedBuffer BatchBuilder::Finish(BatchHeader* header) {
  header->first_lsn = first_lsn_;
  header->record_count = record_count_;
  header->payload_bytes = buffer_.size() - kBatchHeaderBytes;
  header->end_lsn = first_lsn_ + header->padded_bytes();
  CHECK(header->opens_epoch() || header->prev_end == first_lsn_);
  header->EncodeTo(buffer_.data());
  header->checksum = BatchChecksum(buffer_.view());
  StoreFixed(buffer_.data() + kBatchChecksumOffset, header->checksum);
  buffer_.PadToBlock();
  return std::exchange(buffer_, AlignedBuffer());
}

}  // namespace sixfold::storage
