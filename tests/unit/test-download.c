/* nanovid: tests of downloading a clip from servers of all kinds
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <signal.h>
#include <sys/resource.h>

#include "fixture/media.h"
#include "fixture/raw.h"
#include "fixture/watchdog.h"
#include "job-service.h"

#define SUBMIT "/api/generate-video"
#define STATUS "/api/generate-video/status"

#define SIZE 300000
#define CUT 100000

/* Bytes that are downloaded again for comparison. */
#define OVERLAP 65536

typedef struct _Store Store;

/* Sends the response to request number @number for the clip, from 1. */
typedef void (*Answer) (
    Store *self, GSocketConnection *connection, guint number);

/* A service with one job whose clip is at @url, and a store that serves it. */
struct _Store
{
  Service service; /* only its settings and media are set */
  FixtureRaw *raw;
  const char *url;
  Answer answer;
  GMutex lock;
  GPtrArray *heads; /* of the requests for the clip */
  gint submits;
  gint read; /* the reader has bytes of the clip */
  gint keep; /* keep connections open */
};

static void
send_json (Store *self, GSocketConnection *connection, const char *json)
{
  g_autofree char *text = g_strdup_printf (
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
      "Content-Length: %" G_GSIZE_FORMAT "\r\nConnection: close\r\n\r\n%s",
      strlen (json), json);

  fixture_raw_send (self->raw, connection, text);
}

static gboolean
serve_request (Store *self, GSocketConnection *connection)
{
  g_autofree char *status = g_strdup_printf (
      "{\"data\":{\"status\":\"COMPLETED\",\"output\":{\"video\":{\"url\":\"%s\""
      "}}}}",
      self->url);
  g_autofree char *head = NULL;
  guint number;

  if (!fixture_raw_read_request (self->raw, connection, &head))
    return FALSE;
  if (g_str_has_prefix (head, "GET " STATUS)) {
    send_json (self, connection, status);
    return FALSE;
  }
  if (g_str_has_prefix (head, "POST " SUBMIT)) {
    g_atomic_int_inc (&self->submits);
    send_json (
        self, connection, "{\"runId\":\"vid_1\",\"status\":\"pending\"}");
    return FALSE;
  }
  if (g_str_has_prefix (head, "GET /api/")) {
    fixture_raw_send (self->raw, connection,
        "HTTP/1.1 404 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    return FALSE;
  }
  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->heads, g_steal_pointer (&head));
  number = self->heads->len;
  g_mutex_unlock (&self->lock);
  self->answer (self, connection, number);
  return g_atomic_int_get (&self->keep);
}

static void
serve (FixtureRaw *raw, GSocketConnection *connection,
    guint connections G_GNUC_UNUSED, gpointer data)
{
  Store *self = data;

  self->raw = raw;
  while (serve_request (self, connection))
    continue;
}

/* @media: (transfer full) */
static Owner *
store_open (Store *self, const char *url, Answer answer, GBytes *media)
{
  g_autoptr (GError) error = NULL;
  NanogptSettings *settings = nanogpt_settings_new ();
  FixtureRaw *raw;

  *self = (Store){ .url = url, .answer = answer };
  self->heads = g_ptr_array_new_with_free_func (g_free);
  g_mutex_init (&self->lock);
  raw = fixture_raw_new (serve, self);
  self->raw = raw;
  self->service.media = media;
  self->service.settings = settings;
  settings->api_key = g_strdup (KEY);
  settings->base_url = g_strdup (fixture_raw_get_url (raw));
  settings->state_dir = fixture_make_dir ();
  settings->spool_dir = fixture_make_dir ();
  settings->poll_interval = 20;
  settings->retries = 3;
  nanogpt_settings_resolve (settings, &error);
  g_assert_no_error (error);
  return service_ask (&self->service, "a lighthouse");
}

static void
store_close (Store *self)
{
  /* Its handlers use @self until it is freed. */
  g_object_unref (self->raw);
  g_clear_pointer (&self->heads, g_ptr_array_unref);
  g_clear_pointer (&self->service.settings, nanogpt_settings_free);
  g_clear_pointer (&self->service.media, g_bytes_unref);
  g_mutex_clear (&self->lock);
}

static void
assert_collected (Store *self, Owner *owner)
{
  g_autoptr (NanogptJobStatus) status =
      owner_wait_until (owner, has_come_to, NANOGPT_JOB_COMPLETE);

  g_assert_no_error (status->error);
  assert_clip (owner->job, self->service.media);
}

static const char *
get_head (Store *self, guint number)
{
  const char *head;

  g_mutex_lock (&self->lock);
  g_assert_cmpuint (number, <=, self->heads->len);
  head = g_ptr_array_index (self->heads, number - 1);
  g_mutex_unlock (&self->lock);
  return head;
}

static void
assert_range (Store *self, guint number, const char *range)
{
  const char *found = strstr (get_head (self, number), "\r\nRange: ");
  g_autofree char *line =
      range ? g_strdup_printf ("\r\nRange: bytes=%s\r\n", range) : NULL;

  if (range) {
    g_assert_nonnull (found);
    g_assert_true (g_str_has_prefix (found, line));
  } else {
    g_assert_null (found);
  }
}

/* Sends the clip's bytes from @start up to @end, with a 206 response if @part
 * is set, with @headers, and with the length of all the rest. */
static void
send_part (Store *self, GSocketConnection *connection, const char *headers,
    gsize start, gsize end, gboolean part)
{
  gsize size;
  const char *data = g_bytes_get_data (self->service.media, &size);
  g_autofree char *range = g_strdup_printf ("Content-Range: bytes %zu-%zu/%zu"
                                            "\r\n",
      start, size - 1, size);
  g_autofree char *head = g_strdup_printf (
      "HTTP/1.1 %s\r\n%s%sContent-Length: %zu\r\nConnection: close\r\n\r\n",
      part ? "206 Part" : "200 OK", headers, part ? range : "", size - start);

  fixture_raw_send (self->raw, connection, head);
  fixture_raw_send_data (self->raw, connection, data + start, end - start);
}

static gsize
get_range (Store *self, guint number)
{
  const char *range = strstr (get_head (self, number), "\r\nRange: bytes=");

  return range
      ? g_ascii_strtoull (range + strlen ("\r\nRange: bytes="), NULL, 10)
      : 0;
}

/* The file is the same, whatever the request says about it. */
static void
send_asked (Store *self, GSocketConnection *connection, guint number,
    const char *headers)
{
  gsize start = get_range (self, number);

  send_part (self, connection, headers, start, SIZE, start > 0);
}

static void
send_beginning (Store *self, GSocketConnection *connection, const char *headers)
{
  send_part (self, connection, headers, 0, CUT, FALSE);
}

/* URLs */

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
send_file (Store *self, GSocketConnection *connection, guint number)
{
  send_asked (self, connection, number, "ETag: \"a\"\r\n");
}

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
    send_asked (self, connection, number, "");
}

static void
check_target (const Target *target, const char *url, gboolean redirected)
{
  Store store;
  g_autoptr (Owner) owner = store_open (&store, redirected ? "/first" : url,
      redirected ? redirect : send_file, make_media (SIZE));
  g_autofree char *expected = g_strdup_printf (
      "GET %s HTTP/1.1\r\n", target->target ? target->target : target->url);

  g_object_set_data_full (
      G_OBJECT (store.raw), "location", g_strdup (url), g_free);
  owner_start (owner, &store.service);
  assert_collected (&store, owner);
  g_test_message ("%s: %s", url, get_head (&store, redirected ? 2 : 1));
  g_assert_true (
      g_str_has_prefix (get_head (&store, redirected ? 2 : 1), expected));
  g_assert_null (strstr (get_head (&store, 1), "\r\nX-Evil"));
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
      store_open (&store, NULL, send_file, make_media (SIZE));
  g_autofree char *url =
      g_strconcat (fixture_raw_get_url (store.raw), target.url, NULL);
  g_autofree char *line = g_strdup_printf ("GET %s HTTP/1.1\r\n", target.url);

  store.url = url;
  owner_start (owner, &store.service);
  assert_collected (&store, owner);
  g_assert_true (g_str_has_prefix (get_head (&store, 1), line));
  store_close (&store);
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
  send_asked (&other, connection, number, "ETag: \"b\"\r\n");
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
    send_asked (self, connection, number, "ETag: \"a\"\r\n");
}

static void
weak_etag (Store *self, GSocketConnection *connection, guint number)
{
  if (number == 1)
    send_beginning (self, connection, "ETag: W/\"a\"\r\n");
  else
    send_asked (self, connection, number, "ETag: W/\"a\"\r\n");
}

static void
no_validator (Store *self, GSocketConnection *connection, guint number)
{
  if (number == 1)
    send_beginning (self, connection, "");
  else
    send_asked (self, connection, number, "");
}

/* Responds with a part in spite of If-Range, but with another ETag. */
static void
other_etag (Store *self, GSocketConnection *connection, guint number)
{
  if (number == 1)
    send_beginning (self, connection, "ETag: \"a\"\r\n");
  else
    send_asked (self, connection, number, "ETag: \"a-gzip\"\r\n");
}

/* Responds with the whole file, because the ETag differs, and cuts it off
 * before the bytes that are already there. */
static void
other_node (Store *self, GSocketConnection *connection, guint number)
{
  static const char *const etags[] = { "ETag: \"a\"\r\n", "ETag: W/\"a\"\r\n",
    "ETag: \"b\"\r\n", "ETag: \"c\"\r\n" };

  send_part (self, connection, etags[MIN (number, 4) - 1], 0,
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
    send_asked (self, connection, number,
        "Last-Modified: Thu, 01 Jan 2026 00:00:01 GMT\r\n");
}

typedef struct
{
  const char *name;
  Answer answer;
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
  assert_collected (&store, owner);
  for (guint i = 1; i <= store.heads->len; i++)
    g_test_message ("%s", get_head (&store, i));
  g_assert_cmpuint (store.heads->len, ==, same->requests);
  for (guint i = 2; i <= same->requests; i++)
    assert_range (&store, i, same->ranges[i - 2]);
  for (guint i = 2; i <= same->requests; i++)
    g_assert_cmpint (
        strstr (get_head (&store, i), "\r\nIf-Range: W/") == NULL, ==, TRUE);
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
    send_asked (self, connection, number, "ETag: \"a\"\r\n");
}

typedef struct
{
  const char *name;
  Answer answer;
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
    assert_collected (&store, owner);
  } else {
    owner_expect_error (owner, NANOGPT_ERROR_BAD_RESPONSE, TRUE);
    g_assert_cmpuint (nanogpt_clip_get_bytes (clip), ==, CUT);
  }
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
  gsize start = get_range (self, number);

  if (number == 1) {
    send_part (self, connection, ahead->etag, 0, CUT, FALSE);
    wait_for_reader (self);
    fixture_raw_send_data (self->raw, connection, data + CUT, FAR - CUT);
    wait_for_reader (self);
    fixture_raw_send_data (self->raw, connection, data + FAR, size - FAR);
    return;
  }
  if (ahead->kind != AHEAD_UNTAGGED) {
    send_part (self, connection, ahead->kind == AHEAD_TAGGED ? ahead->etag : "",
        start, size, TRUE);
    return;
  }
  for (gsize i = start; i < size; i++)
    other[i] ^= 1;
  send_part (self, connection, "", start, start, TRUE);
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
    assert_collected (&store, owner);
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
  gsize start = get_range (self, number);
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

/* A reader that takes all bytes as soon as they are available, and asks for
 * more before the network thread has seen that, causes no further request. */
static void
test_keeps_up (void)
{
  g_autoptr (FixtureWatchdog) watchdog = fixture_watchdog_new ("keeps-up", 60);
  guint64 size = (guint64)N_BLOCKS * BLOCK;
  guint64 asked = 0;
  guint64 read = 0;
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
    if (read > asked)
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
  Answer answer;
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
  assert_collected (&store, owner);
  if (end->requests > 0)
    g_assert_cmpuint (store.heads->len, ==, end->requests);
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
    send_part (self, connection, "", CUT + 1, SIZE, TRUE);
  else
    same_etag (self, connection, number);
}

static void
encoded_part (Store *self, GSocketConnection *connection, guint number)
{
  if (number == 2)
    send_part (self, connection, "Content-Encoding: gzip\r\n", CUT, SIZE, TRUE);
  else
    same_etag (self, connection, number);
}

static void
no_such_range (Store *self, GSocketConnection *connection, guint number)
{
  if (number > 1 && get_range (self, number) > 0)
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
    send_asked (self, connection, number,
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
  send_part (self, connection, "Content-Encoding: rot13\r\n", 0, SIZE, FALSE);
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
  { "told", NULL, send_file, 0 },
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
  assert_collected (&store, owner);
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
  Answer answer;
  gint64 room; /* of max-size, in addition to the clip's size */
  gboolean fits;
} max_sizes[] = {
  { "told", send_file, 0, TRUE },
  { "untold", chunked_open, 0, TRUE },
  { "told-larger", send_file, -1, FALSE },
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
    assert_collected (&store, owner);
  else
    owner_expect_error (owner, NANOGPT_ERROR_RESULT_TOO_LARGE, TRUE);
  store_close (&store);
}

static void
add (const char *group, const char *name, gconstpointer data,
    GTestDataFunc function)
{
  g_autofree char *path = g_strdup_printf ("/download/%s/%s", group, name);

  g_test_add_data_func (path, data, function);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (targets); i++)
    add ("target", targets[i].name, &targets[i], test_target);
  g_test_add_func ("/download/target/absolute", test_absolute_target);
  for (guint i = 0; i < G_N_ELEMENTS (sames); i++)
    add ("same", sames[i].name, &sames[i], test_same_file);
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    add ("other", others[i].name, &others[i], test_other_file);
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    add ("end", ends[i].name, &ends[i], test_end);
  for (guint i = 0; i < G_N_ELEMENTS (middles); i++)
    add ("middle", middles[i].name, &middles[i], test_same_file);
  for (guint i = 0; i < G_N_ELEMENTS (full_spools); i++)
    add ("full-spool", full_spools[i].name, &full_spools[i], test_full_spool);
  for (guint i = 0; i < G_N_ELEMENTS (max_sizes); i++)
    add ("max-size", max_sizes[i].name, GUINT_TO_POINTER (i), test_max_size);
  for (guint i = 0; i < G_N_ELEMENTS (aheads); i++)
    add ("ahead", aheads[i].name, &aheads[i], test_ahead);
  g_test_add_func ("/download/keeps-up", test_keeps_up);
  g_test_add_func ("/download/encoding/unreadable", test_unreadable_encoding);
  return g_test_run ();
}
