/* nanovid: simulator: the response to a request, and its JSON
 * Copyright (C) 2026 the nanovid authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */
#include "response.h"

#include <libsoup/soup.h>

static const char *const shape_names[] = { "string", "object", "refund",
  "openai", "code", "message", "payment", "html" };

SimResponse *
sim_response_new (guint status, const char *content_type, GBytes *data)
{
  SimResponse *response = g_new0 (SimResponse, 1);

  response->status = status;
  response->content_type = g_strdup (content_type);
  response->headers = g_ptr_array_new_with_free_func (g_free);
  response->data = g_bytes_ref (data);
  response->total = response->length = g_bytes_get_size (data);
  return response;
}

SimResponse *
sim_response_new_text (guint status, const char *content_type, const char *text)
{
  g_autoptr (GBytes) data = g_bytes_new (text, strlen (text));

  return sim_response_new (status, content_type, data);
}

SimResponse *
sim_response_new_json (guint status, JsonBuilder *builder)
{
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  g_autofree char *text = sim_json_to_string (root);
  SimResponse *response =
      sim_response_new_text (status, "application/json", text);

  response->pad = ' ';
  return response;
}

static void
add_string (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, value);
}

static void
add_int (JsonBuilder *builder, const char *name, gint64 value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

static SimResponse *
new_html_error (guint status, const char *message)
{
  g_autofree char *escaped = g_markup_escape_text (message, -1);
  g_autofree char *html = g_strdup_printf (
      "<html>\r\n<head><title>%u %s</title></head>\r\n"
      "<body>\r\n<center><h1>%u %s</h1></center>\r\n<p>%s</p>\r\n"
      "</body>\r\n</html>\r\n",
      status, soup_status_get_phrase (status), status,
      soup_status_get_phrase (status), escaped);

  return sim_response_new_text (status, "text/html", html);
}

SimResponse *
sim_response_new_error (
    guint status, SimErrorShape shape, const char *code, const char *message)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  if (shape == SIM_SHAPE_HTML)
    return new_html_error (status, message);

  json_builder_begin_object (builder);
  switch (shape) {
    case SIM_SHAPE_OBJECT:
    case SIM_SHAPE_REFUND:
    case SIM_SHAPE_OPENAI:
      json_builder_set_member_name (builder, "error");
      json_builder_begin_object (builder);
      add_string (builder, "message", message);
      if (shape == SIM_SHAPE_OPENAI) {
        add_string (builder, "type", "invalid_request_error");
        add_string (builder, "code", code);
        json_builder_set_member_name (builder, "param");
        json_builder_add_null_value (builder);
      } else {
        add_string (builder, "type", code);
      }
      json_builder_end_object (builder);
      if (shape == SIM_SHAPE_OBJECT)
        add_int (builder, "status", status);
      if (shape == SIM_SHAPE_REFUND)
        add_string (builder, "refundMessage", "You have not been charged.");
      break;
    case SIM_SHAPE_CODE:
      add_string (builder, "error", message);
      add_string (builder, "code", code);
      break;
    case SIM_SHAPE_MESSAGE:
      add_int (builder, "error", status);
      add_string (builder, "message", message);
      break;
    case SIM_SHAPE_PAYMENT:
      add_string (builder, "error", message);
      json_builder_set_member_name (builder, "payment");
      json_builder_begin_object (builder);
      add_string (builder, "amountUsd", "0.10");
      json_builder_end_object (builder);
      break;
    case SIM_SHAPE_STRING:
    case SIM_SHAPE_HTML:
      add_string (builder, "error", message);
      add_int (builder, "status", status);
      break;
  }
  json_builder_end_object (builder);
  return sim_response_new_json (status, builder);
}

void
sim_response_add_header (
    SimResponse *response, const char *name, const char *value)
{
  g_ptr_array_add (response->headers, g_strdup (name));
  g_ptr_array_add (response->headers, g_strdup (value));
}

/* Extends the document to @total bytes, if it is shorter. */
void
sim_response_pad (SimResponse *response, guint64 total)
{
  if (total <= response->total)
    return;
  response->total = total;
  response->length = total - response->first;
}

void
sim_response_free (SimResponse *response)
{
  g_free (response->content_type);
  g_ptr_array_unref (response->headers);
  g_bytes_unref (response->data);
  g_free (response);
}

gboolean
sim_error_shape_from_string (const char *name, SimErrorShape *shape)
{
  for (guint i = 0; i < G_N_ELEMENTS (shape_names); i++) {
    if (g_str_equal (name, shape_names[i])) {
      *shape = i;
      return TRUE;
    }
  }
  return FALSE;
}

static void
append_string (GString *out, const char *text)
{
  g_string_append_c (out, '"');
  for (const char *p = text; *p != '\0'; p++) {
    if (*p == '"' || *p == '\\')
      g_string_append_printf (out, "\\%c", *p);
    else if ((guchar)*p < 0x20 || *p == 0x7f)
      g_string_append_printf (out, "\\u%04x", (guchar)*p);
    else
      g_string_append_c (out, *p);
  }
  g_string_append_c (out, '"');
}

/* json-glib writes 0.1 as 0.10000000000000001. */
static void
append_double (GString *out, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (text, sizeof text, "%.15g", value);
  if (g_ascii_strtod (text, NULL) != value)
    g_ascii_dtostr (text, sizeof text, value);
  g_string_append (out, text);
}

static void append_node (GString *out, JsonNode *node);

static void
append_object (GString *out, JsonObject *object)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *member;
  gboolean first = TRUE;

  g_string_append_c (out, '{');
  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &name, &member)) {
    if (!first)
      g_string_append_c (out, ',');
    first = FALSE;
    append_string (out, name);
    g_string_append_c (out, ':');
    append_node (out, member);
  }
  g_string_append_c (out, '}');
}

static void
append_array (GString *out, JsonArray *array)
{
  g_string_append_c (out, '[');
  for (guint i = 0; i < json_array_get_length (array); i++) {
    if (i > 0)
      g_string_append_c (out, ',');
    append_node (out, json_array_get_element (array, i));
  }
  g_string_append_c (out, ']');
}

static void
append_node (GString *out, JsonNode *node)
{
  if (JSON_NODE_HOLDS_OBJECT (node))
    append_object (out, json_node_get_object (node));
  else if (JSON_NODE_HOLDS_ARRAY (node))
    append_array (out, json_node_get_array (node));
  else if (JSON_NODE_HOLDS_NULL (node))
    g_string_append (out, "null");
  else if (json_node_get_value_type (node) == G_TYPE_STRING)
    append_string (out, json_node_get_string (node));
  else if (json_node_get_value_type (node) == G_TYPE_BOOLEAN)
    g_string_append (out, json_node_get_boolean (node) ? "true" : "false");
  else if (json_node_get_value_type (node) == G_TYPE_DOUBLE)
    append_double (out, json_node_get_double (node));
  else
    g_string_append_printf (out, "%" G_GINT64_FORMAT, json_node_get_int (node));
}

char *
sim_json_to_string (JsonNode *node)
{
  GString *out = g_string_new (NULL);

  append_node (out, node);
  return g_string_free (out, FALSE);
}
