/* nanovid: tests of nanovid-jobs: the list of models, and estimates of what clips cost
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "desk.h"
#include "fixture/env.h"

/* Runs a command that charges nothing. */
static Result *
ask (Desk *self, const char *first, const char *second, const char *third)
{
  g_autofree char *base_url = g_strconcat (
      "--base-url=", nanogpt_simulator_get_base_url (self->simulator), NULL);
  Result *result = desk_run (self, KEY, base_url, first, second, third, NULL);

  g_assert_cmpuint (nanogpt_simulator_count_charges (self->simulator), ==, 0);
  return result;
}

static void
assert_has (const char *text, const char *part)
{
  g_test_message ("%s", text);
  g_assert_nonnull (strstr (text, part));
}

static void
test_models (void)
{
  g_autoptr (Desk) self = desk_new ();
  g_autoptr (Result) all = ask (self, "models", NULL, NULL);
  g_autoptr (Result) some = ask (self, "models", "WAN-VIDEO-image", NULL);
  g_autoptr (Result) none = ask (self, "models", "no-such", NULL);
  g_autoptr (Result) json = ask (self, "--json", "models", "seedance-lite");

  g_assert_cmpint (all->status, ==, 0);
  assert_has (all->out, "\n" MODEL "\timage\t");
  g_assert_cmpint (some->status, ==, 0);
  g_assert_true (g_str_has_prefix (
      some->out, "wan-video-image-to-video\timage (required)\t$0.40\t"));
  assert_has (some->out, "num_frames");
  g_assert_true (strchr (some->out, '\n') == some->out + some->length - 1);
  g_assert_cmpstr (none->out, ==, "");
  g_assert_true (g_str_has_prefix (json->out, "[{\"cost\":0.09,\"fields\":["));
  assert_has (json->out, "\"media\":[\"image\"],\"model\":\"" MODEL "\"");
  assert_has (json->out, "\"pricing\":{\"currency\":\"USD\"");
}

static void
check_estimate (Desk *self, int status, const char *first, const char *second,
    const char *words)
{
  g_autoptr (Result) result = ask (self, "estimate", first, second);

  g_assert_cmpint (result->status, ==, status);
  assert_has (status == 0 ? result->out : result->err, words);
}

static void
test_estimate (void)
{
  g_autoptr (Desk) self = desk_new ();
  g_autofree char *video = g_strconcat ("video-location=", self->media, NULL);
  g_autofree char *uri = g_filename_to_uri (self->media, NULL, NULL);
  g_autofree char *named =
      g_strdup_printf ("parameters={\"videoUrl\":\"%s\"}", uri);
  g_autoptr (Result) json = NULL;

  check_estimate (self, 0, "duration=10", NULL, "$0.18: $0.018 a second");
  check_estimate (self, 0, "model=video-upscaler", video, " s of input");
  check_estimate (self, 0, "model=video-upscaler", named, " s of input");
  check_estimate (self, 0, "model=video-upscaler", "video-url=https://a.b/c",
      "unknown: The price of model video-upscaler is not known: the length");
  check_estimate (self, 1, "last-image-url=https://a.b/c", NULL, "last-image");
  check_estimate (self, 1, "reference-images=<https://a.b/c,https://a.b/d>",
      NULL, "reference-images");
  check_estimate (self, 1, "model=video-upscaler", NULL, "video-location");
  check_estimate (self, 2, "image-location=/no/such/file", NULL, "/no/such");
  check_estimate (self, 2, "duration=ten", NULL, "duration");
  check_estimate (self, 2, "no-such=1", NULL, "no-such");
  check_estimate (self, 2, "duration", NULL, "PROPERTY=VALUE");
  json = ask (self, "--json", "estimate", "seed=5");
  g_assert_true (g_str_has_prefix (json->out, "{\"cost\":0.09,\"model\":"));
}

/* An estimate covers each line and the total, and names lines that are invalid. */
static void
test_estimate_script (void)
{
  g_autoptr (Desk) self = desk_new ();
  g_autofree char *dir = fixture_make_dir ();
  g_autofree char *script = g_build_filename (dir, "script.txt", NULL);
  g_autofree char *option = g_strconcat ("--script=", script, NULL);
  g_autoptr (Result) good = NULL;
  g_autoptr (Result) gone = NULL;
  g_autoptr (Result) longer = NULL;
  g_autoptr (Result) bad = NULL;
  g_autoptr (Result) json = NULL;

  g_assert_true (g_file_set_contents (script,
      "\xef\xbb\xbf# a script\n\na lighthouse\n"
      "{\"duration\": 10, \"seed\": 7} a storm\n",
      -1, NULL));
  good = ask (self, "estimate", option, NULL);
  g_assert_cmpint (good->status, ==, 0);
  g_assert_true (g_str_has_prefix (good->out, "3\t$0.09\t"));
  assert_has (good->out, "\ta lighthouse\n4\t$0.18\t$0.018 a second");
  assert_has (good->out, "\ta storm\ntotal\t$0.27\t2 clips\t-\n");
  gone = ask (self, "estimate", option,
      "--database=postgresql://nanovid@127.0.0.1:1/x");
  g_assert_cmpint (gone->status, ==, 1);
  g_assert_cmpstr (gone->out, ==, "");
  longer = ask (self, "estimate", option, "duration=10");
  assert_has (longer->out, "total\t$0.36\t");

  g_assert_true (g_file_set_contents (script,
      "a\n{\"no-such\": 1} b\n{\"duration\": } c\n"
      "{\"model\": \"video-upscaler\", \"video-url\": \"https://a.b/c\"} d\n"
      "{\"reference-images\": [\"https://a.b/c\"]} e\n",
      -1, NULL));
  bad = ask (self, "estimate", option, NULL);
  g_assert_cmpint (bad->status, ==, 1);
  assert_has (bad->err, "line 2: ");
  assert_has (bad->err, "line 3: ");
  g_assert_null (strstr (bad->err, "line 4: "));
  assert_has (bad->err, "line 5: ");
  assert_has (bad->out, "total\t$0.09\tat least");
  json = ask (self, "--json", "estimate", option);
  g_assert_cmpint (json->status, ==, 1);
  g_assert_true (g_str_has_prefix (json->out, "{\"known-cost\":0.09,"));
  assert_has (json->out, "\"line\":4,");
  assert_has (json->out, "\"unknown\":4");
  desk_assert_status (self, 1, "estimate", "--script=/no/such/file", NULL);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);

  g_test_add_func ("/jobs/models", test_models);
  g_test_add_func ("/jobs/estimate", test_estimate);
  g_test_add_func ("/jobs/estimate-script", test_estimate_script);
  return g_test_run ();
}
