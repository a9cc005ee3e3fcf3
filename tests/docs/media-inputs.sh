#!/bin/bash
# nanovid: makes the input files for the commands of docs/guides/media.md
# Copyright (C) 2026 the nanovid authors
# SPDX-License-Identifier: LGPL-2.1-or-later
set -euo pipefail

size=width=640,height=360,framerate=25/1

# picture FILE BACKGROUND TEXT
picture() {
  gst-launch-1.0 -q videotestsrc num-buffers=1 pattern=solid-color foreground-color="$2" ! \
    video/x-raw,$size ! textoverlay text="$3" font-desc="Sans Bold 60" \
    valignment=center ! videoconvert ! pngenc ! filesink location="$1"
}

# video FILE BACKGROUND: lasts four seconds
video() {
  gst-launch-1.0 -q videotestsrc num-buffers=100 pattern=ball motion=sweep \
    background-color="$2" foreground-color=0xffffe0a0 ! video/x-raw,$size ! \
    videoconvert ! x264enc speed-preset=ultrafast ! mp4mux ! filesink location="$1"
}

picture day.png 0xff60a0e0 day
picture night.png 0xff101040 night
picture front.png 0xffc04040 front
picture side.png 0xff40a050 side
picture hat.png 0xff8050b0 hat
video street.mp4 0xff707060
video speaker.mp4 0xff405060
gst-launch-1.0 -q audiotestsrc num-buffers=40 samplesperbuffer=4410 wave=ticks \
  tick-interval=400000000 sine-periods-per-tick=100 ! \
  audio/x-raw,rate=44100,channels=1 ! wavenc ! filesink location=speech.wav
