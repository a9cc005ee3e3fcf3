/* nanovid: the text of a subtitle, without its tags and entities
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * gst_nanovid_markup_to_text:
 * @markup: as subparse gives it with the caps text/x-raw, format=pango-markup:
 *   tags of the subtitle are tags, and all else that it says is escaped
 *
 * Returns: (transfer full): what is to be read
 */
char *gst_nanovid_markup_to_text (const char *markup);

G_END_DECLS
