/* nanovid: what the fuzz targets share
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A fuzz target is a program of its own, fuzz-NAME.c, that defines
 * LLVMFuzzerTestOneInput(). It passes untrusted bytes to one parser, and aborts
 * if the result breaks a guarantee. libFuzzer runs it with generated inputs,
 * replay.c with the files of the corpus. */
int LLVMFuzzerInitialize (int *argc, char ***argv);
int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* Checks text that is shown to people: NULL, or one line of UTF-8 without
 * control characters and with at most @max characters. */
void fuzz_assert_shown (const char *text, glong max);

/* Checks that a parser returned either a result or an error, and that the error
 * has @domain and @code and a message that can be shown. */
void fuzz_assert_one (
    gconstpointer result, const GError *error, GQuark domain, int code);

/* Makes a file in memory that holds @data.
 * Returns: its descriptor */
int fuzz_make_file (gconstpointer data, gsize size);

G_END_DECLS
