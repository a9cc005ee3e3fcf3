/* nanovid: a simulated service for nanovid-jobs, and runs of it on real files
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "nanogpt/job/job.h"
#include "simulator/simulator.h"

G_BEGIN_DECLS

#define KEY "sk-test-0123456789"
#define MODEL "seedance-lite-video"

typedef struct
{
  NanogptSimulator *simulator;
  char *media;
  char *dir;
  char *state_dir;
  char *file; /* where a clip may be collected to */
} Desk;

/* The result of a run of nanovid-jobs. */
typedef struct
{
  int status;
  char *out;
  gsize length; /* of @out */
  char *err;
} Result;

/* A service that renders one file for each job, and a new state directory. */
Desk *desk_new (void);

/* @clips: (nullable): formats of the clips to render, instead of one file */
Desk *desk_new_with_clips (const char *const *clips);
void desk_free (Desk *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Desk, desk_free)

void result_free (Result *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Result, result_free)

/* Runs nanovid-jobs until it exits.
 *
 * @key: (nullable): the API key in the environment
 * @...: the arguments, without the one for the state directory
 * Returns: (transfer full) */
Result *desk_run (Desk *self, const char *key, ...) G_GNUC_NULL_TERMINATED;

/* Runs nanovid-jobs with the API key, and checks its exit status. */
void desk_assert_status (Desk *self, int status, ...) G_GNUC_NULL_TERMINATED;

/* @run_id: (out) (transfer full)
 * Returns: (transfer full): a job that was paid for, with this process waiting */
NanogptJob *desk_start_request (Desk *self, const NanogptParameters *parameters,
    GPtrArray *media, char **run_id);

/* Like desk_start_request(), with the default model. */
NanogptJob *desk_start_job (Desk *self, const char *prompt, char **run_id);

/* Takes ownership of @job. When this returns, no process waits for the job. */
void desk_leave_job (Desk *self, NanogptJob *job);

/* Returns: (transfer full): the id of a job that was paid for and abandoned */
char *desk_make_job (Desk *self, const char *prompt);

/* Checks in which state a job is listed.
 *
 * @id: a run id, or the name of an entry without one */
void desk_assert_state (Desk *self, const char *id, const char *state);

/* Gets a field of the only line of a list that has @word as one of its fields.
 *
 * Returns: (transfer full) */
char *text_get_field (const char *text, const char *word, guint number);
void text_assert_field (
    const char *text, const char *word, guint number, const char *expected);

G_END_DECLS
