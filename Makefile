# FIL Peggy. `make help` lists what can be done; results for people and scripts go to out/.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# Compiled code is kept outside the checkout, so that the next checkout finds the VM built already.
cache := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/peggy
export CARGO_TARGET_DIR ?= $(cache)/target
cargo := cargo
# Demo and tests build the same set of packages: with one feature set the VM is compiled once.
build := $(cargo) build --locked --workspace

.PHONY: help
help: ## This list
	@echo "FIL Peggy: a Filecoin miner owned by five actors instead of a key."; echo
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 22

.PHONY: setup
setup: ## Install what the build needs: the Rust toolchain of rust-toolchain.toml, its wasm target, a C compiler
	@bash scripts/setup.sh

.PHONY: wasm
wasm: setup ## Build the actors' wasm into out/wasm
	@echo "building the actors' wasm ..."
	@bash scripts/wasm.sh

.PHONY: bundle
bundle: wasm ## Write out/bundle: peggy.car and manifest.json (reproducible), and the local network's actors
	@$(build)
	@mkdir -p out/bin
	@# A hard link, so that it outlives the cache's cleaning; a copy where there can be none.
	@ln -f $(CARGO_TARGET_DIR)/debug/peggy out/bin/peggy 2>/dev/null || cp -f $(CARGO_TARGET_DIR)/debug/peggy out/bin/peggy
	@out/bin/peggy bundle --wasm out/wasm --out out/bundle

.PHONY: build
build: bundle ## Build everything; the program is out/bin/peggy then

.PHONY: demo
demo: bundle ## The whole story on a local network, with every attoFIL accounted for (out/demo.json)
	@$(CARGO_TARGET_DIR)/debug/peggy-demo --out out/demo.json

.PHONY: test
test: bundle ## All tests: units, scenarios on the real FVM, random sequences, the program
	$(cargo) test --locked --workspace

.PHONY: test-long
test-long: bundle ## Long random runs
	PEGGY_LONG=1 $(cargo) test --locked --workspace -- --include-ignored

.PHONY: vectors
vectors: bundle-named bundle ## Record the official actors' answers again: make vectors BUILTIN_ACTORS=FILE.car (testing/vectors)
	@$(CARGO_TARGET_DIR)/debug/peggy-vectors --builtin-actors "$(BUILTIN_ACTORS)"

.PHONY: test-official
test-official: bundle-named bundle ## Tests on the official actors: make test-official BUILTIN_ACTORS=FILE.car (testing-fake-proofs bundle)
	@echo "on $(BUILTIN_ACTORS); months pass epoch by epoch, which takes some minutes ..."
	BUILTIN_ACTORS="$(abspath $(BUILTIN_ACTORS))" $(cargo) test --locked --workspace --test official -- --nocapture
	@echo "comparing testing/vectors with what this bundle answers ..."
	@$(CARGO_TARGET_DIR)/debug/peggy-vectors --builtin-actors "$(BUILTIN_ACTORS)" --check

.PHONY: bundle-named
bundle-named:
	@test -n "$(BUILTIN_ACTORS)" || { echo "this needs a bundle of official actors: BUILTIN_ACTORS=FILE.car, for instance builtin-actors-mainnet.car of builtin-actors v18.0.0"; exit 2; }
	@test -f "$(BUILTIN_ACTORS)" || { echo "there is no file $(BUILTIN_ACTORS): BUILTIN_ACTORS=FILE.car names a bundle of official actors"; exit 2; }

.PHONY: gas
gas: bundle ## Gas per method at 10 to 1,000,000 holders (out/gas.json)
	@$(CARGO_TARGET_DIR)/debug/peggy-gas --out out/gas.json

.PHONY: check
check: setup ## Formatting, lints, dependency rules
	$(cargo) fmt --all --check
	$(cargo) clippy --locked --workspace --all-targets -- -D warnings
	bash scripts/deny.sh

.PHONY: fmt
fmt: ## Format the code
	$(cargo) fmt --all
