/* nanovid: API keys, given directly and in a file, fuzzed
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"

#include <unistd.h>

#include "nanogpt/base/error.h"
#include "nanogpt/base/settings.h"

static void
resolve (const char *api_key)
{
  g_autoptr (NanogptSettings) settings = nanogpt_settings_new ();
  g_autoptr (GError) error = NULL;
  gboolean resolved;

  settings->api_key = g_strdup (api_key);
  resolved = nanogpt_settings_resolve (settings, &error);
  fuzz_assert_one (resolved ? settings : NULL, error, NANOGPT_ERROR,
      NANOGPT_ERROR_NOT_AUTHORIZED);
  if (!resolved)
    return;
  /* The key is sent in a header. */
  g_assert_true (*settings->api_key != '\0');
  for (const char *p = settings->api_key; *p != '\0'; p++)
    g_assert_true (g_ascii_isgraph (*p));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *key = g_strndup ((const char *)data, size);
  int fd = fuzz_make_file (data, size);
  g_autofree char *path = g_strdup_printf ("/proc/self/fd/%d", fd);

  g_setenv ("NANOGPT_API_KEY_FILE", path, TRUE);
  resolve (NULL);
  g_unsetenv ("NANOGPT_API_KEY_FILE");
  resolve (key);
  close (fd);
  return 0;
}
