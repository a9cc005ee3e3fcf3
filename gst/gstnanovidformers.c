/* nanovid: remembers jobs of inputs that may repeat after a flush or a restart
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstnanovidformers.h"

/* Number of jobs that are remembered of each kind. */
#define MAX_FORMERS 100

struct _GstNanovidFormer
{
  char *digest; /* of the request */
  char *base_url;
  char *api_key;
  char *run_id;    /* NULL if it was still unknown at the end */
  NanogptJob *job; /* set if run_id is NULL */
};

struct _GstNanovidFormers
{
  GMutex lock;          /* guards the fields below */
  GPtrArray *kept;      /* of GstNanovidFormer: abandoned jobs */
  GPtrArray *delivered; /* of GstNanovidFormer, oldest first */
  guint n_usable;       /* delivered before the last formers_begin() */
};

GstNanovidFormer *
gst_nanovid_former_new (
    NanogptRequest *request, const NanogptSettings *settings)
{
  GstNanovidFormer *former = g_new0 (GstNanovidFormer, 1);

  former->digest = g_strdup (nanogpt_request_get_digest (request));
  former->base_url = g_strdup (settings->base_url);
  former->api_key = g_strdup (settings->api_key);
  return former;
}

void
gst_nanovid_former_free (GstNanovidFormer *former)
{
  g_free (former->digest);
  g_free (former->base_url);
  g_free (former->api_key);
  g_free (former->run_id);
  g_clear_object (&former->job);
  g_free (former);
}

static GPtrArray *
create_list (void)
{
  return g_ptr_array_new_with_free_func (
      (GDestroyNotify)gst_nanovid_former_free);
}

GstNanovidFormers *
gst_nanovid_formers_new (void)
{
  GstNanovidFormers *self = g_new0 (GstNanovidFormers, 1);

  g_mutex_init (&self->lock);
  self->kept = create_list ();
  self->delivered = create_list ();
  return self;
}

void
gst_nanovid_formers_free (GstNanovidFormers *self)
{
  g_ptr_array_unref (self->kept);
  g_ptr_array_unref (self->delivered);
  g_mutex_clear (&self->lock);
  g_free (self);
}

void
gst_nanovid_formers_add (GstNanovidFormers *self, GstNanovidFormer *former,
    NanogptJob *job, gboolean delivered)
{
  g_autoptr (GstNanovidFormer) added = former;
  g_autoptr (GstNanovidFormer) oldest = NULL;
  g_autoptr (NanogptJobStatus) status = NULL;
  g_autoptr (GMutexLocker) locker = NULL;
  GPtrArray *list;

  if (!nanogpt_job_is_collectable (job))
    return;

  status = nanogpt_job_get_status (job);
  added->run_id = g_strdup (status->run_id);
  if (!added->run_id)
    added->job = g_object_ref (job);

  locker = g_mutex_locker_new (&self->lock);
  list = delivered ? self->delivered : self->kept;
  g_ptr_array_add (list, g_steal_pointer (&added));
  if (list->len <= MAX_FORMERS)
    return;

  oldest = g_ptr_array_steal_index (list, 0);
  if (delivered && self->n_usable > 0)
    self->n_usable--;
}

void
gst_nanovid_formers_begin (GstNanovidFormers *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  self->n_usable = self->delivered->len;
}

void
gst_nanovid_formers_forget (GstNanovidFormers *self)
{
  /* Freed after the lock is released, because the last unref of a job
   * blocks. */
  g_autoptr (GPtrArray) kept = NULL;
  g_autoptr (GPtrArray) delivered = NULL;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  kept = g_steal_pointer (&self->kept);
  delivered = g_steal_pointer (&self->delivered);
  self->kept = create_list ();
  self->delivered = create_list ();
  self->n_usable = 0;
}

/* Call with the lock held. */
static GstNanovidFormer *
steal_match (GPtrArray *list, guint count, NanogptRequest *request,
    const NanogptSettings *settings)
{
  for (guint i = 0; i < count; i++) {
    const GstNanovidFormer *former = list->pdata[i];

    if (g_str_equal (former->digest, nanogpt_request_get_digest (request))
        && g_strcmp0 (former->base_url, settings->base_url) == 0
        && g_strcmp0 (former->api_key, settings->api_key) == 0)
      return g_ptr_array_steal_index (list, i);
  }
  return NULL;
}

static GstNanovidFormer *
take_former (GstNanovidFormers *self, NanogptRequest *request,
    const NanogptSettings *settings)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  GstNanovidFormer *former =
      steal_match (self->kept, self->kept->len, request, settings);

  if (former)
    return former;
  former = steal_match (self->delivered, self->n_usable, request, settings);
  if (former)
    self->n_usable--;
  return former;
}

NanogptJob *
gst_nanovid_formers_create_job (
    GstNanovidFormers *self, NanogptRequest *request, NanogptSettings *settings)
{
  g_autoptr (GstNanovidFormer) former = take_former (self, request, settings);

  if (former && former->job && nanogpt_job_is_collectable (former->job))
    return g_steal_pointer (&former->job);
  if (!former || !former->run_id)
    return nanogpt_job_new (request, settings);

  settings->run_id = g_strdup (former->run_id);
  settings->fresh = FALSE;
  return nanogpt_job_new (NULL, settings);
}
