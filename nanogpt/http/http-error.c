/* nanovid: maps error responses of the service to GErrors
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "http-error.h"

#include <glib/gi18n-lib.h>

#include "nanogpt/base/text.h"

/* The service's own text, which says more than the HTTP status does.  Matched
 * case-insensitively against a part of the type or code. */
static const struct
{
  const char *word;
  NanogptError code;
  gboolean final; /* a retry before tomorrow is useless */
} typed_refusals[] = {
  { "content_policy", NANOGPT_ERROR_CONTENT_POLICY, TRUE },
  { "moderation", NANOGPT_ERROR_CONTENT_POLICY, TRUE },
  { "insufficient_balance", NANOGPT_ERROR_INSUFFICIENT_BALANCE, TRUE },
  { "daily_rpd_limit", NANOGPT_ERROR_RATE_LIMITED, TRUE },
  { "daily_usd_limit", NANOGPT_ERROR_RATE_LIMITED, TRUE },
  { "pro_required", NANOGPT_ERROR_NOT_AUTHORIZED, TRUE },
  { "rate_limit", NANOGPT_ERROR_RATE_LIMITED, FALSE },
};

static gboolean
code_from_type (const char *type, NanogptError *code, gboolean *final)
{
  g_autofree char *lower = type ? g_ascii_strdown (type, -1) : NULL;

  for (guint i = 0; lower && i < G_N_ELEMENTS (typed_refusals); i++) {
    if (strstr (lower, typed_refusals[i].word)) {
      *code = typed_refusals[i].code;
      *final = typed_refusals[i].final;
      return TRUE;
    }
  }
  return FALSE;
}

/* The service reports this with a sentence, not with a type. */
static gboolean
asks_for_image (const char *text)
{
  return text
      && g_regex_match_simple ("requires an (input image|image([.,;:!]|$))"
                               "|input image is required",
          text, G_REGEX_CASELESS, 0);
}

static NanogptError
code_from_status (guint http_status)
{
  switch (http_status) {
    case 401:
    case 403:
    case 407:
      return NANOGPT_ERROR_NOT_AUTHORIZED;
    case 402:
      return NANOGPT_ERROR_INSUFFICIENT_BALANCE;
    case 408:
    case 425:
      return NANOGPT_ERROR_SERVER;
    case 413:
      return NANOGPT_ERROR_UPLOAD_TOO_LARGE;
    case 429:
      return NANOGPT_ERROR_RATE_LIMITED;
    default:
      if (http_status >= 500)
        return NANOGPT_ERROR_SERVER;
      if (http_status >= 400)
        return NANOGPT_ERROR_INVALID_REQUEST;
      return NANOGPT_ERROR_BAD_RESPONSE;
  }
}

/* A refusal is the service's own if it has the service's format: any server in
 * between may respond with a page, even after the service has accepted a
 * request.  But 413 and 429 come only from a server that did not forward the
 * request. */
static gboolean
is_certain (guint http_status, const NanogptRefusal *refusal)
{
  switch (http_status) {
    case 413:
    case 429:
      return TRUE;
    case 400:
    case 401:
    case 402:
    case 403:
    case 404:
    case 422:
      return refusal->typical;
    default:
      return FALSE;
  }
}

/* What a user can do about it, where the service's message cannot know. */
static const char *
get_advice (NanogptError code)
{
  switch (code) {
    case NANOGPT_ERROR_NOT_AUTHORIZED:
      return _ ("Check the API key");
    case NANOGPT_ERROR_INSUFFICIENT_BALANCE:
      return _ ("Add funds to the account");
    case NANOGPT_ERROR_IMAGE_REQUIRED:
      return _ ("Set image-location or image-url, or choose another model");
    case NANOGPT_ERROR_UPLOAD_TOO_LARGE:
      return _ ("Use a smaller image, or host it and set image-url");
    default:
      return NULL;
  }
}

static char *
make_message (
    NanogptError code, const NanogptRefusal *refusal, gint64 retry_after)
{
  GString *text = g_string_new (refusal->quote
          ? _ (
              "The service asks for a payment instead of accepting the API key")
          : refusal->message);
  const char *advice = get_advice (code);

  if (refusal->required_balance >= 0)
    /* Translators: this is appended to what the service said. */
    g_string_append_printf (text, _ (" (%.2f USD are needed)"),
        nanogpt_money_to_double (refusal->required_balance));
  if (retry_after > 0)
    /* Translators: this is appended to what the service said. */
    g_string_append_printf (text, _ (" (try again in %lld s)"),
        (long long)((retry_after + 999) / 1000));
  if (refusal->refund)
    nanogpt_text_append_sentence (text, refusal->refund);
  if (advice)
    nanogpt_text_append_sentence (text, advice);
  return g_string_free (text, FALSE);
}

GError *
nanogpt_http_error_new (
    guint http_status, GBytes *body, const char *request_id, gint64 retry_after)
{
  g_autoptr (NanogptRefusal) refusal =
      nanogpt_refusal_parse (http_status, body);
  NanogptError code = code_from_status (http_status);
  gboolean final = FALSE;
  g_autofree char *message = NULL;
  NanogptErrorDetails *details;
  GError *error;

  /* Server errors keep their code: a proxy's page proves nothing. */
  if (http_status < 500 && !code_from_type (refusal->type, &code, &final)
      && refusal->content_policy)
    code = NANOGPT_ERROR_CONTENT_POLICY;
  if (code == NANOGPT_ERROR_INVALID_REQUEST
      && asks_for_image (refusal->message))
    code = NANOGPT_ERROR_IMAGE_REQUIRED;

  message = make_message (code, refusal, retry_after);
  error = g_error_new_literal (NANOGPT_ERROR, code, message);
  details = nanogpt_error_get_details (error);
  details->http_status = http_status;
  details->responded = TRUE;
  details->own = refusal->own;
  details->retry_after = retry_after;
  details->transient = !final
      && (code == NANOGPT_ERROR_SERVER || code == NANOGPT_ERROR_RATE_LIMITED);
  details->refused = is_certain (http_status, refusal);
  details->debug = g_strdup_printf ("HTTP %u, type %s, X-Request-ID %s",
      http_status, refusal->type ? refusal->type : "none",
      request_id ? request_id : "none");
  return error;
}

GError *
nanogpt_response_error_new (const NanogptResponse *response)
{
  NanogptError code;
  const char *fallback;
  gboolean final;
  g_autoptr (GString) text = NULL;
  NanogptErrorDetails *details;
  GError *error;

  if (response->phase == NANOGPT_PHASE_CANCELLED) {
    code = NANOGPT_ERROR_CANCELLED;
    fallback = _ ("The service canceled the job");
  } else if (response->content_policy) {
    code = NANOGPT_ERROR_CONTENT_POLICY;
    fallback = _ ("The service refused the content of the request");
  } else if (response->run_id || response->phase == NANOGPT_PHASE_FAILED) {
    code = NANOGPT_ERROR_GENERATION_FAILED;
    fallback = _ ("The service could not generate the video");
  } else {
    code = NANOGPT_ERROR_INVALID_REQUEST;
    fallback = _ ("The service refused the request");
    if (asks_for_image (response->error))
      code = NANOGPT_ERROR_IMAGE_REQUIRED;
    code_from_type (response->error_type, &code, &final);
  }

  text = g_string_new (response->error ? response->error : fallback);
  if (response->refund)
    nanogpt_text_append_sentence (text, response->refund);
  error = g_error_new_literal (NANOGPT_ERROR, code, text->str);
  details = nanogpt_error_get_details (error);
  details->responded = TRUE;
  details->own = TRUE;
  details->debug = g_strdup_printf ("status %s, type %s",
      response->status ? response->status : "none",
      response->error_type ? response->error_type : "none");
  return error;
}
