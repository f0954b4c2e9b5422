// What the proxy knows of the instances: the newest topology record, and each local instance's
// status page, read afresh at each question. Nothing here is remembered longer than the page says
// it, except that an instance which failed to take a client rests for a moment.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/cluster_config.h"
#include "core/topology/endpoint_rule.h"
#include "core/topology/instance_status.h"
#include "core/topology/topology.h"

namespace sixfold::proxy {

class InstanceView {
 public:
  InstanceView(const ClusterConfig& config, const Clock& clock) : config_(config), clock_(clock) {}

  void SetTopology(const topology::Topology& topology) { topology_ = topology; }
  const topology::Topology& topology() const { return topology_; }

  struct Target {
    const topology::Member* member = nullptr;
    uint64_t sessions = 0;  // as the instance counts them, and those on their way from here
  };
  /// Where a new connection of the endpoint may go now.
  std::vector<Target> Targets(const EndpointConfig& endpoint);

  /// Sessions on their way to an instance that it does not count yet.
  void AddInFlight(const std::string& instance, int delta) { known_[instance].in_flight += delta; }
  /// It did not take a client: leave it alone for a moment.
  void Rest(const std::string& instance);

 private:
  struct Known {
    int64_t in_flight = 0;
    uint64_t rests_until_ms = 0;
    std::unique_ptr<topology::InstanceStatusReader> page;
  };

  const ClusterConfig& config_;
  const Clock& clock_;
  topology::Topology topology_;
  std::map<std::string, Known> known_;
};

}  // namespace sixfold::proxy
