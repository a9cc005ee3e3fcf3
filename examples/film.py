#!/usr/bin/python3
# nanovid: an example: a film from a script, with a list of its scenes
# Copyright (C) 2026 the nanovid authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""film.py SCRIPT FILM

SCRIPT is a text file with a prompt on each line; empty lines, and lines that
begin with #, are skipped. FILM is an MP4 file.

Prints a line for each scene when it begins: where in the film, which job made it,
what it cost. Run again, only what is not there yet is paid for: the clips of a
film are kept.
"""
import sys

import gi

gi.require_version("Gst", "1.0")
from gi.repository import GLib, Gst

PIPELINE = """
nanovidchannel name=channel on-error=skip
mp4mux name=mux ! filesink name=sink
channel.video_src ! queue ! x264enc ! mux.
channel.audio_src ! queue ! audioconvert ! avenc_aac ! mux.
"""


def format_time(nanoseconds):
    seconds = nanoseconds // Gst.SECOND
    return f"{seconds // 60:02}:{seconds % 60:02}"


def show_clip(clip):
    time = format_time(clip.get_value("running-time"))
    cost = f"${clip.get_value('cost'):.2f}" if clip.has_field("cost") else "-"
    run_id = clip.get_string("run-id") or "-"
    prompt = clip.get_string("prompt") or ""
    print(f"{time}  {cost:>7}  {run_id}  {prompt}", flush=True)


class Film:
    def __init__(self, script, path):
        self.loop = GLib.MainLoop()
        self.status = 0
        self.pipeline = Gst.parse_launch(PIPELINE)
        channel = self.pipeline.get_by_name("channel")
        channel.set_property("prompts-location", script)
        self.pipeline.get_by_name("sink").set_property("location", path)

    def on_message(self, _, message):
        if message.type == Gst.MessageType.ERROR:
            print(message.parse_error()[0].message, file=sys.stderr)
            self.status = 1
            self.loop.quit()
        elif message.type == Gst.MessageType.WARNING:
            print(message.parse_warning()[0].message, file=sys.stderr)
        elif message.type == Gst.MessageType.EOS:
            self.loop.quit()
        elif message.has_name("nanovid-clip"):
            show_clip(message.get_structure())

    def run(self):
        bus = self.pipeline.get_bus()
        bus.add_signal_watch()
        bus.connect("message", self.on_message)
        self.pipeline.set_state(Gst.State.PLAYING)
        try:
            self.loop.run()
        except KeyboardInterrupt:
            self.status = 130
        finally:
            self.pipeline.set_state(Gst.State.NULL)
            bus.remove_signal_watch()
        return self.status


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    Gst.init(None)
    return Film(*sys.argv[1:]).run()


sys.exit(main())
