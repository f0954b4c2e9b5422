#include "proxy/handoff_channel.h"

#include <sys/socket.h>

#include "core/base/check.h"
#include "core/base/log.h"
#include "core/topology/unix_socket.h"
#include "proxy/endpoint.h"

namespace sixfold::proxy {
namespace {

constexpr uint64_t kDeadlineCheckUs = 20'000;

}  // namespace

HandoffChannel::HandoffChannel(EventLoop& loop, const Clock& clock, std::string path,
                               uint64_t confirm_ms)
    : loop_(loop), clock_(clock), path_(std::move(path)), confirm_ms_(confirm_ms) {}
HandoffChannel::~HandoffChannel() = default;

Status HandoffChannel::Connect() {
  ASSIGN_OR_RETURN(socket_, topology::ConnectUnix(path_, SOCK_SEQPACKET));
  readable_ = loop_.WatchFd(socket_.get(), EventLoop::kRead, [this](unsigned) { OnReadable(); });
  return OkStatus();
}

Status HandoffChannel::Offer(Client* client, bool expects_writer, Done done) {
  if (!socket_.valid()) RETURN_IF_ERROR(Connect());
  topology::Handoff handoff;
  handoff.id = next_id_++;
  handoff.endpoint = client->endpoint->config.name;
  handoff.client_address = client->address;
  handoff.expects_writer = expects_writer;
  if (Status sent = topology::SendClient(socket_.get(), handoff, client->fd.get()); !sent.ok()) {
    // A dead process's connection: its clients come back by OnReadable, the next Offer connects
    // anew.
    return sent;
  }
  pending_.emplace(handoff.id, Pending{std::move(*client), std::move(done),
                                       clock_.MonotonicMillis() + confirm_ms_});
  if (!deadlines_.active())
    deadlines_ = loop_.Every(kDeadlineCheckUs, [this] { CheckDeadlines(); });
  return OkStatus();
}

Status HandoffChannel::TakeReplies(
    std::vector<std::pair<Pending, topology::HandoffVerdict>>* settled) {
  while (true) {
    ASSIGN_OR_RETURN(const auto reply, topology::ReceiveReply(socket_.get()));
    if (!reply) return OkStatus();
    const auto found = pending_.find(reply->id);
    if (found == pending_.end()) return InvalidArgument("a reply to no question ({})", reply->id);
    settled->emplace_back(std::move(found->second), reply->verdict);
    pending_.erase(found);
  }
}

void HandoffChannel::OnReadable() {
  std::vector<std::pair<Pending, topology::HandoffVerdict>> settled;
  const Status status = TakeReplies(&settled);
  for (auto& [pending, verdict] : settled) pending.done(std::move(pending.client), verdict);
  if (!status.ok() && socket_.valid()) Break(MessageOf(status));
  if (pending_.empty()) deadlines_.Cancel();
}

void HandoffChannel::CheckDeadlines() {
  if (pending_.empty()) return deadlines_.Cancel();
  if (pending_.begin()->second.deadline_ms <= clock_.MonotonicMillis())
    Break("no confirmation in time");
}

void HandoffChannel::Break(std::string_view why) {
  std::vector<std::pair<Pending, topology::HandoffVerdict>> settled;
  // First no reply can come any more, then those that came are read: what is left was never taken.
  ::shutdown(socket_.get(), SHUT_RDWR);
  (void)TakeReplies(&settled);
  readable_.Cancel();
  socket_.Reset();
  deadlines_.Cancel();
  if (!pending_.empty())
    log::Warning("hand-off to {}: {}; {} clients go elsewhere", path_, why, pending_.size());
  for (auto& [id, pending] : pending_)
    settled.emplace_back(std::move(pending), topology::HandoffVerdict::kNotReady);
  pending_.clear();
  for (auto& [pending, verdict] : settled) pending.done(std::move(pending.client), verdict);
}

}  // namespace sixfold::proxy
