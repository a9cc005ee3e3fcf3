/* nanovid: requests: bodies, errors and digests
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "nanogpt/base/error.h"
#include "nanogpt/request/media.h"
#include "parameters.h"

#define JPEG "\xff\xd8\xff\xe0 and so on"
#define PNG "\x89PNG\r\n\x1a\n and so on"
#define WEBP "RIFF\x10\x00\x00\x00WEBPVP8 and so on"

static GBytes *
bytes (const char *data, gsize size)
{
  return g_bytes_new (data, size);
}

static char *
dup_body (NanogptRequest *request)
{
  gsize size;
  const char *data =
      g_bytes_get_data (nanogpt_request_get_body (request), &size);

  return g_strndup (data, size);
}

/* The whole body is compared, including all types in it. */
static const struct
{
  const char *name;
  const char *given;
  const char *body;
} bodies[] = {
  { "least", "prompt=a lighthouse at dusk",
      "{\"model\":\"seedance-lite-video\",\"prompt\":\"a lighthouse at dusk\"}" },
  { "veo2", "model=veo2-video\nprompt=waves\nduration=5\naspect-ratio=16:9",
      "{\"aspect_ratio\":\"16:9\",\"duration\":\"5s\",\"model\":\"veo2-video\","
      "\"prompt\":\"waves\"}" },
  { "veo2-longest", "model=veo2-video\nprompt=waves\nduration=30",
      "{\"duration\":\"30s\",\"model\":\"veo2-video\",\"prompt\":\"waves\"}" },
  { "veo3",
      "model=veo3-video\nprompt=waves\nduration=8\nresolution=1080p\n"
      "parameters={\"generateAudio\":true}",
      "{\"duration\":\"8s\",\"generateAudio\":true,\"model\":\"veo3-video\","
      "\"prompt\":\"waves\",\"resolution\":\"1080p\"}" },
  { "veo3-fast", "model=veo3-fast-video\nprompt=waves\nduration=8",
      "{\"duration\":\"8s\",\"model\":\"veo3-fast-video\",\"prompt\":"
      "\"waves\"}" },
  { "kling-v2",
      "model=kling-video-v2\nprompt=a cat\nnegative-prompt=blur\nduration=10\n"
      "aspect-ratio=9:16\ncfg-scale=0.5",
      "{\"aspect_ratio\":\"9:16\",\"cfg_scale\":0.5,\"duration\":\"10\","
      "\"model\":\"kling-video-v2\",\"negative_prompt\":\"blur\","
      "\"prompt\":\"a cat\"}" },
  { "kling-v21",
      "model=kling-v21-standard\nprompt=it waves\nduration=5\n"
      "image-url=https://example.com/cat.jpg",
      "{\"duration\":\"5\",\"imageUrl\":\"https://example.com/cat.jpg\","
      "\"model\":\"kling-v21-standard\",\"prompt\":\"it waves\"}" },
  { "kling-v21-pro-image-alone",
      "model=kling-v21-pro\nimage-url=https://example.com/cat.jpg",
      "{\"imageUrl\":\"https://example.com/cat.jpg\",\"model\":\"kling-v21-"
      "pro\"}" },
  { "hunyuan",
      "model=hunyuan-video\nprompt=rain\npro-mode=true\naspect-ratio=16:9\n"
      "resolution=720p\nnum-frames=129\nnum-inference-steps=20\n"
      "show-explicit-content=false",
      "{\"aspect_ratio\":\"16:9\",\"model\":\"hunyuan-video\","
      "\"num_frames\":129,\"num_inference_steps\":20,\"pro_mode\":true,"
      "\"prompt\":\"rain\",\"resolution\":\"720p\",\"showExplicitContent\":"
      "false}" },
  { "wan",
      "model=wan-video-image-to-video\nprompt=wind\nnum-frames=81\n"
      "frames-per-second=16\nresolution=720p\nnum-inference-steps=30\n"
      "negative-prompt=blur\nseed=42\nimage-url=https://example.com/a.png",
      "{\"frames_per_second\":16,\"imageUrl\":\"https://example.com/a.png\","
      "\"model\":\"wan-video-image-to-video\",\"negative_prompt\":\"blur\","
      "\"num_frames\":81,\"num_inference_steps\":30,\"prompt\":\"wind\","
      "\"resolution\":\"720p\",\"seed\":42}" },
  { "seedance",
      "model=seedance-video\nprompt=a car\nresolution=1080p\nduration=10\n"
      "aspect-ratio=16:9\ncamera-fixed=true\nseed=0",
      "{\"aspect_ratio\":\"16:9\",\"camera_fixed\":true,\"duration\":\"10\","
      "\"model\":\"seedance-video\",\"prompt\":\"a car\",\"resolution\":"
      "\"1080p\",\"seed\":0}" },
  { "seedance-lite",
      "prompt=a car\nresolution=720p\nduration=5\n"
      "conversation=6f9619ff-8b86-d011-b42d-00cf4fc964ff",
      "{\"conversationUUID\":\"6f9619ff-8b86-d011-b42d-00cf4fc964ff\","
      "\"duration\":\"5\",\"model\":\"seedance-lite-video\",\"prompt\":\"a "
      "car\",\"resolution\":\"720p\"}" },
  { "sora",
      "model=sora-2\nprompt=a city\nduration=8\naspect-ratio=9:16\n"
      "pro-mode=true\nresolution=1792x1024",
      "{\"model\":\"sora-2\",\"orientation\":\"portrait\",\"pro_mode\":true,"
      "\"prompt\":\"a city\",\"resolution\":\"1792x1024\",\"seconds\":\"8\"}" },
  { "sora-landscape", "model=sora-2\nprompt=a city\naspect-ratio=16:9",
      "{\"model\":\"sora-2\",\"orientation\":\"landscape\",\"prompt\":\"a "
      "city\"}" },
  { "pixverse", "model=pixverse-v56\nprompt=a city\naspect-ratio=4:3",
      "{\"model\":\"pixverse-v56\",\"prompt\":\"a city\","
      "\"resolution_ratio\":\"4:3\"}" },
  { "unknown-model",
      "model=acme/dream.9\nprompt=x\nduration=7\nresolution=9000p\n"
      "num-frames=3\ncfg-scale=55.25\naspect-ratio=2:1\npro-mode=false",
      "{\"aspect_ratio\":\"2:1\",\"cfg_scale\":55.25,\"duration\":\"7\","
      "\"model\":\"acme/dream.9\",\"num_frames\":3,\"pro_mode\":false,"
      "\"prompt\":\"x\",\"resolution\":\"9000p\"}" },
  { "largest-seed", "model=any\nprompt=x\nseed=9223372036854775807",
      "{\"model\":\"any\",\"prompt\":\"x\",\"seed\":9223372036854775807}" },
  { "empty-is-unset",
      "prompt=x\nnegative-prompt=\nresolution=\naspect-ratio=\nimage-url=\n"
      "conversation=\nparameters=",
      "{\"model\":\"seedance-lite-video\",\"prompt\":\"x\"}" },
  { "extra-last",
      "prompt=a car\nduration=5\nparameters={\"duration\":7,\"z\":[1,{\"b\":"
      "null,\"a\":1.5}],\"prompt\":\"a bus\"}",
      "{\"duration\":7,\"model\":\"seedance-lite-video\",\"prompt\":\"a bus\","
      "\"z\":[1,{\"a\":1.5,\"b\":null}]}" },
  { "extra-switches-check-off",
      "model=kling-video-v2\nprompt=x\nduration=7\n"
      "parameters={\"duration\":\"7\"}",
      "{\"duration\":\"7\",\"model\":\"kling-video-v2\",\"prompt\":\"x\"}" },
  { "extra-by-wire-name",
      "model=sora-2\nprompt=x\nduration=7\naspect-ratio=1:1\n"
      "parameters={\"seconds\":\"7\",\"orientation\":\"square\"}",
      "{\"model\":\"sora-2\",\"orientation\":\"square\",\"prompt\":\"x\","
      "\"seconds\":\"7\"}" },
  { "extra-replaces-image-url",
      "prompt=x\nimage-url=/no/url\n"
      "parameters={\"image\":\"https://example.com/b.png\"}",
      "{\"image\":\"https://example.com/b.png\",\"model\":\"seedance-lite-"
      "video\",\"prompt\":\"x\"}" },
  { "extra-removes-image-url",
      "prompt=x\nimage-url=/no/url\nparameters={\"imageUrl\":null}",
      "{\"imageUrl\":null,\"model\":\"seedance-lite-video\",\"prompt\":"
      "\"x\"}" },
  { "extra-replaces-numbers",
      "prompt=x\nmodel=any\nseed=-2\ncfg-scale=inf\n"
      "parameters={\"seed\":2,\"cfg_scale\":null}",
      "{\"cfg_scale\":null,\"model\":\"any\",\"prompt\":\"x\",\"seed\":2}" },
  { "extra-replaces-texts",
      "prompt=\xff\nnegative-prompt=\xff\nresolution=\xff\n"
      "conversation=\xff\nimage-url=\xff\nmodel=any\n"
      "parameters={\"prompt\":\"x\",\"negative_prompt\":\"y\","
      "\"resolution\":\"480p\",\"conversationUUID\":\"z\","
      "\"imageUrl\":\"https://a.b/c\"}",
      "{\"conversationUUID\":\"z\",\"imageUrl\":\"https://a.b/c\","
      "\"model\":\"any\",\"negative_prompt\":\"y\",\"prompt\":\"x\","
      "\"resolution\":\"480p\"}" },
  { "extra-image-counts",
      "model=kling-v21-standard\nparameters={\"imageDataUrl\":\"data:image/"
      "png;base64,AA==\"}",
      "{\"imageDataUrl\":\"data:image/png;base64,AA==\",\"model\":\"kling-v21-"
      "standard\"}" },
  { "extra-script", "model=longstories-movie\nparameters={\"script\":\"Once\"}",
      "{\"model\":\"longstories-movie\",\"script\":\"Once\"}" },
  { "extra-video",
      "model=video-upscaler\nparameters={\"videoUrl\":\"https://example.com/"
      "a.mp4\"}",
      "{\"model\":\"video-upscaler\",\"videoUrl\":\"https://example.com/"
      "a.mp4\"}" },
  { "extra-lines-and-blanks",
      "prompt=x\nparameters= {\t\"a\" : 1.0 , \"b\" : 1e3 }  ",
      "{\"a\":1,\"b\":1000,\"model\":\"seedance-lite-video\",\"prompt\":"
      "\"x\"}" },
};

static void
test_body (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (GError) error = NULL;
  g_autoptr (NanogptRequest) request =
      request_from_text (bodies[i].given, NULL, &error);
  g_autoptr (JsonNode) parsed = NULL;
  g_autofree char *body = NULL;

  g_assert_no_error (error);
  body = dup_body (request);
  g_assert_cmpstr (body, ==, bodies[i].body);
  g_assert_cmpstr (*nanogpt_request_get_warnings (request), ==, NULL);
  parsed = json_from_string (body, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (
      json_object_get_string_member (json_node_get_object (parsed), "model"),
      ==, nanogpt_request_get_model (request));
}

#define INVALID NANOGPT_ERROR_INVALID_REQUEST
#define NO_IMAGE NANOGPT_ERROR_IMAGE_REQUIRED

static const struct
{
  const char *name;
  const char *given;
  NanogptError code;
  const char *words; /* of the error, separated by | */
} refusals[] = {
  { "no-prompt", "prompt=", INVALID, "prompt" },
  { "blank-prompt", "prompt= \t ", INVALID, "prompt" },
  { "no-model", "model=\nprompt=x", INVALID, "model" },
  { "image-url-http", "prompt=x\nimage-url=http://example.com/a.png", INVALID,
      "image-url|https" },
  { "image-url-file", "prompt=x\nimage-url=/home/me/a.png", INVALID,
      "image-url|image-location" },
  { "image-url-no-host", "prompt=x\nimage-url=https:///a.png", INVALID,
      "image-url" },
  { "extra-text", "prompt=x\nparameters=duration=5", INVALID, "parameters" },
  { "extra-list", "prompt=x\nparameters=[1]", INVALID, "parameters|object" },
  { "extra-cut", "prompt=x\nparameters={\"a\":1", INVALID, "parameters" },
  { "extra-single-quotes", "prompt=x\nparameters={'a':1}", INVALID,
      "parameters|byte 1" },
  { "extra-model", "prompt=x\nparameters={\"model\":\"sora-2\"}", INVALID,
      "model|parameters" },
  { "extra-infinite", "prompt=x\nparameters={\"a\":1e999}", INVALID,
      "parameters|range" },
  { "extra-file-gone",
      "prompt=x\nparameters={\"last_image\":\"file:///no/such/file.png\"}",
      INVALID, "/no/such/file.png" },
  { "extra-file-far",
      "prompt=x\nparameters={\"last_image\":\"file://elsewhere/file.png\"}",
      INVALID, "parameters" },
  { "negative-seed", "prompt=x\nseed=-2", INVALID, "seed" },
  { "negative-cfg-scale", "prompt=x\ncfg-scale=-0.5", INVALID, "cfg-scale" },
  { "infinite-cfg-scale", "prompt=x\ncfg-scale=inf", INVALID, "cfg-scale" },
  { "nan-cfg-scale", "prompt=x\ncfg-scale=nan", INVALID, "cfg-scale" },
  { "prompt-not-utf8", "prompt=\xff", INVALID, "prompt|UTF-8" },
  { "model-not-utf8", "model=\xc3\nprompt=x", INVALID, "model|UTF-8" },
  { "extra-not-utf8", "prompt=x\nparameters={\"a\":\"\xff\"}", INVALID,
      "parameters|UTF-8" },
  { "image-required", "model=kling-v21-standard\nprompt=x", NO_IMAGE,
      "kling-v21-standard|image-url|image-location|nanovidtransform" },
  { "image-required-null",
      "model=kling-v21-standard\nprompt=x\nparameters={\"image\":null}",
      NO_IMAGE, "kling-v21-standard" },
  { "value", "model=kling-video-v2\nprompt=x\nduration=7", INVALID,
      "kling-video-v2|5 or 10|duration|7|parameters" },
};

static void
test_refusal (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (GError) error = NULL;
  g_autoptr (NanogptRequest) request =
      request_from_text (refusals[i].given, NULL, &error);
  g_auto (GStrv) words = g_strsplit (refusals[i].words, "|", -1);

  g_assert_null (request);
  g_assert_error (error, NANOGPT_ERROR, (int)refusals[i].code);
  g_test_message ("%s", error->message);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  for (guint w = 0; words[w]; w++)
    g_assert_nonnull (strstr (error->message, words[w]));
}

static void
check_prompt (const char *prompt)
{
  g_autoptr (NanogptParameters) parameters = nanogpt_parameters_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (NanogptRequest) request = NULL;
  g_autoptr (JsonNode) parsed = NULL;
  g_autofree char *body = NULL;

  parameters->prompt = g_strdup (prompt);
  request = nanogpt_request_new (parameters, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (nanogpt_request_get_prompt (request), ==, prompt);

  body = dup_body (request);
  for (const char *p = body; *p != '\0'; p++)
    g_assert_cmpint ((guchar)*p, >=, 0x20);
  parsed = json_from_string (body, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (
      json_object_get_string_member (json_node_get_object (parsed), "prompt"),
      ==, prompt);
}

static void
test_prompts (void)
{
  g_autofree char *controls = g_malloc0 (33);
  g_autofree char *long_prompt = g_strnfill (10 * 1024, 'x');

  for (int i = 1; i <= 0x1f; i++)
    controls[i] = (char)i;
  controls[0] = 'c';
  check_prompt (controls);
  check_prompt (long_prompt);
  check_prompt ("she said \"no\" \\ 'yes' </script> {\"a\":1}");
  check_prompt ("two\nlines\r\nand\ta tab");
  check_prompt (
      "\360\237\246\212 fox, \360\237\221\250\342\200\215\360\237\221\251 "
      "family, \xe4\xb8\xad\xe6\x96\x87, \xe2\x80\xa8 separator");
  check_prompt ("100% %s %n \x7f");
}

static void
check_image (const char *data, gsize size, const char *prefix)
{
  g_autoptr (GBytes) image = bytes (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (NanogptRequest) request =
      request_from_text ("model=kling-v21-standard\nprompt=x", image, &error);
  g_autofree char *body = NULL;
  g_autofree guchar *decoded = NULL;
  gsize decoded_size;
  char *found, *end;

  g_assert_no_error (error);
  body = dup_body (request);
  found = strstr (body, "\"imageDataUrl\":\"");
  g_assert_nonnull (found);
  found += strlen ("\"imageDataUrl\":\"");
  g_assert_true (g_str_has_prefix (found, prefix));
  end = strchr (found, '"');
  *end = '\0';
  decoded = g_base64_decode (found + strlen (prefix), &decoded_size);
  g_assert_cmpmem (decoded, decoded_size, data, size);
}

static void
test_image (void)
{
  check_image (JPEG, sizeof JPEG - 1, "data:image/jpeg;base64,");
  check_image (PNG, sizeof PNG - 1, "data:image/png;base64,");
  check_image (WEBP, sizeof WEBP - 1, "data:image/webp;base64,");
}

static void
check_image_refused (
    const char *given, GBytes *image, NanogptError code, const char *word)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NanogptRequest) request = request_from_text (given, image, &error);

  g_assert_null (request);
  g_assert_error (error, NANOGPT_ERROR, (int)code);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, word));
}

static void
test_image_refused (void)
{
  g_autoptr (GBytes) image = bytes (JPEG, sizeof JPEG - 1);
  g_autoptr (GBytes) gif = bytes ("GIF89a", 6);
  g_autoptr (GBytes) wave = bytes ("RIFF\x10\x00\x00\x00WAVEfmt ", 16);
  g_autoptr (GBytes) nothing = bytes ("", 0);

  check_image_refused ("prompt=x", gif, INVALID, "JPEG");
  check_image_refused ("prompt=x", wave, INVALID, "JPEG");
  check_image_refused ("prompt=x", nothing, INVALID, "JPEG");
  check_image_refused (
      "prompt=x\nimage-url=https://example.com/a.png", image, INVALID, "two");
  check_image_refused (
      "model=hunyuan-video\nprompt=x", image, INVALID, "hunyuan-video");
}

/* The property parameters overrides everything else, even the image. */
static void
test_image_replaced (void)
{
  g_autoptr (GBytes) gif = bytes ("GIF89a", 6);
  g_autoptr (GError) error = NULL;
  g_autoptr (NanogptRequest) request = request_from_text (
      "prompt=x\nparameters={\"imageUrl\":\"https://a.b/c\"}", gif, &error);
  g_autofree char *body = NULL;

  g_assert_no_error (error);
  body = dup_body (request);
  g_assert_cmpstr (body, ==,
      "{\"imageUrl\":\"https://a.b/c\",\"model\":\"seedance-lite-video\","
      "\"prompt\":\"x\"}");
}

static GBytes *
make_jpeg (gsize size)
{
  char *data = g_malloc0 (size);

  memcpy (data, "\xff\xd8\xff", 3);
  return g_bytes_new_take (data, size);
}

static char *
dup_data_url (GBytes *image)
{
  g_autoptr (NanogptMedia) media =
      nanogpt_media_new_data (NANOGPT_MEDIA_IMAGE, image, NULL, -1);

  return nanogpt_media_dup_value (media);
}

/* An image of the maximum size fits into the request. */
static void
test_image_size (void)
{
  g_autoptr (GBytes) fits = make_jpeg (NANOGPT_IMAGE_MAX_SIZE);
  g_autoptr (GBytes) too_large = make_jpeg (NANOGPT_IMAGE_MAX_SIZE + 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (NanogptRequest) request =
      request_from_text ("prompt=x", fits, &error);
  g_autofree char *url = NULL;

  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (nanogpt_request_get_body (request)), <,
      NANOGPT_REQUEST_MAX_SIZE);
  url = dup_data_url (fits);
  g_assert_cmpuint (strlen (url), <=, NANOGPT_MEDIA_MAX_DATA_URLS);
  g_assert_cmpuint (strlen (url) + 4, >, NANOGPT_MEDIA_MAX_DATA_URLS);

  check_image_refused (
      "prompt=x", too_large, NANOGPT_ERROR_UPLOAD_TOO_LARGE, "2999983");
}

static void
test_body_size (void)
{
  g_autoptr (GBytes) image = make_jpeg (NANOGPT_IMAGE_MAX_SIZE);
  g_autofree char *text = g_strnfill (600 * 1000, 'x');
  g_autofree char *prompt = g_strconcat ("prompt=", text, NULL);
  g_autofree char *blanks = g_strnfill (20 * 1000 * 1000, ' ');
  g_autofree char *extra =
      g_strconcat ("prompt=x\nparameters={", blanks, "}", NULL);

  check_image_refused (
      prompt, image, NANOGPT_ERROR_UPLOAD_TOO_LARGE, "4.60 MB");
  check_image_refused (extra, NULL, NANOGPT_ERROR_UPLOAD_TOO_LARGE, "20.00 MB");
}

static void
test_nesting (void)
{
  g_autofree char *open = g_strnfill (100 * 1000, '[');
  g_autofree char *given =
      g_strconcat ("prompt=x\nparameters={\"a\":", open, NULL);

  check_image_refused (given, NULL, INVALID, "nested");
}

static void
test_file_images (void)
{
  g_autofree char *dir = g_dir_make_tmp ("nanovid-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "last image.png", NULL);
  g_autofree char *uri = g_filename_to_uri (path, NULL, NULL);
  g_autofree char *given = g_strdup_printf (
      "prompt=x\nparameters={\"last_image\":\"%s\",\"reference_images\":[\"%s\","
      "\"https://a.b/c.png\"]}",
      uri, uri);
  g_autofree char *url = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (NanogptRequest) request = NULL;
  g_autoptr (JsonNode) parsed = NULL;
  g_autofree char *body = NULL;
  g_autoptr (GBytes) image = bytes (PNG, sizeof PNG - 1);
  g_autoptr (GBytes) large = make_jpeg (NANOGPT_IMAGE_MAX_SIZE + 1);
  JsonObject *object;
  JsonArray *references;

  g_assert_true (g_file_set_contents (path, PNG, sizeof PNG - 1, NULL));
  url = dup_data_url (image);
  request = request_from_text (given, NULL, &error);
  g_assert_no_error (error);
  body = dup_body (request);
  parsed = json_from_string (body, NULL);
  object = json_node_get_object (parsed);
  g_assert_cmpstr (
      json_object_get_string_member (object, "last_image"), ==, url);
  references = json_object_get_array_member (object, "reference_images");
  g_assert_cmpstr (json_array_get_string_element (references, 0), ==, url);
  g_assert_cmpstr (
      json_array_get_string_element (references, 1), ==, "https://a.b/c.png");

  g_assert_true (g_file_set_contents (path, "text", 4, NULL));
  check_image_refused (given, NULL, INVALID, path);
  g_assert_true (g_file_set_contents (path, g_bytes_get_data (large, NULL),
      (gssize)g_bytes_get_size (large), NULL));
  check_image_refused (given, NULL, NANOGPT_ERROR_UPLOAD_TOO_LARGE,
      "last-image 2999983, reference-images 2999983");
  g_remove (path);
  check_image_refused (given, NULL, INVALID, path);
  g_rmdir (dir);
}

static char *
dup_digest (const char *given, const char *image)
{
  g_autoptr (GBytes) data = image ? bytes (image, strlen (image)) : NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (NanogptRequest) request = request_from_text (given, data, &error);

  g_assert_no_error (error);
  return g_strdup (nanogpt_request_get_digest (request));
}

static void
check_digests (const char *a, const char *image_a, const char *b,
    const char *image_b, gboolean equal)
{
  g_autofree char *digest_a = dup_digest (a, image_a);
  g_autofree char *digest_b = dup_digest (b, image_b);

  g_assert_cmpuint (strlen (digest_a), ==, 64);
  g_assert_cmpuint (strspn (digest_a, "0123456789abcdef"), ==, 64);
  if (equal)
    g_assert_cmpstr (digest_a, ==, digest_b);
  else
    g_assert_cmpstr (digest_a, !=, digest_b);
}

static void
test_digest (void)
{
  const char *other_jpeg = JPEG "!";

  check_digests ("prompt=x", NULL, "prompt=x", NULL, TRUE);
  check_digests ("prompt=x", NULL, "prompt=y", NULL, FALSE);
  check_digests ("prompt=x\nduration=5", NULL,
      "prompt=x\nparameters={\"duration\":\"5\"}", NULL, TRUE);
  check_digests ("prompt=x\nparameters={\"a\":1,\"b\":{\"c\":2,\"d\":[3]}}",
      NULL, "prompt=x\nparameters={\"b\":{\"d\":[3.0],\"c\":2e0},\"a\":1.00}",
      NULL, TRUE);
  check_digests ("prompt=x\nparameters={\"a\":[1,2]}", NULL,
      "prompt=x\nparameters={\"a\":[2,1]}", NULL, FALSE);
  check_digests ("prompt=x\nparameters={\"a\":1}", NULL,
      "prompt=x\nparameters={\"a\":\"1\"}", NULL, FALSE);
  check_digests ("prompt=x\nparameters={\"a\":\"\\u00e9\"}", NULL,
      "prompt=x\nparameters={\"a\":\"\xc3\xa9\"}", NULL, TRUE);
  check_digests ("prompt=x\nseed=1", NULL, "prompt=x", NULL, FALSE);
  check_digests ("prompt=x", JPEG, "prompt=x", JPEG, TRUE);
  check_digests ("prompt=x", JPEG, "prompt=x", other_jpeg, FALSE);
  check_digests ("prompt=x", JPEG, "prompt=x", NULL, FALSE);
}

static NanogptRequest *
create_identified (const char *image, const char *identity)
{
  g_autoptr (NanogptParameters) parameters = parameters_from_text ("prompt=x");
  g_autoptr (GPtrArray) media =
      g_ptr_array_new_with_free_func ((GDestroyNotify)nanogpt_media_unref);
  g_autoptr (GBytes) bytes = g_bytes_new_static (image, strlen (image));

  parameters->image_identity = g_strdup (identity);
  g_ptr_array_add (
      media, nanogpt_media_new_data (NANOGPT_MEDIA_IMAGE, bytes, NULL, -1));
  return nanogpt_request_new (parameters, media, NULL);
}

/* A picture that is generated on each run counts by its identity. */
static void
test_image_identity (void)
{
  g_autoptr (NanogptRequest) plain = create_identified (JPEG, NULL);
  g_autoptr (NanogptRequest) first = create_identified (JPEG, "run vid_1");
  g_autoptr (NanogptRequest) same = create_identified (JPEG "!", "run vid_1");
  g_autoptr (NanogptRequest) other = create_identified (JPEG, "run vid_2");

  g_assert_cmpstr (nanogpt_request_get_digest (first), ==,
      nanogpt_request_get_digest (same));
  g_assert_cmpstr (nanogpt_request_get_digest (first), !=,
      nanogpt_request_get_digest (other));
  g_assert_true (g_bytes_equal (
      nanogpt_request_get_body (plain), nanogpt_request_get_body (first)));
  g_assert_cmpstr (
      nanogpt_request_get_kind (plain), ==, nanogpt_request_get_kind (first));
}

static void
test_copy (void)
{
  g_autoptr (NanogptParameters) original = parameters_from_text (
      "model=kling-v21-pro\nprompt=x\nnegative-prompt=n\naspect-ratio=16:9\n"
      "resolution=720p\noperation=o\nconversation=u\n"
      "parameters={\"a\":1}\nduration=5\nseed=7\ncfg-scale=0.25");
  g_autoptr (NanogptParameters) copy = nanogpt_parameters_copy (original);
  g_autoptr (NanogptRequest) a = nanogpt_request_new (original, NULL, NULL);
  g_autoptr (NanogptRequest) b = nanogpt_request_new (copy, NULL, NULL);

  g_assert_cmpstr (
      nanogpt_request_get_digest (a), ==, nanogpt_request_get_digest (b));
  g_assert_true (original->prompt != copy->prompt);
  g_assert_cmpstr (nanogpt_request_get_conversation (a), ==, "u");
}

static void
test_references (void)
{
  NanogptRequest *request = request_from_text ("prompt=x", NULL, NULL);

  g_assert_true (nanogpt_request_ref (request) == request);
  nanogpt_request_unref (request);
  g_assert_cmpstr (nanogpt_request_get_prompt (request), ==, "x");
  nanogpt_request_unref (request);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++) {
    g_autofree char *path =
        g_strconcat ("/request/body/", bodies[i].name, NULL);

    g_test_add_data_func (path, GUINT_TO_POINTER (i), test_body);
  }
  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++) {
    g_autofree char *path =
        g_strconcat ("/request/refused/", refusals[i].name, NULL);

    g_test_add_data_func (path, GUINT_TO_POINTER (i), test_refusal);
  }
  g_test_add_func ("/request/prompts", test_prompts);
  g_test_add_func ("/request/image", test_image);
  g_test_add_func ("/request/image/refused", test_image_refused);
  g_test_add_func ("/request/image/replaced", test_image_replaced);
  g_test_add_func ("/request/image/size", test_image_size);
  g_test_add_func ("/request/image/files", test_file_images);
  g_test_add_func ("/request/size", test_body_size);
  g_test_add_func ("/request/nesting", test_nesting);
  g_test_add_func ("/request/digest", test_digest);
  g_test_add_func ("/request/image-identity", test_image_identity);
  g_test_add_func ("/request/copy", test_copy);
  g_test_add_func ("/request/references", test_references);
  return g_test_run ();
}
