/* nanovid: joins clips to one picture and one sound without a seam
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstnanovidjoiner.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>

#include "gstnanovidtrack.h"

GST_DEBUG_CATEGORY (nanovidjoiner_debug);
#define GST_CAT_DEFAULT nanovidjoiner_debug

/* How far audio may request clips ahead of video, and how many clips it may be
 * behind: encoders and muxers need some data of one stream before they accept
 * more of the other. */
#define SOUND_AHEAD GST_SECOND
#define MAX_TURNS 100

/* A channel opens the next clip only shortly before the current one ends,
 * because a newer one may arrive until then. */
#define LEAD (2 * GST_SECOND)

/* A track that waited for a consumer has one. */
#define PLAY_AGAIN GST_FLOW_CUSTOM_SUCCESS

/* How long a channel waits for its slate before it begins without. */
#define SLATE_PATIENCE G_TIME_SPAN_SECOND

static void
turn_free (GstNanovidStretch *turn)
{
  g_clear_pointer (&turn->deck, gst_nanovid_deck_free);
  g_clear_pointer (&turn->info.scene, gst_nanovid_scene_unref);
  g_free (turn);
}

/* ---------------------------------------------------------------- loading */

/* With the lock held.  One clip is opened while another is playing; clips
 * further ahead remain files. */
static gboolean
wants_turn (GstNanovidJoiner *self)
{
  GstNanovidStretch *last = g_queue_peek_tail (&self->turns);

  if (self->turns.length >= MAX_TURNS || self->loaded.length > 0)
    return FALSE;
  if (self->live)
    return !last || !last->deck
        || gst_nanovid_track_get_time (self, self->n_frames)
        <= gst_nanovid_track_get_now (self) + LEAD;
  if (!last || self->n_turns <= self->video.turn + 1)
    return TRUE;
  return self->audio.turn == self->n_turns && !self->audio.follows
      && last->info.running_time + last->info.duration
      <= self->video.position + SOUND_AHEAD;
}

/* Returns: whether to continue */
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
  GstNanovidStretch *turn = g_new0 (GstNanovidStretch, 1);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell.lock);

  turn->deck = deck;
  turn->n_frames = gst_nanovid_deck_get_n_frames (deck);
  turn->info.scene = gst_nanovid_scene_ref (scene);
  g_queue_push_tail (&self->loaded, turn);
  gst_nanovid_bell_ring (&self->bell);
}

static void
set_opening (GstNanovidJoiner *self, gboolean opening)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell.lock);

  self->opening = opening;
}

static gboolean
load (GstNanovidJoiner *self, GstNanovidScene *scene)
{
  gboolean with_sound = gst_pad_is_linked (self->audio.pad);
  g_autoptr (GstNanovidDeck) deck =
      gst_nanovid_deck_new (scene, self->format, &self->bell);
  g_autoptr (GError) error = NULL;

  if (gst_nanovid_deck_open (deck, with_sound, &error)) {
    /* In a channel, there is no time to wait for the first audio sample
     * later. */
    if (self->live && with_sound)
      gst_nanovid_deck_open_sound (deck);
    add_turn (self, scene, g_steal_pointer (&deck));
    return TRUE;
  }
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return FALSE;
  self->callbacks->failed (scene, error, self->data);
  return TRUE;
}

/* If the slate cannot be loaded, the channel continues without it. */
static void
load_slate (GstNanovidJoiner *self)
{
  g_autoptr (GError) error = NULL;

  if (self->slate_location
      && !gst_nanovid_slate_load (
          self->slate, self->slate_location, &self->bell, &error)
      && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    GST_ELEMENT_WARNING (self->element, RESOURCE, SETTINGS,
        (_ ("The slate \"%s\" cannot be shown: %s"), self->slate_location,
            error->message),
        (NULL));

  g_mutex_lock (&self->bell.lock);
  self->has_slate = TRUE;
  gst_nanovid_bell_ring (&self->bell);
  g_mutex_unlock (&self->bell.lock);
}

static gpointer
run_loader (gpointer data)
{
  GstNanovidJoiner *self = data;

  if (self->live)
    load_slate (self);
  while (wait_for_room (self)) {
    GError *error = NULL;
    g_autoptr (GstNanovidScene) scene =
        self->callbacks->next (self->data, &error);

    if (!scene) {
      complete (self, error);
      break;
    }
    set_opening (self, TRUE);
    if (!load (self, scene))
      break;
    set_opening (self, FALSE);
  }
  return NULL;
}

/* ---------------------------------------------------------------- turns */

static void
start_track (GstNanovidTrack *track)
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

/* With the lock held.  A channel that was delayed does not start a clip in the
 * past. */
static guint64
get_next_frame (GstNanovidJoiner *self)
{
  GstClockTime now;

  if (!self->live)
    return self->n_frames;
  now = gst_nanovid_track_get_now (self);
  if (self->has_begun
      && now <= gst_nanovid_track_get_time (self, self->n_frames)
              + GST_NANOVID_TRACK_PATIENCE)
    return self->n_frames;
  self->has_begun = TRUE;
  return gst_nanovid_format_get_frame (self->format, now);
}

/* With the lock held.  If no clip is ready, a film waits, and a channel shows
 * the slate or the last frame.
 * Returns: whether a turn was added */
static gboolean
place_turn (GstNanovidJoiner *self)
{
  GstNanovidStretch *turn = g_queue_pop_head (&self->loaded);

  if (!turn && (!self->live || self->complete))
    return FALSE;
  if (!turn) {
    turn = g_new0 (GstNanovidStretch, 1);
    turn->n_frames = 1;
    turn->holds = self->opening;
  }
  turn->first_frame = get_next_frame (self);
  self->n_frames = turn->first_frame + turn->n_frames;
  turn->info.number = self->n_turns++;
  turn->info.running_time =
      gst_nanovid_track_get_time (self, turn->first_frame);
  turn->info.duration = gst_nanovid_track_get_time (self, self->n_frames)
      - turn->info.running_time;
  g_queue_push_tail (&self->turns, turn);
  gst_nanovid_bell_ring (&self->bell);
  return TRUE;
}

/* What follows the last turn is decided when it ends, so wait for that.
 *
 * Returns: whether there is still something to push */
static gboolean
wait_for_seam (GstNanovidTrack *track)
{
  GstNanovidJoiner *self = track->joiner;
  GstClockTime seam = 0;

  g_mutex_lock (&self->bell.lock);
  while (!self->bell.interrupted && !self->ended && !self->has_slate
      && g_cond_wait_until (&self->bell.cond, &self->bell.lock, self->begin_at))
    continue;
  if (self->has_begun && track->turn >= self->n_turns)
    seam = gst_nanovid_track_get_time (self, self->n_frames);
  g_mutex_unlock (&self->bell.lock);
  return gst_nanovid_pacer_wait (track->pacer, seam);
}

/* Returns: (nullable): NULL if there are no more turns */
static GstNanovidStretch *
wait_for_turn (GstNanovidTrack *track)
{
  GstNanovidJoiner *self = track->joiner;
  g_autoptr (GMutexLocker) locker = NULL;

  if (self->live && !wait_for_seam (track))
    return NULL;
  locker = g_mutex_locker_new (&self->bell.lock);
  while (!self->bell.interrupted && !self->ended) {
    GstNanovidStretch *turn = gst_nanovid_track_find (self, track->turn);

    if (turn) {
      track->turn = turn->info.number;
      return turn;
    }
    if (place_turn (self))
      continue;
    if (self->complete)
      return NULL;
    g_cond_wait (&self->bell.cond, &self->bell.lock);
  }
  return NULL;
}

/* With the lock held. */
static gboolean
is_wanted (
    GstNanovidJoiner *self, GstNanovidTrack *track, GstNanovidTrack *other)
{
  if (!other->follows)
    return TRUE;
  /* The feeder reports that the clips have nowhere to go. */
  return self->live && !track->over && !other->over && !self->complete;
}

/* With the lock held.  Whether the pad of a channel was linked while neither had a
 * consumer. */
static gboolean
is_linked_again (
    GstNanovidJoiner *self, GstNanovidTrack *track, GstNanovidTrack *other)
{
  return self->live && other->follows && !track->over
      && gst_pad_is_linked (track->pad);
}

/* Keeps a pad without a consumer in step with the other one.
 * Returns: if neither pad has a consumer, %GST_FLOW_EOS if one had, else
 *   %GST_FLOW_NOT_LINKED; %PLAY_AGAIN if the pad of a channel was linked since */
static GstFlowReturn
follow_other_track (GstNanovidTrack *track)
{
  GstNanovidJoiner *self = track->joiner;
  GstNanovidTrack *other = track == &self->video ? &self->audio : &self->video;
  /* Otherwise, something behind the consumer is not linked. */
  gboolean was_unlinked = !gst_pad_is_linked (track->pad);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell.lock);

  track->follows = TRUE;
  gst_nanovid_bell_ring (&self->bell);
  while (!self->bell.interrupted && !self->ended
      && is_wanted (self, track, other) && other->turn <= track->turn
      && !(was_unlinked && is_linked_again (self, track, other)))
    g_cond_wait (&self->bell.cond, &self->bell.lock);
  if (self->bell.interrupted || self->ended)
    return GST_FLOW_FLUSHING;
  if (other->turn > track->turn || (self->live && self->complete))
    return GST_FLOW_OK;
  if (was_unlinked && is_linked_again (self, track, other)) {
    track->follows = FALSE;
    track->resume = gst_nanovid_track_get_now (self);
    return PLAY_AGAIN;
  }
  return track->over || other->over ? GST_FLOW_EOS : GST_FLOW_NOT_LINKED;
}

/* Whether @track is the one to notify the owner.  In a channel, it is the first
 * of the two to get there, since the other one may be delayed. */
static gboolean
claim (GstNanovidTrack *track, gboolean *told)
{
  GstNanovidJoiner *self = track->joiner;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell.lock);
  gboolean is_first = !*told;

  if (!self->live)
    return gst_nanovid_track_is_leading (self, track);
  *told = TRUE;
  return is_first;
}

static GstFlowReturn
play_turn (GstNanovidTrack *track, GstNanovidStretch *turn)
{
  GstNanovidJoiner *self = track->joiner;
  GstFlowReturn flow;

  if (turn->info.scene && turn->info.scene->tags)
    gst_pad_push_event (track->pad,
        gst_event_new_tag (gst_tag_list_ref (turn->info.scene->tags)));
  if (claim (track, &turn->begun))
    self->callbacks->begun (&turn->info, self->data);
  do {
    flow = gst_pad_is_linked (track->pad) && !track->over
        ? track->play (self, turn)
        : GST_FLOW_NOT_LINKED;
    if (flow == GST_FLOW_EOS)
      track->over = TRUE;
    if (flow == GST_FLOW_EOS || flow == GST_FLOW_NOT_LINKED)
      flow = follow_other_track (track);
  } while (flow == PLAY_AGAIN);
  if (flow == GST_FLOW_OK && claim (track, &turn->ended))
    self->callbacks->ended (&turn->info, self->data);
  return flow;
}

/* With the lock held.  A turn is done when both tracks have left it, or in a
 * channel, when it is too late for one of them. */
static gboolean
is_done (GstNanovidJoiner *self, const GstNanovidStretch *turn)
{
  guint64 behind = MIN (self->video.turn, self->audio.turn);
  guint64 ahead = MAX (self->video.turn, self->audio.turn);
  guint64 number = turn->info.number;

  if (number < behind)
    return TRUE;
  return self->live && number > behind && number < ahead
      && gst_nanovid_track_get_now (self) > GST_NANOVID_TRACK_PATIENCE
          + gst_nanovid_track_get_time (
              self, turn->first_frame + turn->n_frames);
}

/* The last track to leave frees the clip. */
static void
leave_turn (GstNanovidTrack *track, GstNanovidStretch *turn)
{
  GstNanovidJoiner *self = track->joiner;
  GQueue done = G_QUEUE_INIT;
  GList *next;

  if (turn->deck && track == &self->video)
    gst_nanovid_deck_close_picture (turn->deck);
  else if (turn->deck)
    gst_nanovid_deck_close_sound (turn->deck);

  g_mutex_lock (&self->bell.lock);
  track->turn++;
  track->follows = FALSE;
  for (GList *l = self->turns.head; l; l = next) {
    next = l->next;
    if (is_done (self, l->data)) {
      g_queue_unlink (&self->turns, l);
      g_queue_push_tail_link (&done, l);
    }
  }
  gst_nanovid_bell_ring (&self->bell);
  g_mutex_unlock (&self->bell.lock);
  g_queue_clear_full (&done, (GDestroyNotify)turn_free);
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
finish_track (GstNanovidTrack *track)
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

  if (!ended && gst_nanovid_track_is_leading (self, track))
    self->callbacks->finished (self->reason, self->data);
  gst_pad_push_event (track->pad, gst_event_new_eos ());
}

static void
run_track (gpointer data)
{
  GstNanovidTrack *track = data;
  GstFlowReturn flow;
  GstNanovidStretch *turn;

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

/* Events are not forwarded: downstream of a pad is a decoded stream that is
 * independent of the element's other side. */
static gboolean
on_event (
    GstPad *pad G_GNUC_UNUSED, GstObject *parent G_GNUC_UNUSED, GstEvent *event)
{
  gboolean seek = GST_EVENT_TYPE (event) == GST_EVENT_SEEK;

  gst_event_unref (event);
  return !seek;
}

/* A frame is pushed when it begins, and may be delayed as long as the next ones
 * are not too late. */
static void
answer_latency (GstNanovidJoiner *self, GstQuery *query)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell.lock);
  GstClockTime frame;

  if (!self->live || !self->format) {
    gst_query_set_latency (query, FALSE, 0, GST_CLOCK_TIME_NONE);
    return;
  }
  frame = gst_nanovid_track_get_time (self, 1);
  gst_query_set_latency (
      query, TRUE, frame, frame + GST_NANOVID_TRACK_PATIENCE);
}

static gboolean
on_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  GstFormat format;

  switch (GST_QUERY_TYPE (query)) {
    case GST_QUERY_LATENCY:
      answer_latency (gst_pad_get_element_private (pad), query);
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

/* A track may wait for this. */
static void
on_linked (GstPad *pad)
{
  GstNanovidJoiner *self = gst_pad_get_element_private (pad);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell.lock);

  gst_nanovid_bell_ring (&self->bell);
}

static void
init_track (GstNanovidJoiner *self, GstNanovidTrack *track, GstPad *pad,
    GstFlowReturn (*play) (GstNanovidJoiner *, GstNanovidStretch *))
{
  track->joiner = self;
  track->pad = pad;
  track->play = play;
  track->pacer = gst_nanovid_pacer_new (self->element);
  gst_pad_set_element_private (pad, self);
  gst_pad_set_event_function (pad, on_event);
  gst_pad_set_query_function (pad, on_query);
  g_signal_connect_object (
      pad, "linked", G_CALLBACK (on_linked), self->element, 0);
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
  g_queue_init (&self->loaded);
  init_track (self, &self->video, video_pad, gst_nanovid_track_play_picture);
  init_track (self, &self->audio, audio_pad, gst_nanovid_track_play_sound);
  return self;
}

void
gst_nanovid_joiner_free (GstNanovidJoiner *self)
{
  gst_nanovid_pacer_free (self->video.pacer);
  gst_nanovid_pacer_free (self->audio.pacer);
  gst_nanovid_bell_clear (&self->bell);
  g_free (self->slate_location);
  g_free (self);
}

void
gst_nanovid_joiner_set_live (
    GstNanovidJoiner *self, gboolean live, const char *slate_location)
{
  self->live = live;
  g_free (self->slate_location);
  self->slate_location = g_strdup (slate_location);
}

void
gst_nanovid_joiner_set_playing (GstNanovidJoiner *self, gboolean playing)
{
  gst_nanovid_pacer_set_playing (self->video.pacer, playing);
  gst_nanovid_pacer_set_playing (self->audio.pacer, playing);
}

void
gst_nanovid_joiner_get_times (GstNanovidJoiner *self, GstNanovidTimes *times)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell.lock);

  *times = self->times;
}

static void
reset_track (GstNanovidTrack *track)
{
  track->started = FALSE;
  track->end = GST_CLOCK_TIME_NONE;
  track->resume = 0;
  track->over = FALSE;
  track->turn = 0;
  track->follows = FALSE;
  track->position = 0;
  gst_nanovid_pacer_start (track->pacer);
}

gboolean
gst_nanovid_joiner_start (
    GstNanovidJoiner *self, GstCaps *video_caps, GstCaps *audio_caps)
{
  GstNanovidFormat *format = gst_nanovid_format_new (video_caps, audio_caps);

  if (!format)
    return FALSE;
  g_mutex_lock (&self->bell.lock);
  self->format = format;
  g_mutex_unlock (&self->bell.lock);
  if (self->live)
    self->slate = gst_nanovid_slate_new (format);

  self->group_id = gst_util_group_id_next ();
  self->n_frames = 0;
  self->n_turns = 0;
  self->begin_at = g_get_monotonic_time () + SLATE_PATIENCE;
  self->has_slate = self->has_begun = self->opening = FALSE;
  self->times = (GstNanovidTimes){ 0 };
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

static void
stop_pacers (GstNanovidJoiner *self)
{
  gst_nanovid_pacer_stop (self->video.pacer);
  gst_nanovid_pacer_stop (self->audio.pacer);
}

void
gst_nanovid_joiner_end (GstNanovidJoiner *self)
{
  g_mutex_lock (&self->bell.lock);
  self->ended = TRUE;
  gst_nanovid_bell_ring (&self->bell);
  g_mutex_unlock (&self->bell.lock);
  stop_pacers (self);
}

void
gst_nanovid_joiner_stop (GstNanovidJoiner *self)
{
  if (!self->format)
    return;
  gst_nanovid_bell_set_interrupted (&self->bell, TRUE);
  stop_pacers (self);
  gst_pad_set_active (self->video.pad, FALSE);
  gst_pad_set_active (self->audio.pad, FALSE);
  gst_pad_stop_task (self->video.pad);
  gst_pad_stop_task (self->audio.pad);
  g_thread_join (g_steal_pointer (&self->loader));
  g_queue_clear_full (&self->turns, (GDestroyNotify)turn_free);
  g_queue_clear_full (&self->loaded, (GDestroyNotify)turn_free);
  g_clear_error (&self->reason);
  g_clear_pointer (&self->slate, gst_nanovid_slate_free);
  g_mutex_lock (&self->bell.lock);
  g_clear_pointer (&self->format, gst_nanovid_format_free);
  g_mutex_unlock (&self->bell.lock);
}
