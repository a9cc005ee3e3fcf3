/* nanovid: parses the API responses into plain structs
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

#include "nanogpt/base/error.h"
#include "nanogpt/base/money.h"

G_BEGIN_DECLS

/**
 * NanogptPhase:
 *
 * The classes of the job statuses that the service reports.  A status that is
 * not known is %NANOGPT_PHASE_UNKNOWN, which means to wait; together with an
 * error it is %NANOGPT_PHASE_FAILED.
 */
typedef enum
{
  NANOGPT_PHASE_UNKNOWN,
  NANOGPT_PHASE_QUEUED,
  NANOGPT_PHASE_RUNNING,
  NANOGPT_PHASE_COMPLETED,
  NANOGPT_PHASE_FAILED,
  NANOGPT_PHASE_CANCELLED,
} NanogptPhase;

/**
 * NanogptResponse:
 * @phase: the class of the status
 * @status: (nullable): the status itself
 * @run_id: (nullable): the job's id
 * @model: (nullable): the model that the service names
 * @urls: URLs of the results, in order; absolute or relative, not checked;
 *   empty if the response has none
 * @simulated: whether it came from the simulator
 * @details: (nullable): free text for display
 * @error: (nullable): the service's message about a failure
 * @error_type: (nullable): its type or code, as given
 * @refund: (nullable): what the service says about a refund
 * @payment_source: (nullable): the currency of @cost
 * @cost: negative when not given
 * @remaining_balance: negative when not given
 * @progress: percent 0 to 100, -1 when not given
 * @eta: remaining seconds that the service estimates, negative when not given
 * @date: the service's clock when it responded, microseconds since the epoch, 0
 *   when not given
 * @content_policy: whether a failure is a refusal of the content
 * @refused: whether it has an error and no status
 * @telling: whether it says anything about a job, which distinguishes a
 *   response of the service from any other JSON
 * @terminal: whether the response says that nothing will change any more
 *
 * The response to a submit or a status request, in any of the service's
 * formats.
 */
typedef struct
{
  NanogptPhase phase;
  char *status;
  char *run_id;
  char *model;
  GStrv urls;
  char *details;
  char *error;
  char *error_type;
  char *refund;
  char *payment_source;
  NanogptMicros cost;
  NanogptMicros remaining_balance;
  int progress;
  double eta;
  gint64 date;
  gboolean content_policy;
  gboolean refused;
  gboolean telling;
  gboolean terminal;
  gboolean simulated;
} NanogptResponse;

/**
 * nanogpt_response_parse:
 * @body: the body of the response
 * @error: return location for an error
 *
 * Reads the response to a submit or to either status endpoint.
 *
 * Errors: %NANOGPT_ERROR_BAD_RESPONSE if @body is not a JSON object, is nested
 * too deeply, is not UTF-8, or is over %NANOGPT_JSON_MAX_SIZE.
 *
 * Returns: (transfer full) (nullable): the response
 */
NanogptResponse *nanogpt_response_parse (GBytes *body, GError **error);
void nanogpt_response_free (NanogptResponse *response);

/**
 * NanogptRefusal:
 * @message: a sentence for a user; never empty, never JSON
 * @type: (nullable): the service's type and code, as given; `type/code` when
 *   they differ
 * @refund: (nullable): what the service says about a refund
 * @required_balance: USD that a submit needs, negative when not given
 * @content_policy: whether the content was refused, according to the type, or
 *   to the text of a response with a bad-request status
 * @own: whether it has the format of the service's own responses: a JSON object
 *   with `error` or `data` in it
 * @quote: whether the service offers payment for this one call, as it does to
 *   callers without an account, rather than reporting a low balance
 * @typical: whether it has the format of the service's own refusals
 *
 * The body of a response with an HTTP status of 400 or above.
 */
typedef struct
{
  char *message;
  char *type;
  char *refund;
  NanogptMicros required_balance;
  gboolean content_policy;
  gboolean own;
  gboolean quote;
  gboolean typical;
} NanogptRefusal;

/**
 * nanogpt_refusal_parse:
 * @http_status: the HTTP status
 * @body: (nullable): the body of the response, in any format, JSON or not
 *
 * Returns: (transfer full): the best description of it; never empty
 */
NanogptRefusal *nanogpt_refusal_parse (guint http_status, GBytes *body);
void nanogpt_refusal_free (NanogptRefusal *refusal);

/**
 * NanogptRun:
 * @run_id: the job's id
 * @model: (nullable): its model
 * @conversation: (nullable): its conversation UUID
 * @created_at: (nullable): when it was created, by the service's clock
 *
 * One row of the list of recent jobs.
 */
typedef struct
{
  char *run_id;
  char *model;
  char *conversation;
  GDateTime *created_at;
} NanogptRun;

/**
 * nanogpt_runs_parse:
 * @body: the response of the recover endpoint
 *
 * Errors: %NANOGPT_ERROR_BAD_RESPONSE if it has no list.
 *
 * Returns: (transfer full) (element-type NanogptRun) (nullable): the rows;
 *   those without an id are left out
 */
GPtrArray *nanogpt_runs_parse (GBytes *body, GError **error);
void nanogpt_run_free (NanogptRun *run);

/**
 * nanogpt_balance_parse:
 * @body: the response of the balance endpoint
 * @usd: (out): the balance in USD
 *
 * Errors: %NANOGPT_ERROR_BAD_RESPONSE if it has no balance.
 */
gboolean nanogpt_balance_parse (
    GBytes *body, NanogptMicros *usd, GError **error);

/**
 * nanogpt_phase_from_status:
 * @status: (nullable): a status in any case, with spaces, `-` or `_`
 */
NanogptPhase nanogpt_phase_from_status (const char *status);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NanogptResponse, nanogpt_response_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NanogptRefusal, nanogpt_refusal_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NanogptRun, nanogpt_run_free)

G_END_DECLS
