/* nanovid: connection pool of one thread for a database
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "database.h"

#include <glib-unix.h>
#include <glib/gi18n-lib.h>

#include "load-module.h"
#include "nanogpt/base/error.h"
#include "nanogpt/base/log.h"
#include "nanogpt/base/timer.h"
#include "rows.h"
#include "schema.h"

#define MAX_CONNECTIONS 3
#define CONNECT_SECONDS 10
#define SHORTEST_PAUSE (G_TIME_SPAN_SECOND / 10)
#define LONGEST_PAUSE (5 * G_TIME_SPAN_SECOND)

struct _NanogptDatabase
{
  GObject parent;

  char *uri;
  GThread *thread;
  GMainContext *context;
  const NanogptLibpq *libpq; /* once there was a connection */

  GQueue waiting;       /* of GTask, for a connection */
  GQueue idle;          /* of NanogptDatabaseSession */
  guint n_connections;  /* including pending ones */
  gint64 pause;         /* before the next try, 0 after a success */
  NanogptTimer *paused; /* or NULL */
  char *failure;        /* why the last try failed, or NULL */

  GMutex lock;
  GCond woken;
};

G_DEFINE_FINAL_TYPE (NanogptDatabase, nanogpt_database, G_TYPE_OBJECT)

struct _NanogptDatabaseSession
{
  NanogptDatabase *database; /* NULL while it is idle */
  const NanogptLibpq *libpq;
  NanogptLibpqConnection *connection; /* NULL once it is lost */
  GSource *source;                    /* while a response is awaited */
  NanogptTimer *timer;
  GTask *task;
  gboolean dirty; /* a transaction may be open */
};

/* A query, or a request for a connection */
typedef struct
{
  char *sql; /* NULL for a connection */
  GPtrArray *values;
  gint64 deadline;
  NanogptTimer *timer;
} Question;

static GMutex databases_lock;
static GList *databases; /* not owned */

static void serve (NanogptDatabase *self);

static void
session_end (NanogptDatabaseSession *session)
{
  if (session->connection)
    session->libpq->disconnect (session->connection);
  g_free (session);
}

static void
nanogpt_database_finalize (GObject *object)
{
  NanogptDatabase *self = NANOGPT_DATABASE (object);
  NanogptDatabaseSession *session;

  while ((session = g_queue_pop_head (&self->idle)))
    session_end (session);
  g_main_context_unref (self->context);
  g_thread_unref (self->thread);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->woken);
  g_free (self->failure);
  g_free (self->uri);
  G_OBJECT_CLASS (nanogpt_database_parent_class)->finalize (object);
}

/* Under the lock, so that no one gets an object that is about to be freed. */
static void
nanogpt_database_dispose (GObject *object)
{
  g_mutex_lock (&databases_lock);
  databases = g_list_remove (databases, object);
  g_mutex_unlock (&databases_lock);
  G_OBJECT_CLASS (nanogpt_database_parent_class)->dispose (object);
}

static void
nanogpt_database_class_init (NanogptDatabaseClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = nanogpt_database_dispose;
  G_OBJECT_CLASS (klass)->finalize = nanogpt_database_finalize;
}

static void
nanogpt_database_init (NanogptDatabase *self)
{
  g_queue_init (&self->waiting);
  g_queue_init (&self->idle);
  g_mutex_init (&self->lock);
  g_cond_init (&self->woken);
}

NanogptDatabase *
nanogpt_database_get (const char *uri)
{
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&databases_lock);
  NanogptDatabase *self;

  for (GList *i = databases; i; i = i->next) {
    self = i->data;
    if (self->context == context && self->thread == g_thread_self ()
        && g_str_equal (self->uri, uri))
      return g_object_ref (self);
  }
  self = g_object_new (NANOGPT_TYPE_DATABASE, NULL);
  self->uri = g_strdup (uri);
  self->thread = g_thread_ref (g_thread_self ());
  self->context = g_steal_pointer (&context);
  databases = g_list_prepend (databases, self);
  return self;
}

const char *
nanogpt_database_get_uri (const NanogptDatabase *self)
{
  return self->uri;
}

/* Other threads */

void
nanogpt_database_invoke (NanogptDatabase *self, GSourceFunc function,
    gpointer data, GDestroyNotify notify)
{
  g_autoptr (GSource) source = NULL;

  if (g_thread_self () == self->thread) {
    function (data);
    if (notify)
      notify (data);
    return;
  }
  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, function, data, notify);
  g_source_attach (source, self->context);
}

void
nanogpt_database_await (NanogptDatabase *self, const int *done)
{
  if (g_thread_self () == self->thread) {
    while (!g_atomic_int_get (done))
      g_main_context_iteration (self->context, TRUE);
    return;
  }
  g_mutex_lock (&self->lock);
  while (!g_atomic_int_get (done))
    g_cond_wait (&self->woken, &self->lock);
  g_mutex_unlock (&self->lock);
}

void
nanogpt_database_wake (NanogptDatabase *self)
{
  g_mutex_lock (&self->lock);
  g_cond_broadcast (&self->woken);
  g_mutex_unlock (&self->lock);
}

/* Connecting, on another thread */

typedef struct
{
  char *uri;
  const NanogptLibpq *libpq;
} Place;

static void
place_free (gpointer data)
{
  Place *place = data;

  g_free (place->uri);
  g_free (place);
}

static void
connect_in_thread (GTask *task, gpointer source G_GNUC_UNUSED, gpointer data,
    GCancellable *cancellable G_GNUC_UNUSED)
{
  Place *place = data;
  NanogptLibpqConnection *connection;
  g_auto (GStrv) migrations = NULL;
  g_autofree char *message = NULL;
  GError *error = NULL;

  place->libpq = nanogpt_module_load (&error);
  if (!place->libpq) {
    g_task_return_error (task, error);
    return;
  }
  message = place->libpq->check (place->uri);
  if (message) {
    g_task_return_new_error (task, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST,
        _ ("database is not the URI of a PostgreSQL database: %s"),
        g_strstrip (message));
    return;
  }
  connection = place->libpq->connect (place->uri, CONNECT_SECONDS, &message);
  if (!connection) {
    g_strdelimit (g_strstrip (message), "\n\t", ' ');
    g_task_return_new_error (
        task, G_FILE_ERROR, G_FILE_ERROR_AGAIN, "%s", message);
    return;
  }
  migrations = nanogpt_schema_get_migrations ();
  if (nanogpt_schema_prepare (place->libpq, connection, migrations,
          CONNECT_SECONDS * G_TIME_SPAN_SECOND, &error)) {
    g_task_return_pointer (task, connection, NULL);
    return;
  }
  place->libpq->disconnect (connection);
  g_task_return_error (task, error);
}

/* Fails everything that waits for a connection. */
static void
refuse_all (NanogptDatabase *self, const GError *error)
{
  GTask *task;

  while ((task = g_queue_pop_head (&self->waiting))) {
    g_task_return_error (task, g_error_copy (error));
    g_object_unref (task);
  }
}

static gboolean
on_pause_over (gpointer data)
{
  NanogptDatabase *self = data;

  nanogpt_timer_clear (&self->paused);
  serve (self);
  return G_SOURCE_REMOVE;
}

static void
rest (NanogptDatabase *self, const char *message)
{
  if (!self->failure)
    nanogpt_log_warning ("the database cannot be reached: %s", message);
  else
    nanogpt_log_debug ("the database cannot be reached: %s", message);
  g_free (self->failure);
  self->failure = g_strdup (message);
  self->pause = CLAMP (self->pause * 2, SHORTEST_PAUSE, LONGEST_PAUSE);
  if (!self->paused)
    self->paused = nanogpt_timer_new (
        self->pause, on_pause_over, g_object_ref (self), g_object_unref);
}

static void
on_connected (
    GObject *source, GAsyncResult *result, gpointer data G_GNUC_UNUSED)
{
  NanogptDatabase *self = NANOGPT_DATABASE (source);
  const Place *place = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  NanogptLibpqConnection *connection =
      g_task_propagate_pointer (G_TASK (result), &error);
  NanogptDatabaseSession *session;

  if (!connection) {
    self->n_connections--;
    if (error->domain == NANOGPT_ERROR)
      refuse_all (self, error);
    else
      rest (self, error->message);
    return;
  }
  if (self->failure)
    nanogpt_log_info ("the database can be reached again");
  g_clear_pointer (&self->failure, g_free);
  self->pause = 0;
  nanogpt_timer_clear (&self->paused);
  session = g_new0 (NanogptDatabaseSession, 1);
  session->libpq = place->libpq;
  session->connection = connection;
  g_queue_push_head (&self->idle, session);
  serve (self);
}

static void
add_connection (NanogptDatabase *self)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, on_connected, NULL);
  Place *place = g_new0 (Place, 1);

  self->n_connections++;
  place->uri = g_strdup (self->uri);
  g_task_set_task_data (task, place, place_free);
  g_task_run_in_thread (task, connect_in_thread);
}

/* One statement on a connection */

static GError *
gone_error (const char *why)
{
  return g_error_new (NANOGPT_ERROR, NANOGPT_ERROR_STATE_UNAVAILABLE,
      _ ("The database does not respond, so nothing was submitted: %s"), why);
}

static GError *
refusal_error (const char *why)
{
  return g_error_new (NANOGPT_ERROR, NANOGPT_ERROR_STATE_UNAVAILABLE,
      _ ("The database cannot be used, so nothing was submitted: %s"), why);
}

static void
stop_awaiting (NanogptDatabaseSession *session)
{
  if (session->source) {
    g_source_destroy (session->source);
    g_clear_pointer (&session->source, g_source_unref);
  }
  nanogpt_timer_clear (&session->timer);
}

static void
session_fail (NanogptDatabaseSession *session, const char *why)
{
  g_autoptr (GTask) task = g_steal_pointer (&session->task);

  stop_awaiting (session);
  session->libpq->disconnect (session->connection);
  session->connection = NULL;
  g_task_return_error (task, gone_error (why));
}

static gboolean
on_no_answer (gpointer data)
{
  session_fail (data, _ ("a query takes too long"));
  return G_SOURCE_REMOVE;
}

static void
rows_free (gpointer data)
{
  nanogpt_rows_free (data);
}

static gboolean on_ready (int fd, GIOCondition condition, gpointer data);

static void
await_socket (NanogptDatabaseSession *session, GIOCondition condition)
{
  session->source = g_unix_fd_source_new (
      session->libpq->get_socket (session->connection), condition);
  g_source_set_callback (
      session->source, G_SOURCE_FUNC (on_ready), session, NULL);
  g_source_attach (session->source, session->database->context);
}

static void
go_on (NanogptDatabaseSession *session)
{
  int unsent = session->libpq->flush (session->connection);
  NanogptRows *rows = NULL;
  g_autoptr (GTask) task = NULL;

  if (session->source) {
    g_source_destroy (session->source);
    g_clear_pointer (&session->source, g_source_unref);
  }
  if (unsent < 0 || !session->libpq->receive (session->connection, &rows)) {
    session_fail (session, _ ("the connection was lost"));
    return;
  }
  if (!rows) {
    await_socket (session, unsent ? G_IO_IN | G_IO_OUT : G_IO_IN);
    return;
  }
  stop_awaiting (session);
  task = g_steal_pointer (&session->task);
  g_task_return_pointer (task, rows, rows_free);
}

static gboolean
on_ready (
    int fd G_GNUC_UNUSED, GIOCondition condition G_GNUC_UNUSED, gpointer data)
{
  go_on (data);
  return G_SOURCE_REMOVE;
}

/* Takes @task. */
static void
session_ask (NanogptDatabaseSession *session, GTask *task, const char *sql,
    GPtrArray *values, gint64 patience)
{
  session->task = task;
  if (!session->connection
      || !session->libpq->send (session->connection, sql,
          values ? values->len : 0,
          values ? (const char *const *)values->pdata : NULL)) {
    if (session->connection) {
      session_fail (session, _ ("the connection was lost"));
      return;
    }
    g_task_return_error (task, gone_error (_ ("the connection was lost")));
    g_clear_object (&session->task);
    return;
  }
  session->timer = nanogpt_timer_new (patience, on_no_answer, session, NULL);
  go_on (session);
}

void
nanogpt_database_session_ask_async (NanogptDatabaseSession *session,
    const char *sql, GPtrArray *values, gint64 patience,
    GAsyncReadyCallback callback, gpointer user_data)
{
  session->dirty = TRUE;
  session_ask (session,
      g_task_new (session->database, NULL, callback, user_data), sql, values,
      patience);
}

void
nanogpt_database_session_set_clean (NanogptDatabaseSession *session)
{
  session->dirty = FALSE;
}

/* An open transaction ends with the connection. */
void
nanogpt_database_session_free (NanogptDatabaseSession *session)
{
  g_autoptr (NanogptDatabase) database = g_steal_pointer (&session->database);

  if (session->connection && !session->dirty) {
    g_queue_push_head (&database->idle, session);
  } else {
    database->n_connections--;
    session_end (session);
  }
  serve (database);
}

/* A query, until it is done or its time is over */

static void
question_free (gpointer data)
{
  Question *question = data;

  nanogpt_timer_clear (&question->timer);
  g_clear_pointer (&question->values, g_ptr_array_unref);
  g_free (question->sql);
  g_free (question);
}

/* Only for a task that is still waiting: a running query has its own timer. */
static gboolean
on_deadline (gpointer data)
{
  GTask *task = data;
  NanogptDatabase *self = g_task_get_source_object (task);

  if (!g_queue_remove (&self->waiting, task))
    return G_SOURCE_REMOVE;
  if (self->failure)
    g_task_return_error (task, refusal_error (self->failure));
  else
    g_task_return_error (task, gone_error (_ ("no connection is free")));
  g_object_unref (task);
  return G_SOURCE_REMOVE;
}

static void
on_asked (GObject *source, GAsyncResult *result, gpointer data)
{
  NanogptDatabase *self = NANOGPT_DATABASE (source);
  NanogptDatabaseSession *session = data;
  GTask *task = g_object_get_data (G_OBJECT (result), "nanogpt-question");
  const Question *question = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (NanogptRows) rows =
      g_task_propagate_pointer (G_TASK (result), &error);
  gboolean again =
      !rows || (rows->message && nanogpt_rows_may_differ_later (rows));

  if (again && g_get_monotonic_time () < question->deadline) {
    nanogpt_log_debug ("the database is asked again: %s",
        error ? error->message : rows->message);
    g_queue_push_tail (&self->waiting, g_object_ref (task));
    if (rows)
      rest (self, rows->message);
    session->dirty =
        TRUE; /* another server may have taken over from this one */
    g_clear_error (&error);
  } else if (error) {
    g_task_return_error (task, error);
  } else {
    g_task_return_pointer (task, g_steal_pointer (&rows), rows_free);
  }
  nanogpt_database_session_free (session);
}

/* Takes @task and @session. */
static void
ask_now (NanogptDatabase *self, GTask *task, NanogptDatabaseSession *session)
{
  const Question *question = g_task_get_task_data (task);
  gint64 left = question->deadline - g_get_monotonic_time ();
  GTask *asked;

  session->database = g_object_ref (self);
  session->dirty = FALSE;
  if (!question->sql) {
    g_task_return_pointer (task, session, NULL);
    g_object_unref (task);
    return;
  }
  asked = g_task_new (self, NULL, on_asked, session);
  g_object_set_data_full (
      G_OBJECT (asked), "nanogpt-question", task, g_object_unref);
  session_ask (session, asked, question->sql, question->values, MAX (left, 1));
}

/* Idle connections may have been cut meanwhile; then the next one is tried. */
static void
serve (NanogptDatabase *self)
{
  g_autoptr (NanogptDatabase) keep = g_object_ref (self);

  while (!g_queue_is_empty (&self->waiting) && !g_queue_is_empty (&self->idle)
      && !self->paused)
    ask_now (self, g_queue_pop_head (&self->waiting),
        g_queue_pop_head (&self->idle));
  if (!g_queue_is_empty (&self->waiting) && !self->paused
      && self->n_connections < MAX_CONNECTIONS)
    add_connection (self);
}

/* Takes @sql. */
static void
enqueue (NanogptDatabase *self, char *sql, GPtrArray *values, gint64 patience,
    GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  Question *question = g_new0 (Question, 1);

  question->sql = sql;
  question->values = values ? g_ptr_array_ref (values) : NULL;
  question->deadline = g_get_monotonic_time () + patience;
  question->timer = nanogpt_timer_new (patience, on_deadline, task, NULL);
  g_task_set_task_data (task, question, question_free);
  g_queue_push_tail (&self->waiting, task);
  serve (self);
}

void
nanogpt_database_ask_async (NanogptDatabase *self, const char *sql,
    GPtrArray *values, gint64 patience, GAsyncReadyCallback callback,
    gpointer user_data)
{
  enqueue (self, g_strdup (sql), values, patience, callback, user_data);
}

NanogptRows *
nanogpt_database_ask_finish (
    NanogptDatabase *self G_GNUC_UNUSED, GAsyncResult *result, GError **error)
{
  g_autoptr (NanogptRows) rows =
      g_task_propagate_pointer (G_TASK (result), error);
  GError *refusal;

  if (!rows || !rows->message)
    return g_steal_pointer (&rows);
  g_strdelimit (g_strstrip (rows->message), "\n", ' ');
  nanogpt_log_warning ("the database refuses: %s", rows->message);
  if (g_str_has_prefix (rows->code, "23")) {
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_EXIST,
        _ ("the database refuses: %s"), rows->message);
  } else {
    refusal = refusal_error (rows->message);
    nanogpt_error_get_details (refusal)->responded = TRUE;
    g_propagate_error (error, refusal);
  }
  return NULL;
}

void
nanogpt_database_acquire_async (NanogptDatabase *self, gint64 patience,
    GAsyncReadyCallback callback, gpointer user_data)
{
  enqueue (self, NULL, NULL, patience, callback, user_data);
}

NanogptDatabaseSession *
nanogpt_database_acquire_finish (
    NanogptDatabase *self G_GNUC_UNUSED, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
