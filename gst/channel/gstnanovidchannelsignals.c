/* nanovid: the signals of nanovidchannel
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstnanovidchannelsignals.h"

void
gst_nanovid_channel_signals_install (
    GType type, GCallback push_prompt, GCallback end_prompts, GCallback forget)
{
  const GSignalFlags flags = G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION;

  /**
   * GstNanovidChannel::push-prompt:
   * @prompt: (nullable): replaces the property `prompt`
   * @options: (nullable): request properties for this prompt only, by name, and
   *   `picture`, a #GstSample with which the clip begins
   *
   * Adds a prompt, in any state.  Prompts pushed before the start are kept.
   *
   * Returns: the number of the prompt, from 0; %G_MAXUINT64 if it was refused,
   *   because 100 prompts are waiting or the end was signaled
   *
   * Since: 0.2
   */
  g_signal_new_class_handler ("push-prompt", type, flags, push_prompt, NULL,
      NULL, NULL, G_TYPE_UINT64, 2, G_TYPE_STRING, GST_TYPE_STRUCTURE);
  /**
   * GstNanovidChannel::end-prompts:
   *
   * Signals that no more prompts follow.  After those that are waiting, the
   * film ends.
   *
   * Since: 0.2
   */
  g_signal_new_class_handler ("end-prompts", type, flags, end_prompts, NULL,
      NULL, NULL, G_TYPE_NONE, 0);
  /**
   * GstNanovidChannel::need-prompt:
   * @ready: number of finished clips that wait to be played
   *
   * Asks for a prompt if no other source has one.  Emitted on a thread of its
   * own, without locks held; nothing waits for it.
   *
   * Returns: (transfer full) (nullable): the prompt, or %NULL to be asked again
   *   after a second
   *
   * Since: 0.2
   */
  g_signal_new ("need-prompt", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
      G_TYPE_STRING, 1, G_TYPE_UINT);
  /**
   * GstNanovidChannel::forget:
   * @index: number of a prompt, or %G_MAXUINT64 for all
   *
   * Drops the clip of a prompt, so that the next start requests, and pays for,
   * a new one.
   *
   * Since: 0.2
   */
  g_signal_new_class_handler ("forget", type, flags, forget, NULL, NULL, NULL,
      G_TYPE_NONE, 1, G_TYPE_UINT64);
}
