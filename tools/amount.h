/* nanovid: nanovid-jobs: ages and sizes on the command line
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* @text: (nullable): such as `90s`, `30min`, `12h` or `7d`; NULL changes nothing
 * @age: (out): microseconds */
gboolean amount_parse_age (const char *text, gint64 *age, GError **error);

/* @text: (nullable): bytes, or such as `500M` or `20G`; NULL changes nothing */
gboolean amount_parse_size (const char *text, guint64 *size, GError **error);

G_END_DECLS
