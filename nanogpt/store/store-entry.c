/* nanovid: NanogptStoreEntry: abstract class for the record of one job
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "store-entry.h"

G_DEFINE_ABSTRACT_TYPE (NanogptStoreEntry, nanogpt_store_entry, G_TYPE_OBJECT)

static void
nanogpt_store_entry_class_init (NanogptStoreEntryClass *klass G_GNUC_UNUSED)
{
}

static void
nanogpt_store_entry_init (NanogptStoreEntry *self G_GNUC_UNUSED)
{
}

void
nanogpt_store_job_clear (NanogptStoreJob *job)
{
  g_clear_pointer (&job->record, nanogpt_journal_record_free);
  g_clear_pointer (&job->run_id, g_free);
  g_clear_pointer (&job->kind, g_free);
  g_clear_pointer (&job->hourly_name, g_free);
}

void
nanogpt_store_entry_open_async (NanogptStoreEntry *self, gint64 date,
    GAsyncReadyCallback callback, gpointer user_data)
{
  NANOGPT_STORE_ENTRY_GET_CLASS (self)->open_async (
      self, date, callback, user_data);
}

NanogptJournalRecord *
nanogpt_store_entry_open_finish (NanogptStoreEntry *self, GAsyncResult *result,
    NanogptJournalObstacle *obstacle, GError **error)
{
  return NANOGPT_STORE_ENTRY_GET_CLASS (self)->open_finish (
      self, result, obstacle, error);
}

void
nanogpt_store_entry_begin_async (NanogptStoreEntry *self,
    NanogptMicros estimate, GAsyncReadyCallback callback, gpointer user_data)
{
  NANOGPT_STORE_ENTRY_GET_CLASS (self)->begin_async (
      self, estimate, callback, user_data);
}

void
nanogpt_store_entry_send_async (
    NanogptStoreEntry *self, GAsyncReadyCallback callback, gpointer user_data)
{
  NANOGPT_STORE_ENTRY_GET_CLASS (self)->send_async (self, callback, user_data);
}

gboolean
nanogpt_store_entry_may_send (NanogptStoreEntry *self)
{
  return NANOGPT_STORE_ENTRY_GET_CLASS (self)->may_send (self);
}

void
nanogpt_store_entry_withdraw_async (
    NanogptStoreEntry *self, GAsyncReadyCallback callback, gpointer user_data)
{
  NANOGPT_STORE_ENTRY_GET_CLASS (self)->withdraw_async (
      self, callback, user_data);
}

void
nanogpt_store_entry_accept_async (NanogptStoreEntry *self,
    const NanogptStoreCharge *charge, GAsyncReadyCallback callback,
    gpointer user_data)
{
  NANOGPT_STORE_ENTRY_GET_CLASS (self)->accept_async (
      self, charge, callback, user_data);
}

void
nanogpt_store_entry_lose_async (
    NanogptStoreEntry *self, GAsyncReadyCallback callback, gpointer user_data)
{
  NANOGPT_STORE_ENTRY_GET_CLASS (self)->lose_async (self, callback, user_data);
}

void
nanogpt_store_entry_claim_async (NanogptStoreEntry *self,
    NanogptStoreSearch search, gpointer data, GAsyncReadyCallback callback,
    gpointer user_data)
{
  NANOGPT_STORE_ENTRY_GET_CLASS (self)->claim_async (
      self, search, data, callback, user_data);
}

void
nanogpt_store_entry_close_async (
    NanogptStoreEntry *self, GAsyncReadyCallback callback, gpointer user_data)
{
  NANOGPT_STORE_ENTRY_GET_CLASS (self)->close_async (self, callback, user_data);
}

void
nanogpt_store_entry_drop_async (NanogptStoreEntry *self, gboolean charged,
    GAsyncReadyCallback callback, gpointer user_data)
{
  NANOGPT_STORE_ENTRY_GET_CLASS (self)->drop_async (
      self, charged, callback, user_data);
}

gboolean
nanogpt_store_entry_finish (
    NanogptStoreEntry *self, GAsyncResult *result, GError **error)
{
  return NANOGPT_STORE_ENTRY_GET_CLASS (self)->finish (self, result, error);
}

void
nanogpt_store_entry_set_abandoned (NanogptStoreEntry *self, gboolean abandoned)
{
  NANOGPT_STORE_ENTRY_GET_CLASS (self)->set_abandoned (self, abandoned);
}

void
nanogpt_store_entry_complete (
    NanogptStoreEntry *self, const NanogptStoreCharge *charge, double seconds)
{
  NANOGPT_STORE_ENTRY_GET_CLASS (self)->complete (self, charge, seconds);
}

gboolean
nanogpt_store_entry_deliver (NanogptStoreEntry *self, GError **error)
{
  return NANOGPT_STORE_ENTRY_GET_CLASS (self)->deliver (self, error);
}
