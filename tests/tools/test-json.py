#!/usr/bin/env python3
# nanovid: tests of nanovid-jobs --json: one document on stdout, and nothing else
# Copyright (C) 2026 the nanovid authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""test-json.py NANOVID-JOBS SIMULATOR"""
import json
import os
import sys

from desk import Desk, MODEL, make_uri

LIST = ["cost", "created", "currency", "entry", "live", "model", "prompt", "run-id",
        "state"]
SPENDING = ["charged", "clips", "currency", "day", "model", "open", "reserved", "service"]


def ask(desk, *arguments):
    """Returns: the answer, which is all that stands on stdout."""
    ran = desk.run("--json", *arguments)
    assert ran.returncode == 0, (arguments, ran)
    return json.loads(ran.stdout)


def refuse(desk, status, *arguments):
    ran = desk.run("--json", *arguments)
    assert ran.returncode == status, (arguments, ran)
    assert ran.stdout == "", ran
    assert ran.stderr.splitlines()[-1].startswith("nanovid-jobs: "), ran


def check_empty(desk):
    assert ask(desk, "list") == []
    assert ask(desk) == []
    assert ask(desk, "watch") == []
    assert ask(desk, "spending") == []
    assert ask(desk, "prune", "--older=1d") == {"clips": 0, "jobs": 0}


def check_service(desk):
    assert ask(desk, "balance") == {"balance": 100, "currency": "USD"}
    models = ask(desk, "models", MODEL)
    assert [model["model"] for model in models] == [MODEL], models
    assert ask(desk, "estimate", "duration=10")["cost"] == 0.18
    with open(desk.path("script"), "w", encoding="utf-8") as file:
        file.write("a lighthouse\n{\"duration\": 10} a storm\n")
    film = ask(desk, "estimate", f"--script={desk.path('script')}")
    assert film["cost"] == 0.27 and len(film["scenes"]) == 2, film


def check_fetch(desk, prompt):
    """Returns: the run id"""
    uri = make_uri(prompt)
    fetched = ask(desk, "fetch", uri)
    run_id = fetched.pop("run-id")
    assert fetched == {"uri": uri, "model": MODEL, "cost": 0.09, "currency": "USD"}
    again = ask(desk, "fetch", uri)
    assert again["run-id"] == run_id and desk.count_charges() == 1, again
    return run_id


def check_list(desk, run_id, prompt):
    rows = ask(desk, "list", "--state=delivered", "--model=seedance")
    assert len(rows) == 1 and sorted(rows[0]) == LIST, rows
    assert rows[0]["run-id"] == run_id and rows[0]["prompt"] == prompt, rows
    assert rows[0]["cost"] == 0.09 and rows[0]["live"] is False, rows
    assert ask(desk, "watch") == rows
    for none in "--state=accepted", "--state=live", "--model=veo", "--older=1d":
        assert ask(desk, "list", none) == [], none
    sums = ask(desk, "spending")
    assert len(sums) == 1 and sorted(sums[0]) == SPENDING, sums
    assert sums[0]["clips"] == 1 and sums[0]["charged"] == 0.09, sums
    return rows[0]


def check_collect(desk, run_id):
    path = desk.path("clip.mp4")
    collected = ask(desk, "collect", run_id, path)
    assert collected["run-id"] == run_id and collected["files"] == [path], collected
    assert os.path.getsize(path) > 0
    everything = ask(desk, "collect", "--all", run_id, path)
    assert everything["files"] == [desk.path("clip-0.mp4")], everything
    refuse(desk, 2, "collect", run_id, "-")
    refuse(desk, 1, "collect", run_id, "/nowhere/clip.mp4")
    refuse(desk, 1, "collect", "vid_unknown", path)


def check_text(desk, prompt):
    """What looks like a number, or like nothing, is still text."""
    run_id = ask(desk, "fetch", make_uri(prompt.replace('"', "%22")))["run-id"]
    rows = ask(desk, "list")
    assert [row["prompt"] for row in rows] == [prompt], rows
    ask(desk, "forget", run_id)


def check_no_cache(desk):
    """What could not be kept is not paid for."""
    desk.environment["XDG_CACHE_HOME"] = "/proc/nowhere"
    refuse(desk, 1, "fetch", make_uri("nowhere"))
    assert "nowhere" not in desk.run("list").stdout


def check_refusals(desk):
    refuse(desk, 2, "fetch", "https://example.com/")
    refuse(desk, 1, "fetch", make_uri("") + "&seed=x")
    refuse(desk, 1, "estimate", "model=video-upscaler")
    refuse(desk, 2, "list", "--state=lost")
    refuse(desk, 2, "prune", "--older=0s")
    # Options that would have no effect are refused, above all where data is removed.
    refuse(desk, 2, "prune", "--older=1s", f"--model={MODEL}")
    refuse(desk, 2, "forget", "--older=1s", "vid_unknown")
    refuse(desk, 2, "list", "--larger=1G")
    refuse(desk, 2, "spending", "--state=accepted")
    refuse(desk, 2, "balance", "--all")
    refuse(desk, 3, "forget", "vid_unknown")


def main():
    jobs, simulator = sys.argv[1:]
    with Desk(jobs, simulator, "--generation-time=0.1") as desk:
        check_empty(desk)
        check_service(desk)
        run_id = check_fetch(desk, "kite")
        entry = check_list(desk, run_id, "kite")["entry"]
        check_collect(desk, run_id)
        check_refusals(desk)
        assert ask(desk, "forget", run_id) == {"forgotten": [entry]}
        assert ask(desk, "prune", "--larger=0") == {"clips": 1, "jobs": 0}
        for prompt in "0x10", "-", 'a"kite\\"':
            check_text(desk, prompt)
        check_no_cache(desk)


main()
