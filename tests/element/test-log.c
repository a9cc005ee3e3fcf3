/* nanovid: test of what the debug category nanogpt logs, and what it withholds
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "element/player.h"
#include "fixture/env.h"
#include "fixture/media.h"
#include "fixture/server.h"

#define SIGNED "sig=" PLAYER_KEY

/* All log messages, one per line. */
typedef struct
{
  GMutex lock;
  GString *text;
  gboolean prompt_above_debug;
} Log;

static void
keep_line (GstDebugCategory *category, GstDebugLevel level,
    const char *file G_GNUC_UNUSED, const char *function G_GNUC_UNUSED,
    int line G_GNUC_UNUSED, GObject *object G_GNUC_UNUSED,
    GstDebugMessage *message, gpointer data)
{
  Log *self = data;
  const char *text = gst_debug_message_get (message);
  g_autofree char *name = g_strdup (gst_debug_level_get_name (level));

  if (strcmp (gst_debug_category_get_name (category), "nanogpt") != 0)
    return;
  g_mutex_lock (&self->lock);
  g_string_append_printf (self->text, "%s %s\n", g_strchomp (name), text);
  if (level < GST_LEVEL_DEBUG && strstr (text, "lighthouse"))
    self->prompt_above_debug = TRUE;
  g_mutex_unlock (&self->lock);
}

/* A service that goes through all faults that can be ridden out, and puts the
 * key wherever it can. */

static void
send_on (SoupServerMessage *message, const char *location)
{
  soup_server_message_set_status (message, 307, NULL);
  soup_message_headers_append (
      soup_server_message_get_response_headers (message), "Location", location);
}

static void
answer_submit (
    SoupServerMessage *message, const FixtureRequest *request, guint number)
{
  SoupMessageHeaders *headers =
      soup_server_message_get_response_headers (message);

  soup_message_headers_append (headers, "X-Request-ID",
      number == 1 ? "req-" PLAYER_KEY
                  : "req-\x01\xff"
                    "2");
  if (number == 1) {
    soup_message_headers_append (headers, "Retry-After", "1");
    fixture_respond_json (message, 429,
        "{\"error\":{\"code\":\"rate_limit_exceeded\",\"message\":"
        "\"Not so fast, " PLAYER_KEY ": a lighthouse\"}}");
  } else if (!request->query) {
    send_on (message, "/api/generate-video?" SIGNED);
  } else {
    fixture_respond_json (message, 202,
        "{\"runId\":\"vid_1\",\"status\":\"pending\","
        "\"model\":\"seedance-lite-video\",\"cost\":0.25}");
  }
}

static void
answer_unified (SoupServerMessage *message, guint number, const char *origin)
{
  g_autofree char *completed = NULL;

  if (number == 1) {
    fixture_respond_json (message, 502, "no gateway");
    return;
  }
  completed = g_strdup_printf (
      "{\"data\":{\"status\":\"COMPLETED\","
      "\"output\":{\"video\":{\"url\":\"%s/clip?" SIGNED "\"}}}}",
      origin);
  fixture_respond_json (message, 200, completed);
}

static void
answer (FixtureServer *server, SoupServerMessage *message,
    const FixtureRequest *request, guint number G_GNUC_UNUSED, gpointer data)
{
  guint nth = fixture_server_count (server, request->path);

  if (g_str_equal (request->path, "/api/generate-video"))
    answer_submit (message, request, nth);
  else if (g_str_equal (request->path, "/api/generate-video/status"))
    fixture_respond_json (message, 404, "{\"error\":\"no such endpoint\"}");
  else if (g_str_equal (request->path, "/api/video/status"))
    answer_unified (message, nth, fixture_server_get_url (server));
  else if (g_str_equal (request->path, "/clip"))
    fixture_respond_bytes (message, "video/mp4", data);
}

/* Fails unless each of @patterns matches, in this order. */
static void
assert_order (const char *text, const char *const *patterns)
{
  for (; *patterns; patterns++) {
    g_autoptr (GRegex) regex =
        g_regex_new (*patterns, G_REGEX_MULTILINE, 0, NULL);
    g_autoptr (GMatchInfo) match = NULL;
    int end;

    if (!g_regex_match (regex, text, 0, &match))
      g_error ("\"%s\" is not in: %s", *patterns, text);
    g_match_info_fetch_pos (match, 0, NULL, &end);
    text += end;
  }
}

static void
test_failures (void)
{
  static const char *const patterns[] = {
    "^TRACE POST /api/generate-video$",
    "^DEBUG POST /api/generate-video: HTTP 429 after \\d+ ms, "
    "X-Request-ID req-\\(key\\)$",
    "^WARN submit: refused, the next has to wait for 1000 ms$",
    "^DEBUG POST /api/generate-video: fails after \\d+ ms: .*"
    "\\(may pass, from the service itself, nothing was taken\\)$",
    "^DEBUG submit: failure 1 \\(limited\\), again in 1[0-9]{3} ms$",
    "^DEBUG POST /api/generate-video: HTTP 307 after \\d+ ms, "
    "X-Request-ID req- .2$",
    "^INFO POST /api/generate-video: is sent on to "
    "http://127.0.0.1:\\d+/api/generate-video$",
    "^DEBUG POST /api/generate-video: HTTP 202 after",
    "^DEBUG GET /api/generate-video/status: HTTP 404 after",
    "^INFO HTTP 404: the job is asked for at /api/video/status$",
    "^DEBUG GET /api/video/status: HTTP 502 after \\d+ ms, X-Request-ID none$",
    "^DEBUG poll: failure 1 \\(broken\\), again in \\d+ ms$",
    "^DEBUG GET /api/video/status: HTTP 200 after",
    NULL,
  };
  g_autoptr (GBytes) clip = fixture_media_bytes (FIXTURE_MEDIA_MP4);
  g_autoptr (FixtureServer) server = fixture_server_new ();
  g_autoptr (Player) player = player_new (NULL,
      "nanovidsrc name=source prompt=\"a lighthouse\" model=seedance-lite-video "
      "! fakesink sync=false");
  Log log = { .text = g_string_new (NULL) };

  fixture_server_set_handler (server, answer, clip, NULL);
  g_object_set (
      player->source, "base-url", fixture_server_get_url (server), NULL);
  gst_debug_set_active (TRUE);
  gst_debug_set_threshold_from_string ("nanogpt:7", TRUE);
  gst_debug_add_log_function (keep_line, &log, NULL);
  player_run (player);
  player_set_state (player, GST_STATE_NULL);
  gst_debug_remove_log_function (keep_line);

  g_test_message ("%s", log.text->str);
  assert_order (log.text->str, patterns);
  g_assert_null (strstr (log.text->str, PLAYER_KEY));
  g_assert_null (strstr (log.text->str, "sig="));
  g_assert_false (log.prompt_above_debug);
  g_string_free (log.text, TRUE);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  gst_init (&argc, &argv);

  g_test_add_func ("/log/failures", test_failures);
  return g_test_run ();
}
