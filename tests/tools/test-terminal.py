#!/usr/bin/env python3
# nanovid: tests of nanovid-jobs on terminals: the progress bar, and Ctrl-C
# Copyright (C) 2026 the nanovid authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""test-terminal.py NANOVID-JOBS SIMULATOR"""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time

from desk import Desk, SCALE, make_uri

ESCAPE = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


class Terminal:
    """A program on a terminal of so many columns."""

    def __init__(self, desk, columns, *arguments, **environment):
        self.text = ""
        self.end = time.monotonic() + 30 * SCALE
        self.process, self.fd = pty.fork()
        if self.process == 0:
            # Waits until the terminal has its size.
            os.read(0, 1)
            os.execve(desk.jobs, [desk.jobs, *arguments],
                      {**desk.environment, **environment})
        self.resize(columns)
        os.write(self.fd, b"\n")

    def resize(self, columns):
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))

    def read(self):
        """Returns: whether there may be more."""
        ready, _, _ = select.select([self.fd], [], [], max(self.end - time.monotonic(), 0))
        assert ready, f"nothing more came after {self.text!r}"
        try:
            piece = os.read(self.fd, 4096)
        except OSError:
            return False
        self.text += piece.decode(errors="replace")
        return bool(piece)

    def wait_for(self, words):
        while words not in self.text:
            assert self.read(), self.text

    def finish(self):
        """Returns: how the program ended, as os.wait() tells."""
        while self.read():
            pass
        os.close(self.fd)
        return os.waitpid(self.process, 0)[1]

    def get_lines(self):
        """Returns: each line as often as it was drawn."""
        return [line for line in re.split(r"[\r\n]+", ESCAPE.sub("", self.text)) if line]


def make_job(desk, prompt):
    """Returns: the id of a job that takes a while, which nobody waits for."""
    terminal = Terminal(desk, 80, "fetch", make_uri(prompt), TERM="dumb")
    terminal.wait_for("was accepted")
    os.write(terminal.fd, b"\x03")
    assert os.WTERMSIG(terminal.finish()) == signal.SIGINT
    return re.search(r"Job (\S+) was accepted", terminal.text)[1]


def check_bar(desk, *arguments):
    terminal = Terminal(desk, 80, *arguments)
    assert terminal.finish() == 0, terminal.text
    assert "\x1b[K" in terminal.text and "[###" in terminal.text, terminal.text
    assert terminal.text.endswith("\r\n"), terminal.text
    assert max(map(len, terminal.get_lines())) < 80, terminal.text


def check_no_bar(desk, *arguments):
    terminal = Terminal(desk, 80, *arguments, TERM="dumb")
    assert terminal.finish() == 0, terminal.text
    assert "\x1b" not in terminal.text and "[#" not in terminal.text, terminal.text
    ran = desk.run(*arguments)
    assert ran.returncode == 0, ran
    assert "\x1b" not in ran.stderr and "\r" not in ran.stderr, ran


def check_narrow(desk, run_id):
    terminal = Terminal(desk, 20, "collect", run_id, desk.path("narrow"), NO_COLOR="1")
    terminal.wait_for("[")
    terminal.wait_for("\x1b[K")
    assert max(map(len, terminal.get_lines()[:1])) < 20, terminal.text
    before = len(terminal.text)
    terminal.resize(12)
    terminal.wait_for("\r\n")
    assert terminal.finish() == 0, terminal.text
    # There is no color, and no escape sequence except to clear a line.
    assert set(ESCAPE.findall(terminal.text)) == {"\x1b[K"}, terminal.text
    assert max(map(len, terminal.get_lines())) < 20, terminal.text
    assert max(map(len, re.split(r"[\r\n]+", terminal.text[before + 40:]))) < 20


def check_interrupt(desk, *arguments):
    terminal = Terminal(desk, 80, *arguments)
    terminal.wait_for("\x1b[K")
    os.write(terminal.fd, b"\x03")
    status = terminal.finish()
    assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGINT, status
    last = terminal.text.split("\r\n")
    assert last[-1] == "" and last[-2].startswith("nanovid-jobs: Interrupted"), last
    assert "run the same command again" in last[-2], last


def main():
    jobs, simulator = sys.argv[1:]
    with Desk(jobs, simulator, "--generation-time=3") as desk:
        run_id = make_job(desk, "one")
        check_interrupt(desk, "collect", run_id, desk.path("clip"))
        assert not os.path.exists(desk.path("clip"))
        check_narrow(desk, run_id)
        check_interrupt(desk, "fetch", make_uri("two"))
        check_bar(desk, "fetch", make_uri("two"))
        check_bar(desk, "collect", run_id, desk.path("clip"))
        check_no_bar(desk, "collect", run_id, desk.path("clip"))
        check_no_bar(desk, "fetch", make_uri("three"))
        assert desk.count_charges() == 3


main()
