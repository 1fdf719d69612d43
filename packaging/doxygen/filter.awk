# Makes of coslink.h what Doxygen shows: the first paragraph of a comment is the brief one, fields under
# "From here to `x`: as in `y`" get a comment each, and the typedefs that only repeat the name of an
# enum are left out.
/From here to `.*as in `/ {
    last = $0
    sub(/.*From here to `/, "", last)
    sub(/`.*/, "", last)
    place = $0
    sub(/.*as in `/, "", place)
    sub(/`.*/, "", place)
}
/^typedef (enum coslink_|int32_t coslink_)/ { next }
begun && !/@file/ { sub(/\* /, "* @brief ") }
{ begun = /^ *\/\*\*$/ }
/^ *\/\*\* / { sub(/\*\* /, "** @brief ") }
/^  \/\*\*/ { documented = 1 }
/^  [a-z].*;$/ {
    if (last != "" && !documented) print "  /** @brief As in `" place "`. */"
    if (last != "" && $0 ~ ("[ *]" last ";$")) last = ""
    documented = 0
}
/^}/ { last = "" }
{ print }
