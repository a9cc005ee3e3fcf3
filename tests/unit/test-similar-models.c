/* nanovid: tests of suggestions for unknown models
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "nanogpt/pricing/similar-models.h"

#include <string.h>

#include "fixture/env.h"

static NanogptCatalog *
make_catalog (void)
{
  static const char body[] = "{\"data\":[{\"id\":\"newvideo-3-pro\"},"
                             "{\"id\":\"newvideo-3\"},{\"id\":\"other\"}]}";
  g_autoptr (GBytes) bytes = g_bytes_new_static (body, sizeof body - 1);
  GError *error = NULL;
  NanogptCatalog *catalog = nanogpt_catalog_parse (bytes, &error);

  g_assert_no_error (error);
  return catalog;
}

static void
test_listed (void)
{
  g_autoptr (NanogptCatalog) catalog = make_catalog ();
  g_autofree char *similar = nanogpt_similar_models_find (catalog, "NewVideo3");

  g_assert_cmpstr (similar, ==, "newvideo-3, newvideo-3-pro");
  g_assert_null (nanogpt_similar_models_find (catalog, "newvideo-3"));
}

static void
test_documented (void)
{
  g_autofree char *similar = nanogpt_similar_models_find (NULL, "veo3");

  g_assert_nonnull (similar);
  g_assert_nonnull (strstr (similar, "veo3-"));
  g_assert_null (nanogpt_similar_models_find (NULL, "seedance-lite-video"));
  g_assert_null (nanogpt_similar_models_find (NULL, "zzz"));
  g_assert_null (nanogpt_similar_models_find (NULL, ""));
}

int
main (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  g_test_add_func ("/similar-models/listed", test_listed);
  g_test_add_func ("/similar-models/documented", test_documented);
  return g_test_run ();
}
