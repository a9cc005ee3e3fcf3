/* nanovid: one of many inputs on its way to a clip
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "gstnanovidformers.h"
#include "gstnanovidreader.h"

G_BEGIN_DECLS

/**
 * GstNanovidEntry:
 * @place: which input it is
 * @duration: the input's, which may be unknown
 * @segment: the input's
 * @reader: (nullable): the job
 * @former: (nullable): what is to be remembered of the job
 * @request: (nullable): what the job was asked for with
 * @settings: (nullable): and how
 * @all_outputs: whether every result of the job is to leave
 * @further: (nullable): the results after the first, once it is known that there
 *   are some, and they are to leave
 * @n_left: how many results have left
 * @interrupted: whether one of them may not have arrived downstream
 * @error: (nullable): why there is no job
 * @fatal: whether no later input could do better
 *
 * Has either a job or an error.  Reference counted.
 */
typedef struct
{
  GstNanovidPlace place;
  GstClockTime duration;
  GstSegment segment;
  GstNanovidReader *reader;
  GstNanovidFormer *former;
  NanogptRequest *request;
  NanogptSettings *settings;
  gboolean all_outputs;
  GPtrArray *further;
  guint n_left;
  gboolean interrupted;
  GError *error;
  gboolean fatal;
} GstNanovidEntry;

/**
 * gst_nanovid_entry_new:
 * @sample: (nullable): a whole input, with the segment it is in
 * @index: its number
 */
GstNanovidEntry *gst_nanovid_entry_new (GstSample *sample, guint64 index);
GstNanovidEntry *gst_nanovid_entry_ref (GstNanovidEntry *entry);
void gst_nanovid_entry_unref (GstNanovidEntry *entry);

/**
 * gst_nanovid_entry_start:
 * @element: (transfer none): the element that posts and pushes
 * @bell: (transfer none): the element's bell
 * @formers: (nullable): the jobs that may be resumed
 * @request: what to ask for
 * @settings: resolved settings; changed when a job is resumed
 *
 * Gives the entry a job.  Posts what the request is likely to be misunderstood
 * in.
 */
void gst_nanovid_entry_start (GstNanovidEntry *entry, GstElement *element,
    GstNanovidBell *bell, GstNanovidFormers *formers, NanogptRequest *request,
    NanogptSettings *settings);

/**
 * gst_nanovid_entry_deliver:
 *
 * All results that were to leave have arrived downstream.  Does not wait for the
 * cache.
 */
void gst_nanovid_entry_deliver (
    GstNanovidEntry *entry, GstNanovidFormers *formers);

/**
 * gst_nanovid_entries_stop:
 *
 * Ends the wait for their jobs, in the time that one takes.
 */
void gst_nanovid_entries_stop (GstNanovidEntry *const *entries, guint n_entries,
    GstNanovidFormers *formers);

/**
 * gst_nanovid_entry_get_job:
 *
 * Returns: (transfer none) (nullable): the job, if it came to one
 */
NanogptJob *gst_nanovid_entry_get_job (const GstNanovidEntry *entry);

/**
 * gst_nanovid_entry_start_further:
 * @outputs: how many results the job has
 *
 * Has all other results fetched, if they are to leave and are not fetched yet.
 */
void gst_nanovid_entry_start_further (GstNanovidEntry *entry,
    GstElement *element, GstNanovidBell *bell, guint outputs);

/**
 * gst_nanovid_entry_get_reader:
 *
 * Returns: (transfer none): of the result that is to leave next
 */
GstNanovidReader *gst_nanovid_entry_get_reader (const GstNanovidEntry *entry);

/**
 * gst_nanovid_entry_create_buffer:
 * @bytes: (transfer none): the result that leaves
 */
GstBuffer *gst_nanovid_entry_create_buffer (
    GstNanovidEntry *entry, GBytes *bytes);

/**
 * gst_nanovid_entry_has_left:
 *
 * Returns: whether every result that is to leave has
 */
gboolean gst_nanovid_entry_has_left (const GstNanovidEntry *entry);

/**
 * gst_nanovid_entries_count_under_way:
 * @entries: (element-type GstNanovidEntry): entries
 *
 * Returns: how many jobs are not complete
 */
guint gst_nanovid_entries_count_under_way (GPtrArray *entries);

/**
 * gst_nanovid_entries_ref:
 * @queue: (element-type GstNanovidEntry): entries
 *
 * Returns: (transfer full) (element-type GstNanovidEntry): the same
 */
GPtrArray *gst_nanovid_entries_ref (const GQueue *queue);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstNanovidEntry, gst_nanovid_entry_unref)

G_END_DECLS
