/* nanovid: asynchronous updates of a job's journal entry
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "journal-writer.h"

#include "costs.h"
#include "nanogpt/base/url.h"
#include "open-store.h"

struct _NanogptJournalWriter
{
  GObject parent;

  NanogptStore *store;
  NanogptStoreEntry *entry;
  NanogptCosts *costs;
};

G_DEFINE_FINAL_TYPE (
    NanogptJournalWriter, nanogpt_journal_writer, G_TYPE_OBJECT)

static void
nanogpt_journal_writer_finalize (GObject *object)
{
  NanogptJournalWriter *self = NANOGPT_JOURNAL_WRITER (object);

  g_clear_object (&self->entry);
  g_clear_object (&self->store);
  g_clear_pointer (&self->costs, nanogpt_costs_free);
  G_OBJECT_CLASS (nanogpt_journal_writer_parent_class)->finalize (object);
}

static void
nanogpt_journal_writer_class_init (NanogptJournalWriterClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = nanogpt_journal_writer_finalize;
}

static void
nanogpt_journal_writer_init (NanogptJournalWriter *self G_GNUC_UNUSED)
{
}

/* Returns: (transfer full): the record of a new entry */
static NanogptJournalRecord *
make_record (NanogptRequest *request, const NanogptSettings *settings)
{
  NanogptJournalRecord *record = nanogpt_journal_record_new ();
  g_autoptr (GUri) base = nanogpt_base_url_parse (settings->base_url, NULL);

  record->origin = nanogpt_url_get_origin (base);
  record->account = nanogpt_journal_get_account (settings->api_key);
  if (!request)
    return record;
  record->digest = g_strdup (nanogpt_request_get_digest (request));
  /* Without a cache, equal requests cannot be told apart. */
  if (settings->cache_dir)
    record->number = settings->cache_number;
  record->model = g_strdup (nanogpt_request_get_model (request));
  record->prompt = g_strdup (nanogpt_request_get_prompt (request));
  record->conversation = g_strdup (nanogpt_request_get_conversation (request));
  return record;
}

NanogptJournalWriter *
nanogpt_journal_writer_new (
    NanogptRequest *request, const NanogptSettings *settings)
{
  NanogptJournalWriter *self = g_object_new (NANOGPT_TYPE_JOURNAL_WRITER, NULL);
  NanogptStoreJob job = {
    .record = make_record (request, settings),
    .run_id = g_strdup (settings->run_id),
    .resume = settings->resume && !settings->fresh,
    .patience = settings->http_timeout * G_TIME_SPAN_SECOND,
    .kind = request ? g_strdup (nanogpt_request_get_kind (request)) : NULL,
    .daily_budget = settings->daily_budget,
    .hourly_budget = settings->hourly_budget,
    .hourly_name = g_strdup (settings->hourly_name),
  };

  self->costs = nanogpt_costs_new (settings);
  self->store = nanogpt_store_new_for_settings (settings);
  self->entry = nanogpt_store_make_entry (self->store, &job);
  return self;
}

NanogptStore *
nanogpt_journal_writer_get_store (NanogptJournalWriter *self)
{
  return self->store;
}

/* Results of the store, passed on to the caller of this object */

/* Returns: the task for a call to the store, to be freed in its callback */
static GTask *
store_task_new (NanogptJournalWriter *self, GAsyncReadyCallback callback,
    gpointer user_data)
{
  return g_task_new (self, NULL, callback, user_data);
}

static void
on_stored (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  if (nanogpt_store_entry_finish (NANOGPT_STORE_ENTRY (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static char *
take_warning (GError *error)
{
  char *warning = error ? g_strdup (error->message) : NULL;

  g_clear_error (&error);
  return warning;
}

/* Takes @error. Returns: whether it is only a warning */
static gboolean
sort_out (GError *error, char **warning, GError **hard)
{
  *warning = NULL;
  if (hard && error && error->domain == NANOGPT_ERROR) {
    g_propagate_error (hard, error);
    return FALSE;
  }
  *warning = take_warning (error);
  return TRUE;
}

gboolean
nanogpt_journal_writer_finish (NanogptJournalWriter *self G_GNUC_UNUSED,
    GAsyncResult *result, char **warning, GError **error)
{
  GError *local_error = NULL;

  g_task_propagate_boolean (G_TASK (result), &local_error);
  return sort_out (local_error, warning, error);
}

static NanogptStoreCharge
get_charge (const NanogptResponse *response)
{
  return (NanogptStoreCharge){ .run_id = response->run_id,
    .model = response->model,
    .payment_source = response->payment_source,
    .cost = response->cost,
    .date = response->date };
}

/* Opening */

static void
on_opened (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  NanogptJournalWriter *self = g_task_get_source_object (task);
  NanogptJournalObstacle *obstacle = g_task_get_task_data (task);
  GError *error = NULL;
  NanogptJournalRecord *record = nanogpt_store_entry_open_finish (
      NANOGPT_STORE_ENTRY (source), result, obstacle, &error);

  if (record && record->run_id)
    nanogpt_costs_take_up (self->costs, record->cost);
  if (error)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (
        task, record, (GDestroyNotify)nanogpt_journal_record_free);
}

void
nanogpt_journal_writer_open_async (NanogptJournalWriter *self, gint64 date,
    GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = store_task_new (self, callback, user_data);

  g_task_set_task_data (task, g_new0 (NanogptJournalObstacle, 1), g_free);
  nanogpt_store_entry_open_async (self->entry, date, on_opened, task);
}

NanogptJournalRecord *
nanogpt_journal_writer_open_finish (NanogptJournalWriter *self G_GNUC_UNUSED,
    GAsyncResult *result, NanogptJournalObstacle *obstacle, char **warning,
    GError **hard)
{
  GError *error = NULL;
  NanogptJournalRecord *record =
      g_task_propagate_pointer (G_TASK (result), &error);

  *obstacle = *(NanogptJournalObstacle *)g_task_get_task_data (G_TASK (result));
  sort_out (error, warning, hard);
  return record;
}

/* Sending and accepting */

void
nanogpt_journal_writer_begin_async (NanogptJournalWriter *self,
    NanogptMicros estimate, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = store_task_new (self, callback, user_data);
  GError *error = NULL;

  if (nanogpt_costs_reserve (self->costs, estimate, &error)) {
    nanogpt_store_entry_begin_async (self->entry, estimate, on_stored, task);
    return;
  }
  g_task_return_error (task, error);
  g_object_unref (task);
}

void
nanogpt_journal_writer_send_async (NanogptJournalWriter *self,
    GAsyncReadyCallback callback, gpointer user_data)
{
  nanogpt_store_entry_send_async (
      self->entry, on_stored, store_task_new (self, callback, user_data));
}

gboolean
nanogpt_journal_writer_may_send (NanogptJournalWriter *self)
{
  return nanogpt_store_entry_may_send (self->entry);
}

void
nanogpt_journal_writer_set_abandoned (
    NanogptJournalWriter *self, gboolean abandoned)
{
  nanogpt_store_entry_set_abandoned (self->entry, abandoned);
}

void
nanogpt_journal_writer_accept_async (NanogptJournalWriter *self,
    const NanogptResponse *response, GAsyncReadyCallback callback,
    gpointer user_data)
{
  NanogptStoreCharge charge = get_charge (response);

  nanogpt_costs_charge (self->costs, response);
  nanogpt_store_entry_accept_async (self->entry, &charge, on_stored,
      store_task_new (self, callback, user_data));
}

void
nanogpt_journal_writer_withdraw_async (NanogptJournalWriter *self,
    GAsyncReadyCallback callback, gpointer user_data)
{
  nanogpt_store_entry_withdraw_async (
      self->entry, on_stored, store_task_new (self, callback, user_data));
}

/* Looking up a lost submit */

void
nanogpt_journal_writer_lose_async (NanogptJournalWriter *self,
    GAsyncReadyCallback callback, gpointer user_data)
{
  nanogpt_store_entry_lose_async (
      self->entry, on_stored, store_task_new (self, callback, user_data));
}

typedef struct
{
  GPtrArray *runs;
  GDateTime *date;
  gint64 asked;
  NanogptRecoveryOutcome outcome;
  NanogptResponse *response; /* the job that was found */
} Claim;

static void
claim_free (gpointer data)
{
  Claim *claim = data;

  g_ptr_array_unref (claim->runs);
  g_clear_pointer (&claim->date, g_date_time_unref);
  nanogpt_response_free (claim->response);
  g_free (claim);
}

static NanogptStoreCharge *
search (GPtrArray *records, const NanogptJournalRecord *own, gpointer data)
{
  Claim *claim = data;
  NanogptStoreCharge charge;

  claim->outcome = nanogpt_recovery_search (
      records, own, claim->runs, claim->date, claim->asked, &claim->response);
  if (claim->outcome != NANOGPT_RECOVERY_FOUND)
    return NULL;
  charge = get_charge (claim->response);
  return nanogpt_store_charge_copy (&charge);
}

static void
on_claimed (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  NanogptJournalWriter *self = g_task_get_source_object (task);
  const Claim *claim = g_task_get_task_data (task);

  if (claim->response)
    nanogpt_costs_charge (self->costs, claim->response);
  on_stored (source, result, task);
}

void
nanogpt_journal_writer_claim_async (NanogptJournalWriter *self, GPtrArray *runs,
    GDateTime *date, gint64 asked, GAsyncReadyCallback callback,
    gpointer user_data)
{
  GTask *task = store_task_new (self, callback, user_data);
  Claim *claim = g_new0 (Claim, 1);

  claim->runs = g_ptr_array_ref (runs);
  claim->date = date ? g_date_time_ref (date) : NULL;
  claim->asked = asked;
  claim->outcome = NANOGPT_RECOVERY_UNCLEAR;
  g_task_set_task_data (task, claim, claim_free);
  nanogpt_store_entry_claim_async (
      self->entry, search, claim, on_claimed, task);
}

NanogptRecoveryOutcome
nanogpt_journal_writer_claim_finish (NanogptJournalWriter *self,
    GAsyncResult *result, NanogptResponse **response, char **warning)
{
  Claim *claim = g_task_get_task_data (G_TASK (result));

  nanogpt_journal_writer_finish (self, result, warning, NULL);
  *response = g_steal_pointer (&claim->response);
  return claim->outcome;
}

/* The end */

char *
nanogpt_journal_writer_deliver (NanogptJournalWriter *self)
{
  GError *error = NULL;

  nanogpt_store_entry_deliver (self->entry, &error);
  return take_warning (error);
}

void
nanogpt_journal_writer_complete (
    NanogptJournalWriter *self, const NanogptResponse *response, double seconds)
{
  NanogptStoreCharge charge = get_charge (response);
  gboolean is_news = response->cost >= 0
      && response->cost != nanogpt_costs_get_charged (self->costs);

  if (is_news)
    nanogpt_costs_charge (self->costs, response);
  nanogpt_store_entry_complete (self->entry, is_news ? &charge : NULL, seconds);
}

void
nanogpt_journal_writer_close_async (NanogptJournalWriter *self,
    GAsyncReadyCallback callback, gpointer user_data)
{
  nanogpt_store_entry_close_async (
      self->entry, on_stored, store_task_new (self, callback, user_data));
}

void
nanogpt_journal_writer_drop_async (NanogptJournalWriter *self, gboolean charged,
    GAsyncReadyCallback callback, gpointer user_data)
{
  if (!charged)
    nanogpt_costs_release (self->costs);
  nanogpt_store_entry_drop_async (self->entry, charged, on_stored,
      store_task_new (self, callback, user_data));
}
