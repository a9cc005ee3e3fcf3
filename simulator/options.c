/* nanovid: simulator: the options of a simulator
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "options.h"

void
nanogpt_simulator_options_init (NanogptSimulatorOptions *options)
{
  g_return_if_fail (options != NULL);

  *options = (NanogptSimulatorOptions){
    .generation_time = 3,
    .states = "IN_QUEUE,IN_PROGRESS,COMPLETED",
    .default_balance = 100,
    .price = -1,
    .refund = TRUE,
    .container = "mp4",
    .submit_limit = 50,
    .recover_limit = 20,
  };
}
