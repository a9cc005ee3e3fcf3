/* nanovid: options of the crash tests, and counts of their violations
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What must never happen, whatever ends at whatever time. */
typedef enum
{
  VIOLATION_PAID_TWICE,
  VIOLATION_LOST,     /* it was paid for, but cannot be retrieved */
  VIOLATION_NOT_CLIP, /* the file has other content */
  VIOLATION_FAILED,   /* a run does not complete */
  VIOLATION_BOOKS,    /* the journal or the ledger is wrong */
  N_VIOLATIONS
} Violation;

/* Parses --points=N and --seed=S; other options are left for the test framework. */
void tally_parse_options (int *argc, char ***argv);
int tally_get_points (void);
int tally_get_seed (void);

/* Counts a violation, and fails the test.
 * @story: the events that led to it */
void tally_violation (Violation kind, const char *what, const char *story);

/* Prints everything counted since the last call, in one line. */
void tally_summarize (void);

G_END_DECLS
