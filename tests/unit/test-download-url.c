/* nanovid: tests of downloading from URLs of all kinds, each requested as given
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "clip-store.h"

typedef struct
{
  const char *name;
  const char *url;
  const char *target; /* the requested path; NULL for @url itself */
} Target;

static const Target targets[] = {
  { "case", "/a%2fb%2Bc%c3%a9.mp4?s=%2d%2D%7E%7e%e2%82%ac", NULL },
  { "unreserved", "/%41%61%30%2E%2e/~-._.mp4?s=%41~%7E", NULL },
  { "plus", "/a+b.mp4?s=a+b%2Bc%20d", NULL },
  { "empty-query", "/a.mp4?", NULL },
  { "questions", "/a.mp4??s=?&&==&s", NULL },
  { "slashes", "/results//a///b.mp4?s=//x/../y", NULL },
  { "broken-percents", "/100%.mp4?s=%zz%2&t=%", NULL },
  { "punctuation", "/a!$&'()*,;:@=[]|^`{}<>.mp4?s=!$'()*,;:@[]|^`{}<>", NULL },
  { "non-ascii", "/caf\xc3\xa9.mp4?s=\xe2\x82\xac",
      "/caf%C3%A9.mp4?s=%E2%82%AC" },
  { "blank", "/my clip.mp4?s=a b", "/my%20clip.mp4?s=a%20b" },
  { "line-break", "/a.mp4?s=\\r\\nX-Evil: 1\\t", "/a.mp4?s=%0D%0AX-Evil:%201" },
  { "fragment", "/a%2fb.mp4?s=%7E#t=%7E", "/a%2fb.mp4?s=%7E" },
};

static void
redirect (Store *self, GSocketConnection *connection, guint number)
{
  g_autofree char *head = g_strdup_printf (
      "HTTP/1.1 302 Found\r\nLocation: %s\r\nContent-Length: 0\r\n"
      "Connection: close\r\n\r\n",
      (const char *)g_object_get_data (G_OBJECT (self->raw), "location"));

  if (number == 1)
    fixture_raw_send (self->raw, connection, head);
  else
    store_send_asked (self, connection, number, "");
}

static void
check_target (const Target *target, const char *url, gboolean redirected)
{
  Store store;
  g_autoptr (Owner) owner = store_open (&store, redirected ? "/first" : url,
      redirected ? redirect : store_send_file, make_media (SIZE));
  g_autofree char *expected = g_strdup_printf (
      "GET %s HTTP/1.1\r\n", target->target ? target->target : target->url);

  g_object_set_data_full (
      G_OBJECT (store.raw), "location", g_strdup (url), g_free);
  owner_start (owner, &store.service);
  store_assert_collected (&store, owner);
  g_test_message ("%s: %s", url, store_get_head (&store, redirected ? 2 : 1));
  g_assert_true (
      g_str_has_prefix (store_get_head (&store, redirected ? 2 : 1), expected));
  g_assert_null (strstr (store_get_head (&store, 1), "\r\nX-Evil"));
  store_close (&store);
}

/* The URL comes from the service or from a redirect. */
static void
test_target (gconstpointer data)
{
  const Target *target = data;

  check_target (target, target->url, FALSE);
  if (!strchr (target->url, '\\'))
    check_target (target, target->url, TRUE);
}

static void
test_absolute_target (void)
{
  static const Target target = { NULL, "/a/../%7Eb/./c%2f.mp4?s=%7e", NULL };
  Store store;
  g_autoptr (Owner) owner =
      store_open (&store, NULL, store_send_file, make_media (SIZE));
  g_autofree char *url =
      g_strconcat (fixture_raw_get_url (store.raw), target.url, NULL);
  g_autofree char *line = g_strdup_printf ("GET %s HTTP/1.1\r\n", target.url);

  store.url = url;
  owner_start (owner, &store.service);
  store_assert_collected (&store, owner);
  g_assert_true (g_str_has_prefix (store_get_head (&store, 1), line));
  store_close (&store);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (targets); i++)
    store_add_test ("target", targets[i].name, &targets[i], test_target);
  g_test_add_func ("/download/target/absolute", test_absolute_target);
  return g_test_run ();
}
