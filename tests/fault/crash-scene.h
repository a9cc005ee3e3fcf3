/* nanovid: one job in gst-launch-1.0 that is ended early, and checks of its books
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "nanogpt/store/files/journal.h"
#include "tally.h"

G_BEGIN_DECLS

/* How long to look for a submit that never arrived. */
#define PATIENCE 30

typedef enum
{
  PHASE_PREPARE,  /* until the first byte of the submit leaves */
  PHASE_SUBMIT,   /* until its answer is in the journal */
  PHASE_POLL,     /* until the download begins */
  PHASE_DOWNLOAD, /* until all has arrived */
  PHASE_DELIVER,  /* until the process ends */
  N_PHASES
} Phase;

/* A system call, as crash-point.c numbers them. */
typedef struct
{
  char *kind;
  guint number;
  Phase phase;
} Call;

/* Where to send the signal. */
typedef struct
{
  const Call *call; /* NULL to use the time */
  double time;      /* seconds after the start */
  gboolean after;
  gboolean small_io;
} Point;

typedef struct
{
  GSubprocess *simulator;
  char *base_url;
  char *ledger;
  char *media;
  GBytes *clip;
  GPtrArray *calls[2]; /* of Call: what a run calls; [1] is with small_io */
  double seconds;      /* how long a run takes */
  int signal;          /* sent at the points */

  /* Accessed atomically. */
  int ends[N_PHASES + 1]; /* the last one is for points in time */
  int missed;             /* points that were not reached */
} Stage;

/* The line that is run repeatedly. */
typedef struct
{
  Stage *stage;
  guint number;
  GRand *random;
  char *dir;
  char *state_dir;
  char *spool_dir;
  char *out;
  char *key;
  GString *story; /* explains a violation */
} Scene;

typedef enum
{
  ENDED_WITH_EOS,
  ENDED_EARLY,
  FAILED
} Outcome;

/* @signal: ends the runs early */
Stage *stage_new (int signal);
void stage_free (Stage *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Stage, stage_free)

/* @number: of the scene, which makes it random in its own way */
Scene *scene_new (Stage *stage, guint number);
void scene_free (Scene *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Scene, scene_free)

/* Adds to the story. */
void scene_narrate (Scene *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* Runs gst-launch-1.0 until it ends, by itself or at @point.
 *
 * @point: (nullable)
 * @ahead: how many seconds its wall clock is ahead
 * @trace: (nullable): a file for the calls that it makes */
Outcome scene_run (
    Scene *self, const Point *point, int ahead, const char *trace);

guint scene_count_charges (Scene *self);

/* Returns: whether the journal has an entry in that state */
gboolean scene_has_entry (Scene *self, NanogptJournalState state);

/* Reports a violation, unless it @holds. */
void scene_demand (
    Scene *self, gboolean holds, Violation kind, const char *what);

/* Checks that the job was paid for once, and that everything is as after any
 * other job. */
void scene_check_end (Scene *self);

G_END_DECLS
