#!/bin/bash
# nanovid: an example: a clip for each line of a file, unattended
# Copyright (C) 2026 the nanovid authors
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# batch.sh PROMPTS DIRECTORY
#
# PROMPTS is a text file with a prompt on each line; empty lines, and lines that
# begin with #, are skipped. Line 7 becomes DIRECTORY/0007.mp4, and what
# gst-launch-1.0 said of it DIRECTORY/0007.log. What is there already is not asked
# for again, so that the same command goes on where it was stopped. A line that
# fails does not stop the others; the exit status tells of it.
#
# MAX_COST is what one clip may cost at most, in USD; NANOVID_DAILY_BUDGET is what
# everything may cost in a day.
set -uo pipefail

if [ $# -ne 2 ]; then
  echo "Usage: $0 PROMPTS DIRECTORY" >&2
  exit 2
fi
prompts=$1 directory=$2
mkdir -p "$directory" || exit 1

# gst-launch-1.0 takes a backslash and a quote for its own.
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
