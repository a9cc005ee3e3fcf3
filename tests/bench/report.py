# nanovid: what the benchmarks print and publish: a table, and a plot of its ratios
# Copyright (C) 2026 the nanovid authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The table is of the rows and notes of a Bench, see `run`."""
import os
import platform
import re
import shutil
import subprocess
import time

SOURCE = os.path.realpath(f"{os.path.dirname(__file__)}/../..")
PAGE = f"{SOURCE}/docs/performance.md"
SYSTEM = platform.freedesktop_os_release()
RELEASE = f"{SYSTEM['ID']}-{SYSTEM.get('VERSION_ID', 'testing')}"
PLOT_NAME = f"images/performance-{RELEASE}.svg"
PLOT = f"{SOURCE}/docs/{PLOT_NAME}"
PLOT_SCRIPT = """
set terminal svg size 900,{height} font "sans-serif,12" background "white"
set output "{output}"
set logscale x
set xrange [0.01:20]
set yrange [-0.7:{top}]
set xlabel "ratio to what stands beside; the mark is the target"
set grid xtics
set key off
set ytics ({labels})
set style fill solid
plot "{data}" using (0.01):0:(0.01):1:($0-0.3):($0+0.3):2 with boxxyerror lc rgb variable, \\
     "{data}" using 3:0:(0):(0.4) with vectors nohead lw 3 lc rgb "black", \\
     "{data}" using 3:0:(0):(-0.4) with vectors nohead lw 3 lc rgb "black"
"""


def format_figure(figure):
    return f"{figure:.4g}" if abs(figure) < 1000 else f"{figure:.0f}"


def describe_machine(bench):
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        text = file.read()
    cpu = re.search(r"^model name\s*: (.*)$", text, re.MULTILINE)
    kind = "virtual machine" if "hypervisor" in text else "machine"
    # A copy of the tree on another system has no commit.
    commit = subprocess.run(["git", "-C", SOURCE, "describe", "--always", "--dirty"],
                            check=False, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                            text=True).stdout.strip() if shutil.which("git") else ""
    version = bench.run(["gst-inspect-1.0", "--version"]).split("\n")[1]
    return (f"A {kind} with {os.cpu_count()} processors "
            f"({cpu.group(1) if cpu else 'unnamed'}, {platform.machine()}), "
            f"{SYSTEM['PRETTY_NAME']}, {version}; "
            f"commit {commit or 'unknown'}, {time.strftime('%Y-%m-%d', time.gmtime())}")


def is_met(ratio, target):
    relation, limit = target.split()
    return ratio <= float(limit) if relation == "<=" else ratio >= float(limit)


def make_table(bench, machine):
    lines = [f"{machine}. Medians of {bench.rounds} rounds; of "
             f"{bench.frame_rounds} for the first frame beside souphttpsrc.", "",
             "| what | nanovid | beside | theirs | ratio | target | met |",
             "|---|---|---|---|---|---|---|"]
    for what, ours, beside, theirs, ratio, target in bench.rows:
        goal = (target or "").replace("<=", "≤").replace(">=", "≥")
        met = "" if not target else "yes" if is_met(ratio, target) else "**no**"
        lines.append(f"| {what} | {format_figure(ours)} | {beside} | "
                     f"{format_figure(theirs)} | {ratio:.3g} | {goal} | {met} |")
    lines += [""] + [f"- {note}" for note in bench.notes]
    for table in bench.tables:
        lines += ["", table]
    return "\n".join(lines) + "\n"


def draw_plot(bench):
    rows = [row for row in reversed(bench.rows) if row[5]]
    data = f"{bench.directory}/plot.data"
    with open(data, "w", encoding="utf-8") as file:
        for *_, ratio, target in rows:
            color = 0x4A90C0 if is_met(ratio, target) else 0xD07030
            file.write(f"{ratio} {color} {target.split()[1]}\n")
    labels = ", ".join(f'"{what} : {beside}" {number}'.replace("%", "%%")
                       for number, (what, _, beside, *_) in enumerate(rows))
    os.makedirs(os.path.dirname(PLOT), exist_ok=True)
    subprocess.run(["gnuplot"], check=True, text=True, input=PLOT_SCRIPT.format(
        height=100 + 24 * len(rows), output=PLOT, top=len(rows) - 0.3, data=data,
        labels=labels))


def publish(bench, table):
    with open(PAGE, encoding="utf-8") as file:
        page = file.read()
    plot = f"\n![Ratios to what stands beside, with the targets]({PLOT_NAME})\n\n"
    page, found = re.subn(
        rf"(<!-- bench {RELEASE} -->\n).*?(<!-- end -->)",
        lambda match: match.group(1) + plot + table + match.group(2), page,
        flags=re.DOTALL)
    if not found:
        raise RuntimeError(f"{PAGE} has no place for {RELEASE}")
    with open(PAGE, "w", encoding="utf-8") as file:
        file.write(page)
    if any(row[5] for row in bench.rows):
        draw_plot(bench)
