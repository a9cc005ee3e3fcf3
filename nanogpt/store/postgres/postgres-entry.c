/* nanovid: NanogptPostgresEntry: the record of one job in a database
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "postgres-entry.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "claim.h"
#include "database.h"
#include "durations.h"
#include "leases.h"
#include "nanogpt/base/boot.h"
#include "nanogpt/base/error.h"
#include "nanogpt/base/log.h"
#include "postgres-record.h"
#include "process.h"
#include "reservation.h"
#include "search.h"
#include "writer.h"

/* How long to wait for the database: with something that must not be lost, and
 * when only releasing the entry. */
#define KEEP_GRACE G_TIME_SPAN_SECOND
#define CLOSE_GRACE (G_TIME_SPAN_SECOND / 20)

/* How much longer than the wait for a response a lease must last, and how much
 * of the lease at most. */
#define LEASE_SLACK (10 * G_TIME_SPAN_SECOND)
#define LEASE_SHARE(length) ((length) / 12 * 11)

struct _NanogptPostgresEntry
{
  NanogptStoreEntry parent;

  NanogptPostgresPlace place;
  NanogptStoreJob job;
  int abandoned; /* atomic */

  /* Used only on the thread of all calls */
  NanogptDatabase *database; /* from the first query on */
  NanogptSearch *search;     /* for others' entries, while in progress */
  NanogptJournalRecord
      *record; /* the entry's content, current or intended, or NULL */
  char *owner; /* of the lease */
  gint64 epoch;
  gint64 step;
  NanogptWriter *writer;
  NanogptLease *lease; /* NULL while others may have the entry */
  gint64 lease_asked;  /* when it was requested, until there is one */
  gboolean begun;      /* the entry exists */
  gboolean closed;
};

G_DEFINE_FINAL_TYPE (
    NanogptPostgresEntry, nanogpt_postgres_entry, NANOGPT_TYPE_STORE_ENTRY)

static void
nanogpt_postgres_entry_finalize (GObject *object)
{
  NanogptPostgresEntry *self = NANOGPT_POSTGRES_ENTRY (object);

  g_clear_pointer (&self->lease, nanogpt_lease_end);
  g_clear_pointer (&self->search, nanogpt_search_free);
  g_clear_pointer (&self->record, nanogpt_journal_record_free);
  g_clear_object (&self->writer);
  g_clear_object (&self->database);
  nanogpt_store_job_clear (&self->job);
  g_free (self->owner);
  g_free (self->place.uri);
  g_free (self->place.state_dir);
  G_OBJECT_CLASS (nanogpt_postgres_entry_parent_class)->finalize (object);
}

static void
nanogpt_postgres_entry_init (NanogptPostgresEntry *self G_GNUC_UNUSED)
{
}

static NanogptDatabase *
get_database (NanogptPostgresEntry *self)
{
  if (!self->database)
    self->database = nanogpt_database_get (self->place.uri);
  return self->database;
}

/* Logs what happens to a job, one line for each step. */
static void
log_step (NanogptPostgresEntry *self, NanogptLogLevel level, const char *step)
{
  const NanogptJournalRecord *record = self->record;

  nanogpt_log (level, "entry %s, run %s: %s", record ? record->id : "-",
      record && record->run_id ? record->run_id : "-", step);
}

static void
hold (NanogptPostgresEntry *self, gint64 since)
{
  if (self->lease) {
    nanogpt_lease_extend (self->lease, since);
    return;
  }
  self->lease = nanogpt_lease_new (
      self->database, self->record->id, self->owner, self->place.lease, since);
  if (!self->writer)
    self->writer = nanogpt_writer_new (self->database, self->record->id,
        self->place.state_dir, self->place.patience);
}

/* Writing */

/* Returns: (transfer full): everything known now, to be written */
static GPtrArray *
make_values (NanogptPostgresEntry *self, const char *cost_state,
    gboolean lets_go, gboolean removes)
{
  NanogptWrite write = { .record = self->record,
    .epoch = self->epoch,
    .step = ++self->step,
    .abandoned = g_atomic_int_get (&self->abandoned),
    .cost_state = cost_state,
    .lets_go = lets_go || self->closed,
    .removes = removes };

  return nanogpt_write_make_values (&write);
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  if (nanogpt_writer_write_finish (NANOGPT_WRITER (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* Takes @task. */
static void
write_for (NanogptPostgresEntry *self, GTask *task, const char *cost_state)
{
  g_autoptr (GPtrArray) values = make_values (self, cost_state, FALSE, FALSE);

  nanogpt_writer_write_async (
      self->writer, values, KEEP_GRACE, TRUE, on_written, task);
}

/* Opening */

typedef struct
{
  NanogptJournalObstacle obstacle;
  NanogptJournalRecord *record;
  gint64 date;
} Opening;

static void
opening_free (gpointer data)
{
  Opening *opening = data;

  g_clear_pointer (&opening->record, nanogpt_journal_record_free);
  g_free (opening);
}

/* Takes @row, whose entry is ours now. */
static void
take_up (NanogptPostgresEntry *self, NanogptEntryRow *row)
{
  g_clear_object (&self->writer);
  g_clear_pointer (&self->record, nanogpt_journal_record_free);
  self->record = g_steal_pointer (&row->record);
  self->epoch = row->epoch;
  self->step = 1;
  self->begun = TRUE;
  self->closed = FALSE;
  hold (self, self->lease_asked);
  log_step (self, NANOGPT_LOG_INFO, "resumed");
  nanogpt_entry_row_free (row);
}

/* A job whose id is certain, or that was paid for, can continue without a
 * database. */
static gboolean
may_go_on (NanogptPostgresEntry *self)
{
  return self->job.run_id || (self->record && self->record->run_id);
}

static void
on_searched (NanogptEntryRow *found, NanogptJournalObstacle obstacle,
    GError *error, gpointer data)
{
  g_autoptr (GTask) task = data;
  NanogptPostgresEntry *self = g_task_get_source_object (task);
  Opening *opening = g_task_get_task_data (task);

  if (error && may_go_on (self)) {
    g_task_return_new_error (
        task, G_FILE_ERROR, G_FILE_ERROR_AGAIN, "%s", error->message);
    g_error_free (error);
    return;
  }
  if (error) {
    g_task_return_error (task, error);
    return;
  }
  opening->obstacle = obstacle;
  if (found) {
    take_up (self, found);
    opening->record = nanogpt_journal_record_copy (self->record);
  }
  g_task_return_boolean (task, TRUE);
}

static void
search (NanogptPostgresEntry *self, GTask *task)
{
  const Opening *opening = g_task_get_task_data (task);
  NanogptSearchFor what = { .wanted = self->job.record,
    .run_id = self->job.run_id,
    .resume = self->job.resume,
    .id = self->closed ? self->record->id : NULL,
    .owner = self->owner,
    .date = opening->date,
    .lease = self->place.lease,
    .abandoned = g_atomic_int_get (&self->abandoned) };

  if (!self->search)
    self->search = nanogpt_search_new (
        get_database (self), self->place.patience, self->place.lease);
  self->lease_asked = nanogpt_boot_get_time ();
  nanogpt_search_run (self->search, &what, on_searched, task);
}

static void
on_caught_up (
    GObject *source G_GNUC_UNUSED, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  GError *error = NULL;

  if (nanogpt_writer_catch_up_finish (result, &error))
    search (g_task_get_source_object (task), task);
  else
    on_searched (NULL, NANOGPT_JOURNAL_CLEAR, error, task);
}

static void
on_let_go (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;

  nanogpt_writer_write_finish (NANOGPT_WRITER (source), result, NULL);
  search (g_task_get_source_object (task), task);
}

static void
postgres_open_async (NanogptStoreEntry *entry, gint64 date,
    GAsyncReadyCallback callback, gpointer user_data)
{
  NanogptPostgresEntry *self = NANOGPT_POSTGRES_ENTRY (entry);
  GTask *task = g_task_new (self, NULL, callback, user_data);
  Opening *opening = g_new0 (Opening, 1);

  opening->date = date;
  g_task_set_task_data (task, opening, opening_free);
  g_free (self->owner);
  self->owner = g_uuid_string_random ();
  if (self->closed)
    nanogpt_writer_write_async (
        self->writer, NULL, self->place.patience, FALSE, on_let_go, task);
  else if (self->job.resume || self->job.run_id)
    nanogpt_writer_catch_up_async (get_database (self), self->place.state_dir,
        self->place.patience, on_caught_up, task);
  else
    search (self, task);
}

static NanogptJournalRecord *
postgres_open_finish (NanogptStoreEntry *self G_GNUC_UNUSED,
    GAsyncResult *result, NanogptJournalObstacle *obstacle, GError **error)
{
  Opening *opening = g_task_get_task_data (G_TASK (result));

  *obstacle = opening->obstacle;
  if (!g_task_propagate_boolean (G_TASK (result), error))
    return NULL;
  return g_steal_pointer (&opening->record);
}

/* Reserving and sending */

/* A query whose response decides whether the job may continue */
typedef struct
{
  gint64 since; /* when it was sent, by the clock of leases */
  NanogptMicros estimate;
} Step;

static GTask *
step_new (NanogptPostgresEntry *self, GAsyncReadyCallback callback,
    gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  Step *step = g_new0 (Step, 1);

  step->since = nanogpt_boot_get_time ();
  g_task_set_task_data (task, step, g_free);
  return task;
}

static void
on_step (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  NanogptPostgresEntry *self = g_task_get_source_object (task);
  const Step *step = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (NanogptRows) rows =
      nanogpt_database_ask_finish (NANOGPT_DATABASE (source), result, &error);

  if (rows && g_strcmp0 (nanogpt_rows_get (rows, 0, 0), "ok") == 0) {
    self->begun = TRUE;
    hold (self, step->since);
    g_task_return_boolean (task, TRUE);
    return;
  }
  if (rows)
    error = nanogpt_reservation_refusal_new (&self->job, step->estimate, rows);
  nanogpt_log_warning ("entry %s: %s", self->record->id, error->message);
  g_task_return_error (task, error);
}

/* A new entry is written together with its reservation, and not before. */
static void
make_record (NanogptPostgresEntry *self)
{
  self->record = nanogpt_journal_record_copy (self->job.record);
  g_free (self->record->id);
  self->record->id = g_uuid_string_random ();
  self->record->created = g_get_real_time ();
  self->epoch = 1;
  self->step = 0;
  if (!self->owner)
    self->owner = g_uuid_string_random ();
}

static void
postgres_begin_async (NanogptStoreEntry *entry, NanogptMicros estimate,
    GAsyncReadyCallback callback, gpointer user_data)
{
  NanogptPostgresEntry *self = NANOGPT_POSTGRES_ENTRY (entry);
  GTask *task = step_new (self, callback, user_data);
  NanogptBeginning beginning = { .lease = self->place.lease,
    .abandoned = g_atomic_int_get (&self->abandoned),
    .estimate = estimate };

  if (!self->record)
    make_record (self);
  ((Step *)g_task_get_task_data (task))->estimate = estimate;
  g_free (self->record->reservation);
  self->record->reservation = g_uuid_string_random ();
  self->record->state = NANOGPT_JOURNAL_INTENT;
  beginning.owner = self->owner;
  beginning.record = self->record;
  beginning.is_new = !self->begun;
  beginning.epoch = self->epoch;
  beginning.step = ++self->step;
  log_step (self, NANOGPT_LOG_DEBUG, "begins");
  nanogpt_reservation_begin_async (get_database (self), &self->job, &beginning,
      self->place.patience, on_step, task);
}

static void
postgres_send_async (
    NanogptStoreEntry *entry, GAsyncReadyCallback callback, gpointer user_data)
{
  NanogptPostgresEntry *self = NANOGPT_POSTGRES_ENTRY (entry);
  GTask *task = step_new (self, callback, user_data);

  nanogpt_journal_record_stamp (self->record);
  self->record->state = NANOGPT_JOURNAL_SENDING;
  self->record->patience = self->job.patience;
  self->record->lasted = 0;
  self->record->abandoned = g_atomic_int_get (&self->abandoned);
  log_step (self, NANOGPT_LOG_INFO, "sending");
  nanogpt_reservation_send_async (get_database (self), self->record,
      self->epoch, ++self->step, self->place.lease, self->place.patience,
      on_step, task);
}

static gboolean
postgres_may_send (NanogptStoreEntry *entry)
{
  NanogptPostgresEntry *self = NANOGPT_POSTGRES_ENTRY (entry);
  gint64 most = LEASE_SHARE (self->place.lease);
  gint64 needed = self->job.patience > 0
      ? MIN (self->job.patience + LEASE_SLACK, most)
      : most;

  return self->lease && nanogpt_lease_get_left (self->lease) >= needed;
}

/* Writes that must not be lost */

static void
postgres_withdraw_async (
    NanogptStoreEntry *entry, GAsyncReadyCallback callback, gpointer user_data)
{
  NanogptPostgresEntry *self = NANOGPT_POSTGRES_ENTRY (entry);

  self->record->state = NANOGPT_JOURNAL_INTENT;
  log_step (self, NANOGPT_LOG_DEBUG, "withdrawn");
  write_for (self, g_task_new (self, NULL, callback, user_data), NULL);
}

static void
postgres_accept_async (NanogptStoreEntry *entry,
    const NanogptStoreCharge *charge, GAsyncReadyCallback callback,
    gpointer user_data)
{
  NanogptPostgresEntry *self = NANOGPT_POSTGRES_ENTRY (entry);

  self->record->state = NANOGPT_JOURNAL_ACCEPTED;
  nanogpt_journal_record_take_charge (self->record, charge);
  log_step (self, NANOGPT_LOG_INFO, "accepted");
  write_for (self, g_task_new (self, NULL, callback, user_data), "spent");
}

static void
postgres_lose_async (
    NanogptStoreEntry *entry, GAsyncReadyCallback callback, gpointer user_data)
{
  NanogptPostgresEntry *self = NANOGPT_POSTGRES_ENTRY (entry);
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);

  log_step (self, NANOGPT_LOG_INFO, "response lost");
  if (self->record->lasted > 0) {
    g_task_return_boolean (task, TRUE);
    return;
  }
  self->record->lasted = MAX (nanogpt_journal_record_get_age (self->record), 1);
  write_for (self, g_steal_pointer (&task), NULL);
}

/* Looking up a lost submit */

static void
on_claimed (NanogptStoreCharge *found, gpointer data)
{
  GTask *task = data;
  NanogptPostgresEntry *self = g_task_get_source_object (task);

  if (!found) {
    g_task_return_boolean (task, TRUE);
    g_object_unref (task);
    return;
  }
  self->record->state = NANOGPT_JOURNAL_ACCEPTED;
  nanogpt_journal_record_take_charge (self->record, found);
  nanogpt_store_charge_free (found);
  log_step (self, NANOGPT_LOG_INFO, "found what became of it");
  write_for (self, task, "spent");
}

static void
postgres_claim_async (NanogptStoreEntry *entry, NanogptStoreSearch search,
    gpointer data, GAsyncReadyCallback callback, gpointer user_data)
{
  NanogptPostgresEntry *self = NANOGPT_POSTGRES_ENTRY (entry);
  NanogptClaim claim = {
    .own = self->record, .owner = self->owner, .search = search, .data = data
  };

  nanogpt_claim_run (get_database (self), &claim, on_claimed,
      g_task_new (self, NULL, callback, user_data));
}

/* Without a response */

static gboolean
write_abandoned (gpointer data)
{
  NanogptPostgresEntry *self = data;
  g_autoptr (GPtrArray) values = NULL;

  if (!self->lease)
    return G_SOURCE_REMOVE;
  values = make_values (self, NULL, FALSE, FALSE);
  nanogpt_writer_write_async (
      self->writer, values, KEEP_GRACE, FALSE, NULL, NULL);
  return G_SOURCE_REMOVE;
}

static void
postgres_set_abandoned (NanogptStoreEntry *entry, gboolean abandoned)
{
  NanogptPostgresEntry *self = NANOGPT_POSTGRES_ENTRY (entry);

  if (g_atomic_int_get (&self->abandoned) == abandoned)
    return;
  g_atomic_int_set (&self->abandoned, abandoned);
  if (self->database)
    nanogpt_database_invoke (
        self->database, write_abandoned, g_object_ref (self), g_object_unref);
}

static void
postgres_complete (
    NanogptStoreEntry *entry, const NanogptStoreCharge *charge, double seconds)
{
  NanogptPostgresEntry *self = NANOGPT_POSTGRES_ENTRY (entry);
  NanogptStoreCharge known = { .cost = NANOGPT_MONEY_UNKNOWN };
  g_autoptr (GPtrArray) values = NULL;

  if (!charge && self->record) {
    known.cost = self->record->cost;
    known.payment_source = self->record->payment_source;
  }
  if (self->job.kind)
    nanogpt_durations_remember (get_database (self), &self->job,
        charge ? charge : &known, seconds, self->place.patience);
  if (!charge || !self->record)
    return;
  nanogpt_journal_record_take_charge (self->record, charge);
  values = make_values (self, "spent", FALSE, FALSE);
  nanogpt_writer_write_async (
      self->writer, values, KEEP_GRACE, TRUE, NULL, NULL);
}

/* The end */

typedef struct
{
  NanogptPostgresEntry *entry;
  GError *error;
  int done; /* atomic */
} Delivery;

static void
on_delivered (GObject *source, GAsyncResult *result, gpointer data)
{
  Delivery *delivery = data;
  g_autoptr (NanogptDatabase) database =
      g_object_ref (delivery->entry->database);

  nanogpt_writer_write_finish (
      NANOGPT_WRITER (source), result, &delivery->error);
  g_atomic_int_set (&delivery->done, TRUE);
  nanogpt_database_wake (database);
}

static gboolean
write_delivered (gpointer data)
{
  Delivery *delivery = data;
  NanogptPostgresEntry *self = delivery->entry;
  g_autoptr (GPtrArray) values = NULL;

  if (!self->record || !self->record->run_id) {
    g_atomic_int_set (&delivery->done, TRUE);
    nanogpt_database_wake (self->database);
    return G_SOURCE_REMOVE;
  }
  self->record->state = NANOGPT_JOURNAL_DELIVERED;
  log_step (self, NANOGPT_LOG_DEBUG, "delivered");
  values = make_values (self, NULL, FALSE, FALSE);
  nanogpt_writer_write_async (
      self->writer, values, KEEP_GRACE, TRUE, on_delivered, delivery);
  return G_SOURCE_REMOVE;
}

static gboolean
postgres_deliver (NanogptStoreEntry *entry, GError **error)
{
  NanogptPostgresEntry *self = NANOGPT_POSTGRES_ENTRY (entry);
  Delivery delivery = { .entry = self };
  g_autoptr (NanogptDatabase) database = NULL;

  if (!self->database)
    return TRUE;
  database = g_object_ref (self->database);
  nanogpt_database_invoke (database, write_delivered, &delivery, NULL);
  nanogpt_database_await (database, &delivery.done);
  if (!delivery.error)
    return TRUE;
  g_propagate_error (error, delivery.error);
  return FALSE;
}

/* Releasing an entry never fails: what is not written in time is written later,
 * or the lease expires. */
static void
on_end_written (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;

  nanogpt_writer_write_finish (NANOGPT_WRITER (source), result, NULL);
  g_task_return_boolean (task, TRUE);
}

static void
postgres_close_async (
    NanogptStoreEntry *entry, GAsyncReadyCallback callback, gpointer user_data)
{
  NanogptPostgresEntry *self = NANOGPT_POSTGRES_ENTRY (entry);
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  g_autoptr (GPtrArray) values = NULL;

  if (!self->lease) {
    g_task_return_boolean (task, TRUE);
    return;
  }
  log_step (self, NANOGPT_LOG_DEBUG, "closed");
  g_clear_pointer (&self->lease, nanogpt_lease_end);
  self->closed = TRUE;
  values = make_values (self, NULL, TRUE, FALSE);
  nanogpt_writer_write_async (self->writer, values, CLOSE_GRACE, FALSE,
      on_end_written, g_steal_pointer (&task));
}

/* An entry may exist even if no response has said so. */
static void
postgres_drop_async (NanogptStoreEntry *entry, gboolean charged,
    GAsyncReadyCallback callback, gpointer user_data)
{
  NanogptPostgresEntry *self = NANOGPT_POSTGRES_ENTRY (entry);
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  g_autoptr (GPtrArray) values = NULL;
  gboolean matters;

  if (!self->record) {
    g_task_return_boolean (task, TRUE);
    return;
  }
  log_step (self, NANOGPT_LOG_DEBUG, "dropped");
  if (!self->writer)
    self->writer = nanogpt_writer_new (self->database, self->record->id,
        self->place.state_dir, self->place.patience);
  matters = self->record->state != NANOGPT_JOURNAL_INTENT;
  values = make_values (self, charged ? NULL : "void", TRUE, TRUE);
  nanogpt_writer_write_async (self->writer, values,
      matters ? KEEP_GRACE : CLOSE_GRACE, matters, on_end_written,
      g_steal_pointer (&task));
  g_clear_pointer (&self->lease, nanogpt_lease_end);
  g_clear_pointer (&self->record, nanogpt_journal_record_free);
  g_clear_object (&self->writer);
  self->begun = FALSE;
  self->closed = FALSE;
}

static gboolean
postgres_finish (
    NanogptStoreEntry *self G_GNUC_UNUSED, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
nanogpt_postgres_entry_class_init (NanogptPostgresEntryClass *klass)
{
  NanogptStoreEntryClass *entry_class = NANOGPT_STORE_ENTRY_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = nanogpt_postgres_entry_finalize;
  entry_class->open_async = postgres_open_async;
  entry_class->open_finish = postgres_open_finish;
  entry_class->begin_async = postgres_begin_async;
  entry_class->send_async = postgres_send_async;
  entry_class->may_send = postgres_may_send;
  entry_class->withdraw_async = postgres_withdraw_async;
  entry_class->accept_async = postgres_accept_async;
  entry_class->lose_async = postgres_lose_async;
  entry_class->claim_async = postgres_claim_async;
  entry_class->close_async = postgres_close_async;
  entry_class->drop_async = postgres_drop_async;
  entry_class->finish = postgres_finish;
  entry_class->set_abandoned = postgres_set_abandoned;
  entry_class->complete = postgres_complete;
  entry_class->deliver = postgres_deliver;
}

NanogptStoreEntry *
nanogpt_postgres_entry_new (
    const NanogptPostgresPlace *place, NanogptStoreJob *job)
{
  NanogptPostgresEntry *self = g_object_new (NANOGPT_TYPE_POSTGRES_ENTRY, NULL);

  self->place = *place;
  self->place.uri = g_strdup (place->uri);
  self->place.state_dir = g_strdup (place->state_dir);
  self->job = *job;
  memset (job, 0, sizeof *job);
  return NANOGPT_STORE_ENTRY (self);
}
