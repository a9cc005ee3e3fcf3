/* nanovid: how often to end a program, where, and what came of it
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What must not be, whatever ends when. */
typedef enum
{
  VIOLATION_PAID_TWICE,
  VIOLATION_LOST,     /* it was paid for, and nobody can have it */
  VIOLATION_NOT_CLIP, /* the file is something else */
  VIOLATION_FAILED,   /* a run does not come to its end */
  VIOLATION_BOOKS,    /* the journal or the ledger say what is not so */
  N_VIOLATIONS
} Violation;

/* --points=N --seed=S; what else there is, is left for the test framework. */
void tally_parse_options (int *argc, char ***argv);
int tally_get_points (void);
int tally_get_seed (void);

/* Counts it, and fails the test.
 * @story: how it came about */
void tally_violation (Violation kind, const char *what, const char *story);

/* One line of all that was counted since the last one. */
void tally_summarize (void);

G_END_DECLS
