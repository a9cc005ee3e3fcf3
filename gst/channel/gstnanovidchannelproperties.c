/* nanovid: the properties of nanovidchannel, its own and the common ones
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstnanovidchannelproperties.h"

#define DEFAULT_VIDEO_CAPS                                                     \
  "video/x-raw, format=(string)I420, width=(int)1280, height=(int)720, "       \
  "framerate=(fraction)25/1, pixel-aspect-ratio=(fraction)1/1"
#define DEFAULT_AUDIO_CAPS                                                     \
  "audio/x-raw, format=(string)S16LE, layout=(string)interleaved, "            \
  "rate=(int)48000, channels=(int)2"
#define DEFAULT_AHEAD 2
#define DEFAULT_MAX_JOBS 4
#define DEFAULT_MAX_FAILURES 5
#define DEFAULT_KEEP 20

enum
{
  PROP_VIDEO_CAPS = GST_NANOVID_CHANNEL_PROPERTY_FIRST_KEPT,
  PROP_AUDIO_CAPS,
  PROP_AHEAD,
  PROP_MAX_JOBS,
  PROP_CONTINUITY,
  PROP_ON_ERROR,
  PROP_MAX_FAILURES,
  PROP_MAX_COST_PER_HOUR,
  PROP_LIVE,
  PROP_REPLAY,
  PROP_KEEP,
  PROP_REPLAY_LOCATION,
  PROP_SLATE_LOCATION,
};

/* gst-launch-1.0 cannot set NULL, so an empty string has the same effect. */
static void
set_location (char **location, const GValue *value)
{
  const char *text = g_value_get_string (value);

  g_free (*location);
  *location = text && *text ? g_strdup (text) : NULL;
}

void
gst_nanovid_channel_properties_set (
    GstNanovidChannelProperties *self, guint id, const GValue *value)
{
  switch (id) {
    case PROP_VIDEO_CAPS:
      gst_caps_replace (
          &self->video_caps, (GstCaps *)gst_value_get_caps (value));
      break;
    case PROP_AUDIO_CAPS:
      gst_caps_replace (
          &self->audio_caps, (GstCaps *)gst_value_get_caps (value));
      break;
    case PROP_AHEAD:
      self->feeder.ahead = g_value_get_uint (value);
      break;
    case PROP_MAX_JOBS:
      self->feeder.max_jobs = g_value_get_uint (value);
      break;
    case PROP_CONTINUITY:
      self->feeder.continuity =
          g_value_get_enum (value) == GST_NANOVID_CONTINUITY_LAST_FRAME;
      break;
    case PROP_ON_ERROR:
      self->feeder.on_error = g_value_get_enum (value);
      break;
    case PROP_MAX_FAILURES:
      self->feeder.max_failures = g_value_get_uint (value);
      break;
    case PROP_MAX_COST_PER_HOUR:
      self->common->settings->hourly_budget =
          nanogpt_money_get_limit (g_value_get_double (value));
      break;
    case PROP_LIVE:
      self->feeder.live = g_value_get_boolean (value);
      break;
    case PROP_REPLAY:
      self->replay = g_value_get_boolean (value);
      break;
    case PROP_KEEP:
      self->keep = g_value_get_uint (value);
      break;
    case PROP_REPLAY_LOCATION:
      set_location (&self->replay_location, value);
      break;
    case PROP_SLATE_LOCATION:
      set_location (&self->slate_location, value);
      break;
    default:
      gst_nanovid_properties_set (self->common, id, value);
      break;
  }
}

void
gst_nanovid_channel_properties_get (
    const GstNanovidChannelProperties *self, guint id, GValue *value)
{
  switch (id) {
    case PROP_VIDEO_CAPS:
      gst_value_set_caps (value, self->video_caps);
      break;
    case PROP_AUDIO_CAPS:
      gst_value_set_caps (value, self->audio_caps);
      break;
    case PROP_AHEAD:
      g_value_set_uint (value, self->feeder.ahead);
      break;
    case PROP_MAX_JOBS:
      g_value_set_uint (value, self->feeder.max_jobs);
      break;
    case PROP_CONTINUITY:
      g_value_set_enum (value,
          self->feeder.continuity ? GST_NANOVID_CONTINUITY_LAST_FRAME
                                  : GST_NANOVID_CONTINUITY_NONE);
      break;
    case PROP_ON_ERROR:
      g_value_set_enum (value, self->feeder.on_error);
      break;
    case PROP_MAX_FAILURES:
      g_value_set_uint (value, self->feeder.max_failures);
      break;
    case PROP_MAX_COST_PER_HOUR:
      g_value_set_double (value,
          nanogpt_money_to_double (self->common->settings->hourly_budget));
      break;
    case PROP_LIVE:
      g_value_set_boolean (value, self->feeder.live);
      break;
    case PROP_REPLAY:
      g_value_set_boolean (value, self->replay);
      break;
    case PROP_KEEP:
      g_value_set_uint (value, self->keep);
      break;
    case PROP_REPLAY_LOCATION:
      g_value_set_string (value, self->replay_location);
      break;
    case PROP_SLATE_LOCATION:
      g_value_set_string (value, self->slate_location);
      break;
    default:
      gst_nanovid_properties_get (self->common, id, value);
      break;
  }
}

void
gst_nanovid_channel_properties_init (GstNanovidChannelProperties *self)
{
  self->common = gst_nanovid_properties_new ();
  self->feeder.ahead = DEFAULT_AHEAD;
  self->feeder.max_jobs = DEFAULT_MAX_JOBS;
  self->feeder.max_failures = DEFAULT_MAX_FAILURES;
  self->replay = TRUE;
  self->keep = DEFAULT_KEEP;
  self->video_caps = gst_caps_from_string (DEFAULT_VIDEO_CAPS);
  self->audio_caps = gst_caps_from_string (DEFAULT_AUDIO_CAPS);
}

void
gst_nanovid_channel_properties_clear (GstNanovidChannelProperties *self)
{
  gst_nanovid_properties_free (self->common);
  g_free (self->slate_location);
  g_free (self->replay_location);
  gst_caps_replace (&self->video_caps, NULL);
  gst_caps_replace (&self->audio_caps, NULL);
}

gboolean
gst_nanovid_channel_properties_have_budget (
    const GstNanovidChannelProperties *self)
{
  const char *daily_budget = g_getenv ("NANOVID_DAILY_BUDGET");

  return self->common->settings->hourly_budget > 0
      || (daily_budget && *daily_budget);
}

static void
install_clip_properties (GObjectClass *klass)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  g_object_class_install_property (klass, PROP_VIDEO_CAPS,
      g_param_spec_boxed ("video-caps", "Video caps",
          "Fixed caps of the picture: every clip is converted, scaled with "
          "borders and brought to its frame rate (by default I420, 1280x720, "
          "25/1)",
          GST_TYPE_CAPS, flags | GST_PARAM_MUTABLE_READY));
  g_object_class_install_property (klass, PROP_AUDIO_CAPS,
      g_param_spec_boxed ("audio-caps", "Audio caps",
          "Fixed caps of the sound: every clip is converted and resampled, or "
          "silent (by default S16LE, 48000 Hz, stereo)",
          GST_TYPE_CAPS, flags | GST_PARAM_MUTABLE_READY));
  g_object_class_install_property (klass,
      GST_NANOVID_CHANNEL_PROPERTY_PROMPTS_LOCATION,
      g_param_spec_string ("prompts-location", "Prompts location",
          "Text file with one prompt per line, such as script.txt; blank "
          "lines and lines that begin with # are skipped; a line may begin "
          "with a JSON object of properties, such as {\"duration\": 10} "
          "(unset = none)",
          NULL, flags | GST_PARAM_MUTABLE_READY));
}

static void
install_job_properties (GObjectClass *klass)
{
  const GParamFlags flags =
      G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING;

  g_object_class_install_property (klass, PROP_AHEAD,
      g_param_spec_uint ("ahead", "Ahead",
          "Number of finished clips to keep ready beyond the one that plays", 0,
          G_MAXUINT, DEFAULT_AHEAD, flags));
  g_object_class_install_property (klass, PROP_MAX_JOBS,
      g_param_spec_uint ("max-jobs", "Maximum jobs",
          "Maximum number of jobs in flight at once", 1, G_MAXUINT,
          DEFAULT_MAX_JOBS, flags));
  g_object_class_install_property (klass, PROP_CONTINUITY,
      g_param_spec_enum ("continuity", "Continuity",
          "Whether a clip begins with the last frame of the one before it; a "
          "prompt with its own picture starts anew",
          gst_nanovid_continuity_get_type (), GST_NANOVID_CONTINUITY_NONE,
          flags));
  g_object_class_install_property (klass, PROP_ON_ERROR,
      g_param_spec_enum ("on-error", "On error",
          "Whether a prompt that gives no clip ends the film or is skipped",
          gst_nanovid_on_error_get_type (), GST_NANOVID_ON_ERROR_FAIL, flags));
  g_object_class_install_property (klass, PROP_MAX_FAILURES,
      g_param_spec_uint ("max-failures", "Maximum failures",
          "Number of jobs that fail in a row until the film ends, even with "
          "on-error=skip; a channel then requests nothing for ten minutes, "
          "and one clip after that; refused prompts do not count (0 = no "
          "limit)",
          0, G_MAXUINT, DEFAULT_MAX_FAILURES, flags));
  g_object_class_install_property (klass, PROP_MAX_COST_PER_HOUR,
      g_param_spec_double ("max-cost-per-hour", "Maximum cost per hour",
          "Maximum cost in USD of all clips in any hour, such as 2.50, counted "
          "under the element's name over all its runs with the same service, "
          "account and state-dir; a channel spends it evenly, a film that would "
          "cost more ends (0 = no limit)",
          0, G_MAXDOUBLE, 0, flags));
  g_object_class_install_property (klass, GST_NANOVID_CHANNEL_PROPERTY_STATS,
      g_param_spec_boxed ("stats", "Statistics",
          "What was played and spent since the start: clips-new, clips-replayed, "
          "clips-failed, clips-ready, jobs-under-way; time-new, time-replayed and "
          "time-slate in nanoseconds; spent in USD",
          GST_TYPE_STRUCTURE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
  gst_type_mark_as_plugin_api (gst_nanovid_continuity_get_type (), 0);
}

static void
install_live_properties (GObjectClass *klass)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  g_object_class_install_property (klass, PROP_LIVE,
      g_param_spec_boolean ("live", "Live",
          "Whether this is a channel, which keeps the clock's pace whatever "
          "the service does and never ends by itself; needs max-cost-per-hour "
          "or $NANOVID_DAILY_BUDGET",
          FALSE, flags | GST_PARAM_MUTABLE_READY));
  g_object_class_install_property (klass, PROP_REPLAY,
      g_param_spec_boolean ("replay", "Replay",
          "Whether a channel replays the clips that it has when no new one is "
          "ready",
          TRUE, flags | GST_PARAM_MUTABLE_PLAYING));
  g_object_class_install_property (klass, PROP_KEEP,
      g_param_spec_uint ("keep", "Keep",
          "Number of clips that a channel keeps for replay, as files in "
          "spool-dir",
          0, G_MAXUINT, DEFAULT_KEEP, flags | GST_PARAM_MUTABLE_PLAYING));
  g_object_class_install_property (klass, PROP_REPLAY_LOCATION,
      g_param_spec_string ("replay-location", "Replay location",
          "Directory or pattern, such as fillers/*.mp4, of video files that a "
          "channel can replay from the start (unset = none)",
          NULL, flags | GST_PARAM_MUTABLE_READY));
  g_object_class_install_property (klass, PROP_SLATE_LOCATION,
      g_param_spec_string ("slate-location", "Slate location",
          "Picture that a channel shows when there is nothing else, scaled with "
          "borders (unset = the last frame, black before the first)",
          NULL, flags | GST_PARAM_MUTABLE_READY));
}

void
gst_nanovid_channel_properties_install (GObjectClass *klass)
{
  gst_nanovid_properties_install (klass, GST_PARAM_MUTABLE_PLAYING, FALSE);
  install_clip_properties (klass);
  install_job_properties (klass);
  install_live_properties (klass);
}
