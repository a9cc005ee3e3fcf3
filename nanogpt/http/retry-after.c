/* nanovid: parses the Retry-After header
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "retry-after.h"

#include <libsoup/soup.h>

/* Longer than anyone waits, and short enough not to overflow in any unit. */
#define MAX_SECONDS (7 * 24 * 60 * 60)

static gint64
seconds_until (const char *value, GDateTime *date)
{
  g_autoptr (GDateTime) then = soup_date_time_new_from_http_string (value);
  g_autoptr (GDateTime) now =
      date ? g_date_time_ref (date) : g_date_time_new_now_utc ();

  if (!then)
    return -1;
  return MAX (g_date_time_difference (then, now) / G_TIME_SPAN_SECOND, 0);
}

gint64
nanogpt_retry_after_parse (const char *value, GDateTime *date)
{
  g_autofree char *text = g_strstrip (g_strdup (value ? value : ""));
  gint64 seconds;

  if (g_ascii_isdigit (*text)) {
    char *end;

    seconds = g_ascii_strtoll (text, &end, 10);
    /* HTTP has no fractions of a second, but their meaning is clear. */
    if (*end == '.') {
      end += 1 + strspn (end + 1, "0123456789");
      seconds = MIN (seconds, MAX_SECONDS) + 1;
    }
    if (*end != '\0')
      return -1;
  } else {
    seconds = seconds_until (text, date);
  }
  return seconds < 0 ? -1 : MIN (seconds, MAX_SECONDS) * 1000;
}
