/* nanovid: checks the URI of a database
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * nanogpt_database_uri_check:
 * @uri: such as `postgresql://user@host/name`, as libpq takes it
 * @error: return location for an error of %NANOGPT_ERROR_INVALID_REQUEST
 *
 * Refuses a password in the URI, because properties are read, logged and drawn
 * in graphs.  The password appears in no message.
 */
gboolean nanogpt_database_uri_check (const char *uri, GError **error);

G_END_DECLS
