/* nanovid: simulator: the response to a request, and its JSON
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <json-glib/json-glib.h>

/* The error bodies that the service is known to send. */
typedef enum
{
  SIM_SHAPE_STRING,  /* {"error": TEXT, "status": CODE} */
  SIM_SHAPE_OBJECT,  /* {"error": {"message", "type"}, "status": CODE} */
  SIM_SHAPE_REFUND,  /* {"error": {"message", "type"}, "refundMessage"} */
  SIM_SHAPE_OPENAI,  /* {"error": {"message", "type", "code", "param"}} */
  SIM_SHAPE_CODE,    /* {"error": TEXT, "code": TYPE} */
  SIM_SHAPE_MESSAGE, /* {"error": CODE, "message": TEXT} */
  SIM_SHAPE_PAYMENT, /* {"error": TEXT, "payment": {...}} */
  SIM_SHAPE_HTML,    /* a page from a proxy or edge server */
} SimErrorShape;

/* The body is bytes @first to @first + @length of a document of @total bytes,
 * which begins with @data and is filled with the byte @pad. */
typedef struct
{
  guint status;
  char *content_type;
  GPtrArray *headers; /* name, value, name, value ... */
  GBytes *data;
  guint64 total;
  guint64 first;
  guint64 length;
  char pad;
} SimResponse;

SimResponse *sim_response_new (
    guint status, const char *content_type, GBytes *data);
SimResponse *sim_response_new_text (
    guint status, const char *content_type, const char *text);
SimResponse *sim_response_new_json (guint status, JsonBuilder *builder);
SimResponse *sim_response_new_error (
    guint status, SimErrorShape shape, const char *code, const char *message);
void sim_response_add_header (
    SimResponse *response, const char *name, const char *value);
void sim_response_pad (SimResponse *response, guint64 total);
void sim_response_free (SimResponse *response);

gboolean sim_error_shape_from_string (const char *name, SimErrorShape *shape);

char *sim_json_to_string (JsonNode *node);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimResponse, sim_response_free)
