/* nanovid: settings: service, API key, time limits, budgets
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "settings.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "database-uri.h"
#include "error.h"
#include "url.h"

#define KEY_FILE_MAX 4096

NanogptSettings *
nanogpt_settings_new (void)
{
  NanogptSettings *settings = g_new0 (NanogptSettings, 1);

  settings->timeout = NANOGPT_DEFAULT_TIMEOUT;
  settings->http_timeout = NANOGPT_DEFAULT_HTTP_TIMEOUT;
  settings->retries = NANOGPT_DEFAULT_RETRIES;
  settings->max_size = NANOGPT_DEFAULT_MAX_SIZE;
  settings->resume = TRUE;
  settings->min_balance = NANOGPT_MONEY_UNKNOWN;
  return settings;
}

NanogptSettings *
nanogpt_settings_copy (const NanogptSettings *settings)
{
  NanogptSettings *copy = g_memdup2 (settings, sizeof *settings);

  copy->api_key = g_strdup (settings->api_key);
  copy->base_url = g_strdup (settings->base_url);
  copy->proxy = g_strdup (settings->proxy);
  copy->tls_ca_file = g_strdup (settings->tls_ca_file);
  copy->user_agent = g_strdup (settings->user_agent);
  copy->spool_dir = g_strdup (settings->spool_dir);
  copy->database = g_strdup (settings->database);
  copy->state_dir = g_strdup (settings->state_dir);
  copy->cache_dir = g_strdup (settings->cache_dir);
  copy->run_id = g_strdup (settings->run_id);
  copy->hourly_name = g_strdup (settings->hourly_name);
  if (settings->budget)
    nanogpt_budget_ref (settings->budget);
  return copy;
}

gboolean
nanogpt_settings_has_budget (const NanogptSettings *settings)
{
  return settings->max_cost > 0 || settings->max_total_cost > 0
      || settings->daily_budget > 0 || settings->hourly_budget > 0;
}

void
nanogpt_settings_free (NanogptSettings *settings)
{
  if (!settings)
    return;
  g_free (settings->api_key);
  g_free (settings->base_url);
  g_free (settings->proxy);
  g_free (settings->tls_ca_file);
  g_free (settings->user_agent);
  g_free (settings->spool_dir);
  g_free (settings->database);
  g_free (settings->state_dir);
  g_free (settings->cache_dir);
  g_clear_pointer (&settings->budget, nanogpt_budget_unref);
  g_free (settings->run_id);
  g_free (settings->hourly_name);
  g_free (settings);
}

static void
unset_if_empty (char **string)
{
  if (*string && **string == '\0')
    g_clear_pointer (string, g_free);
}

static gboolean
is_key_blank (gunichar c)
{
  return g_unichar_isspace (c) || g_unichar_iscntrl (c) || c == 0xa0
      || g_unichar_type (c) == G_UNICODE_FORMAT;
}

/* Removes the blanks and invisible characters that come along when a key is
 * copied from a web page. */
static char *
strip_key (const char *text)
{
  const char *end = text + strlen (text);

  if (!g_utf8_validate (text, -1, NULL))
    return g_strdup (text);
  while (*text != '\0' && is_key_blank (g_utf8_get_char (text)))
    text = g_utf8_next_char (text);
  while (end > text && is_key_blank (g_utf8_get_char (g_utf8_prev_char (end))))
    end = g_utf8_prev_char (end);
  return g_strndup (text, end - text);
}

static gboolean
check_key (const char *key, const char *source, GError **error)
{
  for (const char *p = key; *p != '\0'; p++) {
    if (g_ascii_isgraph (*p))
      continue;
    g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_NOT_AUTHORIZED,
        /* Translators: %s is "the property api-key", a variable or a file. */
        _ ("The API key in %s cannot be used: it contains a space or an "
           "invalid character; copy it again"),
        source);
    return FALSE;
  }
  return TRUE;
}

static gssize
read_key_file (const char *path, char *content, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInputStream) stream = g_file_read (file, NULL, error);
  gsize length;

  if (!stream
      || !g_input_stream_read_all (
          G_INPUT_STREAM (stream), content, KEY_FILE_MAX, &length, NULL, error))
    return -1;
  return (gssize)length;
}

/* The key is the first line that is not blank. */
static char *
find_key_line (const char *content)
{
  g_auto (GStrv) lines = g_strsplit_set (content, "\r\n", -1);

  for (guint i = 0; lines[i]; i++) {
    g_autofree char *key = strip_key (lines[i]);

    if (*key != '\0')
      return g_steal_pointer (&key);
  }
  return NULL;
}

static char *
load_key (const char *path, GError **error)
{
  g_autofree char *shown = g_filename_display_name (path);
  g_autoptr (GError) cause = NULL;
  char content[KEY_FILE_MAX + 1];
  char *key = NULL;
  gssize length = read_key_file (path, content, &cause);

  if (length < 0) {
    g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_NOT_AUTHORIZED,
        _ ("The API key file %s, named by NANOGPT_API_KEY_FILE, cannot be "
           "read: %s"),
        shown, cause->message);
    return NULL;
  }
  content[length] = '\0';
  if (length < KEY_FILE_MAX && strlen (content) == (gsize)length)
    key = find_key_line (content);
  if (!key)
    g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_NOT_AUTHORIZED,
        _ ("The API key file %s, named by NANOGPT_API_KEY_FILE, contains no "
           "key"),
        shown);
  return key;
}

static char *
find_key (const char *property, const char **source, GError **error)
{
  const char *given[] = { property, g_getenv ("NANOGPT_API_KEY") };
  const char *const sources[] = { _ ("the property api-key"),
    "NANOGPT_API_KEY" };
  const char *path = g_getenv ("NANOGPT_API_KEY_FILE");

  for (guint i = 0; i < G_N_ELEMENTS (given); i++) {
    g_autofree char *key = strip_key (given[i] ? given[i] : "");

    *source = sources[i];
    if (*key != '\0')
      return g_steal_pointer (&key);
  }
  if (path && *path != '\0') {
    *source = _ ("the file that NANOGPT_API_KEY_FILE names");
    return load_key (path, error);
  }
  g_set_error_literal (error, NANOGPT_ERROR, NANOGPT_ERROR_NOT_AUTHORIZED,
      _ ("No API key: set the property api-key or the environment variable "
         "NANOGPT_API_KEY, or put the key into a file and set "
         "NANOGPT_API_KEY_FILE to its name"));
  return NULL;
}

static gboolean
resolve_key (NanogptSettings *settings, GError **error)
{
  g_autofree char *key = NULL;
  const char *source;

  key = find_key (settings->api_key, &source, error);
  if (!key || !check_key (key, source, error))
    return FALSE;
  g_free (settings->api_key);
  settings->api_key = g_steal_pointer (&key);
  return TRUE;
}

static const char *
first_set (const char *a, const char *b, const char *c)
{
  if (a && *a != '\0')
    return a;
  return b && *b != '\0' ? b : c;
}

/* Parsing the result again must not change it.  Each parse removes one suffix,
 * so a prefix that ends like a suffix gets another one appended. */
static char *
dup_stable_base (GUri *base)
{
  g_autofree char *text = g_uri_to_string (base);
  g_autoptr (GUri) again = nanogpt_base_url_parse (text, NULL);

  if (strcmp (g_uri_get_path (again), g_uri_get_path (base)) == 0)
    return g_steal_pointer (&text);
  return g_strconcat (text, "/api", NULL);
}

static gboolean
resolve_base_url (NanogptSettings *settings, GError **error)
{
  g_autoptr (GUri) base = NULL;

  base = nanogpt_base_url_parse (
      first_set (settings->base_url, g_getenv ("NANOGPT_BASE_URL"),
          NANOGPT_DEFAULT_BASE_URL),
      error);
  if (!base)
    return FALSE;
  g_free (settings->base_url);
  settings->base_url = dup_stable_base (base);
  return TRUE;
}

/* A budget that cannot be parsed is an error, because it could not be enforced. */
static gboolean
resolve_daily_budget (NanogptSettings *settings, GError **error)
{
  const char *text = g_getenv ("NANOVID_DAILY_BUDGET");
  char *end;
  double budget;

  if (!text || *text == '\0')
    return TRUE;
  budget = g_ascii_strtod (text, &end);
  if (*end != '\0' || !isfinite (budget) || budget <= 0) {
    g_set_error_literal (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST,
        _ ("NANOVID_DAILY_BUDGET is not an amount in USD, such as 5.00"));
    return FALSE;
  }
  settings->daily_budget = nanogpt_money_get_limit (budget);
  return TRUE;
}

/* It becomes a header, which must be ASCII on one line. */
static gboolean
resolve_user_agent (NanogptSettings *settings, GError **error)
{
  const char *text;

  unset_if_empty (&settings->user_agent);
  text = settings->user_agent;
  if (!text)
    return TRUE;
  while (g_ascii_isprint (*text))
    text++;
  if (*text == '\0' && settings->user_agent[0] != ' ' && text[-1] != ' ')
    return TRUE;
  g_set_error_literal (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST,
      _ ("user-agent cannot be used: it must be printable ASCII on one line, "
         "without spaces at the beginning or end"));
  return FALSE;
}

gboolean
nanogpt_settings_resolve_database (NanogptSettings *settings, GError **error)
{
  unset_if_empty (&settings->database);
  if (!settings->database)
    settings->database = g_strdup (g_getenv ("NANOVID_DATABASE"));
  unset_if_empty (&settings->database);
  return !settings->database
      || nanogpt_database_uri_check (settings->database, error);
}

/* With a limit of 0, every clip would be paid for and then discarded. */
static gboolean
check_max_size (const NanogptSettings *settings, GError **error)
{
  if (settings->max_size > 0)
    return TRUE;
  g_set_error_literal (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST,
      _ ("max-size is 0, so every clip would be too large"));
  return FALSE;
}

/* GTlsFileDatabase takes absolute file names only. */
static void
resolve_tls_ca_file (NanogptSettings *settings)
{
  g_autofree char *given = NULL;

  unset_if_empty (&settings->tls_ca_file);
  given = g_steal_pointer (&settings->tls_ca_file);
  if (given)
    settings->tls_ca_file = g_canonicalize_filename (given, NULL);
}

gboolean
nanogpt_settings_resolve (NanogptSettings *settings, GError **error)
{
  char *spool_dir;

  if (!resolve_base_url (settings, error) || !resolve_key (settings, error)
      || !resolve_daily_budget (settings, error)
      || !resolve_user_agent (settings, error)
      || !check_max_size (settings, error)
      || !nanogpt_settings_resolve_database (settings, error))
    return FALSE;
  unset_if_empty (&settings->spool_dir);
  if (!settings->spool_dir)
    settings->spool_dir_is_default = TRUE;
  spool_dir = g_strdup (
      first_set (settings->spool_dir, g_getenv ("TMPDIR"), "/var/tmp"));
  g_free (settings->spool_dir);
  settings->spool_dir = spool_dir;
  unset_if_empty (&settings->cache_dir);
  unset_if_empty (&settings->state_dir);
  if (!settings->state_dir) {
    settings->state_dir =
        g_build_filename (g_get_user_state_dir (), "nanovid", NULL);
    settings->state_dir_is_default = TRUE;
  }
  unset_if_empty (&settings->proxy);
  resolve_tls_ca_file (settings);
  unset_if_empty (&settings->run_id);
  return TRUE;
}
