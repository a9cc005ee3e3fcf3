/* nanovid: a test's handle of a puppet process
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  GPid pid; /* 0 after it has ended */
  int input;
  int output;
  GString *said; /* lines that were not taken yet */
} Actor;

/* @lifeline: file descriptor for forked children, see puppet.c */
void actor_start (Actor *self, const char *const *argv,
    const char *const *environment, int lifeline);
void actor_tell (Actor *self, const char *line);

/* @words: a regular expression
 * Returns: (transfer full) (nullable): the first line that was printed and not
 *   taken yet, and begins with @words */
char *actor_take_line (Actor *self, const char *words);

/* Like actor_take_line(), but waits up to a minute (scaled), which is twice as
 * long as the search for a submit that may have been lost.
 * Returns: (transfer full) (nullable): the line, NULL after a timeout */
char *actor_await (Actor *self, const char *words);

/* Waits until the process ends, and kills it after a minute (scaled).
 * Returns: whether it ended in time */
gboolean actor_wait (Actor *self);

/* Makes the process exit normally, and waits for that.
 * Returns: whether it ended in time */
gboolean actor_end (Actor *self);

G_END_DECLS
