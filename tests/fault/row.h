/* nanovid: the expected outcome of a fault, for tests and documentation
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "element/player.h"

G_BEGIN_DECLS

/* The expected outcome of a fault. */
typedef struct
{
  const char *phase;   /* submit, recover, poll, balance, list, download */
  const char *fault;   /* in words; also the name of the test */
  const char *reason;  /* of the only error; NULL if the whole clip is played */
  const char *outcome; /* (nullable): what else to print */
  guint charges;
  double seconds; /* maximum time until the end */
} FaultRow;

/* Prints the head of a Markdown table. */
void fault_row_print_head (void);

/* Prints the table row.
 * @properties: (nullable): properties of the element that differ from the default */
void fault_row_print (const FaultRow *row, const char *properties);

/* Returns: (transfer full): a path for g_test_add_data_func() */
char *fault_row_get_test_path (const FaultRow *row);

/* Sets PLAYING and waits for the end, which must come in time and be as the row
 * says: either exactly @clip and EOS, or one error with the reason, after no
 * data except the beginning of @clip. */
void fault_row_play (const FaultRow *row, Player *player, GBytes *clip);

G_END_DECLS
