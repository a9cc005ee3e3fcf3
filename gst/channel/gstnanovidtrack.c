/* nanovid: one pad of a film: pushes clips, and what is shown between them
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstnanovidtrack.h"

GST_DEBUG_CATEGORY_EXTERN (nanovidjoiner_debug);
#define GST_CAT_DEFAULT nanovidjoiner_debug

/* Audio that is off by no more than this continues without a gap, because time
 * stamps are often rounded.  Anything further off is moved to the position of
 * its time stamp. */
#define TOLERANCE (10 * GST_MSECOND)

GstClockTime
gst_nanovid_track_get_time (GstNanovidJoiner *self, guint64 frame)
{
  return gst_nanovid_format_get_frame_time (self->format, frame);
}

GstClockTime
gst_nanovid_track_get_now (GstNanovidJoiner *self)
{
  return gst_nanovid_pacer_get_time (self->video.pacer);
}

/* One of the two tracks reports progress to the owner. */
gboolean
gst_nanovid_track_is_leading (GstNanovidJoiner *self, GstNanovidTrack *track)
{
  return (track == &self->video) == gst_pad_is_linked (self->video.pad);
}

/* With the lock held. */
GstNanovidStretch *
gst_nanovid_track_find (GstNanovidJoiner *self, guint64 number)
{
  for (GList *l = self->turns.head; l; l = l->next) {
    GstNanovidStretch *turn = l->data;

    if (turn->info.number >= number)
      return turn;
  }
  return NULL;
}

/* With the lock held. */
static void
note_time (GstNanovidTrack *track, GstClockTime time)
{
  GstNanovidJoiner *self = track->joiner;
  const GstNanovidScene *scene =
      gst_nanovid_track_find (self, track->turn)->info.scene;

  if (!gst_nanovid_track_is_leading (self, track))
    return;
  if (!scene)
    self->times.slate += time;
  else if (scene->is_new)
    self->times.fresh += time;
  else
    self->times.replayed += time;
}

/* Returns: whether the data from @position to @end is still to be pushed */
static gboolean
note_position (GstNanovidTrack *track, GstClockTime position, GstClockTime end)
{
  GstNanovidJoiner *self = track->joiner;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell.lock);

  if (self->bell.interrupted || self->ended)
    return FALSE;
  track->position = position;
  note_time (track, end - position);
  gst_nanovid_bell_ring (&self->bell);
  return TRUE;
}

/* @buffer: (transfer full) */
static GstFlowReturn
push (GstNanovidTrack *track, GstBuffer *buffer, guint64 offset,
    guint64 offset_end, GstClockTime time, GstClockTime end)
{
  if ((track->joiner->live && !gst_nanovid_pacer_wait (track->pacer, time))
      || !note_position (track, time, end)) {
    gst_buffer_unref (buffer);
    return GST_FLOW_FLUSHING;
  }

  GST_BUFFER_FLAG_UNSET (buffer,
      GST_BUFFER_FLAG_DISCONT | GST_BUFFER_FLAG_RESYNC | GST_BUFFER_FLAG_GAP
          | GST_BUFFER_FLAG_DELTA_UNIT | GST_BUFFER_FLAG_MARKER);
  if (time != track->end)
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
  track->end = end;
  GST_BUFFER_OFFSET (buffer) = offset;
  GST_BUFFER_OFFSET_END (buffer) = offset_end;
  GST_BUFFER_PTS (buffer) = time;
  GST_BUFFER_DTS (buffer) = GST_CLOCK_TIME_NONE;
  GST_BUFFER_DURATION (buffer) = end - time;
  return gst_pad_push (track->pad, buffer);
}

/* A channel that was delayed continues at the current time, whichever turn that
 * is in.
 * @time: time of the next data to push
 * @frame: (inout): set to the current frame
 *
 * Returns: whether @frame has changed */
static gboolean
catch_up (GstNanovidTrack *track, GstClockTime time, guint64 *frame)
{
  GstNanovidJoiner *self = track->joiner;
  GstClockTime now;
  guint64 resumed;

  if (!self->live)
    return FALSE;
  now = gst_nanovid_track_get_now (self);
  if (now > time + GST_NANOVID_TRACK_PATIENCE) {
    GST_INFO_OBJECT (track->pad,
        "%" GST_TIME_FORMAT " is too late, it is %" GST_TIME_FORMAT,
        GST_TIME_ARGS (time), GST_TIME_ARGS (now));
    track->resume = now;
  }
  resumed = gst_nanovid_format_get_frame (self->format, track->resume);
  if (gst_nanovid_track_get_time (self, resumed) <= time)
    return FALSE;
  *frame = resumed;
  return TRUE;
}

/* With the lock held.  While there is no clip, the turn is extended frame by
 * frame. */
static gboolean
can_extend (GstNanovidJoiner *self, GstNanovidStretch *turn)
{
  if (turn->deck || turn != g_queue_peek_tail (&self->turns)
      || self->loaded.length > 0 || self->complete)
    return FALSE;
  return !turn->holds || self->opening
      || !gst_nanovid_slate_has_picture (self->slate);
}

/* Whether @frame is part of @turn, which is extended for it if possible. */
static gboolean
has_frame (GstNanovidTrack *track, GstNanovidStretch *turn, guint64 frame)
{
  GstNanovidJoiner *self = track->joiner;
  g_autoptr (GMutexLocker) locker = NULL;

  if (turn->deck)
    return frame < turn->first_frame + turn->n_frames;
  if (!gst_nanovid_pacer_wait (
          track->pacer, gst_nanovid_track_get_time (self, frame)))
    return FALSE;

  locker = g_mutex_locker_new (&self->bell.lock);
  if (frame >= turn->first_frame + turn->n_frames && can_extend (self, turn)) {
    turn->n_frames = frame + 1 - turn->first_frame;
    self->n_frames = frame + 1;
  }
  return frame < turn->first_frame + turn->n_frames;
}

/* Returns: (transfer full) (nullable): the frame */
static GstBuffer *
create_frame (GstNanovidJoiner *self, GstNanovidStretch *turn, guint64 n)
{
  GstBuffer *frame;

  if (!turn->deck)
    return gst_nanovid_slate_create_frame (self->slate, turn->holds);
  frame = gst_nanovid_deck_pull_frame (turn->deck, n);
  if (frame && self->live && n + 1 == turn->n_frames) {
    gst_nanovid_slate_keep (self->slate, frame);
    frame = gst_buffer_make_writable (frame);
  }
  return frame;
}

GstFlowReturn
gst_nanovid_track_play_picture (GstNanovidJoiner *self, GstNanovidStretch *turn)
{
  GstFlowReturn flow = GST_FLOW_OK;
  guint64 frame = turn->first_frame;

  for (; flow == GST_FLOW_OK && has_frame (&self->video, turn, frame);
       frame++) {
    GstBuffer *buffer;

    if (catch_up (
            &self->video, gst_nanovid_track_get_time (self, frame), &frame)
        && !has_frame (&self->video, turn, frame))
      break;
    buffer = create_frame (self, turn, frame - turn->first_frame);
    if (!buffer)
      return GST_FLOW_FLUSHING;
    flow = push (&self->video, buffer, frame, frame + 1,
        gst_nanovid_track_get_time (self, frame),
        gst_nanovid_track_get_time (self, frame + 1));
  }
  return flow;
}

/* The remaining samples of a clip, counted from the start of the film. */
typedef struct
{
  guint64 at;
  guint64 end;
} Samples;

/* @buffer: (transfer full): @n samples */
static GstFlowReturn
push_sound (
    GstNanovidJoiner *self, Samples *samples, GstBuffer *buffer, guint64 n)
{
  int rate = GST_AUDIO_INFO_RATE (&self->format->audio);
  guint64 at = samples->at;

  samples->at += n;
  return push (&self->audio, buffer, at, samples->at,
      gst_util_uint64_scale (at, GST_SECOND, rate),
      gst_util_uint64_scale (samples->at, GST_SECOND, rate));
}

static void
catch_up_sound (GstNanovidJoiner *self, Samples *samples)
{
  int rate = GST_AUDIO_INFO_RATE (&self->format->audio);
  guint64 frame;

  if (catch_up (&self->audio,
          gst_util_uint64_scale (samples->at, GST_SECOND, rate), &frame))
    samples->at =
        MIN (gst_nanovid_format_get_sample (self->format, frame), samples->end);
}

static GstFlowReturn
push_silence (GstNanovidJoiner *self, Samples *samples, guint64 end)
{
  const GstAudioInfo *info = &self->format->audio;
  guint64 most = MAX (GST_AUDIO_INFO_RATE (info) / 50, 1);
  GstFlowReturn flow = GST_FLOW_OK;

  while (flow == GST_FLOW_OK && samples->at < end) {
    guint64 n = MIN (end - samples->at, most);
    gsize size = n * GST_AUDIO_INFO_BPF (info);
    GstBuffer *buffer = gst_buffer_new_allocate (NULL, size, NULL);
    GstMapInfo map;

    gst_buffer_map (buffer, &map, GST_MAP_WRITE);
    gst_audio_format_info_fill_silence (info->finfo, map.data, map.size);
    gst_buffer_unmap (buffer, &map);
    flow = push_sound (self, samples, buffer, n);
    catch_up_sound (self, samples);
  }
  return flow;
}

/* Pushes the part of @buffer between the current position and the end of the
 * clip.
 * @buffer: (transfer full)
 * @place: where its first sample belongs */
static GstFlowReturn
push_piece (
    GstNanovidJoiner *self, Samples *samples, GstBuffer *buffer, gint64 place)
{
  int bpf = GST_AUDIO_INFO_BPF (&self->format->audio);
  guint64 n = gst_buffer_get_size (buffer) / bpf;
  guint64 skip = 0;
  GstFlowReturn flow = GST_FLOW_OK;

  if (place > (gint64)samples->at)
    flow = push_silence (self, samples, MIN ((guint64)place, samples->end));
  if (place < (gint64)samples->at)
    skip = samples->at - place;
  if (flow != GST_FLOW_OK || skip >= n || samples->at >= samples->end) {
    gst_buffer_unref (buffer);
    return flow;
  }
  n = MIN (n - skip, samples->end - samples->at);
  return push_sound (
      self, samples, gst_audio_buffer_truncate (buffer, bpf, skip, n), n);
}

static GstFlowReturn
play_silence (GstNanovidJoiner *self, GstNanovidStretch *turn)
{
  GstFlowReturn flow = GST_FLOW_OK;
  guint64 frame = turn->first_frame;

  for (; flow == GST_FLOW_OK && has_frame (&self->audio, turn, frame);
       frame++) {
    Samples samples;

    if (catch_up (
            &self->audio, gst_nanovid_track_get_time (self, frame), &frame)
        && !has_frame (&self->audio, turn, frame))
      break;
    samples.at = gst_nanovid_format_get_sample (self->format, frame);
    samples.end = gst_nanovid_format_get_sample (self->format, frame + 1);
    flow = push_silence (self, &samples, samples.end);
  }
  return flow;
}

GstFlowReturn
gst_nanovid_track_play_sound (GstNanovidJoiner *self, GstNanovidStretch *turn)
{
  guint64 start =
      gst_nanovid_format_get_sample (self->format, turn->first_frame);
  Samples samples = { start,
    gst_nanovid_format_get_sample (
        self->format, turn->first_frame + turn->n_frames) };
  gint64 tolerance = gst_util_uint64_scale (
      TOLERANCE, GST_AUDIO_INFO_RATE (&self->format->audio), GST_SECOND);
  gboolean joined = FALSE;
  GstFlowReturn flow = GST_FLOW_OK;

  if (!turn->deck)
    return play_silence (self, turn);
  gst_nanovid_deck_open_sound (turn->deck);
  catch_up_sound (self, &samples);
  while (flow == GST_FLOW_OK && samples.at < samples.end) {
    gint64 place;
    GstBuffer *buffer = gst_nanovid_deck_pull_sound (turn->deck, &place);

    if (!buffer)
      break;
    place += start;
    if (joined && ABS (place - (gint64)samples.at) <= tolerance)
      place = samples.at;
    joined = TRUE;
    flow = push_piece (self, &samples, buffer, place);
    catch_up_sound (self, &samples);
  }
  return flow == GST_FLOW_OK ? push_silence (self, &samples, samples.end)
                             : flow;
}
