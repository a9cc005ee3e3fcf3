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
   * @prompt: (nullable): what takes the place of the property `prompt`
   * @options: (nullable): request properties for this prompt alone, by their
   *   names, and `picture`, a #GstSample to begin with
   *
   * Adds a prompt, in any state; what is pushed before the start is kept.
   *
   * Returns: its number, from 0; %G_MAXUINT64 when it was not taken, because 100
   *   wait or the end was said
   *
   * Since: 0.2
   */
  g_signal_new_class_handler ("push-prompt", type, flags, push_prompt, NULL,
      NULL, NULL, G_TYPE_UINT64, 2, G_TYPE_STRING, GST_TYPE_STRUCTURE);
  /**
   * GstNanovidChannel::end-prompts:
   *
   * There are no more prompts than those that wait: after them, the film ends.
   *
   * Since: 0.2
   */
  g_signal_new_class_handler ("end-prompts", type, flags, end_prompts, NULL,
      NULL, NULL, G_TYPE_NONE, 0);
  /**
   * GstNanovidChannel::need-prompt:
   * @ready: how many finished clips wait to be played
   *
   * Asks for a prompt, when nothing else has brought one.  Emitted on a thread of
   * its own, with no lock held; nothing waits for it.
   *
   * Returns: (transfer full) (nullable): the prompt, or %NULL to be asked again in
   *   a second
   *
   * Since: 0.2
   */
  g_signal_new ("need-prompt", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
      G_TYPE_STRING, 1, G_TYPE_UINT);
  /**
   * GstNanovidChannel::forget:
   * @index: number of a prompt, or %G_MAXUINT64 for all
   *
   * Drops the clip of that prompt: the next start asks for a new one, which is paid
   * for.
   *
   * Since: 0.2
   */
  g_signal_new_class_handler ("forget", type, flags, forget, NULL, NULL, NULL,
      G_TYPE_NONE, 1, G_TYPE_UINT64);
}
