#!/usr/bin/python3
# nanovid: describes the plugin in the form of gst_plugins_cache.json
# Copyright (C) 2026 the nanovid authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""print-plugins-cache.py PLUGIN

Prints what GStreamer's documentation tools read of a plugin, in the form that
gst-plugins-doc-cache-generator has, which distributions do not ship.
"""
import json
import re
import sys

import gi

gi.require_version("Gst", "1.0")
from gi.repository import GObject, Gst  # noqa: E402

# A field of a structure; its value may be a list or a range.
FIELD = re.compile(r"([\w-]+)=\(\w+\)(\{.*?\}|\[.*?\]|[^,;]+)")

MUTABLE = {
    Gst.PARAM_MUTABLE_PLAYING: "playing",
    Gst.PARAM_MUTABLE_PAUSED: "paused",
    Gst.PARAM_MUTABLE_READY: "ready",
}


def get_ancestors(gtype):
    while gtype:
        yield gtype.name
        gtype = gtype.parent if gtype != GObject.GObject.__gtype__ else None


def is_ours(gtype, plugin):
    return gtype.name.lower().startswith(f"gst{plugin}")


def describe_enum(gtype):
    return {
        "kind": "enum",
        "values": [
            {"desc": value.value_name, "name": value.value_nick,
             "value": str(int(value))}
            for _, value in sorted(gtype.pytype.__enum_values__.items())],
    }


def get_default(pspec):
    if not pspec.flags & GObject.ParamFlags.READABLE:
        return None
    if pspec.value_type == GObject.TYPE_STRING:
        return "NULL" if pspec.default_value is None else pspec.default_value
    if pspec.value_type.is_a(GObject.TYPE_BOXED):
        return "NULL"
    if pspec.value_type.name == "GstValueArray":
        return "< >"
    holder = GObject.Value(pspec.value_type, pspec.default_value)
    return Gst.value_serialize(holder)


def describe_property(pspec):
    described = {
        "blurb": pspec.blurb,
        "conditionally-available": bool(
            pspec.flags & Gst.PARAM_CONDITIONALLY_AVAILABLE),
        "construct": bool(pspec.flags & GObject.ParamFlags.CONSTRUCT),
        "construct-only": bool(pspec.flags & GObject.ParamFlags.CONSTRUCT_ONLY),
        "controllable": bool(pspec.flags & Gst.PARAM_CONTROLLABLE),
        "mutable": next((name for flag, name in MUTABLE.items()
                         if pspec.flags & flag), "null"),
        "readable": bool(pspec.flags & GObject.ParamFlags.READABLE),
        "type": pspec.value_type.name,
        "writable": bool(pspec.flags & GObject.ParamFlags.WRITABLE),
    }
    default = get_default(pspec)
    if default is not None:
        described["default"] = default
    for bound, name in (("minimum", "min"), ("maximum", "max")):
        if hasattr(pspec, bound):
            described[name] = str(getattr(pspec, bound))
    return described


def describe_caps(caps):
    if caps.is_any():
        return "ANY"
    lines = []
    for number in range(caps.get_size()):
        structure = caps.get_structure(number)
        lines.append(f"{structure.get_name()}:")
        for name, value in FIELD.findall(structure.to_string()):
            lines.append(f"{name:>15}: {value}")
    return "\n".join(lines) + "\n"


def describe_signal(query):
    return {
        "action": bool(query.signal_flags & GObject.SignalFlags.ACTION),
        "args": [{"name": f"arg{number}", "type": gtype.name}
                 for number, gtype in enumerate(query.param_types)],
        "return-type": query.return_type.name,
        "when": "first" if query.signal_flags & GObject.SignalFlags.RUN_FIRST
        else "last",
    }


def get_own_signals(gtype, plugin):
    while is_ours(gtype, plugin):
        for number in GObject.signal_list_ids(gtype):
            yield GObject.signal_query(number)
        gtype = gtype.parent


def describe_element(factory, plugin, types):
    element = factory.create(None)
    gtype = element.__gtype__
    properties = {}
    for pspec in element.list_properties():
        if is_ours(pspec.owner_type, plugin):
            properties[pspec.name] = describe_property(pspec)
            if is_ours(pspec.value_type, plugin) and pspec.value_type.is_a(
                    GObject.TYPE_ENUM):
                types[pspec.value_type.name] = describe_enum(pspec.value_type)
    rank = factory.get_rank()
    return {
        "author": factory.get_metadata("author"),
        "description": factory.get_metadata("description"),
        "hierarchy": list(get_ancestors(gtype)),
        "interfaces": [each.name for each in gtype.interfaces],
        "klass": factory.get_metadata("klass"),
        "long-name": factory.get_metadata("long-name"),
        "pad-templates": {
            pad.name_template: {
                "caps": describe_caps(pad.get_caps()),
                "direction": pad.direction.value_nick,
                "presence": pad.presence.value_nick,
            } for pad in factory.get_static_pad_templates()},
        "properties": properties,
        "rank": "none" if rank == 0 else str(int(rank)),
        "signals": {query.signal_name: describe_signal(query)
                    for query in get_own_signals(gtype, plugin)},
    }


def main():
    name = sys.argv[1]
    Gst.init(None)
    registry = Gst.Registry.get()
    plugin = registry.find_plugin(name)
    if not plugin:
        sys.exit(f"no plugin {name}")
    types = {}
    elements = {
        feature.get_name(): describe_element(feature, name, types)
        for feature in registry.get_feature_list_by_plugin(name)
        if isinstance(feature, Gst.ElementFactory)}
    cache = {name: {
        "description": plugin.get_description(),
        "elements": elements,
        "filename": f"gst{name}",
        "license": plugin.get_license(),
        "other-types": types,
        "package": plugin.get_package(),
        "source": plugin.get_source(),
        "tracers": {},
        "url": plugin.get_origin(),
    }}
    print(json.dumps(cache, indent=4, sort_keys=True))


main()
