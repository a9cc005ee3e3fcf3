/* nanovid: which of the account's recent jobs a lost submit became
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "answers.h"

G_BEGIN_DECLS

/**
 * nanogpt_recovery_own:
 * @run_id: the id of a job that somebody in this process waits for
 *
 * From now on nobody else adopts it.  May be called from any thread.
 */
void nanogpt_recovery_own (const char *run_id);

/**
 * nanogpt_recovery_match:
 * @runs: (element-type NanogptRun): the account's recent jobs
 * @model: the model that was asked for
 * @conversation: (nullable): the conversation that the request named
 * @now: (nullable): the service's clock when it listed @runs; this machine's
 *   without it
 * @age: microseconds since the submit began to be sent
 * @candidates: (out): how many of @runs the submit may have become
 *
 * Returns: (transfer none) (nullable): the job, if exactly one nobody owns can
 *   be it
 */
const NanogptRun *nanogpt_recovery_match (GPtrArray *runs, const char *model,
    const char *conversation, GDateTime *now, gint64 age, guint *candidates);

G_END_DECLS
