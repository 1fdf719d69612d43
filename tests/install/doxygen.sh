#!/usr/bin/env bash
# Doxygen understands both headers without a warning, and every name of coslink.h is documented. Of
# coslink.hpp not every one is: what a member does is told at the function of C.
set -euo pipefail
cd "$(dirname "$0")/../.."
command -v doxygen >/dev/null || { echo "SKIP: doxygen is absent"; exit; }
DOXYGEN_OUTPUT=$(mktemp -d)
export DOXYGEN_OUTPUT
trap 'rm -rf "$DOXYGEN_OUTPUT"' EXIT
doxygen packaging/doxygen/Doxyfile
pages=$(find "$DOXYGEN_OUTPUT/html" -name '*.html' | wc -l)
{
    cat packaging/doxygen/Doxyfile
    echo "INPUT = include/coslink.h"
    echo "EXTRACT_ALL = NO"
} | doxygen -
echo "doxygen $(doxygen --version): $pages pages, no warning"
