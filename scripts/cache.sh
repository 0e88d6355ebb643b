#!/usr/bin/env bash
# Makes a shared target folder this checkout's: `cache.sh FOLDER [cargo clean's options]`.
# Several checkouts share one folder so that the VM is compiled once. But cargo tells fresh from stale by file times alone, so
# what another checkout built of *our* crates could pass for this one's: it is removed. Dependencies stay.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$1
shift
mkdir -p "$folder"
if [ "$(cat "$folder/checkout" 2>/dev/null || true)" != "$PWD" ]; then
    CARGO_TARGET_DIR=$folder cargo clean --quiet --workspace "$@"
    mkdir -p "$folder"
    echo "$PWD" >"$folder/checkout"
fi
