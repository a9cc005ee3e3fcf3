/* nanovid: requests the account's recent jobs, once for all waiting jobs
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "lookup.h"

#include "recovery.h"
#include "nanogpt/base/boot.h"
#include "nanogpt/base/timer.h"

typedef struct
{
  NanogptClient *client; /* of the first waiter */
  char *model;
  char *conversation;
  GPtrArray *waiters;  /* of GTask, in order of arrival */
  NanogptTimer *timer; /* until the list is requested */
  GCancellable *cancellable;
  gint64 asked;
} Lookup;

/* The data of a task. */
typedef struct
{
  Lookup *lookup; /* not owned; NULL when it has ended */
  GCancellable *cancellable;
  gulong cancelled_id;
} Waiter;

typedef struct
{
  GPtrArray *runs;
  GDateTime *date;
  gint64 asked;
} JobList;

static void
job_list_free (gpointer data)
{
  JobList *list = data;

  g_ptr_array_unref (list->runs);
  g_clear_pointer (&list->date, g_date_time_unref);
  g_free (list);
}

static void
waiter_free (gpointer data)
{
  Waiter *waiter = data;

  g_object_unref (waiter->cancellable);
  g_free (waiter);
}

static void
lookup_free (Lookup *lookup)
{
  g_object_unref (lookup->client);
  g_object_unref (lookup->cancellable);
  g_ptr_array_unref (lookup->waiters);
  g_free (lookup->model);
  g_free (lookup->conversation);
  g_free (lookup);
}

/* Returns: the lookups of the session that wait for their turn */
static GPtrArray *
get_pending (NanogptClient *client)
{
  GObject *session = G_OBJECT (
      nanogpt_account_get_session (nanogpt_client_get_account (client)));
  GPtrArray *pending = g_object_get_data (session, "nanogpt-lookups");

  if (!pending) {
    pending = g_ptr_array_new ();
    g_object_set_data_full (
        session, "nanogpt-lookups", pending, (GDestroyNotify)g_ptr_array_unref);
  }
  return pending;
}

static void
end_wait (GTask *task)
{
  Waiter *waiter = g_task_get_task_data (task);

  waiter->lookup = NULL;
  g_cancellable_disconnect (waiter->cancellable, waiter->cancelled_id);
}

static void
on_jobs_listed (GObject *source, GAsyncResult *result, gpointer data)
{
  Lookup *lookup = data;
  g_autoptr (GDateTime) date = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) runs = nanogpt_client_recover_finish (
      NANOGPT_CLIENT (source), result, &date, &error);

  while (lookup->waiters->len > 0) {
    g_autoptr (GTask) task = g_ptr_array_steal_index (lookup->waiters, 0);

    end_wait (task);
    if (runs) {
      JobList *list = g_new (JobList, 1);

      list->runs = g_ptr_array_ref (runs);
      list->date = date ? g_date_time_ref (date) : NULL;
      list->asked = lookup->asked;
      g_task_return_pointer (task, list, job_list_free);
    } else {
      g_task_return_error (task, g_error_copy (error));
    }
  }
  lookup_free (lookup);
}

/* From now on, new callers need a newer list. */
static gboolean
on_turn (gpointer data)
{
  Lookup *lookup = data;

  nanogpt_timer_clear (&lookup->timer);
  g_ptr_array_remove (get_pending (lookup->client), lookup);
  if (lookup->waiters->len == 0) {
    lookup_free (lookup);
    return G_SOURCE_REMOVE;
  }
  lookup->asked = nanogpt_boot_get_time ();
  nanogpt_client_recover_async (lookup->client, lookup->model,
      lookup->conversation, lookup->cancellable, on_jobs_listed, lookup);
  return G_SOURCE_REMOVE;
}

static Lookup *
find_pending (
    NanogptClient *client, const char *model, const char *conversation)
{
  GPtrArray *pending = get_pending (client);

  for (guint i = 0; i < pending->len; i++) {
    Lookup *lookup = g_ptr_array_index (pending, i);

    if (nanogpt_account_is_same (nanogpt_client_get_account (lookup->client),
            nanogpt_client_get_account (client))
        && g_strcmp0 (lookup->model, model) == 0
        && g_strcmp0 (lookup->conversation, conversation) == 0)
      return lookup;
  }
  return NULL;
}

/* Returns: (nullable): a lookup that waits for its turn */
static Lookup *
lookup_new (NanogptClient *client, const char *model, const char *conversation,
    GError **error)
{
  gint64 delay = nanogpt_client_reserve_recover (client, error);
  Lookup *lookup;

  if (delay < 0)
    return NULL;
  lookup = g_new0 (Lookup, 1);
  lookup->client = g_object_ref (client);
  lookup->model = g_strdup (model);
  lookup->conversation = g_strdup (conversation);
  lookup->waiters = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_add (get_pending (client), lookup);
  lookup->cancellable = g_cancellable_new ();
  lookup->timer = nanogpt_timer_new (delay, on_turn, lookup, NULL);
  return lookup;
}

static gboolean
on_given_up (gpointer data)
{
  GTask *task = data;

  g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Cancelled");
  return G_SOURCE_REMOVE;
}

/* Others may still want the list. */
static void
on_cancelled (GCancellable *cancellable G_GNUC_UNUSED, gpointer data)
{
  GTask *task = data;
  Waiter *waiter = g_task_get_task_data (task);
  Lookup *lookup = g_steal_pointer (&waiter->lookup);
  g_autoptr (NanogptTimer) timer = NULL;

  if (!lookup)
    return;
  timer =
      nanogpt_timer_new (0, on_given_up, g_object_ref (task), g_object_unref);
  g_ptr_array_remove (lookup->waiters, task);
  if (lookup->waiters->len > 0)
    return;
  if (lookup->timer)
    nanogpt_timer_hurry (lookup->timer);
  else
    g_cancellable_cancel (lookup->cancellable);
}

void
nanogpt_lookup_async (NanogptClient *client, const char *model,
    const char *conversation, GCancellable *cancellable,
    GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (client, NULL, callback, user_data);
  Lookup *lookup = find_pending (client, model, conversation);
  GError *error = NULL;
  Waiter *waiter;

  if (!lookup)
    lookup = lookup_new (client, model, conversation, &error);
  if (!lookup) {
    g_task_return_error (task, error);
    return;
  }
  waiter = g_new0 (Waiter, 1);
  waiter->lookup = lookup;
  waiter->cancellable = g_object_ref (cancellable);
  g_task_set_task_data (task, waiter, waiter_free);
  g_ptr_array_add (lookup->waiters, g_object_ref (task));
  waiter->cancelled_id = g_cancellable_connect (
      cancellable, G_CALLBACK (on_cancelled), task, NULL);
}

GPtrArray *
nanogpt_lookup_finish (NanogptClient *client G_GNUC_UNUSED,
    GAsyncResult *result, GDateTime **date, gint64 *asked, GError **error)
{
  JobList *list = g_task_propagate_pointer (G_TASK (result), error);
  GPtrArray *runs;

  *date = NULL;
  *asked = 0;
  if (!list)
    return NULL;
  runs = g_steal_pointer (&list->runs);
  *date = g_steal_pointer (&list->date);
  *asked = list->asked;
  g_free (list);
  return runs;
}
