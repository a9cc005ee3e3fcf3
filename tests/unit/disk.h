/* nanovid: stands between the code under test and its disk and clock
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

/* Functions of the C library's names take their place in the program that
 * this is linked into. What they are asked to do below disk.watched is
 * counted, and noted, refused or made the last thing that the process does. */

#include <glib.h>

typedef enum
{
  DISK_MAKE_DIR,
  DISK_WRITE,
  DISK_SYNC,
  DISK_SYNC_DIR,
  DISK_RENAME,
  DISK_EXCHANGE,
  DISK_REMOVE,
} DiskOperation;

typedef struct
{
  DiskOperation operation;
  char *path;
  char *target; /* of a rename or an exchange */
  GBytes *bytes;
} DiskStep;

typedef struct
{
  const char *watched; /* a directory, or NULL */
  guint count;         /* operations since disk_watch() */
  guint fail_at;       /* the operation that fails, 0 for none */
  int code;            /* how it does */
  guint kill_at;       /* the one before which the process dies, 0 for none */
  GPtrArray *steps;    /* where operations are noted, or NULL */
  gint64 ahead;        /* microseconds that the wall clock is ahead */

  void (*before_lock) (void); /* called once, before a file is locked */
} Disk;

extern Disk disk;

void disk_watch (const char *directory);

/* Lets everything through again; disk.count stays. */
void disk_unwatch (void);

void disk_step_free (gpointer data);
