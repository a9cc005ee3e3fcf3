/* nanovid: nanovid-jobs: which service is asked, and with which key
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "service.h"

#include <glib/gi18n-lib.h>

#include "nanogpt/base/error.h"

/* There is no option for the key, because other users could see it in the list
 * of processes. */
static gboolean
has_key (void)
{
  const char *key = g_getenv ("NANOGPT_API_KEY");
  const char *file = g_getenv ("NANOGPT_API_KEY_FILE");

  return (key && *key) || (file && *file);
}

static const char *
choose_base_url (const Options *options, const char *base_url)
{
  const char *variable = g_getenv ("NANOGPT_BASE_URL");

  if (options->base_url || (variable && *variable))
    return options->base_url;
  return base_url;
}

NanogptSettings *
service_settings_new (
    const Options *options, const char *base_url, GError **error)
{
  g_autoptr (NanogptSettings) settings = NULL;

  if (!has_key ()) {
    g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_NOT_AUTHORIZED,
        _ ("No API key: set the environment variable NANOGPT_API_KEY, or "
           "NANOGPT_API_KEY_FILE to the name of a file that has it"));
    return NULL;
  }
  settings = nanogpt_settings_new ();
  settings->state_dir = g_strdup (options->state_dir);
  settings->database = g_strdup (options->database);
  settings->proxy = g_strdup (options->proxy);
  settings->tls_ca_file = g_strdup (options->tls_ca_file);
  settings->base_url = g_strdup (choose_base_url (options, base_url));
  return nanogpt_settings_resolve (settings, error)
      ? g_steal_pointer (&settings)
      : NULL;
}
