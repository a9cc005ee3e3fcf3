/* nanovid: one prompt of a film: a text or a picture, with options of its own
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * GstNanovidPrompt:
 * @number: its number, from 0
 * @text: (nullable): replaces the property `prompt`
 * @options: (nullable): request properties for this prompt only
 * @sample: (nullable): a picture, frame or text that replaces those
 * @error: (nullable): an error in the domain %NANOGPT_ERROR that makes the
 *   prompt unusable
 * @epoch: the part of the pad's stream between flushes that it came from, 0 for
 *   none
 */
typedef struct
{
  guint64 number;
  char *text;
  GstStructure *options;
  GstSample *sample;
  GError *error;
  guint epoch;
} GstNanovidPrompt;

/**
 * gst_nanovid_prompt_new:
 *
 * Returns: (transfer full): an empty prompt with number 0
 */
GstNanovidPrompt *gst_nanovid_prompt_new (void);
void gst_nanovid_prompt_free (GstNanovidPrompt *prompt);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstNanovidPrompt, gst_nanovid_prompt_free)

G_END_DECLS
