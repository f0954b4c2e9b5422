#include "storage/client/volume_opener.h"

#include "core/base/check.h"
#include "core/base/log.h"
#include "core/base/sim_hooks.h"

namespace sixfold::storage {

namespace {

constexpr uint64_t kPatienceUs = 100'000;
constexpr uint64_t kStartOverMinUs = 2'000;
constexpr uint64_t kStartOverSpreadUs = 30'000;

}  // namespace

VolumeOpener::VolumeOpener(TaskLoop& loop, const Clock& clock, Random& random,
                           std::vector<std::unique_ptr<DaemonLink>>& links, Done done)
    : loop_(loop),
      clock_(clock),
      random_(random),
      links_(links),
      done_(std::move(done)),
      writer_(Uuid::Generate(random)) {
  patience_ = loop_.After(kPatienceUs, [this] {
    patient_ = false;
    if (!finished_ && !session_.has_value()) StartWhenGreeted();
  });
}

void VolumeOpener::OnLinkChanged(DaemonLink& link) {
  if (finished_) return;
  if (!session_.has_value()) return StartWhenGreeted();
  if (link.state() == DaemonLink::State::kReady && counted_.insert(&link).second) {
    for (const auto& [id, copy] : link.copies()) session_->OnPromise(copy.report);
  }
  if (link.state() == DaemonLink::State::kDown && shipping_)
    return StartOver();  // whoever shipped may be gone
  Look();
}

bool VolumeOpener::AllAnswered() const {
  for (const auto& link : links_) {
    if (!link->tried() || link->state() == DaemonLink::State::kGreeting) return false;
    if (link->state() == DaemonLink::State::kGreeted ||
        link->state() == DaemonLink::State::kPromising)
      return false;
  }
  return true;
}

/// Waits until every daemon answered or refused (not long: one may hang), then takes an epoch above
/// all it heard of.
void VolumeOpener::StartWhenGreeted() {
  Epoch highest;
  size_t copies = 0;
  for (const auto& link : links_) {
    const bool silent = !link->tried() || link->state() == DaemonLink::State::kGreeting;
    if (silent && patient_) return;
    if (link->state() < DaemonLink::State::kGreeted) continue;
    if (volume_.IsNil()) volume_ = link->hello().volume;
    if (link->hello().volume != volume_) {
      return Finish(FailedPrecondition("storage daemons hold different volumes: {} and {}",
                                       volume_.ToString(), link->hello().volume.ToString()));
    }
    for (const CopyReport& report : link->hello().copies) {
      ++copies;
      highest = std::max({highest, report.promised, report.tail.epoch});
      if (report.membership.NewerThan(membership_)) membership_ = report.membership;
    }
  }
  if (copies < kWriteQuorum) return;  // links keep trying; each change looks again
  StartSession(highest + 1);
}

void VolumeOpener::StartSession(Epoch epoch) {
  session_.emplace(membership_, epoch);
  counted_.clear();
  shipping_ = false;
  opening_.reset();
  for (const auto& link : links_) link->Ask({epoch, writer_});
}

void VolumeOpener::StartOver() {
  if (restarting_ || finished_) return;
  SIM_MARK("a candidate starts over");
  restarting_ = true;
  membership_ = session_->membership();
  const Epoch next = std::max(session_->above_epoch(), session_->epoch()) + 1;
  // Two candidates that outbid each other must not do so in step.
  restart_ = loop_.After(kStartOverMinUs + random_.Uniform(kStartOverSpreadUs), [this, next] {
    restarting_ = false;
    StartSession(next);
  });
}

void VolumeOpener::Look() {
  using Step = RecoverySession::Step;
  if (finished_ || restarting_ || !session_.has_value()) return;
  if (session_->step() == Step::kCollect) session_->Choose(AllAnswered());
  switch (session_->step()) {
    case Step::kCollect:
      return;
    case Step::kShip:
      return BeginShipping();
    case Step::kOpen:
      return SendOpening();
    case Step::kRestart:
      return StartOver();
    case Step::kFailed:
      return Finish(session_->status());
    case Step::kDone:
      return Finish(OkStatus());
  }
}

DaemonLink* VolumeOpener::LinkOf(CopyId copy) {
  for (const auto& link : links_) {
    if (link->state() == DaemonLink::State::kReady && link->copies().contains(copy))
      return link.get();
  }
  return nullptr;
}

void VolumeOpener::BeginShipping() {
  if (shipping_) return;
  DaemonLink* source = LinkOf(session_->source());
  if (source == nullptr) return StartOver();
  const Lsn log_start = source->copies()[session_->source()].report.log_start;
  ship_position_ =
      session_->kept().last_lsn;  // at least its last batch: an equal log is confirmed by it
  for (const RecoverySession::Behind& behind : session_->behind()) {
    if (behind.from >= log_start) ship_position_ = std::min(ship_position_, behind.from);
  }
  shipping_ = true;
  log::Info("recovery: epoch {}: keeping copy {}'s log up to {}, bringing others there from {}",
            session_->epoch(), session_->source(), session_->kept().end, ship_position_);
  AskForNextPiece();
}

void VolumeOpener::AskForNextPiece() {
  DaemonLink* source = LinkOf(session_->source());
  if (source == nullptr) return StartOver();
  Fetch fetch;
  fetch.epoch = session_->epoch();
  fetch.copy = session_->source();
  fetch.from = ship_position_;
  source->Send(MessageType::kFetch, fetch.Encode());
}

void VolumeOpener::OnFetchReply(DaemonLink& link, const FetchReply& reply) {
  if (finished_ || !shipping_ || !session_.has_value() ||
      session_->step() != RecoverySession::Step::kShip)
    return;
  if (reply.result != FetchResult::kOk) {
    log::Warning("recovery: storage {} could not read its log (result {})", link.az(),
                 static_cast<int>(reply.result));
    return StartOver();
  }
  std::string_view rest = reply.batches;
  const Lsn before = ship_position_;
  while (!rest.empty()) {
    auto batch = BatchView::Parse(rest);
    if (!batch.ok()) {
      log::Warning("recovery: log of storage {}: {}", link.az(), ToString(batch.status()));
      return StartOver();
    }
    for (const auto& target : links_) SendTo(*target, batch->bytes());
    rest.remove_prefix(batch->bytes().size());
    ship_position_ = batch->header().end_lsn;
  }
  if (ship_position_ < session_->kept().end && ship_position_ > before) AskForNextPiece();
}

void VolumeOpener::SendTo(DaemonLink& link, std::string_view unpadded) {
  if (link.state() != DaemonLink::State::kReady) return;
  link.Send(MessageType::kAppend, AppendView::EncodeHead(session_->epoch()), unpadded);
}

void VolumeOpener::OnAck(DaemonLink&, const Ack& ack) {
  if (finished_ || !session_.has_value() || ack.epoch != session_->epoch()) return;
  for (const CopyAck& copy : ack.copies) {
    if (copy.state == AckState::kFenced) return StartOver();
    session_->OnAck(copy.copy, copy.end);
  }
  Look();
}

void VolumeOpener::SendOpening() {
  if (opening_.has_value()) return;
  const LogTail& kept = session_->kept();
  const Lsn start = session_->opening_lsn();
  BatchBuilder builder(start);
  std::string record;
  const EpochOpening content{kept.end, start, std::string(writer_.view())};
  EncodeControlRecord({.kind = RecordKind::kEpochOpening,
                       .epoch = session_->epoch(),
                       .wall_us = clock_.WallMicros()},
                      content.Encode(), &record);
  builder.Append(record);
  BatchHeader header;
  header.flags = kBatchOpensEpoch;
  header.volume = volume_;
  header.epoch = session_->epoch();
  header.prev_lsn = kept.last_lsn;
  header.prev_checksum = kept.last_checksum;
  header.prev_end = kept.end;
  header.sent_ns = clock_.MonotonicNanos();
  opening_.emplace();
  opening_->padded = builder.Finish(&header);
  opening_->header = header;
  session_->OnOpening(header.end_lsn);
  for (const auto& link : links_) SendTo(*link, opening_->unpadded());
}

Status VolumeOpener::WhyNotYet() const {
  std::string text;
  for (const auto& link : links_) {
    if (link->state() == DaemonLink::State::kDown)
      text += "; " + std::string(MessageOf(link->why_down()));
  }
  if (!session_.has_value())
    return Unavailable("fewer than {} copies answer{}", kWriteQuorum, text);
  return Unavailable("epoch {}: {} copies promised, recovery at step {}{}", session_->epoch(),
                     session_->promises(), static_cast<int>(session_->step()), text);
}

void VolumeOpener::Finish(Status status) {
  finished_ = true;
  if (!status.ok()) return done_(std::move(status));
  done_(Opened{volume_, session_->epoch(), session_->membership(), std::move(*opening_)});
}

}  // namespace sixfold::storage
