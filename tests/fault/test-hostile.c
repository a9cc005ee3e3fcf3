/* nanovid: tests of responses that no honest server gives
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <string.h>

#include "fault/row.h"
#include "fixture/env.h"
#include "fixture/media.h"
#include "misbehavior.h"

#define SUBMIT "/api/generate-video"
#define STATUS "/api/generate-video/status"
#define CLIP "/clip.mp4"

/* The maximum that a job may allocate in addition to what it holds anyway. */
#define MAX_GROWTH (48 << 20)

struct _Hostile
{
  FaultRow row;           /* the charges count submits that were sent */
  const char *path;       /* requests for this path are answered so */
  guint times;            /* how often; 0 for always */
  const char *answer;     /* head and body, sent as they are */
  const char *json;       /* or only the body, for status 200 */
  Misbehave misbehave;    /* or by a function */
  const char *properties; /* of the element */
  gboolean alarms;        /* libsoup warns and continues */
};

/* Rows */

#define COMPLETED(url)                                                         \
  "{\"data\":{\"status\":\"COMPLETED\",\"output\":{\"video\":{\"url\":" url    \
  "}}}}"
#define FAST "retries=1 timeout=2 http-timeout=1"

static const Hostile hostiles[] = {
  { .row = { "poll", "20 MB of JSON", "timed-out", NULL, 1, 4 },
      .path = STATUS,
      .misbehave = misbehave_large_json,
      .properties = FAST },
  { .row = { "poll", "a body without end", "timed-out", NULL, 1, 4 },
      .path = STATUS,
      .misbehave = misbehave_endless_body,
      .properties = FAST },
  { .row = { "poll", "chunks without end", "timed-out", NULL, 1, 4 },
      .path = STATUS,
      .misbehave = misbehave_endless_chunks,
      .properties = FAST },
  { .row = { "poll", "trailers without end", "timed-out", NULL, 1, 4 },
      .path = STATUS,
      .misbehave = misbehave_endless_trailers,
      .properties = FAST },
  { .row = { "poll", "a gigabyte of gzip", "timed-out", NULL, 1, 4 },
      .path = STATUS,
      .misbehave = misbehave_zip_bomb,
      .properties = FAST },
  { .row = { "poll", "100 000 levels of arrays", "timed-out", NULL, 1, 4 },
      .path = STATUS,
      .misbehave = misbehave_nested_json,
      .properties = FAST },
  { .row = { "poll", "100 000 levels of objects", "timed-out", NULL, 1, 4 },
      .path = STATUS,
      .misbehave = misbehave_nested_objects,
      .properties = FAST },
  { .row = { "poll", "NUL bytes", "timed-out", NULL, 1, 4 },
      .path = STATUS,
      .misbehave = misbehave_nul_bytes,
      .properties = FAST },
  { .row = { "poll", "broken UTF-8", "timed-out", NULL, 1, 4 },
      .path = STATUS,
      .json =
          "{\"data\":{\"status\":\"IN_PROGRESS\",\"details\":\"\xff\xfe\"}}",
      .properties = FAST },
  { .row = { "poll", "headers without end", "timed-out", NULL, 1, 4 },
      .path = STATUS,
      .misbehave = misbehave_endless_headers,
      .properties = FAST },
  { .row = { "poll", "one header without end", "timed-out", NULL, 1, 4 },
      .path = STATUS,
      .misbehave = misbehave_endless_header,
      .properties = FAST },
  { .row = { "poll", "100 Continue without end", "timed-out", NULL, 1, 4 },
      .path = STATUS,
      .misbehave = misbehave_endless_continue,
      .properties = FAST },
  { .row = { "poll", "headers, a byte at a time", "timed-out", NULL, 1, 4 },
      .path = STATUS,
      .misbehave = misbehave_dripped_headers,
      .properties = FAST },
  { .row = { "poll", "a body, a byte at a time", "timed-out", NULL, 1, 4 },
      .path = STATUS,
      .misbehave = misbehave_dripped_body,
      .properties = FAST },
  { .row = { "poll", "connection reset", "timed-out", NULL, 1, 4 },
      .path = STATUS,
      .misbehave = misbehave_reset,
      .properties = FAST },
  { .row = { "poll", "no HTTP at all", "timed-out", NULL, 1, 4 },
      .path = STATUS,
      .answer = "SSH-2.0-OpenSSH_9.2\r\n",
      .properties = FAST },
  { .row = { "poll", "HTTP/9.9", "timed-out", NULL, 1, 4 },
      .path = STATUS,
      .answer = "HTTP/9.9 200 OK\r\nContent-Length: 2\r\n\r\n{}",
      .properties = FAST },
  { .row = { "poll", "status 999", "timed-out", NULL, 1, 4 },
      .path = STATUS,
      .answer = "HTTP/1.1 999 Odd\r\nContent-Length: 2\r\n\r\n{}",
      .properties = FAST },
  { .row = { "poll", "101 Switching Protocols", "timed-out", NULL, 1, 4 },
      .path = STATUS,
      .answer = "HTTP/1.1 101 Switching\r\nUpgrade: odd\r\n\r\n",
      .properties = FAST },
  { .row = { "poll", "401 that asks for a password", "timed-out", NULL, 1, 4 },
      .path = STATUS,
      .answer = "HTTP/1.1 401 Who?\r\nWWW-Authenticate: Basic realm=\"x\"\r\n"
                "WWW-Authenticate: Digest realm=\"x\", nonce=\"1\"\r\n"
                "WWW-Authenticate: Negotiate\r\nContent-Length: 0\r\n\r\n",
      .properties = FAST },
  { .row = { "poll", "negative Content-Length", NULL, "read to the end", 1, 4 },
      .path = STATUS,
      .times = 1,
      .answer = "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n{\"data\":{}}",
      .properties = FAST,
      .alarms = TRUE },
  { .row = { "poll", "Content-Length beyond every number", NULL, NULL, 1, 5 },
      .path = STATUS,
      .times = 1,
      .answer = "HTTP/1.1 200 OK\r\nContent-Length: "
                "999999999999999999999999999999\r\n\r\n{\"data\":{}}" },
  { .row = { "poll", "Content-Length and chunks", NULL, NULL, 1, 5 },
      .path = STATUS,
      .times = 1,
      .answer = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n"
                "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
                "b\r\n{\"data\":{}}\r\n0\r\n\r\n" },
  { .row = { "poll", "a chunk of negative size", NULL, NULL, 1, 5 },
      .path = STATUS,
      .times = 1,
      .answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                "-b\r\n{\"data\":{}}\r\n0\r\n\r\n" },
  { .row = { "poll", "a chunk of 2^64 bytes", NULL, NULL, 1, 5 },
      .path = STATUS,
      .times = 1,
      .answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                "ffffffffffffffff\r\n{\"data\":{}}\r\n" },
  { .row = { "poll", "a cookie", NULL, "not sent back", 1, 4 },
      .path = STATUS,
      .times = 1,
      .answer = "HTTP/1.1 200 OK\r\nSet-Cookie: a=b; Path=/\r\n"
                "Content-Length: 11\r\n\r\n{\"data\":{}}" },
  { .row = { "poll", "302 without Location", "timed-out", NULL, 1, 4 },
      .path = STATUS,
      .answer = "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n",
      .properties = FAST },

  /* Where the clip is */
  { .row = { "poll", "a URL of a megabyte", "bad-response", NULL, 1, 3 },
      .path = STATUS,
      .misbehave = misbehave_long_url },
  { .row = { "poll", "a file: URL", "bad-response", NULL, 1, 3 },
      .path = STATUS,
      .json = COMPLETED ("\"file:///etc/passwd\"") },
  { .row = { "poll", "a data: URL", "bad-response", NULL, 1, 3 },
      .path = STATUS,
      .json = COMPLETED ("\"data:video/mp4;base64,AAAA\"") },
  { .row = { "poll", "an http: URL elsewhere", "bad-response", NULL, 1, 3 },
      .path = STATUS,
      .json = COMPLETED ("\"http://192.0.2.1/clip.mp4\"") },
  { .row = { "poll", "a URL without a scheme, elsewhere", "bad-response", NULL,
        1, 3 },
      .path = STATUS,
      .json = COMPLETED ("\"//192.0.2.1/clip.mp4\"") },
  { .row = { "poll", "a URL with userinfo", "bad-response", NULL, 1, 3 },
      .path = STATUS,
      .json = COMPLETED ("\"https://user:secret@192.0.2.1/clip.mp4\"") },
  { .row = { "poll", "a URL with line breaks", NULL, "sent encoded", 1, 3 },
      .path = STATUS,
      .json = COMPLETED ("\"" CLIP "?\\r\\nX-Evil: 1\\r\\n\"") },
  { .row = { "poll", "an empty URL", "bad-response", NULL, 1, 4 },
      .path = STATUS,
      .json = COMPLETED ("\"\""),
      .properties = FAST },
  { .row = { "poll", "a number for a URL", "bad-response", NULL, 1, 4 },
      .path = STATUS,
      .json = COMPLETED ("42"),
      .properties = FAST },

  /* Submit */
  { .row = { "submit", "20 MB of JSON", "submit-unknown", NULL, 1, 4 },
      .path = SUBMIT,
      .misbehave = misbehave_large_json,
      .properties = FAST },
  { .row = { "submit", "headers, a byte at a time", "submit-unknown", NULL, 1,
        4 },
      .path = SUBMIT,
      .misbehave = misbehave_dripped_headers,
      .properties = FAST },
  { .row = { "submit", "headers without end", "submit-unknown", NULL, 1, 4 },
      .path = SUBMIT,
      .misbehave = misbehave_endless_headers,
      .properties = FAST },
  { .row = { "submit", "a run id that is a path", NULL, "sent encoded", 1, 4 },
      .path = SUBMIT,
      .json =
          "{\"runId\":\"../../etc/passwd?a=b&c#d\",\"status\":\"pending\"}" },
  { .row = { "submit", "a run id with line breaks", "submit-unknown", NULL, 1,
        4 },
      .path = SUBMIT,
      .json = "{\"runId\":\"a\\r\\nX-Evil: 1\\r\\n\\r\\n\"}",
      .properties = FAST },
  { .row = { "submit", "a run id of percent signs", NULL, "no format string", 1,
        4 },
      .path = SUBMIT,
      .json = "{\"runId\":\"%s%s%n%n%99999d\"}" },
  { .row = { "submit", "a number for a run id", "submit-unknown", NULL, 1, 4 },
      .path = SUBMIT,
      .json = "{\"runId\":{},\"status\":17}",
      .properties = FAST },
  { .row = { "submit", "a cost beyond every number", "submit-unknown", NULL, 1,
        4 },
      .path = SUBMIT,
      .json = "{\"runId\":\"vid_1\",\"cost\":1e999}",
      .properties = FAST },

  /* Download */
  { .row = { "download", "headers, a byte at a time", "network", NULL, 1, 5 },
      .path = CLIP,
      .misbehave = misbehave_dripped_headers,
      .properties = FAST },
  { .row = { "download", "100 Continue without end", "network", NULL, 1, 5 },
      .path = CLIP,
      .misbehave = misbehave_endless_continue,
      .properties = FAST },
  { .row = { "download", "headers without end", "network", NULL, 1, 5 },
      .path = CLIP,
      .misbehave = misbehave_endless_headers,
      .properties = FAST },
  { .row = { "download", "a body without end", "too-large", NULL, 1, 5 },
      .path = CLIP,
      .misbehave = misbehave_endless_clip,
      .properties = FAST " max-size=100000" },
  { .row = { "download", "trailers without end", "bad-response", NULL, 1, 5 },
      .path = CLIP,
      .misbehave = misbehave_endless_trailers,
      .properties = FAST },
  { .row = { "download", "a gigabyte of gzip", "too-large", NULL, 1, 5 },
      .path = CLIP,
      .misbehave = misbehave_zip_bomb,
      .properties = FAST " max-size=100000" },
  { .row = { "download", "connection reset", "network", NULL, 1, 4 },
      .path = CLIP,
      .misbehave = misbehave_reset,
      .properties = FAST },
  { .row = { "download", "Content-Length beyond every number", "network", NULL,
        1, 4 },
      .path = CLIP,
      .answer = "HTTP/1.1 200 OK\r\nContent-Length: "
                "999999999999999999999999999999\r\n\r\n",
      .properties = FAST },
  { .row = { "download", "Content-Length of 2^62", "too-large", NULL, 1, 3 },
      .path = CLIP,
      .answer = "HTTP/1.1 200 OK\r\nContent-Length: "
                "4611686018427387904\r\n\r\n" },
  { .row = { "download", "a part that nobody asked for", "bad-response", NULL,
        1, 3 },
      .path = CLIP,
      .answer = "HTTP/1.1 206 Part\r\nContent-Range: bytes 100-109/1000\r\n"
                "Content-Length: 10\r\n\r\n0123456789" },
  { .row = { "download", "a part that says not which", "bad-response", NULL, 1,
        3 },
      .path = CLIP,
      .answer = "HTTP/1.1 206 Part\r\nContent-Length: 10\r\n\r\n0123456789" },
  { .row = { "download", "a part of a negative range", "bad-response", NULL, 1,
        3 },
      .path = CLIP,
      .answer = "HTTP/1.1 206 Part\r\nContent-Range: bytes -9--1/-5\r\n"
                "Content-Length: 10\r\n\r\n0123456789" },
  { .row = { "download", "several parts in one", "bad-response", NULL, 1, 3 },
      .path = CLIP,
      .answer = "HTTP/1.1 206 Part\r\nContent-Type: multipart/byteranges; "
                "boundary=x\r\nContent-Length: 3\r\n\r\n--x" },
  { .row = { "download", "a part that is longer than the rest", NULL,
        "the rest is dropped", 1, 4 },
      .path = CLIP,
      .times = 2,
      .misbehave = misbehave_overlong_part },
  { .row = { "download", "a part that begins later than asked", NULL,
        "all of it is asked for", 1, 4 },
      .path = CLIP,
      .times = 2,
      .misbehave = misbehave_misplaced_part },
  { .row = { "download", "a part that begins earlier than asked", NULL,
        "what is there is skipped", 1, 4 },
      .path = CLIP,
      .times = 2,
      .misbehave = misbehave_overlapping_part },
  { .row = { "download", "a part of a file that has shrunk", "bad-response",
        NULL, 1, 4 },
      .path = CLIP,
      .times = 2,
      .misbehave = misbehave_shrunken_part },
  { .row = { "download", "said to be gzip, and is not", NULL, NULL, 1, 4 },
      .path = CLIP,
      .misbehave = misbehave_encoded_clip },
  { .row = { "download", "gzip, against what was asked for", NULL, NULL, 1, 4 },
      .path = CLIP,
      .misbehave = misbehave_gzipped_clip },
  { .row = { "download", "gzip, and cut off", NULL, "no ranges of it", 1, 5 },
      .path = CLIP,
      .times = 1,
      .misbehave = misbehave_half_gzipped_clip },
  { .row = { "download", "no length, only an end", NULL, NULL, 1, 4 },
      .path = CLIP,
      .misbehave = misbehave_untold_length },
  { .row = { "download", "204 at first", NULL, "asked again", 1, 5 },
      .path = CLIP,
      .times = 2,
      .answer = "HTTP/1.1 204 No\r\n\r\n" },
  { .row = { "download", "304", "server", NULL, 1, 4 },
      .path = CLIP,
      .answer = "HTTP/1.1 304 No\r\n\r\n",
      .properties = FAST },
  { .row = { "download", "302 without Location", "bad-response", NULL, 1, 4 },
      .path = CLIP,
      .answer = "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n" },
};

/* The service, honest except for the row */

static char *
get_path (const char *head)
{
  const char *start = strchr (head, ' ');
  gsize length = start ? strcspn (start + 1, " ?\r\n") : 0;

  return g_strndup (start ? start + 1 : "", length);
}

static gsize
get_range (const char *head)
{
  const char *range = strstr (head, "Range: bytes=");

  return range ? g_ascii_strtoull (range + strlen ("Range: bytes="), NULL, 10)
               : 0;
}

static void
answer_clip (Service *self, GSocketConnection *connection, const char *head)
{
  gsize size = g_bytes_get_size (self->clip);
  gsize offset = MIN (get_range (head), size);
  g_autofree char *text = g_strdup_printf (
      "HTTP/1.1 %s\r\nContent-Length: %" G_GSIZE_FORMAT
      "\r\nContent-Range: bytes %" G_GSIZE_FORMAT "-%" G_GSIZE_FORMAT
      "/%" G_GSIZE_FORMAT "\r\nConnection: close\r\n\r\n",
      offset > 0 ? "206 Part" : "200 OK", size - offset, offset, size - 1,
      size);

  fixture_raw_send (self->raw, connection, text);
  service_send_clip (self, connection, offset);
}

static void
answer_honestly (Service *self, GSocketConnection *connection, const char *path,
    const char *head)
{
  if (g_str_equal (path, SUBMIT))
    service_send_json (
        self, connection, "{\"runId\":\"vid_1\",\"status\":\"pending\"}");
  else if (g_str_equal (path, STATUS))
    service_send_json (self, connection, COMPLETED ("\"" CLIP "\""));
  else if (g_str_has_suffix (path, "/recover"))
    service_send_json (self, connection, "{\"data\":[]}");
  else if (g_str_equal (path, CLIP))
    answer_clip (self, connection, head);
  else
    fixture_raw_send (self->raw, connection,
        "HTTP/1.1 404 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
}

static void
answer (Service *self, GSocketConnection *connection, const char *head)
{
  const Hostile *hostile = self->hostile;
  g_autofree char *path = get_path (head);
  gboolean meant = g_str_equal (path, hostile->path);

  if (g_str_equal (path, SUBMIT))
    g_atomic_int_inc (&self->submits);
  if (strstr (head, "\r\nCookie:") || strstr (head, "\r\nX-Evil:"))
    g_atomic_int_inc (&self->planted);
  if (meant)
    g_atomic_int_inc (&self->asked);

  if (!meant
      || (hostile->times > 0
          && (guint)g_atomic_int_get (&self->asked) > hostile->times))
    answer_honestly (self, connection, path, head);
  else if (hostile->misbehave)
    hostile->misbehave (self, connection);
  else if (hostile->json)
    service_send_json (self, connection, hostile->json);
  else
    fixture_raw_send (self->raw, connection, hostile->answer);
}

static void
serve (FixtureRaw *raw, GSocketConnection *connection,
    guint number G_GNUC_UNUSED, gpointer user_data)
{
  Service *self = user_data;
  g_autofree char *head = NULL;

  self->raw = raw;
  if (fixture_raw_read_request (raw, connection, &head))
    answer (self, connection, head);
}

/* Memory */

static gsize
get_memory (const char *field)
{
  g_autofree char *status = NULL;
  const char *line;

  g_assert_true (
      g_file_get_contents ("/proc/self/status", &status, NULL, NULL));
  line = strstr (status, field);
  g_assert_nonnull (line);
  return g_ascii_strtoull (line + strlen (field) + 1, NULL, 10) << 10;
}

/* Resets the high-water mark, so that it is the test's from here on. */
static gsize
begin_memory (void)
{
  FILE *file = fopen ("/proc/self/clear_refs", "w");

  g_assert_nonnull (file);
  g_assert_cmpint (fputs ("5", file), >=, 0);
  g_assert_cmpint (fclose (file), ==, 0);
  return get_memory ("VmRSS:");
}

static void
test_hostile (gconstpointer data)
{
  const Hostile *hostile = data;
  g_autofree char *state_dir = fixture_make_dir ();
  g_autoptr (GBytes) clip = fixture_media_bytes (FIXTURE_MEDIA_MP4);
  Service service = { .hostile = hostile, .clip = clip };
  g_autoptr (FixtureRaw) raw = fixture_raw_new (serve, &service);
  g_autoptr (Player) player = player_new (NULL,
      "nanovidsrc name=source prompt=\"a lighthouse\" state-dir=%s %s "
      "! fakesink sync=false",
      state_dir, hostile->properties ? hostile->properties : "");
  gsize before, growth;

  g_object_set (player->source, "base-url", fixture_raw_get_url (raw), NULL);
  g_log_set_always_fatal (
      G_LOG_FATAL_MASK | (hostile->alarms ? 0 : G_LOG_LEVEL_CRITICAL));
  before = begin_memory ();
  fault_row_play (&hostile->row, player, clip);
  /* The kernel may update the peak a little late. */
  growth = MAX (get_memory ("VmHWM:"), before) - before;
  g_test_message ("%" G_GSIZE_FORMAT " kB more", growth >> 10);
  /* Sanitizers keep freed memory. */
  if (fixture_scaled (1) == 1)
    g_assert_cmpuint (growth, <, MAX_GROWTH);
  g_assert_cmpint (
      g_atomic_int_get (&service.submits), ==, (int)hostile->row.charges);
  g_assert_cmpint (g_atomic_int_get (&service.asked), >, 0);
  g_assert_cmpint (g_atomic_int_get (&service.planted), ==, 0);
  player_set_state (player, GST_STATE_NULL);
}

int
main (int argc, char **argv)
{
  if (argc > 1 && g_str_equal (argv[1], "--print")) {
    fault_row_print_head ();
    for (guint i = 0; i < G_N_ELEMENTS (hostiles); i++)
      fault_row_print (&hostiles[i].row, hostiles[i].properties);
    return 0;
  }
  fixture_init (&argc, &argv);
  gst_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (hostiles); i++) {
    g_autofree char *path = fault_row_get_test_path (&hostiles[i].row);

    g_test_add_data_func (path, &hostiles[i], test_hostile);
  }
  return g_test_run ();
}
