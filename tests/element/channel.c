/* nanovid: a live channel with its own simulator, and records of its output
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "element/channel.h"

#include "fixture/clips.h"
#include "fixture/env.h"
#include "gst/channel/gstnanovidchannel.h"

#define CHANNEL                                                                \
  "nanovidchannel name=source live=true max-cost-per-hour=100000 "             \
  "video-caps=\"video/x-raw,format=I420,width=64,height=48,framerate=25/1,"    \
  "pixel-aspect-ratio=1/1\" "
static const FixtureClip clip = { .name = "channel.mkv",
  .muxer = "matroskamux",
  .video = "x264enc ! h264parse",
  .audio = "flacenc ! flacparse",
  .width = 64,
  .height = 48,
  .fps_n = 25,
  .fps_d = 1,
  .n_frames = 12,
  .rate = 48000,
  .channels = 2,
  .audio_ms = 480 };

static void
note_buffer (Track *track, GstBuffer *buffer)
{
  GstClockTime time = GST_BUFFER_PTS (buffer);
  GstClockTime now = gst_element_get_current_running_time (track->element);
  gint64 arrival = g_get_monotonic_time ();

  if (GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DISCONT))
    track->n_disconts++;
  else
    g_assert_cmpuint (time, ==, track->end);
  if (track->n_buffers++ == 0)
    track->first = time;
  else
    track->largest = MAX (
        track->largest, (GstClockTime)(arrival - track->before) * GST_USECOND);
  track->before = arrival;
  track->end = time + GST_BUFFER_DURATION (buffer);
  track->pushed += GST_BUFFER_DURATION (buffer);
  /* No buffer arrives before its time. */
  g_assert_cmpuint (now, >=, time);
  track->latest = MAX (track->latest, now - time);
}

/* @wanted: whether this frame or sample is bright, or loud */
static void
note_level (Track *track, gint64 place, gboolean wanted, guint few)
{
  if (wanted && track->n_still > few)
    g_array_append_val (track->onsets, place);
  track->n_still = wanted ? 0 : track->n_still + 1;
}

static void
look (Track *track, GstBuffer *buffer)
{
  guint8 luma;

  gst_buffer_extract (buffer, 64 * 24 + 32, &luma, 1);
  g_array_append_val (track->lumas, luma);
  note_level (track, GST_BUFFER_OFFSET (buffer), luma > 128, 2);
}

static void
listen (Track *track, GstBuffer *buffer)
{
  GstMapInfo map;

  g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_READ));
  for (gsize i = 0; i < map.size / 4; i++)
    note_level (track, GST_BUFFER_OFFSET (buffer) + i,
        ABS (((const gint16 *)map.data)[2 * i]) > 4000, clip.rate / 25);
  gst_buffer_unmap (buffer, &map);
}

static GstPadProbeReturn
on_data (GstPad *pad G_GNUC_UNUSED, GstPadProbeInfo *info, gpointer data)
{
  Track *track = data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&track->lock);

  if (info->type & GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM) {
    GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);

    track->n_tags += GST_EVENT_TYPE (event) == GST_EVENT_TAG;
    track->n_eos += GST_EVENT_TYPE (event) == GST_EVENT_EOS;
    return GST_PAD_PROBE_OK;
  }
  note_buffer (track, GST_PAD_PROBE_INFO_BUFFER (info));
  if (track->lumas)
    look (track, GST_PAD_PROBE_INFO_BUFFER (info));
  else
    listen (track, GST_PAD_PROBE_INFO_BUFFER (info));
  g_cond_broadcast (&track->cond);
  while (track->blocked)
    g_cond_wait (&track->cond, &track->lock);
  return GST_PAD_PROBE_OK;
}

static void
track_init (Track *track, GstElement *element, const char *name, gboolean looks)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (element, name);

  track->element = element;
  g_mutex_init (&track->lock);
  g_cond_init (&track->cond);
  if (looks)
    track->lumas = g_array_new (FALSE, FALSE, 1);
  track->onsets = g_array_new (FALSE, FALSE, sizeof (gint64));
  gst_pad_add_probe (pad,
      GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_data,
      track, NULL);
}

static void
track_clear (Track *track)
{
  g_clear_pointer (&track->lumas, g_array_unref);
  g_array_unref (track->onsets);
  g_mutex_clear (&track->lock);
  g_cond_clear (&track->cond);
}

char *
channel_get_clip (void)
{
  return fixture_clip_path (&clip);
}

void
channel_options_init (NanogptSimulatorOptions *options)
{
  static char *path;

  if (!path)
    path = channel_get_clip ();
  player_options_init (options);
  options->media_file = path;
  options->submit_limit = 0;
}

Channel *
channel_new_with (const NanogptSimulatorOptions *options, const char *sinks,
    const char *properties)
{
  Channel *self = g_new0 (Channel, 1);
  NanogptSimulatorOptions usual;

  channel_options_init (&usual);
  self->player = player_new (options ? options : &usual, CHANNEL "%s %s",
      properties, sinks ? sinks : CHANNEL_SINKS);
  track_init (&self->video, self->player->source, "video_src", TRUE);
  track_init (&self->audio, self->player->source, "audio_src", FALSE);
  return self;
}

Channel *
channel_new (const char *properties)
{
  return channel_new_with (NULL, NULL, properties);
}

void
channel_free (Channel *self)
{
  player_free (self->player);
  track_clear (&self->video);
  track_clear (&self->audio);
  g_free (self);
}

void
track_set_blocked (Track *track, gboolean blocked)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&track->lock);

  track->blocked = blocked;
  g_cond_broadcast (&track->cond);
}

void
track_wait (Track *track, double seconds)
{
  gint64 deadline = g_get_monotonic_time ()
      + (gint64)((seconds + fixture_scaled (20)) * G_TIME_SPAN_SECOND);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&track->lock);

  while (track->end < (GstClockTime)(seconds * GST_SECOND))
    g_assert_true (g_cond_wait_until (&track->cond, &track->lock, deadline));
}

void
channel_play (Channel *self, double seconds)
{
  player_set_state (self->player, GST_STATE_PLAYING);
  track_wait (&self->video, seconds);
  track_wait (&self->audio, seconds);
}

guint
channel_count_clips (Channel *self, const char *origin)
{
  Player *player = self->player;
  guint count = 0;

  g_mutex_lock (&player->lock);
  for (guint i = 0; i < player->messages->len; i++) {
    const GstStructure *structure =
        gst_message_get_structure (player->messages->pdata[i]);

    if (structure && gst_structure_has_name (structure, "nanovid-clip"))
      count +=
          g_strcmp0 (gst_structure_get_string (structure, "origin"), origin)
          == 0;
  }
  g_mutex_unlock (&player->lock);
  return count;
}

void
channel_wait_for_clips (Channel *self, const char *origin, guint count)
{
  gint64 deadline = g_get_monotonic_time ()
      + (gint64)(fixture_scaled (20) * G_TIME_SPAN_SECOND);

  while (channel_count_clips (self, origin) < count) {
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->player->lock);

    g_assert_true (
        g_cond_wait_until (&self->player->cond, &self->player->lock,
            MIN (deadline, g_get_monotonic_time () + G_TIME_SPAN_SECOND))
        || g_get_monotonic_time () < deadline);
  }
}

char *
channel_list_clips (Channel *self, const char *field)
{
  Player *player = self->player;
  g_autoptr (GString) text = g_string_new (NULL);

  g_mutex_lock (&player->lock);
  for (guint i = 0; i < player->messages->len; i++) {
    const GstStructure *structure =
        gst_message_get_structure (player->messages->pdata[i]);
    const char *value;

    if (!structure || !gst_structure_has_name (structure, "nanovid-clip"))
      continue;
    value = gst_structure_get_string (structure, field);
    g_string_append_printf (
        text, "%s%s", text->len > 0 ? " " : "", value ? value : "-");
  }
  g_mutex_unlock (&player->lock);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

guint64
channel_get_stat (Channel *self, const char *name)
{
  g_autoptr (GstStructure) stats = NULL;
  guint64 value = 0;

  g_object_get (self->player->source, "stats", &stats, NULL);
  g_assert_true (gst_structure_get_uint64 (stats, name, &value));
  return value;
}

void
channel_set_speed (Channel *self, guint speed)
{
  g_object_set_data (G_OBJECT (self->player->source), GST_NANOVID_CHANNEL_SPEED,
      GUINT_TO_POINTER (speed));
}

void
channel_add_fault (Channel *self, const char *rule)
{
  g_autoptr (GError) error = NULL;

  nanogpt_simulator_add_fault (self->player->simulator, rule, &error);
  g_assert_no_error (error);
}

gboolean
channel_keeps_pace (void)
{
  return fixture_scaled (1) <= 1;
}

void
track_check (const Track *track)
{
  g_test_message ("%u buffers, %.2f s, at most %.0f ms late, %.0f ms apart",
      track->n_buffers, (double)track->pushed / GST_SECOND,
      (double)track->latest / GST_MSECOND,
      (double)track->largest / GST_MSECOND);
  if (!channel_keeps_pace ())
    return;
  g_assert_cmpuint (track->n_disconts, ==, 1);
  g_assert_cmpuint (track->pushed, ==, track->end - track->first);
  /* One frame, plus the time that a busy machine takes to wake a thread. */
  g_assert_cmpuint (track->largest, <,
      CHANNEL_FRAME + (GstClockTime)(fixture_scaled (0.5) * GST_SECOND));
}

void
channel_check (Channel *self)
{
  player_set_state (self->player, GST_STATE_NULL);
  track_check (&self->video);
  track_check (&self->audio);
  if (!channel_keeps_pace ())
    return;
  g_assert_cmpuint (self->video.first, ==, self->audio.first);
  g_assert_cmpuint (ABS (GST_CLOCK_DIFF (self->video.end, self->audio.end)), <,
      2 * GST_SECOND);
}
