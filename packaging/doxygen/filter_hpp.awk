# Makes of coslink.hpp what Doxygen shows: its comments are documentation.
NR == 1 { sub(/^\/\*$/, "/**\n * @file") }
/^ *\/\/ / { sub(/\/\/ /, "/// ") }
{ print }
