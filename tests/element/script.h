/* nanovid: nanovidchannel as a film from prompts, with its own simulator
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "element/player.h"

G_BEGIN_DECLS

/* The element, and sinks for its pads, in a launch line. */
#define SCRIPT_CHANNEL                                                         \
  "nanovidchannel name=source video-caps=\"video/x-raw,format=I420,width=64,"  \
  "height=48,framerate=25/1,pixel-aspect-ratio=1/1\" "
#define SCRIPT_SINKS                                                           \
  " source.video_src ! queue ! fakesink name=picture"                          \
  " source.audio_src ! queue ! fakesink name=sound"

/* @properties: properties of the channel, whose jobs all have the same clip */
Player *script_new_channel (const char *properties);

/* Does the same with a file of prompts.
 * @lines: the prompts */
Player *script_new (const char *lines, const char *properties);

void script_add_fault (Player *player, const char *rule);
guint script_count_charges (Player *player);

/* Waits at most ten seconds (scaled). */
void script_wait_for_charges (Player *player, guint count);

/* Returns: (transfer full): a field of all clips that have begun */
char *script_list_clips (Player *player, const char *field);

/* @expected: the field of all clips that have begun, such as "0 1 2" */
void script_assert_clips (
    Player *player, const char *field, const char *expected);

/* @options: (nullable) (transfer full): options of the prompt
 * Returns: the number of the prompt, or G_MAXUINT64 if it is refused */
guint64 script_push (Player *player, const char *prompt, GstStructure *options);

/* Plays the film, which ends with an error after its clips. */
void script_run_to_error (Player *player, const char *reason);

G_END_DECLS
