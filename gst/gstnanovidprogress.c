/* nanovid: PROGRESS messages for the wait
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstnanovidprogress.h"

#include <glib/gi18n-lib.h>

#include "nanogpt/base/money.h"

#define CODE "nanovid"
#define INTERVAL (10 * G_TIME_SPAN_SECOND)

void
gst_nanovid_progress_init (
    GstNanovidProgress *progress, GstElement *element, gboolean attaches)
{
  progress->element = element;
  progress->attaches = attaches;
  g_rec_mutex_init (&progress->lock);
}

void
gst_nanovid_progress_clear (GstNanovidProgress *progress)
{
  g_rec_mutex_clear (&progress->lock);
}

static void
post_progress (
    GstNanovidProgress *progress, GstProgressType type, const char *text)
{
  gst_element_post_message (progress->element,
      gst_message_new_progress (
          GST_OBJECT (progress->element), type, CODE, text));
}

static void
end_operation (
    GstNanovidProgress *progress, GstProgressType type, const char *text)
{
  g_autoptr (GRecMutexLocker) locker = g_rec_mutex_locker_new (&progress->lock);

  if (progress->open) {
    progress->open = FALSE;
    post_progress (progress, type, text);
  }
}

void
gst_nanovid_progress_begin (
    GstNanovidProgress *progress, const NanogptJobStatus *status)
{
  g_autoptr (GRecMutexLocker) locker = g_rec_mutex_locker_new (&progress->lock);
  g_autofree char *text = NULL;

  if (progress->open)
    return;

  progress->open = TRUE;
  /* An application that has the clip or set the run ID needs no advice on how
   * to collect it, and only the service knows whether that job exists. */
  progress->introduced =
      status->state == NANOGPT_JOB_COMPLETE || status->run_id;
  progress->state = status->state;
  progress->attempt = 0;
  progress->cost = NANOGPT_MONEY_UNKNOWN;
  progress->due = g_get_monotonic_time () + INTERVAL;

  if (status->run_id)
    text =
        g_strdup_printf (_ ("Waiting for the clip of job %s"), status->run_id);
  else
    text = g_strdup_printf (_ ("Requesting a clip from %s"), status->model);
  post_progress (progress, GST_PROGRESS_TYPE_START, text);
}

static void
append_cost (
    GString *text, GstNanovidProgress *progress, const NanogptJobStatus *status)
{
  g_autofree char *cost =
      nanogpt_money_format_cost (status->cost, status->payment_source);

  if (cost)
    /* Translators: these pieces are appended to "Job … was accepted" or to the
     * state, such as "Queued", in the order in which they stand here. */
    g_string_append_printf (text, _ (", cost %s"), cost);
  progress->cost = status->cost;
}

static void
append_simulated (GString *text, const NanogptJobStatus *status)
{
  if (status->simulated)
    g_string_append (text, _ (" (simulator)"));
}

/* Posted once for each wait, as soon as the run ID is known: a message posted
 * while the element is being stopped would not be seen. */
static void
post_introduction (GstNanovidProgress *progress, const NanogptJobStatus *status)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_printf (text,
      status->resumed ? _ ("Job %s was resumed") : _ ("Job %s was accepted"),
      status->run_id);
  append_cost (text, progress, status);
  append_simulated (text, status);
  g_string_append_printf (text,
      progress->attaches
          ? _ (". It continues, and is charged, even if this pipeline ends; to "
               "collect the clip later, run the same pipeline again or set "
               "run-id=%s")
          : _ (". It continues, and is charged, even if this pipeline ends; to "
               "collect the clip later, run the same pipeline again or "
               "\"nanovid-jobs collect %s\""),
      status->run_id);
  post_progress (progress, GST_PROGRESS_TYPE_CONTINUE, text->str);
}

static const char *
describe_state (NanogptJobState state)
{
  switch (state) {
    case NANOGPT_JOB_SUBMITTING:
      return _ ("Submitting");
    case NANOGPT_JOB_QUEUED:
      return _ ("Queued");
    case NANOGPT_JOB_GENERATING:
      return _ ("Generating");
    case NANOGPT_JOB_DOWNLOADING:
      return _ ("Downloading");
    case NANOGPT_JOB_COMPLETE:
      return _ ("Complete");
    case NANOGPT_JOB_FAILED:
      return _ ("Failed");
    case NANOGPT_JOB_CANCELLED:
      return _ ("Canceled by the service");
  }
  g_return_val_if_reached ("");
}

static void
post_state (GstNanovidProgress *progress, const NanogptJobStatus *status)
{
  g_autoptr (GString) text = g_string_new (describe_state (status->state));

  g_string_append_printf (text, _ (", %lld s so far"),
      (long long)(status->elapsed / G_TIME_SPAN_SECOND));
  append_simulated (text, status);
  if (status->usual > 0 && status->state < NANOGPT_JOB_DOWNLOADING)
    g_string_append_printf (text, _ (", usually %.0f s"), status->usual);
  if (status->progress >= 0)
    g_string_append_printf (text, ", %d %%", status->progress);
  /* The final charge of the service may differ. */
  if (status->cost != progress->cost)
    append_cost (text, progress, status);
  if (status->details)
    g_string_append_printf (text, ": %s", status->details);
  if (status->attempt > 0)
    g_string_append_printf (text, _ (" (try %u)"), status->attempt);
  post_progress (progress, GST_PROGRESS_TYPE_CONTINUE, text->str);
}

gint64
gst_nanovid_progress_update (
    GstNanovidProgress *progress, const NanogptJobStatus *status)
{
  g_autoptr (GRecMutexLocker) locker = g_rec_mutex_locker_new (&progress->lock);
  gint64 now = g_get_monotonic_time ();

  if (!progress->open)
    return -1;

  if (status->run_id && !progress->introduced) {
    progress->introduced = TRUE;
    post_introduction (progress, status);
  }

  /* The end of the operation has a message of its own. */
  if (!progress->open || status->state >= NANOGPT_JOB_COMPLETE)
    return -1;

  if (status->state != progress->state || now >= progress->due
      || (status->attempt > 0 && status->attempt != progress->attempt)) {
    progress->state = status->state;
    progress->attempt = status->attempt;
    progress->due = now + INTERVAL;
    post_state (progress, status);
  }
  return progress->due;
}

void
gst_nanovid_progress_complete (GstNanovidProgress *progress)
{
  end_operation (
      progress, GST_PROGRESS_TYPE_COMPLETE, _ ("The clip can be read"));
}

void
gst_nanovid_progress_cancel (GstNanovidProgress *progress, const char *run_id)
{
  g_autofree char *text = NULL;

  if (run_id) {
    text = g_strdup_printf (progress->attaches
            ? _ ("Stopped waiting for job %s. It continues and is charged; to "
                 "collect the clip, run the same pipeline again or set "
                 "run-id=%s")
            : _ ("Stopped waiting for job %s. It continues and is charged; to "
                 "collect the clip, run the same pipeline again or "
                 "\"nanovid-jobs collect %s\""),
        run_id, run_id);
  }
  end_operation (progress, GST_PROGRESS_TYPE_CANCELED,
      text ? text : _ ("Stopped waiting"));
}

void
gst_nanovid_progress_fail (GstNanovidProgress *progress, const GError *error)
{
  end_operation (progress, GST_PROGRESS_TYPE_ERROR, error->message);
}
