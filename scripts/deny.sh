#!/usr/bin/env bash
# Checks bans, licences and sources of all dependencies (deny.toml). Installs cargo-deny beside the build cache if it is missing.
set -euo pipefail
cd "$(dirname "$0")/.."
tools=${XDG_CACHE_HOME:-$HOME/.cache}/peggy/tools
PATH="$tools/bin:$PATH"
if ! command -v cargo-deny >/dev/null; then
    echo "installing cargo-deny (once) ..."
    CARGO_TARGET_DIR="$tools/target" cargo install --quiet --locked --root "$tools" cargo-deny
    rm -rf "$tools/target"
fi
cargo deny --locked --workspace check bans licenses sources
