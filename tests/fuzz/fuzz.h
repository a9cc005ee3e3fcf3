/* nanovid: what the fuzz targets share
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A fuzz target is a program of its own, fuzz-NAME.c, that defines
 * LLVMFuzzerTestOneInput(): it hands untrusted bytes to one parser, and aborts
 * when what comes out breaks a promise. libFuzzer feeds it with inputs of its
 * making, replay.c with those in the corpus. */
int LLVMFuzzerInitialize (int *argc, char ***argv);
int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* Text that is shown to people: NULL, or one line of UTF-8 with no control
 * characters in it, no longer than @max characters. */
void fuzz_assert_shown (const char *text, glong max);

/* What a parser gave back, and its error: exactly one of them, the error of
 * @domain and @code, with a text that can be shown. */
void fuzz_assert_one (
    gconstpointer result, const GError *error, GQuark domain, int code);

/* Makes a file in memory that holds @data.
 * Returns: its descriptor */
int fuzz_make_file (gconstpointer data, gsize size);

G_END_DECLS
