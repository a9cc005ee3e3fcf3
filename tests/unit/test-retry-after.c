/* nanovid: the Retry-After header in all its forms
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "nanogpt/http/retry-after.h"

/* Relative to Sun, 06 Nov 1994 08:49:37 GMT. */
static const struct
{
  const char *value;
  gint64 milliseconds;
} cases[] = {
  { NULL, -1 },
  { "", -1 },
  { "soon", -1 },
  { "-5", -1 },
  { "-0", -1 },
  { "1.5", 2 * 1000 },
  { "0.0", 1 * 1000 },
  { "1.5s", -1 },
  { "1.5.5", -1 },
  { "5 seconds", -1 },
  { "0", 0 },
  { "120", 120 * 1000 },
  { " 7 ", 7 * 1000 },
  { "99999999999999999999999", 7 * 24 * 3600 * G_GINT64_CONSTANT (1000) },
  { "Sun, 06 Nov 1994 08:50:07 GMT", 30 * 1000 },
  { "Sunday, 06-Nov-94 08:50:07 GMT", 30 * 1000 },
  { "Sun Nov  6 08:50:07 1994", 30 * 1000 },
  { "Mon, 07 Nov 1994 00:00:00 GMT", ((15 * 60 + 10) * 60 + 23) * 1000 },
  { "Sun, 06 Nov 1994 08:49:37 GMT", 0 },
  { "Sun, 06 Nov 1994 08:00:00 GMT", 0 },
  { "Sun, 06 Foo 1994 08:50:07 GMT", -1 },
  { "Sun, 06 ovD 1994 08:50:07 GMT", -1 },
  { "Sun, 99 Nov 1994 08:50:07 GMT", -1 },
  { "Sun, 06 Nov", -1 },
  { "Sat, 06 Nov 2094 08:50:07 GMT", 7 * 24 * 3600 * G_GINT64_CONSTANT (1000) },
};

static void
test_parse (void)
{
  g_autoptr (GDateTime) date = g_date_time_new_utc (1994, 11, 6, 8, 49, 37);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_test_message ("%s", cases[i].value ? cases[i].value : "none");
    g_assert_cmpint (nanogpt_retry_after_parse (cases[i].value, date), ==,
        cases[i].milliseconds);
  }
}

static void
test_local_clock (void)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autoptr (GDateTime) then = g_date_time_add_seconds (now, 100);
  g_autofree char *value = g_date_time_format (then, "Mon, %d %b %Y %T GMT");
  gint64 wait = nanogpt_retry_after_parse (value, NULL);

  g_assert_cmpint (wait, <=, 100 * 1000);
  g_assert_cmpint (wait, >, 40 * 1000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/retry-after/parse", test_parse);
  g_test_add_func ("/retry-after/local-clock", test_local_clock);
  return g_test_run ();
}
