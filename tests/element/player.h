/* nanovid: a pipeline with its own simulator, and records of its messages and output
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "simulator/simulator.h"

G_BEGIN_DECLS

#define PLAYER_KEY "sk-test-0123456789"

typedef struct
{
  NanogptSimulator *simulator;
  GstElement *pipeline;
  GstElement *source; /* the element that is named "source" */

  GMutex lock; /* guards the fields below */
  GCond cond;
  GPtrArray *messages; /* everything posted, also while stopping */
  GByteArray *bytes;   /* the bytes that the source pushed */
  GString *stream;     /* "stream-start caps segment tag buffer eos": what the
                        * source pushed, consecutive buffers listed once */
} Player;

/* Options with which a job takes 0.2 s, and each clip is rendered once for all
 * tests of the build. */
void player_options_init (NanogptSimulatorOptions *options);

/* @options: (nullable): NULL for those of player_options_init()
 * @format: a launch line with an element named "source", whose base-url,
 *   api-key and poll-interval are set here */
Player *player_new (const NanogptSimulatorOptions *options, const char *format,
    ...) G_GNUC_PRINTF (2, 3);

/* Sets the pipeline to NULL first, which takes at most a second. */
void player_free (Player *self);

void player_set_state (Player *self, GstState state);

/* Sets PLAYING and waits for EOS; an error message fails the test. */
void player_run (Player *self);

/* Sets the pipeline to NULL and clears everything recorded. */
void player_reset (Player *self);

/* Each waits at most ten seconds (scaled), and considers earlier messages as
 * well.
 * @type: one type, or several that are not extended ones */
void player_wait (Player *self, GstMessageType type);
void player_wait_progress (Player *self, GstProgressType type);
void player_wait_job_state (Player *self, const char *state);
void player_wait_bytes (Player *self, gsize size);

/* Returns: (transfer full): "start continue complete", consecutive duplicates
 *   listed once */
char *player_get_progress (Player *self);

/* Returns: (transfer full): "queued generating", consecutive duplicates listed
 *   once */
char *player_get_job_states (Player *self);

/* Returns: (transfer full): the texts of PROGRESS messages, one per line */
char *player_get_progress_texts (Player *self);

/* Checks that exactly one error message has a reason, and that it is the first.
 * Returns: (transfer none): its details */
const GstStructure *player_get_error (Player *self, GError **error);

/* Number of messages of @type. */
guint player_count (Player *self, GstMessageType type);

/* Fails unless the pushed bytes are those of the file. */
void player_assert_bytes (Player *self, const char *path);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Player, player_free)

G_END_DECLS
