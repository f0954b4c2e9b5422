#include "storage/log/record.h"

#include "core/base/check.h"

namespace sixfold::storage {

namespace {

void PutRecordHeader(const RecordHeader& header, uint32_t mutation_count, uint32_t dropped_count,
                     std::string* out) {
  PutFixed<uint32_t>(out, 0);  // the length, known at the end
  PutFixed(out, static_cast<uint8_t>(header.kind));
  PutFixed(out, kRecordVersion);
  PutFixed(out, header.flags);
  PutFixed(out, header.txn.value());
  PutFixed(out, header.epoch.value());
  PutFixed(out, header.wall_us);
  PutFixed(out, header.part);
  PutFixed(out, mutation_count);
  PutFixed(out, dropped_count);
  PutFixed<uint32_t>(out, 0);
}

void StoreRecordLength(std::string* out, size_t start) {
  const size_t length = out->size() - start;
  CHECK_LE(length, size_t{UINT32_MAX});
  StoreFixed(out->data() + start, static_cast<uint32_t>(length));
}

}  // namespace

void EncodeRecord(const RecordHeader& header, std::span<const Mutation> mutations,
                  std::span<const std::string> dropped_prefixes, std::string* out) {
  CHECK(header.kind == RecordKind::kCommit);
  const size_t start = out->size();
  size_t bytes = kRecordHeaderBytes;
  for (const Mutation& m : mutations) bytes += 11 + m.key.size() + m.value.size();
  out->reserve(start + bytes);
  PutRecordHeader(header, static_cast<uint32_t>(mutations.size()),
                  static_cast<uint32_t>(dropped_prefixes.size()), out);
  for (size_t i = 0; i < mutations.size(); ++i) {
    const Mutation& m = mutations[i];
    DCHECK(i == 0 || mutations[i - 1].key < m.key,
           "mutations of a record must be sorted and distinct");
    PutFixed(out, static_cast<uint8_t>(m.kind));
    PutVarint(out, m.key.size());
    PutVarint(out, m.value.size());
    out->append(m.key);
    out->append(m.value);
  }
  for (const std::string& prefix : dropped_prefixes) PutLengthPrefixed(out, prefix);
  StoreRecordLength(out, start);
}

void EncodeControlRecord(const RecordHeader& header, std::string_view payload, std::string* out) {
  CHECK(header.kind != RecordKind::kCommit);
  const size_t start = out->size();
  PutRecordHeader(header, 0, 0, out);
  out->append(payload);
  StoreRecordLength(out, start);
}

std::string EpochOpening::Encode() const {
  CHECK_EQ(writer.size(), 16u);
  std::string out;
  PutFixed(&out, kept_end.value());
  PutFixed(&out, new_start.value());
  out.append(writer);
  return out;
}

StatusOr<EpochOpening> EpochOpening::Decode(std::string_view payload) {
  ByteReader in(payload);
  EpochOpening opening;
  opening.kept_end = Lsn(in.Fixed<uint64_t>());
  opening.new_start = Lsn(in.Fixed<uint64_t>());
  opening.writer = in.Bytes(16);
  if (!in.ok() || opening.new_start < opening.kept_end)
    return Corrupt("damaged epoch-opening record");
  return opening;
}

bool MutationCursor::Next(Mutation* mutation) {
  if (left_ == 0) return false;
  --left_;
  const auto kind = rest_.Fixed<uint8_t>();
  const uint64_t key_bytes = rest_.Varint();
  const uint64_t value_bytes = rest_.Varint();
  mutation->kind = static_cast<MutationKind>(kind);
  mutation->key = rest_.Bytes(key_bytes);
  mutation->value = rest_.Bytes(value_bytes);
  if (rest_.ok() && kind >= 1 && kind <= 3) return true;
  ok_ = false;
  left_ = 0;
  return false;
}

StatusOr<RecordView> RecordView::Parse(std::string_view* input, Lsn start) {
  ByteReader in(*input);
  const auto length = in.Fixed<uint32_t>();
  if (length < kRecordHeaderBytes || length > input->size()) {
    return Corrupt("record at {} has an impossible length {}", start, length);
  }
  RecordView view;
  const auto kind = in.Fixed<uint8_t>();
  const auto version = in.Fixed<uint8_t>();
  if (version > kRecordVersion) {
    return FailedPrecondition("record at {} has format version {}, this program knows {}", start,
                              version, kRecordVersion);
  }
  view.header_.kind = static_cast<RecordKind>(kind);
  view.header_.flags = in.Fixed<uint16_t>();
  view.header_.txn = TxnId(in.Fixed<uint64_t>());
  view.header_.epoch = Epoch(in.Fixed<uint64_t>());
  view.header_.wall_us = in.Fixed<int64_t>();
  view.header_.part = in.Fixed<uint32_t>();
  view.mutation_count_ = in.Fixed<uint32_t>();
  view.dropped_count_ = in.Fixed<uint32_t>();
  view.lsn_ = start + length;
  view.bytes_ = input->substr(0, length);
  view.body_ = view.bytes_.substr(kRecordHeaderBytes);
  input->remove_prefix(length);
  return view;
}

StatusOr<std::vector<std::string_view>> RecordView::DroppedPrefixes() const {
  MutationCursor cursor = mutations();
  Mutation mutation;
  while (cursor.Next(&mutation)) {
  }
  ByteReader in(cursor.rest());
  std::vector<std::string_view> prefixes;
  for (uint32_t i = 0; i < dropped_count_ && in.ok(); ++i) prefixes.push_back(in.LengthPrefixed());
  if (!cursor.ok() || !in.ok()) return Corrupt("damaged record before {}", lsn_);
  return prefixes;
}

}  // namespace sixfold::storage
