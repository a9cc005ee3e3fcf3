/* nanovid: an example: a clip from a prompt, with a progress bar
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * cc make-clip.c -o make-clip $(pkg-config --cflags --libs gstreamer-1.0)
 * ./make-clip "a lighthouse at dusk" lighthouse.mp4
 *
 * Ctrl-C stops at once; the job continues, and the same command collects it. */

#include <glib-unix.h>
#include <glib/gstdio.h>
#include <gst/gst.h>
#include <unistd.h>

#define BAR_WIDTH 30
#define REDRAW_MS 200

typedef struct
{
  GMainLoop *loop;
  GstElement *pipeline;
  GstElement *source;
  gboolean is_terminal;
  gboolean interrupted;
  int status;
} App;

/* The bar */

/* Returns: the fraction from 0 to 1, or -1 if the progress is unknown */
static double
get_fraction (const GstStructure *job)
{
  guint64 bytes, size;
  int percent;

  if (gst_structure_get_uint64 (job, "size", &size) && size > 0
      && gst_structure_get_uint64 (job, "bytes", &bytes))
    return bytes / (double)size;
  if (gst_structure_get_int (job, "progress", &percent))
    return percent / 100.0;
  return -1;
}

/* If the progress is unknown, a block moves back and forth. */
static void
fill_bar (char *bar, double fraction, double seconds)
{
  int position = (int)(seconds * 5) % (2 * BAR_WIDTH);

  if (position >= BAR_WIDTH)
    position = 2 * BAR_WIDTH - 1 - position;
  for (int i = 0; i < BAR_WIDTH; i++) {
    gboolean full =
        fraction < 0 ? ABS (i - position) < 2 : i < (int)(fraction * BAR_WIDTH);
    bar[i] = full ? '#' : '.';
  }
  bar[BAR_WIDTH] = '\0';
}

static gboolean
draw_bar (gpointer user_data)
{
  App *app = user_data;
  g_autoptr (GstStructure) job = NULL;
  char bar[BAR_WIDTH + 1];
  guint64 elapsed = 0;
  double seconds;

  g_object_get (app->source, "job", &job, NULL);
  if (job) {
    gst_structure_get_uint64 (job, "elapsed", &elapsed);
    seconds = elapsed / (double)GST_SECOND;
    fill_bar (bar, get_fraction (job), seconds);
    g_print ("\r[%s] %5.1f s  %-12s", bar, seconds,
        gst_structure_get_string (job, "state"));
  }
  return G_SOURCE_CONTINUE;
}

static void
clear_bar (App *app)
{
  if (app->is_terminal)
    g_print ("\r%*s\r", BAR_WIDTH + 30, "");
}

/* The bus */

static void
finish (App *app, int status)
{
  app->status = status;
  g_main_loop_quit (app->loop);
}

/* For the user: which job it is, what it costs, how to collect it. */
static void
show_progress (App *app, GstMessage *message)
{
  g_autofree char *text = NULL;

  gst_message_parse_progress (message, NULL, NULL, &text);
  clear_bar (app);
  g_print ("%s\n", text);
}

/* For programs: without a terminal, one line for each state. */
static void
show_job (App *app, GstMessage *message)
{
  const GstStructure *job = gst_message_get_structure (message);

  if (!app->is_terminal)
    g_print ("state: %s\n", gst_structure_get_string (job, "state"));
}

static void
show_error (App *app, GstMessage *message)
{
  g_autoptr (GError) error = NULL;
  const GstStructure *details = NULL;
  gboolean charged = FALSE;

  gst_message_parse_error (message, &error, NULL);
  gst_message_parse_error_details (message, &details);
  if (details)
    gst_structure_get_boolean (details, "may-have-been-charged", &charged);
  clear_bar (app);
  g_printerr (
      "%s%s\n", error->message, charged ? " (this may have been charged)" : "");
}

static gboolean
on_message (GstBus *bus G_GNUC_UNUSED, GstMessage *message, gpointer user_data)
{
  App *app = user_data;

  switch (GST_MESSAGE_TYPE (message)) {
    case GST_MESSAGE_PROGRESS:
      show_progress (app, message);
      break;
    case GST_MESSAGE_ELEMENT:
      if (gst_message_has_name (message, "nanovid-job"))
        show_job (app, message);
      break;
    case GST_MESSAGE_ERROR:
      show_error (app, message);
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
on_interrupt (gpointer user_data)
{
  App *app = user_data;

  app->interrupted = TRUE;
  finish (app, 130);
  return G_SOURCE_CONTINUE;
}

/* Messages posted while the pipeline stops are never shown. */
static void
say_how_to_collect (App *app)
{
  g_autofree char *run_id = NULL;

  g_object_get (app->source, "run-id", &run_id, NULL);
  if (run_id) {
    g_printerr (
        "Stopped. Job %s continues and is charged. To collect its clip, run "
        "the same command again, or\n"
        "  gst-launch-1.0 nanovidsrc run-id=%s ! filesink location=clip.mp4\n",
        run_id, run_id);
  } else {
    g_printerr ("Stopped\n");
  }
}

/* The pipeline */

static gboolean
build (App *app, const char *prompt, const char *location, GError **error)
{
  g_autoptr (GstElement) sink = NULL;

  app->pipeline =
      gst_parse_launch ("nanovidsrc name=source ! filesink name=sink", error);
  if (!app->pipeline)
    return FALSE;

  app->source = gst_bin_get_by_name (GST_BIN (app->pipeline), "source");
  sink = gst_bin_get_by_name (GST_BIN (app->pipeline), "sink");
  g_object_set (app->source, "prompt", prompt, NULL);
  g_object_set (sink, "location", location, NULL);
  return TRUE;
}

static void
run (App *app)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (app->pipeline);
  guint bar = 0;
  guint interrupt;

  app->loop = g_main_loop_new (NULL, FALSE);
  gst_bus_add_watch (bus, on_message, app);
  interrupt = g_unix_signal_add (SIGINT, on_interrupt, app);
  if (app->is_terminal)
    bar = g_timeout_add (REDRAW_MS, draw_bar, app);

  gst_element_set_state (app->pipeline, GST_STATE_PLAYING);
  g_main_loop_run (app->loop);
  gst_element_set_state (app->pipeline, GST_STATE_NULL);

  clear_bar (app);
  if (app->interrupted)
    say_how_to_collect (app);
  if (bar > 0)
    g_source_remove (bar);
  g_source_remove (interrupt);
  gst_bus_remove_watch (bus);
  g_main_loop_unref (app->loop);
}

int
main (int argc, char **argv)
{
  App app = { .is_terminal = isatty (STDOUT_FILENO), .status = 1 };
  g_autofree char *part = NULL;
  g_autoptr (GError) error = NULL;

  gst_init (&argc, &argv);
  if (argc != 3) {
    g_printerr ("Usage: %s PROMPT FILE\n", argv[0]);
    return 2;
  }

  /* FILE is either complete or absent. */
  part = g_strconcat (argv[2], ".part", NULL);
  if (!build (&app, argv[1], part, &error)) {
    g_printerr ("%s\n", error->message);
    return 1;
  }
  run (&app);
  gst_object_unref (app.source);
  gst_object_unref (app.pipeline);

  if (app.status == 0 && g_rename (part, argv[2]) == 0)
    g_print ("%s\n", argv[2]);
  else
    g_unlink (part);
  return app.status;
}
