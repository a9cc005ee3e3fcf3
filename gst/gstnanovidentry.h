/* nanovid: one of many inputs on its way to a clip
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "gstnanovidformers.h"
#include "gstnanovidreader.h"

G_BEGIN_DECLS

/**
 * GstNanovidEntry:
 * @place: position of the input
 * @duration: duration of the input, which may be unknown
 * @segment: segment of the input
 * @reader: (nullable): the job
 * @former: (nullable): what to remember of the job
 * @request: (nullable): the request of the job
 * @settings: (nullable): the settings of the job
 * @all_outputs: whether every result of the job is pushed
 * @further: (nullable): the results after the first, once it is known that
 *   there are any and if they are to be pushed
 * @n_left: how many results were pushed
 * @interrupted: whether one of them may not have reached downstream
 * @error: (nullable): why there is no job
 * @fatal: whether every later input would fail as well
 *
 * An entry has either a job or an error.  It is reference counted.
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
 * @sample: (nullable): a complete input with its segment
 * @index: the number of the input
 */
GstNanovidEntry *gst_nanovid_entry_new (GstSample *sample, guint64 index);
GstNanovidEntry *gst_nanovid_entry_ref (GstNanovidEntry *entry);
void gst_nanovid_entry_unref (GstNanovidEntry *entry);

/**
 * gst_nanovid_entry_start:
 * @element: (transfer none): the element that posts messages and pushes buffers
 * @bell: (transfer none): the element's bell
 * @formers: (nullable): jobs that can be resumed
 * @request: the request
 * @settings: resolved settings; modified when a job is resumed
 *
 * Starts a job for the entry.  Posts warnings about parts of the request that
 * are likely to be misunderstood.
 */
void gst_nanovid_entry_start (GstNanovidEntry *entry, GstElement *element,
    GstNanovidBell *bell, GstNanovidFormers *formers, NanogptRequest *request,
    NanogptSettings *settings);

/**
 * gst_nanovid_entry_deliver:
 *
 * Marks all pushed results of the entry as delivered.  Does not wait for the
 * cache.
 */
void gst_nanovid_entry_deliver (
    GstNanovidEntry *entry, GstNanovidFormers *formers);

/**
 * gst_nanovid_entries_stop:
 *
 * Stops waiting for the jobs of all entries.  Takes no longer than stopping one
 * job.
 */
void gst_nanovid_entries_stop (GstNanovidEntry *const *entries, guint n_entries,
    GstNanovidFormers *formers);

/**
 * gst_nanovid_entry_get_job:
 *
 * Returns: (transfer none) (nullable): the job, if there is one
 */
NanogptJob *gst_nanovid_entry_get_job (const GstNanovidEntry *entry);

/**
 * gst_nanovid_entry_start_further:
 * @outputs: the number of results of the job
 *
 * Starts fetching all other results, if they are to be pushed and are not being
 * fetched yet.
 */
void gst_nanovid_entry_start_further (GstNanovidEntry *entry,
    GstElement *element, GstNanovidBell *bell, guint outputs);

/**
 * gst_nanovid_entry_get_reader:
 *
 * Returns: (transfer none): the reader of the next result to push
 */
GstNanovidReader *gst_nanovid_entry_get_reader (const GstNanovidEntry *entry);

/**
 * gst_nanovid_entry_create_buffer:
 * @bytes: (transfer none): the result to push
 */
GstBuffer *gst_nanovid_entry_create_buffer (
    GstNanovidEntry *entry, GBytes *bytes);

/**
 * gst_nanovid_entry_has_left:
 *
 * Returns: whether every result that is to be pushed was pushed
 */
gboolean gst_nanovid_entry_has_left (const GstNanovidEntry *entry);

/**
 * gst_nanovid_entries_count_under_way:
 * @entries: (element-type GstNanovidEntry): entries
 *
 * Returns: the number of jobs that are not complete
 */
guint gst_nanovid_entries_count_under_way (GPtrArray *entries);

/**
 * gst_nanovid_entries_ref:
 * @queue: (element-type GstNanovidEntry): entries
 *
 * Returns: (transfer full) (element-type GstNanovidEntry): an array of new
 *   references to the entries
 */
GPtrArray *gst_nanovid_entries_ref (const GQueue *queue);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstNanovidEntry, gst_nanovid_entry_unref)

G_END_DECLS
