# Makes of coslink.h what Doxygen shows: fields under "From here to `x`: as in `y`" get a comment each,
# and the typedefs that only repeat the name of an enum are left out.
/From here to `.*as in `/ {
    last = $0
    sub(/.*From here to `/, "", last)
    sub(/`.*/, "", last)
    place = $0
    sub(/.*as in `/, "", place)
    sub(/`.*/, "", place)
}
/^typedef (enum coslink_|int32_t coslink_)/ { next }
/^  \/\*\*/ { documented = 1 }
/^  [a-z].*;$/ {
    if (last != "" && !documented) print "  /** As in `" place "`. */"
    if (last != "" && $0 ~ ("[ *]" last ";$")) last = ""
    documented = 0
}
/^}/ { last = "" }
{ print }
