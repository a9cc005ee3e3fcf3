/* nanovid: the text of a subtitle, without its tags and entities
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * gst_nanovid_markup_to_text:
 * @markup: text from subparse with the caps text/x-raw, format=pango-markup:
 *   the tags of the subtitle are kept, and all other text is escaped
 *
 * Returns: (transfer full): the plain text
 */
char *gst_nanovid_markup_to_text (const char *markup);

G_END_DECLS
