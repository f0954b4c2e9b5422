// Runs histories of the simulated cluster: `sim --seed 7` one, `sim --seed 7 --seeds 100` a
// hundred. Stops at the first that fails, with the command that runs it again.
#include <CLI/CLI.hpp>
#include <chrono>
#include <csignal>
#include <cstdio>

#include "test/sim/canaries.h"
#include "test/sim/scenario.h"

namespace sixfold::sim {
namespace {

struct Arguments {
  uint64_t seed = 1;
  uint64_t seeds = 1;
  bool print = false;
  bool marks = false;
  std::string canary = "none";
};

constexpr size_t kLinesShown = 60;

uint64_t current_seed = 0;
const Scenario* current = nullptr;

void ShowEnd() {
  if (current != nullptr) {
    const auto& lines = current->last_lines();
    for (size_t i = lines.size() > kLinesShown ? lines.size() - kLinesShown : 0; i < lines.size();
         ++i)
      std::printf("%s\n", lines[i].c_str());
  }
  std::printf("again: make sim SEED=%lu\n", current_seed);
  std::fflush(stdout);
}

/// A CHECK of the code under test failed.
void OnAbort(int) {
  ShowEnd();
  std::_Exit(2);
}

int Run(const Arguments& arguments) {
  const auto canary_on = CanaryOf(arguments.canary);
  if (!canary_on.has_value()) {
    for (const Canary each : AllCanaries()) std::printf("%s\n", std::string(NameOf(each)).c_str());
    return 64;
  }
  canary = *canary_on;
  std::signal(SIGABRT, OnAbort);
  std::signal(SIGSEGV, OnAbort);
  const auto begun = std::chrono::steady_clock::now();
  uint64_t commits = 0, views = 0, steps = 0, simulated_ms = 0;
  for (uint64_t seed = arguments.seed; seed < arguments.seed + arguments.seeds; ++seed) {
    current_seed = seed;
    Scenario scenario(seed, arguments.print);
    current = &scenario;
    const Outcome outcome = scenario.Run();
    if (!outcome.failure.empty()) {
      if (!arguments.print) ShowEnd();
      std::printf("seed %lu failed: %s\n", seed, outcome.failure.c_str());
      return 1;
    }
    current = nullptr;
    commits += outcome.commits;
    views += outcome.views;
    steps += outcome.steps;
    simulated_ms += outcome.simulated_ms;
    if (arguments.seeds == 1) std::printf("history %016lx\n", outcome.hash);
  }
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  std::printf("%lu seeds from %lu: %lu commits, %lu views, %lu events, %lu s simulated in %.1f s\n",
              arguments.seeds, arguments.seed, commits, views, steps, simulated_ms / 1000, seconds);
  if (arguments.marks) {
    for (const std::string& mark : MarksNotReached())
      std::printf("not reached: %s\n", mark.c_str());
  }
  return 0;
}

}  // namespace
}  // namespace sixfold::sim

int main(int argc, char** argv) {
  CLI::App app("Simulated histories of the volume");
  sixfold::sim::Arguments arguments;
  app.add_option("--seed", arguments.seed, "the first history");
  app.add_option("--seeds", arguments.seeds, "how many");
  app.add_flag("--marks", arguments.marks, "say which rare branches were not reached");
  app.add_flag("--print", arguments.print, "print the history");
  app.add_option("--canary", arguments.canary, "a rule to leave out; \"?\" lists them");
  CLI11_PARSE(app, argc, argv);
  return sixfold::sim::Run(arguments);
}
