#!/usr/bin/env python3
# nanovid: keeps program output in the documentation up to date
# Copyright (C) 2026 the nanovid authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""generated.py [--update] FILE SECTION PROGRAM [ARGUMENT...]

Compares what the program prints with what stands in FILE between the lines
"<!-- SECTION: generated -->" and "<!-- SECTION: end -->", or, if SECTION is "-",
with all of FILE; with --update, puts it there.
"""
import difflib
import fcntl
import subprocess
import sys


def split(path, text, section):
    """Returns what stands before, in and after the section."""
    if section == "-":
        return "", text, ""
    begin = f"<!-- {section}: generated -->\n"
    end = f"<!-- {section}: end -->\n"
    if text.count(begin) != 1 or text.count(end) != 1:
        sys.exit(f"{path} has not exactly one section {section}")
    before, rest = text.split(begin)
    written, after = rest.split(end)
    return before + begin, written, end + after


def main():
    arguments = sys.argv[1:]
    update = arguments[0] == "--update"
    if update:
        arguments.pop(0)
    path, section, *program = arguments
    printed = subprocess.run(program, check=True, stdout=subprocess.PIPE,
                             encoding="utf-8").stdout
    if not printed.strip():
        sys.exit(f"{program[0]} printed nothing")
    with open(path, "r+", encoding="utf-8") as file:
        # Another section may be updated at the same time.
        fcntl.flock(file, fcntl.LOCK_EX)
        text = file.read()
        before, written, after = split(path, text, section)
        if section != "-":
            printed = f"\n{printed}\n"
        if printed == written:
            return
        if not update:
            sys.stderr.writelines(difflib.unified_diff(
                written.splitlines(True), printed.splitlines(True), path, section))
            sys.exit("\nout of date: meson compile -C BUILD update-docs")
        file.seek(0)
        file.write(before + printed + after)
        file.truncate()


main()
