#!/bin/bash
# Tests the commands of nanovid-jobs that manage clips and the journal.
# usage: test-commands.sh NANOVID-JOBS SIMULATOR COMPLETION
set -euo pipefail

jobs=$1
simulator=$2
completion=$3
tmp=$(mktemp -d)
pids=
trap 'kill $pids 2>/dev/null; wait 2>/dev/null; rm -rf "$tmp"' EXIT
export XDG_CACHE_HOME=$tmp/cache XDG_STATE_HOME=$tmp/state NANOGPT_API_KEY=k
unset NANOVID_ALLOW_URI

fail() {
  echo "$1" >&2
  exit 1
}

mkfifo "$tmp/ready"
"$simulator" --generation-time 0.2 --ledger "$tmp/ledger" >"$tmp/ready" &
pids=$!
read -r line <"$tmp/ready"
export NANOGPT_BASE_URL=${line#listening on }

uri='nanovid://seedance-lite-video?prompt=a%20kite'
"$jobs" fetch "$uri" 2>"$tmp/said"
grep -q accepted "$tmp/said" || fail "fetch says nothing"
"$jobs" fetch "$uri" 2>/dev/null
[ "$(grep -c charge "$tmp/ledger")" = 1 ] || fail "a clip was paid for twice"
[ "$(ls "$tmp/cache/nanovid" | grep -c clip)" = 1 ] || fail "no clip was kept"
status=0
"$jobs" fetch "https://example.com/" 2>/dev/null || status=$?
[ $status = 2 ] || fail "fetch takes any URI"

"$jobs" list --json --state=delivered --model=seedance >"$tmp/list"
python3 - "$tmp/list" <<'END'
import json
import sys
rows = json.load(open(sys.argv[1]))
assert len(rows) == 1, rows
assert rows[0]["prompt"] == "a kite" and rows[0]["cost"] > 0, rows
END
for none in --state=accepted --model=veo --older=1d; do
  [ -z "$("$jobs" list "$none")" ] || fail "list $none lists others"
done
status=0
"$jobs" estimate duration=5 >/dev/full 2>/dev/null || status=$?
[ $status = 1 ] || fail "estimate prints nothing and succeeds"
"$jobs" balance --json | python3 -c 'import json,sys; assert 0 < json.load(sys.stdin)["balance"] < 100'
"$jobs" spending --json | python3 -c 'import json,sys; assert len(json.load(sys.stdin)) == 1'
timeout 20 "$jobs" watch >/dev/null || fail "watch waits for nothing"

status=0
"$jobs" prune 2>/dev/null || status=$?
[ $status = 2 ] || fail "prune removes what nobody named"
status=0
"$jobs" prune --older=7 2>/dev/null || status=$?
[ $status = 2 ] || fail "prune takes an age without a unit"
"$jobs" prune --older=1d --larger=1G >/dev/null
[ "$("$jobs" list | wc -l)" = 1 ] || fail "prune removed a job that is new"
[ "$(ls "$tmp/cache/nanovid" | grep -c clip)" = 1 ] || fail "and its clip"
# The newest clip is kept, and an older one does not take the place of the one between.
for clip in 1:100 2:10; do
  head -c "${clip#*:}" /dev/zero >"$tmp/cache/nanovid/$clip.clip"
  touch -d "${clip%:*} hours ago" "$tmp/cache/nanovid/$clip.clip"
done
newest=$(find "$tmp/cache/nanovid" -name '*.clip' -not -name '*:*' -printf '%s')
"$jobs" prune --larger="$((newest + 50))" >/dev/null
[ "$(ls "$tmp/cache/nanovid" | grep -c clip)" = 1 ] || fail "prune keeps the oldest clip"
"$jobs" prune --larger=0 >/dev/null
[ "$(ls "$tmp/cache/nanovid" | grep -c clip)" = 0 ] || fail "a clip is left"
sleep 1.1
"$jobs" prune --older=1s >/dev/null
[ "$("$jobs" list | wc -l)" = 0 ] || fail "a delivered job is left"

# shellcheck disable=SC1090
. "$completion"
complete_words() {
  COMP_WORDS=("$@")
  COMP_CWORD=$(($# - 1))
  COMPREPLY=()
  _nanovid_jobs || true # compopt is for interactive shells
  echo "${COMPREPLY[*]}"
}
[ "$(complete_words nanovid-jobs pru)" = prune ] || fail "no command is completed"
[ "$(complete_words nanovid-jobs --old)" = --older= ] || fail "nor an option"
[ "$(complete_words nanovid-jobs list --state = acc)" = accepted ] || fail "nor a state"
complete_words nanovid-jobs - | tr ' ' '\n' | sort >"$tmp/completed"
"$jobs" --help | sed -n 's/^  \(-h, \)\?\(--[a-z-]*=\?\).*/\2/p' | sort >"$tmp/options"
diff "$tmp/options" "$tmp/completed" || fail "the completion has other options than --help"
words=$(complete_words nanovid-jobs "")
"$jobs" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]\+\) .*/\1/p' | sort -u >"$tmp/commands"
tr ' ' '\n' <<<"$words" | sort | diff "$tmp/commands" - || fail "nor the same commands"

jobs=$(realpath "$jobs")
mkdir "$tmp/tls"
"$simulator" --tls --tls-dir "$tmp/tls" >"$tmp/ready" &
pids="$pids $!"
{ read -r _ && read -r line; } <"$tmp/ready"
cd "$tmp/tls"
"$jobs" balance --base-url="${line#listening on }" --tls-ca-file=ca.pem >/dev/null ||
  fail "a relative tls-ca-file is not found"
