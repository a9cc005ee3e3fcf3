/* nanovid: base URLs, fuzzed
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"

#include <string.h>

#include "nanogpt/base/error.h"
#include "nanogpt/base/text.h"
#include "nanogpt/base/url.h"

static void
check (GUri *base)
{
  g_autofree char *text = g_uri_to_string (base);
  g_autofree char *origin = nanogpt_url_get_origin (base);
  g_autofree char *display = nanogpt_url_to_display (base);
  g_autoptr (GUri) call = nanogpt_base_url_build (
      base, "/api/generate-video/status", "runId", "a/b c", NULL);
  g_autoptr (GUri) again =
      g_uri_parse (text, G_URI_FLAGS_ENCODED | G_URI_FLAGS_PARSE_RELAXED, NULL);

  g_assert_cmpstr (g_uri_get_userinfo (base), ==, NULL);
  g_assert_cmpstr (g_uri_get_query (base), ==, NULL);
  g_assert_cmpstr (g_uri_get_fragment (base), ==, NULL);
  g_assert_false (g_str_has_suffix (g_uri_get_path (base), "/"));
  g_assert_true (strcmp (g_uri_get_scheme (base), "https") == 0
      || nanogpt_url_is_loopback (base));
  g_assert_nonnull (again);
  g_assert_true (nanogpt_url_is_same_origin (base, again));
  g_assert_true (nanogpt_url_is_same_origin (base, call));
  g_assert_cmpstr (g_uri_get_query (call), ==, "runId=a%2Fb%20c");
  g_assert_nonnull (origin);
  fuzz_assert_shown (display, (glong)strlen (text));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *)data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (GUri) base = nanogpt_base_url_parse (text, &error);

  fuzz_assert_one (base, error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST);
  if (base)
    check (base);
  return 0;
}
