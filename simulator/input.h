/* nanovid: simulator: a picture, video or sound in a request
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "response.h"

typedef struct
{
  GBytes *data; /* NULL if it is at a URL, which is not fetched */
  char *type;   /* such as png or mp4; set with data */
  char *url;
  double seconds; /* duration, -1 if it cannot be measured, 0 before */
} SimInput;

void sim_input_free (SimInput *input);

/* @input: (nullable)
 * Returns: (nullable) (transfer full): a copy, if @input has data. */
SimInput *sim_input_copy (const SimInput *input);

/* @name: the name of the field, for refusals
 * @kind: image, video or audio
 * @text: an https URL or a data URL
 * Returns: (nullable): the input, or NULL with a refusing response in
 * @refusal */
SimInput *sim_input_parse (const char *name, const char *kind, const char *text,
    SimResponse **refusal);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimInput, sim_input_free)
