/* nanovid: sanitizes text from the network for display
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define NANOGPT_TEXT_MAX 1000

/**
 * nanogpt_text_clean:
 * @text: (nullable): bytes from the network
 * @max: maximum number of characters
 *
 * Makes one line of valid UTF-8 without control characters.  The text is cut
 * where JSON or HTML begins, since those are for machines.
 *
 * Returns: (transfer full) (nullable): what is left to show, if anything
 */
char *nanogpt_text_clean (const char *text, gsize max);

/**
 * nanogpt_text_append_sentence:
 * @text: a sentence, with or without a full stop
 * @sentence: the sentence to append
 */
void nanogpt_text_append_sentence (GString *text, const char *sentence);

G_END_DECLS
