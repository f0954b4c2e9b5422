// StatusCounters: what SHOW GLOBAL STATUS counts. Relaxed atomics; thread-safe.
#pragma once

#include <atomic>
#include <cstdint>

namespace sixfold::server {

class StatusCounters {
 public:
  using Counter = std::atomic<uint64_t>;

  Counter connections{0};
  Counter aborted_connects{0};
  Counter aborted_clients{0};
  Counter max_used_connections{0};
  Counter questions{0};
  Counter queries{0};
  Counter slow_queries{0};
  Counter bytes_received{0};
  Counter bytes_sent{0};
  Counter threads_running{0};
  Counter com_select{0}, com_insert{0}, com_update{0}, com_delete{0}, com_replace{0};
  Counter com_commit{0}, com_rollback{0}, com_begin{0}, com_set_option{0}, com_show{0};
  Counter com_ddl{0}, com_load{0}, com_other{0};
  Counter com_stmt_prepare{0}, com_stmt_execute{0}, com_stmt_close{0}, com_stmt_reset{0};
  Counter com_stmt_fetch{0}, com_stmt_send_long_data{0};
  Counter prepared_statements{0};
  Counter adopted_plans{0};
  Counter errors{0};

  static void Add(Counter& counter, uint64_t by = 1) {
    counter.fetch_add(by, std::memory_order_relaxed);
  }
};

}  // namespace sixfold::server
