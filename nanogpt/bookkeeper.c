/* nanovid: one job's entry in the journal, kept off the network thread
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bookkeeper.h"

#include "recovery.h"
#include "url.h"

struct _NanogptBookkeeper
{
  GObject parent;

  char *state_dir;
  gboolean resume;
  NanogptJournalRecord *record; /* what a new entry says */
  char *run_id;                 /* of the job that is attached to, or NULL */

  GMutex lock; /* held while the entry is used */
  NanogptJournalEntry *entry;
};

G_DEFINE_FINAL_TYPE (NanogptBookkeeper, nanogpt_bookkeeper, G_TYPE_OBJECT)

static void
nanogpt_bookkeeper_finalize (GObject *object)
{
  NanogptBookkeeper *self = NANOGPT_BOOKKEEPER (object);

  g_clear_pointer (&self->entry, nanogpt_journal_entry_free);
  g_clear_pointer (&self->record, nanogpt_journal_record_free);
  g_free (self->state_dir);
  g_free (self->run_id);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (nanogpt_bookkeeper_parent_class)->finalize (object);
}

static void
nanogpt_bookkeeper_class_init (NanogptBookkeeperClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = nanogpt_bookkeeper_finalize;
}

static void
nanogpt_bookkeeper_init (NanogptBookkeeper *self)
{
  g_mutex_init (&self->lock);
}

NanogptBookkeeper *
nanogpt_bookkeeper_new (
    NanogptRequest *request, const NanogptSettings *settings)
{
  NanogptBookkeeper *self = g_object_new (NANOGPT_TYPE_BOOKKEEPER, NULL);
  g_autoptr (GUri) base = nanogpt_base_url_parse (settings->base_url, NULL);

  self->state_dir = g_strdup (settings->state_dir);
  self->resume = settings->resume && !settings->fresh;
  self->run_id = g_strdup (settings->run_id);
  self->record = nanogpt_journal_record_new ();
  self->record->origin = nanogpt_url_get_origin (base);
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
run_in_thread (NanogptBookkeeper *self, GTaskThreadFunc function, gpointer data,
    GDestroyNotify notify, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);

  g_task_set_task_data (task, data, notify);
  g_task_run_in_thread (task, function);
}

/* Takes @error.  Without an entry nothing more is written. */
static void
return_warning (GTask *task, NanogptBookkeeper *self, GError *error)
{
  g_prefix_error (&error,
      "The journal in %s cannot be written, so this job will not be found "
      "again if the process ends: ",
      self->state_dir);
  g_clear_pointer (&self->entry, nanogpt_journal_entry_free);
  g_task_return_error (task, error);
}

static char *
take_warning (GError *error)
{
  char *warning = error ? g_strdup (error->message) : NULL;

  g_clear_error (&error);
  return warning;
}

static void
open_in_thread (GTask *task, gpointer source, gpointer data G_GNUC_UNUSED,
    GCancellable *cancellable G_GNUC_UNUSED)
{
  NanogptBookkeeper *self = source;
  const NanogptJournalRecord *wanted = self->record;
  NanogptJournalRecord *found = NULL;
  GError *error = NULL;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (self->run_id)
    self->entry = nanogpt_journal_claim (
        self->state_dir, self->run_id, wanted->origin, wanted->account);
  else if (self->resume)
    self->entry = nanogpt_journal_adopt (
        self->state_dir, wanted->digest, wanted->origin, wanted->account);
  if (!self->entry && !self->run_id)
    self->entry = nanogpt_journal_begin (self->state_dir, wanted, &error);

  if (error) {
    return_warning (task, self, error);
    return;
  }
  if (self->entry)
    found = nanogpt_journal_record_copy (
        nanogpt_journal_entry_get_record (self->entry));
  g_task_return_pointer (
      task, found, (GDestroyNotify)nanogpt_journal_record_free);
}

void
nanogpt_bookkeeper_open_async (
    NanogptBookkeeper *self, GAsyncReadyCallback callback, gpointer user_data)
{
  run_in_thread (self, open_in_thread, NULL, NULL, callback, user_data);
}

NanogptJournalRecord *
nanogpt_bookkeeper_open_finish (
    NanogptBookkeeper *self G_GNUC_UNUSED, GAsyncResult *result, char **warning)
{
  GError *error = NULL;
  NanogptJournalRecord *record =
      g_task_propagate_pointer (G_TASK (result), &error);

  *warning = take_warning (error);
  return record;
}

/* Call with the lock held. */
static gboolean
update (NanogptBookkeeper *self, NanogptJournalState state,
    const NanogptAnswer *answer, GError **error)
{
  g_autoptr (NanogptJournalRecord) record = nanogpt_journal_record_copy (
      nanogpt_journal_entry_get_record (self->entry));

  record->state = state;
  if (state == NANOGPT_JOURNAL_SENDING)
    record->sent = g_get_real_time ();
  if (answer) {
    g_free (record->run_id);
    record->run_id = g_strdup (answer->run_id);
    if (answer->model) {
      g_free (record->model);
      record->model = g_strdup (answer->model);
    }
    if (answer->payment_source) {
      g_free (record->payment_source);
      record->payment_source = g_strdup (answer->payment_source);
    }
    if (answer->cost >= 0)
      record->cost = answer->cost;
  }
  return nanogpt_journal_entry_update (self->entry, record, error);
}

static void
send_in_thread (GTask *task, gpointer source, gpointer data G_GNUC_UNUSED,
    GCancellable *cancellable G_GNUC_UNUSED)
{
  NanogptBookkeeper *self = source;
  GError *error = NULL;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (self->entry && !update (self, NANOGPT_JOURNAL_SENDING, NULL, &error)) {
    /* An intent that stayed would say that nothing was sent. */
    g_clear_pointer (&self->entry, nanogpt_journal_entry_remove);
    return_warning (task, self, error);
  } else
    g_task_return_boolean (task, TRUE);
}

void
nanogpt_bookkeeper_send_async (
    NanogptBookkeeper *self, GAsyncReadyCallback callback, gpointer user_data)
{
  run_in_thread (self, send_in_thread, NULL, NULL, callback, user_data);
}

static void
accept_in_thread (GTask *task, gpointer source, gpointer data,
    GCancellable *cancellable G_GNUC_UNUSED)
{
  NanogptBookkeeper *self = source;
  GError *error = NULL;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (self->entry && !update (self, NANOGPT_JOURNAL_ACCEPTED, data, &error))
    return_warning (task, self, error);
  else
    g_task_return_boolean (task, TRUE);
}

void
nanogpt_bookkeeper_accept_async (NanogptBookkeeper *self,
    const NanogptAnswer *answer, GAsyncReadyCallback callback,
    gpointer user_data)
{
  run_in_thread (self, accept_in_thread, nanogpt_answer_copy (answer),
      (GDestroyNotify)nanogpt_answer_free, callback, user_data);
}

void
nanogpt_bookkeeper_finish (
    NanogptBookkeeper *self G_GNUC_UNUSED, GAsyncResult *result, char **warning)
{
  GError *error = NULL;

  g_task_propagate_boolean (G_TASK (result), &error);
  *warning = take_warning (error);
}

static void
own_all_in_thread (GTask *task, gpointer source, gpointer data G_GNUC_UNUSED,
    GCancellable *cancellable G_GNUC_UNUSED)
{
  NanogptBookkeeper *self = source;
  g_autoptr (GPtrArray) records = nanogpt_journal_list (self->state_dir);

  for (guint i = 0; i < records->len; i++) {
    const NanogptJournalRecord *record = g_ptr_array_index (records, i);

    if (record->run_id)
      nanogpt_recovery_own (record->run_id);
  }
  g_task_return_boolean (task, TRUE);
}

void
nanogpt_bookkeeper_own_all_async (
    NanogptBookkeeper *self, GAsyncReadyCallback callback, gpointer user_data)
{
  run_in_thread (self, own_all_in_thread, NULL, NULL, callback, user_data);
}

void
nanogpt_bookkeeper_deliver (NanogptBookkeeper *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  /* Nobody is left to be warned: at worst the clip is fetched once more. */
  if (self->entry)
    update (self, NANOGPT_JOURNAL_DELIVERED, NULL, NULL);
}

static void
drop_in_thread (GTask *task, gpointer source, gpointer data G_GNUC_UNUSED,
    GCancellable *cancellable G_GNUC_UNUSED)
{
  NanogptBookkeeper *self = source;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  g_clear_pointer (&self->entry, nanogpt_journal_entry_remove);
  g_task_return_boolean (task, TRUE);
}

void
nanogpt_bookkeeper_drop (NanogptBookkeeper *self)
{
  run_in_thread (self, drop_in_thread, NULL, NULL, NULL, NULL);
}
