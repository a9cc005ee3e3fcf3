#!/bin/bash
# nanovid: an example: a clip for each line of a file, unattended
# Copyright (C) 2026 the nanovid authors
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# batch.sh PROMPTS DIRECTORY
#
# PROMPTS is a text file with a prompt on each line; empty lines, and lines that
# begin with #, are skipped. Line 7 becomes DIRECTORY/0007.mp4, and the output of
# gst-launch-1.0 is in DIRECTORY/0007.log. Existing clips are skipped, so that the
# same command continues where it was stopped. A line that fails does not stop the
# others; the exit status reports it.
#
# MAX_COST is the limit for one clip in USD, NANOVID_DAILY_BUDGET the limit for
# everything in one day.
set -uo pipefail

if [ $# -ne 2 ]; then
  echo "Usage: $0 PROMPTS DIRECTORY" >&2
  exit 2
fi
prompts=$1 directory=$2
mkdir -p "$directory" || exit 1

# gst-launch-1.0 interprets backslashes and quotes.
quote() {
  local text=${1//\\/\\\\}
  printf '"%s"' "${text//\"/\\\"}"
}

failed=0 number=0
while IFS= read -r prompt || [ -n "$prompt" ]; do
  number=$((number + 1))
  case $prompt in '' | '#'*) continue ;; esac
  name=$(printf '%s/%04d' "$directory" "$number")
  [ ! -e "$name.mp4" ] || continue

  if gst-launch-1.0 nanovidsrc max-cost="${MAX_COST:-0}" \
    prompt="$(quote "$prompt")" ! filesink location="$name.part" \
    </dev/null >"$name.log" 2>&1 && [ -s "$name.part" ]; then
    mv "$name.part" "$name.mp4"
    echo "$name.mp4: $prompt"
  else
    rm -f "$name.part"
    failed=$((failed + 1))
    echo "$name: failed: $(grep -m 1 '^ERROR' "$name.log")" >&2
  fi
done <"$prompts"

[ "$failed" -eq 0 ] || echo "$failed failed: run the same again for those" >&2
[ "$failed" -eq 0 ]
