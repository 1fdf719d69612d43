#!/usr/bin/env bash
# Installs the C library with cargo-c into an empty prefix: the same names as `make install`, and our
# own header. Nothing is done where cargo-c is not installed (`cargo install cargo-c --locked`).
# usage: cargo_c.sh [directory for the build]
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
build=${1:-${CARGO_TARGET_DIR:-$root/target}/cargo-c}
if ! command -v cargo-cinstall >/dev/null; then
    echo "SKIP: cargo-c is absent"
    exit
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
version=$(sed -n 's/^version = "\(.*\)"/\1/p' "$root/Cargo.toml" | head -n 1)
abi=${version%.*}
case $abi in 0.*) ;; *) abi=${abi%%.*} ;; esac

cd "$root"
cargo cinstall --release --target-dir "$build" --prefix="$work/prefix" --libdir=lib
(cd "$work/prefix" && find . ! -type d | sort)
for header in include/*.h*; do cmp "$header" "$work/prefix/$header"; done
readelf -d "$work/prefix/lib/libcoslink.so.$version" | grep -E 'SONAME|NEEDED'
readelf -d "$work/prefix/lib/libcoslink.so.$version" | grep -q "\[libcoslink.so.$abi\]"
[ "$(nm -D --defined-only "$work/prefix/lib/libcoslink.so" | grep -vc ' coslink_' || true)" = 0 ]
export PKG_CONFIG_PATH=$work/prefix/lib/pkgconfig
pkg-config --validate coslink
[ "$(pkg-config --modversion coslink)" = "$version" ]
# shellcheck disable=SC2046
cc examples-c/quickstart.c -o "$work/quickstart" $(pkg-config --cflags --libs coslink) "-Wl,-rpath,$work/prefix/lib"
# It starts, and says what it is not told.
env -u COS_SECRET_ID "$work/quickstart" "$work/none" 2>&1 | grep 'COS_SECRET_ID is not set'
