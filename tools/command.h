/* nanovid: nanovid-jobs: what its commands share
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "nanogpt/store/store.h"

G_BEGIN_DECLS

/* What the program ends with; documented in its manual page. */
typedef enum
{
  STATUS_OK = 0,
  STATUS_FAILED = 1,
  STATUS_USAGE = 2,
  STATUS_UNKNOWN = 3, /* no such job */
  STATUS_REFUSED = 4, /* there is, but it is in use, or another account's */
  STATUS_INTERRUPTED = 130, /* by Ctrl-C, as a shell has it */
} Status;

typedef struct
{
  char *state_dir;
  char *database;      /* or NULL */
  NanogptStore *store; /* in one of them */
  char *base_url;      /* or NULL */
  char *proxy;         /* or NULL */
  char *tls_ca_file;   /* or NULL */
  gboolean json;
  char *script;   /* that is estimated, or NULL */
  char *state;    /* of jobs, or NULL for all */
  char *model;    /* a part of its name, or NULL */
  gint64 older;   /* microseconds of age, or 0 */
  guint64 larger; /* bytes that a cache may keep, G_MAXUINT64 for any */
  gboolean all;   /* results are collected */
  int index;      /* of the result that is collected otherwise */
} Options;

/* Returns: (transfer none): where the journal is, in words for people */
const char *options_get_place (const Options *options);

/* Returns: whether lines of the terminal behind @fd can be written again */
gboolean is_capable_terminal (int fd);

/* Prints on stdout.
 *
 * Returns: whether stdout has taken everything */
gboolean print_answer (const char *text, GError **error);

/* One line on stderr, beginning with the program's name. */
void complain (const char *format, ...) G_GNUC_PRINTF (1, 2);

G_END_DECLS
