/* nanovid: what one fault has to come to, for tests and documentation
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "element/player.h"

G_BEGIN_DECLS

/* How a fault has to end. */
typedef struct
{
  const char *phase;   /* submit, recover, poll, balance, list, download */
  const char *fault;   /* in words; the name of the test, too */
  const char *reason;  /* of the one error, NULL for the whole clip */
  const char *outcome; /* (nullable): what to say beyond that */
  guint charges;
  double seconds; /* until it has ended, at most */
} FaultRow;

/* Prints the head of a Markdown table. */
void fault_row_print_head (void);

/* Prints a row of it.
 * @properties: (nullable): of the element, where they are not the default ones */
void fault_row_print (const FaultRow *row, const char *properties);

/* Returns: (transfer full): a path for g_test_add_data_func() */
char *fault_row_get_test_path (const FaultRow *row);

/* Sets PLAYING and waits for the end, which must come in time and be what the
 * row says: either exactly @clip and EOS, or one error with the reason after
 * nothing but a beginning of @clip. */
void fault_row_play (const FaultRow *row, Player *player, GBytes *clip);

G_END_DECLS
