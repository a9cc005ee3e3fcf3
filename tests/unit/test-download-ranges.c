/* nanovid: tests of downloading a clip in parts, after a break or for a reader far ahead
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "clip-store.h"
#include "fixture/watchdog.h"

/* Where the first response breaks off. */
#define CUT 100000

/* Bytes that are downloaded again for comparison. */
#define OVERLAP 65536

static void
assert_range (Store *self, guint number, const char *range)
{
  const char *found = strstr (store_get_head (self, number), "\r\nRange: ");
  g_autofree char *line =
      range ? g_strdup_printf ("\r\nRange: bytes=%s\r\n", range) : NULL;

  if (range) {
    g_assert_nonnull (found);
    g_assert_true (g_str_has_prefix (found, line));
  } else {
    g_assert_null (found);
  }
}

static void
send_beginning (Store *self, GSocketConnection *connection, const char *headers)
{
  store_send_part (self, connection, headers, 0, CUT, FALSE);
}

/* The identity of the file */

/* A file of the same size in which one byte differs. */
static void
send_other_file (
    Store *self, GSocketConnection *connection, guint number, gsize where)
{
  Store other = *self;
  gsize size;
  gconstpointer data = g_bytes_get_data (self->service.media, &size);
  guint8 *copy = g_memdup2 (data, size);
  g_autoptr (GBytes) media = NULL;

  copy[where] ^= 1;
  media = g_bytes_new_take (copy, size);
  other.service.media = media;
  store_send_asked (&other, connection, number, "ETag: \"b\"\r\n");
}

static void
wait_for_reader (Store *self)
{
  while (
      !g_atomic_int_get (&self->read) && fixture_raw_pause (self->raw, 0.005))
    continue;
}

static void
same_etag (Store *self, GSocketConnection *connection, guint number)
{
  if (number == 1)
    send_beginning (self, connection, "ETag: \"a\"\r\n");
  else
    store_send_asked (self, connection, number, "ETag: \"a\"\r\n");
}

static void
weak_etag (Store *self, GSocketConnection *connection, guint number)
{
  if (number == 1)
    send_beginning (self, connection, "ETag: W/\"a\"\r\n");
  else
    store_send_asked (self, connection, number, "ETag: W/\"a\"\r\n");
}

static void
no_validator (Store *self, GSocketConnection *connection, guint number)
{
  if (number == 1)
    send_beginning (self, connection, "");
  else
    store_send_asked (self, connection, number, "");
}

/* Responds with a part in spite of If-Range, but with another ETag. */
static void
other_etag (Store *self, GSocketConnection *connection, guint number)
{
  if (number == 1)
    send_beginning (self, connection, "ETag: \"a\"\r\n");
  else
    store_send_asked (self, connection, number, "ETag: \"a-gzip\"\r\n");
}

/* Responds with the whole file, because the ETag differs, and cuts it off
 * before the bytes that are already there. */
static void
other_node (Store *self, GSocketConnection *connection, guint number)
{
  static const char *const etags[] = { "ETag: \"a\"\r\n", "ETag: W/\"a\"\r\n",
    "ETag: \"b\"\r\n", "ETag: \"c\"\r\n" };

  store_send_part (self, connection, etags[MIN (number, 4) - 1], 0,
      number == 1      ? CUT
          : number < 4 ? CUT / 2
                       : SIZE,
      FALSE);
}

static void
other_date (Store *self, GSocketConnection *connection, guint number)
{
  if (number == 1)
    send_beginning (
        self, connection, "Last-Modified: Thu, 01 Jan 2026 00:00:00 GMT\r\n");
  else
    store_send_asked (self, connection, number,
        "Last-Modified: Thu, 01 Jan 2026 00:00:01 GMT\r\n");
}

typedef struct
{
  const char *name;
  StoreAnswer answer;
  guint requests;
  const char *ranges[4]; /* of the second and later requests */
} Same;

static const Same sames[] = {
  { "etag", same_etag, 2, { "100000-" } },
  { "weak-etag", weak_etag, 2, { "34464-" } },
  { "no-validator", no_validator, 2, { "34464-" } },
  { "other-etag", other_etag, 3, { "100000-", NULL } },
  { "other-node", other_node, 4, { "100000-", NULL, NULL } },
  { "other-date", other_date, 3, { "34464-", NULL } },
};

static void
test_same_file (gconstpointer data)
{
  const Same *same = data;
  Store store;
  g_autoptr (Owner) owner =
      store_open (&store, "/clip.mp4", same->answer, make_media (SIZE));

  G_STATIC_ASSERT (CUT - OVERLAP == 34464);
  owner_start (owner, &store.service);
  store_assert_collected (&store, owner);
  for (guint i = 1; i <= store.heads->len; i++)
    g_test_message ("%s", store_get_head (&store, i));
  g_assert_cmpuint (store.heads->len, ==, same->requests);
  for (guint i = 2; i <= same->requests; i++)
    assert_range (&store, i, same->ranges[i - 2]);
  for (guint i = 2; i <= same->requests; i++)
    g_assert_cmpint (
        strstr (store_get_head (&store, i), "\r\nIf-Range: W/") == NULL, ==,
        TRUE);
  store_close (&store);
}

static void
begins_otherwise (Store *self, GSocketConnection *connection, guint number)
{
  if (number == 1) {
    send_beginning (self, connection, "ETag: \"a\"\r\n");
    return;
  }
  wait_for_reader (self);
  send_other_file (self, connection, number, 10);
}

static void
differs_in_overlap (Store *self, GSocketConnection *connection, guint number)
{
  if (number == 1) {
    send_beginning (self, connection, "");
    return;
  }
  wait_for_reader (self);
  send_other_file (self, connection, number, CUT - 1);
}

static void
is_longer (Store *self, GSocketConnection *connection, guint number)
{
  if (number == 1) {
    send_beginning (self, connection, "ETag: \"a\"\r\n");
    return;
  }
  wait_for_reader (self);
  fixture_raw_send (self->raw, connection,
      "HTTP/1.1 206 Part\r\nETag: \"a\"\r\n"
      "Content-Range: bytes 100000-399999/400000\r\n\r\n");
}

/* Chunked, and shorter than the bytes that are already there. */
static void
is_shorter (Store *self, GSocketConnection *connection, guint number)
{
  const char *data = g_bytes_get_data (self->service.media, NULL);

  fixture_raw_send (self->raw, connection,
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
  if (number == 1) {
    fixture_raw_send (self->raw, connection, "186a0\r\n");
    fixture_raw_send_data (self->raw, connection, data, CUT);
    return;
  }
  wait_for_reader (self);
  fixture_raw_send (self->raw, connection, "c350\r\n");
  fixture_raw_send_data (self->raw, connection, data, CUT / 2);
  g_atomic_int_set (&self->keep, TRUE);
  fixture_raw_send (self->raw, connection, "\r\n0\r\n\r\n");
}

static void
once_another (Store *self, GSocketConnection *connection, guint number)
{
  if (number <= 3)
    begins_otherwise (self, connection, number);
  else
    store_send_asked (self, connection, number, "ETag: \"a\"\r\n");
}

typedef struct
{
  const char *name;
  StoreAnswer answer;
  gboolean passes;
} Other;

static const Other others[] = {
  { "begins-otherwise", begins_otherwise, FALSE },
  { "differs-in-overlap", differs_in_overlap, FALSE },
  { "is-longer", is_longer, FALSE },
  { "is-shorter", is_shorter, FALSE },
  { "passes", once_another, TRUE },
};

/* Bytes that were read are kept, and bytes of another file are never added. */
static void
test_other_file (gconstpointer data)
{
  const Other *other = data;
  Store store;
  g_autoptr (Owner) owner =
      store_open (&store, "/clip.mp4", other->answer, make_media (SIZE));
  g_autoptr (NanogptJobStatus) status = NULL;
  g_autoptr (NanogptClip) clip = NULL;
  g_autoptr (GBytes) begun = NULL;

  owner_start (owner, &store.service);
  status = owner_wait_until (owner, has_bytes, CUT);
  clip = nanogpt_job_get_clip (owner->job);
  begun = nanogpt_clip_read (clip, 0, CUT, NULL);
  g_assert_nonnull (begun);
  g_atomic_int_set (&store.read, TRUE);
  if (other->passes) {
    store_assert_collected (&store, owner);
  } else {
    owner_expect_error (owner, NANOGPT_ERROR_BAD_RESPONSE, TRUE);
    g_assert_cmpuint (nanogpt_clip_get_bytes (clip), ==, CUT);
  }
  store_close (&store);
}

/* Unexpected responses in the middle of a file */

static void
several_parts (Store *self, GSocketConnection *connection, guint number)
{
  if (number == 2)
    fixture_raw_send (self->raw, connection,
        "HTTP/1.1 206 Part\r\nContent-Type: multipart/byteranges; "
        "boundary=x\r\nContent-Length: 3\r\nConnection: close\r\n\r\n--x");
  else
    same_etag (self, connection, number);
}

static void
later_part (Store *self, GSocketConnection *connection, guint number)
{
  if (number == 2)
    store_send_part (self, connection, "", CUT + 1, SIZE, TRUE);
  else
    same_etag (self, connection, number);
}

static void
encoded_part (Store *self, GSocketConnection *connection, guint number)
{
  if (number == 2)
    store_send_part (
        self, connection, "Content-Encoding: gzip\r\n", CUT, SIZE, TRUE);
  else
    same_etag (self, connection, number);
}

static void
no_such_range (Store *self, GSocketConnection *connection, guint number)
{
  if (number > 1 && store_get_range (self, number) > 0)
    fixture_raw_send (self->raw, connection,
        "HTTP/1.1 416 No\r\nContent-Range: bytes */300000\r\n"
        "Content-Length: 0\r\nConnection: close\r\n\r\n");
  else
    same_etag (self, connection, number);
}

static void
expired (Store *self, GSocketConnection *connection, guint number)
{
  if (number == 2)
    fixture_raw_send (self->raw, connection,
        "HTTP/1.1 400 Bad Request\r\nContent-Type: application/xml\r\n"
        "Content-Length: 41\r\nConnection: close\r\n\r\n"
        "<Error><Code>ExpiredToken</Code></Error>\n");
  else
    same_etag (self, connection, number);
}

static void
identity (Store *self, GSocketConnection *connection, guint number)
{
  if (number == 1)
    send_beginning (
        self, connection, "ETag: \"a\"\r\nContent-Encoding: identity\r\n");
  else
    store_send_asked (self, connection, number,
        "ETag: \"a\"\r\nContent-Encoding: identity\r\n");
}

static const Same middles[] = {
  { "several-parts", several_parts, 3, { "100000-", NULL } },
  { "later-part", later_part, 3, { "100000-", NULL } },
  { "encoded-part", encoded_part, 3, { "100000-", NULL } },
  { "no-such-range", no_such_range, 3, { "100000-", NULL } },
  { "expired", expired, 3, { "100000-", "100000-" } },
  { "identity", identity, 2, { "100000-" } },
};

static void
unreadable (
    Store *self, GSocketConnection *connection, guint number G_GNUC_UNUSED)
{
  store_send_part (
      self, connection, "Content-Encoding: rot13\r\n", 0, SIZE, FALSE);
}

static void
test_unreadable_encoding (void)
{
  Store store;
  g_autoptr (Owner) owner =
      store_open (&store, "/clip.mp4", unreadable, make_media (SIZE));

  owner_start (owner, &store.service);
  owner_expect_error (owner, NANOGPT_ERROR_BAD_RESPONSE, TRUE);
  store_close (&store);
}

/* A reader far ahead */

#define LONG_SIZE 2000000
#define FAR 1500000

typedef enum
{
  AHEAD_SAME,    /* the same file, without a validator */
  AHEAD_TAGGED,  /* the same file, with its ETag in every answer */
  AHEAD_UNTAGGED /* another file, in a response that does not show it */
} AheadKind;

typedef struct
{
  const char *name;
  AheadKind kind;
  const char *etag; /* header of the first answer */
} Ahead;

static const Ahead aheads[] = {
  { "tagged", AHEAD_TAGGED, "ETag: \"a\"\r\n" },
  { "weak", AHEAD_SAME, "ETag: W/\"a\"\r\n" },
  { "no-validator", AHEAD_SAME, "" },
  { "other/no-validator", AHEAD_UNTAGGED, "" },
  { "other/weak", AHEAD_UNTAGGED, "ETag: W/\"a\"\r\n" },
  { "other/if-range-ignored", AHEAD_UNTAGGED, "ETag: \"a\"\r\n" },
};

static const Ahead *ahead; /* of the running test */

/* In the first response, the bytes for a reader that is far ahead are sent only
 * after another response has delivered them, and in a separate piece. */
static void
serve_ahead (Store *self, GSocketConnection *connection, guint number)
{
  gsize size;
  const char *data = g_bytes_get_data (self->service.media, &size);
  g_autofree char *other = g_memdup2 (data, size);
  gsize start = store_get_range (self, number);

  if (number == 1) {
    store_send_part (self, connection, ahead->etag, 0, CUT, FALSE);
    wait_for_reader (self);
    fixture_raw_send_data (self->raw, connection, data + CUT, FAR - CUT);
    wait_for_reader (self);
    fixture_raw_send_data (self->raw, connection, data + FAR, size - FAR);
    return;
  }
  if (ahead->kind != AHEAD_UNTAGGED) {
    store_send_part (self, connection,
        ahead->kind == AHEAD_TAGGED ? ahead->etag : "", start, size, TRUE);
    return;
  }
  for (gsize i = start; i < size; i++)
    other[i] ^= 1;
  store_send_part (self, connection, "", start, start, TRUE);
  fixture_raw_send_data (self->raw, connection, other + start, size - start);
}

/* A clip never has bytes of two files, whatever the validators are. */
static void
test_ahead (gconstpointer data)
{
  g_autoptr (FixtureWatchdog) watchdog = fixture_watchdog_new ("ahead", 60);
  Store store;
  g_autoptr (Owner) owner = NULL;
  g_autoptr (NanogptClip) clip = NULL;
  g_autoptr (GBytes) bytes = NULL;

  ahead = data;
  owner = store_open (&store, "/clip.mp4", serve_ahead, make_media (LONG_SIZE));
  owner_start (owner, &store.service);
  nanogpt_job_status_free (owner_wait_until (owner, has_bytes, CUT));
  clip = nanogpt_job_get_clip (owner->job);
  bytes = nanogpt_clip_read (clip, 0, CUT, NULL);
  nanogpt_job_want (owner->job, FAR);
  nanogpt_job_status_free (
      owner_wait_until (owner, has_bytes, CUT + LONG_SIZE - FAR));
  g_atomic_int_set (&store.read, TRUE);
  if (ahead->kind == AHEAD_UNTAGGED)
    owner_expect_error (owner, NANOGPT_ERROR_BAD_RESPONSE, TRUE);
  else
    store_assert_collected (&store, owner);
  store_close (&store);
}

/* Number of requests */

#define BLOCK (1 << 20)
#define N_BLOCKS 128

/* At full speed. */
static void
send_blocks (Store *self, GSocketConnection *connection, guint number)
{
  gsize size = (gsize)N_BLOCKS * BLOCK;
  gsize start = store_get_range (self, number);
  g_autofree guint8 *block = g_malloc0 (BLOCK);
  g_autofree char *head = g_strdup_printf (
      "HTTP/1.1 206 Part\r\nETag: \"a\"\r\nContent-Length: %zu\r\n"
      "Content-Range: bytes %zu-%zu/%zu\r\nConnection: close\r\n\r\n",
      size - start, start, size - 1, size);

  fixture_raw_send (self->raw, connection, head);
  while (start < size
      && fixture_raw_send_data (
          self->raw, connection, block, MIN (BLOCK, size - start)))
    start += MIN (BLOCK, size - start);
}

static gboolean
has_size (const NanogptJobStatus *status, guint64 size)
{
  return status->size == (gint64)size || status->error;
}

/* A reader that takes all bytes as soon as they are available, and asks for more
 * again and again, before the network thread has seen that and while bytes are
 * being stored, causes no further request. */
static void
test_keeps_up (void)
{
  g_autoptr (FixtureWatchdog) watchdog = fixture_watchdog_new ("keeps-up", 60);
  guint64 size = (guint64)N_BLOCKS * BLOCK;
  guint64 asked = 0;
  guint64 read = 0;
  guint n = 0;
  Store store;
  g_autoptr (Owner) owner =
      store_open (&store, "/clip.mp4", send_blocks, make_media (1));
  g_autoptr (NanogptJobStatus) status = NULL;
  g_autoptr (NanogptClip) clip = NULL;

  owner_start (owner, &store.service);
  status = owner_wait_until (owner, has_size, size);
  g_assert_no_error (status->error);
  clip = nanogpt_job_get_clip (owner->job);
  while (read < size) {
    read += nanogpt_clip_get_available (clip, read);
    if (read > asked || n++ % 32 == 0)
      nanogpt_job_want (owner->job, read);
    else
      g_thread_yield ();
    asked = read;
  }
  nanogpt_job_status_free (
      owner_wait_until (owner, has_come_to, NANOGPT_JOB_COMPLETE));
  g_assert_cmpuint (store.heads->len, ==, 1);
  store_close (&store);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (sames); i++)
    store_add_test ("same", sames[i].name, &sames[i], test_same_file);
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    store_add_test ("other", others[i].name, &others[i], test_other_file);
  for (guint i = 0; i < G_N_ELEMENTS (middles); i++)
    store_add_test ("middle", middles[i].name, &middles[i], test_same_file);
  for (guint i = 0; i < G_N_ELEMENTS (aheads); i++)
    store_add_test ("ahead", aheads[i].name, &aheads[i], test_ahead);
  g_test_add_func ("/download/keeps-up", test_keeps_up);
  g_test_add_func ("/download/encoding/unreadable", test_unreadable_encoding);
  return g_test_run ();
}
