#!/usr/bin/env python3
# nanovid: checks that each language has every text, with everything that must be kept
# Copyright (C) 2026 the nanovid authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""check-translations.py ROOT XGETTEXT-ARGUMENT..."""
import collections
import os
import re
import subprocess
import sys

# Quotation marks of each language. A language that is not listed is not checked.
QUOTES = {"de": ("»", "«"), "fr": ("«", "»")}

# A conversion of printf(), including %%.
PLACEHOLDER = re.compile(
    r"%(?:(\d+)\$)?([-+ #0]*(?:\d+|\*)?(?:\.(?:\d+|\*))?(?:hh|h|ll|l|z|j|t)?[a-zA-Z%])")

# Text that is typed or read by programs, and so is the same in every language: options,
# property values, variables, URIs, media types, commands, numbers.
TECHNICAL = [
    re.compile(r"(?<![\w-])--[a-z][a-z-]*=?"),
    re.compile(r"(?<![\w-])[a-z][a-z-]*=(?:[a-z0-9]+|%)?"),
    re.compile(r"\b[A-Z]+(?:_[A-Z]+)+\b"),
    re.compile(r"\b[a-z]+://[a-z@/.:0-9]*[a-z0-9/]"),
    re.compile(r"\b(?:audio|image|text|video)/[a-z-]+(?:,[a-z]+=\w+)*"),
    re.compile(r"\bnanovid-jobs(?: [a-z]+)?"),
    re.compile(r"\b(?:nanovid|gst|gstreamer1)[a-z0-9.-]*[a-z0-9]"),
    re.compile(r"\b(?:decodebin|filesrc|jpegparse|subparse)\b"),
    re.compile(r"(?<![%\w.])\d[\d.:]*\w*"),
]

# A name after one of these words; in other texts it may be an ordinary word.
NAMED = re.compile(r"\b(?:properties|property|set|options?) ([a-z]+(?:-[a-z]+)*)\b")


class Entry:
    def __init__(self):
        self.flags = set()
        self.fields = collections.defaultdict(str)

    def get_forms(self):
        return {name: text for name, text in self.fields.items() if name.startswith("msgstr")}


def unquote(text):
    return re.sub(r"\\(.)", lambda m: {"n": "\n", "t": "\t"}.get(m.group(1), m.group(1)), text)


def read_catalog(text):
    """Returns: the entries by their text, without those that are obsolete"""
    entries = {}
    for block in re.split(r"\n\s*\n", text):
        entry, field = Entry(), None
        for line in block.splitlines():
            match = re.match(r'(?:(msg\w+(?:\[\d+\])?) )?"(.*)"$', line)
            if line.startswith("#,"):
                entry.flags |= set(re.split(r"[,\s]+", line[2:].strip()))
            elif match:
                field = match.group(1) or field
                entry.fields[field] += unquote(match.group(2))
        if "msgid" in entry.fields:
            entries[entry.fields["msgid"]] = entry
    return entries


def extract(root, arguments):
    """Returns: what xgettext finds in the sources"""
    found = subprocess.run(
        ["xgettext", *arguments, "--files-from=po/POTFILES.in", "--output=-"],
        cwd=root, check=True, stdout=subprocess.PIPE, text=True)
    return read_catalog(found.stdout)


def read_names(root):
    """Returns: the names of the properties that are no words, and of the options"""
    with open(os.path.join(root, "docs/elements.md"), encoding="utf-8") as file:
        names = set(re.findall(r"^\| `([a-z-]+)`", file.read(), re.MULTILINE))
    if len(names) < 20:
        sys.exit("docs/elements.md has no properties")
    return names


def list_placeholders(text):
    """Returns: the conversions in the order of their arguments"""
    found, number = {}, 0
    for place, conversion in PLACEHOLDER.findall(text):
        if conversion == "%":
            continue
        number += 1
        found[int(place or number)] = conversion
    return sorted(found.items())


def list_technical(text, names):
    found = collections.Counter()
    for pattern in TECHNICAL:
        found.update(pattern.findall(text))
    for name in names:
        if "-" in name:
            found[name] += len(re.findall(rf"(?<![\w-]){name}(?![\w-])", text))
    return +found


def get_edges(text):
    """Returns: what a text that is put together with others begins and ends with"""
    begin = re.match(r"[\s.,;:(]*", text).group()
    end = re.search(r"[\s.,;:?!)…]*$", text.replace("\u00a0", "").replace("\u202f", "")).group()
    return begin, end


def check_quotes(language, text, translated):
    if language not in QUOTES:
        return
    opening, closing = QUOTES[language]
    n_quoted = text.count('"') // 2
    if '"' in translated or translated.count(opening) < n_quoted \
            or translated.count(opening) != translated.count(closing):
        yield f"what is quoted stands between {opening} and {closing}"


def check_form(language, names, text, translated):
    if not translated:
        yield "is not translated"
        return
    if translated == text and len(re.findall(r"[A-Za-z]{3,}", PLACEHOLDER.sub("", text))) > 2:
        yield "is still English"
    if list_placeholders(text) != list_placeholders(translated):
        yield "has other placeholders"
    wanted, got = list_technical(text, names), list_technical(translated, names)
    for word in (wanted - got) | (got - wanted):
        yield f"has not the same number of {word}"
    for name in NAMED.findall(text):
        if name in names and not re.search(rf"(?<![\w-]){name}(?![\w-])", translated):
            yield f"has lost the name {name}"
    if get_edges(text) != get_edges(translated):
        yield "begins or ends with other marks or blanks"
    if text.count("\n") != translated.count("\n"):
        yield "has another number of lines"
    yield from check_quotes(language, text, translated)


def check_entry(language, names, n_forms, entry):
    text, forms = entry.fields["msgid"], entry.get_forms()
    if "fuzzy" in entry.flags:
        yield "is fuzzy"
    if "msgid_plural" in entry.fields and len(forms) != n_forms:
        yield f"has {len(forms)} plural forms, not {n_forms}"
    for name, translated in forms.items():
        plural = entry.fields["msgid_plural"] if name not in ("msgstr", "msgstr[0]") else ""
        yield from check_form(language, names, plural or text, translated)


def check_language(root, language, sources, names):
    path = os.path.join(root, "po", language + ".po")
    checked = subprocess.run(
        ["msgfmt", "--check", "--check-format", "--output=/dev/null", path],
        stderr=subprocess.PIPE, text=True, check=False)
    if checked.returncode != 0 or checked.stderr:
        yield checked.stderr.strip()
    with open(path, encoding="utf-8") as file:
        entries = read_catalog(file.read())
    header = entries.pop("").fields["msgstr"]
    forms = re.search(r"^Plural-Forms: nplurals=(\d+); plural=\(?.+\)?;$", header, re.MULTILINE)
    if f"\nLanguage: {language}\n" not in header or not forms:
        yield f"po/{language}.po: the header lacks Language or Plural-Forms"
        return
    for text in sorted(sources.keys() - entries.keys()):
        yield f"po/{language}.po lacks: {text}"
    for text in sorted(entries.keys() - sources.keys()):
        yield f"po/{language}.po has what no source has: {text}"
    for text, entry in entries.items():
        for fault in check_entry(language, names, int(forms.group(1)), entry):
            yield f"po/{language}.po: {text!r} {fault}"


def main():
    root, arguments = sys.argv[1], sys.argv[2:]
    with open(os.path.join(root, "po/LINGUAS"), encoding="utf-8") as file:
        languages = [line.strip() for line in file if line.strip() and line[0] != "#"]
    sources = extract(root, arguments)
    sources.pop("", None)
    names = read_names(root)
    faults = [fault for language in languages
              for fault in check_language(root, language, sources, names)]
    if faults:
        sys.exit("\n".join(faults) + "\nninja -C build nanovid-update-po brings po/ up to date")
    print(f"{len(sources)} texts in {len(languages)} languages")


main()
