/* nanovid: nanovid-jobs: synchronous calls of the store
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "nanogpt/store/store.h"

G_BEGIN_DECLS

/* Synchronous versions of the asynchronous functions of the same names in
 * nanogpt/store/store.h, for a program that has nothing else to do. */

GPtrArray *ask_list (NanogptStore *store, GError **error);
GPtrArray *ask_sums (NanogptStore *store, GError **error);
gboolean ask_forget (NanogptStore *store, const char *id, GError **error);

G_END_DECLS
