#!/usr/bin/env bash
# Deploys the five actors from one TOML: builds program and bundle if there are none, then runs `peggy deploy`, which continues where it stopped.
#   scripts/deploy.sh CONFIG.toml [options of peggy deploy]
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
if [ $# -eq 0 ]; then
    echo "usage: scripts/deploy.sh CONFIG.toml [options of peggy deploy]" >&2
    echo "scripts/deploy.example.toml shows what a configuration looks like" >&2
    exit 2
fi
bundle=${PEGGY_BUNDLE:-$here/out/bundle/peggy.car}
# PEGGY names another program than the one `make build` puts there.
peggy=${PEGGY:-$here/out/bin/peggy}
if [ ! -x "$peggy" ] || [ ! -f "$bundle" ]; then
    make -C "$here" build >&2
fi
exec "$peggy" deploy --bundle "$bundle" "$@"
