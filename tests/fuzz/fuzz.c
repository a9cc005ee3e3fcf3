/* nanovid: what the fuzz targets share
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#define _GNU_SOURCE /* memfd_create() */

#include "fuzz.h"

#include <sys/mman.h>
#include <unistd.h>

#include "nanogpt/base/text.h"

int
LLVMFuzzerInitialize (int *argc G_GNUC_UNUSED, char ***argv G_GNUC_UNUSED)
{
  g_log_set_always_fatal (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL);
  return 0;
}

void
fuzz_assert_shown (const char *text, glong max)
{
  if (!text)
    return;
  g_assert_true (g_utf8_validate (text, -1, NULL));
  g_assert_cmpint (g_utf8_strlen (text, -1), <=, max);
  g_assert_true (*text != '\0');
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    g_assert_false (g_unichar_iscntrl (g_utf8_get_char (p)));
}

void
fuzz_assert_one (
    gconstpointer result, const GError *error, GQuark domain, int code)
{
  if (result) {
    g_assert_no_error (error);
    return;
  }
  g_assert_error (error, domain, code);
  fuzz_assert_shown (error->message, NANOGPT_TEXT_MAX);
}

int
fuzz_make_file (gconstpointer data, gsize size)
{
  int fd = memfd_create ("fuzz", MFD_CLOEXEC);

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (pwrite (fd, data, size, 0), ==, (gssize)size);
  return fd;
}
