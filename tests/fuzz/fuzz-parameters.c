/* nanovid: the property parameters, fuzzed
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"

#include <string.h>

#include "nanogpt/base/error.h"
#include "nanogpt/base/json.h"
#include "nanogpt/request/request.h"

/* The body is JSON in its canonical form, for the model that was asked for. */
static void
check (const NanogptRequest *request)
{
  GBytes *body = nanogpt_request_get_body (request);
  gsize size;
  const char *text = g_bytes_get_data (body, &size);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) object = NULL;
  g_autoptr (JsonNode) node = NULL;
  g_autofree char *again = NULL;

  g_assert_cmpuint (size, <=, NANOGPT_REQUEST_MAX_SIZE);
  object = nanogpt_json_parse (
      text, size, "The body", NANOGPT_ERROR_INVALID_REQUEST, &error);
  g_assert_no_error (error);
  node = json_node_init_object (json_node_alloc (), object);
  again = nanogpt_json_write (node);
  g_assert_cmpmem (text, size, again, strlen (again));
  g_assert_cmpstr (nanogpt_json_get_string (object, "model"), ==,
      nanogpt_request_get_model (request));
  g_assert_cmpuint (strlen (nanogpt_request_get_digest (request)), ==, 64);
  g_assert_null (strpbrk (nanogpt_request_get_kind (request), "\r\n"));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (NanogptParameters) parameters = nanogpt_parameters_new ();
  g_autoptr (NanogptRequest) request = NULL;
  g_autoptr (GError) error = NULL;

  parameters->prompt = g_strdup ("a lighthouse at dusk");
  parameters->resolution = g_strdup ("480p");
  parameters->duration = 5;
  parameters->extra = g_strndup ((const char *)data, size);
  request = nanogpt_request_new (parameters, NULL, &error);
  if (request) {
    g_assert_no_error (error);
    check (request);
  } else {
    g_assert_true (error->domain == NANOGPT_ERROR);
  }
  return 0;
}
