/* nanovid: a service that accepts every job and records the requests
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "element/inbox.h"

#include <gst/app/app.h>
#include <gst/gst.h>
#include <string.h>

#include "fixture/env.h"
#include "fixture/media.h"

#define SUBMIT "/api/generate-video"

static void
answer (FixtureServer *server G_GNUC_UNUSED, SoupServerMessage *message,
    const FixtureRequest *request, guint number, gpointer data)
{
  Inbox *self = data;
  g_autofree char *text = NULL;

  if (g_str_equal (request->path, SUBMIT)) {
    text = g_strdup_printf (
        "{\"runId\":\"vid_%u\",\"status\":\"pending\",\"cost\":0.1}", number);
    fixture_respond_json (message, 202, text);
  } else if (g_str_equal (request->path, SUBMIT "/status")) {
    fixture_respond_json (message, 200,
        self->pending ? "{\"data\":{\"status\":\"IN_PROGRESS\"}}"
                      : "{\"data\":{\"status\":\"COMPLETED\","
                        "\"output\":{\"video\":{\"url\":\"/clip\"}}}}");
  } else if (g_str_equal (request->path, "/clip")) {
    fixture_respond_bytes (message, "video/webm", self->clip);
  }
}

Inbox *
inbox_new (void)
{
  Inbox *self = g_new0 (Inbox, 1);

  self->clip = fixture_media_bytes (FIXTURE_MEDIA_WEBM);
  self->server = fixture_server_new ();
  fixture_server_set_handler (self->server, answer, self, NULL);
  return self;
}

void
inbox_free (Inbox *self)
{
  g_object_unref (self->server);
  g_bytes_unref (self->clip);
  g_free (self);
}

const char *
inbox_get_url (Inbox *self)
{
  return fixture_server_get_url (self->server);
}

Player *
inbox_create_player (Inbox *self, const char *line)
{
  Player *player = player_new (NULL, "%s", line);

  g_object_set (player->source, "base-url", inbox_get_url (self), NULL);
  return player;
}

void
inbox_run (Inbox *self, const char *line)
{
  g_autoptr (Player) player = inbox_create_player (self, line);

  player_run (player);
}

guint
inbox_count (Inbox *self)
{
  return fixture_server_count (self->server, SUBMIT);
}

void
inbox_wait (Inbox *self, guint count)
{
  fixture_server_wait (self->server, SUBMIT, count, 10);
}

JsonObject *
inbox_get (Inbox *self, guint index)
{
  const FixtureRequest *request =
      fixture_server_get (self->server, SUBMIT, index + 1);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (request);
  json_parser_load_from_data (parser, g_bytes_get_data (request->body, NULL),
      g_bytes_get_size (request->body), &error);
  g_assert_no_error (error);
  return json_object_ref (json_node_get_object (json_parser_get_root (parser)));
}

GBytes *
inbox_decode (const char *value, const char *type)
{
  g_autofree char *head = g_strdup_printf ("data:%s;base64,", type);
  guchar *data;
  gsize size;

  if (!g_str_has_prefix (value, head))
    g_error ("no %s: %.60s", type, value);
  data = g_base64_decode (value + strlen (head), &size);
  return g_bytes_new_take (data, size);
}

GBytes *
inbox_get_file (Inbox *self, guint index, const char *name, const char *type)
{
  g_autoptr (JsonObject) body = inbox_get (self, index);

  if (!json_object_has_member (body, name))
    g_error ("there is no %s", name);
  return inbox_decode (json_object_get_string_member (body, name), type);
}

/* Returns: (transfer full): everything that a pipeline for a file outputs */
static GByteArray *
decode (GBytes *file, const char *stages, GstCaps **caps)
{
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *path = g_build_filename (dir, "file", NULL);
  g_autofree char *line = g_strdup_printf (
      "filesrc location=%s ! decodebin ! %s ! appsink name=sink sync=false",
      path, stages);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) pipeline = NULL;
  g_autoptr (GstElement) sink = NULL;
  GByteArray *all = g_byte_array_new ();
  GstSample *sample;

  g_file_set_contents (
      path, g_bytes_get_data (file, NULL), g_bytes_get_size (file), &error);
  g_assert_no_error (error);
  pipeline = gst_parse_launch (line, &error);
  g_assert_no_error (error);
  sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  while ((sample = gst_app_sink_try_pull_sample (GST_APP_SINK (sink),
              (GstClockTime)(fixture_scaled (10) * GST_SECOND)))) {
    GstBuffer *buffer = gst_sample_get_buffer (sample);
    guint size = gst_buffer_get_size (buffer);

    g_byte_array_set_size (all, all->len + size);
    gst_buffer_extract (buffer, 0, all->data + all->len - size, size);
    gst_caps_replace (caps, gst_sample_get_caps (sample));
    gst_sample_unref (sample);
  }
  g_assert_true (gst_app_sink_is_eos (GST_APP_SINK (sink)));
  gst_element_set_state (pipeline, GST_STATE_NULL);
  return all;
}

static char
name_color (const guint8 *pixel)
{
  static const char names[] = "KBG?R?YW";
  guint index = 0;

  for (guint i = 0; i < 3; i++)
    index = index << 1 | (pixel[i] > 127);
  return names[index];
}

char *
inbox_describe_picture (GBytes *picture)
{
  g_autoptr (GstCaps) caps = NULL;
  g_autoptr (GByteArray) pixels = decode (picture,
      "videoconvert ! videoscale add-borders=false ! "
      "video/x-raw,format=BGRx,width=16,height=16,pixel-aspect-ratio=1/1",
      &caps);
  static const guint corners[] = { 0, 15, 15 * 16, 15 * 16 + 15 };
  char *text = g_malloc0 (5);

  g_assert_cmpuint (pixels->len, ==, 16 * 16 * 4);
  for (guint i = 0; i < 4; i++) {
    const guint8 *p = pixels->data + corners[i] * 4;

    text[i] = name_color ((const guint8[]){ p[2], p[1], p[0] });
  }
  return text;
}

double
inbox_measure_sound (GBytes *sound, double *seconds)
{
  g_autoptr (GstCaps) caps = NULL;
  g_autoptr (GByteArray) bytes = decode (sound,
      "audioconvert ! audio/x-raw,format=S16LE,channels=1,"
      "layout=interleaved",
      &caps);
  const gint16 *samples = (const gint16 *)bytes->data;
  guint n = bytes->len / sizeof *samples;
  guint crossings = 0;
  int rate;

  g_assert_nonnull (caps);
  gst_structure_get_int (gst_caps_get_structure (caps, 0), "rate", &rate);
  for (guint i = 1; i < n; i++)
    crossings += samples[i - 1] < 0 && samples[i] >= 0;
  *seconds = (double)n / rate;
  return crossings / *seconds;
}
