/* nanovid: NanogptJob: steps before the submit (journal, estimate, balance)
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "prepare.h"

#include <glib/gi18n-lib.h>

#include "job-core.h"
#include "job-error.h"
#include "recovery.h"
#include "nanogpt/request/listed-names.h"
#include "nanogpt/base/url.h"

/* How often to check whether another process's submit has its response, and for
 * how long after http-timeout. */
#define AWAIT_INTERVAL (G_TIME_SPAN_SECOND / 5)
#define WATCH_INTERVAL (G_TIME_SPAN_SECOND / 2)
#define AWAIT_SLACK (2 * G_TIME_SPAN_SECOND)

/* The disk: nothing is paid for that could not be stored. */

static void
check_in_thread (GTask *task, gpointer source, gpointer data,
    GCancellable *cancellable G_GNUC_UNUSED)
{
  NanogptJob *self = source;
  const NanogptSettings *settings = data;
  GError *error = NULL;

  if ((!settings->tls_ca_file
          || nanogpt_network_load_authorities (
              self->network, settings->tls_ca_file, &error))
      && nanogpt_clip_check_dir (settings->spool_dir, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* Whether the job was neither stopped nor started again with other settings
 * meanwhile. */
static gboolean
is_check_of_use (NanogptJob *self, const NanogptSettings *checked)
{
  return nanogpt_job_is_wanted (self)
      && g_str_equal (checked->spool_dir, self->settings->spool_dir)
      && g_strcmp0 (checked->tls_ca_file, self->settings->tls_ca_file) == 0;
}

static void
on_disk_checked (
    GObject *source, GAsyncResult *result, gpointer data G_GNUC_UNUSED)
{
  NanogptJob *self = NANOGPT_JOB (source);
  g_autoptr (GError) error = NULL;
  gboolean usable = g_task_propagate_boolean (G_TASK (result), &error);

  if (!is_check_of_use (self, g_task_get_task_data (G_TASK (result))))
    nanogpt_job_handle (self, NANOGPT_EVENT_CANCELLED);
  else if (usable && nanogpt_job_renew_client (self, &error))
    nanogpt_job_handle (self, NANOGPT_EVENT_DONE);
  else
    nanogpt_job_handle_error (
        self, NANOGPT_EVENT_FAILED, g_steal_pointer (&error));
}

void
nanogpt_job_check_disk (NanogptJob *self)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, on_disk_checked, NULL);

  g_task_set_task_data (task, nanogpt_settings_copy (self->settings),
      (GDestroyNotify)nanogpt_settings_free);
  g_task_run_in_thread (task, check_in_thread);
}

/* The journal */

/* Resumes a job that another process, or an earlier run of this one, has left. */
static void
adopt_record (NanogptJob *self, const NanogptJournalRecord *record)
{
  gint64 now = g_get_monotonic_time ();
  gint64 age = MAX (g_get_real_time () - record->sent, 0);

  if (record->sent > 0) {
    self->resumed = TRUE;
    self->submit_time = now - age;
  }

  g_mutex_lock (&self->lock);
  if (record->state >= NANOGPT_JOURNAL_ACCEPTED) {
    g_free (self->status.run_id);
    self->status.run_id = g_strdup (record->run_id);
    g_free (self->status.model);
    self->status.model = g_strdup (record->model);
    g_free (self->status.payment_source);
    self->status.payment_source = g_strdup (record->payment_source);
    self->status.cost = record->cost;
    self->status.resumed = TRUE;
    self->adopted = !self->settings->run_id && !self->result_of;
    self->status.serial++;
  }
  g_mutex_unlock (&self->lock);

  if (record->state >= NANOGPT_JOURNAL_ACCEPTED) {
    nanogpt_recovery_claim (record->run_id);
    nanogpt_job_log (self, NANOGPT_LOG_INFO, "is resumed from the journal");
    nanogpt_job_set_stage (self, NANOGPT_STAGE_ACCEPTED);
    nanogpt_job_set_state (self, NANOGPT_JOB_QUEUED);
  } else if (record->state == NANOGPT_JOURNAL_SENDING) {
    nanogpt_job_log (
        self, NANOGPT_LOG_WARNING, "a lost submit is resumed from the journal");
    self->lost_time = now;
    self->orphan = TRUE;
    self->sender_may_live = record->sender_may_live;
    nanogpt_job_note_failure (self,
        g_error_new (NANOGPT_ERROR, NANOGPT_ERROR_SUBMIT_UNKNOWN,
            _ ("the process that sent it ended before the response arrived")));
    self->failures = 0;
    nanogpt_job_set_stage (self, NANOGPT_STAGE_UNKNOWN);
  }
}

/* A job's own entry, found again, has nothing new for it, unless another
 * process had it meanwhile and found out the outcome of the submit. */
static gboolean
is_news (NanogptJob *self, const NanogptJournalRecord *record)
{
  return !self->record_taken
      || (self->stage == NANOGPT_STAGE_UNKNOWN
          && record->state >= NANOGPT_JOURNAL_ACCEPTED);
}

/* A job that was given up during its submit can be adopted as soon as the
 * outcome of the submit is known. */
static void
await_submit (NanogptJob *self, NanogptJournalObstacle obstacle)
{
  gint64 now = g_get_monotonic_time ();
  guint patience = self->settings->http_timeout;
  g_autoptr (GError) cause = NULL;

  if (!self->awaited_since) {
    self->awaited_since = now;
    nanogpt_job_arm_deadline (self);
    nanogpt_job_set_details (self,
        obstacle == NANOGPT_JOURNAL_WATCHED
            ? _ ("another process has the same request; checking whether it "
                 "is still running")
            : _ ("the same request was just submitted and given up; "
                 "waiting for its response"));
  }
  if (obstacle == NANOGPT_JOURNAL_WATCHED) {
    nanogpt_job_handle_wait (self, NANOGPT_EVENT_CONTESTED, WATCH_INTERVAL);
    return;
  }
  if (patience == 0
      || now - self->awaited_since
          < patience * G_TIME_SPAN_SECOND + AWAIT_SLACK) {
    nanogpt_job_handle_wait (self, NANOGPT_EVENT_CONTESTED, AWAIT_INTERVAL);
    return;
  }
  cause = g_error_new_literal (NANOGPT_ERROR, NANOGPT_ERROR_SUBMIT_UNKNOWN,
      _ ("the same request was submitted before and given up"));
  nanogpt_job_handle_error (self, NANOGPT_EVENT_FAILED,
      nanogpt_job_error_new_submit_unknown (cause,
          _ ("the process that submitted it has no response yet and "
             "is still running")));
}

/* If the service does not tell the time, it does not contradict the job's age
 * either. */
static void
on_date (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (NanogptJob) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GDateTime) date = NULL;
  g_autoptr (GPtrArray) runs = nanogpt_client_recover_finish (
      NANOGPT_CLIENT (source), result, &date, &error);

  if (!nanogpt_job_end_request (self, error))
    return;
  self->service_date =
      date ? g_date_time_to_unix (date) * G_TIME_SPAN_SECOND : -1;
  nanogpt_job_handle (self, NANOGPT_EVENT_DONE);
}

/* An unfinished job is too old by this machine's clock, which may be wrong. */
void
nanogpt_job_ask_date (NanogptJob *self)
{
  nanogpt_client_recover_async (self->client,
      nanogpt_request_get_model (self->request), NULL,
      nanogpt_job_begin_request (self), on_date, g_object_ref (self));
}

static void
on_entry_opened (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (NanogptJob) self = data;
  NanogptJournalObstacle obstacle;
  GError *error = NULL;
  char *warning;
  g_autoptr (NanogptJournalRecord) record = nanogpt_journal_writer_open_finish (
      NANOGPT_JOURNAL_WRITER (source), result, &obstacle, &warning, &error);

  if (error && self->stage != NANOGPT_STAGE_NEW) {
    nanogpt_error_get_details (error)->may_have_been_charged = TRUE;
    nanogpt_job_handle_error (self, NANOGPT_EVENT_FAILED, error);
    return;
  }
  if (error) {
    nanogpt_job_handle_error (self, NANOGPT_EVENT_REFUSED, error);
    return;
  }
  if (obstacle == NANOGPT_JOURNAL_AGED) {
    nanogpt_job_handle (self, NANOGPT_EVENT_AGED);
    return;
  }
  if (obstacle != NANOGPT_JOURNAL_CLEAR) {
    await_submit (self, obstacle);
    return;
  }
  if (self->awaited_since)
    nanogpt_job_set_details (self, NULL);
  self->awaited_since = 0;
  self->entry_open = TRUE;
  nanogpt_job_take_warning (self, warning);
  if (record && is_news (self, record))
    adopt_record (self, record);
  self->record_taken = TRUE;
  nanogpt_job_handle (self, NANOGPT_EVENT_DONE);
}

static void
set_journal_writer (NanogptJob *self, NanogptJournalWriter *writer)
{
  g_mutex_lock (&self->lock);
  g_clear_object (&self->writer);
  self->writer = writer;
  g_mutex_unlock (&self->lock);
}

/* A job that is only collected, or another result of one, was paid for elsewhere.
 * A job given by its id need not be one of the request. */
static NanogptJournalWriter *
create_journal_writer (NanogptJob *self)
{
  g_autoptr (NanogptSettings) settings = nanogpt_settings_copy (self->settings);
  NanogptRequest *request = settings->run_id ? NULL : self->request;

  if (self->result_of) {
    g_free (settings->run_id);
    settings->run_id = g_strdup (self->result_of);
  }
  if (settings->run_id)
    g_clear_pointer (&settings->budget, nanogpt_budget_unref);
  return nanogpt_journal_writer_new (request, settings);
}

void
nanogpt_job_open_entry (NanogptJob *self)
{
  if (!self->writer)
    set_journal_writer (self, create_journal_writer (self));
  nanogpt_journal_writer_open_async (
      self->writer, self->service_date, on_entry_opened, g_object_ref (self));
}

/* No one is waiting, so release the entry for the next identical request.  A
 * job that was never sent has nothing to adopt, and the next start may have other
 * limits and another journal. */
void
nanogpt_job_close_entry (NanogptJob *self)
{
  g_autoptr (NanogptJournalWriter) writer = NULL;
  gboolean is_new = self->stage == NANOGPT_STAGE_NEW;
  gboolean was_open = self->entry_open;

  g_set_object (&writer, self->writer);
  self->entry_open = FALSE;
  if (is_new) {
    self->record_taken = FALSE; /* the next entry may be another job's */
    set_journal_writer (self, NULL);
  }
  if (!was_open)
    nanogpt_job_handle (self, NANOGPT_EVENT_DONE);
  else if (is_new)
    nanogpt_journal_writer_drop_async (
        writer, FALSE, nanogpt_job_on_done, g_object_ref (self));
  else
    nanogpt_journal_writer_close_async (
        writer, nanogpt_job_on_done, g_object_ref (self));
}

/* Abandons a lost submit if the user allows paying again for what may have been
 * paid. */
static void
abandon_lost_submit (NanogptJob *self)
{
  if (!self->orphan || self->settings->resume
      || self->stage != NANOGPT_STAGE_UNKNOWN)
    return;

  nanogpt_job_log (self, NANOGPT_LOG_WARNING,
      "a lost submit, which may have been paid, is abandoned");
  nanogpt_journal_writer_drop_async (self->writer, TRUE, NULL, NULL);
  set_journal_writer (self, NULL);
  self->entry_open = FALSE;
  self->record_taken = FALSE;
  nanogpt_job_set_stage (self, NANOGPT_STAGE_NEW);
}

/* The cache is only searched if the job is certainly not at the service.  The
 * search for a fresh clip removes the old one for good. */
static gboolean
may_be_cached (NanogptJob *self)
{
  return nanogpt_job_uses_cache (self, self->settings) && !self->writer
      && (self->stage == NANOGPT_STAGE_NEW || self->result_of);
}

void
nanogpt_job_begin (NanogptJob *self)
{
  abandon_lost_submit (self);
  if (self->entry_open)
    nanogpt_job_handle (self, NANOGPT_EVENT_HOLDING);
  else if (may_be_cached (self))
    nanogpt_job_handle (self, NANOGPT_EVENT_NEW);
  else
    nanogpt_job_handle (self, NANOGPT_EVENT_DONE);
}

void
nanogpt_job_choose (NanogptJob *self)
{
  if (self->stage == NANOGPT_STAGE_NEW)
    nanogpt_job_handle (self, NANOGPT_EVENT_NEW);
  else if (self->stage == NANOGPT_STAGE_UNKNOWN)
    nanogpt_job_handle (self, NANOGPT_EVENT_UNKNOWN);
  else if (self->stage == NANOGPT_STAGE_ACCEPTED)
    nanogpt_job_handle (self, NANOGPT_EVENT_ACCEPTED);
  else
    nanogpt_job_handle (self, NANOGPT_EVENT_OVER);
}

/* Estimate: from the history and the listing of models */

typedef struct
{
  NanogptRequest *request;
  char *state_dir;
  char *origin;
  GBytes *listing;         /* or NULL */
  NanogptHistory *history; /* or NULL */
} Question;

static void
question_free (gpointer data)
{
  Question *question = data;

  nanogpt_request_unref (question->request);
  g_free (question->state_dir);
  g_free (question->origin);
  g_clear_pointer (&question->listing, g_bytes_unref);
  g_clear_pointer (&question->history, nanogpt_history_free);
  g_free (question);
}

static void
estimate_in_thread (GTask *task, gpointer source G_GNUC_UNUSED, gpointer data,
    GCancellable *cancellable G_GNUC_UNUSED)
{
  Question *question = data;

  g_task_return_pointer (task,
      nanogpt_estimate_new (question->state_dir, question->origin,
          question->request, question->listing,
          g_steal_pointer (&question->history)),
      (GDestroyNotify)nanogpt_estimate_free);
}

/* Without a history, an estimate is based on the listing alone. */
static void
on_history (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Question *question = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  question->history =
      nanogpt_store_get_history_finish (NANOGPT_STORE (source), result, &error);
  if (error) {
    nanogpt_log_warning ("history: %s", error->message);
    question->history = nanogpt_history_new ();
  }
  g_task_run_in_thread (task, estimate_in_thread);
}

static void
estimate_async (NanogptJob *self, GBytes *listing, GAsyncReadyCallback callback)
{
  GTask *task = g_task_new (self, NULL, callback, NULL);
  Question *question = g_new0 (Question, 1);

  question->request = nanogpt_request_ref (self->request);
  question->state_dir = g_strdup (self->settings->state_dir);
  question->origin =
      nanogpt_url_get_origin (nanogpt_client_get_base_url (self->client));
  question->listing = listing ? g_bytes_ref (listing) : NULL;
  g_task_set_task_data (task, question, question_free);
  nanogpt_store_get_history_async (
      nanogpt_journal_writer_get_store (self->writer), question->origin,
      nanogpt_request_get_kind (self->request), on_history, task);
}

static void
take_estimate (NanogptJob *self, GAsyncResult *result)
{
  NanogptEstimate *estimate = g_task_propagate_pointer (G_TASK (result), NULL);
  const NanogptHistory *history = estimate->history;
  gboolean known = self->estimate && self->estimate->warnings->len > 0;

  g_clear_pointer (&self->estimate, nanogpt_estimate_free);
  self->estimate = estimate;
  nanogpt_polling_free (self->polling);
  self->polling = nanogpt_polling_new (
      history->times, history->n_times, history->similar, history->n_similar);

  g_mutex_lock (&self->lock);
  self->status.estimate = estimate->cost;
  g_free (self->status.estimate_source);
  self->status.estimate_source = g_strdup (estimate->source);
  self->status.usual = nanogpt_polling_get_usual (self->polling);
  self->status.slow = nanogpt_polling_get_slow (self->polling);
  g_mutex_unlock (&self->lock);

  for (guint i = 0; !known && i < estimate->warnings->len; i++)
    nanogpt_job_take_warning (
        self, g_strdup (g_ptr_array_index (estimate->warnings, i)));
}

static void
on_estimated (
    GObject *source, GAsyncResult *result, gpointer data G_GNUC_UNUSED)
{
  NanogptJob *self = NANOGPT_JOB (source);

  take_estimate (self, result);
  nanogpt_job_handle (self, NANOGPT_EVENT_DONE);
}

void
nanogpt_job_estimate (NanogptJob *self)
{
  if (self->estimate || !self->request)
    nanogpt_job_handle (self, NANOGPT_EVENT_DONE);
  else
    estimate_async (self, NULL, on_estimated);
}

/* Whether the submit needs prices or names from the listing, so that it is
 * worth waiting for. */
static gboolean
depends_on_listing (NanogptJob *self)
{
  return nanogpt_listed_names_are_needed (self->request)
      || nanogpt_settings_has_budget (self->settings);
}

/* Without a listing, names and guards rely on what is known otherwise. */
static void
on_prices_listed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (NanogptJob) self = data;
  g_autoptr (GError) error = NULL;
  gint64 delay = -1;
  g_autoptr (GBytes) listing =
      nanogpt_client_models_finish (NANOGPT_CLIENT (source), result, &error);

  if (!nanogpt_job_end_request (self, error))
    return;
  if (error && depends_on_listing (self)) {
    nanogpt_job_arm_deadline (self);
    delay = nanogpt_job_get_retry_delay (
        self, NANOGPT_RETRY_SUBMIT, error, self->failures, 0);
  }
  if (delay >= 0) {
    nanogpt_job_retry (self, g_steal_pointer (&error), delay);
    return;
  }
  self->failures = 0;
  nanogpt_job_end_retries (self);
  estimate_async (self, listing, on_estimated);
}

static gboolean
needs_listing (NanogptJob *self)
{
  return nanogpt_request_get_open_names (self->request) != 0
      || depends_on_listing (self);
}

void
nanogpt_job_list_models (NanogptJob *self)
{
  if (!needs_listing (self) || !self->estimate->outdated) {
    nanogpt_job_handle (self, NANOGPT_EVENT_DONE);
    return;
  }
  self->catalog_asked = TRUE;
  nanogpt_client_models_async (self->client, nanogpt_job_begin_request (self),
      on_prices_listed, g_object_ref (self));
}

static void
on_estimated_again (
    GObject *source, GAsyncResult *result, gpointer data G_GNUC_UNUSED)
{
  take_estimate (NANOGPT_JOB (source), result);
}

static void
on_listed_for_later (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (NanogptJob) self = data;
  g_autoptr (GBytes) listing =
      nanogpt_client_models_finish (NANOGPT_CLIENT (source), result, NULL);

  if (listing)
    estimate_async (self, listing, on_estimated_again);
}

void
nanogpt_job_refresh_catalog (NanogptJob *self)
{
  if (!self->estimate || !self->estimate->outdated || self->catalog_asked)
    return;

  self->catalog_asked = TRUE;
  nanogpt_client_models_async (
      self->client, NULL, on_listed_for_later, g_object_ref (self));
}
/* Guards: checks that can prevent a submit */

static gboolean
check_max_cost (NanogptJob *self, GError **error)
{
  NanogptMicros max_cost = self->settings->max_cost;
  NanogptMicros estimate = self->estimate->cost;
  g_autofree char *limit = nanogpt_money_format (max_cost);
  g_autofree char *cost = nanogpt_money_format (estimate);

  if (max_cost <= 0 || (estimate >= 0 && estimate <= max_cost))
    return TRUE;
  if (estimate >= 0)
    g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_OVER_BUDGET,
        /* Translators: an amount, how it was estimated, an amount. */
        _ ("The clip would cost %s (%s), and max-cost is %s"), cost,
        self->estimate->source, limit);
  else
    g_set_error (error, NANOGPT_ERROR, NANOGPT_ERROR_OVER_BUDGET,
        _ ("max-cost is %s, but the cost of the clip is not known: %s. One run "
           "without max-cost would show it"),
        limit, self->estimate->source);
  return FALSE;
}

/* Takes @error. */
static void
retry_balance (NanogptJob *self, GError *error)
{
  gint64 delay;

  nanogpt_job_arm_deadline (self);
  delay = nanogpt_job_get_retry_delay (
      self, NANOGPT_RETRY_SUBMIT, error, self->failures, 0);
  if (delay < 0) {
    nanogpt_job_handle_error (self, NANOGPT_EVENT_REFUSED, error);
    return;
  }
  nanogpt_job_retry (self, error, delay);
}

static void
on_balance (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (NanogptJob) self = data;
  GError *error = NULL;
  NanogptMicros min_balance = self->settings->min_balance;
  NanogptMicros balance = 0;
  gboolean known = nanogpt_client_balance_finish (
      NANOGPT_CLIENT (source), result, &balance, &error);

  if (!nanogpt_job_end_request (self, error)) {
    g_clear_error (&error);
    return;
  }
  if (!known) {
    retry_balance (self, error);
    return;
  }
  if (balance < min_balance) {
    g_autofree char *has = nanogpt_money_format (balance);
    g_autofree char *needs = nanogpt_money_format (min_balance);

    nanogpt_job_handle_error (self, NANOGPT_EVENT_REFUSED,
        g_error_new (NANOGPT_ERROR, NANOGPT_ERROR_INSUFFICIENT_BALANCE,
            _ ("The account has %s, and min-balance is %s: add funds, or lower "
               "min-balance"),
            has, needs));
    return;
  }
  self->failures = 0;
  nanogpt_job_end_retries (self);
  nanogpt_job_handle (self, NANOGPT_EVENT_DONE);
}

void
nanogpt_job_check_balance (NanogptJob *self)
{
  GError *error = NULL;

  if (self->estimate->refusal)
    nanogpt_job_handle_error (
        self, NANOGPT_EVENT_REFUSED, g_error_copy (self->estimate->refusal));
  else if (!check_max_cost (self, &error))
    nanogpt_job_handle_error (self, NANOGPT_EVENT_REFUSED, error);
  else if (self->settings->min_balance >= 0)
    nanogpt_client_balance_async (self->client,
        nanogpt_job_begin_request (self), on_balance, g_object_ref (self));
  else
    nanogpt_job_handle (self, NANOGPT_EVENT_DONE);
}
