/* nanovid: one job's entry in the journal, kept off the network thread
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "journal-writer.h"

#include <glib/gi18n-lib.h>

#include "costs.h"
#include "nanogpt/store/files/journal.h"
#include "nanogpt/store/files/lock-file.h"
#include "nanogpt/base/timer.h"
#include "nanogpt/base/url.h"

/* In the state directory: held while somebody finds out which job is whose. */
#define LOCK_NAME "recovery.lock"
#define LOCK_PATIENCE (10 * G_TIME_SPAN_SECOND)

/* Of errors that say what obstacle there is */
#define OBSTACLE (g_quark_from_static_string ("nanogpt-journal-obstacle"))

/* How soon what could not be written is tried again. */
#define RETRY_INTERVAL (2 * G_TIME_SPAN_SECOND)

struct _NanogptJournalWriter
{
  GObject parent;

  char *state_dir;
  gboolean may_do_without; /* when nothing can be kept in it */
  gboolean resume;
  gint64 patience;              /* for the answer to a submit, microseconds */
  NanogptJournalRecord *record; /* what a new entry says */
  NanogptTimer *retry;          /* the network thread's own */
  char *run_id;                 /* of the job that is attached to, or NULL */
  int abandoned;                /* atomic */

  GMutex lock; /* held while the following is used */
  NanogptJournalEntry *entry;
  NanogptJournalRecord
      *unwritten; /* what it should say and does not, or NULL */
  char *closed;   /* name of the entry that was let go of, or NULL */
  NanogptCosts *costs;
};

G_DEFINE_FINAL_TYPE (
    NanogptJournalWriter, nanogpt_journal_writer, G_TYPE_OBJECT)

static void
nanogpt_journal_writer_finalize (GObject *object)
{
  NanogptJournalWriter *self = NANOGPT_JOURNAL_WRITER (object);

  g_clear_pointer (&self->entry, nanogpt_journal_entry_free);
  g_clear_pointer (&self->unwritten, nanogpt_journal_record_free);
  g_clear_pointer (&self->record, nanogpt_journal_record_free);
  g_clear_pointer (&self->costs, nanogpt_costs_free);
  g_free (self->state_dir);
  g_free (self->run_id);
  g_free (self->closed);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (nanogpt_journal_writer_parent_class)->finalize (object);
}

static void
nanogpt_journal_writer_class_init (NanogptJournalWriterClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = nanogpt_journal_writer_finalize;
}

static void
nanogpt_journal_writer_init (NanogptJournalWriter *self)
{
  g_mutex_init (&self->lock);
}

NanogptJournalWriter *
nanogpt_journal_writer_new (
    NanogptRequest *request, const NanogptSettings *settings)
{
  NanogptJournalWriter *self = g_object_new (NANOGPT_TYPE_JOURNAL_WRITER, NULL);
  g_autoptr (GUri) base = nanogpt_base_url_parse (settings->base_url, NULL);

  self->state_dir = g_strdup (settings->state_dir);
  self->may_do_without = settings->state_dir_is_default;
  self->resume = settings->resume && !settings->fresh;
  self->run_id = g_strdup (settings->run_id);
  self->patience = settings->http_timeout * G_TIME_SPAN_SECOND;
  self->record = nanogpt_journal_record_new ();
  self->record->origin = nanogpt_url_get_origin (base);

  self->costs = nanogpt_costs_new (request, settings, self->record->origin);
  self->record->account = nanogpt_journal_get_account (settings->api_key);
  if (request) {
    self->record->digest = g_strdup (nanogpt_request_get_digest (request));
    self->record->model = g_strdup (nanogpt_request_get_model (request));
    self->record->prompt = g_strdup (nanogpt_request_get_prompt (request));
    self->record->conversation =
        g_strdup (nanogpt_request_get_conversation (request));
  }
  return self;
}

static void
run_in_thread (NanogptJournalWriter *self, GTaskThreadFunc function,
    gpointer data, GDestroyNotify notify, GAsyncReadyCallback callback,
    gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);

  g_task_set_task_data (task, data, notify);
  g_task_run_in_thread (task, function);
}

static char *
take_warning (GError *error)
{
  char *warning = error ? g_strdup (error->message) : NULL;

  g_clear_error (&error);
  return warning;
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
return_unwritable (GTask *task, NanogptJournalWriter *self, GError *error)
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

/* Takes @error. Returns: whether it is no more than a warning */
static gboolean
sort_out (GError *error, char **warning, GError **hard)
{
  if (error && error->domain == NANOGPT_ERROR) {
    g_propagate_error (hard, error);
    return FALSE;
  }
  *warning = take_warning (error);
  return TRUE;
}

/* Call with the lock held. */
static void
reopen (NanogptJournalWriter *self)
{
  if (!self->entry && self->closed)
    self->entry = nanogpt_journal_open (self->state_dir, self->closed, NULL);
}

/* Call with the lock held, and an entry.  Returns: what it should say */
static const NanogptJournalRecord *
get_record (NanogptJournalWriter *self)
{
  return self->unwritten ? self->unwritten
                         : nanogpt_journal_entry_get_record (self->entry);
}

/* Call with the lock held, and an entry.  Takes @record, and keeps it for later
 * when it cannot be written. */
static gboolean
write_record (
    NanogptJournalWriter *self, NanogptJournalRecord *record, GError **error)
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
catch_up (NanogptJournalWriter *self)
{
  return !self->entry || !self->unwritten
      || write_record (self, self->unwritten, NULL);
}

/* Call with the lock held. */
static void
let_go (NanogptJournalWriter *self)
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
get_own_record (NanogptJournalWriter *self)
{
  return self->entry ? get_record (self) : self->record;
}

/* Call with the lock held.  Until when a job can have come of the submit is
 * written down once: others have to know, too. */
static gboolean
note_loss (NanogptJournalWriter *self, gint64 lasted, GError **error)
{
  const NanogptJournalRecord *own = get_own_record (self);
  NanogptJournalRecord *record;

  if (own->lasted > 0)
    return TRUE;
  self->record->lasted = MAX (lasted, 1);
  if (!self->entry)
    return TRUE;
  record = nanogpt_journal_record_copy (own);
  record->lasted = self->record->lasted;
  return write_record (self, record, error);
}

/* Call with the lock held, and an entry.  Should it fail, others wait a while
 * for nothing, or do not wait. */
static void
write_abandoned (NanogptJournalWriter *self)
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

/* Call with the lock held. */
static void
take_up_costs (NanogptJournalWriter *self, const NanogptJournalRecord *found)
{
  NanogptResponse charge = { .run_id = found->run_id,
    .payment_source = found->payment_source,
    .cost = found->cost };

  nanogpt_costs_take_up (
      self->costs, found->reservation, found->run_id ? &charge : NULL);
}

static void
open_in_thread (GTask *task, gpointer source, gpointer data,
    GCancellable *cancellable G_GNUC_UNUSED)
{
  NanogptJournalWriter *self = source;
  const NanogptJournalRecord *wanted = self->record;
  NanogptJournalRecord *found = NULL;
  gint64 date = *(gint64 *)data;
  NanogptJournalObstacle obstacle = NANOGPT_JOURNAL_CLEAR;
  GError *error = NULL;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (self->closed)
    reopen (self);
  else if (self->run_id)
    self->entry = nanogpt_journal_claim (
        self->state_dir, self->run_id, wanted->origin, wanted->account);
  else if (self->resume)
    self->entry = nanogpt_journal_adopt (self->state_dir, wanted->digest,
        wanted->origin, wanted->account, date, &obstacle);
  if (obstacle != NANOGPT_JOURNAL_CLEAR) {
    g_task_return_error (
        task, g_error_new (OBSTACLE, obstacle, "something is in the way"));
    return;
  }
  if (!self->entry && !self->run_id && !self->closed)
    self->entry = nanogpt_journal_begin (self->state_dir, wanted, &error);

  if (error) {
    return_unwritable (task, self, error);
    return;
  }
  if (self->entry) {
    /* Whoever waited for an answer is gone, or has given up. */
    if (nanogpt_journal_entry_get_record (self->entry)->state
        == NANOGPT_JOURNAL_SENDING)
      note_loss (self,
          nanogpt_recovery_get_patience (
              nanogpt_journal_entry_get_record (self->entry)),
          NULL);
    write_abandoned (self);
    found = nanogpt_journal_record_copy (
        nanogpt_journal_entry_get_record (self->entry));
    take_up_costs (self, found);
  }
  g_task_return_pointer (
      task, found, (GDestroyNotify)nanogpt_journal_record_free);
}

void
nanogpt_journal_writer_open_async (NanogptJournalWriter *self, gint64 date,
    GAsyncReadyCallback callback, gpointer user_data)
{
  run_in_thread (self, open_in_thread, g_memdup2 (&date, sizeof date), g_free,
      callback, user_data);
}

NanogptJournalRecord *
nanogpt_journal_writer_open_finish (NanogptJournalWriter *self G_GNUC_UNUSED,
    GAsyncResult *result, NanogptJournalObstacle *obstacle, char **warning,
    GError **hard)
{
  GError *error = NULL;
  NanogptJournalRecord *record =
      g_task_propagate_pointer (G_TASK (result), &error);

  *obstacle = NANOGPT_JOURNAL_CLEAR;
  if (error && error->domain == OBSTACLE) {
    *obstacle = error->code;
    g_clear_error (&error);
  }
  *warning = NULL;
  sort_out (error, warning, hard);
  return record;
}

/* Call with the lock held. */
static void
stamp (NanogptJournalWriter *self, NanogptJournalRecord *record)
{
  nanogpt_recovery_stamp (record);
  record->patience = self->patience;
  record->lasted = 0;
}

/* Call with the lock held. */
static gboolean
update (NanogptJournalWriter *self, NanogptJournalState state,
    const NanogptResponse *response, GError **error)
{
  NanogptJournalRecord *record =
      nanogpt_journal_record_copy (get_record (self));

  record->state = state;
  record->abandoned = g_atomic_int_get (&self->abandoned);
  g_free (record->reservation);
  record->reservation = g_strdup (nanogpt_costs_get_reservation (self->costs));
  if (state == NANOGPT_JOURNAL_SENDING)
    stamp (self, record);
  if (response) {
    if (!record->dated)
      record->dated = response->date;
    if (!record->run_id)
      record->run_id = g_strdup (response->run_id);
    if (!record->model)
      record->model = g_strdup (response->model);
    if (response->payment_source) {
      g_free (record->payment_source);
      record->payment_source = g_strdup (response->payment_source);
    }
    if (response->cost >= 0)
      record->cost = response->cost;
  }
  return write_record (self, record, error);
}

/* Sending and accepting */

/* Call with the lock held.  Returns: whether the job may go on; with an error,
 * too, when that is no more than a warning */
static gboolean
reserve (NanogptJournalWriter *self, double estimate, GError **error)
{
  GError *local_error = NULL;

  if (nanogpt_costs_reserve (self->costs, estimate, &local_error))
    return TRUE;

  if (local_error->domain != NANOGPT_ERROR && self->may_do_without) {
    g_prefix_error (&local_error, "%s",
        _ ("What this job costs will be missing from what was spent: "));
    g_propagate_error (error, local_error);
    return TRUE;
  }
  if (local_error->domain != NANOGPT_ERROR) {
    nanogpt_costs_release (self->costs);
    local_error = unavailable_error (local_error);
  }
  g_propagate_error (error, local_error);
  return FALSE;
}

static void
send_in_thread (GTask *task, gpointer source, gpointer data,
    GCancellable *cancellable G_GNUC_UNUSED)
{
  NanogptJournalWriter *self = source;
  GError *error = NULL;
  GError *unwritten = NULL;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  stamp (self, self->record);
  if (reserve (self, *(double *)data, &error) && self->entry
      && !update (self, NANOGPT_JOURNAL_SENDING, NULL, &unwritten)) {
    g_clear_error (&error);
    /* An intent that stayed would say that nothing was sent. */
    if (!nanogpt_journal_entry_remove (g_steal_pointer (&self->entry)))
      self->may_do_without = FALSE;
    g_clear_pointer (&self->unwritten, nanogpt_journal_record_free);
    if (!self->may_do_without)
      nanogpt_costs_release (self->costs);
    return_unwritable (task, self, unwritten);
  } else if (error) {
    g_task_return_error (task, error);
  } else {
    g_task_return_boolean (task, TRUE);
  }
}

void
nanogpt_journal_writer_send_async (NanogptJournalWriter *self, double estimate,
    GAsyncReadyCallback callback, gpointer user_data)
{
  run_in_thread (self, send_in_thread, g_memdup2 (&estimate, sizeof estimate),
      g_free, callback, user_data);
}

gboolean
nanogpt_journal_writer_send_finish (NanogptJournalWriter *self G_GNUC_UNUSED,
    GAsyncResult *result, char **warning, GError **error)
{
  GError *local_error = NULL;

  *warning = NULL;
  g_task_propagate_boolean (G_TASK (result), &local_error);
  return sort_out (local_error, warning, error);
}

/* Takes @error. */
static void
return_kept (GTask *task, NanogptJournalWriter *self, GError *error)
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
    NanogptJournalWriter *self, const NanogptResponse *response, GError **error)
{
  if (self->entry)
    update (self, NANOGPT_JOURNAL_ACCEPTED, response, error);
  nanogpt_costs_charge (self->costs, response);
}

static void
abandon_in_thread (GTask *task, gpointer source, gpointer data G_GNUC_UNUSED,
    GCancellable *cancellable G_GNUC_UNUSED)
{
  NanogptJournalWriter *self = source;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (self->entry)
    write_abandoned (self);
  g_task_return_boolean (task, TRUE);
}

/* Of several threads, the last to write finds the last word. */
void
nanogpt_journal_writer_set_abandoned (
    NanogptJournalWriter *self, gboolean abandoned)
{
  if (g_atomic_int_get (&self->abandoned) == abandoned)
    return;
  g_atomic_int_set (&self->abandoned, abandoned);
  run_in_thread (self, abandon_in_thread, NULL, NULL, NULL, NULL);
}

static void
accept_in_thread (GTask *task, gpointer source, gpointer data,
    GCancellable *cancellable G_GNUC_UNUSED)
{
  NanogptJournalWriter *self = source;
  GError *error = NULL;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  accept (self, data, &error);
  return_kept (task, self, error);
}

void
nanogpt_journal_writer_accept_async (NanogptJournalWriter *self,
    const NanogptResponse *response, GAsyncReadyCallback callback,
    gpointer user_data)
{
  run_in_thread (self, accept_in_thread, nanogpt_response_copy (response),
      (GDestroyNotify)nanogpt_response_free, callback, user_data);
}

static void
catch_up_in_thread (GTask *task, gpointer source, gpointer data G_GNUC_UNUSED,
    GCancellable *cancellable G_GNUC_UNUSED)
{
  NanogptJournalWriter *self = source;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  g_task_return_boolean (task, catch_up (self));
}

static void on_caught_up (GObject *source, GAsyncResult *result, gpointer data);

static gboolean
on_retry (gpointer data)
{
  NanogptJournalWriter *self = data;

  run_in_thread (self, catch_up_in_thread, NULL, NULL, on_caught_up, NULL);
  return G_SOURCE_REMOVE;
}

static void
try_later (NanogptJournalWriter *self)
{
  nanogpt_timer_clear (&self->retry);
  self->retry = nanogpt_timer_new (
      RETRY_INTERVAL, on_retry, g_object_ref (self), g_object_unref);
}

static void
on_caught_up (
    GObject *source, GAsyncResult *result, gpointer data G_GNUC_UNUSED)
{
  NanogptJournalWriter *self = NANOGPT_JOURNAL_WRITER (source);

  /* There is no timer any more when the entry was let go of meanwhile. */
  if (!g_task_propagate_boolean (G_TASK (result), NULL) && self->retry)
    try_later (self);
}

void
nanogpt_journal_writer_accept_finish (
    NanogptJournalWriter *self, GAsyncResult *result, char **warning)
{
  GError *error = NULL;

  g_task_propagate_boolean (G_TASK (result), &error);
  if (error)
    try_later (self);
  *warning = take_warning (error);
}

static void
withdraw_in_thread (GTask *task, gpointer source, gpointer data G_GNUC_UNUSED,
    GCancellable *cancellable G_GNUC_UNUSED)
{
  NanogptJournalWriter *self = source;
  GError *error = NULL;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (self->entry
      && nanogpt_journal_entry_get_record (self->entry)->state
          == NANOGPT_JOURNAL_SENDING)
    update (self, NANOGPT_JOURNAL_INTENT, NULL, &error);
  return_kept (task, self, error);
}

void
nanogpt_journal_writer_withdraw_async (NanogptJournalWriter *self,
    GAsyncReadyCallback callback, gpointer user_data)
{
  run_in_thread (self, withdraw_in_thread, NULL, NULL, callback, user_data);
}

void
nanogpt_journal_writer_withdraw_finish (
    NanogptJournalWriter *self, GAsyncResult *result, char **warning)
{
  nanogpt_journal_writer_accept_finish (self, result, warning);
}

/* Looking up what was lost */

static void
lose_in_thread (GTask *task, gpointer source, gpointer data G_GNUC_UNUSED,
    GCancellable *cancellable G_GNUC_UNUSED)
{
  NanogptJournalWriter *self = source;
  GError *error = NULL;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  note_loss (self, nanogpt_recovery_get_age (get_own_record (self)), &error);
  return_kept (task, self, error);
}

void
nanogpt_journal_writer_lose_async (NanogptJournalWriter *self,
    GAsyncReadyCallback callback, gpointer user_data)
{
  run_in_thread (self, lose_in_thread, NULL, NULL, callback, user_data);
}

void
nanogpt_journal_writer_lose_finish (
    NanogptJournalWriter *self, GAsyncResult *result, char **warning)
{
  nanogpt_journal_writer_accept_finish (self, result, warning);
}

typedef struct
{
  GPtrArray *runs;
  GDateTime *date;
  gint64 asked;
  NanogptRecoveryOutcome outcome;
  NanogptResponse *response; /* the job that was found */
} Claim;

static void
claim_free (gpointer data)
{
  Claim *claim = data;

  g_ptr_array_unref (claim->runs);
  g_clear_pointer (&claim->date, g_date_time_unref);
  nanogpt_response_free (claim->response);
  g_free (claim);
}

/* What one has found is written down before the next may look, here or in
 * another process.  Without a journal no other process knows. */
static void
claim_in_thread (GTask *task, gpointer source, gpointer data,
    GCancellable *cancellable G_GNUC_UNUSED)
{
  NanogptJournalWriter *self = source;
  Claim *claim = data;
  g_autofree char *path = g_build_filename (self->state_dir, LOCK_NAME, NULL);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  int lock = nanogpt_lock_file_acquire (path, LOCK_PATIENCE, NULL);
  GError *error = NULL;

  if (lock < 0 && self->entry)
    claim->outcome = NANOGPT_RECOVERY_UNCLEAR;
  else
    claim->outcome =
        nanogpt_recovery_search (self->state_dir, get_own_record (self),
            claim->runs, claim->date, claim->asked, &claim->response);
  if (claim->outcome == NANOGPT_RECOVERY_FOUND)
    accept (self, claim->response, &error);
  if (lock >= 0)
    nanogpt_lock_file_release (lock);
  return_kept (task, self, error);
}

void
nanogpt_journal_writer_claim_async (NanogptJournalWriter *self, GPtrArray *runs,
    GDateTime *date, gint64 asked, GAsyncReadyCallback callback,
    gpointer user_data)
{
  Claim *claim = g_new0 (Claim, 1);

  claim->runs = g_ptr_array_ref (runs);
  claim->date = date ? g_date_time_ref (date) : NULL;
  claim->asked = asked;
  run_in_thread (self, claim_in_thread, claim, claim_free, callback, user_data);
}

NanogptRecoveryOutcome
nanogpt_journal_writer_claim_finish (NanogptJournalWriter *self,
    GAsyncResult *result, NanogptResponse **response, char **warning)
{
  Claim *claim = g_task_get_task_data (G_TASK (result));

  nanogpt_journal_writer_accept_finish (self, result, warning);
  *response = g_steal_pointer (&claim->response);
  return claim->outcome;
}

/* Call with the lock held.  An entry that still says "accepted" would have the
 * same clip played once more instead of a new one: it had better go. */
static char *
forget_delivered (NanogptJournalWriter *self, const GError *cause)
{
  g_clear_pointer (&self->unwritten, nanogpt_journal_record_free);
  if (nanogpt_journal_entry_remove (g_steal_pointer (&self->entry)))
    return g_strdup_printf (
        _ ("That the clip was delivered cannot be written to the journal in "
           "%s, so the job was removed from it: %s"),
        self->state_dir, cause->message);
  return g_strdup_printf (
      _ ("That the clip was delivered cannot be written to the journal in %s, "
         "so the next run of the same will play it again: %s"),
      self->state_dir, cause->message);
}

char *
nanogpt_journal_writer_deliver (NanogptJournalWriter *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  gboolean was_open = self->entry != NULL;
  g_autoptr (GError) error = NULL;
  char *warning = NULL;

  reopen (self);
  if (self->entry && !update (self, NANOGPT_JOURNAL_DELIVERED, NULL, &error))
    warning = forget_delivered (self, error);
  if (!was_open)
    let_go (self);
  nanogpt_costs_settle (self->costs);
  return warning;
}

typedef struct
{
  NanogptResponse *response;
  double seconds;
} Completion;

static void
completion_free (gpointer data)
{
  Completion *completion = data;

  nanogpt_response_free (completion->response);
  g_free (completion);
}

static void
complete_in_thread (GTask *task, gpointer source, gpointer data,
    GCancellable *cancellable G_GNUC_UNUSED)
{
  NanogptJournalWriter *self = source;
  const Completion *completion = data;
  const NanogptResponse *response = completion->response;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (completion->seconds > 0)
    nanogpt_costs_add_time (self->costs, completion->seconds);
  if (response->cost >= 0
      && response->cost != nanogpt_costs_get_charged (self->costs)) {
    if (self->entry)
      update (self, get_record (self)->state, response, NULL);
    nanogpt_costs_charge (self->costs, response);
  } else {
    nanogpt_costs_settle (self->costs);
  }
  g_task_return_boolean (task, TRUE);
}

void
nanogpt_journal_writer_complete (
    NanogptJournalWriter *self, const NanogptResponse *response, double seconds)
{
  Completion *completion = g_new (Completion, 1);

  completion->response = nanogpt_response_copy (response);
  completion->seconds = seconds;
  run_in_thread (
      self, complete_in_thread, completion, completion_free, NULL, NULL);
}

static void
close_in_thread (GTask *task, gpointer source, gpointer data G_GNUC_UNUSED,
    GCancellable *cancellable G_GNUC_UNUSED)
{
  NanogptJournalWriter *self = source;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  let_go (self);
  g_task_return_boolean (task, TRUE);
  /* Nobody waits for that. */
  nanogpt_costs_settle (self->costs);
}

void
nanogpt_journal_writer_close_async (NanogptJournalWriter *self,
    GAsyncReadyCallback callback, gpointer user_data)
{
  nanogpt_timer_clear (&self->retry);
  run_in_thread (self, close_in_thread, NULL, NULL, callback, user_data);
}

static void
drop_in_thread (GTask *task, gpointer source, gpointer data,
    GCancellable *cancellable G_GNUC_UNUSED)
{
  NanogptJournalWriter *self = source;
  gboolean charged = GPOINTER_TO_INT (data);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (!charged)
    nanogpt_costs_release (self->costs);
  reopen (self);
  if (self->entry)
    nanogpt_journal_entry_remove (g_steal_pointer (&self->entry));
  g_clear_pointer (&self->unwritten, nanogpt_journal_record_free);
  g_clear_pointer (&self->closed, g_free);
  g_task_return_boolean (task, TRUE);
}

void
nanogpt_journal_writer_drop_async (NanogptJournalWriter *self, gboolean charged,
    GAsyncReadyCallback callback, gpointer user_data)
{
  nanogpt_timer_clear (&self->retry);
  run_in_thread (self, drop_in_thread, GINT_TO_POINTER (charged), NULL,
      callback, user_data);
}
