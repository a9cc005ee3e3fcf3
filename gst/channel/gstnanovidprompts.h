/* nanovid: the prompts of a film, from a script, a pad or an application
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
 * A queue of prompts.  One thread, the feeder's, takes them; any thread may add
 * them.  Call all functions without the bell's lock.
 */
typedef struct _GstNanovidPrompts GstNanovidPrompts;

/**
 * gst_nanovid_prompts_new:
 * @element: (transfer none): the element with the signal `need-prompt`
 * @sink_pad: (transfer none): its sink pad
 * @bell: (transfer none): rung when a prompt arrives, or when none will
 *
 * All three must outlive the prompts.
 */
GstNanovidPrompts *gst_nanovid_prompts_new (
    GstElement *element, GstPad *sink_pad, GstNanovidBell *bell);
void gst_nanovid_prompts_free (GstNanovidPrompts *prompts);

/**
 * gst_nanovid_prompts_set_location:
 * @location: (nullable): the script file, used from the next start on
 */
void gst_nanovid_prompts_set_location (
    GstNanovidPrompts *prompts, const char *location);
char *gst_nanovid_prompts_dup_location (GstNanovidPrompts *prompts);

/**
 * gst_nanovid_prompts_push:
 * @text: (nullable): the prompt
 * @options: (nullable): options for this prompt only
 *
 * Returns: the number of the prompt; %G_MAXUINT64 if it was refused, because
 *   too many are waiting or after the end
 */
guint64 gst_nanovid_prompts_push (
    GstNanovidPrompts *prompts, const char *text, const GstStructure *options);

/**
 * gst_nanovid_prompts_end:
 *
 * Marks the end: no more prompts are added.
 */
void gst_nanovid_prompts_end (GstNanovidPrompts *prompts);

/**
 * gst_nanovid_prompts_reset:
 *
 * Drops all prompts, and restarts the numbers at 0.
 */
void gst_nanovid_prompts_reset (GstNanovidPrompts *prompts);

/* For the sink pad */

/**
 * gst_nanovid_prompts_push_buffer:
 * @buffer: (transfer full): a picture, frame or text
 *
 * Waits until the previous buffer was taken.
 */
GstFlowReturn gst_nanovid_prompts_push_buffer (
    GstNanovidPrompts *prompts, GstBuffer *buffer);
void gst_nanovid_prompts_end_pad (GstNanovidPrompts *prompts);

/**
 * gst_nanovid_prompts_set_flushing:
 * @flushing: whether buffers are refused; waiting ones are dropped
 */
void gst_nanovid_prompts_set_flushing (
    GstNanovidPrompts *prompts, gboolean flushing);

/* For the feeder */

/**
 * GstNanovidPromptsOutcome:
 * @GST_NANOVID_PROMPTS_TAKEN: there was a prompt
 * @GST_NANOVID_PROMPTS_WAIT: there is no prompt at present
 * @GST_NANOVID_PROMPTS_OVER: there will be no more prompts
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
 * @GST_NANOVID_PROMPTS_DEFAULT_NONE: it is not set
 * @GST_NANOVID_PROMPTS_DEFAULT_ONCE: it is used as the only prompt
 * @GST_NANOVID_PROMPTS_DEFAULT_AGAIN: it is used repeatedly
 *
 * How the property `prompt` is used if there is no other source of prompts.
 */
typedef enum
{
  GST_NANOVID_PROMPTS_DEFAULT_NONE,
  GST_NANOVID_PROMPTS_DEFAULT_ONCE,
  GST_NANOVID_PROMPTS_DEFAULT_AGAIN,
} GstNanovidPromptsDefault;

/**
 * gst_nanovid_prompts_take:
 * @by_default: how to use the property if there is no other source of prompts
 * @ready: number of clips that are ready, passed to `need-prompt`
 * @prompt: (out) (transfer full): the next prompt
 * @deadline: (inout): moved forward to the time at which to call again at the
 *   latest
 * @error: return location for an error of %NANOGPT_ERROR
 *
 * May block on disk access, but not on signal handlers.
 */
GstNanovidPromptsOutcome gst_nanovid_prompts_take (GstNanovidPrompts *prompts,
    GstNanovidPromptsDefault by_default, guint ready, GstNanovidPrompt **prompt,
    gint64 *deadline, GError **error);

/**
 * gst_nanovid_prompts_put_back:
 * @prompt: (transfer full): a prompt that could not be requested yet
 *
 * Puts the prompt back, so that it is taken before all others.
 */
void gst_nanovid_prompts_put_back (
    GstNanovidPrompts *prompts, GstNanovidPrompt *prompt);

/**
 * gst_nanovid_prompts_is_current:
 *
 * Returns: whether @prompt was not flushed
 */
gboolean gst_nanovid_prompts_is_current (
    GstNanovidPrompts *prompts, const GstNanovidPrompt *prompt);

G_END_DECLS
