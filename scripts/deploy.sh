#!/usr/bin/env bash
# Deploys the five actors from one TOML: builds the bundle if there is none, then runs `peggy deploy`, which continues where it stopped.
#   scripts/deploy.sh CONFIG.toml [options of peggy deploy]
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
if [ $# -eq 0 ]; then
    echo "usage: scripts/deploy.sh CONFIG.toml [options of peggy deploy]" >&2
    echo "scripts/deploy.example.toml shows what a configuration looks like" >&2
    exit 2
fi
bundle=${PEGGY_BUNDLE:-$here/out/bundle/peggy.car}
[ -f "$bundle" ] || make -C "$here" bundle >&2
# PEGGY names a program that is built already.
if [ -n "${PEGGY:-}" ]; then
    exec "$PEGGY" deploy --bundle "$bundle" "$@"
fi
exec cargo run --quiet --manifest-path "$here/Cargo.toml" -p peggy --bin peggy -- deploy --bundle "$bundle" "$@"
