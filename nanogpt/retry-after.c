/* nanovid: how long the service asks to wait
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "retry-after.h"

#include <stdio.h>
#include <string.h>

#define DAY (24 * 60 * 60)

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

/* The three forms that HTTP has: IMF-fixdate, RFC 850 and asctime. */
static GDateTime *
parse_date (const char *text)
{
  char month[4] = "";
  int day, year, hour, minute, second;

  if (text == NULL)
    return NULL;
  if (sscanf (text, "%*3[A-Za-z], %d %3[A-Za-z] %d %d:%d:%d GMT", &day, month,
          &year, &hour, &minute, &second)
      == 6)
    ;
  else if (sscanf (text, "%*9[A-Za-z], %d-%3[A-Za-z]-%d %d:%d:%d GMT", &day,
               month, &year, &hour, &minute, &second)
      == 6)
    year = full_year (year);
  else if (sscanf (text, "%*3[A-Za-z] %3[A-Za-z] %d %d:%d:%d %d", month, &day,
               &hour, &minute, &second, &year)
      != 6)
    return NULL;
  return g_date_time_new_utc (
      year, month_from_name (month), day, hour, minute, MIN (second, 59));
}

static gint64
seconds_until (const char *retry_after, const char *date)
{
  g_autoptr (GDateTime) then = parse_date (retry_after);
  g_autoptr (GDateTime) now = parse_date (date);

  if (then == NULL)
    return -1;
  if (now == NULL)
    now = g_date_time_new_now_utc ();
  return MAX (g_date_time_difference (then, now) / G_TIME_SPAN_SECOND, 0);
}

gint64
nanogpt_retry_after_parse (const char *retry_after, const char *date)
{
  g_autofree char *text =
      g_strstrip (g_strdup (retry_after ? retry_after : ""));
  gint64 seconds;

  if (g_ascii_isdigit (*text)) {
    char *end;

    seconds = g_ascii_strtoll (text, &end, 10);
    if (*end != '\0')
      return -1;
  } else {
    seconds = seconds_until (text, date);
  }
  return seconds < 0 ? -1 : MIN (seconds, DAY) * 1000;
}
