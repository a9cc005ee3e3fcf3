/* nanovid: the prompts of a film whose clips are to be requested again
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * GstNanovidForgotten:
 *
 * The prompts whose clips were forgotten.  A clip that is forgotten while a
 * film plays is requested again at the next start.  Not thread-safe.
 */
typedef struct _GstNanovidForgotten GstNanovidForgotten;

GstNanovidForgotten *gst_nanovid_forgotten_new (void);
void gst_nanovid_forgotten_free (GstNanovidForgotten *forgotten);

/**
 * gst_nanovid_forgotten_add:
 * @index: number of a prompt, or %G_MAXUINT64 for all
 */
void gst_nanovid_forgotten_add (GstNanovidForgotten *forgotten, guint64 index);

/**
 * gst_nanovid_forgotten_begin:
 *
 * Makes the prompts that were added effective.
 */
void gst_nanovid_forgotten_begin (GstNanovidForgotten *forgotten);

/**
 * gst_nanovid_forgotten_take:
 * @index: number of a prompt; increases by one with each call
 *
 * Returns: whether a new clip is to be requested; %TRUE once for each time it
 *   was forgotten
 */
gboolean gst_nanovid_forgotten_take (
    GstNanovidForgotten *forgotten, guint64 index);

G_END_DECLS
