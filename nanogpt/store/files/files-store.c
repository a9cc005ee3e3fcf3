/* nanovid: NanogptFilesStore: a store in a state directory
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "files-store.h"

#include "bill.h"
#include "files-entry.h"
#include "history.h"
#include "journal-damage.h"
#include "journal.h"
#include "ledger.h"
#include "nanogpt/base/log.h"
#include "service.h"

struct _NanogptFilesStore
{
  NanogptStore parent;

  char *state_dir;
  gboolean may_do_without;
};

G_DEFINE_FINAL_TYPE (NanogptFilesStore, nanogpt_files_store, NANOGPT_TYPE_STORE)

static void
nanogpt_files_store_finalize (GObject *object)
{
  g_free (NANOGPT_FILES_STORE (object)->state_dir);
  G_OBJECT_CLASS (nanogpt_files_store_parent_class)->finalize (object);
}

static void
nanogpt_files_store_init (NanogptFilesStore *self G_GNUC_UNUSED)
{
}

static void
run_in_thread (NanogptStore *self, GTaskThreadFunc function, gpointer data,
    GDestroyNotify notify, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);

  g_task_set_task_data (task, data, notify);
  g_task_run_in_thread (task, function);
}

static NanogptStoreEntry *
files_make_entry (NanogptStore *store, NanogptStoreJob *job)
{
  NanogptFilesStore *self = NANOGPT_FILES_STORE (store);

  return nanogpt_files_entry_new (self->state_dir, self->may_do_without, job);
}

/* A directory that cannot be read must not be reported as empty. */
static gboolean
check_readable (const char *state_dir, GError **error)
{
  g_autofree char *jobs = g_build_filename (state_dir, "jobs", NULL);
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GDir) dir = g_dir_open (jobs, 0, &local_error);

  if (dir || g_error_matches (local_error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

static void
list_in_thread (GTask *task, gpointer source, gpointer data G_GNUC_UNUSED,
    GCancellable *cancellable G_GNUC_UNUSED)
{
  NanogptFilesStore *self = source;
  GError *error = NULL;

  GPtrArray *records;

  if (!check_readable (self->state_dir, &error)) {
    g_task_return_error (task, error);
    return;
  }
  records = nanogpt_journal_list (self->state_dir);
  g_ptr_array_extend_and_steal (
      records, nanogpt_journal_list_damaged (self->state_dir));
  g_task_return_pointer (task, records, (GDestroyNotify)g_ptr_array_unref);
}

static void
files_list_async (
    NanogptStore *self, GAsyncReadyCallback callback, gpointer user_data)
{
  run_in_thread (self, list_in_thread, NULL, NULL, callback, user_data);
}

static void
sums_in_thread (GTask *task, gpointer source, gpointer data,
    GCancellable *cancellable G_GNUC_UNUSED)
{
  NanogptFilesStore *self = source;
  const gint64 *since = data;
  GError *error = NULL;

  if (check_readable (self->state_dir, &error))
    g_task_return_pointer (task, nanogpt_ledger_list (self->state_dir, *since),
        (GDestroyNotify)g_ptr_array_unref);
  else
    g_task_return_error (task, error);
}

static void
files_get_sums_async (NanogptStore *self, gint64 since,
    GAsyncReadyCallback callback, gpointer user_data)
{
  run_in_thread (self, sums_in_thread, g_memdup2 (&since, sizeof since), g_free,
      callback, user_data);
}

static GPtrArray *
files_list_finish (
    NanogptStore *self G_GNUC_UNUSED, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
hour_in_thread (GTask *task, gpointer source, gpointer data,
    GCancellable *cancellable G_GNUC_UNUSED)
{
  NanogptFilesStore *self = source;
  char **words = data;
  g_autofree char *dir = nanogpt_service_get_dir (self->state_dir, words[0]);
  g_autofree char *spender = nanogpt_bill_make_spender (words[1], words[2]);
  GError *error = NULL;
  NanogptMicros sum = nanogpt_ledger_get_hour (dir, spender, &error);

  if (error)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, g_memdup2 (&sum, sizeof sum), g_free);
}

static void
files_get_hour_async (NanogptStore *self, const char *origin,
    const char *account, const char *name, GAsyncReadyCallback callback,
    gpointer user_data)
{
  const char *const words[] = { origin, account, name, NULL };

  run_in_thread (self, hour_in_thread, g_strdupv ((char **)words),
      (GDestroyNotify)g_strfreev, callback, user_data);
}

static NanogptMicros
files_get_hour_finish (
    NanogptStore *self G_GNUC_UNUSED, GAsyncResult *result, GError **error)
{
  g_autofree NanogptMicros *sum =
      g_task_propagate_pointer (G_TASK (result), error);

  return sum ? *sum : NANOGPT_MONEY_UNKNOWN;
}

static void
forget_in_thread (GTask *task, gpointer source, gpointer data,
    GCancellable *cancellable G_GNUC_UNUSED)
{
  NanogptFilesStore *self = source;
  const char *id = data;
  GError *error = NULL;

  if (!nanogpt_journal_forget (self->state_dir, id, &error)) {
    g_task_return_error (task, error);
    return;
  }
  nanogpt_log_info ("entry %s: forgotten", id);
  g_task_return_boolean (task, TRUE);
}

static void
files_forget_async (NanogptStore *self, const char *id,
    GAsyncReadyCallback callback, gpointer user_data)
{
  run_in_thread (
      self, forget_in_thread, g_strdup (id), g_free, callback, user_data);
}

static gboolean
files_forget_finish (
    NanogptStore *self G_GNUC_UNUSED, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
history_in_thread (GTask *task, gpointer source, gpointer data,
    GCancellable *cancellable G_GNUC_UNUSED)
{
  NanogptFilesStore *self = source;
  char **words = data;
  g_autofree char *dir = nanogpt_service_get_dir (self->state_dir, words[0]);

  g_task_return_pointer (task, nanogpt_history_load (dir, words[1]),
      (GDestroyNotify)nanogpt_history_free);
}

static void
files_get_history_async (NanogptStore *self, const char *origin,
    const char *kind, GAsyncReadyCallback callback, gpointer user_data)
{
  const char *const words[] = { origin, kind, NULL };

  run_in_thread (self, history_in_thread, g_strdupv ((char **)words),
      (GDestroyNotify)g_strfreev, callback, user_data);
}

static NanogptHistory *
files_get_history_finish (
    NanogptStore *self G_GNUC_UNUSED, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
nanogpt_files_store_class_init (NanogptFilesStoreClass *klass)
{
  NanogptStoreClass *store_class = NANOGPT_STORE_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = nanogpt_files_store_finalize;
  store_class->make_entry = files_make_entry;
  store_class->list_async = files_list_async;
  store_class->get_sums_async = files_get_sums_async;
  store_class->list_finish = files_list_finish;
  store_class->get_hour_async = files_get_hour_async;
  store_class->get_hour_finish = files_get_hour_finish;
  store_class->forget_async = files_forget_async;
  store_class->forget_finish = files_forget_finish;
  store_class->get_history_async = files_get_history_async;
  store_class->get_history_finish = files_get_history_finish;
}

NanogptStore *
nanogpt_files_store_new (const char *state_dir, gboolean may_do_without)
{
  NanogptFilesStore *self = g_object_new (NANOGPT_TYPE_FILES_STORE, NULL);

  self->state_dir = g_strdup (state_dir);
  self->may_do_without = may_do_without;
  return NANOGPT_STORE (self);
}
