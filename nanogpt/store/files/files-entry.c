/* nanovid: NanogptFilesEntry: the record of one job in a state directory
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "files-entry.h"

#include "keeper.h"
#include "nanogpt/base/timer.h"

/* How soon a failed write is retried. */
#define RETRY_INTERVAL (2 * G_TIME_SPAN_SECOND)

/* Tag of tasks whose failure is retried */
static char kept;

struct _NanogptFilesEntry
{
  NanogptStoreEntry parent;

  NanogptKeeper *keeper;
  NanogptTimer *retry; /* on the thread of all calls */
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

/* What the keeper does on a worker thread */

typedef struct _Step Step;

struct _Step
{
  /* One of the two is set; it failed if @error is set */
  gboolean (*write) (NanogptKeeper *keeper, GError **error);
  gboolean (*run) (NanogptKeeper *keeper, Step *step, GError **error);
  void (*after) (NanogptKeeper *keeper); /* nothing waits for it; or NULL */

  gint64 date;
  NanogptJournalRecord *record; /* or NULL */
  NanogptJournalObstacle obstacle;
  NanogptMicros estimate;
  NanogptStoreCharge *charge; /* or NULL */
  double seconds;
  gboolean charged;
  NanogptStoreSearch search;
  gpointer data;
};

static void
step_free (gpointer data)
{
  Step *step = data;

  g_clear_pointer (&step->record, nanogpt_journal_record_free);
  g_clear_pointer (&step->charge, nanogpt_store_charge_free);
  g_free (step);
}

static void
step_in_thread (GTask *task, gpointer source, gpointer data,
    GCancellable *cancellable G_GNUC_UNUSED)
{
  NanogptFilesEntry *self = source;
  Step *step = data;
  GError *error = NULL;
  gboolean done = step->write ? step->write (self->keeper, &error)
                              : step->run (self->keeper, step, &error);

  if (error)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, done);
  if (step->after)
    step->after (self->keeper);
}

static void
run_step (gpointer self, Step step, GAsyncReadyCallback callback,
    gpointer user_data, gpointer tag)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, tag);
  g_task_set_task_data (task, g_memdup2 (&step, sizeof step), step_free);
  g_task_run_in_thread (task, step_in_thread);
}

static gboolean
run_open (NanogptKeeper *keeper, Step *step, GError **error)
{
  step->record =
      nanogpt_keeper_open (keeper, step->date, &step->obstacle, error);
  return TRUE;
}

static void
files_open_async (NanogptStoreEntry *entry, gint64 date,
    GAsyncReadyCallback callback, gpointer user_data)
{
  run_step (entry, (Step){ .run = run_open, .date = date }, callback, user_data,
      NULL);
}

static NanogptJournalRecord *
files_open_finish (NanogptStoreEntry *self G_GNUC_UNUSED, GAsyncResult *result,
    NanogptJournalObstacle *obstacle, GError **error)
{
  Step *step = g_task_get_task_data (G_TASK (result));

  *obstacle = step->obstacle;
  if (!g_task_propagate_boolean (G_TASK (result), error))
    return NULL;
  return g_steal_pointer (&step->record);
}

static gboolean
run_begin (NanogptKeeper *keeper, Step *step, GError **error)
{
  return nanogpt_keeper_begin (keeper, step->estimate, error);
}

static void
files_begin_async (NanogptStoreEntry *entry, NanogptMicros estimate,
    GAsyncReadyCallback callback, gpointer user_data)
{
  run_step (entry, (Step){ .run = run_begin, .estimate = estimate }, callback,
      user_data, NULL);
}

static void
files_send_async (
    NanogptStoreEntry *entry, GAsyncReadyCallback callback, gpointer user_data)
{
  run_step (
      entry, (Step){ .write = nanogpt_keeper_send }, callback, user_data, NULL);
}

/* No one else can take a locked entry. */
static gboolean
files_may_send (NanogptStoreEntry *self G_GNUC_UNUSED)
{
  return TRUE;
}

static void
files_withdraw_async (
    NanogptStoreEntry *entry, GAsyncReadyCallback callback, gpointer user_data)
{
  run_step (entry, (Step){ .write = nanogpt_keeper_withdraw }, callback,
      user_data, &kept);
}

static gboolean
run_accept (NanogptKeeper *keeper, Step *step, GError **error)
{
  return nanogpt_keeper_accept (keeper, step->charge, error);
}

static void
files_accept_async (NanogptStoreEntry *entry, const NanogptStoreCharge *charge,
    GAsyncReadyCallback callback, gpointer user_data)
{
  run_step (entry,
      (Step){ .run = run_accept, .charge = nanogpt_store_charge_copy (charge) },
      callback, user_data, &kept);
}

static void
files_lose_async (
    NanogptStoreEntry *entry, GAsyncReadyCallback callback, gpointer user_data)
{
  run_step (entry, (Step){ .write = nanogpt_keeper_lose }, callback, user_data,
      &kept);
}

static gboolean
run_claim (NanogptKeeper *keeper, Step *step, GError **error)
{
  return nanogpt_keeper_claim (keeper, step->search, step->data, error);
}

static void
files_claim_async (NanogptStoreEntry *entry, NanogptStoreSearch search,
    gpointer data, GAsyncReadyCallback callback, gpointer user_data)
{
  run_step (entry, (Step){ .run = run_claim, .search = search, .data = data },
      callback, user_data, &kept);
}

/* Retrying failed writes */

static gboolean
run_catch_up (NanogptKeeper *keeper, Step *step G_GNUC_UNUSED,
    GError **error G_GNUC_UNUSED)
{
  return nanogpt_keeper_catch_up (keeper);
}

static void on_caught_up (GObject *source, GAsyncResult *result, gpointer data);

static gboolean
on_retry (gpointer data)
{
  run_step (data, (Step){ .run = run_catch_up }, on_caught_up, NULL, NULL);
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

  /* There is no timer any more if the entry was released meanwhile. */
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

/* Without a result */

static gboolean
run_abandon (NanogptKeeper *keeper, Step *step G_GNUC_UNUSED,
    GError **error G_GNUC_UNUSED)
{
  nanogpt_keeper_write_abandoned (keeper);
  return TRUE;
}

static void
files_set_abandoned (NanogptStoreEntry *entry, gboolean abandoned)
{
  NanogptFilesEntry *self = NANOGPT_FILES_ENTRY (entry);

  if (nanogpt_keeper_set_abandoned (self->keeper, abandoned))
    run_step (self, (Step){ .run = run_abandon }, NULL, NULL, NULL);
}

static gboolean
run_complete (NanogptKeeper *keeper, Step *step, GError **error G_GNUC_UNUSED)
{
  nanogpt_keeper_complete (keeper, step->charge, step->seconds);
  return TRUE;
}

static void
files_complete (
    NanogptStoreEntry *self, const NanogptStoreCharge *charge, double seconds)
{
  Step step = { .run = run_complete,
    .charge = charge ? nanogpt_store_charge_copy (charge) : NULL,
    .seconds = seconds };

  run_step (self, step, NULL, NULL, NULL);
}

static gboolean
files_deliver (NanogptStoreEntry *entry, GError **error)
{
  return nanogpt_keeper_deliver (NANOGPT_FILES_ENTRY (entry)->keeper, error);
}

static gboolean
run_close (NanogptKeeper *keeper, Step *step G_GNUC_UNUSED,
    GError **error G_GNUC_UNUSED)
{
  nanogpt_keeper_close (keeper);
  return TRUE;
}

static void
files_close_async (
    NanogptStoreEntry *entry, GAsyncReadyCallback callback, gpointer user_data)
{
  nanogpt_timer_clear (&NANOGPT_FILES_ENTRY (entry)->retry);
  run_step (entry, (Step){ .run = run_close, .after = nanogpt_keeper_settle },
      callback, user_data, NULL);
}

static gboolean
run_drop (NanogptKeeper *keeper, Step *step, GError **error G_GNUC_UNUSED)
{
  nanogpt_keeper_drop (keeper, step->charged);
  return TRUE;
}

static void
files_drop_async (NanogptStoreEntry *entry, gboolean charged,
    GAsyncReadyCallback callback, gpointer user_data)
{
  nanogpt_timer_clear (&NANOGPT_FILES_ENTRY (entry)->retry);
  run_step (entry, (Step){ .run = run_drop, .charged = charged }, callback,
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
