/* nanovid: the element nanovidchannel, from prompts to a film
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/**
 * SECTION:element-nanovidchannel
 * @title: nanovidchannel
 *
 * Generates a clip for each prompt with the NanoGPT service, and plays the
 * clips one after the other without a seam, as raw video and raw audio whose
 * caps never change.
 *
 * Prompts come from the `sink` pad, where every picture, frame or text is a
 * prompt, from a text file, and from the signals `push-prompt` and
 * `need-prompt`.  If none of these is used, the property `prompt` is the only
 * prompt.
 *
 * With `live=true`, the element is a channel: it follows the clock whatever the
 * service does, and never ends by itself.
 *
 * ## Example launch lines
 * |[
 * gst-launch-1.0 filesrc location=script.srt ! subparse ! nanovidchannel name=c mp4mux name=m ! filesink location=film.mp4 c.video_src ! queue ! x264enc ! m. c.audio_src ! queue ! audioconvert ! avenc_aac ! m.
 * ]| Make a film from a script.
 * |[
 * gst-launch-1.0 nanovidchannel prompts-location=script.txt continuity=last-frame name=c c.video_src ! queue ! videoconvert ! autovideosink c.audio_src ! queue ! audioconvert ! audioresample ! autoaudiosink
 * ]| Watch scenes that each continue from the last frame of the one before.
 * |[
 * gst-launch-1.0 nanovidchannel live=true max-cost-per-hour=1 prompt="a calm sea" name=c c.video_src ! queue ! videoconvert ! autovideosink c.audio_src ! queue ! audioconvert ! audioresample ! autoaudiosink
 * ]| Watch a channel that spends one dollar an hour.
 *
 * Since: 0.2
 */

#include "config.h"

#include "gstnanovidchannel.h"

#include <glib/gi18n-lib.h>

#include "gst/gstnanovidlog.h"
#include "gst/gstnanovidmessages.h"
#include "gst/gstnanovidoutlet.h"
#include "gst/gstnanovidpreset.h"
#include "gst/input/gstnanovidinput.h"
#include "gstnanovidchannelmessages.h"
#include "gstnanovidchannelproperties.h"
#include "gstnanovidchannelsignals.h"
#include "gstnanovidjoiner.h"
#include "nanogpt/base/error.h"
#include "nanogpt/base/money.h"

GST_DEBUG_CATEGORY_STATIC (nanovidchannel_debug);
#define GST_CAT_DEFAULT nanovidchannel_debug

struct _GstNanovidChannel
{
  GstBin parent;

  GstPad *video_pad;
  GstPad *audio_pad;
  GstPad *sink_pad;
  NanogptBudget *budget;
  GstNanovidBell bell;
  GstNanovidPrompts *prompts;
  GstNanovidPlaylist *playlist;
  GstNanovidFeeder *feeder;
  GstNanovidJoiner *joiner;
  GstNanovidReplay *replay;
  GstNanovidFormat *format; /* of this run */
  gboolean live;            /* in this run */
  gboolean is_feeding;

  /* Used by the thread that loads clips only */
  gboolean has_fillers;

  /* Guarded by the object lock */
  GstNanovidChannelProperties properties;
  guint64 n_replayed;
};

G_DEFINE_FINAL_TYPE_WITH_CODE (GstNanovidChannel, gst_nanovid_channel,
    GST_TYPE_BIN,
    G_IMPLEMENT_INTERFACE (GST_TYPE_PRESET, gst_nanovid_preset_interface_init)
        GST_DEBUG_CATEGORY_INIT (nanovidchannel_debug, "nanovidchannel", 0,
            "nanovid: films from prompts"))
GST_ELEMENT_REGISTER_DEFINE (
    nanovidchannel, "nanovidchannel", GST_RANK_NONE, GST_TYPE_NANOVID_CHANNEL)

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE ("sink",
    GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS (GST_NANOVID_INPUT_CAPS));
static GstStaticPadTemplate video_template = GST_STATIC_PAD_TEMPLATE (
    "video_src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS ("video/x-raw"));
static GstStaticPadTemplate audio_template =
    GST_STATIC_PAD_TEMPLATE ("audio_src", GST_PAD_SRC, GST_PAD_ALWAYS,
        GST_STATIC_CAPS ("audio/x-raw, layout=(string)interleaved"));

/* Functions called by the feeder */

static GstNanovidProperties *
dup_properties (GstElement *element)
{
  GstNanovidChannel *self = GST_NANOVID_CHANNEL (element);
  GstNanovidProperties *properties;

  GST_OBJECT_LOCK (self);
  properties = gst_nanovid_properties_copy (self->properties.common);
  GST_OBJECT_UNLOCK (self);
  properties->settings->budget = nanogpt_budget_ref (self->budget);
  properties->settings->hourly_name = gst_object_get_name (GST_OBJECT (self));
  return properties;
}

static void
read_settings (GstElement *element, GstNanovidFeederSettings *settings)
{
  GstNanovidChannel *self = GST_NANOVID_CHANNEL (element);

  GST_OBJECT_LOCK (self);
  *settings = self->properties.feeder;
  settings->hourly_budget = self->properties.common->settings->hourly_budget;
  GST_OBJECT_UNLOCK (self);
  settings->format = self->format;
  settings->live = self->live;
  settings->speed = MAX (1,
      GPOINTER_TO_UINT (
          g_object_get_data (G_OBJECT (self), GST_NANOVID_CHANNEL_SPEED)));
}

static GstFlowReturn
check_outlets (GstElement *element, GError **error)
{
  GstNanovidChannel *self = GST_NANOVID_CHANNEL (element);

  return gst_nanovid_outlet_check_either (self->video_pad,
      self->format->video_caps, self->audio_pad, self->format->audio_caps,
      error);
}

static const GstNanovidFeederOwner feeder_owner = {
  .dup_properties = dup_properties,
  .read_settings = read_settings,
  .check_outlets = check_outlets,
};

/* Functions called by the joiner */

static void
load_fillers (GstNanovidChannel *self)
{
  g_autofree char *location = NULL;

  GST_OBJECT_LOCK (self);
  location = g_strdup (self->properties.replay_location);
  GST_OBJECT_UNLOCK (self);
  if (location && gst_nanovid_replay_load (self->replay, location) == 0)
    GST_ELEMENT_WARNING (self, RESOURCE, NOT_FOUND,
        (_ ("There are no files in replay-location \"%s\""), location), (NULL));
  self->has_fillers = TRUE;
}

static GstNanovidScene *
next_scene (gpointer data, GError **error)
{
  GstNanovidChannel *self = data;

  if (self->live && !self->has_fillers)
    load_fillers (self);

  return gst_nanovid_playlist_next (self->playlist, error);
}

static void
begin_new (GstNanovidChannel *self, const GstNanovidTurn *turn)
{
  GstNanovidCounts counts;

  gst_nanovid_playlist_begin (self->playlist, turn->scene);
  gst_nanovid_playlist_count (self->playlist, &counts);
  gst_nanovid_feeder_note_length (self->feeder, turn->duration);
  gst_nanovid_channel_post_clip (GST_ELEMENT (self), turn->scene, &counts);
}

static void
on_begun (const GstNanovidTurn *turn, gpointer data)
{
  GstNanovidChannel *self = data;
  GstNanovidScene *scene = turn->scene;

  if (scene && scene->is_new) {
    begin_new (self, turn);
  } else if (scene) {
    GST_OBJECT_LOCK (self);
    self->n_replayed++;
    GST_OBJECT_UNLOCK (self);
  }
  if (scene && self->live)
    gst_nanovid_replay_add (self->replay, scene);
  gst_nanovid_channel_post_begun (GST_ELEMENT (self), turn);
}

static void
on_ended (const GstNanovidTurn *turn, gpointer data)
{
  GstNanovidChannel *self = data;

  if (turn->scene && turn->scene->is_new)
    gst_nanovid_playlist_end (self->playlist, turn->scene);
}

static void
on_failed (GstNanovidScene *scene, const GError *error, gpointer data)
{
  GstNanovidChannel *self = data;

  if (scene->is_new)
    gst_nanovid_playlist_fail (self->playlist, scene, error);
  else
    GST_ELEMENT_WARNING (self, STREAM, DECODE,
        (_ ("\"%s\" cannot be replayed: %s"), scene->location, error->message),
        (NULL));
}

static void
on_finished (const GError *error G_GNUC_UNUSED, gpointer data)
{
  GstNanovidChannel *self = data;

  gst_nanovid_feeder_post_error (self->feeder);
}

static const GstNanovidJoinerCallbacks joiner_callbacks = {
  .next = next_scene,
  .begun = on_begun,
  .ended = on_ended,
  .failed = on_failed,
  .finished = on_finished,
};

/* At EOS, for whatever reason, no more clips are requested. */
static GstPadProbeReturn
watch_end (GstPad *pad G_GNUC_UNUSED, GstPadProbeInfo *info, gpointer user_data)
{
  GstNanovidChannel *self = user_data;

  if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) == GST_EVENT_EOS) {
    gst_nanovid_playlist_finish (self->playlist, NULL);
    gst_nanovid_prompts_end (self->prompts);
  }
  return GST_PAD_PROBE_OK;
}

/* The sink pad */

static GstFlowReturn
gst_nanovid_channel_chain (
    GstPad *pad G_GNUC_UNUSED, GstObject *parent, GstBuffer *buffer)
{
  return gst_nanovid_prompts_push_buffer (
      GST_NANOVID_CHANNEL (parent)->prompts, buffer);
}

/* Events are not forwarded, because the output is another stream. */
static gboolean
gst_nanovid_channel_sink_event (
    GstPad *pad G_GNUC_UNUSED, GstObject *parent, GstEvent *event)
{
  GstNanovidChannel *self = GST_NANOVID_CHANNEL (parent);

  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_FLUSH_START:
    case GST_EVENT_FLUSH_STOP:
      gst_nanovid_prompts_set_flushing (
          self->prompts, GST_EVENT_TYPE (event) == GST_EVENT_FLUSH_START);
      break;
    case GST_EVENT_EOS:
      gst_nanovid_prompts_end_pad (self->prompts);
      break;
    default:
      break;
  }
  gst_event_unref (event);
  return TRUE;
}

static gboolean
gst_nanovid_channel_sink_query (GstPad *pad, GstObject *parent, GstQuery *query)
{
  const GstQueryType type = GST_QUERY_TYPE (query);

  return (type == GST_QUERY_CAPS || type == GST_QUERY_ACCEPT_CAPS)
      && gst_pad_query_default (pad, parent, query);
}

/* GstElement */

/* Interrupts all waits. */
static void
interrupt (GstNanovidChannel *self)
{
  gst_nanovid_bell_set_interrupted (&self->bell, TRUE);
  gst_nanovid_feeder_cancel (self->feeder);
}

static gboolean
prepare (GstNanovidChannel *self)
{
  g_autoptr (GError) error = NULL;
  gboolean can_pay;

  GST_OBJECT_LOCK (self);
  self->live = self->properties.feeder.live;
  can_pay = !self->live
      || gst_nanovid_channel_properties_have_budget (&self->properties);
  if (can_pay)
    self->format = gst_nanovid_format_new (
        self->properties.video_caps, self->properties.audio_caps);
  gst_nanovid_joiner_set_live (
      self->joiner, self->live, self->properties.slate_location);
  self->n_replayed = 0;
  GST_OBJECT_UNLOCK (self);
  if (self->format)
    return TRUE;

  error = g_error_new_literal (NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST,
      can_pay ? _ (
          "video-caps must be fixed caps of raw video with a frame rate, and "
          "audio-caps fixed caps of raw interleaved audio")
              : _ ("A channel needs a budget: set max-cost-per-hour, or "
                   "NANOVID_DAILY_BUDGET in the environment"));
  gst_nanovid_post_error (GST_ELEMENT (self), error, NULL);
  return FALSE;
}

static void
start_feeding (GstNanovidChannel *self)
{
  if (!self->is_feeding)
    gst_nanovid_feeder_start (self->feeder);
  self->is_feeding = TRUE;
}

static void
set_replay_limits (GstNanovidChannel *self)
{
  gboolean enabled;
  guint keep;

  GST_OBJECT_LOCK (self);
  enabled = self->properties.replay;
  keep = self->properties.keep;
  GST_OBJECT_UNLOCK (self);
  gst_nanovid_replay_set_limits (self->replay, enabled, keep);
}

static void
start_film (GstNanovidChannel *self)
{
  gst_nanovid_bell_set_interrupted (&self->bell, FALSE);
  gst_nanovid_prompts_set_flushing (self->prompts, FALSE);
  gst_nanovid_playlist_start (self->playlist, self->live ? self->replay : NULL);
  set_replay_limits (self);
  gst_nanovid_joiner_start (
      self->joiner, self->format->video_caps, self->format->audio_caps);
  /* A channel starts requesting clips in PLAYING. */
  if (!self->live)
    start_feeding (self);
}

static void
stop (GstNanovidChannel *self)
{
  gst_nanovid_feeder_stop (self->feeder);
  gst_nanovid_prompts_reset (self->prompts);
  gst_nanovid_replay_clear (self->replay);
  self->is_feeding = self->has_fillers = FALSE;
  g_clear_pointer (&self->format, gst_nanovid_format_free);
}

static GstStateChangeReturn
gst_nanovid_channel_change_state (
    GstElement *element, GstStateChange transition)
{
  GstNanovidChannel *self = GST_NANOVID_CHANNEL (element);
  GstStateChangeReturn result;

  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED && !prepare (self))
    return GST_STATE_CHANGE_FAILURE;
  if (transition == GST_STATE_CHANGE_PLAYING_TO_PAUSED)
    gst_nanovid_joiner_set_playing (self->joiner, FALSE);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY) {
    gst_nanovid_prompts_set_flushing (self->prompts, TRUE);
    interrupt (self);
    gst_nanovid_joiner_stop (self->joiner);
  }

  result = GST_ELEMENT_CLASS (gst_nanovid_channel_parent_class)
               ->change_state (element, transition);

  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    stop (self);
  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED) {
    if (result == GST_STATE_CHANGE_FAILURE)
      g_clear_pointer (&self->format, gst_nanovid_format_free);
    else
      start_film (self);
  }
  if (transition == GST_STATE_CHANGE_PAUSED_TO_PLAYING) {
    start_feeding (self);
    gst_nanovid_joiner_set_playing (self->joiner, TRUE);
  }
  /* A channel pushes no data while its clock is stopped. */
  if (self->live && result != GST_STATE_CHANGE_FAILURE
      && GST_STATE_TRANSITION_NEXT (transition) == GST_STATE_PAUSED)
    return GST_STATE_CHANGE_NO_PREROLL;
  return result;
}

/* An application's EOS ends the film immediately; jobs that were submitted are
 * in the journal. */
static gboolean
gst_nanovid_channel_send_event (GstElement *element, GstEvent *event)
{
  GstNanovidChannel *self = GST_NANOVID_CHANNEL (element);
  gboolean ends = GST_EVENT_TYPE (event) == GST_EVENT_EOS
      && GST_STATE (element) >= GST_STATE_PAUSED;

  gst_event_unref (event);
  if (!ends)
    return FALSE;

  gst_nanovid_prompts_end (self->prompts);
  interrupt (self);
  gst_nanovid_joiner_end (self->joiner);
  return TRUE;
}

/* Action signals */

static guint64
gst_nanovid_channel_push_prompt (
    GstNanovidChannel *self, const char *prompt, const GstStructure *options)
{
  return gst_nanovid_prompts_push (self->prompts, prompt, options);
}

static void
gst_nanovid_channel_end_prompts (GstNanovidChannel *self)
{
  gst_nanovid_prompts_end (self->prompts);
}

static void
gst_nanovid_channel_forget (GstNanovidChannel *self, guint64 index)
{
  gst_nanovid_feeder_forget (self->feeder, index);
}

/* GObject */

static GstStructure *
create_stats (GstNanovidChannel *self)
{
  GstNanovidCounts counts;
  GstNanovidTimes times;
  guint64 n_replayed;

  gst_nanovid_playlist_count (self->playlist, &counts);
  gst_nanovid_joiner_get_times (self->joiner, &times);
  GST_OBJECT_LOCK (self);
  n_replayed = self->n_replayed;
  GST_OBJECT_UNLOCK (self);
  return gst_nanovid_channel_create_stats (&counts, &times, n_replayed);
}

static void
warn_when_running (GstNanovidChannel *self, const GParamSpec *pspec)
{
  if (GST_STATE (self) > GST_STATE_READY) {
    GST_WARNING_OBJECT (self,
        "%s was set in %s and has no effect before the next start: set it in "
        "READY or NULL",
        pspec->name, gst_element_state_get_name (GST_STATE (self)));
  }
}

static void
gst_nanovid_channel_set_property (
    GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstNanovidChannel *self = GST_NANOVID_CHANNEL (object);

  if (!(pspec->flags & GST_PARAM_MUTABLE_PLAYING))
    warn_when_running (self, pspec);
  if (id == GST_NANOVID_CHANNEL_PROPERTY_PROMPTS_LOCATION) {
    gst_nanovid_prompts_set_location (
        self->prompts, g_value_get_string (value));
    return;
  }

  GST_OBJECT_LOCK (self);
  gst_nanovid_channel_properties_set (&self->properties, id, value);
  GST_OBJECT_UNLOCK (self);
  set_replay_limits (self);

  g_mutex_lock (&self->bell.lock);
  gst_nanovid_bell_ring (&self->bell);
  g_mutex_unlock (&self->bell.lock);
}

static void
gst_nanovid_channel_get_property (
    GObject *object, guint id, GValue *value, GParamSpec *pspec G_GNUC_UNUSED)
{
  GstNanovidChannel *self = GST_NANOVID_CHANNEL (object);

  switch (id) {
    case GST_NANOVID_PROPERTY_JOB:
      g_value_take_boxed (
          value, gst_nanovid_feeder_create_job_structure (self->feeder));
      return;
    case GST_NANOVID_CHANNEL_PROPERTY_STATS:
      g_value_take_boxed (value, create_stats (self));
      return;
    case GST_NANOVID_CHANNEL_PROPERTY_PROMPTS_LOCATION:
      g_value_take_string (
          value, gst_nanovid_prompts_dup_location (self->prompts));
      return;
    default:
      GST_OBJECT_LOCK (self);
      gst_nanovid_channel_properties_get (&self->properties, id, value);
      GST_OBJECT_UNLOCK (self);
  }
}

static void
gst_nanovid_channel_finalize (GObject *object)
{
  GstNanovidChannel *self = GST_NANOVID_CHANNEL (object);

  gst_nanovid_joiner_free (self->joiner);
  gst_nanovid_feeder_free (self->feeder);
  gst_nanovid_playlist_free (self->playlist);
  gst_nanovid_replay_free (self->replay);
  gst_nanovid_prompts_free (self->prompts);
  gst_nanovid_bell_clear (&self->bell);
  gst_nanovid_channel_properties_clear (&self->properties);
  nanogpt_budget_unref (self->budget);
  G_OBJECT_CLASS (gst_nanovid_channel_parent_class)->finalize (object);
}

static void
gst_nanovid_channel_class_init (GstNanovidChannelClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  gst_nanovid_log_init ();
  object_class->set_property = gst_nanovid_channel_set_property;
  object_class->get_property = gst_nanovid_channel_get_property;
  object_class->finalize = gst_nanovid_channel_finalize;
  gst_nanovid_channel_properties_install (object_class);
  gst_nanovid_channel_signals_install (G_TYPE_FROM_CLASS (klass),
      G_CALLBACK (gst_nanovid_channel_push_prompt),
      G_CALLBACK (gst_nanovid_channel_end_prompts),
      G_CALLBACK (gst_nanovid_channel_forget));

  element_class->change_state =
      GST_DEBUG_FUNCPTR (gst_nanovid_channel_change_state);
  element_class->send_event =
      GST_DEBUG_FUNCPTR (gst_nanovid_channel_send_event);
  gst_element_class_add_static_pad_template (element_class, &video_template);
  gst_element_class_add_static_pad_template (element_class, &audio_template);
  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_set_static_metadata (element_class, "NanoGPT video channel",
      "Source/Video/Audio/Network",
      "Plays a video of the NanoGPT service for each prompt: a film or a channel",
      PACKAGE_AUTHORS);
  gst_element_class_add_static_metadata (element_class,
      GST_ELEMENT_METADATA_DOC_URI,
      "file://" DOCDIR "/elements.md#nanovidchannel");
}

static void
add_sink_pad (GstNanovidChannel *self)
{
  self->sink_pad = gst_pad_new_from_static_template (&sink_template, "sink");
  gst_pad_set_chain_function (
      self->sink_pad, GST_DEBUG_FUNCPTR (gst_nanovid_channel_chain));
  gst_pad_set_event_function (
      self->sink_pad, GST_DEBUG_FUNCPTR (gst_nanovid_channel_sink_event));
  gst_pad_set_query_function (
      self->sink_pad, GST_DEBUG_FUNCPTR (gst_nanovid_channel_sink_query));
  gst_element_add_pad (GST_ELEMENT (self), self->sink_pad);
}

static GstPad *
add_source_pad (GstNanovidChannel *self, GstStaticPadTemplate *template)
{
  GstPad *pad =
      gst_pad_new_from_static_template (template, template->name_template);

  gst_pad_use_fixed_caps (pad);
  gst_pad_add_probe (
      pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, watch_end, self, NULL);
  gst_element_add_pad (GST_ELEMENT (self), pad);
  return pad;
}

static void
gst_nanovid_channel_init (GstNanovidChannel *self)
{
  GstElement *element = GST_ELEMENT (self);

  /* An application's EOS is for this element, and not for its children. */
  gst_bin_set_suppressed_flags (
      GST_BIN (self), GST_ELEMENT_FLAG_SOURCE | GST_ELEMENT_FLAG_SINK);
  GST_OBJECT_FLAG_SET (self, GST_ELEMENT_FLAG_SOURCE);

  add_sink_pad (self);
  self->video_pad = add_source_pad (self, &video_template);
  self->audio_pad = add_source_pad (self, &audio_template);
  gst_nanovid_channel_properties_init (&self->properties);
  self->budget = nanogpt_budget_new ();

  gst_nanovid_bell_init (&self->bell);
  self->prompts =
      gst_nanovid_prompts_new (element, self->sink_pad, &self->bell);
  self->playlist = gst_nanovid_playlist_new (&self->bell);
  self->replay = gst_nanovid_replay_new (&self->bell);
  self->feeder = gst_nanovid_feeder_new (
      element, &feeder_owner, self->prompts, self->playlist, &self->bell);
  self->joiner = gst_nanovid_joiner_new (
      element, self->video_pad, self->audio_pad, &joiner_callbacks, self);
}
