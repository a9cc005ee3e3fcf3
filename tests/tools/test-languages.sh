#!/bin/bash
# Checks the translations of nanovid-jobs: texts for people are translated, and output
# for programs is not.
# usage: test-languages.sh NANOVID-JOBS SIMULATOR PO-DIRECTORY
set -euo pipefail

jobs=$1
simulator=$2
po=$3
tmp=$(mktemp -d)
trap 'kill "$pid" 2>/dev/null; wait "$pid" 2>/dev/null; rm -rf "$tmp"' EXIT
export XDG_CACHE_HOME=$tmp/cache XDG_STATE_HOME=$tmp/state
unset NANOGPT_API_KEY NANOGPT_API_KEY_FILE

# In the locales that every system has, newer systems do not translate.
localedef -i C -f UTF-8 "$tmp/xx_XX.UTF-8"
export LOCPATH=$tmp
# The shell itself warns, because it cannot use the locale.
{ export LC_ALL=xx_XX.UTF-8; } 2>/dev/null

fail() {
  echo "$1" >&2
  exit 1
}

# expect WORDS COMMAND...: checks that the output contains the words; ignores the status
expect() {
  local words=$1 said
  shift
  said=$("$@" 2>&1) || true
  [[ $said == *"$words"* ]] || fail "\"$words\" is not in: $said"
}

mkfifo "$tmp/ready"
"$simulator" --generation-time 0.2 >"$tmp/ready" &
pid=$!
read -r line <"$tmp/ready"
export NANOGPT_BASE_URL=${line#listening on }

LANGUAGE=en "$jobs" --help >"$tmp/en"
for language in $(grep -v '^#' "$po/LINGUAS"); do
  LANGUAGE=$language "$jobs" --help >"$tmp/$language"
  # Excludes GLib's own headings, which may not be translated.
  if grep -vE '^ *$|:$|-[a-z-]+, --|^  [a-z]+$' "$tmp/en" | grep -Fxf - "$tmp/$language"; then
    fail "this is English in $language"
  fi
  for machine in "list" "list --json" "prune --older=1d --json" "spending --json"; do
    # shellcheck disable=SC2086
    diff <(LANGUAGE=en "$jobs" $machine) <(LANGUAGE=$language "$jobs" $machine) ||
      fail "$machine is for programs"
  done
done

export LANGUAGE=de
expect "Den Clip einer URI nanovid:// erzeugen lassen" "$jobs" --help
expect "--state-dir=VERZEICHNIS " "$jobs" --help
expect "nanovid-jobs: Es gibt keinen Auftrag nowhere in $tmp/state" "$jobs" forget nowhere
expect "Kein API-Schlüssel: Setzen Sie" "$jobs" balance
expect "»--older=« ist keine" "$jobs" prune --older="--older="
expect "nanovid-jobs: database ist nicht die URI" "$jobs" --database=x list
expect "Entfernt: 0 Clips, 0 ausgelieferte Aufträge" "$jobs" prune --older=1d
expect "No API key" "$jobs" --json balance
export LANGUAGE=fr
expect "Faire générer le clip d'une URI nanovid://" "$jobs" --help
expect "nanovid-jobs: Il n'y a pas de tâche nowhere dans $tmp/state" "$jobs" forget nowhere
expect "nanovid-jobs: database n'est pas l'URI" "$jobs" --database=x list

# Checks what the element prints while it waits; on a terminal, tables have headings.
export LANGUAGE=de NANOGPT_API_KEY=k
expect "Es gibt keine Aufträge in" script -qec "'$jobs' list" /dev/null
expect "(Simulator). Er läuft weiter und wird berechnet" "$jobs" fetch "nanovid://?prompt=a%20kite"
expect "ZUSTAND" script -qec "'$jobs' list" /dev/null
expect "delivered" script -qec "'$jobs' list" /dev/null
expect " je Sekunde, " "$jobs" estimate model=seedance-lite-video
