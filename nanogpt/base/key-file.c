/* nanovid: GKeyFile helpers
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "key-file.h"

#include <math.h>

void
nanogpt_key_file_set_text (
    GKeyFile *file, const char *group, const char *key, const char *text)
{
  if (text)
    g_key_file_set_string (file, group, key, text);
}

void
nanogpt_key_file_set_time (
    GKeyFile *file, const char *group, const char *key, gint64 time)
{
  g_autoptr (GDateTime) second = NULL;
  g_autoptr (GDateTime) exact = NULL;
  g_autofree char *text = NULL;

  if (time == 0)
    return;

  second = g_date_time_new_from_unix_utc (time / G_TIME_SPAN_SECOND);
  exact = g_date_time_add (second, time % G_TIME_SPAN_SECOND);
  text = g_date_time_format (exact, "%Y-%m-%dT%H:%M:%S.%fZ");
  g_key_file_set_string (file, group, key, text);
}

gint64
nanogpt_key_file_get_time (GKeyFile *file, const char *group, const char *key)
{
  g_autofree char *text = g_key_file_get_string (file, group, key, NULL);
  g_autoptr (GDateTime) time = NULL;
  g_autoptr (GDateTime) utc = NULL;

  if (text)
    time = g_date_time_new_from_iso8601 (text, NULL);
  /* Only four-digit years can be written back. */
  if (time)
    utc = g_date_time_to_utc (time);
  if (!utc || g_date_time_get_year (utc) < 1970)
    return 0;
  return g_date_time_to_unix (utc) * G_TIME_SPAN_SECOND
      + g_date_time_get_microsecond (utc);
}

void
nanogpt_key_file_set_cost (
    GKeyFile *file, const char *group, const char *key, NanogptMicros cost)
{
  g_autofree char *text = nanogpt_money_format_number (cost);

  nanogpt_key_file_set_text (file, group, key, text);
}

NanogptMicros
nanogpt_key_file_get_cost (GKeyFile *file, const char *group, const char *key)
{
  g_autoptr (GError) error = NULL;
  double cost = g_key_file_get_double (file, group, key, &error);

  return !error && isfinite (cost) ? nanogpt_money_round_up (cost)
                                   : NANOGPT_MONEY_UNKNOWN;
}
