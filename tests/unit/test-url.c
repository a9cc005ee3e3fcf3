/* nanovid: URLs: what is configured, what is built, what is refused
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "nanogpt/base/error.h"
#include "nanogpt/base/url.h"

static const struct
{
  const char *text;
  const char *base; /* NULL: refused */
} bases[] = {
  { "https://nano-gpt.com", "https://nano-gpt.com" },
  { "https://nano-gpt.com/", "https://nano-gpt.com" },
  { "https://nano-gpt.com///", "https://nano-gpt.com" },
  { "https://nano-gpt.com/api", "https://nano-gpt.com" },
  { "https://nano-gpt.com/api/", "https://nano-gpt.com" },
  { "https://nano-gpt.com/api/v1", "https://nano-gpt.com" },
  { "https://nano-gpt.com/api/v1//", "https://nano-gpt.com" },
  { "https://nano-gpt.com//api", "https://nano-gpt.com" },
  { "https://example.com/api/api", "https://example.com/api" },
  { "https://example.com/api/v1/api", "https://example.com/api/v1" },
  { "https://example.com/v1", "https://example.com/v1" },
  { "https://example.com/myapi", "https://example.com/myapi" },
  { "https://example.com/gate/way/", "https://example.com/gate/way" },
  { "https://example.com/gate%20way/api", "https://example.com/gate%20way" },
  { "https://example.com:8443/api", "https://example.com:8443" },
  { "  https://nano-gpt.com\n", "https://nano-gpt.com" },
  { "HTTPS://nano-gpt.com", "https://nano-gpt.com" },
  { "http://localhost:8080/", "http://localhost:8080" },
  { "http://LOCALHOST:8080", "http://LOCALHOST:8080" },
  { "http://127.0.0.1:9", "http://127.0.0.1:9" },
  { "http://127.8.8.8", "http://127.8.8.8" },
  { "http://[::1]:9/x", "http://[::1]:9/x" },
  { "http://[::ffff:127.0.0.1]:9", "http://[::ffff:127.0.0.1]:9" },
  { "http://[::ffff:7f00:1]:9", "http://[::ffff:7f00:1]:9" },
  { "http://[::ffff:192.0.2.1]:9", NULL },
  { "http://[::127.0.0.1]:9", NULL },
  { "http://nano-gpt.com", NULL },
  { "http://10.0.0.1", NULL },
  { "http://[::2]", NULL },
  { "http://127.0.0.1.example.com", NULL },
  { "http://localhost.example.com", NULL },
  { "http://0.0.0.0", NULL },
  { "ftp://nano-gpt.com", NULL },
  { "file:///etc/passwd", NULL },
  { "nano-gpt.com", NULL },
  { "//nano-gpt.com", NULL },
  { "https://", NULL },
  { "https:///api", NULL },
  { "https://me:secret@nano-gpt.com", NULL },
  { "https://secret@nano-gpt.com", NULL },
  { "https://nano-gpt.com?key=secret", NULL },
  { "https://nano-gpt.com/#secret", NULL },
  { "https://nano-gpt.com;x/api", NULL },
  { "https://nano%2Fgpt.com/api", NULL },
  { "https://[fe80::1%25eth0]/api", NULL },
  { "https://nano%3Agpt.com/api", NULL },
  { "https://nano-gpt.com%3A443/api", NULL },
  { "https://b\xc3\xbc"
    "cher.example/api",
      "https://xn--bcher-kva.example" },
  { "https://nano-gpt.com:port", NULL },
  { "https://me:secret", NULL },
  { "https://[secret]", NULL },
  { "https://nano-gpt.com:99999", NULL },
  { "", NULL },
};

static void
test_base (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (bases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GUri) base = nanogpt_base_url_parse (bases[i].text, &error);
    g_autofree char *text = base ? g_uri_to_string (base) : NULL;

    g_test_message ("<%s>", bases[i].text);
    g_assert_cmpstr (text, ==, bases[i].base);
    if (base)
      continue;
    g_assert_error (error, NANOGPT_ERROR, NANOGPT_ERROR_INVALID_REQUEST);
    g_assert_null (strstr (error->message, "secret"));
  }
}

static void
check_build (const char *base_text, const char *value, const char *expected)
{
  g_autoptr (GUri) base = nanogpt_base_url_parse (base_text, NULL);
  g_autoptr (GUri) url =
      nanogpt_base_url_build (base, "/api/video/status", "requestId", value,
          "none", NULL, "model", "bytedance/seedance-2.5", NULL);
  g_autofree char *text = g_uri_to_string (url);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_build (void)
{
  g_autoptr (GUri) base =
      nanogpt_base_url_parse ("https://nano-gpt.com/api/v1/", NULL);
  g_autoptr (GUri) bare =
      nanogpt_base_url_build (base, "/api/generate-video", NULL);
  g_autofree char *text = g_uri_to_string (bare);

  g_assert_cmpstr (text, ==, "https://nano-gpt.com/api/generate-video");
  check_build ("https://nano-gpt.com", "vid_1",
      "https://nano-gpt.com/api/video/status?requestId=vid_1&model=bytedance%2F"
      "seedance-2.5");
  check_build ("http://[::1]:80/gate%20way", "a b&c=d#e?f/g+h%i\xc3\xa9\n",
      "http://[::1]:80/gate%20way/api/video/status?requestId=a%20b%26c%3Dd%23e"
      "%3Ff%2Fg%2Bh%25i%C3%A9%0A&model=bytedance%2Fseedance-2.5");
}

#define SERVICE "https://nano-gpt.com"
#define LOCAL "http://127.0.0.1:8080"

static const struct
{
  const char *base;
  const char *text;
  const char *url; /* NULL: refused */
} results[] = {
  { SERVICE, "https://cdn.example.com/a.mp4", "https://cdn.example.com/a.mp4" },
  { SERVICE, "https://cdn.example.com/a.mp4?X-Sig=a%2Fb+c%3D&e=1",
      "https://cdn.example.com/a.mp4?X-Sig=a%2Fb+c%3D&e=1" },
  { SERVICE, "https://cdn.example.com/a%2fb.mp4#t=3",
      "https://cdn.example.com/a%2fb.mp4" },
  { SERVICE, "https://cdn.example.com//a/../%7Eb%c3%a9/~+%20.mp4?",
      "https://cdn.example.com//a/../%7Eb%c3%a9/~+%20.mp4?" },
  { SERVICE,
      "https://cdn.example.com/a.mp4?s=%2525%25&t=%\xc3\xa9"
      "25 ",
      "https://cdn.example.com/a.mp4?s=%2525%25&t=%%C3%A925" },
  { SERVICE, "HTTPS://CDN.example.com:443/A.mp4?",
      "https://CDN.example.com/A.mp4?" },
  { SERVICE, "https://cdn.ex%61mple.com/secret.mp4", NULL },
  { SERVICE, "./b/../%2e%2E/c%7e.mp4?d=../%7E",
      "https://nano-gpt.com/%2e%2E/c%7e.mp4?d=../%7E" },
  { SERVICE, "https://cdn.example.com", "https://cdn.example.com/" },
  { SERVICE, " https://cdn.example.com/my clip.mp4 ",
      "https://cdn.example.com/my%20clip.mp4" },
  { SERVICE, "/api/generate-video/content?runId=a%2Fb&variant=video",
      "https://nano-gpt.com/api/generate-video/content?runId=a%2Fb&variant="
      "video" },
  { SERVICE, "//cdn.example.com/a.mp4", "https://cdn.example.com/a.mp4" },
  { SERVICE, "clips/a.mp4", "https://nano-gpt.com/clips/a.mp4" },
  { SERVICE, "../../a.mp4", "https://nano-gpt.com/a.mp4" },
  { SERVICE "/gate/api", "/api/generate-video/content?a=b",
      "https://nano-gpt.com/gate/api/generate-video/content?a=b" },
  { SERVICE "/gate", "/gate/api/generate-video/content",
      "https://nano-gpt.com/gate/api/generate-video/content" },
  { SERVICE "/gate", "/files/a.mp4", "https://nano-gpt.com/files/a.mp4" },
  { LOCAL, "/clip.mp4", LOCAL "/clip.mp4" },
  { LOCAL, LOCAL "/clip.mp4", LOCAL "/clip.mp4" },
  { LOCAL, "http://127.0.0.1:9090/clip.mp4", "http://127.0.0.1:9090/clip.mp4" },
  { LOCAL, "http://localhost:9090/clip.mp4", "http://localhost:9090/clip.mp4" },
  { LOCAL, "https://cdn.example.com/a.mp4", "https://cdn.example.com/a.mp4" },
  { "https://127.0.0.1:8080", "http://127.0.0.1:8080/clip.mp4", NULL },
  { LOCAL, "http://cdn.example.com/a.mp4", NULL },
  { LOCAL, "//cdn.example.com/a.mp4", NULL },
  { SERVICE, "http://nano-gpt.com/a.mp4", NULL },
  { SERVICE, "http://127.0.0.1/a.mp4", NULL },
  { SERVICE, "http://localhost/a.mp4", NULL },
  { SERVICE, "file:///etc/passwd", NULL },
  { SERVICE, "ftp://cdn.example.com/a.mp4", NULL },
  { SERVICE, "data:video/mp4;base64,AAAA", NULL },
  { SERVICE, "javascript:alert(1)", NULL },
  { SERVICE, "https://user@cdn.example.com/a.mp4", NULL },
  { SERVICE, "https://user:secret@cdn.example.com/a.mp4", NULL },
  { SERVICE, "https://@cdn.example.com/a.mp4", NULL },
  { SERVICE, "https:///a.mp4", NULL },
  { SERVICE, "https://cdn.example.com;secret@example.com/a.mp4", NULL },
  { SERVICE, "https://[::1/a.mp4", NULL },
  { SERVICE, "https://cdn.example.com:secret/a.mp4", NULL },
  { SERVICE, "https://[fe80::1%25eth0]/a.mp4", NULL },
  { SERVICE, "https://nano%3agpt.com/a.mp4", NULL },
  { SERVICE, "https://nano-gpt.com%2F@example.com/a.mp4", NULL },
  { SERVICE, "https://nano-gpt.com%2Fexample.com/a.mp4", NULL },
  { SERVICE, "https://[2001:db8::1]/a.mp4", "https://[2001:db8::1]/a.mp4" },
  { SERVICE, "https://cdn.example.com:999999/a.mp4", NULL },
};

static void
test_result (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (results); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GUri) base = nanogpt_base_url_parse (results[i].base, NULL);
    g_autoptr (GUri) url =
        nanogpt_result_url_resolve (base, base, results[i].text, &error);
    g_autofree char *text = url ? g_uri_to_string (url) : NULL;

    g_test_message ("%s from %s", results[i].text, results[i].base);
    g_assert_cmpstr (text, ==, results[i].url);
    if (url)
      continue;
    g_assert_error (error, NANOGPT_ERROR, NANOGPT_ERROR_BAD_RESPONSE);
    g_assert_null (strstr (error->message, "secret"));
  }
}

static void
test_result_hops (void)
{
  g_autoptr (GUri) base = nanogpt_base_url_parse (SERVICE "/gate", NULL);
  g_autoptr (GUri) first = nanogpt_result_url_resolve (
      base, base, "https://cdn.example.com/%6fne/a.mp4?x=1", NULL);
  g_autoptr (GUri) second =
      nanogpt_result_url_resolve (base, first, "b.mp4?y=2", NULL);
  g_autoptr (GUri) third =
      nanogpt_result_url_resolve (base, second, "/api/c.mp4", NULL);
  g_autofree char *second_text = g_uri_to_string (second);
  g_autofree char *third_text = g_uri_to_string (third);

  g_assert_cmpstr (second_text, ==, "https://cdn.example.com/%6fne/b.mp4?y=2");
  g_assert_cmpstr (third_text, ==, "https://cdn.example.com/api/c.mp4");
}

static void
test_result_length (void)
{
  g_autoptr (GUri) base = nanogpt_base_url_parse (SERVICE, NULL);
  g_autofree char *fill = g_strnfill (64 * 1024, 'a');
  g_autofree char *text = g_strconcat ("https://example.com/", fill, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GUri) url = NULL;

  g_assert_null (nanogpt_result_url_resolve (base, base, text, &error));
  g_assert_error (error, NANOGPT_ERROR, NANOGPT_ERROR_BAD_RESPONSE);
  text[32 * 1024] = '\0';
  url = nanogpt_result_url_resolve (base, base, text, NULL);
  g_assert_nonnull (url);
}

static GUri *
parse (const char *text)
{
  GUri *url = g_uri_parse (text, G_URI_FLAGS_ENCODED, NULL);

  g_assert_nonnull (url);
  return url;
}

static void
test_same_origin (void)
{
  static const struct
  {
    const char *a, *b;
    gboolean same;
  } pairs[] = {
    { "https://a.com/x", "https://a.com:443/y?z", TRUE },
    { "https://a.com", "https://A.COM", TRUE },
    { "http://a.com", "http://a.com:80", TRUE },
    { "http://[::1]:8080", "http://[::1]:8080/x", TRUE },
    { "https://a.com", "http://a.com", FALSE },
    { "https://a.com", "https://a.com:8443", FALSE },
    { "https://a.com", "https://b.a.com", FALSE },
    { "https://a.com", "https://a.com.b.com", FALSE },
    { "http://localhost:80", "http://127.0.0.1:80", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++) {
    g_autoptr (GUri) a = parse (pairs[i].a);
    g_autoptr (GUri) b = parse (pairs[i].b);

    g_test_message ("%s %s", pairs[i].a, pairs[i].b);
    g_assert_cmpint (nanogpt_url_is_same_origin (a, b), ==, pairs[i].same);
    g_assert_cmpint (nanogpt_url_is_same_origin (b, a), ==, pairs[i].same);
  }
}

static void
test_display (void)
{
  static const struct
  {
    const char *url, *origin, *display;
  } urls[] = {
    { "https://CDN.example.com:443/a/b.mp4?Signature=secret#secret",
        "https://cdn.example.com", "https://cdn.example.com/a/b.mp4" },
    { "https://me:secret@example.com:8443/x", "https://example.com:8443",
        "https://example.com:8443/x" },
    { "http://[::1]:9/x?y", "http://[::1]:9", "http://[::1]:9/x" },
    { "http://localhost", "http://localhost", "http://localhost" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (urls); i++) {
    g_autoptr (GUri) url = parse (urls[i].url);
    g_autofree char *origin = nanogpt_url_get_origin (url);
    g_autofree char *display = nanogpt_url_to_display (url);

    g_assert_cmpstr (origin, ==, urls[i].origin);
    g_assert_cmpstr (display, ==, urls[i].display);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/url/base", test_base);
  g_test_add_func ("/url/build", test_build);
  g_test_add_func ("/url/result", test_result);
  g_test_add_func ("/url/result/hops", test_result_hops);
  g_test_add_func ("/url/result/length", test_result_length);
  g_test_add_func ("/url/same-origin", test_same_origin);
  g_test_add_func ("/url/display", test_display);
  return g_test_run ();
}
