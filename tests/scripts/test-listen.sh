#!/bin/bash
# nanovid: tests the simulator at an address other than loopback, with TLS
# Copyright (C) 2026 the nanovid authors
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# test-listen.sh BUILD-ROOT
set -euo pipefail

simulator=$1/simulator/nanogpt-simulator
address=$(hostname -I | tr ' ' '\n' | grep -m 1 -F .) || {
  echo "this machine has no address besides loopback"
  exit 77
}
dir=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; wait; rm -rf "$dir"' EXIT
cd "$dir"
export HOME=$dir

make_certificate() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
    -keyout "$1-key.pem" -out "$1.pem" -subj "/CN=$1" "${@:2}" 2>/dev/null
}
make_certificate cert -addext "subjectAltName=DNS:*.example,IP:$address"
make_certificate nameless

# refuse TEXT OPTION...: checks that it does not start, and prints why
refuse() {
  local status=0
  timeout 20 "$simulator" "${@:2}" >out 2>err || status=$?
  [ "$status" -eq 1 ] && [ ! -s out ] && grep -qFe "$1" err || {
    echo "${*:2}: status $status, $(cat out err)"
    exit 1
  }
}
tls=(--tls-cert=cert.pem --tls-key=cert-key.pem)
refuse "needs a TLS certificate" --listen="$address"
refuse "needs a TLS certificate" --listen="$address" --allow-remote
refuse "needs a TLS certificate" --listen="$address" --allow-remote --tls
refuse "--allow-remote says" --listen="$address" "${tls[@]}"
refuse "needs an address" --allow-remote "${tls[@]}"
refuse "not an IP address" --listen=example --allow-remote "${tls[@]}"
refuse "names neither" --listen="$address" --allow-remote \
  --tls-cert=nameless.pem --tls-key=nameless-key.pem

mkfifo ready
"$simulator" --listen="$address" --allow-remote "${tls[@]}" --generation-time=0.2 >ready &
server=$!
read -r _ _ url <ready
[[ $url == "https://$address:"* ]]
NANOGPT_BASE_URL=$url NANOGPT_API_KEY=key gst-launch-1.0 -q \
  nanovidsrc prompt="from afar" tls-ca-file="$dir/cert.pem" ! filesink location=clip.mp4
[ -s clip.mp4 ]
if timeout 5 bash -c "exec 3<>/dev/tcp/127.0.0.1/${url##*:}" 2>/dev/null; then
  echo "it listens on loopback, too"
  exit 1
fi
