/* nanovid: what a state directory keeps of one job
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "files-entry.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "bill.h"
#include "journal.h"
#include "lock-file.h"
#include "nanogpt/base/error.h"
#include "nanogpt/base/log.h"
#include "nanogpt/base/timer.h"

/* In the state directory: held while somebody finds out which job is whose. */
#define LOCK_NAME "recovery.lock"
#define LOCK_PATIENCE (10 * G_TIME_SPAN_SECOND)

/* Of errors that say what obstacle there is */
#define OBSTACLE (g_quark_from_static_string ("nanogpt-journal-obstacle"))

/* How soon what could not be written is tried again. */
#define RETRY_INTERVAL (2 * G_TIME_SPAN_SECOND)

/* Tag of tasks whose failure is tried again */
static char kept;

struct _NanogptFilesEntry
{
  NanogptStoreEntry parent;

  char *state_dir;
  gboolean may_do_without; /* when nothing can be kept in it */
  NanogptStoreJob job;
  NanogptTimer *retry; /* of the thread that all is asked for on */
  int abandoned;       /* atomic */

  GMutex lock; /* held while the following is used */
  NanogptJournalEntry *entry;
  NanogptJournalRecord
      *unwritten; /* what it should say and does not, or NULL */
  char *closed;   /* name of the entry that was let go of, or NULL */
  NanogptBill *bill;
};

G_DEFINE_FINAL_TYPE (
    NanogptFilesEntry, nanogpt_files_entry, NANOGPT_TYPE_STORE_ENTRY)

static void
nanogpt_files_entry_finalize (GObject *object)
{
  NanogptFilesEntry *self = NANOGPT_FILES_ENTRY (object);

  g_clear_pointer (&self->entry, nanogpt_journal_entry_free);
  g_clear_pointer (&self->unwritten, nanogpt_journal_record_free);
  g_clear_pointer (&self->bill, nanogpt_bill_free);
  nanogpt_store_job_clear (&self->job);
  g_free (self->state_dir);
  g_free (self->closed);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (nanogpt_files_entry_parent_class)->finalize (object);
}

static void
nanogpt_files_entry_init (NanogptFilesEntry *self)
{
  g_mutex_init (&self->lock);
}

static void
run_in_thread (gpointer self, GTaskThreadFunc function, gpointer data,
    GDestroyNotify notify, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);

  g_task_set_task_data (task, data, notify);
  g_task_run_in_thread (task, function);
}

/* What fails is tried again. */
static void
keep_in_thread (gpointer self, GTaskThreadFunc function, gpointer data,
    GDestroyNotify notify, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, &kept);
  g_task_set_task_data (task, data, notify);
  g_task_run_in_thread (task, function);
}

/* Takes @error. */
static GError *
unavailable_error (GError *cause)
{
  GError *error = g_error_new (NANOGPT_ERROR, NANOGPT_ERROR_STATE_UNAVAILABLE,
      _ ("The directory of state-dir cannot be used, so nothing was "
         "submitted: %s"),
      cause->message);

  g_error_free (cause);
  return error;
}

/* Takes @error.  Nothing was sent yet. */
static void
return_unwritable (GTask *task, NanogptFilesEntry *self, GError *error)
{
  if (self->may_do_without)
    g_prefix_error (&error,
        _ ("The journal in %s cannot be written, so this job will not be found "
           "again if the process ends: "),
        self->state_dir);
  else
    error = unavailable_error (error);
  g_task_return_error (task, error);
}

/* What happens to a job, one line for each step.  Call with the lock held. */
static void
log_step (NanogptFilesEntry *self, NanogptLogLevel level, const char *step,
    const GError *error)
{
  const NanogptJournalRecord *record =
      self->entry ? nanogpt_journal_entry_get_record (self->entry) : NULL;
  const char *id = record ? record->id : self->closed;
  const char *run_id = record ? record->run_id : NULL;

  if (error)
    nanogpt_log_warning ("entry %s, run %s: %s: %s", id ? id : "-",
        run_id ? run_id : "-", step, error->message);
  else
    nanogpt_log (level, "entry %s, run %s: %s", id ? id : "-",
        run_id ? run_id : "-", step);
}

/* Call with the lock held. */
static void
reopen (NanogptFilesEntry *self)
{
  if (!self->entry && self->closed)
    self->entry = nanogpt_journal_open (self->state_dir, self->closed, NULL);
}

/* Call with the lock held, and an entry.  Returns: what it should say */
static const NanogptJournalRecord *
get_record (NanogptFilesEntry *self)
{
  return self->unwritten ? self->unwritten
                         : nanogpt_journal_entry_get_record (self->entry);
}

/* Call with the lock held, and an entry.  Takes @record, and keeps it for later
 * when it cannot be written. */
static gboolean
write_record (
    NanogptFilesEntry *self, NanogptJournalRecord *record, GError **error)
{
  gboolean written = nanogpt_journal_entry_update (self->entry, record, error);

  if (record != self->unwritten)
    g_clear_pointer (&self->unwritten, nanogpt_journal_record_free);
  self->unwritten = record;
  if (written)
    g_clear_pointer (&self->unwritten, nanogpt_journal_record_free);
  return written;
}

/* Call with the lock held. */
static gboolean
catch_up (NanogptFilesEntry *self)
{
  return !self->entry || !self->unwritten
      || write_record (self, self->unwritten, NULL);
}

/* Call with the lock held. */
static void
let_go (NanogptFilesEntry *self)
{
  if (!self->entry)
    return;
  catch_up (self);
  g_clear_pointer (&self->unwritten, nanogpt_journal_record_free);
  g_free (self->closed);
  self->closed = g_strdup (nanogpt_journal_entry_get_record (self->entry)->id);
  g_clear_pointer (&self->entry, nanogpt_journal_entry_free);
}

/* Call with the lock held.  Returns: (transfer none): what is known of the
 * submit, also when that is on no disk */
static const NanogptJournalRecord *
get_own_record (NanogptFilesEntry *self)
{
  return self->entry ? get_record (self) : self->job.record;
}

/* Call with the lock held.  Until when a job can have come of the submit is
 * written down once: others have to know, too. */
static gboolean
note_loss (NanogptFilesEntry *self, gint64 lasted, GError **error)
{
  const NanogptJournalRecord *own = get_own_record (self);
  NanogptJournalRecord *record;

  if (own->lasted > 0)
    return TRUE;
  self->job.record->lasted = MAX (lasted, 1);
  if (!self->entry)
    return TRUE;
  record = nanogpt_journal_record_copy (own);
  record->lasted = self->job.record->lasted;
  return write_record (self, record, error);
}

/* Call with the lock held, and an entry.  Should it fail, others wait a while
 * for nothing, or do not wait. */
static void
write_abandoned (NanogptFilesEntry *self)
{
  const NanogptJournalRecord *former = get_record (self);
  gboolean abandoned = g_atomic_int_get (&self->abandoned);
  NanogptJournalRecord *record;

  if (former->abandoned == abandoned)
    return;
  record = nanogpt_journal_record_copy (former);
  record->abandoned = abandoned;
  write_record (self, record, NULL);
}

/* Call with the lock held.  Returns: (transfer full) (nullable): what the entry
 * says that was found or made */
static NanogptJournalRecord *
take_up (NanogptFilesEntry *self)
{
  const NanogptJournalRecord *former;
  NanogptJournalRecord *found;

  if (!self->entry)
    return NULL;
  former = nanogpt_journal_entry_get_record (self->entry);
  /* Whoever waited for an answer is gone, or has given up. */
  if (former->state == NANOGPT_JOURNAL_SENDING)
    note_loss (self, nanogpt_journal_record_get_patience (former), NULL);
  write_abandoned (self);
  found = nanogpt_journal_record_copy (
      nanogpt_journal_entry_get_record (self->entry));
  nanogpt_bill_take_up (self->bill, found);
  return found;
}

/* Call with the lock held.  Returns: what is in the way */
static NanogptJournalObstacle
find_entry (NanogptFilesEntry *self, gint64 date)
{
  const NanogptJournalRecord *wanted = self->job.record;
  NanogptJournalObstacle obstacle = NANOGPT_JOURNAL_CLEAR;

  if (self->closed)
    reopen (self);
  else if (self->job.run_id)
    self->entry = nanogpt_journal_claim (
        self->state_dir, self->job.run_id, wanted->origin, wanted->account);
  else if (self->job.resume)
    self->entry = nanogpt_journal_adopt (self->state_dir, wanted->digest,
        wanted->origin, wanted->account, date, &obstacle);
  if (self->entry)
    log_step (self, NANOGPT_LOG_INFO, "taken up", NULL);
  return obstacle;
}

static void
open_in_thread (GTask *task, gpointer source, gpointer data,
    GCancellable *cancellable G_GNUC_UNUSED)
{
  NanogptFilesEntry *self = source;
  NanogptJournalObstacle obstacle;
  GError *error = NULL;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  obstacle = find_entry (self, *(gint64 *)data);
  if (obstacle != NANOGPT_JOURNAL_CLEAR) {
    g_task_return_error (
        task, g_error_new (OBSTACLE, obstacle, "something is in the way"));
    return;
  }
  if (!self->entry && !self->job.run_id && !self->closed) {
    self->entry =
        nanogpt_journal_begin (self->state_dir, self->job.record, &error);
    log_step (self, NANOGPT_LOG_DEBUG, "begun", error);
  }
  if (error)
    return_unwritable (task, self, error);
  else
    g_task_return_pointer (
        task, take_up (self), (GDestroyNotify)nanogpt_journal_record_free);
}

static void
files_open_async (NanogptStoreEntry *self, gint64 date,
    GAsyncReadyCallback callback, gpointer user_data)
{
  run_in_thread (self, open_in_thread, g_memdup2 (&date, sizeof date), g_free,
      callback, user_data);
}

static NanogptJournalRecord *
files_open_finish (NanogptStoreEntry *self G_GNUC_UNUSED, GAsyncResult *result,
    NanogptJournalObstacle *obstacle, GError **error)
{
  GError *local_error = NULL;
  NanogptJournalRecord *record =
      g_task_propagate_pointer (G_TASK (result), &local_error);

  *obstacle = NANOGPT_JOURNAL_CLEAR;
  if (local_error && local_error->domain == OBSTACLE) {
    *obstacle = local_error->code;
    g_clear_error (&local_error);
  }
  if (local_error)
    g_propagate_error (error, local_error);
  return record;
}

/* Call with the lock held. */
static void
stamp (NanogptFilesEntry *self, NanogptJournalRecord *record)
{
  nanogpt_journal_record_stamp (record);
  record->patience = self->job.patience;
  record->lasted = 0;
}

/* Call with the lock held. */
static gboolean
update (NanogptFilesEntry *self, NanogptJournalState state,
    const NanogptStoreCharge *charge, GError **error)
{
  NanogptJournalRecord *record =
      nanogpt_journal_record_copy (get_record (self));

  record->state = state;
  record->abandoned = g_atomic_int_get (&self->abandoned);
  g_free (record->reservation);
  record->reservation = g_strdup (nanogpt_bill_get_reservation (self->bill));
  if (state == NANOGPT_JOURNAL_SENDING)
    stamp (self, record);
  if (charge) {
    if (!record->dated)
      record->dated = charge->date;
    if (!record->run_id)
      record->run_id = g_strdup (charge->run_id);
    if (!record->model)
      record->model = g_strdup (charge->model);
    if (charge->payment_source) {
      g_free (record->payment_source);
      record->payment_source = g_strdup (charge->payment_source);
    }
    if (charge->cost >= 0)
      record->cost = charge->cost;
  }
  return write_record (self, record, error);
}

/* Sending and accepting */

/* Call with the lock held.  Returns: whether the job may go on; with an error,
 * too, when that is no more than a warning */
static gboolean
reserve (NanogptFilesEntry *self, double estimate, GError **error)
{
  GError *local_error = NULL;

  if (nanogpt_bill_reserve (self->bill, estimate, &local_error))
    return TRUE;

  if (local_error->domain != NANOGPT_ERROR && self->may_do_without) {
    g_prefix_error (&local_error, "%s",
        _ ("What this job costs will be missing from what was spent: "));
    g_propagate_error (error, local_error);
    return TRUE;
  }
  if (local_error->domain != NANOGPT_ERROR) {
    nanogpt_bill_release (self->bill);
    local_error = unavailable_error (local_error);
  }
  g_propagate_error (error, local_error);
  return FALSE;
}

static void
send_in_thread (GTask *task, gpointer source, gpointer data,
    GCancellable *cancellable G_GNUC_UNUSED)
{
  NanogptFilesEntry *self = source;
  GError *error = NULL;
  GError *unwritten = NULL;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  stamp (self, self->job.record);
  if (reserve (self, *(double *)data, &error) && self->entry
      && !update (self, NANOGPT_JOURNAL_SENDING, NULL, &unwritten)) {
    g_clear_error (&error);
    log_step (self, NANOGPT_LOG_WARNING, "sending", unwritten);
    /* An intent that stayed would say that nothing was sent. */
    if (!nanogpt_journal_entry_remove (g_steal_pointer (&self->entry)))
      self->may_do_without = FALSE;
    g_clear_pointer (&self->unwritten, nanogpt_journal_record_free);
    if (!self->may_do_without)
      nanogpt_bill_release (self->bill);
    return_unwritable (task, self, unwritten);
  } else if (error) {
    log_step (self, NANOGPT_LOG_WARNING, "sending", error);
    g_task_return_error (task, error);
  } else {
    log_step (self, NANOGPT_LOG_INFO, "sending", NULL);
    g_task_return_boolean (task, TRUE);
  }
}

static void
files_send_async (NanogptStoreEntry *self, double estimate,
    GAsyncReadyCallback callback, gpointer user_data)
{
  run_in_thread (self, send_in_thread, g_memdup2 (&estimate, sizeof estimate),
      g_free, callback, user_data);
}

/* Takes @error. */
static void
return_kept (GTask *task, NanogptFilesEntry *self, GError *error)
{
  if (!error) {
    g_task_return_boolean (task, TRUE);
    return;
  }
  g_prefix_error (&error,
      _ ("The journal in %s cannot be written now; it is tried again until "
         "the job ends: "),
      self->state_dir);
  g_task_return_error (task, error);
}

/* Call with the lock held. */
static void
accept (
    NanogptFilesEntry *self, const NanogptStoreCharge *charge, GError **error)
{
  if (self->entry)
    update (self, NANOGPT_JOURNAL_ACCEPTED, charge, error);
  nanogpt_bill_charge (self->bill, charge);
}

static void
abandon_in_thread (GTask *task, gpointer source, gpointer data G_GNUC_UNUSED,
    GCancellable *cancellable G_GNUC_UNUSED)
{
  NanogptFilesEntry *self = source;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (self->entry)
    write_abandoned (self);
  g_task_return_boolean (task, TRUE);
}

/* Of several threads, the last to write finds the last word. */
static void
files_set_abandoned (NanogptStoreEntry *entry, gboolean abandoned)
{
  NanogptFilesEntry *self = NANOGPT_FILES_ENTRY (entry);

  if (g_atomic_int_get (&self->abandoned) == abandoned)
    return;
  g_atomic_int_set (&self->abandoned, abandoned);
  run_in_thread (self, abandon_in_thread, NULL, NULL, NULL, NULL);
}

static void
accept_in_thread (GTask *task, gpointer source, gpointer data,
    GCancellable *cancellable G_GNUC_UNUSED)
{
  NanogptFilesEntry *self = source;
  GError *error = NULL;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  accept (self, data, &error);
  log_step (self, NANOGPT_LOG_INFO, "accepted", error);
  return_kept (task, self, error);
}

static void
files_accept_async (NanogptStoreEntry *self, const NanogptStoreCharge *charge,
    GAsyncReadyCallback callback, gpointer user_data)
{
  keep_in_thread (self, accept_in_thread, nanogpt_store_charge_copy (charge),
      (GDestroyNotify)nanogpt_store_charge_free, callback, user_data);
}

static void
catch_up_in_thread (GTask *task, gpointer source, gpointer data G_GNUC_UNUSED,
    GCancellable *cancellable G_GNUC_UNUSED)
{
  NanogptFilesEntry *self = source;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  g_task_return_boolean (task, catch_up (self));
}

static void on_caught_up (GObject *source, GAsyncResult *result, gpointer data);

static gboolean
on_retry (gpointer data)
{
  NanogptFilesEntry *self = data;

  run_in_thread (self, catch_up_in_thread, NULL, NULL, on_caught_up, NULL);
  return G_SOURCE_REMOVE;
}

static void
try_later (NanogptFilesEntry *self)
{
  nanogpt_timer_clear (&self->retry);
  self->retry = nanogpt_timer_new (
      RETRY_INTERVAL, on_retry, g_object_ref (self), g_object_unref);
}

static void
on_caught_up (
    GObject *source, GAsyncResult *result, gpointer data G_GNUC_UNUSED)
{
  NanogptFilesEntry *self = NANOGPT_FILES_ENTRY (source);

  /* There is no timer any more when the entry was let go of meanwhile. */
  if (!g_task_propagate_boolean (G_TASK (result), NULL) && self->retry)
    try_later (self);
}

static gboolean
files_finish (NanogptStoreEntry *entry, GAsyncResult *result, GError **error)
{
  NanogptFilesEntry *self = NANOGPT_FILES_ENTRY (entry);

  if (g_task_propagate_boolean (G_TASK (result), error))
    return TRUE;
  if (g_async_result_is_tagged (result, &kept))
    try_later (self);
  return FALSE;
}

static void
withdraw_in_thread (GTask *task, gpointer source, gpointer data G_GNUC_UNUSED,
    GCancellable *cancellable G_GNUC_UNUSED)
{
  NanogptFilesEntry *self = source;
  GError *error = NULL;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (self->entry
      && nanogpt_journal_entry_get_record (self->entry)->state
          == NANOGPT_JOURNAL_SENDING)
    update (self, NANOGPT_JOURNAL_INTENT, NULL, &error);
  log_step (self, NANOGPT_LOG_DEBUG, "withdrawn", error);
  return_kept (task, self, error);
}

static void
files_withdraw_async (
    NanogptStoreEntry *self, GAsyncReadyCallback callback, gpointer user_data)
{
  keep_in_thread (self, withdraw_in_thread, NULL, NULL, callback, user_data);
}

/* Looking up what was lost */

static void
lose_in_thread (GTask *task, gpointer source, gpointer data G_GNUC_UNUSED,
    GCancellable *cancellable G_GNUC_UNUSED)
{
  NanogptFilesEntry *self = source;
  GError *error = NULL;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  note_loss (
      self, nanogpt_journal_record_get_age (get_own_record (self)), &error);
  log_step (self, NANOGPT_LOG_INFO, "answer lost", error);
  return_kept (task, self, error);
}

static void
files_lose_async (
    NanogptStoreEntry *self, GAsyncReadyCallback callback, gpointer user_data)
{
  keep_in_thread (self, lose_in_thread, NULL, NULL, callback, user_data);
}

typedef struct
{
  NanogptStoreSearch search;
  gpointer data;
} Claim;

/* What one has found is written down before the next may look, here or in
 * another process.  Without a journal no other process knows. */
static void
claim_in_thread (GTask *task, gpointer source, gpointer data,
    GCancellable *cancellable G_GNUC_UNUSED)
{
  NanogptFilesEntry *self = source;
  const Claim *claim = data;
  g_autofree char *path = g_build_filename (self->state_dir, LOCK_NAME, NULL);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  int lock = nanogpt_lock_file_acquire (path, LOCK_PATIENCE, NULL);
  g_autoptr (NanogptStoreCharge) found = NULL;
  GError *error = NULL;

  if (lock >= 0 || !self->entry) {
    g_autoptr (GPtrArray) records = nanogpt_journal_list (self->state_dir);

    found = claim->search (records, get_own_record (self), claim->data);
  }
  if (found)
    accept (self, found, &error);
  if (found)
    log_step (self, NANOGPT_LOG_INFO, "found what became of it", error);
  if (lock >= 0)
    nanogpt_lock_file_release (lock);
  return_kept (task, self, error);
}

static void
files_claim_async (NanogptStoreEntry *self, NanogptStoreSearch search,
    gpointer data, GAsyncReadyCallback callback, gpointer user_data)
{
  Claim *claim = g_new (Claim, 1);

  claim->search = search;
  claim->data = data;
  keep_in_thread (self, claim_in_thread, claim, g_free, callback, user_data);
}

/* Call with the lock held.  An entry that still says "accepted" would have the
 * same clip played once more instead of a new one: it had better go. */
static void
forget_delivered (NanogptFilesEntry *self, GError **error)
{
  g_clear_pointer (&self->unwritten, nanogpt_journal_record_free);
  if (nanogpt_journal_entry_remove (g_steal_pointer (&self->entry)))
    g_prefix_error (error,
        _ ("That the clip was delivered cannot be written to the journal in "
           "%s, so the job was removed from it: "),
        self->state_dir);
  else
    g_prefix_error (error,
        _ ("That the clip was delivered cannot be written to the journal in %s, "
           "so the next run of the same will play it again: "),
        self->state_dir);
}

static gboolean
files_deliver (NanogptStoreEntry *entry, GError **error)
{
  NanogptFilesEntry *self = NANOGPT_FILES_ENTRY (entry);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  gboolean was_open = self->entry != NULL;
  GError *local_error = NULL;

  reopen (self);
  if (self->entry
      && !update (self, NANOGPT_JOURNAL_DELIVERED, NULL, &local_error))
    forget_delivered (self, &local_error);
  log_step (self, NANOGPT_LOG_DEBUG, "delivered", local_error);
  if (!was_open)
    let_go (self);
  nanogpt_bill_settle (self->bill);
  if (local_error)
    g_propagate_error (error, local_error);
  return local_error == NULL;
}

typedef struct
{
  NanogptStoreCharge *charge; /* or NULL */
  double seconds;
} Completion;

static void
completion_free (gpointer data)
{
  Completion *completion = data;

  g_clear_pointer (&completion->charge, nanogpt_store_charge_free);
  g_free (completion);
}

static void
complete_in_thread (GTask *task, gpointer source, gpointer data,
    GCancellable *cancellable G_GNUC_UNUSED)
{
  NanogptFilesEntry *self = source;
  const Completion *completion = data;
  GError *error = NULL;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (completion->seconds > 0)
    nanogpt_bill_add_time (self->bill, completion->seconds);
  if (completion->charge) {
    if (self->entry)
      update (self, get_record (self)->state, completion->charge, &error);
    nanogpt_bill_charge (self->bill, completion->charge);
  } else {
    nanogpt_bill_settle (self->bill);
  }
  log_step (self, NANOGPT_LOG_DEBUG, "complete", error);
  g_clear_error (&error);
  g_task_return_boolean (task, TRUE);
}

static void
files_complete (
    NanogptStoreEntry *self, const NanogptStoreCharge *charge, double seconds)
{
  Completion *completion = g_new (Completion, 1);

  completion->charge = charge ? nanogpt_store_charge_copy (charge) : NULL;
  completion->seconds = seconds;
  run_in_thread (
      self, complete_in_thread, completion, completion_free, NULL, NULL);
}

static void
close_in_thread (GTask *task, gpointer source, gpointer data G_GNUC_UNUSED,
    GCancellable *cancellable G_GNUC_UNUSED)
{
  NanogptFilesEntry *self = source;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  log_step (self, NANOGPT_LOG_DEBUG, "closed", NULL);
  let_go (self);
  g_task_return_boolean (task, TRUE);
  /* Nobody waits for that. */
  nanogpt_bill_settle (self->bill);
}

static void
files_close_async (
    NanogptStoreEntry *entry, GAsyncReadyCallback callback, gpointer user_data)
{
  NanogptFilesEntry *self = NANOGPT_FILES_ENTRY (entry);

  nanogpt_timer_clear (&self->retry);
  run_in_thread (self, close_in_thread, NULL, NULL, callback, user_data);
}

static void
drop_in_thread (GTask *task, gpointer source, gpointer data,
    GCancellable *cancellable G_GNUC_UNUSED)
{
  NanogptFilesEntry *self = source;
  gboolean charged = GPOINTER_TO_INT (data);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (!charged)
    nanogpt_bill_release (self->bill);
  reopen (self);
  log_step (self, NANOGPT_LOG_DEBUG, "dropped", NULL);
  if (self->entry)
    nanogpt_journal_entry_remove (g_steal_pointer (&self->entry));
  g_clear_pointer (&self->unwritten, nanogpt_journal_record_free);
  g_clear_pointer (&self->closed, g_free);
  g_task_return_boolean (task, TRUE);
}

static void
files_drop_async (NanogptStoreEntry *entry, gboolean charged,
    GAsyncReadyCallback callback, gpointer user_data)
{
  NanogptFilesEntry *self = NANOGPT_FILES_ENTRY (entry);

  nanogpt_timer_clear (&self->retry);
  run_in_thread (self, drop_in_thread, GINT_TO_POINTER (charged), NULL,
      callback, user_data);
}

static void
nanogpt_files_entry_class_init (NanogptFilesEntryClass *klass)
{
  NanogptStoreEntryClass *entry_class = NANOGPT_STORE_ENTRY_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = nanogpt_files_entry_finalize;
  entry_class->open_async = files_open_async;
  entry_class->open_finish = files_open_finish;
  entry_class->send_async = files_send_async;
  entry_class->withdraw_async = files_withdraw_async;
  entry_class->accept_async = files_accept_async;
  entry_class->lose_async = files_lose_async;
  entry_class->claim_async = files_claim_async;
  entry_class->close_async = files_close_async;
  entry_class->drop_async = files_drop_async;
  entry_class->finish = files_finish;
  entry_class->set_abandoned = files_set_abandoned;
  entry_class->complete = files_complete;
  entry_class->deliver = files_deliver;
}

NanogptStoreEntry *
nanogpt_files_entry_new (
    const char *state_dir, gboolean may_do_without, NanogptStoreJob *job)
{
  NanogptFilesEntry *self = g_object_new (NANOGPT_TYPE_FILES_ENTRY, NULL);

  self->state_dir = g_strdup (state_dir);
  self->may_do_without = may_do_without;
  self->bill = nanogpt_bill_new (state_dir, job);
  self->job = *job;
  memset (job, 0, sizeof *job);
  return NANOGPT_STORE_ENTRY (self);
}
