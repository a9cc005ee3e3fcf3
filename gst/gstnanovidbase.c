/* nanovid: a source that plays the clip of a job
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The job runs beside the element, on the network thread.  The streaming
 * thread waits for the job's clip to grow and reads it; seeking, flushing, EOS
 * and pausing therefore only ever concern the reader, and cannot cancel, repeat
 * or lose what was paid for.  Stopping the element ends the wait and keeps the
 * job, so that the next start goes on where this one ended.
 *
 * The job starts with the first create() after a start, never with a state
 * change or a query: whatever looks at the element without wanting data must
 * not cost money.
 *
 * Locks, in order: the stream lock, then either the object lock or the private
 * lock, never both.  The object lock guards the properties and, as everywhere,
 * the segment.  The private lock guards what the streaming thread shares with
 * the job's observer, with queries and with state changes; the job's functions
 * that wait (start, stop, observers, the last unref) are called without it.
 * Messages and events are posted and pushed with neither held. */

#include "gstnanovidbase.h"

#include "gstnanovidcontent.h"
#include "gstnanovidlog.h"
#include "gstnanovidmessages.h"
#include "gstnanovidoutlet.h"
#include "gstnanovidpreset.h"
#include "gstnanovidprogress.h"
#include "gstnanovidreader.h"

#include "nanogpt/job/shared-job.h"

GST_DEBUG_CATEGORY (gst_nanovid_base_debug);
#define GST_CAT_DEFAULT gst_nanovid_base_debug

/* Large pieces leave a demuxer downstream without anything to copy. */
#define BLOCK_SIZE (1 << 20)

/* Seconds for which a URI stands for one clip. */
#define SHARED_CACHE_MAX_AGE (24 * 60 * 60)

/* Microseconds from the start to the first error that is posted. */
#define EARLIEST_ERROR (G_TIME_SPAN_SECOND / 10)

typedef struct
{
  GstNanovidProperties *properties; /* object lock */
  gboolean shared;                  /* object lock: the job is others', too */
  NanogptBudget *budget;
  GCancellable *cancellable; /* cancelled while flushing */

  GstNanovidBell bell; /* interrupted until unlock_stop() */
  gboolean ending;     /* lock: an application's EOS is on its way */
  gboolean ended;      /* lock: an application's EOS has ended this start */
  gboolean errored;    /* lock: an error was posted since start() */
  gboolean eos;        /* lock: the clip was pushed to its end */
  gboolean attached;   /* lock: the job was started since start() */
  gboolean forget;     /* lock: drop the job in stop() */
  gboolean fresh;      /* lock: the next job is a new one */
  gboolean measured;   /* lock: somebody asked how many bytes the clip has */
  GstNanovidReader *reader; /* lock: of the job; stays while attached */

  /* Streaming thread, and state changes while it does not run. */
  gboolean failed;
  gint64 start_time;
  GstNanovidProgress progress;
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

/* The job and its clip */

static GstNanovidReader *
ref_reader (GstNanovidBase *self)
{
  GstNanovidBasePrivate *priv = get_private (self);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&priv->bell.lock);

  return priv->reader ? gst_nanovid_reader_ref (priv->reader) : NULL;
}

static NanogptJobStatus *
get_job_status (GstNanovidBase *self)
{
  g_autoptr (GstNanovidReader) reader = ref_reader (self);

  return reader ? nanogpt_job_get_status (gst_nanovid_reader_get_job (reader))
                : NULL;
}

/* Streaming thread: the job is in use from here to stop(). */
static void
take_reader (GstNanovidBase *self, GstNanovidReader *reader)
{
  GstNanovidBasePrivate *priv = get_private (self);
  g_autoptr (GstNanovidReader) former = NULL;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&priv->bell.lock);

  former = g_steal_pointer (&priv->reader);
  priv->reader = gst_nanovid_reader_ref (reader);
  priv->attached = TRUE;
}

/* Takes the job of the last start into use again, unless it was forgotten. */
static gboolean
retake_reader (GstNanovidBase *self, GstNanovidReader *reader)
{
  GstNanovidBasePrivate *priv = get_private (self);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&priv->bell.lock);

  priv->attached = priv->reader == reader;
  return priv->attached;
}

static void
gst_nanovid_base_forget (GstNanovidBase *self)
{
  GstNanovidBasePrivate *priv = get_private (self);
  g_autoptr (GstNanovidReader) forgotten = NULL;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&priv->bell.lock);

  priv->fresh = TRUE;
  if (priv->attached)
    priv->forget = TRUE;
  else
    forgotten = g_steal_pointer (&priv->reader);
}

static gboolean
is_flushing (GstNanovidBase *self)
{
  GstNanovidBasePrivate *priv = get_private (self);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&priv->bell.lock);

  return priv->bell.interrupted;
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
  settings->cache_max_age = SHARED_CACHE_MAX_AGE;
}

/* Returns: (transfer full): the job of the last start, when it is still what is
 * asked for; else NULL */
static GstNanovidReader *
find_former_reader (GstNanovidBase *self, NanogptRequest *request,
    const NanogptSettings *settings)
{
  g_autoptr (GstNanovidReader) reader = ref_reader (self);
  NanogptJob *job = reader ? gst_nanovid_reader_get_job (reader) : NULL;

  if (!job || !nanogpt_job_matches (job, request, settings)
      || !nanogpt_job_is_collectable (job) || !retake_reader (self, reader))
    return NULL;

  GST_INFO_OBJECT (self, "going on with the job of the last start");
  return g_steal_pointer (&reader);
}

static GstNanovidReader *
create_reader (GstNanovidBase *self, NanogptRequest *request,
    NanogptSettings *settings, gboolean shared)
{
  GstNanovidBasePrivate *priv = get_private (self);
  GstNanovidReader *reader;
  NanogptJob *job;

  GST_INFO_OBJECT (self, "new job");
  g_mutex_lock (&priv->bell.lock);
  settings->fresh = priv->fresh;
  priv->fresh = FALSE;
  g_mutex_unlock (&priv->bell.lock);

  job = shared ? nanogpt_job_get_shared (request, settings)
               : nanogpt_job_new (request, settings);
  reader = gst_nanovid_reader_new (GST_ELEMENT (self), &priv->bell, job);
  take_reader (self, reader);
  if (request)
    gst_nanovid_post_request_warnings (GST_ELEMENT (self), request);
  return reader;
}

/* Starts a job for this start of the element. */
static GstFlowReturn
attach (GstNanovidBase *self, GError **error)
{
  GstNanovidBasePrivate *priv = get_private (self);
  g_autoptr (GstNanovidProperties) properties = NULL;
  g_autoptr (NanogptRequest) request = NULL;
  g_autoptr (GstNanovidReader) reader = NULL;
  g_autoptr (NanogptJobStatus) status = NULL;
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
  if (is_flushing (self))
    return GST_FLOW_FLUSHING;
  /* A job that is only collected was asked for before. */
  if (!request && !properties->settings->run_id) {
    g_propagate_error (error, g_steal_pointer (&request_error));
    return GST_FLOW_ERROR;
  }
  flow = gst_nanovid_outlet_check (GST_BASE_SRC_PAD (self), error);
  if (flow != GST_FLOW_OK)
    return flow;

  reader = find_former_reader (self, request, properties->settings);
  if (!reader)
    reader = create_reader (self, request, properties->settings, shared);
  gst_nanovid_reader_start (reader,
      request ? nanogpt_request_get_prompt (request) : NULL,
      properties->settings);
  status = nanogpt_job_get_status (gst_nanovid_reader_get_job (reader));
  gst_nanovid_progress_begin (&priv->progress, status);
  return GST_FLOW_OK;
}

/* An error that comes before gst-launch-1.0 runs its main loop is shown, and
 * then waited for without end. */
static void
wait_for_application (GstNanovidBase *self)
{
  GstNanovidBasePrivate *priv = get_private (self);
  gint64 until = priv->start_time + EARLIEST_ERROR;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&priv->bell.lock);

  while (!priv->bell.interrupted
      && g_cond_wait_until (&priv->bell.cond, &priv->bell.lock, until))
    ;
}

static void
post_error_once (GstNanovidBase *self, const GError *error)
{
  GstNanovidBasePrivate *priv = get_private (self);

  /* A flush may bring the reader back to where it failed. */
  if (priv->failed)
    return;

  priv->failed = TRUE;
  wait_for_application (self);
  gst_nanovid_post_error (GST_ELEMENT (self), error, NULL);
  gst_nanovid_progress_fail (&priv->progress, error);
}

static void
cancel_progress (GstNanovidBase *self)
{
  GstNanovidBasePrivate *priv = get_private (self);
  g_autoptr (NanogptJobStatus) status = get_job_status (self);

  gst_nanovid_progress_cancel (&priv->progress, status ? status->run_id : NULL);
}

static gboolean
gst_nanovid_base_get_size (GstBaseSrc *src, guint64 *size)
{
  GstNanovidBasePrivate *priv = get_private (GST_NANOVID_BASE (src));
  gint64 known = -1;

  g_mutex_lock (&priv->bell.lock);
  if (priv->reader)
    known = gst_nanovid_reader_get_size (priv->reader);
  g_mutex_unlock (&priv->bell.lock);

  if (known < 0)
    return FALSE;

  *size = known;
  return TRUE;
}

/* The clip */

/* Ends what the streaming thread was doing: an error is posted, and what an
 * application's EOS interrupted is a wait that was canceled. */
static GstFlowReturn
finish_wait (GstNanovidBase *self, GstFlowReturn flow, const GError *error)
{
  GstNanovidBasePrivate *priv = get_private (self);
  gboolean ending;

  g_mutex_lock (&priv->bell.lock);
  ending = priv->ending;
  g_mutex_unlock (&priv->bell.lock);

  if (error)
    post_error_once (self, error);
  else if (flow == GST_FLOW_FLUSHING && ending)
    cancel_progress (self);
  return flow;
}

static GstFlowReturn
wait_for_bytes (
    GstNanovidBase *self, guint64 offset, guint64 wanted, guint64 *available)
{
  GstNanovidBasePrivate *priv = get_private (self);
  g_autoptr (GError) error = NULL;
  GstFlowReturn flow = gst_nanovid_reader_wait (
      priv->reader, &priv->progress, offset, wanted, available, &error);

  return finish_wait (self, flow, error);
}

/* GstBaseSrc's function, since gst_element_send_event() takes the state lock. */
void
gst_nanovid_base_queue_tags (GstNanovidBase *self, GstTagList *tags)
{
  GST_ELEMENT_CLASS (gst_nanovid_base_parent_class)
      ->send_event (GST_ELEMENT (self), gst_event_new_tag (tags));
}

/* A flush loses tags that were queued: hence the question whether they did go
 * out. */
static void
queue_tags_once (GstNanovidBase *self)
{
  g_autoptr (GstEvent) pushed =
      gst_pad_get_sticky_event (GST_BASE_SRC_PAD (self), GST_EVENT_TAG, 0);

  if (!pushed)
    gst_nanovid_base_queue_tags (
        self, gst_nanovid_reader_create_tags (get_private (self)->reader));
}

/* What reads the clip from a buffer of its own, such as queue2 with a file or
 * downloadbuffer, asks for the size first and never again: without it, it waits
 * for more at the end. */
static gboolean
is_measured (GstNanovidBase *self)
{
  GstNanovidBasePrivate *priv = get_private (self);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&priv->bell.lock);

  return priv->measured;
}

/* The caps go out before the first buffer, or decodebin3 finds nothing to
 * link. */
static GstFlowReturn
negotiate (GstNanovidBase *self)
{
  g_autoptr (GBytes) head = NULL;
  GstNanovidBasePrivate *priv = get_private (self);
  g_autoptr (GstCaps) caps = NULL;
  g_autoptr (GError) error = NULL;
  guint64 available, size;
  GstFlowReturn flow = gst_nanovid_reader_find_type (
      priv->reader, &priv->progress, &head, &caps, &error);

  if (flow != GST_FLOW_OK)
    return finish_wait (self, flow, error);

  if (!gst_nanovid_content_is_media (caps)) {
    gst_nanovid_reader_reject (priv->reader, caps);
    return wait_for_bytes (self, 0, G_MAXUINT64, &available);
  }
  if ((gst_nanovid_content_needs_size (head) || is_measured (self))
      && !gst_nanovid_base_get_size (GST_BASE_SRC (self), &size)) {
    flow = wait_for_bytes (self, 0, G_MAXUINT64, &available);
    if (flow != GST_FLOW_OK)
      return flow;
  }

  GST_INFO_OBJECT (self, "the clip is %" GST_PTR_FORMAT, caps);
  gst_base_src_set_caps (GST_BASE_SRC (self), caps);
  gst_element_post_message (GST_ELEMENT (self),
      gst_message_new_tag (
          GST_OBJECT (self), gst_nanovid_reader_create_tags (priv->reader)));
  return GST_FLOW_OK;
}

/* Delivery: once EOS was pushed, downstream has all of the clip, and no later
 * run has to take it up. */

static void
deliver (GstNanovidBase *self)
{
  GstNanovidBasePrivate *priv = get_private (self);
  g_autoptr (GstNanovidReader) reader = ref_reader (self);
  gboolean eos;

  g_mutex_lock (&priv->bell.lock);
  eos = priv->eos;
  g_mutex_unlock (&priv->bell.lock);
  if (eos && reader)
    gst_nanovid_reader_deliver (reader);
}

/* The streaming thread holds the stream lock until the event was pushed. */
static void
deliver_after_push (GstElement *element, gpointer user_data G_GNUC_UNUSED)
{
  GstPad *pad = GST_BASE_SRC_PAD (element);

  GST_PAD_STREAM_LOCK (pad);
  GST_PAD_STREAM_UNLOCK (pad);
  deliver (GST_NANOVID_BASE (element));
}

/* Whether the EOS that is about to go out ends a part of the clip only. */
static gboolean
is_end_of_part (GstNanovidBase *self)
{
  guint64 stop;
  guint64 size;

  if (GST_BASE_SRC (self)->num_buffers_left == 0)
    return TRUE;

  GST_OBJECT_LOCK (self);
  stop = GST_BASE_SRC (self)->segment.stop;
  size = GST_BASE_SRC (self)->segment.duration;
  GST_OBJECT_UNLOCK (self);
  return stop < size;
}

/* Neither an application's EOS counts nor that after an error; but that of a
 * demuxer does, which says that it has enough before the end. */
static GstPadProbeReturn
watch_eos (GstPad *pad G_GNUC_UNUSED, GstPadProbeInfo *info, gpointer user_data)
{
  GstNanovidBase *self = user_data;
  GstNanovidBasePrivate *priv = get_private (self);
  GstEventType type = GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info));
  gboolean eos;

  if (type != GST_EVENT_EOS && type != GST_EVENT_FLUSH_STOP)
    return GST_PAD_PROBE_OK;

  eos = type == GST_EVENT_EOS && !is_end_of_part (self);
  g_mutex_lock (&priv->bell.lock);
  eos = eos && priv->attached && !priv->ended && !priv->errored;
  priv->eos = eos;
  g_mutex_unlock (&priv->bell.lock);
  if (eos)
    gst_element_call_async (GST_ELEMENT (self), deliver_after_push, NULL, NULL);
  return GST_PAD_PROBE_OK;
}

/* GstBaseSrc */

static GstFlowReturn
gst_nanovid_base_create (
    GstBaseSrc *src, guint64 offset, guint length, GstBuffer **buffer)
{
  GstNanovidBase *self = GST_NANOVID_BASE (src);
  GstNanovidBasePrivate *priv = get_private (self);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  guint64 available = 0;
  GstFlowReturn flow;

  if (priv->failed)
    return GST_FLOW_ERROR;

  if (!priv->attached) {
    flow = attach (self, &error);
    if (error)
      post_error_once (self, error);
    if (flow != GST_FLOW_OK)
      return flow;
  }

  if (!gst_pad_has_current_caps (GST_BASE_SRC_PAD (src))) {
    flow = negotiate (self);
    if (flow != GST_FLOW_OK)
      return flow;
  }

  /* Backwards, the pieces have to meet. */
  flow = wait_for_bytes (
      self, offset, src->segment.rate < 0 ? length : 1, &available);
  if (flow != GST_FLOW_OK)
    return flow;

  gst_nanovid_progress_complete (&priv->progress);
  if (available == 0 || length == 0)
    return GST_FLOW_EOS;

  bytes = gst_nanovid_reader_read (
      priv->reader, offset, MIN (available, length), &error);
  if (!bytes) {
    post_error_once (self, error);
    return GST_FLOW_ERROR;
  }

  queue_tags_once (self);
  *buffer = gst_buffer_new_wrapped_bytes (bytes);
  GST_BUFFER_OFFSET (*buffer) = offset;
  GST_BUFFER_OFFSET_END (*buffer) = offset + g_bytes_get_size (bytes);
  GST_LOG_OBJECT (self, "%" GST_PTR_FORMAT, *buffer);
  return GST_FLOW_OK;
}

static gboolean
gst_nanovid_base_start (GstBaseSrc *src)
{
  GstNanovidBasePrivate *priv = get_private (GST_NANOVID_BASE (src));

  priv->failed = FALSE;
  g_mutex_lock (&priv->bell.lock);
  priv->errored = FALSE;
  g_mutex_unlock (&priv->bell.lock);
  priv->start_time = g_get_monotonic_time ();
  return TRUE;
}

static gboolean
gst_nanovid_base_stop (GstBaseSrc *src)
{
  GstNanovidBase *self = GST_NANOVID_BASE (src);
  GstNanovidBasePrivate *priv = get_private (self);
  g_autoptr (GstNanovidReader) reader = ref_reader (self);
  gboolean forget;

  if (priv->attached) {
    GST_INFO_OBJECT (self, "no longer waiting for the job");
    nanogpt_job_stop (gst_nanovid_reader_get_job (reader));
  }
  cancel_progress (self);
  deliver (self);
  if (reader)
    gst_nanovid_reader_close (reader);

  g_mutex_lock (&priv->bell.lock);
  priv->eos = FALSE;
  priv->ended = FALSE;
  priv->attached = FALSE;
  /* Not in start(): downstream is there, and asks, before. */
  priv->measured = FALSE;
  forget = priv->forget;
  priv->forget = FALSE;
  g_mutex_unlock (&priv->bell.lock);

  if (forget)
    gst_nanovid_base_forget (self);
  return TRUE;
}

static gboolean
gst_nanovid_base_unlock (GstBaseSrc *src)
{
  GstNanovidBasePrivate *priv = get_private (GST_NANOVID_BASE (src));

  gst_nanovid_bell_set_interrupted (&priv->bell, TRUE);
  g_cancellable_cancel (priv->cancellable);
  return TRUE;
}

static gboolean
gst_nanovid_base_unlock_stop (GstBaseSrc *src)
{
  GstNanovidBasePrivate *priv = get_private (GST_NANOVID_BASE (src));

  g_cancellable_reset (priv->cancellable);
  gst_nanovid_bell_set_interrupted (&priv->bell, FALSE);
  return TRUE;
}

static gboolean
gst_nanovid_base_is_seekable (GstBaseSrc *src G_GNUC_UNUSED)
{
  return TRUE;
}

/* What is limited in bandwidth is buffered by players.  In playbin3 of 1.22 a
 * clip that has ended in the buffer before decodebin3 is ready hangs, one time
 * in ten or so: better without. */
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

/* A size that is not known yet is -1, as the base class answers: waiting for it
 * here would hold locks of whoever asks. */
static gboolean
answer_duration (GstBaseSrc *src, GstQuery *query)
{
  GstNanovidBasePrivate *priv = get_private (GST_NANOVID_BASE (src));
  GstFormat format;

  gst_query_parse_duration (query, &format, NULL);
  if (format != GST_FORMAT_BYTES)
    return FALSE;

  g_mutex_lock (&priv->bell.lock);
  priv->measured = TRUE;
  g_mutex_unlock (&priv->bell.lock);
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

/* An application's EOS makes the base class wake create(), which is not called
 * again after that. */
static gboolean
gst_nanovid_base_send_event (GstElement *element, GstEvent *event)
{
  GstNanovidBase *self = GST_NANOVID_BASE (element);
  GstNanovidBasePrivate *priv = get_private (self);
  gboolean eos = GST_EVENT_TYPE (event) == GST_EVENT_EOS;
  gboolean handled;

  if (eos) {
    g_mutex_lock (&priv->bell.lock);
    priv->ending = TRUE;
    priv->ended = TRUE;
    g_mutex_unlock (&priv->bell.lock);
  }

  handled = GST_ELEMENT_CLASS (gst_nanovid_base_parent_class)
                ->send_event (element, event);

  if (eos) {
    g_mutex_lock (&priv->bell.lock);
    priv->ending = FALSE;
    g_mutex_unlock (&priv->bell.lock);
    /* In case a flush had called create() back before. */
    cancel_progress (self);
  }
  return handled;
}

/* The base class pushes EOS after every error, downstream's included. */
static gboolean
gst_nanovid_base_post_message (GstElement *element, GstMessage *message)
{
  GstNanovidBasePrivate *priv = get_private (GST_NANOVID_BASE (element));

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
    g_mutex_lock (&priv->bell.lock);
    priv->errored = TRUE;
    g_mutex_unlock (&priv->bell.lock);
  }
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
  g_autoptr (NanogptJobStatus) status = get_job_status (self);

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
    GstNanovidBase *self, NanogptParameters *parameters)
{
  GstNanovidBasePrivate *priv = get_private (self);
  NanogptParameters *former;

  GST_OBJECT_LOCK (self);
  former = priv->properties->parameters;
  parameters->extra = g_steal_pointer (&former->extra);
  parameters->conversation = g_steal_pointer (&former->conversation);
  nanogpt_parameters_free (former);
  priv->properties->parameters = parameters;
  priv->shared = TRUE;
  GST_OBJECT_UNLOCK (self);
}

static void
gst_nanovid_base_finalize (GObject *object)
{
  GstNanovidBase *self = GST_NANOVID_BASE (object);
  GstNanovidBasePrivate *priv = get_private (self);

  gst_nanovid_base_forget (self);
  gst_nanovid_properties_free (priv->properties);
  nanogpt_budget_unref (priv->budget);
  g_object_unref (priv->cancellable);
  gst_nanovid_bell_clear (&priv->bell);
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
  gst_nanovid_properties_install (object_class, GST_PARAM_MUTABLE_READY);

  element_class->post_message =
      GST_DEBUG_FUNCPTR (gst_nanovid_base_post_message);
  element_class->send_event = GST_DEBUG_FUNCPTR (gst_nanovid_base_send_event);
  gst_element_class_add_static_pad_template (element_class, &src_template);

  /* GstBaseSrc's create(), for its offset: the reader's position is the
   * segment's and is kept nowhere else.  What GstPushSrc is there for is that it
   * answers the scheduling query without starting the element. */
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
   * Drops the clip that the element keeps: the next start asks for a new one,
   * which is paid for.  A clip that is playing is dropped when it stops.
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
  gst_nanovid_bell_init (&priv->bell);
  gst_nanovid_progress_init (&priv->progress, GST_ELEMENT (self));

  gst_base_src_set_format (src, GST_FORMAT_BYTES);
  gst_base_src_set_blocksize (src, BLOCK_SIZE);
  gst_base_src_set_automatic_eos (src, FALSE);
  gst_pad_use_fixed_caps (GST_BASE_SRC_PAD (src));
  gst_pad_add_probe (GST_BASE_SRC_PAD (src),
      GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM | GST_PAD_PROBE_TYPE_EVENT_FLUSH,
      watch_eos, self, NULL);
}
