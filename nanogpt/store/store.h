/* nanovid: NanogptStore: abstract store of journal, ledger and history
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "store-entry.h"

G_BEGIN_DECLS

/**
 * NanogptStore:
 *
 * Journal, ledger and history: the entries of jobs, their costs, and how long
 * earlier jobs of their kind took.  A driver implements it.
 *
 * Asynchronous functions do not block, and may be called on any thread that has
 * a main context; their callbacks run in its thread-default one, and must call
 * the matching finish function.
 */
#define NANOGPT_TYPE_STORE (nanogpt_store_get_type ())
G_DECLARE_DERIVABLE_TYPE (NanogptStore, nanogpt_store, NANOGPT, STORE, GObject)

struct _NanogptStoreClass
{
  GObjectClass parent_class;

  NanogptStoreEntry *(*make_entry) (NanogptStore *store, NanogptStoreJob *job);
  void (*list_async) (
      NanogptStore *store, GAsyncReadyCallback callback, gpointer user_data);
  void (*get_sums_async) (NanogptStore *store, gint64 since,
      GAsyncReadyCallback callback, gpointer user_data);
  GPtrArray *(*list_finish) (
      NanogptStore *store, GAsyncResult *result, GError **error);
  void (*get_hour_async) (NanogptStore *store, const char *origin,
      const char *account, const char *name, GAsyncReadyCallback callback,
      gpointer user_data);
  NanogptMicros (*get_hour_finish) (
      NanogptStore *store, GAsyncResult *result, GError **error);
  void (*forget_async) (NanogptStore *store, const char *id,
      GAsyncReadyCallback callback, gpointer user_data);
  gboolean (*forget_finish) (
      NanogptStore *store, GAsyncResult *result, GError **error);
  void (*get_history_async) (NanogptStore *store, const char *origin,
      const char *kind, GAsyncReadyCallback callback, gpointer user_data);
  NanogptHistory *(*get_history_finish) (
      NanogptStore *store, GAsyncResult *result, GError **error);
};

/**
 * nanogpt_store_make_entry:
 * @job: (inout): its content is taken, and it is left empty
 *
 * Does not block: nothing is stored before the entry is opened.
 *
 * Returns: (transfer full): the entry for the job
 */
NanogptStoreEntry *nanogpt_store_make_entry (
    NanogptStore *store, NanogptStoreJob *job);

/**
 * nanogpt_store_list_async:
 *
 * Locks nothing and changes nothing.
 */
void nanogpt_store_list_async (
    NanogptStore *store, GAsyncReadyCallback callback, gpointer user_data);

/**
 * nanogpt_store_get_sums_async:
 * @since: microseconds since the epoch, in the first day (UTC) to list; 0 for
 *   all
 *
 * Locks nothing and changes nothing.
 */
void nanogpt_store_get_sums_async (NanogptStore *store, gint64 since,
    GAsyncReadyCallback callback, gpointer user_data);

/**
 * nanogpt_store_list_finish:
 * @error: return location for an error of #GFileError
 *
 * Returns: (transfer full) (nullable): for nanogpt_store_list_async() all
 *   records, #NanogptJournalRecord, oldest first; for
 *   nanogpt_store_get_sums_async() the #NanogptLedgerSum of each day, model,
 *   currency and service, in this order.  Records that cannot be read come last
 *   and are `damaged`; a sum that cannot be read is left out
 */
GPtrArray *nanogpt_store_list_finish (
    NanogptStore *store, GAsyncResult *result, GError **error);

/**
 * nanogpt_store_get_hour_async:
 * @origin: the origin of the service, as nanogpt_url_get_origin() returns it
 * @account: fingerprint of the API key, see nanogpt_journal_get_account()
 * @name: the name of the hourly budget
 *
 * Locks nothing and changes nothing.
 */
void nanogpt_store_get_hour_async (NanogptStore *store, const char *origin,
    const char *account, const char *name, GAsyncReadyCallback callback,
    gpointer user_data);

/**
 * nanogpt_store_get_hour_finish:
 * @error: return location for an error of #GFileError
 *
 * Returns: what was spent and is reserved of the budget in the hour that ends
 *   now, in USD; %NANOGPT_MONEY_UNKNOWN on error
 */
NanogptMicros nanogpt_store_get_hour_finish (
    NanogptStore *store, GAsyncResult *result, GError **error);

/**
 * nanogpt_store_forget_async:
 * @id: the id of an entry
 *
 * Removes the entry, whatever its state, unless a process waits for its job.
 */
void nanogpt_store_forget_async (NanogptStore *store, const char *id,
    GAsyncReadyCallback callback, gpointer user_data);

/**
 * nanogpt_store_forget_finish:
 * @error: return location for an error of #GFileError: %G_FILE_ERROR_NOENT if
 *   there is no such entry, %G_FILE_ERROR_AGAIN if a process is waiting for its
 *   job
 */
gboolean nanogpt_store_forget_finish (
    NanogptStore *store, GAsyncResult *result, GError **error);

/**
 * nanogpt_store_get_history_async:
 * @origin: the origin of the service, as nanogpt_url_get_origin() returns it
 * @kind: what the times and costs of jobs depend on, any text
 */
void nanogpt_store_get_history_async (NanogptStore *store, const char *origin,
    const char *kind, GAsyncReadyCallback callback, gpointer user_data);

/**
 * nanogpt_store_get_history_finish:
 * @error: return location for an error of #GFileError
 *
 * Returns: (transfer full) (nullable): what is known, which may be nothing
 */
NanogptHistory *nanogpt_store_get_history_finish (
    NanogptStore *store, GAsyncResult *result, GError **error);

G_END_DECLS
