#!/bin/bash
# nanovid: installs the build below a directory, and uses it from there
# Copyright (C) 2026 the nanovid authors
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# test-install.sh BUILD-ROOT
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
meson install -C "$1" --no-rebuild --quiet --destdir "$dir"

plugin=$(find "$dir" -name libgstnanovid.so)
export GST_PLUGIN_PATH=${plugin%/*} GST_REGISTRY=$dir/registry.bin GST_REGISTRY_UPDATE=yes
gst-inspect-1.0 nanovidsrc >"$dir/inspected"
gst-inspect-1.0 nanovidtransform >>"$dir/inspected"
[ "$(grep -c "Filename *$plugin" "$dir/inspected")" -eq 2 ]

for program in nanogpt-simulator nanovid-jobs; do
  "$(find "$dir" -name "$program" -type f)" --help
done
find "$dir" -name nanovid-jobs.1 | grep -q .
