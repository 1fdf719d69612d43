#!/usr/bin/env bash
# Installs the C library from a copy of the checkout into an empty prefix, as a user does, and uses it
# from there: pkg-config, CMake and plain cc, shared and static, also after the prefix has moved. Then
# what it shows of itself, and how it behaves as a guest of other programs.
#
# Cargo builds below the target directory of the checkout; nothing else of it is used.
set -euo pipefail
export LC_ALL=C
[ "$(uname -s)" = Linux ] || { echo "SKIP: not Linux"; exit; }
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
target=${CARGO_TARGET_DIR:-$root/target}
mkdir -p "$target"
target=$(cd "$target" && pwd)
build=$target/install
unset CARGO_TARGET_DIR LD_LIBRARY_PATH PKG_CONFIG_PATH CMAKE_PREFIX_PATH
examples=$root/examples-c
work=$(mktemp -d)
children=()
cleanup() {
    if [ ${#children[@]} -gt 0 ]; then kill "${children[@]}" 2>/dev/null || true; fi
    rm -rf "$work"
}
trap cleanup EXIT

say() { printf '\n== %s (%d s)\n' "$*" "$SECONDS"; }
fail() { echo "FAILED: $*" >&2; exit 1; }
there() { command -v "$1" >/dev/null || { echo "SKIP: $1 is absent"; return 1; }; }
# A package that pkg-config knows.
package() { pkg-config --exists "$1" || { echo "SKIP: $1 is absent"; return 1; }; }

say "the emulator"
(cd "$root" && cargo build --quiet --release -p cos-emulator --target-dir "$target")
start() { # NAME OPTION...: its first line is in NAME.json
    local name=$1
    shift
    "$target/release/cos-emulator" --stay "$@" > "$work/$name.json" &
    children+=($!)
    for _ in $(seq 100); do
        grep -q '}' "$work/$name.json" && return
        sleep 0.1
    done
    fail "the emulator does not start"
}
value() { sed -n "s/.*\"$2\":\"\([^\"]*\)\".*/\1/p" "$work/$1.json"; }
export COS_SECRET_ID=installer COS_SECRET_KEY=of-the-library
export COS_BUCKET=examplebucket-1250000000 COS_REGION=ap-guangzhou
export HOME="${HOME:-/tmp}" XDG_STATE_HOME=$work/state
unset COS_SECURITY_TOKEN
start http --secret-id $COS_SECRET_ID --secret-key $COS_SECRET_KEY
start https --tls --secret-id $COS_SECRET_ID --secret-key $COS_SECRET_KEY
COS_ENDPOINT=$(value http url)
export COS_ENDPOINT

say "a copy of the checkout"
checkout=$work/checkout
mkdir "$checkout"
if git -C "$root" rev-parse 2>/dev/null; then
    (cd "$root" && git ls-files -z --cached --others --exclude-standard) > "$work/listed"
else
    (cd "$root" && find . -name target -prune -o -type f -print0) > "$work/listed"
fi
while IFS= read -r -d '' file; do
    if [ -e "$root/$file" ]; then printf '%s\0' "$file"; fi
done < "$work/listed" > "$work/files"
tar -C "$root" --null -T "$work/files" -cf - | tar -C "$checkout" -xf -
(cd "$checkout" && find . | sort) > "$work/before"

say "make install"
prefix=$work/prefix
make -s -C "$checkout" BUILD="$build" install PREFIX="$prefix"
# As root does it, without cargo: nothing is built again.
make -s -C "$checkout" BUILD="$build" install PREFIX="$prefix" CARGO=false >/dev/null
(cd "$checkout" && find . | sort) | diff "$work/before" - || fail "the build has left something in the checkout"
(cd "$prefix" && find . -type f -o -type l | sort | xargs ls -ld | awk '{ print $5, $9, $10, $11 }')
[ ! -e "$root/include/coslink.hpp" ] || [ -e "$prefix/include/coslink.hpp" ] || fail "coslink.hpp is not installed"
version=$(sed -n 's/^version = "\(.*\)"/\1/p' "$root/Cargo.toml" | head -n 1)
abi=${version%.*}
case $abi in 0.*) ;; *) abi=${abi%%.*} ;; esac
library=$prefix/lib/libcoslink.so.$version

say "what the shared library shows and needs"
nm -D --defined-only "$library" | awk '{ print $3 }' > "$work/shown"
echo "nm -D: $(grep -c '^coslink_' "$work/shown") of coslink_*, others: $(grep -vc '^coslink_' "$work/shown" || true)"
if grep -v '^coslink_' "$work/shown"; then fail "the shared library shows more than coslink_*"; fi
readelf -d "$library" | grep -E 'NEEDED|SONAME'
readelf -d "$library" | grep -q "SONAME.*\[libcoslink.so.$abi\]" || fail "no soname libcoslink.so.$abi"
if readelf -d "$library" | grep NEEDED | grep -vE '\[(libgcc_s|libc|libm|libpthread|libdl|librt|libutil|ld-[a-z0-9-]*)\.so'; then
    fail "the shared library needs more than the system's"
fi
# Handlers that a host would not know of. What std asks signals for is its own SIGSEGV guard page,
# which belongs to the main function of Rust programs and is never installed here; see host.c.
if nm -D --undefined-only "$library" | grep -wE 'atexit|__cxa_atexit|on_exit'; then
    fail "the shared library registers what is to be run at the end"
fi
stripped=$work/stripped.so
strip -o "$stripped" "$library"
echo "stripped: $(wc -c < "$stripped") bytes"

say "what the static library shows"
nm -g --defined-only "$prefix/lib/libcoslink.a" 2>/dev/null | awk 'NF == 3 { print $3 }' > "$work/shown-static"
if there objcopy; then
    sort "$work/shown" | diff - <(sort "$work/shown-static") || fail "the static library shows more"
    echo "the same $(wc -l < "$work/shown-static") names"
fi

quickstart() { # PROGRAM [DIRECTORY OF THE SHARED LIBRARY]
    (cd "$work" && "$1" 8 2>/dev/null) > "$work/told" || { cat "$work/told"; fail "$1"; }
    [ "$(awk '{ print $1 }' "$work/told" | tr '\n' ' ')" = "uploaded listed downloaded compared deleted " ] || fail "$1"
    printf 'works: %-40s %9d bytes\n' "${1#"$work"/}" "$(wc -c < "$1")"
}
is_linked() { # PROGRAM shared|static
    local needed=static
    if readelf -d "$1" | grep -q "NEEDED.*libcoslink.so.$abi"; then needed=shared; fi
    [ "$needed" = "$2" ] || fail "$1 is not linked as $2"
}
strict="-std=c11 -O2 -Wall -Wextra -Werror"
# A static library by pkg-config, while the shared one lies beside it.
static_flags() { pkg-config --static --cflags --libs coslink | sed 's/-lcoslink/-l:libcoslink.a/'; }
use() { # PREFIX NAME: every way to link what lies in this prefix
    local prefix=$1 bin=$work/$2
    mkdir "$bin"
    export PKG_CONFIG_PATH=$prefix/lib/pkgconfig
    pkg-config --validate coslink
    echo "pkg-config: $(pkg-config --modversion coslink): $(pkg-config --static --cflags --libs coslink)"
    # shellcheck disable=SC2046,SC2086
    {
        cc $strict "$examples/quickstart.c" -o "$bin/pkg-config-shared" \
            $(pkg-config --cflags --libs coslink) "-Wl,-rpath,$prefix/lib"
        cc $strict "$examples/quickstart.c" -o "$bin/pkg-config-static" $(static_flags)
        cc $strict "$examples/quickstart.c" -o "$bin/pkg-config-static-gc" $(static_flags) -Wl,--gc-sections -s
        cc $strict -I"$prefix/include" "$examples/quickstart.c" -o "$bin/cc-shared" \
            -L"$prefix/lib" -lcoslink "-Wl,-rpath,$prefix/lib"
        cc $strict -I"$prefix/include" "$examples/quickstart.c" -o "$bin/cc-static" \
            "$prefix/lib/libcoslink.a" -lpthread -ldl -lm -lgcc_s
        c++ -std=c++17 "$examples/raii.cpp" -o "$bin/raii" \
            $(pkg-config --cflags --libs coslink) "-Wl,-rpath,$prefix/lib"
    }
    is_linked "$bin/pkg-config-shared" shared
    is_linked "$bin/pkg-config-static" static
    for name in pkg-config-shared pkg-config-static pkg-config-static-gc cc-shared cc-static; do
        quickstart "$bin/$name"
    done
    (cd "$work" && "$bin/raii" >/dev/null) || fail "raii"
    unset PKG_CONFIG_PATH
    if there cmake; then by_cmake find "$bin" -DCMAKE_PREFIX_PATH="$prefix"; fi
}
by_cmake() { # HOW DIRECTORY OPTION...
    local how=$1 into=$2/cmake-$1
    shift 2
    { cmake -S "$here/consumer" -B "$into" -DHOW="$how" -DEXAMPLE="$examples/quickstart.c" "$@" &&
        cmake --build "$into"; } > "$work/cmake.log" 2>&1 || { cat "$work/cmake.log"; fail "cmake, $how"; }
    is_linked "$into/shared" shared
    is_linked "$into/static" static
    quickstart "$into/shared"
    quickstart "$into/static"
}

say "use from the prefix"
use "$prefix" there
if there cmake; then
    ! cmake -S "$here/consumer" -B "$work/wrong" -DHOW=find -DEXAMPLE=x -DCMAKE_PREFIX_PATH="$work/none" >/dev/null 2>&1 ||
        fail "CMake finds coslink where it is not"
fi
say "use after the prefix has moved"
mv "$prefix" "$work/else where"
mv "$work/else where" "$work/elsewhere"
use "$work/elsewhere" moved
prefix=$work/elsewhere
library=$prefix/lib/libcoslink.so.$version

if there cmake; then
    say "use from the checkout by CMake"
    # The same cargo command, in the same place: nothing is compiled again.
    by_cmake fetch "$work" -DCHECKOUT="$checkout" -DCOSLINK_CARGO_DIR="$build"
    by_cmake subdirectory "$work" -DCHECKOUT="$checkout" -DCOSLINK_CARGO_DIR="$build"
    (cd "$checkout" && find . | sort) | diff "$work/before" - || fail "CMake has left something in the checkout"
fi

say "a package: DESTDIR, another LIBDIR, and uninstall"
places=(DESTDIR="$work/dest" PREFIX=/usr LIBDIR=/usr/lib/x86_64-linux-gnu)
make -s -C "$checkout" BUILD="$build" install CARGO=false "${places[@]}" >/dev/null
PKG_CONFIG_PATH=$work/dest/usr/lib/x86_64-linux-gnu/pkgconfig pkg-config --variable=includedir coslink
[ -e "$(PKG_CONFIG_PATH=$work/dest/usr/lib/x86_64-linux-gnu/pkgconfig pkg-config --variable=includedir coslink)/coslink.h" ]
make -s -C "$checkout" BUILD="$build" uninstall "${places[@]}"
[ -z "$(find "$work/dest" ! -type d)" ] || fail "uninstall leaves something"

say "beside another Rust library, libcurl and OpenSSL"
export PKG_CONFIG_PATH=$prefix/lib/pkgconfig
if package libcurl && package libssl; then
    (cd "$checkout/tests/install/other" && cargo build --quiet --release --locked --target-dir "$build-other")
    other=$build-other/release/libother.a
    # shellcheck disable=SC2046,SC2086
    {
        cc $strict "$here/clash.c" -o "$work/clash-static" "$other" $(static_flags) \
            $(pkg-config --cflags --libs libcurl libssl libcrypto)
        cc $strict "$here/clash.c" -o "$work/clash-static-first" $(static_flags) "$other" \
            $(pkg-config --cflags --libs libcurl libssl libcrypto) -lgcc_s
        cc $strict "$here/clash.c" -o "$work/clash-shared" "$other" $(pkg-config --cflags --libs coslink) \
            "-Wl,-rpath,$prefix/lib" $(pkg-config --cflags --libs libcurl libssl libcrypto) -lgcc_s -lm
    }
    if ! cc "$here/clash.c" -o "$work/clash-raw" -I"$prefix/include" "$other" "$build/release/libcoslink.a" \
        -lcurl -lssl -lcrypto -lgcc_s -lm 2> "$work/told"; then
        echo "rustc's own archive would not link there: $(grep -c 'multiple definition' "$work/told") clashes"
    fi
    for name in clash-static clash-static-first clash-shared; do
        "$work/$name" "$(value https url)" "$(value https ca)" 2> "$work/told" || { cat "$work/told"; fail "$name"; }
    done
fi

say "a guest of other programs"
# shellcheck disable=SC2046,SC2086
cc $strict "$here/host.c" -o "$work/host" $(pkg-config --cflags --libs coslink) "-Wl,-rpath,$prefix/lib" -pthread
(cd "$work" && ./host)

say "loaded and unloaded"
plugin() { # ROUNDS
    # shellcheck disable=SC2086
    cc $strict -DROUNDS="$1" -DCOSLINK_LIBRARY="\"$library\"" -I"$prefix/include" \
        "$root/tests/c/plugin.c" -o "$work/plugin" -ldl
    valgrind --leak-check=full --show-leak-kinds=none --errors-for-leak-kinds=none --error-exitcode=99 \
        --log-file="$work/valgrind" "$work/plugin" \
        "$COS_ENDPOINT" $COS_BUCKET $COS_REGION $COS_SECRET_ID $COS_SECRET_KEY "$work" ||
        { cat "$work/valgrind" >&2; fail "plugin"; }
    # Bytes that are lost or still there at the end.
    awk '/ (lost|reachable): / { gsub(",", ""); sum += $4; lines++ } END { print lines ? sum : "none" }' "$work/valgrind"
}
if there valgrind; then
    few=$(plugin 10)
    many=$(plugin 200)
    echo "left after 10 rounds: $few bytes, after 200: $many"
    # What crossbeam-epoch keeps for the next thread is now one bag more, now one less, of 2 KB each.
    [ "$many" -le $((few + 16384)) ] || { cat "$work/valgrind"; fail "memory grows with each round"; }
fi

say "two versions in one process"
# In a target directory of its own: cargo calls the libraries of both by the same names.
cp -a "$build" "$work/build"
other_version=${version%%.*}.$((${abi##*.} + 1)).0
sed -i "0,/^version = .*/s//version = \"$other_version\"/" "$checkout/Cargo.toml"
sed -i "/^name = \"coslink\"$/{n;s/.*/version = \"$other_version\"/}" "$checkout/Cargo.lock"
make -s -C "$checkout" BUILD="$work/build" install PREFIX="$work/newer" >/dev/null
# shellcheck disable=SC2086
cc $strict -I"$prefix/include" "$here/two.c" -o "$work/two" -ldl -pthread
"$work/two" "$library" "$work/newer/lib/libcoslink.so.$other_version"

say "all of it works"
