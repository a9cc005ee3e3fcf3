/* nanovid: simulator: an HTTP server: of the API, or of the store
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "service.h"

#include <libsoup/soup.h>

/* Both servers run on the thread's default main context.
 * @certificate: (nullable): certificate to serve https with
 * @address: (nullable): address to listen on, NULL for loopback
 * @port: port, 0 for any free one */
SoupServer *sim_server_new_api (SimService *service,
    GTlsCertificate *certificate, GInetAddress *address, guint port,
    GError **error);
SoupServer *sim_server_new_media (SimService *service,
    GTlsCertificate *certificate, GInetAddress *address, guint port,
    GError **error);

/* Returns: (transfer full): the origin, such as http://127.0.0.1:PORT. */
char *sim_server_get_origin (SoupServer *server, const char *host);
