/* nanovid: paying for a job, once
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "job-private.h"

#include <glib/gi18n-lib.h>

#include "lookup.h"
#include "nanogpt/base/text.h"

typedef struct
{
  NanogptJob *job;
  NanogptResponse *response;
} Acceptance;

static void
acceptance_free (Acceptance *acceptance)
{
  g_object_unref (acceptance->job);
  nanogpt_response_free (acceptance->response);
  g_free (acceptance);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Acceptance, acceptance_free)

/* The id is on disk. */
static void
follow_job (NanogptJob *self, const NanogptResponse *response)
{
  nanogpt_job_update_status (self, response);
  self->known_time = g_get_monotonic_time ();
  self->failures = 0;
  g_clear_error (&self->last_failure);
  nanogpt_job_set_stage (self, NANOGPT_STAGE_ACCEPTED);
  if (nanogpt_job_is_wanted (self)) {
    nanogpt_job_handle_response (self, response);
    nanogpt_job_refresh_catalog (self);
  }
}

static void
on_acceptance_kept (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Acceptance) acceptance = data;
  NanogptJob *self = acceptance->job;
  char *warning;

  nanogpt_journal_writer_accept_finish (
      NANOGPT_JOURNAL_WRITER (source), result, &warning);
  nanogpt_job_end_work (self);
  nanogpt_job_take_warning (self, warning);
  follow_job (self, acceptance->response);
}

/* The id is on disk before anything else happens; whoever stops the job
 * meanwhile waits for that. */
static void
accept_job (NanogptJob *self, const NanogptResponse *response)
{
  Acceptance *acceptance = g_new (Acceptance, 1);

  acceptance->job = g_object_ref (self);
  acceptance->response = nanogpt_response_copy (response);
  nanogpt_recovery_claim (response->run_id);
  nanogpt_job_update_status (self, response);
  self->poll_time = self->submit_time;
  nanogpt_job_begin_work (self);
  nanogpt_journal_writer_accept_async (
      self->writer, response, on_acceptance_kept, acceptance);
}

static void
on_withdrawn (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (NanogptJob) self = data;
  char *warning;

  nanogpt_journal_writer_withdraw_finish (
      NANOGPT_JOURNAL_WRITER (source), result, &warning);
  nanogpt_job_end_work (self);
  nanogpt_job_take_warning (self, warning);
  nanogpt_job_proceed (self);
}

/* While it waits, nobody who looks for a lost submit may take this for one. */
void
nanogpt_job_retry_submit (NanogptJob *self, GError *error)
{
  gint64 delay;

  nanogpt_job_arm_deadline (self);
  delay = nanogpt_job_get_retry_delay (
      self, NANOGPT_RETRY_SUBMIT, error, self->failures, 0);
  if (delay < 0) {
    nanogpt_job_end_refused (self, error);
    return;
  }
  nanogpt_job_set_stage (self, NANOGPT_STAGE_NEW);
  nanogpt_job_note_failure (self, error);
  nanogpt_job_proceed_after (self, delay);
  nanogpt_job_begin_work (self);
  nanogpt_journal_writer_withdraw_async (
      self->writer, on_withdrawn, g_object_ref (self));
}

static void
on_loss_kept (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (NanogptJob) self = data;
  char *warning;

  nanogpt_journal_writer_lose_finish (
      NANOGPT_JOURNAL_WRITER (source), result, &warning);
  nanogpt_job_end_work (self);
  nanogpt_job_take_warning (self, warning);
  nanogpt_job_proceed (self);
}

/* Takes @error. */
static void
lose_submit (NanogptJob *self, GError *error)
{
  self->lost_time = g_get_monotonic_time ();
  nanogpt_job_note_failure (self, error);
  self->failures = 0;
  nanogpt_job_set_stage (self, NANOGPT_STAGE_UNKNOWN);
  nanogpt_job_begin_work (self);
  nanogpt_journal_writer_lose_async (
      self->writer, on_loss_kept, g_object_ref (self));
}

GError *
nanogpt_job_not_submitted_error (NanogptJob *self)
{
  if (self->last_failure)
    return g_error_copy (self->last_failure);
  return g_error_new (NANOGPT_ERROR, NANOGPT_ERROR_TIMED_OUT,
      _ ("Nothing was submitted within %u seconds"), self->settings->timeout);
}

static void
on_submitted (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (NanogptJob) self = data;
  g_autoptr (GError) error = NULL;
  gboolean accepted = FALSE;
  g_autoptr (NanogptResponse) response = nanogpt_client_submit_finish (
      NANOGPT_CLIENT (source), result, &accepted, &error);

  nanogpt_job_end_work (self);
  if (response) {
    accept_job (self, response);
    return;
  }
  if (accepted) {
    lose_submit (self, g_steal_pointer (&error));
    return;
  }
  if (self->late && nanogpt_job_is_wanted (self)) {
    nanogpt_job_end_refused (self, nanogpt_job_not_submitted_error (self));
    return;
  }
  if (!nanogpt_job_is_wanted (self)
      || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    nanogpt_job_set_stage (self, NANOGPT_STAGE_NEW);
    nanogpt_job_proceed (self);
    return;
  }
  nanogpt_job_retry_submit (self, g_steal_pointer (&error));
}

static void
on_sending_kept (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (NanogptJob) self = data;
  GError *error = NULL;
  char *warning;
  gboolean kept = nanogpt_journal_writer_send_finish (
      NANOGPT_JOURNAL_WRITER (source), result, &warning, &error);

  nanogpt_job_end_work (self);
  nanogpt_job_take_warning (self, warning);
  if (!kept) {
    nanogpt_job_end_refused (self, error);
    return;
  }
  if (!nanogpt_job_is_wanted (self))
    return;

  nanogpt_job_arm_deadline (self);
  nanogpt_job_set_stage (self, NANOGPT_STAGE_POSTING);
  self->submit_time = g_get_monotonic_time ();
  nanogpt_client_submit_async (self->client,
      nanogpt_request_get_body (self->request), &self->submit_sent,
      nanogpt_job_begin_exchange (self), on_submitted, g_object_ref (self));
}

static gboolean
on_submit_turn (gpointer data)
{
  NanogptJob *self = data;

  nanogpt_timer_clear (&self->timer);
  nanogpt_job_begin_work (self);
  nanogpt_journal_writer_send_async (
      self->writer, self->estimate->cost, on_sending_kept, g_object_ref (self));
  return G_SOURCE_REMOVE;
}

void
nanogpt_job_take_turn (NanogptJob *self)
{
  GError *error = NULL;
  gint64 delay = nanogpt_client_reserve_submit (self->client, &error);

  if (delay < 0)
    nanogpt_job_end_refused (self, error);
  else if (delay == 0)
    on_submit_turn (self);
  else
    self->timer = nanogpt_job_add_timer (self, delay, on_submit_turn);
}
/* Recover: looking up a submit whose answer was lost */

GError *
nanogpt_job_submit_unknown_error (const GError *cause, const char *why)
{
  NanogptErrorDetails *details;
  GError *error = g_error_new (NANOGPT_ERROR, NANOGPT_ERROR_SUBMIT_UNKNOWN,
      _ ("It is not known whether the service took the request: %s (%s). Nothing "
         "was sent a second time. Run the same again to look it up once more. To "
         "pay for another one, set resume=false, or remove this one with "
         "nanovid-jobs forget"),
      cause->message, why);

  details = nanogpt_error_get_details (error);
  details->may_have_been_charged = TRUE;
  if (cause->domain == NANOGPT_ERROR) {
    NanogptErrorDetails *cause_details = nanogpt_error_get_details (cause);

    details->http_status = cause_details->http_status;
    details->debug = g_strdup (cause_details->debug);
  }
  return error;
}

/* Whether what came instead of an id was a no, if not one of the service's own
 * that could be taken at its word. */
static gboolean
is_refusal (const GError *cause)
{
  if (cause->domain != NANOGPT_ERROR)
    return FALSE;
  switch (cause->code) {
    case NANOGPT_ERROR_NETWORK:
    case NANOGPT_ERROR_SERVER:
    case NANOGPT_ERROR_BAD_RESPONSE:
    case NANOGPT_ERROR_SUBMIT_UNKNOWN:
      return FALSE;
    default:
      return TRUE;
  }
}

/* What came instead of the answer was an answer, if a strange one. */
static GError *
lost_submit_error (NanogptJob *self, const char *why)
{
  const GError *cause = self->last_failure;
  GError *error;
  GString *message;

  if (!is_refusal (cause)
      && !g_error_matches (cause, NANOGPT_ERROR, NANOGPT_ERROR_BAD_RESPONSE))
    return nanogpt_job_submit_unknown_error (cause, why);

  error = g_error_copy (cause);
  message = g_string_new (cause->message);
  nanogpt_text_append_sentence (message,
      _ ("The request may have been taken and charged: run the same again to "
         "look it up once more, and check that base-url is right. To pay for "
         "another one, set resume=false, or remove this one with nanovid-jobs "
         "forget"));
  g_free (error->message);
  error->message = g_string_free (message, FALSE);
  nanogpt_error_get_details (error)->may_have_been_charged = TRUE;
  return error;
}

/* A submit that was left by another process is looked up for as long as one
 * that was lost just now: nobody knows since when the list is up to date. */
static gint64
get_search_time (NanogptJob *self)
{
  gint64 since = self->searched_time;

  if (!self->orphan)
    return self->lost_time;
  g_mutex_lock (&self->lock);
  if (!since)
    since = self->start_time;
  g_mutex_unlock (&self->lock);
  return MAX (self->lost_time, since);
}

/* It is certain that the service has no job of the submit. */
static void
settle_absent (NanogptJob *self, const GError *why)
{
  if (self->orphan) {
    nanogpt_job_set_stage (self, NANOGPT_STAGE_NEW);
    nanogpt_job_proceed (self);
  } else if (is_refusal (self->last_failure)) {
    nanogpt_job_end_refused (self, g_error_copy (self->last_failure));
  } else {
    nanogpt_job_fail (self, lost_submit_error (self, why->message));
  }
}

/* Takes @error. */
static void
look_again (NanogptJob *self, GError *error, gboolean is_absent)
{
  gint64 delay = nanogpt_job_get_retry_delay (self, NANOGPT_RETRY_RECOVER,
      error, self->failures, get_search_time (self));

  if (delay >= 0) {
    self->failures++;
    nanogpt_job_proceed_after (self, delay);
  } else if (is_absent) {
    settle_absent (self, error);
  } else {
    nanogpt_job_fail (self, lost_submit_error (self, error->message));
  }
  g_error_free (error);
}

static void
on_claimed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (NanogptJob) self = data;
  g_autoptr (NanogptResponse) response = NULL;
  char *warning;
  NanogptRecoveryOutcome outcome = nanogpt_journal_writer_claim_finish (
      NANOGPT_JOURNAL_WRITER (source), result, &response, &warning);

  nanogpt_job_end_work (self);
  nanogpt_job_take_warning (self, warning);
  if (outcome == NANOGPT_RECOVERY_FOUND) {
    g_mutex_lock (&self->lock);
    self->status.resumed = TRUE;
    g_mutex_unlock (&self->lock);
    follow_job (self, response);
    return;
  }
  if (!nanogpt_job_is_wanted (self))
    return;
  if (!self->searched_time)
    self->searched_time = g_get_monotonic_time ();
  if (outcome == NANOGPT_RECOVERY_NONE)
    look_again (self,
        g_error_new (NANOGPT_ERROR, NANOGPT_ERROR_SUBMIT_UNKNOWN,
            _ ("it is not among the account's recent jobs")),
        TRUE);
  else
    look_again (self,
        g_error_new (NANOGPT_ERROR, NANOGPT_ERROR_SUBMIT_UNKNOWN,
            _ ("a recent job could be this one or another's")),
        FALSE);
}

static void
on_recovered (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (NanogptJob) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GDateTime) date = NULL;
  gint64 asked;
  g_autoptr (GPtrArray) runs = nanogpt_lookup_finish (
      NANOGPT_CLIENT (source), result, &date, &asked, &error);

  if (!nanogpt_job_end_exchange (self, error) || !nanogpt_job_is_wanted (self))
    return;
  if (error) {
    look_again (self, g_steal_pointer (&error), FALSE);
    return;
  }
  nanogpt_job_begin_work (self);
  nanogpt_journal_writer_claim_async (
      self->writer, runs, date, asked, on_claimed, g_object_ref (self));
}

void
nanogpt_job_recover (NanogptJob *self)
{
  nanogpt_job_arm_deadline (self);
  nanogpt_lookup_async (self->client, nanogpt_request_get_model (self->request),
      nanogpt_request_get_conversation (self->request),
      nanogpt_job_begin_exchange (self), on_recovered, g_object_ref (self));
}
