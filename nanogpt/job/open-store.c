/* nanovid: creates the store that the settings select
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "open-store.h"

#include "nanogpt/store/files/files-store.h"
#include "nanogpt/store/postgres/postgres-store.h"

NanogptStore *
nanogpt_store_new_for_settings (const NanogptSettings *settings)
{
  if (settings->database)
    return nanogpt_postgres_store_new (settings->database, settings->state_dir,
        settings->http_timeout, settings->lease);
  return nanogpt_files_store_new (
      settings->state_dir, settings->state_dir_is_default);
}
