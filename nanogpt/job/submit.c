/* nanovid: NanogptJob: reserving the cost and submitting the request
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "submit.h"

#include "job-core.h"
#include "job-error.h"

/* The journal writer's steps */

/* The submit has been sent, whatever the journal says. */
static void
note_warning (NanogptJob *self, GObject *source, GAsyncResult *result)
{
  char *warning;

  nanogpt_journal_writer_finish (
      NANOGPT_JOURNAL_WRITER (source), result, &warning, NULL);
  nanogpt_job_take_warning (self, warning);
}

static void
on_kept (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (NanogptJob) self = data;

  note_warning (self, source, result);
  nanogpt_job_handle (self, NANOGPT_EVENT_DONE);
}

static void
on_acceptance_kept (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (NanogptJob) self = data;

  note_warning (self, source, result);
  nanogpt_job_set_accepted (self);
  nanogpt_job_handle (self, NANOGPT_EVENT_DONE);
}

/* Nothing has been sent yet, so the journal can still refuse. */
static void
on_permitted (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (NanogptJob) self = data;
  GError *error = NULL;
  char *warning;
  gboolean permitted = nanogpt_journal_writer_finish (
      NANOGPT_JOURNAL_WRITER (source), result, &warning, &error);

  nanogpt_job_take_warning (self, warning);
  if (permitted)
    nanogpt_job_handle (self, NANOGPT_EVENT_DONE);
  else
    nanogpt_job_handle_error (self, NANOGPT_EVENT_REFUSED, error);
}

/* The id is on disk before anything else happens; a stop waits for that. */
void
nanogpt_job_accept (NanogptJob *self)
{
  nanogpt_recovery_claim (self->response->run_id);
  nanogpt_job_update_status (self, self->response);
  self->poll_time = self->submit_time;
  nanogpt_journal_writer_accept_async (
      self->writer, self->response, on_acceptance_kept, g_object_ref (self));
}

/* While it waits for its retry, no one who looks up a lost submit may take it
 * for one. */
void
nanogpt_job_withdraw (NanogptJob *self)
{
  nanogpt_job_set_stage (self, NANOGPT_STAGE_NEW);
  nanogpt_journal_writer_withdraw_async (
      self->writer, on_kept, g_object_ref (self));
}

void
nanogpt_job_lose (NanogptJob *self)
{
  nanogpt_job_log (
      self, NANOGPT_LOG_WARNING, "the response to its submit was lost");
  self->lost_time = g_get_monotonic_time ();
  nanogpt_job_note_failure (self, g_steal_pointer (&self->error));
  self->failures = 0;
  nanogpt_job_set_stage (self, NANOGPT_STAGE_UNKNOWN);
  nanogpt_journal_writer_lose_async (
      self->writer, on_kept, g_object_ref (self));
}

/* Nothing was accepted.  Takes @error. */
static void
retry (NanogptJob *self, GError *error)
{
  gint64 delay = nanogpt_job_get_retry_delay (
      self, NANOGPT_RETRY_SUBMIT, error, self->failures, 0);

  if (delay < 0) {
    if (error->domain == NANOGPT_ERROR && self->estimate->similar
        && error->code == NANOGPT_ERROR_INVALID_REQUEST)
      nanogpt_job_error_explain_model (error,
          nanogpt_request_get_model (self->request), self->estimate->similar);
    nanogpt_job_handle_error (self, NANOGPT_EVENT_REFUSED, error);
    return;
  }
  nanogpt_job_retry (self, error, delay);
}

static void
on_submitted (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (NanogptJob) self = data;
  g_autoptr (GError) error = NULL;
  gboolean accepted = FALSE;
  g_autoptr (NanogptResponse) response = nanogpt_client_submit_finish (
      NANOGPT_CLIENT (source), result, &accepted, &error);

  if (response) {
    nanogpt_job_take_response (self, g_steal_pointer (&response));
    nanogpt_job_handle (self, NANOGPT_EVENT_ACCEPTED);
    return;
  }
  if (accepted) {
    nanogpt_job_handle_error (
        self, NANOGPT_EVENT_LOST, g_steal_pointer (&error));
    return;
  }
  if (self->step == NANOGPT_STEP_TAKING_BACK && nanogpt_job_is_wanted (self)) {
    nanogpt_job_handle_error (self, NANOGPT_EVENT_REFUSED,
        nanogpt_job_error_new_not_submitted (
            self->last_failure, self->settings->timeout));
    return;
  }
  if (!nanogpt_job_is_wanted (self)
      || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    nanogpt_job_set_stage (self, NANOGPT_STAGE_NEW);
  if (nanogpt_job_end_request (self, error))
    retry (self, g_steal_pointer (&error));
}

/* A submit that is sent late could be looked up by others before it arrives. */
static gboolean
may_leave (gpointer data)
{
  NanogptJob *self = data;

  return nanogpt_journal_writer_may_send (self->writer);
}

void
nanogpt_job_post (NanogptJob *self)
{
  nanogpt_job_arm_deadline (self);
  nanogpt_job_set_stage (self, NANOGPT_STAGE_POSTING);
  self->submit_time = g_get_monotonic_time ();
  nanogpt_client_submit_async (self->client, self->estimate->body,
      &self->submit_sent, may_leave, self, nanogpt_job_begin_request (self),
      on_submitted, g_object_ref (self));
}

/* No byte of it has been sent. */
void
nanogpt_job_cancel_post (NanogptJob *self)
{
  g_cancellable_cancel (self->cancellable);
}

void
nanogpt_job_reserve (NanogptJob *self)
{
  nanogpt_journal_writer_begin_async (
      self->writer, self->estimate->cost, on_permitted, g_object_ref (self));
}

void
nanogpt_job_write_sending (NanogptJob *self)
{
  nanogpt_journal_writer_send_async (
      self->writer, on_permitted, g_object_ref (self));
}

void
nanogpt_job_take_turn (NanogptJob *self)
{
  GError *error = NULL;
  gint64 delay = nanogpt_client_reserve_submit (self->client, &error);

  if (delay < 0) {
    nanogpt_job_handle_error (self, NANOGPT_EVENT_REFUSED, error);
  } else if (delay == 0) {
    nanogpt_job_handle (self, NANOGPT_EVENT_TIMER);
  } else {
    self->due = g_get_monotonic_time () + delay;
    nanogpt_job_wait (self);
  }
}
