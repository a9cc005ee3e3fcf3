/* nanovid: reads the clip of a job, for all ways of pushing it
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstnanovidreader.h"

#include <gst/base/gstbasesrc.h>
#include <gst/base/gsttypefindhelper.h>

#include "gstnanovidcontent.h"

GST_DEBUG_CATEGORY_EXTERN (gst_nanovid_base_debug);
#define GST_CAT_DEFAULT gst_nanovid_base_debug

#define TYPEFIND_MIN (4 << 10)
#define TYPEFIND_MAX (64 << 10)

struct _GstNanovidReader
{
  GstElement *element;  /* not owned */
  GstNanovidBell *bell; /* not owned */
  NanogptJob *job;
  guint observer;
  NanogptClip *clip; /* bell's lock: the clip since the last start */

  /* Used by the streaming thread only */
  char *prompt;
  GstNanovidPosted posted;
  gboolean rejected; /* the clip is unusable: do not read it again */
};

static void
ring_bell (NanogptJob *job G_GNUC_UNUSED, gpointer user_data)
{
  GstNanovidBell *bell = user_data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&bell->lock);

  gst_nanovid_bell_ring (bell);
}

GstNanovidReader *
gst_nanovid_reader_new (
    GstElement *element, GstNanovidBell *bell, NanogptJob *job)
{
  GstNanovidReader *self = g_atomic_rc_box_new0 (GstNanovidReader);

  self->element = element;
  self->bell = bell;
  self->job = job;
  self->observer = nanogpt_job_add_observer (job, ring_bell, bell);
  return self;
}

GstNanovidReader *
gst_nanovid_reader_ref (GstNanovidReader *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear_reader (gpointer data)
{
  GstNanovidReader *self = data;

  nanogpt_job_remove_observer (self->job, self->observer);
  g_object_unref (self->job);
  g_clear_object (&self->clip);
  g_free (self->prompt);
}

void
gst_nanovid_reader_unref (GstNanovidReader *self)
{
  g_atomic_rc_box_release_full (self, clear_reader);
}

NanogptJob *
gst_nanovid_reader_get_job (GstNanovidReader *self)
{
  return self->job;
}

gint64
gst_nanovid_reader_get_size (GstNanovidReader *self)
{
  return self->clip ? nanogpt_clip_get_size (self->clip) : -1;
}

void
gst_nanovid_reader_start (
    GstNanovidReader *self, const char *prompt, const NanogptSettings *settings)
{
  g_free (self->prompt);
  self->prompt = g_strdup (prompt);
  self->rejected = FALSE;
  self->posted.any = FALSE;
  nanogpt_job_start (self->job, settings);
}

static void
set_clip (GstNanovidReader *self, NanogptClip *clip)
{
  g_autoptr (NanogptClip) former = NULL;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell->lock);

  former = g_steal_pointer (&self->clip);
  self->clip = clip ? g_object_ref (clip) : NULL;
}

void
gst_nanovid_reader_close (GstNanovidReader *self)
{
  set_clip (self, NULL);
}

NanogptJobStatus *
gst_nanovid_reader_post_status (
    GstNanovidReader *self, const GstNanovidPlace *place, gboolean *is_new)
{
  NanogptJobStatus *status = nanogpt_job_get_status (self->job);
  gboolean posted =
      gst_nanovid_post_job (self->element, status, place, &self->posted);

  /* With several jobs, the reader does not know which of them the properties
   * show. */
  if (posted && !place) {
    gst_nanovid_notify_job (
        self->element, status->run_id && !self->posted.named);
    self->posted.named = status->run_id != NULL;
  }
  if (is_new)
    *is_new = posted;
  return status;
}

/* The job's clip is replaced if the file changes at the service before any of
 * it was read. */
static void
take_clip (GstNanovidReader *self)
{
  g_autoptr (NanogptClip) clip = NULL;

  if (self->rejected)
    return;

  clip = nanogpt_job_get_clip (self->job);
  if (clip != self->clip)
    set_clip (self, clip);
}

/* A demuxer decides on the first buffer whether it can seek, and GstBaseSrc
 * queries the size only before that. */
static void
update_duration (GstNanovidReader *self, gint64 size)
{
  GstBaseSrc *src = GST_BASE_SRC (self->element);
  gboolean changed;

  GST_OBJECT_LOCK (src);
  changed = src->segment.duration != (guint64)size;
  src->segment.duration = size;
  GST_OBJECT_UNLOCK (src);

  if (changed) {
    GST_DEBUG_OBJECT (src, "size is %" G_GINT64_FORMAT, size);
    gst_element_post_message (
        self->element, gst_message_new_duration_changed (GST_OBJECT (src)));
  }
}

/* Whether the wanted bytes from the offset on are available, or the last
 * ones. */
static gboolean
has_bytes (GstNanovidReader *self, const NanogptJobStatus *status,
    guint64 offset, guint64 wanted, guint64 *available)
{
  gint64 size = nanogpt_clip_get_size (self->clip);

  *available = nanogpt_clip_get_available (self->clip, offset);
  update_duration (self, size);
  if (*available >= wanted)
    return TRUE;
  /* At the end of a complete clip, wait for the job's last update, which comes
   * shortly: after EOS, no one would see it. */
  return size >= 0 && offset + *available >= (guint64)size
      && (*available > 0 || status->state >= NANOGPT_JOB_COMPLETE
          || !nanogpt_clip_is_complete (self->clip));
}

GstFlowReturn
gst_nanovid_reader_wait (GstNanovidReader *self, GstNanovidProgress *progress,
    guint64 offset, guint64 wanted, guint64 *available, GError **error)
{
  for (;;) {
    g_autoptr (NanogptJobStatus) status = NULL;
    gboolean interrupted;
    gint64 deadline;
    guint changes;

    g_mutex_lock (&self->bell->lock);
    changes = self->bell->changes;
    interrupted = self->bell->interrupted;
    g_mutex_unlock (&self->bell->lock);
    if (interrupted)
      return GST_FLOW_FLUSHING;

    status = gst_nanovid_reader_post_status (self, NULL, NULL);
    deadline = gst_nanovid_progress_update (progress, status);

    take_clip (self);
    if (self->clip) {
      if (has_bytes (self, status, offset, wanted, available))
        return GST_FLOW_OK;
      nanogpt_job_want (self->job, offset + *available);
    }

    if (status->error) {
      g_propagate_error (error, g_error_copy (status->error));
      return GST_FLOW_ERROR;
    }
    gst_nanovid_bell_wait (self->bell, changes, deadline);
  }
}

static void
reject (GstNanovidReader *self, const char *message)
{
  set_clip (self, NULL);
  self->rejected = TRUE;
  nanogpt_job_reject_clip (self->job, message);
}

static GstCaps *
find_caps (
    GstNanovidReader *self, GBytes *head, GstTypeFindProbability *probability)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (head, &size);

  return gst_type_find_helper_for_data (
      GST_OBJECT (self->element), data, MIN (size, TYPEFIND_MAX), probability);
}

/* Some types of file need more bytes for typefinding than others. */
GstFlowReturn
gst_nanovid_reader_find_type (GstNanovidReader *self,
    GstNanovidProgress *progress, GBytes **head, GstCaps **caps, GError **error)
{
  guint64 wanted = TYPEFIND_MIN;

  for (;;) {
    g_autoptr (GError) read_error = NULL;
    GstTypeFindProbability probability = GST_TYPE_FIND_NONE;
    guint64 available = 0;
    GstFlowReturn flow =
        gst_nanovid_reader_wait (self, progress, 0, wanted, &available, error);

    if (flow != GST_FLOW_OK || available == 0)
      return flow;

    available = MIN (available, TYPEFIND_MAX);
    g_clear_pointer (head, g_bytes_unref);
    gst_clear_caps (caps);
    *head = nanogpt_clip_read (self->clip, 0, available, &read_error);
    /* The clip was replaced by another one. */
    if (g_error_matches (read_error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
      continue;
    if (!*head) {
      reject (self, read_error->message);
      continue;
    }
    *caps = find_caps (self, *head, &probability);
    if (probability >= GST_TYPE_FIND_LIKELY || available == TYPEFIND_MAX
        || available < wanted)
      return GST_FLOW_OK;
    wanted = MIN (available * 2, TYPEFIND_MAX);
  }
}

static GBytes *
read_or_reject (
    GstNanovidReader *self, NanogptClip *clip, guint64 offset, gsize size)
{
  g_autoptr (GError) error = NULL;
  GBytes *bytes = nanogpt_clip_read (clip, offset, size, &error);

  if (!bytes)
    reject (self, error->message);
  return bytes;
}

GBytes *
gst_nanovid_reader_read (GstNanovidReader *self, guint64 offset, gsize size)
{
  return read_or_reject (self, self->clip, offset, size);
}

GBytes *
gst_nanovid_reader_read_media (GstNanovidReader *self, GstCaps **caps)
{
  g_autoptr (NanogptClip) clip = nanogpt_job_get_clip (self->job);
  gint64 size = nanogpt_clip_get_size (clip);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GstCaps) found = NULL;

  if (size > 0) {
    bytes = read_or_reject (self, clip, 0, size);
    if (!bytes)
      return NULL;
    found = find_caps (self, bytes, NULL);
  }
  if (!gst_nanovid_content_is_media (found)) {
    gst_nanovid_reader_reject (self, found);
    return NULL;
  }
  *caps = g_steal_pointer (&found);
  return g_steal_pointer (&bytes);
}

void
gst_nanovid_reader_reject (GstNanovidReader *self, GstCaps *caps)
{
  g_autofree char *message = gst_nanovid_content_describe_fault (caps);

  reject (self, message);
}

gboolean
gst_nanovid_reader_is_rejected (GstNanovidReader *self)
{
  return self->rejected;
}

void
gst_nanovid_reader_deliver (
    GstNanovidReader *self, void (*deliver) (NanogptJob *job))
{
  g_autoptr (NanogptJobStatus) status = NULL;

  deliver (self->job);
  status = nanogpt_job_get_status (self->job);
  gst_nanovid_post_job_warnings (self->element, status, &self->posted);
}

GstTagList *
gst_nanovid_reader_create_tags (GstNanovidReader *self)
{
  g_autoptr (NanogptJobStatus) status = nanogpt_job_get_status (self->job);

  return gst_nanovid_tags_new (status, self->prompt);
}
