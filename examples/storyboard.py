#!/usr/bin/python3
# nanovid: an example: from a storyboard to a film
# Copyright (C) 2026 the nanovid authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""storyboard.py STORYBOARD DIRECTORY

STORYBOARD is a text file with a prompt on each line; empty lines, and lines that
begin with #, are skipped. The clips become DIRECTORY/scene01.mp4, scene02.mp4
and so on, and one after the other they are DIRECTORY/film.mp4.

Run again, after Ctrl-C or after a prompt was changed, only what is not there yet
is asked for and paid for: finished clips are kept in DIRECTORY/cache.
"""
import os
import sys

import gi

gi.require_version("Gst", "1.0")
from gi.repository import GLib, Gst


def read_storyboard(path):
    with open(path, encoding="utf-8") as file:
        lines = [line.strip() for line in file]
    return [line for line in lines if line and not line.startswith("#")]


class Failure(Exception):
    pass


def run(pipeline, on_element_message=None):
    """Plays the pipeline to its end; raises Failure."""
    loop = GLib.MainLoop()
    failures = []

    def on_message(_, message):
        if message.type == Gst.MessageType.ERROR:
            failures.append(message.parse_error()[0].message)
            loop.quit()
        elif message.type == Gst.MessageType.EOS:
            loop.quit()
        elif message.type == Gst.MessageType.ELEMENT and on_element_message:
            on_element_message(message.get_structure())

    bus = pipeline.get_bus()
    bus.add_signal_watch()
    bus.connect("message", on_message)
    pipeline.set_state(Gst.State.PLAYING)
    try:
        # Ctrl-C raises KeyboardInterrupt here.
        loop.run()
    finally:
        pipeline.set_state(Gst.State.NULL)
        bus.remove_signal_watch()
    if failures:
        raise Failure(failures[0])


def make_clips(prompts, directory):
    """Up to four jobs at once; the clips come in the order of the prompts."""
    pipeline = Gst.parse_launch(
        'appsrc name=prompts format=time caps="text/x-raw, format=utf8" ! '
        "nanovidtransform name=clips mode=clips max-jobs=4 ! "
        "multifilesink name=files index=1 async=false")
    pipeline.get_by_name("clips").set_property(
        "cache-dir", os.path.join(directory, "cache"))
    pipeline.get_by_name("files").set_property(
        "location", os.path.join(directory, "scene%02d.mp4"))

    source = pipeline.get_by_name("prompts")
    for prompt in prompts:
        source.emit("push-buffer", Gst.Buffer.new_wrapped(prompt.encode()))
    source.emit("end-of-stream")

    states = {}

    def on_element_message(structure):
        if structure.get_name() != "nanovid-job":
            return
        index = structure.get_value("index")
        state = structure.get_string("state")
        if states.get(index) != state:
            states[index] = state
            print(f"scene {index + 1}: {state}", flush=True)

    run(pipeline, on_element_message)
    return [os.path.join(directory, f"scene{i:02}.mp4")
            for i in range(1, len(prompts) + 1)]


def get_kind(pad):
    return pad.query_caps(None).get_structure(0).get_name().split("/")[0]


def join_clips(clips, film):
    """Without decoding: clips of one model have the same format."""
    pipeline = Gst.parse_launch("mp4mux name=mux ! filesink name=file")
    pipeline.get_by_name("file").set_property("location", film)
    mux = pipeline.get_by_name("mux")
    joints = {}

    def get_joint(kind):
        """Of each kind of stream, audio and video, the place where they meet."""
        if kind not in joints:
            joint = Gst.ElementFactory.make("concat")
            queue = Gst.ElementFactory.make("queue")
            for element in joint, queue:
                pipeline.add(element)
            joint.link(queue)
            queue.link_pads("src", mux, f"{kind}_%u")
            for element in queue, joint:
                element.sync_state_with_parent()
            joints[kind] = joint
        return joints[kind]

    def on_pad(_, pad, sinks):
        kind = get_kind(pad)
        if kind in sinks:
            pad.link(sinks[kind])

    # The order of a concat's sink pads is the order of the film.
    kinds = find_kinds(clips[0])
    for clip in clips:
        source = Gst.ElementFactory.make("filesrc")
        source.set_property("location", clip)
        parse = Gst.ElementFactory.make("parsebin")
        for element in source, parse:
            pipeline.add(element)
        source.link(parse)
        sinks = {kind: get_joint(kind).request_pad_simple("sink_%u")
                 for kind in kinds}
        parse.connect("pad-added", on_pad, sinks)
    run(pipeline)


def find_kinds(clip):
    """Returns: audio, video or both."""
    kinds = []
    pipeline = Gst.parse_launch(
        "filesrc name=file ! parsebin name=parse")
    pipeline.get_by_name("file").set_property("location", clip)

    def on_pad(_, pad):
        kinds.append(get_kind(pad))
        sink = Gst.ElementFactory.make("fakesink")
        pipeline.add(sink)
        sink.sync_state_with_parent()
        pad.link(sink.get_static_pad("sink"))

    pipeline.get_by_name("parse").connect("pad-added", on_pad)
    run(pipeline)
    return kinds


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    storyboard, directory = sys.argv[1:]
    Gst.init(None)
    prompts = read_storyboard(storyboard)
    if not prompts:
        sys.exit(f"{storyboard} has no prompts")
    os.makedirs(directory, exist_ok=True)
    film = os.path.join(directory, "film.mp4")
    try:
        join_clips(make_clips(prompts, directory), film)
    except Failure as failure:
        sys.exit(str(failure))
    except KeyboardInterrupt:
        sys.exit("Stopped. The jobs continue and are charged: run the same"
                 " command again to collect their clips.")
    print(film)


main()
