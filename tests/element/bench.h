/* nanovid: nanovidtransform in a test harness, with its own simulator
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/check/gstharness.h>

#include "simulator/simulator.h"

G_BEGIN_DECLS

typedef struct
{
  NanogptSimulator *simulator;
  GstHarness *harness;
  GstBus *bus; /* all posted messages */
} Bench;

/* Options with which a job takes 0.2 s and nothing is rendered. */
const NanogptSimulatorOptions *bench_get_options (void);

/* @options: (nullable): NULL for bench_get_options()
 * @properties: properties as in a launch line
 * @caps: (nullable): caps of the input */
void bench_init (Bench *self, const NanogptSimulatorOptions *options,
    const char *properties, const char *caps);
void bench_clear (Bench *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Bench, bench_clear)

void bench_add_fault (Bench *self, const char *rule);
guint bench_count_charges (Bench *self);

/* Sends FLUSH_START, FLUSH_STOP and a segment of @format downstream. */
void bench_flush (Bench *self, GstFormat format);

/* Waits at most ten seconds (scaled).
 * Returns: (transfer full): the next buffer */
GstBuffer *bench_pull (Bench *self);

/* Waits at most ten seconds (scaled), and drops events of other types.
 * Returns: (transfer full): the next event of this type */
GstEvent *bench_pull_event (Bench *self, GstEventType type);

/* Waits at most ten seconds (scaled).
 * Returns: (transfer full): the next message of this type */
GstMessage *bench_pull_message (Bench *self, GstMessageType type);

G_END_DECLS
