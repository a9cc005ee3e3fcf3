/* nanovid: the requests that the simulator received
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "simulator/simulator.h"

G_BEGIN_DECLS

/* @index: number of the accepted submit, from 0
 * @type: (out) (optional) (transfer full): the MIME type of the data URL
 * Returns: (transfer full) (nullable): the image of `imageDataUrl` */
GBytes *submits_get_image (
    NanogptSimulator *simulator, guint index, char **type);

/* Returns: (transfer full) (nullable): a field of the submit */
char *submits_get_string (
    NanogptSimulator *simulator, guint index, const char *name);

G_END_DECLS
