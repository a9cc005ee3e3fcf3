/* nanovid: simulator: a temporary CA, and a certificate for this host
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

gboolean sim_tls_make (const char *dir, GError **error);
