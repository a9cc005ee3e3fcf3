/* nanovid: a puppet, as its test holds it
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  GPid pid; /* 0 when it has ended */
  int input;
  int output;
  GString *said; /* lines that nobody has asked for yet */
} Actor;

/* @lifeline: for forked children, see puppet.c */
void actor_start (Actor *self, const char *const *argv,
    const char *const *environment, int lifeline);
void actor_tell (Actor *self, const char *line);

/* @words: a regular expression
 * Returns: (transfer full) (nullable): the first line that begins with @words,
 *   of those that were said and not taken */
char *actor_take_line (Actor *self, const char *words);

/* Returns: (transfer full) (nullable): likewise, or NULL when it has not come
 * within a minute (scaled): a submit that may have been lost is looked for half
 * as long */
char *actor_await (Actor *self, const char *words);

/* Waits for the end of the process, which is killed after a minute (scaled).
 * Returns: whether it came in time */
gboolean actor_wait (Actor *self);

/* Has it go, as at the end of a program, and waits for that. */
gboolean actor_end (Actor *self);

G_END_DECLS
