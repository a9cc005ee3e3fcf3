/* nanovid: one job, and its clip as a stream of bytes
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* The job runs on the network thread, independently of the element.  The
 * streaming thread waits for the job's clip to grow and reads it.
 *
 * The lock guards what the streaming thread shares with the job's observer,
 * with queries and with state changes.  Functions of the job that block (start,
 * stop, observers, the last unref) are called without it, and messages and
 * events are posted and pushed without it. */

#include "gstnanovidstream.h"

#include "nanogpt/job/shared-job.h"

#include "gstnanovidcontent.h"
#include "gstnanovidreader.h"

GST_DEBUG_CATEGORY_EXTERN (gst_nanovid_base_debug);
#define GST_CAT_DEFAULT gst_nanovid_base_debug

struct _GstNanovidStream
{
  GstBaseSrc *element; /* not owned */

  GstNanovidBell bell;      /* interrupted to make create() return */
  gboolean ending;          /* lock: the application has sent EOS */
  gboolean ended;           /* lock: the application's EOS has ended this run */
  gboolean errored;         /* lock: an error was posted since start() */
  gboolean eos;             /* lock: the clip was pushed to its end */
  gboolean attached;        /* lock: the job was started since start() */
  gboolean forget;          /* lock: drop the job in stop() */
  gboolean fresh;           /* lock: the next job is a new one */
  gboolean measured;        /* lock: the size of the clip was queried */
  GstNanovidReader *reader; /* lock: reader of the job; set while attached */

  /* Used by the streaming thread, and by state changes while that is not
   * running. */
  gboolean failed;
  gint64 start_time;
  GstNanovidProgress progress;
};

/* The job */

static GstNanovidReader *
ref_reader (GstNanovidStream *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell.lock);

  return self->reader ? gst_nanovid_reader_ref (self->reader) : NULL;
}

NanogptJobStatus *
gst_nanovid_stream_get_status (GstNanovidStream *self)
{
  g_autoptr (GstNanovidReader) reader = ref_reader (self);

  return reader ? nanogpt_job_get_status (gst_nanovid_reader_get_job (reader))
                : NULL;
}

/* Streaming thread only.  The job is in use from here until stop(). */
static void
take_reader (GstNanovidStream *self, GstNanovidReader *reader)
{
  g_autoptr (GstNanovidReader) former = NULL;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell.lock);

  former = g_steal_pointer (&self->reader);
  self->reader = gst_nanovid_reader_ref (reader);
  self->attached = TRUE;
}

/* Uses the job of the last start again, unless it was forgotten. */
static gboolean
retake_reader (GstNanovidStream *self, GstNanovidReader *reader)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell.lock);

  self->attached = self->reader == reader;
  return self->attached;
}

void
gst_nanovid_stream_forget (GstNanovidStream *self)
{
  g_autoptr (GstNanovidReader) forgotten = NULL;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell.lock);

  self->fresh = TRUE;
  if (self->attached)
    self->forget = TRUE;
  else
    forgotten = g_steal_pointer (&self->reader);
}

/* Returns: (transfer full) (nullable): the job of the last start, if it still
 *   matches the request */
static GstNanovidReader *
find_former_reader (GstNanovidStream *self, NanogptRequest *request,
    const NanogptSettings *settings)
{
  g_autoptr (GstNanovidReader) reader = ref_reader (self);
  NanogptJob *job = reader ? gst_nanovid_reader_get_job (reader) : NULL;

  if (!job || !nanogpt_job_matches (job, request, settings)
      || !nanogpt_job_is_collectable (job) || !retake_reader (self, reader))
    return NULL;

  GST_INFO_OBJECT (self->element, "going on with the job of the last start");
  return g_steal_pointer (&reader);
}

static GstNanovidReader *
create_reader (GstNanovidStream *self, NanogptRequest *request,
    NanogptSettings *settings, gboolean shared)
{
  g_autoptr (GstNanovidReader) former = ref_reader (self);
  GstNanovidReader *reader;
  NanogptJob *job = NULL;

  GST_INFO_OBJECT (self->element, "new job");
  g_mutex_lock (&self->bell.lock);
  settings->fresh = self->fresh;
  self->fresh = FALSE;
  g_mutex_unlock (&self->bell.lock);

  if (former && !settings->fresh)
    job = nanogpt_job_new_result (
        gst_nanovid_reader_get_job (former), request, settings);
  if (!job)
    job = shared ? nanogpt_job_get_shared (request, settings)
                 : nanogpt_job_new (request, settings);
  reader =
      gst_nanovid_reader_new (GST_ELEMENT (self->element), &self->bell, job);
  take_reader (self, reader);
  if (request)
    gst_nanovid_post_request_warnings (GST_ELEMENT (self->element), request);
  return reader;
}

void
gst_nanovid_stream_attach (GstNanovidStream *self, NanogptRequest *request,
    NanogptSettings *settings, gboolean shared)
{
  g_autoptr (GstNanovidReader) reader =
      find_former_reader (self, request, settings);
  g_autoptr (NanogptJobStatus) status = NULL;

  if (!reader)
    reader = create_reader (self, request, settings, shared);
  gst_nanovid_reader_start (
      reader, request ? nanogpt_request_get_prompt (request) : NULL, settings);
  status = nanogpt_job_get_status (gst_nanovid_reader_get_job (reader));
  gst_nanovid_progress_begin (&self->progress, status);
}

gboolean
gst_nanovid_stream_is_attached (GstNanovidStream *self)
{
  return self->attached;
}

gboolean
gst_nanovid_stream_has_failed (GstNanovidStream *self)
{
  return self->failed;
}

void
gst_nanovid_stream_post_error (GstNanovidStream *self, const GError *error)
{
  /* After a flush, reading may fail in the same place again. */
  if (self->failed)
    return;

  self->failed = TRUE;
  gst_nanovid_bell_wait_for_main_loop (&self->bell, self->start_time);
  gst_nanovid_post_error (GST_ELEMENT (self->element), error, NULL);
  gst_nanovid_progress_fail (&self->progress, error);
}

static void
cancel_progress (GstNanovidStream *self)
{
  g_autoptr (NanogptJobStatus) status = gst_nanovid_stream_get_status (self);

  gst_nanovid_progress_cancel (&self->progress, status ? status->run_id : NULL);
}

gboolean
gst_nanovid_stream_get_size (GstNanovidStream *self, guint64 *size)
{
  gint64 known = -1;

  g_mutex_lock (&self->bell.lock);
  if (self->reader)
    known = gst_nanovid_reader_get_size (self->reader);
  g_mutex_unlock (&self->bell.lock);

  if (known < 0)
    return FALSE;

  *size = known;
  return TRUE;
}

/* The clip */

/* Ends the work of the streaming thread: posts the error, if there is one.  A
 * wait that was interrupted by the application's EOS ends as canceled. */
static GstFlowReturn
finish_wait (GstNanovidStream *self, GstFlowReturn flow, const GError *error)
{
  gboolean ending;

  g_mutex_lock (&self->bell.lock);
  ending = self->ending;
  g_mutex_unlock (&self->bell.lock);

  if (error)
    gst_nanovid_stream_post_error (self, error);
  else if (flow == GST_FLOW_FLUSHING && ending)
    cancel_progress (self);
  return flow;
}

static GstFlowReturn
wait_for_bytes (
    GstNanovidStream *self, guint64 offset, guint64 wanted, guint64 *available)
{
  g_autoptr (GError) error = NULL;
  GstFlowReturn flow = gst_nanovid_reader_wait (
      self->reader, &self->progress, offset, wanted, available, &error);

  return finish_wait (self, flow, error);
}

/* A flush drops queued tags, so check whether they were pushed. */
static void
queue_tags_once (GstNanovidStream *self)
{
  g_autoptr (GstEvent) pushed = gst_pad_get_sticky_event (
      GST_BASE_SRC_PAD (self->element), GST_EVENT_TAG, 0);

  if (!pushed)
    gst_nanovid_queue_tags (GST_ELEMENT (self->element),
        gst_nanovid_reader_create_tags (self->reader));
}

/* Elements that buffer the clip, such as queue2 with a file or downloadbuffer,
 * query the size once, before reading.  Without a size, they wait for more data
 * at the end. */
static gboolean
is_measured (GstNanovidStream *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell.lock);

  return self->measured;
}

/* The caps have to be set before the first buffer, or decodebin3 finds nothing
 * to link. */
static GstFlowReturn
set_caps_of_clip (GstNanovidStream *self)
{
  g_autoptr (GBytes) head = NULL;
  g_autoptr (GstCaps) caps = NULL;
  g_autoptr (GError) error = NULL;
  guint64 available, size;
  GstFlowReturn flow = gst_nanovid_reader_find_type (
      self->reader, &self->progress, &head, &caps, &error);

  if (flow != GST_FLOW_OK)
    return finish_wait (self, flow, error);

  if (!gst_nanovid_content_is_media (caps)) {
    gst_nanovid_reader_reject (self->reader, caps);
    return wait_for_bytes (self, 0, G_MAXUINT64, &available);
  }
  if ((gst_nanovid_content_needs_size (head) || is_measured (self))
      && !gst_nanovid_stream_get_size (self, &size)) {
    flow = wait_for_bytes (self, 0, G_MAXUINT64, &available);
    if (flow != GST_FLOW_OK)
      return flow;
  }

  GST_INFO_OBJECT (self->element, "the clip is %" GST_PTR_FORMAT, caps);
  gst_base_src_set_caps (self->element, caps);
  gst_element_post_message (GST_ELEMENT (self->element),
      gst_message_new_tag (GST_OBJECT (self->element),
          gst_nanovid_reader_create_tags (self->reader)));
  return GST_FLOW_OK;
}

/* Delivery: once EOS was pushed, downstream has all of the clip, and no later
 * run needs to resume the job. */

static void
deliver_clip (GstNanovidStream *self, void (*deliver) (NanogptJob *job))
{
  g_autoptr (GstNanovidReader) reader = ref_reader (self);
  gboolean eos;

  g_mutex_lock (&self->bell.lock);
  eos = self->eos;
  g_mutex_unlock (&self->bell.lock);
  if (eos && reader)
    gst_nanovid_reader_deliver (reader, deliver);
}

/* The streaming thread holds the stream lock until the event was pushed, so
 * acquire it to wait for that. */
static void
deliver_after_push (GstElement *element, gpointer stream)
{
  GstPad *pad = GST_BASE_SRC_PAD (element);

  GST_PAD_STREAM_LOCK (pad);
  GST_PAD_STREAM_UNLOCK (pad);
  deliver_clip (stream, nanogpt_job_deliver);
}

/* Whether the next EOS ends only a part of the clip. */
static gboolean
is_end_of_part (GstNanovidStream *self)
{
  guint64 stop;
  guint64 size;

  if (self->element->num_buffers_left == 0)
    return TRUE;

  GST_OBJECT_LOCK (self->element);
  stop = self->element->segment.stop;
  size = self->element->segment.duration;
  GST_OBJECT_UNLOCK (self->element);
  return stop < size;
}

/* An EOS from the application or after an error does not count as the end of
 * the clip.  The EOS that follows when a demuxer has enough before the end does
 * count. */
static GstPadProbeReturn
watch_end_of_clip (
    GstPad *pad G_GNUC_UNUSED, GstPadProbeInfo *info, gpointer user_data)
{
  GstNanovidStream *self = user_data;
  GstEventType type = GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info));
  gboolean eos;

  if (type != GST_EVENT_EOS && type != GST_EVENT_FLUSH_STOP)
    return GST_PAD_PROBE_OK;

  eos = type == GST_EVENT_EOS && !is_end_of_part (self);
  g_mutex_lock (&self->bell.lock);
  if (type == GST_EVENT_FLUSH_STOP)
    self->ended = FALSE;
  eos = eos && self->attached && !self->ended && !self->errored;
  self->eos = eos;
  g_mutex_unlock (&self->bell.lock);
  if (eos)
    gst_element_call_async (
        GST_ELEMENT (self->element), deliver_after_push, self, NULL);
  return GST_PAD_PROBE_OK;
}

GstFlowReturn
gst_nanovid_stream_create (
    GstNanovidStream *self, guint64 offset, guint length, GstBuffer **buffer)
{
  g_autoptr (GBytes) bytes = NULL;
  guint64 available = 0;
  GstFlowReturn flow;

  if (!gst_pad_has_current_caps (GST_BASE_SRC_PAD (self->element))) {
    flow = set_caps_of_clip (self);
    if (flow != GST_FLOW_OK)
      return flow;
  }

  /* With a negative rate, the buffers have to be contiguous. */
  flow = wait_for_bytes (
      self, offset, self->element->segment.rate < 0 ? length : 1, &available);
  if (flow != GST_FLOW_OK)
    return flow;

  gst_nanovid_progress_complete (&self->progress);
  if (available == 0 || length == 0)
    return GST_FLOW_EOS;

  bytes =
      gst_nanovid_reader_read (self->reader, offset, MIN (available, length));
  if (!bytes)
    return wait_for_bytes (self, 0, G_MAXUINT64, &available);

  queue_tags_once (self);
  *buffer = gst_buffer_new_wrapped_bytes (bytes);
  GST_BUFFER_OFFSET (*buffer) = offset;
  GST_BUFFER_OFFSET_END (*buffer) = offset + g_bytes_get_size (bytes);
  return GST_FLOW_OK;
}

/* Beginning, ending and interrupting */

void
gst_nanovid_stream_start (GstNanovidStream *self)
{
  self->failed = FALSE;
  g_mutex_lock (&self->bell.lock);
  self->errored = FALSE;
  g_mutex_unlock (&self->bell.lock);
  self->start_time = g_get_monotonic_time ();
}

void
gst_nanovid_stream_stop (GstNanovidStream *self)
{
  g_autoptr (GstNanovidReader) reader = ref_reader (self);
  gboolean forget;

  if (self->attached) {
    GST_INFO_OBJECT (self->element, "no longer waiting for the job");
    nanogpt_job_stop (gst_nanovid_reader_get_job (reader));
  }
  cancel_progress (self);
  deliver_clip (self, nanogpt_job_deliver_soon);
  if (reader)
    gst_nanovid_reader_close (reader);

  g_mutex_lock (&self->bell.lock);
  self->eos = FALSE;
  self->ended = FALSE;
  self->attached = FALSE;
  /* Not reset in start(), because downstream queries the size before that. */
  self->measured = FALSE;
  forget = self->forget;
  self->forget = FALSE;
  g_mutex_unlock (&self->bell.lock);

  if (forget)
    gst_nanovid_stream_forget (self);
}

void
gst_nanovid_stream_set_interrupted (
    GstNanovidStream *self, gboolean interrupted)
{
  gst_nanovid_bell_set_interrupted (&self->bell, interrupted);
}

gboolean
gst_nanovid_stream_is_interrupted (GstNanovidStream *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell.lock);

  return self->bell.interrupted;
}

void
gst_nanovid_stream_begin_eos (GstNanovidStream *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell.lock);

  self->ending = TRUE;
  self->ended = TRUE;
}

void
gst_nanovid_stream_finish_eos (GstNanovidStream *self)
{
  g_mutex_lock (&self->bell.lock);
  self->ending = FALSE;
  g_mutex_unlock (&self->bell.lock);
  /* A flush may have made create() run again in the meantime. */
  cancel_progress (self);
}

void
gst_nanovid_stream_note_error (GstNanovidStream *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell.lock);

  self->errored = TRUE;
}

void
gst_nanovid_stream_note_measured (GstNanovidStream *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell.lock);

  self->measured = TRUE;
}

GstNanovidStream *
gst_nanovid_stream_new (GstBaseSrc *element)
{
  GstNanovidStream *self = g_new0 (GstNanovidStream, 1);

  self->element = element;
  gst_nanovid_bell_init (&self->bell);
  gst_nanovid_progress_init (&self->progress, GST_ELEMENT (element), TRUE);
  gst_pad_add_probe (GST_BASE_SRC_PAD (element),
      GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM | GST_PAD_PROBE_TYPE_EVENT_FLUSH,
      watch_end_of_clip, self, NULL);
  return self;
}

void
gst_nanovid_stream_free (GstNanovidStream *self)
{
  g_clear_pointer (&self->reader, gst_nanovid_reader_unref);
  gst_nanovid_bell_clear (&self->bell);
  gst_nanovid_progress_clear (&self->progress);
  g_free (self);
}
