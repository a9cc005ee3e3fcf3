#!/usr/bin/env python3
# nanovid: checks that includes go only where the architecture lets them
# Copyright (C) 2026 the nanovid authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""check-rooms.py ROOT"""
import os
import re
import sys

INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.MULTILINE)

# Of each room: the rooms that its files may include from, and the beginnings of
# system headers that they may not even include by way of others.
ROOMS = {
    "nanogpt": ({"nanogpt"}, ("gst/",)),
    "gst": ({"gst", "nanogpt"}, ("libsoup/", "json-glib/")),
    "tools": ({"tools", "nanogpt"}, ("gst/", "libsoup/", "json-glib/")),
    "plugin": ({"gst"}, ("libsoup/", "json-glib/")),
    "simulator": ({"simulator"}, ()),
}


def resolve(root, path, name):
    """Returns: the project's file, or None for a system header."""
    for directory in (os.path.dirname(path), root):
        candidate = os.path.normpath(os.path.join(directory, name))
        if os.path.isfile(candidate):
            return candidate
    return None


def read_includes(root, path):
    with open(path, encoding="utf-8") as file:
        names = INCLUDE.findall(file.read())
    return {name: resolve(root, path, name) for name in names}


def get_system_headers(root, path, seen):
    if path in seen:
        return set()
    seen.add(path)
    headers = set()
    for name, target in read_includes(root, path).items():
        headers |= get_system_headers(root, target, seen) if target else {name}
    return headers


def check_file(root, room, path):
    rooms, forbidden = ROOMS[room]
    shown = os.path.relpath(path, root)
    faults = []
    for name, target in read_includes(root, path).items():
        other = target and os.path.relpath(target, root).split(os.sep)[0]
        if other and other not in rooms:
            faults.append(f"{shown} includes {name}, of {other}/")
    for name in sorted(get_system_headers(root, path, set())):
        if name.startswith(forbidden):
            faults.append(f"{shown} includes <{name}>, perhaps by way of others")
    return faults


def main():
    root = os.path.normpath(sys.argv[1])
    faults = []
    for room in ROOMS:
        directory = os.path.join(root, room)
        sources = [name for name in os.listdir(directory) if name.endswith((".c", ".h"))]
        if not sources:
            sys.exit(f"{room}/ has no sources")
        for name in sorted(sources):
            faults += check_file(root, room, os.path.join(directory, name))
    if faults:
        sys.exit("\n".join(faults))


main()
