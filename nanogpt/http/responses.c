/* nanovid: parses the API responses into plain structs
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "responses.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "nanogpt/base/json.h"
#include "nanogpt/base/text.h"
#include "results.h"

/* Names of the job id in the various versions of the API; the first one present
 * counts. */
static const char *const id_names[] = { "runId", "id", "requestId",
  "request_id", "task_id", NULL };

static const struct
{
  const char *status;
  NanogptPhase phase;
} statuses[] = {
  { "in_queue", NANOGPT_PHASE_QUEUED },
  { "queued", NANOGPT_PHASE_QUEUED },
  { "queue", NANOGPT_PHASE_QUEUED },
  { "pending", NANOGPT_PHASE_QUEUED },
  { "submitted", NANOGPT_PHASE_QUEUED },
  { "not_start", NANOGPT_PHASE_QUEUED },
  { "in_progress", NANOGPT_PHASE_RUNNING },
  { "processing", NANOGPT_PHASE_RUNNING },
  { "generating", NANOGPT_PHASE_RUNNING },
  { "delivering", NANOGPT_PHASE_RUNNING },
  { "running", NANOGPT_PHASE_RUNNING },
  { "finishing", NANOGPT_PHASE_RUNNING },
  { "uploading", NANOGPT_PHASE_RUNNING },
  { "completed", NANOGPT_PHASE_COMPLETED },
  { "complete", NANOGPT_PHASE_COMPLETED },
  { "succeeded", NANOGPT_PHASE_COMPLETED },
  { "success", NANOGPT_PHASE_COMPLETED },
  { "done", NANOGPT_PHASE_COMPLETED },
  { "failed", NANOGPT_PHASE_FAILED },
  { "failure", NANOGPT_PHASE_FAILED },
  { "error", NANOGPT_PHASE_FAILED },
  { "expired", NANOGPT_PHASE_FAILED },
  { "content_policy_violation", NANOGPT_PHASE_FAILED },
  { "cancelled", NANOGPT_PHASE_CANCELLED },
  { "canceled", NANOGPT_PHASE_CANCELLED },
};

NanogptPhase
nanogpt_phase_from_status (const char *status)
{
  g_autofree char *plain = NULL;

  if (!status)
    return NANOGPT_PHASE_UNKNOWN;
  plain = g_strstrip (g_ascii_strdown (status, -1));
  g_strdelimit (plain, " -", '_');
  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++) {
    if (strcmp (plain, statuses[i].status) == 0)
      return statuses[i].phase;
  }
  return NANOGPT_PHASE_UNKNOWN;
}

static JsonObject *
parse_body (GBytes *body, GError **error)
{
  gsize size;
  const char *text = g_bytes_get_data (body, &size);

  if (size > NANOGPT_JSON_MAX_SIZE) {
    g_set_error_literal (error, NANOGPT_ERROR, NANOGPT_ERROR_BAD_RESPONSE,
        _ ("The service's response is too large"));
    return NULL;
  }
  return nanogpt_json_parse_opaque (text, size, id_names,
      _ ("The service's response"), NANOGPT_ERROR_BAD_RESPONSE, error);
}

/* A response has its fields in `data`, at the top level, or in both.  In the
 * last case, the service's current client reads those in `data`. */
typedef struct
{
  JsonObject *data;
  JsonObject *root;
} Scopes;

static const char *
scopes_get_string (const Scopes *scopes, const char *name)
{
  const char *string = nanogpt_json_get_string (scopes->data, name);

  return string ? string : nanogpt_json_get_string (scopes->root, name);
}

static double
scopes_get_number (const Scopes *scopes, const char *name, double otherwise)
{
  double number = otherwise;

  if (!nanogpt_json_get_number (scopes->data, name, &number))
    nanogpt_json_get_number (scopes->root, name, &number);
  return number;
}

static gboolean
scopes_get_boolean (const Scopes *scopes, const char *name, gboolean otherwise)
{
  gboolean value = otherwise;

  if (!nanogpt_json_get_boolean (scopes->data, name, &value))
    nanogpt_json_get_boolean (scopes->root, name, &value);
  return value;
}

static const char *
get_first_string (JsonObject *object, const char *const *names)
{
  const char *string = NULL;

  for (; *names && !string; names++)
    string = nanogpt_json_get_string (object, *names);
  return string;
}

/* Names are sent back unchanged, and also shown: one that cannot be shown
 * unchanged is ignored. */
static char *
dup_name (const char *name)
{
  const char *p = name;

  if (!name)
    return NULL;
  while (g_unichar_isgraph (g_utf8_get_char (p)) || *p == ' ')
    p = g_utf8_next_char (p);
  return *p == '\0' && p - name <= NANOGPT_TEXT_MAX ? g_strdup (name) : NULL;
}

static char *
dup_id (JsonObject *object)
{
  return dup_name (get_first_string (object, id_names));
}

static char *
dup_shown (const char *text)
{
  return nanogpt_text_clean (text, NANOGPT_TEXT_MAX);
}

static gboolean
speaks_of_policy (const char *text)
{
  static const char *const hints[] = { "policy", "nsfw", "safety", "moderation",
    "flagged" };
  g_autofree char *lower = text ? g_ascii_strdown (text, -1) : NULL;

  for (guint i = 0; lower && i < G_N_ELEMENTS (hints); i++) {
    if (strstr (lower, hints[i]))
      return TRUE;
  }
  return FALSE;
}

/* The type gives the kind of the failure, the code the exact failure. */
static char *
dup_error_type (JsonObject *object)
{
  JsonObject *nested = nanogpt_json_get_object (object, "error");
  const char *type = nanogpt_json_get_string (nested, "type");
  const char *code = nanogpt_json_get_string (nested, "code");
  g_autofree char *both = NULL;

  if (!code)
    code = nanogpt_json_get_string (object, "code");
  if (!type)
    return dup_shown (code);
  if (!code || g_ascii_strcasecmp (type, code) == 0)
    return dup_shown (type);
  both = g_strconcat (type, "/", code, NULL);
  return dup_shown (both);
}

static char *
dup_nested_message (JsonObject *object)
{
  JsonObject *nested = nanogpt_json_get_object (object, "error");
  char *text =
      dup_shown (nanogpt_json_get_string (nested, "userFriendlyError"));

  if (!text)
    text = dup_shown (nanogpt_json_get_string (nested, "message"));
  return text;
}

/* Successful responses have a `message`, too. */
static char *
dup_failure_text (const Scopes *scopes, gboolean is_failure)
{
  char *text = dup_shown (scopes_get_string (scopes, "userFriendlyError"));

  if (!text)
    text = dup_shown (scopes_get_string (scopes, "error"));
  if (!text)
    text = dup_nested_message (scopes->data);
  if (!text)
    text = dup_nested_message (scopes->root);
  if (!text && is_failure)
    text = dup_shown (scopes_get_string (scopes, "message"));
  return text;
}

static NanogptPhase
find_phase (const Scopes *scopes, const char *status)
{
  NanogptPhase phase = nanogpt_phase_from_status (status);

  if (!scopes_get_boolean (scopes, "isCompleted", FALSE))
    return phase;
  if (!scopes_get_boolean (scopes, "isSuccess", TRUE))
    return NANOGPT_PHASE_FAILED;
  return !status ? NANOGPT_PHASE_COMPLETED : phase;
}

static int
find_progress (const Scopes *scopes)
{
  double progress = scopes_get_number (scopes, "progress", NAN);

  return isnan (progress) ? -1 : (int)CLAMP (progress, 0, 100);
}

static char *
find_id (const Scopes *scopes)
{
  char *id = dup_id (scopes->root);

  return id ? id : dup_id (scopes->data);
}

static void
read_failure (NanogptResponse *response, const Scopes *scopes)
{
  gboolean is_failure = response->phase == NANOGPT_PHASE_FAILED
      || response->phase == NANOGPT_PHASE_CANCELLED || !response->status;

  response->error = dup_failure_text (scopes, is_failure);
  response->error_type = dup_error_type (scopes->data);
  if (!response->error_type)
    response->error_type = dup_error_type (scopes->root);
  response->refund = dup_shown (scopes_get_string (scopes, "refundMessage"));
  response->content_policy = scopes_get_boolean (scopes, "isNSFWError", FALSE)
      || speaks_of_policy (response->error)
      || speaks_of_policy (response->error_type)
      || speaks_of_policy (response->status);
}

/* Finds a failure whose status is not in the table.  A status of `unknown` is
 * not a failure: the service itself does not know.  An error without any status
 * may be about the query instead of the job. */
static void
find_failure (NanogptResponse *response, const Scopes *scopes)
{
  if (response->phase != NANOGPT_PHASE_UNKNOWN || response->terminal
      || (!response->error
          && !scopes_get_boolean (scopes, "isNSFWError", FALSE)))
    return;

  if (!response->status)
    response->refused = TRUE;
  else if (g_ascii_strcasecmp (response->status, "unknown") != 0)
    response->phase = NANOGPT_PHASE_FAILED;
}

/* A bare word such as "error" or "success" may be a gateway's, and must not end the
 * wait for a job that was paid for. */
static gboolean
tells_of_job (const NanogptResponse *response, const Scopes *scopes)
{
  g_autofree char *error = dup_failure_text (scopes, FALSE);

  if (scopes->data || error || response->run_id || *response->urls)
    return TRUE;
  return response->status && !response->terminal
      && response->phase < NANOGPT_PHASE_COMPLETED;
}

NanogptResponse *
nanogpt_response_parse (GBytes *body, GError **error)
{
  g_autoptr (JsonObject) root = parse_body (body, error);
  NanogptResponse *response;
  Scopes scopes;

  if (!root)
    return NULL;
  scopes.root = root;
  scopes.data = nanogpt_json_get_object (root, "data");

  response = g_new0 (NanogptResponse, 1);
  response->status = dup_shown (scopes_get_string (&scopes, "status"));
  response->phase = find_phase (&scopes, response->status);
  response->run_id = find_id (&scopes);
  response->model = dup_name (scopes_get_string (&scopes, "model"));
  response->urls = nanogpt_results_find (scopes.data, scopes.root);
  response->details = dup_shown (scopes_get_string (&scopes, "details"));
  response->payment_source =
      dup_shown (scopes_get_string (&scopes, "paymentSource"));
  response->cost =
      nanogpt_money_round_up (scopes_get_number (&scopes, "cost", -1));
  response->remaining_balance = nanogpt_money_round_down (
      scopes_get_number (&scopes, "remainingBalance", -1));
  response->progress = find_progress (&scopes);
  response->eta = scopes_get_number (&scopes, "estimatedTimeRemaining", -1);
  response->terminal = scopes_get_boolean (&scopes, "terminal", FALSE);
  read_failure (response, &scopes);
  find_failure (response, &scopes);
  response->telling = tells_of_job (response, &scopes);
  return response;
}

void
nanogpt_response_free (NanogptResponse *response)
{
  if (!response)
    return;
  g_free (response->status);
  g_free (response->run_id);
  g_free (response->model);
  g_strfreev (response->urls);
  g_free (response->details);
  g_free (response->error);
  g_free (response->error_type);
  g_free (response->refund);
  g_free (response->payment_source);
  g_free (response);
}

static GDateTime *
parse_time (JsonObject *object, const char *name)
{
  const char *text = nanogpt_json_get_string (object, name);
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();

  return text ? g_date_time_new_from_iso8601 (text, utc) : NULL;
}

static NanogptRun *
parse_run (JsonNode *node)
{
  g_autofree char *id = NULL;
  NanogptRun *run;
  JsonObject *row;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return NULL;
  row = json_node_get_object (node);
  id = dup_id (row);
  if (!id)
    return NULL;

  run = g_new0 (NanogptRun, 1);
  run->run_id = g_steal_pointer (&id);
  run->model = dup_name (nanogpt_json_get_string (row, "model"));
  run->conversation =
      g_strdup (nanogpt_json_get_string (row, "conversationUUID"));
  run->created_at = parse_time (row, "createdAt");
  return run;
}

GPtrArray *
nanogpt_runs_parse (GBytes *body, GError **error)
{
  g_autoptr (JsonObject) root = parse_body (body, error);
  JsonArray *rows;
  GPtrArray *runs;

  if (!root)
    return NULL;
  rows = nanogpt_json_get_array (root, "data");
  if (!rows) {
    g_set_error_literal (error, NANOGPT_ERROR, NANOGPT_ERROR_BAD_RESPONSE,
        _ ("The service's response has no list of jobs"));
    return NULL;
  }
  runs = g_ptr_array_new_with_free_func ((GDestroyNotify)nanogpt_run_free);
  for (guint i = 0; i < json_array_get_length (rows); i++) {
    NanogptRun *run = parse_run (json_array_get_element (rows, i));

    if (run)
      g_ptr_array_add (runs, run);
  }
  return runs;
}

void
nanogpt_run_free (NanogptRun *run)
{
  if (!run)
    return;
  g_free (run->run_id);
  g_free (run->model);
  g_free (run->conversation);
  g_clear_pointer (&run->created_at, g_date_time_unref);
  g_free (run);
}

gboolean
nanogpt_balance_parse (GBytes *body, NanogptMicros *usd, GError **error)
{
  g_autoptr (JsonObject) root = parse_body (body, error);
  double balance;

  if (!root)
    return FALSE;
  if (nanogpt_json_get_number (root, "usd_balance", &balance)) {
    *usd = nanogpt_money_round_down (balance);
    return TRUE;
  }
  g_set_error_literal (error, NANOGPT_ERROR, NANOGPT_ERROR_BAD_RESPONSE,
      _ ("The service's response has no balance"));
  return FALSE;
}

static const char *
get_http_phrase (guint http_status)
{
  static const struct
  {
    guint status;
    const char *phrase;
  } phrases[] = {
    { 400, "Bad Request" },
    { 401, "Unauthorized" },
    { 402, "Payment Required" },
    { 403, "Forbidden" },
    { 404, "Not Found" },
    { 405, "Method Not Allowed" },
    { 407, "Proxy Authentication Required" },
    { 408, "Request Timeout" },
    { 409, "Conflict" },
    { 410, "Gone" },
    { 413, "Content Too Large" },
    { 415, "Unsupported Media Type" },
    { 422, "Unprocessable Content" },
    { 429, "Too Many Requests" },
    { 500, "Internal Server Error" },
    { 502, "Bad Gateway" },
    { 503, "Service Unavailable" },
    { 504, "Gateway Timeout" },
    { 524, "A Timeout Occurred" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (phrases); i++) {
    if (phrases[i].status == http_status)
      return phrases[i].phrase;
  }
  return NULL;
}

/* Proxies and edge servers respond in HTML or a plain line. */
static char *
make_message (guint http_status, const char *line)
{
  const char *phrase = get_http_phrase (http_status);

  g_autofree char *answer =
      /* Translators: the status of HTTP and what the service said follow. */
      g_strdup_printf (_ ("The service answered %u"), http_status);

  return g_strconcat (answer, phrase ? " " : "", phrase ? phrase : "",
      line ? ": " : NULL, line, NULL);
}

static char *
dup_plain_line (GBytes *body)
{
  gsize size;
  const char *data = body ? g_bytes_get_data (body, &size) : NULL;
  g_autofree char *text = NULL;

  if (!data)
    return NULL;
  text = g_strndup (data, MIN (size, 4096));
  return nanogpt_text_clean (text, 200);
}

static gboolean
is_own (JsonObject *root)
{
  JsonNode *error = root ? json_object_get_member (root, "error") : NULL;

  return (error && !JSON_NODE_HOLDS_NULL (error))
      || nanogpt_json_get_object (root, "data");
}

static char *
dup_refusal_text (JsonObject *root)
{
  char *text = dup_nested_message (root);

  if (!text)
    text = dup_shown (nanogpt_json_get_string (root, "error"));
  if (!text)
    text = dup_shown (nanogpt_json_get_string (root, "message"));
  if (!text)
    text = dup_shown (nanogpt_json_get_string (root, "userFriendlyError"));
  return text;
}

NanogptRefusal *
nanogpt_refusal_parse (guint http_status, GBytes *body)
{
  g_autoptr (JsonObject) root = body ? parse_body (body, NULL) : NULL;
  NanogptRefusal *refusal = g_new0 (NanogptRefusal, 1);
  JsonObject *nested = nanogpt_json_get_object (root, "error");
  gboolean is_typical;
  double required = -1;

  refusal->message = dup_refusal_text (root);
  is_typical = refusal->message != NULL;
  if (!refusal->message) {
    g_autofree char *line = !root ? dup_plain_line (body) : NULL;

    refusal->message = make_message (http_status, line);
  }
  refusal->type = dup_error_type (root);
  refusal->refund = dup_shown (nanogpt_json_get_string (root, "refundMessage"));
  if (!nanogpt_json_get_number (root, "requiredBalance", &required))
    nanogpt_json_get_number (nested, "requiredBalance", &required);
  refusal->required_balance = nanogpt_money_round_up (required);
  refusal->content_policy = speaks_of_policy (refusal->type)
      || ((http_status == 400 || http_status == 422)
          && speaks_of_policy (refusal->message));
  refusal->own = is_own (root);
  refusal->quote =
      http_status == 402 && nanogpt_json_get_object (root, "payment") != NULL;
  refusal->typical = is_typical || refusal->type || refusal->quote
      || refusal->required_balance >= 0;
  return refusal;
}

void
nanogpt_refusal_free (NanogptRefusal *refusal)
{
  if (!refusal)
    return;
  g_free (refusal->message);
  g_free (refusal->type);
  g_free (refusal->refund);
  g_free (refusal);
}
