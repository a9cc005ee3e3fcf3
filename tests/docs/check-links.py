#!/usr/bin/env python3
# nanovid: checks that everything that the documentation links to exists
# Copyright (C) 2026 the nanovid authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""check-links.py ROOT
   check-links.py --installed DIRECTORY

Links between pages, with their anchors, and in security.md the names of tests; or
the links of an installed tree.
"""
import glob
import os
import re
import sys

LINK = re.compile(r"\]\(([^)\s]+)\)")
TEST = re.compile(r"`(/[a-z][a-z0-9-]*(?:/[a-z0-9-]+)+)`")
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def get_anchors(page):
    """As GitHub makes them."""
    headings = HEADING.findall(FENCE.sub("", read(page)))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
            for heading in headings}


def check_link(page, link):
    if re.match(r"[a-z]+:", link):
        return True
    path, _, anchor = link.partition("#")
    target = os.path.join(os.path.dirname(page), path) if path else page
    return os.path.exists(target) and (not anchor or anchor in get_anchors(target))


def check_test(sources, name):
    head, tail = name.rsplit("/", 1)
    return any(f'"{name}"' in text or f'"{head}/%s"' in text and f'"{tail}"' in text
               for text in sources)


def check_installed(directory):
    pages = glob.glob(f"{directory}/**/*.md", recursive=True)
    faults = [f"{page}: no {link}" for page in pages
              for link in LINK.findall(FENCE.sub("", read(page)))
              if not check_link(page, link)]
    if not pages or faults:
        sys.exit("\n".join(faults) or "there is nothing to check")


def main():
    if sys.argv[1] == "--installed":
        check_installed(sys.argv[2])
        return
    root = sys.argv[1]
    pages = glob.glob(f"{root}/docs/**/*.md", recursive=True)
    pages += [f"{root}/README.md", f"{root}/CONTRIBUTING.md", f"{root}/simulator/README.md"]
    sources = [read(path) for path in glob.glob(f"{root}/tests/**/*.c", recursive=True)]
    faults = []
    for page in pages:
        text = FENCE.sub("", read(page))
        faults += [f"{page}: no {link}" for link in LINK.findall(text)
                   if not check_link(page, link)]
        if os.path.basename(page) == "security.md":
            faults += [f"{page}: no test {name}" for name in TEST.findall(text)
                       if not check_test(sources, name)]
    if not pages or not sources or faults:
        sys.exit("\n".join(faults) or "there is nothing to check")


main()
