#!/usr/bin/env python3
# nanovid: checks that a test runs every page that has commands
# Copyright (C) 2026 the nanovid authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""check-run.py ROOT PAGE...

PAGE... are those that run-commands.py runs. Those that have commands are the
users' pages with a block "sh", and the manual pages. In a users' page no command is
shown in another way than in a fenced block.
"""
import glob
import re
import sys

COMMANDS = re.compile(r"^```sh$", re.MULTILINE)
UNFENCED = re.compile(r"^    (gst-launch-1\.0|nanogpt-simulator|nanovid-jobs) ",
                      re.MULTILINE)
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def main():
    root, *run = sys.argv[1:]
    pages = [f"{root}/README.md", f"{root}/simulator/README.md",
             *glob.glob(f"{root}/docs/**/*.md", recursive=True)]
    manuals = glob.glob(f"{root}/*/*.1")
    faults = [f"{page} is not run" for page in pages
              if COMMANDS.search(read(page)) and page not in run]
    faults += [f"{page} is not run" for page in manuals if page not in run]
    faults += [f"{page}: a command that is not in a fenced block" for page in pages
               if UNFENCED.search(FENCE.sub("", read(page)))]
    if not manuals or faults:
        sys.exit("\n".join(faults) or "there are no manual pages")


main()
