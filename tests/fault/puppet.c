/* nanovid: a program that plays, stops and forks on command
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* puppet STATE-DIR SPOOL-DIR
 *
 * Reads commands from stdin, one per line:
 *
 *   play NAME FILE  starts the pipeline NAME, a new one or one that was stopped
 *   stop NAME       sets it to NULL, and keeps it
 *   drop NAME       sets it to NULL, and removes it
 *   eos NAME        sends EOS, and sets it to NULL when EOS has arrived
 *   fork            forks a child that lives until file descriptor 3 is closed
 *
 * When a command is done, prints it ("stop NAME"); when a pipeline ends by
 * itself, prints "end NAME" or "error NAME REASON TEXT". Exits at the end of
 * its input; SIGINT sets all pipelines to NULL first, and SIGTERM none. */

#include <fcntl.h>
#include <glib-unix.h>
#include <gst/gst.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define LIFELINE 3

typedef struct
{
  char *name;
  GstElement *pipeline;
  gboolean told; /* a command requested the end */
} Play;

static const char *state_dir;
static const char *spool_dir;
static GHashTable *plays; /* name -> Play */
static GMainLoop *loop;

static void
play_free (gpointer data)
{
  Play *self = data;
  g_autoptr (GstBus) bus = gst_element_get_bus (self->pipeline);

  gst_bus_remove_watch (bus);
  gst_element_set_state (self->pipeline, GST_STATE_NULL);
  gst_object_unref (self->pipeline);
  g_free (self->name);
  g_free (self);
}

static void
report_error (Play *self, GstMessage *message)
{
  g_autoptr (GError) error = NULL;
  const GstStructure *details = NULL;
  const char *reason;

  gst_message_parse_error (message, &error, NULL);
  gst_message_parse_error_details (message, &details);
  reason = details ? gst_structure_get_string (details, "reason") : NULL;
  g_print ("error %s %s %s\n", self->name, reason ? reason : "-",
      g_strdelimit (error->message, "\n", ' '));
}

static gboolean
on_message (GstBus *bus, GstMessage *message, gpointer data)
{
  Play *self = data;

  if (!(GST_MESSAGE_TYPE (message) & (GST_MESSAGE_EOS | GST_MESSAGE_ERROR)))
    return G_SOURCE_CONTINUE;
  gst_element_set_state (self->pipeline, GST_STATE_NULL);
  /* Drops what base classes post after the first error. */
  gst_bus_set_flushing (bus, TRUE);
  gst_bus_set_flushing (bus, FALSE);
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    report_error (self, message);
  else
    g_print ("%s %s\n", self->told ? "eos" : "end", self->name);
  return G_SOURCE_CONTINUE;
}

/* With every stock source, EOS that is sent between the first buffer and
 * PLAYING hangs, so the sink is not async. */
static Play *
play_new (const char *name)
{
  Play *self = g_new0 (Play, 1);
  g_autofree char *line = g_strdup_printf (
      "nanovidsrc prompt=lighthouse poll-interval=20 state-dir=%s spool-dir=%s "
      "! filesink name=sink async=false",
      state_dir, spool_dir);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstBus) bus = NULL;

  self->name = g_strdup (name);
  self->pipeline = gst_parse_launch (line, &error);
  g_assert_no_error (error);
  bus = gst_element_get_bus (self->pipeline);
  gst_bus_add_watch (bus, on_message, self);
  return self;
}

static void
play (const char *name, const char *file)
{
  Play *self = g_hash_table_lookup (plays, name);
  g_autoptr (GstElement) sink = NULL;

  if (!self) {
    self = play_new (name);
    g_hash_table_insert (plays, self->name, self);
  }
  self->told = FALSE;
  sink = gst_bin_get_by_name (GST_BIN (self->pipeline), "sink");
  g_object_set (sink, "location", file, NULL);
  gst_element_set_state (self->pipeline, GST_STATE_PLAYING);
}

/* The child has copies of everything that the parent has open, and no running
 * threads. */
static void
fork_child (void)
{
  char c;

  if (fork () != 0)
    return;
  while (read (LIFELINE, &c, 1) > 0)
    continue;
  _exit (0);
}

static void
obey (const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", 3);
  const char *name = words[1];
  Play *self = name ? g_hash_table_lookup (plays, name) : NULL;

  if (g_str_equal (words[0], "play")) {
    play (name, words[2]);
  } else if (g_str_equal (words[0], "fork")) {
    fork_child ();
  } else if (g_str_equal (words[0], "stop")) {
    gst_element_set_state (self->pipeline, GST_STATE_NULL);
  } else if (g_str_equal (words[0], "drop")) {
    g_hash_table_remove (plays, name);
  } else if (GST_STATE_TARGET (self->pipeline) == GST_STATE_PLAYING) {
    self->told = TRUE;
    gst_element_send_event (self->pipeline, gst_event_new_eos ());
    return;
  }
  g_print ("%s %s\n", words[0], name ? name : "");
}

static gboolean
on_input (GIOChannel *input, GIOCondition condition G_GNUC_UNUSED,
    gpointer data G_GNUC_UNUSED)
{
  g_autofree char *line = NULL;

  if (g_io_channel_read_line (input, &line, NULL, NULL, NULL)
      == G_IO_STATUS_NORMAL) {
    obey (g_strchomp (line));
    return G_SOURCE_CONTINUE;
  }
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

static gboolean
on_interrupt (gpointer data G_GNUC_UNUSED)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

int
main (int argc, char **argv)
{
  g_autoptr (GIOChannel) input = g_io_channel_unix_new (STDIN_FILENO);

  prctl (PR_SET_PDEATHSIG, SIGKILL);
  gst_init (&argc, &argv);
  g_assert_cmpint (argc, ==, 3);
  state_dir = argv[1];
  spool_dir = argv[2];
  fcntl (LIFELINE, F_SETFD, FD_CLOEXEC);
  setvbuf (stdout, NULL, _IOLBF, 0);

  plays = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, play_free);
  loop = g_main_loop_new (NULL, FALSE);
  g_io_add_watch (input, G_IO_IN | G_IO_HUP, on_input, NULL);
  g_unix_signal_add (SIGINT, on_interrupt, NULL);
  g_print ("ready\n");
  g_main_loop_run (loop);
  g_hash_table_unref (plays);
  g_main_loop_unref (loop);
  return 0;
}
