/* nanovid: checks the URI of a database
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "database-uri.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "error.h"

static const char *const schemes[] = { "postgresql://", "postgres://" };

/* libpq parameters; some exist only since version 18. */
static const char *const secrets[] = { "password", "sslpassword",
  "oauth_client_secret", "scram_client_key", "scram_server_key", NULL };

/* Returns: (nullable): the text after the scheme */
static const char *
skip_scheme (const char *uri)
{
  for (guint i = 0; i < G_N_ELEMENTS (schemes); i++)
    if (g_str_has_prefix (uri, schemes[i]))
      return uri + strlen (schemes[i]);
  return NULL;
}

/* Also finds a password with a slash that should have been percent-encoded:
 * libpq takes it for a port, and shows it in clear text in its error
 * message. */
static gboolean
has_password_of_user (const char *text)
{
  gsize user = strcspn (text, ":@/?");
  gsize length = strcspn (text, "?");

  return text[user] == ':' && memchr (text + user, '@', length - user) != NULL;
}

/* Names may be percent-encoded, too. */
static gboolean
is_password (const char *parameter)
{
  g_autofree char *name = g_strndup (parameter, strcspn (parameter, "="));
  g_autofree char *decoded = g_uri_unescape_string (name, NULL);

  return !decoded || g_strv_contains (secrets, decoded);
}

static gboolean
has_password_parameter (const char *text)
{
  const char *query = strchr (text, '?');
  g_auto (GStrv) parameters = query ? g_strsplit (query + 1, "&", -1) : NULL;

  for (guint i = 0; parameters && parameters[i]; i++)
    if (is_password (parameters[i]))
      return TRUE;
  return FALSE;
}

gboolean
nanogpt_database_uri_check (const char *uri, GError **error)
{
  const char *text = skip_scheme (uri);

  if (!text) {
    g_set_error_literal (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST,
        _ ("database is not the URI of a PostgreSQL database, such as "
           "postgresql://user@host/name"));
    return FALSE;
  }
  if (!has_password_of_user (text) && !has_password_parameter (text))
    return TRUE;
  g_set_error_literal (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST,
      _ ("database has a password in its URI, where others can read it: use "
         "PGPASSWORD, PGPASSFILE, the file ~/.pgpass or a service file of libpq "
         "instead"));
  return FALSE;
}
