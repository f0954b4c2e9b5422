// How long a commit of a few rows takes to four of six durable copies, and what it costs: three
// real daemons, clients that wait for each commit.
//   bench_storage_commit [clients = 1] [seconds = 5] [rows = 1] [bytes a row = 200]
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>

#include "test/integration/storage_cluster.h"

namespace sixfold::storage {
namespace {

double CpuSeconds(int who) {
  rusage usage{};
  getrusage(who, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double CpuOf(pid_t pid) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/stat");
  std::string text((std::istreambuf_iterator<char>(in)), {});
  std::istringstream rest(text.substr(text.rfind(')') + 2));
  std::string word;
  double ticks = 0;
  for (int field = 3; field <= 15 && rest >> word; ++field) {
    if (field >= 14) ticks += std::stod(word);
  }
  return ticks / static_cast<double>(sysconf(_SC_CLK_TCK));
}

void Run(int clients, int seconds, int rows, int bytes) {
  StorageCluster cluster("segment_bytes: 33554432");
  cluster.StartAll();
  auto writer = OpenVolumeWriter(cluster.Options());
  if (!writer.ok()) {
    std::fprintf(stderr, "%s\n", ToString(writer.status()).c_str());
    return;
  }
  std::this_thread::sleep_for(std::chrono::seconds(1));  // segments are written ahead meanwhile
  const double own = CpuSeconds(RUSAGE_SELF);
  double daemons = 0;
  for (char az : StorageCluster::kAzs) daemons -= CpuOf(cluster.pid(az));
  std::atomic<bool> stop{false};
  std::vector<std::vector<uint32_t>> times(clients);
  std::vector<std::thread> threads;
  for (int c = 0; c < clients; ++c) {
    threads.emplace_back([&, c] {
      const std::string value(bytes, 'v');
      for (uint64_t i = 0; !stop; ++i) {
        std::vector<std::string> keys;
        for (int r = 0; r < rows; ++r)
          keys.push_back(fmt::format("{:02}/{:012}", c, (i * rows + r) * 7919 % 250'000));
        std::vector<Mutation> mutations;
        for (const std::string& key : keys) mutations.push_back({MutationKind::kPut, key, value});
        const auto start = std::chrono::steady_clock::now();
        CommitLater(**writer, TxnId(c * 100'000'000ull + i), mutations).get();
        times[c].push_back(std::chrono::duration_cast<std::chrono::microseconds>(
                               std::chrono::steady_clock::now() - start)
                               .count());
      }
    });
  }
  std::this_thread::sleep_for(std::chrono::seconds(seconds));
  stop = true;
  for (std::thread& thread : threads) thread.join();
  for (char az : StorageCluster::kAzs) daemons += CpuOf(cluster.pid(az));
  std::vector<uint32_t> all;
  for (const auto& each : times) all.insert(all.end(), each.begin(), each.end());
  std::sort(all.begin(), all.end());
  const double count = static_cast<double>(all.size());
  std::printf(
      "%d clients, %d rows of %d bytes: %.0f commits/s, p50 %u us, p99 %u us; CPU a commit: "
      "daemons %.1f us, writer %.1f us\n",
      clients, rows, bytes, count / seconds, all[all.size() / 2], all[all.size() * 99 / 100],
      daemons / count * 1e6, (CpuSeconds(RUSAGE_SELF) - own) / count * 1e6);
}

}  // namespace
}  // namespace sixfold::storage

int main(int argc, char** argv) {
  const auto word = [&](int i, int otherwise) { return argc > i ? std::atoi(argv[i]) : otherwise; };
  sixfold::storage::Run(word(1, 1), word(2, 5), word(3, 1), word(4, 200));
  return 0;
}
