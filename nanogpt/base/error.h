/* nanovid: the error domain NANOGPT_ERROR and its details
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define NANOGPT_ERROR (nanogpt_error_quark ())

/**
 * NanogptError:
 *
 * Everything that can go wrong with a job, one value for each reason that a
 * user can act on.  %NANOGPT_ERROR_RESULT_TOO_LARGE and
 * %NANOGPT_ERROR_UPLOAD_TOO_LARGE share the reason `too-large`.
 */
typedef enum
{
  NANOGPT_ERROR_NOT_AUTHORIZED,
  NANOGPT_ERROR_INSUFFICIENT_BALANCE,
  NANOGPT_ERROR_OVER_BUDGET,
  NANOGPT_ERROR_RATE_LIMITED,
  NANOGPT_ERROR_CONTENT_POLICY,
  NANOGPT_ERROR_INVALID_REQUEST,
  NANOGPT_ERROR_IMAGE_REQUIRED,
  NANOGPT_ERROR_UPLOAD_TOO_LARGE,
  NANOGPT_ERROR_RESULT_TOO_LARGE,
  NANOGPT_ERROR_GENERATION_FAILED,
  NANOGPT_ERROR_CANCELLED,
  NANOGPT_ERROR_TIMED_OUT,
  NANOGPT_ERROR_SUBMIT_UNKNOWN,
  NANOGPT_ERROR_NETWORK,
  NANOGPT_ERROR_SERVER,
  NANOGPT_ERROR_BAD_RESPONSE,
  NANOGPT_ERROR_NO_SPACE,
  NANOGPT_ERROR_STATE_UNAVAILABLE,
} NanogptError;

/**
 * NanogptErrorDetails:
 * @http_status: the HTTP status that caused the error, 0 when there was none
 * @responded: whether a response had begun before the request failed
 * @own: whether the error comes from the service itself, in the format of its
 *   API, and not from an intermediary such as a proxy
 * @may_have_been_charged: whether the service may have taken money for the job
 * @retry_after: milliseconds to wait before trying again, as the service asked
 *   or until an hourly budget has room; -1 if unknown
 * @transient: whether the same request may succeed when it is tried again
 * @refused: whether it is certain that the service did nothing, because it said
 *   so itself
 * @run_id: (nullable): the job's id, when there is one
 * @debug: (nullable): details for engineers that the message does not have
 */
typedef struct
{
  guint http_status;
  gboolean responded;
  gboolean own;
  gboolean may_have_been_charged;
  gint64 retry_after;
  gboolean transient;
  gboolean refused;
  char *run_id;
  char *debug;
} NanogptErrorDetails;

GQuark nanogpt_error_quark (void);

/**
 * nanogpt_error_get_details:
 * @error: an error of the domain %NANOGPT_ERROR
 *
 * Returns: (transfer none): the details of @error, which the owner of @error
 *   may fill in
 */
NanogptErrorDetails *nanogpt_error_get_details (const GError *error);

/**
 * nanogpt_error_get_reason:
 * @code: an error code
 *
 * Returns: the stable name of @code, such as `rate-limited`
 */
const char *nanogpt_error_get_reason (NanogptError code);

G_END_DECLS
