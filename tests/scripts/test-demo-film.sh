#!/bin/bash
# nanovid: runs scripts/demo --film, and checks its output
# Copyright (C) 2026 the nanovid authors
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# test-demo-film.sh SOURCE-ROOT BUILD-ROOT
set -euo pipefail

root=$1
export BUILD_DIR=$2
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
unset NANOGPT_API_KEY NANOGPT_API_KEY_FILE NANOGPT_BASE_URL

# Does not overwrite the user's own film.
ln -s "$root/scripts" "$dir/scripts"
demo=$dir/scripts/demo
cd "$dir"
printf '# two\na cat on a roof\n{"duration": 10} a dog below\n' >story.txt

"$demo" --film story.txt | tee out
grep -q 'nothing is charged' out
grep -q "^The film: *$dir/demo-film.mp4\$" out
gst-discoverer-1.0 demo-film.mp4 | tee found
grep -q 'Duration: 0:00:15.0' found
grep -q 'MPEG-4 AAC' found
gst-launch-1.0 -q filesrc location=demo-film.mp4 ! decodebin ! video/x-raw ! fakesink
# Two scenes give two rows, and the second one begins with a red bar.
gst-launch-1.0 -q filesrc location=demo-film.png ! pngdec ! \
  video/x-raw,width=1292,height=364 ! videocrop top=184 right=1284 ! \
  videoconvert ! video/x-raw,format=RGB ! filesink location=bar
[ "$(head -c 3 bar | od -An -tx1)" = ' ff 00 00' ]

# Nothing is started for a script that does not exist.
if "$demo" --film none.txt 2>refusal; then
  exit 1
fi
grep -q none.txt refusal
