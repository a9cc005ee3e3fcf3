#!/bin/bash
# nanovid: makes the job and the files that the commands in nanovid-jobs(1) need
# Copyright (C) 2026 the nanovid authors
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail

gst-launch-1.0 -q nanovidsrc prompt="a lighthouse at dusk" ! filesink location=small.mp4
nanovid-jobs list | cut -f 2 >run-id
