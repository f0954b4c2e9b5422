#include "core/control/cluster_control.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <csignal>
#include <filesystem>
#include <set>

#include "core/base/check.h"
#include "core/base/log.h"
#include "core/base/random.h"
#include "core/base/uuid.h"
#include "core/control/preflight.h"

namespace sixfold::control {
namespace {

constexpr uint64_t kPollUs = 20'000;
constexpr uint64_t kStorageGraceMs = 3'000;  // instances start without storage's answer after this
constexpr uint64_t kFetchTimeoutMs = 1'000;
constexpr uint64_t kProbeProxyMs = 1'000;
constexpr uint64_t kProxyHangs = 3;   // times hang_after_ms: nothing depends on it alone
constexpr int kCannotWorkStatus = 2;  // a child's exit status for "wrong configuration or data"

std::optional<ProcessIdentity> RecordedOf(const std::map<std::string, ProcessIdentity>& recorded,
                                          const std::string& name) {
  const auto found = recorded.find(name);
  return found == recorded.end() ? std::nullopt : std::optional(found->second);
}

bool AnyAlive(const std::map<std::string, ProcessIdentity>& recorded) {
  for (const auto& [name, identity] : recorded)
    if (topology::ProcessAlive(identity.pid, identity.start_time)) return true;
  return false;
}

/// Runs `done` once every one of them stopped.
void StopEach(const std::vector<Supervised*>& children, std::function<void()> done) {
  auto left = std::make_shared<size_t>(children.size() + 1);
  auto one_less = [left, done = std::move(done)] {
    if (--*left == 0) done();
  };
  for (Supervised* child : children) child->Stop(one_less);
  one_less();
}

}  // namespace

ClusterControl::ClusterControl(EventLoop& loop, const Clock& clock, const ClusterConfig& config,
                               const ControlOptions& options)
    : loop_(loop), clock_(clock), config_(config), options_(options) {}
ClusterControl::~ClusterControl() = default;

StatusOr<std::unique_ptr<ClusterControl>> ClusterControl::Start(EventLoop& loop, const Clock& clock,
                                                                const ClusterConfig& config,
                                                                const ControlOptions& options) {
  std::unique_ptr<ClusterControl> control(new ClusterControl(loop, clock, config, options));
  RETURN_IF_ERROR(control->Open());
  return control;
}

Status ClusterControl::Open() {
  RETURN_IF_ERROR(CheckDataDir(config_));
  RETURN_IF_ERROR(LockDataDir());
  ASSIGN_OR_RETURN(state_, ControlState::Open(config_.ControlDir()));
  ASSIGN_OR_RETURN(const auto recorded, state_->Processes());
  if (Status mounts = CheckMounts(config_); !mounts.ok()) {
    // A cluster that runs goes on without a disk; one that is to be started had better have all.
    if (!AnyAlive(recorded)) return mounts;
    log::Error("{}", MessageOf(mounts));
  }
  RETURN_IF_ERROR(OpenListeners(recorded));
  RETURN_IF_ERROR(DecideCreation());
  ASSIGN_OR_RETURN(api_, ApiServer::Open(loop_, config_.ApiSocket(),
                                         [this](const ApiRequest& request, ApiReply reply) {
                                           OnApi(request, reply);
                                         }));
  started_ms_ = clock_.MonotonicMillis();
  storage_monitor_ = std::make_unique<StorageMonitor>(loop_, clock_, config_);
  StopStrangers(recorded);
  StartChildren(recorded);
  election_->Begin();
  poll_ = loop_.Every(kPollUs, [this] { Poll(); });
  return OkStatus();
}

Status ClusterControl::LockDataDir() {
  const std::string path = config_.RunDir() + "/sixfoldd.lock";
  lock_.Reset(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  if (!lock_.valid()) return ErrnoStatus(errno, "open " + path);
  if (::flock(lock_.get(), LOCK_EX | LOCK_NB) != 0)
    return AlreadyExists(
        "cluster {}: another sixfoldd runs it (it holds {}). Stop that one first, or give this "
        "cluster "
        "another data_dir",
        config_.id, path);
  return OkStatus();
}

Status ClusterControl::DecideCreation() {
  ASSIGN_OR_RETURN(const auto known, state_->Get("volume/id"));
  ASSIGN_OR_RETURN(const auto created, state_->Get("volume/created"));
  if (known) volume_id_ = *known;
  creating_ = !created && (known || !AnyCopyExists(config_));
  if (!creating_ || known) return OkStatus();
  SystemRandom random;
  volume_id_ = Uuid::Generate(random).ToString();
  log::Info("cluster {}: first start; creating volume {}", config_.id, volume_id_);
  // A record of an earlier volume in this data_dir would outrank everything the new one can say.
  std::error_code ignored;
  std::filesystem::remove(config_.TopologyFile(), ignored);
  return state_->Put("volume/id", volume_id_);
}

Status ClusterControl::OpenListeners(const std::map<std::string, ProcessIdentity>& recorded) {
  topology::Listeners held;
  const auto proxy = RecordedOf(recorded, "proxy");
  if (proxy && topology::ProcessAlive(proxy->pid, proxy->start_time)) {
    auto fetched = topology::FetchListeners(topology::ListenersSocket(config_), kFetchTimeoutMs);
    if (fetched.ok()) held = std::move(*fetched);
  }
  for (const EndpointConfig& endpoint : config_.endpoints) {
    if (const auto found = held.find(endpoint.name); found != held.end()) {
      listeners_[endpoint.name] = std::move(found->second);
    } else {
      ASSIGN_OR_RETURN(listeners_[endpoint.name], OpenAsBefore(endpoint));
    }
  }
  return OkStatus();
}

/// Port 0 picks a port once and then tries to keep it: clients of a cluster that was restarted, or
/// died, find it where it was.
StatusOr<UniqueFd> ClusterControl::OpenAsBefore(const EndpointConfig& endpoint) {
  if (!endpoint.listen.unix_path.empty() || endpoint.listen.port != 0)
    return topology::OpenListener(endpoint);
  const std::string key = "port/" + endpoint.name;
  ASSIGN_OR_RETURN(const auto known, state_->Get(key));
  EndpointConfig as_before = endpoint;
  if (known)
    as_before.listen.port = static_cast<uint16_t>(std::strtoul(known->c_str(), nullptr, 10));
  auto listener = topology::OpenListener(as_before);
  if (known && !listener.ok()) listener = topology::OpenListener(endpoint);
  if (!listener.ok()) return listener.status();
  const std::string address = topology::ListenerAddress(endpoint, listener->get());
  const std::string port = address.substr(address.rfind(':') + 1);
  if (!known || *known != port) RETURN_IF_ERROR(state_->Put(key, port));
  return listener;
}

ProcessSpec ClusterControl::Spec(const std::string& program, const std::string& name,
                                 std::vector<std::string> arguments) const {
  ProcessSpec spec;
  spec.name = name;
  spec.arguments = {options_.program_dir + "/" + program, "--config", options_.config_path,
                    "--cluster", config_.id};
  spec.arguments.insert(spec.arguments.end(), arguments.begin(), arguments.end());
  return spec;
}

ProcessSpec ClusterControl::StorageSpec(const AzConfig& az) const {
  ProcessSpec spec = Spec("sixfold-storage", "storage-" + az.name, {"--az", az.name});
  if (creating_)
    spec.arguments.insert(spec.arguments.end(), {"--create", "--volume-id", volume_id_});
  spec.log_file = config_.LogFile("storage", az.name);
  return spec;
}

ProcessSpec ClusterControl::ProxySpec() const {
  ProcessSpec spec = Spec("sixfold-proxy", "proxy", {});
  spec.log_file = config_.LogFile("proxy", "");
  std::string inherited;
  for (const auto& [name, fd] : listeners_) {
    inherited +=
        fmt::format("{}{}={}", inherited.empty() ? "" : ",", name, 3 + spec.inherited.size());
    spec.inherited.push_back(fd.get());
  }
  spec.environment.push_back(std::string(topology::kListenFdsVariable) + "=" + inherited);
  return spec;
}

void ClusterControl::StopStrangers(const std::map<std::string, ProcessIdentity>& recorded) {
  std::set<std::string> ours = {"proxy"};
  for (const AzConfig& az : config_.azs) ours.insert("storage-" + az.name);
  for (const InstanceConfig& instance : config_.instances) ours.insert(instance.id);
  for (const auto& [name, identity] : recorded) {
    if (ours.contains(name)) continue;
    if (const auto stranger = Process::Adopt(loop_, identity, [](const ProcessEnd&) {});
        stranger.ok()) {
      log::Warning("{} is not in the configuration any more; stopping process {}", name,
                   identity.pid);
      (*stranger)->Signal(SIGTERM);
    }
    (void)state_->ForgetProcess(name);
  }
}

void ClusterControl::StartChildren(const std::map<std::string, ProcessIdentity>& recorded) {
  for (size_t i = 0; i < config_.azs.size(); ++i) {
    const AzConfig& az = config_.azs[i];
    storage_.push_back(std::make_unique<Supervised>(
        loop_, clock_, *state_, config_.settings, "storage-" + az.name,
        [this, &az] { return StorageSpec(az); },
        Supervised::Events{[](bool) {},
                           [this, i](const ProcessEnd&) { storage_monitor_->Forget(i); }}));
    storage_.back()->Start(RecordedOf(recorded, "storage-" + az.name));
  }
  proxy_ = std::make_unique<Supervised>(
      loop_, clock_, *state_, config_.settings, "proxy", [this] { return ProxySpec(); },
      Supervised::Events{[](bool) {}, [](const ProcessEnd&) {}});
  proxy_->Start(RecordedOf(recorded, "proxy"));
  bool any_instance_lives = false;
  for (const InstanceConfig& config : config_.instances) {
    instances_.push_back(std::make_unique<Instance>(
        loop_, clock_, *state_, config_, config,
        [this, id = config.id] {
          ProcessSpec spec = Spec("sixfold-compute", id, {"--instance", id});
          spec.log_file = config_.LogFile("compute", id);
          return spec;
        },
        [this] {
          if (!stopping_) election_->Tick();
        }));
    if (const auto identity = RecordedOf(recorded, config.id)) {
      recorded_instances_[config.id] = *identity;
      any_instance_lives |= topology::ProcessAlive(identity->pid, identity->start_time);
    }
  }
  election_ = std::make_unique<Election>(loop_, clock_, config_, instances_);
  if (!creating_) election_->AllowPromotion();
  if (any_instance_lives) started_ms_ = 0;  // adopt at once: they run already
  StartInstancesWhenStorageAnswers();
}

void ClusterControl::StartInstancesWhenStorageAnswers() {
  if (instances_started_) return;
  const bool ready = storage_monitor_->AllAnswer() ||
                     (!creating_ && clock_.MonotonicMillis() - started_ms_ >= kStorageGraceMs);
  if (!ready) return;
  instances_started_ = true;
  for (const auto& instance : instances_)
    instance->process().Start(RecordedOf(recorded_instances_, instance->id()));
}

void ClusterControl::NoteCreated() {
  if (!creating_ || !storage_monitor_->AllAnswer()) return;
  for (size_t i = 0; i < config_.azs.size(); ++i) {
    const auto& status = storage_monitor_->last(i);
    if (status->copies.size() != 2 || status->volume_id != volume_id_) return;
  }
  if (Status put = state_->Put("volume/created", "1"); !put.ok())
    return log::Error("{}", MessageOf(put));
  log::Info("cluster {}: volume {} has its six copies", config_.id, volume_id_);
  creating_ = false;
  election_->AllowPromotion();
}

/// A proxy that answers nothing is replaced; the sockets stay open meanwhile.
void ClusterControl::ProbeProxy(uint64_t now_ms) {
  if (proxy_probe_.active() || now_ms - proxy_probed_ms_ < kProbeProxyMs || !proxy_->running())
    return;
  proxy_probed_ms_ = now_ms;
  const uint64_t limit_ms = kProxyHangs * config_.settings.hang_after_ms;
  const uint64_t pid = proxy_->identity().pid;
  proxy_probe_ = topology::ControlCallAsync(
      loop_, config_.ProxyControlSocket(), R"({"cmd":"status"})", limit_ms,
      [this, limit_ms, pid, now_ms](StatusOr<std::string> reply) {
        const bool slept = clock_.MonotonicMillis() - now_ms > limit_ms + kProbeProxyMs;
        if (reply.status().code() != StatusCode::kDeadlineExceeded || slept ||
            proxy_->identity().pid != pid)
          return;
        log::Warning("proxy: no answer within {} ms", limit_ms);
        if (config_.settings.kill_old_writer) proxy_->Kill();
      });
}

void ClusterControl::Poll() {
  if (stopping_) return;
  storage_monitor_->Poll();
  NoteCreated();
  StartInstancesWhenStorageAnswers();
  const uint64_t now_ms = clock_.MonotonicMillis();
  for (const auto& instance : instances_) instance->Poll(now_ms);
  ProbeProxy(now_ms);
  election_->Tick();
}

std::optional<std::string> ClusterControl::FatalProblem() const {
  const auto told = [](const Supervised& child, const std::string& log) {
    return fmt::format("{}: {} (log: {})", child.name(), LastLogLine(log), log);
  };
  // Storage says by ending what is wrong with a mount; the second time it is no accident.
  for (size_t i = 0; i < storage_.size(); ++i)
    if (storage_[i]->restarts() >= 2 && storage_[i]->last_end()->exit_status > 0 &&
        !storage_monitor_->last(i))
      return told(*storage_[i], config_.LogFile("storage", config_.azs[i].name));
  for (const auto& instance : instances_) {
    const auto& end = instance->process().last_end();
    if (end && end->exit_status == kCannotWorkStatus)
      return told(instance->process(), config_.LogFile("compute", instance->id()));
  }
  if (proxy_->last_end() && proxy_->last_end()->exit_status == kCannotWorkStatus)
    return told(*proxy_, config_.LogFile("proxy", ""));
  return std::nullopt;
}

void ClusterControl::Stop(std::function<void()> done) {
  stopping_ = true;
  poll_.Cancel();
  election_->Stop();
  log::Info("cluster {}: stopping", config_.id);
  StopEach({proxy_.get()}, [this, done = std::move(done)] { StopInstances(done); });
}

void ClusterControl::StopInstances(std::function<void()> done) {
  // The last record of a stopped cluster names nobody as running.
  std::vector<Supervised*> children;
  for (const auto& instance : instances_) children.push_back(&instance->process());
  StopEach(children, [this, done = std::move(done)] { StopStorage(done); });
}

void ClusterControl::StopStorage(std::function<void()> done) {
  std::vector<Supervised*> children;
  for (const auto& child : storage_) children.push_back(child.get());
  StopEach(children, [this, done = std::move(done)] {
    log::Info("cluster {}: stopped", config_.id);
    done();
  });
}

void ClusterControl::KillAll() {
  proxy_->Kill();
  for (const auto& instance : instances_) instance->process().Kill();
  for (const auto& child : storage_) child->Kill();
}

}  // namespace sixfold::control
