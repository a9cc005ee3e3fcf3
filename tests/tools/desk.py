# nanovid: code shared by the Python tests of nanovid-jobs
# Copyright (C) 2026 the nanovid authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A simulator, a home of its own, and nanovid-jobs in it."""
import os
import subprocess
import tempfile

SCALE = float(os.environ.get("FIXTURE_TIME_SCALE", "1"))
MODEL = "seedance-lite-video"
CLIP = "size=64x48,rate=8,seconds=0.25,sound=none"


def make_uri(prompt):
    return f"nanovid://{MODEL}?prompt={prompt}"


class Desk:
    def __init__(self, jobs, simulator, *options):
        self.jobs = jobs
        self.home = tempfile.TemporaryDirectory(prefix="nanovid-jobs-")
        self.simulator = subprocess.Popen(
            [simulator, f"--clip={CLIP}", f"--ledger={self.path('ledger')}", *options],
            stdout=subprocess.PIPE, encoding="utf-8")
        self.environment = dict(
            os.environ, LC_ALL="C.UTF-8", TERM="xterm", NANOGPT_API_KEY="k",
            XDG_CACHE_HOME=self.path("cache"), XDG_STATE_HOME=self.path("state"),
            NANOGPT_BASE_URL=self.simulator.stdout.readline().split()[-1])
        self.environment.pop("NO_COLOR", None)

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.simulator.kill()
        self.simulator.communicate()
        self.home.cleanup()

    def path(self, name):
        return os.path.join(self.home.name, name)

    def run(self, *arguments):
        return subprocess.run(
            [self.jobs, *arguments], env=self.environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
            check=False, timeout=30 * SCALE)

    def count_charges(self):
        with open(self.path("ledger"), encoding="utf-8") as file:
            return file.read().count('"charge"')
