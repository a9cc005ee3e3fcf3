/* nanovid: mode=clips: many inputs, a job for each, clips in order
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Locking: the lock in this file is always taken last, and is not held while
 * waiting for a job, posting or pushing.  The queue owns its entries; the
 * streaming thread holds references to the entries that it inspects. */

#include "gstnanovidclips.h"

#include <glib/gi18n-lib.h>

#include "gstnanovidentry.h"
#include "gstnanovidmessages.h"
#include "gstnanovidoutlet.h"
#include "gstnanovidprogress.h"
#include "gstnanovidreader.h"
#include "gstnanovidrequest.h"
#include "gstnanovidtally.h"
#include "gstnanovidtimeline.h"

#include "nanogpt/job/job.h"

GST_DEBUG_CATEGORY_EXTERN (gst_nanovid_transform_debug);
#define GST_CAT_DEFAULT gst_nanovid_transform_debug

struct _GstNanovidClips
{
  GstNanovidBase *element;   /* not owned */
  GstNanovidPads *pads;      /* not owned */
  GCancellable *cancellable; /* cancels the preparation of an input */
  GstNanovidFormers *formers;

  /* Interrupted to make the source pad return; its lock guards the fields
   * below */
  GstNanovidBell bell;
  guint max_jobs;
  GstNanovidOnError on_error;
  GstNanovidOutputs outputs;
  GQueue entries;          /* of GstNanovidEntry, oldest first */
  GstNanovidEntry *pushed; /* not in the queue, but may not have reached
                            * downstream */
  gboolean interrupted;    /* during the push of that entry */
  GError *refusal;         /* why no more inputs are submitted */
  GstStructure *latest;    /* the structure posted last */
  GstFlowReturn closed;    /* if not OK, inputs are refused */
  gboolean ended;          /* all inputs have arrived */
  gboolean flushing;       /* the sink pad is flushing */
  gboolean forget;         /* at the next start */
  gboolean fresh;          /* until the next start, every clip is a new one */

  guint64 next_index; /* used by the sink pad only */

  /* Used by the streaming thread only */
  GstNanovidProgress progress;
  gboolean begun;  /* the wait was announced */
  gboolean failed; /* an error was posted */
  GstNanovidTally tally;
  GstNanovidTimeline timeline;
};

/* The sink pad: inputs become jobs */

/* Call with the lock held. */
static GstFlowReturn
get_input_flow (GstNanovidClips *self)
{
  return self->flushing ? GST_FLOW_FLUSHING : self->closed;
}

/* Call with the lock held.  Whether the stream ends with an input that is waiting
 * for its turn, so that no clip after it would leave. */
static gboolean
is_doomed (GstNanovidClips *self)
{
  for (GList *l = self->entries.head; l; l = l->next) {
    const GstNanovidEntry *entry = l->data;

    if (entry->error
        && (entry->fatal || self->on_error == GST_NANOVID_ON_ERROR_FAIL))
      return TRUE;
  }
  return FALSE;
}

static GstFlowReturn
wait_for_room (GstNanovidClips *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell.lock);

  while (get_input_flow (self) == GST_FLOW_OK
      && (g_queue_get_length (&self->entries) >= self->max_jobs
          || is_doomed (self)))
    g_cond_wait (&self->bell.cond, &self->bell.lock);
  return get_input_flow (self);
}

static NanogptJob *
ref_newest_job (GstNanovidClips *self, guint *changes)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell.lock);
  GstNanovidEntry *newest = g_queue_peek_tail (&self->entries);
  NanogptJob *job = newest ? gst_nanovid_entry_get_job (newest) : NULL;

  *changes = self->bell.changes;
  return job ? g_object_ref (job) : NULL;
}

/* With a budget, inputs are submitted one at a time: when one is refused, all
 * later ones are refused as well, even cheaper ones. */
static void
wait_for_acceptance (GstNanovidClips *self)
{
  for (;;) {
    guint changes;
    g_autoptr (NanogptJob) job = ref_newest_job (self, &changes);
    g_autoptr (NanogptJobStatus) status =
        job ? nanogpt_job_get_status (job) : NULL;
    g_autoptr (GMutexLocker) locker = NULL;

    if (!status || status->error || status->state != NANOGPT_JOB_SUBMITTING)
      return;

    locker = g_mutex_locker_new (&self->bell.lock);
    while (
        get_input_flow (self) == GST_FLOW_OK && self->bell.changes == changes)
      g_cond_wait (&self->bell.cond, &self->bell.lock);
    if (get_input_flow (self) != GST_FLOW_OK)
      return;
  }
}

static void
note_refusal (GstNanovidClips *self, const GError *error)
{
  g_autoptr (GMutexLocker) locker = NULL;

  if (!g_error_matches (error, NANOGPT_ERROR, NANOGPT_ERROR_OVER_BUDGET))
    return;

  locker = g_mutex_locker_new (&self->bell.lock);
  if (!self->refusal)
    self->refusal = g_error_copy (error);
}

static GError *
dup_refusal (GstNanovidClips *self)
{
  guint changes;
  g_autoptr (NanogptJob) job = ref_newest_job (self, &changes);
  g_autoptr (NanogptJobStatus) status =
      job ? nanogpt_job_get_status (job) : NULL;
  g_autoptr (GMutexLocker) locker = NULL;

  /* The streaming thread may not have seen the error yet. */
  if (status && status->error)
    note_refusal (self, status->error);

  locker = g_mutex_locker_new (&self->bell.lock);
  return self->refusal ? g_error_copy (self->refusal) : NULL;
}

static NanogptRequest *
create_request (GstNanovidClips *self, GstNanovidProperties *properties,
    GstSample *sample, GError **error)
{
  g_autoptr (GPtrArray) inputs = NULL;
  g_autoptr (NanogptRequest) request = NULL;

  if (!nanogpt_settings_resolve (properties->settings, error))
    return NULL;

  inputs =
      gst_nanovid_pads_wait_with (self->pads, sample, self->cancellable, error);
  if (!inputs)
    return NULL;
  request = gst_nanovid_request_new (GST_ELEMENT (self->element), properties,
      inputs, self->cancellable, error);
  if (request && nanogpt_settings_has_budget (properties->settings))
    wait_for_acceptance (self);
  return g_steal_pointer (&request);
}

/* Gives the entry a job or an error, unless the input is no longer wanted. */
static GstFlowReturn
prepare_entry (GstNanovidClips *self, GstNanovidEntry *entry, GstSample *sample)
{
  g_autoptr (GstNanovidProperties) properties =
      gst_nanovid_base_dup_properties (self->element);
  g_autoptr (NanogptRequest) request = NULL;
  GstFlowReturn flow;

  /* check_settings() refuses a run ID; one that was set since then is for the
   * next start. */
  g_clear_pointer (&properties->settings->run_id, g_free);
  entry->error = dup_refusal (self);
  if (entry->error)
    return GST_FLOW_OK;

  request = create_request (self, properties, sample, &entry->error);

  g_mutex_lock (&self->bell.lock);
  flow = get_input_flow (self);
  properties->settings->fresh = self->fresh;
  g_mutex_unlock (&self->bell.lock);
  if (flow != GST_FLOW_OK || !request)
    return flow;

  flow = gst_nanovid_outlet_check (
      GST_BASE_SRC_PAD (self->element), &entry->error);
  entry->fatal = entry->error != NULL;
  if (flow != GST_FLOW_OK)
    return entry->fatal ? GST_FLOW_OK : flow;

  entry->error = dup_refusal (self);
  if (entry->error)
    return GST_FLOW_OK;

  GST_INFO_OBJECT (
      self->element, "input %" G_GUINT64_FORMAT, entry->place.index);
  entry->all_outputs =
      gst_nanovid_clips_get_outputs (self) == GST_NANOVID_OUTPUTS_ALL;
  gst_nanovid_entry_start (entry, GST_ELEMENT (self->element), &self->bell,
      self->formers, request, properties->settings);
  return GST_FLOW_OK;
}

GstFlowReturn
gst_nanovid_clips_push (GstNanovidClips *self, GstSample *sample)
{
  g_autoptr (GstNanovidEntry) entry = NULL;
  GstFlowReturn flow = wait_for_room (self);

  if (flow != GST_FLOW_OK)
    return flow;

  entry = gst_nanovid_entry_new (sample, self->next_index++);
  flow = prepare_entry (self, entry, sample);
  if (flow != GST_FLOW_OK)
    return flow;

  g_mutex_lock (&self->bell.lock);
  g_queue_push_tail (&self->entries, g_steal_pointer (&entry));
  gst_nanovid_bell_ring (&self->bell);
  g_mutex_unlock (&self->bell.lock);
  return GST_FLOW_OK;
}

void
gst_nanovid_clips_end (GstNanovidClips *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell.lock);

  self->ended = TRUE;
  if (self->closed == GST_FLOW_OK)
    self->closed = GST_FLOW_EOS;
  gst_nanovid_bell_ring (&self->bell);
}

void
gst_nanovid_clips_set_flushing (GstNanovidClips *self, gboolean flushing)
{
  g_mutex_lock (&self->bell.lock);
  self->flushing = flushing;
  gst_nanovid_bell_ring (&self->bell);
  g_mutex_unlock (&self->bell.lock);

  if (flushing)
    g_cancellable_cancel (self->cancellable);
  else
    g_cancellable_reset (self->cancellable);
}

/* Beginning and ending */

void
gst_nanovid_clips_start (GstNanovidClips *self)
{
  gboolean fresh;

  g_mutex_lock (&self->bell.lock);
  self->closed = GST_FLOW_OK;
  self->ended = FALSE;
  fresh = self->fresh = self->forget;
  self->forget = FALSE;
  g_clear_error (&self->refusal);
  gst_clear_structure (&self->latest);
  g_mutex_unlock (&self->bell.lock);

  if (fresh)
    gst_nanovid_formers_forget (self->formers);
  gst_nanovid_formers_begin (self->formers);
  self->next_index = 0;
  self->begun = FALSE;
  self->failed = FALSE;
  self->tally.spent = 0;
  gst_nanovid_timeline_reset (&self->timeline);
  gst_nanovid_clips_set_flushing (self, FALSE);
}

void
gst_nanovid_clips_abandon (GstNanovidClips *self)
{
  g_autoptr (GPtrArray) entries =
      g_ptr_array_new_with_free_func ((GDestroyNotify)gst_nanovid_entry_unref);
  GstNanovidEntry *entry;

  g_mutex_lock (&self->bell.lock);
  if (self->pushed)
    g_ptr_array_add (entries, g_steal_pointer (&self->pushed));
  while ((entry = g_queue_pop_head (&self->entries)))
    g_ptr_array_add (entries, entry);
  /* After a flush, the stream continues unless it has failed. */
  self->ended = FALSE;
  if (!self->failed)
    self->closed = GST_FLOW_OK;
  g_mutex_unlock (&self->bell.lock);

  gst_nanovid_formers_begin (self->formers);
  gst_nanovid_timeline_reset (&self->timeline);
  gst_nanovid_entries_stop (
      (GstNanovidEntry *const *)entries->pdata, entries->len, self->formers);
}

void
gst_nanovid_clips_stop (GstNanovidClips *self)
{
  g_autoptr (GstStructure) job = gst_nanovid_clips_create_job_structure (self);

  gst_nanovid_clips_abandon (self);
  gst_nanovid_progress_cancel (
      &self->progress, job ? gst_structure_get_string (job, "run-id") : NULL);
}

/* The source pad: jobs become buffers */

/* Call when the push of the last clip has returned. */
static void
settle_pushed (GstNanovidClips *self, gboolean arrived)
{
  g_autoptr (GstNanovidEntry) entry = NULL;

  g_mutex_lock (&self->bell.lock);
  if (arrived && !self->interrupted)
    entry = g_steal_pointer (&self->pushed);
  g_mutex_unlock (&self->bell.lock);
  if (!entry)
    return;

  gst_nanovid_entry_deliver (entry, self->formers);
}

static void
take_first (GstNanovidClips *self, gboolean is_pushed)
{
  g_autoptr (GstNanovidEntry) entry = NULL;

  g_mutex_lock (&self->bell.lock);
  entry = g_queue_pop_head (&self->entries);
  if (is_pushed) {
    self->interrupted |= entry->interrupted;
    self->pushed = g_steal_pointer (&entry);
  }
  gst_nanovid_bell_ring (&self->bell);
  g_mutex_unlock (&self->bell.lock);
}

static void
end_with_error (
    GstNanovidClips *self, const GstNanovidEntry *entry, const GError *error)
{
  self->failed = TRUE;
  gst_nanovid_post_error (
      GST_ELEMENT (self->element), error, entry ? &entry->place : NULL);
  gst_nanovid_progress_fail (&self->progress, error);

  g_mutex_lock (&self->bell.lock);
  self->closed = GST_FLOW_ERROR;
  gst_nanovid_bell_ring (&self->bell);
  g_mutex_unlock (&self->bell.lock);
}

/* Returns: (transfer full): the status of the entry's job */
static NanogptJobStatus *
post_status (
    GstNanovidClips *self, GstNanovidEntry *entry, GstNanovidReader *reader)
{
  gboolean is_new, renamed;
  NanogptJobStatus *status =
      gst_nanovid_reader_post_status (reader, &entry->place, &is_new);
  g_autoptr (GstStructure) latest = NULL;

  if (status->error)
    note_refusal (self, status->error);
  if (!is_new)
    return status;

  latest = gst_nanovid_job_structure_new (status, &entry->place);
  g_mutex_lock (&self->bell.lock);
  renamed = !gst_nanovid_jobs_are_same (self->latest, latest);
  gst_clear_structure (&self->latest);
  self->latest = g_steal_pointer (&latest);
  g_mutex_unlock (&self->bell.lock);
  gst_nanovid_notify_job (GST_ELEMENT (self->element), renamed);
  return status;
}

/* The wait is one PROGRESS operation, which ends when the first clip can be
 * pushed. */
static gint64
update_progress (GstNanovidClips *self, const NanogptJobStatus *status)
{
  if (!self->begun)
    gst_nanovid_progress_begin (&self->progress, status);
  self->begun = TRUE;
  return gst_nanovid_progress_update (&self->progress, status);
}

/* Reads the complete clip into a buffer.  Returns %NULL if that fails; the
 * job's status will then have the error. */
static GstBuffer *
read_clip (
    GstNanovidClips *self, GstNanovidEntry *entry, GstNanovidReader *reader)
{
  g_autoptr (GstCaps) caps = NULL;
  g_autoptr (GBytes) bytes = gst_nanovid_reader_read_media (reader, &caps);

  if (!bytes)
    return NULL;
  gst_nanovid_timeline_announce (&self->timeline, &entry->segment, caps,
      gst_nanovid_reader_create_tags (reader));
  return gst_nanovid_entry_create_buffer (entry, bytes);
}

typedef enum
{
  NOT_YET,
  LEFT,   /* the entry is done, and no longer in the queue */
  FAILED, /* the stream has failed */
} Outcome;

static Outcome
settle_error (
    GstNanovidClips *self, const GstNanovidEntry *entry, const GError *error)
{
  note_refusal (self, error);
  if (entry->fatal
      || gst_nanovid_clips_get_on_error (self) == GST_NANOVID_ON_ERROR_FAIL) {
    end_with_error (self, entry, error);
    return FAILED;
  }
  gst_nanovid_post_skipped (GST_ELEMENT (self->element), error, &entry->place);
  gst_nanovid_timeline_push_gap (
      &self->timeline, &entry->segment, entry->place.pts, entry->duration);
  take_first (self, FALSE);
  return LEFT;
}

/* Prepares the next push.  The last one has returned, but more results of the
 * same entry may follow. */
static void
begin_push (GstNanovidClips *self, GstNanovidEntry *entry)
{
  g_autoptr (GPtrArray) formers =
      g_ptr_array_new_with_free_func ((GDestroyNotify)gst_nanovid_entry_unref);

  g_mutex_lock (&self->bell.lock);
  if (entry->n_left > 0)
    entry->interrupted |= self->interrupted;
  else if (self->pushed)
    g_ptr_array_add (formers, g_steal_pointer (&self->pushed));
  self->interrupted = FALSE;
  g_mutex_unlock (&self->bell.lock);

  /* The entry was flushed before it reached downstream. */
  gst_nanovid_entries_stop (
      (GstNanovidEntry *const *)formers->pdata, formers->len, self->formers);
}

/* Tries to push the oldest entry. */
static Outcome
try_first (GstNanovidClips *self, GstNanovidEntry *entry, GstBuffer **buffer,
    gint64 *deadline)
{
  g_autoptr (NanogptJobStatus) status = NULL;
  GstNanovidReader *reader;

  if (entry->error)
    return settle_error (self, entry, entry->error);

  reader = gst_nanovid_entry_get_reader (entry);
  status = post_status (self, entry, reader);
  *deadline = update_progress (self, status);
  if (status->error) {
    /* The first of several results has been counted when it left. */
    if (entry->n_left == 0)
      gst_nanovid_tally_add (&self->tally, status);
    return settle_error (self, entry, status->error);
  }
  if (status->state != NANOGPT_JOB_COMPLETE
      || gst_nanovid_reader_is_rejected (reader))
    return NOT_YET;

  gst_nanovid_entry_start_further (
      entry, GST_ELEMENT (self->element), &self->bell, status->outputs);
  begin_push (self, entry);
  *buffer = read_clip (self, entry, reader);
  if (!*buffer)
    return NOT_YET;

  gst_nanovid_progress_complete (&self->progress);
  if (gst_nanovid_entry_has_left (entry))
    take_first (self, TRUE);
  return LEFT;
}

static void
post_status_of_others (GstNanovidClips *self, GPtrArray *entries)
{
  for (guint i = 1; i < entries->len; i++) {
    GstNanovidEntry *entry = entries->pdata[i];

    if (entry->reader)
      nanogpt_job_status_free (post_status (self, entry, entry->reader));
  }
}

/* Checks for settings that make every input fail. */
static gboolean
check_settings (GstNanovidClips *self)
{
  g_autoptr (GstNanovidProperties) properties =
      gst_nanovid_base_dup_properties (self->element);
  g_autoptr (GError) error = NULL;

  if (!properties->settings->run_id)
    return TRUE;

  error = g_error_new (NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST,
      _ ("The property run-id identifies one clip, but mode=clips "
         "makes many: use mode=stream or nanovidsrc to collect it"));
  end_with_error (self, NULL, error);
  return FALSE;
}

GstFlowReturn
gst_nanovid_clips_create (GstNanovidClips *self, GstBuffer **buffer)
{
  settle_pushed (self, TRUE);
  if (self->failed || (!self->begun && !check_settings (self)))
    return GST_FLOW_ERROR;

  for (;;) {
    g_autoptr (GPtrArray) entries = NULL;
    Outcome outcome = NOT_YET;
    gint64 deadline = -1;
    gboolean unlocked, ended;
    guint changes;

    g_mutex_lock (&self->bell.lock);
    unlocked = self->bell.interrupted;
    changes = self->bell.changes;
    ended = self->ended;
    entries = gst_nanovid_entries_ref (&self->entries);
    g_mutex_unlock (&self->bell.lock);

    if (unlocked)
      return GST_FLOW_FLUSHING;
    if (entries->len > 0) {
      post_status_of_others (self, entries);
      outcome = try_first (self, entries->pdata[0], buffer, &deadline);
    } else if (ended) {
      gst_nanovid_progress_cancel (&self->progress, NULL);
      gst_nanovid_timeline_finish (&self->timeline);
      return GST_FLOW_EOS;
    }

    if (*buffer) {
      gst_nanovid_tally_tell (
          &self->tally, GST_ELEMENT (self->element), entries);
      return GST_FLOW_OK;
    }
    if (outcome == FAILED)
      return GST_FLOW_ERROR;
    if (outcome == NOT_YET)
      gst_nanovid_bell_wait (&self->bell, changes, deadline);
  }
}

void
gst_nanovid_clips_set_unlocked (GstNanovidClips *self, gboolean unlocked)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell.lock);

  self->bell.interrupted = unlocked;
  self->interrupted |= unlocked;
  gst_nanovid_bell_ring (&self->bell);
}

void
gst_nanovid_clips_close (GstNanovidClips *self)
{
  GstPad *pad = GST_BASE_SRC_PAD (self->element);

  settle_pushed (self, gst_pad_get_last_flow_return (pad) == GST_FLOW_EOS);

  g_mutex_lock (&self->bell.lock);
  if (self->closed == GST_FLOW_OK)
    self->closed = GST_FLOW_EOS;
  gst_nanovid_bell_ring (&self->bell);
  g_mutex_unlock (&self->bell.lock);
}

/* The application */

void
gst_nanovid_clips_forget (GstNanovidClips *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell.lock);

  self->forget = TRUE;
}

GstStructure *
gst_nanovid_clips_create_job_structure (GstNanovidClips *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell.lock);

  return self->latest ? gst_structure_copy (self->latest) : NULL;
}

void
gst_nanovid_clips_set_max_jobs (GstNanovidClips *self, guint max_jobs)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell.lock);

  self->max_jobs = max_jobs;
  gst_nanovid_bell_ring (&self->bell);
}

guint
gst_nanovid_clips_get_max_jobs (GstNanovidClips *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell.lock);

  return self->max_jobs;
}

void
gst_nanovid_clips_set_on_error (
    GstNanovidClips *self, GstNanovidOnError on_error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell.lock);

  self->on_error = on_error;
  gst_nanovid_bell_ring (&self->bell);
}

GstNanovidOnError
gst_nanovid_clips_get_on_error (GstNanovidClips *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell.lock);

  return self->on_error;
}

void
gst_nanovid_clips_set_outputs (GstNanovidClips *self, GstNanovidOutputs outputs)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell.lock);

  self->outputs = outputs;
}

GstNanovidOutputs
gst_nanovid_clips_get_outputs (GstNanovidClips *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->bell.lock);

  return self->outputs;
}

GstNanovidClips *
gst_nanovid_clips_new (GstNanovidBase *element, GstNanovidPads *pads)
{
  GstNanovidClips *self = g_new0 (GstNanovidClips, 1);

  self->element = element;
  self->pads = pads;
  self->timeline.element = GST_BASE_SRC (element);
  self->cancellable = g_cancellable_new ();
  self->formers = gst_nanovid_formers_new ();
  g_queue_init (&self->entries);
  gst_nanovid_bell_init (&self->bell);
  gst_nanovid_progress_init (&self->progress, GST_ELEMENT (element), FALSE);
  return self;
}

void
gst_nanovid_clips_free (GstNanovidClips *self)
{
  gst_nanovid_clips_abandon (self);
  gst_nanovid_formers_free (self->formers);
  g_clear_error (&self->refusal);
  gst_clear_structure (&self->latest);
  g_object_unref (self->cancellable);
  gst_nanovid_bell_clear (&self->bell);
  gst_nanovid_progress_clear (&self->progress);
  g_free (self);
}
