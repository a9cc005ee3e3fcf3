/* nanovid: errors that end the wait for a job
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "job-error.h"

#include <glib/gi18n-lib.h>

#include "nanogpt/base/text.h"

GError *
nanogpt_job_error_new_not_submitted (const GError *last, guint timeout)
{
  if (last)
    return g_error_copy (last);
  return g_error_new (NANOGPT_ERROR, NANOGPT_ERROR_TIMED_OUT,
      _ ("Nothing was submitted within %u seconds"), timeout);
}

GError *
nanogpt_job_error_new_submit_unknown (const GError *cause, const char *why)
{
  NanogptErrorDetails *details;
  GError *error = g_error_new (NANOGPT_ERROR, NANOGPT_ERROR_SUBMIT_UNKNOWN,
      /* Translators: what went wrong, and why that was not settled. */
      _ ("It is not known whether the service accepted the request: %s (%s). "
         "Nothing was sent a second time. Run the same request again to look "
         "it up once more. To pay for a new job, set resume=false, or remove "
         "this one with nanovid-jobs forget"),
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

GError *
nanogpt_job_error_new_timed_out (const GError *last, guint timeout)
{
  g_autoptr (GString) message = g_string_new (NULL);
  NanogptError code = NANOGPT_ERROR_TIMED_OUT;
  GError *error;

  g_string_printf (message,
      _ ("The job did not finish within the %u seconds of timeout"), timeout);
  if (last)
    g_string_append_printf (
        message, _ (". The last failure: %s"), last->message);
  /* A 204 is not an edge server's page, and more time would not help. */
  if (last && nanogpt_error_get_details (last)->http_status == 204)
    code = NANOGPT_ERROR_BAD_RESPONSE;
  error = g_error_new_literal (NANOGPT_ERROR, code, message->str);
  nanogpt_error_get_details (error)->may_have_been_charged = TRUE;
  return error;
}

static void
explain_giving_up (
    GString *message, const char *run_id, const NanogptSettings *settings)
{
  g_autofree char *place = g_shell_quote (
      settings->database ? settings->database : settings->state_dir);
  g_autofree char *option = NULL;
  g_autofree char *way = NULL;

  if (settings->database)
    option = g_strdup_printf ("--database=%s ", place);
  else if (settings->state_dir_is_default)
    option = g_strdup ("");
  else
    option = g_strdup_printf ("--state-dir=%s ", place);
  way = g_strdup_printf (
      /* Translators: an option with a blank behind it, or nothing; the job's id. */
      _ ("To give it up and pay for a new one, set resume=false, or run "
         "\"nanovid-jobs %sforget %s\" first"),
      option, run_id);
  nanogpt_text_append_sentence (message, way);
}

/* Takes @sentence. */
static void
append_sentence (GError *error, char *sentence)
{
  GString *message = g_string_new (error->message);

  nanogpt_text_append_sentence (message, sentence);
  g_free (sentence);
  g_free (error->message);
  error->message = g_string_free (message, FALSE);
}

void
nanogpt_job_error_explain_model (
    GError *error, const char *model, const char *similar)
{
  append_sentence (error,
      g_strdup_printf (_ ("nanovid does not know model %s; similar names: %s"),
          model, similar));
}

void
nanogpt_job_error_explain_failure (
    GError *error, const char *run_id, NanogptMicros cost, const char *currency)
{
  g_autofree char *charged = nanogpt_money_format_cost (cost, currency);

  append_sentence (error,
      g_strdup_printf (_ ("Job %s has ended; it cost %s, unless the service "
                          "refunds it. Running the same request again starts "
                          "a new job, which is charged"),
          run_id, charged ? charged : _ ("unknown")));
}

void
nanogpt_job_error_explain_collecting (
    GError *error, const char *run_id, const NanogptSettings *adopted)
{
  g_autofree char *advice = g_strdup_printf (
      _ ("Job %s continues and is charged: to collect its clip, run the same "
         "request again or set run-id=%s"),
      run_id, run_id);
  GString *message = g_string_new (error->message);

  nanogpt_text_append_sentence (message, advice);
  if (adopted)
    explain_giving_up (message, run_id, adopted);
  g_free (error->message);
  error->message = g_string_free (message, FALSE);
}
