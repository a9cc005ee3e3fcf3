/* nanovid: joins clips to one picture and one sound without a seam
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstnanovidjoiner.h"

#include <gio/gio.h>

GST_DEBUG_CATEGORY_STATIC (nanovidjoiner_debug);
#define GST_CAT_DEFAULT nanovidjoiner_debug

/* The sound of a clip goes on where it is; only what is further off than that is
 * put where its time says, since time stamps are often rounded. */
#define TOLERANCE (10 * GST_MSECOND)

/* How far the sound may ask for clips ahead of the picture, and how many of them
 * it may be behind: encoders and muxers want some of one before they take more of
 * the other. */
#define SOUND_AHEAD GST_SECOND
#define MAX_TURNS 100

/* A clip in its place. */
typedef struct
{
  GstNanovidTurn info;
  GstNanovidDeck *deck;
  guint64 first_frame;
  guint64 n_frames;
} Turn;

typedef struct
{
  GstNanovidJoiner *joiner;
  GstPad *pad;
  GstFlowReturn (*play) (GstNanovidJoiner *joiner, Turn *turn);

  /* Its own thread's */
  gboolean started;
  gboolean discont;
  gboolean over;

  /* Guarded by the bell's lock */
  guint64 turn;
  gboolean follows;
  GstClockTime position;
} Track;

struct _GstNanovidJoiner
{
  GstElement *element;
  const GstNanovidJoinerCallbacks *callbacks;
  gpointer data;
  GstNanovidFormat *format;
  GThread *loader;
  guint group_id;
  Track video;
  Track audio;

  /* The loader's */
  guint64 n_frames;

  GstNanovidBell bell;
  /* Guarded by its lock */
  GQueue turns;
  guint64 n_turns;
  gboolean complete; /* no more scenes come */
  gboolean ended;    /* nothing more is pushed but EOS */
  GError *reason;
};

static void
turn_free (Turn *turn)
{
  gst_nanovid_deck_free (turn->deck);
  gst_nanovid_scene_unref (turn->info.scene);
  g_free (turn);
}

/* ---------------------------------------------------------------- loading */

/* With the lock held.  One clip is made ready while another is played; what waits
 * further ahead is a file. */
static gboolean
wants_turn (GstNanovidJoiner *self)
{
  Turn *last = g_queue_peek_tail (&self->turns);

  if (self->turns.length >= MAX_TURNS)
    return FALSE;
  if (!last || self->n_turns <= self->video.turn + 1)
    return TRUE;
  return self->audio.turn == self->n_turns && !self->audio.follows
      && last->info.running_time + last->info.duration
      <= self->video.position + SOUND_AHEAD;
}

/* Returns: whether to go on */
static gboolean
wait_for_room (GstNanovidJoiner *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell.lock);

  while (!self->bell.interrupted && !self->ended && !wants_turn (self))
    g_cond_wait (&self->bell.cond, &self->bell.lock);
  return !self->bell.interrupted && !self->ended;
}

static void
complete (GstNanovidJoiner *self, GError *reason)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell.lock);

  self->complete = TRUE;
  self->reason = reason;
  gst_nanovid_bell_ring (&self->bell);
}

/* @deck: (transfer full): open */
static void
add_turn (GstNanovidJoiner *self, GstNanovidScene *scene, GstNanovidDeck *deck)
{
  Turn *turn = g_new0 (Turn, 1);
  GstClockTime end;

  turn->deck = deck;
  turn->first_frame = self->n_frames;
  turn->n_frames = gst_nanovid_deck_get_n_frames (deck);
  self->n_frames += turn->n_frames;

  end = gst_nanovid_format_get_frame_time (self->format, self->n_frames);
  turn->info.scene = gst_nanovid_scene_ref (scene);
  turn->info.running_time =
      gst_nanovid_format_get_frame_time (self->format, turn->first_frame);
  turn->info.duration = end - turn->info.running_time;

  g_mutex_lock (&self->bell.lock);
  turn->info.number = self->n_turns++;
  g_queue_push_tail (&self->turns, turn);
  gst_nanovid_bell_ring (&self->bell);
  g_mutex_unlock (&self->bell.lock);
}

static gboolean
load (GstNanovidJoiner *self, GstNanovidScene *scene)
{
  gboolean with_sound = gst_pad_is_linked (self->audio.pad);
  g_autoptr (GstNanovidDeck) deck =
      gst_nanovid_deck_new (scene, self->format, &self->bell);
  g_autoptr (GError) error = NULL;

  if (gst_nanovid_deck_open (deck, with_sound, &error)) {
    add_turn (self, scene, g_steal_pointer (&deck));
    return TRUE;
  }
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return FALSE;
  self->callbacks->failed (scene, error, self->data);
  return TRUE;
}

static gpointer
run_loader (gpointer data)
{
  GstNanovidJoiner *self = data;

  while (wait_for_room (self)) {
    GError *error = NULL;
    g_autoptr (GstNanovidScene) scene =
        self->callbacks->next (self->data, &error);

    if (!scene) {
      complete (self, error);
      break;
    }
    if (!load (self, scene))
      break;
  }
  return NULL;
}

/* ---------------------------------------------------------------- pushing */

/* One of them tells the owner how far it is. */
static gboolean
is_leading (GstNanovidJoiner *self, Track *track)
{
  return (track == &self->video) == gst_pad_is_linked (self->video.pad);
}

/* Returns: whether there is still something to be pushed */
static gboolean
note_position (Track *track, GstClockTime position)
{
  GstNanovidJoiner *self = track->joiner;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell.lock);

  track->position = position;
  gst_nanovid_bell_ring (&self->bell);
  return !self->bell.interrupted && !self->ended;
}

/* @buffer: (transfer full) */
static GstFlowReturn
push (Track *track, GstBuffer *buffer, guint64 offset, guint64 offset_end,
    GstClockTime time, GstClockTime end)
{
  if (!note_position (track, time)) {
    gst_buffer_unref (buffer);
    return GST_FLOW_FLUSHING;
  }

  GST_BUFFER_FLAG_UNSET (buffer,
      GST_BUFFER_FLAG_DISCONT | GST_BUFFER_FLAG_RESYNC | GST_BUFFER_FLAG_GAP
          | GST_BUFFER_FLAG_DELTA_UNIT | GST_BUFFER_FLAG_MARKER);
  if (track->discont)
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
  track->discont = FALSE;
  GST_BUFFER_OFFSET (buffer) = offset;
  GST_BUFFER_OFFSET_END (buffer) = offset_end;
  GST_BUFFER_PTS (buffer) = time;
  GST_BUFFER_DTS (buffer) = GST_CLOCK_TIME_NONE;
  GST_BUFFER_DURATION (buffer) = end - time;
  return gst_pad_push (track->pad, buffer);
}

static GstFlowReturn
play_picture (GstNanovidJoiner *self, Turn *turn)
{
  GstFlowReturn flow = GST_FLOW_OK;

  for (guint64 n = 0; n < turn->n_frames && flow == GST_FLOW_OK; n++) {
    guint64 frame = turn->first_frame + n;
    GstBuffer *buffer = gst_nanovid_deck_pull_frame (turn->deck, n);

    if (!buffer)
      return GST_FLOW_FLUSHING;
    flow = push (&self->video, buffer, frame, frame + 1,
        gst_nanovid_format_get_frame_time (self->format, frame),
        gst_nanovid_format_get_frame_time (self->format, frame + 1));
  }
  return flow;
}

/* The samples that a clip has, from the film's start. */
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
  }
  return flow;
}

/* Pushes what of @buffer belongs between where the sound is and its end.
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
  else
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
play_sound (GstNanovidJoiner *self, Turn *turn)
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

  gst_nanovid_deck_open_sound (turn->deck);
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
  }
  return flow == GST_FLOW_OK ? push_silence (self, &samples, samples.end)
                             : flow;
}

/* ---------------------------------------------------------------- turns */

static void
start_track (Track *track)
{
  GstNanovidJoiner *self = track->joiner;
  gboolean video = track == &self->video;
  g_autofree char *id = gst_pad_create_stream_id (
      track->pad, self->element, video ? "video" : "audio");
  GstEvent *event = gst_event_new_stream_start (id);
  GstSegment segment;

  gst_event_set_group_id (event, self->group_id);
  gst_pad_push_event (track->pad, event);
  gst_pad_push_event (track->pad,
      gst_event_new_caps (
          video ? self->format->video_caps : self->format->audio_caps));
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (track->pad, gst_event_new_segment (&segment));
  track->started = TRUE;
}

/* What is done while no clip is ready: a film waits.
 * Returns: (nullable): NULL when there is none to come */
static Turn *
wait_for_turn (Track *track)
{
  GstNanovidJoiner *self = track->joiner;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell.lock);

  while (!self->bell.interrupted && !self->ended && !self->complete
      && track->turn == self->n_turns)
    g_cond_wait (&self->bell.cond, &self->bell.lock);
  if (self->bell.interrupted || self->ended || track->turn == self->n_turns)
    return NULL;
  return g_queue_peek_nth (
      &self->turns, self->turns.length - (self->n_turns - track->turn));
}

/* A pad that nobody wants anything from keeps step with the other one.
 * Returns: when nobody wants anything from either, %GST_FLOW_EOS if somebody did,
 * else %GST_FLOW_NOT_LINKED */
static GstFlowReturn
follow (Track *track)
{
  GstNanovidJoiner *self = track->joiner;
  Track *other = track == &self->video ? &self->audio : &self->video;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell.lock);

  track->follows = TRUE;
  gst_nanovid_bell_ring (&self->bell);
  while (!self->bell.interrupted && !self->ended && !other->follows
      && other->turn <= track->turn)
    g_cond_wait (&self->bell.cond, &self->bell.lock);
  if (self->bell.interrupted || self->ended)
    return GST_FLOW_FLUSHING;
  if (other->turn > track->turn)
    return GST_FLOW_OK;
  return track->over || other->over ? GST_FLOW_EOS : GST_FLOW_NOT_LINKED;
}

static GstFlowReturn
play_turn (Track *track, Turn *turn)
{
  GstNanovidJoiner *self = track->joiner;
  gboolean leading = is_leading (self, track);
  GstFlowReturn flow = GST_FLOW_NOT_LINKED;

  if (turn->info.scene->tags)
    gst_pad_push_event (track->pad,
        gst_event_new_tag (gst_tag_list_ref (turn->info.scene->tags)));
  if (leading)
    self->callbacks->begun (&turn->info, self->data);
  if (gst_pad_is_linked (track->pad) && !track->over)
    flow = track->play (self, turn);
  if (flow == GST_FLOW_EOS)
    track->over = TRUE;
  if (flow == GST_FLOW_EOS || flow == GST_FLOW_NOT_LINKED)
    flow = follow (track);
  if (flow == GST_FLOW_OK && leading)
    self->callbacks->ended (&turn->info, self->data);
  return flow;
}

/* Whoever is last takes the clip away. */
static void
leave_turn (Track *track, Turn *turn)
{
  GstNanovidJoiner *self = track->joiner;
  Turn *done = NULL;

  if (track == &self->video)
    gst_nanovid_deck_close_picture (turn->deck);
  else
    gst_nanovid_deck_close_sound (turn->deck);

  g_mutex_lock (&self->bell.lock);
  track->turn++;
  track->follows = FALSE;
  if (MIN (self->video.turn, self->audio.turn) == track->turn)
    done = g_queue_pop_head (&self->turns);
  gst_nanovid_bell_ring (&self->bell);
  g_mutex_unlock (&self->bell.lock);
  g_clear_pointer (&done, turn_free);
}

static void
break_off (GstNanovidJoiner *self, GstFlowReturn flow)
{
  gboolean first;

  g_mutex_lock (&self->bell.lock);
  first = !self->ended;
  self->ended = TRUE;
  gst_nanovid_bell_ring (&self->bell);
  g_mutex_unlock (&self->bell.lock);
  if (first)
    GST_ELEMENT_FLOW_ERROR (self->element, flow);
}

static void
finish_track (Track *track)
{
  GstNanovidJoiner *self = track->joiner;
  gboolean interrupted, ended;

  gst_pad_pause_task (track->pad);
  g_mutex_lock (&self->bell.lock);
  interrupted = self->bell.interrupted;
  ended = self->ended;
  g_mutex_unlock (&self->bell.lock);
  if (interrupted)
    return;

  if (!ended && is_leading (self, track))
    self->callbacks->finished (self->reason, self->data);
  gst_pad_push_event (track->pad, gst_event_new_eos ());
}

static void
run_track (gpointer data)
{
  Track *track = data;
  GstFlowReturn flow;
  Turn *turn;

  if (!track->started)
    start_track (track);
  turn = wait_for_turn (track);
  if (!turn) {
    finish_track (track);
    return;
  }
  flow = play_turn (track, turn);
  if (flow == GST_FLOW_EOS)
    gst_nanovid_joiner_end (track->joiner);
  if (flow == GST_FLOW_OK)
    leave_turn (track, turn);
  else if (flow == GST_FLOW_EOS)
    finish_track (track);
  else if (flow == GST_FLOW_FLUSHING)
    finish_track (track);
  else
    break_off (track->joiner, flow);
}

/* ---------------------------------------------------------------- pads */

/* What is behind a pad is a decoder's business, and not that of whatever the
 * element has on its other side. */
static gboolean
on_event (
    GstPad *pad G_GNUC_UNUSED, GstObject *parent G_GNUC_UNUSED, GstEvent *event)
{
  gboolean seek = GST_EVENT_TYPE (event) == GST_EVENT_SEEK;

  gst_event_unref (event);
  return !seek;
}

static gboolean
on_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  GstFormat format;

  switch (GST_QUERY_TYPE (query)) {
    case GST_QUERY_LATENCY:
      gst_query_set_latency (query, FALSE, 0, GST_CLOCK_TIME_NONE);
      return TRUE;
    case GST_QUERY_SEEKING:
      gst_query_parse_seeking (query, &format, NULL, NULL, NULL);
      gst_query_set_seeking (query, format, FALSE, 0, -1);
      return TRUE;
    case GST_QUERY_CAPS:
    case GST_QUERY_ACCEPT_CAPS:
    case GST_QUERY_CONTEXT:
      return gst_pad_query_default (pad, parent, query);
    default:
      return FALSE;
  }
}

static void
init_track (GstNanovidJoiner *self, Track *track, GstPad *pad,
    GstFlowReturn (*play) (GstNanovidJoiner *, Turn *))
{
  track->joiner = self;
  track->pad = pad;
  track->play = play;
  gst_pad_set_event_function (pad, on_event);
  gst_pad_set_query_function (pad, on_query);
}

GstNanovidJoiner *
gst_nanovid_joiner_new (GstElement *element, GstPad *video_pad,
    GstPad *audio_pad, const GstNanovidJoinerCallbacks *callbacks,
    gpointer data)
{
  GstNanovidJoiner *self = g_new0 (GstNanovidJoiner, 1);

  GST_DEBUG_CATEGORY_INIT (
      nanovidjoiner_debug, "nanovidjoiner", 0, "joins clips to a film");
  self->element = element;
  self->callbacks = callbacks;
  self->data = data;
  gst_nanovid_bell_init (&self->bell);
  g_queue_init (&self->turns);
  init_track (self, &self->video, video_pad, play_picture);
  init_track (self, &self->audio, audio_pad, play_sound);
  return self;
}

void
gst_nanovid_joiner_free (GstNanovidJoiner *self)
{
  gst_nanovid_bell_clear (&self->bell);
  g_free (self);
}

static void
reset_track (Track *track)
{
  track->started = FALSE;
  track->discont = TRUE;
  track->over = FALSE;
  track->turn = 0;
  track->follows = FALSE;
  track->position = 0;
}

gboolean
gst_nanovid_joiner_start (
    GstNanovidJoiner *self, GstCaps *video_caps, GstCaps *audio_caps)
{
  self->format = gst_nanovid_format_new (video_caps, audio_caps);
  if (!self->format)
    return FALSE;

  self->group_id = gst_util_group_id_next ();
  self->n_frames = 0;
  self->n_turns = 0;
  self->complete = FALSE;
  self->ended = FALSE;
  self->bell.interrupted = FALSE;
  reset_track (&self->video);
  reset_track (&self->audio);
  self->loader = g_thread_new ("nanovid-decks", run_loader, self);
  gst_pad_start_task (self->video.pad, run_track, &self->video, NULL);
  gst_pad_start_task (self->audio.pad, run_track, &self->audio, NULL);
  return TRUE;
}

void
gst_nanovid_joiner_end (GstNanovidJoiner *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell.lock);

  self->ended = TRUE;
  gst_nanovid_bell_ring (&self->bell);
}

void
gst_nanovid_joiner_stop (GstNanovidJoiner *self)
{
  if (!self->format)
    return;
  gst_nanovid_bell_set_interrupted (&self->bell, TRUE);
  gst_pad_set_active (self->video.pad, FALSE);
  gst_pad_set_active (self->audio.pad, FALSE);
  gst_pad_stop_task (self->video.pad);
  gst_pad_stop_task (self->audio.pad);
  g_thread_join (g_steal_pointer (&self->loader));
  g_queue_clear_full (&self->turns, (GDestroyNotify)turn_free);
  g_clear_error (&self->reason);
  g_clear_pointer (&self->format, gst_nanovid_format_free);
}
