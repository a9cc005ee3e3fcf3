/* nanovid: a simulated service, and pipelines whose clips it may charge once
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include "simulator/simulator.h"

G_BEGIN_DECLS

#define KEY "sk-test-0123456789"
#define PATIENCE 50.0

/* A service, a state directory, and a file to write to. */
typedef struct
{
  NanogptSimulator *simulator;
  char *media;
  char *dir;
  char *state_dir;
  char *out;
} Desk;

/* Jobs take 0.2 seconds. */
void desk_options_init (NanogptSimulatorOptions *options);

/* @options: (nullable): NULL for those of desk_options_init() */
Desk *desk_new (const NanogptSimulatorOptions *options);

/* Jobs take long enough to do something else meanwhile. */
Desk *desk_new_slow (void);
void desk_free (Desk *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Desk, desk_free)

/* @rule: as for the simulator's --fault */
void desk_add_fault (Desk *self, const char *rule);

void desk_assert_charges (Desk *self, guint charges);
void desk_assert_submits (Desk *self, guint submits);

/* Checks that the file contains the clip. */
void desk_assert_file (Desk *self, const char *path);

/* @properties: of nanovidsrc, in addition to those that every test sets
 * Returns: (transfer full): a pipeline of nanovidsrc and filesink */
GstElement *desk_make_pipeline (Desk *self, const char *properties);

/* Plays a new pipeline, like a program that is run once. */
void desk_run (Desk *self, const char *properties);

void pipeline_stop (GstElement *pipeline);

/* Returns: (transfer full): the first message of @types */
GstMessage *pipeline_wait_message (GstElement *pipeline, GstMessageType types);

/* Plays until EOS, and stops. */
void pipeline_play_to_end (GstElement *pipeline);

void message_assert_eos (GstMessage *message);

G_END_DECLS
