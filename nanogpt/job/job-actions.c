/* nanovid: NanogptJob: deadlines, error reporting and cleanup
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "job-actions.h"

#include <glib/gi18n-lib.h>

#include "job-core.h"
#include "job-error.h"

static GError *
new_deadline_error (NanogptJob *self)
{
  guint timeout = self->settings->timeout;
  g_autoptr (GError) cause = NULL;

  switch (self->stage) {
    case NANOGPT_STAGE_NEW:
      return nanogpt_job_error_new_not_submitted (self->last_failure, timeout);
    case NANOGPT_STAGE_UNKNOWN:
      return nanogpt_job_error_new_submit_unknown (
          self->last_failure, "timeout");
    case NANOGPT_STAGE_POSTING:
      if (self->status.run_id)
        break;
      cause = g_error_new (G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
          _ ("no response within %u seconds"), timeout);
      return nanogpt_job_error_new_submit_unknown (
          cause, _ ("its response has not arrived yet"));
    default:
      break;
  }
  return nanogpt_job_error_new_timed_out (self->last_failure, timeout);
}

void
nanogpt_job_time_out (NanogptJob *self)
{
  if (self->step == NANOGPT_STEP_POSTING && !self->submit_sent)
    nanogpt_job_handle (self, NANOGPT_EVENT_UNSENT);
  else
    nanogpt_job_handle_error (
        self, NANOGPT_EVENT_ENDED, new_deadline_error (self));
}

/* The callback may exit the process, so the entry and its reservation are
 * removed first. */
void
nanogpt_job_drop (NanogptJob *self)
{
  nanogpt_job_log (self, NANOGPT_LOG_WARNING, "refused: %s",
      nanogpt_error_get_reason (self->error->code));
  nanogpt_job_set_stage (self, NANOGPT_STAGE_OVER);
  nanogpt_job_halt (self);
  nanogpt_journal_writer_drop_async (self->writer,
      nanogpt_error_get_details (self->error)->may_have_been_charged,
      nanogpt_job_on_done, g_object_ref (self));
}

/* Something else may have ended the wait while the entry was dropped. */
void
nanogpt_job_report_error (NanogptJob *self)
{
  if (!self->error)
    return;
  nanogpt_job_fail (self, g_steal_pointer (&self->error), !self->clip_is_bad);
  self->clip_is_bad = FALSE;
}

void
nanogpt_job_settle (NanogptJob *self)
{
  gboolean wanted;

  g_mutex_lock (&self->lock);
  wanted = self->wanted;
  self->settled = !wanted;
  g_cond_broadcast (&self->settled_down);
  g_mutex_unlock (&self->lock);
  /* The very first start may not have reached this thread yet. */
  if (wanted && self->settings)
    nanogpt_job_handle (self, NANOGPT_EVENT_START);
}
