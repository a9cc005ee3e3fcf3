/* nanovid: the service's refusals, in all their shapes
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "nanogpt/http/responses.h"

static const struct
{
  const char *name;
  guint status;
  const char *body;
  const char *message, *type;
} refusals[] = {
  { "text", 402, "{\"error\":\"Insufficient balance\",\"status\":402}",
      "Insufficient balance", NULL },
  { "object", 400,
      "{\"error\":{\"message\":\"Not allowed\",\"type\":\"CONTENT_POLICY_"
      "VIOLATION\"},\"status\":400}",
      "Not allowed", "CONTENT_POLICY_VIOLATION" },
  { "refund", 403,
      "{\"error\":{\"message\":\"For subscribers\",\"type\":\"PRO_REQUIRED\"},"
      "\"refundMessage\":\"Nothing was charged\"}",
      "For subscribers", "PRO_REQUIRED" },
  { "openai", 400,
      "{\"error\":{\"message\":\"Bad size\",\"type\":\"invalid_request_error\","
      "\"code\":\"bad_size\",\"param\":\"size\"}}",
      "Bad size", "invalid_request_error/bad_size" },
  { "code", 400, "{\"error\":\"Too long\",\"code\":\"prompt_too_long\"}",
      "Too long", "prompt_too_long" },
  { "nested-code", 400,
      "{\"error\":{\"message\":\"Too long\",\"code\":\"prompt_too_long\"}}",
      "Too long", "prompt_too_long" },
  { "sentence", 400, "{\"error\":\"Prompt is too long.\"}",
      "Prompt is too long.", NULL },
  { "message", 404, "{\"message\":\"No such model\"}", "No such model", NULL },
  { "number", 422, "{\"error\":422,\"message\":\"Bad duration\"}",
      "Bad duration", NULL },
  { "friendly", 400, "{\"error\":null,\"userFriendlyError\":\"Sorry\"}",
      "Sorry", NULL },
  { "order", 400,
      "{\"error\":{\"message\":\"1\"},\"message\":\"3\",\"userFriendlyError\":"
      "\"4\"}",
      "1", NULL },
  { "payment", 402, "{\"payment\":{\"amount\":1}}",
      "The service answered 402 Payment Required", NULL },
  { "empty-object", 500, "{}", "The service answered 500 Internal Server Error",
      NULL },
  { "wrong-types", 400, "{\"error\":[1],\"message\":{},\"code\":5}",
      "The service answered 400 Bad Request", NULL },
  { "json-in-text", 400, "{\"error\":\"{\\\"a\\\":1}\"}",
      "The service answered 400 Bad Request", NULL },
  { "html", 502, "<html><h1>502 Bad Gateway</h1></html>",
      "The service answered 502 Bad Gateway", NULL },
  { "html-524", 524, "<!DOCTYPE html>...",
      "The service answered 524 A Timeout Occurred", NULL },
  { "plain", 413, "Request Entity Too Large\r\n",
      "The service answered 413 Content Too Large: Request Entity Too Large",
      NULL },
  { "list", 400, "[{\"error\":\"x\"}]", "The service answered 400 Bad Request",
      NULL },
  { "cut-off", 500, "{\"error\":\"Insuff",
      "The service answered 500 Internal Server Error", NULL },
  { "binary", 500, "\x01\x02\xff",
      "The service answered 500 Internal Server Error: \xef\xbf\xbd", NULL },
  { "empty", 503, "", "The service answered 503 Service Unavailable", NULL },
  { "odd-status", 599, "", "The service answered 599", NULL },
};

static NanogptRefusal *
refuse (guint status, const char *text)
{
  g_autoptr (GBytes) body = text ? g_bytes_new (text, strlen (text)) : NULL;

  return nanogpt_refusal_parse (status, body);
}

static void
test_refusal (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (NanogptRefusal) refusal =
      refuse (refusals[i].status, refusals[i].body);

  g_assert_cmpstr (refusal->message, ==, refusals[i].message);
  g_assert_cmpstr (refusal->type, ==, refusals[i].type);
}

static void
test_refusal_details (void)
{
  g_autoptr (NanogptRefusal) none = refuse (500, NULL);
  g_autoptr (NanogptRefusal) balance = refuse (402,
      "{\"error\":\"x\",\"requiredBalance\":\"1.25\",\"refundMessage\":\"r\"}");
  g_autoptr (NanogptRefusal) quote =
      refuse (402, "{\"error\":\"x\",\"payment\":{}}");
  g_autoptr (NanogptRefusal) policy =
      refuse (400, "{\"error\":\"Flagged by our filter\"}");
  g_autoptr (NanogptRefusal) typed = refuse (451,
      "{\"error\":{\"message\":\"x\",\"code\":\"content_policy_violation\"}}");
  g_autoptr (NanogptRefusal) busy =
      refuse (429, "{\"error\":\"See our fair use policy\"}");

  g_assert_cmpstr (
      none->message, ==, "The service answered 500 Internal Server Error");
  g_assert_cmpint (none->required_balance, <, 0);
  g_assert_null (none->refund);
  g_assert_cmpint (balance->required_balance, ==, 1250000);
  g_assert_cmpstr (balance->refund, ==, "r");
  g_assert_false (balance->quote);
  g_assert_true (quote->quote);
  g_assert_true (policy->content_policy);
  g_assert_true (typed->content_policy);
  g_assert_false (busy->content_policy);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++) {
    g_autofree char *path = g_strconcat ("/refusals/", refusals[i].name, NULL);

    g_test_add_data_func (path, GUINT_TO_POINTER (i), test_refusal);
  }
  g_test_add_func ("/refusals/details", test_refusal_details);
  return g_test_run ();
}
