#!/usr/bin/env bash
# Every name of the C and C++ headers is documented, in a way that Doxygen understands: no warning.
set -euo pipefail
cd "$(dirname "$0")/../.."
command -v doxygen >/dev/null || { echo "SKIP: doxygen is absent"; exit; }
DOXYGEN_OUTPUT=$(mktemp -d)
export DOXYGEN_OUTPUT
trap 'rm -rf "$DOXYGEN_OUTPUT"' EXIT
doxygen packaging/doxygen/Doxyfile
pages=$(find "$DOXYGEN_OUTPUT/html" -name '*.html' | wc -l)
echo "doxygen $(doxygen --version): $pages pages, no warning"
