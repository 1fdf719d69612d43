#!/bin/sh
# prelink.sh IN OUT: from the static library that rustc makes, one that shows coslink_* only, so that
# it links beside other Rust libraries and other copies of what is in it. It is one object, whose
# functions keep their own sections: --gc-sections of a program still drops what is not called.
# Needs GNU binutils (LD, NM, OBJCOPY and AR in the environment name those of another target); without
# them OUT is a copy of IN.
set -eu
in=$1 out=$2
LD=${LD:-ld} NM=${NM:-nm} OBJCOPY=${OBJCOPY:-objcopy} AR=${AR:-ar}

as_it_is() {
    echo "note: $1, so the static library also shows what is in it" >&2
    cp "$in" "$out"
    exit
}
"$LD" --version 2>/dev/null | grep -q '^GNU ld' || as_it_is "no GNU ld"
"$OBJCOPY" --version >/dev/null 2>&1 || as_it_is "no objcopy"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# What nm says of members that it does not know is no matter.
"$NM" "$in" 2>/dev/null | sed -n 's/^[0-9a-f]* T \(coslink_.*\)$/-u \1/p' | sort -u > "$work/roots"
[ -s "$work/roots" ] || as_it_is "$NM finds no coslink_ functions in it"
# Without groups: the linker would take one library's for the other's, and drop it.
"$LD" -r --gc-sections --force-group-allocation -o "$work/all.o" "@$work/roots" "$in" ||
    as_it_is "$LD cannot link it"
"$OBJCOPY" --wildcard --keep-global-symbol='coslink_*' --strip-unneeded "$work/all.o" "$work/coslink.o"
rm -f "$out"
"$AR" crsD "$out" "$work/coslink.o"
