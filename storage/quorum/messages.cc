#include "storage/quorum/messages.h"

#include "core/base/bytes.h"

namespace sixfold::storage {

namespace {

constexpr size_t kMaxCopiesInMessage = 64;

void PutUuid(std::string* out, const Uuid& uuid) { out->append(uuid.view()); }

Uuid TakeUuid(ByteReader& in) {
  Uuid uuid;
  const std::string_view bytes = in.Bytes(uuid.bytes.size());
  if (in.ok()) std::memcpy(uuid.bytes.data(), bytes.data(), bytes.size());
  return uuid;
}

template <typename Strong>
void Put(std::string* out, Strong value) {
  PutFixed(out, value.value());
}
template <typename Strong>
Strong Take(ByteReader& in) {
  return Strong(in.Fixed<uint64_t>());
}

template <typename T>
StatusOr<T> Finished(const ByteReader& in, T&& message) {
  if (!in.ok()) return Corrupt("damaged storage message");
  return std::forward<T>(message);
}

void PutReport(std::string* out, const CopyReport& r) {
  Put(out, r.copy);
  PutFixed(out, r.place);
  PutFixed(out, static_cast<uint8_t>(r.standing));
  PutFixed(out, static_cast<uint8_t>(r.accepted));
  PutFixed(out, static_cast<uint8_t>(r.uncertain));
  Put(out, r.promised);
  Put(out, r.tail.end);
  Put(out, r.tail.epoch);
  Put(out, r.tail.last_lsn);
  PutFixed(out, r.tail.last_checksum);
  Put(out, r.log_start);
  Put(out, r.vdl);
  Put(out, r.applied);
  PutLengthPrefixed(out, r.membership.Encode());
}

StatusOr<CopyReport> TakeReport(ByteReader& in) {
  CopyReport r;
  r.copy = Take<CopyId>(in);
  r.place = in.Fixed<uint8_t>();
  r.standing = static_cast<CopyStanding>(in.Fixed<uint8_t>());
  r.accepted = in.Fixed<uint8_t>() != 0;
  r.uncertain = in.Fixed<uint8_t>() != 0;
  r.promised = Take<Epoch>(in);
  r.tail.end = Take<Lsn>(in);
  r.tail.epoch = Take<Epoch>(in);
  r.tail.last_lsn = Take<Lsn>(in);
  r.tail.last_checksum = in.Fixed<uint64_t>();
  r.log_start = Take<Lsn>(in);
  r.vdl = Take<Lsn>(in);
  r.applied = Take<Lsn>(in);
  ASSIGN_OR_RETURN(r.membership, Membership::Decode(in.LengthPrefixed()));
  return r;
}

void PutReports(std::string* out, const std::vector<CopyReport>& reports) {
  PutVarint(out, reports.size());
  for (const CopyReport& report : reports) PutReport(out, report);
}

Status TakeReports(ByteReader& in, std::vector<CopyReport>* reports) {
  const uint64_t count = in.Varint();
  if (count > kMaxCopiesInMessage) return Corrupt("message names {} copies", count);
  for (uint64_t i = 0; i < count; ++i) {
    ASSIGN_OR_RETURN(CopyReport report, TakeReport(in));
    reports->push_back(std::move(report));
  }
  return OkStatus();
}

}  // namespace

std::string Hello::Encode() const {
  std::string out;
  PutFixed(&out, kStorageProtocolVersion);
  PutLengthPrefixed(&out, cluster_id);
  PutLengthPrefixed(&out, sender);
  return out;
}
StatusOr<Hello> Hello::Decode(std::string_view body) {
  ByteReader in(body);
  const auto version = in.Fixed<uint16_t>();
  if (in.ok() && version != kStorageProtocolVersion) {
    return FailedPrecondition("storage protocol version {} meets {}", version,
                              kStorageProtocolVersion);
  }
  Hello m;
  m.cluster_id = in.LengthPrefixed();
  m.sender = in.LengthPrefixed();
  return Finished(in, std::move(m));
}

std::string HelloReply::Encode() const {
  std::string out;
  PutFixed(&out, kStorageProtocolVersion);
  PutLengthPrefixed(&out, error);
  PutUuid(&out, volume);
  PutLengthPrefixed(&out, az);
  PutReports(&out, copies);
  return out;
}
StatusOr<HelloReply> HelloReply::Decode(std::string_view body) {
  ByteReader in(body);
  const auto version = in.Fixed<uint16_t>();
  if (in.ok() && version != kStorageProtocolVersion) {
    return FailedPrecondition("storage protocol version {} meets {}", version,
                              kStorageProtocolVersion);
  }
  HelloReply m;
  m.error = in.LengthPrefixed();
  m.volume = TakeUuid(in);
  m.az = in.LengthPrefixed();
  RETURN_IF_ERROR(TakeReports(in, &m.copies));
  return Finished(in, std::move(m));
}

std::string Promise::Encode() const {
  std::string out;
  Put(&out, epoch);
  PutUuid(&out, writer);
  return out;
}
StatusOr<Promise> Promise::Decode(std::string_view body) {
  ByteReader in(body);
  Promise m;
  m.epoch = Take<Epoch>(in);
  m.writer = TakeUuid(in);
  return Finished(in, std::move(m));
}

std::string PromiseReply::Encode() const {
  std::string out;
  Put(&out, epoch);
  PutReports(&out, copies);
  return out;
}
StatusOr<PromiseReply> PromiseReply::Decode(std::string_view body) {
  ByteReader in(body);
  PromiseReply m;
  m.epoch = Take<Epoch>(in);
  RETURN_IF_ERROR(TakeReports(in, &m.copies));
  return Finished(in, std::move(m));
}

std::string AppendView::EncodeHead(Epoch epoch) {
  std::string out;
  Put(&out, epoch);
  return out;
}
StatusOr<AppendView> AppendView::Decode(std::string_view body) {
  ByteReader in(body);
  AppendView m;
  m.epoch = Take<Epoch>(in);
  m.batch = in.rest();
  return Finished(in, std::move(m));
}

std::string Ack::Encode() const {
  std::string out;
  out.reserve(16 + copies.size() * 25);
  Put(&out, epoch);
  PutVarint(&out, copies.size());
  for (const CopyAck& ack : copies) {
    Put(&out, ack.copy);
    PutFixed(&out, static_cast<uint8_t>(ack.state));
    Put(&out, ack.promised);
    Put(&out, ack.end);
  }
  return out;
}
StatusOr<Ack> Ack::Decode(std::string_view body) {
  ByteReader in(body);
  Ack m;
  m.epoch = Take<Epoch>(in);
  const uint64_t count = in.Varint();
  for (uint64_t i = 0; i < count && in.ok(); ++i) {
    CopyAck ack;
    ack.copy = Take<CopyId>(in);
    ack.state = static_cast<AckState>(in.Fixed<uint8_t>());
    ack.promised = Take<Epoch>(in);
    ack.end = Take<Lsn>(in);
    m.copies.push_back(ack);
  }
  return Finished(in, std::move(m));
}

std::string VdlNotice::Encode() const {
  std::string out;
  Put(&out, epoch);
  Put(&out, vdl);
  PutFixed(&out, sent_ns);
  return out;
}
StatusOr<VdlNotice> VdlNotice::Decode(std::string_view body) {
  ByteReader in(body);
  VdlNotice m;
  m.epoch = Take<Epoch>(in);
  m.vdl = Take<Lsn>(in);
  m.sent_ns = in.Fixed<uint64_t>();
  return Finished(in, std::move(m));
}

std::string Fetch::Encode() const {
  std::string out;
  PutFixed(&out, tag);
  Put(&out, epoch);
  Put(&out, copy);
  Put(&out, from);
  PutFixed(&out, max_bytes);
  return out;
}
StatusOr<Fetch> Fetch::Decode(std::string_view body) {
  ByteReader in(body);
  Fetch m;
  m.tag = in.Fixed<uint64_t>();
  m.epoch = Take<Epoch>(in);
  m.copy = Take<CopyId>(in);
  m.from = Take<Lsn>(in);
  m.max_bytes = in.Fixed<uint64_t>();
  return Finished(in, std::move(m));
}

std::string FetchReply::Encode() const {
  std::string out;
  out.reserve(40 + batches.size());
  PutFixed(&out, tag);
  PutFixed(&out, static_cast<uint8_t>(result));
  Put(&out, vdl);
  Put(&out, log_start);
  out.append(batches);
  return out;
}
StatusOr<FetchReply> FetchReply::Decode(std::string_view body) {
  ByteReader in(body);
  FetchReply m;
  m.tag = in.Fixed<uint64_t>();
  m.result = static_cast<FetchResult>(in.Fixed<uint8_t>());
  m.vdl = Take<Lsn>(in);
  m.log_start = Take<Lsn>(in);
  m.batches = in.rest();
  return Finished(in, std::move(m));
}

std::string FetchBase::Encode() const {
  std::string out;
  PutFixed(&out, tag);
  PutFixed(&out, session);
  PutFixed(&out, max_bytes);
  out.append(after);
  return out;
}
StatusOr<FetchBase> FetchBase::Decode(std::string_view body) {
  ByteReader in(body);
  FetchBase m;
  m.tag = in.Fixed<uint64_t>();
  m.session = in.Fixed<uint64_t>();
  m.max_bytes = in.Fixed<uint64_t>();
  m.after = in.rest();
  return Finished(in, std::move(m));
}

std::string FetchBaseReply::Encode() const {
  std::string out;
  out.reserve(40 + part.size());
  PutFixed(&out, tag);
  PutFixed(&out, static_cast<uint8_t>(result));
  PutFixed(&out, session);
  PutFixed(&out, static_cast<uint8_t>(last));
  Put(&out, applied);
  out.append(part);
  return out;
}
StatusOr<FetchBaseReply> FetchBaseReply::Decode(std::string_view body) {
  ByteReader in(body);
  FetchBaseReply m;
  m.tag = in.Fixed<uint64_t>();
  m.result = static_cast<FetchResult>(in.Fixed<uint8_t>());
  m.session = in.Fixed<uint64_t>();
  m.last = in.Fixed<uint8_t>() != 0;
  m.applied = Take<Lsn>(in);
  m.part = in.rest();
  return Finished(in, std::move(m));
}

}  // namespace sixfold::storage
