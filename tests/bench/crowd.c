/* nanovid: many pipelines in one process, measured from outside
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* crowd N [DESCRIPTION [FILE]]
 *
 * Plays N pipelines and ends when all of them have ended, or when stdin is
 * closed.
 *
 * A %u in DESCRIPTION is the pipeline's number, from 0, and a %s is that line
 * of FILE. Without DESCRIPTION, each pipeline is a source that never has
 * anything to push, to measure what any pipeline needs. */

#include <gst/base/gstpushsrc.h>
#include <unistd.h>

typedef struct
{
  GstPushSrc parent;
  GMutex lock;
  GCond cond;
  gboolean flushing;
} IdleSrc;

typedef struct
{
  GstPushSrcClass parent;
} IdleSrcClass;

static GType idle_src_get_type (void);
G_DEFINE_TYPE (IdleSrc, idle_src, GST_TYPE_PUSH_SRC)

static GstFlowReturn
idle_src_create (GstPushSrc *src, GstBuffer **buffer G_GNUC_UNUSED)
{
  IdleSrc *self = (IdleSrc *)src;

  g_mutex_lock (&self->lock);
  while (!self->flushing)
    g_cond_wait (&self->cond, &self->lock);
  g_mutex_unlock (&self->lock);
  return GST_FLOW_FLUSHING;
}

static gboolean
idle_src_unlock (GstBaseSrc *src)
{
  IdleSrc *self = (IdleSrc *)src;

  g_mutex_lock (&self->lock);
  self->flushing = TRUE;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->lock);
  return TRUE;
}

static void
idle_src_init (IdleSrc *self)
{
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
}

static void
idle_src_class_init (IdleSrcClass *klass)
{
  static GstStaticPadTemplate template = GST_STATIC_PAD_TEMPLATE (
      "src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);

  gst_element_class_set_static_metadata (GST_ELEMENT_CLASS (klass),
      "Idle source", "Source", "Never has anything to push",
      "the nanovid authors");
  gst_element_class_add_static_pad_template (
      GST_ELEMENT_CLASS (klass), &template);
  GST_BASE_SRC_CLASS (klass)->unlock = idle_src_unlock;
  GST_PUSH_SRC_CLASS (klass)->create = idle_src_create;
}

typedef struct
{
  GMainLoop *loop;
  int playing; /* atomic */
} Crowd;

/* Nothing is passed to the main loop, which would have to watch every bus. */
static GstBusSyncReply
on_message (GstBus *bus G_GNUC_UNUSED, GstMessage *message, gpointer data)
{
  Crowd *crowd = data;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
    g_autoptr (GError) error = NULL;

    gst_message_parse_error (message, &error, NULL);
    g_error ("%s: %s", GST_MESSAGE_SRC_NAME (message), error->message);
  }
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS
      && g_atomic_int_dec_and_test (&crowd->playing))
    g_main_loop_quit (crowd->loop);
  return GST_BUS_DROP;
}

static gboolean
on_stdin (GIOChannel *channel G_GNUC_UNUSED,
    GIOCondition condition G_GNUC_UNUSED, gpointer data)
{
  g_main_loop_quit (data);
  return G_SOURCE_REMOVE;
}

static char *
replace (const char *text, const char *what, const char *with)
{
  g_auto (GStrv) parts = g_strsplit (text, what, -1);

  return g_strjoinv (with, parts);
}

static GstElement *
make_pipeline (const char *description, guint number, const char *line)
{
  g_autofree char *digits = g_strdup_printf ("%u", number);
  g_autofree char *numbered = replace (description, "%u", digits);
  g_autofree char *whole = replace (numbered, "%s", line);
  g_autoptr (GError) error = NULL;
  GstElement *pipeline = gst_parse_launch (whole, &error);

  if (error)
    g_error ("%s", error->message);
  return pipeline;
}

static GStrv
read_lines (const char *path)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  if (!g_file_get_contents (path, &text, NULL, &error))
    g_error ("%s", error->message);
  return g_strsplit (text, "\n", -1);
}

int
main (int argc, char **argv)
{
  g_autoptr (GPtrArray) pipelines = g_ptr_array_new ();
  g_autoptr (GIOChannel) channel = g_io_channel_unix_new (STDIN_FILENO);
  Crowd crowd = { g_main_loop_new (NULL, FALSE), 0 };
  g_auto (GStrv) lines = NULL;
  guint count;

  gst_init (&argc, &argv);
  if (argc < 2 || argc > 4)
    g_error ("usage: crowd N [DESCRIPTION [FILE]]");
  gst_element_register (NULL, "idlesrc", GST_RANK_NONE, idle_src_get_type ());
  g_io_add_watch (channel, G_IO_IN | G_IO_HUP, on_stdin, crowd.loop);

  crowd.playing = count = g_ascii_strtoull (argv[1], NULL, 10);
  if (argc > 3) {
    lines = read_lines (argv[3]);
    if (g_strv_length (lines) < count)
      g_error ("%s has too few lines", argv[3]);
  }
  for (guint i = 0; i < count; i++) {
    GstElement *pipeline = make_pipeline (
        argc > 2 ? argv[2] : "idlesrc ! fakesink", i, lines ? lines[i] : "");
    g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);

    gst_bus_set_sync_handler (bus, on_message, &crowd, NULL);
    gst_element_set_state (pipeline, GST_STATE_PLAYING);
    g_ptr_array_add (pipelines, pipeline);
  }
  g_main_loop_run (crowd.loop);

  for (guint i = 0; i < count; i++) {
    g_autoptr (GstElement) pipeline = g_ptr_array_index (pipelines, i);

    gst_element_set_state (pipeline, GST_STATE_NULL);
  }
  g_main_loop_unref (crowd.loop);
  return 0;
}
