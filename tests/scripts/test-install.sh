#!/bin/bash
# nanovid: installs the build in a directory, and uses it from there
# Copyright (C) 2026 the nanovid authors
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# test-install.sh BUILD-ROOT CHECK-LINKS LINGUAS
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
meson install -C "$1" --no-rebuild --quiet --destdir "$dir"

plugin=$(find "$dir" -name libgstnanovid.so)
export GST_PLUGIN_PATH=${plugin%/*} GST_REGISTRY=$dir/registry.bin GST_REGISTRY_UPDATE=yes
gst-inspect-1.0 nanovidsrc >"$dir/inspected"
gst-inspect-1.0 nanovidtransform >>"$dir/inspected"
gst-inspect-1.0 nanovidchannel >>"$dir/inspected"
[ "$(grep -c "Filename *$plugin" "$dir/inspected")" -eq 3 ]

for program in nanogpt-simulator nanovid-jobs; do
  "$(find "$dir" -path "*/bin/$program")" --help
done

# Each language is installed where the plugin and the program look for it.
locales=$(find "$dir" -path '*/de/LC_MESSAGES/nanovid.mo')
locales=${locales%/de/*}
for language in $(grep -v '^#' "$3"); do
  [ -f "$locales/$language/LC_MESSAGES/nanovid.mo" ] || { echo "no $language"; exit 1; }
done
for file in "$plugin" "$(find "$dir" -path '*/bin/nanovid-jobs')"; do
  grep -qaF "${locales#"$dir"}" "$file" || { echo "$file looks elsewhere"; exit 1; }
done

# The completion is installed where bash-completion looks for it.
bash -n "$(find "$dir" -path "*/bash-completion/completions/nanovid-jobs")"

# The manual page lists all options of its program, and formats without warnings.
for program in nanogpt-simulator nanovid-jobs; do
  page=$(find "$dir" -name "$program.1")
  # Errors that a sanitizer finds in groff do not matter here.
  env -u LD_PRELOAD groff -k -mandoc -Tascii -ww -P-cbou "$page" >"$dir/page" 2>"$dir/warnings"
  [ ! -s "$dir/warnings" ] || { cat "$dir/warnings"; exit 1; }
  for option in $("$(find "$dir" -path "*/bin/$program")" --help |
    grep -oE '^ +(-[a-z], )?--[a-z-]+' | grep -oE '\-\-[a-z-]+'); do
    grep -qe "$option" "$dir/page" || { echo "$page: no $option"; exit 1; }
  done
done

# The presets are where GStreamer looks if it has the same prefix.
presets=$(dirname "$(find "$dir" -path '*/gstreamer-1.0/presets/GstNanovidSrc.prs')")
[ -f "$presets/GstNanovidTransform.prs" ]
GST_PRESET_PATH=$presets gst-inspect-1.0 nanovidsrc | grep -q '"portrait":'

# Other builds find the simulator, and can run it.
pc=$(dirname "$(find "$dir" -name nanogpt-simulator.pc)")
program=$(PKG_CONFIG_PATH=$pc pkg-config --define-prefix --variable=program nanogpt-simulator)
"$program" --help >/dev/null

# The elements point to their documentation.
page=$(sed -n 's,.*Doc-uri *file://\([^#]*\).*,\1,p' "$dir/inspected" | head -n 1)
[ -f "$dir$page" ]
"$2" --installed "$dir"
