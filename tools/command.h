/* nanovid: nanovid-jobs: what its commands share
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "nanogpt/store/store.h"

G_BEGIN_DECLS

/* Exit statuses of the program, documented in its manual page. */
typedef enum
{
  STATUS_OK = 0,
  STATUS_FAILED = 1,
  STATUS_USAGE = 2,
  STATUS_UNKNOWN = 3, /* no such job */
  STATUS_REFUSED = 4, /* the job is in use, or belongs to another account */
  STATUS_INTERRUPTED = 130, /* by Ctrl-C, as in a shell */
} Status;

typedef struct
{
  char *state_dir;
  char *database;      /* or NULL */
  NanogptStore *store; /* in state_dir or database */
  char *base_url;      /* or NULL */
  char *proxy;         /* or NULL */
  char *tls_ca_file;   /* or NULL */
  gboolean json;
  char *script;   /* to estimate, or NULL */
  char *state;    /* of jobs, or NULL for all */
  char *model;    /* a part of its name, or NULL */
  gint64 older;   /* microseconds of age, or 0 */
  guint64 larger; /* maximum size of the cache in bytes, G_MAXUINT64 for no
                   * limit */
  gboolean all;   /* collect all results */
  int index;      /* of the result to collect if not all */
} Options;

/* Returns: (transfer none): a readable description of the location of the
 *   journal */
const char *options_get_place (const Options *options);

/* Returns: whether @fd is a terminal on which lines can be rewritten */
gboolean is_capable_terminal (int fd);

/* Prints on stdout.
 *
 * Returns: whether everything was written to stdout */
gboolean print_answer (const char *text, GError **error);

/* Prints one line on stderr, beginning with the name of the program. */
void complain (const char *format, ...) G_GNUC_PRINTF (1, 2);

G_END_DECLS
