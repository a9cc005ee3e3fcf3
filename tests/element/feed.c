/* nanovid: numbered inputs for mode=clips, and checks of what they give
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "element/feed.h"

#include <string.h>

#include "fixture/media.h"
#include "fixture/watchdog.h"

GstBuffer *
feed_create_input (guint n)
{
  char *text = g_strdup_printf ("input %u", n);
  GstBuffer *buffer = gst_buffer_new_wrapped (text, strlen (text));

  GST_BUFFER_PTS (buffer) = n * GST_SECOND;
  GST_BUFFER_DURATION (buffer) = GST_SECOND;
  return buffer;
}

GstFlowReturn
feed_push (Bench *bench, guint n)
{
  return gst_harness_push (bench->harness, feed_create_input (n));
}

void
feed_push_all (Bench *bench, guint count)
{
  g_autoptr (FixtureWatchdog) watchdog = fixture_watchdog_new ("pushing", 10);

  for (guint i = 0; i < count; i++)
    g_assert_cmpint (feed_push (bench, i), ==, GST_FLOW_OK);
}

static gpointer
feed_run (gpointer data)
{
  Feed *feed = data;

  for (guint i = 0; i < feed->count && feed->flow == GST_FLOW_OK; i++)
    feed->flow = feed_push (feed->bench, i);
  if (feed->flow == GST_FLOW_OK)
    gst_harness_push_event (feed->bench->harness, gst_event_new_eos ());
  return NULL;
}

void
feed_start (Feed *feed, Bench *bench, guint count)
{
  feed->bench = bench;
  feed->count = count;
  feed->flow = GST_FLOW_OK;
  feed->thread = g_thread_new ("feed", feed_run, feed);
}

GstFlowReturn
feed_finish (Feed *feed)
{
  g_autoptr (FixtureWatchdog) watchdog = fixture_watchdog_new ("feed", 10);

  g_thread_join (feed->thread);
  return feed->flow;
}

void
feed_assert_clip (Bench *bench, guint n)
{
  g_autofree char *path = fixture_media_path (FIXTURE_MEDIA_MP4);
  g_autofree char *data = NULL;
  g_autoptr (GstBuffer) buffer = bench_pull (bench);
  GstMapInfo map;
  gsize size;

  g_assert_cmpuint (GST_BUFFER_PTS (buffer), ==, n * GST_SECOND);
  g_assert_cmpuint (GST_BUFFER_DURATION (buffer), ==, GST_SECOND);
  g_assert_cmpuint (gst_buffer_n_memory (buffer), ==, 1);
  g_assert_true (g_file_get_contents (path, &data, &size, NULL));
  g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_READ));
  g_assert_cmpmem (map.data, map.size, data, size);
  gst_buffer_unmap (buffer, &map);
}

void
feed_assert_end (Bench *bench)
{
  g_autoptr (GstEvent) eos = bench_pull_event (bench, GST_EVENT_EOS);

  g_assert_cmpuint (gst_harness_buffers_in_queue (bench->harness), ==, 0);
}

void
feed_assert_place (const GstStructure *structure, guint n)
{
  guint64 index, pts;

  g_assert_true (gst_structure_get_uint64 (structure, "index", &index));
  g_assert_cmpuint (index, ==, n);
  g_assert_true (gst_structure_get_uint64 (structure, "pts", &pts));
  g_assert_cmpuint (pts, ==, n * GST_SECOND);
}
