/* nanovid: blocking functions that record one job in journal and ledger
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "keeper.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "bill.h"
#include "journal-damage.h"
#include "journal.h"
#include "lock-file.h"
#include "nanogpt/base/error.h"
#include "nanogpt/base/log.h"

/* In the state directory: held while a process finds out which job belongs to
 * whom. */
#define LOCK_NAME "recovery.lock"
#define LOCK_PATIENCE (10 * G_TIME_SPAN_SECOND)

struct _NanogptKeeper
{
  char *state_dir;
  gboolean may_do_without; /* continue if nothing can be stored there */
  NanogptStoreJob job;
  int abandoned; /* atomic */

  GMutex lock; /* held while the following is used */
  NanogptJournalEntry *entry;
  NanogptJournalRecord
      *unwritten; /* its intended content, not on disk yet, or NULL */
  char *closed;   /* the name of the released entry, or NULL */
  NanogptBill *bill;
};

NanogptKeeper *
nanogpt_keeper_new (
    const char *state_dir, gboolean may_do_without, NanogptStoreJob *job)
{
  NanogptKeeper *self = g_new0 (NanogptKeeper, 1);

  g_mutex_init (&self->lock);
  self->state_dir = g_strdup (state_dir);
  self->may_do_without = may_do_without;
  self->bill = nanogpt_bill_new (state_dir, job);
  self->job = *job;
  memset (job, 0, sizeof *job);
  return self;
}

void
nanogpt_keeper_free (NanogptKeeper *self)
{
  g_clear_pointer (&self->entry, nanogpt_journal_entry_free);
  g_clear_pointer (&self->unwritten, nanogpt_journal_record_free);
  nanogpt_bill_free (self->bill);
  nanogpt_store_job_clear (&self->job);
  g_free (self->state_dir);
  g_free (self->closed);
  g_mutex_clear (&self->lock);
  g_free (self);
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

/* Takes @cause. */
static void
set_unwritable (NanogptKeeper *self, GError *cause, GError **error)
{
  if (self->may_do_without)
    g_prefix_error (&cause,
        _ ("The journal in %s cannot be written, so this job cannot "
           "be found again if the process ends: "),
        self->state_dir);
  else
    cause = unavailable_error (cause);
  g_propagate_error (error, cause);
}

/* Takes @cause.  Returns: whether there was none */
static gboolean
set_kept (NanogptKeeper *self, GError *cause, GError **error)
{
  if (!cause)
    return TRUE;
  g_propagate_prefixed_error (error, cause,
      _ ("The journal in %s cannot be written now; nanovid "
         "retries until the job ends: "),
      self->state_dir);
  return FALSE;
}

/* Logs what happens to a job, one line for each step.  Call with the lock held. */
static void
log_step (NanogptKeeper *self, NanogptLogLevel level, const char *step,
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
reopen (NanogptKeeper *self)
{
  if (!self->entry && self->closed)
    self->entry = nanogpt_journal_open (self->state_dir, self->closed, NULL);
}

/* Call with the lock held, and an entry.  Returns: its intended content */
static const NanogptJournalRecord *
get_record (NanogptKeeper *self)
{
  return self->unwritten ? self->unwritten
                         : nanogpt_journal_entry_get_record (self->entry);
}

/* Call with the lock held, and an entry.  Takes @record, and keeps it for later
 * if it cannot be written. */
static gboolean
write_record (NanogptKeeper *self, NanogptJournalRecord *record, GError **error)
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
catch_up (NanogptKeeper *self)
{
  return !self->entry || !self->unwritten
      || write_record (self, self->unwritten, NULL);
}

/* Call with the lock held. */
static void
let_go (NanogptKeeper *self)
{
  if (!self->entry)
    return;
  catch_up (self);
  g_clear_pointer (&self->unwritten, nanogpt_journal_record_free);
  g_free (self->closed);
  self->closed = g_strdup (nanogpt_journal_entry_get_record (self->entry)->id);
  g_clear_pointer (&self->entry, nanogpt_journal_entry_free);
}

/* Call with the lock held.  Returns: (transfer none): what is known about the
 * submit, even if that is not on disk */
static const NanogptJournalRecord *
get_own_record (NanogptKeeper *self)
{
  return self->entry ? get_record (self) : self->job.record;
}

/* Call with the lock held.  Records, once, until when the submit can have
 * created a job: others must know that, too. */
static gboolean
note_loss (NanogptKeeper *self, gint64 lasted, GError **error)
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

/* Call with the lock held, and an entry.  If this fails, others wait a while
 * unnecessarily, or do not wait. */
static void
write_abandoned (NanogptKeeper *self)
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

/* Call with the lock held.  Returns: (transfer full) (nullable): the content of
 * the entry that was found */
static NanogptJournalRecord *
take_up (NanogptKeeper *self)
{
  const NanogptJournalRecord *former;
  NanogptJournalRecord *found;

  if (!self->entry)
    return NULL;
  former = nanogpt_journal_entry_get_record (self->entry);
  /* The process that waited for a response is gone, or has given up. */
  if (former->state == NANOGPT_JOURNAL_SENDING)
    note_loss (self, nanogpt_journal_record_get_patience (former), NULL);
  write_abandoned (self);
  found = nanogpt_journal_record_copy (
      nanogpt_journal_entry_get_record (self->entry));
  nanogpt_bill_take_up (self->bill, found);
  return found;
}

/* Call with the lock held.  Returns: the obstacle */
static NanogptJournalObstacle
find_entry (NanogptKeeper *self, gint64 date, GError **error)
{
  const NanogptJournalRecord *wanted = self->job.record;
  NanogptJournalObstacle obstacle = NANOGPT_JOURNAL_CLEAR;

  if (self->closed)
    reopen (self);
  else if (self->job.run_id)
    self->entry = nanogpt_journal_claim (
        self->state_dir, self->job.run_id, wanted->origin, wanted->account);
  else if (self->job.resume)
    self->entry =
        nanogpt_journal_adopt (self->state_dir, wanted->digest, wanted->number,
            wanted->origin, wanted->account, date, &obstacle, error);
  if (self->entry)
    log_step (self, NANOGPT_LOG_INFO, "resumed", NULL);
  return obstacle;
}

/* Only a job that certainly has no entry may be submitted.  If nothing can be
 * stored, this is reported before anything is sent to the service. */
NanogptJournalRecord *
nanogpt_keeper_open (NanogptKeeper *self, gint64 date,
    NanogptJournalObstacle *obstacle, GError **error)
{
  GError *local_error = NULL;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  *obstacle = find_entry (self, date, &local_error);
  if (*obstacle != NANOGPT_JOURNAL_CLEAR)
    return NULL;
  if (self->entry || self->job.run_id || self->closed)
    return take_up (self);
  if (!local_error && !self->may_do_without
      && !nanogpt_journal_prepare (self->state_dir, &local_error))
    local_error = unavailable_error (local_error);
  else if (!local_error && self->job.resume)
    nanogpt_journal_check_damaged (
        self->state_dir, self->job.record, &local_error);
  if (local_error)
    g_propagate_error (error, local_error);
  return NULL;
}

/* Call with the lock held. */
static void
stamp (NanogptKeeper *self, NanogptJournalRecord *record)
{
  nanogpt_journal_record_stamp (record);
  record->patience = self->job.patience;
  record->lasted = 0;
}

/* Call with the lock held. */
static gboolean
update (NanogptKeeper *self, NanogptJournalState state,
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
  if (charge)
    nanogpt_journal_record_take_charge (record, charge);
  return write_record (self, record, error);
}

/* Sending and accepting */

/* Call with the lock held.  Returns: whether the job may continue; if so, an
 * error is only a warning */
static gboolean
reserve_cost (NanogptKeeper *self, NanogptMicros estimate, GError **error)
{
  GError *local_error = NULL;

  if (nanogpt_bill_reserve (self->bill, estimate, &local_error))
    return TRUE;

  if (local_error->domain != NANOGPT_ERROR && self->may_do_without) {
    g_prefix_error (&local_error, "%s",
        _ ("The cost of this job will be missing from the recorded "
           "spending: "));
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

/* Call with the lock held.  Takes @cause.  A remaining intent would claim that
 * nothing was sent. */
static void
go_without (NanogptKeeper *self, GError *cause, GError **error)
{
  if (self->entry
      && !nanogpt_journal_entry_remove (g_steal_pointer (&self->entry)))
    self->may_do_without = FALSE;
  g_clear_pointer (&self->unwritten, nanogpt_journal_record_free);
  if (!self->may_do_without)
    nanogpt_bill_release (self->bill);
  set_unwritable (self, cause, error);
}

/* Call with the lock held, and no entry. */
static gboolean
make_entry (NanogptKeeper *self, GError **error)
{
  NanogptJournalRecord *record = self->job.record;

  g_free (record->reservation);
  record->reservation = g_strdup (nanogpt_bill_get_reservation (self->bill));
  record->abandoned = g_atomic_int_get (&self->abandoned);
  self->entry = nanogpt_journal_begin (self->state_dir, record, error);
  return self->entry != NULL;
}

/* The reservation goes into the entry when the entry is first written.  A
 * process that is killed between the two steps leaves a reservation for the
 * rest of the day. */
gboolean
nanogpt_keeper_begin (
    NanogptKeeper *self, NanogptMicros estimate, GError **error)
{
  GError *local_error = NULL;
  GError *unwritten = NULL;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (reserve_cost (self, estimate, &local_error)
      && !(self->entry ? update (self, NANOGPT_JOURNAL_INTENT, NULL, &unwritten)
                       : make_entry (self, &unwritten))) {
    g_clear_error (&local_error);
    log_step (self, NANOGPT_LOG_WARNING, "begun", unwritten);
    go_without (self, unwritten, error);
    return FALSE;
  }
  log_step (self, NANOGPT_LOG_DEBUG, "begun", local_error);
  if (!local_error)
    return TRUE;
  g_propagate_error (error, local_error);
  return FALSE;
}

gboolean
nanogpt_keeper_send (NanogptKeeper *self, GError **error)
{
  GError *unwritten = NULL;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  stamp (self, self->job.record);
  if (self->entry)
    update (self, NANOGPT_JOURNAL_SENDING, NULL, &unwritten);
  log_step (self, NANOGPT_LOG_INFO, "sending", unwritten);
  if (!unwritten)
    return TRUE;
  go_without (self, unwritten, error);
  return FALSE;
}

/* Call with the lock held. */
static void
accept (NanogptKeeper *self, const NanogptStoreCharge *charge, GError **error)
{
  if (self->entry)
    update (self, NANOGPT_JOURNAL_ACCEPTED, charge, error);
  nanogpt_bill_charge (self->bill, charge);
}

gboolean
nanogpt_keeper_accept (
    NanogptKeeper *self, const NanogptStoreCharge *charge, GError **error)
{
  GError *local_error = NULL;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  accept (self, charge, &local_error);
  log_step (self, NANOGPT_LOG_INFO, "accepted", local_error);
  return set_kept (self, local_error, error);
}

gboolean
nanogpt_keeper_set_abandoned (NanogptKeeper *self, gboolean abandoned)
{
  if (g_atomic_int_get (&self->abandoned) == abandoned)
    return FALSE;
  g_atomic_int_set (&self->abandoned, abandoned);
  return TRUE;
}

/* If several threads write, the last one finds the latest state. */
void
nanogpt_keeper_write_abandoned (NanogptKeeper *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (self->entry)
    write_abandoned (self);
}

gboolean
nanogpt_keeper_catch_up (NanogptKeeper *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return catch_up (self);
}

gboolean
nanogpt_keeper_withdraw (NanogptKeeper *self, GError **error)
{
  GError *local_error = NULL;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (self->entry
      && nanogpt_journal_entry_get_record (self->entry)->state
          == NANOGPT_JOURNAL_SENDING)
    update (self, NANOGPT_JOURNAL_INTENT, NULL, &local_error);
  log_step (self, NANOGPT_LOG_DEBUG, "withdrawn", local_error);
  return set_kept (self, local_error, error);
}

/* Looking up a lost submit */

gboolean
nanogpt_keeper_lose (NanogptKeeper *self, GError **error)
{
  GError *local_error = NULL;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  note_loss (self, nanogpt_journal_record_get_age (get_own_record (self)),
      &local_error);
  log_step (self, NANOGPT_LOG_INFO, "response lost", local_error);
  return set_kept (self, local_error, error);
}

/* The result is recorded before anyone else may search, in this process or
 * another.  Without a journal, no other process knows of it. */
gboolean
nanogpt_keeper_claim (NanogptKeeper *self, NanogptStoreSearch search,
    gpointer data, GError **error)
{
  g_autofree char *path = g_build_filename (self->state_dir, LOCK_NAME, NULL);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  int lock = nanogpt_lock_file_acquire (path, LOCK_PATIENCE, NULL);
  g_autoptr (NanogptStoreCharge) found = NULL;
  GError *local_error = NULL;

  if (lock >= 0 || !self->entry) {
    g_autoptr (GPtrArray) records = nanogpt_journal_list (self->state_dir);

    found = search (records, get_own_record (self), data);
  }
  if (found) {
    accept (self, found, &local_error);
    log_step (self, NANOGPT_LOG_INFO, "found what became of it", local_error);
  }
  if (lock >= 0)
    nanogpt_lock_file_release (lock);
  return set_kept (self, local_error, error);
}

/* The end */

/* Call with the lock held.  If the entry still says "accepted", the same clip
 * would be played again instead of a new one, so the entry is better
 * removed. */
static void
forget_delivered (NanogptKeeper *self, GError **error)
{
  g_clear_pointer (&self->unwritten, nanogpt_journal_record_free);
  if (nanogpt_journal_entry_remove (g_steal_pointer (&self->entry)))
    g_prefix_error (error,
        _ ("The journal in %s cannot record that the clip was delivered, so "
           "the job was removed from it: "),
        self->state_dir);
  else
    g_prefix_error (error,
        _ ("The journal in %s cannot record that the clip was delivered, so "
           "the next run of the same request will play it again: "),
        self->state_dir);
}

gboolean
nanogpt_keeper_deliver (NanogptKeeper *self, GError **error)
{
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
  return !local_error;
}

void
nanogpt_keeper_complete (
    NanogptKeeper *self, const NanogptStoreCharge *charge, double seconds)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (seconds > 0)
    nanogpt_bill_add_time (self->bill, seconds);
  if (charge) {
    if (self->entry)
      update (self, get_record (self)->state, charge, &error);
    nanogpt_bill_charge (self->bill, charge);
  } else {
    nanogpt_bill_settle (self->bill);
  }
  log_step (self, NANOGPT_LOG_DEBUG, "complete", error);
}

void
nanogpt_keeper_close (NanogptKeeper *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  log_step (self, NANOGPT_LOG_DEBUG, "closed", NULL);
  let_go (self);
}

void
nanogpt_keeper_settle (NanogptKeeper *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  nanogpt_bill_settle (self->bill);
}

void
nanogpt_keeper_drop (NanogptKeeper *self, gboolean charged)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (!charged)
    nanogpt_bill_release (self->bill);
  reopen (self);
  log_step (self, NANOGPT_LOG_DEBUG, "dropped", NULL);
  if (self->entry)
    nanogpt_journal_entry_remove (g_steal_pointer (&self->entry));
  g_clear_pointer (&self->unwritten, nanogpt_journal_record_free);
  g_clear_pointer (&self->closed, g_free);
}
