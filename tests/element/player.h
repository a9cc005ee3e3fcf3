/* nanovid: a pipeline on a simulator of its own, and all that it says
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

  GMutex lock; /* guards what follows */
  GCond cond;
  GPtrArray *messages; /* everything posted, also while stopping */
  GByteArray *bytes;   /* what the source pushed, one after the other */
  GString *stream;     /* "stream-start caps segment tag buffer eos": what the
                          source pushed, buffers in a row told once */
} Player;

/* Options that make a job take 0.2 s, and render each clip once for all tests
 * of the build. */
void player_options_init (NanogptSimulatorOptions *options);

/* @options: (nullable): for those of player_options_init()
 * @format: a launch line with an element named "source", whose base-url,
 *   api-key and poll-interval are set here */
Player *player_new (const NanogptSimulatorOptions *options, const char *format,
    ...) G_GNUC_PRINTF (2, 3);

/* Sets the pipeline to NULL first, in a second at most. */
void player_free (Player *self);

void player_set_state (Player *self, GstState state);

/* Sets PLAYING and waits for EOS; the test fails with an error message. */
void player_run (Player *self);

/* Sets the pipeline to NULL and forgets all that was recorded. */
void player_reset (Player *self);

/* Each waits ten seconds at most (scaled), counting what came before.
 * @type: one type, or several that are not extended ones */
void player_wait (Player *self, GstMessageType type);
void player_wait_progress (Player *self, GstProgressType type);
void player_wait_job_state (Player *self, const char *state);
void player_wait_bytes (Player *self, gsize size);

/* Returns: (transfer full): "start continue complete", those in a row told
 * once */
char *player_get_progress (Player *self);

/* Returns: (transfer full): "queued generating", those in a row told once */
char *player_get_job_states (Player *self);

/* Returns: (transfer full): the texts of PROGRESS messages, one a line */
char *player_get_progress_texts (Player *self);

/* Checks that exactly one error message has a reason, and that it is the first.
 * Returns: (transfer none): its details */
const GstStructure *player_get_error (Player *self, GError **error);

/* How many messages of @type were posted. */
guint player_count (Player *self, GstMessageType type);

/* Fails unless the bytes pushed are those of the file. */
void player_assert_bytes (Player *self, const char *path);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Player, player_free)

G_END_DECLS
