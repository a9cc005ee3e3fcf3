/* nanovid: the error domain NANOGPT_ERROR and its details
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "error.h"

typedef NanogptErrorDetails NanogptErrorPrivate;

static void
nanogpt_error_private_init (NanogptErrorPrivate *details)
{
  details->retry_after = -1;
}

static void
nanogpt_error_private_copy (
    const NanogptErrorPrivate *src, NanogptErrorPrivate *dest)
{
  *dest = *src;
  dest->run_id = g_strdup (src->run_id);
  dest->debug = g_strdup (src->debug);
}

static void
nanogpt_error_private_clear (NanogptErrorPrivate *details)
{
  g_clear_pointer (&details->run_id, g_free);
  g_clear_pointer (&details->debug, g_free);
}

G_DEFINE_EXTENDED_ERROR (NanogptError, nanogpt_error)

NanogptErrorDetails *
nanogpt_error_get_details (const GError *error)
{
  return nanogpt_error_get_private (error);
}

const char *
nanogpt_error_get_reason (NanogptError code)
{
  switch (code) {
    case NANOGPT_ERROR_NOT_AUTHORIZED:
      return "not-authorized";
    case NANOGPT_ERROR_INSUFFICIENT_BALANCE:
      return "insufficient-balance";
    case NANOGPT_ERROR_OVER_BUDGET:
      return "over-budget";
    case NANOGPT_ERROR_RATE_LIMITED:
      return "rate-limited";
    case NANOGPT_ERROR_CONTENT_POLICY:
      return "content-policy";
    case NANOGPT_ERROR_INVALID_REQUEST:
      return "invalid-request";
    case NANOGPT_ERROR_IMAGE_REQUIRED:
      return "image-required";
    case NANOGPT_ERROR_UPLOAD_TOO_LARGE:
    case NANOGPT_ERROR_RESULT_TOO_LARGE:
      return "too-large";
    case NANOGPT_ERROR_GENERATION_FAILED:
      return "generation-failed";
    case NANOGPT_ERROR_CANCELLED:
      return "cancelled";
    case NANOGPT_ERROR_TIMED_OUT:
      return "timed-out";
    case NANOGPT_ERROR_SUBMIT_UNKNOWN:
      return "submit-unknown";
    case NANOGPT_ERROR_NETWORK:
      return "network";
    case NANOGPT_ERROR_SERVER:
      return "server";
    case NANOGPT_ERROR_BAD_RESPONSE:
      return "bad-response";
    case NANOGPT_ERROR_NO_SPACE:
      return "no-space";
    case NANOGPT_ERROR_STATE_UNAVAILABLE:
      return "state-unavailable";
  }
  g_return_val_if_reached ("server");
}
