/* nanovid: the Retry-After header, in both its forms
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "retry-after.h"

#include <stdio.h>
#include <string.h>

/* Longer than anybody waits, and short enough to be counted in anything. */
#define MAX_SECONDS (7 * 24 * 60 * 60)

static int
month_from_name (const char *name)
{
  static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
  const char *found = strlen (name) == 3 ? strstr (names, name) : NULL;

  if (found == NULL || (found - names) % 3 != 0)
    return 0;
  return (int)(found - names) / 3 + 1;
}

/* Two digits stand for the year that is no more than 50 years ahead. */
static int
full_year (int year)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  int this_year = g_date_time_get_year (now);

  year += this_year - this_year % 100;
  return year > this_year + 50 ? year - 100 : year;
}

/* The three forms that HTTP has: IMF-fixdate, asctime and RFC 850. */
static GDateTime *
parse_date (const char *text)
{
  char month[4] = "";
  int day, year, hour, minute, second;

  if (text == NULL)
    return NULL;
  if (sscanf (text, "%*3[A-Za-z], %2d %3[A-Za-z] %4d %2d:%2d:%2d GMT", &day,
          month, &year, &hour, &minute, &second)
          != 6
      && sscanf (text, "%*3[A-Za-z] %3[A-Za-z] %2d %2d:%2d:%2d %4d", month,
             &day, &hour, &minute, &second, &year)
          != 6) {
    if (sscanf (text, "%*9[A-Za-z], %2d-%3[A-Za-z]-%2d %2d:%2d:%2d GMT", &day,
            month, &year, &hour, &minute, &second)
        != 6)
      return NULL;
    year = full_year (year);
  }
  return g_date_time_new_utc (
      year, month_from_name (month), day, hour, minute, MIN (second, 59));
}

static gint64
seconds_until (const char *value, GDateTime *date)
{
  g_autoptr (GDateTime) then = parse_date (value);
  g_autoptr (GDateTime) now =
      date != NULL ? g_date_time_ref (date) : g_date_time_new_now_utc ();

  if (then == NULL)
    return -1;
  return MAX (g_date_time_difference (then, now) / G_TIME_SPAN_SECOND, 0);
}

gint64
nanogpt_retry_after_parse (const char *value, GDateTime *date)
{
  g_autofree char *text = g_strstrip (g_strdup (value != NULL ? value : ""));
  gint64 seconds;

  if (g_ascii_isdigit (*text)) {
    char *end;

    seconds = g_ascii_strtoll (text, &end, 10);
    if (*end != '\0')
      return -1;
  } else {
    seconds = seconds_until (text, date);
  }
  return seconds < 0 ? -1 : MIN (seconds, MAX_SECONDS) * 1000;
}
