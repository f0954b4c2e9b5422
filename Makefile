# The face of the project: `make help` lists the habits. CMake and Ninja do the work underneath.
.DEFAULT_GOAL := help
.PHONY: help deps deps-test build programs build-single run check test model sim soak fuzz sanitize lint format bench clean

JOBS ?= $(shell nproc)
CONFIG ?= conf/sixfold.yaml
RELEASE := build/release
ASAN := build/asan
TSAN := build/tsan
FUZZ := build/fuzz
PYTHON := /usr/bin/python3
CMAKE := cmake -S . -G Ninja

help: ## list what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

deps: ## install the Debian packages needed to build and run (root or sudo)
	@packaging/install_packages.sh build run

deps-test: deps
	@packaging/install_packages.sh test

build: deps ## compile everything into build/release
	@$(CMAKE) -B $(RELEASE) -DCMAKE_BUILD_TYPE=Release -DSIXFOLD_UNITY=ON --log-level=WARNING >/dev/null
	@ninja -C $(RELEASE) -j$(JOBS)

build-single: deps ## compile file by file with debug checks into build/dev (daily work)
	@$(CMAKE) -B build/dev -DCMAKE_BUILD_TYPE=Debug --log-level=WARNING >/dev/null
	@ninja -C build/dev -j$(JOBS)

programs: deps
	@$(CMAKE) -B $(RELEASE) -DCMAKE_BUILD_TYPE=Release -DSIXFOLD_UNITY=ON --log-level=WARNING >/dev/null
	@ninja -C $(RELEASE) -j$(JOBS) programs

run: programs ## start the cluster of conf/sixfold.yaml here; Ctrl-C stops it
	@exec $(RELEASE)/bin/sixfoldd --config $(CONFIG)

check: deps-test build ## the fast tests (under 3 minutes)
	@$(PYTHON) test/run_tests.py --build $(RELEASE) --tier check

test: deps-test build ## build and run every test
	@$(PYTHON) test/run_tests.py --build $(RELEASE) --tier all

model: deps-test ## search the models of the quorum with SPIN (SOAK=1: larger ones too, many minutes)
	@$(PYTHON) test/model/run_models.py --jobs $(JOBS) $(if $(SOAK),--soak)

sim: deps-test ## run the simulated cluster: SEED=n [SEEDS=count] [PRINT=1]
	@$(CMAKE) -B $(RELEASE) -DCMAKE_BUILD_TYPE=Release -DSIXFOLD_UNITY=ON --log-level=WARNING >/dev/null
	@ninja -C $(RELEASE) -j$(JOBS) sim >/dev/null
	@$(RELEASE)/bin/sim --seed $(or $(SEED),1) --seeds $(or $(SEEDS),1) $(if $(PRINT),--print)

soak: deps-test ## the models in larger sizes, then new histories of the simulated cluster until one fails or Ctrl-C
	@$(PYTHON) test/model/run_models.py --soak
	@$(CMAKE) -B $(RELEASE) -DCMAKE_BUILD_TYPE=Release -DSIXFOLD_UNITY=ON --log-level=WARNING >/dev/null
	@ninja -C $(RELEASE) -j$(JOBS) sim >/dev/null
	@$(PYTHON) test/sim/soak.py --sim $(RELEASE)/bin/sim --jobs $(JOBS)

sanitize: deps-test ## ASan+UBSan over unit and integration tests, a short run of the fuzzers, TSan over storage and transactions
	@$(CMAKE) -B $(ASAN) -DCMAKE_BUILD_TYPE=Debug -DSIXFOLD_UNITY=ON -DSIXFOLD_SANITIZE=address,undefined --log-level=WARNING >/dev/null
	@ninja -C $(ASAN) -j$(JOBS)
	@$(PYTHON) test/run_tests.py --build $(ASAN) --tier sanitize
	@$(CMAKE) -B $(TSAN) -DCMAKE_BUILD_TYPE=Debug -DSIXFOLD_UNITY=ON -DSIXFOLD_SANITIZE=thread --log-level=WARNING >/dev/null
	@ninja -C $(TSAN) -j$(JOBS) tsan_tests
	@$(PYTHON) test/run_tests.py --build $(TSAN) --tier sanitize --only unit
	@$(MAKE) --no-print-directory fuzz SECONDS=4

fuzz: deps-test ## run the fuzzers, SECONDS= each (60); KEEP=1 keeps inputs that reach new code
	@$(CMAKE) -B $(FUZZ) -DCMAKE_CXX_COMPILER=clang++ -DCMAKE_BUILD_TYPE=Debug -DSIXFOLD_UNITY=ON -DSIXFOLD_FUZZ=ON --log-level=WARNING >/dev/null
	@ninja -C $(FUZZ) -j$(JOBS) fuzzers
	@$(PYTHON) test/fuzz/run_fuzzers.py --build $(FUZZ) --jobs $(JOBS) --seconds $(or $(SECONDS),60) $(if $(KEEP),--keep)

lint: deps-test ## format, include direction, house rules, clang-tidy
	@$(PYTHON) test/tools/lint.py
	@$(CMAKE) -B $(RELEASE) -DCMAKE_BUILD_TYPE=Release -DSIXFOLD_UNITY=ON --log-level=WARNING >/dev/null
	@$(PYTHON) test/tools/tidy.py $(RELEASE)

format: ## clang-format every source file
	@git ls-files '*.cc' '*.h' | xargs clang-format -i

bench: deps-test build ## side by side with MariaDB (SECONDS= a run)
	@$(PYTHON) test/bench/bench.py --bin $(RELEASE)/bin $(if $(SECONDS),--seconds $(SECONDS))

clean: ## remove what was built (not the data in var/)
	rm -rf build
