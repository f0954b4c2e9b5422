#include "core/control/election.h"

#include <nlohmann/json.hpp>

#include "core/base/log.h"
#include "core/control/successor.h"

namespace sixfold::control {

using Json = nlohmann::json;
using topology::Member;
using topology::MemberState;

namespace {

/// At the very start the instances come up one by one: wait this long for the best tier.
constexpr uint64_t kGatherMs = 2'000;
constexpr uint64_t kRetryPromotionMs = 100;
constexpr uint64_t kDemoteTimeoutMs = 5'000;
constexpr uint64_t kAskAgainMs = 500;
/// What an instance answers while an earlier `promote` is at work.
constexpr std::string_view kUnderWay = "under way";

/// The reply's epoch, or why it is none.
StatusOr<Epoch> PromotedEpoch(const StatusOr<std::string>& reply) {
  if (!reply.ok()) return reply.status();
  const Json json = Json::parse(*reply, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return Internal("answered \"{}\"", *reply);
  if (!json.value("ok", false))
    return FailedPrecondition("{}", json.value("error", "no reason given"));
  if (!json.contains("epoch") || !json["epoch"].is_number_unsigned())
    return Internal("answered no epoch");
  return Epoch(json["epoch"].get<uint64_t>());
}

}  // namespace

Election::Election(EventLoop& loop, const Clock& clock, const ClusterConfig& config,
                   std::vector<std::unique_ptr<Instance>>& instances)
    : loop_(loop), clock_(clock), config_(config), instances_(instances) {}

Instance* Election::Find(const std::string& id) {
  for (const auto& instance : instances_)
    if (instance->id() == id) return instance.get();
  return nullptr;
}

void Election::Begin() {
  if (auto last = topology::ReadTopology(config_.TopologyFile()); last.ok()) {
    published_ = *last;
    topology_ = std::move(*last);
  }
  topology_.cluster = config_.id;
  if (Find(topology_.writer) == nullptr) topology_.writer.clear();
  // Of a former run: what still runs was adopted and counts as it stands, so that no client
  // notices.
  const uint64_t now_ms = clock_.MonotonicMillis();
  for (const auto& instance : instances_) {
    instance->Poll(now_ms);
    if (instance->ready())
      lost_ms_ = now_ms;  // should the writer be missing, there is nothing to wait for
  }
  Instance* const writer = Find(topology_.writer);
  if (writer != nullptr && writer->ready() && writer->writer()) {
    phase_ = Phase::kSteady;
    lost_ms_ = 0;
  } else {
    topology_.writer.clear();
  }
  RefreshMembers();
  Publish();
}

void Election::Stop() {
  stopped_ = true;
  call_ = {};
  Answer(Aborted("the cluster is being stopped"));
}

void Election::Tick() {
  if (stopped_) return;
  switch (phase_) {
    case Phase::kSteady:
      CheckWriter();
      break;
    case Phase::kNone:
      AdoptOrPromote();
      break;
    case Phase::kPromoting:
      CheckCandidate();
      break;
    case Phase::kDemoting:
      break;  // its call ends: an answer, a closed connection or the limit
  }
  RestartBroken();
  RefreshMembers();
}

void Election::CheckWriter() {
  Instance* const writer = Find(topology_.writer);
  if (!writer->process().running()) return LoseWriter("its process ended");
  if (!config_.settings.supervise) return;
  if (writer->hung()) {
    if (config_.settings.kill_old_writer) writer->process().Kill();
    return LoseWriter("it hangs");
  }
  if (!writer->page()) return;
  if (writer->fenced()) return LoseWriter("it was fenced");
  if (!writer->writer()) return LoseWriter("it is no writer any more");
  AdoptNewerWriter();  // as after a promotion whose answer was given up
}

void Election::LoseWriter(std::string_view why) {
  log::Warning("writer {} of epoch {} is lost: {}", topology_.writer, topology_.epoch.value(), why);
  topology_.writer.clear();
  lost_ms_ = clock_.MonotonicMillis();
  phase_ = Phase::kNone;
  RefreshMembers();
  Publish();
  AdoptOrPromote();
}

bool Election::AdoptNewerWriter() {
  for (const auto& instance : instances_) {
    if (!instance->ready() || !instance->writer()) continue;
    const Epoch epoch(instance->page()->epoch);
    if (epoch <= topology_.epoch) continue;
    log::Info("{} is the writer of epoch {} already", instance->id(), epoch.value());
    SetWriter(instance->id(), epoch);
    return true;
  }
  return false;
}

void Election::CheckCandidate() {
  if (asked_again_ && AdoptNewerWriter()) return;
  // Killed, its connection closes, and that ends the call.
  Instance* const candidate = Find(candidate_);
  if (candidate->hung() && config_.settings.supervise && config_.settings.kill_old_writer)
    candidate->process().Kill();
}

void Election::AdoptOrPromote() {
  if (AdoptNewerWriter()) return;
  if (!allowed_ || !MayChooseNow()) return;
  if (const auto chosen = Choose("")) Promote(*chosen);
}

bool Election::MayChooseNow() {
  const uint64_t now_ms = clock_.MonotonicMillis();
  if (now_ms < not_before_ms_) return false;
  if (lost_ms_ != 0) return true;
  // The start of the cluster: the lowest tier is wanted, so give it a moment to come up.
  bool all = true, any = false;
  for (const auto& instance : instances_) {
    all &= instance->ready();
    any |= instance->ready();
  }
  if (any && first_ready_ms_ == 0) first_ready_ms_ = now_ms;
  return all || (any && now_ms - first_ready_ms_ >= kGatherMs);
}

std::optional<std::string> Election::Choose(const std::string& except) {
  std::vector<Candidate> candidates;
  for (const auto& instance : instances_) {
    if (instance->id() == except || !instance->ready() || instance->writer()) continue;
    const auto& page = *instance->page();
    const uint64_t behind =
        page.durable_lsn > page.applied_lsn ? page.durable_lsn - page.applied_lsn : 0;
    candidates.push_back({instance->id(), instance->config().tier, behind, page.replica_lag_us,
                          failures_[instance->id()]});
  }
  return ChooseSuccessor(candidates);
}

void Election::Promote(const std::string& id) {
  log::Info("promoting {}", id);
  asked_again_ = asked_again_ && candidate_ == id;
  candidate_ = id;
  phase_ = Phase::kPromoting;
  call_ = topology::ControlCallAsync(
      loop_, config_.ControlSocket(id), R"({"cmd":"promote"})", config_.settings.promote_timeout_ms,
      [this, id](StatusOr<std::string> reply) { OnPromoted(id, reply); });
}

void Election::OnPromoted(const std::string& id, const StatusOr<std::string>& reply) {
  const auto epoch = PromotedEpoch(reply);
  if (epoch.ok() && *epoch > topology_.epoch) return SetWriter(id, *epoch);
  const Status why = epoch.ok() ? Internal("it answered epoch {}, not above {}", epoch->value(),
                                           topology_.epoch.value())
                                : epoch.status();
  // Without a quorum of copies no candidate can open the volume, and a second one would only fight
  // the first: the one at work goes on. A hung one is seen as such and killed.
  if (why.code() == StatusCode::kDeadlineExceeded ||
      MessageOf(why).find(kUnderWay) != std::string_view::npos)
    return AskAgain(id, why);
  PromotionFailed(id, why);
}

void Election::AskAgain(const std::string& id, const Status& why) {
  log::Warning("{} is still being promoted: {}", id, MessageOf(why));
  if (planned_) Answer(Unavailable("{} is still being promoted: {}", id, MessageOf(why)));
  asked_again_ = true;
  again_ = loop_.After(kAskAgainMs * 1000, [this, id] {
    if (phase_ == Phase::kPromoting && candidate_ == id) Promote(id);
  });
}

void Election::PromotionFailed(const std::string& id, const Status& why) {
  log::Warning("{} could not be promoted: {}", id, MessageOf(why));
  ++failures_[id];
  candidate_.clear();
  phase_ = Phase::kNone;
  lost_ms_ = clock_.MonotonicMillis();
  not_before_ms_ = lost_ms_ + kRetryPromotionMs;
  if (planned_ && id == planned_target_) Answer(WithContext(why, "promote " + id));
}

void Election::SetWriter(const std::string& id, Epoch epoch) {
  topology_.writer = id;
  topology_.epoch = epoch;
  topology_.revision = 0;
  candidate_.clear();
  call_ = {};
  asked_again_ = false;
  failures_.clear();
  phase_ = Phase::kSteady;
  // The page may be older than the answer, and the endpoints must not wait for the next poll.
  Find(id)->Poll(clock_.MonotonicMillis());
  RefreshMembers();
  Publish();
  if (lost_ms_ != 0)
    log::Info("writer {} of epoch {}, {} ms after the last was lost", id, epoch.value(),
              clock_.MonotonicMillis() - lost_ms_);
  else
    log::Info("writer {} of epoch {}", id, epoch.value());
  Answer(OkStatus());
}

void Election::Failover(const std::string& to, Reply reply) {
  if (phase_ != Phase::kSteady)
    return reply(Unavailable("another change of the writer is under way"));
  if (!to.empty() && Find(to) == nullptr) return reply(NotFound("there is no instance {}", to));
  if (to == topology_.writer) return reply(OkStatus());
  const auto target = to.empty() ? Choose(topology_.writer) : std::optional<std::string>(to);
  if (!target) return reply(FailedPrecondition("no reader is ready to take over"));
  if (!Find(*target)->ready())
    return reply(FailedPrecondition("instance {} is not ready", *target));
  const std::string old_writer = topology_.writer;
  log::Info("planned failover from {} to {}", old_writer, *target);
  planned_ = std::move(reply);
  planned_target_ = *target;
  topology_.writer.clear();
  lost_ms_ = clock_.MonotonicMillis();
  phase_ = Phase::kDemoting;
  RefreshMembers();
  Publish();
  call_ = topology::ControlCallAsync(
      loop_, config_.ControlSocket(old_writer), R"({"cmd":"demote"})", kDemoteTimeoutMs,
      [this, old_writer, next = *target](StatusOr<std::string> answer) {
        OnDemoted(old_writer, next, answer);
      });
}

void Election::OnDemoted(const std::string& old_writer, const std::string& target,
                         const StatusOr<std::string>& reply) {
  const Json json = reply.ok() ? Json::parse(*reply, nullptr, /*allow_exceptions=*/false) : Json();
  if (!json.is_object() || !json.value("ok", false)) {
    log::Warning("{} did not step down ({}); its epoch ends when {} opens the volume", old_writer,
                 reply.ok() ? *reply : std::string(MessageOf(reply.status())), target);
    if (config_.settings.kill_old_writer) Find(old_writer)->process().Kill();
  }
  Promote(target);
}

void Election::RestartBroken() {
  for (const auto& instance : instances_) {
    if (instance->id() == topology_.writer || instance->id() == candidate_) continue;
    if (instance->fenced()) instance->process().Terminate();
    // A hung reader serves nobody, and what it holds open keeps the copies from reusing their
    // pages.
    if (instance->hung() && config_.settings.kill_old_writer && config_.settings.supervise)
      instance->process().Kill();
  }
}

void Election::RefreshMembers() {
  std::vector<Member> members;
  for (const auto& instance : instances_) {
    Member member;
    member.id = instance->id();
    member.az = instance->config().az;
    member.tier = instance->config().tier;
    member.state = instance->member_state();
    // An instance that thinks it writes but is not the writer is nobody's target.
    if (instance->writer() && instance->id() != topology_.writer) member.state = MemberState::kDown;
    member.mysql_address = "unix:" + config_.MysqlSocket(instance->id());
    member.pid = instance->process().identity().pid;
    member.start_time = instance->process().identity().start_time;
    members.push_back(std::move(member));
  }
  topology_.members = std::move(members);
  if (topology_.members != published_.members) Publish();
}

void Election::Publish() {
  if (topology_ == published_) return;
  topology_.revision = topology_.epoch == published_.epoch
                           ? std::max(topology_.revision, published_.revision + 1)
                           : topology_.revision;
  if (Status written = topology::WriteTopology(config_.TopologyFile(), topology_); !written.ok()) {
    log::Error("publish the topology record: {}", MessageOf(written));
    return;
  }
  published_ = topology_;
}

void Election::Answer(const Status& status) {
  planned_target_.clear();
  if (planned_) std::exchange(planned_, nullptr)(status);
}

}  // namespace sixfold::control
