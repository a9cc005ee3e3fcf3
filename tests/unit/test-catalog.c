/* nanovid: reading, storing and using the service's listing of models
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <utime.h>

#include "fixture/env.h"
#include "nanogpt/pricing/catalog-check.h"
#include "nanogpt/base/error.h"
#include "parameters.h"

#define ORIGIN "https://nano-gpt.com"
#define HOUR G_GINT64_CONSTANT (3600)
#define IMAGE "\nimage-url=https://example.com/a.png"

#define ARCHITECTURE(from, list)                                               \
  "\"architecture\":{\"modality\":\"" from                                     \
  "->video\",\"input_modalities\":[" list                                      \
  "],\"output_modalities\":[\"video\"]},"
#define CAPABILITIES(text, image)                                              \
  "\"capabilities\":{\"video_generation\":true,\"text_to_video\":" text        \
  ",\"image_to_video\":" image ",\"nsfw\":null},"
#define SELECT(value, first, second)                                           \
  "{\"type\":\"select\",\"default\":\"" value                                  \
  "\",\"options\":[{\"value\":\"" first                                        \
  "\",\"label\":\"x\"},{\"value\":\"" second "\"}]}"

/* Listings as the service sends them, and some that are invalid. */
static const char listing[] =
    "{\"object\":\"list\",\"data\":["
    "{\"id\":\"seedance-lite-video\",\"object\":\"model\",\"created\":1," ARCHITECTURE (
        "text+image", "\"text\",\"image\"") CAPABILITIES ("true",
        "true") "\"supported_parameters\":{\"parameters\":{"
                "\"resolution\":" SELECT (
                    "720p", "480p", "720p") ",\"duration\":" SELECT ("5", "5",
                    "10") ",\"camera_fixed\":{\"type\":\"switch\",\"default\":false}},"
                          "\"defaults\":{\"resolution\":\"720p\",\"duration\":\"5\"}}},"

                          "{\"id\":\"wan-video-image-to-video\"," ARCHITECTURE (
                              "image", "\"image\"") CAPABILITIES ("false",
                              "true") "\"supported_parameters\":{\"parameters\":{"
                                      "\"num_frames\":{\"type\":\"number\",\"default\":81,\"options\":["
                                      "{\"value\":\"81\"},{\"value\":\"100\",\"label\":\"+25%\"}]},"
                                      "\"frames_per_second\":{\"type\":\"number\",\"default\":16}}}},"

                                      "{\"id\":\"modal-only\",\"architecture\":{\"modality\":\"image->video\"}},"
                                      "{\"id\":\"capable-only\"," CAPABILITIES (
                                          "false",
                                          "true") "\"x\":1},"
                                                  "{\"id\":\"text-only\"," ARCHITECTURE (
                                                      "text",
                                                      "\"text\"") CAPABILITIES ("true",
                                                      "false") "\"supported_parameters\":{\"parameters\":{"
                                                               "\"duration\":{\"type\":\"slider\",\"min\":2,\"max\":12},"
                                                               "\"guidance_scale\":{\"type\":\"number\",\"min\":1},"
                                                               "\"shift\":{\"type\":\"number\",\"max\":\"9\"}}}},"
                                                               "{\"id\":\"kling-lipsync\"," ARCHITECTURE (
                                                                   "text+video",
                                                                   "\"text\",\"video\"") CAPABILITIES ("true",
                                                                   "false") "\"x\":1},"
                                                                            "{\"id\":\"kling-v26-pro\",\"architecture\":\"?\",\"capabilities\":[],"
                                                                            "\"supported_parameters\":{\"parameters\":[]}},"
                                                                            "{\"id\":\"flat-video\",\"supported_parameters\":{"
                                                                            "\"resolutions\":[\"480p\",\"720p\"],\"durations\":[5,10]}},"
                                                                            "{\"id\":\"veo2-video\",\"supported_parameters\":{\"parameters\":{"
                                                                            "\"duration\":{\"type\":\"select\",\"default\":\"5s\",\"options\":[\"5s\","
                                                                            "\"8s\"]}}}},"
                                                                            "{\"id\":\"broken\",\"architecture\":{\"input_modalities\":\"text\","
                                                                            "\"modality\":7},\"supported_parameters\":{\"parameters\":{"
                                                                            "\"duration\":null,\"resolution\":{\"options\":[null,{},[],"
                                                                            "{\"value\":null}],\"min\":\"x\",\"max\":[]}},\"defaults\":3}},"
                                                                            "{\"id\":\"evil\",\"supported_parameters\":{\"parameters\":{"
                                                                            "\"duration\":" SELECT (
                                                                                "1",
                                                                                "\\u001b[31m<b>",
                                                                                "\\u202e7") "}}},"
                                                                                            "{\"id\":\"\"},{\"id\":5},{\"name\":\"x\"},null,7,[],\"x\","
                                                                                            "{\"id\":\"seedance-lite-video\",\"architecture\":{\"modality\":\"video->"
                                                                                            "video\"}}"
                                                                                            "],\"meta\":{\"count\":1}}";

/* Each warning contains all of its words, and there are no further warnings. */
static const struct
{
  const char *name;
  const char *given;
  const char *words[3];
} cases[] = {
  { "bare", "prompt=x", { NULL } },
  { "fits", "prompt=x\nduration=10\nresolution=480p" IMAGE, { NULL } },
  { "value", "prompt=x\nparameters={\"duration\":\"7\"}",
      { "seedance-lite-video|5 or 10 for duration|7 is sent" } },
  { "value-number", "prompt=x\nparameters={\"duration\":10}", { NULL } },
  { "value-seconds", "prompt=x\nparameters={\"duration\":\"10s\"}", { NULL } },
  { "value-case", "prompt=x\nparameters={\"resolution\":\"720P\"}", { NULL } },
  { "value-type", "prompt=x\nparameters={\"duration\":{\"a\":1}}", { NULL } },
  { "two-values",
      "prompt=x\nparameters={\"duration\":\"7\",\"resolution\":\"8k\"}",
      { "duration", "480p or 720p for resolution|8k" } },
  { "sound",
      "prompt=x\naudio-url=https://a.b/s\nparameters={\"audioDuration\":5.2}",
      { NULL } },
  { "field", "prompt=x\nparameters={\"num_frames\":81}",
      { "without num_frames|resolution, duration and camera_fixed" } },
  { "texts-and-media",
      "prompt=x\nnegative-prompt=y\nseed=1\n"
      "conversation=0b8a1d2e-3c4f-4a5b-8c6d-7e8f9a0b1c2d\n"
      "parameters={\"last_image\":\"https://example.com/b.png\","
      "\"reference_images\":[\"https://example.com/c.png\"]}",
      { NULL } },
  { "audio-switch", "prompt=x\nparameters={\"generateAudio\":true}",
      { "without generateAudio" } },

  { "range-low", "prompt=x\nmodel=text-only\nduration=1",
      { "2 to 12 for duration|1 is sent" } },
  { "range-ends", "prompt=x\nmodel=text-only\nduration=12", { NULL } },
  { "range-word",
      "prompt=x\nmodel=text-only\nparameters={\"duration\":\"auto\"}",
      { "2 to 12 for duration|auto" } },
  { "range-open",
      "prompt=x\nmodel=text-only\n"
      "parameters={\"guidance_scale\":0.5,\"shift\":10}",
      { "1 at least for guidance_scale|0.5", "9 at most for shift|10" } },
  { "options-as-ends", "model=wan-video-image-to-video\nnum-frames=90" IMAGE,
      { NULL } },
  { "options-as-ends-out",
      "model=wan-video-image-to-video" IMAGE
      "\nparameters={\"num_frames\":101,\"frames_per_second\":99}",
      { "81 to 100 for num_frames|101" } },
  { "flat",
      "prompt=x\nmodel=flat-video\nduration=10\nresolution=720p\n"
      "num-frames=7",
      { NULL } },
  { "flat-out", "prompt=x\nmodel=flat-video\nduration=7\nresolution=1080p",
      { "5 or 10 for duration|7", "480p or 720p for resolution|1080p" } },
  { "plain-options", "prompt=x\nmodel=veo2-video\nduration=5", { NULL } },
  { "plain-options-out", "prompt=x\nmodel=veo2-video\nduration=6",
      { "5s or 8s for duration|6s" } },

  { "image-unexpected", "prompt=x\nmodel=text-only" IMAGE,
      { "text-only|text, but no image" } },
  { "image-inline",
      "prompt=x\nmodel=text-only\n"
      "parameters={\"referenceImages\":[\"data:image/png;base64,AA\"]}",
      { "no image" } },
  { "image-missing", "prompt=x\nmodel=capable-only", { "from an image" } },
  { "image-missing-modality", "prompt=x\nmodel=modal-only",
      { "from an image" } },
  { "image-there", "prompt=x\nmodel=modal-only" IMAGE, { NULL } },
  { "video-missing", "prompt=x\nmodel=kling-lipsync", { "works on a video" } },
  { "video-missing-image", "prompt=x\nmodel=kling-lipsync" IMAGE,
      { "text and video, but no image", "works on a video" } },
  { "video-there",
      "prompt=x\nmodel=kling-lipsync\n"
      "parameters={\"videoUrl\":\"https://example.com/v.mp4\"}",
      { NULL } },

  { "unlisted", "prompt=x\nmodel=seedance-light-video\nduration=999",
      { "no model seedance-light-video|(similar: seedance-lite-video" } },
  { "unlisted-part", "prompt=x\nmodel=wan-video",
      { "(similar: wan-video-image-to-video" } },
  { "unlisted-family", "prompt=x\nmodel=kling-99",
      { "(similar: kling-lipsync and kling-v26-pro" } },
  { "unlisted-case", "prompt=x\nmodel=SEEDANCE-Lite-Video",
      { "(similar: seedance-lite-video" } },
  { "unlisted-strange", "prompt=x\nmodel=zzz", { "none with a similar name" } },

  { "types", "prompt=x\nmodel=broken\nduration=5\nresolution=1p" IMAGE,
      { NULL } },
  { "types-elsewhere", "prompt=x\nmodel=kling-v26-pro\nduration=5" IMAGE,
      { NULL } },
  { "cleaned", "prompt=x\nmodel=evil\nduration=5",
      { "[31m or 7 for duration" } },
};

static NanogptCatalog *
parse (const char *text, GError **error)
{
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));

  return nanogpt_catalog_parse (body, error);
}

static NanogptCatalog *
parse_listing (void)
{
  g_autoptr (GError) error = NULL;
  NanogptCatalog *catalog = parse (listing, &error);

  g_assert_no_error (error);
  return catalog;
}

static NanogptRequest *
make_request (const char *text)
{
  g_autoptr (GError) error = NULL;
  NanogptRequest *request = request_from_text (text, NULL, &error);

  g_assert_no_error (error);
  return request;
}

static void
test_check (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (NanogptCatalog) catalog = parse_listing ();
  g_autoptr (NanogptRequest) request = make_request (cases[i].given);
  g_autoptr (GPtrArray) warnings = nanogpt_catalog_check (catalog, request);
  guint count = 0;

  for (guint j = 0; j < warnings->len; j++)
    g_test_message ("%s", (char *)warnings->pdata[j]);
  while (count < G_N_ELEMENTS (cases[i].words) && cases[i].words[count])
    count++;
  g_assert_cmpuint (warnings->len, ==, count);
  for (guint j = 0; j < count; j++) {
    g_auto (GStrv) words = g_strsplit (cases[i].words[j], "|", -1);

    for (guint k = 0; words[k]; k++)
      g_assert_nonnull (strstr (warnings->pdata[j], words[k]));
    for (const char *p = warnings->pdata[j]; *p != '\0'; p++)
      g_assert_false (g_ascii_iscntrl (*p));
  }
}

/* The number and the length of the warnings are limited, however much is wrong. */
static void
test_check_bounds (void)
{
  g_autoptr (NanogptCatalog) catalog = NULL;
  g_autoptr (NanogptRequest) many = make_request (
      "prompt=x\nmodel=wide\n"
      "parameters={\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1,\"f\":1,\"g\":1}");
  g_autoptr (NanogptRequest) value =
      make_request ("prompt=x\nmodel=wide\nduration=999");
  g_autoptr (NanogptRequest) unknown =
      make_request ("prompt=x\nmodel=wide-model");
  g_autoptr (GString) text = g_string_new (
      "{\"data\":[{\"id\":\"wide\",\"supported_parameters\":{\"parameters\":{"
      "\"duration\":{\"options\":[0");
  g_autoptr (GPtrArray) warnings = NULL;
  g_autoptr (GPtrArray) alternatives = NULL;
  g_autoptr (GPtrArray) names = NULL;
  g_auto (GStrv) parts = NULL;

  for (guint i = 1; i < 500; i++)
    g_string_append_printf (text, ",%u", i);
  g_string_append (text, "]}}}}");
  for (guint i = 0; i < 9; i++)
    g_string_append_printf (text, ",{\"id\":\"wide-%u\"}", i);
  g_string_append_printf (
      text, ",{\"id\":\"wide-%0*u\"}", 20000, 1); /* too long to compare */
  g_string_append (text, "]}");
  catalog = parse (text->str, NULL);

  warnings = nanogpt_catalog_check (catalog, many);
  g_assert_cmpuint (warnings->len, ==, NANOGPT_CATALOG_MAX_WARNINGS);
  alternatives = nanogpt_catalog_check (catalog, value);
  g_assert_cmpuint (alternatives->len, ==, 1);
  g_assert_nonnull (strstr (alternatives->pdata[0], "11, … for duration"));
  names = nanogpt_catalog_check (catalog, unknown);
  g_assert_cmpuint (names->len, ==, 1);
  parts = g_strsplit (names->pdata[0], "wide-", -1);
  g_assert_cmpuint (g_strv_length (parts), ==, 6);
}

/* Text that is not a list of models, in several forms. */
static const char *const refused[] = {
  "",
  "<html>",
  "[]",
  "{}",
  "{\"data\":[]}",
  "{\"data\":{\"id\":\"x\"}}",
  "{\"data\":[{\"id\":\"\"},{\"id\":null},3,\"x\",[]]}",
  "{\"error\":\"x\",\"status\":500}",
  "{\"data\":[{\"id\":\"x\"}]",
};

static void
test_refused (void)
{
  g_autofree char *open = g_strnfill (100000, '[');
  g_autofree char *deep = g_strdup_printf ("{\"data\":%s", open);
  g_autofree char *long_text = g_strdup_printf (
      "{\"data\":[{\"id\":\"x\"}],\"x\":\"%0*u\"}", 1024 * 1024, 1);

  for (guint i = 0; i < G_N_ELEMENTS (refused); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (parse (refused[i], &error));
    g_assert_error (error, NANOGPT_ERROR, NANOGPT_ERROR_BAD_RESPONSE);
  }
  g_assert_null (parse (deep, NULL));
  g_assert_null (parse (long_text, NULL));
}

static char *
find_file (const char *directory)
{
  g_autoptr (GDir) entries = g_dir_open (directory, 0, NULL);
  const char *name = entries ? g_dir_read_name (entries) : NULL;

  if (!name)
    return NULL;
  g_assert_null (g_dir_read_name (entries));
  return g_build_filename (directory, name, NULL);
}

static void
save (const char *directory, const char *text)
{
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));
  g_autoptr (GError) error = NULL;

  nanogpt_catalog_save (directory, ORIGIN, body, &error);
  g_assert_no_error (error);
}

static void
test_disk (void)
{
  g_autofree char *parent = fixture_make_dir ();
  g_autofree char *directory = g_build_filename (parent, "a", "b", NULL);
  g_autoptr (NanogptCatalog) catalog = NULL;
  g_autoptr (NanogptCatalog) newer = NULL;
  g_autoptr (NanogptRequest) request = make_request ("prompt=x");
  g_autoptr (GPtrArray) warnings = NULL;
  g_autofree char *path = NULL;
  g_autofree char *name = NULL;
  gint64 age = -1;
  struct utimbuf times;
  GStatBuf status;

  g_assert_null (nanogpt_catalog_load (directory, ORIGIN, &age));
  save (directory, listing);
  path = find_file (directory);
  name = g_path_get_basename (path);
  g_assert_true (g_str_has_prefix (name, "models-"));
  g_assert_true (g_str_has_suffix (name, ".json"));
  g_assert_cmpint (g_stat (path, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 0777, ==, 0600);

  times.actime = times.modtime = status.st_mtime - HOUR;
  g_assert_cmpint (g_utime (path, &times), ==, 0);
  catalog = nanogpt_catalog_load (directory, ORIGIN, &age);
  g_assert_nonnull (catalog);
  g_assert_cmpint (age, >=, HOUR * G_USEC_PER_SEC);
  g_assert_cmpint (age, <, (HOUR + fixture_scaled (60)) * G_USEC_PER_SEC);
  warnings = nanogpt_catalog_check (catalog, request);
  g_assert_cmpuint (warnings->len, ==, 0);

  /* Each origin has its own listing, and a new one replaces the previous one. */
  g_assert_null (nanogpt_catalog_load (directory, "https://other.com", &age));
  save (directory, "{\"data\":[{\"id\":\"other\"}]}");
  newer = nanogpt_catalog_load (directory, ORIGIN, &age);
  g_clear_pointer (&warnings, g_ptr_array_unref);
  warnings = nanogpt_catalog_check (newer, request);
  g_assert_cmpuint (warnings->len, ==, 1);
}

static void
set_age (const char *path, int seconds)
{
  time_t then = time (NULL) - seconds;
  struct utimbuf times = { then, then };

  g_assert_cmpint (g_utime (path, &times), ==, 0);
}

static void
test_disk_age (void)
{
  g_autofree char *directory = fixture_make_dir ();
  g_autofree char *path = NULL;
  g_autoptr (NanogptCatalog) old = NULL;
  g_autoptr (NanogptCatalog) future = NULL;
  gint64 age = -1;

  save (directory, listing);
  path = find_file (directory);
  set_age (path, 7200);
  old = nanogpt_catalog_load (directory, ORIGIN, &age);
  g_assert_nonnull (old);
  g_assert_cmpint (age, >=, 7200LL * G_USEC_PER_SEC);
  g_assert_cmpint (age, <, 7300LL * G_USEC_PER_SEC);

  set_age (path, -7200);
  future = nanogpt_catalog_load (directory, ORIGIN, &age);
  g_assert_nonnull (future);
  g_assert_cmpint (age, ==, G_MAXINT64);
}

static void
test_disk_damage (void)
{
  static const char *const damages[] = { "", "{\"data\":[{\"id\":\"x\"}", "x" };
  g_autofree char *directory = fixture_make_dir ();
  g_autofree char *path = NULL;
  g_autofree char *long_text = g_strnfill (2 * 1024 * 1024, ' ');
  gint64 age = -1;

  save (directory, listing);
  path = find_file (directory);
  for (guint i = 0; i <= G_N_ELEMENTS (damages); i++) {
    const char *text = i < G_N_ELEMENTS (damages) ? damages[i] : long_text;

    g_assert_true (g_file_set_contents (path, text, -1, NULL));
    g_assert_null (nanogpt_catalog_load (directory, ORIGIN, &age));
    g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  }

  /* A file of another type is kept, and does not block. */
  g_assert_cmpint (mkfifo (path, 0600), ==, 0);
  g_assert_null (nanogpt_catalog_load (directory, ORIGIN, &age));
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_cmpint (symlink ("/dev/zero", path), ==, 0);
  g_assert_null (nanogpt_catalog_load (directory, ORIGIN, &age));
  g_assert_cmpint (age, ==, -1);
}

static void
test_disk_error (void)
{
  g_autofree char *directory = fixture_make_dir ();
  g_autofree char *path = g_build_filename (directory, "file", NULL);
  g_autoptr (GBytes) body = g_bytes_new_static (listing, strlen (listing));
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (path, "", -1, NULL));
  g_assert_false (nanogpt_catalog_save (path, ORIGIN, body, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOTDIR);
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path =
        g_strdup_printf ("/catalog/check/%s", cases[i].name);

    g_test_add_data_func (path, GUINT_TO_POINTER (i), test_check);
  }
  g_test_add_func ("/catalog/check-bounds", test_check_bounds);
  g_test_add_func ("/catalog/refused", test_refused);
  g_test_add_func ("/catalog/disk", test_disk);
  g_test_add_func ("/catalog/disk-age", test_disk_age);
  g_test_add_func ("/catalog/disk-damage", test_disk_damage);
  g_test_add_func ("/catalog/disk-error", test_disk_error);
  return g_test_run ();
}
