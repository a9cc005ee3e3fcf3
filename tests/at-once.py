#!/usr/bin/env python3
# nanovid: runs the cases of a test program in parallel
# Copyright (C) 2026 the nanovid authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""at-once.py N PROGRAM [OPTION...]

Deals the cases of PROGRAM out to N processes, runs these at once, and prints what
they say one after the other, as one test. For what waits most of the time, and
would hold up the other tests if it waited for one thing after the other.
"""
import re
import subprocess
import sys
import tempfile

CASE = re.compile(r"^(ok|not ok) \d+")
PLAN = re.compile(r"^(1\.\.\d+|TAP version)")


def list_cases(program):
    listed = subprocess.run([program, "-l"], check=True, stdout=subprocess.PIPE,
                            encoding="utf-8").stdout
    # GLib 2.84 prints them as comments.
    lines = [line.removeprefix("# ") for line in listed.splitlines()]
    cases = [line for line in lines if line.startswith("/")]
    if not cases:
        sys.exit(f"{program} lists no case")
    return cases


def start(program, cases, options):
    # A pipe would block until it is read, so use a file.
    said = tempfile.TemporaryFile()
    chosen = [word for case in cases for word in ("-p", case)]
    return subprocess.Popen([program, *chosen, *options], stdout=said), said


def main():
    n, program, *options = sys.argv[1:]
    cases = list_cases(program)
    # Selecting a case also selects those below it.
    tops = [case for case in cases
            if not any(case.startswith(f"{above}/") for above in cases)]
    n = min(int(n), len(tops))
    hands = [tops[i::n] for i in range(n)]
    runs = [start(program, hand, options) for hand in hands]
    number = failed = 0
    for run, said in runs:
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
            print(f"not ok {number} a process ended with {run.returncode}")
    print(f"1..{number}")
    sys.exit(failed > 0 or number != len(cases))


main()
