/* nanovid: which prompts of a film are to be asked for anew
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * GstNanovidForgotten:
 *
 * What is forgotten while a film plays counts from the next start on.  Not locked.
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
 * What was added counts.
 */
void gst_nanovid_forgotten_begin (GstNanovidForgotten *forgotten);

/**
 * gst_nanovid_forgotten_take:
 * @index: number of a prompt, one more with each call
 *
 * Returns: whether it is to be asked for anew, which is said once
 */
gboolean gst_nanovid_forgotten_take (
    GstNanovidForgotten *forgotten, guint64 index);

G_END_DECLS
