#!/usr/bin/python3
# nanovid: an example: a clip for each picture, named as the picture is
# Copyright (C) 2026 the nanovid authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""animate.py PROMPT DIRECTORY PICTURE...

cat.jpg becomes DIRECTORY/cat.mp4. Pictures that fail are skipped and named, and the
names of the others do not shift: a clip has the number of its input as OFFSET, and
multifilesink would count clips instead.
"""
import os
import sys

import gi
gi.require_version("Gst", "1.0")
from gi.repository import Gst  # noqa: E402


def on_clip(sink, directory, pictures):
    buffer = sink.emit("pull-sample").get_buffer()
    picture = os.path.basename(pictures[buffer.offset])
    path = os.path.join(directory, os.path.splitext(picture)[0] + ".mp4")
    # A file of that name is a whole clip.
    with open(path + ".part", "wb") as file:
        file.write(buffer.extract_dup(0, buffer.get_size()))
    os.replace(path + ".part", path)
    print(path, flush=True)
    return Gst.FlowReturn.OK


def push(source, pictures):
    for picture in pictures:
        with open(picture, "rb") as file:
            source.emit("push-buffer", Gst.Buffer.new_wrapped(file.read()))
    source.emit("end-of-stream")


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    prompt, directory, *pictures = sys.argv[1:]
    Gst.init(None)
    os.makedirs(directory, exist_ok=True)
    pipeline = Gst.parse_launch(
        "appsrc name=source format=time ! nanovidtransform name=clips mode=clips"
        " on-error=skip ! appsink name=sink sync=false emit-signals=true")
    pipeline.get_by_name("clips").set_property("prompt", prompt)
    pipeline.get_by_name("sink").connect(
        "new-sample", on_clip, directory, pictures)
    pipeline.set_state(Gst.State.PLAYING)
    push(pipeline.get_by_name("source"), pictures)

    skipped = 0
    wanted = Gst.MessageType.EOS | Gst.MessageType.ERROR | Gst.MessageType.WARNING
    while True:
        message = pipeline.get_bus().timed_pop_filtered(
            Gst.CLOCK_TIME_NONE, wanted)
        if message.type == Gst.MessageType.EOS:
            break
        if message.type == Gst.MessageType.ERROR:
            pipeline.set_state(Gst.State.NULL)
            sys.exit(message.parse_error()[0].message)
        details = message.parse_warning_details()
        print(message.parse_warning()[0].message, file=sys.stderr)
        if details and details.has_field("index"):
            _, index = details.get_uint64("index")
            print(f"{pictures[index]} was skipped", file=sys.stderr)
            skipped += 1
    pipeline.set_state(Gst.State.NULL)
    sys.exit(1 if skipped else 0)


main()
