/* nanovid: NanogptPostgresStore: a store in a PostgreSQL database
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "postgres-store.h"

#include <glib/gi18n-lib.h>
#include <stdlib.h>

#include "database.h"
#include "durations.h"
#include "nanogpt/base/log.h"
#include "postgres-entry.h"
#include "postgres-record.h"
#include "writer.h"

#define SHORTEST_LEASE (60 * G_TIME_SPAN_SECOND)
#define LONGEST_LEASE (300 * G_TIME_SPAN_SECOND)
/* How much longer a lease is than the wait for a response. */
#define LEASE_MARGIN (20 * G_TIME_SPAN_SECOND)

/* Rows of the ledger that are counted in USD. */
#define IN_USD "(state = 'held' OR upper (currency) = 'USD')"

struct _NanogptPostgresStore
{
  NanogptStore parent;

  NanogptPostgresPlace place;
};

G_DEFINE_FINAL_TYPE (
    NanogptPostgresStore, nanogpt_postgres_store, NANOGPT_TYPE_STORE)

static void
nanogpt_postgres_store_finalize (GObject *object)
{
  NanogptPostgresStore *self = NANOGPT_POSTGRES_STORE (object);

  g_free (self->place.uri);
  g_free (self->place.state_dir);
  G_OBJECT_CLASS (nanogpt_postgres_store_parent_class)->finalize (object);
}

static void
nanogpt_postgres_store_init (NanogptPostgresStore *self G_GNUC_UNUSED)
{
}

static NanogptStoreEntry *
postgres_make_entry (NanogptStore *store, NanogptStoreJob *job)
{
  return nanogpt_postgres_entry_new (
      &NANOGPT_POSTGRES_STORE (store)->place, job);
}

/* Queries, and how their responses are read */

typedef gpointer (*Reader) (const NanogptRows *rows);

typedef struct
{
  Reader reader;
  GDestroyNotify notify;
  const char *sql;
  GPtrArray *values;
} Question;

static void
question_free (gpointer data)
{
  Question *question = data;

  g_clear_pointer (&question->values, g_ptr_array_unref);
  g_free (question);
}

static void
on_store_rows (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  const Question *question = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (NanogptRows) rows =
      nanogpt_database_ask_finish (NANOGPT_DATABASE (source), result, &error);

  if (rows)
    g_task_return_pointer (task, question->reader (rows), question->notify);
  else
    g_task_return_new_error (
        task, G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s", error->message);
  g_clear_error (&error);
}

static void
query_store (GTask *task)
{
  NanogptPostgresStore *self = g_task_get_source_object (task);
  const Question *question = g_task_get_task_data (task);
  g_autoptr (NanogptDatabase) database = nanogpt_database_get (self->place.uri);

  nanogpt_database_ask_async (database, question->sql, question->values,
      self->place.patience, on_store_rows, task);
}

/* Takes the content of @question. */
static GTask *
ask_later (NanogptStore *self, Question question, GAsyncReadyCallback callback,
    gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_task_data (
      task, g_memdup2 (&question, sizeof question), question_free);
  return task;
}

/* Lists also show what was still to be written to the database. */
static void
on_caught_up (
    GObject *source G_GNUC_UNUSED, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  g_autoptr (GError) error = NULL;

  if (nanogpt_writer_catch_up_finish (result, &error)) {
    query_store (task);
    return;
  }
  g_task_return_new_error (
      task, G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s", error->message);
  g_object_unref (task);
}

/* Takes @task. */
static void
catch_up_and_ask (GTask *task)
{
  NanogptPostgresStore *self = g_task_get_source_object (task);
  g_autoptr (NanogptDatabase) database = nanogpt_database_get (self->place.uri);

  nanogpt_writer_catch_up_async (database, self->place.state_dir,
      self->place.patience, on_caught_up, task);
}

/* Lists */

static void
record_free (gpointer data)
{
  nanogpt_journal_record_free (data);
}

static gpointer
read_records (const NanogptRows *rows)
{
  GPtrArray *records = g_ptr_array_new_with_free_func (record_free);

  for (guint i = 0; i < rows->n_rows; i++) {
    g_autoptr (NanogptEntryRow) row = nanogpt_entry_row_read (rows, i);

    g_ptr_array_add (records, g_steal_pointer (&row->record));
  }
  return records;
}

static void
postgres_list_async (
    NanogptStore *self, GAsyncReadyCallback callback, gpointer user_data)
{
  Question question = { .reader = read_records,
    .notify = (GDestroyNotify)g_ptr_array_unref,
    .sql = "SELECT " NANOGPT_ENTRY_COLUMNS
           " FROM nanovid.entry ORDER BY created" };

  catch_up_and_ask (ask_later (self, question, callback, user_data));
}

static gpointer
read_sums (const NanogptRows *rows)
{
  GPtrArray *sums =
      g_ptr_array_new_with_free_func ((GDestroyNotify)nanogpt_ledger_sum_free);

  for (guint i = 0; i < rows->n_rows; i++) {
    NanogptLedgerSum *sum = g_new0 (NanogptLedgerSum, 1);

    sum->day = g_strdup (nanogpt_rows_get (rows, i, 0));
    sum->model = g_strdup (nanogpt_rows_get (rows, i, 1));
    sum->currency = g_strdup (nanogpt_rows_get (rows, i, 2));
    sum->origin = g_strdup (nanogpt_rows_get (rows, i, 3));
    sum->n_charged = nanogpt_rows_get_int (rows, i, 4, 0);
    sum->charged = nanogpt_rows_get_int (rows, i, 5, 0);
    sum->n_reserved = nanogpt_rows_get_int (rows, i, 6, 0);
    sum->reserved = nanogpt_rows_get_int (rows, i, 7, 0);
    g_ptr_array_add (sums, sum);
  }
  return sums;
}

static void
postgres_get_sums_async (NanogptStore *self, gint64 since,
    GAsyncReadyCallback callback, gpointer user_data)
{
  Question question = { .reader = read_sums,
    .notify = (GDestroyNotify)g_ptr_array_unref,
    .values = nanogpt_values_new (),
    .sql = "SELECT to_char (day, 'YYYY-MM-DD'), coalesce (model, ''), currency,"
           " origin, count (*) FILTER (WHERE state = 'spent'),"
           " coalesce (sum (amount) FILTER (WHERE state = 'spent'), 0),"
           " count (*) FILTER (WHERE state = 'held'),"
           " coalesce (sum (amount) FILTER (WHERE state = 'held'), 0)"
           " FROM nanovid.counted"
           " WHERE day >= (to_timestamp ($1::bigint / 1000000)"
           " AT TIME ZONE 'UTC')::date"
           " GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4" };

  nanogpt_values_add_int (question.values, since);
  catch_up_and_ask (ask_later (self, question, callback, user_data));
}

static GPtrArray *
postgres_list_finish (
    NanogptStore *self G_GNUC_UNUSED, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static gpointer
read_amount (const NanogptRows *rows)
{
  NanogptMicros sum = nanogpt_rows_get_int (rows, 0, 0, 0);

  return g_memdup2 (&sum, sizeof sum);
}

static void
postgres_get_hour_async (NanogptStore *self, const char *origin,
    const char *account, const char *name, GAsyncReadyCallback callback,
    gpointer user_data)
{
  Question question = { .reader = read_amount,
    .notify = g_free,
    .values = nanogpt_values_new (),
    .sql = "SELECT coalesce (sum (amount) FILTER (WHERE " IN_USD "), 0)"
           " FROM nanovid.list_hour ($1, $2)" };
  g_autofree char *spender = g_strconcat (account, "/", name, NULL);

  nanogpt_values_add (question.values, origin);
  nanogpt_values_add (question.values, spender);
  query_store (ask_later (self, question, callback, user_data));
}

static NanogptMicros
postgres_get_hour_finish (
    NanogptStore *self G_GNUC_UNUSED, GAsyncResult *result, GError **error)
{
  g_autofree NanogptMicros *sum =
      g_task_propagate_pointer (G_TASK (result), error);

  return sum ? *sum : NANOGPT_MONEY_UNKNOWN;
}

/* Removing */

static void
refuse_live (GTask *task, const char *id)
{
  g_task_return_new_error (task, G_FILE_ERROR, G_FILE_ERROR_AGAIN,
      _ ("A process is waiting for the job of the entry %s"), id);
}

static void
on_forgotten (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  const Question *question = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (NanogptRows) rows =
      nanogpt_database_ask_finish (NANOGPT_DATABASE (source), result, &error);

  if (!rows) {
    g_task_return_new_error (
        task, G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s", error->message);
    return;
  }
  if (rows->n_rows == 0) {
    refuse_live (task, question->values->pdata[0]);
    return;
  }
  nanogpt_log_info ("entry %s: forgotten", (char *)question->values->pdata[0]);
  g_task_return_boolean (task, TRUE);
}

/* Removing what was never sent also removes its cost. */
static void
on_found (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  NanogptPostgresStore *self = g_task_get_source_object (task);
  Question *question = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (NanogptRows) rows =
      nanogpt_database_ask_finish (NANOGPT_DATABASE (source), result, &error);
  g_autoptr (NanogptEntryRow) row = NULL;

  if (!rows) {
    g_task_return_new_error (
        task, G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s", error->message);
    return;
  }
  if (rows->n_rows == 0) {
    g_task_return_new_error (task, G_FILE_ERROR, G_FILE_ERROR_NOENT,
        _ ("There is no entry %s in the database"),
        (char *)question->values->pdata[0]);
    return;
  }
  row = nanogpt_entry_row_read (rows, 0);
  if (row->record->live) {
    refuse_live (task, question->values->pdata[0]);
    return;
  }
  nanogpt_values_add_int (question->values, row->epoch);
  nanogpt_database_ask_async (NANOGPT_DATABASE (source),
      "WITH gone AS (DELETE FROM nanovid.entry WHERE id::text = $1"
      " AND epoch = $2 RETURNING id, cost, state),"
      " void AS (DELETE FROM nanovid.cost WHERE state = 'held' AND id IN"
      " (SELECT cost FROM gone WHERE state = 'intent'))"
      " SELECT id FROM gone",
      question->values, self->place.patience, on_forgotten,
      g_steal_pointer (&task));
}

static void
postgres_forget_async (NanogptStore *store, const char *id,
    GAsyncReadyCallback callback, gpointer user_data)
{
  NanogptPostgresStore *self = NANOGPT_POSTGRES_STORE (store);
  Question question = { .values = nanogpt_values_new () };
  g_autoptr (NanogptDatabase) database = nanogpt_database_get (self->place.uri);

  nanogpt_values_add (question.values, id);
  nanogpt_database_ask_async (database,
      "SELECT " NANOGPT_ENTRY_COLUMNS " FROM nanovid.entry WHERE id::text = $1",
      question.values, self->place.patience, on_found,
      ask_later (store, question, callback, user_data));
}

static gboolean
postgres_forget_finish (
    NanogptStore *self G_GNUC_UNUSED, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* History */

static void
postgres_get_history_async (NanogptStore *self, const char *origin,
    const char *kind, GAsyncReadyCallback callback, gpointer user_data)
{
  Question question = { .reader = nanogpt_durations_read,
    .notify = (GDestroyNotify)nanogpt_history_free,
    .values = nanogpt_values_new (),
    .sql = nanogpt_durations_get_sql () };

  nanogpt_values_add (question.values, origin);
  nanogpt_values_add (question.values, kind);
  query_store (ask_later (self, question, callback, user_data));
}

static NanogptHistory *
postgres_get_history_finish (
    NanogptStore *self G_GNUC_UNUSED, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
nanogpt_postgres_store_class_init (NanogptPostgresStoreClass *klass)
{
  NanogptStoreClass *store_class = NANOGPT_STORE_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = nanogpt_postgres_store_finalize;
  store_class->make_entry = postgres_make_entry;
  store_class->list_async = postgres_list_async;
  store_class->get_sums_async = postgres_get_sums_async;
  store_class->list_finish = postgres_list_finish;
  store_class->get_hour_async = postgres_get_hour_async;
  store_class->get_hour_finish = postgres_get_hour_finish;
  store_class->forget_async = postgres_forget_async;
  store_class->forget_finish = postgres_forget_finish;
  store_class->get_history_async = postgres_get_history_async;
  store_class->get_history_finish = postgres_get_history_finish;
}

NanogptStore *
nanogpt_postgres_store_new (
    const char *uri, const char *state_dir, guint http_timeout, gint64 lease)
{
  NanogptPostgresStore *self = g_object_new (NANOGPT_TYPE_POSTGRES_STORE, NULL);
  gint64 patience = http_timeout * G_TIME_SPAN_SECOND;

  self->place.uri = g_strdup (uri);
  self->place.state_dir = g_strdup (state_dir);
  self->place.patience =
      http_timeout > 0 ? MIN (patience, LONGEST_LEASE) : LONGEST_LEASE;
  self->place.lease = CLAMP (
      self->place.patience + LEASE_MARGIN, SHORTEST_LEASE, LONGEST_LEASE);
  if (lease > 0)
    self->place.lease = lease;
  return NANOGPT_STORE (self);
}
