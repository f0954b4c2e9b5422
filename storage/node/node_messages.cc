// How the daemon answers each message of the storage protocol.
#include "core/base/check.h"
#include "core/base/log.h"
#include "core/base/sim_hooks.h"
#include "storage/node/node_session.h"
#include "storage/node/storage_node.h"

namespace sixfold::storage {

namespace {

constexpr uint64_t kMaxFetchBytes = 16 << 20;
constexpr uint64_t kPinMs = 10'000;

uint16_t Code(MessageType type) { return static_cast<uint16_t>(type); }

AckState AckStateFor(CopyState::AppendVerdict verdict) {
  using Verdict = CopyState::AppendVerdict;
  switch (verdict) {
    case Verdict::kAppend:
    case Verdict::kTruncateThenAppend:
    case Verdict::kDuplicate:
      return AckState::kFollowing;
    case Verdict::kFenced:
      return AckState::kFenced;
    case Verdict::kDiverged:
      return AckState::kFailed;
    case Verdict::kGap:
    case Verdict::kUnpromised:
      break;
  }
  return AckState::kGap;
}

SharedBatch TakeBatch(const BatchView& view) {
  auto padded = std::make_shared<AlignedBuffer>(view.header().padded_bytes());
  padded->Append(view.bytes());
  padded->PadToBlock();
  return {view.header(), std::move(padded)};
}

}  // namespace

void StorageNode::OnAccept(std::unique_ptr<Connection> connection) {
  auto owned = std::make_unique<Session>();
  Session* session = owned.get();
  session->connection = std::move(connection);
  sessions_.push_back(std::move(owned));
  session->connection->Start(
      [this, session](uint16_t type, std::string_view body) { OnMessage(*session, type, body); },
      [this, session](const Status& why) { CloseSession(*session, why); });
}

void StorageNode::OnMessage(Session& session, uint16_t type, std::string_view body) {
  const Status status = Dispatch(session, type, body);
  if (!status.ok()) CloseSession(session, status);
}

void StorageNode::CloseSession(Session& session, const Status& why) {
  if (!session.sender.empty()) log::Info("{} is gone: {}", session.sender, ToString(why));
  if (writer_ == &session) writer_ = nullptr;
  std::erase_if(sessions_, [&](const auto& held) { return held.get() == &session; });
}

Status StorageNode::Dispatch(Session& session, uint16_t type, std::string_view body) {
  const auto kind = static_cast<MessageType>(type);
  if (session.sender.empty() && kind != MessageType::kHello)
    return InvalidArgument("message before hello");
  switch (kind) {
    case MessageType::kHello:
      return OnHello(session, body);
    case MessageType::kPromise:
      return OnPromise(session, body);
    case MessageType::kAppend:
      return OnAppend(session, body);
    case MessageType::kVdl:
      return OnVdl(session, body);
    case MessageType::kFetch:
      return OnFetch(session, body);
    case MessageType::kFetchBase:
      return OnFetchBase(session, body);
    default:
      return InvalidArgument("unknown message type {}", type);
  }
}

Status StorageNode::OnHello(Session& session, std::string_view body) {
  ASSIGN_OR_RETURN(const Hello hello, Hello::Decode(body));
  HelloReply reply;
  reply.volume = volume_;
  reply.az = options_.az;
  if (hello.cluster_id != options_.cluster_id) {
    reply.error =
        fmt::format("this is storage of cluster {}, not {}", options_.cluster_id, hello.cluster_id);
  } else {
    session.sender = hello.sender.empty() ? "somebody" : hello.sender;
    for (const auto& slot : slots_) {
      if (slot->takes_part()) reply.copies.push_back(slot->host->Report());
    }
  }
  session.connection->Send(Code(MessageType::kHelloReply), reply.Encode());
  return OkStatus();
}

Status StorageNode::OnPromise(Session& session, std::string_view body) {
  ASSIGN_OR_RETURN(const Promise promise, Promise::Decode(body));
  session.writes = true;
  struct Gathered {
    PromiseReply reply;
    size_t left = 0;
  };
  auto gathered = std::make_shared<Gathered>();
  gathered->reply.epoch = promise.epoch;
  std::vector<CopyHost*> hosts;
  for (const auto& slot : slots_) {
    if (slot->takes_part() && slot->host->health().ok()) hosts.push_back(slot->host.get());
  }
  gathered->left = hosts.size();
  const auto answer = [this, gathered, raw = &session, alive = alive_] {
    if (!*alive) return;
    const auto held = std::find_if(sessions_.begin(), sessions_.end(),
                                   [&](const auto& s) { return s.get() == raw; });
    if (held == sessions_.end()) return;  // gone meanwhile
    for (const CopyReport& report : gathered->reply.copies) {
      if (!report.accepted) continue;
      raw->epoch = gathered->reply.epoch;
      NoteWriter(raw->epoch, heard_vdl_, 0);
      if (writer_ == nullptr || writer_->epoch <= raw->epoch) writer_ = raw;
      for (const auto& slot : slots_) {
        if (slot->id() == report.copy) slot->answer = AckState::kFollowing;
      }
    }
    raw->connection->Send(Code(MessageType::kPromiseReply), gathered->reply.Encode());
  };
  if (hosts.empty()) answer();
  for (CopyHost* host : hosts) {
    host->OnPromise(promise.epoch, promise.writer, [gathered, answer](CopyReport report) {
      gathered->reply.copies.push_back(std::move(report));
      if (--gathered->left == 0) answer();
    });
  }
  return OkStatus();
}

Status StorageNode::OnAppend(Session& session, std::string_view body) {
  ASSIGN_OR_RETURN(const AppendView append, AppendView::Decode(body));
  ASSIGN_OR_RETURN(const BatchView view, BatchView::Parse(append.batch));
  if (view.header().volume != volume_) return InvalidArgument("batch of another volume");
  const SharedBatch batch = TakeBatch(view);
  bool writing = false;
  Ack refusal{append.epoch, {}};
  for (const auto& slot : slots_) {
    if (!slot->takes_part() || slot->rebuilding) continue;
    const auto verdict = slot->host->OnAppend(append.epoch, batch);
    const CopyState& state = slot->host->state();
    // What somebody else is told is no answer to the writer of the promised epoch.
    if (append.epoch == state.promised()) slot->answer = AckStateFor(verdict);
    if (verdict <= CopyState::AppendVerdict::kTruncateThenAppend) {
      writing = true;
    } else {
      Changed();
    }
    if (verdict == CopyState::AppendVerdict::kFenced) {
      refusal.copies.push_back(
          {state.copy(), AckState::kFenced, std::max(state.promised(), state.tail().epoch), Lsn()});
    }
  }
  seams_.disk.Flush();
  if (!refusal.copies.empty()) {
    log::Info("refused an append of epoch {} by {}: copy {} promised epoch {}", append.epoch,
              session.sender, refusal.copies[0].copy, refusal.copies[0].promised);
    session.connection->Send(Code(MessageType::kAck), refusal.Encode());
    if (refusal.copies.size() == slots_.size()) return OkStatus();
  }
  if (writing && feeder_ != nullptr) feeder_->Remember(batch);
  NoteWriter(append.epoch, view.header().vdl, view.header().sent_ns);
  if (!writing) SendAcks();
  AdvanceRecent();
  return OkStatus();
}

Status StorageNode::OnVdl(Session& session, std::string_view body) {
  ASSIGN_OR_RETURN(const VdlNotice notice, VdlNotice::Decode(body));
  bool current = false;
  for (const auto& slot : slots_) {
    if (slot->host == nullptr) continue;
    current |= slot->host->state().promised() == notice.epoch;
    slot->host->OnVdl(notice.epoch, notice.vdl);
  }
  if (!current) {
    // A writer that was replaced meanwhile and has nothing to append must hear of it too.
    Ack refusal{notice.epoch, {}};
    for (const auto& slot : slots_) {
      if (slot->host == nullptr || slot->host->state().promised() < notice.epoch) continue;
      refusal.copies.push_back(
          {slot->host->state().copy(), AckState::kFenced, slot->host->state().promised(), Lsn()});
    }
    session.connection->Send(Code(MessageType::kAck), refusal.Encode());
    return OkStatus();
  }
  NoteWriter(notice.epoch, notice.vdl, notice.sent_ns);
  AdvanceRecent();
  return OkStatus();
}

void StorageNode::SendAcks() {
  if (!ack_due_) return;
  if (feeder_ != nullptr && feeder_->MustWait()) {  // hold the writer back
    SIM_MARK("a full recent layer holds the writer back");
    return;
  }
  ack_due_ = false;
  if (writer_ == nullptr) return;
  Ack ack{writer_->epoch, {}};
  for (const auto& slot : slots_) {
    if (slot->host == nullptr || slot->rebuilding) continue;
    const CopyState& state = slot->host->state();
    if (state.promised() != writer_->epoch) continue;
    const bool well = slot->takes_part() && slot->host->health().ok();
    const AckState answer = well ? slot->answer : AckState::kFailed;
    ack.copies.push_back({state.copy(), answer, state.promised(), state.acknowledged()});
  }
  if (!ack.copies.empty()) writer_->connection->Send(Code(MessageType::kAck), ack.Encode());
}

void StorageNode::CloseWriters(const Status& why) {
  std::vector<Session*> writers;
  for (const auto& session : sessions_) {
    if (session->writes) writers.push_back(session.get());
  }
  for (Session* session : writers) CloseSession(*session, why);
}

/// One peer asks for two copies, which may be at different places: the lower one counts.
void StorageNode::Pin(Session& session, Lsn from) {
  const uint64_t now_ms = seams_.clock.MonotonicMillis();
  if (now_ms - session.pins_since_ms >= kPinMs) {
    session.pinned_before = now_ms - session.pins_since_ms < 2 * kPinMs ? session.pinned : kMaxLsn;
    session.pinned = from;
    session.pins_since_ms = now_ms;
  }
  session.pinned = std::min(session.pinned, from);
}

/// Peers that are catching up still need the log from here on.
Lsn StorageNode::LogPin() const {
  const uint64_t now_ms = seams_.clock.MonotonicMillis();
  Lsn pin = kMaxLsn;
  for (const auto& session : sessions_) {
    const uint64_t age_ms = now_ms - session->pins_since_ms;
    if (age_ms < kPinMs) pin = std::min(pin, session->pinned_before);
    if (age_ms < 2 * kPinMs) pin = std::min(pin, session->pinned);
  }
  return pin;
}

Status StorageNode::OnFetch(Session& session, std::string_view body) {
  ASSIGN_OR_RETURN(const Fetch fetch, Fetch::Decode(body));
  FetchReply reply;
  reply.tag = fetch.tag;
  reply.result = FetchResult::kRefused;
  CopyHost* from = nullptr;
  for (const auto& slot : slots_) {
    if (!slot->serves()) continue;
    CopyHost* host = slot->host.get();
    if (fetch.copy != CopyId()) {
      if (host->state().copy() == fetch.copy && session.epoch == fetch.epoch &&
          host->state().promised() == fetch.epoch) {
        from = host;
      }
      continue;
    }
    // Of two that know as much, the one whose log reaches further back.
    if (from == nullptr || host->state().applicable() > from->state().applicable() ||
        (host->state().applicable() == from->state().applicable() &&
         host->log().start() < from->log().start())) {
      from = host;
    }
  }
  if (from != nullptr) {
    const bool whole = fetch.copy != CopyId();
    reply.vdl = from->state().given_to_peers();
    reply.log_start = from->log().start();
    const Lsn limit = whole ? from->state().given_to_candidate(fetch.epoch) : reply.vdl;
    const Status status = from->log().Read(
        fetch.from, limit, std::min(fetch.max_bytes, kMaxFetchBytes), &reply.batches);
    reply.result = status.ok()                                ? FetchResult::kOk
                   : status.code() == StatusCode::kOutOfRange ? FetchResult::kRecycled
                                                              : FetchResult::kFailed;
    if (!status.ok() && status.code() != StatusCode::kOutOfRange)
      log::Warning("fetch: {}", ToString(status));
  }
  if (reply.result == FetchResult::kOk) Pin(session, fetch.from);
  session.connection->Send(Code(MessageType::kFetchReply), reply.Encode());
  return OkStatus();
}

Status StorageNode::OnFetchBase(Session& session, std::string_view body) {
  ASSIGN_OR_RETURN(const FetchBase fetch, FetchBase::Decode(body));
  FetchBaseReply reply;
  reply.tag = fetch.tag;
  reply.result = FetchResult::kRefused;
  if (fetch.session == 0) {
    session.base_export.reset();
    for (const auto& slot : slots_) {
      if (!slot->serves()) continue;
      auto started = slot->base->Export();
      if (!started.ok()) continue;
      if (session.base_export == nullptr || session.base_export->lsn() < (*started)->lsn())
        session.base_export = std::move(*started);
    }
    session.base_export_id = seams_.random.Next64() | 1;
  }
  if (session.base_export != nullptr &&
      (fetch.session == 0 || fetch.session == session.base_export_id)) {
    auto chunk = session.base_export->NextChunk(std::min(fetch.max_bytes, kMaxFetchBytes));
    reply.result = chunk.ok() ? FetchResult::kOk : FetchResult::kFailed;
    reply.session = session.base_export_id;
    reply.applied = session.base_export->lsn();
    Pin(session, reply.applied);
    if (chunk.ok()) {
      reply.last = chunk->empty();
      reply.part = std::move(*chunk);
    }
    if (!chunk.ok() || reply.last) session.base_export.reset();
  }
  session.connection->Send(Code(MessageType::kFetchBaseReply), reply.Encode());
  return OkStatus();
}

}  // namespace sixfold::storage
