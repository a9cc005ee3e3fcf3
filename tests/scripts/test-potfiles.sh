#!/bin/bash
# nanovid: checks that every file with texts for translators is listed
# Copyright (C) 2026 the nanovid authors
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# test-potfiles.sh SOURCE-ROOT
set -euo pipefail
cd "$1"

diff <(grep -v '^#' po/POTFILES.in) \
  <(grep -rlE --include='*.c' '\bN?_ \(' gst nanogpt plugin tools | LC_ALL=C sort)
