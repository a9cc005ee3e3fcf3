/* nanovid: the soak's workers, each of which plays clips in random states
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "simulator/simulator.h"

G_BEGIN_DECLS

/* A service and its jobs, between two looks at leaks and the ledger. */
typedef struct
{
  NanogptSimulator *simulator;
  GBytes *clip;
  char *image;
  char *state_dir;
  int left; /* remaining cycles of this round */
  int number;
  GMutex lock;         /* guards the fields below */
  GHashTable *prompts; /* of Prompt */
  GHashTable *counts;  /* word to count, for the report */
} Round;

/* The history of a prompt. */
typedef struct
{
  guint allowed; /* submits that may be charged */
  gint64 start_time;
  char *story;
} Prompt;

void prompt_free (gpointer prompt);

/* Counts @word for the report. */
void round_count (Round *round, const char *word);

/* Runs all cycles of the round, as many at a time as there are @workers.
 *
 * @rand: for what the workers do */
void round_run_workers (Round *round, int workers, GRand *rand);

G_END_DECLS
