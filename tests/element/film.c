/* nanovid: an element that joins a list of clips, and checks of its output
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "element/film.h"

#include <gio/gio.h>

#include "fixture/env.h"

G_DEFINE_TYPE (Film, film, GST_TYPE_BIN)

static GstNanovidScene *
on_next (gpointer data, GError **error G_GNUC_UNUSED)
{
  Film *self = data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  GstNanovidScene *scene;
  guint n = self->n_next;

  while (self->waits && n >= self->n_scenes && !self->stopped)
    g_cond_wait (&self->cond, &self->lock);
  if (self->stopped || n >= self->n_scenes)
    return NULL;
  scene = gst_nanovid_scene_new (self->paths[n % g_strv_length (self->paths)]);
  scene->index = self->n_next++;
  scene->drop_first_frame = self->drop_first_frames && n > 0;
  scene->tags = gst_tag_list_new (GST_TAG_TITLE, scene->location, NULL);
  return scene;
}

static void
on_begun (const GstNanovidTurn *turn, gpointer data)
{
  Film *self = data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  g_assert_cmpuint (turn->number, ==, self->turns->len);
  g_array_append_vals (self->turns, turn, 1);
  g_cond_broadcast (&self->cond);
}

static void
on_ended (const GstNanovidTurn *turn, gpointer data)
{
  Film *self = data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  g_assert_cmpuint (turn->number, ==, self->n_ended);
  self->n_ended++;
}

static void
on_failed (GstNanovidScene *scene, const GError *error, gpointer data)
{
  Film *self = data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  g_test_message ("%s: %s", scene->location, error->message);
  self->n_failed++;
}

static void
on_finished (const GError *error, gpointer data)
{
  Film *self = data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  g_assert_no_error (error);
  self->n_finished++;
}

static const GstNanovidJoinerCallbacks callbacks = { on_next, on_begun,
  on_ended, on_failed, on_finished };

static void
check_event (FilmTrack *track, GstEvent *event)
{
  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_STREAM_START:
      track->n_starts++;
      break;
    case GST_EVENT_CAPS:
      track->n_caps++;
      break;
    case GST_EVENT_SEGMENT:
      track->n_segments++;
      break;
    case GST_EVENT_TAG:
      track->n_tags++;
      break;
    case GST_EVENT_EOS:
      track->n_eos++;
      break;
    default:
      break;
  }
}

static void
check_buffer (FilmTrack *track, GstBuffer *buffer, guint64 n, guint64 unit_n,
    guint64 unit_d)
{
  guint64 end = track->end + n;

  g_assert_cmpuint (GST_BUFFER_PTS (buffer), ==,
      gst_util_uint64_scale (track->end, unit_n, unit_d));
  g_assert_cmpuint (GST_BUFFER_PTS (buffer) + GST_BUFFER_DURATION (buffer), ==,
      gst_util_uint64_scale (end, unit_n, unit_d));
  g_assert_cmpuint (GST_BUFFER_OFFSET (buffer), ==, track->end);
  g_assert_cmpuint (GST_BUFFER_OFFSET_END (buffer), ==, end);
  g_assert_cmpint (GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DISCONT), ==,
      track->end == 0);
  g_assert_cmpuint (track->n_segments, ==, 1);
  track->end = end;
}

/* The middle of the picture turns from dark to bright. */
static void
look (Film *self, const GstVideoInfo *info, GstBuffer *buffer)
{
  GstVideoFrame frame;
  const guint8 *row;
  guint8 luma, before = 0;

  g_assert_true (gst_video_frame_map (&frame, info, buffer, GST_MAP_READ));
  row = (const guint8 *)GST_VIDEO_FRAME_PLANE_DATA (&frame, 0)
      + GST_VIDEO_FRAME_PLANE_STRIDE (&frame, 0) * (info->height / 2);
  luma = row[info->width / 2];
  gst_video_frame_unmap (&frame);
  if (self->lumas->len > 0)
    before = g_array_index (self->lumas, guint8, self->lumas->len - 1);
  if (luma > 128 && before <= 128)
    g_array_append_val (self->video.onsets, self->video.end);
  g_array_append_val (self->lumas, luma);
}

/* The sound is loud after 40 ms of silence. */
static void
listen (Film *self, const GstAudioInfo *info, GstBuffer *buffer)
{
  GstMapInfo map;

  g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_READ));
  for (gsize i = 0; i < map.size / info->bpf; i++) {
    guint64 at = self->audio.end + i;

    if (ABS (((const gint16 *)map.data)[i * info->channels]) < 4000) {
      self->n_silent++;
      continue;
    }
    if (self->n_silent >= (guint)info->rate / 25)
      g_array_append_val (self->audio.onsets, at);
    self->n_silent = 0;
  }
  gst_buffer_unmap (buffer, &map);
}

static GstPadProbeReturn
on_video (GstPad *pad G_GNUC_UNUSED, GstPadProbeInfo *info, gpointer data)
{
  Film *self = data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  GstVideoInfo format;

  if (info->type & GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM) {
    check_event (&self->video, GST_PAD_PROBE_INFO_EVENT (info));
    return GST_PAD_PROBE_OK;
  }
  gst_video_info_from_caps (&format, self->video_caps);
  look (self, &format, buffer);
  check_buffer (
      &self->video, buffer, 1, GST_SECOND * format.fps_d, format.fps_n);
  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
on_audio (GstPad *pad G_GNUC_UNUSED, GstPadProbeInfo *info, gpointer data)
{
  Film *self = data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  GstAudioInfo format;

  if (info->type & GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM) {
    check_event (&self->audio, GST_PAD_PROBE_INFO_EVENT (info));
    return GST_PAD_PROBE_OK;
  }
  gst_audio_info_from_caps (&format, self->audio_caps);
  listen (self, &format, buffer);
  check_buffer (&self->audio, buffer, gst_buffer_get_size (buffer) / format.bpf,
      GST_SECOND, format.rate);
  return GST_PAD_PROBE_OK;
}

static void
stop (Film *self)
{
  g_mutex_lock (&self->lock);
  self->stopped = TRUE;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
  gst_nanovid_joiner_stop (self->joiner);
}

static GstStateChangeReturn
film_change_state (GstElement *element, GstStateChange transition)
{
  Film *self = FILM_ELEMENT (element);
  GstStateChangeReturn result;

  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    stop (self);
  result =
      GST_ELEMENT_CLASS (film_parent_class)->change_state (element, transition);
  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED) {
    self->stopped = FALSE;
    g_assert_true (gst_nanovid_joiner_start (
        self->joiner, self->video_caps, self->audio_caps));
  }
  return result;
}

static void
film_finalize (GObject *object)
{
  Film *self = FILM_ELEMENT (object);

  gst_nanovid_joiner_free (self->joiner);
  gst_caps_unref (self->video_caps);
  gst_caps_unref (self->audio_caps);
  g_strfreev (self->paths);
  g_array_unref (self->turns);
  g_array_unref (self->lumas);
  g_array_unref (self->video.onsets);
  g_array_unref (self->audio.onsets);
  g_cond_clear (&self->cond);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (film_parent_class)->finalize (object);
}

static GstStaticPadTemplate video_template = GST_STATIC_PAD_TEMPLATE (
    "video_src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS ("video/x-raw"));
static GstStaticPadTemplate audio_template = GST_STATIC_PAD_TEMPLATE (
    "audio_src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS ("audio/x-raw"));

static void
film_class_init (FilmClass *klass)
{
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = film_finalize;
  element_class->change_state = film_change_state;
  gst_element_class_add_static_pad_template (element_class, &video_template);
  gst_element_class_add_static_pad_template (element_class, &audio_template);
  gst_element_class_set_static_metadata (
      element_class, "film", "Source", "joins clips", "nanovid");
}

static GstPad *
add_pad (Film *self, GstStaticPadTemplate *template, GstPadProbeCallback probe)
{
  GstPad *pad =
      gst_pad_new_from_static_template (template, template->name_template);

  gst_pad_add_probe (pad,
      GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, probe,
      self, NULL);
  gst_element_add_pad (GST_ELEMENT (self), pad);
  return pad;
}

static void
film_init (Film *self)
{
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  self->turns = g_array_new (FALSE, FALSE, sizeof (GstNanovidTurn));
  self->lumas = g_array_new (FALSE, FALSE, sizeof (guint8));
  self->video.onsets = g_array_new (FALSE, FALSE, sizeof (guint64));
  self->audio.onsets = g_array_new (FALSE, FALSE, sizeof (guint64));
  self->n_silent = G_MAXUINT32;
  self->video_caps = gst_caps_from_string (
      "video/x-raw,format=I420,width=128,height=72,framerate=25/1,"
      "pixel-aspect-ratio=1/1");
  self->audio_caps = gst_caps_from_string (
      "audio/x-raw,format=S16LE,layout=interleaved,rate=48000,channels=2");
  self->video_pad = add_pad (self, &video_template, on_video);
  self->audio_pad = add_pad (self, &audio_template, on_audio);
  self->joiner = gst_nanovid_joiner_new (
      GST_ELEMENT (self), self->video_pad, self->audio_pad, &callbacks, self);
  GST_OBJECT_FLAG_SET (self, GST_ELEMENT_FLAG_SOURCE);
}

void
film_register (void)
{
  gst_element_register (NULL, "testfilm", GST_RANK_NONE, FILM_TYPE);
}

GstElement *
film_launch (
    const char *line, const char *const *paths, guint n_scenes, Film **film)
{
  g_autoptr (GError) error = NULL;
  GstElement *pipeline = gst_parse_launch (line, &error);

  g_assert_no_error (error);
  *film = FILM_ELEMENT (gst_bin_get_by_name (GST_BIN (pipeline), "c"));
  (*film)->paths = g_strdupv ((char **)paths);
  (*film)->n_scenes = n_scenes;
  /* The pipeline keeps its own reference. */
  gst_object_unref (*film);
  return pipeline;
}

void
film_play (GstElement *pipeline, double seconds)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstMessage) message = NULL;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (bus,
      (GstClockTime)(fixture_scaled (seconds) * GST_SECOND),
      GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  if (message && GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    gst_message_parse_error (message, &error, NULL);
  g_assert_no_error (error);
  g_assert_nonnull (message);
}
