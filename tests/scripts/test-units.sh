#!/bin/bash
# nanovid: checks that no time is calculated in 32 bits
# Copyright (C) 2026 the nanovid authors
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# G_USEC_PER_SEC is an int, so a setting times it wraps at 4295 seconds;
# G_TIME_SPAN_SECOND has 64 bits.
#
# test-units.sh SOURCE-ROOT
set -euo pipefail
cd "$1"

! grep -rnE --include='*.[ch]' '[])>A-Za-z_] *\* *G_USEC_PER_SEC|G_USEC_PER_SEC *\*' \
  gst nanogpt plugin simulator tools
