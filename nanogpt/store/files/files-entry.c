/* nanovid: what a state directory keeps of one job
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "files-entry.h"

#include "keeper.h"
#include "nanogpt/base/timer.h"

/* How soon what could not be written is tried again. */
#define RETRY_INTERVAL (2 * G_TIME_SPAN_SECOND)

/* Tag of tasks whose failure is tried again */
static char kept;

struct _NanogptFilesEntry
{
  NanogptStoreEntry parent;

  NanogptKeeper *keeper;
  NanogptTimer *retry; /* of the thread that all is asked for on */
};

G_DEFINE_FINAL_TYPE (
    NanogptFilesEntry, nanogpt_files_entry, NANOGPT_TYPE_STORE_ENTRY)

static void
nanogpt_files_entry_finalize (GObject *object)
{
  nanogpt_keeper_free (NANOGPT_FILES_ENTRY (object)->keeper);
  G_OBJECT_CLASS (nanogpt_files_entry_parent_class)->finalize (object);
}

static void
nanogpt_files_entry_init (NanogptFilesEntry *self G_GNUC_UNUSED)
{
}

/* What is asked of the keeper, on another thread */

typedef struct
{
  gint64 date;
  NanogptJournalObstacle obstacle;
  NanogptMicros estimate;
  NanogptStoreCharge *charge; /* or NULL */
  double seconds;
  gboolean charged;
  NanogptStoreSearch search;
  gpointer data;
} Step;

static void
step_free (gpointer data)
{
  Step *step = data;

  g_clear_pointer (&step->charge, nanogpt_store_charge_free);
  g_free (step);
}

static void
run_in_thread (gpointer self, GTaskThreadFunc function, Step step,
    GAsyncReadyCallback callback, gpointer user_data, gpointer tag)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, tag);
  g_task_set_task_data (task, g_memdup2 (&step, sizeof step), step_free);
  g_task_run_in_thread (task, function);
}

static void
return_outcome (GTask *task, gboolean done, GError *error)
{
  if (error)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, done);
}

static void
open_in_thread (GTask *task, gpointer source, gpointer data,
    GCancellable *cancellable G_GNUC_UNUSED)
{
  NanogptFilesEntry *self = source;
  Step *step = data;
  GError *error = NULL;
  NanogptJournalRecord *record =
      nanogpt_keeper_open (self->keeper, step->date, &step->obstacle, &error);

  if (error)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (
        task, record, (GDestroyNotify)nanogpt_journal_record_free);
}

static void
files_open_async (NanogptStoreEntry *entry, gint64 date,
    GAsyncReadyCallback callback, gpointer user_data)
{
  run_in_thread (
      entry, open_in_thread, (Step){ .date = date }, callback, user_data, NULL);
}

static NanogptJournalRecord *
files_open_finish (NanogptStoreEntry *self G_GNUC_UNUSED, GAsyncResult *result,
    NanogptJournalObstacle *obstacle, GError **error)
{
  const Step *step = g_task_get_task_data (G_TASK (result));

  *obstacle = step->obstacle;
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
begin_in_thread (GTask *task, gpointer source, gpointer data,
    GCancellable *cancellable G_GNUC_UNUSED)
{
  NanogptFilesEntry *self = source;
  const Step *step = data;
  GError *error = NULL;
  gboolean done = nanogpt_keeper_begin (self->keeper, step->estimate, &error);

  return_outcome (task, done, error);
}

static void
files_begin_async (NanogptStoreEntry *entry, NanogptMicros estimate,
    GAsyncReadyCallback callback, gpointer user_data)
{
  run_in_thread (entry, begin_in_thread, (Step){ .estimate = estimate },
      callback, user_data, NULL);
}

static void
send_in_thread (GTask *task, gpointer source, gpointer data G_GNUC_UNUSED,
    GCancellable *cancellable G_GNUC_UNUSED)
{
  NanogptFilesEntry *self = source;
  GError *error = NULL;
  gboolean done = nanogpt_keeper_send (self->keeper, &error);

  return_outcome (task, done, error);
}

static void
files_send_async (
    NanogptStoreEntry *entry, GAsyncReadyCallback callback, gpointer user_data)
{
  run_in_thread (entry, send_in_thread, (Step){ .charge = NULL }, callback,
      user_data, NULL);
}

/* Nobody else can have what is locked. */
static gboolean
files_may_send (NanogptStoreEntry *self G_GNUC_UNUSED)
{
  return TRUE;
}

static void
withdraw_in_thread (GTask *task, gpointer source, gpointer data G_GNUC_UNUSED,
    GCancellable *cancellable G_GNUC_UNUSED)
{
  NanogptFilesEntry *self = source;
  GError *error = NULL;
  gboolean done = nanogpt_keeper_withdraw (self->keeper, &error);

  return_outcome (task, done, error);
}

static void
files_withdraw_async (
    NanogptStoreEntry *entry, GAsyncReadyCallback callback, gpointer user_data)
{
  run_in_thread (entry, withdraw_in_thread, (Step){ .charge = NULL }, callback,
      user_data, &kept);
}

static void
accept_in_thread (GTask *task, gpointer source, gpointer data,
    GCancellable *cancellable G_GNUC_UNUSED)
{
  NanogptFilesEntry *self = source;
  const Step *step = data;
  GError *error = NULL;
  gboolean done = nanogpt_keeper_accept (self->keeper, step->charge, &error);

  return_outcome (task, done, error);
}

static void
files_accept_async (NanogptStoreEntry *entry, const NanogptStoreCharge *charge,
    GAsyncReadyCallback callback, gpointer user_data)
{
  run_in_thread (entry, accept_in_thread,
      (Step){ .charge = nanogpt_store_charge_copy (charge) }, callback,
      user_data, &kept);
}

static void
lose_in_thread (GTask *task, gpointer source, gpointer data G_GNUC_UNUSED,
    GCancellable *cancellable G_GNUC_UNUSED)
{
  NanogptFilesEntry *self = source;
  GError *error = NULL;
  gboolean done = nanogpt_keeper_lose (self->keeper, &error);

  return_outcome (task, done, error);
}

static void
files_lose_async (
    NanogptStoreEntry *entry, GAsyncReadyCallback callback, gpointer user_data)
{
  run_in_thread (entry, lose_in_thread, (Step){ .charge = NULL }, callback,
      user_data, &kept);
}

static void
claim_in_thread (GTask *task, gpointer source, gpointer data,
    GCancellable *cancellable G_GNUC_UNUSED)
{
  NanogptFilesEntry *self = source;
  const Step *step = data;
  GError *error = NULL;
  gboolean done =
      nanogpt_keeper_claim (self->keeper, step->search, step->data, &error);

  return_outcome (task, done, error);
}

static void
files_claim_async (NanogptStoreEntry *entry, NanogptStoreSearch search,
    gpointer data, GAsyncReadyCallback callback, gpointer user_data)
{
  run_in_thread (entry, claim_in_thread,
      (Step){ .search = search, .data = data }, callback, user_data, &kept);
}

/* What could not be written */

static void
catch_up_in_thread (GTask *task, gpointer source, gpointer data G_GNUC_UNUSED,
    GCancellable *cancellable G_GNUC_UNUSED)
{
  NanogptFilesEntry *self = source;

  g_task_return_boolean (task, nanogpt_keeper_catch_up (self->keeper));
}

static void on_caught_up (GObject *source, GAsyncResult *result, gpointer data);

static gboolean
on_retry (gpointer data)
{
  NanogptFilesEntry *self = data;

  run_in_thread (self, catch_up_in_thread, (Step){ .charge = NULL },
      on_caught_up, NULL, NULL);
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

/* Without an answer */

static void
abandon_in_thread (GTask *task, gpointer source, gpointer data G_GNUC_UNUSED,
    GCancellable *cancellable G_GNUC_UNUSED)
{
  NanogptFilesEntry *self = source;

  nanogpt_keeper_write_abandoned (self->keeper);
  g_task_return_boolean (task, TRUE);
}

static void
files_set_abandoned (NanogptStoreEntry *entry, gboolean abandoned)
{
  NanogptFilesEntry *self = NANOGPT_FILES_ENTRY (entry);

  if (nanogpt_keeper_set_abandoned (self->keeper, abandoned))
    run_in_thread (
        self, abandon_in_thread, (Step){ .charge = NULL }, NULL, NULL, NULL);
}

static void
complete_in_thread (GTask *task, gpointer source, gpointer data,
    GCancellable *cancellable G_GNUC_UNUSED)
{
  NanogptFilesEntry *self = source;
  const Step *step = data;

  nanogpt_keeper_complete (self->keeper, step->charge, step->seconds);
  g_task_return_boolean (task, TRUE);
}

static void
files_complete (
    NanogptStoreEntry *self, const NanogptStoreCharge *charge, double seconds)
{
  Step step = { .charge = charge ? nanogpt_store_charge_copy (charge) : NULL,
    .seconds = seconds };

  run_in_thread (self, complete_in_thread, step, NULL, NULL, NULL);
}

static gboolean
files_deliver (NanogptStoreEntry *entry, GError **error)
{
  return nanogpt_keeper_deliver (NANOGPT_FILES_ENTRY (entry)->keeper, error);
}

static void
close_in_thread (GTask *task, gpointer source, gpointer data G_GNUC_UNUSED,
    GCancellable *cancellable G_GNUC_UNUSED)
{
  NanogptFilesEntry *self = source;

  nanogpt_keeper_close (self->keeper);
  g_task_return_boolean (task, TRUE);
  /* Nobody waits for that. */
  nanogpt_keeper_settle (self->keeper);
}

static void
files_close_async (
    NanogptStoreEntry *entry, GAsyncReadyCallback callback, gpointer user_data)
{
  nanogpt_timer_clear (&NANOGPT_FILES_ENTRY (entry)->retry);
  run_in_thread (entry, close_in_thread, (Step){ .charge = NULL }, callback,
      user_data, NULL);
}

static void
drop_in_thread (GTask *task, gpointer source, gpointer data,
    GCancellable *cancellable G_GNUC_UNUSED)
{
  NanogptFilesEntry *self = source;
  const Step *step = data;

  nanogpt_keeper_drop (self->keeper, step->charged);
  g_task_return_boolean (task, TRUE);
}

static void
files_drop_async (NanogptStoreEntry *entry, gboolean charged,
    GAsyncReadyCallback callback, gpointer user_data)
{
  nanogpt_timer_clear (&NANOGPT_FILES_ENTRY (entry)->retry);
  run_in_thread (entry, drop_in_thread, (Step){ .charged = charged }, callback,
      user_data, NULL);
}

static void
nanogpt_files_entry_class_init (NanogptFilesEntryClass *klass)
{
  NanogptStoreEntryClass *entry_class = NANOGPT_STORE_ENTRY_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = nanogpt_files_entry_finalize;
  entry_class->open_async = files_open_async;
  entry_class->open_finish = files_open_finish;
  entry_class->begin_async = files_begin_async;
  entry_class->send_async = files_send_async;
  entry_class->may_send = files_may_send;
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

  self->keeper = nanogpt_keeper_new (state_dir, may_do_without, job);
  return NANOGPT_STORE_ENTRY (self);
}
