/* nanovid: what a film is made of: prompts from a script, a pad, an application
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gst/gst.h>

#include "gst/gstnanovidbell.h"
#include "gstnanovidprompt.h"

G_BEGIN_DECLS

/**
 * GstNanovidPrompts:
 *
 * What waits to be asked for.  Prompts are taken by one thread, the feeder's; they
 * may come from any.  All functions are called without the bell's lock.
 */
typedef struct _GstNanovidPrompts GstNanovidPrompts;

/**
 * gst_nanovid_prompts_new:
 * @element: (transfer none): the element, which has the signal `need-prompt`
 * @sink_pad: (transfer none): its sink pad
 * @bell: (transfer none): is rung when there is a prompt, or will be none
 *
 * All three outlive the prompts.
 */
GstNanovidPrompts *gst_nanovid_prompts_new (
    GstElement *element, GstPad *sink_pad, GstNanovidBell *bell);
void gst_nanovid_prompts_free (GstNanovidPrompts *prompts);

/**
 * gst_nanovid_prompts_set_location:
 * @location: (nullable): the script, for the next start
 */
void gst_nanovid_prompts_set_location (
    GstNanovidPrompts *prompts, const char *location);
char *gst_nanovid_prompts_dup_location (GstNanovidPrompts *prompts);

/**
 * gst_nanovid_prompts_push:
 * @text: (nullable): the prompt
 * @options: (nullable): for this prompt alone
 *
 * Returns: its number; %G_MAXUINT64 when so many wait that it was not taken, and
 *   after the end
 */
guint64 gst_nanovid_prompts_push (
    GstNanovidPrompts *prompts, const char *text, const GstStructure *options);

/**
 * gst_nanovid_prompts_end:
 *
 * There are no more prompts than those that wait.
 */
void gst_nanovid_prompts_end (GstNanovidPrompts *prompts);

/**
 * gst_nanovid_prompts_reset:
 *
 * Drops all that waits, and begins anew with number 0.
 */
void gst_nanovid_prompts_reset (GstNanovidPrompts *prompts);

/* For the sink pad */

/**
 * gst_nanovid_prompts_push_buffer:
 * @buffer: (transfer full): a picture, a frame or a text
 *
 * Waits while the one before has not been taken.
 */
GstFlowReturn gst_nanovid_prompts_push_buffer (
    GstNanovidPrompts *prompts, GstBuffer *buffer);
void gst_nanovid_prompts_end_pad (GstNanovidPrompts *prompts);

/**
 * gst_nanovid_prompts_set_flushing:
 * @flushing: whether no buffer is taken; those that wait are dropped
 */
void gst_nanovid_prompts_set_flushing (
    GstNanovidPrompts *prompts, gboolean flushing);

/* For the feeder */

/**
 * GstNanovidPromptsOutcome:
 * @GST_NANOVID_PROMPTS_TAKEN: there was a prompt
 * @GST_NANOVID_PROMPTS_WAIT: there is none now
 * @GST_NANOVID_PROMPTS_OVER: there will be none
 * @GST_NANOVID_PROMPTS_ERROR: the script cannot be read
 */
typedef enum
{
  GST_NANOVID_PROMPTS_TAKEN,
  GST_NANOVID_PROMPTS_WAIT,
  GST_NANOVID_PROMPTS_OVER,
  GST_NANOVID_PROMPTS_ERROR,
} GstNanovidPromptsOutcome;

/**
 * GstNanovidPromptsDefault:
 * @GST_NANOVID_PROMPTS_DEFAULT_NONE: there is none
 * @GST_NANOVID_PROMPTS_DEFAULT_ONCE: it is the only one
 * @GST_NANOVID_PROMPTS_DEFAULT_AGAIN: it is asked for again and again
 *
 * What becomes of the property `prompt` when there is nothing else that could bring
 * prompts.
 */
typedef enum
{
  GST_NANOVID_PROMPTS_DEFAULT_NONE,
  GST_NANOVID_PROMPTS_DEFAULT_ONCE,
  GST_NANOVID_PROMPTS_DEFAULT_AGAIN,
} GstNanovidPromptsDefault;

/**
 * gst_nanovid_prompts_take:
 * @by_default: what to do when there is no other prompt
 * @ready: how many clips are ready, to be told with `need-prompt`
 * @prompt: (out) (transfer full): the next prompt
 * @deadline: (inout): moved forward to when to come again in any case
 * @error: return location for an error of %NANOGPT_ERROR
 *
 * Waits for the disk, but for nobody who is asked.
 */
GstNanovidPromptsOutcome gst_nanovid_prompts_take (GstNanovidPrompts *prompts,
    GstNanovidPromptsDefault by_default, guint ready, GstNanovidPrompt **prompt,
    gint64 *deadline, GError **error);

/**
 * gst_nanovid_prompts_put_back:
 * @prompt: (transfer full): what could not be asked for yet
 *
 * It is taken before all others.
 */
void gst_nanovid_prompts_put_back (
    GstNanovidPrompts *prompts, GstNanovidPrompt *prompt);

/**
 * gst_nanovid_prompts_is_current:
 *
 * Returns: whether @prompt has not been flushed out
 */
gboolean gst_nanovid_prompts_is_current (
    GstNanovidPrompts *prompts, const GstNanovidPrompt *prompt);

G_END_DECLS
