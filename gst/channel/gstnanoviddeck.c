/* nanovid: a deck: one clip as frames and samples on a clock of its own
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstnanoviddeck.h"

#include <glib/gi18n-lib.h>

#include "gstnanovidreel.h"
#include "nanogpt/base/error.h"

GST_DEBUG_CATEGORY_STATIC (nanoviddeck_debug);
#define GST_CAT_DEFAULT nanoviddeck_debug

/* The running times at which the first two and the last two pictures of a clip
 * are shown, and at which the last one ends, if the file says so. */
typedef struct
{
  GstClockTime first;
  GstClockTime second;
  GstClockTime before_last;
  GstClockTime last;
  GstClockTime end;
} Index;

#define INDEX_INIT                                                             \
  {                                                                            \
    GST_CLOCK_TIME_NONE, GST_CLOCK_TIME_NONE, GST_CLOCK_TIME_NONE,             \
        GST_CLOCK_TIME_NONE, 0                                                 \
  }

/* A parser that does not know the duration of a picture sets 1 ns. */
#define SHORTEST GST_MSECOND

struct _GstNanovidDeck
{
  GstNanovidScene *scene;
  const GstNanovidFormat *format;
  GstNanovidBell *bell;
  GstCaps *picture_caps;

  /* Constant once the deck is open */
  GstClockTime start;
  guint64 n_frames;

  /* Used by the video thread only */
  GstNanovidReel *picture;
  GstBuffer *current;
  GstBuffer *next;
  GstClockTime next_time;

  /* Used by the audio thread only */
  GstNanovidReel *sound;
};

GstNanovidFormat *
gst_nanovid_format_new (GstCaps *video_caps, GstCaps *audio_caps)
{
  g_autoptr (GstNanovidFormat) self = NULL;

  if (!video_caps || !gst_caps_is_fixed (video_caps) || !audio_caps
      || !gst_caps_is_fixed (audio_caps))
    return NULL;
  self = g_new0 (GstNanovidFormat, 1);
  self->video_caps = gst_caps_ref (video_caps);
  self->audio_caps = gst_caps_ref (audio_caps);
  if (!gst_video_info_from_caps (&self->video, video_caps)
      || !gst_audio_info_from_caps (&self->audio, audio_caps)
      || GST_VIDEO_INFO_FPS_N (&self->video) <= 0
      || GST_VIDEO_INFO_INTERLACE_MODE (&self->video)
          == GST_VIDEO_INTERLACE_MODE_ALTERNATE
      || GST_AUDIO_INFO_LAYOUT (&self->audio) != GST_AUDIO_LAYOUT_INTERLEAVED)
    return NULL;
  return g_steal_pointer (&self);
}

void
gst_nanovid_format_free (GstNanovidFormat *self)
{
  gst_caps_unref (self->video_caps);
  gst_caps_unref (self->audio_caps);
  g_free (self);
}

GstClockTime
gst_nanovid_format_get_frame_time (const GstNanovidFormat *self, guint64 frame)
{
  return gst_util_uint64_scale (frame,
      GST_SECOND * GST_VIDEO_INFO_FPS_D (&self->video),
      GST_VIDEO_INFO_FPS_N (&self->video));
}

guint64
gst_nanovid_format_get_frame (const GstNanovidFormat *self, GstClockTime time)
{
  return gst_util_uint64_scale (time, GST_VIDEO_INFO_FPS_N (&self->video),
      GST_SECOND * GST_VIDEO_INFO_FPS_D (&self->video));
}

guint64
gst_nanovid_format_get_sample (const GstNanovidFormat *self, guint64 frame)
{
  return gst_util_uint64_scale_round (frame,
      (guint64)GST_AUDIO_INFO_RATE (&self->audio)
          * GST_VIDEO_INFO_FPS_D (&self->video),
      GST_VIDEO_INFO_FPS_N (&self->video));
}

/* The caps to which frames are scaled and converted.  They set the colorimetry,
 * so that colors look right whatever the clip uses, but no frame rate. */
GstCaps *
gst_nanovid_format_create_picture_caps (const GstNanovidFormat *self)
{
  GstVideoInfo info = self->video;
  GstCaps *caps = gst_video_info_to_caps (&info);
  GstStructure *structure = gst_caps_get_structure (caps, 0);

  gst_structure_remove_fields (
      structure, "framerate", "interlace-mode", "multiview-mode", NULL);
  return caps;
}

GstNanovidDeck *
gst_nanovid_deck_new (GstNanovidScene *scene, const GstNanovidFormat *format,
    GstNanovidBell *bell)
{
  GstNanovidDeck *self = g_new0 (GstNanovidDeck, 1);

  GST_DEBUG_CATEGORY_INIT (
      nanoviddeck_debug, "nanoviddeck", 0, "one clip of a film");
  self->scene = gst_nanovid_scene_ref (scene);
  self->format = format;
  self->bell = bell;
  self->picture_caps = gst_nanovid_format_create_picture_caps (format);
  return self;
}

void
gst_nanovid_deck_free (GstNanovidDeck *self)
{
  gst_nanovid_deck_close_picture (self);
  gst_nanovid_deck_close_sound (self);
  gst_caps_unref (self->picture_caps);
  gst_nanovid_scene_unref (self->scene);
  g_free (self);
}

/* @begin: (out): running time at which the picture is shown
 * @end: (out): running time at which it ends, or @begin if unknown
 *
 * Returns: whether @begin is known and the picture is shown at all */
static gboolean
get_span (GstSample *sample, GstClockTime *begin, GstClockTime *end)
{
  const GstSegment *segment = gst_sample_get_segment (sample);
  GstBuffer *buffer = gst_sample_get_buffer (sample);
  GstClockTime time = GST_BUFFER_DTS_OR_PTS (buffer);
  GstClockTime length = 0;
  guint64 from, to;

  if (GST_BUFFER_PTS_IS_VALID (buffer))
    time = GST_BUFFER_PTS (buffer);
  if (!GST_CLOCK_TIME_IS_VALID (time) || segment->format != GST_FORMAT_TIME)
    return FALSE;
  if (GST_BUFFER_DURATION_IS_VALID (buffer)
      && GST_BUFFER_DURATION (buffer) >= SHORTEST)
    length = GST_BUFFER_DURATION (buffer);
  if (!gst_segment_clip (
          segment, GST_FORMAT_TIME, time, time + length, &from, &to))
    return FALSE;
  *begin = gst_segment_to_running_time (segment, GST_FORMAT_TIME, from);
  *end = *begin + (to - from);
  return TRUE;
}

/* Pictures arrive in decoding order. */
static void
index_add (Index *index, GstClockTime begin, GstClockTime end)
{
  if (begin < index->first) {
    index->second = index->first;
    index->first = begin;
  } else if (begin > index->first && begin < index->second) {
    index->second = begin;
  }
  if (!GST_CLOCK_TIME_IS_VALID (index->last) || begin > index->last) {
    index->before_last = index->last;
    index->last = begin;
  } else if (begin < index->last
      && (!GST_CLOCK_TIME_IS_VALID (index->before_last)
          || begin > index->before_last)) {
    index->before_last = begin;
  }
  index->end = MAX (index->end, end);
}

/* If the file does not state the duration of the last picture, it is assumed to
 * equal that of the one before. */
static GstClockTime
index_get_end (const Index *index, GstClockTime frame_length)
{
  if (index->end > index->last)
    return index->end;
  if (GST_CLOCK_TIME_IS_VALID (index->before_last))
    return index->last + (index->last - index->before_last);
  return index->last + frame_length;
}

/* A clip ends where it is broken. */
static gboolean
read_index (
    GstNanovidDeck *self, GstNanovidReel *reel, Index *index, GError **error)
{
  g_autoptr (GError) reason = NULL;
  GstSample *sample;

  while ((sample = gst_nanovid_reel_pull (reel, &reason))) {
    GstClockTime begin, end;

    if (get_span (sample, &begin, &end))
      index_add (index, begin, end);
    gst_sample_unref (sample);
  }
  if (g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_CANCELLED)
      || (reason && !GST_CLOCK_TIME_IS_VALID (index->first))) {
    g_propagate_error (error, g_steal_pointer (&reason));
    return FALSE;
  }
  if (reason)
    GST_WARNING ("%s: %s", self->scene->location, reason->message);
  if (GST_CLOCK_TIME_IS_VALID (index->first))
    return TRUE;
  g_set_error_literal (error, NANOGPT_ERROR, NANOGPT_ERROR_BAD_RESPONSE,
      _ ("The clip cannot be played: there is no picture in it"));
  return FALSE;
}

static gboolean
check_sound (GstNanovidReel *reel, GError **error)
{
  g_autofree char *missing = gst_nanovid_reel_get_missing_sound (reel);

  if (!missing)
    return TRUE;
  g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_BAD_RESPONSE,
      _ ("The sound of the clip cannot be decoded: a GStreamer %s is not "
         "installed"),
      missing);
  return FALSE;
}

static gboolean
measure_scene (GstNanovidDeck *self, gboolean with_sound, GError **error)
{
  Index index = INDEX_INIT;
  GstClockTime end;
  g_autoptr (GstNanovidReel) reel = gst_nanovid_reel_new (
      GST_NANOVID_REEL_INDEX, self->scene->location, NULL, self->bell, error);

  if (!reel || !read_index (self, reel, &index, error)
      || (with_sound && !check_sound (reel, error)))
    return FALSE;

  self->start = index.first;
  if (self->scene->drop_first_frame && GST_CLOCK_TIME_IS_VALID (index.second))
    self->start = index.second;
  end = index_get_end (
      &index, gst_nanovid_format_get_frame_time (self->format, 1));
  self->n_frames = gst_util_uint64_scale_round (end - self->start,
      GST_VIDEO_INFO_FPS_N (&self->format->video),
      GST_SECOND * GST_VIDEO_INFO_FPS_D (&self->format->video));
  self->n_frames = MAX (self->n_frames, 1);
  GST_DEBUG ("%s: from %" GST_TIME_FORMAT " to %" GST_TIME_FORMAT
             ", %" G_GUINT64_FORMAT " frames",
      self->scene->location, GST_TIME_ARGS (self->start), GST_TIME_ARGS (end),
      self->n_frames);
  return TRUE;
}

/* At the end, or if the rest is broken, there is no next picture. */
static void
advance_picture (GstNanovidDeck *self, GError **error)
{
  g_autoptr (GstSample) sample = gst_nanovid_reel_pull (self->picture, error);
  GstClockTime end;

  g_clear_pointer (&self->current, gst_buffer_unref);
  self->current = g_steal_pointer (&self->next);
  if (!sample)
    return;
  /* A picture without a time stamp is shown at the time of the one before. */
  get_span (sample, &self->next_time, &end);
  self->next = gst_buffer_ref (gst_sample_get_buffer (sample));
}

gboolean
gst_nanovid_deck_open (
    GstNanovidDeck *self, gboolean with_sound, GError **error)
{
  g_autoptr (GError) reason = NULL;

  if (!measure_scene (self, with_sound, error))
    return FALSE;
  self->picture = gst_nanovid_reel_new (GST_NANOVID_REEL_PICTURE,
      self->scene->location, self->picture_caps, self->bell, error);
  if (!self->picture)
    return FALSE;

  advance_picture (self, &reason);
  if (self->next)
    return TRUE;
  if (reason)
    g_propagate_error (error, g_steal_pointer (&reason));
  else
    g_set_error_literal (error, NANOGPT_ERROR, NANOGPT_ERROR_BAD_RESPONSE,
        _ ("The clip cannot be played: none of its frames can be decoded"));
  return FALSE;
}

guint64
gst_nanovid_deck_get_n_frames (GstNanovidDeck *self)
{
  return self->n_frames;
}

/* Returns: whether the next picture is due by the middle of @frame */
static gboolean
is_next_due (GstNanovidDeck *self, guint64 frame)
{
  GstClockTime middle =
      (gst_nanovid_format_get_frame_time (self->format, frame)
          + gst_nanovid_format_get_frame_time (self->format, frame + 1))
      / 2;

  return self->next && self->next_time <= self->start + middle;
}

/* videorate cannot be used: it fills up to the end of the segment, which is
 * that of the longest stream, or gives repeated frames too long a duration. */
GstBuffer *
gst_nanovid_deck_pull_frame (GstNanovidDeck *self, guint64 frame)
{
  g_autoptr (GError) error = NULL;
  gboolean last;

  while (!self->current || is_next_due (self, frame)) {
    advance_picture (self, &error);
    if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
      return NULL;
    if (error)
      GST_WARNING ("%s: %s", self->scene->location, error->message);
    g_clear_error (&error);
  }
  /* A frame that is not repeated is not copied, so that it returns to its
   * pool. */
  last = frame + 1 >= self->n_frames;
  if (last || is_next_due (self, frame + 1))
    return gst_buffer_make_writable (g_steal_pointer (&self->current));
  return gst_buffer_copy (self->current);
}

void
gst_nanovid_deck_close_picture (GstNanovidDeck *self)
{
  g_clear_pointer (&self->current, gst_buffer_unref);
  g_clear_pointer (&self->next, gst_buffer_unref);
  g_clear_pointer (&self->picture, gst_nanovid_reel_free);
}

void
gst_nanovid_deck_open_sound (GstNanovidDeck *self)
{
  g_autoptr (GError) error = NULL;

  if (self->sound)
    return;
  self->sound = gst_nanovid_reel_new (GST_NANOVID_REEL_SOUND,
      self->scene->location, self->format->audio_caps, self->bell, &error);
  if (!self->sound)
    GST_WARNING ("%s: %s", self->scene->location, error->message);
}

/* Returns: the number of samples from the clip's start to @time, which may be
 *   before it */
static gint64
get_place (GstNanovidDeck *self, GstClockTime time)
{
  guint64 rate = GST_AUDIO_INFO_RATE (&self->format->audio);

  if (time >= self->start)
    return gst_util_uint64_scale_round (time - self->start, rate, GST_SECOND);
  return -(gint64)gst_util_uint64_scale_round (
      self->start - time, rate, GST_SECOND);
}

GstBuffer *
gst_nanovid_deck_pull_sound (GstNanovidDeck *self, gint64 *at)
{
  const GstAudioInfo *info = &self->format->audio;
  g_autoptr (GError) error = NULL;
  GstSample *sample;

  while (
      self->sound && (sample = gst_nanovid_reel_pull (self->sound, &error))) {
    const GstSegment *segment = gst_sample_get_segment (sample);
    GstBuffer *buffer =
        gst_audio_buffer_clip (gst_buffer_ref (gst_sample_get_buffer (sample)),
            segment, GST_AUDIO_INFO_RATE (info), GST_AUDIO_INFO_BPF (info));

    if (buffer)
      *at = get_place (self,
          gst_segment_to_running_time (
              segment, GST_FORMAT_TIME, GST_BUFFER_PTS (buffer)));
    gst_sample_unref (sample);
    if (buffer)
      return gst_buffer_make_writable (buffer);
  }
  if (error)
    GST_WARNING ("%s: %s", self->scene->location, error->message);
  return NULL;
}

void
gst_nanovid_deck_close_sound (GstNanovidDeck *self)
{
  g_clear_pointer (&self->sound, gst_nanovid_reel_free);
}

GstSample *
gst_nanovid_deck_read_last_frame (GstNanovidScene *scene,
    const GstNanovidFormat *format, GstNanovidBell *bell, GError **error)
{
  g_autoptr (GstNanovidDeck) self = gst_nanovid_deck_new (scene, format, bell);
  g_autoptr (GstBuffer) last = NULL;

  if (!gst_nanovid_deck_open (self, FALSE, error))
    return NULL;
  for (guint64 frame = 0; frame < self->n_frames; frame++) {
    g_clear_pointer (&last, gst_buffer_unref);
    last = gst_nanovid_deck_pull_frame (self, frame);
    if (!last) {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "stopped");
      return NULL;
    }
  }
  return gst_sample_new (last, format->video_caps, NULL, NULL);
}
