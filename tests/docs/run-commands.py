#!/usr/bin/env python3
# nanovid: runs the commands of a page of the documentation
# Copyright (C) 2026 the nanovid authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""run-commands.py [OPTION...] PAGE DIRECTORY...

Runs what stands in PAGE as one session of bash, in an empty home, with the
simulator as the service, and the programs of the directories. SCRIPT of --inputs is run
first, and makes the files that the page takes for granted. The files that the
session leaves go to the directory of --keep. Simulators, those that the page starts
too, have the options of --simulator, and make a clip in a third of a second.
Of the fenced blocks,

  sh             is run, and must succeed
  text output    is what the block before it printed, line by line in this
                 order, perhaps with others between; "…" stands for anything,
                 and any number of seconds for any other
  LANGUAGE FILE  is what FILE contains from here on
  text           is only shown

Nothing else may be fenced. The page may also be a manual page: what is run are the
examples. Three things are not what the page says: the port 8080 is any free one;
the run id vid_0123456789 is that in the file run-id; and what needs a screen, a
sound card or a camera is a fake one, in no time. The screen takes what an X server
without XVideo takes: BGRx alone.

Each picture that the page shows must have been made, with the same name and size;
with --pictures, it is replaced.
"""
import argparse
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile

FENCE = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EXAMPLE = re.compile(r"^\.(EX|nf)\n(.*?)^\.(EE|fi)$", re.MULTILINE | re.DOTALL)
PICTURE = re.compile(r"!\[[^]]*\]\((images/cookbook/[^)]+)\)")
ROFF = {r"\-": "-", r"\(aq": "'", r"\&": "", r"\e": "\\", r"\\": "\\"}
SECONDS = 300 * float(os.environ.get("FIXTURE_TIME_SCALE", "1"))


def hold_port():
    """Returns: a socket on a free port, which nobody else is given meanwhile."""
    held = socket.socket()
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind(("127.0.0.1", 0))
    return held


class Block:
    def __init__(self, page, text, match):
        self.kind, _, self.name = match.group(1).partition(" ")
        self.text = match.group(2)
        self.place = f"{page}:{text.count(chr(10), 0, match.start()) + 1}"


class Example(Block):
    def __init__(self, page, text, match):
        super().__init__(page, text, match)
        self.kind = "sh"
        self.text = re.sub(r"\\\(aq|\\.", lambda escape: ROFF[escape.group()], self.text)


def parse(page):
    with open(page, encoding="utf-8") as file:
        text = file.read()
    if not page.endswith(".1"):
        return [Block(page, text, match) for match in FENCE.finditer(text)]
    begin = text.index("\n.SH EXAMPLES\n")
    end = text.index("\n.SH", begin + 1)
    return [Example(page, text, match) for match in EXAMPLE.finditer(text, begin, end)]


def find_pictures(page):
    """Returns: the files of the pictures that its commands make."""
    with open(page, encoding="utf-8") as file:
        return [os.path.join(os.path.dirname(page), link)
                for link in PICTURE.findall(file.read())]


def check_pictures(page, home, replace):
    """Returns: what is wrong with the pictures that the commands have made."""
    problems = []
    for shown in find_pictures(page):
        made = os.path.join(home, os.path.basename(shown))
        if not os.path.exists(made):
            problems.append(f"{page}: {os.path.basename(shown)} was not made")
        elif replace:
            shutil.copy(made, shown)
        elif get_size(made) != get_size(shown):
            problems.append(f"{page}: {os.path.basename(shown)} has another size")
    return problems


def get_size(picture):
    """Returns: its width and height, as text."""
    found = subprocess.run(["gst-discoverer-1.0", "-v", picture], check=True,
                           stdout=subprocess.PIPE, encoding="utf-8").stdout
    return re.findall(r"(?:Width|Height): \d+", found)


def write_script(blocks, script, port, simulator):
    """Returns: of each block that is run, what it is to print."""
    expected = []
    script.write("set -euo pipefail\n")
    for block in blocks:
        if block.kind == "sh" and not block.name:
            command = block.text.replace("8080", port)
            command = command.replace("vid_0123456789", '"$(cat run-id)"')
            command = command.replace(
                "! autovideosink", "! video/x-raw,format=BGRx ! fakevideosink sync=false")
            command = command.replace("! autoaudiosink", "! fakeaudiosink sync=false")
            command = re.sub(r"\bauto(video|audio)sink\b", r"fake\1sink", command)
            command = re.sub(r"\bv4l2src\b", "videotestsrc is-live=true", command)
            command = re.sub(r"^nanogpt-simulator\b", shlex.join(simulator), command,
                             flags=re.MULTILINE)
            # A group instead of a subshell keeps variables and jobs.
            script.write(f"echo '{block.place}' >>../places\n"
                         f"{{\n{command}}} >../output-{len(expected)} 2>&1\n")
            expected.append([])
        elif block.kind == "text" and block.name == "output":
            expected[-1] += [(block.place, line) for line in block.text.splitlines()]
        elif block.kind and block.name:
            script.write(f"cat >'{block.name}' <<'END-OF-{block.name}'\n"
                         f"{block.text}END-OF-{block.name}\n")
        elif block.kind != "text":
            sys.exit(f"{block.place}: neither sh nor text, and no file")
    return expected


def find_missing(expected, printed):
    """Returns: what is wrong, if a line is not there."""
    lines = iter(printed.splitlines())
    for place, line in expected:
        pattern = ".*".join(map(re.escape, line.split("…")))
        pattern = re.compile(re.sub(r"\d+\\ s\b", r"\\d+\\ s", pattern))
        if not any(pattern.fullmatch(candidate) for candidate in lines):
            return [f"{place}: this was not printed: {line}"]
    return []


def read(path):
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except FileNotFoundError:
        return ""


def start_simulator(command, environment):
    process = subprocess.Popen([*command, "--port=0"], env=environment,
                               stdout=subprocess.PIPE, encoding="utf-8")
    return process, process.stdout.readline().split()[-1]


def make_environment(home, programs):
    environment = dict(os.environ, HOME=home, LC_ALL="C.UTF-8",
                       NANOGPT_API_KEY="a-key")
    # The system's python3 has GStreamer's bindings.
    environment["PATH"] = ":".join([*programs, "/usr/bin", environment["PATH"]])
    for name in "XDG_DATA_HOME", "XDG_STATE_HOME", "NANOGPT_API_KEY_FILE":
        environment.pop(name, None)
    return environment


def run(script, environment):
    """Returns: whether the session ended well."""
    session = subprocess.Popen(["bash", script], cwd=environment["HOME"],
                               env=environment, start_new_session=True,
                               stdin=subprocess.DEVNULL)
    try:
        return session.wait(SECONDS) == 0
    except subprocess.TimeoutExpired:
        print(f"not finished within {SECONDS} s")
        return False
    finally:
        try:
            os.killpg(session.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--inputs")
    parser.add_argument("--keep")
    parser.add_argument("--simulator", action="append", default=[])
    parser.add_argument("--pictures", action="store_true")
    parser.add_argument("page")
    parser.add_argument("programs", nargs="*")
    arguments = parser.parse_args()
    page = arguments.page
    simulator = ["nanogpt-simulator", "--generation-time=0.3", *arguments.simulator]
    with tempfile.TemporaryDirectory(prefix="nanovid-docs-") as directory, \
            hold_port() as held:
        os.mkdir(f"{directory}/home")
        script = f"{directory}/script"
        with open(script, "w", encoding="utf-8") as file:
            expected = write_script(parse(page), file, str(held.getsockname()[1]),
                                    simulator)
        if not expected:
            sys.exit(f"{page} has no commands")
        environment = make_environment(f"{directory}/home", arguments.programs)
        service, environment["NANOGPT_BASE_URL"] = start_simulator(
            simulator, environment)
        try:
            if arguments.inputs:
                subprocess.run([arguments.inputs], cwd=f"{directory}/home",
                               env=environment, check=True)
            good = run(script, environment)
        finally:
            service.kill()
            service.wait()
        places = read(f"{directory}/places").splitlines()
        problems = []
        for i, place in enumerate(places):
            printed = read(f"{directory}/output-{i}")
            problems += find_missing(expected[i], printed)
            print(f"--- {place}\n{printed}", end="")
        if not good:
            problems.append(f"failed, at {places[-1] if places else 'the start'} or before")
        if not problems:
            problems = check_pictures(page, f"{directory}/home", arguments.pictures)
        if problems:
            sys.exit("\n".join(problems))
        if arguments.keep:
            shutil.copytree(f"{directory}/home", arguments.keep, dirs_exist_ok=True)


main()
