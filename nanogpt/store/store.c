/* nanovid: NanogptStore: abstract store of journal, ledger and history
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "store.h"

G_DEFINE_ABSTRACT_TYPE (NanogptStore, nanogpt_store, G_TYPE_OBJECT)

static void
nanogpt_store_class_init (NanogptStoreClass *klass G_GNUC_UNUSED)
{
}

static void
nanogpt_store_init (NanogptStore *self G_GNUC_UNUSED)
{
}

NanogptStoreEntry *
nanogpt_store_make_entry (NanogptStore *self, NanogptStoreJob *job)
{
  return NANOGPT_STORE_GET_CLASS (self)->make_entry (self, job);
}

void
nanogpt_store_list_async (
    NanogptStore *self, GAsyncReadyCallback callback, gpointer user_data)
{
  NANOGPT_STORE_GET_CLASS (self)->list_async (self, callback, user_data);
}

void
nanogpt_store_get_sums_async (NanogptStore *self, gint64 since,
    GAsyncReadyCallback callback, gpointer user_data)
{
  NANOGPT_STORE_GET_CLASS (self)->get_sums_async (
      self, since, callback, user_data);
}

GPtrArray *
nanogpt_store_list_finish (
    NanogptStore *self, GAsyncResult *result, GError **error)
{
  return NANOGPT_STORE_GET_CLASS (self)->list_finish (self, result, error);
}

void
nanogpt_store_get_hour_async (NanogptStore *self, const char *origin,
    const char *account, const char *name, GAsyncReadyCallback callback,
    gpointer user_data)
{
  NANOGPT_STORE_GET_CLASS (self)->get_hour_async (
      self, origin, account, name, callback, user_data);
}

NanogptMicros
nanogpt_store_get_hour_finish (
    NanogptStore *self, GAsyncResult *result, GError **error)
{
  return NANOGPT_STORE_GET_CLASS (self)->get_hour_finish (self, result, error);
}

void
nanogpt_store_forget_async (NanogptStore *self, const char *id,
    GAsyncReadyCallback callback, gpointer user_data)
{
  NANOGPT_STORE_GET_CLASS (self)->forget_async (self, id, callback, user_data);
}

gboolean
nanogpt_store_forget_finish (
    NanogptStore *self, GAsyncResult *result, GError **error)
{
  return NANOGPT_STORE_GET_CLASS (self)->forget_finish (self, result, error);
}

void
nanogpt_store_get_history_async (NanogptStore *self, const char *origin,
    const char *kind, GAsyncReadyCallback callback, gpointer user_data)
{
  NANOGPT_STORE_GET_CLASS (self)->get_history_async (
      self, origin, kind, callback, user_data);
}

NanogptHistory *
nanogpt_store_get_history_finish (
    NanogptStore *self, GAsyncResult *result, GError **error)
{
  return NANOGPT_STORE_GET_CLASS (self)->get_history_finish (
      self, result, error);
}
