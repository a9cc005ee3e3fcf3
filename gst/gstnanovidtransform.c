/* nanovid: the element nanovidtransform, from an input to a clip
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/**
 * SECTION:element-nanovidtransform
 * @title: nanovidtransform
 *
 * Generates a video from an image, a raw frame or text with the NanoGPT
 * service.  With `mode=stream`, the first image, frame or text at the sink pad
 * is the input; upstream then gets EOS, and the element behaves like
 * #nanovidsrc.  With `mode=clips`, every buffer becomes a clip, and several are
 * generated at a time.  Each clip is pushed as one buffer, in the order of the
 * inputs and with their time stamps.
 *
 * An encoded image that is not too large is sent unchanged.  A raw frame, or an
 * image that is too large, is encoded as JPEG, upright, and scaled down if
 * necessary.  Text replaces the `prompt`.
 *
 * The request pads `last_image`, `reference_%u`, `video` and `audio` take
 * further inputs of a model.  With `mode=stream`, the request is made when each
 * linked pad has its input: a picture, a complete file, or raw audio until EOS,
 * which is sent as WAV, or as MP3 if that is too large.  With `mode=clips`,
 * each input is combined with the last input of every other pad at or before
 * its time stamp; there, each buffer of raw audio is an input of its own.
 *
 * ## Example launch lines
 * |[
 * gst-launch-1.0 filesrc location=cat.png ! nanovidtransform prompt="the cat waves" ! decodebin ! videoconvert ! autovideosink
 * ]| Animate a picture.
 * |[
 * gst-launch-1.0 v4l2src num-buffers=1 ! nanovidtransform prompt="it starts to snow" ! filesink location=snow.mp4
 * ]| Animate a frame from the camera.
 * |[
 * gst-launch-1.0 v4l2src ! nanovidtransform prompt="it starts to snow" ! decodebin ! clocksync sync-to-first=true ! videoconvert ! autovideosink sync=false
 * ]| Watch it at once.  After a live source, the pipeline's clock keeps running
 * while the clip is generated.
 * |[
 * gst-launch-1.0 multifilesrc location=shot%02d.jpg caps=image/jpeg ! nanovidtransform mode=clips prompt="slow dolly in" ! multifilesink location=clip%02d.mp4
 * ]| Animate many pictures.
 * |[
 * gst-launch-1.0 filesrc location=script.srt ! subparse ! nanovidtransform mode=clips ! multifilesink location=scene%02d.mp4
 * ]| Make a scene from each line of a script.
 * |[
 * gst-launch-1.0 nanovidtransform name=t model=minimax-h3 prompt="it blooms" ! filesink location=bloom.mp4 filesrc location=bud.jpg ! t.sink filesrc location=flower.jpg ! t.last_image
 * ]| Go from a first picture to a last one.
 */

#include "config.h"

#include "gstnanovidtransform.h"

#include "gstnanovidclips.h"
#include "gstnanovidenums.h"
#include "gstnanovidfurtherpads.h"
#include "gstnanovidpads.h"
#include "gstnanovidrequest.h"
#include "gst/input/gstnanovidinput.h"

GST_DEBUG_CATEGORY (gst_nanovid_transform_debug);
#define GST_CAT_DEFAULT gst_nanovid_transform_debug

#define DEFAULT_MODE GST_NANOVID_TRANSFORM_MODE_STREAM
#define DEFAULT_MAX_JOBS 4
#define DEFAULT_ON_ERROR GST_NANOVID_ON_ERROR_FAIL
#define DEFAULT_OUTPUTS GST_NANOVID_OUTPUTS_FIRST

enum
{
  PROP_MODE = GST_NANOVID_PROPERTY_FIRST_OWN,
  PROP_MAX_JOBS,
  PROP_ON_ERROR,
  PROP_OUTPUTS,
};

/* The differences between the two modes. */
typedef struct
{
  GstFormat format;
  gboolean is_seekable;
  gboolean reads_late; /* properties set in PLAYING apply to the next input */

  void (*start) (GstNanovidTransform *self);
  GstFlowReturn (*push_input) (GstNanovidTransform *self, GstSample *sample);
  void (*end_input) (GstNanovidTransform *self);
  void (*start_flush) (GstNanovidTransform *self, GstEvent *event);
  void (*stop_flush) (GstNanovidTransform *self, GstEvent *event);
  GstFlowReturn (*create) (GstNanovidTransform *self, guint64 offset,
      guint length, GstBuffer **buffer);
  void (*downstream_ended) (GstNanovidTransform *self);
  gboolean (*handle_eos) (GstNanovidTransform *self, GstEvent *event);
  void (*before_stop) (GstNanovidTransform *self);
  void (*after_stop) (GstNanovidTransform *self);
  GstStructure *(*create_job_structure) (GstNanovidTransform *self);
} Strategy;

struct _GstNanovidTransform
{
  GstNanovidBase parent;

  GstNanovidSinkPad *sink_pad;
  GstNanovidTransformMode mode; /* object lock */
  const Strategy *strategy;     /* atomic: the strategy since the last start */
  GstNanovidPads *pads;
  GstNanovidClips *clips;
};

G_DEFINE_FINAL_TYPE_WITH_CODE (GstNanovidTransform, gst_nanovid_transform,
    GST_TYPE_NANOVID_BASE,
    GST_DEBUG_CATEGORY_INIT (gst_nanovid_transform_debug, "nanovidtransform", 0,
        "nanovid: clips from images, frames and texts"))
GST_ELEMENT_REGISTER_DEFINE (nanovidtransform, "nanovidtransform",
    GST_RANK_NONE, GST_TYPE_NANOVID_TRANSFORM)

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE ("sink",
    GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS (GST_NANOVID_INPUT_CAPS));

static void
do_nothing (GstNanovidTransform *self G_GNUC_UNUSED)
{
}

/* mode=stream: once there is an input, the base class does the rest */

static GstFlowReturn
push_stream_input (GstNanovidTransform *self, GstSample *sample)
{
  return gst_nanovid_pads_push (self->pads, self->sink_pad, sample);
}

static void
end_stream_input (GstNanovidTransform *self)
{
  gst_nanovid_pads_end (self->pads, self->sink_pad);
}

static void
ignore_flush (
    GstNanovidTransform *self G_GNUC_UNUSED, GstEvent *event G_GNUC_UNUSED)
{
}

static void
flush_stream_input (GstNanovidTransform *self, GstEvent *event G_GNUC_UNUSED)
{
  gst_nanovid_pads_flush (self->pads, self->sink_pad);
}

static GstFlowReturn
create_stream_buffer (
    GstNanovidTransform *self, guint64 offset, guint length, GstBuffer **buffer)
{
  return GST_BASE_SRC_CLASS (gst_nanovid_transform_parent_class)
      ->create (GST_BASE_SRC (self), offset, length, buffer);
}

static gboolean
send_event_to_base (GstNanovidTransform *self, GstEvent *event)
{
  return GST_ELEMENT_CLASS (gst_nanovid_transform_parent_class)
      ->send_event (GST_ELEMENT (self), event);
}

static GstStructure *
create_stream_job_structure (GstNanovidTransform *self)
{
  return GST_NANOVID_BASE_CLASS (gst_nanovid_transform_parent_class)
      ->create_job_structure (GST_NANOVID_BASE (self));
}

static const Strategy stream_strategy = {
  .format = GST_FORMAT_BYTES,
  .is_seekable = TRUE,
  .reads_late = FALSE,
  .start = do_nothing,
  .push_input = push_stream_input,
  .end_input = end_stream_input,
  .start_flush = ignore_flush,
  .stop_flush = flush_stream_input,
  .create = create_stream_buffer,
  .downstream_ended = do_nothing,
  .handle_eos = send_event_to_base,
  .before_stop = do_nothing,
  .after_stop = do_nothing,
  .create_job_structure = create_stream_job_structure,
};

/* mode=clips */

static void
start_clips (GstNanovidTransform *self)
{
  gst_nanovid_clips_start (self->clips);
}

static GstFlowReturn
push_clips_input (GstNanovidTransform *self, GstSample *sample)
{
  return gst_nanovid_clips_push (self->clips, sample);
}

static void
end_clips_input (GstNanovidTransform *self)
{
  gst_nanovid_pads_finish (self->pads, TRUE);
  gst_nanovid_clips_end (self->clips);
}

/* Does not wait for the sink pad's streaming thread. */
static void
start_clips_flush (GstNanovidTransform *self, GstEvent *event)
{
  gst_nanovid_clips_set_flushing (self->clips, TRUE);
  /* Call the base class, which manages its streaming thread. */
  send_event_to_base (self, gst_event_ref (event));
}

static void
stop_clips_flush (GstNanovidTransform *self, GstEvent *event)
{
  GstPad *pad = GST_BASE_SRC_PAD (self);

  GST_PAD_STREAM_LOCK (pad);
  gst_nanovid_clips_abandon (self->clips);
  gst_nanovid_clips_set_flushing (self->clips, FALSE);
  gst_nanovid_pads_finish (self->pads, FALSE);
  GST_PAD_STREAM_UNLOCK (pad);
  send_event_to_base (self, gst_event_ref (event));
}

static GstFlowReturn
create_clip_buffer (GstNanovidTransform *self, guint64 offset G_GNUC_UNUSED,
    guint length G_GNUC_UNUSED, GstBuffer **buffer)
{
  *buffer = NULL;
  return gst_nanovid_clips_create (self->clips, buffer);
}

static void
close_clips (GstNanovidTransform *self)
{
  gst_nanovid_pads_finish (self->pads, TRUE);
  gst_nanovid_clips_close (self->clips);
}

/* Clips that were paid for are still delivered after EOS. */
static gboolean
end_clips_at_eos (GstNanovidTransform *self, GstEvent *event)
{
  gst_nanovid_clips_end (self->clips);
  gst_event_unref (event);
  return TRUE;
}

/* Without this, the sink pad's thread would keep starting jobs while the source
 * pad stops. */
static void
interrupt_clips_input (GstNanovidTransform *self)
{
  gst_nanovid_clips_set_flushing (self->clips, TRUE);
}

static void
stop_clips (GstNanovidTransform *self)
{
  gst_nanovid_clips_stop (self->clips);
}

static GstStructure *
create_clips_job_structure (GstNanovidTransform *self)
{
  return gst_nanovid_clips_create_job_structure (self->clips);
}

static const Strategy clips_strategy = {
  .format = GST_FORMAT_TIME,
  .is_seekable = FALSE,
  .reads_late = TRUE,
  .start = start_clips,
  .push_input = push_clips_input,
  .end_input = end_clips_input,
  .start_flush = start_clips_flush,
  .stop_flush = stop_clips_flush,
  .create = create_clip_buffer,
  .downstream_ended = close_clips,
  .handle_eos = end_clips_at_eos,
  .before_stop = interrupt_clips_input,
  .after_stop = stop_clips,
  .create_job_structure = create_clips_job_structure,
};

static const Strategy *
get_strategy (GstNanovidTransform *self)
{
  return g_atomic_pointer_get (&self->strategy);
}

/* The sink pad */

static GstFlowReturn
gst_nanovid_transform_chain (
    GstPad *pad G_GNUC_UNUSED, GstObject *parent, GstBuffer *buffer)
{
  GstNanovidTransform *self = GST_NANOVID_TRANSFORM (parent);
  g_autoptr (GstSample) sample = NULL;

  GST_LOG_OBJECT (self, "%" GST_PTR_FORMAT, buffer);
  sample = gst_nanovid_sink_pad_create_sample (self->sink_pad, buffer);
  gst_buffer_unref (buffer);
  return get_strategy (self)->push_input (self, sample);
}

/* Events are not forwarded: a clip is a stream of its own.  Clips with
 * mode=clips use the segment of their inputs, and are flushed with them. */
static gboolean
gst_nanovid_transform_sink_event (
    GstPad *pad G_GNUC_UNUSED, GstObject *parent, GstEvent *event)
{
  GstNanovidTransform *self = GST_NANOVID_TRANSFORM (parent);

  GST_LOG_OBJECT (self, "%" GST_PTR_FORMAT, event);
  gst_nanovid_sink_pad_note_event (self->sink_pad, event);
  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_FLUSH_START:
      get_strategy (self)->start_flush (self, event);
      break;
    case GST_EVENT_FLUSH_STOP:
      get_strategy (self)->stop_flush (self, event);
      break;
    case GST_EVENT_EOS:
      /* This EOS ends the input, not the wait for the clip.  An application's
       * EOS arrives in gst_element_send_event(), as for any source. */
      get_strategy (self)->end_input (self);
      break;
    default:
      break;
  }
  gst_event_unref (event);
  return TRUE;
}

/* Further sink pads */

static GstPad *
gst_nanovid_transform_request_new_pad (GstElement *element,
    GstPadTemplate *template, const char *name,
    const GstCaps *caps G_GNUC_UNUSED)
{
  return gst_nanovid_further_pads_request (
      element, GST_NANOVID_TRANSFORM (element)->pads, template, name);
}

static void
gst_nanovid_transform_release_pad (GstElement *element, GstPad *pad)
{
  gst_nanovid_further_pads_release (
      element, GST_NANOVID_TRANSFORM (element)->pads, pad);
}

/* GstNanovidBase */

static NanogptRequest *
gst_nanovid_transform_create_request (GstNanovidBase *base,
    const GstNanovidProperties *properties, GCancellable *cancellable,
    GError **error)
{
  GstNanovidTransform *self = GST_NANOVID_TRANSFORM (base);
  g_autoptr (GPtrArray) inputs = NULL;

  /* A job that exists already needs no input. */
  if (properties->settings->run_id)
    return NULL;

  inputs = gst_nanovid_pads_wait (self->pads, cancellable, error);
  if (!inputs)
    return NULL;
  return gst_nanovid_request_new (
      GST_ELEMENT (self), properties, inputs, cancellable, error);
}

static GstStructure *
gst_nanovid_transform_create_job_structure (GstNanovidBase *base)
{
  GstNanovidTransform *self = GST_NANOVID_TRANSFORM (base);

  return get_strategy (self)->create_job_structure (self);
}

static void
gst_nanovid_transform_forget (GstNanovidTransform *self)
{
  gst_nanovid_clips_forget (self->clips);
  g_signal_chain_from_overridden_handler (self);
}

/* GstBaseSrc */

/* Called before the sink pad receives data. */
static gboolean
gst_nanovid_transform_start (GstBaseSrc *src)
{
  GstNanovidTransform *self = GST_NANOVID_TRANSFORM (src);
  const Strategy *strategy;

  GST_OBJECT_LOCK (self);
  strategy = self->mode == GST_NANOVID_TRANSFORM_MODE_CLIPS ? &clips_strategy
                                                            : &stream_strategy;
  GST_OBJECT_UNLOCK (self);

  g_atomic_pointer_set (&self->strategy, strategy);
  gst_nanovid_pads_start (self->pads, strategy == &clips_strategy);
  strategy->start (self);

  gst_base_src_set_format (src, strategy->format);
  return GST_BASE_SRC_CLASS (gst_nanovid_transform_parent_class)->start (src);
}

static GstFlowReturn
gst_nanovid_transform_create (
    GstBaseSrc *src, guint64 offset, guint length, GstBuffer **buffer)
{
  GstNanovidTransform *self = GST_NANOVID_TRANSFORM (src);

  return get_strategy (self)->create (self, offset, length, buffer);
}

static gboolean
gst_nanovid_transform_unlock (GstBaseSrc *src)
{
  gst_nanovid_clips_set_unlocked (GST_NANOVID_TRANSFORM (src)->clips, TRUE);
  return GST_BASE_SRC_CLASS (gst_nanovid_transform_parent_class)->unlock (src);
}

static gboolean
gst_nanovid_transform_unlock_stop (GstBaseSrc *src)
{
  gst_nanovid_clips_set_unlocked (GST_NANOVID_TRANSFORM (src)->clips, FALSE);
  return GST_BASE_SRC_CLASS (gst_nanovid_transform_parent_class)
      ->unlock_stop (src);
}

static gboolean
gst_nanovid_transform_is_seekable (GstBaseSrc *src)
{
  return get_strategy (GST_NANOVID_TRANSFORM (src))->is_seekable;
}

static GstPadProbeReturn
watch_downstream_end (
    GstPad *pad G_GNUC_UNUSED, GstPadProbeInfo *info, gpointer user_data)
{
  GstNanovidTransform *self = user_data;

  if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) == GST_EVENT_EOS)
    get_strategy (self)->downstream_ended (self);
  return GST_PAD_PROBE_OK;
}

/* GstElement */

static GstStateChangeReturn
gst_nanovid_transform_change_state (
    GstElement *element, GstStateChange transition)
{
  GstNanovidTransform *self = GST_NANOVID_TRANSFORM (element);
  gboolean stops = transition == GST_STATE_CHANGE_PAUSED_TO_READY;
  GstStateChangeReturn result;

  if (stops) {
    gst_nanovid_pads_set_flushing (self->pads, NULL, TRUE);
    get_strategy (self)->before_stop (self);
  }
  result = GST_ELEMENT_CLASS (gst_nanovid_transform_parent_class)
               ->change_state (element, transition);
  if (stops)
    get_strategy (self)->after_stop (self);
  return result;
}

static gboolean
gst_nanovid_transform_send_event (GstElement *element, GstEvent *event)
{
  GstNanovidTransform *self = GST_NANOVID_TRANSFORM (element);

  return GST_EVENT_TYPE (event) == GST_EVENT_EOS
      ? get_strategy (self)->handle_eos (self, event)
      : send_event_to_base (self, event);
}

/* GObject */

/* An application's EOS is sent to the sources of the pipeline.  To end the
 * wait, this element has to be one of them.  To end the stream after all
 * pending inputs, it must not be one, so that EOS arrives through the input
 * only. */
static void
set_mode (GstNanovidTransform *self, GstNanovidTransformMode mode)
{
  GST_OBJECT_LOCK (self);
  self->mode = mode;
  if (mode == GST_NANOVID_TRANSFORM_MODE_CLIPS)
    GST_OBJECT_FLAG_UNSET (self, GST_ELEMENT_FLAG_SOURCE);
  else
    GST_OBJECT_FLAG_SET (self, GST_ELEMENT_FLAG_SOURCE);
  GST_OBJECT_UNLOCK (self);
}

static void
gst_nanovid_transform_set_property (
    GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstNanovidTransform *self = GST_NANOVID_TRANSFORM (object);

  switch (id) {
    case PROP_MODE:
      gst_nanovid_base_warn_when_running (GST_NANOVID_BASE (self), pspec);
      set_mode (self, g_value_get_enum (value));
      break;
    case PROP_MAX_JOBS:
      gst_nanovid_clips_set_max_jobs (self->clips, g_value_get_uint (value));
      break;
    case PROP_ON_ERROR:
      gst_nanovid_clips_set_on_error (self->clips, g_value_get_enum (value));
      break;
    case PROP_OUTPUTS:
      gst_nanovid_clips_set_outputs (self->clips, g_value_get_enum (value));
      break;
    default:
      if (!get_strategy (self)->reads_late
          && (pspec->flags & GST_PARAM_MUTABLE_PLAYING))
        gst_nanovid_base_warn_when_running (GST_NANOVID_BASE (self), pspec);
      G_OBJECT_CLASS (gst_nanovid_transform_parent_class)
          ->set_property (object, id, value, pspec);
      break;
  }
}

static void
gst_nanovid_transform_get_property (
    GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  GstNanovidTransform *self = GST_NANOVID_TRANSFORM (object);

  switch (id) {
    case PROP_MODE:
      GST_OBJECT_LOCK (self);
      g_value_set_enum (value, self->mode);
      GST_OBJECT_UNLOCK (self);
      break;
    case PROP_MAX_JOBS:
      g_value_set_uint (value, gst_nanovid_clips_get_max_jobs (self->clips));
      break;
    case PROP_ON_ERROR:
      g_value_set_enum (value, gst_nanovid_clips_get_on_error (self->clips));
      break;
    case PROP_OUTPUTS:
      g_value_set_enum (value, gst_nanovid_clips_get_outputs (self->clips));
      break;
    default:
      G_OBJECT_CLASS (gst_nanovid_transform_parent_class)
          ->get_property (object, id, value, pspec);
      break;
  }
}

static void
gst_nanovid_transform_finalize (GObject *object)
{
  GstNanovidTransform *self = GST_NANOVID_TRANSFORM (object);

  gst_nanovid_clips_free (self->clips);
  gst_nanovid_pads_free (self->pads);
  G_OBJECT_CLASS (gst_nanovid_transform_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *klass)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  /* Install the properties of the base class again, with the flags that apply
   * to mode=clips. */
  gst_nanovid_properties_install (klass, GST_PARAM_MUTABLE_PLAYING, TRUE);
  g_object_class_install_property (klass, PROP_MODE,
      g_param_spec_enum ("mode", "Mode",
          "Whether the first input or every buffer becomes a clip, and how "
          "clips are pushed",
          gst_nanovid_transform_mode_get_type (), DEFAULT_MODE,
          flags | GST_PARAM_MUTABLE_READY));
  g_object_class_install_property (klass, PROP_MAX_JOBS,
      g_param_spec_uint ("max-jobs", "Maximum jobs",
          "Maximum number of jobs in flight at once with mode=clips", 1,
          G_MAXUINT, DEFAULT_MAX_JOBS, flags | GST_PARAM_MUTABLE_PLAYING));
  g_object_class_install_property (klass, PROP_ON_ERROR,
      g_param_spec_enum ("on-error", "On error",
          "What mode=clips does when an input fails",
          gst_nanovid_on_error_get_type (), DEFAULT_ON_ERROR,
          flags | GST_PARAM_MUTABLE_PLAYING));
  /**
   * GstNanovidTransform:outputs:
   *
   * Since: 0.2
   */
  g_object_class_install_property (klass, PROP_OUTPUTS,
      g_param_spec_enum ("outputs", "Outputs",
          "Which results leave with mode=clips, of a job that has several: one, "
          "or each as a buffer",
          gst_nanovid_outputs_get_type (), DEFAULT_OUTPUTS,
          flags | GST_PARAM_MUTABLE_PLAYING));
  gst_type_mark_as_plugin_api (gst_nanovid_outputs_get_type (), 0);
  gst_type_mark_as_plugin_api (gst_nanovid_transform_mode_get_type (), 0);
  gst_type_mark_as_plugin_api (gst_nanovid_on_error_get_type (), 0);
}

static void
gst_nanovid_transform_class_init (GstNanovidTransformClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstBaseSrcClass *src_class = GST_BASE_SRC_CLASS (klass);
  GstNanovidBaseClass *base_class = GST_NANOVID_BASE_CLASS (klass);

  object_class->set_property = gst_nanovid_transform_set_property;
  object_class->get_property = gst_nanovid_transform_get_property;
  object_class->finalize = gst_nanovid_transform_finalize;
  install_properties (object_class);

  element_class->change_state =
      GST_DEBUG_FUNCPTR (gst_nanovid_transform_change_state);
  element_class->send_event =
      GST_DEBUG_FUNCPTR (gst_nanovid_transform_send_event);
  element_class->request_new_pad =
      GST_DEBUG_FUNCPTR (gst_nanovid_transform_request_new_pad);
  element_class->release_pad =
      GST_DEBUG_FUNCPTR (gst_nanovid_transform_release_pad);

  src_class->start = GST_DEBUG_FUNCPTR (gst_nanovid_transform_start);
  src_class->create = GST_DEBUG_FUNCPTR (gst_nanovid_transform_create);
  src_class->unlock = GST_DEBUG_FUNCPTR (gst_nanovid_transform_unlock);
  src_class->unlock_stop =
      GST_DEBUG_FUNCPTR (gst_nanovid_transform_unlock_stop);
  src_class->is_seekable =
      GST_DEBUG_FUNCPTR (gst_nanovid_transform_is_seekable);

  base_class->create_request = gst_nanovid_transform_create_request;
  base_class->create_job_structure = gst_nanovid_transform_create_job_structure;
  g_signal_override_class_handler ("forget", G_TYPE_FROM_CLASS (klass),
      G_CALLBACK (gst_nanovid_transform_forget));

  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_nanovid_further_pads_install (element_class);
  gst_element_class_set_static_metadata (element_class,
      "NanoGPT video transform", "Filter/Converter/Network",
      "Generates a video from an image, a frame or a text with the NanoGPT "
      "service",
      PACKAGE_AUTHORS);
  gst_element_class_add_static_metadata (element_class,
      GST_ELEMENT_METADATA_DOC_URI,
      "file://" DOCDIR "/elements.md#nanovidtransform");
}

static void
add_sink_pad (GstNanovidTransform *self)
{
  GstPad *pad = gst_nanovid_sink_pad_new (
      gst_element_get_pad_template (GST_ELEMENT (self), "sink"), "sink",
      NANOGPT_MEDIA_IMAGE);

  self->sink_pad = GST_NANOVID_SINK_PAD (pad);
  gst_pad_set_chain_function (
      pad, GST_DEBUG_FUNCPTR (gst_nanovid_transform_chain));
  gst_pad_set_event_function (
      pad, GST_DEBUG_FUNCPTR (gst_nanovid_transform_sink_event));
  gst_pad_set_query_function (
      pad, GST_DEBUG_FUNCPTR (gst_nanovid_sink_pad_query));
  gst_element_add_pad (GST_ELEMENT (self), pad);
  gst_nanovid_pads_add (self->pads, self->sink_pad);
}

static void
gst_nanovid_transform_init (GstNanovidTransform *self)
{
  self->strategy = &stream_strategy;
  self->pads = gst_nanovid_pads_new ();
  self->clips = gst_nanovid_clips_new (GST_NANOVID_BASE (self), self->pads);
  gst_nanovid_clips_set_max_jobs (self->clips, DEFAULT_MAX_JOBS);
  gst_nanovid_clips_set_on_error (self->clips, DEFAULT_ON_ERROR);
  add_sink_pad (self);
  gst_pad_add_probe (GST_BASE_SRC_PAD (self),
      GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, watch_downstream_end, self, NULL);
}
