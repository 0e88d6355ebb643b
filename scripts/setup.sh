#!/usr/bin/env bash
# Installs what the build needs and is not there yet. Run by the Makefile; safe to run again.
set -euo pipefail
cd "$(dirname "$0")/.."

if ! command -v cc >/dev/null; then
    if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
        apt-get update -qq && apt-get install -y -qq build-essential
    else
        echo "setup: a C compiler is missing; install one (Debian: sudo apt-get install build-essential) and run this again" >&2
        exit 1
    fi
fi
if ! command -v rustup >/dev/null; then
    if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ] && apt-get update -qq && apt-get install -y -qq rustup; then
        :
    else
        echo "setup: rustup is missing; install it (https://rustup.rs) and run this again" >&2
        exit 1
    fi
fi
# rust-toolchain.toml names toolchain, components and target; a toolchain that is installed already may still lack the latter two.
if ! rustup target list --installed 2>/dev/null | grep -qx wasm32-unknown-unknown; then
    rustup target add wasm32-unknown-unknown
fi
for component in rustfmt clippy; do
    rustup component list --installed 2>/dev/null | grep -q "^$component" || rustup component add "$component"
done
bash scripts/cache.sh "${CARGO_TARGET_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/peggy/target}"
