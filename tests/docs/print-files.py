#!/usr/bin/env python3
# nanovid: prints what each source file is, from its first line
# Copyright (C) 2026 the nanovid authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""print-files.py ROOT ROOM..."""
import os
import re
import sys

FIRST_LINE = re.compile(r"/\* nanovid: (?:simulator: )?(.*)\n")


def main():
    root, *rooms = sys.argv[1:]
    print("| file | what |\n|---|---|")
    for room in rooms:
        names = [name for name in os.listdir(os.path.join(root, room))
                 if name.endswith((".c", ".h"))]
        stems = {name[:-2] for name in names}
        for stem in sorted(stems):
            suffixes = [suffix for suffix in ("h", "c") if f"{stem}.{suffix}" in names]
            # The header describes both.
            with open(os.path.join(root, room, f"{stem}.{suffixes[0]}"),
                      encoding="utf-8") as file:
                match = FIRST_LINE.match(file.readline())
            if not match:
                sys.exit(f"{room}/{stem}.{suffixes[0]} does not say what it is")
            print(f"| `{room}/{stem}.{'[ch]' if len(suffixes) > 1 else suffixes[0]}` |"
                  f" {match.group(1)} |")


main()
