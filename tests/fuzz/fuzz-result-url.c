/* nanovid: result URLs and redirects, fuzzed
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"

#include <string.h>

#include "nanogpt/base/error.h"
#include "nanogpt/base/text.h"
#include "nanogpt/base/url.h"

static gboolean
is_loopback_http (GUri *url)
{
  return strcmp (g_uri_get_scheme (url), "http") == 0
      && nanogpt_url_is_loopback (url);
}

static void
check (GUri *base, GUri *url)
{
  g_autofree char *text = g_uri_to_string (url);
  g_autofree char *display = nanogpt_url_to_display (url);
  g_autoptr (GUri) again =
      g_uri_parse (text, G_URI_FLAGS_ENCODED | G_URI_FLAGS_PARSE_RELAXED, NULL);
  g_autoptr (GUri) same = nanogpt_result_url_resolve (base, base, text, NULL);
  g_autofree char *same_text = same ? g_uri_to_string (same) : NULL;

  g_assert_true (strcmp (g_uri_get_scheme (url), "https") == 0
      || nanogpt_url_is_same_origin (base, url)
      || (is_loopback_http (base) && is_loopback_http (url)));
  g_assert_cmpstr (g_uri_get_userinfo (url), ==, NULL);
  g_assert_cmpstr (g_uri_get_fragment (url), ==, NULL);
  /* The URL is sent in the head of a request. */
  for (const char *p = text; *p != '\0'; p++)
    g_assert_false (g_ascii_iscntrl (*p) || *p == ' ');
  g_assert_nonnull (again);
  g_assert_true (nanogpt_url_is_same_origin (url, again));
  g_assert_nonnull (same);
  g_assert_cmpstr (same_text, ==, text);
  g_assert_nonnull (display);
  g_assert_null (strpbrk (display, "?#"));
  fuzz_assert_shown (display, (glong)strlen (text));
}

static GUri *
resolve (GUri *base, GUri *referrer, const char *text)
{
  g_autoptr (GError) error = NULL;
  GUri *url = nanogpt_result_url_resolve (base, referrer, text, &error);

  fuzz_assert_one (url, error, NANOGPT_ERROR, NANOGPT_ERROR_BAD_RESPONSE);
  if (url)
    check (base, url);
  return url;
}

/* The first line of the input is a result URL, the second the Location header
 * of the response to it. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static const char *const bases[] = { "https://nano-gpt.com",
    "https://example.com:8443/gate", "http://127.0.0.1:8080" };
  g_autofree char *text = g_strndup ((const char *)data, size);
  g_auto (GStrv) lines = g_strsplit (text, "\n", 2);

  for (guint i = 0; lines[0] && i < G_N_ELEMENTS (bases); i++) {
    g_autoptr (GUri) base = nanogpt_base_url_parse (bases[i], NULL);
    g_autoptr (GUri) url = resolve (base, base, lines[0]);
    g_autoptr (GUri) hop = NULL;

    if (url && lines[1])
      hop = resolve (base, url, lines[1]);
  }
  return 0;
}
