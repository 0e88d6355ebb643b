#!/usr/bin/env bash
# Builds the actors' wasm into out/wasm/. Without arguments: all of them; else the crates named.
# Paths are remapped and the linker's stack kept small, so that two checkouts give the same bytes (docs/operating.md, "Reproducible code")
# and a call initialises few pages of memory (each costs gas).
set -euo pipefail
cd "$(dirname "$0")/.."
cargo_home=${CARGO_HOME:-$HOME/.cargo}
export CARGO_TARGET_DIR=${PEGGY_WASM_TARGET_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/peggy/wasm}
export RUSTFLAGS="-C link-arg=-zstack-size=65536 --remap-path-prefix=$PWD=/peggy --remap-path-prefix=$cargo_home=/cargo --remap-path-prefix=$(rustc --print sysroot)=/rust"
if [ $# -gt 0 ]; then
    crates=("$@")
else
    # Every crate below actors/ and testing/actors/ is one actor.
    mapfile -t crates < <(sed -n 's/^name = "\(.*\)"$/\1/p' actors/*/Cargo.toml testing/actors/*/Cargo.toml)
fi
bash scripts/cache.sh "$CARGO_TARGET_DIR" --profile wasm --target wasm32-unknown-unknown
# Second versions for upgrade tests reuse the actors' crates without their exports: apart, so that cargo does not unify the two.
first=()
second=()
for crate in "${crates[@]}"; do
    case $crate in second_*) second+=(-p "$crate") ;; *) first+=(-p "$crate") ;; esac
done
for group in "${first[*]}" "${second[*]}"; do
    read -ra args <<<"$group"
    [ ${#args[@]} -eq 0 ] || cargo build --locked --quiet --profile wasm --target wasm32-unknown-unknown "${args[@]}"
done
mkdir -p out/wasm
for crate in "${crates[@]}"; do
    from=$CARGO_TARGET_DIR/wasm32-unknown-unknown/wasm/$crate.wasm
    # Untouched files keep their time, so nothing that depends on them is rebuilt.
    cmp -s "$from" "out/wasm/$crate.wasm" || cp "$from" "out/wasm/$crate.wasm"
done
