/* nanovid: stock programs at a prompt, with a simulator of their own
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "fixture/media.h"
#include "simulator/simulator.h"

G_BEGIN_DECLS

typedef struct
{
  NanogptSimulator *simulator;
  char *dir;   /* the state and cache directories of what is run */
  char *out;   /* where a clip may be written to */
  char *media; /* what every job ends in */
} Prompt;

/* What is run; started by prompt_start(). */
typedef struct
{
  GSubprocess *process;
  GDataInputStream *lines;
  GString *text; /* all that was printed so far, on stdout and stderr */
} Run;

/* @generation_time: seconds that a job takes
 * @media: what every job ends in; FIXTURE_MEDIA_MP4 unless it is said */
Prompt *prompt_new (double generation_time);
Prompt *prompt_new_with_media (double generation_time, FixtureMedia media);
void prompt_free (Prompt *self);

/* @variables: (nullable): "NAME=VALUE NAME=VALUE"
 * @format: a command, quoted as for a shell */
Run *prompt_start (Prompt *self, const char *variables, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

/* How many jobs were charged, for all that was run. */
guint prompt_count_charges (Prompt *self);

/* Fails unless the file that a clip was written to is the job's. */
void prompt_assert_out (Prompt *self);

/* Until it has printed text; 20 seconds at most (scaled). */
void run_wait_text (Run *self, const char *text);

void run_interrupt (Run *self);

/* Until it ends; seconds at most (scaled).
 * Returns: the exit status, or -1 after a signal */
int run_finish (Run *self, double seconds);

/* Whether it has printed text. */
gboolean run_printed (Run *self, const char *text);

/* Fails when there was a word of warning. */
void run_assert_silent (Run *self);

/* Kills it when it runs. */
void run_free (Run *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Prompt, prompt_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Run, run_free)

G_END_DECLS
