#!/usr/bin/env python3
# nanovid: runs the parts of a test program all at once
# Copyright (C) 2026 the nanovid authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""at-once.py PROGRAM PART... [OPTION...]

Runs PROGRAM with "-p PART" and the options, a process for each part, and prints
what they say one after the other, as one test. For what waits most of the time,
and would hold up the other tests if it waited for one thing after the other.
"""
import re
import subprocess
import sys
import tempfile

CASE = re.compile(r"^(ok|not ok) \d+")
PLAN = re.compile(r"^(1\.\.\d+|TAP version)")


def start(command):
    # Not a pipe: it would wait for whoever empties it.
    said = tempfile.TemporaryFile()
    return subprocess.Popen(command, stdout=said), said


def main():
    arguments = sys.argv[1:]
    first = next((i for i, word in enumerate(arguments) if word.startswith("-")),
                 len(arguments))
    program, *parts = arguments[:first]
    runs = [start([program, "-p", part, *arguments[first:]]) for part in parts]
    number = failed = 0
    for part, (run, said) in zip(parts, runs):
        run.wait()
        said.seek(0)
        for line in said.read().decode(errors="replace").splitlines():
            if CASE.match(line):
                number += 1
                line = CASE.sub(rf"\1 {number}", line)
            elif line.startswith("Bail out!"):
                line = f"# {line}"
            if not PLAN.match(line):
                print(line)
        if run.returncode != 0:
            failed += 1
            number += 1
            print(f"not ok {number} {part} ended with {run.returncode}")
    print(f"1..{number}")
    sys.exit(failed > 0)


main()
