/* nanovid: GstNanovidBase: the base class that plays the clip of a job
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The job starts with the first create() after a start, never on a state change
 * or a query: inspecting the element without asking for data must not cost
 * money.
 *
 * Locks, in order: the stream lock, then either the object lock or the lock of
 * the GstNanovidStream, never both.  The object lock guards the properties and,
 * as in every element, the segment.  Messages and events are posted and pushed
 * without either lock. */

#include "gstnanovidbase.h"

#include "gstnanovidlog.h"
#include "gstnanovidmessages.h"
#include "gstnanovidoutlet.h"
#include "gstnanovidpreset.h"
#include "gstnanovidstream.h"

GST_DEBUG_CATEGORY (gst_nanovid_base_debug);
#define GST_CAT_DEFAULT gst_nanovid_base_debug

/* With large blocks, a demuxer downstream does not have to copy data. */
#define BLOCK_SIZE (1 << 20)

typedef struct
{
  GstNanovidProperties *properties; /* object lock */
  gboolean shared;                  /* object lock: share the job with other
                                     * elements */
  NanogptBudget *budget;
  GCancellable *cancellable; /* cancelled while flushing */

  GstNanovidStream *stream;
} GstNanovidBasePrivate;

enum
{
  SIGNAL_FORGET,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_ABSTRACT_TYPE_WITH_CODE (GstNanovidBase, gst_nanovid_base,
    GST_TYPE_PUSH_SRC,
    G_ADD_PRIVATE (GstNanovidBase) G_IMPLEMENT_INTERFACE (
        GST_TYPE_PRESET, gst_nanovid_preset_interface_init)
        GST_DEBUG_CATEGORY_INIT (gst_nanovid_base_debug, "nanovidbase", 0,
            "nanovid: what all elements share"))

static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE (
    "src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);

static GstNanovidBasePrivate *
get_private (GstNanovidBase *self)
{
  return gst_nanovid_base_get_instance_private (self);
}

GstNanovidProperties *
gst_nanovid_base_dup_properties (GstNanovidBase *self)
{
  GstNanovidBasePrivate *priv = get_private (self);
  GstNanovidProperties *properties;

  GST_OBJECT_LOCK (self);
  properties = gst_nanovid_properties_copy (priv->properties);
  GST_OBJECT_UNLOCK (self);
  properties->settings->budget = nanogpt_budget_ref (priv->budget);
  return properties;
}

static void
use_shared_cache (NanogptSettings *settings)
{
  if (settings->cache_dir)
    return;
  settings->cache_dir =
      g_build_filename (g_get_user_cache_dir (), "nanovid", NULL);
}

/* Starts a job for this start of the element. */
static GstFlowReturn
attach_job (GstNanovidBase *self, GError **error)
{
  GstNanovidBasePrivate *priv = get_private (self);
  g_autoptr (GstNanovidProperties) properties = NULL;
  g_autoptr (NanogptRequest) request = NULL;
  g_autoptr (GError) request_error = NULL;
  GstFlowReturn flow;
  gboolean shared;

  GST_OBJECT_LOCK (self);
  shared = priv->shared;
  GST_OBJECT_UNLOCK (self);
  properties = gst_nanovid_base_dup_properties (self);
  if (shared)
    use_shared_cache (properties->settings);

  if (!nanogpt_settings_resolve (properties->settings, error))
    return GST_FLOW_ERROR;

  request = GST_NANOVID_BASE_GET_CLASS (self)->create_request (
      self, properties, priv->cancellable, &request_error);
  if (gst_nanovid_stream_is_interrupted (priv->stream))
    return GST_FLOW_FLUSHING;
  /* A job that is only collected needs no request. */
  if (!request && !properties->settings->run_id) {
    g_propagate_error (error, g_steal_pointer (&request_error));
    return GST_FLOW_ERROR;
  }
  flow = gst_nanovid_outlet_check (GST_BASE_SRC_PAD (self), error);
  if (flow == GST_FLOW_OK)
    gst_nanovid_stream_attach (
        priv->stream, request, properties->settings, shared);
  return flow;
}

/* GstBaseSrc */

static GstFlowReturn
gst_nanovid_base_create (
    GstBaseSrc *src, guint64 offset, guint length, GstBuffer **buffer)
{
  GstNanovidBase *self = GST_NANOVID_BASE (src);
  GstNanovidStream *stream = get_private (self)->stream;
  g_autoptr (GError) error = NULL;
  GstFlowReturn flow;

  if (gst_nanovid_stream_has_failed (stream))
    return GST_FLOW_ERROR;

  if (!gst_nanovid_stream_is_attached (stream)) {
    flow = attach_job (self, &error);
    if (error)
      gst_nanovid_stream_post_error (stream, error);
    if (flow != GST_FLOW_OK)
      return flow;
  }

  flow = gst_nanovid_stream_create (stream, offset, length, buffer);
  if (flow == GST_FLOW_OK)
    GST_LOG_OBJECT (self, "%" GST_PTR_FORMAT, *buffer);
  return flow;
}

static gboolean
gst_nanovid_base_start (GstBaseSrc *src)
{
  gst_nanovid_stream_start (get_private (GST_NANOVID_BASE (src))->stream);
  return TRUE;
}

static gboolean
gst_nanovid_base_stop (GstBaseSrc *src)
{
  gst_nanovid_stream_stop (get_private (GST_NANOVID_BASE (src))->stream);
  return TRUE;
}

static gboolean
gst_nanovid_base_unlock (GstBaseSrc *src)
{
  GstNanovidBasePrivate *priv = get_private (GST_NANOVID_BASE (src));

  gst_nanovid_stream_set_interrupted (priv->stream, TRUE);
  g_cancellable_cancel (priv->cancellable);
  return TRUE;
}

static gboolean
gst_nanovid_base_unlock_stop (GstBaseSrc *src)
{
  GstNanovidBasePrivate *priv = get_private (GST_NANOVID_BASE (src));

  g_cancellable_reset (priv->cancellable);
  gst_nanovid_stream_set_interrupted (priv->stream, FALSE);
  return TRUE;
}

static gboolean
gst_nanovid_base_get_size (GstBaseSrc *src, guint64 *size)
{
  return gst_nanovid_stream_get_size (
      get_private (GST_NANOVID_BASE (src))->stream, size);
}

static gboolean
gst_nanovid_base_is_seekable (GstBaseSrc *src G_GNUC_UNUSED)
{
  return TRUE;
}

/* Players buffer sources that are limited in bandwidth.  In playbin3 of 1.22,
 * about one clip in ten hangs because it ends inside the buffer before
 * decodebin3 is ready, so the flag is not set there. */
#if GST_CHECK_VERSION(1, 26, 0)
#define NETWORK_FLAGS GST_SCHEDULING_FLAG_BANDWIDTH_LIMITED
#else
#define NETWORK_FLAGS 0
#endif

static void
add_scheduling_flags (GstBaseSrc *src, GstQuery *query)
{
  GstSchedulingFlags flags;
  gint min, max, align;

  gst_query_parse_scheduling (query, &flags, &min, &max, &align);
  flags |= NETWORK_FLAGS;
  if (GST_BASE_SRC_GET_CLASS (src)->is_seekable (src))
    flags |= GST_SCHEDULING_FLAG_SEEKABLE;
  gst_query_set_scheduling (query, flags, min, max, align);
}

/* An unknown size is reported as -1, as in the base class.  Waiting for it here
 * would hold locks of the caller. */
static gboolean
answer_duration (GstBaseSrc *src, GstQuery *query)
{
  GstNanovidBasePrivate *priv = get_private (GST_NANOVID_BASE (src));
  GstFormat format;

  gst_query_parse_duration (query, &format, NULL);
  if (format != GST_FORMAT_BYTES)
    return FALSE;

  gst_nanovid_stream_note_measured (priv->stream);
  gst_query_set_duration (query, format, -1);
  return TRUE;
}

static gboolean
gst_nanovid_base_query (GstBaseSrc *src, GstQuery *query)
{
  guint64 size;

  if (GST_QUERY_TYPE (query) == GST_QUERY_DURATION
      && !gst_nanovid_base_get_size (src, &size))
    return answer_duration (src, query);

  if (!GST_BASE_SRC_CLASS (gst_nanovid_base_parent_class)->query (src, query))
    return FALSE;

  if (GST_QUERY_TYPE (query) == GST_QUERY_SCHEDULING)
    add_scheduling_flags (src, query);
  return TRUE;
}

/* GstElement and GObject */

static gboolean
gst_nanovid_base_send_event (GstElement *element, GstEvent *event)
{
  GstNanovidBase *self = GST_NANOVID_BASE (element);
  GstNanovidStream *stream = get_private (self)->stream;
  gboolean eos = GST_EVENT_TYPE (event) == GST_EVENT_EOS;
  gboolean handled;

  if (eos)
    gst_nanovid_stream_begin_eos (stream);
  handled = GST_ELEMENT_CLASS (gst_nanovid_base_parent_class)
                ->send_event (element, event);

  if (eos)
    gst_nanovid_stream_finish_eos (stream);
  return handled;
}

/* The base class pushes EOS after every error, including downstream errors. */
static gboolean
gst_nanovid_base_post_message (GstElement *element, GstMessage *message)
{
  GstNanovidBasePrivate *priv = get_private (GST_NANOVID_BASE (element));

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    gst_nanovid_stream_note_error (priv->stream);
  return GST_ELEMENT_CLASS (gst_nanovid_base_parent_class)
      ->post_message (element, message);
}

void
gst_nanovid_base_warn_when_running (
    GstNanovidBase *self, const GParamSpec *pspec)
{
  GstState state;

  GST_OBJECT_LOCK (self);
  state = GST_STATE (self);
  GST_OBJECT_UNLOCK (self);
  if (state > GST_STATE_READY) {
    GST_WARNING_OBJECT (self,
        "%s was set in %s and has no effect before the next start: set it in "
        "READY or NULL",
        pspec->name, gst_element_state_get_name (state));
  }
}

static void
gst_nanovid_base_set_property (
    GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  GstNanovidBase *self = GST_NANOVID_BASE (object);
  GstNanovidBasePrivate *priv = get_private (self);

  if (!(pspec->flags & GST_PARAM_MUTABLE_PLAYING))
    gst_nanovid_base_warn_when_running (self, pspec);
  GST_OBJECT_LOCK (object);
  gst_nanovid_properties_set (priv->properties, id, value);
  GST_OBJECT_UNLOCK (object);
}

static GstStructure *
gst_nanovid_base_create_job_structure (GstNanovidBase *self)
{
  g_autoptr (NanogptJobStatus) status =
      gst_nanovid_stream_get_status (get_private (self)->stream);

  return status ? gst_nanovid_job_structure_new (status, NULL) : NULL;
}

static void
gst_nanovid_base_get_property (
    GObject *object, guint id, GValue *value, GParamSpec *pspec G_GNUC_UNUSED)
{
  GstNanovidBase *self = GST_NANOVID_BASE (object);
  GstNanovidBasePrivate *priv = get_private (self);
  GstNanovidBaseClass *klass = GST_NANOVID_BASE_GET_CLASS (self);
  g_autoptr (GstStructure) job = NULL;

  if (id == GST_NANOVID_PROPERTY_JOB) {
    g_value_take_boxed (value, klass->create_job_structure (self));
    return;
  }

  GST_OBJECT_LOCK (object);
  gst_nanovid_properties_get (priv->properties, id, value);
  GST_OBJECT_UNLOCK (object);

  if (id == GST_NANOVID_PROPERTY_RUN_ID && !g_value_get_string (value)) {
    job = klass->create_job_structure (self);
    if (job)
      g_value_set_string (value, gst_structure_get_string (job, "run-id"));
  }
}

void
gst_nanovid_base_set_request (
    GstNanovidBase *self, GstNanovidProperties *request)
{
  GstNanovidBasePrivate *priv = get_private (self);

  GST_OBJECT_LOCK (self);
  gst_nanovid_properties_take_request (priv->properties, request);
  priv->shared = TRUE;
  GST_OBJECT_UNLOCK (self);
}

static void
gst_nanovid_base_forget (GstNanovidBase *self)
{
  gst_nanovid_stream_forget (get_private (self)->stream);
}

static void
gst_nanovid_base_finalize (GObject *object)
{
  GstNanovidBase *self = GST_NANOVID_BASE (object);
  GstNanovidBasePrivate *priv = get_private (self);

  gst_nanovid_stream_free (priv->stream);
  gst_nanovid_properties_free (priv->properties);
  nanogpt_budget_unref (priv->budget);
  g_object_unref (priv->cancellable);
  G_OBJECT_CLASS (gst_nanovid_base_parent_class)->finalize (object);
}

static void
gst_nanovid_base_class_init (GstNanovidBaseClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstBaseSrcClass *src_class = GST_BASE_SRC_CLASS (klass);

  gst_nanovid_log_init ();
  klass->create_job_structure = gst_nanovid_base_create_job_structure;

  object_class->set_property = gst_nanovid_base_set_property;
  object_class->get_property = gst_nanovid_base_get_property;
  object_class->finalize = gst_nanovid_base_finalize;
  gst_nanovid_properties_install (object_class, GST_PARAM_MUTABLE_READY, TRUE);

  element_class->post_message =
      GST_DEBUG_FUNCPTR (gst_nanovid_base_post_message);
  element_class->send_event = GST_DEBUG_FUNCPTR (gst_nanovid_base_send_event);
  gst_element_class_add_static_pad_template (element_class, &src_template);

  /* Override create() of GstBaseSrc for its offset: the read position is that
   * of the segment and is stored nowhere else.  GstPushSrc is the parent
   * because it answers the scheduling query without starting the element. */
  src_class->create = GST_DEBUG_FUNCPTR (gst_nanovid_base_create);
  src_class->start = GST_DEBUG_FUNCPTR (gst_nanovid_base_start);
  src_class->stop = GST_DEBUG_FUNCPTR (gst_nanovid_base_stop);
  src_class->unlock = GST_DEBUG_FUNCPTR (gst_nanovid_base_unlock);
  src_class->unlock_stop = GST_DEBUG_FUNCPTR (gst_nanovid_base_unlock_stop);
  src_class->is_seekable = GST_DEBUG_FUNCPTR (gst_nanovid_base_is_seekable);
  src_class->get_size = GST_DEBUG_FUNCPTR (gst_nanovid_base_get_size);
  src_class->query = GST_DEBUG_FUNCPTR (gst_nanovid_base_query);

  /**
   * GstNanovidBase::forget:
   *
   * Drops the clip that the element keeps, so that the next start requests, and
   * pays for, a new one.  A clip that is playing is dropped when it stops.
   */
  signals[SIGNAL_FORGET] = g_signal_new_class_handler ("forget",
      G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION,
      G_CALLBACK (gst_nanovid_base_forget), NULL, NULL, NULL, G_TYPE_NONE, 0);

  gst_type_mark_as_plugin_api (GST_TYPE_NANOVID_BASE, 0);
}

static void
gst_nanovid_base_init (GstNanovidBase *self)
{
  GstNanovidBasePrivate *priv = get_private (self);
  GstBaseSrc *src = GST_BASE_SRC (self);

  priv->properties = gst_nanovid_properties_new ();
  priv->budget = nanogpt_budget_new ();
  priv->cancellable = g_cancellable_new ();
  priv->stream = gst_nanovid_stream_new (src);

  gst_base_src_set_format (src, GST_FORMAT_BYTES);
  gst_base_src_set_blocksize (src, BLOCK_SIZE);
  gst_base_src_set_automatic_eos (src, FALSE);
  gst_pad_use_fixed_caps (GST_BASE_SRC_PAD (src));
}
