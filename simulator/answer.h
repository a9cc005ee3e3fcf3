/* nanovid: simulator: what is answered to a request, and the JSON in it
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
  SIM_SHAPE_HTML,    /* what a proxy or an edge server answers */
} SimErrorShape;

/* The body is bytes @first to @first + @length of a document of @total bytes,
 * which begins with @data and goes on with the byte @pad. */
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
} SimAnswer;

SimAnswer *sim_answer_new (
    guint status, const char *content_type, GBytes *data);
SimAnswer *sim_answer_new_text (
    guint status, const char *content_type, const char *text);
SimAnswer *sim_answer_new_json (guint status, JsonBuilder *builder);
SimAnswer *sim_answer_new_error (
    guint status, SimErrorShape shape, const char *code, const char *message);
void sim_answer_add_header (
    SimAnswer *answer, const char *name, const char *value);
void sim_answer_pad (SimAnswer *answer, guint64 total);
void sim_answer_free (SimAnswer *answer);

gboolean sim_error_shape_from_string (const char *name, SimErrorShape *shape);

char *sim_json_to_string (JsonNode *node);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimAnswer, sim_answer_free)
