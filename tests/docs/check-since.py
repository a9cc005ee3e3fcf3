#!/usr/bin/env python3
# nanovid: checks that everything newer than 0.1.0 has a Since: version
# Copyright (C) 2026 the nanovid authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""check-since.py ROOT FORMER

FORMER lists what 0.1.0 had: elements, and their properties, pads and signals. All
else that docs/gst_plugins_cache.json has needs a comment in gst/ with a line
"Since: VERSION"; of a new element, its own is enough for properties and pads.
"""
import glob
import json
import re
import sys

COMMENT = re.compile(r"/\*\*\n(.*?)\*/", re.DOTALL)
SINCE = re.compile(r"^ *\* Since: \d+\.\d+$", re.MULTILINE)
KINDS = {"properties": ("property", ":"), "pad-templates": ("pad", "!"),
         "signals": ("signal", "::")}


def load_comments(root):
    """Returns: the names of what has a comment, and whether that says since when."""
    comments = {}
    for path in glob.glob(f"{root}/gst/**/*.c", recursive=True):
        with open(path, encoding="utf-8") as file:
            for match in COMMENT.finditer(file.read()):
                name = match[1].split("\n")[0].strip(" *").removeprefix("SECTION:")
                comments[name.rstrip(":")] = bool(SINCE.search(match[1]))
    return comments


def find_unmarked(elements, former, comments):
    for element, parts in elements.items():
        is_new = element not in former
        if is_new and not comments.get(f"element-{element}"):
            yield element
        owners = parts["hierarchy"]
        for key, (kind, mark) in KINDS.items():
            for name in parts.get(key, {}):
                if f"{element} {kind} {name}" in former or (is_new and kind != "signal"):
                    continue
                if not any(comments.get(f"{owner}{mark}{name}") for owner in owners):
                    yield f"{element} {kind} {name}"


def main():
    root, former = sys.argv[1:]
    with open(former, encoding="utf-8") as file:
        former = file.read().splitlines()
    with open(f"{root}/docs/gst_plugins_cache.json", encoding="utf-8") as file:
        elements = json.load(file)["nanovid"]["elements"]
    unmarked = list(find_unmarked(elements, former, load_comments(root)))
    if unmarked:
        sys.exit("no line \"Since: VERSION\" in a comment on " + ", ".join(unmarked))


main()
