/* nanovid: tests of the end of a downloaded clip, and of its size
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <signal.h>
#include <sys/resource.h>

#include "clip-store.h"
#include "fixture/media.h"

/* The end of the file */

static GBytes *
make_mp4 (const char *more)
{
  g_autoptr (GBytes) file = fixture_media_bytes (FIXTURE_MEDIA_MP4);
  GByteArray *bytes = g_byte_array_new ();

  g_byte_array_append (
      bytes, g_bytes_get_data (file, NULL), g_bytes_get_size (file));
  g_byte_array_append (bytes, (const guint8 *)more, strlen (more));
  return g_byte_array_free_to_bytes (bytes);
}

static void
send_chunked (Store *self, GSocketConnection *connection, gboolean close)
{
  gsize size;
  const char *data = g_bytes_get_data (self->service.media, &size);
  g_autofree char *head = g_strdup_printf (
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n%s\r\n%zx\r\n",
      close ? "Connection: close\r\n" : "", size);

  fixture_raw_send (self->raw, connection, head);
  fixture_raw_send_data (self->raw, connection, data, size);
  g_atomic_int_set (&self->keep, !close);
  fixture_raw_send (self->raw, connection, "\r\n0\r\n\r\n");
}

static void
chunked_open (
    Store *self, GSocketConnection *connection, guint number G_GNUC_UNUSED)
{
  send_chunked (self, connection, FALSE);
}

static void
chunked_closed (
    Store *self, GSocketConnection *connection, guint number G_GNUC_UNUSED)
{
  send_chunked (self, connection, TRUE);
}

/* Only the first response overstates the size. */
static void
overstated (Store *self, GSocketConnection *connection, guint number)
{
  gsize size;
  const char *data = g_bytes_get_data (self->service.media, &size);
  g_autofree char *head = g_strdup_printf (
      "HTTP/1.1 200 OK\r\nETag: \"a\"\r\nContent-Length: %zu\r\n\r\n",
      size + 100);
  g_autofree char *end =
      g_strdup_printf ("HTTP/1.1 416 No\r\nContent-Range: bytes */%zu\r\n"
                       "Content-Length: 0\r\nConnection: close\r\n\r\n",
          size);

  if (number > 1) {
    fixture_raw_send (self->raw, connection, end);
    return;
  }
  fixture_raw_send (self->raw, connection, head);
  fixture_raw_send_data (self->raw, connection, data, size);
}

typedef struct
{
  const char *name;
  const char *more; /* sent after a whole file */
  StoreAnswer answer;
  guint requests;
} End;

static const End ends[] = {
  { "whole", "", chunked_closed, 1 },
  { "bytes-more", "abc", chunked_open, 1 },
  { "box-cut", "....mdat", chunked_open, 1 },
  { "bytes-more-and-closed", "abc", chunked_closed, 0 },
  { "garbage-and-closed", "garbage, and more of it", chunked_closed, 0 },
  { "overstated", "", overstated, 2 },
};

static void
test_end (gconstpointer data)
{
  const End *end = data;
  Store store;
  g_autoptr (Owner) owner =
      store_open (&store, "/clip.mp4", end->answer, make_mp4 (end->more));

  owner_start (owner, &store.service);
  store_assert_collected (&store, owner);
  if (end->requests > 0)
    g_assert_cmpuint (store.heads->len, ==, end->requests);
  store_close (&store);
}

/* Sizes */

static void
set_largest_file (rlim_t size)
{
  struct rlimit limit;

  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  limit.rlim_cur = MIN (size, limit.rlim_max);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
}

static const End full_spools[] = {
  { "told", NULL, store_send_file, 0 },
  { "untold", NULL, chunked_open, 0 },
};

/* A clip that does not fit on the disk fails the job; once there is room, the
 * next job collects it. */
static void
test_full_spool (gconstpointer data)
{
  const End *end = data;
  Store store;
  Owner *owner =
      store_open (&store, "/clip.mp4", end->answer, make_media (SIZE));

  signal (SIGXFSZ, SIG_IGN);
  set_largest_file (SIZE / 2);
  owner_start (owner, &store.service);
  owner_expect_error (owner, NANOGPT_ERROR_NO_SPACE, TRUE);
  nanogpt_job_stop (owner->job);
  owner_free (owner);
  set_largest_file (RLIM_INFINITY);

  owner = service_ask (&store.service, "a lighthouse");
  owner_start (owner, &store.service);
  store_assert_collected (&store, owner);
  g_assert_cmpint (g_atomic_int_get (&store.submits), ==, 1);
  owner_free (owner);
  store_close (&store);
}

static void
send_huge (
    Store *self, GSocketConnection *connection, guint number G_GNUC_UNUSED)
{
  fixture_raw_send (self->raw, connection,
      "HTTP/1.1 200 OK\r\nContent-Length: 1099511627776\r\n\r\n0123");
}

static const struct
{
  const char *name;
  StoreAnswer answer;
  gint64 room; /* of max-size, in addition to the clip's size */
  gboolean fits;
} max_sizes[] = {
  { "told", store_send_file, 0, TRUE },
  { "untold", chunked_open, 0, TRUE },
  { "told-larger", store_send_file, -1, FALSE },
  { "untold-larger", chunked_open, -1, FALSE },
  { "said-to-be-huge", send_huge, 0, FALSE },
};

static void
test_max_size (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  Store store;
  g_autoptr (Owner) owner =
      store_open (&store, "/clip.mp4", max_sizes[i].answer, make_media (SIZE));

  store.service.settings->max_size = SIZE + max_sizes[i].room;
  owner_start (owner, &store.service);
  if (max_sizes[i].fits)
    store_assert_collected (&store, owner);
  else
    owner_expect_error (owner, NANOGPT_ERROR_RESULT_TOO_LARGE, TRUE);
  store_close (&store);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    store_add_test ("end", ends[i].name, &ends[i], test_end);
  for (guint i = 0; i < G_N_ELEMENTS (full_spools); i++)
    store_add_test (
        "full-spool", full_spools[i].name, &full_spools[i], test_full_spool);
  for (guint i = 0; i < G_N_ELEMENTS (max_sizes); i++)
    store_add_test (
        "max-size", max_sizes[i].name, GUINT_TO_POINTER (i), test_max_size);
  return g_test_run ();
}
