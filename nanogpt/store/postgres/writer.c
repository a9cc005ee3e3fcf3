/* nanovid: writes updates of an entry to a database, with retries
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "writer.h"

#include <glib/gi18n-lib.h>

#include "nanogpt/base/error.h"
#include "nanogpt/base/log.h"
#include "nanogpt/base/timer.h"
#include "outbox.h"
#include "postgres-record.h"
#include "rows.h"

#define WRITE_SQL                                                              \
  "SELECT nanovid.write ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, "  \
  "$13, $14, $15)"

/* The number of values, and the positions of the cost's state and of the step. */
#define N_VALUES 15
#define COST_STATE 12
#define STEP 2

/* How soon a refused write is retried. */
#define RETRY_INTERVAL (2 * G_TIME_SPAN_SECOND)

struct _NanogptWriter
{
  GObject parent;

  NanogptDatabase *database;
  char *entry;
  char *state_dir;
  gint64 patience;

  GPtrArray *newest;       /* values not being written yet, or NULL */
  GPtrArray *asked;        /* values being written, or NULL */
  NanogptOutboxItem *kept; /* in the directory, or NULL */
  GList *waiting;          /* of GTask */
};

G_DEFINE_FINAL_TYPE (NanogptWriter, nanogpt_writer, G_TYPE_OBJECT)

static void
nanogpt_writer_finalize (GObject *object)
{
  NanogptWriter *self = NANOGPT_WRITER (object);

  g_clear_pointer (&self->newest, g_ptr_array_unref);
  g_clear_pointer (&self->kept, nanogpt_outbox_item_free);
  g_object_unref (self->database);
  g_free (self->entry);
  g_free (self->state_dir);
  G_OBJECT_CLASS (nanogpt_writer_parent_class)->finalize (object);
}

static void
nanogpt_writer_class_init (NanogptWriterClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = nanogpt_writer_finalize;
}

static void
nanogpt_writer_init (NanogptWriter *self G_GNUC_UNUSED)
{
}

NanogptWriter *
nanogpt_writer_new (NanogptDatabase *database, const char *entry,
    const char *state_dir, gint64 patience)
{
  NanogptWriter *self = g_object_new (NANOGPT_TYPE_WRITER, NULL);

  self->database = g_object_ref (database);
  self->entry = g_strdup (entry);
  self->state_dir = g_strdup (state_dir);
  self->patience = patience;
  return self;
}

GPtrArray *
nanogpt_write_make_values (const NanogptWrite *write)
{
  const NanogptJournalRecord *record = write->record;
  GPtrArray *values = nanogpt_values_new ();

  nanogpt_values_add (values, record->id);
  nanogpt_values_add_int (values, write->epoch);
  nanogpt_values_add_int (values, write->step);
  nanogpt_values_add (values, nanogpt_entry_state_get_name (record->state));
  nanogpt_values_add (values, record->run_id);
  nanogpt_values_add (values, record->model);
  nanogpt_values_add (values, record->payment_source);
  nanogpt_values_add_amount (values, record->cost);
  nanogpt_values_add_int (values, record->dated);
  nanogpt_values_add_int (values, record->lasted);
  nanogpt_values_add_bool (values, write->abandoned);
  nanogpt_values_add (values, record->reservation);
  nanogpt_values_add (values, write->cost_state);
  nanogpt_values_add_bool (values, write->lets_go);
  nanogpt_values_add_bool (values, write->removes);
  return values;
}

/* The directory, on another thread */

typedef struct
{
  char *state_dir;
  char *uri;
  NanogptOutboxItem *item;
} Errand;

static void
errand_free (gpointer data)
{
  Errand *errand = data;

  g_clear_pointer (&errand->item, nanogpt_outbox_item_free);
  g_free (errand->state_dir);
  g_free (errand->uri);
  g_free (errand);
}

/* Takes @item. */
static void
run_errand (gpointer source, const char *state_dir, NanogptDatabase *database,
    NanogptOutboxItem *item, GTaskThreadFunc function,
    GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (source, NULL, callback, user_data);
  Errand *errand = g_new0 (Errand, 1);

  errand->state_dir = g_strdup (state_dir);
  errand->uri = g_strdup (nanogpt_database_get_uri (database));
  errand->item = item;
  g_task_set_task_data (task, errand, errand_free);
  g_task_run_in_thread (task, function);
}

static NanogptOutboxItem *
make_item (NanogptWriter *self, GPtrArray *values)
{
  return nanogpt_outbox_item_new (
      self->entry, values, g_ascii_strtoll (values->pdata[STEP], NULL, 10));
}

static void
put_in_thread (GTask *task, gpointer source G_GNUC_UNUSED, gpointer data,
    GCancellable *cancellable G_GNUC_UNUSED)
{
  const Errand *errand = data;
  GError *error = NULL;

  if (nanogpt_outbox_put (errand->state_dir, errand->uri, errand->item, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
remove_in_thread (GTask *task, gpointer source G_GNUC_UNUSED, gpointer data,
    GCancellable *cancellable G_GNUC_UNUSED)
{
  const Errand *errand = data;

  nanogpt_outbox_remove (errand->state_dir, errand->uri, errand->item);
  g_task_return_boolean (task, TRUE);
}

/* Waiting callers */

typedef struct
{
  NanogptTimer *timer;
  gboolean keeps;
} Wait;

static void
wait_free (gpointer data)
{
  Wait *wait = data;

  nanogpt_timer_clear (&wait->timer);
  g_free (wait);
}

static void
tell_written (NanogptWriter *self)
{
  g_autolist (GTask) waiting = g_steal_pointer (&self->waiting);

  for (GList *i = waiting; i; i = i->next) {
    Wait *wait = g_task_get_task_data (i->data);

    nanogpt_timer_clear (&wait->timer);
    g_task_return_boolean (i->data, TRUE);
  }
}

static void
on_kept (GObject *source, GAsyncResult *result, gpointer data)
{
  NanogptWriter *self = NANOGPT_WRITER (source);
  g_autoptr (GTask) task = data;
  const Errand *errand = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error)) {
    g_task_return_new_error (task, G_FILE_ERROR, G_FILE_ERROR_AGAIN,
        _ ("The database does not respond, and what is to be written to it "
           "cannot be kept in %s either: if the process ends before it "
           "responds, this job cannot be found again: %s"),
        self->state_dir, error->message);
    return;
  }
  if (self->newest || self->asked) {
    g_clear_pointer (&self->kept, nanogpt_outbox_item_free);
    self->kept = make_item (self, errand->item->values);
  } else {
    run_errand (self, self->state_dir, self->database,
        make_item (self, errand->item->values), remove_in_thread, NULL, NULL);
  }
  g_task_return_new_error (task, G_FILE_ERROR, G_FILE_ERROR_AGAIN,
      _ ("The database does not respond; what is to be written to it is kept "
         "in %s until it does"),
      self->state_dir);
}

static gboolean
on_grace_over (gpointer data)
{
  GTask *task = data;
  NanogptWriter *self = g_task_get_source_object (task);
  Wait *wait = g_task_get_task_data (task);
  GPtrArray *values = self->newest ? self->newest : self->asked;

  nanogpt_timer_clear (&wait->timer);
  self->waiting = g_list_remove (self->waiting, task);
  if (wait->keeps && values) {
    run_errand (self, self->state_dir, self->database, make_item (self, values),
        put_in_thread, on_kept, task);
    return G_SOURCE_REMOVE;
  }
  g_task_return_new_error (task, G_FILE_ERROR, G_FILE_ERROR_AGAIN, "%s",
      _ ("The database does not respond"));
  g_object_unref (task);
  return G_SOURCE_REMOVE;
}

/* Writing */

static void write_newest (NanogptWriter *self);

static gboolean
on_retry (gpointer data)
{
  write_newest (data);
  return G_SOURCE_REMOVE;
}

static void
forget_kept (NanogptWriter *self)
{
  if (self->kept)
    run_errand (self, self->state_dir, self->database,
        g_steal_pointer (&self->kept), remove_in_thread, NULL, NULL);
}

/* The state of the cost must be written once, whatever replaces these values. */
static void
keep_cost_state (GPtrArray *values, const GPtrArray *former)
{
  const char *state = former->pdata[COST_STATE];

  if (state && !values->pdata[COST_STATE])
    values->pdata[COST_STATE] = g_strdup (state);
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (NanogptWriter) self = data;
  g_autoptr (GPtrArray) asked = g_steal_pointer (&self->asked);
  g_autoptr (GError) error = NULL;
  g_autoptr (NanogptRows) rows =
      nanogpt_database_ask_finish (NANOGPT_DATABASE (source), result, &error);

  if (!rows && error->domain != G_FILE_ERROR) {
    g_autoptr (NanogptTimer) timer = nanogpt_timer_new (
        RETRY_INTERVAL, on_retry, g_object_ref (self), g_object_unref);

    if (self->newest)
      keep_cost_state (self->newest, asked);
    else
      self->newest = g_steal_pointer (&asked);
    return;
  }
  if (!rows || g_strcmp0 (nanogpt_rows_get (rows, 0, 0), "ok") != 0)
    nanogpt_log_warning ("entry %s: somebody else has it now", self->entry);
  if (self->newest) {
    write_newest (self);
    return;
  }
  forget_kept (self);
  tell_written (self);
}

static void
write_newest (NanogptWriter *self)
{
  if (self->asked || !self->newest)
    return;
  self->asked = g_steal_pointer (&self->newest);
  nanogpt_database_ask_async (self->database, WRITE_SQL, self->asked,
      self->patience, on_written, g_object_ref (self));
}

void
nanogpt_writer_write_async (NanogptWriter *self, GPtrArray *values,
    gint64 grace, gboolean keeps, GAsyncReadyCallback callback,
    gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  Wait *wait = g_new0 (Wait, 1);

  g_task_set_task_data (task, wait, wait_free);
  wait->keeps = keeps;
  if (values) {
    if (self->asked)
      keep_cost_state (values, self->asked);
    if (self->newest)
      keep_cost_state (values, self->newest);
    g_clear_pointer (&self->newest, g_ptr_array_unref);
    self->newest = g_ptr_array_ref (values);
  }
  self->waiting = g_list_append (self->waiting, task);
  if (!self->newest && !self->asked) {
    tell_written (self);
    return;
  }
  wait->timer = nanogpt_timer_new (grace, on_grace_over, task, NULL);
  write_newest (self);
}

gboolean
nanogpt_writer_write_finish (
    NanogptWriter *self G_GNUC_UNUSED, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* Data kept by earlier processes */

typedef struct
{
  char *state_dir;
  gint64 patience;
  GPtrArray *items; /* to be written, or NULL */
} CatchUp;

static void
catch_up_free (gpointer data)
{
  CatchUp *catch_up = data;

  g_clear_pointer (&catch_up->items, g_ptr_array_unref);
  g_free (catch_up->state_dir);
  g_free (catch_up);
}

static void
list_in_thread (GTask *task, gpointer source G_GNUC_UNUSED, gpointer data,
    GCancellable *cancellable G_GNUC_UNUSED)
{
  const Errand *errand = data;

  g_task_return_pointer (task,
      nanogpt_outbox_list (errand->state_dir, errand->uri),
      (GDestroyNotify)g_ptr_array_unref);
}

static void catch_up_next (GTask *task);

static void
on_caught_up (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  NanogptDatabase *database = NANOGPT_DATABASE (source);
  CatchUp *catch_up = g_task_get_task_data (task);
  NanogptOutboxItem *item;
  GError *error = NULL;
  g_autoptr (NanogptRows) rows =
      nanogpt_database_ask_finish (database, result, &error);
  gboolean settled = rows || error->domain == G_FILE_ERROR;

  if (!settled && !nanogpt_error_get_details (error)->responded) {
    g_task_return_error (task, error);
    g_object_unref (task);
    return;
  }
  item = g_ptr_array_steal_index (catch_up->items, catch_up->items->len - 1);
  if (settled) {
    nanogpt_log_info (
        "entry %s: what an earlier process has kept is written: %s",
        item->entry, rows ? nanogpt_rows_get (rows, 0, 0) : error->message);
    run_errand (database, catch_up->state_dir, database, item, remove_in_thread,
        NULL, NULL);
  } else {
    nanogpt_log_warning (
        "entry %s: what an earlier process has kept stays unwritten: %s",
        item->entry, error->message);
    nanogpt_outbox_item_free (item);
  }
  g_clear_error (&error);
  catch_up_next (task);
}

static void
catch_up_next (GTask *task)
{
  NanogptDatabase *database = g_task_get_source_object (task);
  CatchUp *catch_up = g_task_get_task_data (task);
  NanogptOutboxItem *item;

  if (catch_up->items->len == 0) {
    g_task_return_boolean (task, TRUE);
    g_object_unref (task);
    return;
  }
  item = catch_up->items->pdata[catch_up->items->len - 1];
  nanogpt_database_ask_async (database, WRITE_SQL, item->values,
      catch_up->patience, on_caught_up, task);
}

static void
on_outbox_listed (
    GObject *source G_GNUC_UNUSED, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  CatchUp *catch_up = g_task_get_task_data (task);

  catch_up->items = g_task_propagate_pointer (G_TASK (result), NULL);
  for (guint i = catch_up->items->len; i > 0; i--) {
    const NanogptOutboxItem *item = catch_up->items->pdata[i - 1];

    if (item->values->len != N_VALUES)
      g_ptr_array_remove_index (catch_up->items, i - 1);
  }
  catch_up_next (task);
}

void
nanogpt_writer_catch_up_async (NanogptDatabase *database, const char *state_dir,
    gint64 patience, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (database, NULL, callback, user_data);
  CatchUp *catch_up = g_new0 (CatchUp, 1);

  catch_up->state_dir = g_strdup (state_dir);
  catch_up->patience = patience;
  g_task_set_task_data (task, catch_up, catch_up_free);
  run_errand (database, state_dir, database, NULL, list_in_thread,
      on_outbox_listed, task);
}

gboolean
nanogpt_writer_catch_up_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
