#!/bin/bash
# Checks that the files for distributions and software centers are valid, and are for
# the version that is built:
#   test-release.sh SOURCE VERSION
set -euo pipefail
source=$1 version=$2

expect() {
  if [ "$2" != "$version" ]; then
    echo "$1 says $2, and the build $version" >&2
    exit 1
  fi
}

metainfo=$source/data/io.github.nanovid.nanovid.metainfo.xml
appstreamcli validate --no-net "$metainfo"
expect "the metainfo" \
  "$(sed -n '0,/<release /s/.*<release version="\([^"]*\)".*/\1/p' "$metainfo")"
expect NEWS "$(sed -n '1s/^nanovid //p' "$source/NEWS")"
expect debian/changelog \
  "$(sed -n '1s/^nanovid (\(.*\)-[^-]*) .*/\1/p' "$source/debian/changelog")"
