/* nanovid: jobs with media: what is sent, and what is refused before that
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "job-script.h"
#include "nanogpt/base/budget.h"
#include "nanogpt/base/error.h"
#include "nanogpt/base/money.h"
#include "parameters.h"

#define LISTING "/api/v1/video-models"
#define SUBMIT "/api/generate-video"
#define URL "https://a.b/c"

/* Stands for a listing that is temporarily unavailable. */
static const char down[] = "down";

/* Of the model acme: its fields, and its prices. */
#define LIST(fields, pricing)                                                  \
  "{\"data\":[{\"id\":\"acme\",\"pricing\":{\"currency\":\"USD\"," pricing     \
  "},\"supported_parameters\":{\"parameters\":{" fields "}}}]}"
#define FIVE "\"duration\":{\"type\":\"select\",\"default\":\"5\"}"
#define PRICE "\"per_second\":0.1"

typedef enum
{
  NO_GUARD,
  MAX_COST,
  MAX_TOTAL_COST,
  DAILY_BUDGET,
} Guard;

typedef struct
{
  const char *name;
  const char *given;
  const char *listing; /* NULL: the service has no listing */
  Guard guard;         /* of 1 USD */
  const char *sent;    /* part of the body; NULL: nothing is sent */
  int code;            /* of NANOGPT_ERROR */
  gboolean unlisted;   /* the listing is not requested first */
} Case;

static const Case cases[] = {
  { "last", "model=acme\nlast-image-url=" URL, LIST ("\"end_image\":{}", PRICE),
      NO_GUARD, "\"end_image\":\"" URL "\"", 0, FALSE },
  { "last-unlisted", "model=acme\nlast-image-url=" URL, LIST (FIVE, PRICE),
      NO_GUARD, NULL, NANOGPT_ERROR_INVALID_REQUEST, FALSE },
  { "last-no-listing", "model=acme\nlast-image-url=" URL, NULL, NO_GUARD, NULL,
      NANOGPT_ERROR_INVALID_REQUEST, FALSE },
  { "last-known", "model=minimax-h3\nlast-image-url=" URL, NULL, NO_GUARD,
      "\"last_image\":\"" URL "\"", 0, TRUE },
  { "last-by-parameters",
      "model=acme\nprompt=x\nparameters={\"last_image\":\"" URL "\"}", NULL,
      NO_GUARD, "\"last_image\":\"" URL "\"", 0, TRUE },
  { "references-unlisted", "model=acme\nreference-images=" URL,
      LIST (FIVE, PRICE), NO_GUARD, NULL, NANOGPT_ERROR_INVALID_REQUEST,
      FALSE },
  { "video", "model=acme\nvideo-url=" URL, LIST ("\"video\":{}", PRICE),
      NO_GUARD, "\"video\":\"" URL "\"", 0, FALSE },
  { "video-no-listing", "model=acme\nvideo-url=" URL, NULL, NO_GUARD,
      "\"videoUrl\":\"" URL "\"", 0, FALSE },
  { "image-down", "model=acme\nimage-url=" URL, down, NO_GUARD,
      "\"imageUrl\":\"" URL "\"", 0, FALSE },
  { "audio-switch", "model=acme\nprompt=x\ngenerate-audio=true",
      LIST ("\"sound\":{\"type\":\"switch\"}," FIVE, PRICE), MAX_COST,
      "\"sound\":true", 0, FALSE },
  { "max-cost-known", "model=acme\nlast-image-url=" URL,
      LIST ("\"end_image\":{}," FIVE, PRICE), MAX_COST,
      "\"end_image\":\"" URL "\"", 0, FALSE },
  { "max-cost-unknown", "model=acme\nvideo-url=" URL,
      LIST ("\"video\":{}", PRICE), MAX_COST, NULL, NANOGPT_ERROR_OVER_BUDGET,
      FALSE },
  { "max-cost-automatic",
      "model=acme\nprompt=x\nparameters={\"duration\":\"-1\"}",
      LIST (FIVE, PRICE), MAX_COST, NULL, NANOGPT_ERROR_OVER_BUDGET, FALSE },
  { "max-total-cost-unknown", "model=acme\nvideo-url=" URL, LIST (FIVE, PRICE),
      MAX_TOTAL_COST, NULL, NANOGPT_ERROR_OVER_BUDGET, FALSE },
  { "daily-budget-unknown", "model=acme\naudio-url=" URL, LIST (FIVE, PRICE),
      DAILY_BUDGET, NULL, NANOGPT_ERROR_OVER_BUDGET, FALSE },
};

typedef struct
{
  Script *script;
  const Case *test;
} Table;

static void
on_request (FixtureServer *server, SoupServerMessage *message,
    const FixtureRequest *request, guint number, gpointer data)
{
  Table *self = data;

  if (g_str_equal (request->path, LISTING) && self->test->listing == down)
    fixture_respond_json (message, 503, "{\"error\":\"down\"}");
  else if (g_str_equal (request->path, LISTING) && self->test->listing)
    fixture_respond_json (message, 200, self->test->listing);
  else
    script_on_request (server, message, request, number, self->script);
}

static void
answer_done (Script *self G_GNUC_UNUSED, SoupServerMessage *message,
    const FixtureRequest *request G_GNUC_UNUSED)
{
  fixture_respond_json (message, 200, DONE);
}

static void
set_guard (NanogptSettings *settings, Guard guard)
{
  if (guard == MAX_COST)
    settings->max_cost = nanogpt_money_get_limit (1);
  if (guard == MAX_TOTAL_COST) {
    settings->max_total_cost = nanogpt_money_get_limit (1);
    settings->budget = nanogpt_budget_new ();
  }
  if (guard == DAILY_BUDGET)
    settings->daily_budget = nanogpt_money_get_limit (1);
}

static void
check_sent (FixtureServer *server, const Case *test)
{
  const FixtureRequest *submit = fixture_server_get (server, SUBMIT, 1);
  const FixtureRequest *first = fixture_server_get (server, NULL, 1);
  g_autofree char *body = g_strndup (
      g_bytes_get_data (submit->body, NULL), g_bytes_get_size (submit->body));

  g_test_message ("%s", body);
  g_assert_nonnull (strstr (body, test->sent));
  g_assert_cmpuint (fixture_server_count (server, SUBMIT), ==, 1);
  g_assert_cmpstr (first->path, ==, test->unlisted ? SUBMIT : LISTING);
  /* The listing is not retried if the documentation is sufficient. */
  if (test->listing == down)
    g_assert_cmpuint (fixture_server_count (server, LISTING), <=, 2);
}

static void
test_case (gconstpointer data)
{
  const Case *test = data;
  g_autoptr (Script) script = script_new (answer_done);
  NanogptSettings *settings = script->service->settings;
  Table table = { script, test };
  g_autoptr (GError) error = NULL;
  g_autoptr (NanogptRequest) request =
      request_from_text (test->given, NULL, &error);
  g_autoptr (Owner) owner = NULL;
  g_autoptr (NanogptJobStatus) status = NULL;

  g_assert_no_error (error);
  set_guard (settings, test->guard);
  fixture_server_set_handler (script->server, on_request, &table, NULL);
  owner = owner_new (nanogpt_job_new (request, settings));
  owner_start (owner, script->service);
  status = owner_wait_until (owner, has_come_to, NANOGPT_JOB_COMPLETE);
  if (test->sent) {
    g_assert_no_error (status->error);
    check_sent (script->server, test);
  } else {
    g_assert_error (status->error, NANOGPT_ERROR, test->code);
    g_assert_cmpuint (fixture_server_count (script->server, SUBMIT), ==, 0);
  }
  nanogpt_job_stop (owner->job);
  fixture_server_set_handler (script->server, script_on_request, script, NULL);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strdup_printf ("/job/media/%s", cases[i].name);

    g_test_add_data_func (path, &cases[i], test_case);
  }
  return g_test_run ();
}
