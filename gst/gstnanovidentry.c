/* nanovid: one of many inputs on its way to a clip
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstnanovidentry.h"

GstNanovidEntry *
gst_nanovid_entry_new (GstSample *sample, guint64 index)
{
  GstNanovidEntry *self = g_atomic_rc_box_new0 (GstNanovidEntry);
  GstBuffer *buffer;
  const GstSegment *segment;

  self->place.index = index;
  self->place.pts = self->duration = GST_CLOCK_TIME_NONE;
  gst_segment_init (&self->segment, GST_FORMAT_TIME);
  if (!sample)
    return self;

  buffer = gst_sample_get_buffer (sample);
  segment = gst_sample_get_segment (sample);
  self->place.pts = GST_BUFFER_PTS (buffer);
  self->duration = GST_BUFFER_DURATION (buffer);
  if (segment->format == GST_FORMAT_TIME)
    self->segment = *segment;
  return self;
}

GstNanovidEntry *
gst_nanovid_entry_ref (GstNanovidEntry *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear_entry (gpointer data)
{
  GstNanovidEntry *self = data;

  g_clear_pointer (&self->reader, gst_nanovid_reader_unref);
  g_clear_pointer (&self->former, gst_nanovid_former_free);
  g_clear_pointer (&self->further, g_ptr_array_unref);
  g_clear_pointer (&self->request, nanogpt_request_unref);
  g_clear_pointer (&self->settings, nanogpt_settings_free);
  g_clear_error (&self->error);
}

void
gst_nanovid_entry_unref (GstNanovidEntry *self)
{
  g_atomic_rc_box_release_full (self, clear_entry);
}

void
gst_nanovid_entry_start (GstNanovidEntry *self, GstElement *element,
    GstNanovidBell *bell, GstNanovidFormers *formers, NanogptRequest *request,
    NanogptSettings *settings)
{
  NanogptJob *job;

  if (self->all_outputs)
    settings->output_index = 0;
  job = formers ? gst_nanovid_formers_create_job (formers, request, settings)
                : nanogpt_job_new (request, settings);
  self->reader = gst_nanovid_reader_new (element, bell, job);
  /* A cache keeps delivered clips, and the journal keeps unfinished jobs;
   * without one of them, remember the job here. */
  if (!settings->cache_dir || !settings->resume)
    self->former = gst_nanovid_former_new (request, settings);
  self->request = nanogpt_request_ref (request);
  self->settings = nanogpt_settings_copy (settings);
  gst_nanovid_post_request_warnings (element, request);
  gst_nanovid_reader_start (
      self->reader, nanogpt_request_get_prompt (request), settings);
}

/* Remembers a job that has ended or was stopped. */
static void
remember_job (
    GstNanovidEntry *self, GstNanovidFormers *formers, gboolean delivered)
{
  if (self->former)
    gst_nanovid_formers_add (formers, g_steal_pointer (&self->former),
        gst_nanovid_entry_get_job (self), delivered);
}

/* Delivers the first job last, since it owns the entry in the journal. */
void
gst_nanovid_entry_deliver (GstNanovidEntry *self, GstNanovidFormers *formers)
{
  for (guint i = 0; self->further && i < self->further->len; i++)
    gst_nanovid_reader_deliver (
        self->further->pdata[i], nanogpt_job_deliver_soon);
  gst_nanovid_reader_deliver (self->reader, nanogpt_job_deliver_soon);
  remember_job (self, formers, TRUE);
}

static void
add_jobs (const GstNanovidEntry *self, GPtrArray *jobs)
{
  if (self->reader)
    g_ptr_array_add (jobs, gst_nanovid_reader_get_job (self->reader));
  for (guint i = 0; self->further && i < self->further->len; i++)
    g_ptr_array_add (
        jobs, gst_nanovid_reader_get_job (self->further->pdata[i]));
}

void
gst_nanovid_entries_stop (GstNanovidEntry *const *entries, guint n_entries,
    GstNanovidFormers *formers)
{
  g_autoptr (GPtrArray) jobs = g_ptr_array_new ();

  for (guint i = 0; i < n_entries; i++)
    add_jobs (entries[i], jobs);
  nanogpt_jobs_stop ((NanogptJob *const *)jobs->pdata, jobs->len);
  for (guint i = 0; i < n_entries; i++)
    remember_job (entries[i], formers, FALSE);
}

NanogptJob *
gst_nanovid_entry_get_job (const GstNanovidEntry *self)
{
  return self->reader ? gst_nanovid_reader_get_job (self->reader) : NULL;
}

/* A job that was found by its run ID is found by the same ID again. */
static NanogptJob *
create_further_job (
    const GstNanovidEntry *self, const NanogptSettings *settings)
{
  if (settings->run_id)
    return nanogpt_job_new (NULL, settings);
  return nanogpt_job_new_result (
      gst_nanovid_reader_get_job (self->reader), self->request, settings);
}

void
gst_nanovid_entry_start_further (GstNanovidEntry *self, GstElement *element,
    GstNanovidBell *bell, guint outputs)
{
  if (!self->all_outputs || self->further)
    return;

  self->further =
      g_ptr_array_new_with_free_func ((GDestroyNotify)gst_nanovid_reader_unref);
  for (guint i = 1; i < outputs; i++) {
    g_autoptr (NanogptSettings) settings =
        nanogpt_settings_copy (self->settings);
    NanogptJob *job;
    GstNanovidReader *reader;

    settings->output_index = i;
    job = create_further_job (self, settings);
    if (!job)
      return;
    reader = gst_nanovid_reader_new (element, bell, job);
    g_ptr_array_add (self->further, reader);
    gst_nanovid_reader_start (
        reader, nanogpt_request_get_prompt (self->request), settings);
  }
}

GstNanovidReader *
gst_nanovid_entry_get_reader (const GstNanovidEntry *self)
{
  return self->n_left == 0 ? self->reader
                           : self->further->pdata[self->n_left - 1];
}

GstBuffer *
gst_nanovid_entry_create_buffer (GstNanovidEntry *self, GBytes *bytes)
{
  GstBuffer *buffer = gst_buffer_new_wrapped_bytes (bytes);

  GST_BUFFER_PTS (buffer) = self->place.pts;
  GST_BUFFER_DURATION (buffer) = self->duration;
  GST_BUFFER_OFFSET (buffer) = self->place.index;
  GST_BUFFER_OFFSET_END (buffer) =
      self->settings->output_index + self->n_left++;
  return buffer;
}

gboolean
gst_nanovid_entry_has_left (const GstNanovidEntry *self)
{
  return self->n_left == 1 + (self->further ? self->further->len : 0);
}

guint
gst_nanovid_entries_count_under_way (GPtrArray *entries)
{
  guint count = 0;

  for (guint i = 0; i < entries->len; i++) {
    NanogptJob *job = gst_nanovid_entry_get_job (entries->pdata[i]);
    g_autoptr (NanogptJobStatus) status =
        job ? nanogpt_job_get_status (job) : NULL;

    count += status && status->state < NANOGPT_JOB_COMPLETE;
  }
  return count;
}

GPtrArray *
gst_nanovid_entries_ref (const GQueue *queue)
{
  GPtrArray *entries =
      g_ptr_array_new_with_free_func ((GDestroyNotify)gst_nanovid_entry_unref);

  for (GList *l = queue->head; l; l = l->next)
    g_ptr_array_add (entries, gst_nanovid_entry_ref (l->data));
  return entries;
}
