#include "storage/client/daemon_link.h"

#include "core/base/log.h"

namespace sixfold::storage {

namespace {

constexpr uint64_t kRetryUs = 20'000;
constexpr uint64_t kGreetingUs = 2'000'000;

}  // namespace

DaemonLink::DaemonLink(TaskLoop& loop, Network& network, std::string address,
                       std::string cluster_id, std::string sender, Owner& owner)
    : loop_(loop),
      network_(network),
      address_(std::move(address)),
      cluster_id_(std::move(cluster_id)),
      sender_(std::move(sender)),
      owner_(owner) {}

void DaemonLink::Connect() {
  if (connecting_ || connection_ != nullptr) return;
  connecting_ = true;
  network_.Connect(address_, [this, alive = alive_](StatusOr<std::unique_ptr<Connection>> made) {
    if (!*alive) return;
    connecting_ = false;
    if (!made.ok()) return Down(made.status());
    OnConnected(std::move(*made));
  });
}

void DaemonLink::OnConnected(std::unique_ptr<Connection> connection) {
  connection_ = std::move(connection);
  state_ = State::kGreeting;
  connection_->Start([this](uint16_t type, std::string_view body) { OnMessage(type, body); },
                     [this](const Status& why) { Down(why); });
  const Hello hello{cluster_id_, sender_};
  connection_->Send(static_cast<uint16_t>(MessageType::kHello), hello.Encode());
  impatience_ = loop_.After(kGreetingUs, [this] {
    if (state_ == State::kGreeting || state_ == State::kPromising)
      Down(DeadlineExceeded("no answer"));
  });
}

void DaemonLink::Down(const Status& why) {
  if (state_ > State::kGreeting) log::Info("storage {}: {}", hello_.az, ToString(why));
  state_ = State::kDown;
  tried_ = true;
  why_down_ = WithContext(why, address_);
  connection_.reset();
  copies_.clear();
  cursor = kMaxLsn;
  retry_ = loop_.After(kRetryUs, [this] { Connect(); });
  owner_.OnLinkChanged(*this);
}

void DaemonLink::Ask(const Promise& promise) {
  promise_ = promise;
  if (state_ < State::kGreeted) return;
  state_ = State::kPromising;
  copies_.clear();
  Send(MessageType::kPromise, promise.Encode());
}

void DaemonLink::Send(MessageType type, std::string_view head, std::string_view rest) {
  if (connection_ != nullptr) connection_->Send(static_cast<uint16_t>(type), head, rest);
}

void DaemonLink::OnMessage(uint16_t type, std::string_view body) {
  const Status status = Handle(static_cast<MessageType>(type), body);
  if (!status.ok()) Down(status);
}

Status DaemonLink::Handle(MessageType type, std::string_view body) {
  switch (type) {
    case MessageType::kHelloReply: {
      ASSIGN_OR_RETURN(HelloReply reply, HelloReply::Decode(body));
      if (!reply.error.empty()) return FailedPrecondition("{}", reply.error);
      hello_ = std::move(reply);
      state_ = State::kGreeted;
      tried_ = true;
      if (promise_.epoch != Epoch()) Ask(promise_);
      owner_.OnLinkChanged(*this);
      return OkStatus();
    }
    case MessageType::kPromiseReply: {
      ASSIGN_OR_RETURN(const PromiseReply reply, PromiseReply::Decode(body));
      if (reply.epoch != promise_.epoch) return OkStatus();  // of an earlier question
      for (const CopyReport& report : reply.copies) copies_[report.copy] = Copy{report};
      state_ = State::kReady;
      owner_.OnLinkChanged(*this);
      return OkStatus();
    }
    case MessageType::kAck: {
      ASSIGN_OR_RETURN(const Ack ack, Ack::Decode(body));
      if (ack.epoch == promise_.epoch) owner_.OnAck(*this, ack);
      return OkStatus();
    }
    case MessageType::kFetchReply: {
      ASSIGN_OR_RETURN(const FetchReply reply, FetchReply::Decode(body));
      owner_.OnFetchReply(*this, reply);
      return OkStatus();
    }
    default:
      return InvalidArgument("unexpected message {}", static_cast<int>(type));
  }
}

}  // namespace sixfold::storage
