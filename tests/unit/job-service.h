/* nanovid: jobs for tests: a simulated service, and waiting for results
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "fixture/env.h"
#include "fixture/watchdog.h"
#include "nanogpt/job/job.h"
#include "nanogpt/store/store-types.h"
#include "simulator.h"

#define KEY "sk-nano-job"

/* A service whose results all have the same bytes, and settings for it. */
typedef struct
{
  NanogptSimulator *simulator;
  NanogptSettings *settings;
  GBytes *media;
  FixtureWatchdog *watchdog;
} Service;

GBytes *make_media (gsize size);

/* Results have @size bytes.
 *
 * Returns: (transfer full): with a watchdog for everything that is done with it */
Service *service_new_with_options (
    NanogptSimulatorOptions *options, gsize size);

/* Jobs take @generation_time seconds, and clips are sent at @bandwidth bytes
 * per second, 0 for no limit. */
Service *service_new (double generation_time, guint64 bandwidth);

void service_free (Service *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Service, service_free)

void service_add_fault (Service *self, const char *rule);

void assert_charges (Service *self, guint charges);

/* Checks the state of one of the entries in the journal.
 *
 * @index: among the entries from the oldest to the newest */
void service_assert_journal (
    Service *self, guint index, NanogptJournalState state);

NanogptRequest *make_request (const char *prompt);

/* A user of a job that is notified of its changes. */
typedef struct
{
  NanogptJob *job;
  guint observer;
  GMutex lock;
  GCond changed;
  guint changes;
} Owner;

/* @job: (transfer full) */
Owner *owner_new (NanogptJob *job);

void owner_free (Owner *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Owner, owner_free)

Owner *service_ask (Service *self, const char *prompt);

void owner_start (Owner *self, Service *service);

/* Creates a job for the prompt and starts it. */
Owner *service_submit (Service *self, const char *prompt);

typedef gboolean (*Check) (const NanogptJobStatus *status, guint64 value);

/* Waits until @check succeeds.
 *
 * Returns: (transfer full): the status for which it does */
NanogptJobStatus *owner_wait_until (Owner *self, Check check, guint64 value);

gboolean is_in_state (const NanogptJobStatus *status, guint64 state);

gboolean has_come_to (const NanogptJobStatus *status, guint64 state);

gboolean has_bytes (const NanogptJobStatus *status, guint64 bytes);

NanogptJobStatus *owner_wait (Owner *self, NanogptJobState state);

void assert_clip (NanogptJob *job, GBytes *media);

void owner_collect (Owner *self, Service *service);

void owner_expect_error (
    Owner *self, NanogptError code, gboolean may_be_charged);
