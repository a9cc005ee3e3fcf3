#!/bin/bash
# nanovid: makes the input files for the README's pipelines
# Copyright (C) 2026 the nanovid authors
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail

gst-launch-1.0 -q videotestsrc num-buffers=1 ! pngenc ! filesink location=cat.png
gst-launch-1.0 -q videotestsrc num-buffers=2 ! jpegenc ! multifilesink location=shot%02d.jpg
cat >script.srt <<'SCRIPT'
1
00:00:00,000 --> 00:00:05,000
a lighthouse at dusk

2
00:00:05,000 --> 00:00:10,000
the keeper climbs the stairs
SCRIPT
