#!/bin/bash
# nanovid: runs scripts/demo, and checks its output
# Copyright (C) 2026 the nanovid authors
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# test-demo.sh SOURCE-ROOT BUILD-ROOT
set -euo pipefail

root=$1
export BUILD_DIR=$2
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
unset NANOGPT_API_KEY NANOGPT_API_KEY_FILE NANOGPT_BASE_URL

# Does not overwrite the user's own demo.mp4.
ln -s "$root/scripts" "$dir/scripts"
demo=$dir/scripts/demo

"$demo" "a cat on a roof" | tee "$dir/out"
grep -q 'nothing is charged' "$dir/out"
grep -q 'Progress: (nanovid) The clip can be read' "$dir/out"
grep -q "^The clip: *$dir/demo.mp4\$" "$dir/out"
gst-launch-1.0 -q filesrc location="$dir/demo.mp4" ! decodebin ! video/x-raw ! fakesink
gst-launch-1.0 -q filesrc location="$dir/demo.png" ! pngdec ! \
  video/x-raw,width=968,height=364 ! fakesink

# Nothing is started without a key, and earlier output is kept.
if "$demo" --live 2>"$dir/refusal"; then
  exit 1
fi
grep -q NANOGPT_API_KEY "$dir/refusal"
[ -s "$dir/demo.mp4" ]
