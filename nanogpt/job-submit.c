/* nanovid: paying for a job, once
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "job-private.h"

#include <glib/gi18n-lib.h>

#include "recovery.h"

/* Of a submit that is looked up, when no clock tells its age. */
#define LONGEST_AGE (7 * G_TIME_SPAN_DAY)

typedef struct
{
  NanogptJob *job;
  NanogptAnswer *answer;
} Acceptance;

static void
acceptance_free (Acceptance *acceptance)
{
  g_object_unref (acceptance->job);
  nanogpt_answer_free (acceptance->answer);
  g_free (acceptance);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Acceptance, acceptance_free)


static void
on_acceptance_kept (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Acceptance) acceptance = data;
  NanogptJob *self = acceptance->job;
  char *warning;

  nanogpt_bookkeeper_accept_finish (
      NANOGPT_BOOKKEEPER (source), result, &warning);
  nanogpt_job_end_work (self);
  nanogpt_job_take_warning (self, warning);
  nanogpt_job_set_stage (self, NANOGPT_STAGE_ACCEPTED);
  if (nanogpt_job_is_wanted (self)) {
    nanogpt_job_handle_answer (self, acceptance->answer);
    nanogpt_job_refresh_listing (self);
  }
}

/* The id is on disk before anything else happens; whoever stops the job
 * meanwhile waits for that. */
static void
accept_job (NanogptJob *self, const NanogptAnswer *answer)
{
  Acceptance *acceptance = g_new (Acceptance, 1);

  acceptance->job = g_object_ref (self);
  acceptance->answer = nanogpt_answer_copy (answer);
  nanogpt_recovery_own (answer->run_id);
  nanogpt_job_update_status (self, answer);
  self->known_time = g_get_monotonic_time ();
  self->failures = 0;
  g_clear_error (&self->last_failure);
  nanogpt_job_begin_work (self);
  nanogpt_bookkeeper_accept_async (
      self->books, answer, on_acceptance_kept, acceptance);
}

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
}

static void
on_submitted (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (NanogptJob) self = data;
  g_autoptr (GError) error = NULL;
  gboolean accepted = FALSE;
  g_autoptr (NanogptAnswer) answer = nanogpt_client_submit_finish (
      NANOGPT_CLIENT (source), result, &accepted, &error);

  nanogpt_job_end_work (self);
  if (answer) {
    accept_job (self, answer);
    return;
  }
  if (accepted) {
    self->lost_time = g_get_monotonic_time ();
    nanogpt_job_note_failure (self, g_steal_pointer (&error));
    self->failures = 0;
    nanogpt_job_set_stage (self, NANOGPT_STAGE_UNKNOWN);
    nanogpt_job_proceed (self);
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
  gboolean kept = nanogpt_bookkeeper_send_finish (
      NANOGPT_BOOKKEEPER (source), result, &warning, &error);

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
  self->sent_time = g_get_real_time ();
  nanogpt_client_submit_async (self->client,
      nanogpt_request_get_body (self->request),
      nanogpt_job_begin_exchange (self), on_submitted, g_object_ref (self));
}

static gboolean
on_submit_turn (gpointer data)
{
  NanogptJob *self = data;

  nanogpt_timer_clear (&self->timer);
  nanogpt_job_begin_work (self);
  nanogpt_bookkeeper_send_async (self->books, self->appraisal->estimate,
      on_sending_kept, g_object_ref (self));
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

static void
adopt (NanogptJob *self, const NanogptRun *run)
{
  NanogptAnswer answer = { .run_id = run->run_id,
    .model = run->model,
    .cost = -1,
    .remaining_balance = -1,
    .progress = -1 };

  g_mutex_lock (&self->lock);
  self->status.resumed = TRUE;
  g_mutex_unlock (&self->lock);
  accept_job (self, &answer);
}

GError *
nanogpt_job_submit_unknown_error (const GError *cause, const char *why)
{
  NanogptErrorDetails *details;
  GError *error = g_error_new (NANOGPT_ERROR, NANOGPT_ERROR_SUBMIT_UNKNOWN,
      _ ("It is not known whether the service took the request: %s (%s). Nothing "
         "was sent a second time. Run the same again to look it up once more, "
         "or change the request or set resume=false to pay for another one"),
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

/* What came instead of the answer was an answer, if a strange one. */
static GError *
lost_submit_error (NanogptJob *self, const char *why)
{
  const GError *cause = self->last_failure;
  GError *error;

  if (!g_error_matches (cause, NANOGPT_ERROR, NANOGPT_ERROR_BAD_RESPONSE))
    return nanogpt_job_submit_unknown_error (cause, why);

  error = g_error_copy (cause);
  g_free (error->message);
  error->message = g_strdup_printf (
      _ ("%s. The request may have been taken and charged: run the same again to "
         "look it up once more, and check that base-url is right"),
      cause->message);
  nanogpt_error_get_details (error)->may_have_been_charged = TRUE;
  return error;
}

/* Takes @error. */
static void
look_again (NanogptJob *self, GError *error)
{
  gint64 delay = nanogpt_job_get_retry_delay (
      self, NANOGPT_RETRY_RECOVER, error, self->failures, self->lost_time);

  if (delay >= 0) {
    self->failures++;
    nanogpt_job_proceed_after (self, delay);
  } else if (self->orphan
      && g_error_matches (error, NANOGPT_ERROR, NANOGPT_ERROR_SUBMIT_UNKNOWN)) {
    nanogpt_job_set_stage (self, NANOGPT_STAGE_NEW);
    nanogpt_job_proceed (self);
  } else {
    nanogpt_job_fail (self, lost_submit_error (self, error->message));
  }
  g_error_free (error);
}

/* There is one job, and several submits that it may be of.  What is just on its
 * way is soon told from what was lost. */
static void
look_whose (NanogptJob *self)
{
  g_autoptr (GError) error =
      g_error_new (NANOGPT_ERROR, NANOGPT_ERROR_SUBMIT_UNKNOWN,
          _ ("a recent job could be this one or another's"));
  gint64 delay = nanogpt_job_get_retry_delay (
      self, NANOGPT_RETRY_RECOVER, error, self->failures, self->lost_time);

  if (delay < 0) {
    nanogpt_job_fail (self, lost_submit_error (self, error->message));
    return;
  }
  self->failures++;
  nanogpt_job_proceed_after (self, delay);
}

/* How long ago the submit may have been sent.  Taken for too short, a job that
 * was paid for is not found and paid for again: the monotonic clock stands
 * still while the machine sleeps, and after a power cut a machine may come up
 * with an old time, so the service's clock has a say. */
static gint64
get_submit_age (NanogptJob *self, GDateTime *date)
{
  gint64 now = g_get_real_time ();
  gint64 age =
      MAX (g_get_monotonic_time () - self->submit_time, now - self->sent_time);

  if (!self->orphan)
    return age;
  if (self->sent_time > now)
    return LONGEST_AGE;
  if (date)
    age = MAX (
        age, g_date_time_to_unix (date) * G_USEC_PER_SEC - self->sent_time);
  return age;
}

static void
on_recovered (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (NanogptJob) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GDateTime) date = NULL;
  g_autoptr (GPtrArray) runs = nanogpt_client_recover_finish (
      NANOGPT_CLIENT (source), result, &date, &error);
  const NanogptRun *run;
  guint candidates;

  if (!nanogpt_job_end_exchange (self, error) || !nanogpt_job_is_wanted (self))
    return;
  if (error) {
    look_again (self, g_steal_pointer (&error));
    return;
  }

  run = nanogpt_recovery_match (runs, nanogpt_request_get_model (self->request),
      nanogpt_request_get_conversation (self->request), date,
      get_submit_age (self, date), &candidates);
  if (run && self->rivals == 0)
    adopt (self, run);
  else if (run)
    look_whose (self);
  else if (candidates > 1)
    nanogpt_job_fail (self,
        lost_submit_error (self, _ ("several recent jobs could be this one")));
  else
    look_again (self,
        g_error_new (NANOGPT_ERROR, NANOGPT_ERROR_SUBMIT_UNKNOWN,
            _ ("it is not among the account's recent jobs")));
}

static void
on_others_owned (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (NanogptJob) self = data;

  self->rivals =
      nanogpt_bookkeeper_own_all_finish (NANOGPT_BOOKKEEPER (source), result);
  nanogpt_job_end_work (self);
  if (!nanogpt_job_is_wanted (self))
    return;

  nanogpt_client_recover_async (self->client,
      nanogpt_request_get_model (self->request),
      nanogpt_request_get_conversation (self->request),
      nanogpt_job_begin_exchange (self), on_recovered, g_object_ref (self));
}

void
nanogpt_job_recover (NanogptJob *self)
{
  nanogpt_job_arm_deadline (self);
  nanogpt_job_begin_work (self);
  nanogpt_bookkeeper_own_all_async (
      self->books, on_others_owned, g_object_ref (self));
}
