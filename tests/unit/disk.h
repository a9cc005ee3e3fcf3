/* nanovid: intercepts the disk and the clock of the code under test
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

/* Functions with the names of the C library's replace them in the program that
 * this is linked into. Operations below disk.watched are counted, and can be
 * noted, can fail, or can be the point at which the process dies. */

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
  const char *watched; /* atomic: a directory, or NULL */
  guint count;         /* operations since disk_watch() */
  guint fail_at;       /* the operation that fails, 0 for none */
  int code;            /* its errno */
  guint kill_at; /* the operation before which the process dies, 0 for none */
  GPtrArray *steps; /* where operations are noted, or NULL */
  gint64 ahead;     /* microseconds that the wall clock is ahead */

  void (*before_lock) (void); /* called once, before a file is locked */
} Disk;

extern Disk disk;

void disk_watch (const char *directory);

/* Stops watching; disk.count is kept. */
void disk_unwatch (void);

void disk_step_free (gpointer data);

/* Sets the clock to @time microseconds after the start of today. */
void disk_set_time_of_day (gint64 time);
