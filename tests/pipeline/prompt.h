/* nanovid: stock programs on a command line, with their own simulator
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
  char *dir;   /* the state and cache directories of the programs */
  char *out;   /* where a clip may be written */
  char *media; /* the result of every job */
} Prompt;

/* A running program; started by prompt_start(). */
typedef struct
{
  GSubprocess *process;
  GDataInputStream *lines;
  GString *text; /* everything printed so far, on stdout and stderr */
} Run;

/* @generation_time: seconds that a job takes
 * @media: the result of every job; FIXTURE_MEDIA_MP4 by default */
Prompt *prompt_new (double generation_time);
Prompt *prompt_new_with_media (double generation_time, FixtureMedia media);
void prompt_free (Prompt *self);

/* @variables: (nullable): "NAME=VALUE NAME=VALUE"
 * @format: a command, quoted as for a shell */
Run *prompt_start (Prompt *self, const char *variables, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

/* Returns: how many jobs were charged, for all programs */
guint prompt_count_charges (Prompt *self);

/* Fails unless the file at @out is the clip of the job. */
void prompt_assert_out (Prompt *self);

/* Waits at most 20 seconds (scaled) until the program has printed @text. */
void run_wait_text (Run *self, const char *text);

void run_interrupt (Run *self);

/* Waits at most @seconds (scaled) until the program ends.
 * Returns: the exit status, or -1 after a signal */
int run_finish (Run *self, double seconds);

/* Returns: whether the program has printed @text */
gboolean run_printed (Run *self, const char *text);

/* Fails if a warning was printed. */
void run_assert_silent (Run *self);

/* Kills the program if it is still running. */
void run_free (Run *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Prompt, prompt_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Run, run_free)

G_END_DECLS
