/* nanovid: an example: a film whose prompts are typed while it plays
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * cc push-prompts.c -o push-prompts $(pkg-config --cflags --libs gstreamer-1.0)
 * ./push-prompts film.mkv
 *
 * Each line is the prompt of a clip; Ctrl-D ends the film after the last of them,
 * Ctrl-C at once. A line such as "10 a lighthouse" asks for a clip of ten seconds. */

#include <glib-unix.h>
#include <gst/gst.h>
#include <stdlib.h>
#include <string.h>

#define PIPELINE                                                               \
  "nanovidchannel name=channel on-error=skip "                                 \
  "matroskamux name=mux ! filesink name=sink "                                 \
  "channel.video_src ! queue ! x264enc ! mux. "                                \
  "channel.audio_src ! queue ! audioconvert ! avenc_aac ! mux."

typedef struct
{
  GMainLoop *loop;
  GstElement *pipeline;
  GstElement *channel;
  int status;
} App;

static void
finish (App *app, int status)
{
  app->status = status;
  g_main_loop_quit (app->loop);
}

/* The line may start with the clip's duration, followed by the prompt. */
static void
push_prompt (App *app, const char *line)
{
  g_autoptr (GstStructure) options = NULL;
  char *prompt;
  guint64 seconds = g_ascii_strtoull (line, &prompt, 10);
  guint64 number;

  if (seconds > 0 && seconds <= 60 && *prompt == ' ')
    options = gst_structure_new (
        "options", "duration", G_TYPE_UINT, (guint)seconds, NULL);
  else
    prompt = (char *)line;

  g_signal_emit_by_name (
      app->channel, "push-prompt", g_strstrip (prompt), options, &number);
  if (number == G_MAXUINT64)
    g_printerr ("Too many prompts are waiting; this one was not taken\n");
  else
    g_print ("Prompt %" G_GUINT64_FORMAT " was taken\n", number);
}

static gboolean
on_input (
    GIOChannel *input, GIOCondition condition G_GNUC_UNUSED, gpointer user_data)
{
  App *app = user_data;
  g_autofree char *line = NULL;

  if (g_io_channel_read_line (input, &line, NULL, NULL, NULL)
      != G_IO_STATUS_NORMAL) {
    g_signal_emit_by_name (app->channel, "end-prompts");
    return G_SOURCE_REMOVE;
  }
  g_strstrip (line);
  if (*line)
    push_prompt (app, line);
  return G_SOURCE_CONTINUE;
}

/* The film so far is complete; clips in progress are kept for another run. */
static gboolean
on_interrupt (gpointer user_data)
{
  App *app = user_data;

  gst_element_send_event (app->pipeline, gst_event_new_eos ());
  return G_SOURCE_REMOVE;
}

static void
show_clip (const GstStructure *clip)
{
  const char *prompt = gst_structure_get_string (clip, "prompt");
  guint64 time = 0;

  gst_structure_get_uint64 (clip, "running-time", &time);
  g_print (
      "%" GST_TIME_FORMAT "  %s\n", GST_TIME_ARGS (time), prompt ? prompt : "");
}

static gboolean
on_message (GstBus *bus G_GNUC_UNUSED, GstMessage *message, gpointer user_data)
{
  App *app = user_data;
  g_autoptr (GError) error = NULL;

  switch (GST_MESSAGE_TYPE (message)) {
    case GST_MESSAGE_ELEMENT:
      if (gst_message_has_name (message, "nanovid-clip"))
        show_clip (gst_message_get_structure (message));
      break;
    case GST_MESSAGE_WARNING:
      gst_message_parse_warning (message, &error, NULL);
      g_printerr ("%s\n", error->message);
      break;
    case GST_MESSAGE_ERROR:
      gst_message_parse_error (message, &error, NULL);
      g_printerr ("%s\n", error->message);
      finish (app, 1);
      break;
    case GST_MESSAGE_EOS:
      finish (app, 0);
      break;
    default:
      break;
  }
  return G_SOURCE_CONTINUE;
}

static gboolean
build (App *app, const char *location, GError **error)
{
  g_autoptr (GstElement) sink = NULL;

  app->pipeline = gst_parse_launch (PIPELINE, error);
  if (!app->pipeline)
    return FALSE;
  app->channel = gst_bin_get_by_name (GST_BIN (app->pipeline), "channel");
  sink = gst_bin_get_by_name (GST_BIN (app->pipeline), "sink");
  g_object_set (sink, "location", location, NULL);
  return TRUE;
}

static void
run (App *app)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (app->pipeline);
  g_autoptr (GIOChannel) input = g_io_channel_unix_new (0);

  app->loop = g_main_loop_new (NULL, FALSE);
  gst_bus_add_watch (bus, on_message, app);
  g_io_add_watch (input, G_IO_IN | G_IO_HUP, on_input, app);
  g_unix_signal_add (SIGINT, on_interrupt, app);
  gst_element_set_state (app->pipeline, GST_STATE_PLAYING);
  g_main_loop_run (app->loop);
  gst_element_set_state (app->pipeline, GST_STATE_NULL);
  gst_bus_remove_watch (bus);
  g_main_loop_unref (app->loop);
}

int
main (int argc, char **argv)
{
  App app = { NULL };
  g_autoptr (GError) error = NULL;

  gst_init (&argc, &argv);
  if (argc != 2) {
    g_printerr ("Usage: %s FILE.mkv\n", argv[0]);
    return EXIT_FAILURE;
  }
  if (!build (&app, argv[1], &error)) {
    g_printerr ("%s\n", error->message);
    return EXIT_FAILURE;
  }
  run (&app);
  gst_clear_object (&app.channel);
  gst_clear_object (&app.pipeline);
  return app.status;
}
