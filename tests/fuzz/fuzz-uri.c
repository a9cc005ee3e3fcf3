/* nanovid: nanovid:// URIs, fuzzed
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "fuzz.h"

#include "gst/gstnanovidsrc.h"
#include "gst/gstnanoviduri.h"
#include "nanogpt/base/text.h"

static GObjectClass *
get_class (void)
{
  static GObjectClass *klass;

  if (!klass) {
    /* No plugin is needed, and scanning for plugins takes long. */
    g_setenv ("GST_REGISTRY_DISABLE", "yes", TRUE);
    g_setenv ("GST_REGISTRY_UPDATE", "no", TRUE);
    g_setenv ("GST_PLUGIN_SYSTEM_PATH_1_0", "", TRUE);
    g_setenv ("GST_PLUGIN_PATH", "", TRUE);
    g_setenv ("NANOVID_ALLOW_URI", "1", TRUE);
    gst_init (NULL, NULL);
    klass = g_type_class_ref (GST_TYPE_NANOVID_SRC);
  }
  return klass;
}

static void
assert_text (const char *text)
{
  g_assert_true (!text || g_utf8_validate (text, -1, NULL));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *uri = g_strndup ((const char *)data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstNanovidProperties) request =
      gst_nanovid_uri_parse (uri, get_class (), &error);
  const NanogptParameters *parameters;

  if (!request) {
    g_assert_true (error->domain == GST_URI_ERROR);
    fuzz_assert_shown (error->message, NANOGPT_TEXT_MAX);
    return 0;
  }
  g_assert_no_error (error);
  parameters = request->parameters;
  g_assert_nonnull (parameters->model);
  assert_text (parameters->model);
  assert_text (parameters->prompt);
  assert_text (parameters->negative_prompt);
  assert_text (parameters->aspect_ratio);
  assert_text (parameters->resolution);
  assert_text (parameters->operation);
  assert_text (request->image_url);
  assert_text (request->last_image_url);
  assert_text (request->video_url);
  assert_text (request->audio_url);
  assert_text (parameters->conversation);
  /* A URI may come from an untrusted source, so it cannot set these. */
  g_assert_null (parameters->extra);
  g_assert_null (request->image_location);
  g_assert_null (request->last_image_location);
  g_assert_null (request->video_location);
  g_assert_null (request->audio_location);
  for (guint i = 0; request->reference_images && request->reference_images[i];
       i++)
    g_assert_cmpstr (
        g_uri_peek_scheme (request->reference_images[i]), ==, "https");
  return 0;
}
