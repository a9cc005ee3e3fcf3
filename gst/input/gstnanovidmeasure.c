/* nanovid: how long an encoded video or sound plays
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#define _GNU_SOURCE /* memfd_create() */

#include "gstnanovidmeasure.h"

#include <gst/pbutils/pbutils.h>
#include <sys/mman.h>
#include <unistd.h>

/* A file small enough to upload is scanned in far less time. */
#define PATIENCE (20 * GST_SECOND)

typedef struct
{
  GMainLoop *loop;
  GstClockTime duration;
} Search;

/* The discoverer needs a URI, and the file at the original path may have
 * changed since it was read.
 * Returns: a file descriptor, or -1 */
static int
open_copy (GBytes *file)
{
  gsize size;
  const char *data = g_bytes_get_data (file, &size);
  int fd = memfd_create ("nanovid", MFD_CLOEXEC);

  for (gsize done = 0; fd >= 0 && done < size;) {
    gssize written = write (fd, data + done, size - done);

    if (written > 0) {
      done += written;
    } else {
      close (fd);
      fd = -1;
    }
  }
  return fd;
}

static void
on_discovered (GstDiscoverer *discoverer G_GNUC_UNUSED, GstDiscovererInfo *info,
    GError *error G_GNUC_UNUSED, Search *search)
{
  /* The duration is known even without a decoder. */
  search->duration = gst_discoverer_info_get_duration (info);
}

static gboolean
on_cancelled (GCancellable *cancellable G_GNUC_UNUSED, Search *search)
{
  g_main_loop_quit (search->loop);
  return G_SOURCE_REMOVE;
}

/* The discoverer's synchronous call cannot be cancelled. */
static void
run_discoverer (GstDiscoverer *discoverer, const char *uri, Search *search,
    GCancellable *cancellable)
{
  g_autoptr (GSource) source = g_cancellable_source_new (cancellable);

  g_source_set_callback (source, G_SOURCE_FUNC (on_cancelled), search, NULL);
  g_source_attach (source, g_main_context_get_thread_default ());
  g_signal_connect (
      discoverer, "discovered", G_CALLBACK (on_discovered), search);
  g_signal_connect_swapped (
      discoverer, "finished", G_CALLBACK (g_main_loop_quit), search->loop);

  gst_discoverer_start (discoverer);
  if (gst_discoverer_discover_uri_async (discoverer, uri))
    g_main_loop_run (search->loop);
  gst_discoverer_stop (discoverer);
  g_source_destroy (source);
}

double
gst_nanovid_measure_seconds (GBytes *file, GCancellable *cancellable)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GMainLoop) loop = g_main_loop_new (context, FALSE);
  g_autoptr (GstDiscoverer) discoverer = NULL;
  g_autofree char *uri = NULL;
  Search search = { loop, GST_CLOCK_TIME_NONE };
  int fd = g_cancellable_is_cancelled (cancellable) ? -1 : open_copy (file);

  if (fd < 0)
    return -1;

  /* Use a file, in which a demuxer can seek to the index. */
  uri = g_strdup_printf ("file:///proc/self/fd/%d", fd);
  g_main_context_push_thread_default (context);
  discoverer = gst_discoverer_new (PATIENCE, NULL);
  if (discoverer)
    run_discoverer (discoverer, uri, &search, cancellable);
  g_clear_object (&discoverer);
  g_main_context_pop_thread_default (context);
  close (fd);

  if (search.duration == 0 || !GST_CLOCK_TIME_IS_VALID (search.duration))
    return -1;
  /* The last digits depend on the demuxer, and must not cause a new job. */
  return (double)(gint64)((search.duration + GST_MSECOND / 2) / GST_MSECOND)
      / 1000;
}
