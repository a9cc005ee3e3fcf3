/* nanovid: GKeyFile helpers
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "money.h"

G_BEGIN_DECLS

/* Sets a text; %NULL is left out. */
void nanogpt_key_file_set_text (
    GKeyFile *file, const char *group, const char *key, const char *text);

/* Sets microseconds since the epoch, written as ISO 8601 in UTC; 0 is left
 * out. */
void nanogpt_key_file_set_time (
    GKeyFile *file, const char *group, const char *key, gint64 time);

/* Returns: microseconds since the epoch, 0 when there is no (valid) time */
gint64 nanogpt_key_file_get_time (
    GKeyFile *file, const char *group, const char *key);

/* Sets an amount of money; an unknown one, which is negative, is left out. */
void nanogpt_key_file_set_cost (
    GKeyFile *file, const char *group, const char *key, NanogptMicros cost);

/* Returns: the amount, negative when there is no (valid) one */
NanogptMicros nanogpt_key_file_get_cost (
    GKeyFile *file, const char *group, const char *key);

G_END_DECLS
