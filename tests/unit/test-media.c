/* nanovid: media of a request: names by model and listing, files, sizes
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "nanogpt/base/error.h"
#include "nanogpt/request/listed-names.h"
#include "parameters.h"

#define INVALID NANOGPT_ERROR_INVALID_REQUEST
#define URL "https://a.b/c"
#define LAST "last-image-url=" URL
#define REFERENCE "reference-images=" URL
#define VIDEO "video-url=" URL
#define SOUND "audio-url=" URL

static char *
dup_text (GBytes *bytes)
{
  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

/* @listing: (nullable): the fields that the service lists, as JSON */
static char *
dup_submitted (
    const NanogptRequest *request, const char *listing, GError **error)
{
  g_autoptr (JsonNode) listed =
      listing ? json_from_string (listing, NULL) : NULL;
  g_autoptr (GBytes) body = nanogpt_listed_names_apply (
      request, listed ? json_node_get_object (listed) : NULL, error);

  return body ? dup_text (body) : NULL;
}

static const struct
{
  const char *name;
  const char *given;
  const char *listing;
  const char *has;   /* part of the body; NULL: refused, */
  const char *words; /* with an error that contains these words */
} cases[] = {
  { "last", "model=bytedance-seedance-2-0-fast\n" LAST, NULL,
      "\"last_image\":\"" URL "\"", NULL },
  { "last-listed", "model=acme\n" LAST, "{\"end_image\":{\"type\":\"text\"}}",
      "\"end_image\":\"" URL "\"", NULL },
  { "last-tail", "model=kling-v30-pro\n" LAST, "{\"image_tail\":{}}",
      "\"image_tail\":\"" URL "\"", NULL },
  { "last-table-first", "model=minimax-h3\n" LAST, "{\"end_image\":{}}",
      "\"last_image\":\"" URL "\"", NULL },
  { "last-unlisted", "model=acme\n" LAST, "{\"resolution\":{}}", NULL,
      "acme|last-image|minimax-h3|last_image|parameters" },
  { "last-no-listing", "model=acme\n" LAST, NULL, NULL, "acme|parameters" },
  { "last-complete", "model=kling-video-v2\n" LAST, "{\"seed\":{}}", NULL,
      "kling-video-v2|last-image|minimax-h3|parameters" },
  { "last-complete-listed", "model=kling-video-v2\n" LAST,
      "{\"image_tail\":{}}", "\"image_tail\":\"" URL "\"", NULL },
  { "last-by-parameters",
      "model=kling-video-v2\nparameters={\"last_image\":\"" URL "\"}", NULL,
      "\"last_image\":\"" URL "\"", NULL },
  { "last-replaced",
      "model=kling-video-v2\n" LAST "\nparameters={\"end_image\":\"" URL "\"}",
      NULL, "\"end_image\":\"" URL "\"", NULL },
  { "last-twice", "model=minimax-h3\n" LAST "\n" LAST, NULL, NULL,
      "two last images" },
  { "last-no-url", "model=minimax-h3\nlast-image-url=/a.png", NULL, NULL,
      "last-image-url|last-image-location" },
  { "references",
      "model=bytedance-seedance-2-0\n" REFERENCE "1\n" REFERENCE "2", NULL,
      "\"reference_images\":[\"" URL "1\",\"" URL "2\"]", NULL },
  { "references-luma", "model=luma/agent/ray/v3.2\n" REFERENCE, NULL,
      "\"reference_image_urls\":[\"" URL "\"]", NULL },
  { "references-kling", "model=kling-video-o1\n" REFERENCE, NULL,
      "\"referenceImages\":[\"" URL "\"]", NULL },
  { "references-listed", "model=acme\n" REFERENCE, "{\"reference_images\":{}}",
      "\"reference_images\":[\"" URL "\"]", NULL },
  { "references-unlisted", "model=acme\n" REFERENCE, "{}", NULL,
      "acme|reference-images|luma/agent/ray/v3.2|parameters" },
  { "references-too-many",
      "model=luma/agent/ray/v3.2\n" REFERENCE "\n" REFERENCE "\n" REFERENCE
      "\n" REFERENCE "\n" REFERENCE,
      NULL, NULL, "at most 4|reference-images|5" },
  { "image-listed", "model=acme\nimage-url=" URL, "{\"image\":{}}",
      "\"image\":\"" URL "\"", NULL },
  { "image-both-listed", "model=acme\nimage-url=" URL,
      "{\"image\":{},\"imageDataUrl\":{}}", "\"imageUrl\":\"" URL "\"", NULL },
  { "image-unlisted", "model=acme\nimage-url=" URL, "{}",
      "\"imageUrl\":\"" URL "\"", NULL },
  { "video", "model=minimax-h3\n" VIDEO, NULL, "\"videoUrl\":\"" URL "\"",
      NULL },
  { "video-table", "model=wan-wavespeed-25-extend\n" VIDEO, NULL,
      "\"video\":\"" URL "\"", NULL },
  { "video-listed", "model=acme\n" VIDEO, "{\"video\":{}}",
      "\"video\":\"" URL "\"", NULL },
  { "video-resolution", "model=video-upscaler\nresolution=4k\n" VIDEO, NULL,
      "\"target_resolution\":\"4k\"", NULL },
  { "video-required", "model=video-upscaler\nprompt=x", NULL, NULL,
      "video-upscaler|video-url|video-location" },
  { "video-any-extend", "model=acme-extend\nprompt=x", NULL, NULL,
      "video-url" },
  { "sound", "model=acme\n" SOUND, "{\"audio\":{\"type\":\"switch\"}}",
      "\"audioUrl\":\"" URL "\"", NULL },
  { "sound-listed", "model=acme\n" SOUND, "{\"audio\":{\"type\":\"text\"}}",
      "\"audio\":\"" URL "\"", NULL },
  { "operation", "model=minimax-h3\noperation=video-edit\n" VIDEO, NULL,
      "\"mode\":\"video-edit\"", NULL },
  { "switch", "model=veo3-video\nprompt=x\ngenerate-audio=true", NULL,
      "\"generateAudio\":true", NULL },
  { "switch-seedance",
      "model=bytedance/seedance-2.5\nprompt=x\ngenerate-audio=false", NULL,
      "\"generate_audio\":false", NULL },
  { "switch-kling", "model=kling-v26-pro\nprompt=x\ngenerate-audio=true", NULL,
      "\"sound\":true", NULL },
  { "switch-listed", "model=acme\nprompt=x\ngenerate-audio=true",
      "{\"enable_audio\":{}}", "\"enable_audio\":true", NULL },
  { "switch-replaced",
      "model=acme\nprompt=x\ngenerate-audio=true\nparameters={\"sound\":false}",
      "{\"sound\":{}}", "\"prompt\":\"x\",\"sound\":false}", NULL },
  { "last-removed",
      "model=acme\nprompt=x\n" LAST "\nparameters={\"end_image\":null}",
      "{\"end_image\":{}}", "{\"end_image\":null,\"model\"", NULL },
  { "switch-complete", "prompt=x\ngenerate-audio=true",
      "{\"generate_audio\":{}}", "\"generate_audio\":true", NULL },
  { "switch-unlisted", "model=acme\nprompt=x\ngenerate-audio=true", "{}",
      "\"generateAudio\":true", NULL },
};

static void
check_words (const char *text, const char *list)
{
  g_auto (GStrv) words = g_strsplit (list, "|", -1);

  g_test_message ("%s", text);
  for (guint i = 0; words[i]; i++)
    g_assert_nonnull (strstr (text, words[i]));
}

static void
test_name (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (GError) error = NULL;
  g_autoptr (NanogptRequest) request =
      request_from_text (cases[i].given, NULL, &error);
  g_autofree char *body = NULL;
  g_autofree char *digest = NULL;

  if (request) {
    digest = g_strdup (nanogpt_request_get_digest (request));
    body = dup_submitted (request, cases[i].listing, &error);
    g_assert_cmpstr (digest, ==, nanogpt_request_get_digest (request));
  }
  if (cases[i].has) {
    g_assert_no_error (error);
    g_assert_nonnull (strstr (body, cases[i].has));
    return;
  }
  g_assert_null (body);
  g_assert_error (error, NANOGPT_ERROR, INVALID);
  check_words (error->message, cases[i].words);
}

/* Each input changes the digest, and so does the order of references. */
static void
test_digest (void)
{
  static const char *const given[] = {
    "prompt=x",
    "prompt=x\n" LAST,
    "prompt=x\n" LAST "2",
    "prompt=x\n" REFERENCE "1\n" REFERENCE "2",
    "prompt=x\n" REFERENCE "2\n" REFERENCE "1",
    "prompt=x\n" REFERENCE "1",
    "prompt=x\n" VIDEO,
    "prompt=x\n" SOUND,
    "prompt=x\noperation=auto",
    "prompt=x\noperation=video-edit",
    "prompt=x\ngenerate-audio=true",
    "prompt=x\ngenerate-audio=false",
    "prompt=x\nparameters={\"last_image\":\"" URL "\"}",
    "prompt=x\nparameters={\"videoUrl\":\"" URL "\"}",
  };
  g_autoptr (GHashTable) digests =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (given); i++) {
    g_autofree char *text = g_strconcat ("model=acme\n", given[i], NULL);
    g_autoptr (GError) error = NULL;
    g_autoptr (NanogptRequest) request = request_from_text (text, NULL, &error);

    g_assert_no_error (error);
    g_test_message ("%s", given[i]);
    g_assert_true (g_hash_table_add (
        digests, g_strdup (nanogpt_request_get_digest (request))));
  }
}

static NanogptMedia *
make_file (NanogptMediaRole role, const char *head, gsize size, double seconds)
{
  guint8 *data = g_malloc0 (size);
  g_autoptr (GBytes) bytes = NULL;

  memcpy (data, head, strlen (head));
  bytes = g_bytes_new_take (data, size);
  return nanogpt_media_new_data (role, bytes, NULL, seconds);
}

static void
test_types (void)
{
  static const struct
  {
    NanogptMediaRole role;
    const char *bytes;
    const char *type;
  } rows[] = {
    { NANOGPT_MEDIA_VIDEO, "....ftypisom", "video/mp4" },
    { NANOGPT_MEDIA_VIDEO, "....ftypqt  ", "video/quicktime" },
    { NANOGPT_MEDIA_VIDEO, "....moov", "video/quicktime" },
    { NANOGPT_MEDIA_VIDEO, "\x1a\x45\xdf\xa3....\x42\x82\x84webm",
        "video/webm" },
    { NANOGPT_MEDIA_VIDEO, "\x1a\x45\xdf\xa3....\x42\x82\x88matroska",
        "video/x-matroska" },
    { NANOGPT_MEDIA_VIDEO, "<html>", NULL },
    { NANOGPT_MEDIA_VIDEO, "RIFF....WAVE", NULL },
    { NANOGPT_MEDIA_AUDIO, "RIFF....WAVE", "audio/wav" },
    { NANOGPT_MEDIA_AUDIO, "ID3\x04", "audio/mpeg" },
    { NANOGPT_MEDIA_AUDIO, "\xff\xfb\x90", "audio/mpeg" },
    { NANOGPT_MEDIA_AUDIO, "\xff\xf1\x50", NULL },
    { NANOGPT_MEDIA_AUDIO, "OggS", "audio/ogg" },
    { NANOGPT_MEDIA_AUDIO, "....ftypM4A ", "audio/mp4" },
    { NANOGPT_MEDIA_LAST_IMAGE, "\xff\xd8\xff", "image/jpeg" },
    { NANOGPT_MEDIA_REFERENCE_IMAGE, "RIFF....WEBP", "image/webp" },
    { NANOGPT_MEDIA_REFERENCE_IMAGE, "GIF89a", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GBytes) bytes =
        g_bytes_new_static (rows[i].bytes, strlen (rows[i].bytes));

    g_assert_cmpstr (
        nanogpt_media_get_type (rows[i].role, bytes), ==, rows[i].type);
  }
}

/* The data that is sent inline, with its type and its duration. */
static void
test_inline (void)
{
  g_autoptr (NanogptParameters) parameters =
      parameters_from_text ("model=latentsync\nprompt=");
  g_autoptr (GPtrArray) media =
      g_ptr_array_new_with_free_func ((GDestroyNotify)nanogpt_media_unref);
  g_autoptr (GError) error = NULL;
  g_autoptr (NanogptRequest) request = NULL;
  g_autofree char *body = NULL;

  g_ptr_array_add (
      media, make_file (NANOGPT_MEDIA_VIDEO, "....ftypisom", 30, 12.5));
  g_ptr_array_add (
      media, make_file (NANOGPT_MEDIA_AUDIO, "RIFF....WAVE", 30, 3.25));
  request = nanogpt_request_new (parameters, media, &error);
  g_assert_no_error (error);
  body = dup_submitted (request, NULL, &error);
  g_assert_nonnull (strstr (body, "\"audioDuration\":3.25"));
  g_assert_nonnull (strstr (body, "\"audioDataUrl\":\"data:audio/wav;base64,"));
  g_assert_nonnull (strstr (body, "\"videoDataUrl\":\"data:video/mp4;base64,"));
  g_assert_cmpstr (nanogpt_request_get_kind (request), ==,
      "latentsync audioDuration=3.25 source-audio=3.25 source-video=12.5");
}

static NanogptMedia *
load_with_length (
    const char *path G_GNUC_UNUSED, gpointer data, GError **error G_GNUC_UNUSED)
{
  const char *head = data;

  return make_file (NANOGPT_MEDIA_VIDEO, head, 40, 7.5);
}

/* The type of a file in parameters is determined by its field, not by its contents. */
static void
test_named_files (void)
{
  g_autoptr (NanogptParameters) parameters = parameters_from_text (
      "model=acme\nprompt=x\nparameters={\"audioDataUrl\":\"file:///a.m4a\"}");
  g_autoptr (GError) error = NULL;
  g_autoptr (NanogptRequest) request = NULL;
  g_autofree char *body = NULL;

  parameters->load_media = load_with_length;
  parameters->load_media_data = (char *)"....ftypisom";
  request = nanogpt_request_new (parameters, NULL, &error);
  g_assert_no_error (error);
  body = dup_text (nanogpt_request_get_body (request));
  g_assert_nonnull (strstr (body, "\"audioDataUrl\":\"data:audio/mp4;base64,"));
  g_assert_nonnull (strstr (body, "\"audioDuration\":7.5"));

  g_clear_pointer (&request, nanogpt_request_unref);
  parameters->load_media_data = (char *)"\x1a\x45\xdf\xa3....webm";
  request = nanogpt_request_new (parameters, NULL, &error);
  g_assert_null (request);
  g_assert_error (error, NANOGPT_ERROR, INVALID);
  check_words (error->message, "a.m4a|WAV");
}

static gsize
get_room (GPtrArray *media)
{
  g_autoptr (NanogptParameters) parameters =
      parameters_from_text ("model=minimax-h3\nprompt=x");
  g_autoptr (GError) error = NULL;
  g_autoptr (NanogptRequest) request =
      nanogpt_request_new (parameters, media, &error);

  g_assert_no_error (error);
  return nanogpt_request_get_room (request);
}

static void
test_share (void)
{
  g_autoptr (NanogptParameters) parameters =
      parameters_from_text ("model=minimax-h3\nprompt=x");
  g_autoptr (GPtrArray) fixed =
      g_ptr_array_new_with_free_func ((GDestroyNotify)nanogpt_media_unref);
  const gsize sizes[] = { 100, 5000000, G_MAXSIZE };
  gsize limits[3];
  g_autoptr (GError) error = NULL;

  g_assert_true (nanogpt_media_share_upload (
      NULL, NANOGPT_MEDIA_MAX_DATA_URLS, &sizes[1], limits, 1, &error));
  g_assert_cmpuint (limits[0], ==, NANOGPT_IMAGE_MAX_SIZE);

  g_ptr_array_add (
      fixed, make_file (NANOGPT_MEDIA_VIDEO, "....ftypisom", 1500000, 1));
  g_assert_true (nanogpt_media_share_upload (
      fixed, get_room (fixed), sizes, limits, 3, &error));
  g_assert_cmpuint (limits[0], ==, 100);
  g_assert_cmpuint (limits[1], ==, limits[2]);
  g_assert_cmpuint (limits[1], >, 740000);
  for (guint i = 0; i < 3; i++) {
    g_ptr_array_add (fixed,
        make_file (
            NANOGPT_MEDIA_REFERENCE_IMAGE, "\xff\xd8\xff", limits[i], -1));
    get_room (fixed);
  }
  g_ptr_array_add (fixed, make_file (NANOGPT_MEDIA_AUDIO, "OggS", 1600000, 1));
  g_assert_null (nanogpt_request_new (parameters, fixed, &error));
  g_assert_error (error, NANOGPT_ERROR, NANOGPT_ERROR_UPLOAD_TOO_LARGE);
  check_words (
      error->message, "video 1500000|audio 1600000|video-url|audio-url");
  g_clear_error (&error);
  g_ptr_array_add (
      fixed, nanogpt_media_new_planned (NANOGPT_MEDIA_LAST_IMAGE, 5000000));
  g_assert_false (
      nanogpt_media_share_upload (fixed, 5000, sizes, limits, 3, &error));
  check_words (
      error->message, "video 1500000|audio 1600000|last-image 5000000");
}

/* The contents of other fields reduce the room for media, as data or as text. */
static void
test_room (void)
{
  g_autofree char *data = g_strnfill (3000000, 'A');
  g_autofree char *field = g_strdup_printf (
      "parameters={\"swapImage\":[{\"url\":\"data:image/png;base64,%s\"}]}",
      data);
  g_autofree char *prompt = g_strdup_printf ("prompt=%s", data);
  g_autoptr (GError) error = NULL;
  const struct
  {
    const char *given;
    gsize least, most;
  } cases[] = { { "prompt=x", 4000000, 4000000 }, { prompt, 1399000, 1400000 },
    { field, 999000, 1000000 } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *given =
        g_strconcat ("model=minimax-h3\n", cases[i].given, NULL);
    g_autoptr (NanogptParameters) parameters = parameters_from_text (given);
    g_autoptr (GPtrArray) media =
        g_ptr_array_new_with_free_func ((GDestroyNotify)nanogpt_media_unref);
    g_autoptr (NanogptRequest) request = NULL;

    g_ptr_array_add (
        media, nanogpt_media_new_planned (NANOGPT_MEDIA_IMAGE, 5000000));
    request = nanogpt_request_new (parameters, media, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (nanogpt_request_get_room (request), >=, cases[i].least);
    g_assert_cmpuint (nanogpt_request_get_room (request), <=, cases[i].most);
  }
}

/* The limit for all fields applies to each field, wherever its value comes from. */
static void
test_verbatim (void)
{
  g_autofree char *data = g_strnfill (2000000, 'A');
  g_autofree char *given =
      g_strdup_printf ("model=minimax-h3\nprompt=x\nparameters={"
                       "\"swapImage\":\"data:image/png;base64,%s\","
                       "\"targetVideo\":\"data:video/mp4;base64,%s\"}",
          data, data);
  g_autoptr (NanogptParameters) parameters = parameters_from_text (given);
  g_autoptr (GError) error = NULL;

  g_assert_null (nanogpt_request_new (parameters, NULL, &error));
  g_assert_error (error, NANOGPT_ERROR, NANOGPT_ERROR_UPLOAD_TOO_LARGE);
  check_words (error->message, "other fields 40000");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strdup_printf ("/media/name/%s", cases[i].name);

    g_test_add_data_func (path, GUINT_TO_POINTER (i), test_name);
  }
  g_test_add_func ("/media/digest", test_digest);
  g_test_add_func ("/media/types", test_types);
  g_test_add_func ("/media/inline", test_inline);
  g_test_add_func ("/media/named-files", test_named_files);
  g_test_add_func ("/media/share", test_share);
  g_test_add_func ("/media/room", test_room);
  g_test_add_func ("/media/verbatim", test_verbatim);
  return g_test_run ();
}
