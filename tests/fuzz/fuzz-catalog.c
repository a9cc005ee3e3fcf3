/* nanovid: the service's listing of models and its prices, fuzzed
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"

#include <math.h>

#include "nanogpt/pricing/catalog-check.h"
#include "nanogpt/base/error.h"
#include "nanogpt/pricing/price.h"
#include "nanogpt/base/text.h"

/* Requests that set most of the fields of a listing. */
static NanogptRequest *
make_request (const char *model, const char *image_url)
{
  g_autoptr (NanogptParameters) parameters = nanogpt_parameters_new ();
  g_autoptr (GPtrArray) media =
      g_ptr_array_new_with_free_func ((GDestroyNotify)nanogpt_media_unref);
  g_autoptr (GError) error = NULL;
  NanogptRequest *request;

  g_free (parameters->model);
  parameters->model = g_strdup (model);
  parameters->prompt = g_strdup ("a lighthouse at dusk");
  parameters->resolution = g_strdup ("720p");
  if (image_url)
    g_ptr_array_add (
        media, nanogpt_media_new_url (NANOGPT_MEDIA_IMAGE, image_url));
  parameters->duration = 5;
  parameters->extra = g_strdup ("{\"sound\":true,\"pro\":true}");
  request = nanogpt_request_new (parameters, media, &error);
  g_assert_no_error (error);
  return request;
}

static void
check_warnings (const NanogptCatalog *catalog, const NanogptRequest *request)
{
  g_autoptr (GPtrArray) warnings = nanogpt_catalog_check (catalog, request);

  g_assert_cmpuint (warnings->len, <=, NANOGPT_CATALOG_MAX_WARNINGS);
  for (guint i = 0; i < warnings->len; i++) {
    g_assert_nonnull (warnings->pdata[i]);
    fuzz_assert_shown (warnings->pdata[i], 2 * NANOGPT_TEXT_MAX);
  }
}

static void
check_price (const NanogptCatalog *catalog, const NanogptRequest *request)
{
  g_autofree char *how = NULL;
  NanogptMicros usd = NANOGPT_MONEY_UNKNOWN;
  gboolean known = nanogpt_price_estimate (catalog, request, &usd, &how);

  g_assert_cmpint (known, ==, usd >= 0);
  g_assert_nonnull (how);
  fuzz_assert_shown (how, 2 * NANOGPT_TEXT_MAX);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static const struct
  {
    const char *model;
    const char *image_url;
  } requests[] = {
    { "seedance-lite-video", NULL },
    { "kling-video-v2", "https://example.com/a.png" },
  };
  g_autoptr (GBytes) body = g_bytes_new_static (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (NanogptCatalog) catalog = nanogpt_catalog_parse (body, &error);

  fuzz_assert_one (catalog, error, NANOGPT_ERROR, NANOGPT_ERROR_BAD_RESPONSE);
  for (guint i = 0; catalog && i < G_N_ELEMENTS (requests); i++) {
    g_autoptr (NanogptRequest) request =
        make_request (requests[i].model, requests[i].image_url);

    check_warnings (catalog, request);
    check_price (catalog, request);
  }
  return 0;
}
