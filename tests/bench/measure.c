/* nanovid: how fast a pipeline plays, and at what cost
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* measure [--first] [--whole] [--memory] DESCRIPTION
 *
 * DESCRIPTION is as for gst-launch-1.0 and has a sink named "sink". Prints one
 * JSON object; times are in seconds. Times whose names end in _at are on
 * CLOCK_MONOTONIC, which all processes of a machine share.
 *
 * The measurement begins with PLAYING, or, for a source that waits for a job
 * first, when that job is finished (see is_ready()), unless --whole is given.
 * The plugins are loaded before that. CPU time is counted until the pipeline is
 * back in NULL. */

#include <gst/gst.h>
#include <string.h>
#include <sys/resource.h>

/* Infrequent enough not to affect the CPU time, often enough for 1 GiB. */
#define SAMPLE_INTERVAL (2 * G_TIME_SPAN_MILLISECOND)

typedef struct
{
  GMutex lock;
  gint64 start;
  gint64 first;
  gint64 end;
  gint64 stopped;
  double cpu;
  guint64 bytes;
  gint64 idle_memory;
  gint64 peak_memory;
  gboolean stop; /* atomic: the sampler */
  gboolean first_only;
  gboolean whole;
  GstElement *pipeline;
} Run;

static double
get_cpu_time (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return usage.ru_utime.tv_sec + usage.ru_utime.tv_usec / 1e6
      + usage.ru_stime.tv_sec + usage.ru_stime.tv_usec / 1e6;
}

/* In KiB. Mapped pages of files are not counted, because the kernel can drop them. */
static gint64
get_anonymous_memory (void)
{
  g_autofree char *status = NULL;
  const char *line;

  if (!g_file_get_contents ("/proc/self/status", &status, NULL, NULL))
    g_error ("/proc/self/status cannot be read");
  line = strstr (status, "RssAnon:");
  return g_ascii_strtoll (line + strlen ("RssAnon:"), NULL, 10);
}

static void
begin (Run *run)
{
  run->start = g_get_monotonic_time ();
  run->cpu = get_cpu_time ();
  run->idle_memory = get_anonymous_memory ();
  run->peak_memory = run->idle_memory;
}

static gpointer
sample_memory (gpointer data)
{
  Run *run = data;

  while (!g_atomic_int_get (&run->stop)) {
    gint64 memory = get_anonymous_memory ();

    g_mutex_lock (&run->lock);
    run->peak_memory = MAX (run->peak_memory, memory);
    g_mutex_unlock (&run->lock);
    g_usleep (SAMPLE_INTERVAL);
  }
  return NULL;
}

/* The job is finished, and its clip is about to be downloaded. */
static gboolean
is_ready (GstMessage *message)
{
  const GstStructure *structure = gst_message_get_structure (message);

  return GST_MESSAGE_TYPE (message) == GST_MESSAGE_ELEMENT
      && gst_structure_has_name (structure, "nanovid-job")
      && g_strcmp0 (
             gst_structure_get_string (structure, "state"), "downloading")
      == 0;
}

static GstBusSyncReply
on_message (GstBus *bus G_GNUC_UNUSED, GstMessage *message, gpointer data)
{
  static gsize begun = 0;
  Run *run = data;

  if (!run->whole && is_ready (message) && g_once_init_enter (&begun)) {
    begin (run);
    g_once_init_leave (&begun, 1);
  }
  return GST_BUS_PASS;
}

static GstPadProbeReturn
on_buffer (GstPad *pad G_GNUC_UNUSED, GstPadProbeInfo *info, gpointer data)
{
  Run *run = data;

  if (run->bytes == 0) {
    run->first = g_get_monotonic_time ();
    if (run->first_only)
      gst_element_post_message (run->pipeline,
          gst_message_new_application (GST_OBJECT (run->pipeline),
              gst_structure_new_empty ("first-buffer")));
  }
  run->bytes += gst_buffer_get_size (GST_PAD_PROBE_INFO_BUFFER (info));
  return GST_PAD_PROBE_OK;
}

static void
play (Run *run)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (run->pipeline);
  g_autoptr (GstMessage) message = NULL;

  gst_bus_set_sync_handler (bus, on_message, run, NULL);
  gst_element_set_state (run->pipeline, GST_STATE_READY);
  begin (run);
  gst_element_set_state (run->pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (bus, GST_CLOCK_TIME_NONE,
      GST_MESSAGE_EOS | GST_MESSAGE_ERROR | GST_MESSAGE_APPLICATION);
  run->end = g_get_monotonic_time ();

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
    g_autoptr (GError) error = NULL;
    g_autofree char *debug = NULL;

    gst_message_parse_error (message, &error, &debug);
    g_error ("%s (%s)", error->message, debug);
  }
  gst_element_set_state (run->pipeline, GST_STATE_NULL);
  run->stopped = g_get_monotonic_time ();
  run->cpu = get_cpu_time () - run->cpu;
}

int
main (int argc, char **argv)
{
  Run run = { 0 };
  gboolean memory = FALSE;
  const GOptionEntry entries[] = {
    { "first", 0, 0, G_OPTION_ARG_NONE, &run.first_only,
        "end with the first buffer", NULL },
    { "whole", 0, 0, G_OPTION_ARG_NONE, &run.whole,
        "begin with PLAYING, whatever the source waits for", NULL },
    { "memory", 0, 0, G_OPTION_ARG_NONE, &memory,
        "sample the anonymous memory, which costs CPU time", NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("DESCRIPTION");
  g_autoptr (GError) error = NULL;
  g_autoptr (GstElement) sink = NULL;
  g_autoptr (GstPad) pad = NULL;
  GThread *sampler = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_add_group (context, gst_init_get_option_group ());
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc != 2)
    g_error ("%s", error ? error->message : "one DESCRIPTION is needed");

  run.pipeline = gst_parse_launch (argv[1], &error);
  if (error)
    g_error ("%s", error->message);
  sink = gst_bin_get_by_name (GST_BIN (run.pipeline), "sink");
  pad = gst_element_get_static_pad (sink, "sink");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_buffer, &run, NULL);

  g_mutex_init (&run.lock);
  if (memory)
    sampler = g_thread_new ("sampler", sample_memory, &run);
  play (&run);
  g_atomic_int_set (&run.stop, TRUE);
  g_clear_pointer (&sampler, g_thread_join);

  g_print (
      "{\"start_at\": %.6f, \"first_at\": %.6f, \"wall\": %.6f, \"stop\": %.6f, "
      "\"cpu\": %.6f, \"bytes\": %" G_GUINT64_FORMAT
      ", \"memory\": %" G_GINT64_FORMAT "}\n",
      run.start / 1e6, run.first / 1e6, (run.end - run.start) / 1e6,
      (run.stopped - run.end) / 1e6, run.cpu, run.bytes,
      run.peak_memory - run.idle_memory);
  gst_object_unref (run.pipeline);
  return 0;
}
