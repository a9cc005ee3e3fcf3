/* nanovid: NanogptJob: looking up a submit whose response was lost
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "recover.h"

#include <glib/gi18n-lib.h>

#include "job-core.h"
#include "job-error.h"
#include "lookup.h"
#include "nanogpt/base/text.h"

/* Whether the response without an id was a refusal, although not one of the
 * service's own that could be trusted. */
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

/* With BAD_RESPONSE, there was a response, although a strange one; only reading
 * it failed. */
static GError *
lost_submit_error (NanogptJob *self, const char *why)
{
  const GError *cause = self->last_failure;
  GError *error;
  GString *message;

  if (!is_refusal (cause)
      && !g_error_matches (cause, NANOGPT_ERROR, NANOGPT_ERROR_BAD_RESPONSE))
    return nanogpt_job_error_new_submit_unknown (cause, why);

  error = g_error_copy (cause);
  message = g_string_new (cause->message);
  nanogpt_text_append_sentence (message,
      _ ("The request may have been accepted and charged: run the same "
         "request again to look it up once more, and check that base-url is "
         "right. To pay for a new job, set resume=false, or remove this one "
         "with nanovid-jobs forget"));
  g_free (error->message);
  error->message = g_string_free (message, FALSE);
  nanogpt_error_get_details (error)->may_have_been_charged = TRUE;
  return error;
}

/* A submit left by another process is looked up for as long as one that was
 * just lost, because it is not known since when the list has been up to
 * date. */
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

/* It is certain that the service has no job for the submit.  That of another
 * machine may still come. */
static void
settle_absent (NanogptJob *self, const GError *why)
{
  if (self->orphan && !self->sender_may_live) {
    nanogpt_job_set_stage (self, NANOGPT_STAGE_NEW);
    nanogpt_job_handle (self, NANOGPT_EVENT_ABSENT);
  } else if (is_refusal (self->last_failure)) {
    nanogpt_job_handle_error (
        self, NANOGPT_EVENT_REFUSED, g_error_copy (self->last_failure));
  } else {
    nanogpt_job_handle_error (
        self, NANOGPT_EVENT_FAILED, lost_submit_error (self, why->message));
  }
}

/* Takes @error. */
static void
look_again (NanogptJob *self, GError *error, gboolean is_absent)
{
  gint64 delay = nanogpt_job_get_retry_delay (self, NANOGPT_RETRY_RECOVER,
      error, self->failures, get_search_time (self));

  if (delay >= 0) {
    nanogpt_job_report_retry (self, error, self->failures++, delay);
    nanogpt_job_handle_wait (self, NANOGPT_EVENT_RETRY, delay);
  } else if (is_absent) {
    settle_absent (self, error);
  } else {
    nanogpt_job_handle_error (
        self, NANOGPT_EVENT_FAILED, lost_submit_error (self, error->message));
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

  nanogpt_job_take_warning (self, warning);
  if (outcome == NANOGPT_RECOVERY_FOUND) {
    g_mutex_lock (&self->lock);
    self->status.resumed = TRUE;
    g_mutex_unlock (&self->lock);
    nanogpt_job_take_response (self, g_steal_pointer (&response));
    nanogpt_job_set_accepted (self);
    nanogpt_job_log (self, NANOGPT_LOG_INFO, "was found and is resumed");
    nanogpt_job_handle (self, NANOGPT_EVENT_FOUND);
    return;
  }
  if (!nanogpt_job_end_request (self, NULL))
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
            _ ("a recent job may be this one or someone else's")),
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

  if (!nanogpt_job_end_request (self, error))
    return;
  if (error) {
    look_again (self, g_steal_pointer (&error), FALSE);
    return;
  }
  nanogpt_journal_writer_claim_async (
      self->writer, runs, date, asked, on_claimed, g_object_ref (self));
}

void
nanogpt_job_look_up (NanogptJob *self)
{
  nanogpt_job_arm_deadline (self);
  nanogpt_lookup_async (self->client, nanogpt_request_get_model (self->request),
      nanogpt_request_get_conversation (self->request),
      nanogpt_job_begin_request (self), on_recovered, g_object_ref (self));
}
