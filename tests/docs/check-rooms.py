#!/usr/bin/env python3
# nanovid: checks that files include only what the architecture allows
# Copyright (C) 2026 the nanovid authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""check-rooms.py ROOT"""
import os
import re
import sys

INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.MULTILINE)
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
FUNCTION = re.compile(r"^(?!typedef)(?:\w[\w \*]*[ \*])?([a-z]\w*) \(", re.MULTILINE)

# For each directory (room): the other rooms that its files may include from.
ROOMS = {
    "nanogpt/base": [],
    "nanogpt/http": ["nanogpt/base"],
    "nanogpt/request": ["nanogpt/base"],
    "nanogpt/pricing": ["nanogpt/request", "nanogpt/base"],
    "nanogpt/store": ["nanogpt/base"],
    "nanogpt/store/files": ["nanogpt/store", "nanogpt/base"],
    "nanogpt/store/postgres": ["nanogpt/store", "nanogpt/base"],
    "nanogpt/job": ["nanogpt/base", "nanogpt/http", "nanogpt/request", "nanogpt/pricing",
                    "nanogpt/store", "nanogpt/store/files",
                    "nanogpt/store/postgres"],
    "gst/input": ["nanogpt/base", "nanogpt/request"],
    "gst/channel": ["gst", "gst/input", "nanogpt/base", "nanogpt/request", "nanogpt/store", "nanogpt/job"],
    "gst": ["gst/input", "nanogpt/base", "nanogpt/request", "nanogpt/store", "nanogpt/job"],
    "tools": ["nanogpt/base", "nanogpt/request", "nanogpt/store", "nanogpt/job"],
    "plugin": ["gst", "gst/channel"],
    "simulator": [],
}

# System headers that the files of a house may not include, even indirectly.
FORBIDDEN = {
    "nanogpt": ("gst/",),
    "gst": ("libsoup/", "json-glib/"),
    "tools": ("libsoup/", "json-glib/"),
    "plugin": ("libsoup/", "json-glib/"),
    "simulator": (),
}

# Headers that only their own room may include.
PRIVATE = {"nanogpt/job/job-core.h"}


def resolve(root, path, name):
    """Returns: the project's file, or None for a system header."""
    for directory in (os.path.dirname(path), ""):
        candidate = os.path.normpath(os.path.join(directory, name))
        if os.path.isfile(os.path.join(root, candidate)):
            return candidate
    return None


def read(root, path):
    with open(os.path.join(root, path), encoding="utf-8") as file:
        return file.read()


def read_includes(root, path):
    return {name: resolve(root, path, name) for name in INCLUDE.findall(read(root, path))}


def list_files(root):
    files = []
    for room in ROOMS:
        names = [name for name in os.listdir(os.path.join(root, room)) if name.endswith((".c", ".h"))]
        if not names:
            sys.exit(f"{room}/ has no sources")
        files += [f"{room}/{name}" for name in sorted(names)]
    return files


def get_system_headers(includes, path, seen):
    if path in seen:
        return set()
    seen.add(path)
    headers = set()
    for name, target in includes.get(path, {}).items():
        headers |= get_system_headers(includes, target, seen) if target else {name}
    return headers


def check_includes(includes, path):
    room = os.path.dirname(path)
    forbidden = FORBIDDEN[path.split("/")[0]]
    for name, target in includes[path].items():
        other = target and os.path.dirname(target)
        if not other or other == room:
            continue
        if other not in ROOMS[room]:
            yield f"{path} includes {name}, of {other}/"
        elif target in PRIVATE:
            yield f"{path} includes {name}, which is for {other}/ alone"
    for name in sorted(get_system_headers(includes, path, set())):
        if forbidden and name.startswith(forbidden):
            yield f"{path} includes <{name}>, perhaps by way of others"


def get_module(path):
    """A source and its header are one."""
    return os.path.splitext(path)[0]


def find_circle(uses, module, way, done):
    if module in way:
        return way[way.index(module):] + [module]
    if module in done:
        return None
    for other in sorted(uses[module]):
        circle = find_circle(uses, other, way + [module], done)
        if circle:
            return circle
    done.add(module)
    return None


def check_circles(includes):
    """No module may need itself by way of others."""
    uses = {}
    for path, names in includes.items():
        module = get_module(path)
        targets = {get_module(target) for target in names.values() if target}
        uses.setdefault(module, set()).update(targets - {module})
    for module in list(uses):
        for other in uses[module]:
            uses.setdefault(other, set())
    done = set()
    for module in sorted(uses):
        circle = find_circle(uses, module, [], done)
        if circle:
            yield "a circle: " + " -> ".join(circle)
            return


def check_homes(root, files):
    """The functions of a header are defined in the source of the same name."""
    for header in files:
        source = header[:-2] + ".c"
        if not header.endswith(".h") or header in PRIVATE:
            continue
        declared = FUNCTION.findall(COMMENT.sub("", read(root, header)))
        code = read(root, source) if source in files else ""
        defined = set(re.findall(r"^(\w+) ?\(", code, re.MULTILINE))
        for function in declared:
            if function not in defined and not function.endswith(("_get_type", "_quark")):
                yield f"{header} declares {function}(), which {source} does not define"


def main():
    root = os.path.normpath(sys.argv[1])
    files = list_files(root)
    includes = {path: read_includes(root, path) for path in files}
    faults = [fault for path in files for fault in check_includes(includes, path)]
    faults += check_circles(includes)
    faults += check_homes(root, files)
    if faults:
        sys.exit("\n".join(faults))


main()
