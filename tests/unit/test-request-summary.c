/* nanovid: which requests cost the same and take about as long
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "parameters.h"

#define LONG "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0"

/* A request, and the description of its kind. */
static const struct
{
  const char *name;
  const char *given;
  const char *kind;
} cases[] = {
  { "model", "prompt=x", "seedance-lite-video" },
  { "slashes", "prompt=x\nmodel=bytedance/seedance-2.5",
      "bytedance/seedance-2.5" },
  { "settings", "prompt=x\nresolution=480p\nduration=5",
      "seedance-lite-video duration=5 resolution=480p" },
  { "ratio", "prompt=x\nmodel=kling-video-v2\naspect-ratio=9:16",
      "kling-video-v2 aspect_ratio=9:16" },
  { "texts",
      "prompt=x\nmodel=kling-video-v2\nnegative-prompt=y\n"
      "parameters={\"script\":\"z\"}",
      "kling-video-v2" },
  { "identity",
      "prompt=x\nseed=5\nmodel=seedance-video\n"
      "conversation=0b8a1d2e-3c4f-4a5b-8c6d-7e8f9a0b1c2d",
      "seedance-video" },
  { "switches",
      "prompt=x\nmodel=hunyuan-video\npro-mode=false\n"
      "show-explicit-content=true",
      "hunyuan-video pro_mode=false showExplicitContent=true" },
  { "numbers",
      "prompt=x\nmodel=m\ncfg-scale=0.5\nnum-frames=81\n"
      "parameters={\"duration\":5}",
      "m cfg_scale=0.5 duration=5 num_frames=81" },
  { "image-url", "prompt=x\nduration=5\nimage-url=https://example.com/a.png",
      "seedance-lite-video duration=5 image" },
  { "image-inline",
      "duration=5\nparameters={\"image_data_url\":\"data:image/png;base64,AA\"}",
      "seedance-lite-video duration=5 image" },
  { "image-attachment", "parameters={\"imageAttachmentId\":\"a1\"}",
      "seedance-lite-video image" },
  { "other-media",
      "prompt=x\nparameters={\"last_image\":\"https://example.com/b.png\","
      "\"videoAttachmentId\":\"v\",\"generateAudio\":true}",
      "seedance-lite-video generateAudio=true last-image source-video" },
  { "references",
      "prompt=x\nparameters={\"reference_images\":[\"https://example.com/b.png\""
      ",{\"url\":\"https://example.com/c.png\"}]}",
      "seedance-lite-video reference-images=2" },
  { "null", "prompt=x\nparameters={\"duration\":null}", "seedance-lite-video" },
  { "list", "prompt=x\nparameters={\"a\":[1,true,\"b\"],\"c\":{\"d\":1.5}}",
      "seedance-lite-video a=[1,true,\"b\"] c={\"d\":1.5}" },
  { "long-text", "prompt=x\nparameters={\"lyrics\":\"" LONG "\"}",
      "seedance-lite-video lyrics" },
  { "escapes", "prompt=x\nparameters={\"a b\":\"c d=\\n%\",\"e=f\":\"ü\"}",
      "seedance-lite-video a%20b=c%20d=%0A%25 e%3Df=ü" },
};

static NanogptRequest *
make (const char *text)
{
  g_autoptr (GError) error = NULL;
  NanogptRequest *request = request_from_text (text, NULL, &error);

  g_assert_no_error (error);
  return request;
}

static void
test_case (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (NanogptRequest) request = make (cases[i].given);

  g_assert_cmpstr (nanogpt_request_get_kind (request), ==, cases[i].kind);
}

/* A long key is replaced with a digest, which still distinguishes kinds. */
static void
test_long (void)
{
  g_autoptr (GString) list = g_string_new ("\"a\":[0");
  g_autoptr (GString) fields = g_string_new ("\"b0\":0");
  g_autofree char *lists = NULL;
  g_autofree char *others = NULL;
  g_autofree char *many = NULL;
  g_autoptr (NanogptRequest) first = NULL;
  g_autoptr (NanogptRequest) second = NULL;
  g_autoptr (NanogptRequest) third = NULL;

  for (guint i = 1; i < 100; i++) {
    g_string_append_printf (list, ",%u", i);
    g_string_append_printf (fields, ",\"b%u\":%u", i, i);
  }
  lists = g_strdup_printf ("prompt=x\nparameters={%s]}", list->str);
  others = g_strdup_printf ("prompt=x\nparameters={%s,7]}", list->str);
  many = g_strdup_printf ("prompt=x\nparameters={%s}", fields->str);
  first = make (lists);
  second = make (others);
  third = make (many);

  g_assert_true (g_str_has_prefix (
      nanogpt_request_get_kind (first), "seedance-lite-video a=#"));
  g_assert_cmpuint (strlen (nanogpt_request_get_kind (first)), ==,
      strlen ("seedance-lite-video a=#") + 16);
  g_assert_cmpstr (
      nanogpt_request_get_kind (first), !=, nanogpt_request_get_kind (second));
  g_assert_cmpuint (strlen (nanogpt_request_get_kind (third)), ==, 17);
  g_assert_cmpint (*nanogpt_request_get_kind (third), ==, '#');
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path =
        g_strdup_printf ("/request-summary/kind/%s", cases[i].name);

    g_test_add_data_func (path, GUINT_TO_POINTER (i), test_case);
  }
  g_test_add_func ("/request-summary/long", test_long);
  return g_test_run ();
}
