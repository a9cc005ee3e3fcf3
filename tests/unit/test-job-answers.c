/* nanovid: a job and all kinds of responses to its polls
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "job-script.h"
#include "nanogpt/http/http-error.h"
#include "nanogpt/http/retry.h"
#include "nanogpt/store/files/journal.h"

/* Models by other names */

#define ACCEPTED_AS_ALIAS                                                      \
  "{\"runId\":\"vid_1\",\"status\":\"pending\",\"model\":\"alias-2\"}"

/* Responds only on the legacy endpoint, which knows the job by its id and one model. */
static void
answer_by_model (
    Script *self, SoupServerMessage *message, const FixtureRequest *request)
{
  if (!g_str_equal (request->path, "/api/generate-video/status")
      || !strstr (request->query, self->model)) {
    fixture_respond_json (
        message, 404, "{\"error\":\"Not found\",\"status\":404}");
    return;
  }
  self->sights++;
  fixture_respond_json (message, 200,
      self->sights < 5 ? "{\"model\":\"alias-2\",\"data\":{\"status\":"
                         "\"IN_PROGRESS\"}}"
                       : DONE);
}

static void
test_alias (gconstpointer data)
{
  g_autoptr (Script) script = script_new (answer_by_model);
  const char *known_as = data;
  g_autoptr (GPtrArray) records = NULL;
  const NanogptJournalRecord *record;

  script->submit = ACCEPTED_AS_ALIAS;
  script->model = known_as;
  script_expect_clip (script);
  /* The request that got a response is remembered. */
  g_assert_cmpuint (script->polls, <=, 5 + 2);
  records = nanogpt_journal_list (script->service->settings->state_dir);
  record = records->pdata[0];
  g_assert_cmpstr (record->model, ==, "seedance-lite-video");
}

static void
test_alias_after_adoption (void)
{
  g_autoptr (Script) script = script_new (answer_by_model);
  g_autoptr (Owner) owner = NULL;
  g_autoptr (NanogptJobStatus) status = NULL;

  script->submit = ACCEPTED_AS_ALIAS;
  script->model = "seedance-lite-video";
  script->service->settings->poll_interval = 200;
  owner = service_submit (script->service, PROMPT);
  status = owner_wait (owner, NANOGPT_JOB_GENERATING);
  g_assert_cmpstr (status->model, ==, "seedance-lite-video");
  nanogpt_job_stop (owner->job);
  script_expect_clip (script);
  g_assert_cmpuint (
      fixture_server_count (script->server, "/api/generate-video"), ==, 1);
}

/* Responses that do not come from the service */

typedef struct _Page
{
  const char *name;
  guint status;
  const char *body;
} Page;

#define HTML "<!DOCTYPE html><title>Sorry</title><p>Come back later"

/* The first pages are also tried before anything is known about the job. */
#define N_AT_FIRST 4

/* They include the service's own errors for a job that it has reported before. */
static const Page pages[] = {
  { "403", 403, HTML },
  { "404", 404, HTML },
  { "404-json", 404, "{\"message\":\"no Route matched\"}" },
  { "200", 200, HTML },
  { "400", 400, HTML },
  { "401", 401, HTML },
  { "404-null", 404, "{\"error\":null}" },
  { "404-own", 404, "{\"error\":\"Not found\",\"status\":404}" },
  { "407", 407, HTML },
  { "410", 410, HTML },
  { "422-empty", 422, "" },
  { "200-json", 200, "{\"ok\":true}" },
  { "200-error", 200, "{\"status\":\"error\",\"message\":\"upstream\"}" },
  { "200-success", 200, "{\"status\":\"success\"}" },
  { "204", 204, "" },
  { "502", 502, HTML },
};

static void
answer_page (Script *self, SoupServerMessage *message)
{
  soup_server_message_set_status (message, self->page->status, NULL);
  if (self->page->status != 204)
    soup_server_message_set_response (message, "text/html", SOUP_MEMORY_STATIC,
        self->page->body, strlen (self->page->body));
}

static void
answer_after_pages (Script *self, SoupServerMessage *message,
    const FixtureRequest *request G_GNUC_UNUSED)
{
  if (self->sights == 0) {
    self->sights++;
    fixture_respond_json (message, 200, RUNNING);
  } else if (self->polls < 4) {
    answer_page (self, message);
  } else {
    fixture_respond_json (message, 200, DONE);
  }
}

static void
test_pages (gconstpointer data)
{
  g_autoptr (Script) script = script_new (answer_after_pages);
  const Page *page = data;

  script->page = page;
  script->service->settings->retries = 0;
  script_expect_clip (script);
}

/* Such pages do not fail a job that was submitted elsewhere, about which
 * nothing is known yet. */
static void
test_pages_at_first (gconstpointer data)
{
  g_autoptr (Script) script = script_new (answer_after_pages);
  const Page *page = data;
  g_autoptr (Owner) owner = NULL;

  script->page = page;
  script->sights = 1;
  script->service->settings->retries = 0;
  script->service->settings->run_id = g_strdup ("vid_1");
  owner = owner_new (nanogpt_job_new (NULL, script->service->settings));
  owner_start (owner, script->service);
  owner_collect (owner, script->service);
  nanogpt_job_stop (owner->job);
}

#define GONE "{\"error\":\"Gone\",\"status\":410}"

/* The legacy endpoint is gone, and some of the others' responses are pages. */
static void
answer_only_unified (
    Script *self, SoupServerMessage *message, const FixtureRequest *request)
{
  if (g_str_equal (request->path, "/api/generate-video/status"))
    fixture_respond_json (message, 410, GONE);
  else
    answer_after_pages (self, message, request);
}

static void
test_endpoint_gone (gconstpointer data)
{
  static const Page page = { "404", 404, HTML };
  g_autoptr (Script) script = script_new (answer_only_unified);

  script->page = &page;
  script->sights = GPOINTER_TO_UINT (data);
  script_expect_clip (script);
}

/* The unified endpoint does not exist, and everything but the API is a page. */
static void
answer_only_legacy (
    Script *self, SoupServerMessage *message, const FixtureRequest *request)
{
  if (!g_str_equal (request->path, "/api/generate-video/status"))
    answer_page (self, message);
  else if (self->sights++ == 0)
    fixture_respond_json (
        message, 404, "{\"error\":\"Not found\",\"status\":404}");
  else
    fixture_respond_json (message, 200, self->sights < 4 ? RUNNING : DONE);
}

static void
test_page_in_place_of_endpoint (void)
{
  static const Page page = { "200", 200, HTML };
  g_autoptr (Script) script = script_new (answer_only_legacy);

  script->page = &page;
  script_expect_clip (script);
}

static void
answer_pages (Script *self, SoupServerMessage *message,
    const FixtureRequest *request G_GNUC_UNUSED)
{
  answer_page (self, message);
}

static gboolean
has_details (const NanogptJobStatus *status, guint64 value G_GNUC_UNUSED)
{
  return status->details != NULL;
}

typedef struct
{
  Page page;
  NanogptError code;
} Ending;

/* However the wait ends, a job that was paid for can still be collected. */
static void
test_pages_for_ever (gconstpointer data)
{
  g_autoptr (Script) script = script_new (answer_pages);
  const Ending *ending = data;
  g_autoptr (NanogptJobStatus) status = NULL;
  g_autoptr (Owner) owner = NULL;

  script->page = &ending->page;
  script->service->settings->timeout = fixture_scaled (1);
  owner = service_submit (script->service, PROMPT);
  owner_expect_error (owner, ending->code, TRUE);
  g_assert_true (nanogpt_job_is_collectable (owner->job));
  nanogpt_job_stop (owner->job);
  g_assert_cmpuint (count_entries (script->service), ==, 1);

  /* Without a timeout, the details show why the job takes so long. */
  if (ending->code == NANOGPT_ERROR_TIMED_OUT) {
    script->service->settings->timeout = 0;
    owner_start (owner, script->service);
    status = owner_wait_until (owner, has_details, 0);
    g_assert_nonnull (strstr (status->details, "The service"));
    nanogpt_job_stop (owner->job);
  }
}

/* A job with an unknown status and an error has failed, and is over. */
static void
test_unknown_failure (void)
{
  g_autoptr (Script) script = script_new (answer_pages);
  static const Page failure = { "failure", 200,
    "{\"data\":{\"status\":\"Rejected\",\"error\":\"No luck\"}}" };
  g_autoptr (Owner) owner = NULL;

  script->page = &failure;
  owner = service_submit (script->service, PROMPT);
  owner_expect_error (owner, NANOGPT_ERROR_GENERATION_FAILED, TRUE);
  nanogpt_job_stop (owner->job);
  g_assert_cmpuint (count_entries (script->service), ==, 0);
}

/* Neither a captive portal nor one bad server among many ends the wait. */
static void
test_bad_certificate (void)
{
  g_autoptr (GError) error = g_error_new_literal (
      NANOGPT_ERROR, NANOGPT_ERROR_NETWORK, "Unacceptable TLS certificate");
  NanogptRetryState state = { .failures = 100, .retries = 5, .deadline = -1 };

  g_assert_cmpint (
      nanogpt_retry_get_delay (NANOGPT_RETRY_POLL, error, &state), >, 0);
  g_assert_cmpint (
      nanogpt_retry_get_delay (NANOGPT_RETRY_SUBMIT, error, &state), ==, -1);
}

/* The service's 404 for a job that it has reported in this run is retried. */
static void
test_seen_job_stays (void)
{
  g_autoptr (GBytes) body = g_bytes_new_static ("{\"error\":\"x\"}", 13);
  g_autoptr (GError) error = nanogpt_http_error_new (404, body, NULL, -1);
  NanogptRetryState state = { .failures = 100, .retries = 5, .deadline = -1 };

  g_assert_cmpint (
      nanogpt_retry_get_delay (NANOGPT_RETRY_POLL, error, &state), ==, -1);
  state.seen = TRUE;
  g_assert_cmpint (
      nanogpt_retry_get_delay (NANOGPT_RETRY_POLL, error, &state), >, 0);
}

/* The service reports a missing image with a sentence, without an error code. */
static void
test_image_required (void)
{
  static const struct
  {
    const char *body;
    NanogptError code;
  } cases[] = {
    { "{\"error\":\"This model requires an input image\",\"status\":400}",
        NANOGPT_ERROR_IMAGE_REQUIRED },
    { "{\"error\":{\"message\":\"x is an image-to-video model and Requires an "
      "image. Provide one.\"}}",
        NANOGPT_ERROR_IMAGE_REQUIRED },
    { "{\"message\":\"An input image is required\"}",
        NANOGPT_ERROR_IMAGE_REQUIRED },
    { "{\"error\":\"imageUrl requires an image URL that is public\"}",
        NANOGPT_ERROR_INVALID_REQUEST },
    { "{\"error\":{\"message\":\"requires an input image\",\"type\":"
      "\"CONTENT_POLICY_VIOLATION\"}}",
        NANOGPT_ERROR_CONTENT_POLICY },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GBytes) body =
        g_bytes_new_static (cases[i].body, strlen (cases[i].body));
    g_autoptr (GError) error = nanogpt_http_error_new (400, body, NULL, -1);

    g_assert_error (error, NANOGPT_ERROR, (int)cases[i].code);
  }
}

int
main (int argc, char **argv)
{
  static const Ending endings[] = {
    { { "html", 200, HTML }, NANOGPT_ERROR_TIMED_OUT },
    { { "html-404", 404, HTML }, NANOGPT_ERROR_TIMED_OUT },
    { { "html-403", 403, HTML }, NANOGPT_ERROR_TIMED_OUT },
    { { "nothing", 204, "" }, NANOGPT_ERROR_BAD_RESPONSE },
    { { "own-401", 401, "{\"error\":\"Invalid session\",\"status\":401}" },
        NANOGPT_ERROR_NOT_AUTHORIZED },
    { { "own-403", 403, "{\"error\":{\"message\":\"Not yours\"}}" },
        NANOGPT_ERROR_NOT_AUTHORIZED },
    { { "own-400", 400, "{\"error\":\"runId is required\"}" },
        NANOGPT_ERROR_INVALID_REQUEST },
    { { "own-200", 200, "{\"error\":\"No such thing\",\"status\":400}" },
        NANOGPT_ERROR_INVALID_REQUEST },
  };

  fixture_init (&argc, &argv);
  g_test_add_data_func (
      "/job-answers/alias/asked-for", "seedance-lite-video", test_alias);
  g_test_add_data_func ("/job-answers/alias/answered", "alias-2", test_alias);
  g_test_add_func ("/job-answers/alias/adopted", test_alias_after_adoption);
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++) {
    g_autofree char *name =
        g_strconcat ("/job-answers/page/", pages[i].name, NULL);
    g_autofree char *first =
        g_strconcat ("/job-answers/page-at-first/", pages[i].name, NULL);

    g_test_add_data_func (name, &pages[i], test_pages);
    if (i < N_AT_FIRST)
      g_test_add_data_func (first, &pages[i], test_pages_at_first);
  }
  for (guint i = 0; i < G_N_ELEMENTS (endings); i++) {
    g_autofree char *name =
        g_strconcat ("/job-answers/for-ever/", endings[i].page.name, NULL);

    g_test_add_data_func (name, &endings[i], test_pages_for_ever);
  }
  g_test_add_data_func ("/job-answers/endpoint-gone/at-first",
      GUINT_TO_POINTER (1), test_endpoint_gone);
  g_test_add_data_func (
      "/job-answers/endpoint-gone/later", NULL, test_endpoint_gone);
  g_test_add_func (
      "/job-answers/page-in-place-of-endpoint", test_page_in_place_of_endpoint);
  g_test_add_func ("/job-answers/bad-certificate", test_bad_certificate);
  g_test_add_func ("/job-answers/unknown-failure", test_unknown_failure);
  g_test_add_func ("/job-answers/seen-job-stays", test_seen_job_stays);
  g_test_add_func ("/job-answers/image-required", test_image_required);
  return g_test_run ();
}
