#!/usr/bin/python3
"""make soak: new seeds of the simulated cluster, several at once, until one fails or Ctrl-C."""
import argparse
import concurrent.futures
import secrets
import subprocess
import sys

SEEDS_AT_ONCE = 50


def run(sim, first):
    done = subprocess.run([sim, "--seed", str(first), "--seeds", str(SEEDS_AT_ONCE)], capture_output=True, text=True)
    return first, done


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sim", required=True)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--rounds", type=int, help="stop after so many times %d seeds" % SEEDS_AT_ONCE)
    options = parser.parse_args()
    seed = secrets.randbelow(1 << 48)
    seeds = begun = 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        running = set()
        while options.rounds is None or begun < options.rounds or running:
            while len(running) < options.jobs and (options.rounds is None or begun < options.rounds):
                running.add(pool.submit(run, options.sim, seed + begun * SEEDS_AT_ONCE))
                begun += 1
            finished, running = concurrent.futures.wait(running, return_when=concurrent.futures.FIRST_COMPLETED)
            for each in finished:
                first, done = each.result()
                if done.returncode != 0:
                    print(done.stdout + done.stderr, flush=True)
                    return 1
                seeds += SEEDS_AT_ONCE
                print(f"{seeds} seeds fine, the last from {first}", flush=True)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(0)
