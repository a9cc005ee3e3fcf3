/* nanovid: one stream of a clip's file, decoded in a pipeline of its own
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstnanovidreel.h"

#include <glib/gi18n-lib.h>
#include <gst/app/app.h>
#include <gst/pbutils/pbutils.h>
#include <string.h>

#include "nanogpt/base/error.h"

/* Timeout after which a file without output is considered stalled. */
#define PATIENCE (30 * G_TIME_SPAN_SECOND)

/* Return values of autoplug-select; decodebin has no header. */
enum
{
  AUTOPLUG_TRY,
  AUTOPLUG_EXPOSE,
  AUTOPLUG_SKIP,
};

/* The elements after decodebin for each kind; it is linked to the one named
 * entry. */
static const struct
{
  const char *stages;
  guint max_buffers;
} recipes[] = {
  [GST_NANOVID_REEL_PICTURE] = { "videoconvert name=entry ! videoflip video-direction=auto "
                                 "! videoconvertscale add-borders=true ! appsink name=sink",
      4 },
  [GST_NANOVID_REEL_SOUND] = { "audioconvert name=entry ! audioresample ! appsink name=sink",
      16 },
  [GST_NANOVID_REEL_INDEX] = { "identity name=entry ! appsink name=sink", 64 },
};

struct _GstNanovidReel
{
  GstNanovidReelKind kind;
  GstNanovidBell *bell;
  GstElement *pipeline;
  GstPad *source_pad;
  GstElement *entry;
  GstAppSink *sink;
  gulong hold; /* probe on source_pad */

  /* Guarded by the bell's lock */
  GstNanovidReelState state;
  GError *error;
  char *missing_picture;
  char *missing_sound;
};

static gboolean
is_sound (GstCaps *caps)
{
  return g_str_has_prefix (
      gst_structure_get_name (gst_caps_get_structure (caps, 0)), "audio/");
}

static gboolean
is_picture (GstCaps *caps)
{
  const char *name = gst_structure_get_name (gst_caps_get_structure (caps, 0));

  return g_str_has_prefix (name, "video/") || g_str_has_prefix (name, "image/");
}

/* With the lock held.  Keeps the first error, which is the cause of later ones.
 * @error: (transfer full) (nullable) */
static void
enter_state (GstNanovidReel *self, GstNanovidReelState state, GError *error)
{
  if (self->state == GST_NANOVID_REEL_FAILED) {
    g_clear_error (&error);
    return;
  }
  self->state = state;
  self->error = error;
  gst_nanovid_bell_ring (self->bell);
}

static GError *
error_new (const char *reason, const char *debug)
{
  GError *error = g_error_new (NANOGPT_ERROR, NANOGPT_ERROR_BAD_RESPONSE,
      _ ("The clip cannot be decoded: %s"), reason);

  nanogpt_error_get_details (error)->debug = g_strdup (debug);
  return error;
}

static GError *
missing_error_new (const char *decoder)
{
  g_autofree char *reason =
      /* Translators: %s is what GStreamer calls it, such as "H.264 decoder". */
      g_strdup_printf (_ ("a GStreamer %s is not installed"), decoder);

  return error_new (reason, NULL);
}

/* Other streams are only identified, not decoded.  Hardware decoders are
 * skipped, since they may leave the frame where the next stage cannot read it.
 * Demuxers of libav are skipped, since the one for GIF keeps reading forever at
 * the end. */
static int
on_autoplug_select (GstElement *decoder G_GNUC_UNUSED,
    GstPad *pad G_GNUC_UNUSED, GstCaps *caps G_GNUC_UNUSED,
    GstElementFactory *factory, GstNanovidReel *self)
{
  const char *klass =
      gst_element_factory_get_metadata (factory, GST_ELEMENT_METADATA_KLASS);
  gboolean decodes = strstr (klass, "Decoder") != NULL;
  gboolean sounds = strstr (klass, "Audio") != NULL;

  if (strstr (klass, "Hardware")
      || g_str_has_prefix (GST_OBJECT_NAME (factory), "avdemux_"))
    return AUTOPLUG_SKIP;
  if (!decodes && !strstr (klass, "Parser"))
    return AUTOPLUG_TRY;
  if (self->kind == GST_NANOVID_REEL_INDEX)
    return decodes ? AUTOPLUG_EXPOSE : AUTOPLUG_TRY;
  return sounds == (self->kind == GST_NANOVID_REEL_SOUND) ? AUTOPLUG_TRY
                                                          : AUTOPLUG_EXPOSE;
}

static GstPadProbeReturn
on_hold (GstPad *pad G_GNUC_UNUSED, GstPadProbeInfo *info G_GNUC_UNUSED,
    gpointer data G_GNUC_UNUSED)
{
  return GST_PAD_PROBE_OK;
}

/* An error that a demuxer posts while decodebin is setting it up is lost, so
 * hold back the data until that is done. */
static void
on_element_added (
    GstBin *decoder G_GNUC_UNUSED, GstElement *element, GstNanovidReel *self)
{
  const char *klass =
      gst_element_get_metadata (element, GST_ELEMENT_METADATA_KLASS);

  if (strstr (klass, "Demuxer") && !self->hold)
    self->hold = gst_pad_add_probe (self->source_pad,
        GST_PAD_PROBE_TYPE_BLOCK | GST_PAD_PROBE_TYPE_PULL, on_hold, NULL,
        NULL);
}

static void
on_type_handled (GstElement *typefind G_GNUC_UNUSED,
    guint probability G_GNUC_UNUSED, GstCaps *caps G_GNUC_UNUSED,
    GstNanovidReel *self)
{
  if (self->hold)
    gst_pad_remove_probe (self->source_pad, self->hold);
  self->hold = 0;
}

static void
on_unknown_type (GstElement *decoder G_GNUC_UNUSED, GstPad *pad G_GNUC_UNUSED,
    GstCaps *caps, GstNanovidReel *self)
{
  g_autofree char *missing = gst_pb_utils_get_decoder_description (caps);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell->lock);

  if (is_sound (caps) && !self->missing_sound)
    self->missing_sound = g_steal_pointer (&missing);
  else if (is_picture (caps) && !self->missing_picture)
    self->missing_picture = g_steal_pointer (&missing);
}

static void
add_fakesink (GstNanovidReel *self, GstPad *pad)
{
  GstElement *fakesink = gst_element_factory_make_full ("fakesink", "async",
      FALSE, "sync", FALSE, "enable-last-sample", FALSE, NULL);
  g_autoptr (GstPad) sink = NULL;

  if (!fakesink)
    return;
  gst_bin_add (GST_BIN (self->pipeline), fakesink);
  gst_element_sync_state_with_parent (fakesink);
  sink = gst_element_get_static_pad (fakesink, "sink");
  gst_pad_link (pad, sink);
}

static void
on_pad_added (
    GstElement *decoder G_GNUC_UNUSED, GstPad *pad, GstNanovidReel *self)
{
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);
  g_autoptr (GstPad) entry = gst_element_get_static_pad (self->entry, "sink");
  gboolean fits;

  if (!caps)
    caps = gst_pad_query_caps (pad, NULL);
  fits = gst_caps_is_fixed (caps)
      && (self->kind == GST_NANOVID_REEL_SOUND ? is_sound (caps)
                                               : is_picture (caps));
  if (!fits || gst_pad_is_linked (entry)
      || gst_pad_link (pad, entry) != GST_PAD_LINK_OK) {
    add_fakesink (self, pad);
    return;
  }

  g_mutex_lock (&self->bell->lock);
  enter_state (self, GST_NANOVID_REEL_RUNNING, NULL);
  g_mutex_unlock (&self->bell->lock);
}

static void
on_no_more_pads (GstElement *decoder G_GNUC_UNUSED, GstNanovidReel *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell->lock);

  if (self->state != GST_NANOVID_REEL_OPENING)
    return;
  if (self->kind != GST_NANOVID_REEL_SOUND && self->missing_picture)
    enter_state (self, GST_NANOVID_REEL_FAILED,
        missing_error_new (self->missing_picture));
  else
    enter_state (self, GST_NANOVID_REEL_ABSENT, NULL);
}

/* Messages are not forwarded outside the reel. */
static GstBusSyncReply
on_message (GstBus *bus G_GNUC_UNUSED, GstMessage *message, gpointer data)
{
  GstNanovidReel *self = data;
  g_autoptr (GError) reason = NULL;
  g_autofree char *debug = NULL;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
    g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell->lock);

    gst_message_parse_error (message, &reason, &debug);
    enter_state (self, GST_NANOVID_REEL_FAILED,
        self->missing_picture ? missing_error_new (self->missing_picture)
                              : error_new (reason->message, debug));
  }
  gst_message_unref (message);
  return GST_BUS_DROP;
}

static void
ring (GstNanovidReel *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell->lock);

  gst_nanovid_bell_ring (self->bell);
}

static void
on_eos (GstAppSink *sink G_GNUC_UNUSED, gpointer data)
{
  ring (data);
}

static GstFlowReturn
on_new_sample (GstAppSink *sink G_GNUC_UNUSED, gpointer data)
{
  ring (data);
  return GST_FLOW_OK;
}

static void
connect_elements (GstNanovidReel *self, const char *location, GstCaps *caps)
{
  GstAppSinkCallbacks callbacks = {
    .eos = on_eos,
    .new_sample = on_new_sample,
  };
  g_autoptr (GstElement) source =
      gst_bin_get_by_name (GST_BIN (self->pipeline), "source");
  g_autoptr (GstElement) decoder =
      gst_bin_get_by_name (GST_BIN (self->pipeline), "decoder");
  g_autoptr (GstElement) typefind =
      gst_bin_get_by_name (GST_BIN (decoder), "typefind");
  g_autoptr (GstBus) bus = gst_element_get_bus (self->pipeline);

  self->source_pad = gst_element_get_static_pad (source, "src");
  g_object_set (source, "location", location, NULL);
  g_object_set (self->sink, "caps", caps, "sync", FALSE, "wait-on-eos", FALSE,
      "enable-last-sample", FALSE, "max-buffers",
      recipes[self->kind].max_buffers, NULL);
  gst_app_sink_set_callbacks (self->sink, &callbacks, self, NULL);
  g_signal_connect (
      decoder, "autoplug-select", G_CALLBACK (on_autoplug_select), self);
  g_signal_connect (
      decoder, "unknown-type", G_CALLBACK (on_unknown_type), self);
  g_signal_connect (decoder, "pad-added", G_CALLBACK (on_pad_added), self);
  g_signal_connect (
      decoder, "no-more-pads", G_CALLBACK (on_no_more_pads), self);
  if (typefind) {
    g_signal_connect (
        decoder, "element-added", G_CALLBACK (on_element_added), self);
    g_signal_connect_after (
        typefind, "have-type", G_CALLBACK (on_type_handled), self);
  }
  gst_bus_set_sync_handler (bus, on_message, self, NULL);
}

GstNanovidReel *
gst_nanovid_reel_new (GstNanovidReelKind kind, const char *location,
    GstCaps *caps, GstNanovidBell *bell, GError **error)
{
  g_autofree char *line = g_strdup_printf (
      "filesrc name=source ! decodebin name=decoder %s", recipes[kind].stages);
  g_autoptr (GError) reason = NULL;
  g_autoptr (GstNanovidReel) self = g_new0 (GstNanovidReel, 1);

  self->kind = kind;
  self->bell = bell;
  self->pipeline =
      gst_parse_launch_full (line, NULL, GST_PARSE_FLAG_FATAL_ERRORS, &reason);
  if (!self->pipeline) {
    g_propagate_error (error, error_new (reason->message, NULL));
    return NULL;
  }

  gst_object_ref_sink (self->pipeline);
  self->entry = gst_bin_get_by_name (GST_BIN (self->pipeline), "entry");
  self->sink =
      GST_APP_SINK (gst_bin_get_by_name (GST_BIN (self->pipeline), "sink"));
  connect_elements (self, location, caps);
  /* A failure here is reported as an error message as well. */
  gst_element_set_state (self->pipeline, GST_STATE_PLAYING);
  return g_steal_pointer (&self);
}

void
gst_nanovid_reel_free (GstNanovidReel *self)
{
  if (self->pipeline)
    gst_element_set_state (self->pipeline, GST_STATE_NULL);
  gst_clear_object (&self->source_pad);
  gst_clear_object (&self->entry);
  gst_clear_object (&self->sink);
  gst_clear_object (&self->pipeline);
  g_clear_error (&self->error);
  g_free (self->missing_picture);
  g_free (self->missing_sound);
  g_free (self);
}

/* Returns: whether there is nothing to wait for */
static gboolean
is_over (GstNanovidReel *self, gint64 deadline, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell->lock);

  if (self->bell->interrupted) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "stopped");
    return TRUE;
  }
  if (self->state != GST_NANOVID_REEL_FAILED
      && g_get_monotonic_time () >= deadline)
    enter_state (self, GST_NANOVID_REEL_FAILED,
        error_new (
            _ ("the decoder gives nothing more and does not end"), NULL));
  if (self->state == GST_NANOVID_REEL_FAILED) {
    g_propagate_error (error, g_error_copy (self->error));
    return TRUE;
  }
  return self->state == GST_NANOVID_REEL_ABSENT;
}

GstSample *
gst_nanovid_reel_pull (GstNanovidReel *self, GError **error)
{
  gint64 deadline = g_get_monotonic_time () + PATIENCE;

  for (;;) {
    GstSample *sample;
    guint changes;

    g_mutex_lock (&self->bell->lock);
    changes = self->bell->changes;
    g_mutex_unlock (&self->bell->lock);

    sample = gst_app_sink_try_pull_sample (self->sink, 0);
    if (sample)
      return sample;
    if (gst_app_sink_is_eos (self->sink) || is_over (self, deadline, error))
      return NULL;
    gst_nanovid_bell_wait (self->bell, changes, deadline);
  }
}

char *
gst_nanovid_reel_get_missing_sound (GstNanovidReel *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell->lock);

  return g_strdup (self->missing_sound);
}
