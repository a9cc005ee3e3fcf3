/* nanovid: nanovid-jobs: ages and sizes on the command line
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* @text: (nullable): an age such as `90s`, `30min`, `12h` or `7d`; NULL leaves
 *   @age unchanged
 * @age: (out): the age in microseconds */
gboolean amount_parse_age (const char *text, gint64 *age, GError **error);

/* @text: (nullable): a size in bytes, or such as `500M` or `20G`; NULL leaves
 *   @size unchanged */
gboolean amount_parse_size (const char *text, guint64 *size, GError **error);

G_END_DECLS
