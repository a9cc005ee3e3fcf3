/* nanovid: nanovid-jobs: synchronous calls of the store
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "ask.h"

static void
on_store_result (
    GObject *source G_GNUC_UNUSED, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **)data = g_object_ref (result);
}

static void
await (GAsyncResult **result)
{
  while (!*result)
    g_main_context_iteration (NULL, TRUE);
}

GPtrArray *
ask_list (NanogptStore *store, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  nanogpt_store_list_async (store, on_store_result, &result);
  await (&result);
  return nanogpt_store_list_finish (store, result, error);
}

GPtrArray *
ask_sums (NanogptStore *store, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  nanogpt_store_get_sums_async (store, 0, on_store_result, &result);
  await (&result);
  return nanogpt_store_list_finish (store, result, error);
}

gboolean
ask_forget (NanogptStore *store, const char *id, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  nanogpt_store_forget_async (store, id, on_store_result, &result);
  await (&result);
  return nanogpt_store_forget_finish (store, result, error);
}
